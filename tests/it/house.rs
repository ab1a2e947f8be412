//! What follows from an edit by the site's rule is offered: Tab takes it, everything else lets it go. And rows copied as a table.

use copydesk::catalog::ColumnKey;
use copydesk::desk::Desk;
use egui::accesskit::Role;
use egui::{Event, OutputCommand};
use egui_kittest::kittest::Queryable as _;

use crate::app::{Place, Window};

/// Forty articles, the newest first; from a heat of 100 on they are live.
fn open(place: &Place) -> Window {
    let mut window = place.open();
    window.until("learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    assert_eq!(window.desk().shown_schema().unwrap().threshold().unwrap().1, 100.0);
    window.press("Home");
    window
}

fn place() -> Place {
    Place::of((0..40).map(|at| {
        let heat = 98 - 2 * at + if at >= 20 { 80 } else { 0 };
        let text = format!(
            "---\ntitle: Story {at:02}\npublishedDateTime: 2026-05-{:02}T{:02}:00:00Z\nheat: {heat}\npublished: {}\n---\n",
            28 - at / 2,
            10 - at % 2,
            heat >= 100
        );
        (format!("_news/{at:02}.md"), text)
    }))
}

fn of(desk: &Desk, row: usize) -> (String, Option<bool>) {
    let (catalog, id) = (desk.catalog().unwrap(), desk.rows()[row]);
    (catalog.cell(id, &ColumnKey::field("heat")).to_string(), catalog.live(id))
}

fn asked(window: &Window) -> Option<String> {
    let desk = window.desk();
    let offer = desk.house_offer()?;
    desk.toasts().iter().find(|toast| toast.id == offer).map(|toast| toast.text.clone())
}

fn set_heat(window: &mut Window, heat: &str) {
    window.press("H");
    window.type_text(heat);
    window.press_quickly("Enter");
}

#[test]
fn the_key_after_the_edit_takes_what_follows_from_it() {
    let place = place();
    let mut window = open(&place);
    assert_eq!(of(window.desk(), 0), ("98".to_owned(), Some(false)));
    set_heat(&mut window, "120");
    assert_eq!(asked(&window).as_deref(), Some("Heat 120 is over 100: make it live?"));
    assert_eq!(of(window.desk(), 0), ("120".to_owned(), Some(false)), "nothing happens by itself");
    assert_eq!(window.desk().cursor_row(), Some(1), "the cursor went on");
    window.press_quickly("Tab");
    assert_eq!(of(window.desk(), 0), ("120".to_owned(), Some(true)));
    assert_eq!((window.desk().changed_count(), window.desk().cursor_row(), asked(&window)), (1, Some(1), None));
    window.press("J");
    assert_eq!(window.desk().cursor_row(), Some(2), "the table kept the keyboard");
    window.press("Ctrl+Z");
    assert_eq!(of(window.desk(), 0), ("120".to_owned(), Some(false)), "it was a step of its own");
    window.press("Ctrl+Z");
    assert_eq!(window.desk().changed_count(), 0);
}

#[test]
fn every_other_key_lets_it_go_and_tab_is_tab_again() {
    let place = place();
    let mut window = open(&place);
    for (keys, row) in [("J", 2), ("T", 1), ("Shift+J", 2), ("Space", 1)] {
        window.press("Home");
        set_heat(&mut window, "120");
        assert!(asked(&window).is_some(), "{keys}");
        window.press_quickly(keys);
        assert_eq!((asked(&window), window.desk().cursor_row()), (None, Some(row)), "{keys}");
        window.press("Esc Esc Ctrl+Z");
        assert_eq!(window.desk().changed_count(), 0, "{keys}");
    }
    window.press("Home");
    set_heat(&mut window, "120");
    window.press("/");
    window.type_text("story");
    window.press("Esc Esc Home");
    assert_eq!(asked(&window), None);
    set_heat(&mut window, "121");
    let selected = window.desk().target_count();
    window.press_quickly("Esc");
    assert_eq!((asked(&window), window.desk().target_count()), (None, selected), "Escape lets go of the offer alone");
    window.press_quickly("Tab");
    assert_eq!(of(window.desk(), 0), ("121".to_owned(), Some(false)), "Tab goes on to the next widget");
}

#[test]
fn it_is_asked_of_all_that_are_selected_at_once_and_in_both_directions() {
    let place = place();
    let mut window = open(&place);
    window.press("Shift+J Shift+J");
    set_heat(&mut window, "130");
    assert_eq!(asked(&window).as_deref(), Some("Heat of 3 articles is over 100: make them live?"));
    window.press_quickly("Tab");
    assert_eq!((0..3).map(|row| of(window.desk(), row).1).collect::<Vec<_>>(), [Some(true); 3]);
    assert_eq!((window.desk().changed_count(), window.desk().target_count()), (3, 3));
    window.press("Esc Home");
    set_heat(&mut window, "100");
    assert_eq!(asked(&window), None, "it is live already");
    window.press("Home");
    set_heat(&mut window, "64");
    assert_eq!(asked(&window).as_deref(), Some("Heat 64 is under 100: take it off the site?"));
    // It stands in its place when the room that it takes is known.
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::Button, "Not live").click();
    window.settle();
    assert_eq!(of(window.desk(), 0), ("64".to_owned(), Some(false)), "the button does what the key does");
    window.press("Home J J J");
    set_heat(&mut window, "100");
    assert_eq!(asked(&window).as_deref(), Some("Heat 100 is 100, from where articles are live: make it live?"));
    window.press("Home J J J P");
    assert_eq!(asked(&window), None, "a switch that is set by hand asks for nothing");
}

#[test]
fn the_selected_rows_are_copied_as_a_table_in_their_order() {
    let place = place();
    let mut window = open(&place);
    window.press("J Shift+J Shift+J");
    window.harness.input_mut().events.push(Event::Copy);
    window.harness.step();
    let commands = &window.harness.output().platform_output.commands;
    let copied = commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let copied = copied.expect("a text on the clipboard");
    let rows: Vec<Vec<&str>> = copied.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 4, "a head and three rows: {copied}");
    let column = |name: &str| rows[0].iter().position(|head| *head == name).unwrap();
    let (title, heat) = (column("title"), column("heat"));
    let of = |at: usize| rows.iter().skip(1).map(|row| row[at]).collect::<Vec<_>>();
    assert_eq!((of(title), of(heat)), (vec!["Story 01", "Story 02", "Story 03"], vec!["96", "94", "92"]));
    assert!(window.desk().toasts().iter().any(|toast| toast.text == "3 articles copied as table"));
    // In a field the letters are copied.
    window.press("/");
    window.harness.input_mut().events.push(Event::Copy);
    window.harness.step();
    assert!(window.harness.output().platform_output.commands.is_empty());
}

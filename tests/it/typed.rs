//! What is typed and not told to the desk yet: it is kept, or given up by the editor, and never goes anywhere else.

use copydesk::app::Opening;
use copydesk::desk::Overlay;
use egui::accesskit::Role;
use egui::{Event, Modifiers, MouseWheelUnit, PointerButton, TouchPhase, pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::app::{Dropped, LEAD, Place, Window};
use crate::cells::{cell, click, write};

/// So many articles that most are out of sight.
fn place() -> Place {
    let article = |n: usize| {
        let text = format!(
            "---\ntitle: story {n:03}\nquality: 50\nheat: 80\npublishedDateTime: 2026-06-20T10:00:{:02}Z\npublished: false\n---\n",
            59 - n
        );
        (format!("_news/story-{n:03}.md"), text)
    };
    Place::of((0..60).map(article))
}

fn open(place: &Place) -> Window {
    place.open_with([1440.0, 700.0], egui::Theme::Dark, Opening::Site(place.site()))
}

/// Opens the cell of a title and types.
fn type_in_cell(window: &mut Window, title: &str, text: &str) {
    let at = cell(window, title, "Title");
    click(window, at, PointerButton::Primary, Modifiers::NONE, 2);
    window.press("Ctrl+A");
    write(window, text);
}

/// The pending texts, in the order of the rows.
fn pending(window: &Window) -> Vec<String> {
    let desk = window.desk();
    desk.changed().map(|id| window.differs(id)).collect()
}

#[test]
fn what_is_typed_in_a_cell_is_saved_with_the_rest() {
    let place = place();
    let mut window = open(&place);
    type_in_cell(&mut window, "story 000", "typed");
    window.press("Ctrl+S").settle();
    assert_eq!(window.desk().changed_count(), 0, "{:?}", window.desk().toasts());
    let text = std::fs::read_to_string(place.site().join("_news/story-000.md")).unwrap();
    assert!(text.contains("title: typed\n"), "{text}");
}

/// All in one slow frame, with a key behind it.
#[test]
fn what_is_typed_in_a_cell_in_the_frame_of_a_key_goes_before_it() {
    let place = place();
    let mut window = open(&place);
    type_in_cell(&mut window, "story 000", "typed");
    window.harness.input_mut().events.push(Event::Text(" late".to_owned()));
    window.press_at_once("Ctrl+S J P");
    window.settle();
    let text = std::fs::read_to_string(place.site().join("_news/story-000.md")).unwrap();
    assert!(text.contains("title: typed late\n"), "{text}");
    let pending = pending(&window);
    assert!(pending.len() == 1 && pending[0].contains("+published: true"), "{pending:?}");
    let changed = window.desk().changed().next().unwrap();
    assert_eq!(
        window.desk().catalog().unwrap().title(changed),
        "story 001",
        "the keys behind it were read in their order"
    );
}

#[test]
fn a_number_that_is_typed_on_a_card_is_saved_with_the_rest() {
    let place = place();
    let mut window = open(&place);
    window.click(Role::Button, "Type Heat");
    window.press("Ctrl+A");
    window.type_text("77");
    window.press("Ctrl+S").settle();
    assert_eq!(window.desk().changed_count(), 0, "{:?}", window.desk().toasts());
    let text = std::fs::read_to_string(place.site().join("_news/story-000.md")).unwrap();
    assert!(text.contains("heat: 77\n"), "{text}");
}

#[test]
fn a_window_is_not_closed_over_what_is_typed_in_a_cell() {
    let place = place();
    let mut window = open(&place);
    type_in_cell(&mut window, "story 000", "typed");
    assert!(!window.close_window(), "it asks");
    window.settle();
    assert_eq!((window.desk().changed_count(), window.desk().overlay()), (1, Some(&Overlay::ConfirmQuit)));
}

#[test]
fn a_number_that_is_left_by_a_click_is_that_of_its_article() {
    let place = place();
    let mut window = open(&place);
    window.click(Role::Button, "Type Heat");
    window.press("Ctrl+A");
    window.type_text("77");
    let other = window.harness.get_by_role_and_label(Role::Row, "story 003").rect().center();
    click(&mut window, other, PointerButton::Primary, Modifiers::NONE, 1);
    let changed: Vec<String> =
        window.desk().changed().map(|id| window.desk().catalog().unwrap().path(id).to_string()).collect();
    assert_eq!(changed, ["_news/story-000.md"]);
    assert!(pending(&window)[0].contains("+heat: 77"));
}

/// What could not be read vanished when the field was left.
#[test]
fn what_is_typed_on_a_card_and_is_no_number_stays_with_its_article_until_it_is_corrected_or_given_up() {
    let place = place();
    let mut window = open(&place);
    let reason = "“7o” is not a score; type a number";
    window.click(Role::Button, "Type Heat");
    window.press("Ctrl+A");
    window.type_text("7o");
    window.press("Ctrl+S");
    assert!(window.shows(reason));
    assert_eq!(window.desk().changed_count(), 0);
    // The keyboard is the table's again, and the next article has a number of its own.
    window.press("J");
    assert!(!window.shows(reason));
    window.harness.get_by_role_and_label(Role::Button, "Type Heat");
    window.press("K");
    assert!(window.shows(reason));
    let number = |window: &Window| {
        let field = window.harness.query_all_by_label("Heat as a number").next();
        field.and_then(|field| field.accesskit_node().value())
    };
    assert_eq!(number(&window).as_deref(), Some("7o"));
    // A window is not closed over it without a word.
    window.press("J");
    assert!(!window.close_window(), "it says so");
    window.settle();
    assert!(window.desk().toasts().iter().any(|toast| toast.text.starts_with(reason)), "{:?}", window.desk().toasts());
    assert!(window.shows(reason), "and shows it");
    let field = window.harness.get_by_label("Heat as a number").rect().center();
    click(&mut window, field, PointerButton::Primary, Modifiers::NONE, 1);
    window.press("Ctrl+A");
    window.type_text("70.5");
    window.press("Enter");
    assert!(!window.shows(reason));
    assert!(pending(&window)[0].contains("+heat: 70.5"), "{:?}", pending(&window));
    window.click(Role::Button, "Type Heat");
    window.press("Ctrl+A");
    window.type_text("x");
    window.press("Escape");
    assert!(number(&window).is_none() && pending(&window)[0].contains("+heat: 70.5"), "given up");
}

#[test]
fn what_is_typed_in_the_form_and_not_taken_does_not_go_along_to_another_site_nor_with_the_window() {
    let with_rank = |n: usize| {
        (format!("_news/{n}.md"), format!("---\ntitle: story {n}\nquality: 50\nheat: 80\nwidth: {n}\n---\n"))
    };
    let (place, other) = (Place::of((10..13).map(with_rank)), Place::of((20..22).map(with_rank)));
    let mut window = open(&place);
    let field = window.harness.get_by_role_and_label(Role::TextInput, "Width").rect().center();
    click(&mut window, field, PointerButton::Primary, Modifiers::NONE, 1);
    window.press("Ctrl+A");
    window.type_text("1o");
    let reason = "“1o” is not a number";
    assert!(window.shows(reason));
    assert!(!window.close_window(), "it says so");
    window.settle();
    assert!(window.desk().toasts().iter().any(|toast| toast.text.starts_with(reason)), "{:?}", window.desk().toasts());
    window.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(other.site())));
    window.until("the other site is read", |desk| desk.rows().len() == 2);
    window.until_read();
    for _ in 0..2 {
        assert!(!window.shows(reason));
        let shown = window.harness.get_by_role_and_label(Role::TextInput, "Width").accesskit_node().value();
        assert!(shown.is_some_and(|shown| shown.starts_with('2')));
        window.press("J");
    }
    assert_eq!(window.desk().changed_count(), 0);
    assert!(window.close_window(), "there is nothing to be said");
}

#[test]
fn what_is_typed_in_a_cell_that_is_scrolled_away_is_no_key_of_the_table() {
    let place = place();
    let mut window = open(&place);
    type_in_cell(&mut window, "story 000", "typed");
    let at = pos2(600.0, 400.0);
    window.harness.input_mut().events.push(Event::PointerMoved(at));
    for _ in 0..5 {
        let (unit, phase) = (MouseWheelUnit::Point, TouchPhase::Move);
        let (delta, source) = (vec2(0.0, -400.0), egui::MouseWheelSource::Unknown);
        let wheel = Event::MouseWheel { unit, delta, phase, source, modifiers: Modifiers::NONE };
        window.harness.input_mut().events.push(wheel);
        window.settle();
    }
    assert!(window.harness.query_by_role_and_label(Role::Row, "story 000").is_none(), "it is out of sight");
    window.type_text("p");
    window.press("Enter");
    let pending = pending(&window);
    assert_eq!(pending.len(), 1, "{pending:?}");
    assert!(pending[0].contains("+title: typedp") && !pending[0].contains("+published"), "{pending:?}");
}

#[test]
fn what_is_typed_in_a_cell_does_not_go_along_to_another_site() {
    let (place, other) = (place(), place_of_others());
    let mut window = open(&place);
    type_in_cell(&mut window, "story 000", "typed");
    window.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(other.site())));
    window.until("the other site is read", |desk| {
        desk.site().is_some_and(|site| site.name == "site") && desk.rows().len() == 2
    });
    window.until_read();
    assert!(window.harness.query_by_label_contains("Title of").is_none(), "no cell is open");
    window.press("Enter");
    assert_eq!(pending(&window), Vec::<String>::new());
}

fn place_of_others() -> Place {
    Place::of([
        ("_news/other.md", "---\ntitle: other\nheat: 1\n---\n"),
        ("_news/second.md", "---\ntitle: second\n---\n"),
    ])
}

#[test]
fn what_is_typed_in_a_field_stays_with_its_article_when_others_come() {
    let place = Place::new();
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("E");
    window.press("End");
    window.type_text("x");
    for n in 0..3 {
        std::fs::write(place.site().join(format!("_news/2030-01-0{n}-new.md")), "---\ntitle: New\nheat: 1\n---\n")
            .unwrap();
    }
    window.until("they came", |desk| {
        desk.catalog().is_some_and(|it| it.ids().filter(|id| it.title(*id) == "New").count() == 3)
    });
    window.type_text("y");
    let pending = pending(&window);
    assert_eq!(pending.len(), 1);
    assert!(pending[0].contains("xy"), "{pending:?}");
}

/// An edit of many articles that is still being carried out, or waits until the site is read again, was lost with the window.
#[test]
fn a_window_is_not_closed_over_an_edit_that_is_being_carried_out() {
    let place = place();
    let mut window = open(&place);
    window.press("Ctrl+A");
    window.press_quickly("Ctrl+R");
    assert!(window.desk().scan().is_some_and(|scan| !scan.done), "the site is read again");
    window.press_quickly("5");
    assert_eq!((window.desk().waiting_count(), window.desk().changed_count()), (1, 0), "it waits");
    assert!(!window.close_window(), "it asks");
    window.harness.step();
    assert_eq!(window.desk().overlay(), Some(&Overlay::ConfirmQuit));
    window.harness.get_by_role_and_label(Role::Button, "Close and keep the edits").click();
    window.settle();
    drop(window);
    let window = open(&place);
    assert_eq!(window.desk().changed_count(), 60, "all are here again");
}

/// All texts that are laid out in a frame, in bytes.
fn laid_out(window: &Window) -> usize {
    fn of(shape: &egui::Shape) -> usize {
        match shape {
            egui::Shape::Text(text) => text.galley.job.text.len(),
            egui::Shape::Vec(shapes) => shapes.iter().map(of).sum(),
            _ => 0,
        }
    }
    window.harness.output().shapes.iter().map(|clipped| of(&clipped.shape)).sum()
}

/// Each letter on the screen takes a hundred bytes and more: an article of a few megabytes under the cursor took all memory there
/// was, in every start anew.
#[test]
fn an_article_of_megabytes_is_shown_without_laying_all_of_it_out() {
    let paragraph = "A line of a long story, and more of it.\n\n".repeat(40_000);
    let line = "x".repeat(1_500_000);
    let title = "t".repeat(400_000);
    let text = format!("---\ntitle: {title}\nexcerpt: {title}\nheat: 1\n---\n{line}\n{paragraph}");
    let place =
        Place::of([("_news/long.md", text.as_str()), ("_news/short.md", "---\ntitle: short\nexcerpt: e\n---\n")]);
    let mut window = open(&place);
    window.go_to("long.md");
    for tab in ["Edit", "Preview", "Source", "Changes"] {
        let found = window.harness.query_all_by_role_and_label(Role::Tab, tab).next().map(|tab| tab.rect().center());
        if let Some(at) = found {
            click(&mut window, at, PointerButton::Primary, Modifiers::NONE, 1);
        }
        let bytes = laid_out(&window);
        assert!(found.is_some() && bytes < 2_000_000, "{tab}: {bytes}");
        if tab == "Edit" {
            let labels = window.harness.query_all_by_role(Role::Label).filter_map(|it| it.accesskit_node().value());
            let said = labels.filter(|it| it.contains("are too much to be typed in here")).count();
            assert_eq!(said, 3, "title, excerpt and body");
        }
    }
    assert_eq!(window.desk().changed_count(), 0);
}

#[test]
fn a_flood_is_not_pasted_and_a_text_is() {
    let place = place();
    let mut window = open(&place);
    window.press("/");
    window.harness.input_mut().events.push(Event::Paste("y".repeat(50_000_000)));
    window.settle();
    assert_eq!(window.desk().filter(), "");
    assert!(window.desk().toasts().iter().any(|toast| toast.text.starts_with("Not pasted")));
    window.harness.input_mut().events.push(Event::Paste("story".to_owned()));
    window.settle();
    assert_eq!(window.desk().filter(), "story");
}

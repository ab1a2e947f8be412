//! The related entries of a story, worked by names and keys.

use std::fmt::Write as _;

use copydesk::document::{Pointer, Value};
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::app::{LEAD, Place, Window};
use crate::form::lead;

/// The titles of the entries, as they stand now.
fn titles(window: &Window, article: copydesk::catalog::ArticleId) -> Vec<String> {
    let list = window.desk().document(article).unwrap().get(&Pointer::parse("/related").unwrap());
    let title = |item: &Value| item.as_map().unwrap().get("title").and_then(Value::as_str).unwrap().to_owned();
    list.and_then(Value::as_list).unwrap_or_default().iter().map(title).collect()
}

fn add(window: &mut Window, typed: &str) {
    window.harness.get_by_role_and_label(Role::Button, "Add a related entry").scroll_to_me();
    window.settle();
    window.click(Role::Button, "Add a related entry");
    window.type_text(typed);
}

#[test]
fn another_article_becomes_an_entry_at_its_place_by_quality_with_the_fields_that_entries_have() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    let before = titles(&window, article);
    add(&mut window, "moonlight ferr");
    window.press("Enter");
    window.until("the entry is there", |desk| desk.draft(article).is_some());
    let now = titles(&window, article);
    assert_eq!(now.len(), before.len() + 1);
    let at = now.iter().position(|title| title == "The night ferry that runs on moonlight").unwrap();
    let document = window.desk().document(article).unwrap();
    let quality =
        |at: usize| document.get(&Pointer::parse(&format!("/related/{at}/quality")).unwrap()).unwrap().as_f64();
    assert!((1..now.len()).all(|at| quality(at - 1) >= quality(at)), "{now:?}");
    let entry = document.get(&Pointer::parse(&format!("/related/{at}")).unwrap()).unwrap().as_map().unwrap();
    let keys: Vec<&str> = entry.keys().collect();
    let usual = "title excerpt publishedDateTime webUrl ampWebUrl cdnAmpWebUrl type provider quality images";
    assert_eq!(keys.join(" "), usual, "no heat, no topics, nothing opaque");

    add(&mut window, "moonlight ferr");
    assert!(window.harness.query_by_label_contains("Add “The night ferry").is_none(), "it is there already");
    window.press("Esc Ctrl+Z");
    assert_eq!(titles(&window, article), before);
}

#[test]
fn an_entry_becomes_the_lead_of_its_file_by_keys_after_a_warning() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    let before = titles(&window, article);
    window.press("Esc R L");
    assert_eq!(window.desk().changed_count(), 0, "it is only said what would stay behind");
    let warning = window.desk().toasts().iter().find(|toast| toast.offer.is_some()).unwrap();
    assert!(warning.text.contains("Topics") && warning.text.contains("Secured"), "{}", warning.text);
    window.press("L");
    assert_eq!(window.desk().changed_count(), 1, "asked for again, it is done");
    let now = titles(&window, article);
    assert_eq!(now.len(), before.len());
    assert!(!now.contains(&before[0]), "{now:?}");
    window.press("Esc Ctrl+Z");
    assert_eq!(titles(&window, article), before);
    assert_eq!(window.desk().changed_count(), 0);
}

#[test]
fn a_blank_entry_takes_its_title_and_the_keyboard() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    add(&mut window, "zz");
    window.click(Role::ListBoxOption, "Blank entry “zz”");
    let before = titles(&window, article);
    assert_eq!(before.last().map(String::as_str), Some("zz"));
    window.press("End");
    window.type_text("y");
    assert_eq!(titles(&window, article).last().map(String::as_str), Some("zzy"));
}

#[test]
fn entries_are_moved_and_removed_by_key_and_the_keyboard_goes_along() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    let before = titles(&window, article);
    window.press("R Alt+Down Alt+Down");
    assert!(window.shows("move it"), "the bar says which keys work on an entry");
    assert_eq!(titles(&window, article), [before[1].clone(), before[2].clone(), before[0].clone()]);
    window.press("Alt+Up");
    assert_eq!(titles(&window, article), [before[1].clone(), before[0].clone(), before[2].clone()]);
    window.press("Delete");
    assert_eq!(titles(&window, article), [before[1].clone(), before[2].clone()]);
    window.press("Delete Delete");
    assert_eq!(titles(&window, article), [""; 0]);
    assert!(window.shows("No related entries."));
}

#[test]
fn an_entry_is_dragged_to_another_place() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    let before = titles(&window, article);
    window.press("R");
    let handle = format!("Move “{}”, Alt+Up and Alt+Down", before[0]);
    let from = window.harness.get_by_label(&handle).rect().center();
    let last = window.harness.get_by_label(&format!("Related: {}", before[2])).rect();
    let to = egui::pos2(from.x, last.bottom() - 4.0);
    window.harness.drag_at(from);
    for step in 1..=6 {
        window.harness.hover_at(from + (to - from) * (step as f32 / 6.0));
        window.harness.step();
    }
    window.harness.drop_at(to);
    window.settle();
    assert_eq!(titles(&window, article), [before[1].clone(), before[2].clone(), before[0].clone()]);
}

#[test]
fn the_page_of_an_entry_is_opened_only_on_the_web() {
    let place = Place::new();
    let (mut window, _) = lead(&place);
    window.press("R Enter");
    window.harness.get_by_role_and_label(Role::Button, "Open page").scroll_to_me();
    assert!(!window.harness.get_by_role_and_label(Role::Button, "Open page").accesskit_node().is_disabled());
}

#[test]
fn an_entry_that_is_opened_comes_into_view_with_its_fields() {
    let place = Place::new();
    let site = copydesk::app::Opening::Site(place.site());
    let mut window = place.open_with([1000.0, 700.0], egui::Theme::Dark, site);
    window.go_to(LEAD);
    window.press("R Down Enter");
    window.settle();
    let seen = window.harness.get_by_role(Role::Grid).rect().y_range();
    let page = window.harness.get_by_role_and_label(Role::Button, "Open page").rect().y_range();
    assert!(seen.contains(page.max) && seen.contains(page.min + 200.0), "{page:?} in {seen:?}");
}

/// A story with so many entries.
fn crowded(place: &Place, count: usize) -> String {
    let file = place.site().join("_news").join(LEAD);
    let text = std::fs::read_to_string(&file).unwrap();
    let (head, rest) = text.split_once("\nrelated:\n").unwrap();
    let tail = &rest[rest.find("\n\n").unwrap()..];
    let mut entries = String::new();
    for n in 1..=count {
        let (quality, web) = (count - n, format!("https://entries.example/{n}"));
        write!(entries, "  - title: \"Entry {n}\"\n    excerpt: \"What entry {n} says\"\n    webUrl: \"{web}\"\n    quality: {quality}\n")
            .unwrap();
    }
    std::fs::write(&file, format!("{head}\nrelated:\n{}{tail}", entries.trim_end())).unwrap();
    text
}

#[test]
fn of_a_thousand_entries_only_those_in_sight_are_drawn_and_any_can_be_reached_and_edited() {
    let place = Place::new();
    crowded(&place, 1_000);
    let (mut window, article) = lead(&place);
    assert_eq!(titles(&window, article).len(), 1_000);
    window.press("R");
    let drawn = |window: &Window| window.harness.query_all_by_label_contains("Related: Entry").count();
    assert!((8..40).contains(&drawn(&window)), "{}", drawn(&window));
    window.press("End");
    assert!(window.harness.get_by_label("Related: Entry 1000").is_focused());
    window.press("Home");
    for _ in 1..100 {
        window.press("Down");
    }
    let card = window.harness.get_by_label("Related: Entry 100");
    assert!(card.is_focused() && drawn(&window) < 40);
    window.press("Enter");
    let titled = window.harness.get_all_by_label("Title").find(|field| field.value().as_deref() == Some("Entry 100"));
    titled.unwrap().focus();
    window.settle();
    window.press("End");
    window.type_text("!");
    let changed: Vec<String> = titles(&window, article).into_iter().filter(|title| title.contains('!')).collect();
    assert_eq!(changed, ["Entry 100!"]);
}

//! Screens that a site is seldom in, as pictures: empty, nothing found, gone, forbidden, badly configured; letters of the world;
//! everything smaller and larger.

use copydesk::app::Opening;
use copydesk::desk::Phase;
use egui::Theme;
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable as _;

use crate::app::{LEAD, Place, Window};
use crate::common::can_draw;
use crate::screens::{LARGE, SMALL, is_learned, look, look_with_messages};

fn site(window: &Place) -> Opening {
    Opening::Site(window.site())
}

#[test]
fn an_empty_folder_and_a_filter_without_matches_say_what_can_be_done() {
    let mut results = SnapshotResults::new();
    let place = Place::of([("README.txt", "nothing to see")]);
    let mut window = place.window(SMALL, Theme::Dark, site(&place));
    window.until("it is read", |desk| desk.scan().is_some_and(|scan| scan.done));
    assert!(window.shows("No articles in this folder") && window.shows("Open another folder…"));
    if can_draw() {
        look(&mut window, "empty_folder", &mut results);
    }
    let place = Place::new();
    let mut window = place.open_with(SMALL, Theme::Light, site(&place));
    window.until("scores learned", is_learned);
    window.press("Alt+L /");
    window.type_text("heat:>999");
    window.press("Enter");
    assert!(window.shows("No article matches"));
    if can_draw() {
        look(&mut window, "no_matches", &mut results);
    }
    let clear = egui_kittest::kittest::By::new().role(egui::accesskit::Role::Button).label("Clear filter");
    window.harness.query_all(clear).last().unwrap().click();
    window.settle();
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("", 27));
}

#[test]
fn a_bad_configuration_is_told_with_its_place_and_the_site_opens_all_the_same() {
    let place = Place::new();
    std::fs::write(
        place.site().join(".copydesk.yaml"),
        "columns: [title, heat]\ncolums: [title]\nviews:\n  - nam: x\n",
    )
    .unwrap();
    let mut window = place.open_with(SMALL, Theme::Dark, site(&place));
    window.until("scores learned", is_learned);
    assert_eq!(window.desk().rows().len(), 27);
    let told: Vec<&str> = window.desk().toasts().iter().map(|toast| toast.text.as_str()).collect();
    assert!(told.iter().any(|text| text.starts_with(".copydesk.yaml:2:9: “colums” is not known here")), "{told:?}");
    if can_draw() {
        let mut results = SnapshotResults::new();
        look_with_messages(&mut window, "bad_configuration", &mut results);
    }
}

#[test]
fn a_folder_that_goes_while_it_is_open_is_told_and_comes_back() {
    let place = Place::new();
    let mut window = place.open_with(SMALL, Theme::Dark, site(&place));
    window.until("scores learned", is_learned);
    window.go_to(LEAD);
    window.press("Shift+9");
    let (here, away) = (place.site(), place.site().with_file_name("away"));
    std::fs::rename(&here, &away).unwrap();
    window.press("Ctrl+R");
    window.until("it is told", |desk| {
        desk.notice().is_some() || desk.toasts().iter().any(|toast| toast.tone == copydesk::desk::Tone::Error)
    });
    assert_eq!(window.desk().changed_count(), 1, "the edit is kept");
    let told = |toast: &copydesk::desk::Toast| toast.text.contains("it may have been moved or deleted");
    assert!(window.desk().toasts().iter().any(told), "{:?}", window.desk().toasts());
    assert_eq!(window.desk().rows().len(), 27, "what was read before is still shown");
    std::fs::rename(&away, &here).unwrap();
    window.press("Ctrl+R");
    window.until("it is there again", |desk| desk.scan().is_some_and(|scan| scan.done) && desk.rows().len() == 27);
    window.press("Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let closed = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(place.site(), closed).unwrap();
    let is_locked = std::fs::read_dir(place.site()).is_err();
    let mut window = place.window(SMALL, Theme::Light, site(&place));
    if is_locked {
        window.until("it cannot be opened", |desk| matches!(desk.phase(), Phase::Failed(_)));
        assert!(window.harness.query_by_label_contains("ermission").is_some(), "{:?}", window.desk().phase());
    } else {
        eprintln!("skipped: whoever runs this may read everything");
    }
    std::fs::set_permissions(place.site(), std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Titles that are written in other ways than from left to right with Latin letters.
pub const WORLD: [(&str, &str); 8] = [
    ("a", "灯塔四十年后再次点亮，九座灯塔同时发光"),
    ("b", "九つの灯台をめぐる夜行フェリーの旅"),
    ("c", "등대가 사십 년 만에 다시 빛나다"),
    ("d", "המגדלור של אמברהולם מאיר שוב אחרי ארבעים שנה (בפעם הראשונה)"),
    ("e", "المنارات التسع تضيء معاً لأول مرة منذ أربعين عاماً"),
    ("f", "🚢 Ferries 👩‍🚒 🇳🇴 👍🏽 and 😀"),
    ("g", "Vie\u{323}\u{302}t Nam, Zu\u{308}rich, sen\u{303}or"),
    ("h", "Turned \u{202e}round\u{202c} and a bell \u{7}"),
];

fn world() -> Place {
    Place::of(WORLD.iter().enumerate().map(|(at, (name, title))| {
        let title = copydesk::document::Value::text(*title);
        let title = serde_json::to_string(title.as_str().unwrap()).unwrap();
        let text = format!(
            "---\ntitle: {title}\nexcerpt: {title}\npublishedDateTime: 2026-06-{:02}T10:00:00Z\nquality: 50\nheat: 80\npublished: true\n\
             topics:\n  - {title}\nprovider:\n  name: {title}\n  domain: a.example\n---\n",
            28 - at
        );
        (format!("_news/{name}.md"), text)
    }))
}

#[test]
fn letters_of_the_world_are_shown_in_table_and_form() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let place = world();
    let mut window = place.open_with(LARGE, Theme::Dark, site(&place));
    window.until("learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    window.press("Home J J J");
    look(&mut window, "world_hebrew", &mut results);
    window.harness.set_size(SMALL.into());
    window.press("Alt+L Alt+D End");
    look(&mut window, "world_marks", &mut results);
}

#[test]
fn nothing_is_cut_at_three_quarters_of_the_size_nor_at_twice_of_it() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let place = Place::new();
    let mut window = place.open_with(LARGE, Theme::Dark, site(&place));
    window.until("scores learned", is_learned);
    window.press("Ctrl+- Ctrl+- Ctrl+-");
    window.go_to(LEAD);
    assert!((window.harness.ctx.zoom_factor() - 0.75).abs() < 0.001, "{}", window.harness.ctx.zoom_factor());
    look(&mut window, "three_quarters", &mut results);
    window.press("Ctrl+0");
    for _ in 0..10 {
        window.press("Ctrl+=");
    }
    window.press("Ctrl+,");
    look(&mut window, "twice_settings", &mut results);
    window.press("Esc Ctrl+B");
    look(&mut window, "twice_form", &mut results);
}

#[test]
fn compared_articles_stand_side_by_side_with_their_pictures() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let place = Place::new();
    let mut window: Window = place.open_with(LARGE, Theme::Light, site(&place));
    window.until("scores learned", is_learned);
    window.press("Alt+L");
    window.go_to("2026-06-14-comet-to-pass-close-enough-to-read-by.md");
    window.press("Shift+J Shift+J C");
    look(&mut window, "compare", &mut results);
}

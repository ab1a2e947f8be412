//! Screens that a site is seldom in, as pictures: empty, nothing found, gone, forbidden, badly configured; letters of the world;
//! everything smaller and larger.

use copydesk::app::Opening;
use copydesk::desk::{Command, Effect, Event};
use copydesk::storage::StorageError;
use egui::Theme;
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable as _;

use crate::app::{LEAD, Place};
use crate::common::can_draw;
use crate::conflicts::{self, sample};
use crate::screens::{LARGE, SMALL, Stage, sample_window};

#[test]
fn an_empty_folder_and_a_filter_without_matches_say_what_can_be_done() {
    let place = Place::of([("README.txt", "nothing to see")]);
    let window = place.window(SMALL, Theme::Dark, Opening::Site(place.site()));
    let mut stage = Stage::with(place, window);
    stage.window.until("it is read", |desk| desk.scan().is_some_and(|scan| scan.done));
    assert!(stage.window.shows("No articles in this folder") && stage.window.shows("Open another folder…"));
    stage.look("empty_folder");
    (stage.place, stage.window) = sample_window(SMALL, Theme::Light);
    stage.press("Alt+L /").window.type_text("heat:>999");
    stage.press("Enter");
    assert!(stage.window.shows("No article matches"));
    assert!(stage.window.shows("Heat, ≥ 999"), "a range beyond the data is told as it is asked for");
    stage.look("no_matches");
    let window = &mut stage.window;
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
    let mut stage = Stage::of(place, SMALL, Theme::Dark);
    let window = &stage.window;
    assert_eq!(window.desk().rows().len(), 27);
    let told: Vec<&str> = window.desk().toasts().iter().map(|toast| toast.text.as_str()).collect();
    assert!(told.iter().any(|text| text.starts_with(".copydesk.yaml:2:9: “colums” is not known here")), "{told:?}");
    stage.look_with_messages("bad_configuration");
}

#[test]
fn a_folder_that_goes_while_it_is_open_is_told_and_comes_back() {
    let (place, mut window) = sample_window(SMALL, Theme::Dark);
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

/// What the system would answer is given to the desk: whoever runs this may read everything.
#[test]
fn a_folder_that_may_not_be_read_says_so_and_what_to_do() {
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let cause = copydesk::storage::error::Cause::from(&denied);
    let error = StorageError::NotAFolder { path: "/home/editor/the-harbour-light".to_owned(), cause };
    let mut world = sample();
    world.holds = |effect| matches!(effect, Effect::Scan { .. });
    world.obey(Command::Theme(copydesk::desk::Theme::Light));
    world.obey(Command::Open("/home/editor/the-harbour-light".into()));
    let generation = world.held().find_map(|effect| match effect {
        Effect::Scan { generation, .. } => Some(*generation),
        _ => None,
    });
    let generation = generation.expect("the folder is asked for");
    world.tell(Event::Walked { generation, files: 12_000 });
    let mut window = conflicts::Window::over(world, SMALL, Theme::Light);
    assert!(window.has("12,000 files so far") && window.has("Cancel"));
    let mut results = SnapshotResults::new();
    for name in ["opening", "no_permission"] {
        if can_draw() {
            window.0.run_steps(4);
            window.0.snapshot(name);
            results.extend_harness(&mut window.0);
        }
        window.world().tell(Event::ScanFailed { generation, message: error.to_string() });
        window.0.run_steps(4);
    }
    assert!(window.has("permission denied; check who owns the file and its folder") && window.has("Open a folder…"));
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
    let mut stage = Stage::of(world(), LARGE, Theme::Dark);
    stage.press("Home J J J").look("world_hebrew");
    stage.window.harness.set_size(SMALL.into());
    stage.press("Alt+L Alt+D End").look("world_marks");
}

#[test]
fn nothing_is_cut_at_three_quarters_of_the_size_nor_at_twice_of_it() {
    let mut stage = Stage::sample(LARGE, Theme::Dark);
    stage.press("Ctrl+- Ctrl+- Ctrl+-").window.go_to(LEAD);
    let zoom = stage.window.harness.ctx.zoom_factor();
    assert!((zoom - 0.75).abs() < 0.001, "{zoom}");
    stage.look("three_quarters").press("Ctrl+0");
    for _ in 0..10 {
        stage.press("Ctrl+=");
    }
    stage.press("Ctrl+,").look("twice_settings");
    stage.press("Esc Ctrl+B").look("twice_form");
}

#[test]
fn compared_articles_stand_side_by_side_with_their_pictures() {
    let mut stage = Stage::sample(LARGE, Theme::Light);
    stage.press("Alt+L").window.go_to("2026-06-14-comet-to-pass-close-enough-to-read-by.md");
    stage.press("Shift+J Shift+J C");
    let heights: Vec<f32> =
        stage.window.harness.query_all_by_label("Go to it").map(|button| button.rect().top()).collect();
    assert!(heights.len() == 3 && heights.iter().all(|top| (top - heights[0]).abs() < 0.5), "{heights:?}");
    assert!(stage.window.shows("≠ Heat"), "what differs has a sign, not a colour alone");
    stage.look("compare");
}

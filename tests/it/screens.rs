//! What the main screens look like, as pictures in `tests/snapshots`: made with `UPDATE_SNAPSHOTS=1`, for review.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use copydesk::app::Opening;
use copydesk::desk::Phase;
use egui::Theme;
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable as _;

use crate::app::{LEAD, Place, Window};
use crate::common::can_draw;

pub const LARGE: [f32; 2] = [1440.0, 900.0];
pub const SMALL: [f32; 2] = [1000.0, 700.0];

/// Bars and presets move once, when all articles are read, and counts when all pictures are looked at.
pub fn is_learned(desk: &copydesk::desk::Desk) -> bool {
    desk.scan().is_some_and(|scan| scan.learned) && desk.pictures().is_some_and(|known| !known.index.files.is_empty())
}

/// Waits until nothing changes any more, and compares.
pub fn look(window: &mut Window, name: &str, results: &mut SnapshotResults) {
    look_when(window, name, results, |window| window.desk().toasts().is_empty());
}

/// The same with the messages that stay.
pub fn look_with_messages(window: &mut Window, name: &str, results: &mut SnapshotResults) {
    let is_error = |toast: &copydesk::desk::Toast| toast.tone == copydesk::desk::Tone::Error;
    look_when(window, name, results, |window| window.desk().toasts().iter().all(is_error));
}

fn look_when(window: &mut Window, name: &str, results: &mut SnapshotResults, is_quiet: impl Fn(&Window) -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    let is_still = |window: &Window| window.harness.state().has_all_pictures() && is_quiet(window);
    while !is_still(window) {
        window.harness.step();
        std::thread::sleep(Duration::from_millis(2));
        assert!(Instant::now() < end, "{name}: pictures or messages do not come to rest");
    }
    window.harness.run_steps(8);
    // What a moment is here depends on where here is.
    let places: Vec<_> = window
        .harness
        .query_all(
            egui_kittest::kittest::By::new().predicate(|node| node.value().is_some_and(|text| text.ends_with(" here"))),
        )
        .map(|node| node.rect())
        .collect();
    places.into_iter().for_each(|rect| window.harness.mask(rect));
    window.harness.snapshot(name);
    results.extend_harness(&mut window.harness);
}

#[test]
fn the_main_screens_look_right() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let place = Place::new();
    let mut window = place.open_with(SMALL, Theme::Dark, Opening::Site(place.site()));
    window.until("scores learned", is_learned);
    window.go_to(LEAD);
    window.press("Shift+9 P Home ] J J U");
    window.go_to(LEAD);
    window.press("Alt+C");
    look(&mut window, "changes", &mut results);
    window.press("Alt+E Ctrl+K");
    window.type_text("heat");
    look(&mut window, "palette", &mut results);
    window.press("Esc Space");
    look(&mut window, "quick_look", &mut results);
}

#[test]
fn the_desk_looks_right_dark_and_large_light_and_small() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let place = Place::new();
    let mut window = place.open_with(LARGE, Theme::Dark, Opening::Site(place.site()));
    window.until("scores learned", is_learned);
    window.go_to(LEAD);
    window.press("R Enter");
    look(&mut window, "desk_dark", &mut results);
    window.harness.set_size(SMALL.into());
    window.press("Alt+L");
    look(&mut window, "desk_light", &mut results);
}

#[test]
fn the_welcome_and_a_site_that_is_not_there_look_right() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let place = Place::new();
    look(&mut place.open_with(SMALL, Theme::Dark, Opening::Welcome), "welcome", &mut results);
    let nowhere = Opening::Site(PathBuf::from("/there/is/no/such/site"));
    let mut window = place.window(SMALL, Theme::Dark, nowhere);
    window.until("it cannot be opened", |desk| matches!(desk.phase(), Phase::Failed(_)));
    look(&mut window, "error", &mut results);
}

#[test]
fn many_articles_a_broken_one_and_everything_twice_as_large_look_right() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let place = Place::new();
    let mut window = place.open_with(SMALL, Theme::Light, Opening::Site(place.site()));
    window.until("scores learned", is_learned);
    window.press("Alt+L Shift+J Shift+J");
    look(&mut window, "bulk", &mut results);
    window.go_to("2026-06-10-lamplighters-guild-opens-a-night-school.md");
    look(&mut window, "broken_file", &mut results);
    // Groups, and everything at the largest size, as on a window half as large.
    window.harness.set_size(LARGE.into());
    window.press("Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+K");
    window.type_text("group by topic");
    window.press("Enter");
    window.go_to(LEAD);
    look(&mut window, "large", &mut results);
}

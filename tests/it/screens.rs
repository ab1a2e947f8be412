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
fn is_learned(desk: &copydesk::desk::Desk) -> bool {
    desk.scan().is_some_and(|scan| scan.learned) && desk.pictures().is_some_and(|known| !known.index.files.is_empty())
}

/// The sample site in a window, all of it known.
pub fn sample_window(size: [f32; 2], theme: Theme) -> (Place, Window) {
    let place = Place::new();
    let mut window = place.open_with(size, theme, Opening::Site(place.site()));
    window.until("scores learned", is_learned);
    (place, window)
}

/// A site in a window, all of it known, and its pictures, which are compared with those of `tests/snapshots` where something
/// draws.
pub struct Stage {
    pub window: Window,
    pub place: Place,
    draws: bool,
    results: SnapshotResults,
}

impl Stage {
    /// The sample site.
    pub fn sample(size: [f32; 2], theme: Theme) -> Self {
        let (place, window) = sample_window(size, theme);
        Self::with(place, window)
    }

    /// This site.
    pub fn of(place: Place, size: [f32; 2], theme: Theme) -> Self {
        let window = place.open_with(size, theme, Opening::Site(place.site()));
        let mut stage = Self::with(place, window);
        stage.window.until("learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
        stage
    }

    /// This window, as it is.
    pub fn with(place: Place, window: Window) -> Self {
        Self { window, place, draws: can_draw(), results: SnapshotResults::new() }
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        self.window.press(keys);
        self
    }

    /// Waits until nothing changes any more, and compares.
    pub fn look(&mut self, name: &str) -> &mut Self {
        self.look_when(name, |window| window.desk().toasts().is_empty())
    }

    /// The same with the messages that stay.
    pub fn look_with_messages(&mut self, name: &str) -> &mut Self {
        let is_error = |toast: &copydesk::desk::Toast| toast.tone == copydesk::desk::Tone::Error;
        self.look_when(name, |window| window.desk().toasts().iter().all(is_error))
    }

    /// Presses keys once all is at rest, and compares what stands there right after them, with the messages of it.
    pub fn look_at_once(&mut self, keys: &str, name: &str) -> &mut Self {
        self.look_for_rest(name);
        self.window.press_quickly(keys);
        self.window.harness.run_steps(2);
        assert!(!self.window.desk().toasts().is_empty(), "there is a message");
        if self.draws {
            mask_moments(&mut self.window);
            self.window.harness.snapshot(name);
            self.results.extend_harness(&mut self.window.harness);
        }
        self
    }

    fn look_for_rest(&mut self, name: &str) {
        rest(&mut self.window, name, |window| window.desk().toasts().is_empty());
    }

    fn look_when(&mut self, name: &str, is_quiet: impl Fn(&Window) -> bool) -> &mut Self {
        if self.draws {
            look_when(&mut self.window, name, &mut self.results, is_quiet);
        }
        self
    }
}

fn look_when(window: &mut Window, name: &str, results: &mut SnapshotResults, is_quiet: impl Fn(&Window) -> bool) {
    rest(window, name, is_quiet);
    window.harness.run_steps(8);
    mask_moments(window);
    window.harness.snapshot(name);
    results.extend_harness(&mut window.harness);
}

/// Draws until all pictures are there and the messages are gone.
fn rest(window: &mut Window, name: &str, is_quiet: impl Fn(&Window) -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    let is_still = |window: &Window| window.harness.state().has_all_pictures() && is_quiet(window);
    while !is_still(window) {
        window.harness.step();
        std::thread::sleep(Duration::from_millis(2));
        assert!(Instant::now() < end, "{name}: pictures or messages do not come to rest");
    }
}

/// What a moment is here depends on where here is.
fn mask_moments(window: &mut Window) {
    let places: Vec<_> = window
        .harness
        .query_all(
            egui_kittest::kittest::By::new().predicate(|node| node.value().is_some_and(|text| text.ends_with(" here"))),
        )
        .map(|node| node.rect())
        .collect();
    places.into_iter().for_each(|rect| window.harness.mask(rect));
}

#[test]
fn the_main_screens_look_right() {
    let mut stage = Stage::sample(SMALL, Theme::Dark);
    stage.window.go_to(LEAD);
    stage.press("Shift+9 P Home ] J J U");
    stage.window.go_to(LEAD);
    stage.press("Alt+C").look("changes");
    stage.press("Alt+E Ctrl+K").window.type_text("heat");
    stage.look("palette");
    stage.press("Esc Space").look("quick_look");
}

#[test]
fn the_desk_looks_right_dark_and_large_light_and_small() {
    let mut stage = Stage::sample(LARGE, Theme::Dark);
    stage.window.go_to(LEAD);
    stage.press("R Enter").look("desk_dark");
    stage.window.harness.set_size(SMALL.into());
    stage.press("Alt+L").look("desk_light");
}

#[test]
fn the_welcome_and_a_site_that_is_not_there_look_right() {
    let place = Place::new();
    let window = place.open_with(SMALL, Theme::Dark, Opening::Welcome);
    let mut stage = Stage::with(place, window);
    stage.look("welcome");
    let nowhere = Opening::Site(PathBuf::from("/there/is/no/such/site"));
    stage.window = stage.place.window(SMALL, Theme::Dark, nowhere);
    stage.window.until("it cannot be opened", |desk| matches!(desk.phase(), Phase::Failed(_)));
    stage.look("error");
}

#[test]
fn many_articles_a_broken_one_and_everything_twice_as_large_look_right() {
    let mut stage = Stage::sample(SMALL, Theme::Light);
    stage.press("Alt+L Shift+J Shift+J").look("bulk");
    stage.window.go_to("2026-06-10-lamplighters-guild-opens-a-night-school.md");
    stage.look("broken_file");
    // Groups, and everything at the largest size, as on a window half as large.
    stage.window.harness.set_size(LARGE.into());
    stage.press("Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+= Ctrl+K");
    stage.window.type_text("group by topic");
    stage.press("Enter").window.go_to(LEAD);
    stage.look("large");
}

//! Dialogs, lists and messages as pictures in `tests/snapshots`: made with `UPDATE_SNAPSHOTS=1`, for review.

use std::path::PathBuf;

use copydesk::desk::{Desk, Overlay, Settings};
use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{By, Queryable as _};

use crate::app::LEAD;
use crate::common::can_draw;
use crate::conflicts::{self, sample};
use crate::screens::{LARGE, SMALL, Stage};

fn both(theme: Theme) -> (&'static str, copydesk::desk::Theme) {
    match theme {
        Theme::Dark => ("dark", copydesk::desk::Theme::Dark),
        Theme::Light => ("light", copydesk::desk::Theme::Light),
    }
}

#[test]
fn what_was_saved_of_an_article_looks_right() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for theme in [Theme::Dark, Theme::Light] {
        let (name, of_desk) = both(theme);
        let mut world = sample();
        let lead = world.id(&format!("_news/{LEAD}"));
        world.obey(copydesk::desk::Command::Theme(of_desk)).obey(copydesk::desk::Command::GoTo(lead));
        world.press("Shift+3 Ctrl+S U Ctrl+S");
        world.obey(copydesk::desk::Command::GoTo(lead)).press("Shift+9 Shift+P Ctrl+S");
        world.obey(copydesk::desk::Command::GoTo(lead)).press("Alt+H");
        while let Some(toast) = world.desk.toasts().first().map(|toast| toast.id) {
            world.obey(copydesk::desk::Command::Dismiss(toast));
        }
        let mut window = conflicts::Window::over(world, SMALL, theme);
        assert_eq!(window.world().desk.overlay(), Some(&Overlay::Versions));
        window.0.run_steps(4);
        // When it was depends on where here is.
        let times = By::new()
            .predicate(|node| node.value().is_some_and(|text| text.matches(':').count() == 2 && text.contains(", ")));
        let places: Vec<_> = window.0.query_all(times).map(|node| node.rect()).collect();
        assert!(places.len() >= 3, "each version says when it was saved");
        places.into_iter().for_each(|rect| window.0.mask(rect));
        window.0.snapshot(format!("versions_{name}"));
        results.extend_harness(&mut window.0);
    }
}

#[test]
fn the_last_sites_on_the_welcome_screen_look_right() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for theme in [Theme::Dark, Theme::Light] {
        let (name, of_desk) = both(theme);
        let long =
            "/home/editor/sites/a-much-longer-way/to-a-site/that-lies-very-deep/in-many-folders/lantern-isles-weekly";
        let recent = ["/home/editor/sites/nine-lanterns", "/srv/harbour-light", long].map(PathBuf::from).to_vec();
        let mut world = sample();
        world.desk = Desk::new(Settings { theme: of_desk, recent, ..Settings::default() });
        let mut window = conflicts::Window::over(world, SMALL, theme);
        window.0.run_steps(4);
        window.0.snapshot(format!("welcome_recent_{name}"));
        results.extend_harness(&mut window.0);
    }
}

#[test]
fn find_and_replace_lists_its_changes() {
    let mut stage = Stage::sample(LARGE, Theme::Dark);
    stage.press("Ctrl+A Ctrl+H");
    stage.window.type_text("light");
    stage.press("Tab").window.type_text("lamp");
    stage.look("replace_dark");
    stage.press("Esc Alt+L Ctrl+H");
    stage.window.harness.set_size(SMALL.into());
    stage.window.type_text("light");
    stage.look("replace_light");
}

#[test]
fn the_list_of_articles_for_a_related_entry_looks_right() {
    let mut stage = Stage::sample(LARGE, Theme::Dark);
    stage.window.go_to(LEAD);
    stage.window.click(Role::Button, "Add a related entry");
    stage.look("related_picker");
    stage.press("Esc Esc Alt+L");
    stage.window.go_to(LEAD);
    stage.window.click(Role::Button, "Add a related entry");
    stage.window.type_text("lantern");
    stage.look("related_picker_typed");
}

#[test]
fn the_calendar_of_a_date_looks_right() {
    let mut stage = Stage::sample(LARGE, Theme::Dark);
    stage.window.go_to(LEAD);
    stage.window.click(Role::Button, "Calendar of Published date");
    stage.press("Down Right").look("calendar_dark");
    stage.press("Esc Alt+L");
    stage.window.click(Role::Button, "Calendar of Published date");
    stage.look("calendar_light");
}

#[test]
fn an_offer_stands_above_what_was_done() {
    let mut stage = Stage::sample(SMALL, Theme::Dark);
    // Nothing is live below 100 there.
    stage.window.go_to("2026-06-14-comet-to-pass-close-enough-to-read-by.md");
    stage.look_at_once("Shift+5", "offer_dark");
    stage.press("Alt+L").look_at_once("Shift+6", "offer_light");
}

#[test]
fn the_settings_look_right() {
    let mut stage = Stage::sample(SMALL, Theme::Dark);
    stage.press("Ctrl+,").look("settings_dark");
    stage.press("Esc Alt+L Ctrl+,").look("settings_light");
}

#[test]
fn the_main_panes_look_right_in_light_too() {
    let mut stage = Stage::sample(LARGE, Theme::Light);
    stage.press("Alt+L").window.go_to(LEAD);
    stage.press("Shift+9 P Home ] J J U").window.go_to(LEAD);
    stage.press("Alt+C");
    let diff = stage.window.harness.get_all_by_label("What will be written").next().unwrap();
    diff.click();
    stage.window.settle();
    stage.look("changes_light");
    stage.press("Alt+E Home Shift+J Shift+J").look("bulk_light");
    stage.press("Esc").window.go_to("2026-06-14-comet-to-pass-close-enough-to-read-by.md");
    stage.press("Shift+J C").look("compare_two");
    stage.press("Esc Esc ?").look("keys_light");
}

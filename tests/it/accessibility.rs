//! Every control can be found by its name, and pressed without a mouse.

use copydesk::desk::{Command, Desk, Settings};
use copydesk::ui::{Panes, panes_ui, theme};
use egui::Theme;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

struct Window {
    desk: Desk,
    panes: Panes,
    wanted: Vec<Command>,
}

fn welcome() -> Harness<'static, Window> {
    let settings = Settings { recent: vec!["/sites/harbour-news".into()], ..Settings::default() };
    let window = Window { desk: Desk::new(settings), panes: Panes::default(), wanted: Vec::new() };
    Harness::builder()
        .with_size([1000.0, 700.0])
        .with_theme(Theme::Dark)
        .with_os(egui::os::OperatingSystem::Nix)
        .with_context_setup(theme::install)
        .build_ui_state(
            |ui, window: &mut Window| {
                let commands = panes_ui(ui, &window.desk, &mut window.panes);
                window.wanted.extend(commands);
            },
            window,
        )
}

#[test]
fn the_welcome_screen_is_worked_by_name() {
    let mut harness = welcome();
    harness.run();
    harness.get_by_label("Try the sample site").click();
    harness.run();
    harness.get_by_label("Forget harbour-news").click();
    harness.run();
    harness.get_by_label("Path of a folder").click();
    harness.run();
    harness.get_by_label("Path of a folder").type_text("/sites/other");
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    let wanted =
        [Command::OpenSample, Command::ForgetSite("/sites/harbour-news".into()), Command::Open("/sites/other".into())];
    assert_eq!(harness.state().wanted, wanted);
}

#[test]
fn the_welcome_screen_is_worked_by_keys() {
    let mut harness = welcome();
    harness.run();
    harness.key_press(egui::Key::Tab);
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(harness.state().wanted, [Command::PickFolder]);
}

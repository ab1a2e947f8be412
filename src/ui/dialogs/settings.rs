//! Preferences.
//!
//! Invariant: each takes effect at once, and is what the keys and menus set too.

use egui::Ui;

use super::title_ui;
use crate::desk::{Command, Density, Theme};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::button::{Weight, button_ui};
use crate::ui::widgets::switch::switch_ui;

/// Draws the settings.
pub fn settings_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let settings = frame.desk.settings();
    title_ui(ui, "Settings");
    let themes = [("As the system", Theme::System), ("Dark", Theme::Dark), ("Light", Theme::Light)];
    row_ui(ui, "Colours", |ui| choose_ui(ui, frame, &themes, settings.theme, Command::Theme));
    let densities = [("Two lines", Density::Comfortable), ("One line", Density::Compact)];
    row_ui(ui, "Rows", |ui| choose_ui(ui, frame, &densities, settings.density, Command::Density));
    row_ui(ui, "Size", |ui| {
        for (text, by) in [("−", -1), ("+", 1), ("Usual", 0)] {
            if button_ui(ui, text, Weight::Plain).clicked() {
                frame.send(Command::Zoom(by));
            }
        }
        ui.label(Type::BODY.rich(format!("{:.0} %", settings.zoom_factor() * 100.0)).color(palette(ui).muted));
    });
    row_ui(ui, "After a judgement", |ui| {
        if switch_ui(ui, settings.auto_advance, "Go on to the next row after a judgement").clicked() {
            frame.send(Command::ToggleAutoAdvance);
        }
        ui.label(Type::BODY.rich("go on to the next row").color(palette(ui).text));
    });
    row_ui(ui, "Small pictures", |ui| {
        for (text, by) in [("−", -50_i32), ("+", 50)] {
            let button = button_ui(ui, text, Weight::Plain);
            let name = if by < 0 { "Fewer pixels for a small picture" } else { "More pixels for a small picture" };
            button.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
            if button.clicked() {
                let width = settings.smallest_picture.saturating_add_signed(by).min(4000);
                frame.send(Command::SmallestPicture(width));
            }
        }
        let text = match settings.smallest_picture {
            0 => "none is called small".to_owned(),
            width => format!("narrower than {width} pixels"),
        };
        ui.label(Type::BODY.rich(text).color(palette(ui).muted));
    });
    if let Some(state) = frame.desk.site_state() {
        row_ui(ui, "This site", |ui| {
            if switch_ui(ui, state.remote_pictures, "Load pictures from the web for this site").clicked() {
                frame.send(Command::RemotePictures(!state.remote_pictures));
            }
            ui.label(Type::BODY.rich("load pictures from the web").color(palette(ui).text));
        });
    }
    ui.add_space(12.0);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if button_ui(ui, "Done", Weight::Main).clicked() {
            frame.send(Command::CloseOverlay);
        }
    });
}

fn row_ui(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let start = ui.cursor().left();
        ui.label(Type::BODY.rich(name).color(palette(ui).muted));
        ui.add_space((start + 150.0 - ui.cursor().left()).max(8.0));
        content(ui);
    });
    ui.add_space(4.0);
}

fn choose_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    choices: &[(&str, T)],
    now: T,
    command: fn(T) -> Command,
) {
    ui.spacing_mut().item_spacing.x = 4.0;
    for (text, value) in choices {
        let button = egui::Button::new(Type::BODY.rich(*text)).selected(*value == now);
        if ui.add(button).clicked() {
            frame.send(command(*value));
        }
    }
}

//! The question whether pictures from the web may be loaded for this site.
//!
//! Invariant: it is asked once for a site, as soon as a picture on screen would need it; until it is answered nothing is loaded,
//! and nothing waits for the answer. The answer can be taken back in the settings, and in the place of each such picture.

use egui::{Label, Margin, Ui};

use crate::desk::Command;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_ui};

/// Draws the question, if it is open.
pub fn remote_bar_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let is_answered = frame.desk.site_state().is_none_or(|state| state.remote_asked || state.remote_pictures);
    let Some(host) = frame.pictures.refused_host().filter(|_| !is_answered).map(str::to_owned) else { return };
    let colors = palette(ui);
    let ground = egui::Frame::new().fill(colors.raised).inner_margin(Margin::symmetric(size::PANE as i8, 8));
    ground.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 6.0);
        ui.horizontal_top(|ui| {
            ui.label(Type::ICON.rich(icons::IMAGE).color(colors.accent_text));
            let text = format!(
                "Pictures of this site lie on the web, at {host} for one. Load them? Their servers will notice."
            );
            ui.add(Label::new(Type::BODY.rich(text).color(colors.text)).wrap());
        });
        let line = egui::vec2(ui.available_width(), size::CONTROL);
        ui.allocate_ui_with_layout(line, egui::Layout::right_to_left(egui::Align::Center), |ui| {
            for (words, yes, weight) in [("Load pictures", true, Weight::Main), ("Not now", false, Weight::Plain)] {
                let hint = if yes { "For this site, until you take it back in the settings" } else { NOT_NOW };
                if button_ui(ui, words, weight).on_hover_text(hint).clicked() {
                    frame.send(Command::RemotePictures(yes));
                }
            }
        });
    });
}

/// What follows from the answer no.
const NOT_NOW: &str = "You will not be asked again for this site; the settings and each picture's place still offer it";

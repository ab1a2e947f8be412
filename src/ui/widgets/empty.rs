//! What a pane shows when there is nothing to show: why, and what can be done.
//!
//! Invariant: it is never blank.

use egui::{Align, Layout, Response, Ui, vec2};

use crate::ui::theme::{Type, palette};
use crate::ui::widgets::button::{Weight, button_ui};

/// Draws an icon, what is the case, what it means, and one button. Returns the button, if there is one.
pub fn empty_ui(ui: &mut Ui, icon: char, title: &str, help: &str, action: Option<&str>) -> Option<Response> {
    let colors = palette(ui);
    let width = ui.available_width().min(420.0);
    let height = ui.available_height();
    let mut pressed = None;
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.set_max_width(width.max(ui.available_width()));
        ui.add_space((height * 0.28).max(16.0));
        ui.label(Type::ICON_LARGE.rich(icon).color(colors.muted));
        ui.add_space(8.0);
        ui.label(Type::SUBHEAD.rich(title).color(colors.text));
        ui.add_space(2.0);
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Center), |ui| {
            ui.add(egui::Label::new(Type::BODY.rich(help).color(colors.muted)).wrap().halign(Align::Center));
        });
        if let Some(action) = action {
            ui.add_space(12.0);
            pressed = Some(button_ui(ui, action, Weight::Plain));
        }
    });
    pressed
}

//! An address, with buttons that open and copy it.
//!
//! Invariant: only http and https addresses are opened, and only when asked to.

use egui::{Layout, Response, Ui, vec2};

use super::FieldRef;
use super::text::typed_ui;
use crate::desk::Command;
use crate::ui::frame::Frame;
use crate::ui::theme::{icons, size};
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::field::Field;

/// Draws a field for an address.
pub fn url_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) -> Response {
    let said = field.text();
    let width = ui.available_width();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let room = vec2((width - 54.0).max(80.0), size::CONTROL);
        let response = ui
            .allocate_ui_with_layout(room, Layout::top_down(egui::Align::Min), |ui| {
                typed_ui(ui, frame, field, &said, Field::line(&field.label))
            })
            .inner;
        let is_page = said.starts_with("http://") || said.starts_with("https://");
        ui.add_enabled_ui(is_page, |ui| {
            if icon_button_ui(ui, icons::OPEN_IN_NEW, &format!("Open {}", field.label), None).clicked() {
                frame.send(Command::OpenPage(Some(said.clone())));
            }
        });
        ui.add_enabled_ui(!said.is_empty(), |ui| {
            if icon_button_ui(ui, icons::COPY, &format!("Copy {}", field.label), None).clicked() {
                frame.send(Command::CopyText(said.clone()));
            }
        });
        response
    })
    .inner
}

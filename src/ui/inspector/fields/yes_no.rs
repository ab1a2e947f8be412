//! Yes or no, as a switch beside its name.
//!
//! Invariant: an absent value is shown as absent, not as no.

use egui::{Align, Layout, Response, Ui};

use super::FieldRef;
use super::label::{marks_ui, name_ui};
use super::menu::{menu_button_ui, rename_ui};
use crate::document::Value;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::line_ui;
use crate::ui::widgets::switch::switch_ui;

/// Draws a switch. `asked`: the field's menu is asked for by key.
pub fn yes_no_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, asked: bool) -> Option<Response> {
    if rename_ui(ui, frame, field) {
        return None;
    }
    let on = field.value.and_then(Value::as_bool);
    line_ui(ui, 22.0, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let response = switch_ui(ui, on.unwrap_or(false), &field.label);
        name_ui(ui, field, Type::BODY.rich(&field.label).color(palette(ui).text));
        marks_ui(ui, frame, field);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| menu_button_ui(ui, frame, field, asked));
        if response.clicked() {
            field.set(frame, (!on.unwrap_or(false)).into());
        }
        Some(response)
    })
}

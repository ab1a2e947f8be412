//! Yes or no, as a switch beside its name.
//!
//! Invariant: an absent value is shown as absent, not as no.

use egui::{Response, Ui};

use super::{FieldRef, label_ui};
use crate::document::Value;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::switch::switch_ui;

/// Draws a switch.
pub fn yes_no_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) -> Option<Response> {
    let on = field.value.and_then(Value::as_bool);
    ui.horizontal(|ui| {
        let response = switch_ui(ui, on.unwrap_or(false), &field.label);
        ui.label(Type::BODY.rich(&field.label).color(palette(ui).text));
        if on.is_none() {
            label_ui(ui, "absent");
        }
        if response.clicked() {
            field.set(frame, (!on.unwrap_or(false)).into());
        }
        Some(response)
    })
    .inner
}

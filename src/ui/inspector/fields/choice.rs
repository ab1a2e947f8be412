//! One text out of few, or another one that is typed.
//!
//! Invariant: the list offers what the site's articles have; it forbids nothing.

use egui::{Response, Ui, vec2};

use super::FieldRef;
use super::text::typed_ui;
use crate::document::Value;
use crate::ui::frame::Frame;
use crate::ui::menu::item_ui;
use crate::ui::theme::icons;
use crate::ui::widgets::at_ui;
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::field::Field;

/// Draws a field with a list of values.
pub fn choice_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) -> Response {
    let said = field.text();
    let schema = frame.desk.schema_of(field.article);
    let response = typed_ui(ui, frame, field, &said, Field::line(&field.label));
    let corner = egui::Rect::from_center_size(response.rect.right_center() - vec2(15.0, 0.0), vec2(24.0, 24.0));
    let name = format!("Values of {}", field.label);
    let button = at_ui(ui, corner, |ui| icon_button_ui(ui, icons::EXPAND_MORE, &name, None));
    egui::Popup::menu(&button).gap(4.0).width(response.rect.width()).show(|ui| {
        for (value, count) in
            schema.field(&field.path).map(|known| known.values.as_slice()).unwrap_or_default().iter().take(30)
        {
            if item_ui(ui, value, &crate::desk::toast::grouped(*count), true).clicked() {
                field.set(frame, Value::text(value.clone()));
                ui.close();
            }
        }
    });
    response
}

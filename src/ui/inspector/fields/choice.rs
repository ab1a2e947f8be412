//! One text out of few, or another one that is typed.
//!
//! Invariant: the list offers what the site's articles have; it forbids nothing.

use egui::{Response, Ui, vec2};

use super::FieldRef;
use super::text::typed_ui;
use crate::desk::toast::grouped;
use crate::document::Value;
use crate::text::fold;
use crate::ui::frame::Frame;
use crate::ui::theme::icons;
use crate::ui::widgets::at_ui;
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::pick::{Choice, Pick, drop_down_ui, pick_ui};

/// How many values are offered at once.
const OFFERED: usize = 30;

/// Draws a field with a list of values.
pub fn choice_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) -> Response {
    let said = field.text();
    let schema = frame.desk.schema_of(field.article);
    let response = typed_ui(ui, frame, field, &said, Field::line(&field.label));
    let corner = egui::Rect::from_center_size(response.rect.right_center() - vec2(15.0, 0.0), vec2(24.0, 24.0));
    let name = format!("Values of {}", field.label);
    let button = at_ui(ui, corner, |ui| icon_button_ui(ui, icons::EXPAND_MORE, &name, None));
    let id = button.id.with("values");
    drop_down_ui(&button, response.rect.width().max(220.0), |ui, opens| {
        let known = schema.field(&field.path).map(|known| known.values.as_slice()).unwrap_or_default();
        let mut found = Vec::new();
        let pick = Pick { name: "Find a value", placeholder: "find a value", opens, height: 260.0 };
        let picked = pick_ui(ui, id, pick, |typed| {
            found = known.iter().filter(|(value, _)| fold(value).contains(&fold(typed))).take(OFFERED).collect();
            found.iter().map(|(value, count)| Choice::new(value, grouped(*count))).collect()
        });
        if let Some((value, _)) = picked.taken.and_then(|at| found.get(at)) {
            field.set(frame, Value::text(value.clone()));
            ui.close();
        }
    });
    response
}

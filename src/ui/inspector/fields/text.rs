//! Text of one line or more, and numbers.
//!
//! Invariant: a text that its kind does not accept stays in the field and is not sent.

use egui::{Response, Ui};

use super::{FieldRef, message_ui};
use crate::ui::frame::Frame;
use crate::ui::widgets::field::{Field, field_ui};

/// Draws a field of text that grows with what is in it.
pub fn text_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, rows: usize) -> Response {
    let said = field.text();
    let grows = rows > 1 || said.chars().count() > 44 && field.kind == crate::site::Kind::Text;
    let look = if grows { Field::lines(&field.label, rows) } else { Field::line(&field.label) };
    let look = Field { placeholder: if field.value.is_none() { "absent" } else { "empty" }, ..look };
    typed_ui(ui, frame, field, &said, look)
}

/// Draws a field whose text is read by the field's kind; the message of what is not understood stands beneath.
pub fn typed_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, said: &str, look: Field<'_>) -> Response {
    let problem_id = ui.make_persistent_id(("problem", field.article.0, field.pointer.to_string()));
    let problem: Option<String> = ui.data(|data| data.get_temp(problem_id));
    let look = Field { wrong: problem.is_some(), ..look };
    let salt = ("field", field.article.0, field.pointer.to_string());
    let answer = field_ui(ui, salt, said, field.waits(frame) || problem.is_some(), look);
    if let Some(text) = answer.sent {
        match field.kind.parse(&text, field.value) {
            Ok(value) => {
                ui.data_mut(|data| {
                    data.remove::<String>(problem_id);
                });
                field.set(frame, value);
            }
            Err(error) => ui.data_mut(|data| {
                data.insert_temp(problem_id, error.to_string());
            }),
        }
    }
    if let Some(problem) = problem {
        message_ui(ui, &problem);
    }
    answer.response
}

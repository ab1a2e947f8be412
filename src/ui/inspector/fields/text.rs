//! Text of one line or more, and numbers.
//!
//! Invariant: a text that its kind does not accept stays in the field and is not sent. Escape gives the very value back that
//! was there, so that an absent one does not become an empty text.

use egui::{Id, Response, Ui};

use super::label::{message_ui, state_word};
use super::{FieldRef, text_of};
use crate::document::Value;
use crate::site::Kind;
use crate::site::kind::KindError;
use crate::ui::frame::Frame;
use crate::ui::inspector::reading::{beside_ui, switch_of_preview_ui};
use crate::ui::untaken;
use crate::ui::widgets::field::{Field, expect, field_ui, too_long_ui};
use crate::ui::widgets::line_ui;

/// A text that is longer than this goes on in a second line.
const LONG: usize = 44;

/// Draws a field of text that grows with what is in it.
pub fn text_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, rows: usize) -> Response {
    let said = field.text();
    let is_line = !matches!(field.kind, Kind::LongText | Kind::Markdown);
    let grows = rows > 1 || said.contains('\n') || is_line && said.chars().count() > LONG;
    let look = if grows { Field::lines(&field.label, rows) } else { Field::line(&field.label) };
    let look = Field { breaks: !is_line || said.contains('\n'), ..look };
    typed_ui(ui, frame, field, &said, look)
}

/// Draws a field of Markdown, and how it is read.
pub fn markdown_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, rows: usize) -> Response {
    let text = field.text();
    if !text.trim().is_empty() {
        line_ui(ui, 18.0, |ui| switch_of_preview_ui(ui, &text, &field.label));
    }
    beside_ui(ui, frame, (field.article, &text), |ui, frame| text_ui(ui, frame, field, rows))
}

/// Draws a field whose text is read by the field's kind; the message of what is not understood stands beneath.
pub fn typed_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, said: &str, look: Field<'_>) -> Response {
    if let Some(said) = too_long_ui(ui, &field.label, said) {
        return said;
    }
    let problem_id = untaken_id(ui, field);
    let problem = untaken::reason(ui, problem_id);
    let placeholder = state_word(field.value).unwrap_or_default();
    let look = Field { wrong: problem.is_some(), placeholder, ..look };
    let salt = ("field", field.article.0, field.pointer.to_string());
    let answer = field_ui(ui, salt.clone(), said, field.waits(frame) || problem.is_some(), look);
    let before = answer.response.id.with("value before");
    if answer.response.has_focus() {
        let value = field.value.cloned();
        ui.data_mut(|data| {
            data.get_temp_mut_or_insert_with::<Option<Value>>(before, || value);
        });
    }
    let old =
        if answer.response.lost_focus() { ui.data_mut(|data| data.remove_temp::<Option<Value>>(before)) } else { None };
    if let Some(old) = old.filter(|_| answer.given_up) {
        untaken::forget(ui, problem_id);
        if field.value != old.as_ref() {
            // A step of its own, told with its Undo: what was typed can be had again.
            field.step(frame, &format!("{} as before", field.label.to_lowercase()), field.intent(old));
        }
    } else if let Some(text) = answer.sent {
        match parse(frame, field, &text) {
            Ok(value) => {
                untaken::forget(ui, problem_id);
                let is_same = field.value.is_some_and(|old| old.same_data(&value));
                expect(ui, salt, &if is_same { said.to_owned() } else { text_of(&value) });
                field.set(frame, value);
            }
            Err(error) => untaken::note(ui, problem_id, field.article, &text, error.to_string()),
        }
    }
    if let Some(problem) = problem {
        message_ui(ui, &problem);
    }
    answer.response
}

/// By what it is known that a text typed in this field was not taken.
pub fn untaken_id(ui: &Ui, field: &FieldRef<'_>) -> Id {
    ui.make_persistent_id(("problem", field.article.0, field.pointer.to_string()))
}

/// The value that a typed text means, in the form that it had or that the siblings have.
fn parse(frame: &Frame<'_>, field: &FieldRef<'_>, text: &str) -> Result<Value, KindError> {
    let schema = frame.desk.schema_of(field.article);
    match schema.field(&field.path).filter(|known| known.kind == field.kind) {
        Some(known) => known.parse(text, field.value),
        None => field.kind.parse(text, field.value),
    }
}

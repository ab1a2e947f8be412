//! The fields of the form, a file for each family of kinds.
//!
//! Invariant: what is typed becomes an edit as soon as its kind accepts it; until then it stays in the field with a message,
//! and typing is never blocked.

mod choice;
mod date;
mod entry;

mod images;
mod locked;
mod provider;
mod tags;
mod text;
mod url;
mod yes_no;

pub use entry::nested_ui as nested_fields_ui;

use egui::{Response, Sense, Ui, vec2};

use crate::article::Intent;
use crate::catalog::ArticleId;
use crate::desk::{Command, Edit};
use crate::document::{Document, FieldPath, Pointer, Value};
use crate::site::Kind;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::field::{Field, field_ui as text_field_ui};
use crate::ui::widgets::line_ui;

/// One field of one article.
#[derive(Clone, Debug)]
pub struct FieldRef<'a> {
    /// Whose.
    pub article: ArticleId,
    /// Where its value is in the data.
    pub pointer: Pointer,
    /// The same without places in lists: what the schema knows it by.
    pub path: FieldPath,
    /// What it is called.
    pub label: String,
    /// What it holds.
    pub kind: Kind,
    /// Its value; nothing where it is absent.
    pub value: Option<&'a Value>,
    /// Whether it has an unsaved change.
    pub changed: bool,
}

impl FieldRef<'_> {
    /// The value as text, where it is a scalar.
    pub fn text(&self) -> String {
        match self.value {
            Some(Value::Null) | None => String::new(),
            Some(value) => value.as_str().map_or_else(|| scalar(value), str::to_owned),
        }
    }

    /// Gives it a value; typing in one field is one step.
    pub fn set(&self, frame: &mut Frame<'_>, value: Value) {
        let intent = if self.pointer.parts().len() == 1 {
            Intent::Set(self.path.clone(), value)
        } else {
            Intent::SetAt(self.pointer.clone(), value)
        };
        self.send(frame, &self.label.to_lowercase(), vec![intent]);
    }

    /// Sends a change of it.
    pub fn send(&self, frame: &mut Frame<'_>, label: &str, intents: Vec<Intent>) {
        let edit = Edit::of(self.article, label, intents);
        frame.send(Command::Edit(edit.grouped(format!("{} {}", self.article.0, self.pointer))));
    }

    /// Whether an edit of its article waits for its text.
    pub fn waits(&self, frame: &Frame<'_>) -> bool {
        frame.desk.row_state(self.article).waiting
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.spelling().to_owned(),
        _ => String::new(),
    }
}

/// Draws a field by its kind, with its label. Gives the widget that takes the keyboard, where there is one.
pub fn field_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, rows: usize) -> Option<Response> {
    ui.push_id(field.pointer.to_string(), |ui| {
        let schema = frame.desk.schema_of(field.article);
        if schema.provider.as_ref() == Some(&field.path) && field.value.is_some_and(|value| value.as_map().is_some()) {
            field_label_ui(ui, frame, field);
            provider::provider_ui(ui, frame, field);
            return None;
        }
        match field.kind {
            Kind::YesNo => yes_no::yes_no_ui(ui, frame, field),
            Kind::Embed | Kind::Opaque => {
                field_label_ui(ui, frame, field);
                locked::locked_ui(ui, field);
                None
            }
            kind => {
                field_label_ui(ui, frame, field);
                match kind {
                    Kind::LongText | Kind::Markdown => Some(text::text_ui(ui, frame, field, rows.max(3))),
                    Kind::Text | Kind::Number | Kind::Score => Some(text::text_ui(ui, frame, field, rows)),
                    Kind::Date => Some(date::date_ui(ui, frame, field)),
                    Kind::Url => Some(url::url_ui(ui, frame, field)),
                    Kind::Choice => Some(choice::choice_ui(ui, frame, field)),
                    Kind::Tags => {
                        tags::tags_field_ui(ui, frame, field);
                        None
                    }
                    Kind::Images => {
                        images::images_ui(ui, frame, field);
                        None
                    }
                    Kind::Entry | Kind::Entries => {
                        entry::entry_ui(ui, frame, field);
                        None
                    }
                    Kind::YesNo | Kind::Embed | Kind::Opaque => None,
                }
            }
        }
    })
    .inner
}

/// Draws the label of a field: its name, whether it has changed, and the way back.
pub fn field_label_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) {
    let colors = palette(ui);
    line_ui(ui, 16.0, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(Type::SMALL.rich(&field.label).color(colors.muted));
        if field.changed {
            let (dot, _) = ui.allocate_exact_size(vec2(6.0, 16.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 3.0, colors.accent);
            let link =
                egui::Label::new(Type::ICON_TINY.rich(icons::UNDO).color(colors.accent_text)).sense(Sense::click());
            let back = ui.add(link).on_hover_text("Give this field the value back that it has on disk");
            if back.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
                frame.send(Command::RevertField { article: field.article, pointer: Some(field.pointer.clone()) });
            }
        }
    });
}

/// Draws a quiet line of help.
pub fn label_ui(ui: &mut Ui, text: &str) {
    let color = palette(ui).muted;
    ui.add(egui::Label::new(Type::SMALL.rich(text).color(color)).wrap());
}

/// Draws what is wrong with what was typed.
pub fn message_ui(ui: &mut Ui, text: &str) {
    let colors = palette(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(Type::ICON_TINY.rich(icons::WARNING).color(colors.danger_text));
        ui.label(Type::SMALL.rich(text).color(colors.danger_text));
    });
}

/// Draws the body of an article as a field.
pub fn body_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, document: &Document) {
    let color = palette(ui).muted;
    ui.label(Type::SMALL.rich("Body").color(color));
    let waiting = frame.desk.row_state(article).waiting;
    let look = Field { kind: Type::CODE, ..Field::lines("Body", 8) };
    let answer = text_field_ui(ui, ("body", article.0), document.body(), waiting, look);
    if let Some(text) = answer.sent {
        let edit = Edit::of(article, "body", vec![Intent::SetBody(text)]).grouped(format!("{} body", article.0));
        frame.send(Command::Edit(edit));
    }
}

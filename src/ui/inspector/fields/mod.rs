//! The fields of the form, a file for each family of kinds.
//!
//! Invariant: what is typed becomes an edit as soon as its kind accepts it; until then it stays in the field with a message,
//! and typing is never blocked. Absent, null, an empty text and an empty list are told apart.

mod choice;
mod date;
mod entry;

mod images;
mod images_add;
mod label;
mod locked;
pub mod menu;
mod provider;
mod tags;
mod text;
mod url;
mod yes_no;

pub use entry::nested_ui as nested_fields_ui;
pub use label::{label_ui, marks_ui, message_ui, problem_ui, state_word};
pub use menu::listen;

use egui::{Rect, Response, Ui};

use crate::article::{Intent, Problem};
use crate::catalog::ArticleId;
use crate::desk::{Command, Edit};
use crate::document::{FieldPath, Pointer, Value};
use crate::site::Kind;
use crate::ui::frame::Frame;
use crate::ui::widgets::own_ui;
use label::field_label_ui;

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
    /// What is wrong with the article, of which this field shows its part.
    pub problems: &'a [Problem],
}

impl FieldRef<'_> {
    /// The value as text, where it is a scalar.
    pub fn text(&self) -> String {
        self.value.map(text_of).unwrap_or_default()
    }

    /// Gives it a value; typing in one field is one step.
    pub fn set(&self, frame: &mut Frame<'_>, value: Value) {
        let intent = self.intent(Some(value));
        self.send(frame, &self.label.to_lowercase(), vec![intent]);
    }

    /// What gives it this value, or takes it out.
    pub fn intent(&self, value: Option<Value>) -> Intent {
        let is_top = self.pointer.parts().len() == 1;
        match value {
            Some(value) if is_top => Intent::Set(self.path.clone(), value),
            Some(value) => Intent::SetAt(self.pointer.clone(), value),
            None if is_top => Intent::Clear(self.path.clone()),
            None => Intent::RemoveAt(self.pointer.clone()),
        }
    }

    /// Sends a change of it.
    pub fn send(&self, frame: &mut Frame<'_>, label: &str, intents: Vec<Intent>) {
        let edit = Edit::of(self.article, label, intents);
        frame.send(Command::Edit(edit.grouped(format!("{} {}", self.article.0, self.pointer))));
    }

    /// Sends a change of it that is a step of its own.
    pub fn step(&self, frame: &mut Frame<'_>, label: &str, intent: Intent) {
        frame.send(Command::Edit(Edit::of(self.article, label, vec![intent])));
    }

    /// Whether an edit of its article waits for its text.
    pub fn waits(&self, frame: &Frame<'_>) -> bool {
        frame.desk.row_state(self.article).waiting
    }

    /// The kind that can show the value: a list where a text is usual is shown as a list.
    fn fitting_kind(&self) -> Kind {
        match (self.kind, self.value) {
            (Kind::Opaque, _) => Kind::Opaque,
            (Kind::Images, Some(Value::Text(_) | Value::List(_) | Value::Map(_)) | None) => Kind::Images,
            (_, Some(Value::Map(_))) => Kind::Entry,
            (Kind::Entries, Some(Value::List(_))) => Kind::Entries,
            (_, Some(Value::List(items))) if items.iter().any(Value::is_collection) => Kind::Entries,
            (_, Some(Value::List(_))) => Kind::Tags,
            (Kind::YesNo, Some(Value::Text(_) | Value::Number(_))) => Kind::Text,
            (Kind::Entry | Kind::Entries | Kind::Images, Some(value)) if !matches!(value, Value::Null) => Kind::Text,
            (kind, _) => kind,
        }
    }
}

/// A scalar as it is typed; nothing of a list or a map.
fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.spelling().to_owned(),
        Value::Null | Value::List(_) | Value::Map(_) => String::new(),
    }
}

/// The field that shall have the keyboard as soon as it is drawn.
pub fn ask_focus(ui: &Ui, article: ArticleId, pointer: Pointer) {
    ui.data_mut(|data| data.insert_temp(egui::Id::unique("field to focus"), (article, pointer)));
}

/// Whether a field of this article waits for the keyboard.
pub fn wants_focus(ui: &Ui, article: ArticleId) -> bool {
    let wanted: Option<(ArticleId, Pointer)> = ui.data(|data| data.get_temp(egui::Id::unique("field to focus")));
    wanted.is_some_and(|(of, _)| of == article)
}

fn takes_focus(ui: &Ui, field: &FieldRef<'_>) -> bool {
    let id = egui::Id::unique("field to focus");
    let wanted: Option<(ArticleId, Pointer)> = ui.data(|data| data.get_temp(id));
    let is_it = wanted.is_some_and(|(article, at)| article == field.article && at == field.pointer);
    if is_it {
        ui.data_mut(|data| data.remove::<(ArticleId, Pointer)>(id));
    }
    is_it
}

/// Draws a field by its kind, with its label and what is wrong with it. Gives the widget that takes the keyboard, where there is
/// one.
pub fn field_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, rows: usize) -> Option<Response> {
    own_ui(ui, field.pointer.to_string(), |ui| {
        let asked = menu::is_asked(ui);
        let top = ui.next_widget_position();
        let kind = field.fitting_kind();
        if kind != Kind::YesNo {
            field_label_ui(ui, frame, field, asked);
        }
        let response = editor_ui(ui, frame, field, kind, (rows, asked));
        if takes_focus(ui, field) {
            let rect = Rect::from_min_max(top, ui.min_rect().max);
            ui.scroll_to_rect(rect, None);
            if let Some(response) = &response {
                response.request_focus();
            }
        }
        problems_ui(ui, frame, field, kind);
        menu::settle(ui, Rect::from_min_max(top, ui.min_rect().max));
        response
    })
}

/// Draws what a field is edited with.
fn editor_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    field: &FieldRef<'_>,
    kind: Kind,
    (rows, asked): (usize, bool),
) -> Option<Response> {
    match kind {
        Kind::LongText => Some(text::text_ui(ui, frame, field, rows.max(3))),
        Kind::Markdown => Some(text::markdown_ui(ui, frame, field, rows.max(3))),
        Kind::Text | Kind::Number | Kind::Score => Some(text::text_ui(ui, frame, field, rows)),
        Kind::Date => Some(date::date_ui(ui, frame, field)),
        Kind::Url => Some(url::url_ui(ui, frame, field)),
        Kind::Choice => Some(choice::choice_ui(ui, frame, field)),
        Kind::YesNo => yes_no::yes_no_ui(ui, frame, field, asked),
        Kind::Tags => {
            tags::tags_field_ui(ui, frame, field);
            None
        }
        Kind::Images => {
            images::images_ui(ui, frame, field);
            None
        }
        Kind::Entry if is_provider(frame, field) => {
            provider::provider_ui(ui, frame, field);
            None
        }
        Kind::Entry | Kind::Entries => {
            entry::entry_ui(ui, frame, field);
            None
        }
        Kind::Embed | Kind::Opaque => {
            locked::locked_ui(ui, field);
            None
        }
    }
}

/// Whether it says who tells a story: the article's own provider, or that of an entry.
fn is_provider(frame: &Frame<'_>, field: &FieldRef<'_>) -> bool {
    let schema = frame.desk.schema_of(field.article);
    schema.provider.as_ref().is_some_and(|provider| provider.last() == field.path.last())
}

/// Draws what is wrong with the value. Of a map or a list of maps, each field within shows its own.
fn problems_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, kind: Kind) {
    let nests = matches!(kind, Kind::Entry | Kind::Entries);
    let is_here = |at: &Pointer| if nests { *at == field.pointer } else { at.starts_with(&field.pointer) };
    for problem in field.problems.iter().filter(|problem| problem.at.as_ref().is_some_and(is_here)) {
        problem_ui(ui, frame, field.article, problem);
    }
}

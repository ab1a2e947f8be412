//! Adding a field to an article or to an entry of it: one that its siblings have, or one that nobody has yet.
//!
//! Invariant: it is written where siblings have it and in their form; what is there already is never written over.

use egui::{Id, Key, Popup, Response, ScrollArea, Ui};

use super::fields::{ask_focus, label_ui};
use crate::article::Intent;
use crate::catalog::ArticleId;
use crate::desk::{Command, Edit};
use crate::document::{FieldPath, Map, Pointer, Value};
use crate::site::{Field, Kind, Schema};
use crate::ui::frame::Frame;
use crate::ui::menu::item_ui;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::field::{self, edit_ui};

/// The kinds that a field with a new name can have.
const KINDS: [Kind; 9] = [
    Kind::Text,
    Kind::LongText,
    Kind::Number,
    Kind::YesNo,
    Kind::Date,
    Kind::Url,
    Kind::Tags,
    Kind::Entry,
    Kind::Entries,
];

/// Where a field is added.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// To which article.
    pub article: ArticleId,
    /// To which map of it; the article itself when it is the root.
    pub at: &'a Pointer,
    /// The same as the schema knows it.
    pub path: &'a FieldPath,
    /// What is there already.
    pub map: Option<&'a Map>,
    /// What the button is called.
    pub name: &'a str,
}

/// Draws the button that adds a field, and the list it opens.
pub fn add_field_ui(ui: &mut Ui, frame: &mut Frame<'_>, schema: &Schema, place: Place<'_>) {
    let button = button_with_icon_ui(ui, Some(icons::ADD), place.name, None, Weight::Bare);
    let id = button.id.with("typed");
    if button.clicked() {
        ui.data_mut(|data| data.remove::<String>(id));
    }
    let opens = button.clicked();
    Popup::menu(&button)
        .gap(4.0)
        .width(300.0)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| list_ui(ui, frame, schema, place, (id, opens)));
}

fn list_ui(ui: &mut Ui, frame: &mut Frame<'_>, schema: &Schema, place: Place<'_>, (id, opens): (Id, bool)) {
    ui.set_width(300.0);
    let mut typed: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let response = name_ui(ui, id, &mut typed, opens);
    ui.data_mut(|data| data.insert_temp(id, typed.clone()));
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let key = typed.trim();
    let found = absent(schema, place, key);
    let mut chosen: Option<(String, Kind)> = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
        for field in &found {
            let note = format!("{} · in {}", field.kind.name(), share(field.seen, schema.articles));
            if item_ui(ui, &field.label, &note, true).clicked() {
                chosen = Some((field.path.last().to_owned(), field.kind));
            }
        }
    });
    let is_taken = place.map.is_some_and(|map| map.get(key).is_some());
    let known = found.iter().find(|field| field.path.last() == key || field.label.eq_ignore_ascii_case(key)).copied();
    if is_taken {
        label_ui(ui, &format!("There is already a “{key}”"));
    } else if !key.is_empty() && known.is_none() {
        ui.add_space(4.0);
        ui.label(Type::SMALL.rich(format!("New field “{key}”")).color(palette(ui).muted));
        for kind in KINDS {
            if item_ui(ui, kind_name(kind), "", true).clicked() {
                chosen = Some((key.to_owned(), kind));
            }
        }
        if entered && found.is_empty() {
            chosen = chosen.or_else(|| Some((key.to_owned(), Kind::Text)));
        }
    }
    if let Some(field) = known.or_else(|| found.first().copied()).filter(|_| entered && chosen.is_none() && !is_taken) {
        chosen = Some((field.path.last().to_owned(), field.kind));
    }
    if let Some((key, kind)) = chosen {
        add(ui, frame, schema, place, (&key, kind));
        ui.close();
    }
}

fn name_ui(ui: &mut Ui, id: Id, typed: &mut String, opens: bool) -> Response {
    let look =
        field::Field { placeholder: "find a field, or name a new one", ..field::Field::line("Name of the field") };
    let response = edit_ui(ui, id, typed, look).response.response;
    if opens {
        response.request_focus();
    }
    ui.add_space(4.0);
    response
}

/// The fields of the siblings that this map does not have and that the text names.
fn absent<'a>(schema: &'a Schema, place: Place<'a>, typed: &str) -> Vec<&'a Field> {
    let typed = typed.to_lowercase();
    let is_named = |field: &&Field| {
        field.label.to_lowercase().contains(&typed) || field.path.last().to_lowercase().contains(&typed)
    };
    schema
        .children(place.path)
        .filter(|field| !matches!(field.kind, Kind::Opaque | Kind::Embed))
        .filter(|field| place.map.is_none_or(|map| map.get(field.path.last()).is_none()))
        .filter(is_named)
        .collect()
}

fn share(seen: usize, articles: usize) -> String {
    match (seen * 100).checked_div(articles) {
        Some(0) | None => format!("{seen}"),
        Some(percent) => format!("{} %", percent.min(100)),
    }
}

/// What a kind is called where it is chosen.
const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Text",
        Kind::LongText => "Long text",
        Kind::Markdown => "Markdown",
        Kind::Number => "Number",
        Kind::Score => "Score",
        Kind::YesNo => "Yes or no",
        Kind::Date => "Date",
        Kind::Url => "Address",
        Kind::Images => "Pictures",
        Kind::Choice => "Choice",
        Kind::Tags => "List of texts",
        Kind::Entry => "Entry with fields",
        Kind::Entries => "List of entries",
        Kind::Embed => "Embed",
        Kind::Opaque => "Opaque",
    }
}

fn add(ui: &Ui, frame: &mut Frame<'_>, schema: &Schema, place: Place<'_>, (key, kind): (&str, Kind)) {
    let (pointer, path) = (place.at.child(key), place.path.child(key));
    let is_known = schema.field(&path).is_some();
    let value = match kind {
        // Nobody has it yet, so only the value says what it is.
        Kind::Date if !is_known => Value::text(frame.desk.today().to_string()),
        Kind::Number if !is_known => 0_i64.into(),
        kind => kind.blank(),
    };
    if !is_known {
        remember_kind(ui, place.article, &pointer, kind);
    }
    let intent =
        if place.at.parts().is_empty() { Intent::Set(path, value) } else { Intent::SetAt(pointer.clone(), value) };
    let label = schema.field(&place.path.child(key)).map_or_else(|| key.to_owned(), |field| field.label.to_lowercase());
    frame.send(Command::Edit(Edit::of(place.article, format!("{label} added"), vec![intent])));
    ask_focus(ui, place.article, pointer);
}

fn kind_id(article: ArticleId, pointer: &Pointer) -> Id {
    Id::unique(("kind of a new field", article.0, pointer.to_string()))
}

fn remember_kind(ui: &Ui, article: ArticleId, pointer: &Pointer, kind: Kind) {
    ui.data_mut(|data| data.insert_temp(kind_id(article, pointer), kind));
}

/// The kind of a field: as the schema knows it, else as it was chosen when it was added, else as its value looks.
pub fn kind_of(ui: &Ui, schema: &Schema, article: ArticleId, pointer: &Pointer, value: Option<&Value>) -> Kind {
    let path = pointer.field();
    if schema.field(&path).is_none()
        && let Some(kind) = ui.data(|data| data.get_temp(kind_id(article, pointer)))
    {
        return kind;
    }
    schema.kind_of(&path, value)
}

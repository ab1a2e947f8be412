//! Adding a field to an article or to an entry of it: one that its siblings have, or one that nobody has yet.
//!
//! Invariant: it is written where siblings have it and in their form; what is there already is never written over.

use egui::{Id, Ui};

use super::fields::{ask_focus, label_ui};
use crate::article::Intent;
use crate::catalog::ArticleId;
use crate::desk::{Command, Edit};
use crate::document::{FieldPath, Map, Pointer, Value};
use crate::site::{Field, Kind, Schema};
use crate::ui::frame::Frame;
use crate::ui::theme::icons;
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::pick::{Choice, Pick, drop_down_ui, pick_ui};

/// How wide the list is.
const WIDTH: f32 = 300.0;

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
    drop_down_ui(&button, WIDTH, |ui, opens| {
        if list_ui(ui, frame, schema, place, opens) {
            ui.close();
        }
    });
}

/// What a line of the list stands for.
enum Offer<'a> {
    /// A field that siblings have.
    Known(&'a Field),
    /// A field that nobody has, of this kind.
    New(Kind),
}

/// Draws the list of what can be added: what siblings have, and what is typed, by kind. True when something was added.
pub fn list_ui(ui: &mut Ui, frame: &mut Frame<'_>, schema: &Schema, place: Place<'_>, opens: bool) -> bool {
    let id = Id::unique(("field to add", place.article.0, place.at.to_string()));
    let pick = Pick { name: "Name of the field", placeholder: "find a field, or name a new one", opens, height: 260.0 };
    let is_taken = |key: &str| place.map.is_some_and(|map| map.get(key).is_some());
    let mut offers = Vec::new();
    let picked = pick_ui(ui, id, pick, |typed| {
        let (found, choices) = offered(schema, place, typed, is_taken(typed));
        offers = found;
        choices
    });
    if is_taken(&picked.typed) {
        label_ui(ui, &format!("There is already a “{}”", picked.typed));
    }
    let (key, kind) = match picked.taken.and_then(|at| offers.get(at)) {
        Some(Offer::Known(field)) => (field.path.last().to_owned(), field.kind),
        Some(Offer::New(kind)) => (picked.typed, *kind),
        None => return false,
    };
    add(ui, frame, schema, place, (&key, kind));
    true
}

fn offered<'a>(schema: &'a Schema, place: Place<'a>, typed: &str, is_taken: bool) -> (Vec<Offer<'a>>, Vec<Choice>) {
    let mut found = absent(schema, place, typed);
    let is_it = |field: &Field| field.path.last() == typed || field.label.eq_ignore_ascii_case(typed);
    // What is named in full comes first, though others have it in their names.
    found.sort_by_key(|field| !is_it(field));
    let is_known = found.iter().any(|field| is_it(field));
    let known = found.into_iter().map(|field| {
        let note = format!("{} · in {}", field.kind.name(), share(field.seen, schema.articles));
        (Offer::Known(field), Choice::new(&field.label, note))
    });
    let is_new = !typed.is_empty() && !is_taken && !is_known;
    let new = KINDS.into_iter().filter(|_| is_new).enumerate().map(|(at, kind)| {
        let above = if at == 0 { format!("New field “{typed}”") } else { String::new() };
        (Offer::New(kind), Choice { above, ..Choice::new(kind_name(kind), "") })
    });
    known.chain(new).filter(|_| !is_taken).unzip()
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

//! Fields by name: one is added to the article under the cursor, renamed or removed in all selected ones that have it.
//!
//! Invariant: how many articles are touched is said before it is done; what is opaque is not offered.

use egui::{Id, Ui};

use super::{answer_ui, line_ui, title_ui};
use crate::article::Intent;
use crate::catalog::{ArticleId, Cell, ColumnKey};
use crate::desk::toast::articles;
use crate::desk::{Command, Edit, FieldTask, Targets};
use crate::document::{FieldPath, Pointer, Value};
use crate::site::{Kind, Schema};
use crate::text::fold;
use crate::ui::frame::Frame;
use crate::ui::inspector::add_field::{self, Place};
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::pick::{Choice, Pick, pick_ui};

/// What the dialog remembers while it is open.
#[derive(Debug, Default)]
pub struct FieldState {
    /// The field that was chosen.
    chosen: Option<FieldPath>,
    name: String,
}

/// Draws the dialog. `first`: it opens in this frame.
pub fn field_ui(ui: &mut Ui, frame: &mut Frame<'_>, task: FieldTask, state: &mut FieldState, first: bool) {
    let Some(article) = frame.desk.cursor() else { return frame.send(Command::CloseOverlay) };
    let schema = frame.desk.schema_of(article);
    match (task, state.chosen.clone()) {
        (FieldTask::Add, _) => add_ui(ui, frame, &schema, article, first),
        (FieldTask::Rename, Some(field)) => name_ui(ui, frame, &schema, &field, state),
        (FieldTask::Rename, None) => {
            title_ui(ui, &told("Rename a field", frame.desk.target_count()));
            state.chosen = choose_ui(ui, frame, &schema, article, first);
            state.name = state.chosen.as_ref().map(|field| field.last().to_owned()).unwrap_or_default();
        }
        (FieldTask::Remove, _) => {
            title_ui(ui, &told("Remove a field", frame.desk.target_count()));
            if let Some(field) = choose_ui(ui, frame, &schema, article, first) {
                let label = format!("{} removed", label_of(&schema, &field).to_lowercase());
                send(frame, &field, label, Intent::Clear(field.clone()));
            }
        }
    }
}

fn told(task: &str, count: usize) -> String {
    if count > 1 { format!("{task} of {}", articles(count)) } else { task.to_owned() }
}

fn add_ui(ui: &mut Ui, frame: &mut Frame<'_>, schema: &Schema, article: ArticleId, first: bool) {
    title_ui(ui, "Add a field");
    let Some(document) = frame.desk.document(article) else { return };
    let (root, path) = (Pointer::root(), FieldPath::default());
    let place = Place { article, at: &root, path: &path, map: document.data().as_map(), name: "Add a field" };
    if add_field::list_ui(ui, frame, schema, place, first) {
        // The new field is in the form, and gets the keyboard there.
        frame.send(Command::CloseOverlay);
        frame.send(Command::Tab(crate::desk::Tab::Edit));
    }
}

/// Draws the fields of the article, to choose one.
fn choose_ui(ui: &mut Ui, frame: &Frame<'_>, schema: &Schema, article: ArticleId, first: bool) -> Option<FieldPath> {
    let map = frame.desk.document(article)?.data().as_map()?;
    let is_free = |value: &Value, field: &FieldPath| schema.kind_of(field, Some(value)) != Kind::Opaque;
    let fields: Vec<(FieldPath, &Value)> = map.iter().map(|(key, value)| (FieldPath::of([key]), value)).collect();
    let fields: Vec<_> = fields.into_iter().filter(|(field, value)| is_free(value, field)).collect();
    let mut found = Vec::new();
    let pick = Pick { name: "Name of the field", placeholder: "find a field", opens: first, height: 320.0 };
    let picked = pick_ui(ui, Id::unique("field to choose"), pick, |typed| {
        let typed = fold(typed);
        let is_named =
            |field: &FieldPath| fold(field.last()).contains(&typed) || fold(&label_of(schema, field)).contains(&typed);
        found = fields.iter().filter(|(field, _)| is_named(field)).collect();
        found.iter().map(|(field, value)| Choice::new(label_of(schema, field), note(schema, field, value))).collect()
    });
    picked.taken.and_then(|at| found.get(at)).map(|(field, _)| field.clone())
}

fn note(schema: &Schema, field: &FieldPath, value: &Value) -> String {
    let shown = schema.kind_of(field, Some(value)).show(value);
    if shown.chars().count() > 32 { shown.chars().take(31).chain(['…']).collect() } else { shown }
}

fn label_of(schema: &Schema, field: &FieldPath) -> String {
    schema.field(field).map_or_else(|| field.to_string(), |known| known.label.clone())
}

fn name_ui(ui: &mut Ui, frame: &mut Frame<'_>, schema: &Schema, field: &FieldPath, state: &mut FieldState) {
    title_ui(ui, &format!("Another name for “{}”", field.last()));
    let first =
        ui.data_mut(|data| data.get_temp::<FieldPath>(Id::unique("field being renamed"))) != Some(field.clone());
    ui.data_mut(|data| data.insert_temp(Id::unique("field being renamed"), field.clone()));
    let entered = line_ui(ui, &mut state.name, "New name", "name", first);
    let touched = having(frame, field);
    ui.label(Type::SMALL.rich(format!("in {}", articles(touched.len()))).color(palette(ui).muted));
    let name = state.name.trim().to_owned();
    let ready = !name.is_empty() && name != field.last();
    let pressed = answer_ui(ui, frame, &format!("Rename in {}", touched.len()), ready);
    if ready && (entered || pressed) {
        ui.data_mut(|data| data.remove::<FieldPath>(Id::unique("field being renamed")));
        let label = format!("{} renamed {name}", label_of(schema, field).to_lowercase());
        send(frame, field, label, Intent::Rename { at: field.pointer(), key: name });
    }
}

/// The selected articles that have the field.
fn having(frame: &Frame<'_>, field: &FieldPath) -> Vec<ArticleId> {
    let Some(catalog) = frame.desk.catalog() else { return Vec::new() };
    let key = ColumnKey::Field(field.clone());
    let has = |id: &ArticleId| !matches!(catalog.cell(*id, &key), Cell::Missing);
    frame.desk.targets().into_iter().filter(has).collect()
}

fn send(frame: &mut Frame<'_>, field: &FieldPath, label: String, intent: Intent) {
    let targets = Targets::These(having(frame, field));
    frame.send(Command::CloseOverlay);
    frame.send(Command::Edit(Edit { targets, ..Edit::of_selection(label, vec![intent]) }));
}

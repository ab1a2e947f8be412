//! The columns that a table shows: those of the view, else those that the editor chose for the collection, else the configured
//! ones, else the usual ones.
//!
//! Invariant: every field that a collection has is among them, shown or not; opaque ones are not.

use super::Desk;
use super::command::ColumnSetting;
use super::sitting::Sitting;
use crate::catalog::{ColumnKey, Computed};
use crate::site::{Kind, Schema};

impl Desk {
    /// The columns of what is shown, in order, those that are hidden too.
    #[must_use]
    pub fn columns(&self) -> Vec<ColumnSetting> {
        self.sitting.as_ref().map(|sitting| sitting.columns()).unwrap_or_default()
    }

    pub(super) fn set_columns(&mut self, columns: Vec<ColumnSetting>) {
        let Some(sitting) = &mut self.sitting else { return };
        sitting.view.columns = None;
        let collection = sitting.view.collection.clone().unwrap_or_default();
        self.change_state(|state| drop(state.columns_of.insert(collection, columns)));
    }

    /// Forgets the columns that the editor chose for the collection.
    pub(super) fn usual_columns(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        sitting.view.columns = None;
        let collection = sitting.view.collection.clone().unwrap_or_default();
        self.change_state(|state| drop(state.columns_of.remove(&collection)));
    }
}

impl Sitting {
    pub(super) fn columns(&self) -> Vec<ColumnSetting> {
        let Some(schema) = self.shown_schema() else { return Vec::new() };
        let known = all(&schema);
        let collection = self.view.collection.as_deref().unwrap_or_default();
        let chosen = self.view.columns.as_ref().map(|names| configured(&schema, names));
        let Some(mut columns) = chosen.or_else(|| self.state.columns_of.get(collection).cloned()) else { return known };
        let missing = known.into_iter().filter(|one| !columns.iter().any(|other| other.key == one.key));
        let hidden: Vec<_> = missing.map(|one| ColumnSetting { shown: false, ..one }).collect();
        columns.extend(hidden);
        columns
    }
}

/// The columns of these names, shown; how an article stands is always among them.
fn configured(schema: &Schema, names: &[String]) -> Vec<ColumnSetting> {
    let key = |name: &String| match ColumnKey::parse(name) {
        ColumnKey::Field(path) if path == schema.title => ColumnKey::Computed(Computed::Title),
        ColumnKey::Field(path) if name == Computed::Title.name() && schema.field(&path).is_none() => {
            ColumnKey::Computed(Computed::Title)
        }
        key => key,
    };
    let mut keys = vec![ColumnKey::Computed(Computed::State)];
    for key in names.iter().map(key) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys.into_iter().map(|key| ColumnSetting { key, width: None, shown: true }).collect()
}

/// The usual columns of a collection, in order: those that are configured, else state, picture, title, date, tags, scores,
/// related, live.
#[must_use]
pub fn usual(schema: &Schema) -> Vec<ColumnKey> {
    if let Some(names) = &schema.columns {
        return configured(schema, names).into_iter().map(|setting| setting.key).collect();
    }
    let mut columns = vec![ColumnKey::Computed(Computed::State)];
    if schema.lead_image.is_some() {
        columns.push(ColumnKey::Computed(Computed::Image));
    }
    columns.push(ColumnKey::Computed(Computed::Title));
    columns.extend(schema.date.clone().map(ColumnKey::Field));
    columns.extend(
        schema.fields.iter().find(|field| field.kind == Kind::Tags).map(|field| ColumnKey::Field(field.path.clone())),
    );
    columns.extend(schema.scores.iter().map(|score| ColumnKey::Field(score.path.clone())));
    if schema.fields.iter().any(|field| field.kind == Kind::Entries) {
        columns.push(ColumnKey::Computed(Computed::RelatedCount));
    }
    columns.extend(schema.live.clone().map(ColumnKey::Field));
    columns
}

/// The columns as settings, to be changed in the column chooser: the usual ones shown, every other field hidden.
#[must_use]
pub fn all(schema: &Schema) -> Vec<ColumnSetting> {
    let shown = usual(schema);
    // The title and the date that are worked out stand for their fields, and the other way round.
    let hidden = schema
        .fields
        .iter()
        .filter(|field| field.kind != Kind::Opaque && field.path != schema.title)
        .map(|field| ColumnKey::Field(field.path.clone()));
    let has_date = schema.date.is_some();
    let computed = Computed::ALL.into_iter().filter(|it| *it != Computed::Date || !has_date).map(ColumnKey::Computed);
    let rest: Vec<_> = hidden.chain(computed).filter(|key| !shown.contains(key)).collect();
    let setting = |shown: bool| move |key| ColumnSetting { key, width: None, shown };
    shown.into_iter().map(setting(true)).chain(rest.into_iter().map(setting(false))).collect()
}

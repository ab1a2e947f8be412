//! The columns that a table shows before the editor chose any.
//!
//! Invariant: made from the schema alone, so that every collection gets columns that its articles have.

use super::command::ColumnSetting;
use crate::catalog::{ColumnKey, Computed};
use crate::site::{Kind, Schema};

/// The usual columns of a collection, in order: state, picture, title, date, tags, scores, related, live.
#[must_use]
pub fn usual(schema: &Schema) -> Vec<ColumnKey> {
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
    let hidden = schema
        .fields
        .iter()
        .filter(|field| field.kind != Kind::Opaque)
        .map(|field| ColumnKey::Field(field.path.clone()));
    let path = ColumnKey::Computed(Computed::Path);
    let rest: Vec<_> = hidden.chain([path]).filter(|key| !shown.contains(key)).collect();
    let setting = |shown: bool| move |key| ColumnSetting { key, width: None, shown };
    shown.into_iter().map(setting(true)).chain(rest.into_iter().map(setting(false))).collect()
}

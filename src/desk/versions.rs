//! What was saved of an article in the last days: each save can be taken back, each version can be had again.
//!
//! Invariant: taking back is an ordinary edit, pending and undoable; the list itself is only looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::command::{Overlay, TakeBack};
use super::decide::{Incoming, Merges, Winner};
use super::edit::{Role, Work};
use super::effect::Effect;
use super::reconcile::name_of;
use super::{Desk, Judge};
use crate::catalog::ArticleId;
use crate::document::changes::{FieldChange, changes};
use crate::document::merge::{Conflict, Policy, Side, merge};
use crate::document::{Document, FieldPath};
use crate::file::SitePath;

/// So many fields are named in a toast.
const NAMED: usize = 3;

/// A version that was saved, or that another program wrote and we replaced.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedVersion {
    /// When, in nanoseconds since 1970.
    pub at: i64,
    /// What was there before; nothing where the file was new. The same as `text`: another program's version.
    pub before: Option<Arc<str>>,
    /// What was written.
    pub text: Arc<str>,
    /// What the save changed, field by field.
    pub changes: Vec<FieldChange>,
}

/// The versions of one article, newest first.
#[derive(Clone, Debug)]
pub(super) struct Versions {
    article: ArticleId,
    /// Nothing until they are read.
    found: Option<Vec<SavedVersion>>,
}

impl SavedVersion {
    /// A version with what it changed.
    #[must_use]
    pub fn new(at: i64, before: Option<&str>, text: &str) -> Self {
        let read = |text: &str| Document::parse(text.as_bytes());
        let changes = before.map(|before| changes(&read(before), &read(text))).unwrap_or_default();
        Self { at, before: before.map(Arc::from), text: text.into(), changes }
    }

    /// Whether another program wrote it.
    #[must_use]
    pub fn is_theirs(&self) -> bool {
        self.before.as_ref() == Some(&self.text)
    }
}

impl Desk {
    /// The versions of the article whose list is shown, newest first; nothing while they are read.
    #[must_use]
    pub fn versions(&self) -> Option<(ArticleId, Option<&[SavedVersion]>)> {
        let versions = self.sitting.as_ref()?.versions.as_ref()?;
        Some((versions.article, versions.found.as_deref()))
    }

    pub(super) fn show_versions(&mut self, article: ArticleId) {
        let Some(sitting) = &mut self.sitting else { return };
        sitting.versions = Some(Versions { article, found: None });
        self.overlay = Some(Overlay::Versions);
        self.effects.push(Effect::Versions { generation: sitting.generation, path: sitting.catalog.path(article) });
    }

    pub(super) fn versions_found(&mut self, generation: u64, path: &SitePath, found: Vec<SavedVersion>) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let article = sitting.catalog.id_of(path);
        if let Some(versions) = sitting.versions.as_mut().filter(|versions| Some(versions.article) == article) {
            versions.found = Some(found);
        }
    }

    /// Takes one save back, with what came later kept; or gives the article the whole text of a version.
    pub(super) fn take_back(&mut self, at: i64, what: TakeBack) {
        let Some(versions) = self.sitting.as_ref().and_then(|sitting| sitting.versions.as_ref()) else { return };
        let article = versions.article;
        let Some(version) = versions.found.iter().flatten().find(|version| version.at == at).cloned() else { return };
        let (label, work) = match (what, version.before) {
            (TakeBack::Save, Some(before)) => {
                let newer = self.newer_than(article, &before, &version.text);
                let incoming = Incoming { base: Some(version.text), text: before, winner: Winner::Incoming };
                let merges =
                    Merges { versions: BTreeMap::from([(article, incoming)]), side: Side::Ours, displaced: None };
                (taken_back(&newer), Work::Merges(merges))
            }
            (TakeBack::Save, None) => return self.toasts.note("This save made the file; there was nothing before"),
            (TakeBack::Version, _) => {
                ("saved version".to_owned(), Work::Texts(BTreeMap::from([(article, version.text)])))
            }
        };
        self.overlay = None;
        self.start(label, None, work, vec![article], Role::Do, Judge::No);
    }

    /// The fields of a save that have another value by now than the save gave them, pending or from another program, which taking
    /// it back replaces.
    fn newer_than(&self, article: ArticleId, before: &str, saved: &str) -> Vec<FieldPath> {
        let Some(opened) = self.opened(article) else { return Vec::new() };
        let schema = self.schema_of(article);
        let policy = |field: &FieldPath| match schema.policy(field) {
            Policy::Theirs => Policy::Theirs,
            _ => Policy::Ask,
        };
        let [before, saved] = [before, saved].map(|text| Document::parse(text.as_bytes()));
        // What cannot be merged is told when it is carried out.
        let merged = merge(&saved, &before, &opened.document, &policy).ok();
        let mut fields: Vec<_> = merged.iter().flat_map(|it| &it.conflicts).map(Conflict::field).collect();
        fields.dedup();
        fields
    }
}

/// What the toast says, and undo.
fn taken_back(newer: &[FieldPath]) -> String {
    let names: Vec<String> = newer.iter().take(NAMED).map(name_of).collect();
    match (names.join(", "), newer.len().saturating_sub(NAMED)) {
        (_, 0) if newer.is_empty() => "save taken back".to_owned(),
        (names, 0) => format!("save taken back, over newer {names}"),
        (names, more) => format!("save taken back, over newer {names} and {more} more"),
    }
}

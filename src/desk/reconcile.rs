//! A file moved on: merged with what is pending, field by field, or a conflict that waits in its draft.
//!
//! Invariant: a conflict is state, not an error; the rest of the merge goes on, and nothing of either side is dropped unseen.

use std::sync::Arc;

use super::draft::{Draft, Version};
use super::effect::JournalEntry;
use super::history::Change;
use super::sitting::Sitting;
use super::toast::articles;
use super::{Command, Desk, Tone};
use crate::article::{Article, Record};
use crate::catalog::ArticleId;
use crate::document::changes::changes;
use crate::document::merge::{Conflict, Policy, Side, answer, merge};
use crate::document::{Document, FieldPath, Operation, Patch, Pointer};
use crate::file::{ContentHash, SitePath, Snapshot, Stamp};

/// What a merge with the disk came to.
pub(super) enum Met {
    /// Merged, nothing disputed.
    Merged,
    /// Merged but for conflicts.
    Disputed,
    /// It could not be merged; the editor must look, for this reason.
    Unmergeable(String),
}

impl Desk {
    pub(super) fn changed_outside(&mut self, generation: u64, files: Vec<(Snapshot, Record)>, gone: &[SitePath]) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let (mut journal, mut disputed) = (Vec::new(), 0);
        for (snapshot, record) in files {
            let known = sitting.catalog.id_of(&snapshot.path);
            match known {
                Some(article) if sitting.drafts.contains_key(&article) => {
                    if sitting.is_our_own_write(article, &snapshot) {
                        continue;
                    }
                    if !matches!(sitting.meet(article, &snapshot), Met::Merged) {
                        disputed += 1;
                    }
                    journal.push(sitting.journal_entry(article, true));
                }
                Some(article) => {
                    let ours = sitting.texts.get(article).and_then(|opened| opened.version.as_ref());
                    let same = ours.is_some_and(|version| version.hash == snapshot.hash());
                    let news = !same && sitting.catalog.stamp(article) != record.stamp;
                    if news && sitting.texts.get(article).is_some() {
                        sitting.texts.put(article, Version::of(&snapshot), Document::parse(&snapshot.bytes));
                    }
                    sitting.catalog.upsert(record);
                    if news {
                        sitting.updated.insert(article);
                        sitting.unseen.insert(article);
                    }
                }
                None => {
                    let article = sitting.catalog.upsert(record);
                    sitting.new.insert(article);
                    sitting.unseen.insert(article);
                }
            }
        }
        for path in gone {
            if let Some(article) = sitting.catalog.id_of(path)
                && sitting.drafts.contains_key(&article)
            {
                disputed += 1;
            }
            sitting.forget(path);
        }
        if !journal.is_empty() {
            self.effects.push(super::Effect::Journal(journal));
        }
        self.settle();
        if disputed > 0 {
            self.toasts.push(
                format!("{} changed on disk where you changed it too", articles(disputed)),
                Tone::Note,
                Some(("Show".to_owned(), Command::Filter("is:conflict".to_owned()))),
            );
        }
    }

    /// Takes up the unsaved edits of an earlier sitting, as ordinary pending edits.
    pub(super) fn recover(&mut self, entries: Vec<(JournalEntry, Option<Snapshot>)>) {
        let Some(sitting) = &mut self.sitting else { return };
        let (mut taken_up, mut journal) = (0, Vec::new());
        for (entry, today) in entries {
            let Some(article) = sitting.take_up(entry) else { continue };
            // What is pending is merged into today's file, as if the file had changed just now.
            if let Some(snapshot) = today
                && !sitting.is_our_own_write(article, &snapshot)
            {
                sitting.meet(article, &snapshot);
            }
            journal.push(sitting.journal_entry(article, true));
            taken_up += usize::from(sitting.drafts.contains_key(&article));
        }
        if !journal.is_empty() {
            self.effects.push(super::Effect::Journal(journal));
        }
        if taken_up > 0 {
            self.toasts.push(
                format!("{} with unsaved edits of the last time", articles(taken_up)),
                Tone::Note,
                Some(("Show".to_owned(), Command::Filter("is:changed".to_owned()))),
            );
        }
    }

    /// Merges what another program wrote into the version that our save had put aside.
    pub(super) fn displaced(&mut self, path: &SitePath, base: Option<ContentHash>, bytes: &[u8]) {
        let Some(sitting) = &mut self.sitting else { return };
        let Some(article) = sitting.catalog.id_of(path) else { return };
        let Some(ours) = sitting.texts.get(article).map(|opened| opened.document.clone()) else {
            return self
                .toasts
                .error(format!("{path}: another program changed it in the moment it was saved; look at it again"));
        };
        let theirs = Document::parse(bytes);
        // Their version was made from the one we replaced. Where that is not at hand, what is on disk now stands for it, and
        // every field they have otherwise comes out as theirs.
        let known = sitting
            .drafts
            .get(&article)
            .and_then(|draft| draft.base.clone())
            .filter(|version| Some(version.hash) == base);
        let merged = match known {
            Some(version) => {
                merge(&Document::parse(version.text.as_bytes()), &ours, &theirs, &sitting.policy_of(article))
            }
            None => merge(&ours, &ours, &theirs, &sitting.policy_of(article)),
        };
        match merged {
            Ok(merged) => {
                let text = merged.document.text().to_owned();
                self.toasts.note(format!(
                    "{path}: another program changed it in the moment it was saved; both are merged, save again"
                ));
                self.replace_text(article, "merged with a change of another program", text);
            }
            Err(refusal) => self.toasts.error(refusal.told_of(path.as_str())),
        }
    }

    pub(super) fn resolve(&mut self, article: Option<ArticleId>, field: Option<&FieldPath>, side: Side) {
        let Some(sitting) = &mut self.sitting else { return };
        let disputed: Vec<ArticleId> = match article {
            Some(article) => vec![article],
            None => sitting.drafts.iter().filter(|(_, draft)| !draft.conflicts.is_empty()).map(|(id, _)| *id).collect(),
        };
        let mut journal = Vec::new();
        let mut refusals = Vec::new();
        for article in disputed {
            match sitting.answer(article, field, side) {
                Ok(true) => journal.push(sitting.journal_entry(article, true)),
                Ok(false) => {}
                Err(refusal) => refusals.push(refusal),
            }
        }
        if !journal.is_empty() {
            let whose = if side == Side::Ours { "yours" } else { "theirs" };
            self.toasts.done(format!("{} · kept {whose}", articles(journal.len())));
            self.effects.push(super::Effect::Journal(journal));
        }
        if let Some(first) = refusals.into_iter().next() {
            self.toasts.error(first);
        }
    }
}

impl Sitting {
    /// Merges what is pending with the version that is on disk now.
    pub(super) fn meet(&mut self, article: ArticleId, snapshot: &Snapshot) -> Met {
        let policy_of = self.policy_of(article);
        let Some(theirs) = Version::of(snapshot) else {
            return Met::Unmergeable(format!("{}: the file is not UTF-8 any more", snapshot.path));
        };
        let Some(draft) = self.drafts.get_mut(&article) else { return Met::Merged };
        let (Some(base), Some(ours)) = (&draft.base, &draft.ours) else {
            return Met::Unmergeable(format!("{}: another file has this name now", snapshot.path));
        };
        let parse = |text: &str| Document::parse(text.as_bytes());
        let (base, ours, theirs_document) = (parse(&base.text), parse(ours), parse(&theirs.text));
        if let Some(error) = theirs_document.error() {
            return Met::Unmergeable(format!("{}:{}: {}", snapshot.path, error.place, error.message));
        }
        match merge(&base, &ours, &theirs_document, &policy_of) {
            Ok(merged) => {
                let clean = merged.conflicts.is_empty();
                draft.base = Some(theirs);
                draft.ours = Some(merged.document.text().into());
                draft.conflicts = merged.conflicts;
                self.refresh(article);
                if clean { Met::Merged } else { Met::Disputed }
            }
            Err(refusal) => Met::Unmergeable(refusal.told_of(snapshot.path.as_str())),
        }
    }

    /// Makes a draft of what the journal says was pending.
    fn take_up(&mut self, entry: JournalEntry) -> Option<ArticleId> {
        let ours = entry.ours?;
        let base = entry.base.flatten();
        let article = self.catalog.id_of(&entry.path).unwrap_or_else(|| {
            // A new article that was never saved, or a file that is gone since.
            let schema = self.site.schema(&crate::site::paths::collection_of(&entry.path));
            let document = Document::parse(ours.as_bytes());
            let article = Article::new(&document, &schema, &entry.path);
            self.catalog.upsert(Record::in_site(&article, Stamp::default(), &self.site))
        });
        let version = base.map(|text| Version {
            hash: ContentHash::of(text.as_bytes()),
            text: text.into(),
            stamp: self.catalog.stamp(article),
        });
        self.drafts.insert(article, Draft::new(version, ours.into()));
        self.refresh(article);
        Some(article)
    }

    /// How conflicts of an article's fields are answered without asking.
    fn policy_of(&self, article: ArticleId) -> impl Fn(&FieldPath) -> Policy + use<> {
        let schema = self.schema_of(article);
        move |field| schema.policy(field)
    }

    /// Whether this version is what a save of ours just wrote.
    fn is_our_own_write(&self, article: ArticleId, snapshot: &Snapshot) -> bool {
        let Some(draft) = self.drafts.get(&article) else { return false };
        let saving = draft.saving.as_ref().is_some_and(|text| text.as_bytes() == &*snapshot.bytes);
        saving || draft.base.as_ref().is_some_and(|base| base.text.as_bytes() == &*snapshot.bytes)
    }

    /// Derives everything again that follows from a draft: text in memory, fields, record.
    pub(super) fn refresh(&mut self, article: ArticleId) {
        let Some(draft) = self.drafts.get(&article) else { return };
        let (base, clean) = (draft.base.clone(), draft.is_clean());
        let document = Document::parse(draft.ours.as_deref().unwrap_or_default().as_bytes());
        if clean {
            self.drafts.remove(&article);
            self.fields.remove(&article);
        } else {
            let base_text = base.as_ref().map_or("", |base| &base.text);
            self.fields.insert(article, changes(&Document::parse(base_text.as_bytes()), &document));
        }
        let stamp = base.as_ref().map_or_else(|| self.catalog.stamp(article), |base| base.stamp);
        let (path, schema) = (self.catalog.path(article), self.schema_of(article));
        self.catalog.upsert(Record::in_site(&Article::new(&document, &schema, &path), stamp, &self.site));
        self.texts.put(article, base, document);
    }

    /// Whether conflicts of the article wait for an answer.
    pub(super) fn is_disputed(&self, article: ArticleId) -> bool {
        self.drafts.get(&article).is_some_and(|draft| !draft.conflicts.is_empty())
    }

    /// An edit of a disputed field is an answer: the editor's new value. Taking back what was disputed gives the field to them.
    pub(super) fn answer_by_edit(&mut self, article: ArticleId, made: &[Change], is_undo: bool) {
        let Some(mut document) = self.texts.get(article).map(|opened| opened.document.clone()) else { return };
        let schema = self.schema_of(article);
        let Some(draft) = self.drafts.get_mut(&article) else { return };
        let edited: Vec<&Pointer> = made.iter().flat_map(|change| &change.patch.0).filter_map(edited_value).collect();
        let mut open = Vec::new();
        for conflict in std::mem::take(&mut draft.conflicts) {
            let pointer = conflict.pointer.as_ref().filter(|at| edited.contains(at));
            let Some(at) = pointer.filter(|at| document.get(at) != conflict.theirs.as_ref()) else {
                open.push(conflict);
                continue;
            };
            if !is_undo || document.get(at) != conflict.base.as_ref() {
                continue;
            }
            let path = at.clone();
            let operation = match (conflict.theirs.clone(), document.get(at)) {
                (Some(value), Some(_)) => Operation::Replace { path, value },
                (Some(value), None) => Operation::Add { path, value, place: conflict.place },
                (None, _) => Operation::Remove { path },
            };
            match document.apply(&Patch(vec![operation]), schema.customs()) {
                Ok(applied) => document = applied.document,
                Err(_refused) => open.push(conflict),
            }
        }
        draft.conflicts = open;
        draft.ours = Some(Arc::from(document.text()));
        self.refresh(article);
    }

    /// Answers the conflicts of one article, or of one field of it. Says whether there were any.
    fn answer(&mut self, article: ArticleId, field: Option<&FieldPath>, side: Side) -> Result<bool, String> {
        let (path, schema) = (self.catalog.path(article), self.schema_of(article));
        let Some(draft) = self.drafts.get_mut(&article) else { return Ok(false) };
        let mut conflicts = draft.conflicts.clone();
        let mut document = Document::parse(draft.ours.as_deref().unwrap_or_default().as_bytes());
        let is_meant = |conflict: &Conflict| field.is_none_or(|field| conflict.field() == *field);
        let mut answered = false;
        while let Some(which) = conflicts.iter().position(is_meant) {
            answered = true;
            let patch = answer(document.data(), &mut conflicts, which, side);
            let applied = document.apply(&patch, schema.customs());
            document = applied.map_err(|refusal| refusal.told_of(path.as_str()))?.document;
        }
        if answered {
            draft.ours = Some(Arc::from(document.text()));
            draft.conflicts = conflicts;
            self.refresh(article);
        }
        Ok(answered)
    }
}

/// The value that an operation changes as a whole.
fn edited_value(operation: &Operation) -> Option<&Pointer> {
    match operation {
        Operation::Add { path, .. }
        | Operation::Remove { path }
        | Operation::Replace { path, .. }
        | Operation::Restore { path, .. } => Some(path),
        Operation::Move { .. }
        | Operation::Copy { .. }
        | Operation::Test { .. }
        | Operation::Rename { .. }
        | Operation::Body { .. }
        | Operation::Rewind { .. } => None,
    }
}

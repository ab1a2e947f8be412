//! Steps that can be taken back and done again, across files and saves.
//!
//! Invariant: a step lists its changes in the order they were made; taken back they go in the opposite order. A change goes
//! back exactly (bytes) where the text is still what it left, else by its inverse patch, merged into what is there now.

use std::sync::Arc;

use super::edit::Role;
use super::places::{Fitted, Place, body_of, on_what_is_there};
use crate::catalog::ArticleId;
use crate::document::diff::document_patch;
use crate::document::merge::Conflict;
use crate::document::{Document, Patch, Pointer, Value};
use crate::file::ContentHash;
use crate::text::TextEdit;

/// One change of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which article.
    pub article: ArticleId,
    /// The text after, from the text before.
    pub forward: TextEdit,
    /// The text before, from the text after.
    pub backward: TextEdit,
    /// The same change as data.
    pub patch: Patch,
    /// The way back as data.
    pub inverse: Patch,
    /// What it touched, as it was and as it became.
    pub(super) places: Arc<[Place]>,
    /// The text before.
    pub before: ContentHash,
    /// The text after.
    pub after: ContentHash,
    /// What was disputed before and after, where the change answered or brought up conflicts.
    pub disputes: Option<Arc<Disputes>>,
}

/// What is disputed in an article before and after a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Disputes {
    /// What was.
    pub before: Vec<Conflict>,
    /// What is.
    pub after: Vec<Conflict>,
}

impl Change {
    /// The change from one text of an article to another.
    #[must_use]
    pub fn between(article: ArticleId, old: &Document, new: &Document) -> Self {
        let forward = TextEdit::between(old.text(), new.text());
        // What cannot be read says nothing as data: then there is only the way by bytes.
        let is_data = old.error().is_none() && new.error().is_none() && !old.text().is_empty();
        let patch_of = |from, to| if is_data { document_patch(from, to) } else { Patch::default() };
        let patch = patch_of(old, new);
        Self {
            article,
            backward: forward.invert(old.text()),
            forward,
            places: Place::of(&patch, old.data(), new.data()).into(),
            patch,
            inverse: patch_of(new, old),
            before: ContentHash::of(old.text().as_bytes()),
            after: ContentHash::of(new.text().as_bytes()),
            disputes: None,
        }
    }

    /// That only what is disputed changed in an article, and not its text.
    pub(super) fn of_disputes(article: ArticleId, text: ContentHash) -> Self {
        Self {
            article,
            forward: TextEdit::default(),
            backward: TextEdit::default(),
            patch: Patch::default(),
            inverse: Patch::default(),
            places: Arc::default(),
            before: text,
            after: text,
            disputes: None,
        }
    }

    /// The change that takes it back.
    #[must_use]
    pub fn flipped(&self) -> Self {
        let flip = |both: &Arc<Disputes>| Disputes { before: both.after.clone(), after: both.before.clone() };
        Self {
            article: self.article,
            forward: self.backward.clone(),
            backward: self.forward.clone(),
            patch: self.inverse.clone(),
            inverse: self.patch.clone(),
            places: self.places.iter().map(Place::flipped).collect(),
            before: self.after,
            after: self.before,
            disputes: self.disputes.as_ref().map(|both| Arc::new(flip(both))),
        }
    }

    /// Others changed the file under it, and the editor's values were kept: from now on it goes back to what they wrote.
    pub(super) fn overrule(&mut self, old: &Document, theirs: &Document, ours: &Document) {
        let mut places = self.places.to_vec();
        places.iter_mut().for_each(|place| place.overrule(old, theirs, ours));
        if *places != *self.places {
            self.places = places.into();
        }
    }

    /// Whether the bytes in this direction are what shall be there: not where others changed what the editor's value was kept
    /// over.
    #[must_use]
    pub(super) fn is_exact(&self, forward: bool) -> bool {
        forward || !self.places.iter().any(Place::is_overruled)
    }

    /// What the editor wants of a disputed value once this is taken back; nothing where it is not about that.
    #[expect(clippy::option_option, reason = "not about it, or no value")]
    pub(super) fn before_of(&self, conflict: &Conflict) -> Option<Option<Value>> {
        if conflict.pointer.is_some() {
            return self.places.iter().find_map(|place| place.before_of(conflict)).map(Option::<&Value>::cloned);
        }
        let (before, after) = (body_of(&self.inverse)?, body_of(&self.patch)?);
        (conflict.ours.as_ref().and_then(Value::as_str) == Some(after)).then(|| Some(Value::text(before)))
    }

    /// The patch that makes it again (`forward`), or takes it back, on a text that has moved on.
    ///
    /// # Errors
    /// With the field that has moved on and is too large to be merged.
    pub(super) fn on(&self, now: &Document, forward: bool) -> Result<Fitted, Pointer> {
        let patches = if forward { (&self.patch, &self.inverse) } else { (&self.inverse, &self.patch) };
        on_what_is_there(&self.places, patches, forward, (now.data(), now.body()))
    }

    /// Whether there was no article before.
    #[must_use]
    pub fn makes_the_article(&self) -> bool {
        self.before == ContentHash::of(b"")
    }

    /// Whether it can be made only on the very text it was made on.
    #[must_use]
    pub fn is_only_bytes(&self, forward: bool) -> bool {
        let (edit, patch) = if forward { (&self.forward, &self.patch) } else { (&self.backward, &self.inverse) };
        patch.is_empty() && !edit.is_empty()
    }
}

/// What the editor thinks of as one thing done.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its number, by which the journal knows it.
    pub number: u64,
    /// What the toast calls it.
    pub label: String,
    /// Further edits of the same group belong to this step.
    pub group: Option<String>,
    /// What changed.
    pub changes: Arc<Vec<Change>>,
}

impl Step {
    /// Others changed an article's file under what this did in it, see [`Change::overrule`].
    pub(super) fn overrule(&mut self, article: ArticleId, old: &Document, theirs: &Document, ours: &Document) {
        let changes = Arc::make_mut(&mut self.changes).iter_mut().filter(|change| change.article == article);
        changes.for_each(|change| change.overrule(old, theirs, ours));
    }

    /// The step as it was taken back, or done again, just now (`made`, in that direction): where texts had moved on, that is not
    /// what it was at first. Changes of articles that it could not be done in stay as they were.
    pub(super) fn remade(mut self, made: &[Change], forward: bool) -> Self {
        let is_new = |article: ArticleId| made.iter().any(|change| change.article == article);
        let old = self.changes.iter().filter(|change| !is_new(change.article)).cloned();
        self.changes = Arc::new(if forward {
            old.chain(made.iter().cloned()).collect()
        } else {
            old.chain(made.iter().rev().map(Change::flipped)).collect()
        });
        self
    }
}

/// What was done and what was taken back.
#[derive(Clone, Debug, Default)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

/// How many steps are kept.
const STEPS: usize = 1_000;

impl History {
    /// Adds a step, or lengthens the last one if it is of the same group and the same articles.
    pub fn push(&mut self, step: Step) {
        self.undone.clear();
        if let Some(last) = self.done.last_mut()
            && step.group.is_some()
            && last.group == step.group
        {
            Arc::make_mut(&mut last.changes).extend(step.changes.iter().cloned());
            return;
        }
        self.done.push(step);
        if self.done.len() > STEPS {
            self.done.remove(0);
        }
    }

    /// The number of the last step, if an edit of this group lengthens it.
    #[must_use]
    pub fn continued(&self, group: Option<&str>) -> Option<u64> {
        let last = self.done.last().filter(|last| group.is_some() && last.group.as_deref() == group)?;
        Some(last.number)
    }

    /// Takes steps up that the journal of an earlier sitting tells of: those that were done, and those taken back.
    pub fn take_up(&mut self, done: Vec<Step>, undone: Vec<Step>) {
        self.done.splice(0..0, done);
        self.undone.splice(0..0, undone);
    }

    /// Another version of an article's file was merged under what is pending in it: what is typed from now on is a step of its
    /// own, and where the editor's values were kept, what was done goes back to what others wrote, see [`Change::overrule`]. The
    /// versions are what was on disk, what is there now, and what is pending.
    pub(super) fn moved_on(&mut self, article: ArticleId, versions: [&str; 3]) {
        let is_it = |change: &Change| change.article == article;
        if !self.done.iter().any(|step| step.changes.iter().any(is_it)) {
            return;
        }
        if self.last().is_some_and(|last| last.changes.iter().any(is_it)) {
            self.close_group();
        }
        let [old, theirs, ours] = versions.map(|text| Document::parse(text.as_bytes()));
        for step in self.done.iter_mut().filter(|step| step.changes.iter().any(is_it)) {
            step.overrule(article, &old, &theirs, &ours);
        }
    }

    /// Ends the group of the last step: the next edit is a step of its own.
    pub fn close_group(&mut self) {
        if let Some(last) = self.done.last_mut() {
            last.group = None;
        }
    }

    /// The step that undo would take back.
    #[must_use]
    pub fn last(&self) -> Option<&Step> {
        self.done.last()
    }

    /// The step that redo would do again.
    #[must_use]
    pub fn next(&self) -> Option<&Step> {
        self.undone.last()
    }

    /// Takes the last step, to be undone.
    pub fn take_done(&mut self) -> Option<Step> {
        self.done.pop()
    }

    /// Takes the last undone step, to be done again.
    pub fn take_undone(&mut self) -> Option<Step> {
        self.undone.pop()
    }

    /// Puts a step that was taken back where redo finds it.
    pub fn undone(&mut self, step: Step) {
        self.undone.push(step);
    }

    /// Puts a step back whose undo, or redo, was given up before it was done.
    pub fn not_done(&mut self, role: Role) {
        match role {
            Role::Do => {}
            Role::Undo(step) => self.redone(step),
            Role::Redo(step) => self.undone(step),
        }
    }

    /// Puts a step that was done again where undo finds it.
    pub fn redone(&mut self, step: Step) {
        self.done.push(Step { group: None, ..step });
    }
}

//! Steps that can be taken back and done again, across files and saves.
//!
//! Invariant: a step lists its changes in the order they were made; taken back they go in the opposite order. A change goes
//! back exactly (bytes) where the text is still what it left, else by its inverse patch on what is there now.

use std::sync::Arc;

use crate::catalog::ArticleId;
use crate::document::Patch;
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
    /// The text before.
    pub before: ContentHash,
    /// The text after.
    pub after: ContentHash,
}

/// What the editor thinks of as one thing done.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What the toast calls it.
    pub label: String,
    /// Further edits of the same group belong to this step.
    pub group: Option<String>,
    /// What changed.
    pub changes: Arc<Vec<Change>>,
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

    /// Puts a step that was done again where undo finds it.
    pub fn redone(&mut self, step: Step) {
        self.done.push(Step { group: None, ..step });
    }
}

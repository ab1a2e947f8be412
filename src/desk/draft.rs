//! What an editor made of one article and did not save yet: two texts, and what is disputed between them and the disk.
//!
//! Invariant: a draft exists exactly while `base` and `ours` differ or a conflict waits for an answer. Changed fields, diff,
//! merge and save are derived from the two texts; there is no third copy.

use std::sync::Arc;

use crate::catalog::ArticleId;
use crate::document::merge::Conflict;
use crate::file::{ContentHash, Snapshot, Stamp};

/// A version of a file as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The whole file.
    pub text: Arc<str>,
    /// The hash of its bytes.
    pub hash: ContentHash,
    /// The stamp it had when it was read.
    pub stamp: Stamp,
}

/// An article with unsaved edits.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What was read from disk; nothing for a new article.
    pub base: Option<Version>,
    /// What we made of it; nothing for one that shall go.
    pub ours: Option<Arc<str>>,
    /// What both sides changed, until it is answered.
    pub conflicts: Vec<Conflict>,
    /// Where both sides changed something and ours was kept without asking: to be shown.
    pub kept: Vec<Conflict>,
    /// What became of the file, where no merge by field can answer it.
    pub fate: Option<Fate>,
    /// What a save is writing just now.
    pub saving: Option<UnderWay>,
    /// How often in a row the file had moved on when it was to be written.
    pub moved_on: u8,
}

/// A save under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// The text.
    pub text: Arc<str>,
    /// The version it was planned over; nothing: no file at all.
    pub over: Option<ContentHash>,
    /// Whether it was asked to save again what is typed meanwhile.
    pub again: bool,
}

/// What became of a file under unsaved edits. Nothing is written until the editor has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is not there any more.
    Gone,
    /// It is not there any more, and another file has what it was.
    Moved {
        /// The other file.
        to: ArticleId,
        /// What it says.
        theirs: Version,
    },
    /// What is there now cannot be merged.
    Clash {
        /// Why not.
        why: String,
        /// What is there; nothing where it cannot be read at all.
        theirs: Option<Version>,
    },
}

impl Version {
    /// The version in this snapshot; nothing if it is not UTF-8.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let text = std::str::from_utf8(&snapshot.bytes).ok()?;
        Some(Self { text: text.into(), hash: snapshot.hash(), stamp: snapshot.stamp })
    }

    /// The version in this snapshot as far as it is text, for showing: only its hash stands for the bytes.
    #[must_use]
    pub fn shown(snapshot: &Snapshot) -> Self {
        let text = String::from_utf8_lossy(&snapshot.bytes);
        Self { text: text.as_ref().into(), hash: snapshot.hash(), stamp: snapshot.stamp }
    }
}

impl Draft {
    /// A draft that starts from this version.
    #[must_use]
    pub fn new(base: Option<Version>, ours: Arc<str>) -> Self {
        Self { base, ours: Some(ours), conflicts: Vec::new(), kept: Vec::new(), fate: None, saving: None, moved_on: 0 }
    }

    /// Whether nothing is pending. While a save is under way something is: the disk may be about to differ from the base.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.conflicts.is_empty()
            && self.saving.is_none()
            && match (&self.base, &self.ours) {
                (Some(base), Some(ours)) => base.text == *ours,
                // A new article without any text is none.
                (None, Some(ours)) => ours.is_empty(),
                (None, None) => true,
                (Some(_), None) => false,
            }
    }

    /// Whether something waits for an answer; then it is not saved.
    #[must_use]
    pub fn is_disputed(&self) -> bool {
        !self.conflicts.is_empty() || self.fate.is_some()
    }

    /// Whether the base is still the version that the save under way was planned over: no other has come to be known meanwhile.
    #[must_use]
    pub fn is_planned_over(&self, saving: &UnderWay) -> bool {
        self.base.as_ref().map(|base| base.hash) == saving.over
    }

    /// The text on which the next edit works: ours, or nothing when the article shall go.
    #[must_use]
    pub fn text(&self) -> Option<&Arc<str>> {
        self.ours.as_ref()
    }

    /// The text on disk as we know it, empty for a new article.
    #[must_use]
    pub fn base_text(&self) -> &str {
        self.base.as_ref().map_or("", |base| &base.text)
    }
}

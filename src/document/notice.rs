//! What a document has to say about itself, and why a change of it is refused.
//!
//! Invariant: every message says what is the matter in words an editor understands; where it is stands in `place`.

use crate::text::Place;

use super::PatchError;

/// Something about a document that an editor should know, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about, for programs.
    pub code: NoticeCode,
    /// What it is about, in words: sentence case, no full stop after one sentence.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeCode {
    /// The bytes are not UTF-8, or another encoding.
    Encoding,
    /// The front matter has no closing line.
    Unclosed,
    /// The front matter breaks the rules of its format.
    Syntax,
    /// The front matter is a list or a text, not a map.
    NotAMap,
    /// Too long, too deep, or too many values.
    Limit,
    /// More than one YAML document between the fences.
    Documents,
    /// A key stands twice in one map.
    DoubledKey,
    /// A character that YAML does not allow and other readers refuse.
    ControlCharacter,
    /// A line that some generators take for the closing line.
    FenceLike,
    /// A fence follows, but something stands before it.
    LateFence,
    /// A date that no calendar has.
    ImpossibleDate,
    /// Aliases that stand for too much to be written out.
    Aliases,
    /// Git left its conflict markers in the front matter.
    ConflictMarkers,
}

impl NoticeCode {
    /// A short name for filters, JSON and tests: `doubled-key`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Unclosed => "unclosed",
            Self::Syntax => "syntax",
            Self::NotAMap => "not-a-map",
            Self::Limit => "limit",
            Self::Documents => "documents",
            Self::DoubledKey => "doubled-key",
            Self::ControlCharacter => "control-character",
            Self::FenceLike => "fence-like",
            Self::LateFence => "late-fence",
            Self::ImpossibleDate => "impossible-date",
            Self::Aliases => "aliases",
            Self::ConflictMarkers => "conflict-markers",
        }
    }
}

/// A notice whose place is still a byte of the file.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) code: NoticeCode,
    pub(crate) message: String,
    pub(crate) at: usize,
}

impl Fault {
    pub(crate) fn new(code: NoticeCode, message: impl Into<String>, at: usize) -> Self {
        Self { code, message: message.into(), at }
    }
}

/// Why a patch was not carried out. Nothing has been changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What kind of reason it is.
    pub reason: RefusalReason,
    /// The reason in words.
    pub message: String,
    /// Where in the file the reason lies.
    pub place: Option<Place>,
}

impl Refusal {
    /// The reason with the file it is told of: `file:line:column: reason`.
    #[must_use]
    pub fn told_of(&self, file: &str) -> String {
        match self.place {
            Some(place) => format!("{file}:{place}: {}", self.message),
            None => format!("{file}: {}", self.message),
        }
    }
}

/// The kinds of reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// The document has an error; such a file is never written.
    Unreadable,
    /// The patch does not fit the data, or a `test` failed.
    Patch(PatchError),
    /// The key stands twice.
    DoubledKey,
    /// Other places use this value through an alias.
    Anchor,
    /// The value is reached through an alias or a merge key.
    Alias,
    /// The value has a tag.
    Tag,
    /// The key is no plain text.
    ComplexKey,
    /// The format cannot say this value.
    Unsayable,
    /// The new text would be too large or too deep.
    Limit,
    /// The file's layout leaves no safe way (tabs, line ends).
    Layout,
    /// The new text did not prove to say what was asked for.
    Unproved(Check),
}

/// The checks that every new text must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The text parses.
    Parses,
    /// The data are the old data with the patch applied.
    Data,
    /// The second reader (libyaml, what Jekyll sees) reads the same.
    SecondReader,
    /// Every comment outside what was removed is still there.
    Comments,
    /// Nothing outside the edited part changed.
    Elsewhere,
}

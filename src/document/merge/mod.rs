//! Three versions of one article become one: field by field, lists item by item, the body line by line.
//!
//! Invariant: what only one side changed is taken from that side; what both changed differently is a conflict, in which
//! theirs stands until somebody answers, so that nothing of theirs is overwritten unseen and nothing of ours is forgotten.

mod answer;
mod body;
mod documents;
mod list;
mod markers;
mod value;
mod written;

pub use answer::{Side, answer};
pub use documents::{Merged, merge, merge_lines, merge_text, merge_without_base, open_marked};
pub use markers::{MarkedText, read_markers};
pub use value::{Outcome, merge_values};

use super::{FieldPath, Pointer, Value};

/// What happens where both sides changed the same field to different values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Policy {
    /// It is a conflict.
    #[default]
    Ask,
    /// Ours is taken.
    Mine,
    /// Theirs is taken.
    Theirs,
    /// Ours is taken, and listed as kept.
    MineAndList,
}

/// A place where both sides changed the same thing to different values.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "written::Conflict", into = "written::Conflict")]
pub struct Conflict {
    /// Where, in the merged data; nothing: the body. Where theirs took the value out, the place it would come back to.
    pub pointer: Option<Pointer>,
    /// What it was.
    pub base: Option<Value>,
    /// What we made of it; nothing: we took it out.
    pub ours: Option<Value>,
    /// What they made of it; nothing: they took it out.
    pub theirs: Option<Value>,
    /// Of a key that theirs has not: how many keys of the merged map stand before it.
    pub place: Option<usize>,
}

impl Conflict {
    /// The field it is about; the empty path for the body.
    #[must_use]
    pub fn field(&self) -> FieldPath {
        self.pointer.as_ref().map(Pointer::field).unwrap_or_default()
    }
}

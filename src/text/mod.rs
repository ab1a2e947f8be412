//! Plain text without meaning: places in it, edits of it, how two texts differ, how a text is compared.
//!
//! Invariant: nothing here knows front matter, files or the screen.

pub mod bidi;
pub mod diff;
pub mod edit;
pub mod fold;
mod formula;
mod fuzzy;
pub mod span;

pub use diff::unified;
pub use edit::{Splice, TextEdit};
pub use fold::{fold, marked_lines, marks, marks_but, signs};
pub use formula::guarded;
pub use fuzzy::fit;
pub use span::{LineIndex, Place, Span};

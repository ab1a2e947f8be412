//! Plain text without meaning: places in it, edits of it, how two texts differ, how a text is compared.
//!
//! Invariant: nothing here knows front matter, files or the screen.

pub mod edit;
pub mod span;

pub use edit::{Splice, TextEdit};
pub use span::{LineIndex, Place, Span};

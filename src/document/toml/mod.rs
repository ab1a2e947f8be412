//! TOML front matter, between `+++` lines.
//!
//! Invariant: the text is only read by the TOML crate, never printed by it, so that line ends, comments and blanks stay.

pub(crate) mod reader;
pub(crate) mod scalar;
mod section;
pub(crate) mod writer;

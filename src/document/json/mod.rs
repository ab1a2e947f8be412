//! JSON front matter: an object at the start of the file, or between `;;;` lines.
//!
//! Invariant: what is read is JSON as RFC 8259 has it, and what is written is too.

pub(crate) mod reader;
pub(crate) mod writer;

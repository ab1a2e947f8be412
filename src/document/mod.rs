//! One file with front matter, lossless: bytes to data and back. Knows no article and opens nothing.
//!
//! Invariant: an unchanged document is byte for byte what was read; a change touches the bytes of what was changed and no other.

pub mod changes;
pub mod diff;
pub mod merge;
mod pair;
pub mod patch;
pub mod pointer;
pub mod value;

pub use patch::{Operation, Patch, PatchError};
pub use pointer::{FieldPath, Pointer, PointerError};
pub use value::{Map, Number, Value};

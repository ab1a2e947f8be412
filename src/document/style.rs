//! How values are written: the styles of a scalar, and what the other files of a collection are used to.
//!
//! Invariant: customs only choose between ways of writing the same data; they never change what is said.

use std::collections::BTreeMap;

use super::FieldPath;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScalarStyle {
    /// As it is: `Reuters`. In TOML and JSON: whatever needs no quotes.
    Plain,
    /// `'single'`.
    Single,
    /// `"double"`.
    Double,
    /// A block that keeps its lines: `|`.
    Literal,
    /// A block whose lines are joined: `>`.
    Folded,
}

/// What sibling files do: order of keys per map (`""` root, `provider`, `related`…), and quoting per field.
#[derive(Clone, Debug, Default)]
pub struct Customs {
    /// Keys in their usual order, by map. A list's name stands for the maps in it.
    pub key_order: BTreeMap<FieldPath, Vec<String>>,
    /// How texts of a field are usually written.
    pub styles: BTreeMap<FieldPath, ScalarStyle>,
}

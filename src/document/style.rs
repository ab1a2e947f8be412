//! How values are written: the styles of a scalar, and what the other files of a collection are used to.
//!
//! Invariant: customs only choose between ways of writing the same data; they never change what is said.

use std::collections::BTreeMap;

use super::FieldPath;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
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
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Customs {
    /// Keys in their usual order, by map. A list's name stands for the maps in it.
    #[serde(with = "by_parts")]
    pub key_order: BTreeMap<FieldPath, Vec<String>>,
    /// How texts of a field are usually written.
    pub styles: BTreeMap<FieldPath, ScalarStyle>,
}

/// Maps by their paths in pieces: written as one text, the article itself would be a key without a name.
mod by_parts {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::{BTreeMap, FieldPath};

    pub(super) fn serialize<S: Serializer>(
        orders: &BTreeMap<FieldPath, Vec<String>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let pairs: Vec<_> = orders.iter().map(|(path, order)| (path.parts(), order)).collect();
        pairs.serialize(serializer)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(
        deserializer: D,
    ) -> Result<BTreeMap<FieldPath, Vec<String>>, D::Error> {
        let pairs = Vec::<(Vec<String>, Vec<String>)>::deserialize(deserializer)?;
        Ok(pairs.into_iter().map(|(parts, order)| (FieldPath::of(parts), order)).collect())
    }
}

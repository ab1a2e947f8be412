//! A conflict as JSON, for the journal.
//!
//! Invariant: what is read back has the same data. Only numbers that JSON cannot spell change their spelling.

use serde::{Deserialize, Serialize};

use crate::document::pointer::PointerError;
use crate::document::{Pointer, Value};

/// A conflict's members. A value that is not there is an empty list, for `null` is a value.
#[derive(Serialize, Deserialize)]
pub(super) struct Conflict {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    base: Vec<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ours: Vec<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    theirs: Vec<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<usize>,
}

impl From<super::Conflict> for Conflict {
    fn from(conflict: super::Conflict) -> Self {
        let json = |value: Option<Value>| value.iter().map(Value::to_json).collect();
        Self {
            pointer: conflict.pointer.map(|pointer| pointer.to_string()),
            base: json(conflict.base),
            ours: json(conflict.ours),
            theirs: json(conflict.theirs),
            place: conflict.place,
        }
    }
}

impl TryFrom<Conflict> for super::Conflict {
    type Error = PointerError;

    fn try_from(written: Conflict) -> Result<Self, Self::Error> {
        let value = |json: Vec<serde_json::Value>| json.into_iter().next().map(Value::from);
        Ok(Self {
            pointer: written.pointer.map(|pointer| Pointer::parse(&pointer)).transpose()?,
            base: value(written.base),
            ours: value(written.ours),
            theirs: value(written.theirs),
            place: written.place,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Conflict;
    use super::*;

    #[test]
    fn a_conflict_is_read_back_with_null_and_nothing_told_apart() {
        for (base, ours, theirs) in [
            (Some(Value::from(140)), Some(Value::from(150)), None),
            (None, Some(Value::Null), Some(Value::text(""))),
            (None, Some(serde_json::json!({"a": [1.50, true]}).into()), Some(Value::Null)),
        ] {
            let pointer = Some(Pointer::of(["a/b", "0"]));
            let conflict = Conflict { pointer, base, ours, theirs, place: Some(2) };
            let json = serde_json::to_string(&conflict).unwrap();
            assert_eq!(serde_json::from_str::<Conflict>(&json).unwrap(), conflict, "{json}");
        }
    }
}

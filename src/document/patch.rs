//! Changes of a document's data: JSON Patch (RFC 6902), and the extensions that undo needs.
//!
//! Invariant: a patch is all or nothing. What it means for data is defined here (`Patch::apply_to`); `apply.rs` makes the same
//! change in the text and proves that both agree.

use super::pointer::is_index;
use super::{Pointer, Value};
use crate::text::TextEdit;

/// Operations, carried out in order, all or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch(pub Vec<Operation>);

/// One operation of RFC 6902, section 4.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Adds a value; at a list position the later items move on, an existing key is replaced.
    Add {
        /// Where.
        path: Pointer,
        /// What.
        value: Value,
        /// Our extension: in a map, the number of keys that stand before the new one.
        place: Option<usize>,
    },
    /// Takes a value out. It must be there.
    Remove {
        /// Where.
        path: Pointer,
    },
    /// Puts another value in the place of one that must be there.
    Replace {
        /// Where.
        path: Pointer,
        /// What.
        value: Value,
    },
    /// Takes a value out and adds it elsewhere.
    Move {
        /// From where.
        from: Pointer,
        /// To where; not inside `from`.
        path: Pointer,
    },
    /// Adds a copy of a value elsewhere.
    Copy {
        /// From where.
        from: Pointer,
        /// To where.
        path: Pointer,
    },
    /// Goes on only if this value is there and equal.
    Test {
        /// Where.
        path: Pointer,
        /// What has to be there.
        value: Value,
    },
    /// Our extension (`"op": "rename"`): a map's key gets another name and keeps its place and value.
    Rename {
        /// Which entry.
        path: Pointer,
        /// Its new key, which must be free.
        key: String,
    },
    /// Our extension (`"op": "restore"`), which undo uses: like `add` or `replace`, but written as it was written before. Where
    /// that text does not fit any more, the value is written anew.
    Restore {
        /// Where.
        path: Pointer,
        /// What.
        value: Value,
        /// How it was written.
        source: Source,
    },
    /// Our extension (`"op": "body"`): the text below the front matter.
    Body {
        /// All of it.
        text: String,
    },
    /// Our extension, which undo uses and JSON has no word for: the bytes as they were, where the text is still the one that the
    /// edit left; on any other text these operations instead.
    Rewind {
        /// What turns the text that was left into the one before.
        edit: TextEdit,
        /// The [`fingerprint`] of the text that was left.
        left: u64,
        /// What says the same on a text that has moved on.
        otherwise: Vec<Self>,
    },
}

/// Tells a text from others, well enough to know that nothing was written since.
pub(crate) fn fingerprint(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

/// How a value was written, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Source {
    /// Its bytes: those of the value where it replaces another, else whole lines, or an item of a flow collection with its comma.
    pub text: String,
    /// The column that the lines stood at.
    pub column: usize,
    /// Whether it is added (it was removed) or replaces a value.
    pub added: bool,
    /// In a map, the number of keys before it.
    pub place: Option<usize>,
    /// Blank and comment lines between the entry before it and these lines.
    pub skipped: usize,
}

/// Why a patch cannot be read or carried out on data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The JSON is not a patch.
    #[error("operation {index}: {what}")]
    Shape {
        /// Which operation, from 0.
        index: usize,
        /// What is wrong with it.
        what: String,
    },
    /// Nothing is at this place.
    #[error("nothing is at {0:?}")]
    Missing(String),
    /// The place is no list position, or beyond the end of the list.
    #[error("{0:?} is not a position in the list")]
    Position(String),
    /// A `test` failed.
    #[error("test failed: {path:?} is {found}, not {wanted}")]
    Test {
        /// Where.
        path: String,
        /// What is there, as JSON.
        found: String,
        /// What was asked for, as JSON.
        wanted: String,
    },
    /// A value cannot be moved into itself.
    #[error("{0:?} cannot be moved into itself")]
    IntoItself(String),
    /// The new key of a rename is taken.
    #[error("there is already a key {0:?}")]
    Taken(String),
}

impl Patch {
    /// A patch of one `replace`.
    #[must_use]
    pub fn replace(path: Pointer, value: impl Into<Value>) -> Self {
        Self(vec![Operation::Replace { path, value: value.into() }])
    }

    /// A patch of one `add`.
    #[must_use]
    pub fn add(path: Pointer, value: impl Into<Value>) -> Self {
        Self(vec![Operation::Add { path, value: value.into(), place: None }])
    }

    /// A patch of one `remove`.
    #[must_use]
    pub fn remove(path: Pointer) -> Self {
        Self(vec![Operation::Remove { path }])
    }

    /// Whether it has no operation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The patch as it is carried out on a text that has moved on: what a rewind stands for in its place.
    #[must_use]
    pub fn without_rewinds(&self) -> Self {
        let plain = |operation: &Operation| match operation {
            Operation::Rewind { otherwise, .. } => otherwise.clone(),
            other => vec![other.clone()],
        };
        Self(self.0.iter().flat_map(plain).collect())
    }

    /// Reads a JSON Patch document: an array of operations.
    ///
    /// # Errors
    /// When it is not an array, or an operation lacks a member or has a wrong one.
    pub fn from_json(json: &serde_json::Value) -> Result<Self, PatchError> {
        let shape = |index, what: &str| PatchError::Shape { index, what: what.to_owned() };
        let operations = json.as_array().ok_or_else(|| shape(0, "a patch is a JSON array of operations"))?;
        operations
            .iter()
            .enumerate()
            .map(|(i, op)| read_operation(op).map_err(|what| shape(i, &what)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The patch as JSON, without rewinds: it can be carried out on any text.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::Value::Array(self.without_rewinds().0.iter().map(Operation::to_json).collect())
    }

    /// The data with the patch applied; the body is not part of the data.
    ///
    /// # Errors
    /// When an operation names a place that is not there, or a test fails.
    pub fn apply_to(&self, data: &Value) -> Result<Value, PatchError> {
        let mut data = data.clone();
        for operation in &self.0 {
            apply_one(operation, &mut data)?;
        }
        Ok(data)
    }
}

impl Operation {
    fn to_json(&self) -> serde_json::Value {
        use serde_json::json;
        match self {
            Self::Add { path, value, place: None } => {
                json!({"op": "add", "path": path.to_string(), "value": value.to_json()})
            }
            Self::Add { path, value, place: Some(place) } => {
                json!({"op": "add", "path": path.to_string(), "value": value.to_json(), "place": place})
            }
            Self::Remove { path } => json!({"op": "remove", "path": path.to_string()}),
            Self::Replace { path, value } => {
                json!({"op": "replace", "path": path.to_string(), "value": value.to_json()})
            }
            Self::Move { from, path } => {
                json!({"op": "move", "from": from.to_string(), "path": path.to_string()})
            }
            Self::Copy { from, path } => {
                json!({"op": "copy", "from": from.to_string(), "path": path.to_string()})
            }
            Self::Test { path, value } => {
                json!({"op": "test", "path": path.to_string(), "value": value.to_json()})
            }
            Self::Rename { path, key } => json!({"op": "rename", "path": path.to_string(), "key": key}),
            Self::Restore { path, value, source } => {
                json!({"op": "restore", "path": path.to_string(), "value": value.to_json(), "source": source})
            }
            Self::Body { text } => json!({"op": "body", "value": text}),
            Self::Rewind { otherwise, .. } => otherwise.iter().map(Self::to_json).collect(),
        }
    }
}

impl Value {
    /// The value at this pointer.
    #[must_use]
    pub fn at(&self, pointer: &Pointer) -> Option<&Self> {
        pointer.parts().iter().try_fold(self, |value, part| match value {
            Self::Map(map) => map.get(part),
            Self::List(items) if is_index(part) => items.get(part.parse::<usize>().ok()?),
            _ => None,
        })
    }

    fn at_mut(&mut self, pointer: &Pointer) -> Option<&mut Self> {
        pointer.parts().iter().try_fold(self, |value, part| match value {
            Self::Map(map) => map.get_mut(part),
            Self::List(items) if is_index(part) => items.get_mut(part.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

fn apply_one(operation: &Operation, data: &mut Value) -> Result<(), PatchError> {
    match operation {
        Operation::Add { path, value, place } => add(data, path, value.clone(), *place),
        Operation::Remove { path } => remove(data, path).map(|_| ()),
        Operation::Replace { path, value } => {
            *data.at_mut(path).ok_or_else(|| missing(path))? = value.clone();
            Ok(())
        }
        Operation::Move { from, path } => {
            if from == path {
                return data.at(from).map(|_| ()).ok_or_else(|| missing(from));
            }
            if path.starts_with(from) {
                return Err(PatchError::IntoItself(from.to_string()));
            }
            let value = remove(data, from)?;
            add(data, path, value, None)
        }
        Operation::Copy { from, path } => {
            let value = data.at(from).ok_or_else(|| missing(from))?.clone();
            add(data, path, value, None)
        }
        Operation::Test { path, value } => {
            let found = data.at(path).ok_or_else(|| missing(path))?;
            if found.same_data(value) {
                return Ok(());
            }
            let json = |value: &Value| value.to_json().to_string();
            Err(PatchError::Test { path: path.to_string(), found: json(found), wanted: json(value) })
        }
        Operation::Rename { path, key } => rename(data, path, key),
        Operation::Restore { path, value, source } if source.added => add(data, path, value.clone(), source.place),
        Operation::Restore { path, value, .. } => {
            *data.at_mut(path).ok_or_else(|| missing(path))? = value.clone();
            Ok(())
        }
        Operation::Body { .. } => Ok(()),
        Operation::Rewind { otherwise, .. } => otherwise.iter().try_for_each(|operation| apply_one(operation, data)),
    }
}

fn missing(path: &Pointer) -> PatchError {
    PatchError::Missing(path.to_string())
}

fn add(data: &mut Value, path: &Pointer, value: Value, place: Option<usize>) -> Result<(), PatchError> {
    let Some((parent, last)) = path.split_last() else {
        *data = value;
        return Ok(());
    };
    match data.at_mut(&parent).ok_or_else(|| missing(&parent))? {
        Value::List(items) => {
            let at = if last == "-" { items.len() } else { position(last, path)? };
            if at > items.len() {
                return Err(PatchError::Position(path.to_string()));
            }
            items.insert(at, value);
        }
        Value::Map(map) => match map.get_mut(last) {
            Some(old) => *old = value,
            None => map.insert(place.unwrap_or(usize::MAX), last, value),
        },
        _ => return Err(missing(&parent)),
    }
    Ok(())
}

fn remove(data: &mut Value, path: &Pointer) -> Result<Value, PatchError> {
    let Some((parent, last)) = path.split_last() else {
        return Ok(std::mem::take(data));
    };
    match data.at_mut(&parent).ok_or_else(|| missing(path))? {
        Value::List(items) => {
            let at = position(last, path)?;
            if at >= items.len() {
                return Err(missing(path));
            }
            Ok(items.remove(at))
        }
        Value::Map(map) => map.remove(last).ok_or_else(|| missing(path)),
        _ => Err(missing(path)),
    }
}

fn rename(data: &mut Value, path: &Pointer, key: &str) -> Result<(), PatchError> {
    let (parent, last) = path.split_last().ok_or_else(|| missing(path))?;
    let Some(Value::Map(map)) = data.at_mut(&parent) else {
        return Err(missing(path));
    };
    let at = map.index_of(last).ok_or_else(|| missing(path))?;
    if key != last && map.get(key).is_some() {
        return Err(PatchError::Taken(key.to_owned()));
    }
    if let Some(value) = map.remove(last) {
        map.insert(at, key, value);
    }
    Ok(())
}

fn position(part: &str, path: &Pointer) -> Result<usize, PatchError> {
    let wrong = || PatchError::Position(path.to_string());
    if is_index(part) { part.parse().ok().ok_or_else(wrong) } else { Err(wrong()) }
}

fn read_operation(json: &serde_json::Value) -> Result<Operation, String> {
    let member = |name: &str| json.get(name).ok_or_else(|| format!("it has no “{name}”"));
    let text = |name: &str| member(name)?.as_str().ok_or_else(|| format!("its “{name}” is not text"));
    let pointer = |name: &str| Pointer::parse(text(name)?).map_err(|error| error.to_string());
    let value = || member("value").map(|value| Value::from(value.clone()));
    Ok(match text("op")? {
        "add" => Operation::Add {
            path: pointer("path")?,
            value: value()?,
            place: json.get("place").and_then(serde_json::Value::as_u64).map(|n| n as usize),
        },
        "remove" => Operation::Remove { path: pointer("path")? },
        "replace" => Operation::Replace { path: pointer("path")?, value: value()? },
        "move" => Operation::Move { from: pointer("from")?, path: pointer("path")? },
        "copy" => Operation::Copy { from: pointer("from")?, path: pointer("path")? },
        "test" => Operation::Test { path: pointer("path")?, value: value()? },
        "rename" => Operation::Rename { path: pointer("path")?, key: text("key")?.to_owned() },
        "restore" => Operation::Restore {
            path: pointer("path")?,
            value: value()?,
            source: serde_json::from_value(member("source")?.clone()).map_err(|error| error.to_string())?,
        },
        "body" => Operation::Body { text: text("value")?.to_owned() },
        other => return Err(format!("“{other}” is no operation: add, remove, replace, move, copy, test")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 6902, appendix A, as (before, patch, after or why not).
    #[test]
    fn examples_of_the_standard() {
        let cases = [
            (r#"{"foo":"bar"}"#, r#"[{"op":"add","path":"/baz","value":"qux"}]"#, r#"{"foo":"bar","baz":"qux"}"#),
            (
                r#"{"foo":["bar","baz"]}"#,
                r#"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
                r#"{"foo":["bar","qux","baz"]}"#,
            ),
            (r#"{"baz":"qux","foo":"bar"}"#, r#"[{"op":"remove","path":"/baz"}]"#, r#"{"foo":"bar"}"#),
            (
                r#"{"foo":["a","b","c"]}"#,
                r#"[{"op":"move","from":"/foo/0","path":"/foo/2"}]"#,
                r#"{"foo":["b","c","a"]}"#,
            ),
            (r#"{"a":{"b":1},"c":{}}"#, r#"[{"op":"move","from":"/a/b","path":"/c/d"}]"#, r#"{"a":{},"c":{"d":1}}"#),
            (r#"{"a":1}"#, r#"[{"op":"test","path":"/a","value":2}]"#, "test failed"),
            (r#"{"a":1}"#, r#"[{"op":"add","path":"/x/y","value":2}]"#, "nothing is at"),
            (r#"{"a":[1]}"#, r#"[{"op":"add","path":"/a/2","value":2}]"#, "not a position"),
            (r#"{"a":[1]}"#, r#"[{"op":"remove","path":"/a/01"}]"#, "not a position"),
            (r#"{"a":{"b":1}}"#, r#"[{"op":"move","from":"/a","path":"/a/b"}]"#, "into itself"),
            (r#"{"a":1,"b":2}"#, r#"[{"op":"rename","path":"/a","key":"c"}]"#, r#"{"c":1,"b":2}"#),
            (r#"{"a":1,"b":2}"#, r#"[{"op":"rename","path":"/a","key":"b"}]"#, "already a key"),
            (
                r#"{"b":2}"#,
                r#"[{"op":"restore","path":"/a","value":1,"source":{"text":"a: 1","column":0,"added":true,"place":0,"skipped":0}}]"#,
                r#"{"a":1,"b":2}"#,
            ),
            (r#"{"b":2}"#, r#"[{"op":"add","path":"/a","value":1,"place":0}]"#, r#"{"a":1,"b":2}"#),
        ];
        for (before, patch, want) in cases {
            let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            let patch_read = Patch::from_json(&json(patch)).unwrap();
            assert_eq!(patch_read.to_json(), json(patch), "reads back");
            match patch_read.apply_to(&json(before).into()) {
                Ok(data) => assert_eq!(data, Value::from(json(want)), "{patch}"),
                Err(error) => assert!(error.to_string().contains(want), "{patch}: {error}"),
            }
        }
    }

    #[test]
    fn a_wrong_patch_is_named() {
        for (patch, want) in [
            ("{}", "array"),
            (r#"[{"op":"add"}]"#, "“path”"),
            (r#"[{"op":"merge","path":""}]"#, "no operation"),
            (r#"[{"op":"remove","path":"a"}]"#, "JSON Pointer"),
        ] {
            let json: serde_json::Value = serde_json::from_str(patch).unwrap();
            assert!(Patch::from_json(&json).unwrap_err().to_string().contains(want), "{patch}");
        }
    }
}

//! The second reader: libyaml, which is what Jekyll and `PyYAML` read with.
//!
//! Invariant: it only ever sees a text whose size, depth and aliases the first reader has counted.

use serde_yaml::Value as Yaml;

use crate::document::{Map, Number, Value};

/// What the second reader makes of a front matter; nothing where it refuses it.
pub(crate) fn read(block: &str) -> Option<Value> {
    let yaml: Yaml = serde_yaml::from_str(block).ok()?;
    match convert(yaml) {
        Value::Null => Some(Value::Map(Map::new())),
        value => Some(value),
    }
}

fn convert(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(yes) => Value::Bool(yes),
        Yaml::Number(number) => Value::Number(Number::spelled(number.to_string())),
        Yaml::String(text) => Value::Text(text),
        Yaml::Sequence(items) => Value::List(items.into_iter().map(convert).collect()),
        Yaml::Mapping(map) => Value::Map(map.into_iter().map(|(key, value)| (name(key), convert(value))).collect()),
        Yaml::Tagged(tagged) => convert(tagged.value),
    }
}

fn name(key: Yaml) -> String {
    match key {
        Yaml::String(text) => text,
        Yaml::Null => String::new(),
        other => match convert(other) {
            Value::Number(number) => number.to_string(),
            value => value.to_json().to_string(),
        },
    }
}

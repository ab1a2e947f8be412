//! The second reader: libyaml, which is what Jekyll and `PyYAML` read with.
//!
//! Invariant: it only ever sees a text whose size, depth and aliases the first reader has counted.

use serde_yaml::Value as Yaml;

use crate::document::{Map, Number, Operation, Patch, Value};

/// What the second reader makes of a front matter; nothing where it refuses it.
pub(crate) fn read(block: &str) -> Option<Value> {
    let yaml: Yaml = serde_yaml::from_str(block).ok()?;
    match convert(yaml) {
        Value::Null => Some(Value::Map(Map::new())),
        value => Some(value),
    }
}

/// Whether the data holds a whole number beyond 64 bits, which this reader refuses and libyaml itself does not.
pub(crate) fn is_beyond(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.as_i128().is_some_and(|whole| i64::try_from(whole).is_err() && u64::try_from(whole).is_err())
        }
        Value::List(items) => items.iter().any(is_beyond),
        Value::Map(map) => map.iter().any(|(_, value)| is_beyond(value)),
        _ => false,
    }
}

/// The patch in this reader's eyes: it takes digits behind a leading zero for text.
pub(crate) fn translate(patch: &Patch) -> Patch {
    let translated = patch.0.iter().cloned().map(|mut operation| {
        if let Operation::Add { value, .. }
        | Operation::Replace { value, .. }
        | Operation::Restore { value, .. }
        | Operation::Test { value, .. } = &mut operation
        {
            *value = seen(value);
        }
        operation
    });
    Patch(translated.collect())
}

fn seen(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            let digits = number.spelling().trim_start_matches(['-', '+']);
            match number.as_i128() {
                Some(_)
                    if digits.len() > 1
                        && digits.starts_with('0')
                        && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
                {
                    Value::text(number.spelling())
                }
                _ => value.clone(),
            }
        }
        Value::List(items) => Value::List(items.iter().map(seen).collect()),
        Value::Map(map) => Value::Map(map.iter().map(|(key, value)| (key.to_owned(), seen(value))).collect()),
        other => other.clone(),
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

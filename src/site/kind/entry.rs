//! A map, and lists of maps: edited field by field, shown by what names them.
//!
//! Invariant: an entry is named by the first of title, name, label that it has, else by its first text.

use std::cmp::Ordering;

use super::noun;
use crate::document::{Map, Value};

/// The keys that name a thing, the strongest first.
pub const NAMING_KEYS: [&str; 3] = ["title", "name", "label"];

/// What names this map, if anything does.
#[must_use]
pub fn name(map: &Map) -> Option<&str> {
    let text = |value: &'_ Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let named = NAMING_KEYS.into_iter().find_map(|key| map.get(key).filter(|value| text(value)));
    named.or_else(|| map.iter().map(|(_, value)| value).find(|value| text(value))).and_then(Value::as_str)
}

pub(super) fn show(map: &Map) -> String {
    match (name(map), map.get("domain").and_then(Value::as_str)) {
        (Some(name), Some(domain)) if name != domain => format!("{name} · {domain}"),
        (Some(name), _) => name.to_owned(),
        (None, _) if map.is_empty() => String::new(),
        (None, _) if map.len() == 1 => "1 field".to_owned(),
        (None, _) => format!("{} fields", map.len()),
    }
}

pub(super) fn show_list(items: &[Value]) -> String {
    match items {
        [] => String::new(),
        [Value::Map(map)] => show(map),
        many => format!("{} entries", many.len()),
    }
}

pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::List(a), Value::List(b)) => a.len().cmp(&b.len()),
        (Value::Map(a), Value::Map(b)) => show(a).to_lowercase().cmp(&show(b).to_lowercase()),
        _ => super::text::compare(a, b),
    }
}

pub(super) fn check(value: &Value) -> Option<String> {
    match value {
        Value::Map(_) | Value::Null => None,
        other => Some(format!("This is {}, where other articles have a map", noun(other))),
    }
}

pub(super) fn check_list(value: &Value) -> Option<String> {
    match value {
        Value::List(_) | Value::Null => None,
        other => Some(format!("This is {}, where other articles have a list", noun(other))),
    }
}

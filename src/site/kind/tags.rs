//! A list of texts: topics, tags, levels.
//!
//! Invariant: typed text is cut at commas; a tag that holds a comma is edited as an item, not as text.

use std::cmp::Ordering;

use super::noun;
use crate::document::Value;

pub(super) fn parse(typed: &str) -> Value {
    let mut tags: Vec<Value> = Vec::new();
    for tag in typed.split([',', ';', '\n']).map(str::trim).filter(|tag| !tag.is_empty()) {
        let tag = Value::text(tag);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Value::List(tags)
}

pub(super) fn show(items: &[Value]) -> String {
    items.iter().map(super::text::show).collect::<Vec<_>>().join(", ")
}

pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    let shown = |value: &Value| super::text::show(value).to_lowercase();
    shown(a).cmp(&shown(b))
}

pub(super) fn check(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        // Jekyll and Hugo both take a single text for a list of one.
        Value::Text(text) => super::text::check(&Value::text(text.clone())),
        Value::List(items) => items.iter().find_map(|item| match item {
            Value::Text(_) => super::text::check(item),
            Value::Number(_) | Value::Bool(_) => {
                Some(format!("“{}” is {}; put it in quotes to make it text", super::text::show(item), noun(item)))
            }
            other => Some(format!("One item is {}, where other articles have text", noun(other))),
        }),
        other => Some(format!("This is {}, where other articles have a list", noun(other))),
    }
}

//! Yes or no.
//!
//! Invariant: only a real yes or no is one; the text `"yes"` in quotes stays text.

use std::cmp::Ordering;

use super::{KindError, noun};
use crate::document::Value;

pub(super) fn parse(typed: &str) -> Result<Value, KindError> {
    match typed.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "on" | "1" => Ok(Value::Bool(true)),
        "no" | "n" | "false" | "f" | "off" | "0" => Ok(Value::Bool(false)),
        other => Err(KindError::new(format!("“{other}” is neither yes nor no"))),
    }
}

pub(super) fn show(yes: bool) -> String {
    if yes { "yes".to_owned() } else { "no".to_owned() }
}

pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a.as_bool(), b.as_bool()) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => super::text::compare(a, b),
    }
}

pub(super) fn check(value: &Value) -> Option<String> {
    match value {
        Value::Bool(_) | Value::Null => None,
        other => Some(format!("This is {}, where other articles have true or false", noun(other))),
    }
}

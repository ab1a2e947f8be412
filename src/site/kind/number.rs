//! Numbers: whole or not, as they are spelled.
//!
//! Invariant: a number that is not edited keeps its spelling; shown is what is written.

use std::cmp::Ordering;

use super::{KindError, noun};
use crate::document::{Number, Value};

pub(super) fn parse(typed: &str) -> Result<Value, KindError> {
    let typed = typed.trim();
    let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}').collect();
    // A comma between three digits is a thousands mark; any other comma is somebody's decimal point.
    let spelled = if is_grouped(&plain) { plain.replace(',', "") } else { plain.replacen(',', ".", 1) };
    match Number::parse(spelled.strip_prefix('+').unwrap_or(&spelled)) {
        Some(number) if number.as_f64().is_some_and(f64::is_finite) => Ok(Value::Number(number)),
        _ => Err(KindError::new(format!("“{typed}” is not a number"))),
    }
}

pub(super) fn show(number: &Number) -> String {
    number.to_string()
}

pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => super::text::compare(a, b),
    }
}

pub(super) fn check(value: &Value) -> Option<String> {
    match value {
        Value::Number(_) | Value::Null => None,
        other => Some(format!("This is {}, where other articles have a number", noun(other))),
    }
}

fn is_grouped(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut groups = digits.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let all_digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    !rest.is_empty()
        && (1..=3).contains(&first.len())
        && all_digits(first)
        && rest.iter().all(|group| group.len() == 3 && all_digits(group))
}

//! One text out of few. A new one is allowed; whether it is known is the vocabulary's business.
//!
//! Invariant: blanks at the ends of what is typed are dropped, for no choice differs from another by them.

use crate::document::Value;

pub(super) fn parse(typed: &str) -> Value {
    Value::text(typed.trim())
}

pub(super) fn show(text: &str) -> String {
    text.to_owned()
}

pub(super) fn check(value: &Value) -> Option<String> {
    super::text::check(value)
}

//! A score as typed text: a whole number, or a step up or down from the old one is left to the intents.
//!
//! Invariant: a score is typed as a number and stays one; its bounds belong to the schema, not to the kind.

use super::KindError;
use crate::document::Value;

pub(super) fn parse(typed: &str) -> Result<Value, KindError> {
    let shown = typed.trim();
    super::number::parse(typed).or(Err(KindError::new(format!("“{shown}” is not a score; type a number"))))
}

pub(super) fn check(value: &Value) -> Option<String> {
    super::number::check(value)
}

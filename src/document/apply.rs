//! A patch carried out on the text, and the proof that it says what was asked for.
//!
//! Invariant: nothing comes out of here that was not read again and found to be the old data with the patch applied.

use super::notice::{Check, Refusal, RefusalReason};
use super::tree::NodeKind;
use super::{Applied, Customs, Document, Operation, Patch, Value};
use crate::text::{Splice, TextEdit};

/// See [`Document::apply`].
pub(crate) fn apply(document: &Document, patch: &Patch, customs: &Customs) -> Result<Applied, Refusal> {
    _ = customs;
    if let Some(error) = document.error() {
        let message = format!("The file is not written as long as this stands: {}", error.message);
        return Err(Refusal { reason: RefusalReason::Unreadable, message, place: Some(error.place) });
    }
    let data = patch.apply_to(document.data()).map_err(|error| Refusal {
        message: error.to_string(),
        reason: RefusalReason::Patch(error),
        place: None,
    })?;
    if matches!(document.format(), super::Format::Toml | super::Format::Json) {
        return super::stepwise::apply(document, patch, &data);
    }
    let mut splices = Vec::new();
    let mut inverse = Vec::new();
    for operation in &patch.0 {
        let Operation::Replace { path, value } = operation else {
            return Err(unproved(Check::Data, "This operation is not there yet"));
        };
        let found = document.0.tree.find(document.data(), path).ok_or_else(|| unproved(Check::Data, "no place"))?;
        let node = document.0.tree.node(found.node);
        let NodeKind::Scalar(style) = node.kind else { return Err(unproved(Check::Data, "not a scalar")) };
        let text = match value {
            Value::Null => "null".to_owned(),
            Value::Bool(yes) => yes.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => match style {
                super::ScalarStyle::Plain if super::yaml::scalar::plain_ok(text, false) => text.clone(),
                super::ScalarStyle::Single if super::yaml::scalar::single_ok(text) => {
                    super::yaml::scalar::single_quoted(text)
                }
                _ => super::yaml::scalar::double_quoted(text),
            },
            _ => return Err(unproved(Check::Data, "not a scalar")),
        };
        let text = if node.span.is_empty() { format!(" {text}") } else { text };
        splices.push(Splice { span: node.span, text });
        if let Some(old) = document.get(path) {
            inverse.push(Operation::Replace { path: path.clone(), value: old.clone() });
        }
    }
    let edit = TextEdit::new(splices).map_err(|error| unproved(Check::Elsewhere, &error.to_string()))?;
    let new = Document::parse_text(edit.apply(document.text()));
    if new.error().is_some() || !new.data().same_data(&data) {
        return Err(unproved(Check::Data, "The new text would not say what was asked for"));
    }
    Ok(Applied { document: new, edit, inverse: Patch(inverse) })
}

fn unproved(check: Check, message: &str) -> Refusal {
    Refusal { reason: RefusalReason::Unproved(check), message: message.to_owned(), place: None }
}

//! Finding and replacing in fields.
//!
//! Invariant: only texts of the named fields change, and only where the pattern is found; opaque texts are passed over.

use regex::{Regex, RegexBuilder};

use super::{Article, IntentRefusal};
use crate::document::{FieldPath, Operation, Patch, Pointer, Value};

/// What is looked for in texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Find {
    /// The text, or the regular expression.
    pub pattern: String,
    /// Whether it is a regular expression; then `$1` stands for its first group in what is put there.
    pub regex: bool,
    /// Whether case matters.
    pub case: bool,
    /// Whether only whole words count.
    pub words: bool,
}

impl Find {
    /// The expression that finds it.
    ///
    /// # Errors
    /// When the pattern is empty or cannot be read.
    pub fn compile(&self) -> Result<Regex, IntentRefusal> {
        if self.pattern.is_empty() {
            return Err(IntentRefusal::Pattern("it is empty".to_owned()));
        }
        let plain = if self.regex { self.pattern.clone() } else { regex::escape(&self.pattern) };
        let whole = if self.words { format!(r"\b(?:{plain})\b") } else { plain };
        RegexBuilder::new(&whole)
            .case_insensitive(!self.case)
            .multi_line(true)
            .size_limit(1 << 20)
            .build()
            .map_err(|error| IntentRefusal::Pattern(error.to_string()))
    }

    fn replaced(&self, regex: &Regex, text: &str, with: &str) -> Option<String> {
        let new = if self.regex {
            regex.replace_all(text, grouped(with).as_str())
        } else {
            regex.replace_all(text, regex::NoExpand(with))
        };
        (new != text).then(|| new.into_owned())
    }
}

/// `$1st` means the first group and `st`, as editors know it; the crate would look for a group named `1st`.
fn grouped(with: &str) -> String {
    let mut text = String::with_capacity(with.len());
    let mut rest = with;
    while let Some(at) = rest.find('$') {
        let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        text.push_str(&rest[..=at]);
        if digits > 0 {
            text.push('{');
            text.push_str(&rest[at + 1..=at + digits]);
            text.push('}');
        }
        rest = &rest[at + 1 + digits..];
    }
    text + rest
}

pub(super) fn patch(
    article: &Article<'_>,
    fields: &[FieldPath],
    body: bool,
    find: &Find,
    with: &str,
) -> Result<Patch, IntentRefusal> {
    let regex = find.compile()?;
    let mut patch = Patch::default();
    let mut texts = Vec::new();
    gather(article.document.data(), &Pointer::root(), &mut texts);
    for (at, text) in texts {
        let field = at.field();
        let wanted = fields.iter().any(|wanted| field.parts().starts_with(wanted.parts()));
        if !wanted || super::guard(article, &at).is_err() {
            continue;
        }
        if let Some(new) = find.replaced(&regex, text, with) {
            patch.0.push(Operation::Replace { path: at, value: Value::Text(new) });
        }
    }
    if body && let Some(text) = find.replaced(&regex, article.document.body(), with) {
        patch.0.push(Operation::Body { text });
    }
    Ok(patch)
}

fn gather<'a>(value: &'a Value, at: &Pointer, texts: &mut Vec<(Pointer, &'a str)>) {
    match value {
        Value::Text(text) => texts.push((at.clone(), text)),
        Value::List(items) => items.iter().enumerate().for_each(|(i, item)| gather(item, &at.child(i), texts)),
        Value::Map(map) => map.iter().for_each(|(key, value)| gather(value, &at.child(key), texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

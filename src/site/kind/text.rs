//! Text: anything that can be typed, and the marks that no reader sees.
//!
//! Invariant: typed text is taken as it is, blanks at its ends and line breaks too.

use std::cmp::Ordering;

use super::noun;
use crate::document::Value;

pub(super) fn parse(typed: &str) -> Value {
    Value::text(typed)
}

pub(super) fn show(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(items) => items.iter().map(show).collect::<Vec<_>>().join(", "),
        Value::Map(map) => super::entry::show(map),
    }
}

pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => {
            let folded = |text: &str| text.to_lowercase();
            folded(a).cmp(&folded(b)).then_with(|| a.cmp(b))
        }
        (Value::Text(_), _) => Ordering::Less,
        (_, Value::Text(_)) => Ordering::Greater,
        (a, b) => show(a).cmp(&show(b)),
    }
}

pub(super) fn check(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => invisible(text).map(|found| {
            let name = found.name;
            format!("It holds an invisible character: {name}")
        }),
        Value::List(_) | Value::Map(_) => Some(format!("This is {}, where other articles have text", noun(value))),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// A character that is there and cannot be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invisible {
    /// Where, in bytes of the text.
    pub offset: usize,
    /// Which, with its name: `U+200B zero width space`.
    pub name: String,
}

/// The first character that is there and cannot be seen: controls, marks of direction, blanks without width. Joiners between
/// letters that need them and the selectors of emoji are no such characters.
#[must_use]
pub fn invisible(text: &str) -> Option<Invisible> {
    let mut before = None;
    for (offset, c) in text.char_indices() {
        if let Some(name) = invisible_name(c, before) {
            return Some(Invisible { offset, name: format!("U+{:04X} {name}", c as u32) });
        }
        before = Some(c);
    }
    None
}

fn invisible_name(c: char, before: Option<char>) -> Option<&'static str> {
    Some(match c {
        '\n' | '\r' | '\t' => return None,
        '\u{200b}' => "zero width space",
        // Scripts and emoji that join need these two; between Latin letters they are an accident.
        '\u{200c}' | '\u{200d}' if before.is_some_and(|b| !b.is_ascii()) => return None,
        '\u{200c}' | '\u{200d}' => "zero width joiner",
        '\u{ad}' => "soft hyphen",
        '\u{feff}' => "byte order mark",
        '\u{200e}' | '\u{200f}' | '\u{61c}' => "direction mark",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "direction override",
        '\u{2060}'..='\u{2064}' => "invisible operator",
        c if c.is_control() => "control character",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_named() {
        for (text, want) in [
            ("plain é 名 👨‍👩‍👧 می‌خواهم", None),
            ("a\u{97}b", Some((1, "U+0097 control character"))),
            ("née\u{200b}", Some((4, "U+200B zero width space"))),
            ("\u{202e}abc", Some((0, "U+202E direction override"))),
            ("two\nlines", None),
        ] {
            let found = invisible(text).map(|found| (found.offset, found.name));
            assert_eq!(found, want.map(|(at, name)| (at, name.to_owned())), "{text:?}");
        }
    }
}

//! How values are spelled in TOML.
//!
//! Invariant: what is spelled here reads as the same value; a text keeps its quotes where they can hold it.

use std::fmt::Write as _;

use crate::document::notice::{Refusal, RefusalReason};
use crate::document::{Number, Value};

/// A value on one line. `like` is how a value of this field stands in the file already.
pub(crate) fn spell(value: &Value, like: Option<&str>, line_end: &str) -> Result<String, Refusal> {
    Ok(match value {
        Value::Null => return Err(unsayable("TOML has no empty value; take the key out instead")),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => spell_number(number)?,
        Value::Text(text) => spell_text(text, like, line_end),
        Value::List(items) => {
            let like =
                like.and_then(|array| array.strip_prefix('[')).map(str::trim_start).filter(|item| !item.is_empty());
            let items: Result<Vec<_>, _> = items.iter().map(|item| spell(item, like, line_end)).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Map(map) if map.is_empty() => "{}".to_owned(),
        Value::Map(map) => {
            let entries: Result<Vec<_>, Refusal> = map
                .iter()
                .map(|(key, value)| Ok(format!("{} = {}", spell_key(key), spell(value, None, line_end)?)))
                .collect();
            format!("{{ {} }}", entries?.join(", "))
        }
    })
}

/// A key, in quotes only where it needs them.
pub(crate) fn spell_key(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if bare { key.to_owned() } else { basic(key) }
}

fn spell_text(text: &str, like: Option<&str>, line_end: &str) -> String {
    let quoted = like.is_some_and(|like| like.starts_with(['"', '\'']));
    if !quoted && text.parse::<toml_edit::Datetime>().is_ok() {
        return text.to_owned();
    }
    let control = |c: char| c.is_control() && c != '\t';
    match like {
        Some(like) if like.starts_with("\"\"\"") => many_lines(text, like, line_end),
        Some(like) if like.starts_with("'''") => {
            let holds =
                !text.contains("'''") && !text.ends_with('\'') && !text.chars().any(|c| control(c) && c != '\n');
            if !holds {
                return many_lines(text, like, line_end);
            }
            format!("'''{}{}'''", first_break(like, line_end), text.replace('\n', line_end))
        }
        Some(like) if like.starts_with('\'') && !text.contains('\'') && !text.chars().any(control) => {
            format!("'{text}'")
        }
        _ => basic(text),
    }
}

/// A text over many lines: breaks stay breaks, all else is escaped as on one line.
fn many_lines(text: &str, like: &str, line_end: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(escaped).collect();
    format!("\"\"\"{}{}\"\"\"", first_break(like, line_end), lines.join(line_end))
}

/// The break behind the opening quotes, which is not part of the text.
fn first_break<'e>(like: &str, line_end: &'e str) -> &'e str {
    if like[3..].starts_with(['\n', '\r']) { line_end } else { "" }
}

fn basic(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                if write!(out, "\\u{:04X}", c as u32).is_err() {
                    log::error!("a text could not be written to memory");
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn spell_number(number: &Number) -> Result<String, Refusal> {
    let spelling = number.spelling();
    let is_number = |value: &toml_edit::Value| value.is_integer() || value.is_float();
    if spelling.parse::<toml_edit::Value>().as_ref().is_ok_and(is_number) {
        return Ok(spelling.to_owned());
    }
    match (number.as_i128(), number.as_f64()) {
        (Some(whole), _) if i64::try_from(whole).is_ok() => Ok(whole.to_string()),
        (Some(whole), _) => Err(unsayable(&format!("TOML has no whole number as large as {whole}"))),
        (None, Some(float)) if float.is_nan() => Ok("nan".to_owned()),
        (None, Some(float)) => Ok(format!("{float:?}")),
        (None, None) => Err(unsayable(&format!("TOML has no number {spelling}"))),
    }
}

pub(crate) fn unsayable(message: &str) -> Refusal {
    Refusal { reason: RefusalReason::Unsayable, message: message.to_owned(), place: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelled_reads_as_the_same_text() {
        let texts = [
            "plain",
            "it's",
            "say \"so\"",
            "C:\\raw",
            "two\nlines\n",
            "tab\t\u{1}\u{7f}",
            "2020-01-01",
            "",
            "'''",
            "\"\"\"",
            "é 名",
        ];
        for text in texts {
            for like in [None, Some("\"x\""), Some("'x'"), Some("\"\"\"x\"\"\""), Some("'''\nx'''"), Some("2020-01-01")]
            {
                let spelled = spell(&Value::text(text), like, "\n").unwrap();
                let read: toml_edit::Value = spelled.parse().unwrap();
                let back = read.as_str().map_or_else(|| spelled.clone(), str::to_owned);
                assert_eq!(back, text, "{spelled} like {like:?}");
            }
        }
        for (number, want) in
            [("120", "120"), ("0x1F", "0x1F"), ("1.50", "1.50"), (".5", "0.5"), (".inf", "inf"), ("1_000", "1_000")]
        {
            assert_eq!(spell(&Value::Number(Number::parse(number).unwrap()), None, "\n").unwrap(), want);
        }
        assert!(spell(&Value::Null, None, "\n").is_err());
    }
}

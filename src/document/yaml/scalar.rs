//! Scalars: what a plain one means, and how a text is written so that every reader takes it for that text.
//!
//! Invariant: a text for which `plain_ok` holds is read back as itself by YAML 1.1 and 1.2 readers alike.

use std::fmt::Write as _;

use crate::document::{Number, Value};

/// What an untagged plain scalar means under the core schema of YAML 1.2.
pub(crate) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_core_number(text) => Value::Number(Number::spelled(text)),
        _ => Value::text(text),
    }
}

/// Whether the core schema of YAML 1.2 reads this plain text as a number.
pub(crate) fn is_core_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match unsigned.as_bytes() {
        [b'0', b'x', digits @ ..] if unsigned.len() == text.len() => all(digits, u8::is_ascii_hexdigit),
        [b'0', b'o', digits @ ..] if unsigned.len() == text.len() => all(digits, |byte| (b'0'..=b'7').contains(byte)),
        [b'0'..=b'9' | b'.', ..] => {
            matches!(unsigned, ".inf" | ".Inf" | ".INF")
                || matches!(text, ".nan" | ".NaN" | ".NAN")
                || is_decimal(unsigned)
        }
        _ => false,
    }
}

fn all(digits: &[u8], is_digit: impl Fn(&u8) -> bool) -> bool {
    !digits.is_empty() && digits.iter().all(is_digit)
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_ok = exponent.is_none_or(|power| {
        let power = power.strip_prefix(['-', '+']).unwrap_or(power);
        !power.is_empty() && digits(power)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_ok
}

/// Whether a text may stand without quotes: no reader of YAML 1.1 or 1.2 takes it for anything else.
pub(crate) fn plain_ok(text: &str, in_flow: bool) -> bool {
    let mut chars = text.chars();
    let (Some(first), Some(last)) = (chars.next(), text.chars().next_back()) else { return false };
    if first.is_whitespace() || last.is_whitespace() || last == ':' || text.chars().any(is_unprintable) {
        return false;
    }
    let second = chars.next();
    if ",[]{}#&*!|>'\"%@`:".contains(first) {
        return false;
    }
    if matches!(first, '-' | '?') && (in_flow || second.is_none_or(char::is_whitespace)) {
        return false;
    }
    if text.contains(": ") || text.contains(" #") || text.starts_with("---") || text.starts_with("...") || text == "." {
        return false;
    }
    let breaks = in_flow && breaks_flow(text);
    !breaks && !reads_as_other(text)
}

/// In a flow collection brackets and commas end a plain scalar, and a colon may.
fn breaks_flow(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if ",[]{}".contains(c) || c == ':' && !chars.peek().is_some_and(|next| next.is_alphanumeric() || *next == '/') {
            return true;
        }
    }
    false
}

/// Control characters, line breaks of any kind, tabs, and what YAML does not allow.
fn is_unprintable(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a plain text is a word, number or date of YAML 1.1 or 1.2.
fn reads_as_other(text: &str) -> bool {
    const WORDS: [&str; 12] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "<<", "="];
    if text.len() <= 5 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return true;
    }
    // Numbers and dates begin with a sign, a dot or a digit, and hold little else.
    text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) && (is_any_number(text) || is_date(text))
}

/// A number under YAML 1.1 or 1.2: underscores, commas, other bases, sexagesimals, infinities. Rather one too many.
fn is_any_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    if matches!(lower.as_str(), ".inf" | ".nan") || is_core_number(text) {
        return true;
    }
    if let Some(digits) =
        lower.strip_prefix("0x").or_else(|| lower.strip_prefix("0o")).or_else(|| lower.strip_prefix("0b"))
    {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit() || b == b'_');
    }
    let mut bytes = lower.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_digit() || b == b'.')
        && lower.bytes().any(|b| b.is_ascii_digit())
        && lower.bytes().all(|b| b.is_ascii_digit() || b"_,.:e+-".contains(&b))
        && lower.bytes().filter(|b| *b == b'.').count() < 2
        && (!lower.contains('-') || lower.contains("e-"))
        && (!lower.contains('+') || lower.contains("e+"))
}

/// A date, with or without a time, as YAML 1.1 and Ruby read it: `2020-5-9`, `2020-05-19T15:13:00Z`, `2020-05-19 15:13:00 +2`.
pub(crate) fn is_date(text: &str) -> bool {
    date_parts(text).is_some()
}

/// Year, month and day of a text that starts with a date and holds nothing but a time behind it.
pub(crate) fn date_parts(text: &str) -> Option<(i32, u32, u32)> {
    if text.len() > 40 || !text.is_ascii() {
        return None;
    }
    let (year, rest) = text.split_once('-')?;
    let (month, rest) = rest.split_once('-')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (day, time) = rest.split_at(end);
    let is_number =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !is_number(year, 4) || !is_number(month, 2) || !is_number(day, 2) {
        return None;
    }
    let parts = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let is_time = time.is_empty()
        || time.starts_with(['T', 't', ' ', '\t'])
            && time.len() > 1
            && time[1..].bytes().all(|b| b.is_ascii_digit() || b" \t:.+-Zz".contains(&b));
    is_time.then_some(parts)
}

/// Whether single quotes can hold a text: on one line, and nothing that must be escaped.
pub(crate) fn single_ok(text: &str) -> bool {
    !text.chars().any(is_unprintable)
}

/// The text in single quotes.
pub(crate) fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The text in double quotes. Escaped is only what must be; lines are never folded.
pub(crate) fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '\u{2028}' => quoted.push_str("\\L"),
            '\u{2029}' => quoted.push_str("\\P"),
            '\u{feff}' | '\u{fffe}' | '\u{ffff}' => push_escape(&mut quoted, 'u', 4, c),
            c if is_unprintable(c) => push_escape(&mut quoted, 'x', 2, c),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn push_escape(quoted: &mut String, letter: char, width: usize, c: char) {
    if write!(quoted, "\\{letter}{:0width$X}", c as u32).is_err() {
        log::error!("a text could not be written to memory");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_the_core_schema_says() {
        for number in
            ["0", "-1", "+1", "007", "0o17", "0x1F", "1.", ".5", "1.0", "-0", "1e3", "-1.5E-7", ".inf", "-.INF", ".NaN"]
        {
            assert_eq!(resolve(number), Value::Number(Number::spelled(number)), "{number}");
        }
        for text in [
            "1_000",
            "0b11",
            "12:30:45",
            "yes",
            "no",
            "NO",
            "e3",
            ".",
            "-",
            "1e",
            "-.nan",
            "-0x1",
            "2020-01-01",
            "1.2.3",
        ] {
            assert_eq!(resolve(text), Value::text(text), "{text}");
        }
        for null in ["", "~", "Null"] {
            assert_eq!(resolve(null), Value::Null);
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn what_looks_like_something_else_is_quoted() {
        for text in [
            "",
            " a",
            "a ",
            "a: b",
            "a #b",
            "a:",
            "- a",
            "-",
            "?",
            "? a",
            "@x",
            "`x",
            "%x",
            "*x",
            "&x",
            "!x",
            "[x",
            "{x",
            "]",
            "}",
            "#x",
            ":x",
            "\"x\"",
            "'x'",
            "|",
            ">x",
            "no",
            "Yes",
            "y",
            "ON",
            "off",
            "TRUE",
            "null",
            "~",
            "<<",
            "=",
            ".inf",
            "-.INF",
            ".NaN",
            "0123",
            "1e3",
            "12:30",
            "1_000",
            "0x1F",
            "0o14",
            "0b11",
            ".5",
            "+1",
            "190:20:30.15",
            "1,000",
            "2020-01-01",
            "2020-5-9",
            "2020-05-19T15:13:00Z",
            "2020-05-19 15:13:00 +0200",
            "---",
            "...",
            ".",
            "a\nb",
            "a\tb",
            "\u{97}",
            "\u{feff}x",
            "\u{a0}x",
        ] {
            assert!(!plain_ok(text, false), "{text:?}");
        }
        for text in [
            "Reuters",
            "it's",
            "x, y",
            "a:b",
            "a#b",
            "= x",
            "-x",
            "?x",
            "C:\\dir",
            "http://x:80/y",
            "名前",
            "1.0 beta",
            "1.2.3",
            "a]b",
            "5G",
            "1st",
            "2020-01-01 and later",
            "19/05/2020",
            "yes sir",
            "nope",
        ] {
            assert!(plain_ok(text, false), "{text:?}");
        }
        for text in ["x, y", "a]b", "{", "-x", "a:", "a:-"] {
            assert!(!plain_ok(text, true), "{text:?} in flow");
        }
        assert!(plain_ok("http://x:80/y", true));
    }

    #[test]
    fn quotes_escape_only_what_they_must() {
        assert_eq!(
            double_quoted("say \"hi\" \\ é😀\n\t\u{97}\u{2028}\u{feff}"),
            r#""say \"hi\" \\ é😀\n\t\x97\L\uFEFF""#
        );
        assert_eq!(single_quoted("it's"), "'it''s'");
    }
}

//! A filter as it is written: its words, and how a click on a facet or a bar changes it.
//!
//! Invariant: a click changes the test it stands for and leaves every other letter as the editor wrote it.

use std::ops::Range;

use crate::ui::filter_box::FilterChip;

/// One test of a filter, as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// How many bytes of it are its sign, the name of the field and the colon; 0 for a plain word.
    pub head: usize,
}

/// The words of a filter; blanks between quotes part nothing.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        if letter == '"' {
            quoted = !quoted;
        }
        let parts = (letter.is_whitespace() || letter == '(' || letter == ')') && !quoted;
        match (parts, start) {
            (true, Some(from)) => {
                words.push(word(text, from..at));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push(word(text, from..text.len()));
    }
    words
}

fn word(text: &str, range: Range<usize>) -> Word {
    let head = text[range.clone()]
        .find([':', '"'])
        .filter(|at| text.as_bytes()[range.start + at] == b':')
        .map_or(0, |at| at + 1);
    Word { range, head }
}

/// The chips of a filter: every word that names a field.
pub fn chips(text: &str) -> Vec<FilterChip> {
    words(text)
        .into_iter()
        .filter(|word| word.head > 1 && word.range.len() > word.head)
        .map(|word| FilterChip { range: word.range, field: word.head })
        .collect()
}

/// The test that a field has a value, quoted where it must be.
pub fn test(field: &str, value: &str) -> String {
    let plain =
        !value.is_empty() && value.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '/'));
    if plain { format!("{field}:{value}") } else { format!("{field}:\"{}\"", value.replace('"', "")) }
}

/// Whether a filter contains a test, letter for letter.
pub fn contains(text: &str, test: &str) -> bool {
    words(text).iter().any(|word| text[word.range.clone()].eq_ignore_ascii_case(test))
}

/// Puts a test in, or takes it out where it is in. The same test with the other sign gives way.
pub fn toggle(text: &str, test: &str) -> String {
    if contains(text, test) {
        return without(text, |word| word.eq_ignore_ascii_case(test));
    }
    let other = test.strip_prefix('-').map_or_else(|| format!("-{test}"), str::to_owned);
    let kept = without(text, |word| word.eq_ignore_ascii_case(&other));
    with(&kept, test)
}

/// Gives a field one range, or none.
pub fn set_range(text: &str, field: &str, range: Option<(f64, f64)>) -> String {
    let head = format!("{field}:");
    let is_range = |word: &str| {
        word.strip_prefix(&head)
            .is_some_and(|value| value.contains("..") || value.starts_with(['>', '<']) || value.parse::<f64>().is_ok())
    };
    let kept = without(text, is_range);
    match range {
        Some((least, most)) => with(&kept, &format!("{head}{least}..{most}")),
        None => kept,
    }
}

/// The range that a filter gives a field.
pub fn range(text: &str, field: &str) -> Option<(f64, f64)> {
    let head = format!("{field}:");
    words(text).iter().find_map(|word| {
        let value = text[word.range.clone()].strip_prefix(&head)?;
        let number = |text: &str| text.parse::<f64>().ok();
        if let Some((least, most)) = value.split_once("..") {
            return Some((number(least).unwrap_or(f64::NEG_INFINITY), number(most).unwrap_or(f64::INFINITY)));
        }
        let signs = value.len() - value.trim_start_matches(['>', '<', '=']).len();
        let bound = number(&value[signs..])?;
        match value.as_bytes().first() {
            Some(b'>') => Some((bound, f64::INFINITY)),
            Some(b'<') => Some((f64::NEG_INFINITY, bound)),
            _ => Some((bound, bound)),
        }
    })
}

fn with(text: &str, test: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() { test.to_owned() } else { format!("{text} {test}") }
}

fn without(text: &str, goes: impl Fn(&str) -> bool) -> String {
    let mut kept = text.to_owned();
    for word in words(text).into_iter().rev() {
        if goes(&text[word.range.clone()]) {
            let blank = text[word.range.end..].chars().next().filter(|letter| *letter == ' ').map_or(0, char::len_utf8);
            kept.replace_range(word.range.start..word.range.end + blank, "");
        }
    }
    kept.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found() {
        let text = "vaccine topics:\"New Cases\" (heat:>=95 OR -is:changed) \"a: b\"";
        let found: Vec<&str> = words(text).iter().map(|word| &text[word.range.clone()]).collect();
        assert_eq!(found, ["vaccine", "topics:\"New Cases\"", "heat:>=95", "OR", "-is:changed", "\"a: b\""]);
        let chips: Vec<&str> =
            chips(text).iter().map(|chip| &text[chip.range.start..chip.range.start + chip.field]).collect();
        assert_eq!(chips, ["topics:", "heat:", "-is:"]);
    }

    #[test]
    fn a_test_is_put_in_and_taken_out() {
        let us = test("topics", "Coronavirus in US");
        assert_eq!(us, "topics:\"Coronavirus in US\"");
        let once = toggle("vaccine  -x", &us);
        assert_eq!(once, "vaccine  -x topics:\"Coronavirus in US\"");
        assert_eq!(toggle(&once, &us), "vaccine  -x");
        assert_eq!(toggle("-type:a b", "type:a"), "b type:a");
        assert_eq!(test("provider.domain", "bbc.co.uk"), "provider.domain:bbc.co.uk");
        assert_eq!(test("type", "-1"), "type:\"-1\"");
    }

    #[test]
    fn a_range_replaces_a_range() {
        assert_eq!(set_range("a heat:>=95 b", "heat", Some((100.0, 255.0))), "a b heat:100..255");
        assert_eq!(set_range("heat:1..2", "heat", None), "");
        assert_eq!(range("x heat:95..255", "heat"), Some((95.0, 255.0)));
        assert_eq!(range("heat:>=95", "heat"), Some((95.0, f64::INFINITY)));
        assert_eq!(range("reheat:5", "heat"), None);
    }
}

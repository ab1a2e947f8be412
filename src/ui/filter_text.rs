//! A filter as it is written: its words, and which of them look like chips.
//!
//! Invariant: it works on any text, also on one that is no filter yet, since it is drawn while it is typed.

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
#[must_use]
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
#[must_use]
pub fn chips(text: &str) -> Vec<FilterChip> {
    words(text)
        .into_iter()
        .filter(|word| word.head > 1 && word.range.len() > word.head)
        .map(|word| FilterChip { range: word.range, field: word.head })
        .collect()
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
}

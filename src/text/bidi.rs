//! A line of text in the order in which it is read on screen: right-to-left runs turned round.
//!
//! Invariant: for display only; a text without right-to-left letters comes back as it is, and every word keeps its letters in
//! their own order, since a shaper turns those itself.

use std::borrow::Cow;

use unicode_bidi::{BidiInfo, Level, ParagraphInfo};

use super::fold::marks;

/// The text as one line shows it: what cannot be seen is marked, and right-to-left runs are in display order.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    let marked = marks(text);
    if !marked.chars().any(is_right_to_left) {
        return marked;
    }
    Cow::Owned(display_order(&marked))
}

/// Whether a text holds letters that are written from right to left.
#[must_use]
pub fn has_right_to_left(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_right_to_left)
}

/// Whether a text as a whole is read from right to left: its first letter says so.
#[must_use]
pub fn reads_from_right(text: &str) -> bool {
    has_right_to_left(text)
        && BidiInfo::new(text, None).paragraphs.first().is_some_and(|paragraph| paragraph.level.is_rtl())
}

/// A text that goes over several lines, as it is read: each of these parts of it is a line of its own.
#[must_use]
pub fn shown_lines(text: &str, lines: &[std::ops::Range<usize>]) -> String {
    let info = BidiInfo::new(text, None);
    let mut shown = String::with_capacity(text.len());
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            shown.push('\n');
        }
        let paragraph = info.paragraphs.iter().find(|paragraph| paragraph.range.contains(&line.start));
        match paragraph {
            Some(paragraph) => push_line(&mut shown, &info, paragraph, line.clone()),
            None => shown.push_str(text.get(line.clone()).unwrap_or_default()),
        }
    }
    shown
}

/// Letters that are written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their kin.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

fn display_order(text: &str) -> String {
    let info = BidiInfo::new(text, None);
    let mut line = String::with_capacity(text.len());
    for paragraph in &info.paragraphs {
        push_line(&mut line, &info, paragraph, paragraph.range.clone());
    }
    line
}

fn push_line(line: &mut String, info: &BidiInfo<'_>, paragraph: &ParagraphInfo, range: std::ops::Range<usize>) {
    let (levels, runs) = info.visual_runs(paragraph, range);
    for run in runs {
        let part = info.text.get(run.clone()).unwrap_or_default();
        if levels.get(run.start).is_some_and(Level::is_rtl) {
            push_turned(line, part);
        } else {
            line.push_str(part);
        }
    }
}

/// The words and signs of a run from the last to the first; letters within a word stay as they are.
fn push_turned(line: &mut String, run: &str) {
    let mut end = run.len();
    let mut letters = run.char_indices().rev().peekable();
    while let Some((at, c)) = letters.next() {
        let goes_on = letters.peek().is_some_and(|(_, before)| is_of_word(*before));
        if is_of_word(c) && goes_on {
            continue;
        }
        if is_of_word(c) {
            line.push_str(&run[at..end]);
        } else {
            line.push(mirrored(c));
        }
        end = at;
    }
}

/// Whether it is shaped together with its neighbours: letters, their marks and joiners.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric()
        || unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '\u{640}' | '\u{200c}' | '\u{200d}' | '\u{5f3}' | '\u{5f4}')
}

/// The bracket that faces the other way.
fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        '‹' => '›',
        '›' => '‹',
        '⟨' => '⟩',
        '⟩' => '⟨',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_as_it_is_read() {
        for (text, want) in [
            ("plain (text)", "plain (text)"),
            ("שלום עולם", "עולם שלום"),
            ("שלום (עולם)", "(עולם) שלום"),
            ("News: שלום עולם today", "News: עולם שלום today"),
            ("שלום COVID 19 עולם", "עולם COVID 19 שלום"),
            ("مرحبا بالعالم", "بالعالم مرحبا"),
            ("a\u{202e}b", "a‹U+202E›b"),
        ] {
            assert_eq!(shown(text), want, "{text}");
        }
    }

    #[test]
    fn each_line_of_a_text_is_turned_by_itself() {
        let text = "שלום עולם היום";
        let cut = text.find(" היום").unwrap();
        assert_eq!(shown_lines(text, &[0..cut, cut + 1..text.len()]), "עולם שלום\nהיום");
        assert_eq!(shown_lines("a b", &[0..2, 2..3]), "a \nb");
        assert!(reads_from_right(text) && !reads_from_right("News: שלום") && !has_right_to_left("é名"));
    }

    #[test]
    fn nothing_is_lost() {
        let sorted = |text: &str| {
            let mut letters: Vec<char> = text.chars().collect();
            letters.sort_unstable();
            letters
        };
        for text in ["أهلاً، (2020) و«هنا»!", "א-ב, ג", "مَرْحَبًا x y ב"] {
            assert_eq!(sorted(&shown(text)), sorted(text), "{text}");
        }
    }
}

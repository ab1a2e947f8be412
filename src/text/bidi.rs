//! A line of text in the order in which it is read on screen: right-to-left runs turned round.
//!
//! Invariant: for display only; a text without right-to-left letters comes back as it is, and every word keeps its letters in
//! their own order, since a shaper turns those itself.

use std::borrow::Cow;
use std::ops::Range;

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
pub fn shown_lines(text: &str, lines: &[Range<usize>]) -> String {
    let line = |pieces: Vec<Piece>| pieces.iter().map(|piece| piece.shown(text)).collect::<String>();
    pieces(text, lines).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A part of a line that stands on screen as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it is in the text.
    pub range: Range<usize>,
    /// Whether it is read from right to left: a word, or a sign between words.
    pub turned: bool,
}

impl Piece {
    /// How it looks: a bracket that is read from right to left faces the other way.
    #[must_use]
    pub fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let part = text.get(self.range.clone()).unwrap_or_default();
        let mut letters = part.chars();
        match (letters.next(), letters.next()) {
            (Some(sign), None) if self.turned => Cow::Owned(mirrored(sign).to_string()),
            _ => Cow::Borrowed(part),
        }
    }
}

/// The parts of each of these lines of a text, from left to right as they stand on screen.
#[must_use]
pub fn pieces(text: &str, lines: &[Range<usize>]) -> Vec<Vec<Piece>> {
    let info = BidiInfo::new(text, None);
    let of_line = |line: &Range<usize>| {
        let paragraph = info.paragraphs.iter().find(|paragraph| paragraph.range.contains(&line.start));
        paragraph.map(|paragraph| pieces_of(&info, paragraph, line.clone())).unwrap_or_default()
    };
    lines.iter().map(of_line).collect()
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

fn push_line(line: &mut String, info: &BidiInfo<'_>, paragraph: &ParagraphInfo, range: Range<usize>) {
    for piece in pieces_of(info, paragraph, range) {
        line.push_str(&piece.shown(info.text));
    }
}

fn pieces_of(info: &BidiInfo<'_>, paragraph: &ParagraphInfo, range: Range<usize>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (levels, runs) = info.visual_runs(paragraph, range);
    for run in runs {
        if levels.get(run.start).is_some_and(Level::is_rtl) {
            turn(&mut pieces, info.text.get(run.clone()).unwrap_or_default(), run.start);
        } else {
            pieces.push(Piece { range: run, turned: false });
        }
    }
    pieces
}

/// The words and signs of a run that begins here, from the last to the first; letters within a word stay as they are.
fn turn(pieces: &mut Vec<Piece>, run: &str, start: usize) {
    let mut end = run.len();
    let mut letters = run.char_indices().rev().peekable();
    while let Some((at, c)) = letters.next() {
        let goes_on = letters.peek().is_some_and(|(_, before)| is_of_word(*before));
        if is_of_word(c) && goes_on {
            continue;
        }
        pieces.push(Piece { range: start + at..start + end, turned: true });
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
    fn a_line_has_its_parts_from_left_to_right() {
        let text = "a (שלום עולם)";
        let of = |piece: &Piece| (piece.shown(text).into_owned(), piece.turned);
        let line = 0..text.len();
        let parts: Vec<_> = pieces(text, std::slice::from_ref(&line))[0].iter().map(of).collect();
        let part = |text: &str, turned| (text.to_owned(), turned);
        let want = [part("a (", false), part("עולם", true), part(" ", true), part("שלום", true), part(")", false)];
        assert_eq!(parts, want);
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

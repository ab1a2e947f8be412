//! A text as the filter compares it, and as it may be shown: case and accents folded, invisible characters marked.
//!
//! Invariant: folding a folded text changes nothing; a marked text holds no character that moves others or the cursor.

use std::borrow::Cow;
use std::fmt::Write as _;

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The text without case and accents: `Zürich ﬁne` becomes `zurich fine`. What is searched, and what is searched for, go
/// through here alike.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Decomposing first parts letters from their marks; folding after it may compose nothing new.
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .default_case_fold()
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .collect()
}

/// The text with marks in place of characters that cannot be seen or that reorder what is around them: control characters
/// (`␛`), bidi controls (`‹U+202E›`), zero-width characters. Tabs and line ends are marked too: this is for one line.
/// A joiner between emoji belongs to them and stays.
#[must_use]
pub fn marks(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || !needs_marks(text) {
        return Cow::Borrowed(text);
    }
    let mut marked = String::with_capacity(text.len() + 16);
    let mut before = None;
    for (at, c) in text.char_indices() {
        if !is_hidden(c) || joins(before, c, text[at + c.len_utf8()..].chars().next()) {
            marked.push(c);
        } else if let Some(picture) = control_picture(c) {
            marked.push(picture);
        } else if write!(marked, "‹U+{:04X}›", c as u32).is_err() {
            log::error!("a text could not be written to memory");
        }
        before = Some(c);
    }
    Cow::Owned(marked)
}

/// The same for a text of many lines: tabs and line ends stay.
#[must_use]
pub fn marked_lines(text: &str) -> Cow<'_, str> {
    marks_but(text, &['\t', '\n', '\r'])
}

/// The same, but these characters stay.
#[must_use]
pub fn marks_but<'t>(text: &'t str, stays: &[char]) -> Cow<'t, str> {
    if !text.chars().any(|c| is_hidden(c) && !stays.contains(&c)) {
        return Cow::Borrowed(text);
    }
    let part = |part: &str| {
        let (seen, end) = part.split_at(part.trim_end_matches(stays).len());
        [&marks(seen), end].concat()
    };
    Cow::Owned(text.split_inclusive(stays).map(part).collect())
}

/// The same with one sign for each such character, so that every character stays where it is: for text that is being edited,
/// where tabs and line ends do what they do.
#[must_use]
pub fn signs(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hidden(c) && !matches!(c, '\t' | '\n' | '\r')) {
        return Cow::Borrowed(text);
    }
    let mut before = None;
    let sign = |(at, c): (usize, char)| {
        let stays = !is_hidden(c)
            || matches!(c, '\t' | '\n' | '\r')
            || joins(before, c, text[at + c.len_utf8()..].chars().next());
        before = Some(c);
        if stays { c } else { control_picture(c).unwrap_or(UNSEEN) }
    };
    Cow::Owned(text.char_indices().map(sign).collect())
}

/// Stands for a character that cannot be seen and has no picture of its own.
pub const UNSEEN: char = '◊';

fn needs_marks(text: &str) -> bool {
    text.chars().any(is_hidden)
}

/// Controls, soft hyphen, zero-width and bidi characters, line separators, the byte order mark, tags and other invisibles.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A zero-width joiner or non-joiner between two characters that are no ASCII does its work: emoji, Persian, Indic scripts.
fn joins(before: Option<char>, c: char, after: Option<char>) -> bool {
    let visible = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !is_hidden(c));
    matches!(c, '\u{200c}' | '\u{200d}') && visible(before) && visible(after)
}

/// Unicode has pictures for the ASCII controls.
fn control_picture(c: char) -> Option<char> {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32),
        '\u{7f}' => Some('␡'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_count() {
        for (text, want) in [
            ("Reuters AP", "reuters ap"),
            ("Zürich", "zurich"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("ﬁne", "fine"),
            ("İstanbul", "istanbul"),
            ("e\u{301}", "e"),
            ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
            ("한국 名前", "한국 名前"),
        ] {
            let folded = fold(text);
            assert_eq!(folded.nfc().collect::<String>(), want, "{text}");
            assert_eq!(fold(&folded), folded, "{text} folded twice");
        }
    }

    #[test]
    fn a_sign_stands_for_each_unseen_character_of_a_text_that_is_edited() {
        for (text, want) in [
            ("plain\tand\nlines é 名", "plain\tand\nlines é 名"),
            ("bell\u{7}, \u{202e}turned\u{202c}", "bell␇, ◊turned◊"),
            ("👩\u{200d}👧 zero\u{200b}width", "👩\u{200d}👧 zero◊width"),
        ] {
            assert_eq!(signs(text), want);
            assert_eq!(signs(text).chars().count(), text.chars().count());
        }
    }

    #[test]
    fn what_cannot_be_seen_is_marked() {
        for (text, want) in [
            ("plain é 名 😀", "plain é 名 😀"),
            ("a\u{1b}[31mb", "a␛[31mb"),
            ("tab\tline\n", "tab␉line␊"),
            ("a\u{202e}cba", "a‹U+202E›cba"),
            ("dash \u{97} here", "dash ‹U+0097› here"),
            ("zero\u{200b}width\u{feff}", "zero‹U+200B›width‹U+FEFF›"),
            ("a\u{200d}b", "a‹U+200D›b"),
            ("👩\u{200d}👧", "👩\u{200d}👧"),
            ("soft\u{ad}hyphen \u{e0041}", "soft‹U+00AD›hyphen ‹U+E0041›"),
        ] {
            assert_eq!(marks(text), want);
        }
    }
}

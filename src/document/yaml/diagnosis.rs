//! What is wrong with a YAML text, in an editor's words and at the place where it can be repaired.
//!
//! Invariant: only messages and places are made here; whether a text is read is the parser's word.

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{ErrorKind, ScanError};

use super::reader::MAX_DEPTH;
use crate::document::notice::{Fault, NoticeCode};

/// Most characters of this kind that get a line of their own among the warnings.
const MAX_TOLD: usize = 20;

/// Characters that YAML forbids but articles hold, and the letters that stand for them while the parser reads.
#[derive(Default)]
pub(crate) struct Disguise(BTreeMap<char, char>);

impl Disguise {
    /// The text with each forbidden character (U+0080 to U+009F, U+FFFE, U+FFFF) replaced by a letter of the same length that
    /// the text does not have, so that all else keeps its place.
    pub(crate) fn put_on<'a>(block: &'a str, offset: usize, faults: &mut Vec<Fault>) -> (Cow<'a, str>, Self) {
        let is_forbidden = |c: char| matches!(c, '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
        if block.is_ascii() || !block.contains(is_forbidden) {
            return (Cow::Borrowed(block), Self::default());
        }
        let mut two_bytes = ('\u{180}'..'\u{24f}').filter(|letter| !block.contains(*letter));
        let mut three_bytes = ('\u{1e00}'..'\u{1eff}').filter(|letter| !block.contains(*letter));
        let mut stand_ins = BTreeMap::new();
        for (at, c) in block.char_indices().filter(|(_, c)| is_forbidden(*c)) {
            let letter = stand_ins
                .get(&c)
                .copied()
                .or_else(|| if c.len_utf8() == 2 { two_bytes.next() } else { three_bytes.next() });
            let Some(letter) = letter else { return (Cow::Borrowed(block), Self::default()) };
            stand_ins.insert(c, letter);
            if faults.len() < MAX_TOLD {
                let message = format!(
                    "The character U+{:04X} is not allowed in YAML: Jekyll and Hugo refuse the file. It is often a dash or quote \
                     that was converted wrongly",
                    c as u32
                );
                faults.push(Fault::new(NoticeCode::ControlCharacter, message, offset + at));
            }
        }
        let text = block.chars().map(|c| stand_ins.get(&c).copied().unwrap_or(c)).collect();
        (Cow::Owned(text), Self(stand_ins.into_iter().map(|(c, letter)| (letter, c)).collect()))
    }

    /// A text as it is in the file.
    pub(crate) fn take_off(&self, text: Cow<'_, str>) -> String {
        if self.0.is_empty() {
            return text.into_owned();
        }
        text.chars().map(|c| self.0.get(&c).copied().unwrap_or(c)).collect()
    }
}

/// A parser's error, explained.
pub(crate) fn explain(block: &str, offset: usize, error: &ScanError) -> Fault {
    let at = error.marker().byte_offset().unwrap_or(0).min(block.len());
    let mut code = NoticeCode::Syntax;
    let (message, at) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            code = NoticeCode::Limit;
            (format!("The front matter nests too deep here: {MAX_DEPTH} levels are the most that is read"), at)
        }
        ErrorKind::DocumentIndicatorInQuotedScalar => (
            "A line in quotes cannot start with “---” or “...”: it would end the document; indent it".to_owned(),
            document_marker(block, at),
        ),
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed => {
            ("A tab cannot indent in YAML; use spaces".to_owned(), first_tab(block, at))
        }
        ErrorKind::MappingValueNotAllowed => second_colon(block, at),
        ErrorKind::UnknownAnchor => (format!("The alias {} names no anchor above it", word_at(block, at)), at),
        ErrorKind::DirectiveDisallowed => {
            ("A “%” cannot start a value or a line here; put it in quotes".to_owned(), at)
        }
        ErrorKind::UnknownQuotedScalarEscape => unknown_escape(block, at),
        ErrorKind::UnclosedQuotedScalar => ("This quote is never closed".to_owned(), at),
        ErrorKind::InvalidTrailingDoubleQuotedScalar | ErrorKind::InvalidTrailingSingleQuotedScalar => {
            ("There is text behind the closing quote; put all of it in quotes".to_owned(), at)
        }
        ErrorKind::UnexpectedCharacter { character: '\0' } => {
            ("A NUL character stands here; YAML allows none".to_owned(), at)
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            (format!("The control character U+{:04X} stands here; YAML does not allow it", *character as u32), at)
        }
        ErrorKind::UnexpectedCharacter { character } => {
            (format!("“{character}” cannot start a value; put the value in quotes"), at)
        }
        ErrorKind::UnclosedFlowCollection { open } => (format!("This “{open}” is never closed"), at),
        _ => (sentence(&error.info()), at),
    };
    Fault::new(code, message, at + offset)
}

/// The first line from here that starts with a document marker.
fn document_marker(block: &str, at: usize) -> usize {
    let markers = ["\n---", "\n..."].map(|marker| block[at..].find(marker));
    markers.into_iter().flatten().min().map_or(at, |found| at + found + 1)
}

fn line_start(block: &str, at: usize) -> usize {
    block[..at].rfind('\n').map_or(0, |end| end + 1)
}

fn first_tab(block: &str, at: usize) -> usize {
    let start = line_start(block, at);
    block[start..].find('\t').map_or(at, |tab| start + tab)
}

/// A colon where none is expected: a second one in the line, or the line above has none that counts.
fn second_colon(block: &str, at: usize) -> (String, usize) {
    let start = line_start(block, at);
    let above = block[..start].trim_end_matches(['\n', '\r']);
    let above_start = line_start(block, above.len());
    let line = &above[above_start..];
    let counts = |line: &str| line.contains(": ") || line.contains(":\t") || line.ends_with(':');
    if let Some(colon) = line.find(':')
        && !counts(line)
    {
        let behind = above_start + colon + 1;
        return if block[behind..].starts_with('\u{a0}') {
            ("A no-break space is no space to YAML; put a common one behind the colon".to_owned(), behind)
        } else {
            ("A space is missing behind this colon".to_owned(), behind)
        };
    }
    let message = "A second “: ” in a value without quotes; put the value in quotes";
    (message.to_owned(), at)
}

fn word_at(block: &str, at: usize) -> &str {
    let end = block[at..].find([' ', '\t', '\r', '\n', ',', ']', '}']).map_or(block.len(), |end| at + end);
    &block[at..end]
}

/// The parser names the quote's start; the escape is somewhere behind it.
fn unknown_escape(block: &str, quote: usize) -> (String, usize) {
    let mut chars = block[quote..].char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('"', _) => break,
            ('\\', Some((_, escaped))) if !"0abt\tnvfre \"/\\N_LPxuU\r\n".contains(escaped) => {
                let message =
                    format!("“\\{escaped}” is no escape in double quotes; write “\\\\{escaped}” or use single quotes");
                return (message, quote + at);
            }
            _ => {}
        }
    }
    ("A backslash in double quotes is followed by what is no escape".to_owned(), quote)
}

fn sentence(info: &str) -> String {
    let mut chars = info.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Lines between the fences that other readers take for the closing fence, and what git leaves of a conflict.
pub(crate) fn odd_lines(block: &str, offset: usize) -> Vec<Fault> {
    let mut faults = Vec::new();
    for at in memchr::memmem::find_iter(block.as_bytes(), b"\n---")
        .map(|at| at + 1)
        .chain(block.starts_with("---").then_some(0))
    {
        let message = "Hugo takes a line that starts with “---” for the end of the front matter; indent it";
        faults.push(Fault::new(NoticeCode::FenceLike, message, offset + at));
    }
    faults
}

/// Git's conflict markers explain an error better than what they break.
pub(crate) fn conflict_markers(block: &str, offset: usize) -> Option<Fault> {
    let at = if block.starts_with("<<<<<<< ") { 0 } else { block.find("\n<<<<<<< ")? + 1 };
    let has_end = block[at..].contains("\n>>>>>>> ");
    let message = "Git left a conflict here: choose a side of it";
    has_end.then(|| Fault::new(NoticeCode::ConflictMarkers, message, offset + at))
}

//! The row scanner: record and data of an article from its bytes, many times faster than through a document.
//!
//! It knows the plain block subset of YAML that nearly all articles are written in: maps by indentation, lists of `- `, scalars
//! on one line, plain or quoted. For everything else, comments, anchors, block scalars, flow, doubled keys, rare characters, it
//! says that it does not know, and the file is read as a document.
//!
//! Invariant: for any bytes, record, data and styles are exactly those that the document gives, or there are none. They feed rows
//! of the table, their marks and what is learned of a collection, and never an edit.

use memchr::{memchr, memchr_iter, memchr2, memchr3, memchr3_iter, memmem};

use super::data::DataBuilder;
use super::moment::moment;
use super::record::{Outline, Record, RecordBuilder, Scalar, Sink};
use crate::document::{ScalarStyle, Value};
use crate::file::{SitePath, Stamp};
use crate::site::Lesson;

/// Longer front matter is left to the document's reader, with its limits.
const LONGEST: usize = 256 * 1024;

/// More keys in one map are left to it too: looking for doubled ones would take long.
const MOST_KEYS: usize = 64;

/// Deeper nesting is left to it too.
const DEEPEST: usize = 12;

/// The record of an article, or nothing where this scanner does not know.
#[must_use]
pub fn scan(path: &SitePath, stamp: Stamp, bytes: &[u8], outline: &Outline) -> Option<Record> {
    let text = std::str::from_utf8(bytes).ok()?;
    let front = front_matter(text)?;
    let size = if outline.wanted.is_some() { 256 } else { front.len() + front.len() / 4 };
    let builder = read(front, RecordBuilder::new(outline, size))?;
    Some(builder.finish(path.clone(), stamp))
}

/// The data of an article, or nothing where this scanner does not know.
#[must_use]
pub fn data(bytes: &[u8]) -> Option<Value> {
    lesson(bytes).map(|lesson| lesson.data)
}

/// The data of an article and how its texts are written, or nothing where this scanner does not know.
#[must_use]
pub fn lesson(bytes: &[u8]) -> Option<Lesson> {
    let front = front_matter(std::str::from_utf8(bytes).ok()?)?;
    read(front, DataBuilder::new()).map(DataBuilder::finish)
}

/// What the sink has made of a front matter.
fn read<S: Sink>(front: &str, sink: S) -> Option<S> {
    let mut scanner =
        Scanner { front, at: 0, line: None, unescaped: String::new(), keys: Vec::with_capacity(MOST_KEYS), sink };
    scanner.advance();
    scanner.line?;
    scanner.map(0, 0)?;
    scanner.line.is_none().then_some(scanner.sink)
}

/// What stands between two lines of `---`, if it holds no character that needs a closer look.
fn front_matter(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("---")?;
    let rest = rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n"))?;
    let bytes = rest.as_bytes();
    let end = memmem::find_iter(bytes, b"\n---").find(|at| matches!(bytes.get(at + 4), None | Some(b'\n' | b'\r')))?;
    let behind = bytes.get(end + 5);
    if bytes.get(end + 4) == Some(&b'\r') && behind != Some(&b'\n') {
        return None;
    }
    let front = rest.get(..=end).filter(|front| front.len() <= LONGEST)?;
    let plain = |byte: &u8| *byte >= b' ' && *byte != 0x7f || *byte == b'\n' || *byte == b'\r';
    let lines_end_well = memchr_iter(b'\r', front.as_bytes()).all(|at| front.as_bytes().get(at + 1) == Some(&b'\n'));
    let all_plain = front.as_bytes().iter().fold(true, |all, byte| all & plain(byte));
    (all_plain && lines_end_well && !has_rare_characters(front)).then_some(front)
}

/// Whether there is a character above ASCII that readers of YAML do not agree on: controls, separators, marks of byte order.
fn has_rare_characters(front: &str) -> bool {
    let rare = |c| matches!(c, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    // Their UTF-8 begins with one of three bytes, which most texts hold rarely.
    memchr3_iter(0xc2, 0xe2, 0xef, front.as_bytes())
        .any(|at| front.get(at..).and_then(|rest| rest.chars().next()).is_some_and(rare))
}

#[derive(Clone, Copy)]
struct Line<'t> {
    indent: usize,
    /// Without indentation and without blanks at the end.
    content: &'t str,
}

struct Scanner<'t, S> {
    front: &'t str,
    at: usize,
    /// The line we are at; nothing at the end.
    line: Option<Line<'t>>,
    unescaped: String,
    /// The keys of the maps that we are in, those of the innermost last.
    keys: Vec<&'t str>,
    sink: S,
}

impl<'t, S: Sink> Scanner<'t, S> {
    /// Goes to the next line that is not blank.
    fn advance(&mut self) {
        self.line = None;
        while let Some(rest) = self.front.get(self.at..).filter(|rest| !rest.is_empty()) {
            let end = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            self.at += end + 1;
            let line = rest.as_bytes().get(..end).unwrap_or_default();
            let length =
                line.strip_suffix(b"\r").unwrap_or(line).iter().rposition(|byte| *byte != b' ').map_or(0, |at| at + 1);
            let indent = blanks(line);
            if indent < length {
                self.line = Some(Line { indent, content: rest.get(indent..length).unwrap_or_default() });
                return;
            }
        }
    }

    /// A map whose keys stand at this column; we are at its first line.
    fn map(&mut self, indent: usize, depth: usize) -> Option<usize> {
        let (first, mut seen) = (self.keys.len(), 0_u64);
        while let Some(line) = self.line {
            if line.indent < indent {
                break;
            }
            if line.indent > indent {
                return None;
            }
            if item_of(line.content).is_some() {
                break;
            }
            let (key, value) = key_of(line.content)?;
            // Most keys are told apart from all others by a bit.
            let bit = bit_of(key);
            if seen & bit != 0 && self.keys.iter().skip(first).any(|known| *known == key) {
                return None;
            }
            seen |= bit;
            self.keys.push(key);
            if self.keys.len() - first > MOST_KEYS {
                return None;
            }
            self.sink.enter(key);
            self.value(value, indent, depth)?;
            self.sink.leave();
        }
        let count = self.keys.len() - first;
        self.keys.truncate(first);
        (count > 0).then_some(count)
    }

    /// What stands behind a key at this column, on its line or below.
    fn value(&mut self, value: &'t str, indent: usize, depth: usize) -> Option<()> {
        if depth >= DEEPEST {
            return None;
        }
        if !value.is_empty() {
            self.scalar(value)?;
            self.advance();
            return Some(());
        }
        self.advance();
        match self.line {
            Some(line) if line.indent >= indent && item_of(line.content).is_some() => self.list(line.indent, depth + 1),
            Some(line) if line.indent > indent => {
                self.sink.begin_map();
                let count = self.map(line.indent, depth + 1)?;
                self.sink.end_map(count);
                Some(())
            }
            _ => {
                self.sink.scalar(Scalar::Null);
                Some(())
            }
        }
    }

    /// A list whose dashes stand at this column; we are at its first line.
    fn list(&mut self, indent: usize, depth: usize) -> Option<()> {
        self.sink.begin_list();
        while let Some(line) = self.line {
            let item = match item_of(line.content) {
                Some(item) if line.indent == indent => item,
                _ if line.indent > indent => return None,
                _ => break,
            };
            if matches!(item.as_bytes(), [b' ' | b'#', ..] | [b'-', b' ', ..] | [b'-']) {
                return None;
            }
            if key_of(item).is_some() {
                // The first key stands behind the dash, the others below it.
                self.line = Some(Line { indent: indent + 2, content: item });
                self.sink.map_item();
                self.map(indent + 2, depth + 1)?;
                self.sink.end_map_item();
            } else {
                self.scalar(item)?;
                self.advance();
            }
        }
        self.sink.end_list();
        Some(())
    }

    fn scalar(&mut self, value: &str) -> Option<()> {
        let (style, scalar) = match value.as_bytes().first()? {
            b'"' => (ScalarStyle::Double, Scalar::Text(double_quoted(value, &mut self.unescaped)?)),
            b'\'' => (ScalarStyle::Single, Scalar::Text(single_quoted(value, &mut self.unescaped)?)),
            b'[' if value == "[]" => {
                self.sink.begin_list();
                self.sink.end_list();
                return Some(());
            }
            _ => (ScalarStyle::Plain, plain(value)?),
        };
        self.sink.written(style);
        self.sink.scalar(scalar);
        Some(())
    }
}

/// A plain key and what stands behind its colon.
fn key_of(content: &str) -> Option<(&str, &str)> {
    let length = content.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    let (key, rest) = content.split_at_checked(length)?;
    let behind = rest.strip_prefix(':')?;
    let is_word = matches!(key.as_bytes(), [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..]) && key.len() <= 100;
    let is_other = || ["null", "true", "false"].iter().any(|word| key.eq_ignore_ascii_case(word));
    let blanks = blanks(behind.as_bytes());
    if !is_word || matches!(key.len(), 4 | 5) && is_other() || blanks == 0 && !behind.is_empty() {
        return None;
    }
    Some((key, behind.get(blanks..)?))
}

/// What stands behind the dash of an item.
fn item_of(content: &str) -> Option<&str> {
    if matches!(content.as_bytes(), [b'-', b' ', ..]) { content.get(2..) } else { None }
}

/// How many blanks a line begins with.
fn blanks(line: &[u8]) -> usize {
    line.iter().take_while(|byte| **byte == b' ').count()
}

/// One of 64 bits that stands for a key by its length and its ends.
fn bit_of(key: &str) -> u64 {
    let ends = [key.as_bytes().first(), key.as_bytes().last()].map(|end| usize::from(end.copied().unwrap_or_default()));
    1 << ((key.len() * 31 + ends[0] * 7 + ends[1]) % 64)
}

fn double_quoted<'a>(value: &'a str, unescaped: &'a mut String) -> Option<&'a str> {
    let inner = value.get(1..)?;
    let at = memchr2(b'"', b'\\', inner.as_bytes())?;
    if inner.as_bytes().get(at) == Some(&b'"') {
        return (at + 1 == inner.len()).then(|| inner.get(..at))?;
    }
    unescaped.clear();
    let mut rest = inner;
    loop {
        let at = memchr2(b'"', b'\\', rest.as_bytes())?;
        unescaped.push_str(rest.get(..at)?);
        if rest.as_bytes().get(at) == Some(&b'"') {
            return (at + 1 == rest.len()).then_some(unescaped);
        }
        unescaped.push(match rest.as_bytes().get(at + 1)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'n' => '\n',
            b't' => '\t',
            _ => return None,
        });
        rest = rest.get(at + 2..)?;
    }
}

fn single_quoted<'a>(value: &'a str, unescaped: &'a mut String) -> Option<&'a str> {
    let inner = value.get(1..)?;
    let at = memchr(b'\'', inner.as_bytes())?;
    if at + 1 == inner.len() {
        return inner.get(..at);
    }
    let inner = inner.strip_suffix('\'')?;
    let doubled = inner.replace("''", "\0");
    if doubled.contains('\'') {
        return None;
    }
    unescaped.clear();
    unescaped.push_str(&doubled.replace('\0', "'"));
    Some(unescaped)
}

/// A plain scalar, if it is one beyond doubt.
fn plain(value: &str) -> Option<Scalar<'_>> {
    let first = *value.as_bytes().first()?;
    if b",[]{}#&*!|>%@`?:~=<+.\"'".contains(&first) || value.as_bytes().last() == Some(&b':') {
        return None;
    }
    let mut rest = value;
    while let Some(at) = memchr3(b':', b'#', b'\0', rest.as_bytes()) {
        let (before, behind) = (rest.as_bytes().get(at.wrapping_sub(1)), rest.as_bytes().get(at + 1));
        match rest.as_bytes().get(at) {
            Some(b':') if behind == Some(&b' ') => return None,
            Some(b'#') if matches!(before, None | Some(b' ')) => return None,
            Some(b'\0') => return None,
            _ => rest = rest.get(at + 1..)?,
        }
    }
    match first {
        b'0'..=b'9' | b'-' => number_or_text(value),
        b't' | b'T' | b'f' | b'F' | b'n' | b'N' if value.len() <= 5 => Some(match value {
            "true" | "True" | "TRUE" => Scalar::Bool(true),
            "false" | "False" | "FALSE" => Scalar::Bool(false),
            "null" | "Null" | "NULL" => Scalar::Null,
            text => Scalar::Text(text),
        }),
        _ => Some(Scalar::Text(value)),
    }
}

fn number_or_text(value: &str) -> Option<Scalar<'_>> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.len() <= 15 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Scalar::Number(value.parse::<i64>().ok()? as f64, value));
    }
    let numeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, fraction)) = digits.split_once('.')
        && numeric(whole)
        && numeric(fraction)
    {
        return Some(Scalar::Number(value.parse().ok()?, value));
    }
    if moment(value).is_some() {
        return Some(Scalar::Text(value));
    }
    // What might be a number or a date of some kind is for the reader to say.
    let doubtful = |byte: u8| byte.is_ascii_digit() || b" :.+-_,eETtZzxXoOabcdfABCDF".contains(&byte);
    (digits.starts_with(|c: char| c.is_ascii_digit()) && !value.bytes().all(doubtful)).then_some(Scalar::Text(value))
}

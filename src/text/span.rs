//! Byte spans of a text, and the line and column an editor is told instead.
//!
//! Invariant: a span is in bytes from the start of the whole file; lines and columns count from 1, columns in characters.

use std::fmt;
use std::ops::Range;

/// A half-open range of bytes, `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// As a standard range, to index a text with.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The same span, `by` bytes further on.
    #[must_use]
    pub const fn shifted(self, by: usize) -> Self {
        Self::new(self.start + by, self.end + by)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A place as an editor reads it: line and column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The place that a message of the form `file:line:column: what` names.
    #[must_use]
    pub fn told(message: &str, file: &str) -> Option<Self> {
        let mut parts = message.strip_prefix(file)?.strip_prefix(':')?.splitn(3, ':');
        let (line, column) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().map(|_| Self { line, column })
    }

    /// The place of the byte `offset` in `text`. An offset past the end is the end; a byte order mark has no column.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
        let column = before[line_start..].chars().filter(|c| *c != '\u{feff}').count() + 1;
        Self { line: line as u32, column: column as u32 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Where the lines of a text begin, so that many places cost one walk.
#[derive(Clone, Debug)]
pub struct LineIndex(Vec<u32>);

impl LineIndex {
    /// The lines of `text`; texts beyond 4 GiB have no places there.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        Self(std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect())
    }

    /// The place of the byte `offset` in the same text, as [`Place::of`] has it.
    #[must_use]
    pub fn place(&self, text: &str, offset: usize) -> Place {
        let offset = offset.min(text.len());
        let line = self.0.partition_point(|start| *start as usize <= offset);
        let start = self.0.get(line.saturating_sub(1)).map_or(0, |start| *start as usize);
        Place { line: line as u32, ..Place::of(&text[start..], offset - start) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_its_place() {
        let place = Some(Place { line: 12, column: 3 });
        assert_eq!(Place::told("a/b.md:12:3: wrong", "a/b.md"), place);
        assert_eq!(Place::told("a:b.md:12:3: wrong: at 5", "a:b.md"), place);
        for other in ["a/b.md: wrong", "a/b.md:12: wrong", "c.md:12:3: wrong", "a/b.md:x:3: wrong"] {
            assert_eq!(Place::told(other, "a/b.md"), None, "{other}");
        }
    }

    #[test]
    fn places_count_characters_from_one() {
        let text = "\u{feff}---\ntitle: é名x\n";
        for (offset, want) in [(0, "1:1"), (3, "1:1"), (6, "1:4"), (7, "2:1"), (16, "2:9"), (19, "2:10"), (99, "3:1")] {
            assert_eq!(Place::of(text, offset).to_string(), want, "offset {offset}");
            assert_eq!(LineIndex::new(text).place(text, offset).to_string(), want, "offset {offset} by index");
        }
    }
}

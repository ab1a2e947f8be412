//! Texts made ready for searching: case and accents folded, one behind the other, so that one search runs over many rows.
//!
//! Invariant: a NUL ends each text and stands in none, so that nothing is found across two of them.

use memchr::memmem::Finder;

use super::column::{Chunk, Tag, item_text};
use super::fold::fold_into;
use super::pool::{TextId, TextPool};

const END: char = '\0';

/// Where a folded text lies among those of its chunk, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    start: u32,
    end: u32,
}

/// The folded texts of some rows.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    text: String,
    /// Where each text ends, its NUL included.
    ends: Vec<u32>,
    /// Whose text it is: the row in its chunk.
    rows: Vec<u16>,
}

impl Folded {
    /// All texts of a chunk: of text cells, dates and list items.
    pub(crate) fn of(chunk: &Chunk, pool: &TextPool) -> Self {
        let mut folded = Self::default();
        for (row, tag) in chunk.tags.iter().enumerate() {
            match tag {
                Tag::Text => folded.push(row, [pool.get(TextId(chunk.word(row)))]),
                Tag::Date => folded.push(row, chunk.date(row).map(|(_, id)| pool.get(id))),
                Tag::List => {
                    for item in chunk.list(row) {
                        folded.push(row, [item_text(*item, pool).unwrap_or_default()]);
                    }
                }
                _ => {}
            }
        }
        folded.shrink();
        folded
    }

    /// Adds one text made of parts, between which nothing is found either.
    pub(crate) fn push<'t>(&mut self, row: usize, parts: impl IntoIterator<Item = &'t str>) {
        for part in parts {
            let start = self.text.len();
            fold_into(part, &mut self.text);
            if self.text.get(start..).is_some_and(|new| new.contains(END)) {
                let clean = self.text.split_off(start).replace(END, " ");
                self.text.push_str(&clean);
            }
            self.text.push(END);
        }
        self.ends.push(self.text.len() as u32);
        self.rows.push(row as u16);
    }

    /// Gives back what was reserved and not used.
    pub(crate) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.rows.shrink_to_fit();
    }

    /// Calls `found` with the row of each text that contains the needle, at least once.
    pub(crate) fn containing(&self, needle: &Finder<'_>, mut found: impl FnMut(usize)) {
        let bytes = self.text.as_bytes();
        let (mut from, mut item) = (0, 0);
        while let Some(at) = bytes.get(from..).and_then(|rest| needle.find(rest)) {
            let at = (from + at) as u32;
            item += self.ends.get(item..).unwrap_or_default().partition_point(|end| *end <= at);
            let (Some(row), Some(end)) = (self.rows.get(item), self.ends.get(item)) else { return };
            found(usize::from(*row));
            from = *end as usize;
        }
    }

    /// Each row with the place of one of its texts.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, Place)> {
        let mut start = 0;
        self.ends.iter().zip(&self.rows).map(move |(end, row)| {
            let place = Place { start, end: *end - 1 };
            start = *end;
            (usize::from(*row), place)
        })
    }

    /// The text at a place.
    pub(crate) fn text_at(&self, place: Place) -> &str {
        self.text.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    /// Calls `found` with the row of each text that is exactly this.
    pub(crate) fn equal_to(&self, wanted: &str, mut found: impl FnMut(usize)) {
        let (bytes, mut start) = (self.text.as_bytes(), 0);
        for (end, row) in self.ends.iter().zip(&self.rows) {
            let end = *end as usize;
            if end - start == wanted.len() + 1 && bytes.get(start..end - 1) == Some(wanted.as_bytes()) {
                found(usize::from(*row));
            }
            start = end;
        }
    }

    /// How many bytes of text, and how many texts.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.text.len(), self.ends.len())
    }
}

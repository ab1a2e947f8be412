//! How often each value of a field occurs among some rows, and how the numbers of a field are spread.
//!
//! Invariant: counts are of articles: a value that an article's list holds twice counts once.

use std::collections::HashMap;

use rayon::prelude::*;

use super::column::{CHUNK, Chunk, NULL_ITEM, Tag, item_text};
use super::{ArticleId, Catalog, Cell, ColumnKey};
use crate::document::FieldPath;

/// The values of one field among some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Facets {
    /// The field.
    pub field: FieldPath,
    /// Each value with the number of articles that have it, the most frequent first, then by the alphabet.
    pub values: Vec<(String, usize)>,
    /// How many articles have none.
    pub missing: usize,
    /// How many values there are that `values` leaves out.
    pub more: usize,
}

/// A field of more different values than this is no facet worth showing whole.
const MOST_VALUES: usize = 500;

/// What is counted without its text being looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Value {
    Text(u32),
    Number(u64),
    Truth(bool),
}

impl Facets {
    /// Counts the values of these fields among these rows.
    #[must_use]
    pub fn count(catalog: &Catalog, rows: &[ArticleId], fields: &[FieldPath]) -> Vec<Self> {
        fields.par_iter().map(|field| Self::of(catalog, rows, field)).collect()
    }

    fn of(catalog: &Catalog, rows: &[ArticleId], field: &FieldPath) -> Self {
        let ColumnKey::Field(_) = catalog.column(&field.to_string()) else {
            return Self::of_computed(catalog, rows, field);
        };
        let shared = &catalog.shared;
        let mut counts: HashMap<Value, usize, Plain> = HashMap::default();
        let mut missing = 0;
        let column = shared.field(field);
        for id in rows {
            let chunk = column.and_then(|column| column.chunk(id.row() / CHUNK));
            if !chunk.is_some_and(|chunk| count_row(chunk, id.row() % CHUNK, &mut counts)) {
                missing += 1;
            }
        }
        let texts = counts.into_iter().map(|(value, count)| {
            let text = match value {
                Value::Text(id) => item_text(id, &shared.pool).unwrap_or_default().to_owned(),
                Value::Number(bits) => f64::from_bits(bits).to_string(),
                Value::Truth(yes) => yes.to_string(),
            };
            (text, count)
        });
        Self::ordered(field, texts, missing)
    }

    fn of_computed(catalog: &Catalog, rows: &[ArticleId], field: &FieldPath) -> Self {
        let key = catalog.column(&field.to_string());
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut missing = 0;
        for id in rows {
            match catalog.cell(*id, &key) {
                Cell::Missing => missing += 1,
                cell => *counts.entry(cell.to_string()).or_default() += 1,
            }
        }
        Self::ordered(field, counts.into_iter(), missing)
    }

    /// Puts equal texts together (one text may have two numbers) and the most frequent first.
    fn ordered(field: &FieldPath, counts: impl Iterator<Item = (String, usize)>, missing: usize) -> Self {
        let mut values: Vec<(String, usize)> = counts.collect();
        values.sort_unstable();
        values.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
        values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let more = values.len().saturating_sub(MOST_VALUES);
        values.truncate(MOST_VALUES);
        Self { field: field.clone(), values, missing, more }
    }
}

/// Counts what one row holds; says whether that was anything.
fn count_row(chunk: &Chunk, row: usize, counts: &mut HashMap<Value, usize, Plain>) -> bool {
    let value = match chunk.tag(row) {
        Tag::List => {
            let items = chunk.list(row);
            for (at, item) in items.iter().enumerate() {
                let again = items.iter().take(at).any(|before| before == item);
                if *item != NULL_ITEM && !again {
                    *counts.entry(Value::Text(*item)).or_default() += 1;
                }
            }
            return items.iter().any(|item| *item != NULL_ITEM);
        }
        Tag::Text if chunk.word(row) != 0 => Value::Text(chunk.word(row)),
        Tag::Date => chunk.date(row).map_or(Value::Text(0), |(_, id)| Value::Text(id.0)),
        Tag::Integer | Tag::Wide => Value::Number(chunk.number(row).unwrap_or_default().to_bits()),
        Tag::False => Value::Truth(false),
        Tag::True => Value::Truth(true),
        Tag::Entries => return chunk.word(row) != 0,
        Tag::Opaque => return true,
        Tag::Missing | Tag::Null | Tag::Text => return false,
    };
    *counts.entry(value).or_default() += 1;
    true
}

/// A quick hash for small keys that nobody chooses to our harm: counts are bounded by rows whatever they hash to.
#[derive(Clone, Default)]
struct Plain;

struct PlainHasher(u64);

impl std::hash::BuildHasher for Plain {
    type Hasher = PlainHasher;

    fn build_hasher(&self) -> PlainHasher {
        PlainHasher(0)
    }
}

impl std::hash::Hasher for PlainHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(26) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 29;
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number as u64);
    }
}

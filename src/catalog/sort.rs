//! Rows in order: numbers and dates as such, texts without case and accents, missing values last in either direction.
//!
//! Invariant: sorting is stable, so a second key may be a column that was sorted by before.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::column::{CHUNK, Chunk, Column, Tag, item_text};
use super::fold::fold;
use super::pool::TextPool;
use super::rows::NO_DATE;
use super::{ArticleId, Catalog, Cell, ColumnKey, Computed};

/// One column to sort by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct SortKey {
    /// The column.
    pub column: ColumnKey,
    /// From the largest to the smallest.
    pub descending: bool,
}

/// Sorts rows by these keys, the first one first. Rows that are equal in all keys keep their order.
pub fn sort(catalog: &Catalog, rows: &mut Vec<ArticleId>, keys: &[SortKey]) {
    let Some((first, others)) = keys.split_first() else { return };
    let first = Ranks::of(catalog, first);
    let others: Vec<Ranks<'_>> = others.iter().map(|key| Ranks::of(catalog, key)).collect();
    let mut ranked: Vec<(u128, ArticleId)> = rows.iter().map(|id| (first.rank(*id), *id)).collect();
    let compare = |a: &(u128, ArticleId), b: &(u128, ArticleId)| {
        let rest = || first.compare_rest(a.0, a.1, b.1);
        let further = || others.iter().map(|ranks| ranks.compare(a.1, b.1)).find(|order| order.is_ne());
        a.0.cmp(&b.0).then_with(rest).then_with(|| further().unwrap_or(Ordering::Equal))
    };
    if ranked.is_sorted_by(|a, b| compare(a, b).is_le()) {
        return;
    }
    ranked.par_sort_by(compare);
    rows.clear();
    rows.extend(ranked.into_iter().map(|(_, id)| id));
}

/// What comes first among values of different kinds in one column.
mod class {
    pub(super) const NUMBER: u8 = 1;
    pub(super) const DATE: u8 = 2;
    pub(super) const TRUTH: u8 = 3;
    pub(super) const TEXT: u8 = 4;
    pub(super) const NULL: u8 = 14;
    pub(super) const MISSING: u8 = 15;
}

/// The rank of each row in one column: the kind in the upper byte, then as much of the value as fits.
struct Ranks<'c> {
    catalog: &'c Catalog,
    key: &'c SortKey,
    ranks: Vec<u128>,
}

impl<'c> Ranks<'c> {
    fn of(catalog: &'c Catalog, key: &'c SortKey) -> Self {
        let shared = &catalog.shared;
        let chunks = (0..shared.rows.chunks.len()).into_par_iter();
        let of_chunk = |at: usize| match &key.column {
            ColumnKey::Field(field) => of_column(shared.field(field), at, &shared.pool),
            ColumnKey::Computed(computed) => of_computed(catalog, *computed, at),
        };
        let descending = key.descending;
        let ranks = chunks.flat_map_iter(|at| of_chunk(at).into_iter().map(move |rank| turned(rank, descending))).collect();
        Self { catalog, key, ranks }
    }

    fn rank(&self, id: ArticleId) -> u128 {
        self.ranks.get(id.row()).copied().unwrap_or_else(|| rank(class::MISSING, 0))
    }

    fn compare(&self, a: ArticleId, b: ArticleId) -> Ordering {
        let ranks = (self.rank(a), self.rank(b));
        ranks.0.cmp(&ranks.1).then_with(|| self.compare_rest(ranks.0, a, b))
    }

    /// Compares texts that begin alike.
    fn compare_rest(&self, rank: u128, a: ArticleId, b: ArticleId) -> Ordering {
        if kind_of(rank) != class::TEXT || a == b {
            return Ordering::Equal;
        }
        let text = |id| fold(&sorted_text(&self.catalog.cell(id, &self.key.column)));
        let order = text(a).cmp(&text(b));
        if self.key.descending { order.reverse() } else { order }
    }
}

fn of_column(column: Option<&Column>, at: usize, pool: &TextPool) -> Vec<u128> {
    let mut ranks = vec![rank(class::MISSING, 0); CHUNK];
    let Some(chunk) = column.and_then(|column| column.chunk(at)) else { return ranks };
    for (row, slot) in ranks.iter_mut().enumerate().take(chunk.tags.len()) {
        *slot = of_cell(chunk, row, pool);
    }
    let mut last = usize::MAX;
    if chunk.tags.contains(&Tag::Text) || chunk.tags.contains(&Tag::List) {
        for (row, text) in chunk.folded(pool).iter() {
            let is_first = row != last;
            last = row;
            match (chunk.tag(row), ranks.get_mut(row)) {
                (Tag::Text, Some(slot)) if !text.is_empty() => *slot = text_rank(text),
                (Tag::List, Some(slot)) if is_first => *slot = list_rank(text, chunk.list(row).len()),
                _ => {}
            }
        }
    }
    ranks
}

fn of_cell(chunk: &Chunk, row: usize, pool: &TextPool) -> u128 {
    match chunk.tag(row) {
        Tag::Integer | Tag::Wide | Tag::Entries => number_rank(chunk.number(row).unwrap_or_default()),
        Tag::Date => date_rank(chunk.date(row).map_or(NO_DATE, |(seconds, _)| seconds)),
        Tag::False => rank(class::TRUTH, 0),
        Tag::True => rank(class::TRUTH, 1),
        Tag::Null => rank(class::NULL, 0),
        Tag::List if chunk.list(row).iter().all(|item| item_text(*item, pool).is_none()) => rank(class::NULL, 0),
        // The empty text: behind every other, before null.
        Tag::Text | Tag::List => rank(class::NULL - 1, 0),
        Tag::Missing | Tag::Opaque => rank(class::MISSING, 0),
    }
}

fn of_computed(catalog: &Catalog, computed: Computed, at: usize) -> Vec<u128> {
    let key = ColumnKey::Computed(computed);
    let ids = (at * CHUNK..(at + 1) * CHUNK).map(|row| ArticleId(row as u32));
    ids.map(|id| match catalog.cell(id, &key) {
        Cell::Number(number) => number_rank(number),
        Cell::Date { seconds, .. } => date_rank(seconds),
        Cell::Text(text) if !text.is_empty() => text_rank(&fold(text)),
        _ => rank(class::MISSING, 0),
    })
    .collect()
}

/// What a cell is sorted by where it is text.
fn sorted_text(cell: &Cell<'_>) -> String {
    match cell {
        Cell::List(items) => items.join("\u{1}"),
        Cell::Text(text) => (*text).to_owned(),
        _ => String::new(),
    }
}

fn rank(class: u8, value: u128) -> u128 {
    u128::from(class) << 120 | value & (u128::MAX >> 8)
}

fn kind_of(rank: u128) -> u8 {
    (rank >> 120) as u8 & 15
}

/// The rank for the other direction: values are turned round, but missing ones stay last.
fn turned(own: u128, descending: bool) -> u128 {
    let class = kind_of(own);
    if !descending || class >= class::NULL - 1 {
        return own;
    }
    // The class moves too, the upper half of the byte keeps it readable as the same kind.
    let turned_class = 8 - class;
    u128::from(turned_class) << 124 | u128::from(class) << 120 | !own & (u128::MAX >> 8)
}

fn number_rank(number: f64) -> u128 {
    if number.is_nan() {
        return rank(class::NULL, 0);
    }
    let bits = (number + 0.0).to_bits();
    let ordered = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
    rank(class::NUMBER, u128::from(ordered))
}

fn date_rank(seconds: i64) -> u128 {
    rank(class::DATE, u128::from(seconds.cast_unsigned() ^ 1 << 63))
}

fn text_rank(folded: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes.iter_mut().skip(1).zip(folded.as_bytes()).for_each(|(slot, byte)| *slot = *byte);
    rank(class::TEXT, u128::from_be_bytes(bytes))
}

/// A list stands where its first value stands.
fn list_rank(first: &str, count: usize) -> u128 {
    if count == 0 { rank(class::NULL, 0) } else { text_rank(first) }
}

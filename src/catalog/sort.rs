//! Rows in order: numbers and dates as such, texts without case and accents, missing values last in either direction.
//!
//! Invariant: sorting is stable, so a second key may be a column that was sorted by before.

use std::borrow::Cow;
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
    if keys.is_empty() {
        return;
    }
    let columns: Vec<Ranks<'_>> = keys.iter().map(|key| Ranks::of(catalog, key)).collect();
    let compare = |a: &ArticleId, b: &ArticleId| {
        columns.iter().map(|column| column.compare(*a, *b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    if rows.is_sorted_by(|a, b| compare(a, b).is_le()) {
        return;
    }
    let entry = |(place, id): (usize, &ArticleId)| Entry { rank: 0, place: place as u32, id: *id };
    let mut entries: Vec<Entry> = rows.iter().enumerate().map(entry).collect();
    refine(&mut entries, &columns, 0, 0);
    rows.clear();
    rows.extend(entries.into_iter().map(|entry| entry.id));
}

/// A row on its way to its place.
#[derive(Clone, Copy)]
struct Entry {
    rank: u128,
    /// Where it stood before: what keeps sorting stable.
    place: u32,
    id: ArticleId,
}

/// Texts are compared by so many bytes at a time, as many as a rank holds.
const STEP: usize = 15;

/// So often, then the rest at once: texts that are equal for long are rare.
const STEPS: usize = 32;

/// Sorts entries that are equal in all columns before the first of these, and in so many steps of its texts. Each step reads a
/// row's text once, where comparing texts would read them at every comparison.
fn refine(entries: &mut [Entry], columns: &[Ranks<'_>], step: usize, depth: usize) {
    let Some((column, others)) = columns.split_first() else { return };
    if step == STEPS {
        entries.sort_by(|a, b| column.compare_texts(a.id, b.id).then(a.place.cmp(&b.place)));
        let mut runs = entries.chunk_by_mut(|a, b| column.compare_texts(a.id, b.id).is_eq());
        return runs.by_ref().for_each(|run| refine(run, others, 0, depth + 1));
    }
    entries.iter_mut().for_each(|entry| entry.rank = column.rank_at(entry.id, step));
    let key = |entry: &Entry| (entry.rank, entry.place);
    if depth == 0 && step == 0 {
        entries.par_sort_by_key(key);
    } else {
        entries.sort_unstable_by_key(key);
    }
    for run in entries.chunk_by_mut(|a, b| a.rank == b.rank).filter(|run| run.len() > 1) {
        if run.first().is_some_and(|entry| column.goes_on(entry.rank)) {
            refine(run, columns, step + 1, depth);
        } else {
            refine(run, others, 0, depth + 1);
        }
    }
}

/// What comes first among values of different kinds in one column.
mod class {
    pub(super) const NUMBER: u8 = 1;
    pub(super) const DATE: u8 = 2;
    pub(super) const TRUTH: u8 = 3;
    pub(super) const TEXT: u8 = 4;
    /// From here on, what stays last in either direction.
    pub(super) const EMPTY: u8 = 13;
    pub(super) const NULL: u8 = 14;
    pub(super) const MISSING: u8 = 15;
}

/// The rank of each row in one column: the kind in the upper byte, then as much of the value as fits.
struct Ranks<'c> {
    descending: bool,
    /// So many bytes all texts begin with.
    common: usize,
    /// Of each row.
    of_rows: Vec<u128>,
    /// The folded text of each row that has one.
    texts: Vec<Cow<'c, str>>,
}

/// The rank or the folded text of a row.
enum Rank<'c> {
    Whole(u128),
    Text(Cow<'c, str>),
}

impl<'c> Ranks<'c> {
    fn of(catalog: &'c Catalog, key: &SortKey) -> Self {
        let shared = &catalog.shared;
        let chunks: Vec<Vec<Rank<'c>>> = (0..shared.rows.chunks.len())
            .into_par_iter()
            .map(|at| match &key.column {
                ColumnKey::Field(field) => of_column(shared.field(field), at, &shared.pool),
                ColumnKey::Computed(computed) => of_computed(catalog, *computed, at),
            })
            .collect();
        // What all texts begin with says nothing: addresses are told apart behind `https://www.`.
        let texts =
            chunks.iter().flatten().filter_map(|rank| if let Rank::Text(text) = rank { Some(&**text) } else { None });
        let common = common_start(texts);
        let mut ranks = Vec::with_capacity(chunks.len() * CHUNK);
        let mut texts = Vec::new();
        for rank in chunks.into_iter().flatten() {
            let (rank, text) = match rank {
                Rank::Whole(rank) => (rank, None),
                Rank::Text(text) => (text_rank(text.as_bytes().get(common..).unwrap_or_default()), Some(text)),
            };
            if let Some(text) = text {
                texts.resize(ranks.len(), Cow::Borrowed(""));
                texts.push(text);
            }
            ranks.push(turned(rank, key.descending));
        }
        Self { descending: key.descending, common, of_rows: ranks, texts }
    }

    /// The rank of a row, after so many steps into its text.
    fn rank_at(&self, id: ArticleId, step: usize) -> u128 {
        if step == 0 {
            return self.of_rows.get(id.row()).copied().unwrap_or_else(|| rank(class::MISSING, 0));
        }
        let bytes = self.texts.get(id.row()).map_or(&[][..], |text| text.as_bytes());
        let rest = bytes.get(self.common + step * STEP..).unwrap_or_default();
        turned(text_rank(rest), self.descending)
    }

    /// Whether there may be more text behind this rank. One that ends with a zero holds its text to the end.
    fn goes_on(&self, rank: u128) -> bool {
        let end = if self.descending { 0xff } else { 0 };
        kind_of(rank) == class::TEXT && rank as u8 != end
    }

    fn compare(&self, a: ArticleId, b: ArticleId) -> Ordering {
        let (one, other) = (self.rank_at(a, 0), self.rank_at(b, 0));
        let rest = || if self.goes_on(one) { self.compare_texts(a, b) } else { Ordering::Equal };
        one.cmp(&other).then_with(rest)
    }

    fn compare_texts(&self, a: ArticleId, b: ArticleId) -> Ordering {
        let order = self.texts.get(a.row()).cmp(&self.texts.get(b.row()));
        if self.descending { order.reverse() } else { order }
    }
}

fn common_start<'t>(mut texts: impl Iterator<Item = &'t str>) -> usize {
    let Some(first) = texts.next() else { return 0 };
    let alike =
        |text: &str, most: usize| first.bytes().take(most).zip(text.bytes()).take_while(|(a, b)| a == b).count();
    let mut length = texts.try_fold(first.len(), |length, text| match alike(text, length) {
        0 => None,
        length => Some(length),
    });
    while length.is_some_and(|length| !first.is_char_boundary(length)) {
        length = length.map(|length| length - 1);
    }
    length.unwrap_or(0)
}

fn of_column<'c>(column: Option<&'c Column>, at: usize, pool: &TextPool) -> Vec<Rank<'c>> {
    let mut ranks: Vec<Rank<'c>> = Vec::with_capacity(CHUNK);
    let chunk = column.and_then(|column| column.chunk(at));
    if let Some(chunk) = chunk {
        ranks.extend((0..chunk.tags.len()).map(|row| Rank::Whole(of_cell(chunk, row, pool))));
    }
    ranks.resize_with(CHUNK, || Rank::Whole(rank(class::MISSING, 0)));
    let Some(chunk) = chunk.filter(|chunk| chunk.tags.iter().any(|tag| matches!(tag, Tag::Text | Tag::List))) else {
        return ranks;
    };
    let mut last = usize::MAX;
    for (row, text) in chunk.folded(pool).iter() {
        // A list stands where its first value stands.
        let is_first = std::mem::replace(&mut last, row) != row;
        if is_first
            && !text.is_empty()
            && matches!(chunk.tag(row), Tag::Text | Tag::List)
            && let Some(slot) = ranks.get_mut(row)
        {
            *slot = Rank::Text(Cow::Borrowed(text));
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
        Tag::Text | Tag::List => rank(class::EMPTY, 0),
        Tag::Missing | Tag::Opaque => rank(class::MISSING, 0),
    }
}

fn of_computed(catalog: &Catalog, computed: Computed, at: usize) -> Vec<Rank<'_>> {
    let key = ColumnKey::Computed(computed);
    let ids = (at * CHUNK..(at + 1) * CHUNK).map(|row| ArticleId(row as u32));
    ids.map(|id| match catalog.cell(id, &key) {
        Cell::Number(number) => Rank::Whole(number_rank(number)),
        Cell::Date { seconds, .. } => Rank::Whole(date_rank(seconds)),
        Cell::Text(text) if !text.is_empty() => Rank::Text(Cow::Owned(fold(text))),
        _ => Rank::Whole(rank(class::MISSING, 0)),
    })
    .collect()
}

/// The order of the kind, the kind, and fifteen bytes of value.
fn rank(class: u8, value: u128) -> u128 {
    u128::from(class) << 124 | u128::from(class) << 120 | value & VALUE
}

const VALUE: u128 = u128::MAX >> 8;

fn kind_of(rank: u128) -> u8 {
    (rank >> 120) as u8 & 15
}

/// The rank for the other direction: kinds and values are turned round, but empty and missing ones stay last.
fn turned(own: u128, descending: bool) -> u128 {
    let class = kind_of(own);
    if !descending || class >= class::EMPTY {
        return own;
    }
    u128::from(class::EMPTY - class) << 124 | u128::from(class) << 120 | !own & VALUE
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

fn text_rank(folded: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    bytes.iter_mut().skip(1).zip(folded).for_each(|(slot, byte)| *slot = *byte);
    rank(class::TEXT, u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_order_numbers_dates_and_texts_as_such() {
        let numbers = [f64::NEG_INFINITY, -1e9, -1.5, -0.0, 0.25, 2.0, 10.0, 1e300, f64::INFINITY];
        assert!(numbers.map(number_rank).is_sorted());
        assert!(numbers.map(|number| turned(number_rank(number), true)).iter().rev().is_sorted());
        assert!([i64::MIN, -5, 0, 7, i64::MAX].map(date_rank).is_sorted());
        assert!(["", "a", "a b", "ab", "é"].map(|text| text_rank(text.as_bytes())).is_sorted());
        for present in
            [number_rank(f64::INFINITY), date_rank(i64::MAX), text_rank("\u{10ffff}".as_bytes()), text_rank(b"")]
        {
            for last in [rank(class::EMPTY, 0), rank(class::NULL, 0), rank(class::MISSING, 0), number_rank(f64::NAN)] {
                assert!(present < last && turned(present, true) < turned(last, true));
            }
        }
    }
}

//! Rows in order: numbers and dates as such, texts without case and accents, missing values last in either direction.
//!
//! Invariant: rows that are equal in all keys stand in the order of their paths, whatever order they were read in.

use std::cmp::Ordering;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::column::{CHUNK, Chunk, Column, Tag, item_text};
use super::folded::{Folded, Place};
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

/// Sorts rows by these keys, the first one first. Rows that are equal in all keys stand in the order of their paths.
pub fn sort(catalog: &Catalog, rows: &mut Vec<ArticleId>, keys: &[SortKey]) {
    let columns: Vec<Values<'_>> = keys.iter().map(|key| Values::of(catalog, key)).collect();
    let ranks = catalog.shared.rows.ranks(&catalog.shared.pool);
    let place = |id: ArticleId| ranks.map_or(id.row() as u32, |ranks| ranks.get(id.row()).copied().unwrap_or_default());
    if are_sorted(rows, &columns, &place) {
        return;
    }
    let mut entries: Vec<Entry> = rows.par_iter().map(|id| Entry { rank: 0, place: place(*id), id: *id }).collect();
    refine(&mut entries, &columns, 0, 0);
    rows.clear();
    rows.extend(entries.into_iter().map(|entry| entry.id));
}

/// Whether there is nothing to do, which costs one look at each row.
fn are_sorted(rows: &[ArticleId], columns: &[Values<'_>], place: &(impl Fn(ArticleId) -> u32 + Sync)) -> bool {
    let Some((first, others)) = columns.split_first() else { return rows.is_sorted_by_key(|id| place(*id)) };
    let are_in_order = |piece: &[ArticleId]| {
        let mut last: Option<(ArticleId, Value<'_>)> = None;
        piece.iter().all(|id| {
            let value = first.value(*id);
            let order = last.as_ref().map_or(Ordering::Less, |(before, old)| {
                let by_others = || others.iter().map(|column| column.compare(*before, *id)).find(|order| order.is_ne());
                first.order(old, &value).then_with(|| by_others().unwrap_or_else(|| place(*before).cmp(&place(*id))))
            });
            last = Some((*id, value));
            order.is_le()
        })
    };
    // Pieces overlap by a row, so that their edges are looked at too.
    let pieces = (0..rows.len()).into_par_iter().step_by(CHUNK);
    pieces.all(|start| rows.get(start..(start + CHUNK + 1).min(rows.len())).is_none_or(are_in_order))
}

/// A row on its way to its place.
#[derive(Clone, Copy)]
struct Entry {
    rank: u128,
    /// Where it stands in the order of paths: what tells rows apart that are equal.
    place: u32,
    id: ArticleId,
}

/// Texts are compared by so many bytes at a time, as many as a rank holds.
const STEP: usize = 15;

/// So often, then the rest at once: texts that are equal for long are rare.
const STEPS: usize = 32;

/// Sorts entries that are equal in all columns before the first of these, and in so many steps of its texts. Each step reads a
/// row's text once, where comparing texts would read them at every comparison.
fn refine(entries: &mut [Entry], columns: &[Values<'_>], step: usize, depth: usize) {
    let Some((column, others)) = columns.split_first() else {
        return entries.sort_unstable_by_key(|entry| entry.place);
    };
    if step == STEPS {
        entries.sort_by(|a, b| column.compare(a.id, b.id).then(a.place.cmp(&b.place)));
        let mut runs = entries.chunk_by_mut(|a, b| column.compare(a.id, b.id).is_eq());
        return runs.by_ref().for_each(|run| refine(run, others, 0, depth + 1));
    }
    let key = |entry: &Entry| (entry.rank, entry.place);
    if depth == 0 && step == 0 {
        entries.par_iter_mut().for_each(|entry| entry.rank = column.rank_at(entry.id, step));
        entries.par_sort_unstable_by_key(key);
    } else {
        entries.iter_mut().for_each(|entry| entry.rank = column.rank_at(entry.id, step));
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

/// The values of one column, looked up where they lie: a rank is the kind in the upper byte, then as much of the value as fits.
struct Values<'c> {
    catalog: &'c Catalog,
    source: Source<'c>,
    descending: bool,
    /// The texts of each chunk of rows.
    texts: Vec<Texts<'c>>,
    /// So many bytes all texts begin with, worked out when first asked for: addresses are told apart behind `https://www.`.
    common: OnceLock<usize>,
}

/// Where the values come from.
#[derive(Clone, Copy)]
enum Source<'c> {
    Field(Option<&'c Column>),
    Computed(&'c ColumnKey),
}

/// The folded texts of a chunk, and the one by which each row is sorted. No places where the column has no texts there.
#[derive(Default)]
struct Texts<'c> {
    folded: Option<Folding<'c>>,
    /// An empty one where a row has no text.
    places: Vec<Place>,
}

/// Folded texts: those that a column keeps, or made for this one time.
enum Folding<'c> {
    Kept(&'c Folded),
    Made(Folded),
}

/// What a row is sorted by.
enum Value<'v> {
    Rank(u128),
    Text(&'v str),
}

impl Texts<'_> {
    fn get(&self, row: usize) -> &str {
        let folded = match &self.folded {
            Some(Folding::Kept(folded)) => folded,
            Some(Folding::Made(folded)) => folded,
            None => return "",
        };
        self.places.get(row).map_or("", |place| folded.text_at(*place))
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.places.len()).map(|row| self.get(row)).filter(|text| !text.is_empty())
    }
}

impl<'c> Values<'c> {
    fn of(catalog: &'c Catalog, key: &'c SortKey) -> Self {
        let shared = &catalog.shared;
        let source = match &key.column {
            ColumnKey::Field(field) => Source::Field(shared.field(field)),
            computed @ ColumnKey::Computed(_) => Source::Computed(computed),
        };
        let texts = |at: usize| match source {
            Source::Field(column) => {
                column.and_then(|column| column.chunk(at)).map(|chunk| kept_texts(chunk, &shared.pool))
            }
            Source::Computed(column) => made_texts(catalog, column, at),
        };
        let texts = (0..shared.rows.chunks.len()).into_par_iter().map(|at| texts(at).unwrap_or_default()).collect();
        Self { catalog, source, descending: key.descending, texts, common: OnceLock::new() }
    }

    fn value(&self, id: ArticleId) -> Value<'_> {
        let (at, row) = (id.row() / CHUNK, id.row() % CHUNK);
        let text = self.texts.get(at).map_or("", |texts| texts.get(row));
        if !text.is_empty() {
            return Value::Text(text);
        }
        Value::Rank(match self.source {
            Source::Field(column) => {
                let chunk = column.and_then(|column| column.chunk(at));
                chunk.map_or_else(|| rank(class::MISSING, 0), |chunk| of_cell(chunk, row, &self.catalog.shared.pool))
            }
            Source::Computed(column) => match self.catalog.cell(id, column) {
                Cell::Number(number) => number_rank(number),
                Cell::Date { seconds, .. } => date_rank(seconds),
                _ => rank(class::MISSING, 0),
            },
        })
    }

    /// The rank of a row, after so many steps into its text.
    fn rank_at(&self, id: ArticleId, step: usize) -> u128 {
        let rank = match self.value(id) {
            Value::Rank(rank) => rank,
            Value::Text(text) => text_rank(text.as_bytes().get(self.common() + step * STEP..).unwrap_or_default()),
        };
        turned(rank, self.descending)
    }

    fn common(&self) -> usize {
        *self.common.get_or_init(|| common_start(&self.texts))
    }

    /// Whether there may be more text behind this rank. One that ends with a zero holds its text to the end.
    fn goes_on(&self, rank: u128) -> bool {
        let end = if self.descending { 0xff } else { 0 };
        kind_of(rank) == class::TEXT && rank as u8 != end
    }

    fn compare(&self, a: ArticleId, b: ArticleId) -> Ordering {
        self.order(&self.value(a), &self.value(b))
    }

    /// The order of two of its values.
    fn order(&self, one: &Value<'_>, other: &Value<'_>) -> Ordering {
        let rank = |value: &Value<'_>| match value {
            Value::Rank(own) => turned(*own, self.descending),
            Value::Text(_) => turned(rank(class::TEXT, 0), self.descending),
        };
        match (one, other) {
            (Value::Text(one), Value::Text(other)) if self.descending => other.cmp(one),
            (Value::Text(one), Value::Text(other)) => one.cmp(other),
            _ => rank(one).cmp(&rank(other)),
        }
    }
}

/// How many bytes all texts begin with.
fn common_start(chunks: &[Texts<'_>]) -> usize {
    let Some(first) = chunks.iter().find_map(|texts| texts.iter().next()) else { return 0 };
    let alike = |text: &str| first.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
    let of_chunk = |texts: &Texts<'_>| {
        let mut least = first.len();
        for text in texts.iter() {
            if least == 0 {
                break;
            }
            least = least.min(alike(text));
        }
        least
    };
    let least = chunks.par_iter().map(of_chunk).min().unwrap_or(0);
    first.floor_char_boundary(least)
}

/// The texts that a column keeps. A list stands where its first value stands.
fn kept_texts<'c>(chunk: &'c Chunk, pool: &TextPool) -> Texts<'c> {
    let is_text = |tag: Tag| matches!(tag, Tag::Text | Tag::List);
    if !chunk.tags.iter().any(|tag| is_text(*tag)) {
        return Texts::default();
    }
    let folded = chunk.folded(pool);
    let mut places = vec![Place::default(); chunk.tags.len()];
    let mut last = usize::MAX;
    for (row, place) in folded.places() {
        let is_first = std::mem::replace(&mut last, row) != row;
        if is_first
            && is_text(chunk.tag(row))
            && let Some(slot) = places.get_mut(row)
        {
            *slot = place;
        }
    }
    Texts { folded: Some(Folding::Kept(folded)), places }
}

/// The texts of a column that is worked out; nothing where it has none.
fn made_texts<'c>(catalog: &Catalog, column: &ColumnKey, at: usize) -> Option<Texts<'c>> {
    use Computed::{Collection, Image, Path, State, Title};
    if !matches!(column, ColumnKey::Computed(State | Path | Title | Image | Collection)) {
        return None;
    }
    let (mut folded, mut places) = (Folded::default(), vec![Place::default(); CHUNK]);
    for row in 0..CHUNK {
        if let Cell::Text(text) = catalog.cell(ArticleId((at * CHUNK + row) as u32), column) {
            folded.push(row, [text]);
        }
    }
    for (row, place) in folded.places() {
        if let Some(slot) = places.get_mut(row) {
            *slot = place;
        }
    }
    Some(Texts { folded: Some(Folding::Made(folded)), places })
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

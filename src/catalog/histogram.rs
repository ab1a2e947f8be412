//! How the numbers of a field are spread over bars of equal width.
//!
//! Invariant: each number among the rows is in exactly one bar, and each bar's ends are shown as they are filtered by.

use super::column::CHUNK;
use super::{ArticleId, Catalog};
use crate::document::FieldPath;

/// The numbers of one field among some rows, in bars of equal width.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Where the first bar starts: over all articles, so that bars stay where they are when the filter changes.
    pub low: f64,
    /// Where the last bar ends; a number here is in the last bar.
    pub high: f64,
    /// How many articles are in each bar.
    pub counts: Vec<usize>,
    /// How many rows have no number in this field.
    pub missing: usize,
}

impl Histogram {
    /// Counts the numbers of a field among these rows.
    #[must_use]
    pub fn of(catalog: &Catalog, rows: &[ArticleId], field: &FieldPath, bars: usize) -> Self {
        let Some(column) = catalog.shared.field(field) else {
            return Self { counts: vec![0; bars], missing: rows.len(), ..Self::default() };
        };
        let number = |row: usize| {
            let chunk = column.chunk(row / CHUNK)?;
            chunk.number(row % CHUNK).filter(|number| number.is_finite())
        };
        let all = || (0..column.chunks.len() * CHUNK).filter_map(number);
        let (low, high) = all().fold((f64::MAX, f64::MIN), |(low, high), number| (low.min(number), high.max(number)));
        let mut histogram = Self { low, high, counts: vec![0; bars], missing: 0 };
        if low > high {
            (histogram.low, histogram.high) = (0.0, 0.0);
        }
        for id in rows {
            match number(id.row()).and_then(|number| histogram.bar_of(number)) {
                Some(bar) => histogram.counts.get_mut(bar).into_iter().for_each(|count| *count += 1),
                None => histogram.missing += 1,
            }
        }
        histogram
    }

    /// The bar that a number is in.
    #[must_use]
    pub fn bar_of(&self, number: f64) -> Option<usize> {
        if self.counts.is_empty() || !(self.low..=self.high).contains(&number) {
            return None;
        }
        let width = self.width();
        let bar = if width > 0.0 { ((number - self.low) / width) as usize } else { 0 };
        Some(bar.min(self.counts.len() - 1))
    }

    /// Where a bar starts and ends.
    #[must_use]
    pub fn ends(&self, bar: usize) -> (f64, f64) {
        (self.low + self.width() * bar as f64, self.low + self.width() * (bar + 1) as f64)
    }

    /// The highest bar's count.
    #[must_use]
    pub fn peak(&self) -> usize {
        self.counts.iter().copied().max().unwrap_or(0)
    }

    fn width(&self) -> f64 {
        (self.high - self.low) / self.counts.len().max(1) as f64
    }
}

//! How the numbers of a field are spread over bars of equal width.
//!
//! Invariant: each number among the rows is in exactly one bar, and each bar's ends are shown as they are filtered by.

use super::column::CHUNK;
use super::{ArticleId, Catalog};
use crate::document::FieldPath;

/// The numbers of one field among some rows, in bars of equal width.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Where the first bar starts: half a percent of all articles lie below it and are in the first bar. Over all articles looked at, so
    /// that bars stay where they are when the filter changes.
    pub low: f64,
    /// Where the last bar ends; a number here or beyond is in the last bar.
    pub high: f64,
    /// How many articles are in each bar.
    pub counts: Vec<usize>,
    /// How many rows have no number in this field.
    pub missing: usize,
}

impl Histogram {
    /// Counts the numbers of a field among these rows. The bars are those of all articles, or of all of a collection.
    #[must_use]
    pub fn of(catalog: &Catalog, rows: &[ArticleId], field: &FieldPath, bars: usize, collection: Option<&str>) -> Self {
        let Some(column) = catalog.shared.field(field) else {
            return Self { counts: vec![0; bars], missing: rows.len(), ..Self::default() };
        };
        let number = |row: usize| {
            let chunk = column.chunk(row / CHUNK)?;
            chunk.number(row % CHUNK).filter(|number| number.is_finite())
        };
        let is_in = |id: &ArticleId| collection.is_none_or(|folder| catalog.collection(*id) == folder);
        let (low, high) = bulk(catalog.ids().filter(is_in).filter_map(|id| number(id.row())).collect());
        let mut histogram = Self { low, high, counts: vec![0; bars], missing: 0 };
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
        if self.counts.is_empty() || !number.is_finite() {
            return None;
        }
        let width = self.width();
        let bar = if width > 0.0 { ((number - self.low) / width).max(0.0) as usize } else { 0 };
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

/// How many of a thousand numbers are left out at each end.
const OUTLIERS: usize = 5;

/// The least and the highest of the numbers without the outliers: one number far off must not squeeze all others into a bar.
fn bulk(mut numbers: Vec<f64>) -> (f64, f64) {
    let Some(last) = numbers.len().checked_sub(1) else { return (0.0, 0.0) };
    let cut = numbers.len() * OUTLIERS / 1000;
    let low = *numbers.select_nth_unstable_by(cut, f64::total_cmp).1;
    let high = *numbers.select_nth_unstable_by(last - cut, f64::total_cmp).1;
    (low.floor(), high.ceil())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_far_off_does_not_squeeze_the_others() {
        let mut numbers: Vec<f64> = (0..999).map(|at| f64::from(at % 100)).collect();
        numbers.push(1e9);
        assert_eq!(bulk(numbers), (0.0, 99.0));
        assert_eq!(bulk(vec![3.0]), (3.0, 3.0), "few numbers have no outliers");
        assert_eq!(bulk(Vec::new()), (0.0, 0.0));
    }

    #[test]
    fn outliers_are_in_the_last_bars() {
        let histogram = Histogram { low: 0.0, high: 100.0, counts: vec![0; 10], missing: 0 };
        for (number, bar) in [(-50.0, 0), (0.0, 0), (55.0, 5), (100.0, 9), (1e9, 9)] {
            assert_eq!(histogram.bar_of(number), Some(bar), "{number}");
        }
        assert_eq!(histogram.bar_of(f64::NAN), None);
    }
}

//! The lines of the table: rows, and the headings of groups between them.
//!
//! Invariant: a line is found by its number in the logarithm of the groups, so that any number of rows costs what is on screen.

use std::ops::Range;

use crate::desk::RowGroup;
use crate::ui::theme::size;

/// What stands in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The heading of a group.
    Heading(usize),
    /// A row.
    Row(usize),
}

/// The lines of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a> {
    groups: &'a [RowGroup],
    rows: usize,
    row_height: f32,
}

impl<'a> Lines<'a> {
    /// The lines of so many rows in these groups.
    pub fn new(groups: &'a [RowGroup], rows: usize, row_height: f32) -> Self {
        Self { groups, rows, row_height }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.rows + self.groups.len()
    }

    /// What stands in a line.
    pub fn at(&self, line: usize) -> Line {
        match self.headings_until(line).checked_sub(1) {
            Some(last) if self.groups[last].first + last == line => Line::Heading(last),
            last => Line::Row(line - last.map_or(0, |last| last + 1)),
        }
    }

    /// The line of a row.
    pub fn of_row(&self, row: usize) -> usize {
        row + self.groups.partition_point(|group| group.first <= row)
    }

    /// How far below the first line one begins.
    pub fn top(&self, line: usize) -> f32 {
        let headings = line.checked_sub(1).map_or(0, |before| self.headings_until(before));
        headings as f32 * size::GROUP + (line - headings) as f32 * self.row_height
    }

    /// The rows among some lines.
    pub fn rows_in(&self, lines: &Range<u64>) -> Range<usize> {
        let row_at = |line: usize| {
            let line = line.min(self.count());
            line - line.checked_sub(1).map_or(0, |before| self.headings_until(before))
        };
        row_at(lines.start as usize)..row_at(lines.end as usize)
    }

    /// How many headings there are up to a line, itself too.
    fn headings_until(&self, line: usize) -> usize {
        let (mut low, mut high) = (0, self.groups.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.groups[middle].first + middle <= line {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_stand_before_their_rows() {
        let group = |first, count, closed| RowGroup { value: None, count, first, closed };
        let groups = [group(0, 2, false), group(2, 5, true), group(2, 1, false)];
        let lines = Lines::new(&groups, 3, 50.0);
        let all: Vec<Line> = (0..lines.count()).map(|line| lines.at(line)).collect();
        assert_eq!(
            all,
            [Line::Heading(0), Line::Row(0), Line::Row(1), Line::Heading(1), Line::Heading(2), Line::Row(2)]
        );
        assert_eq!([0, 1, 2].map(|row| lines.of_row(row)), [1, 2, 5]);
        let heading = size::GROUP;
        let tops = [lines.top(3) - heading - 100.0, lines.top(6) - 3.0 * heading - 150.0];
        assert!(tops.iter().all(|rest| rest.abs() < 0.01), "{tops:?}");
        assert_eq!(lines.rows_in(&(1..5)), 0..2);
        let plain = Lines::new(&[], 3, 50.0);
        assert_eq!((plain.at(2), plain.of_row(2), plain.top(2) as u32), (Line::Row(2), 2, 100));
    }
}

//! Which rows the table shows, in which order, and where the cursor stands.
//!
//! Invariant: rows change only when the query is asked again; an edited row that fits no more stays where it is, held.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::command::Motion;
use super::effect::Looked;
use crate::catalog::{ArticleId, Facets, Histogram, Query, QueryError, SortKey};
use crate::document::FieldPath;

/// The table's rows and what was asked to get them.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// What stands in the filter box.
    pub(super) text: String,
    /// The last filter that could be read.
    pub(super) query: Query,
    /// What is wrong with the text in the box.
    pub(super) error: Option<QueryError>,
    /// The collection shown, by its folder.
    pub(super) collection: Option<String>,
    /// The order.
    pub(super) sort: Vec<SortKey>,
    /// The rows.
    pub(super) rows: Arc<Vec<ArticleId>>,
    /// Edited rows that fit the filter or their place no more.
    pub(super) held: BTreeSet<ArticleId>,
    /// Values and how often.
    pub(super) facets: Vec<Facets>,
    /// Numbers and how often.
    pub(super) histograms: Vec<(FieldPath, Histogram)>,
    /// How many articles fit each saved filter, in the order of the filters that were asked for.
    pub(super) counts: Vec<(String, Option<usize>)>,
    /// The number of the last question.
    pub(super) asked: u64,
    /// The number of the last answer.
    pub(super) answered: u64,
    /// Whether to ask again when the answer is there.
    pub(super) stale: bool,
    cursor: Option<ArticleId>,
    cursor_row: usize,
    /// Whether the editor put the cursor where it is; until then it waits on the first row while rows stream in.
    placed: bool,
}

impl View {
    /// The article under the cursor.
    #[must_use]
    pub fn cursor(&self) -> Option<ArticleId> {
        self.cursor
    }

    /// The row of the cursor; nothing when its article is not shown.
    #[must_use]
    pub fn cursor_row(&self) -> Option<usize> {
        let cursor = self.cursor?;
        if self.rows.get(self.cursor_row) == Some(&cursor) {
            return Some(self.cursor_row);
        }
        self.rows.iter().position(|id| *id == cursor)
    }

    /// Whether an answer is on its way.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.asked != self.answered
    }

    /// Puts the cursor on a row, if there is such a row.
    pub(super) fn put_cursor(&mut self, row: usize) {
        self.placed = true;
        self.move_cursor_to(row);
    }

    fn move_cursor_to(&mut self, row: usize) {
        if let Some(&article) = self.rows.get(row) {
            self.cursor = Some(article);
            self.cursor_row = row;
        }
    }

    /// Puts the cursor on an article, shown or not.
    pub(super) fn set_cursor(&mut self, article: Option<ArticleId>) {
        self.placed = true;
        self.cursor = article;
        self.cursor_row = self.cursor_row().unwrap_or(0);
    }

    /// The row that a motion leads to.
    pub(super) fn target(&self, motion: Motion) -> Option<usize> {
        let last = self.rows.len().checked_sub(1)?;
        Some(match motion {
            Motion::First => 0,
            Motion::Last => last,
            Motion::By(by) => self.cursor_row().map_or(0, |row| row.saturating_add_signed(by).min(last)),
        })
    }

    /// The next row after the cursor that is not held; the cursor's own when there is none.
    pub(super) fn next_row(&self) -> Option<usize> {
        let row = self.cursor_row()?;
        let next = (row + 1..self.rows.len()).find(|next| !self.held.contains(&self.rows[*next]));
        next.or(Some(row))
    }

    /// Takes an answer in. The cursor stays on its article, or else on the row where it stood.
    pub(super) fn accept(&mut self, generation: u64, looked: Looked) {
        self.answered = generation;
        let row = self.cursor_row().unwrap_or(self.cursor_row);
        self.rows = Arc::new(looked.rows);
        self.facets = looked.facets;
        self.histograms = looked.histograms;
        for ((_, count), counted) in self.counts.iter_mut().zip(looked.views) {
            *count = counted;
        }
        self.held.clear();
        match self.cursor_row() {
            _ if !self.placed => self.move_cursor_to(0),
            Some(row) => self.cursor_row = row,
            None => {
                self.cursor = None;
                self.move_cursor_to(row.min(self.rows.len().saturating_sub(1)));
            }
        }
    }
}

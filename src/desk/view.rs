//! Which rows the table shows, in which order, and where the cursor stands.
//!
//! Invariant: rows change only when the editor asks for others, or while the site is read; an edited row that fits no more stays
//! where it is, held. What changes on disk changes counts and is announced, and moves no row.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::command::Motion;
use super::effect::Looked;
use super::grouping::RowGroup;
use crate::catalog::{ArticleId, Facets, Histogram, Query, QueryError, Section, SectionValue, SortKey};
use crate::document::FieldPath;

/// What an answer may do to the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Renewal {
    /// Nothing: it brings counts, and nobody asked for other rows.
    #[default]
    Counts,
    /// Rows come and go, but those that are held keep their place: the site is being read.
    Beside,
    /// All rows are new, and none is held: the editor asked.
    Rows,
}

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
    /// The columns that the view shown asks for.
    pub(super) columns: Option<Vec<String>>,
    /// The rows: all but those of closed groups.
    pub(super) rows: Arc<Vec<ArticleId>>,
    /// All that were answered, in order.
    pub(super) all: Arc<Vec<ArticleId>>,
    /// How they are put together; none when they are not.
    pub(super) sections: Vec<Section>,
    /// The groups of the rows.
    pub(super) groups: Vec<RowGroup>,
    /// The values of groups whose rows are left out.
    pub(super) closed: Vec<Option<SectionValue>>,
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
    /// What the answer that is on its way may do to the rows.
    renewal: Renewal,
    /// Whether to ask again when the answer is there, and what for.
    pub(super) stale: Option<Renewal>,
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

    /// Where the cursor goes when its article is no row any more.
    pub(super) fn stand_at(&mut self, row: usize) {
        self.cursor_row = row;
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

    /// The articles that the cursor goes on to: the next row that is not held, and the next row if that is another one.
    pub(super) fn upcoming(&self) -> Vec<ArticleId> {
        let row = self.cursor_row();
        let mut rows: Vec<usize> = self.next_row().into_iter().chain(row.map(|row| row + 1)).collect();
        rows.dedup();
        rows.into_iter().filter(|next| Some(*next) != row).filter_map(|row| self.rows.get(row).copied()).collect()
    }

    /// Notes that a question goes out. What an unanswered one was asked for is asked for still.
    pub(super) fn ask(&mut self, serial: u64, renewal: Renewal) {
        self.renewal = if self.is_asking() { self.renewal.max(renewal) } else { renewal };
        self.asked = serial;
        if renewal == Renewal::Rows {
            self.held.clear();
        }
    }

    /// Takes an answer in; says whether the rows are others. The cursor stays on its article, or else on the row where it stood.
    pub(super) fn accept(&mut self, generation: u64, looked: Looked) -> bool {
        self.answered = generation;
        self.facets = looked.facets;
        self.histograms = looked.histograms;
        for ((_, count), counted) in self.counts.iter_mut().zip(looked.views) {
            *count = counted;
        }
        let (all, sections) = match std::mem::take(&mut self.renewal) {
            Renewal::Counts => return false,
            Renewal::Beside => self.beside_held(looked.rows, looked.sections),
            Renewal::Rows => {
                // What was edited since the question went out is held already.
                if !self.held.is_empty() {
                    let rows: BTreeSet<_> = looked.rows.iter().collect();
                    self.held.retain(|id| rows.contains(id));
                }
                (looked.rows, looked.sections)
            }
        };
        self.all = Arc::new(all);
        self.sections = sections;
        self.lay_out();
        true
    }

    /// Finds the cursor's row among other rows: it stays on its article, or else on the row where it stood.
    pub(super) fn find_cursor(&mut self) {
        match self.cursor_row() {
            _ if !self.placed => self.move_cursor_to(0),
            Some(row) => self.cursor_row = row,
            None => {
                self.cursor = None;
                self.move_cursor_to(self.cursor_row.min(self.rows.len().saturating_sub(1)));
            }
        }
    }

    /// These rows and sections, with each held row behind the one that it stands behind now, and in that one's section.
    fn beside_held(&self, rows: Vec<ArticleId>, mut sections: Vec<Section>) -> (Vec<ArticleId>, Vec<Section>) {
        if self.held.is_empty() {
            return (rows, sections);
        }
        let stays: BTreeSet<ArticleId> = rows.iter().copied().filter(|id| !self.held.contains(id)).collect();
        let mut behind: HashMap<Option<ArticleId>, Vec<ArticleId>> = HashMap::new();
        let mut before = None;
        for id in self.all.iter().copied() {
            if self.held.contains(&id) {
                behind.entry(before).or_default().push(id);
            } else if stays.contains(&id) {
                before = Some(id);
            }
        }
        let mut all = behind.remove(&None).unwrap_or_default();
        let mut extra = all.len();
        let counts: Vec<usize> =
            if sections.is_empty() { vec![rows.len()] } else { sections.iter().map(|it| it.count).collect() };
        let mut rows = rows.into_iter();
        for (at, count) in counts.into_iter().enumerate() {
            let before = all.len() - std::mem::take(&mut extra);
            for id in rows.by_ref().take(count).filter(|id| stays.contains(id)) {
                all.push(id);
                all.extend(behind.remove(&Some(id)).unwrap_or_default());
            }
            if let Some(section) = sections.get_mut(at) {
                section.count = all.len() - before;
            }
        }
        sections.retain(|section| section.count > 0);
        (all, sections)
    }
}

//! Cursor, anchor and selected rows of the table.
//!
//! Invariant: the selection is a set of articles, not of row numbers, so a new order of rows cannot select another article.

use std::collections::BTreeSet;

use super::command::ClickMode;
use crate::catalog::ArticleId;

/// What is selected, and from where a range is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    chosen: BTreeSet<ArticleId>,
    anchor: Option<ArticleId>,
}

impl Selection {
    /// Whether this article is selected.
    #[must_use]
    pub fn contains(&self, article: ArticleId) -> bool {
        self.chosen.contains(&article)
    }

    /// How many are selected.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chosen.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// The selected articles, oldest known first.
    pub fn iter(&self) -> impl Iterator<Item = ArticleId> + '_ {
        self.chosen.iter().copied()
    }

    /// Selects just this article, and draws ranges from it.
    pub fn only(&mut self, article: ArticleId) {
        self.chosen.clear();
        self.chosen.insert(article);
        self.anchor = Some(article);
    }

    /// Selects nothing.
    pub fn clear(&mut self) {
        self.chosen.clear();
        self.anchor = None;
    }

    /// Takes an article out, for it is gone.
    pub fn forget(&mut self, article: ArticleId) {
        self.chosen.remove(&article);
        if self.anchor == Some(article) {
            self.anchor = None;
        }
    }

    /// Selects these, if they are several, and draws ranges from this one.
    pub fn these(&mut self, articles: BTreeSet<ArticleId>, anchor: ArticleId) {
        if articles.len() > 1 {
            self.chosen = articles;
            self.anchor = Some(anchor);
        }
    }

    /// Selects all of these.
    pub fn all(&mut self, rows: &[ArticleId]) {
        self.chosen = rows.iter().copied().collect();
    }

    /// Selects all rows from the anchor to `row`; without an anchor only `row`.
    pub fn extend_to(&mut self, rows: &[ArticleId], row: usize) {
        let Some(&article) = rows.get(row) else { return };
        let Some(anchor) = self.anchor.and_then(|anchor| rows.iter().position(|id| *id == anchor)) else {
            return self.only(article);
        };
        let (low, high) = (anchor.min(row), anchor.max(row));
        self.chosen = rows[low..=high].iter().copied().collect();
    }

    /// What a click on a row does.
    pub fn click(&mut self, rows: &[ArticleId], row: usize, mode: ClickMode) {
        let Some(&article) = rows.get(row) else { return };
        match mode {
            ClickMode::Only => self.only(article),
            ClickMode::Range => self.extend_to(rows, row),
            ClickMode::Toggle => {
                if !self.chosen.remove(&article) {
                    self.chosen.insert(article);
                }
                self.anchor = Some(article);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clicks_select_as_in_every_list() {
        let rows: Vec<_> = (0..6).map(ArticleId).collect();
        let mut selection = Selection::default();
        let chosen = |selection: &Selection| selection.iter().map(|id| id.0).collect::<Vec<_>>();
        selection.click(&rows, 2, ClickMode::Only);
        selection.click(&rows, 4, ClickMode::Range);
        assert_eq!(chosen(&selection), [2, 3, 4]);
        selection.click(&rows, 1, ClickMode::Range);
        assert_eq!(chosen(&selection), [1, 2], "the anchor stays");
        selection.click(&rows, 5, ClickMode::Toggle);
        assert_eq!(chosen(&selection), [1, 2, 5]);
        selection.click(&rows, 1, ClickMode::Toggle);
        assert_eq!(chosen(&selection), [2, 5]);
        selection.click(&rows, 99, ClickMode::Only);
        assert_eq!(chosen(&selection), [2, 5], "a click below the last row does nothing");
    }
}

//! Rows under headings that can be closed.
//!
//! Invariant: a closed group's rows are not among the rows: nothing that is not seen is under the cursor or selected by a range.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Desk;
use super::sitting::Sitting;
use super::view::{Renewal, View};
use crate::catalog::{ArticleId, ColumnKey, GroupBy, SectionValue, Twin};

/// The rows under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct RowGroup {
    /// What they have in common; nothing for those without a value.
    pub value: Option<SectionValue>,
    /// How many there are, closed or not.
    pub count: usize,
    /// The first of its rows; where it is closed, the first row that follows.
    pub first: usize,
    /// Whether its rows are left out.
    pub closed: bool,
}

impl Desk {
    /// What the rows are put together by.
    #[must_use]
    pub fn grouped_by(&self) -> Option<&ColumnKey> {
        self.sitting.as_ref()?.state.group.as_ref()
    }

    /// Whether others tell the same story as this article, and how alike they are.
    #[must_use]
    pub fn twin(&self, article: ArticleId) -> Option<Twin> {
        self.sitting.as_ref()?.duplicates.as_ref()?.get(&article).copied()
    }

    /// The groups of the rows, in order; none when they are not put together by anything.
    #[must_use]
    pub fn groups(&self) -> &[RowGroup] {
        self.sitting.as_ref().map_or(&[], |sitting| &sitting.view.groups)
    }

    pub(super) fn group_by(&mut self, column: Option<ColumnKey>) {
        self.with_sitting(|sitting| sitting.view.closed.clear());
        self.change_state(|state| state.group = column);
        self.look(Renewal::Rows);
    }

    /// Opens a group, or closes it.
    pub(super) fn toggle_group(&mut self, group: usize) {
        self.with_sitting(|sitting| {
            let Some(value) = sitting.view.groups.get(group).map(|group| group.value.clone()) else { return };
            if sitting.view.group_of_cursor() == Some(group) {
                sitting.view.stand_at(sitting.view.groups[group].first);
            }
            match sitting.view.closed.iter().position(|closed| *closed == value) {
                Some(at) => drop(sitting.view.closed.swap_remove(at)),
                None => sitting.view.closed.push(value),
            }
            sitting.view.lay_out();
        });
        self.settle_on_cursor();
    }

    /// Closes the group of the cursor, and goes on to the row that follows it.
    pub(super) fn close_group(&mut self) {
        let at = self.sitting.as_ref().and_then(|sitting| sitting.view.group_of_cursor());
        if let Some(at) = at {
            self.toggle_group(at);
        }
    }

    /// Opens the closed group that is nearest to the cursor, and goes to its first row.
    pub(super) fn open_group(&mut self) {
        let Some(view) = self.sitting.as_ref().map(|sitting| &sitting.view) else { return };
        let here = view.group_of_cursor().unwrap_or(0);
        let closed = view.groups.iter().enumerate().filter(|(_, group)| group.closed);
        let nearest = closed.map(|(at, _)| (at.abs_diff(here), at)).min();
        let Some((_, at)) = nearest else { return };
        self.toggle_group(at);
        self.with_sitting(|sitting| {
            if let Some(first) = sitting.view.groups.get(at).map(|group| group.first) {
                sitting.view.put_cursor(first);
            }
        });
        self.settle_on_cursor();
    }

    /// Closes all groups, or opens them.
    pub(super) fn close_all_groups(&mut self, close: bool) {
        self.with_sitting(|sitting| {
            let view = &mut sitting.view;
            view.closed =
                if close { view.groups.iter().map(|group| group.value.clone()).collect() } else { Vec::new() };
            view.lay_out();
        });
        self.settle_on_cursor();
    }

    /// After rows came or went by the editor's own hand: the cursor's row is the selected one, and its text is wanted.
    fn settle_on_cursor(&mut self) {
        if self.sitting.as_ref().is_some_and(|sitting| sitting.selection.len() < 2) {
            self.select_none();
        }
        self.load_around_cursor();
    }
}

impl Sitting {
    /// What the rows are put together by, and in which order: the one that they are sorted in, else the one usual for the column.
    pub(super) fn grouping(&self) -> Option<GroupBy> {
        let column = self.state.group.clone()?;
        let sorted = self.sort_in_force().into_iter().find(|key| key.column == column);
        let descending = sorted.map_or_else(|| self.prefers_descending(&column), |key| key.descending);
        let ColumnKey::Field(path) = &column else {
            return Some(GroupBy { column, descending, parents: BTreeMap::new() });
        };
        let terms = self.site.vocabulary.terms(path).iter();
        let parents = terms.filter_map(|term| Some((term.name.clone(), term.parent.clone()?))).collect();
        Some(GroupBy { column, descending, parents })
    }
}

impl View {
    /// The group that the cursor's row is in.
    pub(super) fn group_of_cursor(&self) -> Option<usize> {
        let row = self.cursor_row()?;
        self.groups.partition_point(|group| group.first <= row).checked_sub(1)
    }

    /// Makes rows and groups of what was answered: all but the rows of closed groups.
    pub(super) fn lay_out(&mut self) {
        if self.sections.is_empty() {
            self.rows = Arc::clone(&self.all);
            self.groups.clear();
            return self.find_cursor();
        }
        let (mut rows, mut start) = (Vec::with_capacity(self.all.len()), 0);
        self.groups.clear();
        for section in &self.sections {
            let end = (start + section.count).min(self.all.len());
            let closed = self.closed.contains(&section.value);
            self.groups.push(RowGroup {
                value: section.value.clone(),
                count: section.count,
                first: rows.len(),
                closed,
            });
            if !closed {
                rows.extend_from_slice(&self.all[start..end]);
            }
            start = end;
        }
        self.rows = Arc::new(rows);
        self.find_cursor();
    }
}

//! Taking an entry out of a block collection, with its comments; and the order of a list's items.
//!
//! Invariant: the other entries keep their bytes, but for the first key of a list item, behind which the next moves up.
//! The last entry leaves `[]` or `{}`: an empty list is not the same as none.

use super::editor::{Editor, Plan};
use crate::document::notice::Refusal;
use crate::document::tree::{Found, NodeId, NodeKind};
use crate::document::{Operation, Pointer, Source};
use crate::text::{Span, Splice};

impl Editor<'_> {
    pub(crate) fn remove(&self, path: &Pointer) -> Result<Plan, Refusal> {
        let old = self.document.get(path).ok_or_else(|| Self::missing(path))?;
        let found = self.find(path)?;
        self.check_anchors_within(found.node, path)?;
        let (collection, position) = found.parent().ok_or_else(|| Self::missing(path))?;
        if self.layout.tree.is_flow(collection) {
            return self.remove_in_flow(&found, path, old);
        }
        let (text, plan) = if self.layout.len(collection) == 1 && found.trail.len() > 1 {
            self.remove_only(&found)?
        } else {
            self.remove_lines(&found)?
        };
        let source = Source { place: self.layout.key(collection, position).map(|_| position), ..text };
        let inverse = vec![Operation::Restore { path: path.clone(), value: old.clone(), source }];
        Ok(Plan { inverse, ..plan })
    }

    /// The only entry of a collection below another.
    fn remove_only(&self, found: &Found) -> Result<(Source, Plan), Refusal> {
        let unknown = || self.unknown_layout(self.layout.node(found.node).start);
        let ((collection, position), above) = found.trail.split_last().ok_or_else(unknown)?;
        let start = self.layout.entry_start(above, *collection, *position).ok_or_else(unknown)?;
        let region = self.layout.region(above, *collection).ok_or_else(unknown)?;
        let column = self.layout.column(start);
        let starts_line = self.layout.starts_line(start);
        let first =
            if starts_line { self.layout.with_comments_above(self.layout.line_start(start), column) } else { start };
        let end = self.layout.next_line(region.end);
        let brackets = if matches!(self.layout.node(*collection).kind, NodeKind::List { .. }) { " []" } else { " {}" };
        let first_line = Span::new(region.start, self.layout.line_end(region.start));
        let comment = self.layout.tree.comments_in(first_line).first().copied().filter(|comment| comment.start < first);
        let text = comment.map_or_else(|| brackets.to_owned(), |comment| self.with_comment(brackets, comment));
        let skipped = if starts_line { self.lines_between(self.layout.next_line(region.start), first) } else { 0 };
        let source = Source {
            text: self.layout.slice(Span::new(first, end)).to_owned(),
            column,
            added: true,
            place: None,
            skipped,
        };
        let plan = Plan {
            splices: vec![Splice { span: region, text }],
            carried: comment.into_iter().collect(),
            ..Plan::default()
        };
        Ok((source, plan))
    }

    fn lines_between(&self, start: usize, end: usize) -> usize {
        memchr::memchr_iter(b'\n', self.layout.slice(Span::new(start, end.max(start))).as_bytes()).count()
    }

    fn remove_lines(&self, found: &Found) -> Result<(Source, Plan), Refusal> {
        let unknown = || self.unknown_layout(self.layout.node(found.node).start);
        let ((collection, position), above) = found.trail.split_last().ok_or_else(unknown)?;
        let (collection, position) = (*collection, *position);
        let start = self.layout.entry_start(above, collection, position).ok_or_else(unknown)?;
        let column = self.layout.column(start);
        if !self.layout.starts_line(start) {
            let cut = self.cut_behind_dash(above, collection, start).ok_or_else(unknown)?;
            let text =
                self.layout.slice(Span::new(start, self.layout.entry_end(collection, position).ok_or_else(unknown)?));
            let source = Source { text: text.to_owned(), column, added: true, place: None, skipped: 0 };
            return Ok((source, Plan { splices: vec![cut], ..Plan::default() }));
        }
        let base = self.base(above, collection, position).ok_or_else(unknown)?;
        let cut = self.whole_lines(collection, position, base, start).ok_or_else(unknown)?;
        let source = Source {
            text: self.layout.slice(cut).to_owned(),
            column,
            added: true,
            place: None,
            skipped: self.lines_between(base, cut.start),
        };
        Ok((source, Plan { splices: vec![Splice { span: cut, text: String::new() }], ..Plan::default() }))
    }

    /// Where the lines between an entry and the one before it start.
    pub(crate) fn base(&self, above: &[(NodeId, usize)], collection: NodeId, position: usize) -> Option<usize> {
        match position.checked_sub(1) {
            Some(before) => self.layout.entry_end(collection, before),
            None if above.is_empty() => Some(self.layout.front.start),
            None => self.layout.introducer_end(above).map(|end| self.layout.next_line(end)),
        }
    }

    /// An entry's lines with the comments directly above it and the blank line that would be too many.
    fn whole_lines(&self, collection: NodeId, position: usize, base: usize, start: usize) -> Option<Span> {
        let first = self.layout.with_comments_above(self.layout.line_start(start), self.layout.column(start)).max(base);
        let end = self.layout.entry_end(collection, position)?;
        let above = self.layout.blanks_above(first).max(base);
        let below = self.layout.blanks_below(end);
        let is_block = matches!(
            self.layout.child(collection, position)?.kind,
            NodeKind::List { flow: false, .. } | NodeKind::Map { flow: false, .. }
        );
        let is_first = position == 0;
        let is_last = position + 1 == self.layout.len(collection);
        let (blanks_above, blanks_below) = (above < first, below > end);
        Some(match (blanks_above, blanks_below) {
            (true, true) if first - above > below - end => Span::new(first, below),
            (true, true) => Span::new(above, end),
            (true, false) if is_block || is_last => Span::new(above, end),
            (false, true) if is_first && !is_last => Span::new(first, below),
            _ => Span::new(first, end),
        })
    }

    /// The first entry behind a dash: the next moves up in its place, or, where comments stand between, the dash stays alone.
    fn cut_behind_dash(&self, above: &[(NodeId, usize)], collection: NodeId, start: usize) -> Option<Splice> {
        let next = self.layout.entry_start(above, collection, 1)?;
        let end = self.layout.entry_end(collection, 0)?;
        let span = if self.layout.tree.comments_in(Span::new(end, next)).is_empty() {
            Span::new(start, next)
        } else {
            let before = self.layout.slice(Span::new(self.layout.line_start(start), start));
            Span::new(
                start - (before.len() - before.trim_end_matches(' ').len()),
                self.layout.line_end(end.saturating_sub(1)),
            )
        };
        Some(Splice { span, text: String::new() })
    }

    /// Moves an item within its list: the items' lines change places, the blank lines between them stay.
    pub(crate) fn shift(&self, from: &Pointer, path: &Pointer) -> Result<Plan, Refusal> {
        let found = self.find(from)?;
        let unknown = || self.unknown_layout(self.layout.node(found.node).start);
        let ((list, old), trail) = found.trail.split_last().ok_or_else(unknown)?;
        let (list, old) = (*list, *old);
        self.find_collection(&from.split_last().ok_or_else(unknown)?.0)?;
        let last = self.layout.len(list).saturating_sub(1);
        let new = path.parts().last().and_then(|part| part.parse().ok()).unwrap_or(last).min(last);
        if old == new {
            return Ok(Plan::default());
        }
        let slots: Vec<Span> = (old.min(new)..=old.max(new))
            .map(|position| self.slot(trail, list, position))
            .collect::<Option<_>>()
            .ok_or_else(unknown)?;
        let mut order: Vec<usize> = (0..slots.len()).collect();
        if old < new {
            order.rotate_left(1);
        } else {
            order.rotate_right(1);
        }
        let carried = slots.iter().flat_map(|slot| self.layout.tree.comments_in(*slot)).copied().collect();
        let filled = slots
            .iter()
            .zip(order)
            .map(|(slot, item)| Splice { span: *slot, text: self.layout.slice(slots[item]).to_owned() });
        let parent = from.split_last().ok_or_else(unknown)?.0;
        let inverse = vec![Operation::Move { from: parent.child(new), path: parent.child(old) }];
        Ok(Plan { splices: filled.collect(), inverse, carried, ..Plan::default() })
    }

    /// What moves with an item: in lines, from the comments above it; behind another dash, from its own dash; in brackets, itself.
    fn slot(&self, above: &[(NodeId, usize)], list: NodeId, position: usize) -> Option<Span> {
        if self.layout.tree.is_flow(list) {
            return self.flow_item(list, position);
        }
        let starts_inline = !self.layout.starts_line(self.layout.dash(above, list, 0)?);
        let dash = self.layout.dash(above, list, position)?;
        let end = self.layout.entry_end(list, position)?;
        if starts_inline {
            return Some(Span::new(dash, end));
        }
        let base = self.base(above, list, position)?;
        let first = self.layout.with_comments_above(self.layout.line_start(dash), self.layout.column(dash)).max(base);
        Some(Span::new(first, end))
    }

    /// An item's lines as a source, to be put into another list.
    pub(crate) fn lines_of_item(&self, path: &Pointer) -> Option<Source> {
        let found = self.layout.tree.find(self.document.data(), path)?;
        let ((list, position), above) = found.trail.split_last()?;
        if self.layout.tree.is_flow(*list) || !matches!(self.layout.node(*list).kind, NodeKind::List { .. }) {
            return None;
        }
        let dash = self.layout.dash(above, *list, *position)?;
        let slot = self.slot(above, *list, *position)?;
        let starts_line = self.layout.starts_line(dash);
        starts_line.then(|| Source {
            text: self.layout.slice(slot).to_owned(),
            column: self.layout.column(dash),
            added: true,
            place: None,
            skipped: 0,
        })
    }
}

//! Adding an item to a list or a key to a map.
//!
//! Invariant: what is there keeps its bytes; the new lines stand behind their predecessor, never between a key and its block.

use super::editor::{Editor, Plan};
use crate::document::notice::{Refusal, RefusalReason};
use crate::document::tree::{Found, NodeId, NodeKind};
use crate::document::{Map, Operation, Pointer, Value};
use crate::text::{Span, Splice};

impl Editor<'_> {
    pub(crate) fn add(&self, path: &Pointer, value: &Value, place: Option<usize>) -> Result<Plan, Refusal> {
        let (above, last) = path.split_last().ok_or_else(|| Self::missing(path))?;
        if self.layout.tree.root.is_none() && above.parts().is_empty() {
            return Ok(self.first_key(path, last, value));
        }
        let found = self.find_collection(&above)?;
        let data = self.document.get(&above).ok_or_else(|| Self::missing(&above))?;
        match data {
            Value::List(items) => {
                let index = if last == "-" { items.len() } else { last.parse().unwrap_or(items.len()) };
                self.add_item(&found, &above, data, index, value)
            }
            Value::Map(map) => {
                let place = place.unwrap_or_else(|| self.usual_place(&above, map, last)).min(map.len());
                self.add_key(&found, path, data, place, value)
            }
            _ => Err(Self::missing(path)),
        }
    }

    /// A list or map that is to get or lose an entry.
    pub(crate) fn find_collection(&self, path: &Pointer) -> Result<Found, Refusal> {
        let found = self.find(path)?;
        let node = self.layout.node(found.node);
        if matches!(node.kind, NodeKind::Alias(_)) {
            let message = format!("{path} is an alias (`*`) of another place's value; change it there");
            return Err(self.refuse(RefusalReason::Alias, message, node.start));
        }
        self.check_value_itself(found.node, path)?;
        Ok(found)
    }

    fn check_value_itself(&self, id: NodeId, path: &Pointer) -> Result<(), Refusal> {
        let node = self.layout.node(id);
        if node.tagged {
            let message = format!("{path} has a tag (`!`) that says how it is read; use the source");
            return Err(self.refuse(RefusalReason::Tag, message, node.start));
        }
        self.check_anchor(node, path)
    }

    /// Behind its nearest predecessor in the order of the sibling files; before its nearest successor where none precedes it;
    /// else at the end.
    fn usual_place(&self, above: &Pointer, map: &Map, key: &str) -> usize {
        let Some(order) = self.customs.key_order.get(&above.field()) else { return map.len() };
        let Some(at) = order.iter().position(|other| other == key) else { return map.len() };
        let predecessor = order[..at].iter().rev().find_map(|other| map.index_of(other)).map(|index| index + 1);
        let successor = || order[at + 1..].iter().find_map(|other| map.index_of(other));
        predecessor.or_else(successor).unwrap_or(map.len())
    }

    /// The first key of a front matter that has none.
    fn first_key(&self, path: &Pointer, key: &str, value: &Value) -> Plan {
        let at = self.layout.front.end;
        let writer = self.writer(at.saturating_sub(1));
        let text = format!("{}{}", writer.entry(key, value, 0, &path.field(), None), writer.newline);
        let inverse = vec![Operation::Remove { path: path.clone() }];
        Plan { splices: vec![Splice { span: Span::new(at, at), text }], inverse, ..Plan::default() }
    }

    fn add_item(
        &self,
        found: &Found,
        list: &Pointer,
        data: &Value,
        index: usize,
        value: &Value,
    ) -> Result<Plan, Refusal> {
        let field = list.field();
        let inverse = vec![Operation::Remove { path: list.child(index) }];
        let beside = self.style_beside(found.node, index, data);
        if self.layout.tree.is_flow(found.node) {
            let is_empty = self.layout.len(found.node) == 0;
            if is_empty
                && let Some(plan) = self.open_empty(found, list, data, &Value::List(vec![value.clone()]), value)?
            {
                return Ok(if plan.inverse.is_empty() { Plan { inverse, ..plan } } else { plan });
            }
            let text = self.writer(self.layout.node(found.node).start).in_flow(value, None, &field, beside);
            return Ok(Plan { splices: self.insert_in_flow(found.node, index, &text)?, inverse, ..Plan::default() });
        }
        let unknown = || self.unknown_layout(self.layout.node(found.node).start);
        let sibling = index.saturating_sub(1).min(self.layout.len(found.node).saturating_sub(1));
        let dash = self.layout.dash(&found.trail, found.node, sibling).ok_or_else(unknown)?;
        let column = self.layout.column(dash);
        let at = if index == 0 { dash } else { self.layout.entry_end(found.node, sibling).ok_or_else(unknown)? };
        let writer = self.writer(at.saturating_sub(1));
        let line = format!(
            "-{}",
            writer.after_dash(value, column, self.gap_behind(dash, found.node, sibling), &field, beside)
        );
        Ok(Plan {
            splices: vec![self.insert_lines(at, column, index == 0, &line, writer.newline)],
            inverse,
            ..Plan::default()
        })
    }

    /// Blanks between a dash and what stands behind it.
    fn gap_behind(&self, dash: usize, list: NodeId, position: usize) -> usize {
        let start = self.layout.child(list, position).map_or(dash, |node| node.start);
        let gap = self.layout.slice(Span::new(dash + 1, start.max(dash + 1)));
        if !gap.is_empty() && gap.bytes().all(|byte| byte == b' ') { gap.len() } else { 1 }
    }

    /// New lines whose first starts at `column`. `at` is the start of a line, or, for the first entry, that entry.
    pub(crate) fn insert_lines(&self, at: usize, column: usize, is_first: bool, lines: &str, newline: &str) -> Splice {
        let indent = " ".repeat(column);
        if is_first && !self.layout.starts_line(at) {
            return Splice { span: Span::new(at, at), text: format!("{lines}{newline}{indent}") };
        }
        let start = if is_first { self.layout.with_comments_above(self.layout.line_start(at), column) } else { at };
        Splice { span: Span::new(start, start), text: format!("{indent}{lines}{newline}") }
    }

    fn add_key(
        &self,
        found: &Found,
        path: &Pointer,
        data: &Value,
        place: usize,
        value: &Value,
    ) -> Result<Plan, Refusal> {
        let (above, key) = path.split_last().ok_or_else(|| Self::missing(path))?;
        let field = path.field();
        let inverse = vec![Operation::Remove { path: path.clone() }];
        let beside = self.style_in_map(found.node, data);
        if self.layout.tree.is_flow(found.node) {
            let whole = Value::Map([(key.to_owned(), value.clone())].into_iter().collect());
            let is_empty = self.layout.len(found.node) == 0;
            if is_empty && let Some(plan) = self.open_empty(found, &above, data, &whole, value)? {
                return Ok(if plan.inverse.is_empty() { Plan { inverse, ..plan } } else { plan });
            }
            let writer = self.writer(self.layout.node(found.node).start);
            let text = format!(
                "{}:{}{}",
                self.flow_key(found.node, key, &writer),
                self.blanks_behind_colon(found.node),
                writer.in_flow(value, Some(key), &field, beside)
            );
            return Ok(Plan { splices: self.insert_in_flow(found.node, place, &text)?, inverse, ..Plan::default() });
        }
        let unknown = || self.unknown_layout(self.layout.node(found.node).start);
        let first = self.layout.key(found.node, 0).ok_or_else(unknown)?.start;
        let column = self.layout.column(first);
        let at = match place.checked_sub(1) {
            Some(before) => self.layout.entry_end(found.node, before).ok_or_else(unknown)?,
            None => first,
        };
        let writer = self.writer(at.saturating_sub(1));
        let lines = writer.entry(key, value, column, &field, beside);
        let mut splice = self.insert_lines(at, column, place == 0, &lines, writer.newline);
        if found.trail.is_empty() {
            self.space(&mut splice, found.node, place, value, writer.newline);
        }
        Ok(Plan { splices: vec![splice], inverse, ..Plan::default() })
    }

    /// A blank line above a block at the top level, and above a last entry that follows one, where the file has them.
    fn space(&self, splice: &mut Splice, map: NodeId, place: usize, value: &Value, newline: &str) {
        let Some(before) = place.checked_sub(1).and_then(|before| self.layout.child(map, before)) else { return };
        let is_block = value.is_collection() && splice.text.trim_end().contains('\n');
        let follows_block =
            matches!(before.kind, NodeKind::List { flow: false, .. } | NodeKind::Map { flow: false, .. });
        let is_last = place >= self.layout.len(map);
        if !(is_block || follows_block && is_last) || !self.habits().spaces_blocks() {
            return;
        }
        if is_last && self.layout.is_blank_line(splice.span.start) {
            let behind = self.layout.next_line(splice.span.start);
            splice.span = Span::new(behind, behind);
        } else {
            splice.text.insert_str(0, newline);
        }
    }

    /// `[]` and `{}` become blocks when they get a list or map and stand in block context.
    fn open_empty(
        &self,
        found: &Found,
        path: &Pointer,
        old: &Value,
        whole: &Value,
        value: &Value,
    ) -> Result<Option<Plan>, Refusal> {
        let in_flow = found.parent().is_none_or(|(parent, _)| self.layout.tree.is_flow(parent));
        if in_flow || !value.is_collection() {
            return Ok(None);
        }
        let mut plan = self.replace_found(found, path, old, whole)?;
        let is_item =
            found.parent().is_some_and(|(parent, _)| matches!(self.layout.node(parent).kind, NodeKind::List { .. }));
        // Behind a dash the comment would go with the new entry, when that is taken out again.
        if !is_item || plan.carried.is_empty() {
            plan.inverse.clear();
        }
        Ok(Some(plan))
    }
}

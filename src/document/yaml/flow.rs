//! Items and entries in brackets: one in or out, with one comma.
//!
//! Invariant: order, spacing and comments of the others stay, and so does a comma behind the last.

use super::editor::{Editor, Plan};
use super::gap::Gap;
use super::writer::Writer;
use crate::document::notice::Refusal;
use crate::document::tree::{Found, NodeId, NodeKind};
use crate::document::{Operation, Pointer, ScalarStyle, Source, Value};
use crate::text::{Span, Splice};

impl Editor<'_> {
    /// The bytes of an item, or of a key and its value.
    pub(crate) fn flow_item(&self, collection: NodeId, position: usize) -> Option<Span> {
        let value = self.layout.child(collection, position)?;
        let Some(key) = self.layout.key(collection, position) else {
            return Some(Span::new(value.start, value.span.end));
        };
        Some(Span::new(key.start, value.span.end.max(key.span.end)))
    }

    /// Behind the comma that follows an item.
    fn comma_behind(&self, item: Span) -> Option<usize> {
        Gap::new(self.layout.text, item.end).after(b',')
    }

    /// A key as the others of its map are written.
    pub(crate) fn flow_key(&self, map: NodeId, key: &str, writer: &Writer<'_>) -> String {
        match self.layout.key(map, 0).map(|node| &node.kind) {
            Some(NodeKind::Scalar(style @ (ScalarStyle::Double | ScalarStyle::Single))) => {
                writer.text(key, *style, true)
            }
            _ => Writer::key(key, true),
        }
    }

    /// The blanks behind the colon of the first entry; one where there is none.
    pub(crate) fn blanks_behind_colon(&self, map: NodeId) -> &str {
        let colon = self.layout.colon_end(map, 0);
        let value = self.layout.child(map, 0);
        match (colon, value, self.layout.key(map, 0)) {
            (Some(colon), Some(value), Some(key)) if key.span.end < colon && value.start >= colon => {
                let blanks = self.layout.slice(Span::new(colon, value.start));
                let is_quoted = matches!(key.kind, NodeKind::Scalar(ScalarStyle::Double | ScalarStyle::Single));
                if blanks.bytes().all(|byte| byte == b' ') && (is_quoted || !blanks.is_empty()) { blanks } else { " " }
            }
            _ => " ",
        }
    }

    /// Puts an item's text before the one at `index`.
    pub(crate) fn insert_in_flow(&self, collection: NodeId, index: usize, text: &str) -> Result<Vec<Splice>, Refusal> {
        let node = self.layout.node(collection);
        let unknown = || self.unknown_layout(node.start);
        let insertion = |at: usize, text: String| Splice { span: Span::new(at, at), text };
        let count = self.layout.len(collection);
        if count == 0 {
            let inside = Span::new(node.span.start + 1, node.span.end - 1);
            let is_blank = self.layout.slice(inside).trim().is_empty();
            let span = if is_blank { inside } else { Span::new(inside.start, inside.start) };
            return Ok(vec![Splice { span, text: text.to_owned() }]);
        }
        if index == 0 {
            let first = self.flow_item(collection, 0).ok_or_else(unknown)?;
            let between = self.between(collection, first);
            return Ok(vec![insertion(first.start, format!("{text},{between}"))]);
        }
        let before = self.flow_item(collection, index - 1).ok_or_else(unknown)?;
        let own_line = self.layout.starts_line(before.start);
        let Some(comma) = self.comma_behind(before) else {
            if own_line {
                let end = self.layout.line_end(before.end);
                let next = self.on_next_line(before, text);
                let closes_here = node.span.end <= end;
                return Ok(if closes_here {
                    vec![insertion(before.end, format!(",{next}"))]
                } else {
                    vec![insertion(before.end, ",".to_owned()), insertion(end, next)]
                });
            }
            return Ok(vec![insertion(before.end, format!(",{}{text}", self.between(collection, before)))]);
        };
        if own_line && self.layout.next_line(comma) < node.span.end {
            return Ok(vec![insertion(self.layout.line_end(comma), format!("{},", self.on_next_line(before, text)))]);
        }
        Ok(vec![insertion(before.end, format!(",{}{text}", self.between(collection, before)))])
    }

    fn on_next_line(&self, sibling: Span, text: &str) -> String {
        format!("{}{}{text}", self.layout.newline(sibling.start), " ".repeat(self.layout.column(sibling.start)))
    }

    /// What separates items behind the comma: as the first two are separated; a blank where there is one item.
    fn between(&self, collection: NodeId, sibling: Span) -> String {
        if self.layout.starts_line(sibling.start) {
            return self.on_next_line(sibling, "");
        }
        let gap = self.flow_item(collection, 0).zip(self.flow_item(collection, 1)).and_then(|(first, second)| {
            let comma = self.comma_behind(first)?;
            Some(self.layout.slice(Span::new(comma, second.start)))
        });
        gap.filter(|gap| gap.bytes().all(|byte| byte == b' ')).unwrap_or(" ").to_owned()
    }

    /// Takes an item out with one comma.
    pub(crate) fn remove_in_flow(&self, found: &Found, path: &Pointer, old: &Value) -> Result<Plan, Refusal> {
        let unknown = || self.unknown_layout(self.layout.node(found.node).start);
        let (collection, position) = found.parent().ok_or_else(unknown)?;
        let item = self.flow_item(collection, position).ok_or_else(unknown)?;
        let source = Source {
            text: self.layout.slice(item).to_owned(),
            column: 0,
            added: true,
            place: self.layout.key(collection, position).map(|_| position),
            skipped: 0,
        };
        let inverse = vec![Operation::Restore { path: path.clone(), value: old.clone(), source }];
        Ok(Plan {
            splices: self.cut_from_flow(collection, position, item).ok_or_else(unknown)?,
            inverse,
            ..Plan::default()
        })
    }

    fn cut_from_flow(&self, collection: NodeId, position: usize, item: Span) -> Option<Vec<Splice>> {
        let cut = |start: usize, end: usize| Splice { span: Span::new(start, end), text: String::new() };
        let node = self.layout.node(collection);
        let comma = self.comma_behind(item);
        let before = position.checked_sub(1).map(|before| self.flow_item(collection, before)).unwrap_or_default();
        let behind = self.flow_item(collection, position + 1);
        let end = comma.unwrap_or(item.end);
        let has_own_lines = self.layout.starts_line(item.start)
            && self.layout.next_line(end) < node.span.end
            && behind.is_none_or(|behind| behind.start >= self.layout.next_line(end));
        if has_own_lines {
            let lines = cut(self.layout.line_start(item.start), self.layout.next_line(end));
            // The last without a comma behind it takes the comma before it along.
            let comma_before = before.filter(|_| comma.is_none()).and_then(|before| self.comma_behind(before));
            return Some(comma_before.map(|end| cut(end - 1, end)).into_iter().chain([lines]).collect());
        }
        let has_comment = |span: Span| !self.layout.tree.comments_in(span).is_empty();
        Some(vec![match (before, behind) {
            (Some(before), _) if !has_comment(Span::new(before.end, item.start)) => cut(before.end, item.end),
            (_, Some(behind)) if !has_comment(Span::new(item.start, behind.start)) => cut(item.start, behind.start),
            (None, None) => {
                let inside = Span::new(node.span.start + 1, node.span.end - 1);
                if has_comment(inside) { cut(item.start, end) } else { cut(inside.start, inside.end) }
            }
            (_, None) => return None,
            (_, Some(_)) => cut(item.start, end),
        }])
    }
}

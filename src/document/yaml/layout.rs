//! Where the parts of a YAML text lie: lines, dashes, colons, and the stretch that belongs to a value or an entry.
//!
//! Invariant: computed from one text and its tree; costs what the stretch asked for is long, not what the text is.

use super::gap::Gap;
use crate::document::tree::{Node, NodeId, NodeKind, Tree};
use crate::text::Span;

/// A text and its tree, to be measured.
#[derive(Clone, Copy)]
pub(crate) struct Layout<'a> {
    pub(crate) text: &'a str,
    pub(crate) tree: &'a Tree,
    /// What may be looked at and changed.
    pub(crate) front: Span,
}

impl<'a> Layout<'a> {
    pub(crate) fn node(self, id: NodeId) -> &'a Node {
        self.tree.node(id)
    }

    pub(crate) fn slice(self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Where the line with this byte starts.
    pub(crate) fn line_start(self, at: usize) -> usize {
        let before = &self.text.as_bytes()[self.front.start..at];
        memchr::memrchr(b'\n', before).map_or(self.front.start, |end| self.front.start + end + 1)
    }

    /// Where the line with this byte ends, before its line end.
    pub(crate) fn line_end(self, at: usize) -> usize {
        let next = self.next_line(at);
        let line = self.text[at..next].strip_suffix('\n').unwrap_or(&self.text[at..next]);
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Where the next line starts.
    pub(crate) fn next_line(self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[at..self.front.end.max(at)])
            .map_or(self.front.end.max(at), |end| at + end + 1)
    }

    /// Bytes between the start of the line and this place.
    pub(crate) fn column(self, at: usize) -> usize {
        at - self.line_start(at)
    }

    /// The line end in use at this place: that of its line, or of the line before the front matter.
    pub(crate) fn newline(self, at: usize) -> &'static str {
        let bytes = self.text.as_bytes();
        let end = memchr::memchr(b'\n', &bytes[at.min(bytes.len())..]).map(|end| at + end);
        let end = end.or_else(|| memchr::memrchr(b'\n', &bytes[..at.min(bytes.len())]));
        if end.is_some_and(|end| end > 0 && bytes[end - 1] == b'\r') { "\r\n" } else { "\n" }
    }

    /// Whether nothing but blanks stands between the start of the line and this place.
    pub(crate) fn starts_line(self, at: usize) -> bool {
        self.slice(Span::new(self.line_start(at), at)).bytes().all(|byte| byte == b' ')
    }

    /// The key of a map's entry.
    pub(crate) fn key(self, map: NodeId, position: usize) -> Option<&'a Node> {
        match &self.node(map).kind {
            NodeKind::Map { entries, .. } => entries.get(position).map(|entry| self.node(entry.key)),
            _ => None,
        }
    }

    /// The value at a position of a collection.
    pub(crate) fn child(self, collection: NodeId, position: usize) -> Option<&'a Node> {
        let id = match &self.node(collection).kind {
            NodeKind::List { items, .. } => *items.get(position)?,
            NodeKind::Map { entries, .. } => entries.get(position)?.value,
            _ => return None,
        };
        Some(self.node(id))
    }

    pub(crate) fn len(self, collection: NodeId) -> usize {
        match &self.node(collection).kind {
            NodeKind::List { items, .. } => items.len(),
            NodeKind::Map { entries, .. } => entries.len(),
            _ => 0,
        }
    }

    /// Behind the colon of an entry; behind its key where there is no colon.
    pub(crate) fn colon_end(self, map: NodeId, position: usize) -> Option<usize> {
        let key = self.key(map, position)?;
        Some(Gap::new(self.text, key.span.end).after(b':').unwrap_or(key.span.end))
    }

    /// The dash of an item of a block list. `trail` leads to the list.
    pub(crate) fn dash(self, trail: &[(NodeId, usize)], list: NodeId, position: usize) -> Option<usize> {
        let from = match position.checked_sub(1) {
            Some(before) => self.child(list, before)?.span.end,
            None => self.behind_properties(self.introducer_end(trail)?, self.node(list)),
        };
        Gap::new(self.text, from).after(b'-').map(|end| end - 1)
    }

    /// Behind the colon or dash that a value stands at; in brackets: where an item starts.
    pub(crate) fn introducer_end(self, trail: &[(NodeId, usize)]) -> Option<usize> {
        let Some(((parent, position), above)) = trail.split_last() else { return Some(self.front.start) };
        match &self.node(*parent).kind {
            NodeKind::Map { .. } => self.colon_end(*parent, *position),
            NodeKind::List { flow: true, .. } => self.child(*parent, *position).map(|node| node.start),
            NodeKind::List { .. } => self.dash(above, *parent, *position).map(|dash| dash + 1),
            _ => None,
        }
    }

    /// Behind a collection's own anchor and tag, which stand between its colon and its first dash.
    fn behind_properties(self, from: usize, node: &Node) -> usize {
        if node.anchor == 0 && !node.tagged {
            return from;
        }
        let mut at = from;
        while let Some(next) = Gap::new(self.text, at).next_token() {
            if !matches!(self.text.as_bytes()[next], b'&' | b'!') {
                break;
            }
            at = next + self.text[next..].find([' ', '\t', '\r', '\n']).unwrap_or(self.text.len() - next);
        }
        at
    }

    /// All that belongs to a value, from behind its colon or dash. In block context to the end of its last line, with the
    /// comment there; in brackets to its own end.
    pub(crate) fn region(self, trail: &[(NodeId, usize)], node: NodeId) -> Option<Span> {
        let start = self.introducer_end(trail)?;
        let end = self.node(node).span.end.max(start);
        let in_flow = trail.last().is_some_and(|(parent, _)| self.tree.is_flow(*parent));
        Some(Span::new(start, if in_flow { end } else { self.line_end(end) }))
    }

    /// Where an entry of a block collection starts: its key, or its dash.
    pub(crate) fn entry_start(self, trail: &[(NodeId, usize)], collection: NodeId, position: usize) -> Option<usize> {
        match &self.node(collection).kind {
            NodeKind::Map { .. } => self.key(collection, position).map(|key| key.start),
            _ => self.dash(trail, collection, position),
        }
    }

    /// Behind the last line of an entry of a block collection, comment lines that are indented below its key included.
    pub(crate) fn entry_end(self, collection: NodeId, position: usize) -> Option<usize> {
        let mut end = self.child(collection, position)?.span.end;
        let mut own_column = None;
        if let Some(key) = self.key(collection, position) {
            end = end.max(self.colon_end(collection, position)?);
            own_column = Some(self.column(key.start));
        }
        let mut next = self.next_line(end);
        while let Some(own_column) = own_column {
            let line = self.slice(Span::new(next, self.line_end(next)));
            let text = line.trim_start_matches(' ');
            if !text.starts_with('#') || line.len() - text.len() <= own_column {
                break;
            }
            next = self.next_line(next);
        }
        Some(next)
    }

    /// Where the comment lines directly above `start` begin, at the same column and with no blank line between.
    pub(crate) fn with_comments_above(self, start: usize, column: usize) -> usize {
        let mut first = start;
        while first > self.front.start {
            let above = self.line_start(first - 1);
            let line = self.slice(Span::new(above, first));
            let text = line.trim_start_matches(' ');
            if !text.starts_with('#') || line.len() - text.len() != column {
                break;
            }
            first = above;
        }
        first
    }

    /// Whether the line that starts here is blank.
    pub(crate) fn is_blank_line(self, start: usize) -> bool {
        start < self.front.end
            && self.slice(Span::new(start, self.next_line(start))).trim_matches([' ', '\t', '\r', '\n']).is_empty()
    }

    /// Where the blank lines directly above `start` begin.
    pub(crate) fn blanks_above(self, start: usize) -> usize {
        let mut first = start;
        while first > self.front.start && self.is_blank_line(self.line_start(first - 1)) {
            first = self.line_start(first - 1);
        }
        first
    }

    /// Where the blank lines that begin at `start` end.
    pub(crate) fn blanks_below(self, start: usize) -> usize {
        let mut end = start;
        while self.is_blank_line(end) {
            end = self.next_line(end);
        }
        end
    }
}

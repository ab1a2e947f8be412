//! The lines of TOML tables: where entries stand, where a table's own lines end, what goes when something is taken out.
//!
//! Invariant: ranges are whole lines, sorted and disjoint.

use crate::document::stepwise::{Parts, line_start};
use crate::document::tree::{NodeId, NodeKind};
use crate::text::Span;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// The front matter itself.
    Root,
    /// Below a header in brackets.
    Header,
    /// Between braces.
    Inline,
    /// By dotted keys, or only by the headers of tables in it.
    Dotted,
}

pub(super) fn home(parts: Parts<'_>, node: NodeId) -> Home {
    let starts_with = |bracket| parts.text[parts.span(node).start..].starts_with(bracket);
    match parts.kind(node) {
        _ if parts.root() == Some(node) => Home::Root,
        NodeKind::Map { flow: true, .. } => Home::Inline,
        NodeKind::Map { entries, .. } => {
            // A table of deeper headers alone starts at the first of them, which is another table's.
            let first = entries.first().map(|entry| parts.span(entry.value).start);
            let borrowed = first == Some(parts.span(node).start);
            if starts_with('[') && !borrowed { Home::Header } else { Home::Dotted }
        }
        _ => Home::Inline,
    }
}

/// Whether a value stands on lines of its table, not below a header of its own.
pub(super) fn on_lines(parts: Parts<'_>, node: NodeId) -> bool {
    match parts.kind(node) {
        NodeKind::List { flow, .. } => *flow,
        NodeKind::Map { flow: false, entries } => {
            home(parts, node) == Home::Dotted && entries.iter().all(|entry| on_lines(parts, entry.value))
        }
        _ => true,
    }
}

/// Behind the line of this byte, its line end included.
pub(super) fn after_line(parts: Parts<'_>, at: usize) -> usize {
    let front = parts.document.front_matter().end;
    parts.text[at..front].find('\n').map_or(front, |end| at + end + 1)
}

/// Behind the last line of a value and all that is in it.
pub(super) fn after(parts: Parts<'_>, node: NodeId) -> usize {
    after_line(parts, parts.span(node).end.max(parts.span(node).start + 1) - 1)
}

/// Behind the last of a table's own lines: its header and the entries straight below it.
pub(super) fn after_own_lines(parts: Parts<'_>, table: NodeId) -> usize {
    let NodeKind::Map { entries, .. } = parts.kind(table) else { return after(parts, table) };
    let header = match home(parts, table) {
        Home::Header => after_line(parts, parts.span(table).start),
        _ => parts.document.front_matter().start,
    };
    let lines = entries.iter().filter(|entry| on_lines(parts, entry.value));
    lines.map(|entry| after(parts, entry.value)).fold(header, usize::max)
}

/// Where the comment lines straight above this line start.
pub(super) fn with_comments_above(parts: Parts<'_>, line: usize) -> usize {
    let front = parts.document.front_matter().start;
    let mut start = line;
    while start > front {
        let above = line_start(parts.text, start - 1);
        if above < front || !parts.text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

/// The lines of an entry with everything in it, and the comments above; of a table the blank line before it too.
pub(super) fn lines_of(parts: Parts<'_>, key: Option<NodeId>, value: NodeId) -> Vec<Span> {
    let mut spans = Vec::new();
    collect(parts, key, value, &mut spans);
    spans.sort();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut().filter(|last| span.start <= last.end) {
            Some(last) => last.end = last.end.max(span.end),
            None => joined.push(span),
        }
    }
    joined
}

fn collect(parts: Parts<'_>, key: Option<NodeId>, value: NodeId, spans: &mut Vec<Span>) {
    match parts.kind(value) {
        NodeKind::Map { flow: false, entries } => {
            if home(parts, value) == Home::Header {
                let start = with_comments_above(parts, line_start(parts.text, parts.span(value).start));
                spans.push(Span::new(before_blank(parts, start), after_own_lines(parts, value)));
            }
            for entry in entries {
                collect(parts, Some(entry.key), entry.value, spans);
            }
        }
        NodeKind::List { flow: false, items } => items.iter().for_each(|item| collect(parts, None, *item, spans)),
        _ => {
            let start = key.map_or(parts.span(value).start, |key| parts.span(key).start);
            let start = with_comments_above(parts, line_start(parts.text, start));
            spans.push(Span::new(start, after(parts, value)));
        }
    }
}

/// Where the blank line before this one starts, if there is one.
fn before_blank(parts: Parts<'_>, line: usize) -> usize {
    let front = parts.document.front_matter().start;
    if line <= front {
        return line;
    }
    let above = line_start(parts.text, line - 1);
    if above >= front && parts.text[above..line].trim().is_empty() { above } else { line }
}

//! The nodes of a front matter with their places: what all formats are read into.
//!
//! Invariant: spans are bytes of the whole file; a collection spans from its first to its last node, a node without text is
//! an empty span where its text would stand.

use crate::text::Span;

use super::pointer::is_index;
use super::{Pointer, ScalarStyle, Value};

/// Position of a node in its tree.
pub(crate) type NodeId = u32;

/// All nodes, in the order they were read.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: Option<NodeId>,
    /// Comments with their mark, in order.
    pub(crate) comments: Vec<Span>,
}

/// One value or key.
#[derive(Debug)]
pub(crate) struct Node {
    /// The node's own text, quotes included, anchor and tag not. A block scalar: its content lines.
    pub(crate) span: Span,
    /// Where its anchor or tag starts, if it has any; else `span.start`. A block scalar: its header.
    pub(crate) start: usize,
    pub(crate) kind: NodeKind,
    /// The number of its anchor, from 1; 0 without one.
    pub(crate) anchor: u32,
    pub(crate) tagged: bool,
}

#[derive(Debug)]
pub(crate) enum NodeKind {
    Scalar(ScalarStyle),
    /// Another place's value; the number of its anchor.
    Alias(u32),
    List {
        flow: bool,
        items: Vec<NodeId>,
    },
    Map {
        flow: bool,
        entries: Vec<Entry>,
    },
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: NodeId,
    pub(crate) value: NodeId,
}

/// Where a pointer leads in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) node: NodeId,
    /// The collections on the way from the root, with the position taken in each.
    pub(crate) trail: Vec<(NodeId, usize)>,
}

impl Found {
    /// The collection it lies in, and its position there.
    pub(crate) fn parent(&self) -> Option<(NodeId, usize)> {
        self.trail.last().copied()
    }
}

impl Tree {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The node at a pointer, and nothing where the way leads through an alias. `data` is what the tree says: its maps have
    /// the tree's entries in the tree's order.
    pub(crate) fn find(&self, data: &Value, at: &Pointer) -> Option<Found> {
        let mut found = Found { node: self.root?, trail: Vec::with_capacity(at.parts().len()) };
        let mut value = data;
        for part in at.parts() {
            let position = position(value, part)?;
            let (child, inner) = self.step(found.node, value, position)?;
            found.trail.push((found.node, position));
            found.node = child;
            value = inner;
        }
        Some(found)
    }

    /// A child and its data.
    pub(crate) fn step<'a>(&self, node: NodeId, value: &'a Value, position: usize) -> Option<(NodeId, &'a Value)> {
        match (&self.node(node).kind, value) {
            (NodeKind::List { items, .. }, Value::List(values)) => Some((*items.get(position)?, values.get(position)?)),
            (NodeKind::Map { entries, .. }, Value::Map(map)) => {
                Some((entries.get(position)?.value, map.nth(position)?.1))
            }
            _ => None,
        }
    }

    /// The nodes that a collection holds, values only.
    pub(crate) fn children(&self, node: NodeId) -> Vec<NodeId> {
        match &self.node(node).kind {
            NodeKind::List { items, .. } => items.clone(),
            NodeKind::Map { entries, .. } => entries.iter().map(|entry| entry.value).collect(),
            _ => Vec::new(),
        }
    }

    /// Adds how each text of a value is written, in the order of the data. Without a node, behind an alias, nobody knows.
    pub(crate) fn styles(&self, node: Option<NodeId>, value: &Value, to: &mut Vec<Option<ScalarStyle>>) {
        let kind = node.map(|node| &self.node(node).kind);
        match value {
            Value::Text(_) => to.push(match kind {
                Some(NodeKind::Scalar(style)) => Some(*style),
                _ => None,
            }),
            Value::List(values) => {
                for (at, value) in values.iter().enumerate() {
                    let item = match kind {
                        Some(NodeKind::List { items, .. }) => items.get(at).copied(),
                        _ => None,
                    };
                    self.styles(item, value, to);
                }
            }
            Value::Map(map) => {
                for (at, (_, value)) in map.iter().enumerate() {
                    let entry = match kind {
                        Some(NodeKind::Map { entries, .. }) => entries.get(at).map(|entry| entry.value),
                        _ => None,
                    };
                    self.styles(entry, value, to);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Whether a collection is written in brackets.
    pub(crate) fn is_flow(&self, node: NodeId) -> bool {
        matches!(self.node(node).kind, NodeKind::List { flow: true, .. } | NodeKind::Map { flow: true, .. })
    }

    /// The comments that start in a span.
    pub(crate) fn comments_in(&self, span: Span) -> &[Span] {
        let from = self.comments.partition_point(|comment| comment.start < span.start);
        let to = self.comments.partition_point(|comment| comment.start < span.end);
        &self.comments[from..to.max(from)]
    }
}

/// The position that a part of a pointer names in a collection. Of a doubled key the last counts, as Jekyll has it.
pub(crate) fn position(value: &Value, part: &str) -> Option<usize> {
    match value {
        Value::List(items) if is_index(part) => part.parse().ok().filter(|at| *at < items.len()),
        Value::Map(map) => map.index_of(part),
        _ => None,
    }
}

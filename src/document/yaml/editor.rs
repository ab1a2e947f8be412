//! One operation on a YAML text: which bytes it replaces, and the operations that take it back.
//!
//! Invariant: what cannot be changed safely (aliases, used anchors, tags, doubled and complex keys) is refused here, by name
//! and place, before anything is written.

use std::cell::OnceCell;

use super::habits::Habits;
use super::layout::Layout;
use super::writer::Writer;
use crate::document::notice::{Refusal, RefusalReason};
use crate::document::tree::{Found, Node, NodeId, NodeKind};
use crate::document::{Customs, Document, Operation, PatchError, Pointer, ScalarStyle, Value};
use crate::text::{Span, Splice};

/// What an operation does to the text.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) splices: Vec<Splice>,
    /// Operations that take it back, in the order in which they are to be carried out.
    pub(crate) inverse: Vec<Operation>,
    /// Comments inside replaced spans that the new text has again.
    pub(crate) carried: Vec<Span>,
    /// Whether the new text may bring comments of its own: it is a restored one.
    pub(crate) restores: bool,
}

/// A document about to be edited.
pub(crate) struct Editor<'a> {
    pub(crate) document: &'a Document,
    pub(crate) layout: Layout<'a>,
    pub(crate) customs: &'a Customs,
    /// Whether `restore` may use the text it carries.
    pub(crate) verbatim: bool,
    habits: OnceCell<Habits<'a>>,
}

impl<'a> Editor<'a> {
    pub(crate) fn new(document: &'a Document, customs: &'a Customs, verbatim: bool) -> Self {
        let layout = Layout { text: document.text(), tree: &document.0.tree, front: document.front_matter() };
        Self { document, layout, customs, verbatim, habits: OnceCell::new() }
    }

    /// What an operation does. Those on whole collections have been taken apart before.
    pub(crate) fn plan(&self, operation: &Operation) -> Result<Plan, Refusal> {
        match operation {
            Operation::Replace { path, value } => self.replace(path, value),
            Operation::Add { path, value, place } => self.add(path, value, *place),
            Operation::Remove { path } => self.remove(path),
            Operation::Move { from, path } => self.shift(from, path),
            Operation::Rename { path, key } => self.rename(path, key),
            Operation::Restore { path, value, source } => self.restore(path, value, source),
            // The first two bring nothing of their own, the others are carried out on the whole text.
            Operation::Copy { .. } | Operation::Test { .. } | Operation::Body { .. } | Operation::Rewind { .. } => {
                Ok(Plan::default())
            }
        }
    }

    pub(crate) fn habits(&self) -> &Habits<'a> {
        self.habits.get_or_init(|| Habits::of(self.layout, self.document.data()))
    }

    /// A writer of new text at this byte.
    pub(crate) fn writer(&self, at: usize) -> Writer<'_> {
        Writer { habits: self.habits(), customs: self.customs, newline: self.layout.newline(at) }
    }

    pub(crate) fn refuse(&self, reason: RefusalReason, message: impl Into<String>, at: usize) -> Refusal {
        Refusal { reason, message: message.into(), place: Some(self.document.place_at(at)) }
    }

    pub(crate) fn missing(path: &Pointer) -> Refusal {
        let error = PatchError::Missing(path.to_string());
        Refusal { message: error.to_string(), reason: RefusalReason::Patch(error), place: None }
    }

    /// The layout has something in this place that the parser reads and we do not know how to change.
    pub(crate) fn unknown_layout(&self, at: usize) -> Refusal {
        self.refuse(
            RefusalReason::Layout,
            "The lines here are laid out in a way that is not edited; use the source",
            at,
        )
    }

    /// The node at a path whose value is to be changed, with all reasons against it checked.
    pub(crate) fn find(&self, path: &Pointer) -> Result<Found, Refusal> {
        let data = self.document.data();
        let Some(found) = self.layout.tree.find(data, path) else {
            return Err(if data.at(path).is_some() { self.behind_alias(path) } else { Self::missing(path) });
        };
        self.check_keys(&found, path)?;
        for (above, _) in &found.trail {
            self.check_anchor(self.layout.node(*above), path)?;
        }
        Ok(found)
    }

    fn behind_alias(&self, path: &Pointer) -> Refusal {
        let mut above = path.clone();
        while let Some((parent, _)) = above.split_last() {
            if let Some(span) = self.document.span(&parent) {
                let name = self.layout.slice(span);
                let message = format!(
                    "{path} is reached through {name}, which stands for a value of another place; change it there"
                );
                return self.refuse(RefusalReason::Alias, message, span.start);
            }
            above = parent;
        }
        Self::missing(path)
    }

    /// Every key on the way must be plain text that stands once, and no merge key.
    fn check_keys(&self, found: &Found, path: &Pointer) -> Result<(), Refusal> {
        let mut value = self.document.data();
        for (depth, (collection, position)) in found.trail.iter().enumerate() {
            if let (Some(key), Value::Map(map)) = (self.layout.key(*collection, *position), value) {
                let name = path.parts().get(depth).map_or("", String::as_str);
                if map.keys().filter(|other| *other == name).count() > 1 {
                    let message =
                        format!("The key “{name}” stands twice here; take one of them out in the source first");
                    return Err(self.refuse(RefusalReason::DoubledKey, message, key.span.start));
                }
                self.check_key(key, name)?;
            }
            value = self.layout.tree.step(*collection, value, *position).map_or(value, |(_, inner)| inner);
        }
        Ok(())
    }

    fn check_key(&self, key: &Node, name: &str) -> Result<(), Refusal> {
        let line = self.layout.slice(Span::new(self.layout.line_start(key.start), key.start));
        let is_explicit = line.trim_end().ends_with('?');
        if is_explicit || !matches!(key.kind, NodeKind::Scalar(_)) || key.tagged || key.anchor > 0 {
            let message = format!(
                "The key “{name}” is more than a word (`? key`, a list, a map, an alias or a tag); use the source"
            );
            return Err(self.refuse(RefusalReason::ComplexKey, message, key.span.start));
        }
        if name == "<<" {
            let message = "A merge key (`<<`) takes in another place's values; change them there";
            return Err(self.refuse(RefusalReason::Alias, message, key.span.start));
        }
        Ok(())
    }

    /// A value whose anchor is used elsewhere must not change silently for all.
    pub(crate) fn check_anchor(&self, node: &Node, path: &Pointer) -> Result<(), Refusal> {
        let uses = |anchor: u32| {
            let is_use = |node: &&Node| matches!(node.kind, NodeKind::Alias(of) if of == anchor);
            self.layout.tree.nodes.iter().find(is_use)
        };
        if node.anchor > 0
            && let Some(first) = uses(node.anchor)
        {
            let place = self.document.place_at(first.span.start);
            let message = format!(
                "{path} belongs to an anchor (`&`) that is used elsewhere, first on line {}; it would change there too",
                place.line
            );
            return Err(self.refuse(RefusalReason::Anchor, message, node.start));
        }
        Ok(())
    }

    /// Checks a value that is going to be replaced by another.
    pub(crate) fn check_value(&self, id: NodeId, path: &Pointer) -> Result<(), Refusal> {
        let node = self.layout.node(id);
        if node.tagged {
            let message = format!("{path} has a tag (`!`) that says how it is read; use the source");
            return Err(self.refuse(RefusalReason::Tag, message, node.start));
        }
        self.check_anchors_within(id, path)
    }

    /// Checks that nothing that is going to disappear is used elsewhere.
    pub(crate) fn check_anchors_within(&self, id: NodeId, path: &Pointer) -> Result<(), Refusal> {
        if !self.layout.tree.nodes.iter().any(|node| node.anchor > 0) {
            return Ok(());
        }
        self.check_anchor(self.layout.node(id), path)?;
        self.layout.tree.children(id).into_iter().try_for_each(|child| self.check_anchors_within(child, path))
    }

    /// The style of the text before a new item or, for the first, behind it.
    pub(crate) fn style_beside(&self, list: NodeId, position: usize, values: &Value) -> Option<ScalarStyle> {
        let text_style = |at: usize| {
            let node = self.layout.child(list, at)?;
            match (&node.kind, values.as_list()?.get(at)?) {
                (NodeKind::Scalar(style), Value::Text(_)) => Some(*style),
                _ => None,
            }
        };
        position.checked_sub(1).and_then(text_style).or_else(|| text_style(position))
    }

    /// The style that most texts of a map have.
    pub(crate) fn style_in_map(&self, map: NodeId, values: &Value) -> Option<ScalarStyle> {
        let (NodeKind::Map { entries, .. }, Value::Map(values)) = (&self.layout.node(map).kind, values) else {
            return None;
        };
        let mut counts = super::habits::Counts::default();
        for (entry, (_, value)) in entries.iter().zip(values.iter()) {
            if let (NodeKind::Scalar(style), Value::Text(text)) = (&self.layout.node(entry.value).kind, value)
                && !(*style == ScalarStyle::Plain && super::scalar::is_date(text))
            {
                counts.add(*style);
            }
        }
        counts.most()
    }
}

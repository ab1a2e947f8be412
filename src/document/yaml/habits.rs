//! What a file is used to: quotes by key, indentation, blank lines. New values follow it.
//!
//! Invariant: habits choose between ways of writing the same data.

use std::collections::{BTreeMap, HashMap};

use super::layout::Layout;
use super::scalar::is_date;
use crate::document::tree::{NodeId, NodeKind};
use crate::document::{ScalarStyle, Value};

/// Counted over one file.
#[derive(Default)]
pub(crate) struct Habits<'a> {
    by_key: HashMap<&'a str, Counts>,
    in_lists: Counts,
    all: Counts,
    list_indents: BTreeMap<usize, usize>,
    map_steps: BTreeMap<usize, usize>,
    /// Lists of scalars in brackets, and in lines.
    flow_lists: usize,
    block_lists: usize,
    /// Blocks of the root map with a blank line above, and without.
    spaced_blocks: usize,
    tight_blocks: usize,
}

/// How many texts have each style.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts([usize; 5]);

impl Counts {
    pub(crate) fn add(&mut self, style: ScalarStyle) {
        self.0[style as usize] += 1;
    }

    /// The most frequent style; of equals the one that holds most texts.
    pub(crate) fn most(self) -> Option<ScalarStyle> {
        use ScalarStyle::{Double, Folded, Literal, Plain, Single};
        let ranked = [Double, Single, Plain, Literal, Folded];
        let best = ranked.into_iter().map(|style| self.0[style as usize]).max().filter(|count| *count > 0)?;
        ranked.into_iter().find(|style| self.0[*style as usize] == best)
    }

    fn of(self, style: ScalarStyle) -> usize {
        self.0[style as usize]
    }
}

impl<'a> Habits<'a> {
    /// Counts a whole file.
    pub(crate) fn of(layout: Layout<'a>, data: &'a Value) -> Self {
        let mut habits = Self::default();
        if let Some(root) = layout.tree.root {
            habits.root_blocks(layout, root);
            habits.walk(layout, root, data, None, None);
        }
        habits
    }

    fn walk(
        &mut self,
        layout: Layout<'a>,
        node: NodeId,
        value: &'a Value,
        key: Option<&'a str>,
        key_column: Option<usize>,
    ) {
        match (&layout.node(node).kind, value) {
            (NodeKind::Scalar(style), Value::Text(text)) if !(*style == ScalarStyle::Plain && is_date(text)) => {
                self.all.add(*style);
                match key {
                    Some(key) => self.by_key.entry(key).or_default().add(*style),
                    None => self.in_lists.add(*style),
                }
            }
            (NodeKind::List { flow, items }, Value::List(values)) => {
                if !values.iter().any(Value::is_collection) {
                    *(if *flow { &mut self.flow_lists } else { &mut self.block_lists }) += 1;
                }
                if let (false, Some(column), Some(first)) = (*flow, key_column, items.first()) {
                    let line = layout.line_start(layout.node(*first).start);
                    let indent = layout.text[line..].bytes().take_while(|byte| *byte == b' ').count();
                    *self.list_indents.entry(indent.saturating_sub(column)).or_default() += 1;
                }
                for (item, value) in items.iter().zip(values) {
                    self.walk(layout, *item, value, None, None);
                }
            }
            (NodeKind::Map { flow, entries }, Value::Map(map)) => {
                let column = entries.first().map(|entry| layout.column(layout.node(entry.key).start)).filter(|_| !flow);
                if let (Some(above), Some(column)) = (key_column, column) {
                    *self.map_steps.entry(column.saturating_sub(above)).or_default() += 1;
                }
                for (entry, (key, value)) in entries.iter().zip(map.iter()) {
                    self.walk(layout, entry.value, value, Some(key), column);
                }
            }
            _ => {}
        }
    }

    fn root_blocks(&mut self, layout: Layout<'a>, root: NodeId) {
        let NodeKind::Map { entries, .. } = &layout.node(root).kind else { return };
        for (position, entry) in entries.iter().enumerate().skip(1) {
            let key = layout.node(entry.key);
            let value = layout.node(entry.value);
            if layout.tree.is_flow(entry.value) || !matches!(value.kind, NodeKind::List { .. } | NodeKind::Map { .. }) {
                continue;
            }
            let above = layout.with_comments_above(layout.line_start(key.start), 0);
            let spaced =
                position > 0 && above > layout.front.start && layout.is_blank_line(layout.line_start(above - 1));
            *(if spaced { &mut self.spaced_blocks } else { &mut self.tight_blocks }) += 1;
        }
    }

    /// How texts of this key are mostly written in the file.
    pub(crate) fn style_of_key(&self, key: &str) -> Option<ScalarStyle> {
        self.by_key.get(key).and_then(|counts| counts.most())
    }

    /// How texts in lists are mostly written.
    pub(crate) fn style_in_lists(&self) -> Option<ScalarStyle> {
        self.in_lists.most()
    }

    /// The quotes of a text that must have some.
    pub(crate) fn quotes(&self) -> ScalarStyle {
        let single = self.all.of(ScalarStyle::Single) > self.all.of(ScalarStyle::Double);
        if single { ScalarStyle::Single } else { ScalarStyle::Double }
    }

    /// How far the dashes of a list stand in from its key.
    pub(crate) fn list_indent(&self) -> usize {
        most(&self.list_indents).unwrap_or(2)
    }

    /// How far the keys of a map stand in from the key above.
    pub(crate) fn map_step(&self) -> usize {
        most(&self.map_steps).filter(|step| *step > 0).unwrap_or(2)
    }

    /// Whether a new list of scalars is written in brackets.
    pub(crate) const fn prefers_flow(&self) -> bool {
        self.flow_lists > self.block_lists
    }

    /// Whether a block at the top level has a blank line above it.
    pub(crate) const fn spaces_blocks(&self) -> bool {
        self.spaced_blocks > self.tight_blocks
    }
}

/// The most frequent number; of equals the smallest.
fn most(counts: &BTreeMap<usize, usize>) -> Option<usize> {
    counts.iter().rev().max_by_key(|(_, count)| **count).map(|(number, _)| *number)
}

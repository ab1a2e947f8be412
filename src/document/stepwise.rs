//! Patches on formats whose text is changed one operation at a time: TOML and JSON.
//!
//! Invariant: each operation works on a text that was read after the one before it, so that no place is stale.

use similar::{Algorithm, DiffOp, TextDiff};

use super::diff::{diff_patch, document_patch};
use super::notice::{Check, Refusal, RefusalReason};
use super::tree::{NodeId, NodeKind, position};
use super::{Applied, Document, Format, Operation, Patch, PatchError, Pointer, Value, json, toml};
use crate::text::{Span, Splice, TextEdit};

/// Carries out a patch on a TOML or JSON document; `data` is what it has to say afterwards.
pub(crate) fn apply(document: &Document, patch: &Patch, data: &Value) -> Result<Applied, Refusal> {
    let edit = edit(document, patch)?;
    if edit.is_empty() {
        return Ok(Applied { document: document.clone(), edit, inverse: Patch::default() });
    }
    let new = Document::parse_text(edit.apply(document.text()));
    if new.error().is_some() || new.format() != document.format() || !new.data().same_data(data) {
        let message = "The change cannot be written safely: the new text would not say what was asked for".to_owned();
        return Err(Refusal { reason: RefusalReason::Unproved(Check::Data), message, place: None });
    }
    let inverse = document_patch(&new, document);
    Ok(Applied { document: new, edit, inverse })
}

fn edit(document: &Document, patch: &Patch) -> Result<TextEdit, Refusal> {
    let mut current = document.clone();
    let mut edits = Vec::new();
    for operation in &patch.0 {
        for splices in steps(&current, operation)? {
            let edit = TextEdit::new(splices(&current)?).map_err(|overlap| unproved(&overlap.to_string()))?;
            if edit.is_empty() {
                continue;
            }
            let next = Document::parse_text(edit.apply(current.text()));
            if let Some(error) = next.error() {
                return Err(unproved(&error.message));
            }
            edits.push(edit);
            current = next;
        }
    }
    match edits.len() {
        1 => Ok(edits.swap_remove(0)),
        _ => Ok(by_lines(document.text(), current.text())),
    }
}

/// One change of the text that is there then.
type Step = Box<dyn Fn(&Document) -> Result<Vec<Splice>, Refusal>>;

fn steps(document: &Document, operation: &Operation) -> Result<Vec<Step>, Refusal> {
    let format = document.format();
    let step = |operation: Operation| -> Step {
        Box::new(move |document| match format {
            Format::Toml => toml::writer::step(document, &operation),
            _ => json::writer::step(document, &operation),
        })
    };
    Ok(match operation {
        Operation::Test { .. } => Vec::new(),
        Operation::Body { text } => {
            let start = document.0.fence.body;
            // A closing line without a line end gets one before the first text below it.
            let lacks_end = start == document.text().len() && !document.text().ends_with('\n') && !text.is_empty();
            let text = format!("{}{text}", if lacks_end { line_end(document.text(), 0) } else { "" });
            let body = Splice { span: Span::new(start, document.text().len()), text };
            vec![Box::new(move |_| Ok(vec![body.clone()]))]
        }
        Operation::Move { from, path } if from == path => Vec::new(),
        Operation::Move { from, path } => {
            let remove = step(Operation::Remove { path: from.clone() });
            let path = path.clone();
            let put: Step = if format == Format::Toml {
                let moved = toml::writer::Moved::of(document, from)?;
                Box::new(move |document| toml::writer::put(document, &path, &moved))
            } else {
                let source = Parts::of(document).source(from)?;
                Box::new(move |document| json::writer::put(document, &path, &source))
            };
            vec![remove, put]
        }
        Operation::Restore { path, value, source } => {
            let (path, value) = (path.clone(), value.clone());
            let operation = if source.added {
                Operation::Add { path, value, place: source.place }
            } else {
                Operation::Replace { path, value }
            };
            return steps(document, &operation);
        }
        Operation::Replace { path, value } if format == Format::Toml => {
            replacing(document, path, value).into_iter().map(step).collect()
        }
        operation => vec![step(operation.clone())],
    })
}

/// A TOML table has no text of its own that could be replaced: what differs in it is, or it goes and comes back.
fn replacing(document: &Document, path: &Pointer, value: &Value) -> Vec<Operation> {
    let replace = Operation::Replace { path: path.clone(), value: value.clone() };
    let parts = Parts::of(document);
    let (Ok(node), Some(old)) = (parts.find(path), document.get(path)) else { return vec![replace] };
    if !matches!(parts.kind(node), NodeKind::Map { flow: false, .. } | NodeKind::List { flow: false, .. }) {
        return vec![replace];
    }
    let place = path.split_last().and_then(|(parent, key)| document.get(&parent)?.as_map()?.index_of(key));
    match (old, value) {
        (Value::Map(_), Value::Map(new)) if !new.is_empty() => {}
        (Value::List(_), Value::List(new)) if new.iter().all(|item| item.as_map().is_some()) => {}
        _ => {
            let add = Operation::Add { path: path.clone(), value: value.clone(), place };
            return vec![Operation::Remove { path: path.clone() }, add];
        }
    }
    diff_patch(old, value).0.into_iter().map(|operation| operation.below(path)).collect()
}

/// The lines in which two texts differ, as one edit.
fn by_lines(old: &str, new: &str) -> TextEdit {
    // A carriage return alone ends no line here, as it ends none below.
    let lines = [old, new].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_slices(&lines[0], &lines[1]);
    let starts = |text: &str| -> Vec<usize> {
        let mut at = 0;
        let ends = text.split_inclusive('\n').map(|line| {
            at += line.len();
            at
        });
        std::iter::once(0).chain(ends).collect()
    };
    let (old_lines, new_lines) = (starts(old), starts(new));
    let splices = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. })).map(|op| {
        let (old_range, new_range) = (op.old_range(), op.new_range());
        Splice {
            span: Span::new(old_lines[old_range.start], old_lines[old_range.end]),
            text: new[new_lines[new_range.start]..new_lines[new_range.end]].to_owned(),
        }
    });
    TextEdit::new(splices.collect()).unwrap_or_else(|_| TextEdit::between(old, new))
}

/// A document's nodes, by pointer.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub document: &'a Document,
    pub text: &'a str,
}

impl<'a> Parts<'a> {
    pub fn of(document: &'a Document) -> Self {
        Self { document, text: document.text() }
    }

    pub fn root(self) -> Option<NodeId> {
        self.document.0.tree.root
    }

    pub fn find(self, path: &Pointer) -> Result<NodeId, Refusal> {
        let found = self.document.0.tree.find(self.document.data(), path);
        found.map(|found| found.node).ok_or_else(|| nowhere(path))
    }

    pub fn kind(self, node: NodeId) -> &'a NodeKind {
        &self.document.0.tree.node(node).kind
    }

    pub fn span(self, node: NodeId) -> Span {
        self.document.0.tree.node(node).span
    }

    /// The text of a value.
    pub fn source(self, path: &Pointer) -> Result<String, Refusal> {
        Ok(self.text[self.span(self.find(path)?).range()].to_owned())
    }

    /// The key and the value of a map's entry.
    pub fn entry(self, path: &Pointer) -> Result<(NodeId, NodeId), Refusal> {
        let (parent, key) = path.split_last().ok_or_else(|| nowhere(path))?;
        let container = self.find(&parent)?;
        let index = self.document.get(&parent).and_then(|map| position(map, key));
        let entry = index.and_then(|index| match self.kind(container) {
            NodeKind::Map { entries, .. } => entries.get(index),
            _ => None,
        });
        entry.map(|entry| (entry.key, entry.value)).ok_or_else(|| nowhere(path))
    }

    /// From the key or value to the value, for each item of a collection.
    pub fn item_spans(self, container: NodeId) -> Vec<Span> {
        match self.kind(container) {
            NodeKind::List { items, .. } => items.iter().map(|item| self.span(*item)).collect(),
            NodeKind::Map { entries, .. } => {
                entries.iter().map(|entry| Span::new(self.span(entry.key).start, self.span(entry.value).end)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The blanks at the start of the line of this byte.
pub(crate) fn line_indent(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Where the line of this byte starts.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// How the line of this byte ends; the last line as the first.
pub(crate) fn line_end(text: &str, at: usize) -> &'static str {
    let end = text[at..].find('\n').map(|end| at + end).or_else(|| text.find('\n'));
    match end {
        Some(end) if text[..end].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

pub(crate) fn nowhere(path: &Pointer) -> Refusal {
    let error = PatchError::Missing(path.to_string());
    Refusal { message: error.to_string(), reason: RefusalReason::Patch(error), place: None }
}

pub(crate) fn unproved(why: &str) -> Refusal {
    let message = format!("The change cannot be written safely: {why}");
    Refusal { reason: RefusalReason::Unproved(Check::Parses), message, place: None }
}

//! Putting another value in the place of one: scalars in their style, collections below their key.
//!
//! Invariant: a scalar that replaces a scalar changes that scalar's bytes only; a comment on the key's line stays there.

use super::editor::{Editor, Plan};
use super::gap::Gap;
use super::scalar::{double_quoted, is_date, plain_ok};
use super::writer::{BlockLook, Writer, plain};
use crate::document::notice::Refusal;
use crate::document::tree::{Found, Node, NodeKind};
use crate::document::{Operation, Pointer, ScalarStyle, Source, Value};
use crate::text::{Span, Splice};

impl Editor<'_> {
    pub(crate) fn replace(&self, path: &Pointer, value: &Value) -> Result<Plan, Refusal> {
        let old = self.document.get(path).ok_or_else(|| Self::missing(path))?;
        if old.same_data(value) {
            return Ok(Plan::default());
        }
        let found = self.find(path)?;
        self.check_value(found.node, path)?;
        self.replace_found(&found, path, old, value)
    }

    pub(crate) fn replace_found(
        &self,
        found: &Found,
        path: &Pointer,
        old: &Value,
        value: &Value,
    ) -> Result<Plan, Refusal> {
        let node = self.layout.node(found.node);
        let Some((parent, _)) = found.parent() else { return Err(self.unknown_layout(node.start)) };
        let in_flow = self.layout.tree.is_flow(parent);
        let is_written_on_a_line = !value.is_collection() || is_empty(value);
        let mut plan = match &node.kind {
            NodeKind::Scalar(_) | NodeKind::Alias(_) if is_written_on_a_line || in_flow => {
                self.replace_scalar(found, node, path, old, value)
            }
            _ if in_flow || self.layout.tree.is_flow(found.node) && !is_empty(old) && value.is_collection() => {
                let key = self.layout.key(parent, 0).map(|_| path.field().last().to_owned());
                let text = self.writer(node.start).in_flow(value, key.as_deref(), &path.field(), None);
                Plan { splices: vec![Splice { span: Span::new(node.start, node.span.end), text }], ..Plan::default() }
            }
            _ => self.replace_region(found, path, value)?,
        };
        plan.inverse = vec![self.put_back(found, path, old)?];
        Ok(plan)
    }

    /// The operation that restores a value as it is written now.
    fn put_back(&self, found: &Found, path: &Pointer, old: &Value) -> Result<Operation, Refusal> {
        let node = self.layout.node(found.node);
        let region = self.layout.region(&found.trail, found.node).ok_or_else(|| self.unknown_layout(node.start))?;
        let source = Source {
            text: self.layout.slice(region).to_owned(),
            column: self.column_of(found).ok_or_else(|| self.unknown_layout(node.start))?,
            added: false,
            place: None,
            skipped: 0,
        };
        Ok(Operation::Restore { path: path.clone(), value: old.clone(), source })
    }

    /// The column of the key or dash that a value stands behind.
    pub(crate) fn column_of(&self, found: &Found) -> Option<usize> {
        let ((parent, position), above) = found.trail.split_last()?;
        if self.layout.tree.is_flow(*parent) {
            return Some(0);
        }
        self.layout.entry_start(above, *parent, *position).map(|start| self.layout.column(start))
    }

    fn replace_scalar(&self, found: &Found, node: &Node, path: &Pointer, old: &Value, value: &Value) -> Plan {
        let (parent, position) = found.parent().unwrap_or_default();
        let in_flow = self.layout.tree.is_flow(parent);
        let style = match node.kind {
            NodeKind::Scalar(style) => style,
            _ => ScalarStyle::Plain,
        };
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let mut carried = Vec::new();
        let mut text = match value {
            Value::Text(text) if is_block => self.replace_block(found, node, style, text),
            Value::Text(text) => self.scalar_text(node, style, path, old, text, in_flow),
            Value::Bool(yes) => same_case(self.layout.slice(node.span), *yes),
            Value::List(_) | Value::Map(_) if in_flow => {
                self.writer(node.start).in_flow(value, None, &path.field(), None)
            }
            Value::List(_) => "[]".to_owned(),
            Value::Map(_) => "{}".to_owned(),
            other => plain(other),
        };
        if is_block {
            let comments = self.layout.tree.comments_in(node.span);
            if !text.starts_with(['|', '>']) {
                for comment in comments {
                    text = format!("{text} {}", self.layout.slice(*comment));
                }
            }
            carried.extend_from_slice(comments);
        }
        if node.span.is_empty() {
            let has_colon = self
                .layout
                .key(parent, position)
                .is_none_or(|key| Gap::new(self.layout.text, key.span.end).after(b':').is_some());
            text = if has_colon { format!(" {text}") } else { format!(": {text}") };
        }
        Plan { splices: vec![Splice { span: node.span, text }], carried, ..Plan::default() }
    }

    /// A text in the style of the scalar it replaces.
    fn scalar_text(
        &self,
        node: &Node,
        style: ScalarStyle,
        path: &Pointer,
        old: &Value,
        text: &str,
        in_flow: bool,
    ) -> String {
        let keeps_date = style == ScalarStyle::Plain && is_date(text);
        if keeps_date && old.as_str().is_none_or(is_date) && !matches!(old, Value::Number(_) | Value::Bool(_)) {
            return text.to_owned();
        }
        // A text that must have quotes (an empty one, the “n” that “news” begins with) says nothing of how the field is written.
        let must = matches!(old, Value::Text(old) if style != ScalarStyle::Plain && !plain_ok(old, in_flow));
        let usual =
            self.customs.styles.get(&path.field()).copied().filter(|usual| must && *usual == ScalarStyle::Plain);
        let style = usual.unwrap_or(style);
        // Quotes are known without counting the file's habits; the rest is not.
        if style == ScalarStyle::Double {
            return double_quoted(text);
        }
        let writer = self.writer(node.start);
        let was_nothing = node.span.is_empty() && !path.parts().is_empty();
        let habit = was_nothing.then(|| writer.habits.style_of_key(path.field().last())).flatten();
        writer.text(text, habit.unwrap_or(style), in_flow)
    }

    /// A text in place of a block scalar: a block again where it can be.
    fn replace_block(&self, found: &Found, node: &Node, style: ScalarStyle, text: &str) -> String {
        let block = self.layout.slice(node.span);
        let header = block.lines().next().unwrap_or_default();
        let indicators =
            header.bytes().skip(1).take_while(|byte| byte.is_ascii_digit() || b"+-".contains(byte)).count();
        let content = block.lines().skip(1).find(|line| !line.trim_matches(' ').is_empty());
        let column = self.column_of(found).unwrap_or_default();
        let writer = self.writer(node.start);
        let look = BlockLook {
            folded: style == ScalarStyle::Folded,
            comment: header.get(1 + indicators..).unwrap_or_default().trim_end(),
            keeps_blank_lines: header[1..=indicators].contains('+'),
            indent: content
                .map_or(column + writer.habits.map_step(), |line| line.len() - line.trim_start_matches(' ').len()),
        };
        writer.block_scalar(text, &look).unwrap_or_else(|| double_quoted(text))
    }

    /// All that stands behind a colon or dash, written anew; the comment on that line stays.
    fn replace_region(&self, found: &Found, path: &Pointer, value: &Value) -> Result<Plan, Refusal> {
        let node = self.layout.node(found.node);
        let unknown = || self.unknown_layout(node.start);
        let region = self.layout.region(&found.trail, found.node).ok_or_else(unknown)?;
        let column = self.column_of(found).ok_or_else(unknown)?;
        let (parent, _) = found.parent().ok_or_else(unknown)?;
        let writer = self.writer(region.start);
        let is_item = matches!(self.layout.node(parent).kind, NodeKind::List { .. });
        let field = path.field();
        let text = if is_item {
            writer.after_dash(value, column, 1, &field, None)
        } else {
            writer.after_key(value, column, &field, None)
        };
        let first_line = Span::new(region.start, self.layout.line_end(region.start));
        let comment = self.layout.tree.comments_in(first_line).first().copied();
        let text = comment.map_or_else(|| text.clone(), |comment| self.with_comment(&text, comment));
        Ok(Plan {
            splices: vec![Splice { span: region, text }],
            carried: comment.into_iter().collect(),
            ..Plan::default()
        })
    }

    /// The text with a comment of the old one at the end of its first line.
    pub(crate) fn with_comment(&self, text: &str, comment: Span) -> String {
        let before = self.layout.slice(Span::new(self.layout.line_start(comment.start), comment.start));
        let blanks = &before[before.trim_end_matches([' ', '\t']).len()..];
        let first_end = text.find(['\r', '\n']).unwrap_or(text.len());
        format!("{}{blanks}{}{}", &text[..first_end], self.layout.slice(comment), &text[first_end..])
    }

    pub(crate) fn rename(&self, path: &Pointer, key: &str) -> Result<Plan, Refusal> {
        let found = self.find(path)?;
        let (parent, position) = found.parent().ok_or_else(|| Self::missing(path))?;
        let (Some(node), Some((above, old))) = (self.layout.key(parent, position), path.split_last()) else {
            return Err(Self::missing(path));
        };
        if old == key {
            return Ok(Plan::default());
        }
        self.check_anchors_within(parent, path)?;
        let writer = self.writer(node.start);
        let text = match node.kind {
            NodeKind::Scalar(ScalarStyle::Single) => writer.text(key, ScalarStyle::Single, false),
            NodeKind::Scalar(ScalarStyle::Double) => double_quoted(key),
            _ => Writer::key(key, self.layout.tree.is_flow(parent)),
        };
        let inverse = vec![Operation::Rename { path: above.child(key), key: old.to_owned() }];
        Ok(Plan { splices: vec![Splice { span: node.span, text }], inverse, ..Plan::default() })
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_list().is_some_and(<[Value]>::is_empty) || value.as_map().is_some_and(crate::document::Map::is_empty)
}

/// Yes or no, in the letters' case of the word it replaces.
fn same_case(old: &str, yes: bool) -> String {
    match (old, yes) {
        ("True" | "False", true) => "True",
        ("True" | "False", false) => "False",
        ("TRUE" | "FALSE", true) => "TRUE",
        ("TRUE" | "FALSE", false) => "FALSE",
        (_, true) => "true",
        (_, false) => "false",
    }
    .to_owned()
}

//! TOML text to nodes with places, and to data.
//!
//! Invariant: never fails. A table written with a header spans from its header to its last value, a table that only dotted
//! keys or deeper headers make spans from the first to the last of these; tables on one line and arrays are flow.

use toml_edit::{ArrayOfTables, InlineTable, Item, Key, Table};

use crate::document::notice::{Fault, NoticeCode};
use crate::document::tree::{Entry, Node, NodeId, NodeKind, Tree};
use crate::document::yaml::reader::{MAX_BYTES, MAX_DEPTH, MAX_NODES};
use crate::document::{Map, Number, Reading, ScalarStyle, Value};
use crate::text::Span;

/// Reads the TOML between the fences.
pub(crate) fn read(text: &str, front: Span) -> Reading {
    let limit = |message: String| Reading::failed(Fault::new(NoticeCode::Limit, message, front.start));
    let block = &text[front.range()];
    if block.len() > MAX_BYTES {
        return limit(format!("The front matter has {} bytes; {MAX_BYTES} are the most that is read", block.len()));
    }
    let parsed = match toml_edit::Document::parse(block) {
        Ok(parsed) => parsed,
        Err(error) => {
            let at = front.start + error.span().map_or(0, |span| span.start);
            let doubled = error.message().contains("duplicate key");
            let code = if doubled { NoticeCode::DoubledKey } else { NoticeCode::Syntax };
            let key = error.span().and_then(|span| block.get(span)).unwrap_or_default();
            let message = if doubled {
                format!("The key “{key}” stands twice, which TOML does not allow")
            } else {
                format!("The front matter is no valid TOML: {}", error.message())
            };
            return Reading::failed(Fault::new(code, message, at));
        }
    };
    let mut reader = Reader { block, offset: front.start, tree: Tree::default(), too_much: false };
    let whole = Span::new(0, 0);
    let (root, data) = reader.table(parsed.as_table(), whole, 0);
    if reader.too_much {
        return limit(format!("The front matter has more than {MAX_NODES} values or {MAX_DEPTH} levels"));
    }
    reader.tree.root = Some(root);
    Reading { data, tree: reader.tree, error: None, warnings: Vec::new() }
}

struct Reader<'a> {
    block: &'a str,
    offset: usize,
    tree: Tree,
    too_much: bool,
}

impl Reader<'_> {
    /// A table; `around` is its header, or an empty span where it has none.
    fn table(&mut self, table: &Table, around: Span, depth: usize) -> (NodeId, Value) {
        let keys = table.iter().filter_map(|(key, _)| table.get_key_value(key));
        self.map(keys, around, false, depth)
    }

    fn map<'t>(
        &mut self,
        items: impl Iterator<Item = (&'t Key, &'t Item)>,
        around: Span,
        flow: bool,
        depth: usize,
    ) -> (NodeId, Value) {
        let (mut entries, mut map) = (Vec::new(), Map::new());
        let mut span = around;
        for (key, item) in items {
            let key_span = key.span().map_or(around, Span::from);
            let Some((value_node, value)) = self.item(item, key_span, depth + 1) else { continue };
            let key_node = self.node(key_span, NodeKind::Scalar(ScalarStyle::Plain));
            let value_span = self.tree.node(value_node).span;
            let value_span = Span::new(value_span.start - self.offset, value_span.end - self.offset);
            span = if depth == 0 || !around.is_empty() {
                Span::new(span.start, span.end.max(value_span.end))
            } else {
                union(union(span, key_span), value_span)
            };
            entries.push(Entry { key: key_node, value: value_node });
            map.push(key.get(), value);
        }
        (self.node(span, NodeKind::Map { flow, entries }), Value::Map(map))
    }

    fn item(&mut self, item: &Item, key: Span, depth: usize) -> Option<(NodeId, Value)> {
        if depth > MAX_DEPTH || self.tree.nodes.len() > MAX_NODES {
            self.too_much = true;
            return None;
        }
        Some(match item {
            Item::None => return None,
            Item::Value(value) => self.value(value, key, depth),
            Item::Table(table) => {
                let header = table.span().filter(|_| !table.is_dotted() && !table.is_implicit());
                let around = header.map_or(Span::new(key.start, key.start), Span::from);
                self.table(table, around, depth)
            }
            Item::ArrayOfTables(tables) => self.tables(tables, key, depth),
        })
    }

    fn tables(&mut self, tables: &ArrayOfTables, key: Span, depth: usize) -> (NodeId, Value) {
        let (mut items, mut values) = (Vec::new(), Vec::new());
        let mut span = Span::default();
        for table in tables {
            let (node, value) = self.table(table, table.span().map_or(key, Span::from), depth + 1);
            let own = self.tree.node(node).span;
            span = union(span, Span::new(own.start - self.offset, own.end - self.offset));
            items.push(node);
            values.push(value);
        }
        (self.node(span, NodeKind::List { flow: false, items }), Value::List(values))
    }

    fn value(&mut self, value: &toml_edit::Value, key: Span, depth: usize) -> (NodeId, Value) {
        let span = value.span().map_or(key, Span::from);
        if depth > MAX_DEPTH || self.tree.nodes.len() > MAX_NODES {
            self.too_much = true;
            return (self.node(span, NodeKind::Scalar(ScalarStyle::Plain)), Value::Null);
        }
        let source = self.block.get(span.range()).unwrap_or_default();
        let (style, data) = match value {
            toml_edit::Value::String(text) => {
                // A line break in the file is one line break of the text, however the file's lines end.
                let text =
                    if source.contains("\r\n") { text.value().replace("\r\n", "\n") } else { text.value().clone() };
                let style = if source.starts_with('"') { ScalarStyle::Double } else { ScalarStyle::Single };
                (style, Value::Text(text))
            }
            toml_edit::Value::Integer(_) | toml_edit::Value::Float(_) => {
                let number = Number::parse(source).map_or_else(|| Value::text(source), Value::Number);
                (ScalarStyle::Plain, number)
            }
            toml_edit::Value::Boolean(yes) => (ScalarStyle::Plain, Value::Bool(*yes.value())),
            toml_edit::Value::Datetime(_) => (ScalarStyle::Plain, Value::text(source)),
            toml_edit::Value::Array(array) => {
                let read: Vec<_> = array.iter().map(|item| self.value(item, span, depth + 1)).collect();
                let (items, values) = read.into_iter().unzip();
                return (self.node(span, NodeKind::List { flow: true, items }), Value::List(values));
            }
            toml_edit::Value::InlineTable(table) => return self.inline(table, span, depth),
        };
        (self.node(span, NodeKind::Scalar(style)), data)
    }

    fn inline(&mut self, table: &InlineTable, span: Span, depth: usize) -> (NodeId, Value) {
        let (mut entries, mut map) = (Vec::new(), Map::new());
        for (name, value) in table {
            let key_span = table.key(name).and_then(Key::span).map_or(span, Span::from);
            let (node, data) = self.value(value, key_span, depth + 1);
            let key = self.node(key_span, NodeKind::Scalar(ScalarStyle::Plain));
            entries.push(Entry { key, value: node });
            map.push(name, data);
        }
        (self.node(span, NodeKind::Map { flow: true, entries }), Value::Map(map))
    }

    fn node(&mut self, span: Span, kind: NodeKind) -> NodeId {
        let span = span.shifted(self.offset);
        self.tree.nodes.push(Node { span, start: span.start, kind, anchor: 0, tagged: false });
        (self.tree.nodes.len() - 1) as NodeId
    }
}

fn union(a: Span, b: Span) -> Span {
    if a.is_empty() && a.start == 0 { b } else { Span::new(a.start.min(b.start), a.end.max(b.end)) }
}

//! YAML text to nodes with places, and to data.
//!
//! Invariant: never fails, never recurses over the text's depth, and does work in proportion to the text: what nests too
//! deep, has too many values or multiplies by aliases ends with a fault instead.

use std::borrow::Cow;
use std::collections::HashSet;

use granit_parser::{Event, Options, Parser, ScalarStyle as Style, StructureStyle};

use super::diagnosis::{self, Disguise};
use super::gap::Gap;
use super::scalar::{date_parts, resolve};
use crate::document::notice::{Fault, NoticeCode};
use crate::document::tree::{Entry, Node, NodeId, NodeKind, Tree};
use crate::document::{Map, Reading, ScalarStyle, Value};
use crate::text::Span;

/// Longest front matter that is read, in bytes.
pub(crate) const MAX_BYTES: usize = 8 << 20;
/// Deepest nesting of collections that is read.
pub(crate) const MAX_DEPTH: usize = 64;
/// Most values and keys that are read.
pub(crate) const MAX_NODES: usize = 1_000_000;
/// Most values that aliases may add to the data.
pub(crate) const MAX_ALIASED: usize = 100_000;
/// Most warnings that are kept of one file.
const MAX_WARNINGS: usize = 1000;

/// Reads the YAML between the fences.
pub(crate) fn read(text: &str, front: Span) -> Reading {
    let block = &text[front.range()];
    if block.len() > MAX_BYTES {
        let message = format!("The front matter has {} bytes; {MAX_BYTES} are the most that is read", block.len());
        return Reading::failed(Fault::new(NoticeCode::Limit, message, front.start));
    }
    let mut warnings = diagnosis::odd_lines(block, front.start);
    let (disguised, disguise) = Disguise::put_on(block, front.start, &mut warnings);
    let mut reader = Reader::new(&disguised, front.start, disguise);
    reader.warnings = warnings;
    reader.run();
    let mut reading = reader.finish();
    if reading.error.is_some()
        && let Some(conflict) = diagnosis::conflict_markers(block, front.start)
    {
        reading.error = Some(conflict);
    }
    reading
}

struct Reader<'a> {
    block: &'a str,
    offset: usize,
    disguise: Disguise,
    tree: Tree,
    data: Option<Value>,
    frames: Vec<Frame>,
    anchors: Vec<Anchor>,
    /// Values that anchors keep and aliases have added.
    aliased: usize,
    /// Where the last token ended; gaps are searched from here.
    last_end: usize,
    documents: usize,
    error: Option<Fault>,
    warnings: Vec<Fault>,
}

/// A collection that is still open.
struct Frame {
    node: NodeId,
    parts: Parts,
    size: usize,
}

enum Parts {
    List(Vec<NodeId>, Vec<Value>),
    Map { entries: Vec<Entry>, map: Map, key: Option<(NodeId, String)> },
}

/// What a name stands for, once it is complete and if it is small enough to be kept.
#[derive(Default)]
struct Anchor {
    value: Option<(Value, usize)>,
    complete: bool,
}

impl<'a> Reader<'a> {
    fn new(block: &'a str, offset: usize, disguise: Disguise) -> Self {
        Self {
            block,
            offset,
            disguise,
            tree: Tree::default(),
            data: None,
            frames: Vec::new(),
            anchors: Vec::new(),
            aliased: 0,
            last_end: 0,
            documents: 0,
            error: None,
            warnings: Vec::new(),
        }
    }

    fn run(&mut self) {
        let mut options = Options::default();
        options.emit_anchor_events = true;
        options.max_buffered_comment_events = 1 << 20;
        options.disallow_directives = true;
        options.block_nesting_limit = MAX_DEPTH;
        options.flow_nesting_limit = MAX_DEPTH;
        options.simple_key_max_lookahead = 4096;
        for item in Parser::new_from_str_with_options(self.block, options) {
            match item {
                Ok((event, span)) => {
                    let at = span.byte_range().map_or(Span::new(self.last_end, self.last_end), Span::from);
                    let tag = span.tag_span().and_then(|tag| tag.byte_range()).map(|tag| tag.start);
                    self.event(event, at, tag);
                }
                Err(error) => self.error = Some(diagnosis::explain(self.block, self.offset, &error)),
            }
            if self.error.is_none() && self.tree.nodes.len() > MAX_NODES {
                let message = format!("The front matter has more than {MAX_NODES} values, the most that is read");
                self.error = Some(Fault::new(NoticeCode::Limit, message, self.offset));
            }
            if self.error.is_some() {
                return;
            }
        }
    }

    fn event(&mut self, event: Event<'a>, at: Span, tag: Option<usize>) {
        match event {
            Event::Scalar(text, style, anchor, kind) => {
                let as_text = kind.as_ref().is_some_and(|kind| kind.is_yaml_core_schema_tag("str") || kind.is_custom());
                self.scalar(text, style, at, tag, anchor, as_text);
            }
            Event::SequenceStart(style, anchor, _) => {
                let kind = NodeKind::List { flow: style == StructureStyle::Flow, items: Vec::new() };
                self.open(kind, Parts::List(Vec::new(), Vec::new()), at, tag, anchor);
            }
            Event::MappingStart(style, anchor, _) => {
                let kind = NodeKind::Map { flow: style == StructureStyle::Flow, entries: Vec::new() };
                self.open(kind, Parts::Map { entries: Vec::new(), map: Map::new(), key: None }, at, tag, anchor);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(at),
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::Anchor(_, _) => {
                if let Some(node) = self.tree.nodes.last_mut() {
                    node.start = node.start.min(at.start + self.offset);
                    if node.span.is_empty() {
                        node.span = Span::new(at.end, at.end).shifted(self.offset);
                    }
                }
                self.last_end = self.last_end.max(at.end);
            }
            Event::Comment(_, _) => self.tree.comments.push(at.shifted(self.offset)),
            Event::DocumentStart(_, _) => {
                self.documents += 1;
                if self.documents > 1 {
                    let message = "A second YAML document begins here, and front matter has one; take the line out";
                    self.error = Some(Fault::new(NoticeCode::Documents, message, self.offset + at.start));
                }
            }
            _ => {}
        }
    }

    fn node(&mut self, kind: NodeKind, span: Span, start: usize, anchor: usize, tagged: bool) -> NodeId {
        if anchor > 0 && self.anchors.len() < anchor {
            self.anchors.resize_with(anchor, Anchor::default);
        }
        let id = self.tree.nodes.len() as NodeId;
        let (span, start) = (span.shifted(self.offset), start.min(span.start) + self.offset);
        self.tree.nodes.push(Node { span, start, kind, anchor: anchor as u32, tagged });
        id
    }

    fn scalar(&mut self, text: Cow<'a, str>, style: Style, at: Span, tag: Option<usize>, anchor: usize, as_text: bool) {
        let implicit = style == Style::Plain && at.is_empty();
        let (span, style) = match style {
            Style::SingleQuoted => (at, ScalarStyle::Single),
            Style::DoubleQuoted => (at, ScalarStyle::Double),
            Style::Literal => (self.block_scalar(at), ScalarStyle::Literal),
            Style::Folded => (self.block_scalar(at), ScalarStyle::Folded),
            Style::Plain if implicit => (self.nothing(at, tag), ScalarStyle::Plain),
            Style::Plain => (at, ScalarStyle::Plain),
        };
        let id = self.node(NodeKind::Scalar(style), span, tag.unwrap_or(span.start), anchor, tag.is_some());
        self.last_end = self.last_end.max(span.end);
        if let Some(Frame { parts: Parts::Map { key: key @ None, .. }, size, .. }) = self.frames.last_mut() {
            *size += 1;
            *key = Some((id, if implicit { String::new() } else { self.disguise.take_off(text) }));
            return;
        }
        let value = match style {
            _ if implicit => Value::Null,
            ScalarStyle::Plain if !as_text => self.plain(text, span),
            _ => Value::Text(self.disguise.take_off(text)),
        };
        self.complete(id, value, 1);
    }

    fn warn(&mut self, fault: Fault) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(fault);
        }
    }

    fn plain(&mut self, text: Cow<'a, str>, span: Span) -> Value {
        match resolve(&text) {
            Value::Text(_) => {
                if let Some((year, month, day)) = date_parts(&text)
                    && chrono::NaiveDate::from_ymd_opt(year, month, day).is_none()
                {
                    let message = format!("No calendar has the date {text}");
                    self.warn(Fault::new(NoticeCode::ImpossibleDate, message, span.start + self.offset));
                }
                Value::Text(self.disguise.take_off(text))
            }
            value => value,
        }
    }

    /// A block scalar from its header to the end of its last line that says something. The parser gives the content only.
    fn block_scalar(&self, at: Span) -> Span {
        let header = Gap::new(self.block, self.last_end).block_header().unwrap_or(at.start);
        let keeps = self.block[header..].lines().next().is_some_and(|line| {
            line.bytes().skip(1).take_while(|b| b.is_ascii_digit() || b"+-".contains(b)).any(|b| b == b'+')
        });
        let line_start = self.block[..at.start].rfind('\n').map_or(0, |end| end + 1);
        let indent = at.start - line_start;
        let mut end = at.end.max(header);
        if end <= at.start || self.block[at.range()].trim().is_empty() && at.start <= header {
            end = header + self.block[header..].find(['\r', '\n']).unwrap_or(self.block.len() - header);
        }
        let mut content = self.block[header..end].strip_suffix('\n').unwrap_or(&self.block[header..end]);
        content = content.strip_suffix('\r').unwrap_or(content);
        while !keeps && let Some((before, line)) = content.rsplit_once('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.len() > indent || !line.bytes().all(|b| b == b' ') {
                break;
            }
            content = before.strip_suffix('\r').unwrap_or(before);
        }
        Span::new(header, header + content.len())
    }

    /// Where a value that is not there would stand: behind its colon, dash, anchor or tag.
    fn nothing(&self, at: Span, tag: Option<usize>) -> Span {
        let gap = Gap::new(self.block, self.last_end);
        let end = match (tag, self.frames.last().map(|frame| &frame.parts)) {
            (Some(tag), _) => {
                Some(tag + self.block[tag..].find([' ', '\t', '\r', '\n', ',']).unwrap_or(self.block.len() - tag))
            }
            (_, Some(Parts::Map { key: Some(_), .. })) => gap.after(b':'),
            (_, Some(Parts::List(..))) => gap.after(b'-'),
            _ => None,
        };
        let end = end.unwrap_or_else(|| {
            if matches!(self.frames.last(), Some(Frame { parts: Parts::Map { .. }, .. })) {
                self.last_end
            } else {
                at.start
            }
        });
        Span::new(end, end)
    }

    fn open(&mut self, kind: NodeKind, parts: Parts, at: Span, tag: Option<usize>, anchor: usize) {
        let node = self.node(kind, at, tag.unwrap_or(at.start), anchor, tag.is_some());
        self.last_end = self.last_end.max(at.end);
        self.frames.push(Frame { node, parts, size: 1 });
    }

    fn close(&mut self, at: Span) {
        let Some(frame) = self.frames.pop() else { return };
        let last = match &frame.parts {
            Parts::List(items, _) => items.last().copied(),
            Parts::Map { entries, .. } => entries.last().map(|entry| entry.value),
        };
        let end = last.map(|last| self.tree.node(last).span.end);
        let value = match frame.parts {
            Parts::List(nodes, values) => {
                if let NodeKind::List { items, .. } = &mut self.tree.nodes[frame.node as usize].kind {
                    *items = nodes;
                }
                Value::List(values)
            }
            Parts::Map { entries: nodes, map, .. } => {
                self.find_doubled(&nodes, &map);
                if let NodeKind::Map { entries, .. } = &mut self.tree.nodes[frame.node as usize].kind {
                    *entries = nodes;
                }
                Value::Map(map)
            }
        };
        let node = &mut self.tree.nodes[frame.node as usize];
        let is_flow = matches!(node.kind, NodeKind::List { flow: true, .. } | NodeKind::Map { flow: true, .. });
        // `[a: b]` is a map without braces: its end event lies on what follows.
        let own_end = is_flow && at.end > at.start && self.block[at.range()].starts_with(['}', ']']);
        node.span.end = if own_end { at.end + self.offset } else { end.unwrap_or(node.span.end).max(node.span.start) };
        self.last_end = self.last_end.max(node.span.end - self.offset);
        self.complete(frame.node, value, frame.size);
    }

    /// Hands a complete node to the collection it lies in.
    fn complete(&mut self, id: NodeId, value: Value, size: usize) {
        let anchor = self.tree.node(id).anchor as usize;
        if anchor > 0 {
            let fits = self.aliased + size <= MAX_ALIASED;
            self.aliased += if fits { size } else { 0 };
            self.anchors[anchor - 1] = Anchor { value: fits.then(|| (value.clone(), size)), complete: true };
        }
        let Some(frame) = self.frames.last_mut() else {
            self.tree.root = Some(id);
            self.data = Some(value);
            return;
        };
        frame.size += size;
        match &mut frame.parts {
            Parts::List(nodes, values) => {
                nodes.push(id);
                values.push(value);
            }
            Parts::Map { entries, map, key } => {
                if let Some((node, name)) = key.take() {
                    entries.push(Entry { key: node, value: id });
                    map.push(name, value);
                } else {
                    let span = self.tree.nodes[id as usize].span;
                    let name = self.block.get(span.start - self.offset..span.end - self.offset).unwrap_or_default();
                    *key = Some((id, name.to_owned()));
                }
            }
        }
    }

    fn alias(&mut self, anchor: usize, at: Span) {
        let id = self.node(NodeKind::Alias(anchor as u32), at, at.start, 0, false);
        self.last_end = self.last_end.max(at.end);
        let written = &self.block[at.range()];
        let found = anchor.checked_sub(1).and_then(|index| self.anchors.get(index));
        let (value, size) = match found {
            Some(Anchor { value: Some((value, size)), .. }) if self.aliased + size <= MAX_ALIASED => {
                self.aliased += size;
                (value.clone(), *size)
            }
            Some(Anchor { complete: true, .. }) => {
                if !self.warnings.iter().any(|fault| fault.code == NoticeCode::Aliases) {
                    let message = format!(
                        "Aliases stand for more than {MAX_ALIASED} values here; the rest is shown as it is written"
                    );
                    self.warn(Fault::new(NoticeCode::Aliases, message, at.start + self.offset));
                }
                (Value::text(written), 1)
            }
            _ => {
                let message = format!("The alias {written} stands inside of what it names");
                self.error = Some(Fault::new(NoticeCode::Aliases, message, at.start + self.offset));
                return;
            }
        };
        self.complete(id, value, size);
    }

    fn find_doubled(&mut self, entries: &[Entry], map: &Map) {
        let mut seen = HashSet::with_capacity(if entries.len() > 16 { entries.len() } else { 0 });
        for (index, name) in map.keys().enumerate() {
            let is_new =
                if entries.len() > 16 { seen.insert(name) } else { !map.keys().take(index).any(|other| other == name) };
            if is_new {
                continue;
            }
            let at = self.tree.node(entries[index].key).span.start;
            let message = format!("The key “{name}” stands twice; Jekyll takes the last, others refuse the file");
            self.warn(Fault::new(NoticeCode::DoubledKey, message, at));
        }
    }

    fn finish(mut self) -> Reading {
        let start = self.tree.root.map_or(self.offset, |root| self.tree.node(root).span.start);
        let data = match self.data.take() {
            Some(Value::Map(map)) => Value::Map(map),
            Some(Value::Null) if self.tree.root.is_some_and(|root| self.tree.node(root).span.is_empty()) => {
                Value::Map(Map::new())
            }
            None => Value::Map(Map::new()),
            Some(other) => {
                let what = if other.as_list().is_some() { "a list" } else { "text" };
                let message = format!("Front matter must be a map of keys and values, and this is {what}");
                self.error.get_or_insert(Fault::new(NoticeCode::NotAMap, message, start));
                Value::Map(Map::new())
            }
        };
        let is_map = self.tree.root.is_some_and(|root| matches!(self.tree.node(root).kind, NodeKind::Map { .. }));
        if !is_map || self.error.is_some() {
            self.tree.root = None;
        }
        Reading { data, tree: self.tree, error: self.error, warnings: self.warnings }
    }
}

//! One operation on TOML text as replacements of spans.
//!
//! Invariant: lines of other entries are never touched; a table stays a table, and what stands on one line stays there.

use super::scalar::{spell, spell_key, unsayable};
use super::section::{Home, after, after_line, after_own_lines, home, lines_of, on_lines, with_comments_above};
use crate::document::notice::{Refusal, RefusalReason};
use crate::document::stepwise::{Parts, line_end, line_indent, line_start, nowhere};
use crate::document::tree::{NodeId, NodeKind};
use crate::document::{Document, Map, Operation, Pointer, Value};
use crate::text::{Span, Splice};

/// What is moved: its value, its text where that can stand elsewhere as it is, and its lines if it is a table of a list.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    value: Value,
    source: Option<String>,
    lines: Option<String>,
}

impl Moved {
    pub fn of(document: &Document, from: &Pointer) -> Result<Self, Refusal> {
        let parts = Parts::of(document);
        let node = parts.find(from)?;
        let value = document.get(from).cloned().ok_or_else(|| nowhere(from))?;
        let flow = !matches!(parts.kind(node), NodeKind::Map { flow: false, .. } | NodeKind::List { flow: false, .. });
        let source = flow.then(|| parts.text[parts.span(node).range()].to_owned());
        let lines = match lines_of(parts, None, node).as_slice() {
            [one] if home(parts, node) == Home::Header => Some(parts.text[one.range()].to_owned()),
            _ => None,
        };
        Ok(Self { value, source, lines })
    }
}

/// What one operation does to the text. Moves are made of two.
pub(crate) fn step(document: &Document, operation: &Operation) -> Result<Vec<Splice>, Refusal> {
    let writer = Writer { parts: Parts::of(document) };
    match operation {
        Operation::Replace { path, value } => writer.replace(path, value),
        Operation::Add { path, value, place } => {
            writer.add(path, &Moved { value: value.clone(), source: None, lines: None }, *place)
        }
        Operation::Remove { path } => writer.remove(path),
        Operation::Copy { from, path } => {
            let value = document.get(from).cloned().ok_or_else(|| nowhere(from))?;
            writer.add(path, &Moved { value, source: None, lines: None }, None)
        }
        Operation::Rename { path, key } => writer.rename(path, key),
        // The others are made of these, or change no front matter.
        _ => Ok(Vec::new()),
    }
}

/// Puts what was moved where it belongs now.
pub(crate) fn put(document: &Document, path: &Pointer, moved: &Moved) -> Result<Vec<Splice>, Refusal> {
    Writer { parts: Parts::of(document) }.add(path, moved, None)
}

struct Writer<'a> {
    parts: Parts<'a>,
}

impl Writer<'_> {
    fn replace(&self, path: &Pointer, value: &Value) -> Result<Vec<Splice>, Refusal> {
        let node = self.parts.find(path)?;
        if self.parts.document.get(path).is_some_and(|old| old.same_data(value)) {
            return Ok(Vec::new());
        }
        let span = self.parts.span(node);
        if matches!(self.parts.kind(node), NodeKind::Map { flow: false, .. } | NodeKind::List { flow: false, .. }) {
            return Err(layout("A table cannot become something else where it stands; take it out and add it anew"));
        }
        let old = &self.parts.text[span.range()];
        let text = match (value, self.parts.kind(node)) {
            (Value::List(items), NodeKind::List { .. }) if old.contains('\n') && !items.is_empty() => {
                self.many_line_array(items, old, span.start)?
            }
            _ => spell(value, Some(old), self.line_end())?,
        };
        Ok(vec![Splice { span, text }])
    }

    fn many_line_array(&self, items: &[Value], old: &str, at: usize) -> Result<String, Refusal> {
        let outer = line_indent(self.parts.text, at);
        let inner = old.split_once('\n').map_or("", |(_, rest)| rest);
        let inner = &inner[..inner.len() - inner.trim_start_matches([' ', '\t']).len()];
        let like = old.strip_prefix('[').map(str::trim_start);
        let end = self.line_end();
        let lines: Result<Vec<_>, _> = items.iter().map(|item| spell(item, like, end)).collect();
        Ok(format!("[{end}{inner}{},{end}{outer}]", lines?.join(&format!(",{end}{inner}"))))
    }

    fn add(&self, path: &Pointer, new: &Moved, place: Option<usize>) -> Result<Vec<Splice>, Refusal> {
        let (parent, last) = path.split_last().ok_or_else(|| unsayable("The whole front matter cannot be replaced"))?;
        let container = self.parts.find(&parent)?;
        match self.parts.kind(container) {
            NodeKind::List { flow: false, items } => self.add_table(&parent, items, last, new),
            NodeKind::List { flow: true, items } => {
                if items.is_empty()
                    && new.value.as_map().is_some_and(|map| !map.is_empty())
                    && let Some(splices) = self.first_table(&parent, new)?
                {
                    return Ok(splices);
                }
                self.add_item(container, last.parse().ok(), |like| self.flow_text(new, like))
            }
            NodeKind::Map { .. } if self.parts.document.get(path).is_some() => self.replace(path, &new.value),
            NodeKind::Map { flow: true, .. } => {
                self.add_item(container, place, |_| Ok(format!("{} = {}", spell_key(last), self.flow_text(new, None)?)))
            }
            NodeKind::Map { .. } => self.add_entry(&parent, container, last, new, place),
            _ => Err(nowhere(path)),
        }
    }

    fn flow_text(&self, new: &Moved, like: Option<&str>) -> Result<String, Refusal> {
        match &new.source {
            Some(source) => Ok(source.clone()),
            None => spell(&new.value, like, self.line_end()),
        }
    }

    /// A new key of a table: a line, or a table below it.
    fn add_entry(
        &self,
        parent: &Pointer,
        container: NodeId,
        key: &str,
        new: &Moved,
        place: Option<usize>,
    ) -> Result<Vec<Splice>, Refusal> {
        let NodeKind::Map { entries, .. } = self.parts.kind(container) else { return Err(nowhere(parent)) };
        let place = place.unwrap_or(entries.len()).min(entries.len());
        let dotted = home(self.parts, container) == Home::Dotted;
        let tables = match &new.value {
            Value::Map(map) => !map.is_empty(),
            Value::List(items) => {
                !items.is_empty() && items.iter().all(|item| item.as_map().is_some_and(|map| !map.is_empty()))
            }
            _ => false,
        };
        if tables && new.source.is_none() && !(dotted && on_lines(self.parts, container)) {
            let before = entries[..place].iter().rev().find(|entry| !on_lines(self.parts, entry.value));
            let at = match before {
                Some(before) => after(self.parts, before.value),
                None if place == entries.len() || dotted => {
                    after(self.parts, container).max(after_own_lines(self.parts, container))
                }
                None => after_own_lines(self.parts, container),
            };
            let text = self.section(&self.keys(&parent.child(key)), &new.value)?;
            return Ok(vec![self.lines_at(at, &text, true)]);
        }
        let like = self.elsewhere(&parent.child(key));
        let value = match &new.source {
            Some(source) => source.clone(),
            None => spell(&new.value, like, self.line_end())?,
        };
        let is_line = |entry: &&crate::document::tree::Entry| on_lines(self.parts, entry.value);
        let before = entries[..place].iter().rev().find(is_line);
        let next = entries[place..].iter().find(is_line);
        let (at, beside) = match (before, next) {
            (Some(before), _) => (after(self.parts, before.value), Some(before.key)),
            (None, Some(next)) => {
                let start = line_start(self.parts.text, self.parts.span(next.key).start);
                (with_comments_above(self.parts, start), Some(next.key))
            }
            (None, None) if dotted => return Err(layout("This table has no lines of its own to stand on")),
            (None, None) => (after_own_lines(self.parts, container), None),
        };
        let (prefix, equals) = beside.map_or((String::new(), " = ".to_owned()), |key| self.beside(key));
        Ok(vec![self.lines_at(at, &format!("{prefix}{}{equals}{value}", spell_key(key)), false)])
    }

    /// What stands before a key on its line (indentation, the tables of a dotted key), and between it and its value.
    fn beside(&self, key: NodeId) -> (String, String) {
        let span = self.parts.span(key);
        let start = line_start(self.parts.text, span.start);
        let behind = &self.parts.text[span.end..];
        let equals = &behind[..behind.len() - behind.trim_start_matches([' ', '\t']).len()];
        let spaced = behind.trim_start_matches([' ', '\t']).strip_prefix('=');
        let equals = match spaced {
            Some(rest) => {
                let blanks = &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()];
                // Several blanks line the values up for other keys than this one.
                let one = |blanks: &str| if blanks.is_empty() { "" } else { " " };
                format!("{}={}", one(equals), one(blanks))
            }
            None => " = ".to_owned(),
        };
        (self.parts.text[start..span.start].to_owned(), equals)
    }

    /// A table more in a list of tables.
    fn add_table(&self, list: &Pointer, items: &[NodeId], index: &str, new: &Moved) -> Result<Vec<Splice>, Refusal> {
        if !matches!(new.value, Value::Map(_)) {
            return Err(layout("In a list of tables everything is a table"));
        }
        let position =
            if index == "-" { items.len() } else { index.parse().map_or(items.len(), |at: usize| at.min(items.len())) };
        let own = new
            .lines
            .as_ref()
            .filter(|lines| lines.trim_start().starts_with("[[") || lines.trim_start().starts_with('#'));
        let text = match own {
            Some(lines) => lines.trim_matches(['\n', '\r']).to_owned(),
            None => self.section(&self.keys(list), &Value::List(vec![new.value.clone()]))?,
        };
        let before = position.checked_sub(1).and_then(|before| items.get(before));
        match (before, items.get(position)) {
            (Some(before), _) => Ok(vec![self.lines_at(after(self.parts, *before), &text, true)]),
            (None, Some(next)) => {
                let at = with_comments_above(self.parts, line_start(self.parts.text, self.parts.span(*next).start));
                let end = self.line_end();
                Ok(vec![Splice { span: Span::new(at, at), text: format!("{text}{end}{end}") }])
            }
            (None, None) => Err(nowhere(list)),
        }
    }

    /// The first table of an empty list on a line of a table: the line goes, a table comes. Nothing where that is no place.
    fn first_table(&self, list: &Pointer, new: &Moved) -> Result<Option<Vec<Splice>>, Refusal> {
        let Some((parent, key)) = list.split_last() else { return Ok(None) };
        let container = self.parts.find(&parent)?;
        if !matches!(home(self.parts, container), Home::Root | Home::Header) {
            return Ok(None);
        }
        let (key_node, value_node) = self.parts.entry(list)?;
        let text = self.section(&self.keys(&parent.child(key)), &Value::List(vec![new.value.clone()]))?;
        let at = after(self.parts, container).max(after_own_lines(self.parts, container));
        let mut splices: Vec<Splice> = lines_of(self.parts, Some(key_node), value_node)
            .into_iter()
            .map(|span| Splice { span, text: String::new() })
            .collect();
        splices.push(self.lines_at(at, &text, true));
        Ok(Some(splices))
    }

    /// A map or a list of maps as tables below headers, without the last line end.
    fn section(&self, keys: &[String], value: &Value) -> Result<String, Refusal> {
        let end = self.line_end();
        let path = keys.iter().map(|key| spell_key(key)).collect::<Vec<_>>().join(".");
        let table = |header: String, map: &Map| -> Result<String, Refusal> {
            let (mut text, mut tables) = (header, String::new());
            for (key, value) in map.iter() {
                let below: Vec<String> = keys.iter().cloned().chain([key.to_owned()]).collect();
                let is_table = match value {
                    Value::Map(map) => !map.is_empty(),
                    Value::List(items) => {
                        !items.is_empty() && items.iter().all(|item| item.as_map().is_some_and(|m| !m.is_empty()))
                    }
                    _ => false,
                };
                if is_table {
                    tables.extend([end, end, &self.section(&below, value)?]);
                } else {
                    let like = self.elsewhere(&Pointer::of(below));
                    text.extend([end, &spell_key(key), " = ", &spell(value, like, end)?]);
                }
            }
            Ok(text + &tables)
        };
        match value {
            Value::Map(map) => table(format!("[{path}]"), map),
            Value::List(items) => {
                let maps = items.iter().filter_map(Value::as_map);
                let tables: Result<Vec<_>, _> = maps.map(|map| table(format!("[[{path}]]"), map)).collect();
                Ok(tables?.join(&format!("{end}{end}")))
            }
            _ => Err(layout("Only maps are tables")),
        }
    }

    /// An item more between brackets or braces; `spelled` is given an item that is there.
    fn add_item(
        &self,
        container: NodeId,
        position: Option<usize>,
        spelled: impl Fn(Option<&str>) -> Result<String, Refusal>,
    ) -> Result<Vec<Splice>, Refusal> {
        let spans = self.parts.item_spans(container);
        let whole = self.parts.span(container);
        let like = spans.first().map(|first| &self.parts.text[first.range()]);
        let text = spelled(like)?;
        let position = position.unwrap_or(spans.len()).min(spans.len());
        let insert = |at: usize, text: String| Splice { span: Span::new(at, at), text };
        let Some(last) = spans.last() else {
            let pad = if self.parts.text[whole.start..].starts_with('{') { " " } else { "" };
            return Ok(vec![Splice {
                span: Span::new(whole.start + 1, whole.end - 1),
                text: format!("{pad}{text}{pad}"),
            }]);
        };
        let indent = line_indent(self.parts.text, spans[0].start);
        let alone = line_start(self.parts.text, spans[0].start) + indent.len() == spans[0].start;
        let gap = if alone { format!("{}{indent}", self.line_end()) } else { " ".to_owned() };
        if let Some(next) = spans.get(position) {
            return Ok(vec![insert(next.start, format!("{text},{gap}"))]);
        }
        if !alone {
            return Ok(vec![insert(last.end, format!(",{gap}{text}"))]);
        }
        // Behind the last line of the items, whose comment stays with it.
        let behind = &self.parts.text[last.end..whole.end];
        let comma = behind.trim_start().starts_with(',');
        let end = last.end + behind.find(['\n', '\r']).unwrap_or(0);
        let mut splices = vec![insert(end, format!("{gap}{text}{}", if comma { "," } else { "" }))];
        if !comma {
            splices.insert(0, insert(last.end, ",".to_owned()));
        }
        if end == last.end && !comma {
            splices = vec![insert(last.end, format!(",{gap}{text}"))];
        }
        Ok(splices)
    }

    fn remove(&self, path: &Pointer) -> Result<Vec<Splice>, Refusal> {
        let (parent, last) =
            path.split_last().ok_or_else(|| unsayable("The whole front matter cannot be taken out"))?;
        let (container, node) = (self.parts.find(&parent)?, self.parts.find(path)?);
        let gone =
            |spans: Vec<Span>| spans.into_iter().map(|span| Splice { span, text: String::new() }).collect::<Vec<_>>();
        match self.parts.kind(container) {
            NodeKind::List { flow: true, .. } => Ok(self.remove_item(container, last.parse().unwrap_or_default())),
            NodeKind::Map { flow: true, .. } => {
                let position =
                    self.parts.document.get(&parent).and_then(Value::as_map).and_then(|map| map.index_of(last));
                Ok(self.remove_item(container, position.unwrap_or_default()))
            }
            NodeKind::List { flow: false, items } => {
                let mut splices = gone(lines_of(self.parts, None, node));
                if let ([_], Some((table, key))) = (items.as_slice(), parent.split_last()) {
                    // No table of the list is left, but an empty list is not nothing.
                    let table = self.parts.find(&table)?;
                    let empty = format!("{} = []", spell_key(key));
                    splices.push(self.lines_at(after_own_lines(self.parts, table), &empty, false));
                }
                Ok(splices)
            }
            _ => {
                let (key, value) = self.parts.entry(path)?;
                Ok(gone(lines_of(self.parts, Some(key), value)))
            }
        }
    }

    fn remove_item(&self, container: NodeId, position: usize) -> Vec<Splice> {
        let spans = self.parts.item_spans(container);
        let whole = self.parts.span(container);
        let Some(item) = spans.get(position).copied() else { return Vec::new() };
        let gone = |start, end| Splice { span: Span::new(start, end), text: String::new() };
        let previous = position.checked_sub(1).map(|before| spans[before]);
        let (Some(first), true) = (spans.first(), spans.len() > 1) else {
            return vec![gone(whole.start + 1, whole.end - 1)];
        };
        let line = line_start(self.parts.text, item.start);
        let next_line = after_line(self.parts, item.end);
        let next_item = spans.get(position + 1).map_or(whole.end - 1, |next| next.start);
        let alone =
            line > first.start.min(whole.start) && line_indent(self.parts.text, item.start).len() + line == item.start;
        if alone && next_line <= next_item && previous.is_none_or(|previous| previous.end <= line) {
            let behind = self.parts.text[item.end..next_line].trim_start();
            let mut splices = vec![gone(line, next_line)];
            if position + 1 == spans.len()
                && !behind.starts_with(',')
                && let Some(previous) = previous
                && let Some(comma) = self.parts.text[previous.end..line].find(',')
            {
                splices.insert(0, gone(previous.end + comma, previous.end + comma + 1));
            }
            return splices;
        }
        match previous {
            Some(previous) if position + 1 == spans.len() => vec![gone(previous.end, item.end)],
            _ => vec![gone(item.start, next_item)],
        }
    }

    fn rename(&self, path: &Pointer, key: &str) -> Result<Vec<Splice>, Refusal> {
        let (old, value) = self.parts.entry(path)?;
        if !matches!(self.parts.kind(value), NodeKind::Map { flow: false, .. } | NodeKind::List { flow: false, .. }) {
            return Ok(vec![Splice { span: self.parts.span(old), text: spell_key(key) }]);
        }
        Err(layout("The name of a table stands in several headers; rename it in the source"))
    }

    /// Lines put in at the start of a line, or behind the last one; a table with a blank line before it.
    fn lines_at(&self, at: usize, text: &str, blank_before: bool) -> Splice {
        let front = self.parts.document.front_matter();
        let end = self.line_end();
        let before = &self.parts.text[front.start..at];
        let blank = blank_before && !before.is_empty() && !before.ends_with("\n\n") && !before.ends_with("\n\r\n");
        let open = if before.is_empty() || before.ends_with('\n') { "" } else { end };
        Splice { span: Span::new(at, at), text: format!("{open}{}{text}{end}", if blank { end } else { "" }) }
    }

    /// The keys that lead to a place: list positions are not written in headers.
    fn keys(&self, path: &Pointer) -> Vec<String> {
        let mut value = Some(self.parts.document.data());
        let mut keys = Vec::new();
        for part in path.parts() {
            match value {
                Some(Value::List(items)) => value = part.parse().ok().and_then(|at: usize| items.get(at)),
                Some(Value::Map(map)) => {
                    value = map.get(part);
                    keys.push(part.clone());
                }
                _ => keys.push(part.clone()),
            }
        }
        keys
    }

    /// How the same field is written elsewhere in the file.
    fn elsewhere(&self, path: &Pointer) -> Option<&str> {
        let keys = self.keys(path);
        let mut nodes = vec![self.parts.root()?];
        for key in &keys {
            let mut below = Vec::new();
            for node in nodes {
                let maps = match self.parts.kind(node) {
                    NodeKind::List { items, .. } => items.clone(),
                    _ => vec![node],
                };
                for map in maps {
                    let NodeKind::Map { entries, .. } = self.parts.kind(map) else { continue };
                    let found = entries.iter().find(|entry| {
                        let spelled = &self.parts.text[self.parts.span(entry.key).range()];
                        spelled == key || spelled == spell_key(key)
                    });
                    below.extend(found.map(|entry| entry.value));
                }
            }
            nodes = below;
        }
        let scalar = nodes.into_iter().find(|node| matches!(self.parts.kind(*node), NodeKind::Scalar(_)))?;
        Some(&self.parts.text[self.parts.span(scalar).range()])
    }

    fn line_end(&self) -> &'static str {
        line_end(self.parts.text, 0)
    }
}

fn layout(message: &str) -> Refusal {
    Refusal { reason: RefusalReason::Layout, message: message.to_owned(), place: None }
}

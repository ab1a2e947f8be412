//! One operation on JSON text as replacements of spans.
//!
//! Invariant: only the value itself, its key and one comma with its blanks are touched; what is written is JSON.

use crate::document::notice::{Refusal, RefusalReason};
use crate::document::stepwise::{self, Parts, line_end, line_indent};
use crate::document::tree::{NodeId, NodeKind};
use crate::document::{Document, Operation, Pointer, Value};
use crate::text::{Span, Splice};

/// What one operation does to the text.
pub(crate) fn step(document: &Document, operation: &Operation) -> Result<Vec<Splice>, Refusal> {
    let writer = Writer { parts: Parts::of(document) };
    match operation {
        Operation::Replace { path, value } => writer.replace(path, value),
        Operation::Add { path, value, place } => writer.add(path, New::Value(value), *place),
        Operation::Remove { path } => writer.remove(path),
        Operation::Copy { from, path } => writer.add(path, New::Text(writer.parts.source(from)?), None),
        Operation::Rename { path, key } => {
            let (entry, _) = writer.parts.entry(path)?;
            Ok(vec![Splice { span: writer.parts.span(entry), text: json(&Value::text(key.as_str()))? }])
        }
        // The others are made of these, or change no front matter.
        _ => Ok(Vec::new()),
    }
}

/// What a moved value looks like where it lands: its own text.
pub(crate) fn put(document: &Document, path: &Pointer, source: &str) -> Result<Vec<Splice>, Refusal> {
    Writer { parts: Parts::of(document) }.add(path, New::Text(source.to_owned()), None)
}

/// What is put in: a value that has to be written, or text that is JSON already.
enum New<'a> {
    Value(&'a Value),
    Text(String),
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
        let text = self.render(value, line_indent(self.parts.text, span.start))?;
        Ok(vec![Splice { span, text }])
    }

    fn add(&self, path: &Pointer, new: New<'_>, place: Option<usize>) -> Result<Vec<Splice>, Refusal> {
        let Some((parent, last)) = path.split_last() else {
            return match new {
                New::Value(value) => self.replace(path, value),
                New::Text(text) => Ok(vec![Splice { span: self.parts.span(self.parts.find(path)?), text }]),
            };
        };
        if self.parts.root().is_none() && path.parts().len() == 1 {
            return Ok(vec![self.first_object(last, &new)?]);
        }
        let container = self.parts.find(&parent)?;
        let is_map = matches!(self.parts.kind(container), NodeKind::Map { .. });
        if is_map && self.parts.document.get(path).is_some() {
            let span = self.parts.span(self.parts.find(path)?);
            return match new {
                New::Value(value) => self.replace(path, value),
                New::Text(text) => Ok(vec![Splice { span, text }]),
            };
        }
        let spans = self.parts.item_spans(container);
        let position = if is_map { place } else { last.parse().ok() };
        let position = position.unwrap_or(spans.len()).min(spans.len());
        let gap = self.gap(container, &spans, &new);
        let indent = gap
            .rsplit_once('\n')
            .map_or_else(|| line_indent(self.parts.text, self.parts.span(container).start), |(_, indent)| indent);
        let mut text = match &new {
            New::Value(value) => self.render(value, indent)?,
            New::Text(text) => text.clone(),
        };
        if is_map {
            text = format!("{}{}{text}", json(&Value::text(last))?, self.colon(container));
        }
        Ok(vec![self.insertion(container, &spans, position, &gap, &text)])
    }

    /// The object that `;;;` lines with nothing between them lack.
    fn first_object(&self, key: &str, new: &New<'_>) -> Result<Splice, Refusal> {
        let value = match new {
            New::Value(value) => self.render(value, "  ")?,
            New::Text(text) => text.clone(),
        };
        let front = self.parts.document.front_matter();
        let end = line_end(self.parts.text, 0);
        let text = format!("{{{end}  {}: {value}{end}}}{end}", json(&Value::text(key))?);
        Ok(Splice { span: front, text })
    }

    fn insertion(&self, container: NodeId, spans: &[Span], position: usize, gap: &str, text: &str) -> Splice {
        match (spans.is_empty(), position.checked_sub(1).and_then(|before| spans.get(before))) {
            (true, _) => {
                let whole = self.parts.span(container);
                let inner = Span::new(whole.start + 1, whole.end - 1);
                let text = match gap.rsplit_once('\n') {
                    Some(_) => {
                        let outer = line_indent(self.parts.text, whole.start);
                        format!("{gap}{text}{}{outer}", line_end(self.parts.text, whole.start))
                    }
                    None => format!("{gap}{text}{gap}"),
                };
                Splice { span: inner, text }
            }
            (false, Some(before)) => Splice { span: Span::new(before.end, before.end), text: format!(",{gap}{text}") },
            (false, None) => {
                let first = spans[0].start;
                Splice { span: Span::new(first, first), text: format!("{text},{gap}") }
            }
        }
    }

    /// The blanks that stand before an item of this container.
    fn gap(&self, container: NodeId, spans: &[Span], new: &New<'_>) -> String {
        let whole = self.parts.span(container);
        if let [.., before, last] = spans {
            let between = &self.parts.text[before.end..last.start];
            return between.rsplit_once(',').map_or(" ", |(_, blanks)| blanks).to_owned();
        }
        if let [only] = spans {
            let before = &self.parts.text[whole.start + 1..only.start];
            let spaced = before.contains('\n') || self.is_map(container) && !self.colon(container).ends_with(' ');
            return if spaced { before.to_owned() } else { " ".to_owned() };
        }
        let is_map = self.is_map(container);
        let collection = matches!(new, New::Value(value) if value.is_collection());
        if self.many_lines() && (is_map || collection) {
            let indent = line_indent(self.parts.text, whole.start);
            return format!("{}{indent}{}", line_end(self.parts.text, whole.start), self.unit());
        }
        if is_map { " ".to_owned() } else { String::new() }
    }

    fn remove(&self, path: &Pointer) -> Result<Vec<Splice>, Refusal> {
        let (Some((parent, _)), node) = (path.split_last(), self.parts.find(path)?) else {
            let span = self.parts.span(self.parts.find(path)?);
            return Ok(vec![Splice { span, text: "{}".to_owned() }]);
        };
        let container = self.parts.find(&parent)?;
        let spans = self.parts.item_spans(container);
        let node = self.parts.span(node);
        let Some(position) = spans.iter().position(|span| span.start <= node.start && node.end <= span.end) else {
            return Err(stepwise::nowhere(path));
        };
        let whole = self.parts.span(container);
        let span = match (position, spans.as_slice()) {
            (_, [_]) => Span::new(whole.start + 1, whole.end - 1),
            (0, [first, second, ..]) => Span::new(first.start, second.start),
            (position, spans) => Span::new(spans[position - 1].end, spans[position].end),
        };
        Ok(vec![Splice { span, text: String::new() }])
    }

    /// A value as this file would have it, for a line with this indentation.
    fn render(&self, value: &Value, indent: &str) -> Result<String, Refusal> {
        let (open, close, items): (_, _, Vec<String>) = match value {
            Value::List(items) if !items.is_empty() => {
                let one_line = !self.many_lines() || self.on_one_line(value);
                let inner = if one_line { indent.to_owned() } else { format!("{indent}{}", self.unit()) };
                ("[", "]", items.iter().map(|item| self.render(item, &inner)).collect::<Result<_, _>>()?)
            }
            Value::Map(map) if !map.is_empty() => {
                let one_line = !self.many_lines() || self.on_one_line(value);
                let inner = if one_line { indent.to_owned() } else { format!("{indent}{}", self.unit()) };
                let colon = self.parts.root().map_or_else(|| ": ".to_owned(), |root| self.colon(root));
                let entry = |(key, value): (&str, &Value)| {
                    Ok(format!("{}{colon}{}", json(&Value::text(key))?, self.render(value, &inner)?))
                };
                ("{", "}", map.iter().map(entry).collect::<Result<_, Refusal>>()?)
            }
            value => return json(value),
        };
        if !self.many_lines() || self.on_one_line(value) {
            let pad = if open == "{" { " " } else { "" };
            return Ok(format!("{open}{pad}{}{pad}{close}", items.join(", ")));
        }
        let end = line_end(self.parts.text, self.parts.document.front_matter().start);
        let unit = self.unit();
        let lines: Vec<String> = items.iter().map(|item| format!("{end}{indent}{unit}{item}")).collect();
        Ok(format!("{open}{}{end}{indent}{close}", lines.join(",")))
    }

    /// Whether collections like this one stand on one line here. Lists of texts do where nothing says otherwise.
    fn on_one_line(&self, value: &Value) -> bool {
        let nodes = &self.parts.document.0.tree.nodes;
        let simple = |node: NodeId| matches!(self.parts.kind(node), NodeKind::Scalar(_));
        let alike = nodes.iter().rev().skip(1).find(|node| match (&node.kind, value) {
            (NodeKind::Map { entries, .. }, Value::Map(_)) => !entries.is_empty(),
            (NodeKind::List { items, .. }, Value::List(values)) => {
                items.first().is_some_and(|first| simple(*first) == values.first().is_some_and(|v| !v.is_collection()))
            }
            _ => false,
        });
        match (alike, value) {
            (Some(node), _) => !self.parts.text[node.span.range()].contains('\n'),
            (None, Value::List(items)) => items.iter().all(|item| !item.is_collection()),
            (None, _) => false,
        }
    }

    fn is_map(&self, node: NodeId) -> bool {
        matches!(self.parts.kind(node), NodeKind::Map { .. })
    }

    /// What stands between key and value here.
    fn colon(&self, container: NodeId) -> String {
        let NodeKind::Map { entries, .. } = self.parts.kind(container) else { return ": ".to_owned() };
        let entry = entries.last().map(|entry| (self.parts.span(entry.key).end, self.parts.span(entry.value).start));
        match (entry, self.parts.root()) {
            (Some((start, end)), _) => self.parts.text[start..end].to_owned(),
            (None, Some(root)) if root != container => self.colon(root),
            _ => ": ".to_owned(),
        }
    }

    fn many_lines(&self) -> bool {
        let front = &self.parts.text[self.parts.document.front_matter().range()];
        front.contains('\n') || self.parts.root().is_none_or(|root| self.parts.item_spans(root).is_empty())
    }

    /// One step of indentation.
    fn unit(&self) -> &str {
        let spans = self.parts.root().map(|root| self.parts.item_spans(root)).unwrap_or_default();
        match spans.first().map(|span| line_indent(self.parts.text, span.start)) {
            Some(unit) if !unit.is_empty() => unit,
            _ => "  ",
        }
    }
}

/// A value without blanks, and the reason where JSON cannot say it.
fn json(value: &Value) -> Result<String, Refusal> {
    if let Value::Number(number) = value
        && !number.as_f64().is_some_and(f64::is_finite)
    {
        let message = format!("JSON has no number {number}");
        return Err(Refusal { reason: RefusalReason::Unsayable, message, place: None });
    }
    Ok(value.to_json().to_string())
}

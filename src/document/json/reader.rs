//! JSON text to nodes with places, and to data.
//!
//! Invariant: never fails and never nests deeper than the limit; the first thing that is not JSON is named with its place.

use crate::document::notice::{Fault, NoticeCode};
use crate::document::tree::{Entry, Node, NodeId, NodeKind, Tree};
use crate::document::yaml::reader::{MAX_BYTES, MAX_DEPTH, MAX_NODES};
use crate::document::{Map, Number, Reading, ScalarStyle, Value};
use crate::text::Span;

/// Reads the JSON between the fences.
pub(crate) fn read(text: &str, front: Span) -> Reading {
    if front.len() > MAX_BYTES {
        let message = format!("The front matter has {} bytes; {MAX_BYTES} are the most that is read", front.len());
        return Reading::failed(Fault::new(NoticeCode::Limit, message, front.start));
    }
    let mut reader = Reader { text, at: front.start, end: front.end, tree: Tree::default(), warnings: Vec::new() };
    reader.blanks();
    if reader.at == reader.end {
        return Reading::empty();
    }
    let start = reader.at;
    match reader.value(0).and_then(|(root, data)| reader.nothing_behind().map(|()| (root, data))) {
        Ok((root, data @ Value::Map(_))) => {
            reader.tree.root = Some(root);
            Reading { data, tree: reader.tree, error: None, warnings: reader.warnings }
        }
        Ok(_) => Reading::failed(Fault::new(NoticeCode::NotAMap, "The front matter is not an object", start)),
        Err(fault) => Reading::failed(fault),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    tree: Tree,
    warnings: Vec<Fault>,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<(NodeId, Value), Fault> {
        if depth > MAX_DEPTH {
            let message = format!("The front matter nests deeper than {MAX_DEPTH} levels, the most that is read");
            return Err(Fault::new(NoticeCode::Limit, message, self.at));
        }
        if self.tree.nodes.len() >= MAX_NODES {
            let message = format!("The front matter has more than {MAX_NODES} values, the most that is read");
            return Err(Fault::new(NoticeCode::Limit, message, self.at));
        }
        let start = self.at;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => {
                let text = self.string()?;
                Ok((self.node(start, NodeKind::Scalar(ScalarStyle::Double)), Value::Text(text)))
            }
            Some(b'-' | b'0'..=b'9') => {
                let number = self.number()?;
                Ok((self.node(start, NodeKind::Scalar(ScalarStyle::Plain)), Value::Number(number)))
            }
            _ => {
                let words = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
                let rest = &self.text[start..self.end];
                let Some((word, value)) = words.into_iter().find(|(word, _)| rest.starts_with(word)) else {
                    return Err(self.unexpected("a value: text in double quotes, a number, true, false, null, [ or {"));
                };
                self.at += word.len();
                Ok((self.node(start, NodeKind::Scalar(ScalarStyle::Plain)), value))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<(NodeId, Value), Fault> {
        let start = self.at;
        let (mut entries, mut map) = (Vec::new(), Map::new());
        let mut keys = std::collections::BTreeSet::new();
        self.at += 1;
        self.blanks();
        while self.peek() != Some(b'}') {
            if !entries.is_empty() {
                self.comma(b'}')?;
            }
            let key_start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = self.string()?;
            let key_node = self.node(key_start, NodeKind::Scalar(ScalarStyle::Double));
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("a colon behind the key"));
            }
            self.at += 1;
            self.blanks();
            let (value_node, value) = self.value(depth + 1)?;
            if !keys.insert(key.clone()) {
                let message = format!("The key “{key}” stands twice; readers take the last one");
                self.warnings.push(Fault::new(NoticeCode::DoubledKey, message, key_start));
            }
            entries.push(Entry { key: key_node, value: value_node });
            map.push(key, value);
            self.blanks();
        }
        self.at += 1;
        Ok((self.node(start, NodeKind::Map { flow: true, entries }), Value::Map(map)))
    }

    fn array(&mut self, depth: usize) -> Result<(NodeId, Value), Fault> {
        let start = self.at;
        let (mut items, mut values) = (Vec::new(), Vec::new());
        self.at += 1;
        self.blanks();
        while self.peek() != Some(b']') {
            if !items.is_empty() {
                self.comma(b']')?;
            }
            let (node, value) = self.value(depth + 1)?;
            items.push(node);
            values.push(value);
            self.blanks();
        }
        self.at += 1;
        Ok((self.node(start, NodeKind::List { flow: true, items }), Value::List(values)))
    }

    /// Steps over a comma to the next item, which must be there.
    fn comma(&mut self, closing: u8) -> Result<(), Fault> {
        if self.peek() != Some(b',') {
            return Err(self.unexpected(if closing == b'}' { "a comma or }" } else { "a comma or ]" }));
        }
        self.at += 1;
        self.blanks();
        if self.peek() == Some(closing) {
            let message = "There is a trailing comma before this bracket, which JSON does not allow";
            return Err(Fault::new(NoticeCode::Syntax, message, self.at));
        }
        Ok(())
    }

    /// The text of the string that starts here, its escapes resolved.
    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        loop {
            match bytes.get(at).filter(|_| at < self.end) {
                Some(b'"') => break,
                Some(b'\\') => at += 2,
                Some(byte) if *byte < 0x20 => {
                    let message = "A line break or control character stands in a text; write it as \\n or \\u00…";
                    return Err(Fault::new(NoticeCode::Syntax, message, at));
                }
                Some(_) => at += 1,
                None => return Err(Fault::new(NoticeCode::Syntax, "The text that starts here is not closed", start)),
            }
        }
        self.at = at + 1;
        serde_json::from_str(&self.text[start..self.at]).map_err(|error| {
            let message = format!("The text has an escape that JSON does not know ({error})");
            Fault::new(NoticeCode::Syntax, message, start)
        })
    }

    fn number(&mut self) -> Result<Number, Fault> {
        let start = self.at;
        let rest = &self.text[start..self.end];
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c))).unwrap_or(rest.len());
        let spelling = &rest[..length];
        // Being valid JSON is one thing, being kept as spelled another.
        let valid = serde_json::from_str::<serde_json::Number>(spelling).is_ok();
        match Number::parse(spelling).filter(|_| valid) {
            Some(number) => {
                self.at += length;
                Ok(number)
            }
            None => Err(Fault::new(NoticeCode::Syntax, format!("“{spelling}” is no number that JSON knows"), start)),
        }
    }

    fn nothing_behind(&mut self) -> Result<(), Fault> {
        self.blanks();
        if self.at == self.end { Ok(()) } else { Err(self.unexpected("the end of the front matter")) }
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied().filter(|_| self.at < self.end)
    }

    fn node(&mut self, start: usize, kind: NodeKind) -> NodeId {
        let span = Span::new(start, self.at);
        self.tree.nodes.push(Node { span, start, kind, anchor: 0, tagged: false });
        (self.tree.nodes.len() - 1) as NodeId
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let found = self.text[self.at..self.end].chars().next();
        let found = found.map_or_else(|| "the end".to_owned(), |c| format!("“{c}”"));
        Fault::new(NoticeCode::Syntax, format!("Here must stand {wanted}, not {found}"), self.at)
    }
}

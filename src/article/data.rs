//! Makes an article's data out of what the row scanner finds, and how its texts are written.
//!
//! Invariant: the data is the one that the document has. It has no text and no places, so it feeds what is looked for and what is
//! learned, and never an edit.

use super::record::{Scalar, Sink};
use crate::document::{Map, Number, ScalarStyle, Value};
use crate::site::Lesson;

/// Takes in what is found, and is then the data.
#[derive(Debug)]
pub(super) struct DataBuilder {
    /// The collections we are in, the article's own map first.
    open: Vec<Value>,
    /// The keys that wait for their values.
    keys: Vec<String>,
    /// How the scalar is written that we are at.
    style: Option<ScalarStyle>,
    /// How all texts are written.
    styles: Vec<Option<ScalarStyle>>,
}

impl DataBuilder {
    pub(super) fn new() -> Self {
        Self { open: vec![Value::Map(Map::new())], keys: Vec::new(), style: None, styles: Vec::new() }
    }

    pub(super) fn finish(mut self) -> Lesson {
        Lesson { data: self.open.pop().unwrap_or_default(), styles: self.styles }
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            Some(Value::Map(map)) => map.push(self.keys.last_mut().map(std::mem::take).unwrap_or_default(), value),
            Some(Value::List(items)) => items.push(value),
            _ => {}
        }
    }

    fn close(&mut self) {
        if let Some(done) = self.open.pop() {
            self.put(done);
        }
    }
}

impl Sink for DataBuilder {
    fn enter(&mut self, key: &str) {
        self.keys.push(key.to_owned());
    }

    fn leave(&mut self) {
        self.keys.pop();
    }

    fn begin_map(&mut self) {
        self.open.push(Value::Map(Map::new()));
    }

    fn end_map(&mut self, _: usize) {
        self.close();
    }

    fn begin_list(&mut self) {
        self.open.push(Value::List(Vec::new()));
    }

    fn map_item(&mut self) {
        self.open.push(Value::Map(Map::new()));
    }

    fn end_map_item(&mut self) {
        self.close();
    }

    fn end_list(&mut self) {
        self.close();
    }

    fn written(&mut self, style: ScalarStyle) {
        self.style = Some(style);
    }

    fn scalar(&mut self, scalar: Scalar<'_>) {
        if matches!(scalar, Scalar::Text(_)) {
            self.styles.push(self.style);
        }
        self.put(match scalar {
            Scalar::Null => Value::Null,
            Scalar::Bool(yes) => Value::Bool(yes),
            Scalar::Number(_, spelling) => Value::Number(Number::spelled(spelling)),
            Scalar::Text(text) => Value::text(text),
        });
    }
}

//! Reading of a configuration file with the places of its values.
//!
//! Invariant: each value that is not understood leaves one problem, and the rest is read on.

use super::ConfigProblem;
use crate::document::{Document, Map, Pointer, Value};
use crate::text::Place;

/// A configuration file that is being read.
pub(super) struct Reader {
    file: String,
    document: Document,
    /// Lines that were put before the file's own, to make a front matter of it.
    added: u32,
    pub(super) problems: Vec<ConfigProblem>,
}

impl Reader {
    pub(super) fn new(file: &str, bytes: &[u8]) -> Self {
        let is_toml = file.rsplit_once('.').is_some_and(|(_, ending)| ending == "toml");
        let fence: &[u8] = if is_toml { b"+++" } else { b"---" };
        let has_fence = bytes.starts_with(fence);
        let mut whole = Vec::with_capacity(bytes.len() + 10);
        if !has_fence {
            whole.extend_from_slice(fence);
            whole.push(b'\n');
        }
        whole.extend_from_slice(bytes);
        whole.push(b'\n');
        whole.extend_from_slice(fence);
        whole.push(b'\n');
        let document = Document::parse(&whole);
        let mut reader = Self { file: file.to_owned(), document, added: u32::from(!has_fence), problems: Vec::new() };
        if let Some(error) = reader.document.error() {
            let (message, place) = (error.message.clone(), reader.shifted(error.place));
            reader.report(Some(place), message, "Correct the file; until then what is inferred is used");
        }
        reader
    }

    /// A value at the top of the file.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.document.data().as_map()?.get(key)
    }

    /// The whole file.
    pub(super) fn data(&self) -> Value {
        self.document.data().clone()
    }

    /// Where a value stands in the file.
    pub(super) fn place(&self, at: &Pointer) -> Option<Place> {
        self.document.place(at).map(|place| self.shifted(place))
    }

    pub(super) fn problem(&mut self, at: &Pointer, message: impl Into<String>, help: impl Into<String>) {
        let place = self.place(at);
        self.report(place, message, help);
    }

    /// The map at this place; anything else there is a problem.
    pub(super) fn map(&mut self, at: &Pointer, value: &Value, what: &str) -> Option<Map> {
        match value {
            Value::Map(map) => Some(map.clone()),
            Value::Null => None,
            other => {
                let found = crate::site::kind::noun(other);
                self.problem(at, format!("“{what}” is {found}, and should be a map"), "Write it as “key: value” lines");
                None
            }
        }
    }

    /// The texts of a list, or the one text that stands there alone.
    pub(super) fn texts(&mut self, at: &Pointer, value: &Value, what: &str) -> Vec<String> {
        match value {
            Value::Null => Vec::new(),
            Value::Text(text) => vec![text.clone()],
            Value::List(items) => {
                let mut texts = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    match item {
                        Value::Text(text) => texts.push(text.clone()),
                        Value::Number(number) => texts.push(number.to_string()),
                        _ => self.problem(
                            &at.child(index),
                            format!("This item of “{what}” is not text"),
                            "Put it in quotes",
                        ),
                    }
                }
                texts
            }
            other => {
                let found = crate::site::kind::noun(other);
                self.problem(at, format!("“{what}” is {found}, and should be a list"), "Write it as “- item” lines");
                Vec::new()
            }
        }
    }

    /// A text.
    pub(super) fn text(&mut self, at: &Pointer, value: &Value, what: &str) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null => None,
            other => {
                let found = crate::site::kind::noun(other);
                self.problem(at, format!("“{what}” is {found}, and should be text"), "Write it in quotes");
                None
            }
        }
    }

    /// A number.
    pub(super) fn number(&mut self, at: &Pointer, value: &Value, what: &str) -> Option<f64> {
        let number = value.as_f64().filter(|number| number.is_finite());
        if number.is_none() && !matches!(value, Value::Null) {
            let found = crate::site::kind::noun(value);
            self.problem(at, format!("“{what}” is {found}, and should be a number"), "Write a plain number");
        }
        number
    }

    /// A key that nothing is known of.
    pub(super) fn unknown(&mut self, at: &Pointer, key: &str, known: &[&str]) {
        let help = match nearest(key, known) {
            Some(near) => format!("Did you mean “{near}”?"),
            None => format!("Known here: {}", known.join(", ")),
        };
        self.problem(at, format!("“{key}” is not known here"), help);
    }

    fn shifted(&self, place: Place) -> Place {
        Place { line: place.line.saturating_sub(self.added).max(1), column: place.column }
    }

    fn report(&mut self, place: Option<Place>, message: impl Into<String>, help: impl Into<String>) {
        let file = self.file.clone();
        self.problems.push(ConfigProblem { file, place, message: message.into(), help: help.into() });
    }
}

/// The known word that a misspelled one is nearest to, if it is near at all.
#[must_use]
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let far = 1 + word.chars().count() / 4;
    known.iter().map(|near| (distance(word, near), *near)).filter(|(d, _)| *d <= far).min().map(|(_, near)| near)
}

/// How many letters have to be changed, added or taken out to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

//! Learning a collection's schema from its articles: a sample, or all of them.
//!
//! Invariant: what is learned does not depend on the order in which articles are seen, but for ties.

mod order;
pub(super) mod roles;
mod seen;
mod stats;

use super::kind::Kind;
use super::schema::{Field, Schema};
use super::score::Sample;
use super::{config::Overrides, label};
use crate::document::{Customs, Document, FieldPath, ScalarStyle, Value};
use seen::Seen;

pub use stats::kind_of_value;

/// Deeper than this nothing is learned.
const DEEPEST: usize = 6;

/// More values of one article than these are not looked at.
const MOST_VALUES: usize = 4_000;

/// What an article teaches of its collection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    /// Its data; empty where it cannot be read.
    pub data: Value,
    /// How each text of the data is written, in the order of the data; nothing where nobody knows.
    pub styles: Vec<Option<ScalarStyle>>,
}

impl Lesson {
    /// What a document teaches: nothing where it does not parse.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        match document.error() {
            Some(_) => Self::default(),
            None => Self { data: document.data().clone(), styles: document.styles() },
        }
    }
}

/// Learns a schema from documents.
#[derive(Clone, Debug, Default)]
pub struct SchemaBuilder {
    articles: usize,
    /// What was seen of the article itself and, below it, of its fields.
    root: Seen,
    /// Numbers and yes-or-no fields at the top of each article, to learn how they hang together.
    rows: Vec<Row>,
    logos: roles::Logos,
}

#[derive(Clone, Debug, Default)]
struct Row {
    numbers: Vec<(String, f64)>,
    flags: Vec<(String, bool)>,
}

impl SchemaBuilder {
    /// Looks at one article. One that does not parse teaches nothing.
    pub fn observe(&mut self, document: &Document) {
        if document.error().is_none() {
            self.take(document.data(), &document.styles());
        }
    }

    /// Takes one article's lesson. An empty one teaches nothing.
    pub fn learn(&mut self, lesson: &Lesson) {
        self.take(&lesson.data, &lesson.styles);
    }

    fn take(&mut self, data: &Value, styles: &[Option<ScalarStyle>]) {
        let Value::Map(map) = data else { return };
        if map.is_empty() {
            return;
        }
        self.articles += 1;
        let mut row = Row::default();
        for (key, value) in map.iter().take(order::MOST_LEARNED) {
            match value {
                Value::Number(number) => row.numbers.extend(number.as_f64().map(|n| (key.to_owned(), n))),
                Value::Bool(yes) => row.flags.push((key.to_owned(), *yes)),
                _ => {}
            }
        }
        self.rows.push(row);
        self.logos.observe(data);
        self.root.article(self.articles, map, styles);
    }

    /// How many articles were looked at.
    #[must_use]
    pub const fn articles(&self) -> usize {
        self.articles
    }

    /// The schema, as it was learned.
    #[must_use]
    pub fn finish(&self) -> Schema {
        self.finish_with(&Overrides::default())
    }

    /// The schema, with what is configured put over what was learned.
    #[must_use]
    pub fn finish_with(&self, overrides: &Overrides) -> Schema {
        let mut schema = Schema { articles: self.articles, customs: self.customs(), ..Schema::default() };
        let scores = self.score_keys();
        add_fields(&mut schema, &FieldPath::default(), &self.root, &scores);
        name_fields(&mut schema.fields);
        roles::assign(&mut schema);
        schema.logo = self.logos.form(schema.provider.as_ref());
        self.learn_scores(&mut schema, &scores);
        schema.override_with(overrides);
        schema
    }

    fn customs(&self) -> Customs {
        let mut customs = Customs::default();
        add_customs(&mut customs, &FieldPath::default(), &self.root);
        customs
    }

    /// Keys at the top that are scores: named so, or whole numbers of small size and wide spread in most articles.
    fn score_keys(&self) -> Vec<String> {
        let is_score = |(key, field): &(&String, &Seen)| {
            roles::is_score_name(key) && field.stats.has_numbers() || field.stats.reads_as_score(self.articles)
        };
        self.root.fields.iter().filter(is_score).map(|(key, _)| key.clone()).collect()
    }

    fn learn_scores(&self, schema: &mut Schema, keys: &[String]) {
        let is_score = |path: &FieldPath| keys.iter().any(|key| key == path.head());
        let paths: Vec<FieldPath> = schema.top_fields().map(|field| field.path.clone()).filter(is_score).collect();
        let samples = paths.into_iter().map(|path| (path.clone(), self.samples(schema, path.head()))).collect();
        schema.learn_scores(samples);
    }

    fn samples(&self, schema: &Schema, key: &str) -> Vec<Sample> {
        let live = schema.live.as_ref().map(FieldPath::head);
        self.rows
            .iter()
            .filter_map(|row| {
                let value = row.numbers.iter().find(|(name, _)| name == key)?.1;
                let flag = row.flags.iter().find(|(name, _)| Some(name.as_str()) == live);
                Some((value, flag.map(|(_, yes)| *yes == schema.live_when)))
            })
            .collect()
    }
}

/// The usual order of keys and style of texts of a field and of those below it.
fn add_customs(customs: &mut Customs, path: &FieldPath, seen: &Seen) {
    if let Some(order) = &seen.order {
        customs.key_order.insert(path.clone(), order.usual());
    }
    if let Some(style) = seen.stats.usual_style() {
        customs.styles.insert(path.clone(), style);
    }
    for (key, field) in &seen.fields {
        add_customs(customs, &path.child(key), field);
    }
}

/// The fields of a map, each with those below it.
fn add_fields(schema: &mut Schema, map: &FieldPath, seen: &Seen, scores: &[String]) {
    for key in schema.key_order(map).to_vec() {
        let Some(field) = seen.fields.get(&key) else { continue };
        let (path, stats) = (map.child(&key), &field.stats);
        let kind = match stats.kind(&path) {
            Kind::Number if scores.contains(&key) => Kind::Score,
            kind => kind,
        };
        schema.fields.push(Field {
            kind,
            seen: stats.articles,
            uniform: stats.uniform(kind),
            example: stats.example.clone(),
            values: stats.values(kind),
            path: path.clone(),
            ..Field::default()
        });
        if field.order.is_some() && path.parts().len() < DEEPEST {
            add_fields(schema, &path, field, scores);
        }
    }
}

/// Labels are unique within a map.
fn name_fields(fields: &mut [Field]) {
    let mut maps: Vec<FieldPath> = Vec::new();
    for field in fields.iter() {
        let parts = field.path.parts();
        let map = FieldPath::of(parts[..parts.len() - 1].iter().cloned());
        if !maps.contains(&map) {
            maps.push(map);
        }
    }
    for map in maps {
        let depth = map.parts().len() + 1;
        let is_in = |field: &Field| field.path.parts().len() == depth && field.path.parts().starts_with(map.parts());
        let keys: Vec<String> = fields.iter().filter(|f| is_in(f)).map(|f| f.path.last().to_owned()).collect();
        let labels = label::labels(&keys.iter().map(String::as_str).collect::<Vec<_>>());
        for (field, label) in fields.iter_mut().filter(|f| is_in(f)).zip(labels) {
            field.label = label;
        }
    }
}

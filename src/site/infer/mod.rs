//! Learning a collection's schema from its articles: a sample, or all of them.
//!
//! Invariant: what is learned does not depend on the order in which articles are seen, but for ties.

mod order;
pub(super) mod roles;
mod stats;

use std::collections::BTreeMap;

use super::kind::Kind;
use super::schema::{Field, Schema};
use super::score::Sample;
use super::{config::Overrides, label};
use crate::document::{Customs, Document, FieldPath, Pointer, Value};
use order::KeyOrder;
use stats::Stats;

pub use stats::kind_of_value;

/// Deeper than this nothing is learned.
const DEEPEST: usize = 6;

/// More values of one article than these are not looked at.
const MOST_VALUES: usize = 4_000;

/// Learns a schema from documents.
#[derive(Clone, Debug, Default)]
pub struct SchemaBuilder {
    articles: usize,
    fields: BTreeMap<FieldPath, Stats>,
    orders: BTreeMap<FieldPath, KeyOrder>,
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
        if document.error().is_some() {
            return;
        }
        let Value::Map(data) = document.data() else { return };
        if data.is_empty() {
            return;
        }
        self.articles += 1;
        let mut row = Row::default();
        for (key, value) in data.iter().take(order::MOST_LEARNED) {
            match value {
                Value::Number(number) => row.numbers.extend(number.as_f64().map(|n| (key.to_owned(), n))),
                Value::Bool(yes) => row.flags.push((key.to_owned(), *yes)),
                _ => {}
            }
        }
        self.rows.push(row);
        self.logos.observe(document.data());
        let mut left = MOST_VALUES;
        self.value(document, &Pointer::root(), &FieldPath::default(), document.data(), &mut left);
        for stats in self.fields.values_mut() {
            stats.end_article();
        }
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
        self.add_fields(&mut schema, &FieldPath::default(), &scores);
        name_fields(&mut schema.fields);
        roles::assign(&mut schema);
        schema.logo = self.logos.form(schema.provider.as_ref());
        self.learn_scores(&mut schema, &scores);
        schema.override_with(overrides);
        schema
    }

    fn value(&mut self, document: &Document, at: &Pointer, path: &FieldPath, value: &Value, left: &mut usize) {
        if *left == 0 || path.parts().len() > DEEPEST || at.parts().len() > 2 * DEEPEST {
            return;
        }
        *left -= 1;
        if !path.parts().is_empty() {
            self.fields.entry(path.clone()).or_default().value(value, || document.style(at));
        }
        match value {
            Value::Map(map) => {
                self.orders.entry(path.clone()).or_default().observe(map.keys());
                for (key, value) in map.iter() {
                    self.value(document, &at.child(key), &path.child(key), value, left);
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let at = at.child(index);
                    match item {
                        Value::Map(map) => {
                            self.orders.entry(path.clone()).or_default().observe(map.keys());
                            for (key, value) in map.iter() {
                                self.value(document, &at.child(key), &path.child(key), value, left);
                            }
                        }
                        item => {
                            let stats = self.fields.entry(path.clone()).or_default();
                            stats.item(item, || document.style(&at));
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn customs(&self) -> Customs {
        let mut customs = Customs::default();
        for (path, order) in &self.orders {
            customs.key_order.insert(path.clone(), order.usual());
        }
        for (path, stats) in &self.fields {
            if let Some(style) = stats.usual_style() {
                customs.styles.insert(path.clone(), style);
            }
        }
        customs
    }

    fn add_fields(&self, schema: &mut Schema, map: &FieldPath, scores: &[String]) {
        let keys = schema.key_order(map).to_vec();
        for key in keys {
            let path = map.child(&key);
            let Some(stats) = self.fields.get(&path) else { continue };
            let kind = if scores.contains(&key) && stats.kind(&path) == Kind::Number {
                Kind::Score
            } else {
                stats.kind(&path)
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
            if self.orders.contains_key(&path) && path.parts().len() < DEEPEST {
                self.add_fields(schema, &path, scores);
            }
        }
    }

    /// Keys at the top that are scores: named so, or whole numbers of small size and wide spread in most articles.
    fn score_keys(&self) -> Vec<String> {
        let is_score = |path: &&FieldPath| {
            let stats = &self.fields[*path];
            path.parts().len() == 1 && (roles::is_score_name(path.head()) && stats.has_numbers())
                || path.parts().len() == 1 && stats.reads_as_score(self.articles)
        };
        self.fields.keys().filter(is_score).map(|path| path.head().to_owned()).collect()
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

//! What an entry of `related` says of another article.
//!
//! Invariant: an entry has the fields that the entries of its collection have, in their order; nothing opaque goes along.

use super::Article;
use crate::document::{FieldPath, Map, Value};

/// Of so many entries in a hundred a field has to be in, so that a new entry has it too.
const USUAL: usize = 10;

impl Article<'_> {
    /// What an entry of this story says of another article.
    #[must_use]
    pub fn entry_of(&self, other: &Article<'_>) -> Map {
        let mut entry = Map::new();
        for key in self.entry_keys() {
            let path = FieldPath::of([key.as_str()]);
            let value = other.get(&path).filter(|value| !matches!(value, Value::Null));
            let value = value.cloned().or_else(|| self.by_part(&path, other));
            if let Some(value) = value.filter(|value| !other.schema.is_opaque(&path, Some(value))) {
                entry.push(key.as_str(), as_entry(self, &key, &value));
            }
        }
        entry
    }

    /// The keys that entries here have; where there are none yet, what names, dates and places a story.
    fn entry_keys(&self) -> Vec<String> {
        let (schema, related) = (self.schema, self.related_field());
        let own = [schema.topics.as_ref(), schema.live.as_ref(), schema.heat.as_ref(), Some(&related)];
        let entries = schema.field(&related).map_or(0, |field| field.seen);
        let children = schema.children(&related).filter(|field| field.seen * 100 >= entries * USUAL);
        let keys: Vec<String> = children.map(|field| field.path.last().to_owned()).collect();
        let parts = [
            Some(&schema.title),
            schema.excerpt.as_ref(),
            schema.date.as_ref(),
            schema.addresses.first(),
            schema.provider.as_ref(),
            schema.quality.as_ref(),
        ];
        let usual = parts.into_iter().flatten().map(|path| path.last().to_owned());
        let keys = if keys.is_empty() { usual.collect() } else { keys };
        keys.into_iter().filter(|key| !own.iter().flatten().any(|path| path.head() == key)).collect()
    }

    /// Where another collection calls it otherwise: title, date and page by the part they play.
    fn by_part(&self, path: &FieldPath, other: &Article<'_>) -> Option<Value> {
        if *path == self.schema.title {
            return Some(Value::text(other.title()));
        }
        if self.schema.date.as_ref() == Some(path) {
            return other.date().map(Value::text);
        }
        (self.schema.addresses.first() == Some(path)).then(|| other.page().map(Value::text)).flatten()
    }
}

/// A value of a lead as entries have it: without keys that the entries of the collection do not have.
pub(super) fn as_entry(article: &Article<'_>, key: &str, value: &Value) -> Value {
    let path = article.related_field().child(key);
    let known: Vec<&str> = article.schema.children(&path).map(|field| field.path.last()).collect();
    let seen = article.schema.field(&path).map_or(0, |field| field.seen);
    let usual = |map: &Map| -> Value {
        // A key that few entries have is no reason to carry it along.
        let few = |key: &str| article.schema.field(&path.child(key)).is_none_or(|field| field.seen * 10 < seen);
        Value::Map(map.iter().filter(|(key, _)| !few(key)).map(|(k, v)| (k.to_owned(), v.clone())).collect())
    };
    match value {
        _ if known.is_empty() => value.clone(),
        Value::Map(map) => usual(map),
        Value::List(items) => {
            Value::List(items.iter().map(|item| item.as_map().map_or_else(|| item.clone(), usual)).collect())
        }
        other => other.clone(),
    }
}

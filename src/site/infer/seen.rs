//! What was seen of the fields of a collection's articles: a tree of their keys, the maps in a list taken together.
//!
//! Invariant: styles are taken in the order of the data, one for each text, whether or not it is looked at.

use std::collections::BTreeMap;

use super::order::KeyOrder;
use super::stats::Stats;
use super::{DEEPEST, MOST_VALUES};
use crate::document::{Map, ScalarStyle, Value};

/// A field, or the article itself, which has no values to count.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) stats: Stats,
    /// Where it holds maps: the order of their keys.
    pub(super) order: Option<KeyOrder>,
    pub(super) fields: BTreeMap<String, Seen>,
}

/// A walk through the data of one article.
struct Walk<'s> {
    /// The number of the article, from 1.
    article: usize,
    /// The styles of the texts that are still to come.
    styles: std::slice::Iter<'s, Option<ScalarStyle>>,
    /// How many values may still be looked at.
    left: usize,
}

impl Seen {
    /// Looks at the article of this number.
    pub(super) fn article(&mut self, article: usize, data: &Map, styles: &[Option<ScalarStyle>]) {
        // The article itself is the first value.
        let mut walk = Walk { article, styles: styles.iter(), left: MOST_VALUES - 1 };
        self.map(data, 1, &mut walk);
    }

    fn map(&mut self, map: &Map, depth: usize, walk: &mut Walk<'_>) {
        self.order.get_or_insert_default().observe(map.keys());
        for (key, value) in map.iter() {
            if walk.left == 0 || depth > DEEPEST {
                walk.skip(value);
                continue;
            }
            walk.left -= 1;
            if !self.fields.contains_key(key) {
                self.fields.insert(key.to_owned(), Self::default());
            }
            if let Some(field) = self.fields.get_mut(key) {
                field.value(value, depth, walk);
            }
        }
    }

    fn value(&mut self, value: &Value, depth: usize, walk: &mut Walk<'_>) {
        let style = walk.style_of(value);
        self.stats.value(value, style, walk.article);
        match value {
            Value::Map(map) => self.map(map, depth + 1, walk),
            Value::List(items) => {
                for item in items {
                    if let Value::Map(map) = item {
                        self.map(map, depth + 1, walk);
                        continue;
                    }
                    let style = walk.style_of(item);
                    self.stats.item(item, style);
                    if let Value::List(inner) = item {
                        inner.iter().for_each(|value| walk.skip(value));
                    }
                }
            }
            _ => {}
        }
    }
}

impl Walk<'_> {
    fn style_of(&mut self, value: &Value) -> Option<ScalarStyle> {
        if matches!(value, Value::Text(_)) { self.styles.next().copied().flatten() } else { None }
    }

    /// Leaves a value out, and the styles of its texts with it.
    fn skip(&mut self, value: &Value) {
        match value {
            Value::Text(_) => drop(self.styles.next()),
            Value::List(items) => items.iter().for_each(|item| self.skip(item)),
            Value::Map(map) => map.iter().for_each(|(_, value)| self.skip(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    #[test]
    fn styles_stay_with_their_texts_where_values_are_left_out() {
        let deep = "a:\n";
        let mut text = String::from("---\n");
        for depth in 0..=DEEPEST {
            text.push_str(&"  ".repeat(depth));
            text.push_str(deep);
        }
        text.push_str(&"  ".repeat(DEEPEST + 1));
        text.push_str("b: 'left out'\nlist:\n  - - 'inner'\n  - plain\nlast: \"double\"\n---\n");
        let document = Document::parse(text.as_bytes());
        assert!(document.error().is_none(), "{text}");
        let mut seen = Seen::default();
        seen.article(1, document.data().as_map().unwrap(), &document.styles());
        assert_eq!(seen.fields["list"].stats.usual_style(), Some(ScalarStyle::Plain));
        assert_eq!(seen.fields["last"].stats.usual_style(), Some(ScalarStyle::Double));
    }
}

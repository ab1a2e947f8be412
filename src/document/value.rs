//! The data of a front matter: ordered, with numbers as they were spelled.
//!
//! Invariant: reading a document and asking for its data loses nothing that an article's meaning depends on: order of keys,
//! keys that stand twice, and the spelling of numbers are kept; absent, null, empty text and empty list are four values.

use std::fmt;

/// One value. A date is text, spelled as it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing: `null`, `~`, or no value behind the colon.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number, as spelled.
    Number(Number),
    /// Text, and everything that reads as text (dates too).
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map, in the order of the file.
    Map(Map),
}

/// A number that keeps its spelling: `120`, `1_000`, `0x1F`, `1e3`.
#[derive(Clone, Debug, Eq)]
pub struct Number(String);

/// Keys and values in the order of the file. A key may stand twice; `get` finds the last, as Jekyll does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(Vec<(String, Value)>);

impl Number {
    /// A number from its spelling in YAML, TOML or JSON, or nothing if it is none.
    #[must_use]
    pub fn parse(spelling: &str) -> Option<Self> {
        let number = Self(spelling.to_owned());
        (number.as_i128().is_some() || number.as_f64().is_some()).then_some(number)
    }

    /// A number of a spelling that is known to be one.
    pub(crate) fn spelled(spelling: impl Into<String>) -> Self {
        Self(spelling.into())
    }

    /// As it is spelled.
    #[must_use]
    pub fn spelling(&self) -> &str {
        &self.0
    }

    /// The whole number it is, if it is spelled as one (decimal, `0x`, `0o`, `0b`, underscores between digits).
    #[must_use]
    pub fn as_i128(&self) -> Option<i128> {
        let (sign, digits) = match self.0.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, self.0.strip_prefix('+').unwrap_or(&self.0)),
        };
        let (radix, digits) = match digits.get(..2) {
            Some("0x") => (16, &digits[2..]),
            Some("0o") => (8, &digits[2..]),
            Some("0b") => (2, &digits[2..]),
            _ => (10, digits),
        };
        if digits.is_empty() || digits.starts_with('_') || digits.ends_with('_') || digits.starts_with(['+', '-']) {
            return None;
        }
        let plain: String = digits.chars().filter(|c| *c != '_').collect();
        i128::from_str_radix(&plain, radix).ok().map(|n| sign * n)
    }

    /// The number it is, rounded to a double; infinities and not-a-number too.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        if let Some(whole) = self.as_i128() {
            return Some(whole as f64);
        }
        match self.0.as_str() {
            ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "inf" | "+inf" => Some(f64::INFINITY),
            "-.inf" | "-.Inf" | "-.INF" | "-inf" => Some(f64::NEG_INFINITY),
            ".nan" | ".NaN" | ".NAN" | "nan" => Some(f64::NAN),
            text if text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
                && text.contains(|c: char| c.is_ascii_digit()) =>
            {
                text.replace('_', "").parse().ok()
            }
            _ => None,
        }
    }
}

impl PartialEq for Number {
    /// Same kind (whole or not) and same value; the spelling does not matter.
    fn eq(&self, other: &Self) -> bool {
        match (self.as_i128(), other.as_i128()) {
            (Some(a), Some(b)) => a == b,
            (None, None) => match (self.as_f64(), other.as_f64()) {
                (Some(a), Some(b)) => a == b || a.is_nan() && b.is_nan(),
                _ => self.0 == other.0,
            },
            _ => false,
        }
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Self {
        Self(n.to_string())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Map {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().rfind(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// The value of this key, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.iter_mut().rfind(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// Where the key stands.
    #[must_use]
    pub fn index_of(&self, key: &str) -> Option<usize> {
        self.0.iter().rposition(|(k, _)| k == key)
    }

    /// The entry at a position.
    #[must_use]
    pub fn nth(&self, index: usize) -> Option<(&str, &Value)> {
        self.0.get(index).map(|(k, v)| (k.as_str(), v))
    }

    /// Adds at the end, whether or not the key is there already.
    pub fn push(&mut self, key: impl Into<String>, value: Value) {
        self.0.push((key.into(), value));
    }

    /// Adds before the entry that stands at `index` now; beyond the end: at the end.
    pub fn insert(&mut self, index: usize, key: impl Into<String>, value: Value) {
        self.0.insert(index.min(self.0.len()), (key.into(), value));
    }

    /// Takes the entry of this key out.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.index_of(key).map(|at| self.0.remove(at).1)
    }

    /// Keys and values in order.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Value)> + ExactSizeIterator {
        self.0.iter().map(|(k, v)| (k.as_str(), v))
    }

    /// Keys in order.
    #[must_use]
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.0.iter().map(|(k, _)| k.as_str())
    }

    /// How many entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl Value {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// Yes or no, if it is that.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(yes) => Some(*yes),
            _ => None,
        }
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The map, if it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Whether it is a list or a map.
    #[must_use]
    pub const fn is_collection(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_))
    }

    /// The same data, the order of keys aside.
    #[must_use]
    pub fn same_data(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_data(b)),
            (Self::Map(a), Self::Map(b)) => {
                let sorted = |map: &Map| {
                    let mut order: Vec<usize> = (0..map.len()).collect();
                    order.sort_by(|x, y| map.0[*x].0.cmp(&map.0[*y].0));
                    order
                };
                a.len() == b.len()
                    && sorted(a)
                        .into_iter()
                        .zip(sorted(b))
                        .all(|(x, y)| a.0[x].0 == b.0[y].0 && a.0[x].1.same_data(&b.0[y].1))
            }
            _ => self == other,
        }
    }

    /// The value as JSON. Numbers keep their value (hexadecimal and underscores become decimal); of a key that stands
    /// twice the last is kept; infinities become text, for JSON has none.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Null => Json::Null,
            Self::Bool(yes) => Json::Bool(*yes),
            Self::Number(number) => number.to_json(),
            Self::Text(text) => Json::String(text.clone()),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(map) => Json::Object(map.iter().map(|(k, v)| (k.to_owned(), v.to_json())).collect()),
        }
    }
}

impl Number {
    fn to_json(&self) -> serde_json::Value {
        if let Ok(number) = self.0.parse::<serde_json::Number>() {
            return serde_json::Value::Number(number);
        }
        let spelled = self.as_i128().map(|n| n.to_string()).or_else(|| self.as_f64().map(|n| n.to_string()));
        match spelled.and_then(|text| text.parse().ok()) {
            Some(number) => serde_json::Value::Number(number),
            None => serde_json::Value::String(self.0.clone()),
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Null,
            Json::Bool(yes) => Self::Bool(yes),
            Json::Number(number) => Self::Number(Number(number.to_string())),
            Json::String(text) => Self::Text(text),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Json::Object(map) => Self::Map(map.into_iter().map(|(k, v)| (k, Self::from(v))).collect()),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Number(n.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_kind_and_value() {
        let n = |s: &str| Number::parse(s).unwrap();
        assert_eq!(n("0x1F"), n("31"));
        assert_eq!(n("1_000"), n("1000"));
        assert_ne!(n("120"), n("120.0"));
        assert_eq!(n("1e3"), n("1000.0"));
        assert_eq!(n(".NaN"), n(".nan"));
        for text in ["", "_1", "x", "-", ".", "1x", "infinity", "NaN"] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn data_is_the_same_whatever_the_order_of_keys() {
        let a: Value = serde_json::json!({"a": 1, "b": [{"c": null}]}).into();
        let b: Value = serde_json::json!({"b": [{"c": null}], "a": 1}).into();
        assert!(a.same_data(&b) && a != b);
        assert!(!a.same_data(&serde_json::json!({"a": 1, "b": [{"c": ""}]}).into()));
    }
}

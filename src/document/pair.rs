//! Which items of two lists are the same thing: an entry is known by its address, then by its name; a text by itself.
//!
//! Invariant: a pairing is one to one, and equal items are paired before similar ones, so that of two entries with the same
//! address the unchanged one stays itself. Linear in the size of both lists but for sorting keys.

use std::collections::{BTreeMap, VecDeque};

use super::{Map, Value};

/// Where an entry's address stands, the surest first.
const ADDRESSES: [&str; 3] = ["webUrl", "originalUrl", "url"];
/// Where an entry's name stands.
const NAMES: [&str; 2] = ["title", "name"];

/// Partners of the items of two lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pairing {
    /// For each left item its right one.
    pub forward: Vec<Option<usize>>,
    /// For each right item its left one.
    pub backward: Vec<Option<usize>>,
}

impl Pairing {
    /// Pairs the items of two lists.
    pub fn of(left: &[&Value], right: &[&Value]) -> Self {
        let mut pairing = Self { forward: vec![None; left.len()], backward: vec![None; right.len()] };
        pairing.by_key(left, right, |value| Some(canonical(value)), |_, _| true);
        pairing.by_key(left, right, |value| address(value).map(str::to_owned), |_, _| true);
        pairing.by_key(left, right, |value| name(value).map(str::to_owned), one_thing_with_this_name);
        pairing.nameless_maps(left, right);
        pairing
    }

    /// Pairs what is still single and has the same key, first with first.
    fn by_key(
        &mut self,
        left: &[&Value],
        right: &[&Value],
        key: impl Fn(&Value) -> Option<String>,
        accept: impl Fn(&Value, &Value) -> bool,
    ) {
        let mut waiting: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
        for (i, value) in left.iter().enumerate().filter(|(i, _)| self.forward[*i].is_none()) {
            if let Some(key) = key(value) {
                waiting.entry(key).or_default().push_back(i);
            }
        }
        if waiting.is_empty() {
            return;
        }
        for (j, value) in right.iter().enumerate() {
            if self.backward[j].is_some() {
                continue;
            }
            let Some(candidates) = key(value).and_then(|key| waiting.get_mut(&key)) else { continue };
            if candidates.front().is_some_and(|i| accept(left[*i], value))
                && let Some(i) = candidates.pop_front()
            {
                self.join(i, j);
            }
        }
    }

    /// Pairs single maps without address and name in their order, where they agree in half of what they say.
    fn nameless_maps(&mut self, left: &[&Value], right: &[&Value]) {
        let nameless = |value: &Value| value.as_map().is_some() && address(value).is_none() && name(value).is_none();
        let single = |values: &[&Value], partners: &[Option<usize>]| -> Vec<usize> {
            (0..values.len()).filter(|i| partners[*i].is_none() && nameless(values[*i])).collect()
        };
        let pairs: Vec<_> = single(left, &self.forward).into_iter().zip(single(right, &self.backward)).collect();
        for (i, j) in pairs {
            if alike(left[i], right[j]) {
                self.join(i, j);
            }
        }
    }

    fn join(&mut self, i: usize, j: usize) {
        self.forward[i] = Some(j);
        self.backward[j] = Some(i);
    }
}

/// The same text for the same data, whatever the order of keys and the spelling of numbers.
pub(super) fn canonical(value: &Value) -> String {
    fn write(value: &Value, out: &mut String) {
        match value {
            Value::List(items) => {
                out.push('[');
                for item in items {
                    write(item, out);
                    out.push(',');
                }
                out.push(']');
            }
            Value::Map(map) => {
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_by_key(|(key, _)| *key);
                out.push('{');
                for (key, value) in entries {
                    out.push_str(&quoted(key));
                    out.push(':');
                    write(value, out);
                    out.push(',');
                }
                out.push('}');
            }
            Value::Number(number) => match (number.as_i128(), number.as_f64()) {
                (Some(whole), _) => out.push_str(&whole.to_string()),
                (None, Some(float)) => out.extend([float.to_string().as_str(), "f"]),
                (None, None) => out.push_str(number.spelling()),
            },
            Value::Text(text) => out.push_str(&quoted(text)),
            Value::Bool(yes) => out.push_str(if *yes { "yes" } else { "no" }),
            Value::Null => out.push('~'),
        }
    }
    fn quoted(text: &str) -> String {
        format!("{text:?}")
    }
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn address(value: &Value) -> Option<&str> {
    first_text(value.as_map()?, &ADDRESSES)
}

fn name(value: &Value) -> Option<&str> {
    first_text(value.as_map()?, &NAMES)
}

fn first_text<'a>(map: &'a Map, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| map.get(key)?.as_str().filter(|text| !text.is_empty()))
}

/// Two outlets give one story the same title: with different addresses an entry is the same only if the rest agrees.
fn one_thing_with_this_name(left: &Value, right: &Value) -> bool {
    match (address(left), address(right)) {
        (Some(a), Some(b)) => a == b || alike(left, right),
        _ => true,
    }
}

fn alike(left: &Value, right: &Value) -> bool {
    let (Some(left), Some(right)) = (left.as_map(), right.as_map()) else { return false };
    let agreed = left.iter().filter(|(key, value)| right.get(key).is_some_and(|other| other.same_data(value))).count();
    agreed * 2 >= left.len().max(right.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(left: &serde_json::Value, right: &serde_json::Value) -> Vec<Option<usize>> {
        let items = |json: &serde_json::Value| match Value::from(json.clone()) {
            Value::List(items) => items,
            _ => Vec::new(),
        };
        let (left, right) = (items(left), items(right));
        Pairing::of(&left.iter().collect::<Vec<_>>(), &right.iter().collect::<Vec<_>>()).forward
    }

    #[test]
    fn items_are_paired_by_what_they_are() {
        use serde_json::json;
        let entry = |url: &str, title: &str, quality: i64| json!({"webUrl": url, "title": title, "quality": quality});
        let cases = [
            (json!(["a", "b", "a"]), json!(["a", "a", "c"]), vec![Some(0), None, Some(1)]),
            (
                json!([entry("u", "A", 1), entry("v", "B", 2)]),
                json!([entry("v", "C", 3), entry("u", "A", 9)]),
                vec![Some(1), Some(0)],
            ),
            // Of two entries with one address, the unchanged one is the one that stayed.
            (json!([entry("u", "A", 1), entry("u", "B", 2)]), json!([entry("u", "B", 2)]), vec![None, Some(0)]),
            // A repaired address: all else agrees.
            (json!([entry("u", "A", 1)]), json!([entry("w", "A", 1)]), vec![Some(0)]),
            // The same title told by somebody else.
            (json!([entry("u", "A", 1)]), json!([entry("w", "A", 5)]), vec![None]),
            (json!([{"title": "A", "n": 1}]), json!([{"title": "A", "n": 2, "x": 1}]), vec![Some(0)]),
            (json!([{"text": "a", "link": "x"}]), json!([{"text": "b", "link": "x"}]), vec![Some(0)]),
            (json!([{"text": "a", "link": "x"}]), json!([{"text": "b", "link": "y"}]), vec![None]),
            (json!([1, [2]]), json!([[2], 1.0]), vec![None, Some(0)]),
        ];
        for (left, right, want) in cases {
            assert_eq!(pairs(&left, &right), want, "{left} and {right}");
        }
    }
}

//! The second reader: libyaml, which is what Jekyll and `PyYAML` read with.
//!
//! Invariant: it only ever sees a text whose size, depth and aliases the first reader has counted.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Number as YamlNumber, Value as Yaml};

use crate::document::{Map, Number, Operation, Patch, Value};

/// What the second reader makes of a front matter; nothing where it refuses it.
pub(crate) fn read(block: &str) -> Option<Value> {
    let value = match serde_yaml::from_str(block) {
        Ok(Direct(value)) => value,
        Err(_) => convert(serde_yaml::from_str(block).ok()?),
    };
    match value {
        Value::Null => Some(Value::Map(Map::new())),
        value => Some(value),
    }
}

/// Whether the data holds a whole number beyond 64 bits, which this reader refuses and libyaml itself does not.
pub(crate) fn is_beyond(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.as_i128().is_some_and(|whole| i64::try_from(whole).is_err() && u64::try_from(whole).is_err())
        }
        Value::List(items) => items.iter().any(is_beyond),
        Value::Map(map) => map.iter().any(|(_, value)| is_beyond(value)),
        _ => false,
    }
}

/// The patch in this reader's eyes: it takes digits behind a leading zero for text.
pub(crate) fn translate(patch: &Patch) -> Patch {
    let translated = patch.0.iter().cloned().map(|mut operation| {
        if let Operation::Add { value, .. }
        | Operation::Replace { value, .. }
        | Operation::Restore { value, .. }
        | Operation::Test { value, .. } = &mut operation
        {
            *value = seen(value);
        }
        operation
    });
    Patch(translated.collect())
}

fn seen(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            let digits = number.spelling().trim_start_matches(['-', '+']);
            match number.as_i128() {
                Some(_)
                    if digits.len() > 1
                        && digits.starts_with('0')
                        && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
                {
                    Value::text(number.spelling())
                }
                _ => value.clone(),
            }
        }
        Value::List(items) => Value::List(items.iter().map(seen).collect()),
        Value::Map(map) => Value::Map(map.iter().map(|(key, value)| (key.to_owned(), seen(value))).collect()),
        other => other.clone(),
    }
}

/// Data as it is read, without the reader's own tree in between: half of what a proof takes. What is rare, keys that are no text
/// and tags, is refused and read through that tree.
struct Direct(Value);

impl<'de> Deserialize<'de> for Direct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DirectVisitor)
    }
}

struct DirectVisitor;

impl<'de> Visitor<'de> for DirectVisitor {
    type Value = Direct;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("data without tags, its keys texts")
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Direct, E> {
        Ok(Direct(Value::Bool(yes)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Direct, E> {
        Ok(spelled(&YamlNumber::from(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Direct, E> {
        Ok(spelled(&YamlNumber::from(number)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Direct, E> {
        Ok(spelled(&YamlNumber::from(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Direct, E> {
        Ok(Direct(Value::text(text)))
    }

    fn visit_string<E>(self, text: String) -> Result<Direct, E> {
        Ok(Direct(Value::Text(text)))
    }

    fn visit_unit<E>(self) -> Result<Direct, E> {
        Ok(Direct(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut data: A) -> Result<Direct, A::Error> {
        let mut items = Vec::new();
        while let Some(Direct(item)) = data.next_element()? {
            items.push(item);
        }
        Ok(Direct(Value::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut data: A) -> Result<Direct, A::Error> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        while let Some(key) = data.next_key()? {
            let Yaml::String(key) = key else { return Err(A::Error::custom("a key is no text")) };
            let Direct(value) = data.next_value()?;
            entries.push((key, value));
        }
        if has_doubled(&entries) {
            return Err(A::Error::custom("a key stands twice"));
        }
        Ok(Direct(Value::Map(entries.into_iter().collect())))
    }
}

fn spelled(number: &YamlNumber) -> Direct {
    Direct(Value::Number(Number::spelled(number.to_string())))
}

/// Up to so many keys are compared with each other.
const FEW_KEYS: usize = 32;

fn has_doubled(entries: &[(String, Value)]) -> bool {
    if entries.len() <= FEW_KEYS {
        return entries.iter().enumerate().any(|(at, (key, _))| entries.iter().take(at).any(|(known, _)| known == key));
    }
    let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

fn convert(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(yes) => Value::Bool(yes),
        Yaml::Number(number) => Value::Number(Number::spelled(number.to_string())),
        Yaml::String(text) => Value::Text(text),
        Yaml::Sequence(items) => Value::List(items.into_iter().map(convert).collect()),
        Yaml::Mapping(map) => Value::Map(map.into_iter().map(|(key, value)| (name(key), convert(value))).collect()),
        Yaml::Tagged(tagged) => convert(tagged.value),
    }
}

fn name(key: Yaml) -> String {
    match key {
        Yaml::String(text) => text,
        Yaml::Null => String::new(),
        other => match convert(other) {
            Value::Number(number) => number.to_string(),
            value => value.to_json().to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Through the reader's own tree.
    fn through_tree(block: &str) -> Option<Value> {
        serde_yaml::from_str(block).ok().map(convert)
    }

    #[test]
    fn what_is_read_directly_is_what_the_readers_own_tree_says() {
        let long = (0..40).fold(String::new(), |all, i| all + &format!("key{i}: {i}\n"));
        let direct = [
            "a: 1\nb: -0x1F\nc: 18446744073709551615\nd: 1e3\ne: .inf\nf: -.5\ng: .nan\nh: 007\ni: 1_000\n",
            "a: ~\nb:\nc: yes\nd: true\ne: 'true'\nf: \"é\\n\"\ng: |\n  one\n  two\nh: 2020-05-06\n",
            "a: [1, [2, {b: c}], {}]\nd:\n  - e: &x f\n    g: *x\n  - h\n",
            "- a\n- b\n",
            "text",
            long.as_str(),
        ];
        for block in direct {
            let Ok(Direct(value)) = serde_yaml::from_str(block) else { panic!("{block}") };
            assert_eq!(format!("{value:?}"), format!("{:?}", through_tree(block).unwrap()), "{block}");
        }
        let doubled = format!("{long}key7: x\n");
        for block in ["1: a\n", "a: !x b\n", "? [a]\n: b\n", "true: a\n", "a: 1\na: 2\n", "a: [", doubled.as_str()] {
            assert!(serde_yaml::from_str::<Direct>(block).is_err(), "{block}");
            let whole = read(block).map(|value| format!("{value:?}"));
            assert_eq!(whole, through_tree(block).map(|value| format!("{value:?}")), "{block}");
        }
    }
}

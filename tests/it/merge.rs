//! Merges: laws that hold for all data.

use copydesk::document::changes::value_changes;
use copydesk::document::diff::diff_patch;
use copydesk::document::merge::{Conflict, Policy, Side, answer, merge_values};
use copydesk::document::{Map, Value};
use proptest::prelude::*;

/// A random step of an editor: what to do, where, with what.
type Step = (u8, u8, u8);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any::<Step>(), 0..7)
}

fn base() -> impl Strategy<Value = Value> {
    let entries = prop::collection::vec((0..6_u8, 0..4_u8), 0..5);
    let topics = prop::collection::vec(0..6_u8, 0..5);
    (entries, topics, any::<bool>()).prop_map(|(entries, topics, provider)| {
        let mut map = Map::new();
        map.push("title", Value::text("T"));
        map.push("heat", Value::from(40));
        if provider {
            let provider = [("name", "A"), ("domain", "a.org")];
            map.push("provider", provider.into_iter().map(|(k, v)| (k.to_owned(), Value::text(v))).collect::<Map>().into_value());
        }
        map.push("topics", Value::List(topics.iter().map(|n| topic(*n)).collect()));
        map.push("related", Value::List(entries.iter().map(|(url, quality)| entry(*url, *quality)).collect()));
        Value::Map(map)
    })
}

trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for Map {
    fn into_value(self) -> Value {
        Value::Map(self)
    }
}

fn topic(n: u8) -> Value {
    Value::text(format!("t{}", n % 6))
}

fn entry(url: u8, quality: u8) -> Value {
    let mut map = Map::new();
    map.push("title", Value::text(format!("title {}", url % 6)));
    map.push("webUrl", Value::text(format!("https://x.org/{}", url % 6)));
    map.push("quality", Value::from(i64::from(quality % 4)));
    Value::Map(map)
}

fn edited(data: &Value, steps: &[Step]) -> Value {
    let Value::Map(mut map) = data.clone() else { unreachable!("articles are maps") };
    for (what, place, with) in steps {
        let place = usize::from(*place);
        match what % 10 {
            0 => set(&mut map, ["title", "heat", "new"][place % 3], Value::from(i64::from(with % 3))),
            1 => drop(map.remove(["heat", "provider", "topics", "related", "new"][place % 5])),
            2 => {
                if let Some(Value::Map(provider)) = map.get_mut("provider") {
                    set(provider, ["name", "domain", "extra"][place % 3], Value::from(i64::from(with % 3)));
                }
            }
            3..=5 => {
                let Some(Value::List(topics)) = map.get_mut("topics") else { continue };
                change_list(topics, what - 3, place, topic(*with));
            }
            6..=8 => {
                let Some(Value::List(related)) = map.get_mut("related") else { continue };
                change_list(related, what - 6, place, entry(*with, with / 7));
            }
            _ => {
                let Some(Value::List(related)) = map.get_mut("related") else { continue };
                if let Some(Value::Map(entry)) = related.get_mut(place % 5) {
                    set(entry, ["quality", "title", "extra"][usize::from(*with) % 3], Value::from(i64::from(with % 5)));
                }
            }
        }
    }
    Value::Map(map)
}

fn set(map: &mut Map, key: &str, value: Value) {
    match map.get_mut(key) {
        Some(old) => *old = value,
        None => map.push(key, value),
    }
}

fn change_list(items: &mut Vec<Value>, what: u8, place: usize, item: Value) {
    match (what % 3, items.len()) {
        (0, length) => items.insert(place % (length + 1), item),
        (_, 0) => {}
        (1, length) => drop(items.remove(place % length)),
        (_, length) => {
            let moved = items.remove(place % length);
            items.insert((place / 7) % length, moved);
        }
    }
}

/// The data with every list in one order, so that two merges can be compared that differ only there.
fn sorted(value: &Value) -> Value {
    match value {
        Value::List(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_key(|item| item.to_json().to_string());
            Value::List(items)
        }
        Value::Map(map) => {
            let mut entries: Vec<(String, Value)> = map.iter().map(|(k, v)| (k.to_owned(), sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Map(entries.into_iter().collect())
        }
        value => value.clone(),
    }
}

fn said(conflicts: &[Conflict], swapped: bool) -> Vec<String> {
    let mut said: Vec<String> = conflicts
        .iter()
        .map(|conflict| {
            let text = |value: &Option<Value>| match value {
                Some(Value::List(_)) => "a list".to_owned(),
                Some(value) => sorted(value).to_json().to_string(),
                None => "nothing".to_owned(),
            };
            let (ours, theirs) = (text(&conflict.ours), text(&conflict.theirs));
            let (ours, theirs) = if swapped { (theirs, ours) } else { (ours, theirs) };
            format!("{}: {} → {ours} or {theirs}", conflict.field(), text(&conflict.base))
        })
        .collect();
    said.sort();
    said
}

fn ask(base: &Value, ours: &Value, theirs: &Value) -> copydesk::document::merge::Outcome {
    merge_values(base, ours, theirs, &|_| Policy::Ask)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_side_alone_is_taken(base in base(), steps in steps()) {
        let other = edited(&base, &steps);
        for (ours, theirs) in [(&other, &base), (&base, &other), (&other, &other)] {
            let merged = ask(&base, ours, theirs);
            prop_assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
            prop_assert!(merged.data.same_data(&other), "{}", merged.data.to_json());
        }
    }

    #[test]
    fn sides_can_be_swapped(base in base(), ours in steps(), theirs in steps()) {
        let (ours, theirs) = (edited(&base, &ours), edited(&base, &theirs));
        let (merged, swapped) = (ask(&base, &ours, &theirs), ask(&base, &theirs, &ours));
        prop_assert_eq!(said(&merged.conflicts, false), said(&swapped.conflicts, true));
        if merged.conflicts.is_empty() {
            prop_assert_eq!(sorted(&merged.data), sorted(&swapped.data));
        }
    }

    #[test]
    fn untouched_fields_come_from_the_other_side(base in base(), ours in steps(), theirs in steps()) {
        let (ours, theirs) = (edited(&base, &ours), edited(&base, &theirs));
        let merged = ask(&base, &ours, &theirs);
        for key in ["title", "heat", "new", "provider", "topics", "related"] {
            let of = |value: &Value| value.as_map().and_then(|map| map.get(key)).map(sorted);
            if of(&ours) == of(&base) && of(&theirs) == of(&base) {
                prop_assert_eq!(of(&merged.data), of(&base), "{}", key);
            } else if ours.as_map().unwrap().get(key) == base.as_map().unwrap().get(key) {
                prop_assert_eq!(merged.data.as_map().unwrap().get(key), theirs.as_map().unwrap().get(key), "{}", key);
            } else if theirs.as_map().unwrap().get(key) == base.as_map().unwrap().get(key) {
                prop_assert_eq!(of(&merged.data), of(&ours), "{}", key);
            }
        }
    }

    #[test]
    fn answers_are_what_a_policy_would_have_done(base in base(), ours in steps(), theirs in steps()) {
        let (ours, theirs) = (edited(&base, &ours), edited(&base, &theirs));
        let merged = ask(&base, &ours, &theirs);
        let mine = merge_values(&base, &ours, &theirs, &|_| Policy::Mine);
        prop_assert!(mine.conflicts.is_empty() && mine.kept.is_empty());
        let listed = merge_values(&base, &ours, &theirs, &|_| Policy::MineAndList);
        prop_assert_eq!(&listed.data, &mine.data);
        prop_assert_eq!(said(&listed.kept, false), said(&merged.conflicts, false));
        let given_up = merge_values(&base, &ours, &theirs, &|_| Policy::Theirs);
        prop_assert_eq!(&given_up.data, &merged.data);

        let (mut data, mut conflicts) = (merged.data, merged.conflicts);
        while !conflicts.is_empty() {
            let which = conflicts.len() - 1;
            let patch = answer(&data, &mut conflicts, which, Side::Ours);
            data = patch.apply_to(&data).map_err(|error| TestCaseError::fail(error.to_string()))?;
        }
        prop_assert_eq!(sorted(&data), sorted(&mine.data));
    }

    #[test]
    fn patches_and_changes_lead_from_one_to_the_other(base in base(), ours in steps()) {
        let ours = edited(&base, &ours);
        let patch = diff_patch(&base, &ours);
        let applied = patch.apply_to(&base).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(applied.same_data(&ours), "{} gives {}", patch.to_json(), applied.to_json());
        let changes = value_changes(&base, &ours);
        prop_assert_eq!(changes.is_empty(), patch.is_empty());
        for change in &changes {
            let pointer = change.pointer.clone().unwrap_or_default();
            if change.new.is_some() {
                prop_assert_eq!(ours.at(&pointer), change.new.as_ref());
            }
            prop_assert!(change.revert().apply_to(&ours).is_ok(), "{:?}", change);
        }
    }
}

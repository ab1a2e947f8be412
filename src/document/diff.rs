//! The smallest patch that turns one data into another: what undo, merge and "apply again" send to a document.
//!
//! Invariant: `diff_patch(a, b)` applied to `a` is `b`, the order of keys that both have aside. List items that stay what they
//! are keep their lines: they are moved and edited, not written anew.

use super::pair::Pairing;
use super::{Document, Map, Operation, Patch, Pointer, Value};

/// The patch that turns `base` into `ours`.
#[must_use]
pub fn diff_patch(base: &Value, ours: &Value) -> Patch {
    let mut operations = Vec::new();
    value(&Pointer::root(), base, ours, &mut operations);
    Patch(operations)
}

/// The patch that turns one document's data and body into another's.
#[must_use]
pub fn document_patch(from: &Document, to: &Document) -> Patch {
    let mut patch = diff_patch(from.data(), to.data());
    if from.body() != to.body() {
        patch.0.push(Operation::Body { text: to.body().to_owned() });
    }
    patch
}

impl Operation {
    /// The operation, made for a value alone, for the same value at this place in a document.
    #[must_use]
    pub fn below(self, at: &Pointer) -> Self {
        let under = |path: &Pointer| Pointer::of(at.parts().iter().chain(path.parts()).cloned());
        match self {
            Self::Add { path, value, place } => Self::Add { path: under(&path), value, place },
            Self::Remove { path } => Self::Remove { path: under(&path) },
            Self::Replace { path, value } => Self::Replace { path: under(&path), value },
            Self::Move { from, path } => Self::Move { from: under(&from), path: under(&path) },
            Self::Copy { from, path } => Self::Copy { from: under(&from), path: under(&path) },
            Self::Test { path, value } => Self::Test { path: under(&path), value },
            Self::Rename { path, key } => Self::Rename { path: under(&path), key },
            Self::Restore { path, value, source } => Self::Restore { path: under(&path), value, source },
            Self::Body { text } => Self::Body { text },
            Self::Rewind { edit, left, otherwise } => Self::Rewind {
                edit,
                left,
                otherwise: otherwise.into_iter().map(|operation| operation.below(at)).collect(),
            },
        }
    }
}

fn value(at: &Pointer, old: &Value, new: &Value, out: &mut Vec<Operation>) {
    match (old, new) {
        (Value::Map(old), Value::Map(new)) if !doubled(old) && !doubled(new) => map(at, old, new, out),
        (Value::List(old), Value::List(new)) => list(at, old, new, out),
        _ if old.same_data(new) => {}
        _ => out.push(Operation::Replace { path: at.clone(), value: new.clone() }),
    }
}

fn doubled(map: &Map) -> bool {
    let mut keys: Vec<_> = map.keys().collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

fn map(at: &Pointer, old: &Map, new: &Map, out: &mut Vec<Operation>) {
    let index = |map: &Map| map.keys().enumerate().map(|(i, key)| (key.to_owned(), i)).collect();
    let (in_old, in_new): (std::collections::BTreeMap<String, usize>, std::collections::BTreeMap<String, usize>) =
        (index(old), index(new));
    for key in old.keys().filter(|key| !in_new.contains_key(*key)) {
        out.push(Operation::Remove { path: at.child(key) });
    }
    let old_values: Vec<_> = old.iter().map(|(_, value)| value).collect();
    for (key, new_value) in new.iter() {
        if let Some(old_value) = in_old.get(key).and_then(|i| old_values.get(*i)) {
            value(&at.child(key), old_value, new_value, out);
        }
    }
    // Where keys stand while the patch is carried out: those that stay, and behind what it follows each that has been added.
    let mut standing: Vec<&str> = old.keys().filter(|key| in_new.contains_key(*key)).collect();
    let mut before: Option<&str> = None;
    for (key, value) in new.iter() {
        if !in_old.contains_key(key) {
            let place = before.and_then(|before| standing.iter().position(|key| *key == before)).map_or(0, |at| at + 1);
            out.push(Operation::Add { path: at.child(key), value: value.clone(), place: Some(place) });
            standing.insert(place, key);
        }
        before = Some(key);
    }
}

fn list(at: &Pointer, old: &[Value], new: &[Value], out: &mut Vec<Operation>) {
    let mut pairing = Pairing::of(&old.iter().collect::<Vec<_>>(), &new.iter().collect::<Vec<_>>());
    replaced_in_place(old, new, &mut pairing);
    for i in (0..old.len()).rev().filter(|i| pairing.forward[*i].is_none()) {
        out.push(Operation::Remove { path: at.child(i) });
    }
    let mut standing: Vec<usize> = pairing.forward.iter().flatten().copied().collect();
    let stays = longest_rising(&standing);
    for (j, value) in new.iter().enumerate() {
        let target = match j.checked_sub(1) {
            None => 0,
            Some(previous) => standing.iter().position(|item| *item == previous).map_or(0, |at| at + 1),
        };
        if pairing.backward[j].is_none() {
            out.push(Operation::Add { path: at.child(target), value: value.clone(), place: None });
            standing.insert(target, j);
        } else if stays.binary_search(&j).is_err()
            && let Some(from) = standing.iter().position(|item| *item == j)
        {
            let target = if from < target { target - 1 } else { target };
            if from != target {
                out.push(Operation::Move { from: at.child(from), path: at.child(target) });
                standing.remove(from);
                standing.insert(target, j);
            }
        }
    }
    for (j, new_value) in new.iter().enumerate() {
        if let Some(i) = pairing.backward[j] {
            value(&at.child(j), &old[i], new_value, out);
        }
    }
}

/// Pairs what was taken out with what was put in at the same place: a replaced text keeps its line, its quotes, its comment.
fn replaced_in_place(old: &[Value], new: &[Value], pairing: &mut Pairing) {
    let plain = |value: &Value| !value.is_collection();
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        match (pairing.forward[i], pairing.backward[j]) {
            (None, None) => {
                if plain(&old[i]) && plain(&new[j]) {
                    pairing.forward[i] = Some(j);
                    pairing.backward[j] = Some(i);
                }
                (i, j) = (i + 1, j + 1);
            }
            (None, Some(_)) => i += 1,
            (Some(_), None) => j += 1,
            (Some(_), Some(_)) => (i, j) = (i + 1, j + 1),
        }
    }
}

/// The members of a longest rising subsequence, rising: what need not be moved.
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (i, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        before[i] = length.checked_sub(1).map(|previous| ends[previous]);
        if length == ends.len() {
            ends.push(i);
        } else {
            ends[length] = i;
        }
    }
    let mut chain = Vec::new();
    let mut last = ends.last().copied();
    while let Some(i) = last {
        chain.push(numbers[i]);
        last = before[i];
    }
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patches_are_small() {
        let a = json!({"webUrl": "a", "quality": 1});
        let b = json!({"webUrl": "b", "quality": 2});
        let c = json!({"webUrl": "c", "quality": 3});
        let b9 = json!({"webUrl": "b", "quality": 9});
        let cases = [
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), json!([])),
            (
                json!({"a": 1, "c": 2}),
                json!({"a": 1, "b": 0, "c": 2}),
                json!([
                {"op": "add", "path": "/b", "value": 0, "place": 1}]),
            ),
            (
                json!({"l": ["a", "b", "c"]}),
                json!({"l": ["b", "c", "a"]}),
                json!([
                {"op": "move", "from": "/l/0", "path": "/l/2"}]),
            ),
            (
                json!({"l": ["a", "b", "c"]}),
                json!({"l": ["a", "x", "c", "d"]}),
                json!([
                {"op": "add", "path": "/l/3", "value": "d"}, {"op": "replace", "path": "/l/1", "value": "x"}]),
            ),
            (
                json!({"l": [a, b, c]}),
                json!({"l": [c, a, b9]}),
                json!([
                {"op": "move", "from": "/l/2", "path": "/l/0"}, {"op": "replace", "path": "/l/2/quality", "value": 9}]),
            ),
            (json!({"l": [a, b]}), json!({"l": [b]}), json!([{"op": "remove", "path": "/l/0"}])),
            (json!({"l": null}), json!({"l": []}), json!([{"op": "replace", "path": "/l", "value": []}])),
        ];
        for (old, new, want) in cases {
            let patch = diff_patch(&old.clone().into(), &new.clone().into());
            assert_eq!(patch.to_json(), want, "{old} → {new}");
            let applied = patch.apply_to(&old.clone().into()).unwrap();
            assert!(applied.same_data(&new.clone().into()), "{old} → {new}");
        }
    }
}

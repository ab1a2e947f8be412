//! What a change touched, so that it can be made again or taken back where the file has moved on.
//!
//! Invariant: on a text that has moved on nothing in a list is found by its position, and no list, map or body is put back whole
//! over what others wrote in it since: it is merged, from what the change left to what it found.

use crate::document::diff::diff_patch;
use crate::document::merge::{Policy, merge_text, merge_values};
use crate::document::{Map, Operation, Patch, Pointer, Value};
use crate::file::ContentHash;

/// What is larger (about so many bytes) is known by its hash alone: then it can be told whether it moved on, and not merged.
const LARGEST: usize = 64 * 1024;

/// A list or map that a change touched, as it was before and after.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    at: Pointer,
    before: Sight,
    after: Sight,
}

/// A value as a change saw it.
#[derive(Clone, Debug, PartialEq)]
enum Sight {
    Nothing,
    Small(Value),
    Large(ContentHash),
}

impl Place {
    /// The places that a patch touches, outermost first, none within another.
    pub(super) fn of(patch: &Patch, before: &Value, after: &Value) -> Vec<Self> {
        let mut at: Vec<Pointer> = patch
            .0
            .iter()
            .flat_map(pointers)
            .map(|pointer| up_to_list(pointer, before, after))
            .filter(|at| [before, after].iter().any(|data| data.at(at).is_some_and(Value::is_collection)))
            .collect();
        at.sort_by(|one, other| one.parts().cmp(other.parts()));
        at.dedup_by(|inner, outer| inner.starts_with(outer));
        at.into_iter()
            .map(|at| Self { before: Sight::of(before.at(&at)), after: Sight::of(after.at(&at)), at })
            .collect()
    }
}

/// The patch that makes a change again (`forward`), or takes it back, on data and a body that may have moved on. `patch` is the
/// one that does it on what the change left, `back` the one in the other direction.
///
/// # Errors
/// With the field that has moved on and is too large to be merged.
pub(super) fn on_what_is_there(
    places: &[Place],
    (patch, back): (&Patch, &Patch),
    forward: bool,
    (data, body): (&Value, &str),
) -> Result<Patch, Pointer> {
    let is_moved = |place: &&Place| {
        let (from, to) = if forward { (&place.before, &place.after) } else { (&place.after, &place.before) };
        let now = data.at(&place.at);
        !from.is(now) && !to.is(now)
    };
    let is_there = |place: &&Place| if forward { &place.after } else { &place.before }.is(data.at(&place.at));
    let moved: Vec<&Place> = places.iter().filter(is_moved).collect();
    let settled: Vec<&Place> = places.iter().filter(is_there).collect();
    let is_within = |operation: &Operation| {
        pointers(operation).any(|at| moved.iter().chain(&settled).any(|it| at.starts_with(&it.at)))
    };
    let mut made = Vec::new();
    for operation in patch.0.iter().filter(|operation| !is_within(operation)) {
        made.push(match operation {
            Operation::Body { text } => Operation::Body { text: body_from(back, text, body) },
            other => other.clone(),
        });
    }
    for place in moved {
        made.extend(place.merged(forward, data).ok_or_else(|| place.at.clone())?);
    }
    Ok(Patch(made))
}

impl Place {
    /// What merges the place; nothing where it is too large.
    fn merged(&self, forward: bool, data: &Value) -> Option<Vec<Operation>> {
        let (from, to) = if forward { (&self.before, &self.after) } else { (&self.after, &self.before) };
        let (parent, key) = self.at.split_last()?;
        let (now, from, to) = (data.at(&self.at), from.value()?, to.value()?);
        // A list or map that is not there has nothing in it: what others put in or took out since is merged item by item, too.
        let empty = [now, from, to].into_iter().flatten().find_map(emptied);
        let filled = |value: Option<&Value>| value.cloned().or_else(|| empty.clone());
        let wrapped =
            |value: Option<Value>| Value::Map(value.map(|value| (key.to_owned(), value)).into_iter().collect());
        let ours = wrapped(now.cloned());
        let merged =
            merge_values(&wrapped(filled(from)), &wrapped(filled(now)), &wrapped(filled(to)), &|_| Policy::Theirs).data;
        let is_left_out =
            (now.is_none() || to.is_none()) && merged.as_map().and_then(|map| map.get(key)) == empty.as_ref();
        let merged = if is_left_out { wrapped(None) } else { merged };
        let operations = diff_patch(&ours, &merged).0.into_iter().map(|operation| operation.below(&parent));
        Some(operations.map(at_the_end).collect())
    }
}

impl Sight {
    fn of(value: Option<&Value>) -> Self {
        match value {
            None => Self::Nothing,
            Some(value) if weight(value, LARGEST) < LARGEST => Self::Small(value.clone()),
            Some(value) => Self::Large(hash(value)),
        }
    }

    /// Whether this is what stands there now.
    fn is(&self, now: Option<&Value>) -> bool {
        match (self, now) {
            (Self::Nothing, now) => now.is_none(),
            (_, None) => false,
            (Self::Small(value), Some(now)) => value.same_data(now),
            (Self::Large(known), Some(now)) => *known == hash(now),
        }
    }

    /// The value; nothing where only its hash is known.
    #[expect(clippy::option_option, reason = "not known, or known not to be there")]
    fn value(&self) -> Option<Option<&Value>> {
        match self {
            Self::Nothing => Some(None),
            Self::Small(value) => Some(Some(value)),
            Self::Large(_) => None,
        }
    }
}

/// A list or map with nothing in it, for a list or map.
fn emptied(value: &Value) -> Option<Value> {
    match value {
        Value::List(_) => Some(Value::List(Vec::new())),
        Value::Map(_) => Some(Value::Map(Map::new())),
        _ => None,
    }
}

/// The body after going from what the other patch left to this text.
fn body_from(back: &Patch, to: &str, now: &str) -> String {
    let from = back.0.iter().find_map(|operation| match operation {
        Operation::Body { text } => Some(text.as_str()),
        _ => None,
    });
    match from {
        Some(from) if from != now => merge_text(from, now, to),
        _ => to.to_owned(),
    }
}

/// A key that comes back stands at the end of its map: its old place was counted in another one.
fn at_the_end(operation: Operation) -> Operation {
    match operation {
        Operation::Add { path, value, place: Some(_) } => Operation::Add { path, value, place: None },
        other => other,
    }
}

/// The places that an operation names.
fn pointers(operation: &Operation) -> Box<dyn Iterator<Item = &Pointer> + '_> {
    match operation {
        Operation::Add { path, .. }
        | Operation::Remove { path }
        | Operation::Replace { path, .. }
        | Operation::Test { path, .. }
        | Operation::Rename { path, .. }
        | Operation::Restore { path, .. } => Box::new(std::iter::once(path)),
        Operation::Move { from, path } | Operation::Copy { from, path } => Box::new([from, path].into_iter()),
        Operation::Body { .. } => Box::new(std::iter::empty()),
        Operation::Rewind { otherwise, .. } => Box::new(otherwise.iter().flat_map(pointers)),
    }
}

/// The pointer, or the outermost list on its way.
fn up_to_list(pointer: &Pointer, before: &Value, after: &Value) -> Pointer {
    let mut at = Pointer::root();
    for part in pointer.parts() {
        at = at.child(part);
        if [before, after].iter().any(|data| matches!(data.at(&at), Some(Value::List(_)))) {
            break;
        }
    }
    at
}

/// About how many bytes a value has; counts no further than the limit.
fn weight(value: &Value, limit: usize) -> usize {
    let add = |sum: usize, more: usize| sum.saturating_add(more).saturating_add(16);
    match value {
        Value::Text(text) => text.len(),
        Value::List(items) => {
            items.iter().fold(0, |sum, item| if sum < limit { add(sum, weight(item, limit)) } else { sum })
        }
        Value::Map(map) => map
            .iter()
            .fold(0, |sum, (key, value)| if sum < limit { add(sum, key.len() + weight(value, limit)) } else { sum }),
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}

fn hash(value: &Value) -> ContentHash {
    ContentHash::of(value.to_json().to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn data(text: &str) -> Value {
        Document::parse(format!("---\n{text}\n---\n").as_bytes()).data().clone()
    }

    /// Takes the change from one data to another back on a third.
    fn taken_back(before: &str, after: &str, now: &str) -> Result<Value, Pointer> {
        let (before, after, now) = (data(before), data(after), data(now));
        let (patch, inverse) = (diff_patch(&before, &after), diff_patch(&after, &before));
        let places = Place::of(&patch, &before, &after);
        let made = on_what_is_there(&places, (&inverse, &patch), false, (&now, ""))?;
        Ok(made.apply_to(&now).unwrap())
    }

    #[test]
    fn an_item_is_found_by_what_it_is() {
        for (before, after, now, want) in [
            ("t: [a]", "t: [a, b]", "t: [new, a, b]", "t: [new, a]"),
            ("t: [a]", "t: [a, b]", "t: [a]", "t: [a]"),
            ("t: [a, b]", "t: [b]", "t: [new, b]", "t: [a, new, b]"),
            ("x: 1", "x: 1\nt: [a]", "x: 1\nt: [new, a]", "x: 1\nt: [new]"),
            ("x: 1\nt: [a]", "x: 1", "x: 1", "x: 1\nt: [a]"),
            ("x: 1\nt: [a]", "x: 1", "x: 1\nt: [new]", "x: 1\nt: [a, new]"),
            ("t: [a]\nx: 1", "t: [a, b]\nx: 1", "x: 1", "x: 1"),
            ("t: [a, b]\nx: 1", "t: [a]\nx: 1", "x: 1", "x: 1\nt: [b]"),
            ("m: {a: 1}", "m: {a: 2}", "m: {new: 1, a: 2}", "m: {new: 1, a: 1}"),
            ("x: 1", "x: 1\nm: {a: 2}", "x: 1\nm: {new: 1, a: 2}", "x: 1\nm: {new: 1}"),
        ] {
            assert_eq!(taken_back(before, after, now).unwrap(), data(want), "{before} → {after}, now {now}");
        }
    }

    #[test]
    fn what_is_too_large_to_be_merged_is_refused_when_it_moved_on_and_only_then() {
        let long: String = "- an item as any other\n".repeat(9000);
        let (before, after) = (format!("t:\n{long}"), format!("t:\n{long}- mine"));
        assert_eq!(taken_back(&before, &after, &format!("x: 1\n{after}")), Ok(data(&format!("x: 1\n{before}"))));
        assert!(taken_back(&before, &after, &format!("{after}\n- new")).is_err());
    }
}

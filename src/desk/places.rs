//! What a change touched, so that it can be made again or taken back where the file has moved on.
//!
//! Invariant: on a text that has moved on nothing in a list is found by its position, and nothing is put over what others wrote
//! since: every value is merged, from what the change left to what it found. Where both went another way, what is there stays
//! and is told.

use crate::document::diff::diff_patch;
use crate::document::merge::{Conflict, Outcome, Policy, merge_text, merge_values};
use crate::document::{Document, Map, Operation, Patch, Pointer, Value};
use crate::file::ContentHash;

/// What is larger (about so many bytes) is known by its hash alone: then it can be told whether it moved on, and not merged.
const LARGEST: usize = 64 * 1024;

/// A value that a change touched, or the list that it is in, as it was before and after.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    at: Pointer,
    before: Sight,
    after: Sight,
    /// Whether others changed it meanwhile and ours was kept: then `before` is what they made of it.
    is_overruled: bool,
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
        let touched = patch.0.iter().flat_map(|operation| pointers(operation).map(move |at| (operation, at)));
        let mut at: Vec<Pointer> = touched
            .map(|(operation, pointer)| (operation, pointer, up_to_list(pointer, before, after)))
            // A key gets another name whatever its value is.
            .filter(|(operation, pointer, at)| !matches!(operation, Operation::Rename { .. }) || at != *pointer)
            .map(|(_, _, at)| at)
            .collect();
        at.sort_by(|one, other| one.parts().cmp(other.parts()));
        at.dedup_by(|inner, outer| inner.starts_with(outer));
        let sight = |data: &Value, at: &Pointer| Sight::of(data.at(at));
        at.into_iter()
            .map(|at| Self { before: sight(before, &at), after: sight(after, &at), at, is_overruled: false })
            .collect()
    }

    /// The same place for the change in the other direction.
    pub(super) fn flipped(&self) -> Self {
        Self { before: self.after.clone(), after: self.before.clone(), ..self.clone() }
    }

    /// Whether others changed it under the change, and ours was kept.
    pub(super) fn is_overruled(&self) -> bool {
        self.is_overruled
    }

    /// Others changed what the change had found, and in `ours` the editor's value was kept over it: what is taken back now goes
    /// to what they made of it.
    pub(super) fn overrule(&mut self, old: &Document, theirs: &Document, ours: &Document) {
        let (was, is) = (old.get(&self.at), theirs.get(&self.at));
        let is_theirs = Sight::of(is);
        if self.before.is(was) && !self.before.is(is) && !is_theirs.is(ours.get(&self.at)) {
            (self.before, self.is_overruled) = (is_theirs, true);
        }
    }

    /// What the editor wants of a disputed value, once the change is taken back.
    #[expect(clippy::option_option, reason = "not about it, or no value")]
    pub(super) fn before_of(&self, conflict: &Conflict) -> Option<Option<&Value>> {
        let is_it = conflict.pointer.as_ref() == Some(&self.at) && self.after.is(conflict.ours.as_ref());
        if is_it { self.before.value() } else { None }
    }
}

/// A change fitted to what is there now.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fitted {
    /// What makes it, or takes it back.
    pub patch: Patch,
    /// What stays as it is, for others changed it since.
    pub stays: Vec<Conflict>,
}

/// The patch that makes a change again (`forward`), or takes it back, on data and a body that may have moved on. `patch` is the
/// one that does it on what the change left, `back` the one in the other direction.
///
/// # Errors
/// With the field that has moved on and cannot be merged: it is too large, or has keys that stand twice.
pub(super) fn on_what_is_there(
    places: &[Place],
    (patch, back): (&Patch, &Patch),
    forward: bool,
    (data, body): (&Value, &str),
) -> Result<Fitted, Pointer> {
    let merged = to_be_merged(places, patch, forward, data);
    let is_within =
        |operation: &Operation| pointers(operation).any(|at| merged.iter().any(|it| at.starts_with(&it.at)));
    let mut fitted = Fitted::default();
    for operation in patch.0.iter().filter(|operation| !is_within(operation)) {
        fitted.patch.0.push(match operation {
            Operation::Body { text } => {
                let (text, stays) = body_from(back, text, body);
                fitted.stays.extend(stays);
                Operation::Body { text }
            }
            other => other.clone(),
        });
    }
    for place in merged {
        let (operations, stays) = place.merged(forward, data).ok_or_else(|| place.at.clone())?;
        fitted.patch.0.extend(operations);
        fitted.stays.extend(stays);
    }
    Ok(fitted)
}

/// The places that moved on, or are as they shall be already, and those that an operation touches together with one of them.
fn to_be_merged<'p>(places: &'p [Place], patch: &Patch, forward: bool, data: &Value) -> Vec<&'p Place> {
    let is_as_left = |place: &Place| {
        let (from, to) = place.way(forward);
        let now = data.at(&place.at);
        from.is(now) && !to.is(now) && (forward || !place.is_overruled)
    };
    let mut merged: Vec<bool> = places.iter().map(|place| !is_as_left(place)).collect();
    loop {
        let touched = |operation: &Operation, at: usize| pointers(operation).any(|it| it.starts_with(&places[at].at));
        let is_met = |operation: &&Operation| (0..places.len()).any(|at| merged[at] && touched(operation, at));
        let met: Vec<&Operation> = patch.0.iter().filter(is_met).collect();
        let more: Vec<bool> =
            (0..places.len()).map(|at| merged[at] || met.iter().any(|operation| touched(operation, at))).collect();
        if more == merged {
            return places.iter().zip(merged).filter(|(_, is_merged)| *is_merged).map(|(place, _)| place).collect();
        }
        merged = more;
    }
}

impl Place {
    /// What it comes from and goes to.
    fn way(&self, forward: bool) -> (&Sight, &Sight) {
        if forward { (&self.before, &self.after) } else { (&self.after, &self.before) }
    }

    /// What merges the place, and what stays as others made it; nothing where it cannot be merged.
    fn merged(&self, forward: bool, data: &Value) -> Option<(Vec<Operation>, Vec<Conflict>)> {
        let now = data.at(&self.at);
        let (from, to) = self.way(forward);
        if to.is(now) {
            return Some((Vec::new(), Vec::new()));
        }
        let (parent, key) = self.at.split_last()?;
        let (from, to) = (from.value()?, to.value()?);
        // A list or map that is not there has nothing in it: what others put in or took out since is merged item by item, too.
        let empty = [now, from, to].into_iter().flatten().find_map(emptied);
        let filled = |value: Option<&Value>| value.cloned().or_else(|| empty.clone());
        let wrapped =
            |value: Option<Value>| Value::Map(value.map(|value| (key.to_owned(), value)).into_iter().collect());
        // What is there now is ours: it stays where both went another way.
        let Outcome { data: merged, conflicts, kept, .. } =
            merge_values(&wrapped(filled(from)), &wrapped(filled(now)), &wrapped(filled(to)), &|_| Policy::MineAndList);
        if !conflicts.is_empty() {
            return None; // Keys that stand twice: nobody can say which is meant.
        }
        let is_left_out =
            (now.is_none() || to.is_none()) && merged.as_map().and_then(|map| map.get(key)) == empty.as_ref();
        let merged = if is_left_out { wrapped(None) } else { merged };
        let below = |at: Pointer| Pointer::of(parent.parts().iter().chain(at.parts()).cloned());
        let swapped =
            |it: Conflict| Conflict { pointer: it.pointer.map(below), ours: it.theirs, theirs: it.ours, ..it };
        let stays = kept.into_iter().map(swapped).collect();
        let operations = diff_patch(&wrapped(now.cloned()), &merged).0;
        Some((operations.into_iter().map(|it| at_the_end(it.below(&parent))).collect(), stays))
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

/// The body after going from what the other patch left to this text, and what stays in it because others changed it since.
fn body_from(back: &Patch, to: &str, now: &str) -> (String, Option<Conflict>) {
    let Some(from) = body_of(back).filter(|from| *from != now) else { return (to.to_owned(), None) };
    let (text, is_disputed) = merge_text(from, to, now);
    let side = |text: &str| Some(Value::text(text));
    let stays = Conflict { pointer: None, base: side(from), ours: side(to), theirs: side(now), place: None };
    (text, is_disputed.then_some(stays))
}

/// The body that a patch makes.
pub(super) fn body_of(patch: &Patch) -> Option<&str> {
    patch.0.iter().find_map(|operation| match operation {
        Operation::Body { text } => Some(text.as_str()),
        _ => None,
    })
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
        Ok(fitted(before, after, now)?.patch.apply_to(&data(now)).unwrap())
    }

    fn fitted(before: &str, after: &str, now: &str) -> Result<Fitted, Pointer> {
        let (before, after, now) = (data(before), data(after), data(now));
        let (patch, inverse) = (diff_patch(&before, &after), diff_patch(&after, &before));
        let places = Place::of(&patch, &before, &after);
        on_what_is_there(&places, (&inverse, &patch), false, (&now, ""))
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
    fn what_others_wrote_since_stays_and_is_told() {
        for (before, after, now, want, told) in [
            ("h: 1", "h: 2", "h: 3", "h: 3", "/h"),
            ("h: 1", "h: 2", "h: 1", "h: 1", ""),
            ("h: 1", "h: 2", "x: 1", "x: 1", "/h"),
            ("x: 1", "x: 1\nh: 2", "x: 1\nh: 3", "x: 1\nh: 3", "/h"),
            ("h: 1\nx: 1", "x: 1", "h: 3\nx: 1", "h: 3\nx: 1", "/h"),
            ("m: {a: 1, b: 1}", "m: {a: 2, b: 2}", "m: {a: 3, b: 2}", "m: {a: 3, b: 1}", "/m/a"),
            (
                "r: [{url: u, h: 1}]",
                "r: [{url: u, h: 2}]",
                "r: [{url: n}, {url: u, h: 3}]",
                "r: [{url: n}, {url: u, h: 3}]",
                "/r/1/h",
            ),
            ("t: [a]", "t: [a, b]", "t: text", "t: text", "/t"),
        ] {
            let fitted = fitted(before, after, now).unwrap();
            let stays: Vec<String> =
                fitted.stays.iter().filter_map(|it| Some(it.pointer.as_ref()?.to_string())).collect();
            assert_eq!(fitted.patch.apply_to(&data(now)).unwrap(), data(want), "{before} → {after}, now {now}");
            assert_eq!(stays.join(" "), told, "{before} → {after}, now {now}");
        }
    }

    #[test]
    fn lines_of_the_body_that_others_changed_since_stay() {
        let body = |text: &str| Patch(vec![Operation::Body { text: text.to_owned() }]);
        let (back, patch) = (body("one\n\ntwo\n"), body("one\n\nours\n"));
        for (now, want, stays) in [
            ("one\n\nours\n", "one\n\ntwo\n", 0),
            ("new\n\nours\n", "new\n\ntwo\n", 0),
            ("one\n\ntheirs\n", "one\n\ntheirs\n", 1),
        ] {
            let fitted = on_what_is_there(&[], (&back, &patch), false, (&Value::default(), now)).unwrap();
            assert_eq!((fitted.patch, fitted.stays.len()), (body(want), stays), "{now}");
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

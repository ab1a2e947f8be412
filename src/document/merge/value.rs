//! The merge of data: maps by key, lists by item, everything else by value.
//!
//! Invariant: merged data differs from theirs only where ours differs from the base.

use std::collections::BTreeMap;

use super::{Conflict, Policy};
use crate::document::{FieldPath, Map, Pointer, Value};

/// What came out of a merge of data.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Theirs, with what only we changed; where both did, what the policy says, and theirs where it asks.
    pub data: Value,
    /// What nobody has decided.
    pub conflicts: Vec<Conflict>,
    /// What was decided for ours and shall be shown.
    pub kept: Vec<Conflict>,
    /// What was decided for theirs.
    pub given: Vec<Conflict>,
}

/// Merges data. The policy is asked only for fields that both sides changed differently, by their full path.
#[must_use]
pub fn merge_values(base: &Value, ours: &Value, theirs: &Value, policy: &dyn Fn(&FieldPath) -> Policy) -> Outcome {
    let mut merger = Merger::new(policy);
    let data = merger.value(&Pointer::root(), Some(base), Some(ours), Some(theirs));
    let Merger { conflicts, kept, given, .. } = merger;
    Outcome { data: data.unwrap_or_default(), conflicts, kept, given }
}

/// A merge under way: how conflicts are decided, and what has been found.
pub(super) struct Merger<'a> {
    pub policy: &'a dyn Fn(&FieldPath) -> Policy,
    pub conflicts: Vec<Conflict>,
    pub kept: Vec<Conflict>,
    pub given: Vec<Conflict>,
}

/// The three versions of one value; nothing where a side has none.
#[derive(Clone, Copy)]
pub(super) struct Sides<'v> {
    pub base: Option<&'v Value>,
    pub ours: Option<&'v Value>,
    pub theirs: Option<&'v Value>,
}

impl<'a> Merger<'a> {
    pub fn new(policy: &'a dyn Fn(&FieldPath) -> Policy) -> Self {
        Self { policy, conflicts: Vec::new(), kept: Vec::new(), given: Vec::new() }
    }
}

impl Merger<'_> {
    /// The merged value at this place, or nothing where there is none.
    pub fn value(
        &mut self,
        at: &Pointer,
        base: Option<&Value>,
        ours: Option<&Value>,
        theirs: Option<&Value>,
    ) -> Option<Value> {
        self.sides(at, Sides { base, ours, theirs }, None)
    }

    fn sides(&mut self, at: &Pointer, sides: Sides<'_>, place: Option<usize>) -> Option<Value> {
        let Sides { base, ours, theirs } = sides;
        if same(ours, theirs) || same(ours, base) {
            return theirs.cloned();
        }
        if same(base, theirs) {
            return ours.cloned();
        }
        match (ours, theirs) {
            (Some(Value::Map(ours)), Some(Value::Map(theirs))) => {
                let empty = Map::new();
                let base = match base {
                    Some(Value::Map(base)) => base,
                    None | Some(Value::Null) => &empty,
                    Some(_) => return self.conflict(at, sides, place),
                };
                Some(Value::Map(self.map(at, base, ours, theirs)))
            }
            (Some(Value::List(ours)), Some(Value::List(theirs))) => {
                let base = match base {
                    Some(Value::List(base)) => base.as_slice(),
                    None | Some(Value::Null) => &[],
                    Some(_) => return self.conflict(at, sides, place),
                };
                Some(Value::List(self.list(at, base, ours, theirs)))
            }
            _ => self.conflict(at, sides, place),
        }
    }

    /// Decides a conflict by the policy, and writes down what has to be shown.
    pub fn conflict(&mut self, at: &Pointer, sides: Sides<'_>, place: Option<usize>) -> Option<Value> {
        let conflict = Conflict {
            pointer: Some(at.clone()),
            base: sides.base.cloned(),
            ours: sides.ours.cloned(),
            theirs: sides.theirs.cloned(),
            place,
        };
        match (self.policy)(&at.field()) {
            Policy::Ask => self.conflicts.push(conflict),
            Policy::Theirs => self.given.push(conflict),
            Policy::Mine => return sides.ours.cloned(),
            Policy::MineAndList => {
                self.kept.push(conflict);
                return sides.ours.cloned();
            }
        }
        sides.theirs.cloned()
    }

    fn map(&mut self, at: &Pointer, base: &Map, ours: &Map, theirs: &Map) -> Map {
        let (in_base, in_ours, in_theirs) = (by_key(base), by_key(ours), by_key(theirs));
        let mut merged = Map::new();
        for (i, (key, value)) in theirs.iter().enumerate() {
            let all = [in_base.get(key), in_ours.get(key), in_theirs.get(key)];
            if all.iter().any(|values| values.is_some_and(|values| values.len() > 1)) {
                if in_theirs.get(key).and_then(|values| values.first()).is_some_and(|first| first.0 == i) {
                    self.doubled(&at.child(key), all);
                }
                merged.push(key, value.clone());
                continue;
            }
            let [base, ours, theirs] = all.map(first);
            if let Some(value) = self.value(&at.child(key), base, ours, theirs) {
                merged.push(key, value);
            }
        }
        let mut before: Option<&str> = None;
        for (key, _) in ours.iter() {
            if !in_theirs.contains_key(key) {
                let all = [in_base.get(key), in_ours.get(key), None];
                let place = before.and_then(|before| merged.index_of(before)).map_or(0, |at| at + 1);
                if all.iter().any(|values| values.is_some_and(|values| values.len() > 1)) {
                    self.doubled(&at.child(key), all);
                } else {
                    let sides = Sides { base: first(all[0]), ours: first(all[1]), theirs: None };
                    if let Some(value) = self.sides(&at.child(key), sides, Some(place)) {
                        merged.insert(place, key, value);
                    }
                }
            }
            if merged.get(key).is_some() {
                before = Some(key);
            }
        }
        merged
    }

    /// A key that stands twice somewhere cannot be edited: if we changed it, it is a conflict whatever the policy, and theirs stands.
    fn doubled(&mut self, at: &Pointer, all: [Option<&Occurrences<'_>>; 3]) {
        // The last one is what readers take, see [`Map`].
        let last =
            |values: Option<&Occurrences<'_>>| values.and_then(|values| values.last()).map(|(_, v)| (*v).clone());
        let [base, ours, theirs] = all.map(last);
        let is_known = self.conflicts.iter().any(|conflict| conflict.pointer.as_ref() == Some(at));
        if is_known || same(ours.as_ref(), theirs.as_ref()) || same(ours.as_ref(), base.as_ref()) {
            return;
        }
        let conflict = Conflict { pointer: Some(at.clone()), base, ours, theirs, place: None };
        self.conflicts.push(conflict);
    }
}

/// All places and values of one key.
type Occurrences<'m> = Vec<(usize, &'m Value)>;

fn by_key(map: &Map) -> BTreeMap<&str, Occurrences<'_>> {
    let mut index: BTreeMap<&str, Occurrences<'_>> = BTreeMap::new();
    for (i, (key, value)) in map.iter().enumerate() {
        index.entry(key).or_default().push((i, value));
    }
    index
}

fn first<'m>(occurrences: Option<&Occurrences<'m>>) -> Option<&'m Value> {
    occurrences.and_then(|values| values.first()).map(|(_, value)| *value)
}

/// Whether both are absent or say the same.
pub(super) fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.same_data(b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

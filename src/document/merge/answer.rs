//! Answers to conflicts: the patch that makes a merged document say what was decided.
//!
//! Invariant: the conflicts that are left point at the same values after the patch as before it; those about items that would
//! come in at the same place stand in the order of these items.

use super::Conflict;
use crate::document::diff::diff_patch;
use crate::document::pair::Pairing;
use crate::document::pointer::is_index;
use crate::document::{Operation, Patch, Pointer, Value};

/// Whose value is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// What we made of it.
    Ours,
    /// What they made of it.
    Theirs,
}

/// Takes one conflict out of the list and gives the patch that decides it. `data` is what the document says now: each
/// conflict still has theirs there. Conflicts behind it in the same list, and in it, are moved along.
#[must_use]
pub fn answer(data: &Value, conflicts: &mut Vec<Conflict>, which: usize, side: Side) -> Patch {
    if which >= conflicts.len() {
        return Patch::default();
    }
    let conflict = conflicts.remove(which);
    if side == Side::Theirs {
        return Patch::default();
    }
    let Some(pointer) = conflict.pointer else {
        let text = conflict.ours.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        return Patch(vec![Operation::Body { text }]);
    };
    let item = pointer.split_last().and_then(|(list, last)| {
        let position = last.parse::<usize>().ok().filter(|_| is_index(last))?;
        matches!(data.at(&list), Some(Value::List(_))).then_some((list, position))
    });
    match (conflict.ours, data.at(&pointer), conflict.theirs) {
        (Some(ours), Some(there), Some(theirs)) => {
            let ours = match (ours, there, &theirs) {
                (Value::List(ours), Value::List(there), Value::List(theirs)) => {
                    let new = in_our_order(&ours, theirs, there);
                    // Not about the order, then about the whole: a list under a key that stands twice.
                    let is_whole = new == *there;
                    let new = if is_whole { ours } else { new };
                    reordered(conflicts, &pointer, there, &new);
                    Value::List(new)
                }
                (ours, ..) => ours,
            };
            let below = diff_patch(there, &ours).0;
            Patch(below.into_iter().map(|operation| operation.below(&pointer)).collect())
        }
        (Some(ours), _, _) => {
            if let Some((list, position)) = item {
                // An absent one that stands before it in the list, and would come in at the very place, stays before it.
                let is_before = |(at, other): &(usize, &mut Conflict)| {
                    *at < which && other.theirs.is_none() && other.pointer.as_ref() == Some(&pointer)
                };
                let behind = conflicts.iter_mut().enumerate().filter(|it| !is_before(it)).map(|(_, other)| other);
                shift(behind, &list, |at| if at >= position { at + 1 } else { at });
            }
            Patch(vec![Operation::Add { path: pointer, value: ours, place: conflict.place }])
        }
        (None, Some(_), _) => {
            if let Some((list, position)) = item {
                // One at the very place is about another item, which would come in there.
                let is_inside = |other: &Pointer| *other != pointer && other.starts_with(&pointer);
                conflicts.retain(|other| !other.pointer.as_ref().is_some_and(is_inside));
                shift(conflicts, &list, |at| if at > position { at - 1 } else { at });
            }
            Patch::remove(pointer)
        }
        (None, None, _) => Patch::default(),
    }
}

/// A list as it is now in the order that we gave it: what was answered meanwhile, in its items and of whole items, stays.
fn in_our_order(ours: &[Value], theirs: &[Value], there: &[Value]) -> Vec<Value> {
    let to_theirs = pairing_of(ours, theirs);
    let to_there = pairing_of(theirs, there);
    let mut from_there = vec![false; there.len()];
    to_there.iter().flatten().for_each(|at| from_there[*at] = true);
    // Places in `there`, or an item that only we have.
    let mut new: Vec<(Option<usize>, Value)> = Vec::with_capacity(ours.len());
    for (item, partner) in ours.iter().zip(&to_theirs) {
        match partner {
            None => new.push((None, item.clone())),
            Some(partner) => {
                if let Some((at, now)) = to_there[*partner].and_then(|at| Some((at, there.get(at)?))) {
                    new.push((Some(at), now.clone()));
                }
            }
        }
    }
    for (at, item) in there.iter().enumerate().filter(|(at, _)| !from_there[*at]) {
        // Straight behind what it stands behind now.
        let before = (0..new.len()).filter(|i| new[*i].0.is_some_and(|place| place < at)).max_by_key(|i| new[*i].0);
        new.insert(before.map_or(0, |before| before + 1), (Some(at), item.clone()));
    }
    new.into_iter().map(|(_, item)| item).collect()
}

/// Where each item of a list stands in another one.
fn pairing_of(from: &[Value], to: &[Value]) -> Vec<Option<usize>> {
    Pairing::of(&from.iter().collect::<Vec<_>>(), &to.iter().collect::<Vec<_>>()).forward
}

/// Gives the conflicts below a list their items' new positions.
fn shift<'c>(
    conflicts: impl IntoIterator<Item = &'c mut Conflict>,
    list: &Pointer,
    new_position: impl Fn(usize) -> usize,
) {
    let depth = list.parts().len();
    for pointer in conflicts.into_iter().filter_map(|conflict| conflict.pointer.as_mut()) {
        if !pointer.starts_with(list) {
            continue;
        }
        let Some(position) = pointer.parts().get(depth).and_then(|part| part.parse().ok()) else { continue };
        let position = new_position(position).to_string();
        let parts = pointer.parts().iter().enumerate();
        *pointer = Pointer::of(parts.map(|(i, part)| if i == depth { position.clone() } else { part.clone() }));
    }
}

/// A list's order was decided: its items stand elsewhere now, and what would come in stands behind the same item as before.
fn reordered(conflicts: &mut [Conflict], list: &Pointer, old: &[Value], new: &[Value]) {
    let forward = pairing_of(old, new);
    let now = |at: usize| forward.get(at).copied().flatten();
    let would_come_in = |conflict: &&mut Conflict| {
        let place = conflict.pointer.as_ref().and_then(Pointer::split_last);
        conflict.theirs.is_none() && place.is_some_and(|(above, _)| above == *list)
    };
    let (absent, there): (Vec<_>, Vec<_>) = conflicts.iter_mut().partition(would_come_in);
    shift(absent, list, |at| at.checked_sub(1).map_or(0, |before| now(before).unwrap_or(before) + 1));
    shift(there, list, |at| now(at).unwrap_or(at));
}

//! The merge of lists: items are known by what they are, so that one side may reorder, edit and remove while the other adds.
//!
//! Invariant: every item of the three lists is in exactly one slot; where both sides added at the same place, theirs comes first.

use std::collections::BTreeMap;

use super::Policy;
use super::value::{Merger, Sides};
use crate::document::pair::Pairing;
use crate::document::{Pointer, Value};

/// One thing, with its position in each list that has it.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    base: Option<usize>,
    ours: Option<usize>,
    theirs: Option<usize>,
}

/// The slots of three lists, and which slot stands at each position of ours and of theirs.
struct Slots {
    all: Vec<Slot>,
    ours: Vec<usize>,
    theirs: Vec<usize>,
}

/// The three lists of a merge.
#[derive(Clone, Copy)]
struct Lists<'v> {
    base: &'v [Value],
    ours: &'v [Value],
    theirs: &'v [Value],
}

impl Merger<'_> {
    pub(super) fn list(&mut self, at: &Pointer, base: &[Value], ours: &[Value], theirs: &[Value]) -> Vec<Value> {
        let lists = Lists { base, ours, theirs };
        let slots = Slots::of(lists);
        let in_our_order = slots.our_order();
        let in_their_order = slots.their_order();
        if !slots.reordered_by(|slot| slot.ours) {
            return self.items(at, lists, &slots, &in_their_order);
        }
        if !slots.reordered_by(|slot| slot.theirs) {
            return self.items(at, lists, &slots, &in_our_order);
        }
        if slots.same_order() {
            return self.items(at, lists, &slots, &in_their_order);
        }
        let mine = matches!((self.policy)(&at.field()), Policy::Mine | Policy::MineAndList);
        let (chosen, other) = if mine { (in_our_order, in_their_order) } else { (in_their_order, in_our_order) };
        let merged = self.items(at, lists, &slots, &chosen);
        let alternative = Merger::new(self.policy).items(at, lists, &slots, &other);
        let (merged, alternative) = (Value::List(merged), Value::List(alternative));
        let (ours, theirs) = if mine { (&merged, &alternative) } else { (&alternative, &merged) };
        let base = Value::List(lists.base.to_vec());
        let sides = Sides { base: Some(&base), ours: Some(ours), theirs: Some(theirs) };
        match self.conflict(at, sides, None) {
            Some(Value::List(items)) => items,
            _ => Vec::new(),
        }
    }

    /// The merged items of these slots, in this order.
    fn items(&mut self, at: &Pointer, lists: Lists<'_>, slots: &Slots, order: &[usize]) -> Vec<Value> {
        let mut merged = Vec::with_capacity(order.len());
        for slot in order.iter().filter_map(|slot| slots.all.get(*slot)) {
            let value = |list: &'_ [Value], position: Option<usize>| position.and_then(|i| list.get(i)).cloned();
            let (base, ours, theirs) =
                (value(lists.base, slot.base), value(lists.ours, slot.ours), value(lists.theirs, slot.theirs));
            merged.extend(self.value(&at.child(merged.len()), base.as_ref(), ours.as_ref(), theirs.as_ref()));
        }
        merged
    }
}

impl Slots {
    fn of(lists: Lists<'_>) -> Self {
        let refs = |list| -> Vec<&Value> { <[Value]>::iter(list).collect() };
        let (base, ours, theirs) = (refs(lists.base), refs(lists.ours), refs(lists.theirs));
        let (base_ours, base_theirs) = (Pairing::of(&base, &ours), Pairing::of(&base, &theirs));
        let new = |pairing: &Pairing| -> Vec<usize> {
            (0..pairing.backward.len()).filter(|i| pairing.backward[*i].is_none()).collect()
        };
        let (new_ours, new_theirs) = (new(&base_ours), new(&base_theirs));
        let pick = |list: &[&'_ Value], which: &[usize]| which.iter().map(|i| list[*i].clone()).collect::<Vec<_>>();
        let (our_values, their_values) = (pick(&ours, &new_ours), pick(&theirs, &new_theirs));
        let both = Pairing::of(&refs(&our_values), &refs(&their_values));

        let mut all: Vec<Slot> = (0..base.len())
            .map(|i| Slot { base: Some(i), ours: base_ours.forward[i], theirs: base_theirs.forward[i] })
            .collect();
        all.extend(new_ours.iter().zip(&both.forward).map(|(i, partner)| Slot {
            ours: Some(*i),
            theirs: partner.map(|j| new_theirs[j]),
            ..Slot::default()
        }));
        let single = new_theirs.iter().zip(&both.backward).filter(|(_, partner)| partner.is_none());
        all.extend(single.map(|(i, _)| Slot { theirs: Some(*i), ..Slot::default() }));

        let mut slots = Self { ours: vec![0; ours.len()], theirs: vec![0; theirs.len()], all };
        for (i, slot) in slots.all.iter().enumerate() {
            if let Some(position) = slot.ours {
                slots.ours[position] = i;
            }
            if let Some(position) = slot.theirs {
                slots.theirs[position] = i;
            }
        }
        slots
    }

    /// Whether a side changed the order of what all three lists have.
    fn reordered_by(&self, position: impl Fn(&Slot) -> Option<usize>) -> bool {
        let common = self.all.iter().filter(|slot| slot.base.is_some() && slot.ours.is_some() && slot.theirs.is_some());
        !common.filter_map(position).is_sorted()
    }

    /// Whether both sides have what is in both in the same order.
    fn same_order(&self) -> bool {
        let common = self.ours.iter().filter_map(|slot| self.all[*slot].theirs);
        common.is_sorted()
    }

    /// Theirs first, each thing that only we have behind what it stands behind with us, and behind what they added there.
    fn their_order(&self) -> Vec<usize> {
        let mut groups = grouped(&self.ours, |slot| self.all[slot].theirs.is_some());
        let mut order = Vec::with_capacity(self.all.len());
        let mut waiting = groups.remove(&None).unwrap_or_default();
        for slot in &self.theirs {
            let added_by_them = self.all[*slot].base.is_none() && self.all[*slot].ours.is_none();
            if !added_by_them {
                order.append(&mut waiting);
            }
            order.push(*slot);
            waiting.extend(groups.remove(&Some(*slot)).unwrap_or_default());
        }
        order.append(&mut waiting);
        order
    }

    /// Ours first, each thing that only they have straight behind what it stands behind with them.
    fn our_order(&self) -> Vec<usize> {
        let mut groups = grouped(&self.theirs, |slot| self.all[slot].ours.is_some());
        let mut order = groups.remove(&None).unwrap_or_default();
        for slot in &self.ours {
            order.push(*slot);
            order.append(&mut groups.remove(&Some(*slot)).unwrap_or_default());
        }
        order
    }
}

/// The slots of a list that are not shared, by the nearest shared slot before them.
fn grouped(list: &[usize], shared: impl Fn(usize) -> bool) -> BTreeMap<Option<usize>, Vec<usize>> {
    let mut groups: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    let mut before = None;
    for slot in list {
        if shared(*slot) {
            before = Some(*slot);
        } else {
            groups.entry(before).or_default().push(*slot);
        }
    }
    groups
}

//! The usual order of a map's keys, by majority.
//!
//! Invariant: a key that stands behind another in most files that have both stands behind it here, as far as such majorities
//! do not contradict each other.

use std::collections::BTreeMap;

/// More keys of one map than these are not compared; their order is that of their places.
const MOST_KEYS: usize = 64;

/// More different keys of one map are not learned: they are data, and no shape.
pub(super) const MOST_LEARNED: usize = 512;

/// Who stands before whom, counted.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyOrder {
    keys: Vec<String>,
    /// Sum of places and number of times, by key.
    places: Vec<(f64, u32)>,
    /// How often the first stands before the second.
    before: BTreeMap<(usize, usize), u32>,
}

impl KeyOrder {
    pub(super) fn observe<'a>(&mut self, keys: impl ExactSizeIterator<Item = &'a str>) {
        let count = keys.len().max(1) as f64;
        let ids: Vec<usize> = keys.take(MOST_LEARNED).filter_map(|key| self.id(key)).collect();
        for (place, id) in ids.iter().enumerate() {
            self.places[*id].0 += place as f64 / count;
            self.places[*id].1 += 1;
            for later in ids.iter().skip(place + 1).take(MOST_KEYS) {
                *self.before.entry((*id, *later)).or_default() += 1;
            }
        }
    }

    pub(super) fn usual(&self) -> Vec<String> {
        let mean = |id: usize| self.places[id].0 / f64::from(self.places[id].1.max(1));
        let mut order: Vec<usize> = (0..self.keys.len()).collect();
        order.sort_by(|a, b| mean(*a).total_cmp(&mean(*b)));
        // Insertion: each key moves up past those that it mostly stands before.
        for at in 1..order.len() {
            let mut here = at;
            while here > 0 && self.mostly_before(order[here], order[here - 1]) {
                order.swap(here, here - 1);
                here -= 1;
            }
        }
        order.into_iter().map(|id| self.keys[id].clone()).collect()
    }

    fn mostly_before(&self, a: usize, b: usize) -> bool {
        let count = |pair| self.before.get(&pair).copied().unwrap_or(0);
        count((a, b)) > count((b, a))
    }

    /// The number of a key; nothing for a new one when there are too many.
    fn id(&mut self, key: &str) -> Option<usize> {
        let known = self.keys.iter().position(|known| known == key);
        if known.is_some() || self.keys.len() >= MOST_LEARNED {
            return known;
        }
        self.keys.push(key.to_owned());
        self.places.push((0.0, 0));
        Some(self.keys.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_majority_decides_and_rare_keys_find_their_place() {
        let mut order = KeyOrder::default();
        for keys in [
            &["title", "type", "provider", "secured"][..],
            &["title", "type", "quality", "heat", "provider", "related", "secured"],
            &["title", "type", "quality", "heat", "provider", "secured"],
            &["type", "title", "heat", "secured"],
        ] {
            order.observe(keys.iter().copied());
        }
        assert_eq!(order.usual(), ["title", "type", "quality", "heat", "provider", "related", "secured"]);
    }
}

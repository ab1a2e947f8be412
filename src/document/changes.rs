//! What an article's editor changed, field by field: what the Changes pane lists, and what each line's undo does.
//!
//! Invariant: equal data has no change, and each change can be taken back alone, on the data it was found in.

use super::diff::diff_patch;
use super::pair::Pairing;
use super::{Document, FieldPath, Map, Operation, Patch, Pointer, Value};

/// One changed field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Where, in the changed data; nothing: the body. Of something taken out: where it would come back.
    pub pointer: Option<Pointer>,
    /// What it was; nothing: it is new.
    pub old: Option<Value>,
    /// What it is; nothing: it was taken out.
    pub new: Option<Value>,
    /// Of a key taken out: how many keys stood before it.
    pub place: Option<usize>,
}

impl FieldChange {
    /// The field it is about; the empty path for the body.
    #[must_use]
    pub fn field(&self) -> FieldPath {
        self.pointer.as_ref().map(Pointer::field).unwrap_or_default()
    }

    /// The patch that takes this change alone back, on the changed data.
    #[must_use]
    pub fn revert(&self) -> Patch {
        let Some(pointer) = &self.pointer else {
            let text = self.old.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            return Patch(vec![Operation::Body { text }]);
        };
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => {
                Patch(diff_patch(new, old).0.into_iter().map(|operation| operation.below(pointer)).collect())
            }
            (Some(old), None) => {
                Patch(vec![Operation::Add { path: pointer.clone(), value: old.clone(), place: self.place }])
            }
            (None, Some(_)) => Patch::remove(pointer.clone()),
            (None, None) => Patch::default(),
        }
    }
}

/// The changed fields of two versions of a file, the body last.
#[must_use]
pub fn changes(base: &Document, ours: &Document) -> Vec<FieldChange> {
    let mut changes = value_changes(base.data(), ours.data());
    if base.body() != ours.body() {
        let body = |document: &Document| Some(Value::text(document.body()));
        changes.push(FieldChange { pointer: None, old: body(base), new: body(ours), place: None });
    }
    changes
}

/// The changed fields of two data, in the order of the changed one. Maps are walked into, lists of entries too, each entry
/// being compared with what it was; a list of texts is one field, and so is the order of entries.
#[must_use]
pub fn value_changes(base: &Value, ours: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    value(&Pointer::root(), base, ours, &mut changes);
    changes
}

fn value(at: &Pointer, old: &Value, new: &Value, out: &mut Vec<FieldChange>) {
    let entries = |items: &[Value]| items.iter().any(|item| item.as_map().is_some());
    match (old, new) {
        _ if old.same_data(new) => {}
        (Value::Map(old), Value::Map(new)) => map(at, old, new, out),
        (Value::List(old), Value::List(new)) if entries(old) || entries(new) => list(at, old, new, out),
        _ => out.push(change(at.clone(), Some(old), Some(new))),
    }
}

fn change(at: Pointer, old: Option<&Value>, new: Option<&Value>) -> FieldChange {
    FieldChange { pointer: Some(at), old: old.cloned(), new: new.cloned(), place: None }
}

fn map(at: &Pointer, old: &Map, new: &Map, out: &mut Vec<FieldChange>) {
    for (key, new_value) in new.iter() {
        match old.get(key) {
            Some(old_value) => value(&at.child(key), old_value, new_value, out),
            None => out.push(change(at.child(key), None, Some(new_value))),
        }
    }
    let mut place = 0;
    for (key, old_value) in old.iter() {
        if new.get(key).is_some() {
            place = new.index_of(key).map_or(place, |at| at + 1);
        } else {
            out.push(FieldChange { place: Some(place), ..change(at.child(key), Some(old_value), None) });
        }
    }
}

fn list(at: &Pointer, old: &[Value], new: &[Value], out: &mut Vec<FieldChange>) {
    let pairing = Pairing::of(&old.iter().collect::<Vec<_>>(), &new.iter().collect::<Vec<_>>());
    if !pairing.backward.iter().flatten().is_sorted() {
        let as_it_was = in_old_order(new, &pairing);
        out.push(change(at.clone(), Some(&Value::List(as_it_was)), Some(&Value::List(new.to_vec()))));
    }
    let mut gone = (0..old.len()).filter(|i| pairing.forward[*i].is_none()).peekable();
    for (j, new_item) in new.iter().enumerate() {
        let Some(i) = pairing.backward[j] else {
            out.push(change(at.child(j), None, Some(new_item)));
            continue;
        };
        while let Some(lost) = gone.next_if(|lost| *lost < i) {
            out.push(change(at.child(j), Some(&old[lost]), None));
        }
        value(&at.child(j), &old[i], new_item, out);
    }
    out.extend(gone.map(|lost| change(at.child(new.len()), Some(&old[lost]), None)));
}

/// The items as they are now, those that were there before in their old order.
fn in_old_order(new: &[Value], pairing: &Pairing) -> Vec<Value> {
    let mut old_order: Vec<usize> = (0..new.len()).filter(|j| pairing.backward[*j].is_some()).collect();
    old_order.sort_by_key(|j| pairing.backward[*j]);
    let mut next = old_order.into_iter();
    (0..new.len())
        .filter_map(|j| if pairing.backward[j].is_some() { next.next() } else { Some(j) })
        .map(|j| new[j].clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_change_can_be_taken_back_alone() {
        let entry = |url: &str, quality: i64| json!({"webUrl": url, "quality": quality});
        let base: Value = json!({"heat": 40, "gone": "x", "provider": {"name": "A"}, "topics": ["a", "b"],
            "related": [entry("a", 1), entry("b", 2), entry("c", 3)]})
        .into();
        let ours: Value = json!({"heat": 120, "provider": {"name": "B", "domain": "b.org"}, "topics": ["b"],
            "related": [entry("c", 3), entry("n", 7), entry("a", 9)]})
        .into();
        let changes = value_changes(&base, &ours);
        let listed: Vec<_> = changes
            .iter()
            .map(|change| {
                let text = |value: &Option<Value>| match value {
                    Some(value) if value.is_collection() => "…".to_owned(),
                    Some(value) => value.to_json().to_string(),
                    None => "none".to_owned(),
                };
                format!("{} {} → {}", change.pointer.clone().unwrap(), text(&change.old), text(&change.new))
            })
            .collect();
        let want = [
            "/heat 40 → 120",
            "/provider/name \"A\" → \"B\"",
            "/provider/domain none → \"b.org\"",
            "/topics … → …",
            "/related … → …",
            "/related/0 … → none",
            "/related/1 none → …",
            "/related/2/quality 1 → 9",
            "/gone \"x\" → none",
        ];
        assert_eq!(listed, want);
        for change in &changes {
            let after = change.revert().apply_to(&ours).unwrap();
            let left = value_changes(&base, &after);
            assert!(left.len() < changes.len(), "{:?}: {left:?}", change.pointer);
        }
    }
}

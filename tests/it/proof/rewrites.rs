//! Real rewrites of a crawler, while an editor edits by chance: laws of the merge for each.

use copydesk::document::merge::{Policy, merge};
use copydesk::document::{Customs, Document, Map, Operation, Patch, Pointer, Value};
use copydesk::storage::vfs::simulated::Dice;

use crate::common::{Column, corpora, reached};

const ROW: &str = "merge of real rewrites";

/// Before and after of every rewrite.
fn rewrites() -> Option<Vec<(String, Document, Document)>> {
    let replay = corpora()?.join("replay");
    let mut folders: Vec<_> = std::fs::read_dir(replay).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let read = |path: std::path::PathBuf| std::fs::read(path).ok().map(|bytes| Document::parse(&bytes));
    let rewrites = folders.iter().filter_map(|folder| {
        let (before, after) = (["before.md", "base.md"], ["after.md", "theirs.md"]);
        let one_of = |names: [&str; 2]| names.iter().find_map(|name| read(folder.join(name)));
        let name = folder.file_name()?.to_string_lossy().into_owned();
        Some((name, one_of(before)?, one_of(after)?))
            .filter(|(_, before, after)| before.error().is_none() && after.error().is_none())
    });
    Some(rewrites.collect())
}

/// One edit that an editor might make of a map.
fn edit(map: &Map, dice: &mut Dice) -> Option<Operation> {
    let keys: Vec<&str> = map.keys().collect();
    let key = keys[dice.roll(keys.len())];
    let at = Pointer::of([key]);
    let number = dice.roll(1000) as i64;
    match (dice.roll(6), map.get(key)?) {
        (0, _) => Some(Operation::Add { path: Pointer::of(["desk"]), value: Value::from(number), place: None }),
        (1, _) => Some(Operation::Remove { path: at }),
        (2, Value::List(items)) if !items.is_empty() => {
            Some(Operation::Remove { path: at.child(dice.roll(items.len())) })
        }
        (_, Value::List(_)) => {
            Some(Operation::Add { path: at.child("-"), value: Value::text(format!("desk {number}")), place: None })
        }
        (_, Value::Map(_)) => None,
        (_, Value::Text(_)) => Some(Operation::Replace { path: at, value: Value::text(format!("desk: {number}")) }),
        (_, _) => Some(Operation::Replace { path: at, value: Value::from(number) }),
    }
}

/// The article after some edits.
fn edited(before: &Document, dice: &mut Dice) -> Document {
    let mut now = before.clone();
    for _ in 0..=dice.roll(3) {
        let Some(map) = now.data().as_map() else { break };
        let Some(operation) = edit(map, dice) else { continue };
        if let Ok(applied) = now.apply(&Patch(vec![operation]), &Customs::default()) {
            now = applied.document;
        }
    }
    now
}

/// A value without the order of what has none: keys, and items of lists.
fn unordered(value: &Value) -> String {
    match value {
        Value::Map(map) => {
            let mut fields: Vec<_> = map.iter().map(|(key, value)| format!("{key:?}: {}", unordered(value))).collect();
            fields.sort();
            format!("{{{}}}", fields.join(", "))
        }
        Value::List(items) => {
            let mut items: Vec<_> = items.iter().map(unordered).collect();
            items.sort();
            format!("[{}]", items.join(", "))
        }
        other => other.to_json().to_string(),
    }
}

#[test]
fn edits_and_real_rewrites_merge_by_the_laws() {
    let Some(rewrites) = rewrites() else { return };
    assert!(rewrites.len() > 80);
    let column = Column::rounds(300, 20_000, 1_000_000);
    let ask = |_: &_| Policy::Ask;
    let (mut conflicts, mut refused) = (0, 0);
    for seed in column.seeds() {
        let mut dice = Dice(seed);
        let (name, before, after) = &rewrites[dice.roll(rewrites.len())];
        let ours = edited(before, &mut dice);
        let label = || format!("seed {seed}, {name}\n{}", copydesk::text::unified("ours", before.text(), ours.text()));
        // Identity: a side that did nothing has no say.
        let same = |merged: &Document, wanted: &Document, law: &str| {
            assert_eq!(merged.text(), wanted.text(), "{law}: {}", label());
        };
        same(&merge(before, before, after, &ask).unwrap().document, after, "theirs alone");
        same(&merge(before, &ours, before, &ask).unwrap().document, &ours, "ours alone");
        same(&merge(before, &ours, &ours, &ask).unwrap().document, &ours, "both the same");
        let Ok(merged) = merge(before, &ours, after, &ask) else {
            refused += 1;
            continue;
        };
        conflicts += usize::from(!merged.conflicts.is_empty());
        // Fields that only one side touched come from that side; theirs' bytes stay where only they changed.
        let of = |document: &Document, key: &str| document.data().as_map().and_then(|map| map.get(key)).cloned();
        let keys =
            |document: &Document| document.data().as_map().map(|map| map.keys().map(str::to_owned).collect::<Vec<_>>());
        let all: std::collections::BTreeSet<String> =
            [before, &ours, after].into_iter().filter_map(keys).flatten().collect();
        for key in &all {
            let (base, mine, theirs) = (of(before, key), of(&ours, key), of(after, key));
            let wanted = if mine == base {
                theirs
            } else if theirs == base {
                mine
            } else {
                continue;
            };
            let found = of(&merged.document, key);
            let like = |value: &Option<Value>| value.as_ref().map(unordered);
            assert_eq!(like(&found), like(&wanted), "{key}: {}", label());
        }
        // Symmetry: what is disputed, and the rest, do not depend on who is who.
        if let Ok(turned) = merge(before, after, &ours, &ask) {
            let fields = |merged: &copydesk::document::merge::Merged| {
                let mut fields: Vec<_> = merged.conflicts.iter().map(|conflict| conflict.field().to_string()).collect();
                fields.sort();
                fields
            };
            assert_eq!(fields(&turned), fields(&merged), "{}", label());
            if merged.conflicts.is_empty() {
                assert_eq!(unordered(turned.document.data()), unordered(merged.document.data()), "{}", label());
            }
        }
        // Again: merged with theirs once more, nothing happens.
        if let Ok(again) = merge(after, &merged.document, after, &ask) {
            same(&again.document, &merged.document, "again");
        }
    }
    reached(ROW, column, &format!("{} rewrites, {conflicts} with a conflict, {refused} refused", rewrites.len()));
    assert!(refused * 50 < column.count());
}

//! Edits that really happened: each must come out to the byte, as the corpora's README says.

use std::collections::BTreeMap;
use std::path::Path;

use copydesk::document::{Customs, Document, FieldPath, Patch, Value};
use serde_json::Value as Json;

use crate::common::{corpora, taken_back};

#[test]
fn every_replayed_edit_gives_the_bytes_that_were_written() {
    let Some(corpora) = corpora() else { return };
    let mut cases: Vec<_> = std::fs::read_dir(corpora.join("replay"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("edits.json").is_file())
        .collect();
    cases.sort();
    assert!(cases.len() > 80);
    let mut order = Orders::default();
    for case in &cases {
        order.observe(case);
    }
    let failures: Vec<String> = cases.iter().filter_map(|case| replay(case, &order).err()).collect();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// The order of keys in the files of a folder, learnt from what was written there.
#[derive(Default)]
struct Orders(BTreeMap<String, Customs>);

impl Orders {
    fn observe(&mut self, case: &Path) {
        let after = Document::parse(&std::fs::read(case.join("after.md")).unwrap());
        let customs = self.0.entry(folder(case)).or_default();
        learn(customs, &FieldPath::default(), after.data());
    }

    fn of(&self, case: &Path) -> &Customs {
        &self.0[&folder(case)]
    }
}

fn folder(case: &Path) -> String {
    let edits: Json = serde_json::from_slice(&std::fs::read(case.join("edits.json")).unwrap()).unwrap();
    let path = edits["path"].as_str().unwrap_or_default().to_owned();
    path.split('/').next().unwrap_or_default().to_owned()
}

/// Puts the keys of a map into the order known so far, each behind its predecessor.
fn learn(customs: &mut Customs, at: &FieldPath, value: &Value) {
    match value {
        Value::Map(map) => {
            let order = customs.key_order.entry(at.clone()).or_default();
            let mut place = 0;
            for key in map.keys() {
                if let Some(known) = order.iter().position(|known| known == key) {
                    place = known + 1;
                } else {
                    order.insert(place, key.to_owned());
                    place += 1;
                }
            }
            for (key, value) in map.iter() {
                let below = if at.parts() == [""] { FieldPath::of([key]) } else { at.child(key) };
                learn(customs, &below, value);
            }
        }
        Value::List(items) => items.iter().for_each(|item| learn(customs, at, item)),
        _ => {}
    }
}

fn replay(case: &Path, orders: &Orders) -> Result<(), String> {
    let name = case.file_name().unwrap().to_string_lossy();
    let read = |file: &str| std::fs::read(case.join(file)).unwrap();
    let (before, after) = (Document::parse(&read("before.md")), Document::parse(&read("after.md")));
    let edits: Json = serde_json::from_slice(&read("edits.json")).unwrap();
    let patch = Patch::from_json(&edits["edits"]).unwrap();
    let applied = before.apply(&patch, orders.of(case)).map_err(|refusal| format!("{name}: refused: {refusal}"))?;
    let new = &applied.document;
    if edits["check"] == "data" {
        if !new.data().same_data(after.data()) {
            return Err(format!("{name}: other data"));
        }
    } else if new.text() != after.text() {
        return Err(format!("{name}\n{}", copydesk::text::unified("x", after.text(), new.text())));
    }
    let untouched = |line: &str| after.text().contains(line);
    let lost = before.text().lines().find(|line| untouched(line) && !new.text().contains(line));
    if let Some(line) = lost.filter(|_| edits["check"] == "data") {
        return Err(format!("{name}: lost the line {line}"));
    }
    let anew = taken_back(&before, &applied, &Customs::default()).map_err(|error| format!("{name}: {error}"))?;
    // On a text that moved on, a blank line at the end of the front matter may go with a key that stood behind it.
    let without_blanks = |text: &str| text.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let a_choice = edits["why"].as_str().is_some_and(|why| why.contains("a blank line is a choice"));
    let without_blank = a_choice && without_blanks(anew.text()) == without_blanks(before.text());
    if anew.text() != before.text() && !without_blank {
        return Err(format!("{name}: taken back\n{}", copydesk::text::unified("x", before.text(), anew.text())));
    }
    Ok(())
}

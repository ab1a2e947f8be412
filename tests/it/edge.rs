//! The edge cases of the corpora: what opens, what is said about what does not, and edits to the byte.

use std::path::Path;

use copydesk::document::{Customs, Document, FieldPath, Format, Patch, Pointer, Value};
use serde_json::Value as Json;

use crate::common::{corpora, taken_back};

/// Files that may be refused where the table suggests that they open: nested a thousand deep, or not UTF-8 in the body.
const MAY_BE_REFUSED: [&str; 4] = ["deep-block.md", "deep-flow.md", "not-utf8-body.md", "utf8-cut.md"];

/// What a message has to hold where the table says what it has to tell.
const TOLD: [(&str, &str); 28] = [
    ("fence-like-in-quoted.md", "---"),
    ("only-fence.md", "not closed"),
    ("only-fence-no-newline.md", "not closed"),
    ("unterminated.md", "not closed"),
    ("toml-unterminated.md", "not closed"),
    ("tab-indent.md", "tab"),
    ("nbsp-after-colon.md", "no-break space"),
    ("key-without-space.md", "space"),
    ("doubled-key.md", "“title” stands twice"),
    ("doubled-key-nested.md", "“name” stands twice"),
    ("unknown-alias.md", "*nobody"),
    ("root-is-list.md", "a list"),
    ("root-is-text.md", "text"),
    ("directive.md", "%"),
    ("double-quoted-bad-escape.md", "\\p"),
    ("quote-not-closed.md", "never closed"),
    ("quote-then-text.md", "quote"),
    ("colon-trap.md", "second"),
    ("at-sign.md", "“@”"),
    ("percent.md", "“%”"),
    ("backtick.md", "“`”"),
    ("nul-in-value.md", "NUL"),
    ("not-utf8.md", "not UTF-8"),
    ("surrogate.md", "not UTF-8"),
    ("utf16-le.md", "UTF-16"),
    ("utf16-be.md", "UTF-16"),
    ("json-bad.md", "comma"),
    ("deep-flow-open.md", "deep"),
];

#[test]
fn every_edge_case_does_what_the_table_says() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("edge");
    let table: Json = serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let mut failures = Vec::new();
    let cases = table["files"].as_array().unwrap();
    assert!(cases.len() > 100);
    for case in cases {
        let name = case["file"].as_str().unwrap();
        let mut fail = |what: String| failures.push(format!("{name}: {what}"));
        check_file(&folder, case, name, &mut fail);
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

fn check_file(folder: &Path, case: &Json, name: &str, fail: &mut dyn FnMut(String)) {
    let bytes = std::fs::read(folder.join(name)).unwrap();
    let document = Document::parse(&bytes);
    if std::str::from_utf8(&bytes).is_ok() && document.text().as_bytes() != bytes {
        fail("the text is not the file".into());
    }
    let kind = match document.format() {
        Format::Yaml => "yaml",
        Format::Toml => "toml",
        Format::Json => "json",
        Format::None => "none",
    };
    if kind != case["kind"] {
        fail(format!("is {kind}"));
    }
    if MAY_BE_REFUSED.contains(&name) && document.error().is_some() {
        return;
    }
    let opens = case["opens"] == Json::Bool(true);
    if document.error().is_none() != opens {
        return fail(format!("opens should be {opens}: {:?}", document.error()));
    }
    check_notices(case, name, &document, opens, fail);
    for (pointer, value) in case["data"].as_object().into_iter().flatten() {
        let found = document.get(&Pointer::parse(pointer).unwrap());
        if !found.is_some_and(|found| found.same_data(&Value::from(value.clone()))) {
            fail(format!("{pointer} is {found:?}, not {value}"));
        }
    }
    for edit in case["edits"].as_array().into_iter().flatten() {
        check_edit(&document, edit, &customs(name), fail);
    }
}

/// Where the sibling files have their keys; they are not among the edge cases.
fn customs(name: &str) -> Customs {
    let order = ["type", "heat", "provider", "topics", "related", "secured"];
    let mut customs = Customs::default();
    if name == "home-add-keys.md" {
        customs.key_order.insert(FieldPath::default(), order.map(str::to_owned).to_vec());
    }
    customs
}

fn check_notices(case: &Json, name: &str, document: &Document, opens: bool, fail: &mut dyn FnMut(String)) {
    let Some(line) = case["error"]["line"].as_u64() else { return };
    let mut notices = document.error().into_iter().chain(document.warnings().iter().filter(|_| opens));
    let column = case["error"]["column"].as_u64();
    let is_there = |place: copydesk::text::Place| {
        u64::from(place.line) == line && column.is_none_or(|column| u64::from(place.column) == column)
    };
    let told = TOLD.iter().find(|(file, _)| *file == name).map_or("", |(_, told)| told);
    if !notices.any(|notice| is_there(notice.place) && notice.message.contains(told)) {
        let all: Vec<_> = document.error().into_iter().chain(document.warnings()).collect();
        fail(format!("nothing on {line}:{column:?} says “{told}” ({}): {all:?}", case["error"]["about"]));
    }
}

fn check_edit(document: &Document, edit: &Json, customs: &Customs, fail: &mut dyn FnMut(String)) {
    let patch = Patch::from_json(&edit["patch"]).unwrap();
    let outcome = document.apply(&patch, customs);
    if let Some(reason) = edit["refused"].as_str() {
        match outcome {
            Ok(_) => fail(format!("{} was not refused: {reason}", edit["patch"])),
            Err(refusal) if refusal.place.is_none() => fail(format!("{} was refused without a place", edit["patch"])),
            Err(_) => {}
        }
        return;
    }
    let (old, new) = (edit["replace"][0].as_str().unwrap(), edit["replace"][1].as_str().unwrap());
    let want = document.text().replacen(old, new, 1);
    match outcome {
        Err(refusal) => fail(format!("{} refused: {refusal}", edit["patch"])),
        Ok(applied) if applied.document.text() != want => fail(format!(
            "{}\n{}",
            edit["patch"],
            copydesk::text::unified("x", &want, applied.document.text()).chars().take(2000).collect::<String>()
        )),
        Ok(applied) => match taken_back(document, &applied, &Customs::default()) {
            Ok(anew) if anew.text() == document.text() => {}
            Ok(anew) => fail(format!(
                "{} was not taken back on a text that moved on:\n{}",
                edit["patch"],
                copydesk::text::unified("x", document.text(), anew.text()).chars().take(2000).collect::<String>()
            )),
            Err(error) => fail(format!("{}: {error}", edit["patch"])),
        },
    }
}

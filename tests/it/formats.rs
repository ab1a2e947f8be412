//! What the tests of TOML and JSON share: the edge cases of the corpora, setting every value of a real file, any edit at all.

use std::path::{Path, PathBuf};

use copydesk::document::{Customs, Document, Format, Operation, Patch, Pointer, Value, diff_patch};
use proptest::prelude::*;

use crate::common::taken_back;
use crate::merge::{base, edited, steps};

/// Carries out all edits that `edge/expected.json` has for files of this kind, and says how many.
pub fn expected_edits(corpora: &Path, kind: &str) -> usize {
    let folder = corpora.join("edge");
    let expected: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let format = if kind == "toml" { Format::Toml } else { Format::Json };
    let mut done = 0;
    for case in expected["files"].as_array().unwrap().iter().filter(|case| case["kind"] == kind) {
        let name = case["file"].as_str().unwrap();
        let document = Document::parse(&std::fs::read(folder.join(name)).unwrap());
        assert_eq!(document.format(), format, "{name}");
        assert_eq!(document.error().is_none(), case["opens"] == true, "{name}: {:?}", document.error());
        if let (Some(error), Some(line)) = (document.error(), case["error"]["line"].as_u64()) {
            assert_eq!(u64::from(error.place.line), line, "{name}: {}", error.message);
        }
        for edit in case["edits"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let patch = Patch::from_json(&edit["patch"]).unwrap();
            let replace = |at: usize| edit["replace"][at].as_str().unwrap();
            let applied =
                document.apply(&patch, &Customs::default()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
            assert_eq!(applied.document.text(), document.text().replacen(replace(0), replace(1), 1), "{name}");
            done += 1;
        }
    }
    done
}

/// All files below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Sets every scalar of a document to something else: only the lines of its value may change, and the inverse restores the
/// bytes. Says how many there were.
pub fn sets_only_its_lines(document: &Document, name: &str) -> usize {
    let scalars = scalars(document.data(), &Pointer::root());
    for (at, value) in &scalars {
        let new = match value {
            Value::Number(_) => Value::from(7),
            Value::Bool(yes) => Value::Bool(!yes),
            _ => Value::text("New \"text\" with ' quotes"),
        };
        let applied = document
            .apply(&Patch::replace(at.clone(), new), &Customs::default())
            .unwrap_or_else(|refusal| panic!("{name} {at}: {refusal}"));
        let span = document.span(at).unwrap();
        let (old, new) = (document.text(), applied.document.text());
        assert_eq!(old[..span.start], new[..span.start], "{name} {at}");
        assert!(new.ends_with(&old[span.end..]), "{name} {at}");
        taken_back(document, &applied, &Customs::default()).unwrap_or_else(|error| panic!("{name} {at}: {error}"));
    }
    scalars.len()
}

fn scalars(value: &Value, at: &Pointer) -> Vec<(Pointer, Value)> {
    match value {
        Value::Map(map) => map.iter().flat_map(|(key, value)| scalars(value, &at.child(key))).collect(),
        Value::List(items) => items.iter().enumerate().flat_map(|(i, value)| scalars(value, &at.child(i))).collect(),
        value => vec![(at.clone(), value.clone())],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_article_can_be_written_and_edited(base in base(), first in steps(), second in steps(), crlf in any::<bool>()) {
        for empty in ["+++\n+++\nBody\n", "{}\nBody\n", ";;;\n{\n  \"old\": [1, 2]\n}\n;;;\nBody\n"] {
            let empty = if crlf { empty.replace('\n', "\r\n") } else { empty.to_owned() };
            let mut document = Document::parse(empty.as_bytes());
            for data in [base.clone(), edited(&base, &first), edited(&base, &second)] {
                let patch = diff_patch(document.data(), &data);
                let before = document.clone();
                let applied = document
                    .apply(&patch, &Customs::default())
                    .map_err(|refusal| TestCaseError::fail(format!("{refusal}\n{}\n{}", patch.to_json(), before.text())))?;
                taken_back(&before, &applied, &Customs::default()).map_err(TestCaseError::fail)?;
                document = applied.document;
                prop_assert!(document.data().same_data(&data));
                prop_assert!(document.text().trim_end().ends_with("Body"));
                prop_assert_eq!(document.text().matches("\r\n").count() > 0, crlf);
                prop_assert!(!crlf || document.text().matches('\n').count() == document.text().matches("\r\n").count());
                let touched = |operation: &Operation| matches!(operation, Operation::Replace { .. });
                if patch.0.iter().all(touched) {
                    prop_assert_eq!(before.text().lines().count(), document.text().lines().count());
                }
            }
        }
    }
}

//! What holds for every file of the corpora: unchanged it is the same bytes, and setting a value changes that value's lines.

use std::path::{Path, PathBuf};

use copydesk::document::{Customs, Document, Format, NoticeCode, Operation, Patch, Pointer, Value};
use copydesk::text::TextEdit;

use crate::common::{corpora, taken_back};

/// All files with front matter below the corpora.
fn articles(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension != "json" && extension != "png") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The pointers of all scalars.
fn scalars(at: &Pointer, value: &Value, found: &mut Vec<Pointer>) {
    match value {
        Value::Map(map) => map.iter().for_each(|(key, value)| scalars(&at.child(key), value, found)),
        Value::List(items) => items.iter().enumerate().for_each(|(i, item)| scalars(&at.child(i), item, found)),
        _ => found.push(at.clone()),
    }
}

#[test]
fn setting_a_value_changes_its_lines_only_and_undo_restores_the_bytes() {
    let Some(corpora) = corpora() else { return };
    let (mut files, mut edits, mut refused) = (0, 0, 0);
    for path in articles(&corpora) {
        let bytes = std::fs::read(&path).unwrap();
        let document = Document::parse(&bytes);
        if document.error().is_some() || bytes.len() > 100_000 {
            continue;
        }
        assert_eq!(document.text().as_bytes(), bytes, "{}", path.display());
        let has_control = document.warnings().iter().any(|notice| notice.code == NoticeCode::ControlCharacter);
        let exact = document.format() == Format::Yaml && !has_control && !path.starts_with(corpora.join("edge"));
        files += 1;
        let mut pointers = Vec::new();
        scalars(&Pointer::root(), document.data(), &mut pointers);
        let step = pointers.len() / 12 + 1;
        for (number, pointer) in pointers.iter().enumerate().filter(|(number, _)| number % step == files % step) {
            let values = ["A new text", "yes: “no” #1", "two\nlines\n"];
            match set(&document, pointer, values[number % values.len()].into(), exact) {
                Ok(()) => edits += 1,
                Err(Some(problem)) => panic!("{} {pointer}: {problem}", path.display()),
                Err(None) => refused += 1,
            }
        }
    }
    eprintln!("{files} files, {edits} edits, {refused} refused");
    assert!(files > 1000 && edits > 10 * refused);
}

/// Sets one value; an error is what is wrong, or nothing where it was refused.
fn set(document: &Document, pointer: &Pointer, value: Value, exact: bool) -> Result<(), Option<String>> {
    let span = document.span(pointer).ok_or(None)?;
    let applied = document.apply(&Patch::replace(pointer.clone(), value), &Customs::default()).map_err(|_| None)?;
    let (old, new) = (document.text(), applied.document.text());
    let first = old[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let last = old[span.end..].find('\n').map_or(old.len(), |at| span.end + at);
    if !new.starts_with(&old[..first]) || !new.ends_with(&old[last..]) {
        return Err(Some(copydesk::text::unified("x", old, new)));
    }
    if applied.edit.apply(old) != new || applied.edit.invert(old).apply(new) != old {
        return Err(Some("the edit is not what changed".into()));
    }
    let anew = taken_back(document, &applied, &Customs::default()).map_err(Some)?;
    // Of the edge cases some cannot be written again as they were on a text that moved on: what Jekyll reads in another way.
    let is_back = !exact || anew.text() == old;
    if is_back { Ok(()) } else { Err(Some(copydesk::text::unified("x", old, anew.text()))) }
}

/// A rewind is proved like every patch: bytes that say something else, also below the front matter, are not put there.
#[test]
fn a_rewind_that_says_something_else_is_not_taken() {
    let document = Document::parse(b"---\ntitle: a # old\n---\nBody\n");
    let applied = document.apply(&Patch::replace(Pointer::of(["title"]), "b"), &Customs::default()).unwrap();
    let [Operation::Rewind { left, otherwise, .. }] = applied.inverse.0.as_slice() else { panic!("no rewind") };
    for wrong in ["---\ntitle: a\n---\nOther\n", "---\ntitle: c\n---\nBody\n", "---\ntitle: [\n---\nBody\n"] {
        let edit = TextEdit::between(applied.document.text(), wrong);
        let patch = Patch(vec![Operation::Rewind { edit, left: *left, otherwise: otherwise.clone() }]);
        let back = applied.document.apply(&patch, &Customs::default()).unwrap();
        assert_eq!(back.document.text(), document.text());
    }
}

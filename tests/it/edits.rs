//! Edits of YAML front matter: `tests/cases/edits.md`, each case a document, a patch and what changes.

use std::fmt::Write as _;
use std::path::Path;

use copydesk::document::{Customs, Document, FieldPath, Patch};

use crate::common::taken_back;

/// One `## heading` of the case file.
struct Case {
    heading: String,
    /// What stands behind the fence of the document, `yaml` or `yaml crlf`.
    head: String,
    text: String,
    patch: String,
    answer: String,
}

#[test]
fn every_case_changes_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/edits.md");
    let file = std::fs::read_to_string(&path).unwrap();
    let (preface, rest) = file.split_once("\n## ").unwrap();
    let cases: Vec<Case> = rest.split("\n## ").map(read).collect();
    assert!(cases.len() >= 50);
    let mut updated = preface.to_owned();
    let mut wrong = Vec::new();
    for case in &cases {
        let got = run(case);
        if got != case.answer {
            wrong.push(format!("{}\n{got}instead of\n{}", case.heading, case.answer));
        }
        let Case { heading, head, text, patch, .. } = case;
        let kind = if got.starts_with("refused") { "refused" } else { "diff" };
        let answer = got.strip_prefix("refused\n").unwrap_or(&got);
        write!(updated, "\n## {heading}\n\n```{head}\n{text}```\n```patch\n{patch}```\n```{kind}\n{answer}```\n")
            .unwrap();
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&path, updated).unwrap();
    } else {
        assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    }
}

fn read(case: &str) -> Case {
    let heading = case.lines().next().unwrap().to_owned();
    let mut blocks = case.split("\n```").skip(1).step_by(2);
    let mut block = || {
        let block = blocks.next().unwrap_or_default();
        let (head, body) = block.split_once('\n').unwrap_or((block, ""));
        (head.to_owned(), if body.is_empty() { String::new() } else { format!("{body}\n") })
    };
    let ((head, text), (_, patch), (kind, answer)) = (block(), block(), block());
    let answer = if kind == "refused" { format!("refused\n{answer}") } else { answer };
    Case { heading, head, text, patch, answer }
}

/// The changed lines, or why nothing was changed. The way back is tried too.
fn run(case: &Case) -> String {
    let fenced = format!("---\n{}---\nBody\n", case.text);
    let text = if case.head.ends_with("crlf") { fenced.replace('\n', "\r\n") } else { fenced };
    let document = Document::parse(text.as_bytes());
    assert!(document.error().is_none(), "{}: {:?}", case.heading, document.error());
    let patch = Patch::from_json(&serde_json::from_str(&case.patch).unwrap()).unwrap();
    let mut customs = Customs::default();
    let order = ["title", "type", "heat", "topics", "related"].map(str::to_owned).to_vec();
    customs.key_order.insert(FieldPath::default(), order);
    let applied = match document.apply(&patch, &customs) {
        Ok(applied) => applied,
        Err(refusal) => {
            return format!(
                "refused\n{}{refusal}\n",
                refusal.place.map_or(String::new(), |place| format!("{place}: "))
            );
        }
    };
    let anew = taken_back(&document, &applied, &customs).unwrap_or_else(|error| panic!("{}: {error}", case.heading));
    assert_eq!(anew.text(), text, "{}: taken back on a text that moved on", case.heading);
    let diff = copydesk::text::unified("x", &text, applied.document.text());
    let lines = diff.lines().skip(2).filter(|line| line.starts_with(['-', '+']));
    lines.map(|line| format!("{}\n", line.replace('\r', "␍"))).collect()
}

//! Kinds: `tests/cases/kinds.md`.

use copydesk::document::{Document, FieldPath, Value};
use copydesk::site::{Kind, SchemaBuilder};

use crate::common::cases;

fn json(text: &str) -> Value {
    serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|error| panic!("{text}: {error}")).into()
}

fn kind_and_rest(line: &str) -> (Kind, &str) {
    let (kind, rest) = line.split_once(':').unwrap();
    (Kind::from_name(kind).unwrap_or_else(|| panic!("no kind {kind}")), rest.strip_prefix(' ').unwrap_or(rest))
}

#[test]
fn kinds_parse_show_and_check() {
    cases("kinds.md", |block, line| match block {
        "parse" => {
            let (kind, rest) = kind_and_rest(line);
            let (typed, old) = rest.split_once(" over ").map_or((rest, None), |(typed, old)| (typed, Some(json(old))));
            let old = old.filter(|old| !matches!(old, Value::Null));
            match kind.parse(typed, old.as_ref()) {
                Ok(value) => value.to_json().to_string(),
                Err(error) => format!("error {error}"),
            }
        }
        "show" => {
            let (kind, rest) = kind_and_rest(line);
            kind.show(&json(rest))
        }
        "check" => {
            let (kind, rest) = kind_and_rest(line);
            kind.check(&json(rest)).unwrap_or_else(|| "fine".to_owned())
        }
        _ => infer(line),
    });
}

/// The kind of a field, learned from documents that hold its values so many times.
fn infer(line: &str) -> String {
    let (field, mut rest) = line.split_once(": ").unwrap();
    let mut builder = SchemaBuilder::default();
    while !rest.is_empty() {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Value>();
        let value = values.next().unwrap().unwrap();
        let after = rest[values.byte_offset()..].trim_start();
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let count: usize = after[..digits].parse().unwrap();
        rest = after[digits..].trim_start_matches([',', ' ']);
        let text = format!("---\n{}\n---\n", serde_json::json!({ field: value }));
        for _ in 0..count {
            let document = Document::parse(text.as_bytes());
            assert!(document.error().is_none(), "{text}: {:?}", document.error());
            builder.observe(&document);
        }
    }
    let schema = builder.finish();
    schema.field(&FieldPath::parse(field)).map_or("not there", |field| field.kind.name()).to_owned()
}

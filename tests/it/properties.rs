//! What holds for any document and any patch: the text says what the patch says, and the inverse takes it back.

use copydesk::document::{Customs, Document, Map, Operation, Patch, Pointer, Value};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::common::taken_back;

/// Texts that are easy to get wrong, and some that are not.
const TEXTS: [&str; 36] = [
    "Reuters",
    "no",
    "0123",
    "1e3",
    "~",
    "",
    " x",
    "x ",
    "a: b",
    "a #b",
    "- a",
    "@x",
    "it's",
    "say \"hi\" \\",
    "two\nlines",
    "two\nlines\n",
    "\n",
    "a\tb",
    "2020-01-01",
    "2020-05-19T15:13:00Z",
    "12:30",
    "名前 😀",
    "x, y",
    "[a]",
    "{b}",
    "\u{97}",
    "\u{feff}",
    "a:",
    "# c",
    "---",
    "%x",
    "null",
    "a\n\nb\n\n",
    "  indented\nless",
    "\u{2028}",
    "end…",
];
const KEYS: [&str; 10] = ["title", "heat", "topics", "related", "provider", "a b", "yes", "x.y/z~", "名", "1"];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0..TEXTS.len()).prop_map(|i| Value::text(TEXTS[i])),
        1 => "[ -~é名\n]{0,12}".prop_map(Value::text),
        2 => (-1000_i64..1000).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn map_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    proptest::collection::vec((0..KEYS.len(), value), 0..5).prop_map(|entries| {
        let mut map = Map::new();
        for (key, value) in entries {
            if map.get(KEYS[key]).is_none() {
                map.push(KEYS[key], value);
            }
        }
        Value::Map(map)
    })
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 24, 5, |inner| {
        prop_oneof![proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::List), map_of(inner)]
    })
}

/// How a generated document is laid out.
#[derive(Clone, Debug)]
struct Look {
    list_indent: usize,
    step: usize,
    comments: bool,
    blanks: bool,
    single: bool,
    flow_below: usize,
    newline: &'static str,
}

fn look() -> impl Strategy<Value = Look> {
    (
        0_usize..3,
        2_usize..5,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        1_usize..5,
        prop_oneof![3 => Just("\n"), 1 => Just("\r\n")],
    )
        .prop_map(|(list_indent, step, comments, blanks, single, flow_below, newline)| Look {
            list_indent,
            step,
            comments,
            blanks,
            single,
            flow_below,
            newline,
        })
}

/// A YAML text of a value, written by other code than that under test.
struct Printer {
    look: Look,
    out: String,
    count: usize,
}

impl Printer {
    fn document(look: &Look, map: &Value) -> String {
        let mut printer = Self { look: look.clone(), out: "---\n".into(), count: 0 };
        if let Value::Map(map) = map {
            printer.map(map, 0, 0, false);
        }
        printer.out.push_str("---\nBody: - [ \n---\n");
        printer.out.replace('\n', look.newline)
    }

    fn map(&mut self, map: &Map, column: usize, depth: usize, mut inline: bool) {
        for (key, value) in map.iter() {
            if !inline {
                self.above(column, depth);
                self.out.push_str(&" ".repeat(column));
            }
            inline = false;
            self.out.push_str(&quoted(key));
            self.out.push(':');
            self.value(value, column, depth, false);
        }
    }

    fn above(&mut self, column: usize, depth: usize) {
        self.count += 1;
        if self.look.blanks && depth == 0 && self.count.is_multiple_of(3) {
            self.out.push('\n');
        }
        if self.look.comments && self.count % 4 == 1 {
            self.out.push_str(&format!("{}# above {}\n", " ".repeat(column), self.count));
        }
    }

    fn value(&mut self, value: &Value, column: usize, depth: usize, is_item: bool) {
        let in_lines = depth < self.look.flow_below;
        match value {
            Value::List(items) if !items.is_empty() && in_lines => {
                self.end_line();
                let column = column + if is_item { self.look.step } else { self.look.list_indent };
                for item in items {
                    self.above(column, depth + 1);
                    self.out.push_str(&" ".repeat(column));
                    self.out.push('-');
                    self.value(item, column, depth + 1, true);
                }
            }
            Value::Map(map) if !map.is_empty() && in_lines && is_item => {
                self.out.push(' ');
                self.map(map, column + 2, depth + 1, true);
            }
            Value::Map(map) if !map.is_empty() && in_lines => {
                self.end_line();
                self.map(map, column + self.look.step, depth + 1, false);
            }
            Value::Text(text) if self.count.is_multiple_of(5) && is_block(text) => {
                let indent = " ".repeat(column + self.look.step);
                let (header, text) = text.strip_suffix('\n').map_or(("|-", text.as_str()), |text| ("|", text));
                self.out.push_str(&format!(" {header}\n{indent}{}\n", text.replace('\n', &format!("\n{indent}"))));
            }
            value => {
                let text = self.flow(value);
                self.out.push_str(&format!(" {text}"));
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        self.count += 1;
        if self.look.comments && self.count.is_multiple_of(3) {
            self.out.push_str(&format!("  # behind {}", self.count));
        }
        self.out.push('\n');
    }

    fn flow(&self, value: &Value) -> String {
        match value {
            Value::List(items) => {
                format!("[{}]", items.iter().map(|item| self.flow(item)).collect::<Vec<_>>().join(", "))
            }
            Value::Map(map) => {
                let entries = map.iter().map(|(key, value)| format!("{}: {}", quoted(key), self.flow(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Value::Text(text) if text == "Reuters" => text.clone(),
            Value::Text(text)
                if self.look.single && text.chars().all(|c| !c.is_control() && !"\u{2028}\u{feff}".contains(c)) =>
            {
                format!("'{}'", text.replace('\'', "''"))
            }
            Value::Text(text) => quoted(text),
            Value::Null => "~".into(),
            other => other.to_json().to_string(),
        }
    }
}

/// In double quotes, as JSON escapes and YAML reads.
fn quoted(text: &str) -> String {
    if KEYS[..6].contains(&text) {
        return text.to_owned();
    }
    let json = serde_json::Value::from(text).to_string();
    json.replace('\u{97}', "\\x97").replace('\u{2028}', "\\L").replace('\u{feff}', "\\uFEFF")
}

fn is_block(text: &str) -> bool {
    !text.starts_with([' ', '\n'])
        && !text.contains("\n\n")
        && text.trim_end() == text.trim_end_matches('\n')
        && text.chars().all(|c| c == '\n' || !c.is_control() && !"\u{2028}\u{feff}".contains(c))
        && !text.trim().is_empty()
        && !text.contains("\n ")
        && !text.ends_with("\n\n")
}

/// An operation that fits `data`, chosen by numbers.
fn operation(data: &Value, kind: u8, at: &[usize], value: Value) -> Option<Operation> {
    let path = existing(data, at)?;
    let (above, last) = path.split_last()?;
    let siblings = data.at(&above)?;
    Some(match (kind % 7, siblings) {
        (0 | 1, _) => Operation::Replace { path, value },
        (2, _) => Operation::Remove { path },
        (3, Value::List(_)) => Operation::Add { path, value, place: None },
        (4, Value::List(_)) => Operation::Add { path: above.child("-"), value, place: None },
        (3 | 4, Value::Map(map)) => {
            let key = KEYS.iter().find(|key| map.get(key).is_none())?;
            Operation::Add {
                path: above.child(key),
                value,
                place: (kind > 100).then_some(usize::from(kind) % (map.len() + 1)),
            }
        }
        (5, Value::List(items)) => {
            let to = at.iter().sum::<usize>() % items.len();
            Operation::Move { from: path, path: above.child(to) }
        }
        (5, Value::Map(map)) => {
            let key = KEYS.iter().find(|key| map.get(key).is_none())?;
            Operation::Rename { path: above.child(last), key: (*key).to_owned() }
        }
        _ => {
            let to = existing(data, &at.iter().map(|n| n + 1).collect::<Vec<_>>())?;
            if to.starts_with(&path) || to.split_last()?.0.starts_with(&path) {
                return None;
            }
            if kind > 120 { Operation::Copy { from: path, path: to } } else { Operation::Move { from: path, path: to } }
        }
    })
}

fn existing(data: &Value, at: &[usize]) -> Option<Pointer> {
    let (mut pointer, mut value) = (Pointer::root(), data);
    for number in at {
        match value {
            Value::Map(map) if !map.is_empty() => {
                let (key, inner) = map.nth(number % map.len())?;
                pointer = pointer.child(key);
                value = inner;
            }
            Value::List(items) if !items.is_empty() => {
                pointer = pointer.child(number % items.len());
                value = &items[number % items.len()];
            }
            _ => break,
        }
    }
    (!pointer.parts().is_empty()).then_some(pointer)
}

type Choice = (u8, Vec<usize>, Value);

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    proptest::collection::vec((any::<u8>(), proptest::collection::vec(0_usize..20, 1..4), value()), 1..4)
}

fn check(look: &Look, data: &Value, choices: Vec<Choice>) -> Result<(), TestCaseError> {
    let text = Printer::document(look, data);
    let document = Document::parse(text.as_bytes());
    prop_assert!(document.error().is_none(), "{:?}\n{text}", document.error());
    prop_assert!(document.data().same_data(data), "{text}\n{:?}\n{data:?}", document.data());
    let (mut operations, mut expected) = (Vec::new(), data.clone());
    for (kind, at, value) in choices {
        if let Some(operation) = operation(&expected, kind, &at, value)
            && let Ok(next) = Patch(vec![operation.clone()]).apply_to(&expected)
        {
            operations.push(operation);
            expected = next;
        }
    }
    let patch = Patch(operations);
    let applied = match document.apply(&patch, &Customs::default()) {
        Ok(applied) => applied,
        Err(refusal) => return Err(TestCaseError::fail(format!("{refusal:?}\n{}\n{text}", patch.to_json()))),
    };
    let new = applied.document.text();
    prop_assert!(applied.document.data().same_data(&expected), "{}\n{text}\n→\n{new}", patch.to_json());
    prop_assert_eq!(&applied.edit.apply(&text), new);
    let anew = match taken_back(&document, &applied, &Customs::default()) {
        Ok(anew) => anew,
        Err(error) => {
            return Err(TestCaseError::fail(format!("undo: {error}\n{}\n{text}\n→\n{new}", patch.to_json())));
        }
    };
    let diff = copydesk::text::unified("x", &text, anew.text());
    prop_assert!(diff.is_empty(), "{}\n{}\n{text}\n→\n{new}\n{diff}", patch.to_json(), applied.inverse.to_json());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_patched_text_says_what_the_patch_says_and_goes_back(
        look in look(), data in map_of(value()), choices in choices()
    ) {
        check(&look, &data, choices)?;
    }

    #[test]
    fn any_text_can_be_opened(text in "(---\n)?[ -~\n\t:#&*|>é\u{97}]{0,80}(\n---\n)?") {
        let document = Document::parse(text.as_bytes());
        prop_assert_eq!(document.text(), &text);
        let patch = Patch::add(Pointer::of(["new"]), "x");
        if let Ok(applied) = document.apply(&patch, &Customs::default()) {
            prop_assert!(applied.document.get(&Pointer::of(["new"])).is_some());
        }
    }
}

/// `PROPTEST_CASES` or enough for every run.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400)
}

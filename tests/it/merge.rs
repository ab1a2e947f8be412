//! Merges: laws that hold for all data, and rewrites that really happened.

use copydesk::document::changes::value_changes;
use copydesk::document::diff::diff_patch;
use copydesk::document::merge::{
    Conflict, Policy, Side, answer, merge, merge_lines, merge_text, merge_values, open_marked, read_markers,
};
use copydesk::document::{Customs, Document, FieldPath, Map, Value};
use proptest::prelude::*;

use crate::common::corpora;

/// A random step of an editor: what to do, where, with what.
type Step = (u8, u8, u8);

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any::<Step>(), 0..7)
}

pub fn base() -> impl Strategy<Value = Value> {
    let entries = prop::collection::vec((0..6_u8, 0..4_u8), 0..5);
    let topics = prop::collection::vec(0..6_u8, 0..5);
    (entries, topics, any::<bool>()).prop_map(|(entries, topics, provider)| {
        let mut map = Map::new();
        map.push("title", Value::text("T"));
        map.push("heat", Value::from(40));
        if provider {
            let provider = [("name", "A"), ("domain", "a.org")];
            map.push(
                "provider",
                provider.into_iter().map(|(k, v)| (k.to_owned(), Value::text(v))).collect::<Map>().into_value(),
            );
        }
        map.push("topics", Value::List(topics.iter().map(|n| topic(*n)).collect()));
        map.push("related", Value::List(entries.iter().map(|(url, quality)| entry(*url, *quality)).collect()));
        Value::Map(map)
    })
}

trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for Map {
    fn into_value(self) -> Value {
        Value::Map(self)
    }
}

fn topic(n: u8) -> Value {
    Value::text(format!("t{}", n % 6))
}

fn entry(url: u8, quality: u8) -> Value {
    let mut map = Map::new();
    map.push("title", Value::text(format!("title {}", url % 6)));
    map.push("webUrl", Value::text(format!("https://x.org/{}", url % 6)));
    map.push("quality", Value::from(i64::from(quality % 4)));
    Value::Map(map)
}

pub fn edited(data: &Value, steps: &[Step]) -> Value {
    let Value::Map(mut map) = data.clone() else { unreachable!("articles are maps") };
    for (what, place, with) in steps {
        let place = usize::from(*place);
        match what % 10 {
            0 => set(&mut map, ["title", "heat", "new"][place % 3], Value::from(i64::from(with % 3))),
            1 => drop(map.remove(["heat", "provider", "topics", "related", "new"][place % 5])),
            2 => {
                if let Some(Value::Map(provider)) = map.get_mut("provider") {
                    set(provider, ["name", "domain", "extra"][place % 3], Value::from(i64::from(with % 3)));
                }
            }
            3..=5 => {
                let Some(Value::List(topics)) = map.get_mut("topics") else { continue };
                change_list(topics, what - 3, place, topic(*with));
            }
            6..=8 => {
                let Some(Value::List(related)) = map.get_mut("related") else { continue };
                change_list(related, what - 6, place, entry(*with, with / 7));
            }
            _ => {
                let Some(Value::List(related)) = map.get_mut("related") else { continue };
                if let Some(Value::Map(entry)) = related.get_mut(place % 5) {
                    set(entry, ["quality", "title", "extra"][usize::from(*with) % 3], Value::from(i64::from(with % 5)));
                }
            }
        }
    }
    Value::Map(map)
}

fn set(map: &mut Map, key: &str, value: Value) {
    match map.get_mut(key) {
        Some(old) => *old = value,
        None => map.push(key, value),
    }
}

fn change_list(items: &mut Vec<Value>, what: u8, place: usize, item: Value) {
    match (what % 3, items.len()) {
        (0, length) => items.insert(place % (length + 1), item),
        (_, 0) => {}
        (1, length) => drop(items.remove(place % length)),
        (_, length) => {
            let moved = items.remove(place % length);
            items.insert((place / 7) % length, moved);
        }
    }
}

/// The data with every list in one order, so that two merges can be compared that differ only there.
fn sorted(value: &Value) -> Value {
    match value {
        Value::List(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_key(|item| item.to_json().to_string());
            Value::List(items)
        }
        Value::Map(map) => {
            let mut entries: Vec<(String, Value)> = map.iter().map(|(k, v)| (k.to_owned(), sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Map(entries.into_iter().collect())
        }
        value => value.clone(),
    }
}

/// Whether a list of it has two items that are known by the same name.
fn has_twins(data: &Value) -> bool {
    let Value::Map(map) = data else { return false };
    map.iter().any(|(_, value)| {
        let Value::List(items) = value else { return false };
        let name = |item: &Value| item.as_map().and_then(|map| map.get("webUrl")).unwrap_or(item).to_json().to_string();
        let names: std::collections::BTreeSet<String> = items.iter().map(name).collect();
        names.len() < items.len()
    })
}

fn said(conflicts: &[Conflict], swapped: bool) -> Vec<String> {
    let mut said: Vec<String> = conflicts
        .iter()
        .map(|conflict| {
            let text = |value: &Option<Value>| match value {
                Some(Value::List(_)) => "a list".to_owned(),
                Some(value) => sorted(value).to_json().to_string(),
                None => "nothing".to_owned(),
            };
            let (ours, theirs) = (text(&conflict.ours), text(&conflict.theirs));
            let (ours, theirs) = if swapped { (theirs, ours) } else { (ours, theirs) };
            format!("{}: {} → {ours} or {theirs}", conflict.field(), text(&conflict.base))
        })
        .collect();
    said.sort();
    said
}

pub fn ask(base: &Value, ours: &Value, theirs: &Value) -> copydesk::document::merge::Outcome {
    merge_values(base, ours, theirs, &|_| Policy::Ask)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_side_alone_is_taken(base in base(), steps in steps()) {
        let other = edited(&base, &steps);
        for (ours, theirs) in [(&other, &base), (&base, &other), (&other, &other)] {
            let merged = ask(&base, ours, theirs);
            prop_assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
            prop_assert!(merged.data.same_data(&other), "{}", merged.data.to_json());
        }
    }

    #[test]
    fn sides_can_be_swapped(base in base(), ours in steps(), theirs in steps()) {
        let (ours, theirs) = (edited(&base, &ours), edited(&base, &theirs));
        let (merged, swapped) = (ask(&base, &ours, &theirs), ask(&base, &theirs, &ours));
        prop_assert_eq!(said(&merged.conflicts, false), said(&swapped.conflicts, true));
        if merged.conflicts.is_empty() {
            prop_assert_eq!(sorted(&merged.data), sorted(&swapped.data));
        }
    }

    #[test]
    fn untouched_fields_come_from_the_other_side(base in base(), ours in steps(), theirs in steps()) {
        let (ours, theirs) = (edited(&base, &ours), edited(&base, &theirs));
        let merged = ask(&base, &ours, &theirs);
        for key in ["title", "heat", "new", "provider", "topics", "related"] {
            let of = |value: &Value| value.as_map().and_then(|map| map.get(key)).map(sorted);
            if of(&ours) == of(&base) && of(&theirs) == of(&base) {
                prop_assert_eq!(of(&merged.data), of(&base), "{}", key);
            } else if ours.as_map().unwrap().get(key) == base.as_map().unwrap().get(key) {
                prop_assert_eq!(merged.data.as_map().unwrap().get(key), theirs.as_map().unwrap().get(key), "{}", key);
            } else if theirs.as_map().unwrap().get(key) == base.as_map().unwrap().get(key) {
                prop_assert_eq!(of(&merged.data), of(&ours), "{}", key);
            }
        }
    }

    #[test]
    fn answers_are_what_a_policy_would_have_done(base in base(), ours in steps(), theirs in steps()) {
        let (ours, theirs) = (edited(&base, &ours), edited(&base, &theirs));
        let merged = ask(&base, &ours, &theirs);
        let mine = merge_values(&base, &ours, &theirs, &|_| Policy::Mine);
        prop_assert!(mine.conflicts.is_empty() && mine.kept.is_empty());
        let listed = merge_values(&base, &ours, &theirs, &|_| Policy::MineAndList);
        prop_assert_eq!(&listed.data, &mine.data);
        prop_assert_eq!(said(&listed.kept, false), said(&merged.conflicts, false));
        let given_up = merge_values(&base, &ours, &theirs, &|_| Policy::Theirs);
        prop_assert_eq!(&given_up.data, &merged.data);

        let (mut data, mut conflicts) = (merged.data, merged.conflicts);
        while !conflicts.is_empty() {
            let which = conflicts.len() - 1;
            let patch = answer(&data, &mut conflicts, which, Side::Ours);
            data = patch.apply_to(&data).map_err(|error| TestCaseError::fail(error.to_string()))?;
        }
        prop_assert_eq!(sorted(&data), sorted(&mine.data));
        // Of two with one address nobody can say which is which.
        if ![&base, &ours, &theirs].into_iter().any(has_twins) {
            prop_assert!(data.same_data(&mine.data), "{} is not {}", data.to_json(), mine.data.to_json());
        }
    }

    #[test]
    fn patches_and_changes_lead_from_one_to_the_other(base in base(), ours in steps()) {
        let ours = edited(&base, &ours);
        let patch = diff_patch(&base, &ours);
        let applied = patch.apply_to(&base).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(applied.same_data(&ours), "{} gives {}", patch.to_json(), applied.to_json());
        let changes = value_changes(&base, &ours);
        prop_assert_eq!(changes.is_empty(), patch.is_empty());
        for change in &changes {
            let pointer = change.pointer.clone().unwrap_or_default();
            if change.new.is_some() {
                prop_assert_eq!(ours.at(&pointer), change.new.as_ref());
            }
            prop_assert!(change.revert().apply_to(&ours).is_ok(), "{:?}", change);
        }
    }
}

/// A file that says this, below these fences.
fn written(data: &Value, empty: &str) -> Document {
    let document = Document::parse(empty.as_bytes());
    document.apply(&diff_patch(document.data(), data), &Customs::default()).unwrap().document
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_merge_as_their_data(base in base(), ours in steps(), theirs in steps(), bodies in any::<[bool; 4]>()) {
        let (our_data, their_data) = (edited(&base, &ours), edited(&base, &theirs));
        let line = |changed: bool, new: &'static str| if changed { new } else { "old\n" };
        let body = |first: &str, second: &str| format!("---\n---\n{first}between\n{second}");
        let base_file = written(&base, &body("old\n", "old\n"));
        let ours_file = written(&our_data, &body(line(bodies[0], "ours\n"), line(bodies[1], "ours\n")));
        let theirs_file = written(&their_data, &body(line(bodies[2], "theirs\n"), line(bodies[3], "theirs\n")));
        let merged = merge(&base_file, &ours_file, &theirs_file, &|_| Policy::Ask)
            .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        let outcome = ask(&base, &our_data, &their_data);
        prop_assert!(merged.document.data().same_data(&outcome.data));
        let body_in_conflict = (bodies[0] && bodies[2]) || (bodies[1] && bodies[3]);
        prop_assert_eq!(merged.conflicts.len(), outcome.conflicts.len() + usize::from(body_in_conflict));
        if merged.conflicts.is_empty() {
            return Ok(());
        }
        let text = merged.marked_text("ours", "theirs").map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        let marked = read_markers(&text).ok_or_else(|| TestCaseError::fail(text.clone()))?;
        prop_assert_eq!(marked.theirs.as_str(), merged.document.text());
        let mine = merge(&base_file, &ours_file, &theirs_file, &|_| Policy::Mine).unwrap();
        let our_side = Document::parse(marked.ours.as_bytes());
        prop_assert_eq!(sorted(our_side.data()), sorted(mine.document.data()), "{}", text);
        prop_assert_eq!(our_side.body(), mine.document.body());
    }
}

/// Every rewrite of the corpora, while somebody sets the heat and adds a topic.
#[test]
fn an_edit_lives_through_every_real_rewrite() {
    let Some(corpora) = corpora() else { return };
    let (mut count, mut conflicts) = (0, 0);
    for folder in std::fs::read_dir(corpora.join("replay")).unwrap().map(|entry| entry.unwrap().path()) {
        let read = |file: &str| std::fs::read(folder.join(file)).ok().map(|bytes| Document::parse(&bytes));
        let (Some(base), Some(theirs)) = (read("before.md"), read("after.md")) else { continue };
        let name = folder.display();
        let mut data = base.data().clone();
        let Value::Map(map) = &mut data else { unreachable!("front matter is a map") };
        set(map, "heat", Value::from(777));
        if let Some(Value::List(topics)) = map.get_mut("topics") {
            topics.push(Value::text("Desk"));
        }
        let ours = base.apply(&diff_patch(base.data(), &data), &Customs::default()).unwrap().document;
        let merged =
            merge(&base, &ours, &theirs, &|_| Policy::Ask).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let of = |document: &Document, key: &str| document.data().as_map().and_then(|map| map.get(key)).cloned();
        let rewritten = of(&base, "heat") != of(&theirs, "heat");
        let fields: Vec<String> = merged.conflicts.iter().map(|conflict| conflict.field().to_string()).collect();
        assert_eq!(fields, if rewritten { vec!["heat"] } else { vec![] }, "{name}");
        let mut expected = theirs.data().clone();
        let Value::Map(map) = &mut expected else { unreachable!("front matter is a map") };
        if !rewritten {
            set(map, "heat", Value::from(777));
        }
        if let (Some(Value::List(topics)), true) = (map.get_mut("topics"), of(&ours, "topics") != of(&base, "topics")) {
            topics.push(Value::text("Desk"));
        }
        assert_eq!(sorted(merged.document.data()), sorted(&expected), "{name}");
        (count, conflicts) = (count + 1, conflicts + usize::from(rewritten));
    }
    assert!(count == 91 && conflicts > 20 && conflicts < count, "{count} merges, {conflicts} conflicts");
}

/// The merges of the corpora that really happened: `merge-*` of `replay`.
#[test]
fn real_rewrites_merge_as_expected() {
    let Some(corpora) = corpora() else { return };
    let mut folders: Vec<_> =
        std::fs::read_dir(corpora.join("replay")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.file_name().unwrap().to_string_lossy().starts_with("merge-"));
    folders.sort();
    assert_eq!(folders.len(), 30);
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let read = |file: &str| Document::parse(&std::fs::read(folder.join(file)).unwrap());
        let case: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("case.json")).unwrap()).unwrap();
        let (base, ours, theirs) = (read("base.md"), read("ours.md"), read("theirs.md"));
        let merged =
            merge(&base, &ours, &theirs, &|_| Policy::Ask).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let conflicts: Vec<String> =
            merged.conflicts.iter().map(|conflict| conflict.pointer.clone().unwrap().to_string()).collect();
        if case["expect"] == "conflict" {
            assert_eq!(serde_json::json!(conflicts), case["conflicts"], "{name}");
            assert_eq!(merged.document.text(), theirs.text(), "{name}");
            let marked = read_markers(&merged.marked_text("ours", "theirs").unwrap()).unwrap();
            assert_eq!(marked.theirs, theirs.text(), "{name}");
            let ours_of_it = Document::parse(marked.ours.as_bytes());
            for conflict in &merged.conflicts {
                let at = conflict.pointer.clone().unwrap();
                assert_eq!(ours_of_it.get(&at), ours.get(&at), "{name}");
            }
            continue;
        }
        assert!(conflicts.is_empty(), "{name}: {conflicts:?}");
        let expected = read("expected.md");
        match case["check"].as_str() {
            Some("bytes") => assert_eq!(merged.document.text(), expected.text(), "{name}"),
            Some("bytes-if-placed") => {
                let sorted = |document: &Document| {
                    let mut lines: Vec<String> = document.text().lines().map(str::to_owned).collect();
                    lines.sort();
                    lines
                };
                assert_eq!(sorted(&merged.document), sorted(&expected), "{name}");
            }
            _ => {
                assert!(
                    merged.document.data().same_data(expected.data()),
                    "{name}: {}",
                    merged.document.data().to_json()
                );
                let lost: Vec<&str> =
                    theirs.text().lines().filter(|line| !merged.document.text().contains(line)).collect();
                assert!(lost.is_empty(), "{name}: {lost:?}");
            }
        }
        line_ends_do_not_matter(&name, [&base, &ours, &theirs], &merged.document);
    }
}

/// A side whose line ends all changed is still the same text.
fn line_ends_do_not_matter(name: &str, [base, ours, theirs]: [&Document; 3], merged: &Document) {
    let other_ends = if theirs.text().contains("\r\n") {
        theirs.text().replace("\r\n", "\n")
    } else {
        theirs.text().replace('\n', "\r\n")
    };
    let turned = merge(base, ours, &Document::parse(other_ends.as_bytes()), &|_| Policy::Ask).unwrap();
    assert!(turned.conflicts.is_empty(), "{name}");
    assert!(turned.document.data().same_data(merged.data()), "{name}");
    let crlf = turned.document.text().matches("\r\n").count();
    let all = turned.document.text().matches('\n').count();
    assert!(crlf == 0 || crlf == all, "{name}: {crlf} of {all}");
}

#[test]
fn a_conflict_is_written_with_markers_and_read_back() {
    let base = "---\ntitle: \"T\"\nheat: 40\nquality: 1\nrelated:\n  - title: \"A\"\n    webUrl: \"a\"\n    quality: 5\n---\nOne\nTwo\n";
    let ours = base.replace("heat: 40", "heat: 150").replace("quality: 1\n", "quality: 7\n").replace("Two", "Zwei");
    let theirs = base.replace("heat: 40", "heat: 140").replace("quality: 1\n", "quality: 9\n").replace("Two", "Deux");
    for ends in ["\n", "\r\n"] {
        let document = |text: &str| Document::parse(text.replace('\n', ends).as_bytes());
        let merged = merge(&document(base), &document(&ours), &document(&theirs), &|_| Policy::Ask).unwrap();
        assert_eq!(merged.conflicts.len(), 3);
        let text = merged.marked_text("desk", "crawler").unwrap();
        let want = "---\ntitle: \"T\"\n<<<<<<< desk\nheat: 150\n=======\nheat: 140\n>>>>>>> crawler\n<<<<<<< desk\nquality: 7\n\
            =======\nquality: 9\n>>>>>>> crawler\nrelated:\n  - title: \"A\"\n    webUrl: \"a\"\n    quality: 5\n---\nOne\n\
            <<<<<<< desk\nZwei\n=======\nDeux\n>>>>>>> crawler\n";
        assert_eq!(text, want.replace('\n', ends));
        let opened = open_marked(&text).unwrap().unwrap();
        assert_eq!(opened.document.text(), document(&theirs).text());
        let found: Vec<_> =
            opened.conflicts.iter().map(|conflict| (conflict.field().to_string(), &conflict.base)).collect();
        assert_eq!(found, [("heat".to_owned(), &None), ("quality".to_owned(), &None), (String::new(), &None)]);
        assert_eq!(opened.conflicts[0].ours, Some(Value::from(150)));
    }
    assert!(open_marked("---\na: 1\n---\n<<<<<<< x\na\n=======\nb\n>>>>>>> y\n").is_none());
}

#[test]
fn policies_decide_by_field() {
    let document = |heat: i64, secured: &str| {
        Document::parse(format!("---\nheat: {heat}\nsecured: \"{secured}\"\n---\nBody\n").as_bytes())
    };
    let policy = |field: &FieldPath| match field.head() {
        "heat" => Policy::MineAndList,
        "secured" => Policy::Theirs,
        _ => Policy::Ask,
    };
    let merged = merge(&document(1, "a"), &document(150, "b"), &document(140, "c"), &policy).unwrap();
    assert!(merged.conflicts.is_empty());
    assert_eq!(merged.document.text(), document(150, "c").text());
    let kept = &merged.kept[0];
    assert_eq!((kept.ours.clone(), kept.theirs.clone()), (Some(Value::from(150)), Some(Value::from(140))));
}

#[test]
fn a_file_that_cannot_be_read_is_not_merged() {
    let good = Document::parse(b"---\na: 1\n---\n");
    let other = Document::parse(b"---\na: 2\n---\n");
    let bad = Document::parse(b"---\na: [\n---\n");
    assert!(merge(&good, &bad, &other, &|_| Policy::Ask).is_err());
    assert!(merge(&good, &other, &bad, &|_| Policy::Ask).is_err());
    let unknown_base = merge(&bad, &good, &other, &|_| Policy::Ask).unwrap();
    assert_eq!(unknown_base.conflicts.len(), 1);
    assert_eq!(merge(&good, &good, &bad, &|_| Policy::Ask).unwrap().document.text(), bad.text());
}

/// The blocks of a case: what its fence says, and its lines.
fn blocks(case: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = case.lines();
    while let Some(line) = lines.next() {
        if let Some(head) = line.strip_prefix("```") {
            let body: String = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            blocks.push((head, body));
        }
    }
    blocks
}

/// What `tests/cases/merge.md` has to say behind the three versions of a case.
fn answer_of(case: &str) -> String {
    let blocks = blocks(case);
    let version = |name: &str| {
        let text = blocks.iter().find(|(head, _)| *head == format!("md {name}"));
        Document::parse(text.unwrap_or_else(|| panic!("no {name} in {case}")).1.as_bytes())
    };
    let merged = match merge(&version("base"), &version("ours"), &version("theirs"), &|_| Policy::Ask) {
        Ok(merged) => merged,
        Err(refusal) => return format!("```refused\n{refusal}\n```\n"),
    };
    let mut answer = match merged.marked_text("ours", "theirs") {
        Ok(text) => format!("```md merged\n{text}```\n"),
        Err(refusal) => return format!("```refused\n{refusal}\n```\n"),
    };
    if !merged.conflicts.is_empty() {
        answer.push_str("\n```conflicts\n");
        for conflict in &merged.conflicts {
            let place = conflict.pointer.as_ref().map_or_else(|| "the body".to_owned(), ToString::to_string);
            let text = |value: &Option<Value>| {
                value.as_ref().map_or_else(|| "nothing".to_owned(), |value| value.to_json().to_string())
            };
            let (base, ours, theirs) = (text(&conflict.base), text(&conflict.ours), text(&conflict.theirs));
            answer.push_str(&format!("{place}: {base} → ours {ours}, theirs {theirs}\n"));
        }
        answer.push_str("```\n");
    }
    answer
}

#[test]
fn cases_come_out_as_written() {
    let path = "tests/cases/merge.md";
    let text = std::fs::read_to_string(path).unwrap();
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut cases = text.split("\n## ");
    let mut written = cases.next().unwrap().to_owned();
    for case in cases {
        let inputs = case.split("\n```md merged\n").next().unwrap().split("\n```refused\n").next().unwrap().trim_end();
        let answered = format!("{inputs}\n\n{}", answer_of(case));
        assert!(update || answered.trim_end() == case.trim_end(), "UPDATE_CASES=1 rewrites the answers:\n{answered}");
        written.push_str(&format!("\n## {answered}"));
    }
    if update {
        std::fs::write(path, &written).unwrap();
    }
}

#[test]
fn a_list_under_a_key_that_stands_twice_is_merged_by_its_last_value_and_answered_as_a_whole() {
    let text = |related: &str| format!("---\nheat: 1\n{related}---\nBody\n");
    let list = |title: &str| format!("related:\n  - {title}: A\n    webUrl: a\n");
    let merged = |ours: &str| {
        let [base, ours, theirs] = [text(&list("title")), text(ours), text(&list("name"))];
        let [base, ours, theirs] = [base, ours, theirs].map(|text| Document::parse(text.as_bytes()));
        merge(&base, &ours, &theirs, &|_| Policy::Ask).unwrap()
    };
    let unchanged = merged(&format!("{}{}", list("x"), list("title")));
    assert_eq!((unchanged.conflicts.len(), unchanged.document.text()), (0, text(&list("name")).as_str()));
    let changed = merged(&format!("{}{}", list("title"), list("mine")));
    assert_eq!(changed.conflicts.len(), 1);
    let marked = changed.marked_text("ours", "theirs").unwrap();
    assert!(marked.contains("<<<<<<< ours") && marked.contains("mine: A"), "{marked}");
}

#[test]
fn texts_merge_line_by_line_where_fields_cannot() {
    for (base, ours, theirs, marked, with_theirs) in [
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n", "A\nb\nC\n"),
        ("a\nb\nc\n", "a\nb\nc\n", "a\nc\n", "a\nc\n", "a\nc\n"),
        ("a\nb\n", "a\nx\n", "a\ny\n", "a\n<<<<<<< o\nx\n=======\ny\n>>>>>>> t\n", "a\ny\n"),
    ] {
        let disputed = marked.contains("<<<<<<<");
        assert_eq!(merge_lines(base, ours, theirs, "o", "t"), (marked.to_owned(), disputed));
        assert_eq!(merge_text(base, ours, theirs), (with_theirs.to_owned(), disputed));
    }
    // A last line that does not end is ended before the next marker.
    assert_eq!(merge_lines("a", "b", "c", "o", "t").0, "<<<<<<< o\nb\n=======\nc\n>>>>>>> t\n");
    // Who changed the line ends has their way in every line.
    let (text, disputed) = merge_lines("a\nb\n", "a\r\nb\r\n", "a\nB\n", "o", "t");
    assert_eq!((text.as_str(), disputed), ("a\r\nB\r\n", false));
}

#[test]
fn markers_around_a_fence_are_markers_of_the_front_matter_and_those_below_it_are_not() {
    let (fence, more) = ("---\n", "b: 2\n");
    for (ours, theirs) in [(fence, more), (more, fence), (fence, "b: 2\n---\n"), ("b: 2\n---\n", fence)] {
        let text = format!("---\na: 1\n<<<<<<< o\n{ours}=======\n{theirs}>>>>>>> t\nBody\n");
        assert!(open_marked(&text).is_some(), "{text}");
    }
    for body in ["", "Body\n"] {
        let text = format!("---\na: 1\n---\n{body}<<<<<<< o\nx\n=======\ny\n>>>>>>> t\n");
        assert!(open_marked(&text).is_none(), "{text}");
    }
}

#[test]
fn conflicts_in_one_line_are_marked_as_one() {
    let [base, ours, theirs] = ["1, b: 1", "2, b: 2", "3, b: 3"]
        .map(|values| Document::parse(format!("---\nm: {{a: {values}}}\nc: 1\n---\nBody\n").as_bytes()));
    let merged = merge(&base, &ours, &theirs, &|_| Policy::Ask).unwrap();
    assert_eq!(merged.conflicts.len(), 2);
    let text = merged.marked_text("o", "t").unwrap();
    let marked = read_markers(&text).unwrap();
    assert_eq!((marked.ours.as_str(), marked.theirs.as_str()), (ours.text(), theirs.text()), "{text}");
    assert_eq!(marked.regions.len(), 1, "{text}");
}

#[test]
fn a_file_gets_the_line_ends_of_who_changed_them() {
    let text = |heat: u8, body: &str| format!("---\ntitle: T\nheat: {heat}\n---\nOne.\n{body}\n");
    let [base, ours, theirs] = [text(1, "Two."), text(2, "Two."), text(1, "Three.")];
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let want = text(2, "Three.");
    // Lines that end differently within a file keep their ends.
    let mixed = |text: &str| text.replacen("T\n", "T\r\n", 1);
    for (base, ours, theirs, want) in [
        (base.clone(), ours.clone(), theirs.clone(), want.clone()),
        (base.clone(), crlf(&ours), theirs.clone(), crlf(&want)),
        (base.clone(), ours.clone(), crlf(&theirs), crlf(&want)),
        (base.clone(), crlf(&ours), crlf(&theirs), crlf(&want)),
        (crlf(&base), crlf(&ours), theirs.clone(), want.clone()),
        (base.clone(), ours.clone(), mixed(&theirs), mixed(&want)),
    ] {
        let [base, ours, theirs] = [&base, &ours, &theirs].map(|text| Document::parse(text.as_bytes()));
        let merged = merge(&base, &ours, &theirs, &|_| Policy::Ask).unwrap();
        assert_eq!((merged.document.text(), merged.conflicts.len()), (want.as_str(), 0));
    }
}

#[test]
fn conflicts_in_lines_of_their_own_are_marked_each() {
    for between in ["", "c: 1\n"] {
        let [base, ours, theirs] =
            [1, 2, 3].map(|n| Document::parse(format!("---\na: {n}\n{between}b: {n}\n---\nBody\n").as_bytes()));
        let text = merge(&base, &ours, &theirs, &|_| Policy::Ask).unwrap().marked_text("o", "t").unwrap();
        let marked = read_markers(&text).unwrap();
        assert_eq!((marked.ours.as_str(), marked.theirs.as_str()), (ours.text(), theirs.text()), "{text}");
        assert_eq!(marked.regions.len(), 2, "{text}");
    }
}

#[test]
fn what_we_wrote_looks_in_theirs_as_we_wrote_it() {
    let text = |heat: u8, fields: &str| format!("---\nheat: {heat}\n{fields}---\nBody\n");
    let new = "note: 'N'\ntags:\n  - 'x'\n  - 'y'\nauthor:\n  nick: 'C'\nwhen: plain\n";
    let [base, ours, theirs] = [text(1, ""), text(1, new), text(2, "")].map(|text| Document::parse(text.as_bytes()));
    let merged = merge(&base, &ours, &theirs, &|_| Policy::Ask).unwrap();
    assert_eq!(merged.document.text(), text(2, new));
}

#[test]
fn what_both_added_stands_where_they_have_it() {
    let list = |items: &[&str]| Value::List(items.iter().map(|item| Value::text(*item)).collect());
    let base = list(&["a", "b"]);
    for (ours, theirs) in [(["n", "a", "b"], ["a", "b", "n"]), (["a", "b", "n"], ["a", "n", "b"])] {
        let outcome = ask(&base, &list(&ours), &list(&theirs));
        assert_eq!((outcome.data, outcome.conflicts.len()), (list(&theirs), 0), "{ours:?}, {theirs:?}");
    } // What only we have stays behind what it stands behind with us.
    let outcome = ask(&base, &list(&["a", "x", "n", "b"]), &list(&["a", "n", "b"]));
    assert_eq!((outcome.data, outcome.conflicts.len()), (list(&["a", "x", "n", "b"]), 0));
}

#[test]
fn a_key_that_stands_twice_is_a_conflict_beside_others_whatever_the_policy() {
    let merged = |ours: &str, theirs: &str, policy: Policy| {
        let texts = [("1", "k: 1\n"), ("2", ours), ("3", theirs)];
        let [base, ours, theirs] =
            texts.map(|(heat, k)| Document::parse(format!("---\nheat: {heat}\n{k}---\nBody\n").as_bytes()));
        let merged = merge_values(base.data(), ours.data(), theirs.data(), &move |_| policy);
        let said = |value: &Option<Value>| value.as_ref().map_or("none".to_owned(), |value| format!("{value:?}"));
        let conflicts: Vec<_> = merged.conflicts.iter().map(|it| (it.field().to_string(), said(&it.ours))).collect();
        (conflicts, merged.data.as_map().is_some_and(|map| map.get("k").is_some()))
    };
    let number = |n: i64| format!("{:?}", Value::from(n));
    let (heat, k) = (("heat".to_owned(), number(2)), ("k".to_owned(), number(2)));
    for (theirs, is_there) in [("", false), ("k: 3\n", true), ("k: 3\nk: 4\n", true)] {
        assert_eq!(
            merged("k: 1\nk: 2\n", theirs, Policy::Ask),
            (vec![heat.clone(), k.clone()], is_there),
            "{theirs:?}"
        );
        assert_eq!(merged("k: 1\nk: 2\n", theirs, Policy::Mine), (vec![k.clone()], is_there), "{theirs:?}");
        // What readers take is what it was, or what they made of it.
        assert_eq!(merged("k: 2\nk: 1\n", theirs, Policy::Mine), (vec![], is_there), "{theirs:?}");
    }
    assert_eq!(merged("k: 2\nk: 3\n", "k: 3\n", Policy::Mine), (vec![], true));
}

#[test]
fn markers_are_read_with_what_it_was_and_behind_a_byte_order_mark_and_never_half() {
    let text = "\u{feff}<<<<<<< HEAD\na\n||||||| 0a1b\nb\n=======\nc\n>>>>>>> other\nd\n";
    let marked = read_markers(text).unwrap();
    let base = marked.base.as_deref();
    assert_eq!(
        (marked.ours.as_str(), base, marked.theirs.as_str()),
        ("\u{feff}a\nd\n", Some("\u{feff}b\nd\n"), "\u{feff}c\nd\n")
    );
    assert_eq!(marked.labels, ["HEAD", "other"]);
    for half in ["<<<<<<< a\nx\n", "<<<<<<< a\n=======\n<<<<<<< b\n>>>>>>> c\n", "a\n=======\nb\n"] {
        assert_eq!(read_markers(half), None, "{half}");
    }
}

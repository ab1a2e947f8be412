//! The filter's language: `tests/cases/filter.md`, and what clicks write.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use copydesk::article::{ArticleId, Outline, Record, Wanted};
use copydesk::catalog::{Catalog, Facts, Query, Reason, Twin, filter};
use copydesk::document::{Document, FieldPath};
use copydesk::file::{SitePath, Stamp};

struct World {
    catalog: Catalog,
    facts: Facts,
    cases: Vec<(String, String)>,
}

fn world() -> World {
    let text = std::fs::read_to_string("tests/cases/filter.md").unwrap();
    let outline = Outline::usual("articles", &Wanted::All);
    let (mut catalog, mut cases) = (Catalog::new(), Vec::new());
    for block in text.split("\n```").skip(1).step_by(2) {
        let (head, body) = block.split_once('\n').unwrap();
        if let Some(name) = head.strip_prefix("yaml ") {
            let document = Document::parse(format!("---\n{body}\n---\n").as_bytes());
            assert!(document.error().is_none(), "{name}: {:?}", document.error());
            let path = SitePath::new(&format!("articles/{name}.md")).unwrap();
            catalog.upsert(Record::read(&path, Stamp::default(), &document, &outline));
        } else {
            assert_eq!(head, "filter");
            let case = |line: &str| line.split_once("=> ").map(|(query, want)| (query.to_owned(), want.to_owned()));
            cases.extend(body.lines().map(|line| case(line).unwrap_or_else(|| panic!("no “=>” in {line}"))));
        }
    }
    let set = |row: u32| HashSet::from([ArticleId(row)]);
    let twin = Twin { group: 0, likeness: 1.0, reason: Reason::Address };
    let facts = Facts {
        changed: set(1),
        conflict: set(2),
        duplicate: Arc::new(HashMap::from([(ArticleId(3), twin)])),
        updated: set(3),
        new: set(2),
        marked: set(1),
        problem: HashSet::new(),
        broken_image: set(0),
        small_image: HashSet::from([ArticleId(0), ArticleId(3)]),
        wrong_size: set(2),
        today: NaiveDate::from_ymd_opt(2020, 5, 10).unwrap(),
    };
    World { catalog, facts, cases }
}

#[test]
fn what_is_typed_finds_what_it_says() {
    let world = world();
    assert!(world.cases.len() > 100);
    let mut wrong = Vec::new();
    for (typed, want) in &world.cases {
        let typed = typed.strip_suffix(' ').unwrap_or(typed);
        let got = match Query::parse(typed) {
            Err(error) => format!("error {}..{} {}", error.span.start, error.span.end, error.message),
            Ok(query) => {
                let found = filter(&world.catalog, &query, &world.facts, &|| false).unwrap();
                for id in world.catalog.ids() {
                    assert_eq!(query.matches(&world.catalog, id, &world.facts), found.contains(&id), "{typed}");
                }
                let path = |id: &ArticleId| world.catalog.path(*id).stem().to_owned();
                if found.is_empty() { "nothing".into() } else { found.iter().map(path).collect::<Vec<_>>().join(", ") }
            }
        };
        if got != *want {
            wrong.push(format!("{typed} => {got}\n    instead of {want}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_question_on_an_older_state_leaves_nothing_in_newer_ones() {
    let outline = Outline::usual("articles", &Wanted::All);
    let mut catalog = Catalog::new();
    let add = |catalog: &mut Catalog, name: &str| {
        let document = Document::parse(format!("---\ntitle: The {name}\n---\n").as_bytes());
        let path = SitePath::new(&format!("articles/{name}.md")).unwrap();
        catalog.upsert(Record::read(&path, Stamp::default(), &document, &outline));
    };
    let found =
        |catalog: &Catalog| filter(catalog, &Query::parse("the").unwrap(), &Facts::default(), &|| false).unwrap().len();
    add(&mut catalog, "lighthouse");
    // The first question on what was known is answered only when more is known already.
    let before = catalog.clone();
    add(&mut catalog, "ferry");
    assert_eq!((found(&before), found(&catalog)), (1, 2));
}

#[test]
fn tokens_cover_what_was_typed() {
    let text = "vaccine -topics:\"Front Page\" (is:live OR has:images)";
    let query = Query::parse(text).unwrap();
    let pieces: Vec<(&str, bool)> =
        query.tokens().iter().map(|token| (&text[token.span.range()], token.negated)).collect();
    assert_eq!(
        pieces,
        [
            ("vaccine", false),
            ("-topics:\"Front Page\"", true),
            ("(", false),
            ("is:live", false),
            ("OR", false),
            ("has:images", false),
            (")", false)
        ]
    );
}

#[test]
fn any_text_is_read_or_refused_within_itself() {
    let pieces = [
        "a", ":", "\"", "(", ")", " ", "-", "OR", "has:", "heat:", ">", "..", ",", "é", "\\", "is:", "=", "7d",
        "\u{a0}",
    ];
    let mut seed = 7_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..seed % 9 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
        match Query::parse(&text) {
            Err(error) => assert!(text.get(error.span.range()).is_some(), "{text:?}: {error:?}"),
            Ok(query) => assert!(query.tokens().iter().all(|token| text.get(token.span.range()).is_some()), "{text:?}"),
        }
    }
}

#[test]
fn clicks_write_what_could_be_typed() {
    let topics = FieldPath::parse("topics");
    let click = |text: &str, value: &str| Query::parse(text).unwrap().including(&topics, value);
    let exclude = |text: &str, value: &str| Query::parse(text).unwrap().excluding(&topics, value);
    let without = |text: &str, value: &str| Query::parse(text).unwrap().without_value(&topics, value);
    assert_eq!(click("", "US"), "topics:US");
    assert_eq!(click("vaccine", "Front Page"), "vaccine topics:\"Front Page\"");
    assert_eq!(click("topics:US is:live", "CA"), "topics:US,CA is:live");
    assert_eq!(click("topics:US", "US"), "topics:US");
    assert_eq!(click("a OR b", "US"), "(a OR b) topics:US");
    assert_eq!(click("-topics:US x", "US"), "x topics:US");
    assert_eq!(exclude("topics:US,CA", "US"), "topics:CA -topics:US");
    assert_eq!(without("a topics:US b", "US"), "a b");
    assert_eq!(without("a topics:US,CA", "US"), "a topics:CA");
    assert_eq!(without("a topics:US", "US"), "a");
    let query = Query::parse("topics:US,\"Front Page\" -topics:CA").unwrap();
    assert_eq!(query.values_of(&topics), (vec!["US", "Front Page"], vec!["CA"]));
    let heat = FieldPath::parse("heat");
    let range = |text: &str, low, high| Query::parse(text).unwrap().with_range(&heat, low, high);
    assert_eq!(range("x", Some(95.0), Some(255.0)), "x heat:95..255");
    assert_eq!(range("heat:>=10 x", Some(95.0), None), "heat:95.. x");
    assert_eq!(range("heat:95..255 x", None, None), "x");
    assert_eq!(Query::parse("x heat:95..255").unwrap().range_of(&heat), Some((Some(95.0), Some(255.0))));
    assert_eq!(Query::parse("x").unwrap().toggling("is:live"), "x is:live");
    assert_eq!(Query::parse("x is:live y").unwrap().toggling("is:live"), "x y");
}

#[test]
fn every_value_can_be_clicked() {
    for field in ["topics", "a.b", "with blank", "has", "a\\.b", "名"] {
        let path = FieldPath::parse(field);
        for value in
            ["US", "a,b", "=x", "~x", ">5", "a..b", "(x)", "\"q\"", "back\\slash", "-x", "//x", "", " ", "OR", "a:b"]
        {
            let text = Query::default().including(&path, value);
            let query = Query::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(query.values_of(&path), (vec![value], vec![]), "{text}");
        }
    }
}

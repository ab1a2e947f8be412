//! JSON front matter: what is read, and that an edit changes only its bytes.

use copydesk::document::{Customs, Document, Format, NoticeCode, Patch, Pointer, RefusalReason, Value};

use crate::common::corpora;
use crate::formats::expected_edits;

const ARTICLE: &str = "{\n  \"title\": \"One \\u00e9 \\ud83d\\ude00\",\n  \"heat\": 40,\n  \"topics\": [\"One\", \"Two\"],\n  \"provider\": { \"name\": \"R\" },\n  \"empty\": [],\n  \"related\": [\n    {\n      \"title\": \"R1\",\n      \"n\": 1.50\n    },\n    {\n      \"title\": \"R2\"\n    }\n  ]\n}\n\nBody {1}\n";

#[test]
fn values_are_read_with_their_places() {
    let document = Document::parse(ARTICLE.as_bytes());
    assert_eq!(document.format(), Format::Json);
    assert!(document.error().is_none(), "{:?}", document.error());
    assert_eq!(document.get(&Pointer::of(["title"])).and_then(Value::as_str), Some("One é 😀"));
    let at = Pointer::of(["related", "1", "title"]);
    assert_eq!(document.place(&at).unwrap().to_string(), "13:16");
    assert_eq!(&ARTICLE[document.span(&at).unwrap().range()], "\"R2\"");
    assert_eq!(document.body(), "\nBody {1}\n");
    let marked = Document::parse(b";;;\n{\n  \"a\": 1\n}\n;;;\nB\n");
    assert_eq!((marked.format(), marked.get(&Pointer::of(["a"])).and_then(Value::as_f64)), (Format::Json, Some(1.0)));
}

#[test]
fn errors_have_a_place() {
    for (text, code, place, about) in [
        ("{\n  \"a\": 1,\n}\n", NoticeCode::Syntax, "3:1", "trailing comma"),
        ("{\n  \"a\": [1 2]\n}\n", NoticeCode::Syntax, "2:11", "comma"),
        ("{\n  \"a\": 'x'\n}\n", NoticeCode::Syntax, "2:8", "value"),
        ("{\n  \"a\": \"\\x\"\n}\n", NoticeCode::Syntax, "2:8", "escape"),
        ("{\n  \"a\": 01\n}\n", NoticeCode::Syntax, "2:8", "number"),
        ("{\n  \"a\" 1\n}\n", NoticeCode::Syntax, "2:7", "colon"),
        (";;;\n[1]\n;;;\n", NoticeCode::NotAMap, "2:1", "object"),
        (";;;\n{} x\n;;;\n", NoticeCode::Syntax, "2:4", "end"),
    ] {
        let document = Document::parse(text.as_bytes());
        let error = document.error().unwrap_or_else(|| panic!("{text} has an error"));
        assert_eq!((error.code, error.place.to_string().as_str()), (code, place), "{text}: {}", error.message);
        assert!(error.message.contains(about), "{}", error.message);
    }
    let doubled = Document::parse(b"{\n  \"a\": 1,\n  \"a\": 2\n}\n");
    assert!(doubled.error().is_none());
    assert_eq!(doubled.warnings()[0].code, NoticeCode::DoubledKey);
    let deep = format!("{{\"a\": {}{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(Document::parse(deep.as_bytes()).error().unwrap().code, NoticeCode::Limit);
}

#[test]
fn nothing_but_the_edited_part_changes() {
    let cases = [
        (r#"[{"op":"replace","path":"/heat","value":120}]"#, "40", "120"),
        (r#"[{"op":"replace","path":"/topics/0","value":"a \"b\"\n"}]"#, "[\"One\"", "[\"a \\\"b\\\"\\n\""),
        (r#"[{"op":"add","path":"/topics/1","value":"x"}]"#, "\"One\", ", "\"One\", \"x\", "),
        (r#"[{"op":"add","path":"/topics/-","value":"x"}]"#, "\"Two\"", "\"Two\", \"x\""),
        (r#"[{"op":"remove","path":"/topics/0"}]"#, "\"One\", \"Two\"", "\"Two\""),
        (r#"[{"op":"remove","path":"/topics/1"}]"#, "\"One\", \"Two\"", "\"One\""),
        (r#"[{"op":"add","path":"/empty/-","value":"x"}]"#, "[]", "[\"x\"]"),
        (r#"[{"op":"add","path":"/new","value":null,"place":2}]"#, "40,\n", "40,\n  \"new\": null,\n"),
        (
            r#"[{"op":"add","path":"/new","value":["a","b"],"place":0}]"#,
            "{\n  \"title\"",
            "{\n  \"new\": [\"a\", \"b\"],\n  \"title\"",
        ),
        (r#"[{"op":"remove","path":"/heat"}]"#, ",\n  \"heat\": 40", ""),
        (r#"[{"op":"remove","path":"/title"}]"#, "\"title\": \"One \\u00e9 \\ud83d\\ude00\",\n  \"heat\"", "\"heat\""),
        (r#"[{"op":"remove","path":"/provider/name"}]"#, "{ \"name\": \"R\" }", "{}"),
        (r#"[{"op":"add","path":"/provider/domain","value":"d"}]"#, "\"R\" }", "\"R\", \"domain\": \"d\" }"),
        (r#"[{"op":"rename","path":"/heat","key":"warmth"}]"#, "\"heat\"", "\"warmth\""),
        (r#"[{"op":"copy","from":"/heat","path":"/topics/0"}]"#, "[\"One\"", "[40, \"One\""),
        (
            r#"[{"op":"add","path":"/related/1","value":{"title":"N","n":2}}]"#,
            "    {\n      \"title\": \"R2\"",
            "    {\n      \"title\": \"N\",\n      \"n\": 2\n    },\n    {\n      \"title\": \"R2\"",
        ),
        (
            r#"[{"op":"move","from":"/related/1","path":"/related/0"}]"#,
            "    {\n      \"title\": \"R1\",\n      \"n\": 1.50\n    },\n    {\n      \"title\": \"R2\"\n    }\n",
            "    {\n      \"title\": \"R2\"\n    },\n    {\n      \"title\": \"R1\",\n      \"n\": 1.50\n    }\n",
        ),
        (r#"[{"op":"body","value":"New\n"}]"#, "\nBody {1}\n", "New\n"),
    ];
    for (patch, old, new) in cases {
        for crlf in [false, true] {
            let ends = |text: &str| if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
            let patch = Patch::from_json(&serde_json::from_str(patch).unwrap()).unwrap();
            let (article, old) = (ends(ARTICLE), ends(old));
            let new = if patch.to_json()[0]["op"] == "body" { new.to_owned() } else { ends(new) };
            assert_eq!(article.matches(&old).count(), 1, "{old:?} has to be there once");
            let document = Document::parse(article.as_bytes());
            let applied =
                document.apply(&patch, &Customs::default()).unwrap_or_else(|refusal| panic!("{patch:?}: {refusal}"));
            assert_eq!(applied.document.text(), article.replacen(&old, &new, 1), "{patch:?}");
        }
    }
}

#[test]
fn an_object_can_be_filled_and_emptied() {
    for (text, want) in [
        ("{}\nB", "{\n  \"a\": 1\n}\nB"),
        ("{\"b\":2}\n", "{\"b\":2,\"a\":1}\n"),
        (";;;\n;;;\n", ";;;\n{\n  \"a\": 1\n}\n;;;\n"),
    ] {
        let document = Document::parse(text.as_bytes());
        let applied = document.apply(&Patch::add(Pointer::of(["a"]), 1), &Customs::default()).unwrap();
        assert_eq!(applied.document.text(), want);
        let back = applied.document.apply(&Patch::remove(Pointer::of(["a"])), &Customs::default()).unwrap();
        assert!(back.document.data().same_data(document.data()));
    }
}

#[test]
fn what_json_cannot_say_is_refused() {
    let document = Document::parse(ARTICLE.as_bytes());
    let infinite = Value::Number(copydesk::document::Number::parse(".inf").unwrap());
    let refusal = document.apply(&Patch::replace(Pointer::of(["heat"]), infinite), &Customs::default()).unwrap_err();
    assert_eq!(refusal.reason, RefusalReason::Unsayable);
}

#[test]
fn the_edge_cases_come_out_as_expected() {
    let Some(corpora) = corpora() else { return };
    assert!(expected_edits(&corpora, "json") >= 3);
}

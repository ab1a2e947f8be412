//! TOML front matter: what is read, and that an edit changes only its lines.

use copydesk::document::{Customs, Document, Format, NoticeCode, Operation, Patch, Pointer, RefusalReason, Value};

use crate::common::corpora;
use crate::formats::{expected_edits, files_below, sets_only_its_lines};

const ARTICLE: &str = "+++\n# the head\ntitle = \"One\" # keep\nheat = 40\ndate = 2020-05-19T15:13:00Z\ntags = [\"a\", 'b']\n\
    aliases = [\n    \"x\", # ex\n    \"y\",\n]\nh.i = 1\n\n[provider]\nname = \"R\"\nlogo = { url = \"u\", width = 50 }\n\n\
    # first\n[[related]]\ntitle = \"R1\"\n[related.provider]\nname = \"P\"\n\n[[related]]\ntitle = \"R2\"\n+++\nBody +++ here\n";

#[test]
fn values_are_read_as_they_are_written() {
    let text =
        "+++\na = \"\"\"\nseveral\nlines\"\"\"\nc = 0xFF\nd = 1_000\ne = 1979-05-27\nf = 07:32:00\nk = inf\n+++\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let document = Document::parse(text.as_bytes());
        assert_eq!(document.format(), Format::Toml);
        assert!(document.error().is_none(), "{:?}", document.error());
        let get = |key: &str| document.get(&Pointer::of([key])).unwrap();
        assert_eq!(get("a").as_str(), Some("several\nlines"));
        assert_eq!(get("c").as_f64(), Some(255.0));
        assert_eq!(get("d").as_f64(), Some(1000.0));
        assert_eq!((get("e").as_str(), get("f").as_str()), (Some("1979-05-27"), Some("07:32:00")));
        assert_eq!(get("k").as_f64(), Some(f64::INFINITY));
    }
}

#[test]
fn places_are_those_of_the_file() {
    let document = Document::parse(ARTICLE.as_bytes());
    for (pointer, place, text) in [
        ("/title", "3:9", "\"One\""),
        ("/tags/1", "6:14", "'b'"),
        ("/h/i", "11:7", "1"),
        ("/provider", "13:1", "[provider]\nname = \"R\"\nlogo = { url = \"u\", width = 50 }"),
        ("/provider/logo/width", "15:29", "50"),
        ("/related/1/title", "24:9", "\"R2\""),
    ] {
        let at = Pointer::parse(pointer).unwrap();
        assert_eq!(document.place(&at).unwrap().to_string(), place, "{pointer}");
        assert_eq!(&ARTICLE[document.span(&at).unwrap().range()], text, "{pointer}");
    }
}

#[test]
fn errors_have_a_place() {
    for (text, code, place, about) in [
        ("+++\ntitle = \"A\"\ntitle = \"B\"\n+++\n", NoticeCode::DoubledKey, "3:1", "title"),
        ("+++\ntitle = \"A\"\ndate = {{ .Date }}\n+++\n", NoticeCode::Syntax, "3:9", "TOML"),
        ("+++\ntitle = \"A\"\n", NoticeCode::Unclosed, "1:1", "not closed"),
    ] {
        let document = Document::parse(text.as_bytes());
        let error = document.error().unwrap();
        assert_eq!((error.code, error.place.to_string().as_str()), (code, place), "{text}: {}", error.message);
        assert!(error.message.contains(about), "{}", error.message);
        assert!(document.apply(&Patch::replace(Pointer::of(["title"]), "C"), &Customs::default()).is_err());
    }
}

#[test]
fn nothing_but_the_edited_lines_changes() {
    let cases = [
        (r#"[{"op":"replace","path":"/title","value":"it's \"so\""}]"#, "\"One\" # keep", "\"it's \\\"so\\\"\" # keep"),
        (r#"[{"op":"replace","path":"/date","value":"2021-01-01"}]"#, "2020-05-19T15:13:00Z", "2021-01-01"),
        (r#"[{"op":"replace","path":"/tags/1","value":"c"}]"#, "'b'", "'c'"),
        (r#"[{"op":"add","path":"/tags/-","value":"c"}]"#, "'b']", "'b', \"c\"]"),
        (r#"[{"op":"add","path":"/tags/0","value":"c"}]"#, "[\"a\"", "[\"c\", \"a\""),
        (r#"[{"op":"remove","path":"/tags/0"}]"#, "\"a\", 'b'", "'b'"),
        (r#"[{"op":"remove","path":"/tags/1"}]"#, "\"a\", 'b'", "\"a\""),
        (r#"[{"op":"add","path":"/aliases/-","value":"z"}]"#, "    \"y\",\n", "    \"y\",\n    \"z\",\n"),
        (r#"[{"op":"remove","path":"/aliases/0"}]"#, "    \"x\", # ex\n", ""),
        (r#"[{"op":"remove","path":"/aliases/1"}]"#, "    \"y\",\n", ""),
        (r#"[{"op":"add","path":"/heat2","value":5,"place":2}]"#, "heat = 40\n", "heat = 40\nheat2 = 5\n"),
        (r#"[{"op":"add","path":"/first","value":"x","place":0}]"#, "# the head\n", "first = \"x\"\n# the head\n"),
        (r#"[{"op":"add","path":"/last","value":true}]"#, "h.i = 1\n", "h.i = 1\nlast = true\n"),
        (r#"[{"op":"add","path":"/h/j","value":2}]"#, "h.i = 1\n", "h.i = 1\nh.j = 2\n"),
        (r#"[{"op":"remove","path":"/heat"}]"#, "heat = 40\n", ""),
        (r#"[{"op":"remove","path":"/title"}]"#, "# the head\ntitle = \"One\" # keep\n", ""),
        (r#"[{"op":"rename","path":"/heat","key":"warm th"}]"#, "heat = 40", "\"warm th\" = 40"),
        (
            r#"[{"op":"add","path":"/provider/domain","value":"r.org","place":1}]"#,
            "\"R\"\n",
            "\"R\"\ndomain = \"r.org\"\n",
        ),
        (r#"[{"op":"add","path":"/provider/logo/height","value":9}]"#, "width = 50 }", "width = 50, height = 9 }"),
        (r#"[{"op":"remove","path":"/provider/logo/url"}]"#, "url = \"u\", width", "width"),
        (
            r#"[{"op":"remove","path":"/provider"}]"#,
            "\n[provider]\nname = \"R\"\nlogo = { url = \"u\", width = 50 }\n",
            "",
        ),
        (
            r#"[{"op":"add","path":"/related/-","value":{"title":"R3","n":1}}]"#,
            "\"R2\"\n",
            "\"R2\"\n\n[[related]]\ntitle = \"R3\"\nn = 1\n",
        ),
        (
            r#"[{"op":"add","path":"/related/0","value":{"title":"R0"}}]"#,
            "# first\n",
            "[[related]]\ntitle = \"R0\"\n\n# first\n",
        ),
        (r#"[{"op":"remove","path":"/related/1"}]"#, "\n[[related]]\ntitle = \"R2\"\n", ""),
        (
            r#"[{"op":"move","from":"/related/1","path":"/related/0"}]"#,
            "# first\n[[related]]\ntitle = \"R1\"\n[related.provider]\nname = \"P\"\n\n[[related]]\ntitle = \"R2\"\n",
            "[[related]]\ntitle = \"R2\"\n\n# first\n[[related]]\ntitle = \"R1\"\n[related.provider]\nname = \"P\"\n",
        ),
        (
            r#"[{"op":"remove","path":"/related"}]"#,
            "\n# first\n[[related]]\ntitle = \"R1\"\n[related.provider]\nname = \"P\"\n\n[[related]]\ntitle = \"R2\"\n",
            "",
        ),
        (
            r#"[{"op":"replace","path":"/provider","value":{"name":"S","logo":{"url":"u","width":50}}}]"#,
            "\"R\"",
            "\"S\"",
        ),
        (
            r#"[{"op":"add","path":"/extra","value":{"a":1,"b":{"c":"x"}}}]"#,
            "\"R2\"\n",
            "\"R2\"\n\n[extra]\na = 1\n\n[extra.b]\nc = \"x\"\n",
        ),
        (r#"[{"op":"body","value":"New\n"}]"#, "Body +++ here\n", "New\n"),
    ];
    for (patch, old, new) in cases {
        for (article, old, new) in [
            (ARTICLE.to_owned(), old.to_owned(), new.to_owned()),
            (
                format!("\u{feff}{}", ARTICLE.replace('\n', "\r\n")),
                old.replace('\n', "\r\n"),
                new.replace('\n', "\r\n"),
            ),
        ] {
            let patch = Patch::from_json(&serde_json::from_str(patch).unwrap()).unwrap();
            let document = Document::parse(article.as_bytes());
            assert_eq!(article.matches(&old).count(), 1, "{old:?} has to be there once");
            let applied =
                document.apply(&patch, &Customs::default()).unwrap_or_else(|refusal| panic!("{patch:?}: {refusal}"));
            let patch_is_on_the_body = matches!(patch.0[0], Operation::Body { .. });
            let want = article.replacen(&old, if patch_is_on_the_body { "New\n" } else { &new }, 1);
            assert_eq!(applied.document.text(), want, "{patch:?}");
        }
    }
}

#[test]
fn the_last_table_of_a_list_leaves_an_empty_list() {
    let document = Document::parse(b"+++\na = 1\n\n[[related]]\nt = \"x\"\n+++\n");
    let applied = document.apply(&Patch::remove(Pointer::of(["related", "0"])), &Customs::default()).unwrap();
    assert_eq!(applied.document.text(), "+++\na = 1\nrelated = []\n+++\n");
    let entry: Value = serde_json::json!({"t": "x"}).into();
    let again = applied.document.apply(&Patch::add(Pointer::of(["related", "-"]), entry), &Customs::default()).unwrap();
    assert_eq!(again.document.text(), document.text());
}

#[test]
fn a_body_can_follow_a_fence_without_a_line_end() {
    for (text, want) in
        [("+++\na = 1\n+++", "+++\na = 1\n+++\nNew"), ("{\r\n}", "{\r\n}\r\nNew"), ("+++\n+++\nOld", "+++\n+++\nNew")]
    {
        let patch = Patch(vec![Operation::Body { text: "New".to_owned() }]);
        let applied = Document::parse(text.as_bytes()).apply(&patch, &Customs::default()).unwrap();
        assert_eq!(applied.document.text(), want);
    }
}

#[test]
fn what_toml_cannot_say_is_refused() {
    let document = Document::parse(ARTICLE.as_bytes());
    let refusal =
        document.apply(&Patch::replace(Pointer::of(["title"]), Value::Null), &Customs::default()).unwrap_err();
    assert_eq!(refusal.reason, RefusalReason::Unsayable);
    let numbers = copydesk::document::Number::parse("99999999999999999999").unwrap();
    let patch = Patch::replace(Pointer::of(["heat"]), Value::Number(numbers));
    assert_eq!(document.apply(&patch, &Customs::default()).unwrap_err().reason, RefusalReason::Unsayable);
}

#[test]
fn the_edge_cases_come_out_as_expected() {
    let Some(corpora) = corpora() else { return };
    assert!(expected_edits(&corpora, "toml") >= 6);
}

#[test]
fn in_real_files_any_scalar_can_be_set() {
    let Some(corpora) = corpora() else { return };
    let mut seen = 0;
    for folder in ["getzola+zola", "rust-lang+blog.rust-lang.org"] {
        for path in files_below(&corpora.join("flavours").join(folder)) {
            let bytes = std::fs::read(&path).unwrap();
            let document = Document::parse(&bytes);
            if document.format() == Format::Toml {
                assert!(document.error().is_none(), "{}: {:?}", path.display(), document.error());
                seen += sets_only_its_lines(&document, &path.display().to_string());
            }
        }
    }
    assert!(seen > 30, "only {seen} values");
}

#[test]
fn hostile_texts_end_with_a_message() {
    let deep_key = format!("+++\n{}a = 1\n+++\n", "a.".repeat(100_000));
    let deep_header = format!("+++\n[{}a]\n+++\n", "a.".repeat(100_000));
    let deep_list = format!("+++\na = {}{}\n+++\n", "[".repeat(100_000), "]".repeat(100_000));
    let many = format!("+++\n{}+++\n", (0..20_000).map(|i| format!("k{i} = {i}\n")).collect::<String>());
    for text in [deep_key, deep_header, deep_list] {
        assert!(Document::parse(text.as_bytes()).error().is_some());
    }
    let document = Document::parse(many.as_bytes());
    let applied = document.apply(&Patch::replace(Pointer::of(["k19999"]), 7), &Customs::default()).unwrap();
    assert!(applied.document.text().ends_with("k19999 = 7\n+++\n"));
}

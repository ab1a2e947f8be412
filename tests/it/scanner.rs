//! The row scanner against the reader of documents: for any bytes it knows nothing, or it makes exactly the same record.

use std::path::Path;

use copydesk::article::record::{Outline, Record, Wanted};
use copydesk::article::scanner::{data, lesson, scan};
use copydesk::document::{Document, FieldPath};
use copydesk::file::{SitePath, Stamp};
use copydesk::site::Lesson;
use proptest::prelude::*;

fn outlines() -> [Outline; 2] {
    let some = ["title", "provider.domain", "related.title", "related", "images.url"].map(FieldPath::parse).to_vec();
    [Outline::usual("news", &Wanted::All), Outline::usual("news", &Wanted::Only(some))]
}

/// Whether the scanner knew; panics where it knew better than the reader.
fn agrees(bytes: &[u8], outline: &Outline) -> bool {
    let path = SitePath::new("news/2020-05-06-a.md").unwrap();
    let knows_data = agrees_on_data(bytes);
    let scanned = scan(&path, Stamp::default(), bytes, outline);
    assert_eq!(scanned.is_some(), knows_data, "{}", String::from_utf8_lossy(bytes));
    let Some(scanned) = scanned else { return false };
    let read = Record::read(&path, Stamp::default(), &Document::parse(bytes), outline);
    assert_eq!(scanned, read, "{}", String::from_utf8_lossy(bytes));
    true
}

/// Whether the scanner knew the data, which then is the document's to the spelling of its numbers, and nothing is wrong with it; and
/// how its texts are written.
fn agrees_on_data(bytes: &[u8]) -> bool {
    let Some(Lesson { data: scanned, styles }) = lesson(bytes) else { return false };
    let document = Document::parse(bytes);
    assert!(document.error().is_none() && document.warnings().is_empty(), "{}", String::from_utf8_lossy(bytes));
    assert_eq!(format!("{scanned:?}"), format!("{:?}", document.data()), "{}", String::from_utf8_lossy(bytes));
    assert_eq!(styles, document.styles(), "{}", String::from_utf8_lossy(bytes));
    assert_eq!(data(bytes), Some(scanned), "{}", String::from_utf8_lossy(bytes));
    true
}

fn files(folder: &Path, found: &mut Vec<Vec<u8>>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.metadata().unwrap().len() < 100_000 {
            found.push(std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn over_the_corpora_both_say_the_same() {
    let Some(corpora) = crate::common::corpora() else { return };
    for outline in outlines() {
        let (mut articles, mut known) = (Vec::new(), 0);
        for site in ["coronavirus/_news", "power-apps/_news"] {
            files(&corpora.join(site), &mut articles);
        }
        let total = articles.len();
        for bytes in &articles {
            known += usize::from(agrees(bytes, &outline));
        }
        assert!(known * 100 >= total * 97, "{known} of {total} home articles known");
        let mut others = Vec::new();
        files(&corpora, &mut others);
        for bytes in &others {
            agrees(bytes, &outline);
        }
    }
}

#[test]
fn over_damaged_articles_both_say_the_same() {
    let mut bases = Vec::new();
    files(Path::new("tests/data/scanner"), &mut bases);
    if let Some(corpora) = crate::common::corpora() {
        files(&corpora.join("edge"), &mut bases);
        files(&corpora.join("power-apps/_people"), &mut bases);
    }
    let outlines = outlines();
    let pieces: [&[u8]; 34] = [
        b" ",
        b"  ",
        b"\n",
        b"\r\n",
        b"\t",
        b"- ",
        b"-",
        b": ",
        b":",
        b" #",
        b"#",
        b"\"",
        b"'",
        b"\\",
        b"[",
        b"]",
        b"{}",
        b"&a ",
        b"*a",
        b"|",
        b"> ",
        b"!!str ",
        b"---\n",
        b"...\n",
        b"~",
        b"null",
        b"1e3",
        b"0x1F",
        b"2020-02-30",
        b"\xc2\x97",
        b"\xef\xbb\xbf",
        b"? ",
        b"title: x\n",
        b"\xff",
    ];
    let mut seed = 1_u64;
    let mut next = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below.max(1)
    };
    let mut known = 0;
    bases.retain(|base| base.len() < 8000);
    for base in &bases {
        for _ in 0..6000 / bases.len() {
            let mut bytes = base.clone();
            for _ in 0..=next(2) {
                let from = next(bytes.len() + 1);
                let to = if next(3) == 0 { (from + next(12)).min(bytes.len()) } else { from };
                bytes.splice(from..to, pieces[next(pieces.len())].iter().copied());
            }
            known += usize::from(agrees(&bytes, &outlines[0]));
        }
    }
    assert!(known > 100, "{known} known");
}

fn line() -> impl Strategy<Value = String> {
    let key = prop_oneof!["[a-c]", Just("title".to_owned()), Just("related".to_owned()), Just("images".to_owned())];
    let value = prop_oneof![
        Just(String::new()),
        "[a-z0-9 :#'\"\\\\,.é-]{0,12}",
        "\"[a-z \\\\\"n:#]{0,8}\"",
        "'[a-z ':#]{0,8}'",
        "-?[0-9.eExo_:-]{1,8}",
        Just("[]".to_owned()),
        Just("2020-05-06T21:25:00Z".to_owned()),
        Just("true".to_owned()),
        Just("~".to_owned()),
    ];
    let indent = prop_oneof![Just(""), Just(""), Just("  "), Just("    "), Just(" "), Just("- "), Just("  - ")];
    (indent, key, value, 0..5_u8).prop_map(|(indent, key, value, form)| match form {
        0 => format!("{indent}{value}"),
        1 => format!("{indent}{key}:"),
        2 => String::new(),
        _ => format!("{indent}{key}: {value}"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn over_made_up_front_matter_both_say_the_same(lines in prop::collection::vec(line(), 1..12), crlf in any::<bool>()) {
        let end = if crlf { "\r\n" } else { "\n" };
        let text = format!("---{end}{}{end}---{end}", lines.join(end));
        for outline in outlines() {
            agrees(text.as_bytes(), &outline);
        }
    }
}

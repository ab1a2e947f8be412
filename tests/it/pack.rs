//! The index: what was packed comes back, and damage of any kind is an error.

use copydesk::article::{Outline, Record, Wanted};
use std::sync::Arc;

use copydesk::catalog::{Catalog, ColumnKey, Facts, PackError, Packed, Query, filter, pack, unpack};
use copydesk::document::Document;
use copydesk::file::{SitePath, Stamp};

fn catalog(articles: usize) -> Catalog {
    catalog_of(articles, |i| format!("news/{i}.md"))
}

fn catalog_of(articles: usize, path: impl Fn(usize) -> String) -> Catalog {
    let outline = Outline::usual("news", &Wanted::All);
    let mut catalog = Catalog::new();
    for i in 0..articles {
        let text = format!(
            "---\ntitle: Story {i} of é\npublishedDateTime: 2020-05-{:02}T01:00:00Z\nheat: {}\nratio: {}.5\npublished: {}\n\
             nothing:\ntopics:\n  - US\n  - T{}\nimages:\n  - url: https://example.org/{i}.jpg\n    width: {i}\n---\n",
            i % 28 + 1,
            i % 255,
            i,
            i % 2 == 0,
            i % 7
        );
        let path = SitePath::new(&path(i)).unwrap();
        let stamp = Stamp { size: i as u64, modified: -5, changed: 7, inode: 9 };
        catalog.upsert(Record::read(&path, stamp, &Document::parse(text.as_bytes()), &outline));
    }
    catalog
}

fn rows(catalog: &Catalog) -> Vec<String> {
    let fields: Vec<ColumnKey> = catalog.fields().into_iter().map(ColumnKey::Field).collect();
    let cells = |id| fields.iter().map(|key| format!("{:?}", catalog.cell(id, key))).collect::<Vec<_>>().join("|");
    let own = |id| {
        format!(
            "{} {:?} {} {:?} {:?}",
            catalog.path(id),
            catalog.stamp(id),
            catalog.title(id),
            catalog.date(id),
            catalog.lead_image(id)
        )
    };
    catalog.ids().map(|id| format!("{} {} {:?}", own(id), cells(id), catalog.problem_codes(id))).collect()
}

#[test]
fn what_one_reading_brought_comes_back_and_can_be_written_to() {
    let mut packed = catalog_of(9000, |i| format!("news/{i:05}.md"));
    let first = packed.ids().next().unwrap();
    packed.set_problems(first, &["doubled-key"]);
    let mut back = unpack(pack(&packed, 42), 42).unwrap();
    assert!(packed.text_bytes() > 1 << 19, "the texts fill more than a page");
    assert_eq!(rows(&back), rows(&packed));
    let (path, document) = (SitePath::new("news/10000.md").unwrap(), Document::parse(b"---\ntitle: One more\n---\n"));
    let new = back.upsert(Record::read(&path, Stamp::default(), &document, &Outline::usual("news", &Wanted::All)));
    assert_eq!((back.title(new), back.len()), ("One more", 9001));
    let again = unpack(pack(&back, 42), 42).unwrap();
    assert_eq!(rows(&again), rows(&back));
}

#[test]
fn texts_that_are_in_no_use_any_more_do_not_gather() {
    let size = |catalog: &Catalog| pack(catalog, 1).texts.iter().map(|page| page.len()).sum::<usize>();
    let mut articles = catalog(2000);
    let fresh = size(&articles);
    let outline = Outline::usual("news", &Wanted::All);
    for sitting in 0..40 {
        for i in 0..50 {
            let text = format!("---\ntitle: {}\n---\n", format!("Told anew {sitting} {i}, ").repeat(8));
            let path = SitePath::new(&format!("news/{i}.md")).unwrap();
            articles.upsert(Record::read(&path, Stamp::default(), &Document::parse(text.as_bytes()), &outline));
        }
        let before = rows(&articles);
        articles = unpack(pack(&articles, 1), 1).unwrap();
        assert_eq!(rows(&articles), before, "sitting {sitting}");
        assert!(size(&articles) < fresh * 3 / 2, "sitting {sitting}: {} of {fresh}", size(&articles));
    }
}

#[test]
fn what_was_packed_comes_back() {
    let mut packed = catalog(2500);
    let gone = packed.id_of(&SitePath::new("news/7.md").unwrap()).unwrap();
    packed.remove(gone);
    let first = packed.ids().next().unwrap();
    packed.set_problems(first, &["doubled-key", "other"]);
    let back = unpack(pack(&packed, 42), 42).unwrap();
    assert_eq!(rows(&back), rows(&packed));
    assert_eq!((back.len(), back.id_of(&SitePath::new("news/7.md").unwrap())), (2499, None));
    let query = Query::parse("topics:T3 heat:>100 story").unwrap();
    let found = |catalog: &Catalog| filter(catalog, &query, &Facts::default(), &|| false).unwrap().len();
    assert!(found(&back) > 10);
    assert_eq!(found(&back), found(&packed));
    let empty = unpack(pack(&Catalog::new(), 0), 0).unwrap();
    assert!(empty.is_empty());
}

#[test]
fn a_loaded_catalog_goes_on() {
    let mut back = unpack(pack(&catalog(10), 1), 1).unwrap();
    let snapshot = back.clone();
    let outline = Outline::usual("news", &Wanted::All);
    let document = Document::parse(b"---\ntitle: New\nheat: 1\n---\n");
    let id = back.upsert(Record::read(&SitePath::new("news/3.md").unwrap(), Stamp::default(), &document, &outline));
    assert_eq!((back.title(id), snapshot.title(id), back.len()), ("New", "Story 3 of é", 10));
    assert_eq!(rows(&unpack(pack(&back, 1), 1).unwrap()), rows(&back));
}

#[test]
fn any_damage_to_numbers_is_an_error() {
    let Packed { columns, texts } = pack(&catalog(40), 42);
    let unpacked = |columns: &[u8], settings| {
        unpack(Packed { columns: columns.to_vec(), texts: texts.clone() }, settings).map(|catalog| catalog.len())
    };
    assert_eq!(unpacked(&columns, 42), Ok(40));
    assert_eq!(unpacked(&columns, 43), Err(PackError::Settings));
    for end in 0..columns.len() {
        assert!(unpacked(&columns[..end], 42).is_err(), "cut at {end}");
    }
    for at in 0..columns.len() {
        let mut damaged = columns.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(unpacked(&damaged, 42).is_err(), "flipped at {at}");
    }
    for texts in [Vec::new(), [texts.clone(), texts.clone()].concat()] {
        assert!(unpack(Packed { columns: columns.clone(), texts }, 42).is_err(), "other pages");
    }
}

#[test]
fn even_damage_that_the_hash_misses_does_no_harm() {
    let packed = pack(&catalog(40), 42);
    let mut seed = 1_u64;
    let mut next = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) as usize % below, (seed >> 20) as u8)
    };
    let mut loaded = 0;
    for round in 0..4000 {
        let mut columns = packed.columns.clone();
        let mut page = packed.texts[0].as_bytes().to_vec();
        for _ in 0..3 {
            // In every other round the texts, which have a hash elsewhere.
            if round % 2 == 0 {
                let (at, byte) = next(columns.len() - 40);
                columns[at] = byte;
            } else {
                let (at, byte) = next(page.len());
                // What is no text any more moves all that stands behind it, the names of columns too.
                page[at] = if round % 4 == 1 { byte & 127 } else { byte };
            }
        }
        let body = columns.len() - 8;
        let hash = xxhash_rust::xxh3::xxh3_64(&columns[..body]);
        columns[body..].copy_from_slice(&hash.to_le_bytes());
        let texts = vec![Arc::new(String::from_utf8_lossy(&page).into_owned())];
        if let Ok(catalog) = unpack(Packed { columns, texts }, 42) {
            loaded += 1;
            rows(&catalog);
            let query = Query::parse("topics:us heat:>3 OR story ratio:5..").unwrap();
            filter(&catalog, &query, &Facts::default(), &|| false).unwrap();
        }
    }
    assert!(loaded > 2000, "{loaded}");
}

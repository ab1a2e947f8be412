//! The same story told twice is found; different stories are not.

use std::collections::BTreeMap;

use copydesk::article::{Outline, Record, Wanted};
use copydesk::catalog::duplicates::{by_article, normal_address};
use copydesk::catalog::{Catalog, ColumnKey, Computed, GroupBy, Reason, SectionValue, duplicates, sections};
use copydesk::document::Document;
use copydesk::file::{SitePath, Stamp};

fn catalog(articles: &[(&str, &str, &str)]) -> Catalog {
    let outline = Outline::usual("news", &Wanted::All);
    let mut catalog = Catalog::new();
    for (i, (title, excerpt, url)) in articles.iter().enumerate() {
        let text = format!("---\ntitle: \"{title}\"\nexcerpt: \"{excerpt}\"\nwebUrl: \"{url}\"\n---\n");
        let path = SitePath::new(&format!("news/{i}.md")).unwrap();
        catalog.upsert(Record::read(&path, Stamp::default(), &Document::parse(text.as_bytes()), &outline));
    }
    catalog
}

#[test]
fn addresses_are_compared_after_normalising() {
    let one = normal_address("https://www.Example.org/news/a-story.html?id=7&utm_source=x#top");
    assert!(one.is_some());
    for same in ["http://example.org/news/a-story?id=7", "https://m.example.org/news/a-story.amp.html?ref=rss&id=7"] {
        assert_eq!(normal_address(same), one, "{same}");
    }
    for other in [
        "https://example.org/news/a-story?id=8",
        "https://example.org/news/A-story?id=7",
        "https://example.com/news/a-story?id=7",
    ] {
        assert_ne!(normal_address(other), one, "{other}");
    }
    for none in ["", "x", "/local/path", "mailto:a@b.c", "https://example.org/", "https://example.org"] {
        assert_eq!(normal_address(none), None, "{none}");
    }
}

#[test]
fn stories_told_twice_are_grouped() {
    let long =
        "Small businesses across Virginia have been approved for almost 12.7 billion in loans from the federal program";
    let catalog = catalog(&[
        ("Nearly 12.7 billion in relief loans approved for Virginia businesses", long, "https://a.example/1"),
        (
            "WATCH NOW: Nearly 12.7 billion in relief loans approved for Virginia businesses",
            long,
            "https://b.example/2",
        ),
        (
            "Sweden is testing a different way to live with the virus",
            "Schools stay open and so do cafés",
            "https://c.example/3",
        ),
        (
            "A completely different headline about harbours",
            "Ships wait outside the port for days",
            "https://d.example/4?utm_medium=x",
        ),
        ("Yet another headline", "Nothing in common here at all, not one pair of words", "http://www.d.example/4/"),
        ("Sweden", "", "https://c.example/5"),
    ]);
    let groups = duplicates(&catalog, &|| false).unwrap();
    let found: Vec<(Vec<u32>, Reason)> =
        groups.iter().map(|group| (group.articles.iter().map(|id| id.0).collect(), group.reason)).collect();
    assert_eq!(found, [(vec![0, 1], Reason::Text), (vec![3, 4], Reason::Address)]);
    assert!(groups[0].likeness > 0.8 && groups[0].likeness < 1.0);
    assert!(duplicates(&catalog, &|| true).is_none());

    // As rows under headings: the largest group first, what is told once last.
    let (twins, mut rows) = (by_article(&groups), catalog.ids().collect());
    let by = GroupBy { column: ColumnKey::Computed(Computed::Twin), descending: false, parents: BTreeMap::new() };
    let sections = sections(&catalog, &mut rows, &by, &twins);
    let headings: Vec<(Option<&str>, usize)> = sections
        .iter()
        .map(|section| match &section.value {
            Some(SectionValue::Story(_, heading)) => (Some(heading.as_str()), section.count),
            other => panic!("{other:?}"),
        })
        .take(2)
        .collect();
    assert!(headings[0].0.is_some_and(|heading| heading.starts_with("Nearly 12.7") && heading.ends_with("% alike")));
    assert_eq!(headings[1], (Some("A completely different headline about harbours · same address"), 2));
    assert_eq!((sections.len(), sections[2].value.as_ref(), sections[2].count), (3, None, 2));
}

#[test]
fn stories_in_scripts_without_spaces_are_told_apart_by_their_letters() {
    let catalog = catalog(&[
        ("九つの灯台をめぐる夜行フェリーの旅が始まる", "", "https://a.example/1"),
        ("【速報】九つの灯台をめぐる夜行フェリーの旅が始まる", "", "https://b.example/2"),
        ("港の鯨が四十年ぶりに戻ってきたと漁師が語る", "", "https://c.example/3"),
        ("เรือข้ามฟากกลางคืนแล่นรอบประภาคารทั้งเก้า", "", "https://d.example/4"),
        ("ด่วน เรือข้ามฟากกลางคืนแล่นรอบประภาคารทั้งเก้า", "", "https://e.example/5"),
    ]);
    let groups = duplicates(&catalog, &|| false).unwrap();
    let found: Vec<Vec<u32>> = groups.iter().map(|group| group.articles.iter().map(|id| id.0).collect()).collect();
    assert_eq!(found, [vec![0, 1], vec![3, 4]]);
}

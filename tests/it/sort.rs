//! Sorting: by value, missing last, equal ones by path, and long texts to their last letter.

use copydesk::article::{ArticleId, Outline, Record, Wanted};
use copydesk::catalog::{Catalog, ColumnKey, SortKey, sort};
use copydesk::document::Document;
use copydesk::file::{SitePath, Stamp};

fn catalog(articles: &[String]) -> Catalog {
    let outline = Outline::usual("news", &Wanted::All);
    let mut catalog = Catalog::new();
    for (i, front) in articles.iter().enumerate() {
        let path = SitePath::new(&format!("news/{i}.md")).unwrap();
        let document = Document::parse(format!("---\n{front}\n---\n").as_bytes());
        catalog.upsert(Record::read(&path, Stamp::default(), &document, &outline));
    }
    catalog
}

fn sorted(catalog: &Catalog, keys: &[(&str, bool)]) -> Vec<u32> {
    let keys: Vec<SortKey> = keys
        .iter()
        .map(|(name, descending)| SortKey { column: ColumnKey::field(name), descending: *descending })
        .collect();
    let mut rows: Vec<ArticleId> = catalog.ids().collect();
    sort(catalog, &mut rows, &keys);
    rows.into_iter().map(|id| id.0).collect()
}

#[test]
fn missing_values_are_last_and_equal_ones_stand_by_path() {
    let fronts = ["heat: 9", "heat: 100", "x: 1", "heat: -1", "heat:", "heat: 9.5", "heat: 9"];
    let catalog = catalog(&fronts.map(|front| format!("{front}\ntype: a")));
    assert_eq!(sorted(&catalog, &[("heat", false)]), [3, 0, 6, 5, 1, 4, 2]);
    assert_eq!(sorted(&catalog, &[("heat", true)]), [1, 5, 0, 6, 3, 4, 2]);
    assert_eq!(sorted(&catalog, &[("type", true)]), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(sorted(&catalog, &[("nothing", true), ("heat", true)]), [1, 5, 0, 6, 3, 4, 2]);
}

/// A site that was read anew and one that came from the index bring their rows in different orders.
#[test]
fn equal_rows_stand_by_path_in_whatever_order_they_were_read() {
    let outline = Outline::usual("news", &Wanted::All);
    let mut catalog = Catalog::new();
    let order = |catalog: &Catalog| {
        let mut rows: Vec<ArticleId> = catalog.ids().collect();
        sort(catalog, &mut rows, &[SortKey { column: ColumnKey::field("heat"), descending: true }]);
        rows.into_iter().map(|id| catalog.path_text(id).to_owned()).collect::<Vec<_>>()
    };
    for (name, heat) in [("d", 1), ("b", 1), ("e", 2), ("a", 1)] {
        let document = Document::parse(format!("---\nheat: {heat}\n---\n").as_bytes());
        let path = SitePath::new(&format!("news/{name}.md")).unwrap();
        catalog.upsert(Record::read(&path, Stamp::default(), &document, &outline));
    }
    assert_eq!(order(&catalog), ["news/e.md", "news/a.md", "news/b.md", "news/d.md"]);
    let path = SitePath::new("news/c.md").unwrap();
    let document = Document::parse(b"---\nheat: 1\n---\n");
    catalog.upsert(Record::read(&path, Stamp::default(), &document, &outline));
    assert_eq!(order(&catalog), ["news/e.md", "news/a.md", "news/b.md", "news/c.md", "news/d.md"]);
}

#[test]
fn dates_and_lists_sort_as_such() {
    let fronts = [
        "date: 2020-05-06T01:00:00+02:00",
        "date: 2020-05-05T23:30:00Z",
        "date: 2019-01-01",
        "tags: [b, a]",
        "tags: [a]",
    ];
    let catalog = catalog(&fronts.map(str::to_owned));
    assert_eq!(sorted(&catalog, &[("date", false)])[..3], [2, 0, 1]);
    assert_eq!(sorted(&catalog, &[("tags", false)])[..2], [4, 3]);
}

#[test]
fn texts_sort_to_the_last_letter_without_case() {
    let long = "the same beginning of a title that goes on and on ".repeat(30);
    let mut titles: Vec<String> = (0..200).map(|i| format!("{}{}", &long[..(i * 37) % 1400], i * 7919 % 200)).collect();
    titles.extend(["", "É", "e", "Zebra", "apple", "Äpfel"].map(str::to_owned));
    let catalog = catalog(
        &titles.iter().map(|title| format!("title: \"{title}\"\nheat: {}", title.len() % 3)).collect::<Vec<_>>(),
    );
    let key = |i: &u32| copydesk::text::fold(&titles[*i as usize]);
    let present = |rows: Vec<u32>| rows.into_iter().filter(|i| !titles[*i as usize].is_empty()).collect::<Vec<_>>();
    assert!(present(sorted(&catalog, &[("title", false)])).is_sorted_by_key(key));
    assert!(present(sorted(&catalog, &[("title", true)])).iter().rev().is_sorted_by_key(&key));
    let by_two = sorted(&catalog, &[("heat", true), ("title", false)]);
    let heat = |i: &u32| titles[*i as usize].len() % 3;
    assert!(by_two.is_sorted_by_key(|i| std::cmp::Reverse(heat(i))));
    for run in by_two.chunk_by(|a, b| heat(a) == heat(b)) {
        assert!(present(run.to_vec()).is_sorted_by_key(key));
    }
}

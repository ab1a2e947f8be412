//! How long the catalog takes: filter, sort, facets, duplicates, index. Input is made here, the same at every run.
//!
//! `cargo bench --bench catalog`; add `100000` to run the largest size alone.

use std::sync::OnceLock;

use copydesk::article::{ArticleId, Outline, Wanted, scanner::scan};
use copydesk::catalog::{
    Catalog, ColumnKey, Facets, Facts, Histogram, Query, SortKey, duplicates, filter, pack, sort, unpack,
};
use copydesk::document::FieldPath;
use copydesk::file::Stamp;
use divan::Bencher;

#[path = "made.rs"]
mod made;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

/// A catalog of so many articles, made once.
fn catalog(articles: usize) -> &'static Catalog {
    static MADE: [OnceLock<Catalog>; 3] = [const { OnceLock::new() }; 3];
    let at = SIZES.iter().position(|size| *size == articles).unwrap_or(0);
    MADE[at].get_or_init(|| {
        let outline = Outline::usual("_news", &Wanted::All);
        let mut catalog = Catalog::new();
        for i in 0..articles {
            let text = made::article(i);
            if let Some(record) = scan(&made::path(i), Stamp::default(), text.as_bytes(), &outline) {
                catalog.upsert(record);
            }
        }
        catalog
    })
}

#[divan::bench(args = SIZES)]
fn upsert_all(bencher: Bencher<'_, '_>, articles: usize) {
    let outline = Outline::usual("_news", &Wanted::All);
    let record = |i| scan(&made::path(i), Stamp::default(), made::article(i).as_bytes(), &outline);
    bencher.with_inputs(|| (0..articles).filter_map(record).collect::<Vec<_>>()).bench_values(|records| {
        let mut catalog = Catalog::new();
        for record in records {
            catalog.upsert(record);
        }
        catalog
    });
}

#[divan::bench(args = SIZES)]
fn filter_words(bencher: Bencher<'_, '_>, articles: usize) {
    ask(bencher, articles, "council harbour");
}

#[divan::bench(args = SIZES)]
fn filter_rare_word(bencher: Bencher<'_, '_>, articles: usize) {
    ask(bencher, articles, "zyx");
}

#[divan::bench(args = SIZES)]
fn filter_number(bencher: Bencher<'_, '_>, articles: usize) {
    ask(bencher, articles, "heat:>=95");
}

#[divan::bench(args = SIZES)]
fn filter_topic(bencher: Bencher<'_, '_>, articles: usize) {
    ask(bencher, articles, "topics:Health");
}

#[divan::bench(args = SIZES)]
fn filter_domain(bencher: Bencher<'_, '_>, articles: usize) {
    ask(bencher, articles, "provider.domain:paper7.example");
}

#[divan::bench(args = SIZES)]
fn filter_date(bencher: Bencher<'_, '_>, articles: usize) {
    ask(bencher, articles, "date:2020-05 is:live");
}

#[divan::bench(args = SIZES)]
fn filter_nested(bencher: Bencher<'_, '_>, articles: usize) {
    ask(bencher, articles, "related.title:vaccine -topics:US");
}

fn ask(bencher: Bencher<'_, '_>, articles: usize, text: &str) {
    let catalog = catalog(articles);
    let query = Query::parse(text).unwrap_or_default();
    let facts = Facts::default();
    filter(catalog, &query, &facts, &|| false);
    bencher.bench(|| filter(catalog, &query, &facts, &|| false));
}

#[divan::bench(args = SIZES)]
fn first_words_of_a_sitting(bencher: Bencher<'_, '_>, articles: usize) {
    let bytes = pack(catalog(articles), 0);
    let query = Query::parse("council").unwrap_or_default();
    bencher
        .with_inputs(|| unpack(bytes.clone(), 0).unwrap_or_default())
        .bench_refs(|catalog| filter(catalog, &query, &Facts::default(), &|| false));
}

#[divan::bench(args = SIZES)]
fn sort_by_heat_and_title(bencher: Bencher<'_, '_>, articles: usize) {
    sorted(bencher, articles, &[("heat", true), ("title", false)]);
}

#[divan::bench(args = SIZES)]
fn sort_by_title(bencher: Bencher<'_, '_>, articles: usize) {
    sorted(bencher, articles, &[("title", false)]);
}

#[divan::bench(args = SIZES)]
fn sort_by_date(bencher: Bencher<'_, '_>, articles: usize) {
    sorted(bencher, articles, &[("publishedDateTime", true)]);
}

#[divan::bench(args = SIZES)]
fn sort_by_address(bencher: Bencher<'_, '_>, articles: usize) {
    sorted(bencher, articles, &[("webUrl", false)]);
}

fn sorted(bencher: Bencher<'_, '_>, articles: usize, columns: &[(&str, bool)]) {
    let catalog = catalog(articles);
    let keys: Vec<SortKey> = keys(columns);
    let rows: Vec<ArticleId> = catalog.ids().collect();
    sort(catalog, &mut rows.clone(), &keys);
    bencher.with_inputs(|| rows.clone()).bench_refs(|rows| sort(catalog, rows, &keys));
}

#[divan::bench(args = SIZES)]
fn sort_sorted_titles(bencher: Bencher<'_, '_>, articles: usize) {
    let catalog = catalog(articles);
    let keys = keys(&[("title", false)]);
    let mut rows: Vec<ArticleId> = catalog.ids().collect();
    sort(catalog, &mut rows, &keys);
    bencher.with_inputs(|| rows.clone()).bench_refs(|rows| sort(catalog, rows, &keys));
}

fn keys(columns: &[(&str, bool)]) -> Vec<SortKey> {
    columns
        .iter()
        .map(|(name, descending)| SortKey { column: ColumnKey::field(name), descending: *descending })
        .collect()
}

#[divan::bench(args = SIZES)]
fn facets(bencher: Bencher<'_, '_>, articles: usize) {
    let catalog = catalog(articles);
    let rows: Vec<ArticleId> = catalog.ids().collect();
    let fields = ["topics", "tags", "provider.name", "type", "published"].map(FieldPath::parse);
    bencher.bench(|| Facets::count(catalog, &rows, &fields));
}

#[divan::bench(args = SIZES)]
fn histogram(bencher: Bencher<'_, '_>, articles: usize) {
    let catalog = catalog(articles);
    let rows: Vec<ArticleId> = catalog.ids().collect();
    bencher.bench(|| Histogram::of(catalog, &rows, &FieldPath::parse("heat"), 18, None));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn find_duplicates(bencher: Bencher<'_, '_>, articles: usize) {
    let catalog = catalog(articles);
    bencher.bench(|| duplicates(catalog, &|| false));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn pack_index(bencher: Bencher<'_, '_>, articles: usize) {
    let catalog = catalog(articles);
    bencher.bench(|| pack(catalog, 0));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn unpack_index(bencher: Bencher<'_, '_>, articles: usize) {
    let bytes = pack(catalog(articles), 0);
    bencher.with_inputs(|| bytes.clone()).bench_values(|bytes| unpack(bytes, 0));
}

#[divan::bench(args = SIZES)]
fn one_edit_while_a_job_looks(bencher: Bencher<'_, '_>, articles: usize) {
    let outline = Outline::usual("_news", &Wanted::All);
    let text = made::article(5).replace("\nheat: ", "\nheat: 1");
    let record = scan(&made::path(5), Stamp::default(), text.as_bytes(), &outline);
    let original = catalog(articles);
    bencher
        .with_inputs(|| (original.clone(), record.clone()))
        .bench_refs(|(catalog, record)| record.take().map(|record| catalog.upsert(record)));
}

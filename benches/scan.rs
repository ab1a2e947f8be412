//! How long it takes from bytes to rows: the row scanner, the reader of documents, and reading the same bytes alone.
//!
//! `cargo bench --bench scan`; the files are made here, in a folder of the system's for such things.

use copydesk::article::{Outline, Record, Wanted, scanner::scan};
use copydesk::catalog::Catalog;
use copydesk::document::{Document, FieldPath};
use copydesk::file::Stamp;
use divan::Bencher;
use rayon::prelude::*;

#[path = "made.rs"]
mod made;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

#[expect(clippy::expect_used, reason = "a bench without its files measures nothing")]
fn folder(articles: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the bench");
    for i in 0..articles {
        std::fs::write(folder.path().join(i.to_string()), made::article(i)).expect("room for the bench's files");
    }
    folder
}

/// What everything else is measured by.
#[divan::bench(args = SIZES, sample_count = 5)]
fn read_bytes_alone(bencher: Bencher<'_, '_>, articles: usize) {
    let folder = folder(articles);
    let read = |i: usize| std::fs::read(folder.path().join(i.to_string())).map_or(0, |bytes| bytes.len());
    bencher.bench(|| (0..articles).into_par_iter().with_min_len(64).map(read).sum::<usize>());
}

/// What `copydesk list --columns path,title` does.
#[divan::bench(args = SIZES, sample_count = 5)]
fn read_and_keep_titles(bencher: Bencher<'_, '_>, articles: usize) {
    let folder = folder(articles);
    let outline = Outline::usual("_news", &Wanted::Only(vec![FieldPath::parse("title")]));
    bencher.bench(|| keep(&folder, articles, &outline));
}

/// What the desk does when it opens a site for the first time.
#[divan::bench(args = SIZES, sample_count = 5)]
fn read_and_keep_all(bencher: Bencher<'_, '_>, articles: usize) {
    let folder = folder(articles);
    let outline = Outline::usual("_news", &Wanted::All);
    bencher.bench(|| keep(&folder, articles, &outline));
}

fn keep(folder: &tempfile::TempDir, articles: usize, outline: &Outline) -> Catalog {
    let mut catalog = Catalog::new();
    let record = |i: usize| {
        let bytes = std::fs::read(folder.path().join(i.to_string())).ok()?;
        scan(&made::path(i), Stamp::default(), &bytes, outline)
    };
    for start in (0..articles).step_by(4096) {
        let batch = start..articles.min(start + 4096);
        let records: Vec<Record> = batch.into_par_iter().with_min_len(64).filter_map(record).collect();
        for record in records {
            catalog.upsert(record);
        }
    }
    catalog
}

#[divan::bench]
fn scan_one_article(bencher: Bencher<'_, '_>) {
    let (path, text, outline) = (made::path(7), made::article(7), Outline::usual("_news", &Wanted::All));
    bencher
        .counter(divan::counter::BytesCount::new(text.len()))
        .bench(|| scan(&path, Stamp::default(), text.as_bytes(), &outline));
}

#[divan::bench]
fn scan_the_title_of_one_article(bencher: Bencher<'_, '_>) {
    let outline = Outline::usual("_news", &Wanted::Only(vec![FieldPath::parse("title")]));
    let (path, text) = (made::path(7), made::article(7));
    bencher
        .counter(divan::counter::BytesCount::new(text.len()))
        .bench(|| scan(&path, Stamp::default(), text.as_bytes(), &outline));
}

#[divan::bench]
fn read_one_article_as_a_document(bencher: Bencher<'_, '_>) {
    let (path, text, outline) = (made::path(7), made::article(7), Outline::usual("_news", &Wanted::All));
    bencher
        .counter(divan::counter::BytesCount::new(text.len()))
        .bench(|| Record::read(&path, Stamp::default(), &Document::parse(text.as_bytes()), &outline));
}

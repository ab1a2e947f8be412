//! Reads a site: walks it, learns the shape of its collections from a sample, then reads every article into its record.
//!
//! Invariant: rows stream out as they are read; nothing of a text is kept here. A scan that was cancelled sends nothing more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::journal;
use super::pool::Cancel;
use super::runner::{SETTINGS_VERSION, Shared};
use super::site::ScanSeat;
use crate::article::{Outline, Record, Wanted, scanner};
use crate::desk::{Event, SiteState};
use crate::document::{Document, Format, Value};
use crate::file::{SitePath, Snapshot};
use crate::site::paths::{ArticleName, collection_of, is_article_name};
use crate::site::{Config, Schema, SchemaBuilder, Site, VocabularyBuilder};
use crate::storage::git::Branch;
use crate::storage::scan::{Found, ScanOptions, walk};
use crate::storage::state::{SiteKey, StateFile};
use crate::storage::{self, SiteFolder, StorageError};

/// Articles of a collection from which its shape is learned, spread over all of them.
const SAMPLE: usize = 400;

/// Articles that travel together.
const BATCH: usize = 64;

/// The problem of a file whose bytes cannot be had.
const UNREADABLE: &str = "unreadable";

/// Threads that read: more than cores, for a cold disk answers many at once better than one after another.
const READERS: usize = 16;

/// Reads the site in `root`, or in a copy of the sample site.
pub(super) fn scan(shared: &Shared, mut seat: ScanSeat, root: Option<PathBuf>) {
    let generation = seat.generation;
    let opened = match root {
        Some(root) => SiteFolder::open(&root),
        None => super::sample::copy(&shared.state).and_then(|root| SiteFolder::open(&root)),
    };
    let result = opened.and_then(|folder| {
        seat.open(shared, &folder);
        scan_folder(shared, &seat, &folder)
    });
    if let Err(error) = result {
        shared.answer(Event::ScanFailed { generation, message: error.to_string() });
    }
}

/// The site as it is known before its articles are read.
pub struct Survey {
    /// What the site says of itself.
    pub site: Site,
    /// Its articles, as the walk found them.
    pub articles: Vec<Found>,
    /// Every other file of the site: pictures, data.
    pub others: BTreeSet<SitePath>,
    /// What was not listed, in words.
    pub troubles: Vec<String>,
}

/// Walks a site and learns the shape of its collections from a sample of each.
///
/// # Errors
/// When the folder cannot be listed.
pub fn survey(folder: &SiteFolder, cancel: &Cancel) -> Result<Survey, StorageError> {
    let config = Config::read(&|name| {
        let path = SitePath::new(name).ok()?;
        storage::read::read(folder, &path).ok().map(|snapshot| snapshot.bytes.to_vec())
    });
    let options = ScanOptions { exclude: config.exclude.clone() };
    let (mut articles, mut others) = (Vec::new(), BTreeSet::new());
    let report = walk(folder, &options, &|| cancel.is_cancelled(), &mut |found| match is_article_name(&found.path) {
        ArticleName::Yes | ArticleName::IfFrontMatter => articles.push(found),
        ArticleName::No => {
            others.insert(found.path);
        }
    })?;
    articles.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let troubles = report.skipped.iter().map(|skipped| format!("{}: {}", skipped.path, skipped.reason)).collect();
    let mut words = VocabularyBuilder::default();
    for path in &others {
        if VocabularyBuilder::is_data_file(path)
            && let Ok(snapshot) = storage::read::read(folder, path)
        {
            words.data_file(path, &snapshot.bytes);
        } else if VocabularyBuilder::is_logo(path) {
            words.asset(path);
        }
    }
    let learned = learn(folder, &config, &articles, &mut words);
    let vocabulary = words.finish(&config);
    let site = Site::assemble(&folder.name(), config, &learned, vocabulary);
    Ok(Survey { site, articles, others, troubles })
}

/// What a sample of each collection's articles says of its shape, and of the words its fields are filled from.
fn learn(
    folder: &SiteFolder,
    config: &Config,
    articles: &[Found],
    words: &mut VocabularyBuilder,
) -> BTreeMap<String, SchemaBuilder> {
    let mut by_collection: BTreeMap<String, Vec<&SitePath>> = BTreeMap::new();
    for found in articles {
        by_collection.entry(collection_of(&found.path)).or_default().push(&found.path);
    }
    let mut learned = BTreeMap::new();
    for (collection, paths) in by_collection {
        let mut builder = SchemaBuilder::default();
        let mut sample = Vec::new();
        for path in paths.iter().step_by(paths.len().div_ceil(SAMPLE).max(1)) {
            let Ok(snapshot) = storage::read::read(folder, path) else { continue };
            let document = Document::parse(&snapshot.bytes);
            if is_article(path, &document) {
                builder.observe(&document);
                sample.push(document);
            }
        }
        if sample.is_empty() {
            continue;
        }
        let schema = builder.finish_with(&config.desk.for_collection(&collection));
        sample.iter().for_each(|document| words.article(document, &schema));
        learned.insert(collection, builder);
    }
    learned
}

/// Whether a file is an article: by its name, or by its name and its front matter.
fn is_article(path: &SitePath, document: &Document) -> bool {
    document.format() != Format::None || is_article_name(path) == ArticleName::Yes
}

fn scan_folder(shared: &Shared, seat: &ScanSeat, folder: &SiteFolder) -> Result<(), StorageError> {
    let generation = seat.generation;
    let Survey { site, articles, others: _, troubles } = survey(folder, &seat.cancel)?;
    let schemas: BTreeMap<String, Arc<Schema>> =
        site.collections.iter().map(|it| (it.folder.clone(), Arc::clone(&it.schema))).collect();
    shared.answer(Event::SiteRead {
        generation,
        root: folder.root().to_owned(),
        site: Box::new(site),
        state: Box::new(state_of(shared, folder)),
        files: articles.len(),
        branch: branch_of(folder),
        today: chrono::Local::now().date_naive(),
    });
    let troubles = read_all(folder, &articles, &schemas, &seat.cancel, troubles, &|records| {
        shared.answer(Event::Scanned { generation, records });
    });
    if seat.cancel.is_cancelled() {
        return Ok(());
    }
    let (recovered, journal) = journal::recovered(&seat.journal, folder);
    shared.answer(Event::ScanDone { generation, troubles, recovered, journal });
    Ok(())
}

fn state_of(shared: &Shared, folder: &SiteFolder) -> SiteState {
    match shared.state.load(&StateFile::Site(SiteKey::of(folder)), SETTINGS_VERSION) {
        Ok(found) => found.map(|(_, state)| state).unwrap_or_default(),
        Err(error) => {
            log::warn!("{error}");
            SiteState::default()
        }
    }
}

/// Reads all articles with several threads and hands their records on in batches.
fn read_all(
    folder: &SiteFolder,
    articles: &[Found],
    schemas: &BTreeMap<String, Arc<Schema>>,
    cancel: &Cancel,
    troubles: Vec<String>,
    hand_on: &(dyn Fn(Vec<Record>) + Sync),
) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let troubles = std::sync::Mutex::new(troubles);
    let batches: Vec<&[Found]> = articles.chunks(BATCH).collect();
    std::thread::scope(|scope| {
        for _ in 0..READERS.min(batches.len()) {
            scope.spawn(|| {
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if cancel.is_cancelled() {
                        return;
                    }
                    let (records, mut failed) = read_batch(folder, batch, schemas);
                    hand_on(records);
                    if !failed.is_empty() {
                        troubles.lock().unwrap_or_else(std::sync::PoisonError::into_inner).append(&mut failed);
                    }
                }
            });
        }
    });
    troubles.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn read_batch(
    folder: &SiteFolder,
    batch: &[Found],
    schemas: &BTreeMap<String, Arc<Schema>>,
) -> (Vec<Record>, Vec<String>) {
    let (mut records, mut troubles) = (Vec::with_capacity(batch.len()), Vec::new());
    let unknown = Arc::<Schema>::default();
    let mut outlines: BTreeMap<String, Outline> = BTreeMap::new();
    for found in batch {
        match storage::read::read(folder, &found.path) {
            Ok(snapshot) => {
                let folder = collection_of(&found.path);
                let schema = schemas.get(&folder).unwrap_or(&unknown);
                let outline =
                    outlines.entry(folder).or_insert_with_key(|folder| Outline::of(schema, folder, &Wanted::All));
                // What the scanner does not know, and where only front matter makes an article, the reader decides.
                let scanned = scanner::scan(&snapshot.path, snapshot.stamp, &snapshot.bytes, outline);
                records.extend(scanned.or_else(|| record_of_file(&snapshot, schema)));
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => {
                let collection = collection_of(&found.path);
                let outline = Outline::usual(&collection, &Wanted::All);
                let mut record = Record::of_data(found.path.clone(), found.stamp, &Value::Null, &outline);
                record.problems.push(UNREADABLE);
                records.push(record);
                troubles.push(error.to_string());
            }
        }
    }
    (records, troubles)
}

/// The record of a file; nothing for one that is an article only with front matter, and has none.
pub(super) fn record_of_file(snapshot: &Snapshot, schema: &Schema) -> Option<Record> {
    let document = Document::parse(&snapshot.bytes);
    is_article(&snapshot.path, &document).then(|| Record::of(&snapshot.path, snapshot.stamp, &document, schema))
}

/// Reads one file, or says in words why not.
pub(super) fn read_file(folder: &SiteFolder, path: &SitePath) -> Result<Snapshot, String> {
    storage::read::read(folder, path).map_err(|error| error.to_string())
}

/// The branch as it is shown; nothing without git.
pub(super) fn branch_of(folder: &SiteFolder) -> Option<String> {
    storage::git::branch(folder).map(|branch| match branch {
        Branch::Named(name) | Branch::Detached(name) => name,
    })
}

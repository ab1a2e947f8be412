//! Articles read into rows: with the row scanner where it knows, else as documents; many readers, rows in the order of paths.
//!
//! Invariant: rows stream out as they are read; nothing of a text is kept. What is cancelled hands nothing more on.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::bounded;

use super::pool::Cancel;
use super::survey::is_article;
use crate::article::{Article, Outline, Record, Wanted, codes_in, scanner};
use crate::document::{Document, Value};
use crate::file::{SitePath, Snapshot, Stamp};
use crate::site::paths::{Beside, collection_of};
use crate::site::{Schema, Site};
use crate::storage::read::Reader;
use crate::storage::scan::Found;
use crate::storage::{SiteFolder, StorageError};

/// Articles that travel together.
const BATCH: usize = 64;

/// Threads that read: more than cores, for a cold disk answers many at once better than one after another.
const READERS: usize = 16;

/// The problem of a file whose bytes cannot be had.
const UNREADABLE: &str = "unreadable";

/// What is wrong with an article as it was read: its file, and codes.
pub(super) type Checked = (SitePath, Stamp, Vec<&'static str>);

/// What came of some files.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The rows of those that are articles.
    pub records: Vec<Record>,
    /// Those that are none, or none any more.
    pub dropped: Vec<SitePath>,
    /// What could not be read, in words.
    pub troubles: Vec<String>,
}

/// Reads articles of one site.
pub(super) struct Rows<'a> {
    folder: &'a SiteFolder,
    site: &'a Site,
    with_problems: bool,
    outlines: HashMap<&'a str, Outline>,
    unknown: Schema,
    wanted: &'a Wanted,
}

impl<'a> Rows<'a> {
    /// Reads what is wanted of each article; with the problems that it has, which takes several times as long.
    pub(super) fn of(folder: &'a SiteFolder, site: &'a Site, wanted: &'a Wanted, with_problems: bool) -> Self {
        let outline = |schema: &Schema, folder: &str| Outline::of(schema, folder, wanted);
        let outlines =
            site.collections.iter().map(|it| (it.folder.as_str(), outline(&it.schema, &it.folder))).collect();
        Self { folder, site, with_problems, outlines, unknown: Schema::default(), wanted }
    }

    /// Reads files and hands on what came of them, in their order.
    pub(super) fn read(&self, files: &[&Found], cancel: &Cancel, hand_on: &mut dyn FnMut(Batch)) {
        in_order(self.folder, files, READERS, cancel, &|files, reader| self.batch(files, reader), hand_on);
    }

    /// Looks for problems in articles, on all cores but the one that draws, and hands on what was found in their order.
    pub(super) fn check(&self, files: &[&Found], cancel: &Cancel, hand_on: &mut dyn FnMut(Vec<Checked>)) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let make = |files: &[&Found], reader: &mut Reader<'_>| {
            files.iter().filter_map(|found| self.problems(found, reader)).collect()
        };
        in_order(self.folder, files, cores.saturating_sub(1).max(1), cancel, &make, hand_on);
    }

    /// The record of a file; nothing for one that is an article only with front matter, and has none.
    pub(super) fn record_of_file(site: &Site, snapshot: &Snapshot) -> Option<Record> {
        let document = Document::parse(&snapshot.bytes);
        let schema = site.schema(collection_of(&snapshot.path));
        let article = Article::new(&document, &schema, &snapshot.path);
        is_article(&snapshot.path, &document).then(|| Record::in_site(&article, snapshot.stamp, site))
    }

    fn batch(&self, files: &[&Found], reader: &mut Reader<'_>) -> Batch {
        let mut batch = Batch { records: Vec::with_capacity(files.len()), ..Batch::default() };
        let mut beside = Beside::default();
        let mut outline: Cow<'_, Outline> = Cow::Owned(Outline::of(&self.unknown, "", self.wanted));
        for found in files {
            let collection = beside.collection_of(&found.path);
            if *outline.collection != *collection || matches!(outline, Cow::Owned(_)) {
                outline = match self.outlines.get(collection) {
                    Some(known) => Cow::Borrowed(known),
                    None => Cow::Owned(Outline::of(&self.unknown, collection, self.wanted)),
                };
            }
            let outline = &*outline;
            match self.row(found, outline, reader) {
                Ok(Some(record)) => batch.records.push(record),
                Ok(None) => batch.dropped.push(found.path.clone()),
                Err(error) if error.is_not_found() => batch.dropped.push(found.path.clone()),
                Err(error) => {
                    let mut record = Record::of_data(found.path.clone(), found.stamp, &Value::Null, outline);
                    record.problems.push(UNREADABLE);
                    batch.records.push(record);
                    batch.troubles.push(error.to_string());
                }
            }
        }
        batch
    }

    fn row(&self, found: &Found, outline: &Outline, reader: &mut Reader<'_>) -> Result<Option<Record>, StorageError> {
        let (bytes, stamp) = reader.read(&found.path)?;
        if !self.with_problems
            && let Some(record) = scanner::scan(&found.path, stamp, bytes, outline)
        {
            return Ok(Some(record));
        }
        let document = Document::parse(bytes);
        if !is_article(&found.path, &document) {
            return Ok(None);
        }
        let mut record = Record::of_data(found.path.clone(), stamp, document.data(), outline);
        record.problems = self.codes(found, &document, outline);
        Ok(Some(record))
    }

    fn problems(&self, found: &Found, reader: &mut Reader<'_>) -> Option<Checked> {
        let (bytes, stamp) = reader.read(&found.path).ok()?;
        let document = Document::parse(bytes);
        let outline = self.outlines.get(collection_of(&found.path))?;
        is_article(&found.path, &document).then(|| (found.path.clone(), stamp, self.codes(found, &document, outline)))
    }

    fn codes(&self, found: &Found, document: &Document, outline: &Outline) -> Vec<&'static str> {
        let schema = self.site.collection(&outline.collection).map_or(&self.unknown, |collection| &collection.schema);
        codes_in(self.site, &Article::new(document, schema, &found.path))
    }
}

/// Does something to batches of files on several threads and hands the results on in order, on this thread. Each thread has a
/// buffer that it uses again and again; they wait when nobody takes the results.
fn in_order<T: Send>(
    folder: &SiteFolder,
    files: &[&Found],
    threads: usize,
    cancel: &Cancel,
    make: &(dyn Fn(&[&Found], &mut Reader<'_>) -> T + Sync),
    hand_on: &mut dyn FnMut(T),
) {
    let batches: Vec<&[&Found]> = files.chunks(BATCH).collect();
    let (next, (sender, receiver)) = (AtomicUsize::new(0), bounded(2 * threads));
    std::thread::scope(|scope| {
        for _ in 0..threads.min(batches.len()) {
            let (sender, batches, next) = (sender.clone(), &batches, &next);
            scope.spawn(move || {
                let mut reader = Reader::new(folder);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(batch) = batches.get(at).filter(|_| !cancel.is_cancelled()) else { return };
                    if sender.send((at, make(batch, &mut reader))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let (mut early, mut due) = (BTreeMap::new(), 0);
        for (at, made) in receiver {
            early.insert(at, made);
            while let Some(made) = early.remove(&due) {
                due += 1;
                if !cancel.is_cancelled() {
                    hand_on(made);
                }
            }
        }
    });
}

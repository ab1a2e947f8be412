//! Articles read into rows: with the row scanner where it knows, else as documents; many readers, rows in the order of paths.
//!
//! Invariant: rows stream out as they are read; nothing of a text is kept. What is cancelled hands nothing more on.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Scope;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded};

use super::pool::Cancel;
use super::survey::is_article;
use crate::article::{Article, Facts, Outline, Record, Wanted, codes_in, codes_of_facts, scanner};
use crate::document::{Document, Value};
use crate::file::{SitePath, Snapshot, Stamp};
use crate::site::paths::{Beside, collection_of};
use crate::site::{Schema, Site};
use crate::storage::read::Reader;
use crate::storage::scan::Found;
use crate::storage::{SiteFolder, StorageError};

/// Articles that travel together.
const BATCH: usize = 64;

/// The first ones travel in small company: they are what the window waits for, and they tell how fast the disk is.
const FIRST: usize = 16;

/// So many of them do.
const FIRST_BATCHES: usize = 8;

/// Threads that read where the disk is waited for: more than cores, for it answers many at once better than one after another.
/// What lies in the system's memory is read fastest by as many as there are cores.
const READERS: usize = 16;

/// An article that takes longer than this waits for the disk; one in memory takes a tenth of it.
const WAITING: Duration = Duration::from_micros(150);

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
        in_order(self.folder, files, (cores(), READERS), cancel, &|files, reader| self.batch(files, reader), hand_on);
    }

    /// Reads a few files on this thread and hands on the rows of those that are articles.
    pub(super) fn read_here(&self, files: &[&Found], hand_on: &mut dyn FnMut(Record)) {
        let batch = self.batch(files, &mut Reader::new(self.folder));
        batch.records.into_iter().for_each(hand_on);
    }

    /// Looks for problems in articles, on all cores but the one that draws, and hands on what was found in their order.
    pub(super) fn check(&self, files: &[&Found], cancel: &Cancel, hand_on: &mut dyn FnMut(Vec<Checked>)) {
        let make = |files: &[&Found], reader: &mut Reader<'_>| {
            files.iter().filter_map(|found| self.problems(found, reader)).collect()
        };
        let threads = cores().saturating_sub(1).max(1);
        in_order(self.folder, files, (threads, threads), cancel, &make, hand_on);
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
        let outline = self.outlines.get(collection_of(&found.path))?;
        if let Some(data) = scanner::data(bytes) {
            let facts = Facts { data: &data, schema: self.schema(outline), path: &found.path };
            return Some((found.path.clone(), stamp, codes_of_facts(self.site, facts)));
        }
        let document = Document::parse(bytes);
        is_article(&found.path, &document).then(|| (found.path.clone(), stamp, self.codes(found, &document, outline)))
    }

    fn codes(&self, found: &Found, document: &Document, outline: &Outline) -> Vec<&'static str> {
        codes_in(self.site, &Article::new(document, self.schema(outline), &found.path))
    }

    fn schema(&self, outline: &Outline) -> &Schema {
        self.site.collection(&outline.collection).map_or(&self.unknown, |collection| &collection.schema)
    }
}

/// How many threads work at the same time.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Does something to batches of files on several threads and hands the results on in order, on this thread. Each thread has a
/// buffer that it uses again and again; they wait when nobody takes the results. Of `threads` the first are started at once, the
/// second are the most there are when the disk is waited for.
fn in_order<T: Send>(
    folder: &SiteFolder,
    files: &[&Found],
    threads: (usize, usize),
    cancel: &Cancel,
    make: &(dyn Fn(&[&Found], &mut Reader<'_>) -> T + Sync),
    hand_on: &mut dyn FnMut(T),
) {
    let (first, rest) = files.split_at(files.len().min(FIRST * FIRST_BATCHES));
    let batches: Vec<&[&Found]> = first.chunks(FIRST).chain(rest.chunks(BATCH)).collect();
    let reserve = AtomicUsize::new(threads.1.min(batches.len()).saturating_sub(threads.0));
    let crew = Crew { folder, batches, next: AtomicUsize::new(0), reserve, cancel, make };
    let (sender, receiver) = bounded(threads.1);
    std::thread::scope(|scope| {
        crew.start(scope, threads.0.min(crew.batches.len()), &sender);
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

/// Threads that take batch after batch.
struct Crew<'a, T> {
    folder: &'a SiteFolder,
    batches: Vec<&'a [&'a Found]>,
    /// The batch that is taken next.
    next: AtomicUsize,
    /// Threads that are started when the disk is waited for.
    reserve: AtomicUsize,
    cancel: &'a Cancel,
    make: &'a (dyn Fn(&[&Found], &mut Reader<'_>) -> T + Sync),
}

impl<T: Send> Crew<'_, T> {
    fn start<'s>(&'s self, scope: &'s Scope<'s, '_>, count: usize, sender: &Sender<(usize, T)>)
    where
        T: 's,
    {
        for _ in 0..count {
            let sender = sender.clone();
            scope.spawn(move || self.work(scope, &sender));
        }
    }

    fn work<'s>(&'s self, scope: &'s Scope<'s, '_>, sender: &Sender<(usize, T)>)
    where
        T: 's,
    {
        let mut reader = Reader::new(self.folder);
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(batch) = self.batches.get(at).filter(|_| !self.cancel.is_cancelled()) else { return };
            let start = Instant::now();
            let made = (self.make)(batch, &mut reader);
            let is_waiting = start.elapsed() > WAITING * batch.len() as u32;
            if sender.send((at, made)).is_err() {
                return;
            }
            if is_waiting {
                self.start(scope, self.reserve.swap(0, Ordering::Relaxed), sender);
            }
        }
    }
}

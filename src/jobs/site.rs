//! What lives as long as a site is open: its folder, the thread that saves, the journal, the watcher.
//!
//! Invariant: dropping it ends the scan and the watcher; the saver and the journal first finish what they were given.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::index::Mark;
use super::journal::{self, Line};
use super::overwritten::Heads;
use super::pictures::PictureFacts;
use super::pool::{Cancel, start_guarded};
use super::runner::Shared;
use super::survey::{Unread, config_of};
use super::{save, scan, watch};
use crate::desk::{Event, JournalEntry, SavePlan};
use crate::site::Site;
use crate::storage::SiteFolder;
use crate::storage::scan::{Found, ScanOptions};
use crate::storage::state::{SiteKey, StateFile};

/// An open site, as jobs see it.
pub(super) struct OpenSite {
    /// Which opening it is.
    pub generation: u64,
    folder: Arc<OnceLock<SiteFolder>>,
    known: Known,
    facts: OnceLock<Arc<PictureFacts>>,
    heads: Heads,
    /// Told when rows were answered; the scan hears of the first.
    rows: (Sender<()>, Receiver<()>),
    scan: Cancel,
    saves: Sender<save::Told>,
    journal: Sender<Line>,
    stop_saving: Cancel,
    threads: Threads,
    /// The journals of sites that were open before.
    earlier: Vec<Ended>,
    ended: Ended,
    /// Given to the first scan, which starts the threads once the folder is open.
    inboxes: Option<Inboxes>,
    _watched: Sender<()>,
}

/// Threads that must have ended before the program does.
pub(super) type Threads = Arc<Mutex<Vec<JoinHandle<()>>>>;

/// Hears when a journal has ended: then its lock is free, and what it left can be taken over.
pub(super) type Ended = Receiver<()>;

/// What the threads of a site take in.
struct Inboxes {
    orders: Receiver<save::Told>,
    lines: Receiver<Line>,
    closed: Receiver<()>,
    /// Dropped when the journal has ended.
    ending: Sender<()>,
}

/// What a scan needs of its site.
pub(super) struct ScanSeat {
    /// Which opening it is.
    pub generation: u64,
    /// Says when to stop.
    pub cancel: Cancel,
    /// Where the recovered lines are asked for.
    pub journal: Sender<Line>,
    /// What the scan before this one found.
    pub known: Known,
    /// Hears when rows were answered.
    pub rows_told: Receiver<()>,
    /// The journals of sites that were open before, this one perhaps. What they leave is read when they have ended.
    pub earlier: Vec<Ended>,
    heads: Heads,
    folder: Arc<OnceLock<SiteFolder>>,
    threads: Threads,
    inboxes: Option<Inboxes>,
}

/// What the last scan found of a site, once there was one.
pub(super) type Known = Arc<Mutex<Option<KnownSite>>>;

/// What a scan found of a site.
#[derive(Clone, Debug)]
pub(super) struct KnownSite {
    /// What the site says of itself.
    pub site: Arc<Site>,
    /// The files that were articles, or might be, in order of their paths.
    pub articles: Arc<Vec<Found>>,
    /// Where it could not look. What was known there is among the articles.
    pub unread: Unread,
    /// Under which circumstances they were read.
    pub mark: Mark,
}

impl OpenSite {
    pub(super) fn new(generation: u64, threads: Threads, earlier: Vec<Ended>) -> Self {
        let (saves, orders) = unbounded();
        let (journal, lines) = unbounded();
        let (watched, closed) = bounded(0);
        let (ending, ended) = bounded(0);
        Self {
            generation,
            folder: Arc::default(),
            known: Known::default(),
            facts: OnceLock::new(),
            heads: Heads::default(),
            rows: bounded(1),
            scan: Cancel::default(),
            saves,
            journal,
            stop_saving: Cancel::default(),
            threads,
            earlier,
            ended,
            inboxes: Some(Inboxes { orders, lines, closed, ending }),
            _watched: watched,
        }
    }

    /// Hears when its journal has ended.
    pub(super) fn ended(&self) -> Ended {
        self.ended.clone()
    }

    /// The folder, once it is open.
    pub(super) fn folder(&self) -> Option<SiteFolder> {
        self.folder.get().cloned()
    }

    /// What the last scan found.
    pub(super) fn known(&self) -> Option<KnownSite> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is known of its pictures, once it is open.
    pub(super) fn facts(&self) -> Option<Arc<PictureFacts>> {
        let folder = self.folder()?;
        Some(Arc::clone(self.facts.get_or_init(|| Arc::new(PictureFacts::new(folder)))))
    }

    /// Whether more is known of pictures than when this was asked last.
    pub(super) fn has_news_of_pictures(&self) -> bool {
        self.facts.get().is_some_and(|facts| facts.has_news())
    }

    /// Where it is told that rows were answered.
    pub(super) fn rows(&self) -> Sender<()> {
        self.rows.0.clone()
    }

    /// What was saved last of each file.
    pub(super) fn heads(&self) -> Heads {
        Arc::clone(&self.heads)
    }

    /// Where the state of the site is kept.
    pub(super) fn state_file(&self) -> Option<StateFile> {
        self.folder.get().map(|folder| StateFile::Site(SiteKey::of(folder)))
    }

    /// Starts reading the site, on a thread of its own: it waits for the disk more than it works.
    pub(super) fn scan(&mut self, shared: &Shared, root: Option<PathBuf>) {
        self.scan.cancel();
        self.scan = Cancel::default();
        let seat = ScanSeat {
            generation: self.generation,
            cancel: self.scan.clone(),
            journal: self.journal.clone(),
            known: Arc::clone(&self.known),
            rows_told: self.rows.1.clone(),
            earlier: self.earlier.clone(),
            heads: Arc::clone(&self.heads),
            folder: Arc::clone(&self.folder),
            threads: Arc::clone(&self.threads),
            inboxes: self.inboxes.take(),
        };
        let (shared, generation) = (shared.clone(), self.generation);
        let failed = shared.clone();
        start_guarded(
            "scan",
            move || scan::scan(&shared, seat, root),
            move || {
                let message =
                    "The site could not be read to its end: copydesk failed in itself. Read it again".to_owned();
                failed.answer(Event::ScanFailed { generation, message });
            },
        );
    }

    /// Saves in the order given, once what is journalled so far is on disk.
    pub(super) fn save(&self, generation: u64, plans: Vec<SavePlan>) {
        let (reply, journalled) = bounded(1);
        if self.journal.send(Line::Sync(reply)).is_err() {
            log::error!("the journal is gone");
        }
        let order = save::Order { generation, plans, journalled, cancel: self.stop_saving.clone() };
        if self.saves.send(save::Told::Save(order)).is_err() {
            log::error!("the saver is gone");
        }
    }

    /// Lets the saver give up another program's version, once what is journalled so far is on disk.
    pub(super) fn accept(&self, number: u64) {
        let (reply, journalled) = bounded(1);
        let sent = self.journal.send(Line::Sync(reply)).is_ok();
        if !sent || self.saves.send(save::Told::Accept(number, journalled)).is_err() {
            log::error!("the saver is gone");
        }
    }

    /// Journals in the order given.
    pub(super) fn journal(&self, entries: Vec<JournalEntry>) {
        if self.journal.send(Line::Append(entries)).is_err() {
            log::error!("the journal is gone");
        }
    }

    /// Stops reading, and saves that are still to come.
    pub(super) fn cancel(&mut self) {
        self.scan.cancel();
        self.stop_saving.cancel();
        self.stop_saving = Cancel::default();
    }
}

impl Drop for OpenSite {
    fn drop(&mut self) {
        self.scan.cancel();
    }
}

impl ScanSeat {
    /// The site's folder is open: from now on files can be read. Answers whether it is the folder that was opened first.
    pub(super) fn open(&self, folder: &SiteFolder) -> bool {
        self.folder.get_or_init(|| folder.clone()).is_the_folder_of(folder)
    }

    /// From now on what was to be saved and journalled is, and the site is watched.
    pub(super) fn start(&mut self, shared: &Shared, folder: &SiteFolder) {
        // None where this is a second scan of the same site.
        let Some(Inboxes { orders, lines, closed, ending }) = self.inboxes.take() else { return };
        let generation = self.generation;
        let seat = || (shared.clone(), folder.clone());
        let (saver, journal, watcher) = (seat(), seat(), seat());
        let (known, heads, saved) = (Arc::clone(&self.known), Arc::clone(&self.heads), Arc::clone(&self.heads));
        let or_tell = |trouble: &'static str| {
            let shared = shared.clone();
            move || {
                shared.answer(Event::Trouble(format!(
                    "{trouble}: copydesk failed in itself. Close the site and open it again"
                )));
            }
        };
        let started = [
            start_guarded(
                "save",
                move || save::serve(&saver.0, &saver.1, &saved, &orders),
                or_tell("Nothing can be saved any more"),
            ),
            start_guarded(
                "journal",
                move || {
                    journal::serve(&journal.0, &journal.1, &lines);
                    drop(ending);
                },
                or_tell("Unsaved edits are not journalled any more, so save now"),
            ),
            start_guarded(
                "watch",
                move || watch::serve(&watcher.0, generation, &watcher.1, (known, heads), &closed),
                or_tell("Changes of other programs are not seen any more"),
            ),
        ];
        if started.iter().any(Option::is_none) {
            let trouble = "The system starts no more threads, so not all is saved, journalled and seen. End some programs, then close the site and open it again";
            shared.answer(Event::Trouble(trouble.to_owned()));
        }
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).extend(started.into_iter().flatten());
    }
}

/// What the site itself wants left out, for everything that looks at its files beside the scan.
pub(super) fn options_of(folder: &SiteFolder) -> ScanOptions {
    ScanOptions { exclude: config_of(folder).exclude, ..ScanOptions::default() }
}

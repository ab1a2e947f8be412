//! Finds saved edits that another program overwrote without having seen them, while the site is open and at its next opening.
//!
//! Invariant: what differs from the last save is looked at again once it is quiet; only what is lost then is told, once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::desk::notice::{Overwritten, lost_fields};
use crate::document::Document;
use crate::file::{ContentHash, SitePath, Snapshot};
use crate::storage::ledger::Saved;
use crate::storage::state::StateFolder;
use crate::storage::{self, Ledger, SiteFolder};

/// A file must have been left alone for so long.
const QUIET: Duration = Duration::from_millis(1500);

/// What another program writes so soon after a save was made from an older version.
const RACE: i64 = 60_000_000_000;

/// What was saved last of each file, or counts as seen since. The saver adds to it.
pub(super) type Heads = Arc<Mutex<BTreeMap<SitePath, ContentHash>>>;

/// Files that say something else than what was saved.
pub(super) struct Suspects {
    heads: Heads,
    ledger: Ledger,
    since: BTreeMap<SitePath, Instant>,
    has_begun: bool,
}

impl Suspects {
    pub(super) fn new(folder: &SiteFolder, state: &StateFolder, heads: Heads) -> Self {
        Self { heads, ledger: Ledger::of(folder, state), since: BTreeMap::new(), has_begun: false }
    }

    /// Looks at all files that were saved in the last days. Does it once.
    pub(super) fn begin(&mut self, folder: &SiteFolder) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let known = match self.ledger.heads() {
            Ok(known) => known,
            Err(error) => return log::warn!("what was saved before cannot be compared: {error}"),
        };
        for (path, hash) in &known {
            if storage::read::read(folder, path).is_ok_and(|snapshot| snapshot.hash() != *hash) {
                self.since.insert(path.clone(), Instant::now());
            }
        }
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, hash) in known {
            heads.entry(path).or_insert(hash);
        }
    }

    /// Whether a file is still to be looked at.
    pub(super) fn is_waiting(&self) -> bool {
        !self.has_begun || !self.since.is_empty()
    }

    /// A file was written.
    pub(super) fn seen(&mut self, snapshot: &Snapshot) {
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        match heads.get(&snapshot.path) {
            Some(saved) if *saved != snapshot.hash() => {
                self.since.insert(snapshot.path.clone(), Instant::now());
            }
            _ => {
                self.since.remove(&snapshot.path);
            }
        }
    }

    /// What is lost in files that were left alone since.
    pub(super) fn due(&mut self, folder: &SiteFolder) -> Vec<Overwritten> {
        let due: BTreeSet<SitePath> =
            self.since.iter().filter(|(_, since)| since.elapsed() >= QUIET).map(|(path, _)| path.clone()).collect();
        if due.is_empty() {
            return Vec::new();
        }
        self.since.retain(|path, _| !due.contains(path));
        match self.ledger.saves_of(&due) {
            Ok(saves) => saves.iter().filter_map(|(path, saves)| lost(folder, path, saves)).collect(),
            Err(error) => {
                log::warn!("what was saved before cannot be compared: {error}");
                Vec::new()
            }
        }
    }
}

/// What is lost of these saves of one file, newest first.
fn lost(folder: &SiteFolder, path: &SitePath, saves: &[Saved]) -> Option<Overwritten> {
    let last = saves.first()?;
    let now = storage::read::read(folder, path).ok()?;
    if *now.bytes == *last.after {
        return None;
    }
    // Saves that follow each other without anybody between them are one edit.
    let run = saves
        .windows(2)
        .take_while(|pair| matches!(pair, [later, earlier] if later.before.as_ref() == Some(&earlier.after)));
    let first = saves.get(run.count())?;
    let before = first.before.as_ref()?;
    let raced = now.stamp.modified.saturating_sub(last.at) < RACE;
    let read = |bytes: &[u8]| Document::parse(bytes);
    let (old, saved, today) = (read(before), read(&last.after), read(&now.bytes));
    let fields = lost_fields(&old, &saved, &today, raced);
    (!fields.is_empty()).then(|| Overwritten {
        path: path.clone(),
        before: old.text().into(),
        saved: saved.text().into(),
        now: now.hash(),
        fields,
        raced,
    })
}

/// Lets versions of other programs count as seen, where they are still what is on disk.
pub(super) fn acknowledge(folder: &SiteFolder, state: &StateFolder, heads: &Heads, seen: Vec<(SitePath, ContentHash)>) {
    let mut versions = Vec::new();
    for (path, hash) in seen {
        if let Ok(snapshot) = storage::read::read(folder, &path)
            && snapshot.hash() == hash
        {
            heads.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), hash);
            versions.push((path, snapshot.bytes.to_vec()));
        }
    }
    if let Err(error) = Ledger::of(folder, state).acknowledge(&versions) {
        log::warn!("{error}");
    }
}

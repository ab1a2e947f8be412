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
pub(super) const QUIET: Duration = Duration::from_millis(1500);

/// What another program writes so soon after a save was made from an older version.
const RACE: i64 = 60_000_000_000;

/// What was saved last of each file, or counts as seen since. The saver adds to it.
pub(super) type Heads = Arc<Mutex<BTreeMap<SitePath, ContentHash>>>;

/// Files that say something else than what was saved.
pub(super) struct Suspects {
    heads: Heads,
    ledger: Ledger,
    touched: Touched,
    has_begun: bool,
}

/// Files that are to be looked at, once they were left alone for a while.
#[derive(Default)]
struct Touched(BTreeMap<SitePath, Instant>);

impl Touched {
    /// Those that were left alone, for good: each is told once.
    fn take_quiet(&mut self, now: Instant) -> BTreeSet<SitePath> {
        let quiet = self.0.extract_if(.., |_, since| now.saturating_duration_since(*since) >= QUIET);
        quiet.map(|(path, _)| path).collect()
    }
}

impl Suspects {
    pub(super) fn new(folder: &SiteFolder, state: &StateFolder, heads: Heads) -> Self {
        Self { heads, ledger: Ledger::of(folder, state), touched: Touched::default(), has_begun: false }
    }

    /// Looks at all files that were saved in the last days. Does it once.
    pub(super) fn begin(&mut self, folder: &SiteFolder) {
        self.has_begun = true;
        let known = match self.ledger.heads() {
            Ok(known) => known,
            Err(error) => return log::warn!("what was saved before cannot be compared: {error}"),
        };
        for (path, hash) in &known {
            if storage::read::read(folder, path).is_ok_and(|snapshot| snapshot.hash() != *hash) {
                self.touched.0.insert(path.clone(), Instant::now());
            }
        }
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, hash) in known {
            heads.entry(path).or_insert(hash);
        }
    }

    /// The files that were saved in the last days.
    pub(super) fn saved(&self) -> Vec<SitePath> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Whether what was saved before this sitting has been looked at.
    pub(super) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Whether a file is still to be looked at.
    pub(super) fn is_waiting(&self) -> bool {
        !self.has_begun || !self.touched.0.is_empty()
    }

    /// A file was written.
    pub(super) fn seen(&mut self, snapshot: &Snapshot) {
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        match heads.get(&snapshot.path) {
            Some(saved) if *saved != snapshot.hash() => {
                self.touched.0.insert(snapshot.path.clone(), Instant::now());
            }
            _ => {
                self.touched.0.remove(&snapshot.path);
            }
        }
    }

    /// What is lost in files that were left alone since.
    pub(super) fn due(&mut self, folder: &SiteFolder) -> Vec<Overwritten> {
        let due = self.touched.take_quiet(Instant::now());
        if due.is_empty() {
            return Vec::new();
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::watch::LOOK_UP;
    use crate::storage::watch::AT_MOST;

    /// The promise of five seconds: an overwritten file comes from the watcher, waits until it is quiet, and is found at the next
    /// look. By a clock that the test drives.
    #[test]
    fn a_file_is_looked_at_once_within_five_seconds_of_quiet_and_not_before() {
        let path = SitePath::new("_news/a.md").unwrap();
        let start = Instant::now();
        for step in 1..40 {
            let mut touched = Touched::default();
            // Written again and again, each time before it was quiet.
            let writes = (0..20).map(|n| start + QUIET * n * step / 40);
            let (mut now, mut last, mut told) = (start, start, Vec::new());
            for at in writes {
                while now < at {
                    assert_eq!(touched.take_quiet(now), BTreeSet::new(), "it is not quiet yet");
                    now = (now + LOOK_UP).min(at);
                }
                touched.0.insert(path.clone(), at);
                last = at;
            }
            for _ in 0..20 {
                told.extend(touched.take_quiet(now).into_iter().map(|_| now));
                now += LOOK_UP;
            }
            let [at] = told[..] else { panic!("told {} times", told.len()) };
            assert!(at - last >= QUIET && at - last + AT_MOST <= Duration::from_secs(5), "{:?}", at - last);
        }
    }
}

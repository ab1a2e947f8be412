//! The thread that owns the journal: what is pending is on disk within a quarter of a second.
//!
//! Invariant: entries are written in the order in which edits were made. A journal left behind by a dead process goes only when
//! what it held is in this one, synced.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::runner::Shared;
use crate::desk::{Event, JournalEntry, OnDisk};
use crate::file::{ContentHash, SitePath};
use crate::storage::journal::{FLUSH_EVERY, Journal, JournalWriter, Orphan, Record};
use crate::storage::scan::Found;
use crate::storage::{self, SiteFolder, StorageError};

/// The version of an entry's form.
const VERSION: u16 = 1;

/// From this size on the journal is written anew when most of it is history.
const COMPACT_FROM: u64 = 16 << 20;

/// After a failure the disk is tried again so much later.
const RETRY: Duration = Duration::from_secs(5);

/// What the thread is told.
pub(super) enum Line {
    /// Write these.
    Append(Vec<JournalEntry>),
    /// Say what earlier processes left behind, and what was wrong with it.
    Recover(Sender<(Vec<JournalEntry>, Option<String>)>),
}

/// What earlier sittings left unsaved, each with its file as it is now, and what was wrong with their journals.
pub(super) fn recovered(
    lines: &Sender<Line>,
    folder: &SiteFolder,
    articles: &[Found],
) -> (Vec<(JournalEntry, OnDisk)>, Option<String>) {
    let (reply, answer) = bounded(1);
    if lines.send(Line::Recover(reply)).is_err() {
        return (Vec::new(), None);
    }
    let (entries, trouble) = answer.recv().unwrap_or_default();
    let with_file = |entry: JournalEntry| {
        let today = match storage::read::read(folder, &entry.path) {
            Ok(snapshot) => OnDisk::File(snapshot),
            Err(error) if error.is_not_found() => moved(folder, &entry, articles),
            Err(error) => OnDisk::Unreadable(error.to_string()),
        };
        (entry, today)
    };
    (entries.into_iter().map(with_file).collect(), trouble)
}

/// Looks for a file that is what the one of this entry was: renamed since.
fn moved(folder: &SiteFolder, entry: &JournalEntry, articles: &[Found]) -> OnDisk {
    let Some(base) = entry.base.as_ref().and_then(Option::as_ref) else { return OnDisk::Gone };
    let hash = ContentHash::of(base.as_bytes());
    let same_size = articles.iter().filter(|found| found.stamp.size == base.len() as u64);
    let found = same_size
        .filter_map(|found| storage::read::read(folder, &found.path).ok())
        .find(|snapshot| snapshot.hash() == hash);
    found.map_or(OnDisk::Gone, OnDisk::Moved)
}

/// Writes what comes until nobody can send any more; then the journal goes, if nothing is pending.
pub(super) fn serve(shared: &Shared, folder: &SiteFolder, lines: &Receiver<Line>) {
    let journal = Journal::of(folder, &shared.state);
    let mut keeper = Keeper { journal, writer: None, pending: BTreeMap::new(), orphans: Vec::new(), flush_at: None };
    loop {
        let wait = keeper.flush_at.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()));
        let result = match lines.recv_timeout(wait) {
            Ok(Line::Append(entries)) => keeper.append(entries),
            Ok(Line::Recover(reply)) => {
                if reply.send(keeper.recover()).is_err() {
                    log::warn!("nobody waits for what was recovered");
                }
                Ok(())
            }
            Err(RecvTimeoutError::Timeout) => keeper.flush(),
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if let Err(error) = result {
            shared.answer(Event::Trouble(format!("Unsaved edits cannot be journalled, so save soon: {error}")));
        }
    }
    if let Err(error) = keeper.end() {
        log::error!("the journal could not be ended: {error}");
    }
}

struct Keeper {
    journal: Journal,
    writer: Option<JournalWriter>,
    /// What the journal says is pending: the last entry of each file, with its base.
    pending: BTreeMap<SitePath, JournalEntry>,
    orphans: Vec<Orphan>,
    /// When what was appended must be on disk.
    flush_at: Option<Instant>,
}

impl Keeper {
    fn append(&mut self, entries: Vec<JournalEntry>) -> Result<(), StorageError> {
        if self.writer.is_none() {
            self.writer = Some(self.journal.begin()?);
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let mut result = Ok(());
        for entry in entries {
            // One that does not fit stays in the writer, and the next ones are appended behind it.
            let appended = writer.append(VERSION, &payload(&entry));
            result = result.and(appended);
            take_in(&mut self.pending, entry);
        }
        self.flush_at.get_or_insert_with(|| Instant::now() + FLUSH_EVERY);
        result?;
        if self.orphans.is_empty() { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), StorageError> {
        self.flush_at = None;
        let Some(writer) = &mut self.writer else { return Ok(()) };
        writer.flush().inspect_err(|_| self.flush_at = Some(Instant::now() + RETRY))?;
        if writer.length() > COMPACT_FROM {
            let records: Vec<_> =
                self.pending.values().map(|entry| Record { version: VERSION, payload: payload(entry) }).collect();
            let needed: usize = records.iter().map(|record| record.payload.len()).sum();
            if writer.length() > 2 * needed as u64 + COMPACT_FROM {
                writer.rewrite(&records)?;
            }
        }
        // What the dead processes left is in this journal now.
        for orphan in self.orphans.drain(..) {
            self.journal.discard(orphan)?;
        }
        Ok(())
    }

    fn recover(&mut self) -> (Vec<JournalEntry>, Option<String>) {
        let found = match self.journal.orphans() {
            Ok(found) => found,
            Err(error) => return (Vec::new(), Some(error.to_string())),
        };
        let mut troubles: Vec<String> = found.refused.iter().map(ToString::to_string).collect();
        let mut pending = BTreeMap::new();
        for orphan in &found.found {
            if orphan.report.is_damaged() {
                troubles.push(
                    "A part of the journal of unsaved edits cannot be read; it is set aside, and the rest is here"
                        .to_owned(),
                );
            }
            for record in &orphan.records {
                match serde_json::from_slice(&record.payload) {
                    Ok(entry) if record.version == VERSION => take_in(&mut pending, entry),
                    Ok(_) => troubles
                        .push("The journal of unsaved edits is of a newer version; it is left as it is".to_owned()),
                    Err(error) => {
                        troubles.push(format!("An entry of the journal of unsaved edits cannot be read: {error}"));
                    }
                }
            }
        }
        if pending.is_empty() {
            for orphan in found.found.into_iter().filter(is_understood) {
                if let Err(error) = self.journal.discard(orphan) {
                    log::warn!("{error}");
                }
            }
        } else {
            // A newer program's entries stay where they are, for it to find.
            self.orphans = found.found.into_iter().filter(is_understood).collect();
        }
        (pending.into_values().collect(), troubles.into_iter().next())
    }

    fn end(mut self) -> Result<(), StorageError> {
        self.flush()?;
        match self.writer.take() {
            Some(writer) if self.pending.is_empty() => writer.finish(),
            _ => Ok(()),
        }
    }
}

fn is_understood(orphan: &Orphan) -> bool {
    orphan.records.iter().all(|record| record.version <= VERSION)
}

/// Brings what is pending up to date with one more entry.
fn take_in(pending: &mut BTreeMap<SitePath, JournalEntry>, entry: JournalEntry) {
    if entry.ours.is_none() {
        pending.remove(&entry.path);
        return;
    }
    let base = entry.base.clone().or_else(|| pending.get(&entry.path).and_then(|before| before.base.clone()));
    pending.insert(entry.path.clone(), JournalEntry { base, ..entry });
}

fn payload(entry: &JournalEntry) -> Vec<u8> {
    serde_json::to_vec(entry).unwrap_or_else(|error| {
        log::error!("an entry cannot be written: {error}");
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_entry_counts_and_keeps_its_base() {
        let path = SitePath::new("_news/a.md").unwrap();
        let entry = |base: Option<&str>, ours: Option<&str>| {
            JournalEntry::new(path.clone(), base.map(|base| Some(base.to_owned())), ours.map(str::to_owned))
        };
        let mut pending = BTreeMap::new();
        take_in(&mut pending, entry(Some("old"), Some("new")));
        take_in(&mut pending, entry(None, Some("newer")));
        let read: JournalEntry = serde_json::from_slice(&payload(&pending[&path])).unwrap();
        assert_eq!(read, entry(Some("old"), Some("newer")));
        take_in(&mut pending, entry(None, None));
        assert!(pending.is_empty(), "saved, or undone");
    }

    #[test]
    fn a_new_article_is_told_from_one_without_a_word_on_its_base() {
        let path = SitePath::new("a.md").unwrap();
        for base in [None, Some(None), Some(Some("x".to_owned()))] {
            let entry = JournalEntry::new(path.clone(), base, Some("y".to_owned()));
            assert_eq!(serde_json::from_slice::<JournalEntry>(&payload(&entry)).unwrap(), entry);
        }
    }
}

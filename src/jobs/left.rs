//! What earlier sittings left unsaved: read by the journal's thread, each met with its file as it is now.
//!
//! Invariant: what was saved is not pending, though the journal was not told any more.

use crossbeam_channel::{Sender, bounded};
use rayon::prelude::*;

use super::journal::Line;
use crate::desk::recover::Recovered;
use crate::desk::{JournalEntry, OnDisk};
use crate::file::ContentHash;
use crate::storage::scan::Found;
use crate::storage::{self, Ledger, SiteFolder, StateFolder};

/// What earlier sittings left unsaved, each with its file as it is now, and what was wrong with their journals.
pub(super) fn recovered(
    lines: &Sender<Line>,
    (folder, state): (&SiteFolder, &StateFolder),
    articles: &[Found],
) -> (Vec<Recovered>, Option<String>) {
    let (reply, answer) = bounded(1);
    let asked = lines.send(Line::Recover(reply)).ok();
    let Some((entries, trouble)) = asked.and_then(|()| answer.recv().ok()) else {
        let trouble = "What earlier sittings left unsaved could not be read. Read the site again to try once more";
        return (Vec::new(), Some(trouble.to_owned()));
    };
    let entries = without_saved(entries, &Ledger::of(folder, state));
    let with_file = |entries: Vec<JournalEntry>| {
        let path = entries.first().map(|entry| &entry.path)?;
        let today = match storage::read::read(folder, path) {
            Ok(snapshot) => OnDisk::File(snapshot),
            Err(error) if error.is_not_found() => moved(folder, &entries, articles),
            Err(error) => OnDisk::Unreadable(error.to_string()),
        };
        Some(Recovered::new(entries, today))
    };
    (entries.into_par_iter().filter_map(with_file).collect(), trouble)
}

/// What was saved, and the journal was not told any more, is not pending: made again it would be set against what other programs
/// made of it since.
#[must_use]
pub fn without_saved(entries: Vec<Vec<JournalEntry>>, ledger: &Ledger) -> Vec<Vec<JournalEntry>> {
    if entries.is_empty() {
        return entries;
    }
    let latest = ledger.latest().unwrap_or_else(|error| {
        log::warn!("what was saved cannot be compared with what is pending: {error}");
        Vec::new()
    });
    let is_saved = |entry: &JournalEntry| {
        let ours = entry.ours.as_ref().map(|ours| ContentHash::of(ours.as_bytes()));
        entry.conflicts.is_empty() && latest.iter().any(|saved| saved.path == entry.path && Some(saved.after) == ours)
    };
    let settled = |mut entries: Vec<JournalEntry>| {
        if let Some(last) = entries.pop_if(|last| is_saved(last)) {
            return vec![JournalEntry { step: None, base: Some(last.ours.clone()), ..last }];
        }
        entries
    };
    entries.into_iter().map(settled).collect()
}

/// Looks for a file that is what the one of this entry was: renamed since.
fn moved(folder: &SiteFolder, entries: &[JournalEntry], articles: &[Found]) -> OnDisk {
    let base = entries.iter().rev().find_map(|entry| entry.base.as_ref());
    let Some(base) = base.and_then(Option::as_ref) else { return OnDisk::Gone };
    let hash = ContentHash::of(base.as_bytes());
    let same_size = articles.iter().filter(|found| found.stamp.size == base.len() as u64);
    let found = same_size
        .filter_map(|found| storage::read::read(folder, &found.path).ok())
        .find(|snapshot| snapshot.hash() == hash);
    found.map_or(OnDisk::Gone, OnDisk::Moved)
}

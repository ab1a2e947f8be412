//! What other programs change in the site, as it happens.
//!
//! Invariant: content decides; a file whose bytes are what they were is not told. Many changes are one event.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, TryRecvError};
use rayon::prelude::*;

use super::overwritten::{Heads, Suspects};
use super::pool::Cancel;
use super::rows::Rows;
use super::runner::Shared;
use super::scan::branch_of;
use super::site::{Known, options_of};
use super::survey::{Stamps, survey};
use crate::desk::Event;
use crate::file::{SitePath, Stamp};
use crate::site::Site;
use crate::site::paths::{ArticleName, is_article_name};
use crate::storage::watch::{Batch, Watcher};
use crate::storage::{self, SiteFolder};

/// How often the thread looks what has become due while something waits.
pub(super) const LOOK_UP: Duration = Duration::from_millis(500);

/// How long it sleeps at most when nothing waits: an idle desk wakes nobody.
const LONG: Duration = Duration::from_hours(24);

/// Tells what changes until the site is closed.
pub(super) fn serve(
    shared: &Shared,
    generation: u64,
    folder: &SiteFolder,
    (known, heads): (Known, Heads),
    closed: &Receiver<()>,
) {
    let suspects = Suspects::new(folder, &shared.state, heads);
    let mut seen = Seen { known, stamps: None, suspects };
    let mut watcher = Watcher::start(folder, &options_of(folder));
    let mut told_polling = false;
    while closed.try_recv() != Err(TryRecvError::Disconnected) {
        if let Some(reason) = watcher.polling()
            && !told_polling
        {
            told_polling = true;
            shared.answer(Event::Trouble(format!("Changes of other programs are seen a little later here: {reason}")));
        }
        match watcher.next_until(if seen.is_waiting() { LOOK_UP } else { LONG }, closed) {
            Some(Batch::Files(paths)) => seen.tell(shared, generation, folder, paths),
            Some(Batch::Rescan) => {
                if let Some(paths) = seen.changed_since(folder) {
                    seen.tell(shared, generation, folder, paths);
                }
            }
            Some(Batch::Git) => {
                shared.answer(Event::Branch(branch_of(folder)));
            }
            None => {}
        }
        seen.tell_overwritten(shared, generation, folder);
    }
}

/// What the thread knows of the site: what the scan found, for records, and the stamps of what was told last, for a rescan.
struct Seen {
    known: Known,
    stamps: Option<BTreeMap<SitePath, Stamp>>,
    suspects: Suspects,
}

impl Seen {
    fn tell(&mut self, shared: &Shared, generation: u64, folder: &SiteFolder, paths: Vec<SitePath>) {
        let (mut files, mut gone, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        let (paths, others): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| is_article_name(path) != ArticleName::No);
        if !others.is_empty() {
            let files = self.note_others(folder, &others);
            shared.answer(Event::PicturesSeen { generation, changed: others, files });
        }
        let site = self.site();
        let stamps = self.stamps.get_or_insert_with(|| stamps_of(&self.known));
        // A checkout can change all files at once: reading them is work for all cores.
        let read = |path: SitePath| {
            let read = storage::read::read(folder, &path);
            let read = read.map(|snapshot| (Rows::record_of_file(&site, &snapshot), snapshot));
            (path, read)
        };
        for (path, read) in paths.into_par_iter().map(read).collect::<Vec<_>>() {
            match read {
                Ok((record, snapshot)) => {
                    stamps.insert(path, snapshot.stamp);
                    self.suspects.seen(&snapshot);
                    files.push((snapshot, record));
                }
                Err(error) if error.is_not_found() => {
                    stamps.remove(&path);
                    gone.push(path);
                }
                Err(error) => {
                    stamps.remove(&path);
                    unreadable.push((path, error.to_string()));
                }
            }
        }
        if !files.is_empty() || !gone.is_empty() || !unreadable.is_empty() {
            shared.answer(Event::Changed { generation, files, gone, unreadable });
        }
    }

    /// Takes note of files that are no articles and came or went; answers with all there are now, where some did. Nothing before
    /// the site was read: the scan finds them.
    fn note_others(&self, folder: &SiteFolder, changed: &[SitePath]) -> Option<Arc<BTreeSet<SitePath>>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let site = &mut known.as_mut()?.site;
        let is_there = |path: &&SitePath| storage::read::stamp(folder, path).is_some();
        let (there, gone): (Vec<&SitePath>, Vec<&SitePath>) = changed.iter().partition(is_there);
        if there.iter().all(|path| site.files.contains(*path)) && !gone.iter().any(|path| site.files.contains(*path)) {
            return None;
        }
        let mut files = BTreeSet::clone(&site.files);
        files.retain(|path| !gone.contains(&path));
        files.extend(there.into_iter().cloned());
        let files = Arc::new(files);
        Arc::make_mut(site).set_files(Arc::clone(&files));
        Some(files)
    }

    /// Whether something becomes due by time alone.
    fn is_waiting(&self) -> bool {
        self.suspects.is_waiting()
    }

    /// Tells what was saved and is lost, once the site has been read.
    fn tell_overwritten(&mut self, shared: &Shared, generation: u64, folder: &SiteFolder) {
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
            return;
        }
        self.suspects.begin(folder);
        let files = self.suspects.due(folder);
        if !files.is_empty() {
            shared.answer(Event::Overwritten { generation, files });
        }
    }

    /// Files whose stamps are others than before, or that are gone.
    fn changed_since(&mut self, folder: &SiteFolder) -> Option<Vec<SitePath>> {
        let survey = survey(folder, Stamps::OfWalk, &Cancel::default()).map_err(|error| log::warn!("{error}")).ok()?;
        let mut paths: Vec<SitePath> = Vec::new();
        let mut before = self.stamps.take().unwrap_or_else(|| stamps_of(&self.known));
        let mut now = BTreeMap::new();
        for found in survey.articles {
            if before.remove(&found.path) != Some(found.stamp) {
                paths.push(found.path.clone());
            }
            now.insert(found.path, found.stamp);
        }
        self.stamps = Some(now);
        paths.extend(before.into_keys());
        let files = &self.site().files;
        paths.extend(files.symmetric_difference(&survey.others).cloned());
        Some(paths)
    }

    /// The site as the last scan found it; an empty one before, for the scan reads these files yet.
    fn site(&self) -> Arc<Site> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|known| Arc::clone(&known.site)).unwrap_or_default()
    }
}

/// The stamps that the last scan found; none before there was one.
fn stamps_of(known: &Known) -> BTreeMap<SitePath, Stamp> {
    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let articles = known.as_ref().map(|known| known.articles.as_slice()).unwrap_or_default();
    articles.iter().map(|found| (found.path.clone(), found.stamp)).collect()
}

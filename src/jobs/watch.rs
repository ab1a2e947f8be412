//! What other programs change in the site, as it happens.
//!
//! Invariant: content decides; a file whose bytes are what they were is not told. Many changes are one event.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, TryRecvError};
use rayon::prelude::*;

use super::overwritten::{Heads, Suspects};
use super::pool::Cancel;
use super::rows::Rows;
use super::runner::Shared;
use super::scan::branch_of;
use super::site::{Known, options_of};
use super::survey::{Stamps, Unread, survey};
use crate::desk::Event;
use crate::file::{SitePath, Stamp};
use crate::site::Site;
use crate::site::paths::{ArticleName, is_article_name};
use crate::storage::watch::{Batch, Watcher};
use crate::storage::{self, SiteFolder, StorageError};

/// How often the thread looks what has become due while something waits.
pub(super) const LOOK_UP: Duration = Duration::from_millis(500);

/// Where nothing can be watched, the files that were saved are looked at so often: what is lost of them is told in time.
pub(super) const LOOK_AT_SAVED: Duration = Duration::from_secs(3);

/// Of the time at most this part goes into looking at them, where they are many or the disk is slow.
const PART_FOR_LOOKING: u32 = 20;

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
    let mut seen = Seen::new(known, suspects);
    let mut watcher = Watcher::start(folder, &options_of(folder));
    let (mut told_polling, mut told_replaced) = (false, false);
    let (mut next_look, mut next_try) = (Instant::now(), Instant::now());
    while closed.try_recv() != Err(TryRecvError::Disconnected) {
        if let Some(reason) = watcher.polling()
            && !told_polling
        {
            told_polling = true;
            shared.answer(Event::Trouble(format!("Changes of other programs are seen a little later here: {reason}")));
        }
        let is_blind = watcher.polling().is_some();
        let patience = match (seen.is_waiting(), is_blind) {
            (true, _) => LOOK_UP,
            (false, true) => LOOK_AT_SAVED,
            (false, false) if seen.is_in_the_dark() => LOOK_AT_SAVED,
            (false, false) => LONG,
        };
        match watcher.next_until(patience, closed) {
            Some(Batch::Files(paths)) => seen.tell(shared, generation, folder, paths),
            Some(Batch::Rescan) if folder.is_replaced() => tell_replaced(shared, &mut told_replaced),
            Some(Batch::Rescan) => {
                if let Some(paths) = seen.changed_since(shared, generation, folder) {
                    seen.tell(shared, generation, folder, paths);
                }
            }
            Some(Batch::Git) => {
                shared.answer(Event::Branch(branch_of(folder)));
            }
            None => {}
        }
        if seen.is_in_the_dark() && Instant::now() >= next_try {
            next_try = Instant::now() + LOOK_AT_SAVED;
            if let Some(paths) = seen.in_sight_again(shared, generation, folder) {
                seen.tell(shared, generation, folder, paths);
            }
        }
        if is_blind && Instant::now() >= next_look {
            let start = Instant::now();
            let paths = seen.saved_and_changed(folder);
            next_look = start + LOOK_AT_SAVED.max(start.elapsed() * PART_FOR_LOOKING);
            if !paths.is_empty() {
                seen.tell(shared, generation, folder, paths);
            }
        }
        seen.tell_overwritten(shared, generation, folder);
    }
}

/// Says once that nothing of this folder is the site any more.
fn tell_replaced(shared: &Shared, is_told: &mut bool) {
    if !std::mem::replace(is_told, true) {
        let offer = "Read the site again to open that one; unsaved edits go along";
        shared.answer(Event::Trouble(format!("Another folder took the place of the site's. {offer}")));
    }
}

/// What the thread knows of the site: what the scan found, for records, and the stamps of what was told last, for a rescan.
struct Seen {
    known: Known,
    stamps: Option<BTreeMap<SitePath, Stamp>>,
    /// Where nobody could look the last time.
    unread: Unread,
    /// Files that were told as unreadable.
    unreadable: BTreeSet<SitePath>,
    suspects: Suspects,
}

impl Seen {
    fn new(known: Known, suspects: Suspects) -> Self {
        Self { known, stamps: None, unread: Unread::default(), unreadable: BTreeSet::new(), suspects }
    }

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
                    self.unreadable.remove(&path);
                    stamps.insert(path, snapshot.stamp);
                    self.suspects.seen(&snapshot);
                    files.push((snapshot, record));
                }
                // What became a folder is no article any more, as for a scan.
                Err(error) if error.is_not_found() || matches!(error, StorageError::NotRegular { .. }) => {
                    self.unreadable.remove(&path);
                    stamps.remove(&path);
                    gone.push(path);
                }
                Err(error) => {
                    stamps.remove(&path);
                    self.unreadable.insert(path.clone());
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

    /// Whether something could not be looked at: what becomes of that the system may not tell.
    fn is_in_the_dark(&self) -> bool {
        !self.unreadable.is_empty() || !self.unread.is_empty()
    }

    /// What has to be told anew of what could not be read, now that some of it can.
    fn in_sight_again(&mut self, shared: &Shared, generation: u64, folder: &SiteFolder) -> Option<Vec<SitePath>> {
        let is_in_sight = |path: &&SitePath| match storage::read::read(folder, path) {
            Ok(_) => true,
            Err(error) => error.is_not_found(),
        };
        let mut paths: Vec<SitePath> = self.unreadable.iter().filter(is_in_sight).cloned().collect();
        if self.unread.is_in_sight(folder) {
            paths.extend(self.changed_since(shared, generation, folder)?);
        }
        (!paths.is_empty()).then_some(paths)
    }

    /// Whether something becomes due by time alone.
    fn is_waiting(&self) -> bool {
        self.suspects.is_waiting()
    }

    /// Tells what was saved and is lost, once the site has been read.
    fn tell_overwritten(&mut self, shared: &Shared, generation: u64, folder: &SiteFolder) {
        let unread = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(known) = &*known else { return };
            known.unread.clone()
        };
        if !self.suspects.has_begun() {
            self.suspects.begin(folder);
            self.unread = unread;
        }
        let files = self.suspects.due(folder);
        if !files.is_empty() {
            shared.answer(Event::Overwritten { generation, files });
        }
    }

    /// Files that were saved and whose stamps are others than before, or that are gone.
    fn saved_and_changed(&mut self, folder: &SiteFolder) -> Vec<SitePath> {
        let stamps = self.stamps.get_or_insert_with(|| stamps_of(&self.known));
        let saved = self.suspects.saved();
        saved.into_iter().filter(|path| stamps.get(path).copied() != storage::read::stamp(folder, path)).collect()
    }

    /// Files whose stamps are others than before, or that are gone. Where nobody can look everything stays as it was, and is told
    /// when somebody can.
    fn changed_since(&mut self, shared: &Shared, generation: u64, folder: &SiteFolder) -> Option<Vec<SitePath>> {
        let survey = survey(folder, Stamps::OfWalk, &Cancel::default()).map_err(|error| log::warn!("{error}")).ok()?;
        let mut paths: Vec<SitePath> = Vec::new();
        let mut before = self.stamps.take().unwrap_or_else(|| stamps_of(&self.known));
        let mut now = BTreeMap::new();
        let unread = std::mem::replace(&mut self.unread, survey.unread);
        if let Some(news) = self.unread.news_after(&unread) {
            shared.answer(Event::Trouble(news));
        }
        let is_in_sight_again = |path: &SitePath| unread.holds(path.as_str()) && !self.unread.holds(path.as_str());
        before.iter_mut().filter(|(path, _)| is_in_sight_again(path)).for_each(|(_, stamp)| *stamp = Stamp::default());
        for found in survey.articles {
            if before.remove(&found.path) != Some(found.stamp) {
                paths.push(found.path.clone());
            }
            now.insert(found.path, found.stamp);
        }
        let (kept, gone): (BTreeMap<_, _>, BTreeMap<_, _>) =
            before.into_iter().partition(|(path, _)| self.unread.holds(path.as_str()));
        let news: Vec<SitePath> = kept.keys().filter(|path| !unread.holds(path.as_str())).cloned().collect();
        if !news.is_empty() {
            shared.answer(Event::OutOfSight { generation, articles: news });
        }
        now.extend(kept);
        self.stamps = Some(now);
        paths.extend(gone.into_keys());
        let site = self.site();
        let others = site.files.symmetric_difference(&survey.others);
        paths.extend(others.filter(|path| !self.unread.holds(path.as_str())).cloned());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::ContentHash;
    use crate::jobs::overwritten::QUIET;
    use crate::storage::StateFolder;
    use crate::storage::vfs::{Root, Spot, Vfs as _, replace};

    #[test]
    fn what_was_saved_is_looked_at_in_time_where_nothing_can_be_watched() {
        assert!(LOOK_AT_SAVED + QUIET + LOOK_UP <= Duration::from_secs(5), "the promise of five seconds");
        let (site, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (folder, state) = (SiteFolder::open(site.path()).unwrap(), StateFolder::at(state.path()).unwrap());
        let disk = folder.disk(None);
        let in_site = |name: &str| Spot::new(Root::Site, name);
        let write_both = |text: &str| {
            for name in ["saved.md", "other.md"] {
                replace(&disk, &in_site(name), text.as_bytes()).unwrap();
            }
        };
        write_both("ours");
        let saved = SitePath::new("saved.md").unwrap();
        let heads = Heads::default();
        let suspects = Suspects::new(&folder, &state, Arc::clone(&heads));
        let mut seen = Seen::new(Known::default(), suspects);
        assert_eq!(seen.saved_and_changed(&folder), [], "nothing was saved");
        heads.lock().unwrap().insert(saved.clone(), ContentHash::of(b"ours"));
        // Told as they are; then the stamps are known.
        let note = |seen: &mut Seen| {
            let stamp = storage::read::stamp(&folder, &saved);
            let stamps = seen.stamps.as_mut().unwrap();
            match stamp {
                Some(stamp) => stamps.insert(saved.clone(), stamp),
                None => stamps.remove(&saved),
            };
        };
        note(&mut seen);
        assert_eq!(seen.saved_and_changed(&folder), []);
        write_both("theirs, and longer");
        assert_eq!(seen.saved_and_changed(&folder), std::slice::from_ref(&saved), "the other one was not saved");
        note(&mut seen);
        assert_eq!(seen.saved_and_changed(&folder), []);
        disk.remove(&in_site("saved.md")).unwrap();
        assert_eq!(seen.saved_and_changed(&folder), std::slice::from_ref(&saved));
        note(&mut seen);
        assert_eq!(seen.saved_and_changed(&folder), [], "it is told once that it is gone");
    }
}

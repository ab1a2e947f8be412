//! Opens a site: what is remembered of it first, or the first articles that are found, then the walk, then what changed, then what is wrong with the articles.
//!
//! Invariant: rows stream out as they are read; a scan that was cancelled sends nothing more.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::index::{DESK, Index, Mark};
use super::pool::Cancel;
use super::rows::Rows;
use super::runner::{SETTINGS_VERSION, Shared};
use super::site::{KnownSite, ScanSeat};
use super::survey::{COUNTED, EARLY, Stamps, Survey, Unread, early, remembered, sort_by_path, survey_telling};
use super::{journal, left};
use crate::article::Wanted;
use crate::catalog::Catalog;
use crate::desk::{Event, SiteState};
use crate::file::{SitePath, Snapshot, Stamp};
use crate::site::paths::collection_of;
use crate::site::{Config, Site};
use crate::storage::git::Branch;
use crate::storage::scan::Found;
use crate::storage::state::{SiteKey, StateFile};
use crate::storage::{self, SiteFolder, StorageError};

/// Reads the site in `root`, or in a copy of the sample site.
pub(super) fn scan(shared: &Shared, mut seat: ScanSeat, root: Option<PathBuf>) {
    let generation = seat.generation;
    let opened = match root {
        Some(root) => SiteFolder::open(&root),
        None => super::sample::copy(&shared.state).and_then(|root| SiteFolder::open(&root)),
    };
    let result = opened.and_then(|folder| {
        if !seat.open(&folder) {
            // Rows of one folder over texts of another: all is to begin anew, once the journal has what is unsaved.
            let path = folder.root().display().to_string();
            return if journal::is_synced(&seat.journal) {
                shared.answer(Event::Replaced { generation });
                Ok(())
            } else {
                Err(StorageError::NotReopened { path })
            };
        }
        let remembered = show_remembered(shared, &seat, &folder);
        seat.start(shared, &folder);
        scan_folder(shared, &seat, &folder, remembered)
    });
    if let Err(error) = result {
        shared.answer(Event::ScanFailed { generation, message: error.to_string() });
    }
}

/// How long the walk waits at most until what is remembered is on the screen: all cores are for that.
const FIRST_ROWS: Duration = Duration::from_millis(250);

/// Tells the rows that are remembered, and waits until the window has asked for them and got them. A second scan of an open site
/// trusts nothing: it was asked for.
fn show_remembered(shared: &Shared, seat: &ScanSeat, folder: &SiteFolder) -> Option<(Index, Site)> {
    let generation = seat.generation;
    if seat.known.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
        return None;
    }
    let index = Index::load(&shared.state, folder, DESK)?;
    let site = remembered(folder, &index);
    shared.answer(site_read(shared, generation, folder, site.clone(), (index.catalog.len(), true)));
    shared.answer(Event::Indexed { generation, catalog: Box::new(index.catalog.clone()) });
    if seat.rows_told.recv_timeout(FIRST_ROWS).is_err() {
        log::info!("{}: the first rows take long", folder.root().display());
    }
    Some((index, site))
}

/// How long a walk may last before something is shown: half a frame. Most are over by then, and what they show is right at once.
const PATIENCE: Duration = Duration::from_millis(8);

/// Walks the site and tells how many files there are. Where no rows are shown yet and it takes long, the first ones that are found
/// are shown.
fn walk(shared: &Shared, seat: &ScanSeat, folder: &SiteFolder, mut is_shown: bool) -> Result<Survey, StorageError> {
    let (generation, start) = (seat.generation, Instant::now());
    survey_telling(folder, Stamps::OfWalk, &seat.cancel, &mut |files, config, found| {
        if files.is_multiple_of(COUNTED) {
            shared.answer(Event::Walked { generation, files });
        }
        let is_due = !is_shown && found.len() >= EARLY && files.is_multiple_of(EARLY);
        if is_due && start.elapsed() >= PATIENCE && !seat.cancel.is_cancelled() {
            is_shown = true;
            show_first(shared, generation, folder, config, found);
        }
    })
}

/// Shows the first articles of a site that nothing is remembered of, while the walk goes on. All of them are read again when the
/// whole site is known.
fn show_first(shared: &Shared, generation: u64, folder: &SiteFolder, config: &Config, found: &[Found]) {
    let (site, first) = early(folder, config, found);
    let mut catalog = Catalog::new();
    let files: Vec<&Found> = first.iter().collect();
    Rows::of(folder, &site, &Wanted::All, false).read_here(&files, &mut |record| {
        catalog.upsert(record);
    });
    shared.answer(site_read(shared, generation, folder, site.clone(), (found.len(), false)));
    shared.answer(Event::Indexed { generation, catalog: Box::new(catalog) });
}

fn scan_folder(
    shared: &Shared,
    seat: &ScanSeat,
    folder: &SiteFolder,
    remembered: Option<(Index, Site)>,
) -> Result<(), StorageError> {
    let generation = seat.generation;
    let before = seat.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let survey = walk(shared, seat, folder, remembered.is_some() || before.is_some())?;
    let (mut site, mut articles, mut troubles, unread) = survey.into_parts();
    let (index, remembered) = remembered.unzip();
    let kept = out_of_sight(&unread, &articles, index.as_ref(), before.as_ref());
    if !kept.is_empty() {
        keep_known(&mut site, before.as_ref().map(|before| &*before.site).or(remembered.as_ref()), &kept, &unread);
        articles.extend(kept.iter().cloned());
        sort_by_path(&mut articles);
    }
    let is_kept = |found: &Found| kept.binary_search_by(|kept| kept.path.cmp(&found.path)).is_ok();
    let mut told = site.clone();
    if let Some(known) = &remembered {
        // What all articles say of scores is more than what a sample says.
        told.keep_scores(known);
    }
    if !seat.cancel.is_cancelled() {
        shared.answer(site_read(shared, generation, folder, told, (articles.len(), true)));
    }
    // Also where the scan was stopped: edits wait for it.
    // A site that was closed just now may still hold its journal.
    for ended in &seat.earlier {
        while ended.recv().is_ok() {}
    }
    let (recovered, journal) = left::recovered(&seat.journal, (folder, &shared.state), &articles);
    shared.answer(Event::Recovered { generation, recovered, journal });
    let mark = Mark::now(&site, &Wanted::All, true);
    let (site, articles) = (Arc::new(site), Arc::new(articles));
    {
        // Asked under the lock: what a stopped scan found never takes the place of what the one after it found.
        let mut known = seat.known.lock().unwrap_or_else(PoisonError::into_inner);
        if seat.cancel.is_cancelled() {
            return Ok(());
        }
        *known = Some(KnownSite { site: Arc::clone(&site), articles: Arc::clone(&articles), unread, mark });
    }

    let mut gone = gone_since(index.as_ref(), before.as_ref(), &articles);
    let good = index.as_ref().filter(|index| index.mark.settings == mark.settings);
    let to_read: Vec<&Found> =
        articles.par_iter().filter(|found| !is_kept(found) && !good.is_some_and(|index| index.trusts(found))).collect();
    let rows = Rows::of(folder, &site, &Wanted::All, false);
    rows.read(&to_read, &seat.cancel, &mut |batch| {
        gone.extend(batch.dropped);
        troubles.extend(batch.troubles);
        shared.answer(Event::Scanned { generation, records: batch.records });
    });
    if seat.cancel.is_cancelled() {
        return Ok(());
    }
    if !kept.is_empty() {
        let articles = kept.iter().map(|found| found.path.clone()).collect();
        shared.answer(Event::OutOfSight { generation, articles });
    }
    let changed = !to_read.is_empty() || !gone.is_empty();
    shared.answer(Event::ScanDone { generation, gone, troubles });
    match good.filter(|index| index.mark.files == mark.files) {
        Some(_) if !changed => {}
        Some(_) => check(shared, seat, &rows, &to_read),
        None => check(shared, seat, &rows, &articles.iter().filter(|found| !is_kept(found)).collect::<Vec<_>>()),
    }
    Ok(())
}

/// Articles that are known and not on disk any more.
fn gone_since(index: Option<&Index>, before: Option<&KnownSite>, articles: &[Found]) -> Vec<SitePath> {
    let is_there = |path: &str| articles.binary_search_by(|found| found.path.as_str().cmp(path)).is_ok();
    match (index, before) {
        (Some(Index { catalog, .. }), _) => {
            catalog.ids().filter(|id| !is_there(catalog.path_text(*id))).map(|id| catalog.path(id)).collect()
        }
        (None, Some(before)) => {
            let paths = before.articles.iter().map(|found| &found.path);
            paths.filter(|path| !is_there(path.as_str())).cloned().collect()
        }
        (None, None) => Vec::new(),
    }
}

/// What is known of the collections of these articles, and of the other files there, stays known.
fn keep_known(site: &mut Site, known: Option<&Site>, kept: &[Found], unread: &Unread) {
    let Some(known) = known else { return };
    let folders: BTreeSet<&str> = kept.iter().map(|found| collection_of(&found.path)).collect();
    site.keep_collections(known, &|folder| folders.contains(folder));
    site.keep_files(known, &|path| unread.holds(path.as_str()));
}

/// Articles that are known, and that the walk did not find because it could not look there: a folder that cannot be read for a
/// moment. They stay as they are known. In order of their paths.
fn out_of_sight(unread: &Unread, found: &[Found], index: Option<&Index>, before: Option<&KnownSite>) -> Vec<Found> {
    if unread.is_empty() {
        return Vec::new();
    }
    let is_out_of_sight =
        |path: &str| unread.holds(path) && found.binary_search_by(|found| found.path.as_str().cmp(path)).is_err();
    let mut kept: Vec<Found> = match (index, before) {
        (Some(Index { catalog, .. }), _) => {
            let kept = catalog.ids().filter(|id| is_out_of_sight(catalog.path_text(*id)));
            kept.map(|id| Found { path: catalog.path(id), stamp: catalog.stamp(id) }).collect()
        }
        (None, Some(before)) => {
            before.articles.iter().filter(|found| is_out_of_sight(found.path.as_str())).cloned().collect()
        }
        (None, None) => Vec::new(),
    };
    kept.sort_by(|one, other| one.path.cmp(&other.path));
    kept
}

/// Looks for problems, which takes longer than rows do, and then asks for the rows to be remembered.
fn check(shared: &Shared, seat: &ScanSeat, rows: &Rows<'_>, files: &[&Found]) {
    let generation = seat.generation;
    rows.check(files, &seat.cancel, &mut |problems| {
        shared.answer(Event::Checked { generation, problems, done: false });
    });
    if !seat.cancel.is_cancelled() {
        shared.answer(Event::Checked { generation, problems: Vec::new(), done: true });
    }
}

/// Looks for problems in some articles again, since what they speak of has changed.
pub(super) fn check_again(shared: &Shared, generation: u64, folder: &SiteFolder, site: &Site, articles: Vec<SitePath>) {
    let found = articles.into_iter().map(|path| Found { path, stamp: Stamp::default() });
    let found: Vec<Found> = found.collect();
    let rows = Rows::of(folder, site, &Wanted::All, false);
    rows.check(&found.iter().collect::<Vec<_>>(), &Cancel::default(), &mut |problems| {
        shared.answer(Event::Checked { generation, problems, done: false });
    });
}

/// `files`: how many were found, and whether they are all.
fn site_read(
    shared: &Shared,
    generation: u64,
    folder: &SiteFolder,
    site: Site,
    (files, whole): (usize, bool),
) -> Event {
    Event::SiteRead {
        generation,
        root: folder.root().to_owned(),
        site: Box::new(site),
        state: Box::new(state_of(shared, folder)),
        files,
        branch: branch_of(folder),
        today: chrono::Local::now().date_naive(),
        whole,
    }
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

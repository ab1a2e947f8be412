//! Opens a site: what is remembered of it first, then the walk, then what changed, then what is wrong with the articles.
//!
//! Invariant: rows stream out as they are read; a scan that was cancelled sends nothing more.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use rayon::prelude::*;

use super::index::{DESK, Index, Mark};
use super::journal;
use super::rows::Rows;
use super::runner::{SETTINGS_VERSION, Shared};
use super::site::{KnownSite, ScanSeat};
use super::survey::{Stamps, remembered, survey};
use crate::article::Wanted;
use crate::desk::{Event, SiteState};
use crate::file::{SitePath, Snapshot};
use crate::site::Site;
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
        seat.open(shared, &folder);
        scan_folder(shared, &seat, &folder)
    });
    if let Err(error) = result {
        shared.answer(Event::ScanFailed { generation, message: error.to_string() });
    }
}

fn scan_folder(shared: &Shared, seat: &ScanSeat, folder: &SiteFolder) -> Result<(), StorageError> {
    let generation = seat.generation;
    let before = seat.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // A second scan of an open site trusts nothing: it was asked for.
    let index = if before.is_none() { Index::load(&shared.state, folder, DESK) } else { None };
    if let Some(index) = &index {
        let site = remembered(folder, &index.catalog);
        shared.answer(site_read(shared, generation, folder, site, index.catalog.len()));
        shared.answer(Event::Indexed { generation, catalog: Box::new(index.catalog.clone()) });
    }
    let survey = survey(folder, Stamps::OfWalk, &seat.cancel)?;
    if seat.cancel.is_cancelled() {
        return Ok(());
    }
    let (site, articles, mut troubles) = survey.into_parts();
    let mark = Mark::now(&site, &Wanted::All, true);
    shared.answer(site_read(shared, generation, folder, site.clone(), articles.len()));
    let (site, articles) = (Arc::new(site), Arc::new(articles));
    let known = KnownSite { site: Arc::clone(&site), articles: Arc::clone(&articles), mark };
    *seat.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);

    let shown: Vec<SitePath> = match (&index, &before) {
        (Some(index), _) => index.catalog.ids().map(|id| index.catalog.path(id)).collect(),
        (None, Some(before)) => before.articles.iter().map(|found| found.path.clone()).collect(),
        (None, None) => Vec::new(),
    };
    let is_there = |path: &SitePath| articles.binary_search_by(|found| found.path.cmp(path)).is_ok();
    let mut gone: Vec<SitePath> = shown.into_iter().filter(|path| !is_there(path)).collect();
    let good = index.as_ref().filter(|index| index.mark.settings == mark.settings);
    let unread: Vec<&Found> =
        articles.par_iter().filter(|found| !good.is_some_and(|index| index.trusts(found))).collect();
    let rows = Rows::of(folder, &site, &Wanted::All, false);
    rows.read(&unread, &seat.cancel, &mut |batch| {
        gone.extend(batch.dropped);
        troubles.extend(batch.troubles);
        shared.answer(Event::Scanned { generation, records: batch.records });
    });
    if seat.cancel.is_cancelled() {
        return Ok(());
    }
    let changed = !unread.is_empty() || !gone.is_empty();
    let (recovered, journal) = journal::recovered(&seat.journal, folder, &articles);
    shared.answer(Event::ScanDone { generation, gone, troubles, recovered, journal });
    match good.filter(|index| index.mark.files == mark.files) {
        Some(_) if !changed => {}
        Some(_) => check(shared, seat, &rows, &unread),
        None => check(shared, seat, &rows, &articles.iter().collect::<Vec<_>>()),
    }
    Ok(())
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

fn site_read(shared: &Shared, generation: u64, folder: &SiteFolder, site: Site, files: usize) -> Event {
    Event::SiteRead {
        generation,
        root: folder.root().to_owned(),
        site: Box::new(site),
        state: Box::new(state_of(shared, folder)),
        files,
        branch: branch_of(folder),
        today: chrono::Local::now().date_naive(),
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

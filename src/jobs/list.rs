//! All rows of a site at once, for the command line: what is remembered where it still holds, the rest read.
//!
//! Invariant: the rows are those that reading every file would give; only the columns that are wished for need memory.

use std::sync::{Mutex, PoisonError};

use crossbeam_channel::{Receiver, bounded};
use rayon::prelude::*;

use super::index::{self, DESK, Index, LIST, Mark};
use super::pool::{Cancel, start_thread};
use super::rows::Rows;
use super::survey::{Stamps, Survey};
use crate::article::Wanted;
use crate::catalog::{ArticleId, Catalog};
use crate::file::Stamp;
use crate::storage::scan::Found;
use crate::storage::state::StateFolder;
use crate::storage::{self, SiteFolder};

/// What is remembered of a site, loaded while the site is walked, and kept again while its rows are written. Dropping it waits
/// until they are kept.
pub struct Memory {
    folder: SiteFolder,
    state: StateFolder,
    stamps: Stamps,
    loaded: Receiver<Option<Index>>,
    kept: Mutex<Option<Receiver<()>>>,
}

impl Memory {
    /// Starts loading.
    #[must_use]
    pub fn of(folder: &SiteFolder, state: StateFolder) -> Self {
        let something = [LIST, DESK].iter().any(|name| index::is_there(&state, folder, name));
        let stamps = if something { Stamps::OfWalk } else { Stamps::WhenRead };
        let (sender, loaded) = bounded(1);
        let (of, from) = (folder.clone(), state.clone());
        // Nobody waits for the answer any more when it cannot be sent, and without a thread nothing is remembered.
        start_thread("index", move || drop(sender.send(Index::load(&from, &of, LIST))));
        Self { folder: folder.clone(), state, stamps, loaded, kept: Mutex::default() }
    }

    /// Whether a walk has to ask for stamps.
    #[must_use]
    pub const fn stamps(&self) -> Stamps {
        self.stamps
    }

    fn take(&self) -> Option<Index> {
        self.loaded.recv().ok().flatten()
    }

    /// Remembers rows for the next time, on a thread of its own.
    fn keep(&self, name: &'static str, catalog: Catalog, mark: Mark) {
        let (sender, kept) = bounded(1);
        let (folder, state) = (self.folder.clone(), self.state.clone());
        start_thread("index", move || {
            if let Err(error) = index::store(&state, &folder, name, &catalog, &[], mark) {
                log::info!("what was read is not remembered: {error}");
            }
            drop(sender);
        });
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if kept.is_some_and(|kept| kept.recv().is_ok()) {
            log::trace!("rows are kept");
        }
    }
}

/// Reads the rows of a site with the fields that are wanted, and with the problems of each article if they are asked for.
/// `step` is told how many of how many files are done.
pub fn list(
    folder: &SiteFolder,
    survey: &Survey,
    memory: Option<&Memory>,
    wanted: &Wanted,
    with_problems: bool,
    step: &mut dyn FnMut(usize, usize),
) -> Catalog {
    let of_walk = |at: usize| survey.articles.get(at).map(|found| found.stamp);
    let is_stamped = survey.stamps == Stamps::OfWalk;
    let everything = is_stamped.then(|| Mark::everything(survey, &of_walk, wanted, with_problems)).flatten();
    let remembered = memory.and_then(Memory::take);
    let (remembered, count) = match remembered {
        Some(index) if Some(index.mark.everything) == everything => {
            step(survey.articles.len(), survey.articles.len());
            return index.catalog;
        }
        other => (other, survey.articles.len()),
    };
    let site = survey.site();
    let own = Mark::now(site, wanted, with_problems);
    let found = usable(folder, survey, memory, remembered, own, with_problems);
    let unread: Vec<&Found> = match &found {
        Some((.., index)) => survey.articles.par_iter().filter(|found| !index.trusts(found)).collect(),
        None => survey.articles.iter().collect(),
    };
    let of_desk = found.as_ref().is_some_and(|(name, ..)| *name == DESK);
    let (wanted, with_problems) = if of_desk { (&Wanted::All, true) } else { (wanted, with_problems) };
    let (name, mark, mut catalog) = match found {
        Some((name, mark, index)) => (name, mark, index.catalog),
        None => (LIST, own, Catalog::new()),
    };
    let mut changed = forget_gone(&mut catalog, &survey.articles) || !unread.is_empty();
    let mut done = count - unread.len();
    Rows::of(folder, site, wanted, with_problems).read(&unread, &Cancel::default(), &mut |batch| {
        done += batch.records.len() + batch.dropped.len();
        for record in batch.records {
            catalog.upsert(record);
        }
        for id in batch.dropped.iter().filter_map(|path| catalog.id_of(path)).collect::<Vec<ArticleId>>() {
            catalog.remove(id);
            changed = true;
        }
        step(done, count);
    });
    if let Some(memory) = memory.filter(|_| changed) {
        let read = if is_stamped { Vec::new() } else { stamps_of(&catalog, &survey.articles) };
        let stamp = |at: usize| {
            let known = if is_stamped { of_walk(at) } else { read.get(at).copied().flatten() };
            let known = known.or_else(|| storage::read::stamp(folder, &survey.articles.get(at)?.path));
            known.filter(|stamp| index::was_at_rest(*stamp, mark.began))
        };
        let everything = (name == LIST).then(|| Mark::everything(survey, &stamp, wanted, with_problems)).flatten();
        memory.keep(name, catalog.clone(), Mark { everything: everything.unwrap_or(0), ..mark });
    }
    catalog
}

/// What is remembered and still holds: of the last list, or of the desk.
fn usable(
    folder: &SiteFolder,
    survey: &Survey,
    memory: Option<&Memory>,
    of_list: Option<Index>,
    own: Mark,
    with_problems: bool,
) -> Option<(&'static str, Mark, Index)> {
    let holds = |index: &Index, mark: Mark| {
        index.mark.settings == mark.settings && (!with_problems || index.mark.files == mark.files)
    };
    if let Some(index) = of_list.filter(|index| holds(index, own)) {
        return Some((LIST, own, index));
    }
    let index = Index::load(&memory?.state, folder, DESK)?;
    let desk = Mark::now(survey.site(), &Wanted::All, true);
    holds(&index, desk).then_some((DESK, desk, index))
}

/// The stamps with which articles were read, by their numbers; nothing for a file that has no row. Both stand in the order of
/// paths, so that no path has to be looked for.
fn stamps_of(catalog: &Catalog, articles: &[Found]) -> Vec<Option<Stamp>> {
    let mut rows = catalog.ids().peekable();
    let stamp = |found: &Found| {
        let row = rows.next_if(|row| catalog.path_text(*row) == found.path.as_str());
        row.or_else(|| catalog.id_of(&found.path)).map(|row| catalog.stamp(row))
    };
    articles.iter().map(stamp).collect()
}

/// Takes out what is not on disk any more; says whether there was any.
fn forget_gone(catalog: &mut Catalog, articles: &[Found]) -> bool {
    let is_there = |path: &str| articles.binary_search_by(|found| found.path.as_str().cmp(path)).is_ok();
    let gone: Vec<ArticleId> = catalog.ids().filter(|id| !is_there(catalog.path_text(*id))).collect();
    gone.iter().for_each(|id| catalog.remove(*id));
    !gone.is_empty()
}

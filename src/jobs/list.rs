//! All rows of a site at once, for the command line: what is remembered where it still holds, the rest read.
//!
//! Invariant: the rows are those that reading every file would give; only the columns that are wished for need memory.

use crossbeam_channel::{Receiver, bounded};
use rayon::prelude::*;

use super::index::{self, DESK, Index, LIST, Mark};
use super::pool::{Cancel, start_thread};
use super::rows::Rows;
use super::survey::Survey;
use crate::article::Wanted;
use crate::catalog::{ArticleId, Catalog};
use crate::file::SitePath;
use crate::storage::SiteFolder;
use crate::storage::scan::Found;
use crate::storage::state::StateFolder;

/// What is remembered of a site, loaded while the site is walked.
pub struct Memory {
    state: StateFolder,
    loaded: Receiver<Option<Index>>,
}

impl Memory {
    /// Starts loading.
    #[must_use]
    pub fn of(folder: &SiteFolder, state: StateFolder) -> Self {
        let (sender, loaded) = bounded(1);
        let (folder, from) = (folder.clone(), state.clone());
        // Nobody waits for the answer any more when it cannot be sent, and without a thread nothing is remembered.
        start_thread("index", move || drop(sender.send(Index::load(&from, &folder, LIST))));
        Self { state, loaded }
    }

    fn take(&self) -> Option<Index> {
        self.loaded.recv().ok().flatten()
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
    let everything = Mark::everything(survey, wanted, with_problems);
    let remembered = memory.and_then(Memory::take);
    let (remembered, count) = match remembered {
        Some(index) if index.mark.everything == everything => {
            step(survey.articles.len(), survey.articles.len());
            return index.catalog;
        }
        other => (other, survey.articles.len()),
    };
    let site = survey.site();
    let own = Mark::now(site, wanted, with_problems);
    let desk = Mark::now(site, &Wanted::All, true);
    let holds = |index: &Index, mark: Mark| {
        index.mark.settings == mark.settings && (!with_problems || index.mark.files == mark.files)
    };
    let own_index = remembered.filter(|index| holds(index, own)).map(|index| (LIST, own, index));
    let of_desk = || {
        memory
            .and_then(|memory| Index::load(&memory.state, folder, DESK))
            .filter(|index| holds(index, desk))
            .map(|index| (DESK, desk, index))
    };
    let found = own_index.or_else(of_desk);
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
    if let Some(memory) = memory.filter(|_| changed)
        && let mark = if name == LIST { index::for_all_files(mark, everything, &survey.articles) } else { mark }
        && let Err(error) = index::store(&memory.state, folder, name, &catalog, mark)
    {
        log::info!("what was read is not remembered: {error}");
    }
    catalog
}

/// Takes out what is not on disk any more; says whether there was any.
fn forget_gone(catalog: &mut Catalog, articles: &[Found]) -> bool {
    let is_there = |path: &SitePath| articles.binary_search_by(|found| found.path.cmp(path)).is_ok();
    let gone: Vec<ArticleId> = catalog.ids().filter(|id| !is_there(&catalog.path(*id))).collect();
    gone.iter().for_each(|id| catalog.remove(*id));
    !gone.is_empty()
}

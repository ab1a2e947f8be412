//! Articles as they come from disk: the opening of a site, and the texts that are wanted in memory.
//!
//! Invariant: what is read here never touches a draft; a file that changed under one goes through `reconcile`.

use std::path::PathBuf;
use std::sync::Arc;

use super::effect::{Effect, Settle};
use super::keymap::Keymap;
use super::presets::recall;
use super::sitting::Sitting;
use super::toast::grouped;
use super::view::Renewal;
use super::{Desk, Phase, SiteState, Version};
use crate::article::Record;
use crate::catalog::duplicates::by_article;
use crate::catalog::{ArticleId, Catalog, ColumnKey, Computed, Group, Query};
use crate::document::Document;
use crate::file::{SitePath, Snapshot, Stamp};
use crate::site::{Schema, Site};

/// So many rows after the cursor (and before it) have their texts ready.
const AHEAD: usize = 3;

impl Desk {
    /// `files`: how many were found, and whether they are all.
    pub(super) fn site_read(
        &mut self,
        generation: u64,
        root: PathBuf,
        mut site: Site,
        state: SiteState,
        (files, whole): (usize, bool),
    ) {
        if generation != self.generation {
            return;
        }
        let (keymap, clashes) = Keymap::of(&site.config.desk);
        for problem in site.config.problems.iter().chain(&clashes) {
            self.toasts.error(format!("{problem}. {}", problem.help));
        }
        self.change_settings(|settings| settings.remember(root.clone()));
        if let Some(sitting) = self.sitting.as_mut().filter(|sitting| sitting.generation == generation) {
            recall(&mut site, &sitting.state.scores_of);
            let before = std::mem::replace(&mut sitting.site, Arc::new(site));
            sitting.keymap = keymap;
            sitting.scan.files = files;
            let was_whole = std::mem::replace(&mut sitting.scan.whole, whole);
            if !was_whole {
                sitting.scan.read = 0;
            }
            if sitting.follow_usual_collection(&before, was_whole) {
                self.look(Renewal::Rows);
            }
            return;
        }
        let mut sitting = Sitting::new(generation, root, site, state);
        (sitting.scan.files, sitting.scan.whole) = (files, whole);
        match Query::parse(&sitting.view.text) {
            Ok(query) => sitting.view.query = query,
            Err(error) => sitting.view.error = Some(error),
        }
        self.sitting = Some(Box::new(sitting));
        self.phase = Phase::Open;
        self.look(Renewal::Rows);
    }

    pub(super) fn scanned(&mut self, generation: u64, records: Vec<Record>) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        sitting.found_again(&records);
        for record in records {
            sitting.take_record(record);
        }
        self.look_soon(Renewal::Beside);
    }

    pub(super) fn scan_done(&mut self, generation: u64, gone: &[SitePath], troubles: Vec<String>) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let told = std::mem::take(&mut sitting.told);
        let gone: Vec<SitePath> = gone.iter().filter(|path| !told.contains(*path)).cloned().collect();
        sitting.note_losses(&[], &gone, &[]);
        let mut lost = Vec::new();
        for path in &gone {
            lost.extend(sitting.catalog.id_of(path).filter(|article| sitting.lose(*article)));
            sitting.forget(path);
        }
        sitting.catalog.settle();
        sitting.scan.done = true;
        sitting.marked = sitting.state.marked.iter().filter_map(|path| sitting.catalog.id_of(path)).collect();
        let count = troubles.len();
        let first = troubles.first().cloned();
        sitting.scan.troubles = troubles;
        if let Some(first) = first {
            let more = if count > 1 { format!(" (and {} more files)", grouped(count - 1)) } else { String::new() };
            self.toasts.error(format!("{first}{more}"));
        }
        self.tell_lost(&lost);
        self.watch_losses();
        for aside in std::mem::take(&mut self.aside) {
            self.displaced(aside);
        }
        self.look_soon(Renewal::Beside);
        self.settle_with(true, false);
    }

    /// Takes in what the index knows of the articles, as long as nothing newer is here.
    pub(super) fn indexed(&mut self, generation: u64, catalog: Catalog) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        if sitting.catalog.is_empty() {
            sitting.scan.read = catalog.len();
            sitting.catalog = catalog;
            self.look_soon(Renewal::Beside);
        }
    }

    /// Marks the rows of articles that have problems.
    pub(super) fn checked(&mut self, generation: u64, problems: Vec<(SitePath, Stamp, Vec<&'static str>)>, done: bool) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let before = sitting.catalog.version();
        for (path, stamp, codes) in problems {
            if let Some(article) = sitting.catalog.id_of(&path)
                && !sitting.drafts.contains_key(&article)
                && sitting.catalog.stamp(article) == stamp
            {
                sitting.catalog.set_problems(article, &codes);
            }
        }
        if sitting.catalog.version() != before {
            let wanted = sitting.view.text.contains("problem");
            self.look_soon(if wanted { Renewal::Beside } else { Renewal::Counts });
        }
        if done {
            self.settle_with(false, true);
        }
    }

    /// Looks for stories told twice once the changes come to rest.
    pub(super) fn settle(&mut self) {
        if self.sitting.as_ref().is_some_and(|sitting| sitting.catalog.version() != sitting.settled) {
            self.settle_with(false, false);
        }
    }

    pub(super) fn settle_with(&mut self, learn: bool, store: bool) {
        let smallest = self.smallest_picture();
        let Some(sitting) = &mut self.sitting else { return };
        sitting.settled = sitting.catalog.version();
        self.effects.push(Effect::Settle(Box::new(Settle {
            generation: sitting.generation,
            catalog: sitting.catalog.clone(),
            site: Arc::clone(&sitting.site),
            drafts: sitting.drafts.keys().copied().collect(),
            learn,
            store,
            smallest_picture: smallest,
            all_pictures: sitting.all_pictures,
        })));
    }

    /// Takes in what follows from all articles together.
    pub(super) fn settled(
        &mut self,
        generation: u64,
        schemas: Vec<(String, Arc<Schema>)>,
        duplicates: Option<Vec<Group>>,
    ) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        sitting.scan.learned = true;
        if !schemas.is_empty() {
            self.scores_learned(schemas);
        }
        let Some(sitting) = self.sitting_at(generation) else { return };
        // The first answer brings the rows that a filter by it waits for; later ones only count.
        let mut renewal = Renewal::Counts;
        if let Some(duplicates) = duplicates {
            let grouped = sitting.state.group == Some(ColumnKey::Computed(Computed::Twin));
            if sitting.duplicates.is_none() && (grouped || sitting.view.text.contains("duplicate")) {
                renewal = Renewal::Beside;
            }
            sitting.duplicates = Some(Arc::new(by_article(&duplicates)));
        }
        self.look_soon(renewal);
        self.store_place();
    }

    /// So many files were found while the site is opened. A site that is open already keeps its own counts.
    pub(super) fn walked(&mut self, generation: u64, files: usize) {
        if let Phase::Opening { found, .. } = &mut self.phase
            && generation == self.generation
        {
            *found = files;
        }
    }

    pub(super) fn scan_failed(&mut self, generation: u64, message: String) {
        if generation != self.generation {
            return;
        }
        if let Some(sitting) = &mut self.sitting {
            // What was read before is what is known.
            sitting.scan.done = true;
            sitting.is_recovered = true;
            self.start_waiting();
            self.toasts.error(message);
        } else {
            self.phase = Phase::Failed(message);
        }
    }

    /// Another folder took the place of the site's, so that one is opened. What is unsaved is in the journal, and is merged with
    /// what is there now, as after a restart.
    pub(super) fn replaced(&mut self, generation: u64) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let root = sitting.root.clone();
        self.open(Some(root));
        self.toasts.note("Another folder took the place of the site's: it was opened, with your unsaved edits");
    }

    pub(super) fn rescan(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        sitting.scan.done = false;
        sitting.told.clear();
        sitting.is_recovered = false;
        sitting.scan.read = 0;
        self.effects.push(Effect::Scan { generation: sitting.generation, root: Some(sitting.root.clone()) });
    }

    pub(super) fn cancel_work(&mut self) {
        self.effects.push(Effect::Cancel);
        if self.waiting_count() > 0 {
            self.stay_open();
        }
        let Some(sitting) = &mut self.sitting else { return };
        let was_reading = !std::mem::replace(&mut sitting.scan.done, true);
        // An edit is done in all of its articles or in none: what comes of those on their way is not waited for.
        let given_up = sitting.waiting.take_all();
        let labels: Vec<String> = given_up.iter().map(|pending| pending.label.clone()).collect();
        given_up.into_iter().rev().for_each(|pending| sitting.history.not_done(pending.role));
        // The question that was on its way was stopped too, and the table still wants its answer.
        if self.is_looking() {
            self.look(Renewal::Counts);
        }
        match labels.as_slice() {
            [] if was_reading => {
                self.toasts.note("Stopped. What was read so far stays; read the site again for the rest");
            }
            // A save tells what became of it when its last file is back.
            [] => {}
            [label] => self.toasts.note(format!("{label} · stopped, and done nowhere")),
            many => self.toasts.note(format!("{} edits stopped, and done nowhere", many.len())),
        }
    }

    /// Asks for the texts under and near the cursor that are not in memory.
    pub(super) fn load_around_cursor(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        let Some(cursor) = sitting.view.cursor() else { return };
        sitting.texts.touch(cursor);
        let row = sitting.view.cursor_row().unwrap_or(0);
        let near = row.saturating_sub(AHEAD)..(row + AHEAD + 1).min(sitting.view.rows.len());
        let near = sitting.view.upcoming().into_iter().chain(sitting.view.rows[near].iter().copied());
        let mut wanted = vec![cursor];
        for article in near {
            if !wanted.contains(&article) {
                wanted.push(article);
            }
        }
        wanted.retain(|id| sitting.texts.get(*id).is_none());
        let missing = wanted;
        let articles = sitting.open_drafts(missing);
        if !articles.is_empty() {
            let load = sitting.load(articles);
            self.effects.push(load);
        }
    }

    pub(super) fn loaded(&mut self, generation: u64, files: Vec<(ArticleId, Result<Snapshot, String>)>) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let (mut troubles, mut gone, mut again) = (Vec::new(), Vec::new(), Vec::new());
        for (article, result) in files {
            let arrival = sitting.arrived(article);
            match result {
                // What is here is no older: a draft has its own two texts, and changes of the disk are told.
                Ok(_) if sitting.drafts.contains_key(&article) || sitting.texts.get(article).is_some() => {}
                Ok(_) if arrival == Arrival::Overtaken || !sitting.catalog.contains(article) => {}
                Ok(snapshot) if arrival == Arrival::LastOvertaken => again.push((article, snapshot.path)),
                Ok(snapshot) => {
                    let document = Document::parse(&snapshot.bytes);
                    sitting.texts.put(article, Version::of(&snapshot), document);
                }
                Err(message) => {
                    gone.push(sitting.catalog.path(article));
                    troubles.push(message);
                }
            }
        }
        if !again.is_empty() {
            let load = sitting.load(again);
            self.effects.push(load);
        }
        if let Some(first) = troubles.first() {
            self.toasts.error(first.clone());
        }
        self.add_wanted_entries();
    }
}

/// Texts of an article that are on their way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Loading {
    count: usize,
    /// Whether another version was told meanwhile: which of the two is the newer one, only another look can say.
    is_overtaken: bool,
}

/// What a text is worth that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrival {
    Good,
    /// Another version was told while it was on its way, and others are to come.
    Overtaken,
    /// The same, and none is to come.
    LastOvertaken,
}

impl Sitting {
    /// Asks for the texts of these.
    pub(super) fn load(&mut self, articles: Vec<(ArticleId, SitePath)>) -> Effect {
        for (article, _) in &articles {
            self.loading.entry(*article).or_default().count += 1;
        }
        Effect::Load { generation: self.generation, articles }
    }

    /// Another version of an article was told: texts of it that are on their way may be older.
    pub(super) fn overtake(&mut self, article: ArticleId) {
        if let Some(loading) = self.loading.get_mut(&article) {
            loading.is_overtaken = true;
        }
    }

    fn arrived(&mut self, article: ArticleId) -> Arrival {
        let Some(loading) = self.loading.get_mut(&article) else { return Arrival::Good };
        loading.count = loading.count.saturating_sub(1);
        let loading = *loading;
        if loading.count == 0 {
            self.loading.remove(&article);
        }
        match (loading.is_overtaken, loading.count) {
            (false, _) => Arrival::Good,
            (true, 0) => Arrival::LastOvertaken,
            (true, _) => Arrival::Overtaken,
        }
    }

    /// Opens those that have drafts from their drafts, and says which of the others have to be read.
    pub(super) fn open_drafts(&mut self, missing: Vec<ArticleId>) -> Vec<(ArticleId, SitePath)> {
        let mut unread = Vec::new();
        for article in missing {
            match self.drafts.get(&article).and_then(|draft| Some((draft.base.clone(), draft.ours.clone()?))) {
                Some((base, ours)) => self.texts.put(article, base, Document::parse(ours.as_bytes())),
                None => unread.push((article, self.catalog.path(article))),
            }
        }
        unread
    }

    /// Takes the facts of an article in, unless unsaved edits say otherwise.
    fn take_record(&mut self, record: Record) {
        self.scan.read += 1;
        if self.is_outdated(&record) {
            return;
        }
        if let Some(article) = self.catalog.id_of(&record.path) {
            if self.drafts.contains_key(&article) {
                return;
            }
            if self.catalog.stamp(article) != record.stamp {
                self.overtake(article);
                self.texts.take(article);
            }
        }
        self.catalog.upsert(record);
    }

    /// Takes note that these were told of: while the site is read, what the reading finds of them may be older.
    pub(super) fn note_told<'p>(&mut self, paths: impl Iterator<Item = &'p SitePath>) {
        if !self.scan.done {
            self.told.extend(paths.cloned());
        }
    }

    /// Whether the reading found a version that is older than the one that was told of meanwhile, or a file that went since.
    fn is_outdated(&self, record: &Record) -> bool {
        let age = |stamp: Stamp| (stamp.changed, stamp.modified);
        let known = || self.catalog.id_of(&record.path).map(|article| age(self.catalog.stamp(article)));
        self.told.contains(&record.path) && known().is_none_or(|known| age(record.stamp) < known)
    }

    /// Forgets an article that is no more on disk, unless unsaved edits still hold it.
    pub(super) fn forget(&mut self, path: &SitePath) {
        let Some(article) = self.catalog.id_of(path) else { return };
        if self.drafts.contains_key(&article) {
            return;
        }
        self.texts.take(article);
        self.selection.forget(article);
        self.new.remove(&article);
        self.updated.remove(&article);
        self.unseen.remove(&article);
        self.catalog.remove(article);
    }
}

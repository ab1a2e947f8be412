//! What the desk knows while a site is open.
//!
//! Invariant: derived from the files but for drafts, history, marks and the state of the view; it may be built again at any time.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use super::draft::{Draft, Version};
use super::edit::Waiting;
use super::effect::{Look, PrepareItem};
use super::history::History;
use super::keymap::Keymap;
use super::notice::{Losses, Overwritten};
use super::presets::recall;
use super::reading::Loading;
use super::save::Saving;
use super::selection::Selection;
use super::settings::SiteState;
use super::versions::Versions;
use super::view::View;
use crate::catalog::{ArticleId, Catalog, ColumnKey, Computed, Facts, PictureReport, Query, SortKey, Twin};
use crate::document::changes::FieldChange;
use crate::document::merge::{Conflict, Merged, Side, open_marked};
use crate::document::{Document, FieldPath, NoticeCode};
use crate::file::SitePath;
use crate::site::paths::collection_of;
use crate::site::{Schema, Site};

/// An open site.
#[derive(Debug)]
pub struct Sitting {
    pub(super) generation: u64,
    pub(super) root: PathBuf,
    pub(super) site: Arc<Site>,
    /// The same stories told twice; nothing until they were looked for.
    pub(super) duplicates: Option<Arc<HashMap<ArticleId, Twin>>>,
    /// What is known of the articles' pictures.
    pub(super) pictures: PictureReport,
    /// The pictures that nothing names, once they were looked for.
    pub(super) unused_pictures: Option<Vec<crate::file::SitePath>>,
    /// Whether all pictures shall be looked at, however many there are.
    pub(super) all_pictures: bool,
    /// The catalog's version when duplicates were last looked for.
    pub(super) settled: u64,
    /// Whether the presets that are learned next shall take the place of those that are kept.
    pub(super) wants_presets: bool,
    pub(super) branch: Option<String>,
    pub(super) today: chrono::NaiveDate,
    pub(super) state: SiteState,
    pub(super) keymap: Keymap,
    pub(super) catalog: Catalog,
    pub(super) scan: Scan,
    pub(super) view: View,
    pub(super) selection: Selection,
    pub(super) drafts: BTreeMap<ArticleId, Draft>,
    pub(super) fields: BTreeMap<ArticleId, Vec<FieldChange>>,
    pub(super) texts: Texts,
    pub(super) history: History,
    pub(super) waiting: Waiting,
    pub(super) marked: BTreeSet<ArticleId>,
    /// What came since the site was opened.
    pub(super) new: BTreeSet<ArticleId>,
    /// What changed on disk since.
    pub(super) updated: BTreeSet<ArticleId>,
    /// What of these came or changed since the rows were asked for.
    pub(super) unseen: BTreeSet<ArticleId>,
    /// What merges decided without asking, and for whom, until it is told.
    pub(super) decided: Vec<(ArticleId, Conflict, Side)>,
    /// Files that went or broke.
    pub(super) losses: Losses,
    /// Saved edits that another program overwrote unseen, until they are answered.
    pub(super) overwritten: BTreeMap<SitePath, Overwritten>,
    /// The saved versions that are looked at.
    pub(super) versions: Option<Versions>,
    /// Texts that are on their way.
    pub(super) loading: BTreeMap<ArticleId, Loading>,
    /// Files that were told of, or saved, while the site is read: what the reading found of them may be older.
    pub(super) told: BTreeSet<SitePath>,
    /// Whether all that earlier sittings left unsaved is here. Until then edits wait: what is left may be of the same articles.
    pub(super) is_recovered: bool,
    /// How far the save on its way is.
    pub(super) saving: Saving,
    /// Articles whose texts are awaited, to become entries of others: whose, and which.
    pub(super) entries_wanted: Vec<(ArticleId, ArticleId)>,
    pub(super) cursor_wanted: Option<SitePath>,
    /// The first row in view.
    pub(super) top: Option<ArticleId>,
}

/// How far the reading of the site is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Files found.
    pub files: usize,
    /// Whether the whole site was walked; until then it is known by its first files.
    pub whole: bool,
    /// Articles read.
    pub read: usize,
    /// Whether all were read.
    pub done: bool,
    /// Whether the scores were learned from all of them; until then they are what a sample says.
    pub learned: bool,
    /// What could not be read, to be told.
    pub troubles: Vec<String>,
}

/// Articles whose text is in memory: the ones looked at last.
#[derive(Debug, Default)]
pub struct Texts {
    entries: VecDeque<(ArticleId, Opened)>,
}

/// An article whose text is in memory.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What was read from disk; nothing for a new article or a file that is not UTF-8.
    pub version: Option<Version>,
    /// What the article is now, with unsaved edits.
    pub document: Document,
    /// Both sides merged, where git left its markers in the front matter.
    pub marked: Option<Arc<Merged>>,
    /// Counts up with every change of the text, so that a pane knows when to look again.
    pub revision: u64,
}

/// How many texts are kept: the cursor's, those around it, those compared.
const TEXTS: usize = 64;

impl Texts {
    /// The article, if its text is here.
    #[must_use]
    pub fn get(&self, article: ArticleId) -> Option<&Opened> {
        self.entries.iter().find(|(id, _)| *id == article).map(|(_, opened)| opened)
    }

    /// Puts a text in; the one not asked for the longest goes.
    pub(super) fn put(&mut self, article: ArticleId, version: Option<Version>, document: Document) {
        let revision = self.take(article).map_or(0, |old| old.revision) + 1;
        let has_markers = document.error().is_some_and(|error| error.code == NoticeCode::ConflictMarkers);
        let marked = if has_markers { open_marked(document.text()) } else { None };
        let marked = marked.and_then(Result::ok).map(Arc::new);
        self.entries.push_back((article, Opened { version, document, marked, revision }));
        if self.entries.len() > TEXTS {
            self.entries.pop_front();
        }
    }

    /// Takes a text out.
    pub(super) fn take(&mut self, article: ArticleId) -> Option<Opened> {
        let at = self.entries.iter().position(|(id, _)| *id == article)?;
        self.entries.remove(at).map(|(_, opened)| opened)
    }

    /// Makes sure that this one goes last.
    pub(super) fn touch(&mut self, article: ArticleId) {
        if let Some(at) = self.entries.iter().position(|(id, _)| *id == article)
            && let Some(entry) = self.entries.remove(at)
        {
            self.entries.push_back(entry);
        }
    }
}

impl Sitting {
    pub(super) fn new(generation: u64, root: PathBuf, mut site: Site, state: SiteState) -> Self {
        recall(&mut site, &state.scores_of);
        let mut view = View::default();
        view.text.clone_from(&state.filter);
        view.collection.clone_from(&state.collection);
        if view.collection.is_none() && !state.collection_chosen {
            view.collection = usual_collection(&site);
        }
        view.sort = state.sort.clone().unwrap_or_default();
        Self {
            generation,
            root,
            branch: None,
            today: chrono::NaiveDate::default(),
            catalog: Catalog::default(),
            scan: Scan::default(),
            selection: Selection::default(),
            drafts: BTreeMap::new(),
            fields: BTreeMap::new(),
            texts: Texts::default(),
            history: History::default(),
            waiting: Waiting::default(),
            marked: BTreeSet::new(),
            new: BTreeSet::new(),
            updated: BTreeSet::new(),
            unseen: BTreeSet::new(),
            decided: Vec::new(),
            losses: Losses::default(),
            overwritten: BTreeMap::new(),
            versions: None,
            loading: BTreeMap::new(),
            told: BTreeSet::new(),
            is_recovered: false,
            saving: Saving::default(),
            entries_wanted: Vec::new(),
            cursor_wanted: state.cursor.clone(),
            top: None,
            view,
            state,
            keymap: Keymap::of(&site.config.desk).0,
            site: Arc::new(site),
            duplicates: None,
            pictures: PictureReport::default(),
            unused_pictures: None,
            all_pictures: false,
            settled: 0,
            wants_presets: false,
        }
    }

    /// Shows the collection that is usually shown, where nobody has chosen one: when the one shown is gone, or was the usual one
    /// as long as the site was known in part. Says whether it did.
    pub(super) fn follow_usual_collection(&mut self, before: &Site, was_whole: bool) -> bool {
        let (old, new) = (usual_collection(before), usual_collection(&self.site));
        let shown = &self.view.collection;
        let is_gone = shown.as_ref().is_some_and(|folder| self.site.collection(folder).is_none());
        let is_early = !was_whole && *shown == old;
        let follows = (is_gone || is_early) && *shown != new && !self.state.collection_chosen;
        if follows {
            self.view.collection = new;
        }
        follows
    }

    /// The shape of an article's collection; an empty one for a collection not known yet.
    pub(super) fn schema_of(&self, article: ArticleId) -> Arc<Schema> {
        if self.catalog.contains(article) {
            return self.site.schema(self.catalog.collection(article));
        }
        self.site.schema(collection_of(&self.catalog.path(article)))
    }

    /// The articles that a command is for: the selection, or the row under the cursor.
    pub(super) fn targets(&self) -> Vec<ArticleId> {
        if self.selection.len() > 1 {
            // In the order of the rows, so that steps and toasts read as the table does; those not shown come last.
            let shown: BTreeSet<_> = self.view.rows.iter().copied().collect();
            let in_rows = self.view.rows.iter().copied().filter(|id| self.selection.contains(*id));
            return in_rows.chain(self.selection.iter().filter(|id| !shown.contains(id))).collect();
        }
        self.view.cursor().into_iter().collect()
    }

    /// What is needed to carry an edit out on an article elsewhere.
    pub(super) fn item(&self, article: ArticleId, may_be_new: bool) -> PrepareItem {
        let draft =
            self.drafts.get(&article).and_then(|draft| Some((draft.base.clone(), Arc::clone(draft.ours.as_ref()?))));
        // An article that does not exist yet is an empty text; one that does not exist any more is none.
        let draft = draft.or_else(|| (may_be_new && !self.catalog.contains(article)).then(|| (None, Arc::from(""))));
        PrepareItem { article, path: self.catalog.path(article), schema: self.schema_of(article), draft }
    }

    /// What only the desk knows of the articles, for the filter.
    pub(super) fn facts(&self) -> Facts {
        Facts {
            changed: self.drafts.keys().copied().collect(),
            conflict: self.disputed().collect(),
            marked: self.marked.iter().copied().collect(),
            new: self.new.iter().copied().collect(),
            updated: self.updated.iter().copied().collect(),
            duplicate: self.duplicates.clone().unwrap_or_default(),
            broken_image: self.pictures.broken.iter().copied().collect(),
            small_image: self.pictures.small.iter().copied().collect(),
            wrong_size: self.pictures.wrong_size.iter().copied().collect(),
            problem: self.pictures.broken.union(&self.pictures.wrong_size).copied().collect(),
            today: self.today,
        }
    }

    /// The question that gives the rows as the view wants them now.
    pub(super) fn look(&self) -> Look {
        let schema = self.shown_schema();
        let (facets, histograms) = schema.as_deref().map(counted_fields).unwrap_or_default();
        Look {
            generation: self.view.asked,
            catalog: self.catalog.clone(),
            collection: self.view.collection.clone(),
            query: self.view.query.clone(),
            facts: self.facts(),
            sort: self.sort_in_force(),
            group: self.grouping(),
            facets,
            histograms,
            views: self.view.counts.iter().map(|(filter, _)| Query::parse(filter).ok()).collect(),
        }
    }

    /// The order of the rows: the one chosen, else the newest first, else by path.
    pub(super) fn sort_in_force(&self) -> Vec<SortKey> {
        if !self.view.sort.is_empty() {
            return self.view.sort.clone();
        }
        let date = self.shown_schema().and_then(|schema| schema.date.clone());
        match date {
            Some(date) => vec![SortKey { column: ColumnKey::Field(date), descending: true }],
            None => vec![SortKey { column: ColumnKey::Computed(Computed::Path), descending: false }],
        }
    }

    /// The shape of what is shown: the chosen collection's, else the first one's.
    pub(super) fn shown_schema(&self) -> Option<Arc<Schema>> {
        let collection = match &self.view.collection {
            Some(folder) => self.site.collection(folder),
            None => self.site.collections.first(),
        };
        collection.map(|collection| Arc::clone(&collection.schema))
    }
}

/// The collection that is shown where none was chosen: the one with most articles.
fn usual_collection(site: &Site) -> Option<String> {
    site.collections.first().map(|collection| collection.folder.clone())
}

/// Texts of a choice beyond which counting them helps nobody.
const MOST_CHOICES: usize = 30;

/// The fields whose values the sidebar counts, topics and providers first, and those whose numbers it draws.
fn counted_fields(schema: &Schema) -> (Vec<FieldPath>, Vec<FieldPath>) {
    use crate::site::Kind;
    let mut facets: Vec<FieldPath> = schema.topics.iter().cloned().collect();
    facets.extend(schema.provider.as_ref().map(|provider| provider.child("name")));
    for field in schema.top_fields() {
        let counts = match field.kind {
            Kind::Tags => true,
            Kind::Choice => (2..=MOST_CHOICES).contains(&field.values.len()),
            _ => false,
        };
        if counts && !facets.contains(&field.path) {
            facets.push(field.path.clone());
        }
    }
    (facets, schema.scores.iter().map(|score| score.path.clone()).collect())
}

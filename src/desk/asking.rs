//! What panes and the program around it may ask of the desk.
//!
//! Invariant: nothing here changes anything; what is told is the state as it is now.

use std::path::Path;
use std::sync::Arc;

use super::command::{Magnified, Overlay};
use super::commit::AT_ONCE;
use super::settings::{Animation, Settings, SiteState, Theme, Wishes};
use super::sitting::{Opened, Scan};
use super::toast::Toast;
use super::{Desk, Draft, FocusRequest, Phase, RowState, Selection, SourceRequest};
use crate::catalog::{ArticleId, Catalog, Facets, Histogram, QueryError, SortKey};
use crate::document::changes::FieldChange;
use crate::document::merge::{Conflict, read_markers};
use crate::document::{Document, FieldPath};
use crate::site::{Schema, Site};

impl Desk {
    /// Preferences.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Dark or light: what the editor fixed, else what the system wishes; nothing where neither says so.
    #[must_use]
    pub fn is_dark(&self) -> Option<bool> {
        match self.settings.theme {
            Theme::System => self.wishes.dark,
            Theme::Dark => Some(true),
            Theme::Light => Some(false),
        }
    }

    /// Whether nothing shall move by itself: as the editor fixed it, else as the system wishes.
    #[must_use]
    pub fn is_still(&self) -> bool {
        match self.settings.motion {
            Animation::System => self.wishes.still.unwrap_or(false),
            Animation::Less => true,
            Animation::Usual => false,
        }
    }

    /// What the system wishes of every window.
    #[must_use]
    pub fn wishes(&self) -> Wishes {
        self.wishes
    }

    /// What the window shows as a whole.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// What lies over the desk.
    #[must_use]
    pub fn overlay(&self) -> Option<&Overlay> {
        self.overlay.as_ref()
    }

    /// How quick look shows its picture.
    #[must_use]
    pub fn magnified(&self) -> Magnified {
        let (article, magnified) = self.magnified;
        if self.overlay == Some(Overlay::QuickLook) && article.is_some() && article == self.cursor() {
            magnified
        } else {
            Magnified::default()
        }
    }

    /// Which pane shall have the keyboard.
    #[must_use]
    pub fn focus_request(&self) -> FocusRequest {
        self.focus
    }

    /// Which line the source tab shall show.
    #[must_use]
    pub fn source_request(&self) -> SourceRequest {
        self.source
    }

    /// Messages, the oldest first.
    #[must_use]
    pub fn toasts(&self) -> &[Toast] {
        self.toasts.shown()
    }

    /// The open site.
    #[must_use]
    pub fn site(&self) -> Option<&Site> {
        self.sitting.as_ref().map(|sitting| sitting.site.as_ref())
    }

    /// The day, as it was when the site was read.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        self.sitting.as_ref().map(|sitting| sitting.today).unwrap_or_default()
    }

    /// The open site's folder.
    #[must_use]
    pub fn root(&self) -> Option<&Path> {
        self.sitting.as_ref().map(|sitting| sitting.root.as_path())
    }

    /// The branch that is checked out, if the site is in a git repository.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.sitting.as_ref()?.branch.as_deref()
    }

    /// How the site is shown: columns, panes, tab.
    #[must_use]
    pub fn site_state(&self) -> Option<&SiteState> {
        self.sitting.as_ref().map(|sitting| &sitting.state)
    }

    /// How far the reading of the site is.
    #[must_use]
    pub fn scan(&self) -> Option<&Scan> {
        self.sitting.as_ref().map(|sitting| &sitting.scan)
    }

    /// All articles.
    #[must_use]
    pub fn catalog(&self) -> Option<&Catalog> {
        self.sitting.as_ref().map(|sitting| &sitting.catalog)
    }

    /// The articles shown, in order.
    #[must_use]
    pub fn rows(&self) -> &[ArticleId] {
        self.sitting.as_ref().map_or(&[], |sitting| &sitting.view.rows)
    }

    /// The article under the cursor.
    #[must_use]
    pub fn cursor(&self) -> Option<ArticleId> {
        self.sitting.as_ref()?.view.cursor()
    }

    /// The row of the cursor.
    #[must_use]
    pub fn cursor_row(&self) -> Option<usize> {
        self.sitting.as_ref()?.view.cursor_row()
    }

    /// The articles that the cursor goes on to: after a judgement, and by the key that goes to the next row.
    #[must_use]
    pub fn upcoming(&self) -> Vec<ArticleId> {
        self.sitting.as_ref().map(|sitting| sitting.view.upcoming()).unwrap_or_default()
    }

    /// The selected articles beside the one under the cursor.
    #[must_use]
    pub fn selection(&self) -> Option<&Selection> {
        self.sitting.as_ref().map(|sitting| &sitting.selection)
    }

    /// The articles that a key is for.
    #[must_use]
    pub fn targets(&self) -> Vec<ArticleId> {
        self.sitting.as_ref().map(|sitting| sitting.targets()).unwrap_or_default()
    }

    /// How many articles a key is for; cheaper than [`Self::targets`].
    #[must_use]
    pub fn target_count(&self) -> usize {
        self.sitting.as_ref().map_or(0, |sitting| match sitting.selection.len() {
            0 | 1 => usize::from(sitting.view.cursor().is_some()),
            many => many,
        })
    }

    /// What stands in the filter box.
    #[must_use]
    pub fn filter(&self) -> &str {
        self.sitting.as_ref().map_or("", |sitting| &sitting.view.text)
    }

    /// What is wrong with the filter.
    #[must_use]
    pub fn filter_error(&self) -> Option<&QueryError> {
        self.sitting.as_ref()?.view.error.as_ref()
    }

    /// The collection shown, by its folder; nothing: all.
    #[must_use]
    pub fn collection(&self) -> Option<&str> {
        self.sitting.as_ref()?.view.collection.as_deref()
    }

    /// The order of the rows.
    #[must_use]
    pub fn sort(&self) -> Vec<SortKey> {
        self.sitting.as_ref().map(|sitting| sitting.sort_in_force()).unwrap_or_default()
    }

    /// Values and how often they occur in the rows.
    #[must_use]
    pub fn facets(&self) -> &[Facets] {
        self.sitting.as_ref().map_or(&[], |sitting| &sitting.view.facets)
    }

    /// The numbers of the scores, by field.
    #[must_use]
    pub fn histograms(&self) -> &[(FieldPath, Histogram)] {
        self.sitting.as_ref().map_or(&[], |sitting| &sitting.view.histograms)
    }

    /// How many articles of the collection fit a saved filter, once they were counted.
    #[must_use]
    pub fn view_count(&self, filter: &str) -> Option<usize> {
        let counts = &self.sitting.as_ref()?.view.counts;
        counts.iter().find(|(counted, _)| counted == filter).and_then(|(_, count)| *count)
    }

    /// Whether rows are being asked for.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        self.sitting.as_ref().is_some_and(|sitting| sitting.view.is_asking())
    }

    /// The shape of what is shown.
    #[must_use]
    pub fn shown_schema(&self) -> Option<Arc<Schema>> {
        self.sitting.as_ref()?.shown_schema()
    }

    /// The shape of an article's collection.
    #[must_use]
    pub fn schema_of(&self, article: ArticleId) -> Arc<Schema> {
        self.sitting.as_ref().map(|sitting| sitting.schema_of(article)).unwrap_or_default()
    }

    /// An article's text and data, if they are in memory. Those under and next to the cursor are.
    #[must_use]
    pub fn opened(&self, article: ArticleId) -> Option<&Opened> {
        self.sitting.as_ref()?.texts.get(article)
    }

    /// An article's unsaved edits.
    #[must_use]
    pub fn draft(&self, article: ArticleId) -> Option<&Draft> {
        self.sitting.as_ref()?.drafts.get(&article)
    }

    /// What is pending in an article, field by field.
    #[must_use]
    pub fn changes_of(&self, article: ArticleId) -> &[FieldChange] {
        self.sitting.as_ref().and_then(|sitting| sitting.fields.get(&article)).map_or(&[], Vec::as_slice)
    }

    /// The articles with unsaved edits.
    pub fn changed(&self) -> impl Iterator<Item = ArticleId> + '_ {
        self.sitting.iter().flat_map(|sitting| sitting.drafts.keys().copied())
    }

    /// How many articles have unsaved edits.
    #[must_use]
    pub fn changed_count(&self) -> usize {
        self.sitting.as_ref().map_or(0, |sitting| sitting.drafts.len())
    }

    /// What is disputed in an article: what both sides changed, or what git left marked in its file.
    #[must_use]
    pub fn conflicts_of(&self, article: ArticleId) -> &[Conflict] {
        let Some(sitting) = &self.sitting else { return &[] };
        match sitting.drafts.get(&article) {
            Some(draft) => &draft.conflicts,
            None => {
                sitting.texts.get(article).and_then(|opened| opened.marked.as_ref()).map_or(&[], |it| &it.conflicts)
            }
        }
    }

    /// What the two sides of an article's conflicts are called: ours and theirs; in a marked file as git calls them.
    #[must_use]
    pub fn names_of_sides(&self, article: ArticleId) -> (String, String) {
        let text = match (self.draft(article), self.opened(article)) {
            (Some(draft), _) => draft.base_text(),
            (None, Some(opened)) => opened.document.text(),
            (None, None) => "",
        };
        let marked = if text.contains("<<<<<<<") { read_markers(text) } else { None };
        let [ours, theirs] = marked.map(|marked| marked.labels).unwrap_or_default();
        let or = |label: String, usual: &str| if label.is_empty() { usual.to_owned() } else { label };
        (or(ours, "Yours"), or(theirs, "On disk"))
    }

    /// How many articles with unsaved edits wait for an answer.
    #[must_use]
    pub fn disputed_count(&self) -> usize {
        let drafts = self.sitting.iter().flat_map(|sitting| sitting.drafts.values());
        drafts.filter(|draft| draft.is_disputed()).count()
    }

    /// The articles about which something waits for an answer.
    #[must_use]
    pub fn disputed(&self) -> Vec<ArticleId> {
        self.sitting.as_ref().map(|sitting| sitting.disputed().collect()).unwrap_or_default()
    }

    /// How many articles of a save are still to be written, and of how many.
    #[must_use]
    pub fn saving(&self) -> Option<(usize, usize)> {
        let saving = self.sitting.as_ref()?.saving;
        (saving.of > 0).then_some((saving.done, saving.of))
    }

    /// An edit of many articles on its way: what it is called, in how many it was carried out, and of how many.
    #[must_use]
    pub fn preparing(&self) -> Option<(&str, usize, usize)> {
        let pending = self.sitting.as_ref()?.waiting.first().filter(|pending| pending.articles.len() > AT_ONCE)?;
        Some((pending.label.as_str(), pending.done, pending.articles.len()))
    }

    /// Whether something is on its way that takes long and can be stopped.
    #[must_use]
    pub fn is_working(&self) -> bool {
        let is_reading = || self.scan().is_some_and(|scan| !scan.done);
        matches!(self.phase, Phase::Opening { .. })
            || is_reading()
            || self.saving().is_some()
            || self.waiting_count() > 0
    }

    /// How many edits wait for their articles.
    #[must_use]
    pub fn waiting_count(&self) -> usize {
        self.sitting.as_ref().map_or(0, |sitting| sitting.waiting.len())
    }

    /// How many articles came or changed on disk since the rows were asked for.
    #[must_use]
    pub fn news(&self) -> (usize, usize) {
        let Some(sitting) = &self.sitting else { return (0, 0) };
        let new = sitting.unseen.iter().filter(|id| sitting.new.contains(id)).count();
        (new, sitting.unseen.len() - new)
    }

    /// What undo would take back.
    #[must_use]
    pub fn undo_label(&self) -> Option<&str> {
        self.sitting.as_ref()?.history.last().map(|step| step.label.as_str())
    }

    /// What redo would do again.
    #[must_use]
    pub fn redo_label(&self) -> Option<&str> {
        self.sitting.as_ref()?.history.next().map(|step| step.label.as_str())
    }

    /// How an article stands.
    #[must_use]
    pub fn row_state(&self, article: ArticleId) -> RowState {
        let Some(sitting) = &self.sitting else { return RowState::default() };
        let draft = sitting.drafts.get(&article);
        RowState {
            changed: draft.is_some(),
            conflict: sitting.is_disputed(article),
            problem: !sitting.catalog.problem_codes(article).is_empty() || sitting.has_picture_problem(article),
            new: sitting.new.contains(&article),
            marked: sitting.marked.contains(&article),
            held: sitting.view.held.contains(&article),
            waiting: sitting.waiting.holds(article),
            gone: !sitting.catalog.contains(article),
        }
    }

    /// The data of an article now, for panes that need only that.
    #[must_use]
    pub fn document(&self, article: ArticleId) -> Option<&Document> {
        self.opened(article).map(|opened| &opened.document)
    }
}

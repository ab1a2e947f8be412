//! One sitting: all that an editor can change, and the only doors to it.
//!
//! Invariant: the desk changes in `apply` and `receive`, nowhere else; it opens no file, starts no thread, reads no clock.

pub mod action;
pub mod columns;
pub mod command;
mod commit;
pub mod decide;
pub mod draft;
pub mod edit;
pub mod effect;
mod fate;
mod files;
mod grouping;
pub mod history;
pub mod keymap;
mod looking;
pub mod notice;
mod pictures;
mod reading;
mod reconcile;
pub mod recover;
mod related;
pub mod save;
pub mod selection;
pub mod settings;
pub mod sitting;
pub mod toast;
pub mod versions;
pub mod view;
mod views;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use action::{ACTIONS, Action, Chord};
pub use command::{
    ClickMode, ColumnSetting, Command, Edit, FateAnswer, Judge, Magnified, Magnify, Motion, Overlay, Pane, Tab,
    TakeBack, Targets, Which,
};
pub use draft::{Draft, Fate, Version};
pub use edit::Work;
pub use effect::{Effect, Event, JournalEntry, Look, Looked, OnDisk, Settle};
pub use grouping::RowGroup;
pub use keymap::{Entry, Keymap};
pub use notice::{Notice, Overwritten};
pub use pictures::arrow;
pub use save::{SaveOutcome, SavePlan};
pub use selection::Selection;
pub use settings::{Density, Settings, SiteState, Theme};
pub use sitting::{Opened, Scan};
pub use toast::{Toast, Tone};
pub use versions::SavedVersion;
pub use view::View;

use crate::catalog::{ArticleId, Catalog, Facets, Histogram, QueryError, SortKey};
use crate::document::changes::FieldChange;
use crate::document::merge::{Conflict, read_markers};
use crate::document::{Document, FieldPath};
use crate::site::{Schema, Site};
use crate::text::Place;
use sitting::Sitting;

/// The desk: preferences, and the sitting at a site while one is open.
#[derive(Debug, Default)]
pub struct Desk {
    settings: Settings,
    phase: Phase,
    sitting: Option<Box<Sitting>>,
    overlay: Option<Overlay>,
    /// How quick look shows the picture of this article; any other is shown whole.
    magnified: (Option<ArticleId>, Magnified),
    focus: FocusRequest,
    source: SourceRequest,
    toasts: toast::Toasts,
    generation: u64,
    serial: u64,
    /// Versions of other programs that wait until the site is read.
    aside: Vec<effect::Aside>,
    effects: Vec<Effect>,
}

/// What the window shows as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// No site is open.
    #[default]
    Welcome,
    /// A site is being opened; its name.
    Opening(String),
    /// A site is open.
    Open,
    /// A site could not be opened: what happened and what to do.
    Failed(String),
}

/// Which pane shall have the keyboard. The number counts up, so that asking twice is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FocusRequest {
    /// Which pane.
    pub pane: Pane,
    /// How many requests there were.
    pub serial: u64,
}

/// Which line the source tab shall show. The number counts up, so that asking twice is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceRequest {
    /// Of which article, and where in its file.
    pub place: Option<(ArticleId, Place)>,
    /// How many requests there were.
    pub serial: u64,
}

/// How an article stands, for the mark in its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks, drawn side by side")]
pub struct RowState {
    /// Unsaved edits.
    pub changed: bool,
    /// A conflict waits for an answer.
    pub conflict: bool,
    /// It cannot be read, or something is wrong with it.
    pub problem: bool,
    /// It came from disk since the site was opened.
    pub new: bool,
    /// Marked for later.
    pub marked: bool,
    /// Held: it fits the filter or its place no more.
    pub held: bool,
    /// An edit waits for its text.
    pub waiting: bool,
    /// Its file is gone from disk; the row stays until other rows are asked for.
    pub gone: bool,
}

impl Desk {
    /// A desk with these preferences and no site.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// What the editor wants goes in, what the world shall do comes out.
    pub fn apply(&mut self, command: Command) -> Vec<Effect> {
        self.obey(command);
        std::mem::take(&mut self.effects)
    }

    /// What the world answers goes in, what it shall do next comes out.
    pub fn receive(&mut self, event: Event) -> Vec<Effect> {
        self.take_in(event);
        std::mem::take(&mut self.effects)
    }

    #[expect(clippy::too_many_lines, reason = "an arm a command; the work is in the files beside")]
    fn obey(&mut self, command: Command) {
        match command {
            Command::Open(root) => self.open(Some(root)),
            Command::OpenSample => self.open(None),
            Command::PickFolder => self.effects.push(Effect::PickFolder),
            Command::CloseSite => self.close_site(),
            Command::ForgetSite(root) => self.forget_site(&root),
            Command::Rescan => self.rescan(),
            Command::Quit => self.quit(),
            Command::CancelWork => self.cancel_work(),
            Command::Filter(text) => self.set_filter(text),
            Command::Collection(folder) => self.set_collection(folder),
            Command::Refilter => self.refilter(),
            Command::ShowNews => self.show_news(),
            Command::GroupBy(column) => self.group_by(column),
            Command::ToggleGroup(group) => self.toggle_group(group),
            Command::CloseGroup => self.close_group(),
            Command::OpenGroup => self.open_group(),
            Command::CloseAllGroups(close) => self.close_all_groups(close),
            Command::Sort { column, add } => self.sort_by(column, add),
            Command::Move { motion, extend } => self.move_cursor(motion, extend),
            Command::Click { row, mode } => self.click(row, mode),
            Command::GoTo(article) => self.go_to(article),
            Command::Seen(article) => self.with_sitting(|sitting| sitting.top = Some(article)),
            Command::SelectAll => self.select_all(),
            Command::SelectNone => self.select_none(),
            Command::Edit(edit) => self.edit(edit),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::RevertField { article, pointer } => self.revert_field(article, pointer.as_ref()),
            Command::RevertArticles(articles) => self.revert_articles(&articles),
            Command::SaveAll => self.save(None),
            Command::Save(articles) => self.save(Some(&articles)),
            Command::Resolve { article, which, side } => self.resolve(article, which, side),
            Command::ShowVersions(article) => self.show_versions(article),
            Command::TakeBack { at, what } => self.take_back(at, what),
            Command::AcceptLosses => self.accept_losses(),
            Command::AnswerOverwritten { again } => self.answer_overwritten(again),
            Command::AnswerFate { article, answer } => self.answer_fate(article, answer),
            Command::ToggleMark => self.toggle_mark(),
            Command::OpenPage(address) => self.open_page(address),
            Command::CopyRows => self.copy_rows(),
            Command::CopyText(text) => self.effects.push(Effect::Copy(text)),
            Command::Trash => self.trash(),
            Command::Promote { article, entry } => self.promote(article, entry),
            Command::AddRelated { article, other } => self.add_related(article, other),
            Command::SplitOff { article, entry } => self.split_off(article, &entry),
            Command::Show(Overlay::Pictures) => self.show_pictures(),
            Command::Show(overlay) => self.overlay = Some(overlay),
            Command::CloseOverlay => {
                self.overlay = None;
                self.magnified = (None, Magnified::default());
            }
            Command::Tab(tab) => self.set_tab(tab),
            Command::ShowSource { article, place } => self.show_source(article, place),
            Command::Focus(pane) => self.give_focus(pane),
            Command::TogglePane(pane) => self.toggle_pane(pane),
            Command::ToggleAutoAdvance => self.change_settings(|settings| settings.auto_advance ^= true),
            Command::Theme(theme) => self.change_settings(|settings| settings.theme = theme),
            Command::ReducedMotion(yes) => self.change_settings(|settings| settings.reduced_motion = yes),
            Command::Density(density) => self.change_settings(|settings| settings.density = density),
            Command::Magnify(magnify) => self.magnified = (self.cursor(), self.magnified().after(magnify)),
            Command::ToggleSheet => self.change_state(|state| state.sheet ^= true),
            Command::SmallestPicture(width) => self.set_smallest_picture(width),
            Command::RemotePictures(yes) => self.change_state(|state| state.remote_pictures = yes),
            Command::Zoom(by) => self.zoom(by),
            Command::Columns(columns) => self.set_columns(columns),
            Command::UsualColumns => self.usual_columns(),
            Command::Presets(field, presets) => self.set_presets(field, presets),
            Command::SaveView(name) => self.save_view(name),
            Command::View(index) => self.show_view(index),
            Command::Tell(text) => self.toasts.note(text),
            Command::Dismiss(id) => self.toasts.dismiss(id),
            Command::TakeOffer(id) => self.take_offer(id),
        }
    }

    fn take_in(&mut self, event: Event) {
        match event {
            Event::SiteRead { generation, root, site, state, files, branch, today } => {
                self.site_read(generation, root, *site, *state, files);
                self.with_sitting(|sitting| {
                    sitting.branch = branch;
                    sitting.today = today;
                });
            }
            Event::Scanned { generation, records } => self.scanned(generation, records),
            Event::ScanDone { generation, gone, troubles, recovered, journal } => {
                self.scan_done(generation, &gone, troubles, recovered, journal);
            }
            Event::Indexed { generation, catalog } => self.indexed(generation, *catalog),
            Event::Checked { generation, problems, done } => self.checked(generation, problems, done),
            Event::Settled { generation, schemas, duplicates } => self.settled(generation, schemas, duplicates),
            Event::PicturesJudged { generation, report } => self.pictures_judged(generation, *report),
            Event::PicturesSeen { generation, .. } => self.pictures_seen(generation),
            Event::UnusedPictures { generation, files } => {
                if let Some(sitting) = self.sitting_at(generation) {
                    sitting.unused_pictures = Some(files);
                }
            }
            Event::ScanFailed { generation, message } => self.scan_failed(generation, message),
            Event::Loaded { generation, files } => self.loaded(generation, files),
            Event::Looked { generation, looked } => self.looked(generation, *looked),
            Event::Prepared { serial, articles } => self.prepared(serial, articles),
            Event::Saved { generation, outcomes } => self.saved(generation, outcomes),
            Event::Changed { generation, files, gone, unreadable } => {
                self.changed_outside(generation, files, &gone, unreadable);
            }
            Event::Versions { generation, path, versions } => self.versions_found(generation, &path, versions),
            Event::Overwritten { generation, files } => self.overwritten(generation, files),
            Event::Displaced(aside) => self.displaced(aside),
            Event::Branch(branch) => self.with_sitting(|sitting| sitting.branch = branch),
            Event::FolderPicked(root) => {
                if let Some(root) = root {
                    self.open(Some(root));
                }
            }
            Event::Trashed { generation, files } => self.trashed(generation, files),
            Event::Trouble(message) => self.toasts.error(message),
        }
    }

    /// Preferences.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
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
        let sitting = self.sitting.as_ref()?;
        (sitting.saving > 0).then_some((sitting.saved, sitting.saving))
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

    fn with_sitting(&mut self, change: impl FnOnce(&mut Sitting)) {
        if let Some(sitting) = &mut self.sitting {
            change(sitting);
        }
    }

    /// The sitting that an answer is for; nothing if the answer is stale.
    fn sitting_at(&mut self, generation: u64) -> Option<&mut Sitting> {
        self.sitting.as_deref_mut().filter(|sitting| sitting.generation == generation)
    }

    fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.effects.push(Effect::StoreSettings(self.settings.clone()));
    }

    fn change_state(&mut self, change: impl FnOnce(&mut SiteState)) {
        if let Some(sitting) = &mut self.sitting {
            change(&mut sitting.state);
            self.effects.push(Effect::StoreSite(sitting.state.clone()));
        }
    }

    fn set_tab(&mut self, tab: Tab) {
        self.change_state(|state| {
            state.tab = tab;
            state.inspector = true;
        });
    }

    fn give_focus(&mut self, pane: Pane) {
        match pane {
            Pane::Form | Pane::Related => self.set_tab(Tab::Edit),
            Pane::Sidebar => self.change_state(|state| state.sidebar = true),
            Pane::Table | Pane::Cell | Pane::Filter => {}
        }
        self.with_sitting(|sitting| sitting.history.close_group());
        self.focus = FocusRequest { pane, serial: self.focus.serial + 1 };
    }

    fn toggle_pane(&mut self, pane: Pane) {
        self.change_state(|state| match pane {
            Pane::Sidebar => state.sidebar ^= true,
            Pane::Form | Pane::Related => state.inspector ^= true,
            Pane::Table | Pane::Cell | Pane::Filter => {}
        });
    }

    fn zoom(&mut self, by: i32) {
        self.change_settings(|settings| settings.zoom = if by == 0 { 0 } else { (settings.zoom + by).clamp(-2, 10) });
    }

    fn forget_site(&mut self, root: &Path) {
        self.change_settings(|settings| settings.recent.retain(|path| path != root));
    }

    fn take_offer(&mut self, id: u64) {
        if let Some(command) = self.toasts.take_offer(id) {
            self.obey(command);
        }
    }

    fn quit(&mut self) {
        self.store_cursor();
        self.effects.push(Effect::Quit);
    }

    fn close_site(&mut self) {
        self.store_cursor();
        self.sitting = None;
        self.overlay = None;
        self.phase = Phase::Welcome;
        self.generation += 1;
        self.effects.push(Effect::Close);
    }

    fn open(&mut self, root: Option<PathBuf>) {
        self.store_cursor();
        self.generation += 1;
        self.sitting = None;
        self.overlay = None;
        self.toasts.clear();
        self.aside.clear();
        let name = root.as_deref().map_or_else(
            || "the sample site".to_owned(),
            |root| {
                root.file_name().map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned())
            },
        );
        self.phase = Phase::Opening(name);
        self.effects.push(Effect::Cancel);
        self.effects.push(Effect::Scan { generation: self.generation, root });
    }

    /// The data of an article now, for panes that need only that.
    #[must_use]
    pub fn document(&self, article: ArticleId) -> Option<&Document> {
        self.opened(article).map(|opened| &opened.document)
    }
}

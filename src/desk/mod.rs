//! One sitting: all that an editor can change, and the only doors to it.
//!
//! Invariant: the desk changes in `apply` and `receive`, nowhere else; it opens no file, starts no thread, reads no clock.

pub mod action;
mod asking;
mod bring;
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
mod house;
pub mod keymap;
mod looking;
pub mod meaning;
pub mod notice;
mod pictures;
mod places;
pub mod presets;
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

pub use action::{ACTIONS, Action, Chord};
pub use bring::receiver;
pub use command::{
    ClickMode, ColumnSetting, Command, Edit, FateAnswer, FieldTask, Judge, Magnified, Magnify, Motion, Overlay, Pane,
    Tab, TakeBack, Targets, Which,
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
pub use settings::{Animation, Density, Settings, SiteState, Theme, Wishes};
pub use sitting::{Opened, Scan};
pub use toast::{Toast, Tone};
pub use versions::SavedVersion;
pub use view::View;

use crate::catalog::ArticleId;
use crate::text::Place;
use sitting::Sitting;

/// The desk: preferences, and the sitting at a site while one is open.
#[derive(Debug, Default)]
pub struct Desk {
    settings: Settings,
    wishes: Wishes,
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
    /// Whether what is done now is what the editor just asked for, and no answer that comes later.
    is_obeying: bool,
    /// The window closes when no edit waits any more.
    is_quitting: bool,
    /// All is saved when no edit waits any more, if it is still asked then what shall become of it before the window closes.
    is_saving_then: bool,
}

/// What the window shows as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// No site is open.
    #[default]
    Welcome,
    /// A site is being opened.
    Opening {
        /// Its name.
        name: String,
        /// Files found so far.
        found: usize,
    },
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
        if !Self::lets_offer_stand(&command) {
            self.toasts.let_go();
        }
        self.is_obeying = true;
        self.obey(command);
        self.is_obeying = false;
        self.go_on_quitting();
        std::mem::take(&mut self.effects)
    }

    /// What the world answers goes in, what it shall do next comes out.
    pub fn receive(&mut self, event: Event) -> Vec<Effect> {
        self.take_in(event);
        self.go_on_quitting();
        std::mem::take(&mut self.effects)
    }

    #[expect(clippy::too_many_lines, reason = "an arm a command; the work is in the files beside")]
    fn obey(&mut self, command: Command) {
        match command {
            Command::Open(root) => self.open(Some(root)),
            Command::OpenSample => self.open(None),
            Command::PickFolder => self.effects.push(Effect::PickFolder),
            Command::PickPictures { article, at } => self.pick_pictures(article, at),
            Command::BringPictures { article, at, files } => self.bring_pictures(article, at, files),
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
            Command::PaneWidth(pane, width) => self.set_pane_width(pane, width),
            Command::ToggleAutoAdvance => self.change_settings(|settings| settings.auto_advance ^= true),
            Command::Theme(theme) => self.change_settings(|settings| settings.theme = theme),
            Command::Animation(animation) => self.change_settings(|settings| settings.motion = animation),
            Command::Density(density) => self.change_settings(|settings| settings.density = density),
            Command::Magnify(magnify) => self.magnified = (self.cursor(), self.magnified().after(magnify)),
            Command::ToggleSheet => self.change_state(|state| state.sheet ^= true),
            Command::SmallestPicture(width) => self.set_smallest_picture(width),
            Command::RemotePictures(yes) => self.allow_pictures(yes),
            Command::PrivatePictures(yes) => self.change_state(|state| state.private_pictures = yes),
            Command::Zoom(by) => self.zoom(by),
            Command::Columns(columns) => self.set_columns(columns),
            Command::UsualColumns => self.usual_columns(),
            Command::Presets(field, presets) => self.set_presets(field, presets),
            Command::PresetsAnew => self.presets_anew(),
            Command::SaveView(name) => self.save_view(name),
            Command::View(index) => self.show_view(index),
            Command::Tell(text) => self.toasts.note(text),
            Command::Dismiss(id) => self.toasts.dismiss(id),
            Command::TakeOffer(id) => self.take_offer(id),
        }
    }

    fn take_in(&mut self, event: Event) {
        match event {
            Event::SiteRead { generation, root, site, state, files, branch, today, whole } => {
                self.site_read(generation, root, *site, *state, (files, whole));
                self.with_sitting(|sitting| {
                    sitting.branch = branch;
                    sitting.today = today;
                });
            }
            Event::Scanned { generation, records } => self.scanned(generation, records),
            Event::Recovered { generation, recovered, journal } => self.take_up(generation, recovered, journal),
            Event::OutOfSight { generation, articles } => self.out_of_sight(generation, &articles),
            Event::ScanDone { generation, gone, troubles } => self.scan_done(generation, &gone, troubles),
            Event::Indexed { generation, catalog } => self.indexed(generation, *catalog),
            Event::Checked { generation, problems, done } => self.checked(generation, problems, done),
            Event::Settled { generation, schemas, duplicates } => self.settled(generation, schemas, duplicates),
            Event::PicturesJudged { generation, report } => self.pictures_judged(generation, *report),
            Event::PicturesSeen { generation, files, .. } => self.pictures_seen(generation, files),
            Event::UnusedPictures { generation, files } => {
                if let Some(sitting) = self.sitting_at(generation) {
                    sitting.unused_pictures = Some(files);
                }
            }
            Event::Walked { generation, files } => self.walked(generation, files),
            Event::Replaced { generation } => self.replaced(generation),
            Event::ScanFailed { generation, message } => self.scan_failed(generation, message),
            Event::Loaded { generation, files } => self.loaded(generation, files),
            Event::Looked { generation, looked } => self.looked(generation, *looked),
            Event::Preparing { serial, done } => self.with_sitting(|sitting| sitting.waiting.note(serial, done)),
            Event::Prepared { serial, articles } => self.prepared(serial, articles),
            Event::Saved { generation, outcomes } => self.saved(generation, outcomes),
            Event::Changed { generation, files, gone, unreadable } => {
                self.changed_outside(generation, files, &gone, unreadable);
            }
            Event::Versions { generation, path, versions } => self.versions_found(generation, &path, versions),
            Event::Overwritten { generation, files } => self.overwritten(generation, files),
            Event::Displaced(aside) => self.displaced(aside),
            Event::Wishes(wishes) => self.wishes = wishes,
            Event::Branch(branch) => self.with_sitting(|sitting| sitting.branch = branch),
            Event::FolderPicked(root) => {
                if let Some(root) = root {
                    self.open(Some(root));
                }
            }
            Event::PicturesPicked { seat, files } => self.bring(seat, files),
            Event::PicturesBrought { seat, files } => self.brought(seat, files),
            Event::Trashed { generation, files } => self.trashed(generation, files),
            Event::Trouble(message) => self.toasts.error(message),
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
        if pane != Pane::Table {
            // Nobody types under what lies over the desk.
            self.overlay = None;
        }
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

    fn set_pane_width(&mut self, pane: Pane, width: u16) {
        self.change_state(|state| match pane {
            Pane::Sidebar => state.sidebar_width = Some(width),
            Pane::Form | Pane::Related => state.inspector_width = Some(width),
            Pane::Table | Pane::Cell | Pane::Filter => {}
        });
    }

    fn zoom(&mut self, by: i32) {
        self.change_settings(|settings| settings.zoom = if by == 0 { 0 } else { (settings.zoom + by).clamp(-3, 10) });
    }

    fn forget_site(&mut self, root: &Path) {
        self.change_settings(|settings| settings.recent.retain(|path| path != root));
    }

    pub(in crate::desk) fn take_offer(&mut self, id: u64) {
        if let Some(command) = self.toasts.take_offer(id) {
            self.obey(command);
        }
    }

    /// The window closes; where an edit still waits for its texts, as soon as that is done and in the journal.
    pub(in crate::desk) fn quit(&mut self) {
        self.store_cursor();
        self.is_saving_then = false;
        // Asked for again while it waits: the editor does not want to wait.
        if std::mem::replace(&mut self.is_quitting, true) {
            self.is_quitting = false;
            self.effects.push(Effect::Quit);
        } else if self.waiting_count() > 0 {
            self.toasts.note("The window closes as soon as the last edit is carried out");
        }
    }

    /// A window that was to close stays, since it has something to say that nobody would see.
    fn stay_open(&mut self) {
        let was_to_save = std::mem::replace(&mut self.is_saving_then, false);
        if std::mem::replace(&mut self.is_quitting, false) || was_to_save {
            self.overlay = self.overlay.take().filter(|overlay| *overlay != Overlay::ConfirmQuit);
            self.toasts.note("The window stays open, for not all could be done");
        }
    }

    fn go_on_quitting(&mut self) {
        self.is_saving_then &= self.overlay == Some(Overlay::ConfirmQuit);
        if self.is_saving_then && self.waiting_count() == 0 {
            self.is_saving_then = false;
            if self.changed_count() > 0 {
                self.save(None);
            } else {
                self.overlay = None;
                self.quit();
            }
        }
        if self.is_quitting && self.waiting_count() == 0 {
            self.is_quitting = false;
            self.effects.push(Effect::Quit);
        }
    }

    /// Edits that wait for texts of a site that is left are not made: says so.
    fn give_up_waiting(&mut self) -> Option<String> {
        let given_up = self.sitting.as_mut()?.waiting.take_all();
        let labels: Vec<String> = given_up.into_iter().map(|pending| pending.label).collect();
        (!labels.is_empty()).then(|| format!("{} · done nowhere, for the site was left before", labels.join(" · ")))
    }

    fn close_site(&mut self) {
        self.store_cursor();
        if let Some(given_up) = self.give_up_waiting() {
            self.toasts.error(given_up);
        }
        self.sitting = None;
        self.overlay = None;
        self.phase = Phase::Welcome;
        self.generation += 1;
        self.effects.push(Effect::Close);
    }

    pub(in crate::desk) fn open(&mut self, root: Option<PathBuf>) {
        self.store_cursor();
        let given_up = self.give_up_waiting();
        self.generation += 1;
        self.sitting = None;
        self.overlay = None;
        self.toasts.clear();
        if let Some(given_up) = given_up {
            self.toasts.error(given_up);
        }
        self.aside.clear();
        let name = root.as_deref().map_or_else(
            || "the sample site".to_owned(),
            |root| {
                root.file_name().map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned())
            },
        );
        self.phase = Phase::Opening { name, found: 0 };
        self.effects.push(Effect::Cancel);
        self.effects.push(Effect::Scan { generation: self.generation, root });
    }
}

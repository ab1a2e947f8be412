//! What an editor can want: the one vocabulary in which keys, panes, menus and the palette speak to the desk.
//!
//! Invariant: a command carries intent and no consequence; what it means is decided in `Desk::apply`.

use std::path::PathBuf;

use super::settings::{Animation, Density, Theme};
use crate::article::Intent;
use crate::catalog::{ArticleId, ColumnKey};
use crate::document::merge::Side;
use crate::document::{FieldPath, Pointer};
use crate::text::Place;

/// Something the editor wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open the site in this folder.
    Open(PathBuf),
    /// Open a copy of the sample site.
    OpenSample,
    /// Ask the system for a folder, then open it.
    PickFolder,
    /// Ask the system for picture files, then copy them into the site and add them to an article.
    PickPictures {
        /// To which article.
        article: ArticleId,
        /// Where its pictures stand.
        at: Pointer,
    },
    /// Copy these picture files into the site and add them to an article.
    BringPictures {
        /// To which article.
        article: ArticleId,
        /// Where its pictures stand.
        at: Pointer,
        /// The files, from anywhere.
        files: Vec<PathBuf>,
    },
    /// Go back to the welcome screen.
    CloseSite,
    /// Take a site off the list of recent ones.
    ForgetSite(PathBuf),
    /// Look at the disk again.
    Rescan,
    /// End the sitting. Unsaved edits stay in the journal.
    Quit,
    /// Stop the long work that is going on.
    CancelWork,

    /// Filter by this text.
    Filter(String),
    /// Show one collection, by its folder, or all.
    Collection(Option<String>),
    /// Ask the filter and the sort again: held rows go, news come.
    Refilter,
    /// Filter by what came or changed on disk since the rows were asked for.
    ShowNews,
    /// Put the rows together by a column, or by nothing.
    GroupBy(Option<ColumnKey>),
    /// Close a group of rows, or open it, by its place.
    ToggleGroup(usize),
    /// Close the group of the cursor's row.
    CloseGroup,
    /// Open the closed group that is nearest to the cursor.
    OpenGroup,
    /// Close all groups, or open them.
    CloseAllGroups(bool),
    /// Sort by a column; again: the other way round; `add`: as a further key.
    Sort {
        /// The column.
        column: ColumnKey,
        /// Keep the keys that are there.
        add: bool,
    },
    /// Move the cursor.
    Move {
        /// Where to.
        motion: Motion,
        /// Take the rows on the way into the selection.
        extend: bool,
    },
    /// A click on a row.
    Click {
        /// Its place in the view.
        row: usize,
        /// What the click does with the selection.
        mode: ClickMode,
    },
    /// Put the cursor on this article, if it is shown.
    GoTo(ArticleId),
    /// This is the first row in view now.
    Seen(ArticleId),
    /// Select everything shown.
    SelectAll,
    /// Select nothing but the row under the cursor.
    SelectNone,

    /// Change articles.
    Edit(Edit),
    /// Take the last step back.
    Undo,
    /// Do the step again that was taken back last.
    Redo,
    /// Give one field the value back that it has on disk.
    RevertField {
        /// Of which article.
        article: ArticleId,
        /// Which value; the body when nothing.
        pointer: Option<Pointer>,
    },
    /// Give up all unsaved edits of these articles; it can be undone.
    RevertArticles(Vec<ArticleId>),
    /// Write all that is pending.
    SaveAll,
    /// Write what is pending in these articles.
    Save(Vec<ArticleId>),
    /// Answer conflicts.
    Resolve {
        /// Of which article; of all articles when nothing.
        article: Option<ArticleId>,
        /// Which of them.
        which: Which,
        /// Whose value counts.
        side: Side,
    },
    /// Answer what became of a file under unsaved edits.
    AnswerFate {
        /// Of which article; of all articles when nothing.
        article: Option<ArticleId>,
        /// The answer.
        answer: FateAnswer,
    },
    /// It is meant that so many files are gone: go on saving.
    AcceptLosses,
    /// Make saved edits again that another program overwrote, or leave it at that.
    AnswerOverwritten {
        /// Whether they are made again.
        again: bool,
    },
    /// Show what was saved of an article.
    ShowVersions(ArticleId),
    /// Have something of the list of saved versions again.
    TakeBack {
        /// Which one, by its time.
        at: i64,
        /// What of it.
        what: TakeBack,
    },
    /// Mark the targets for later, or take the mark away when all have it.
    ToggleMark,
    /// Open the article's page, or this address, in the browser.
    OpenPage(Option<String>),
    /// Put the selected rows on the clipboard, as tab-separated values.
    CopyRows,
    /// Put this text on the clipboard.
    CopyText(String),
    /// Move the targets to the system's trash.
    Trash,
    /// Make a related entry the lead of its file: asks first, naming what stays behind.
    Promote {
        /// Whose entry.
        article: ArticleId,
        /// Its place in the list.
        entry: usize,
    },
    /// Add another article of the site to the related entries, at its place by quality.
    AddRelated {
        /// To which article.
        article: ArticleId,
        /// Which article becomes an entry.
        other: ArticleId,
    },
    /// Split a related entry off into a file of its own.
    SplitOff {
        /// Whose entry.
        article: ArticleId,
        /// Which entry.
        entry: Pointer,
    },

    /// Show something over the desk.
    Show(Overlay),
    /// Take away what lies over the desk.
    CloseOverlay,
    /// Show this tab of the inspector.
    Tab(Tab),
    /// Show a place of an article's file in the source tab.
    ShowSource {
        /// Of which article.
        article: ArticleId,
        /// Line and column.
        place: Place,
    },
    /// Give a pane the keyboard.
    Focus(Pane),
    /// Show or hide a pane.
    TogglePane(Pane),
    /// The sidebar or the inspector shall be so wide on this site, in points.
    PaneWidth(Pane, u16),
    /// Go on to the next row after a judgement, or not.
    ToggleAutoAdvance,
    /// The colours.
    Theme(Theme),
    /// The height of rows.
    Density(Density),
    /// Whether things move by themselves.
    Animation(Animation),
    /// Load pictures from the web for this site, or not.
    RemotePictures(bool),
    /// Load them from this machine and its own network, too, or not.
    PrivatePictures(bool),
    /// Below this width an article's own picture is small; 0: none is.
    SmallestPicture(u32),
    /// Another part of quick look's picture, or another size.
    Magnify(Magnify),
    /// Pictures large in the place of rows, or rows.
    ToggleSheet,
    /// Larger or smaller: steps of a tenth, 0 is the usual size.
    Zoom(i32),
    /// These columns, in this order, for the collection shown.
    Columns(Vec<ColumnSetting>),
    /// The usual columns for the collection shown.
    UsualColumns,
    /// These presets for a score, on its keys from 1 to 0; kept in the site's settings.
    Presets(FieldPath, Vec<i64>),
    /// Learn the presets of all scores from the articles as they are now.
    PresetsAnew,
    /// Save the filter as a view under this name, or forget it when it is empty.
    SaveView(String),
    /// Show a saved view, by its place in the list.
    View(usize),
    /// Say this to the editor.
    Tell(String),
    /// Take a message away.
    Dismiss(u64),
    /// Do what a message offers.
    TakeOffer(u64),
}

/// Which conflicts are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those of a field, in every entry of a list; the body for the empty path.
    Field(FieldPath),
    /// The one at this place; the body for none.
    At(Option<Pointer>),
}

/// What shall be done where the file under unsaved edits went, moved, or cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FateAnswer {
    /// Ours counts: a file that is gone is made anew, one that cannot be merged is written over.
    Keep,
    /// Theirs counts: our edits are given up.
    Drop,
    /// Our edits go over to the file that has what it was.
    Follow,
}

/// What quick look's picture does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Magnify {
    /// It is seen whole.
    Fit,
    /// A pixel of it is a pixel of the screen.
    Actual,
    /// So many steps larger, or smaller.
    By(i32),
    /// So many steps to the right and down.
    Pan(i32, i32),
    /// Just so: what the mouse does.
    To(Magnified),
}

/// How quick look shows its picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Magnified {
    /// Whether its own pixels are the measure; else what fits.
    pub actual: bool,
    /// How many times larger than that.
    pub times: f32,
    /// Which point of it is in the middle, as shares of its width and height.
    pub center: (f32, f32),
}

impl Default for Magnified {
    fn default() -> Self {
        Self { actual: false, times: 1.0, center: (0.5, 0.5) }
    }
}

impl Magnified {
    /// Whether it is seen whole, as it is at first.
    #[must_use]
    pub fn fits(&self) -> bool {
        !self.actual && self.times <= 1.0
    }

    /// The same after this.
    #[must_use]
    pub fn after(self, magnify: Magnify) -> Self {
        let share = |share: f32| if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 };
        let next = match magnify {
            Magnify::Fit => Self::default(),
            Magnify::Actual => Self { actual: true, ..Self::default() },
            Magnify::By(steps) => Self { times: self.times * 1.25_f32.powi(steps), ..self },
            Magnify::Pan(right, down) => {
                let step = 0.2 / self.times.max(1.0);
                let (x, y) = self.center;
                Self { center: (x + right as f32 * step, y + down as f32 * step), ..self }
            }
            Magnify::To(so) => so,
        };
        let times = if next.times.is_nan() { 1.0 } else { next.times.clamp(0.05, 32.0) };
        Self { times, center: (share(next.center.0), share(next.center.1)), ..next }
    }
}

/// What is had again of a saved version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeBack {
    /// What the save changed goes back; what came later stays.
    Save,
    /// The whole text of the version.
    Version,
}

/// Where the cursor goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// So many rows on (or back).
    By(isize),
    /// To the first row.
    First,
    /// To the last row.
    Last,
}

/// What a click does with the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClickMode {
    /// Only this row.
    Only,
    /// This row in or out (Ctrl).
    Toggle,
    /// All rows from the anchor to this one (Shift).
    Range,
}

/// A change of articles: the same intents for all of them, one step to undo.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// What the toast and the history call it: “heat 120”.
    pub label: String,
    /// What is done, in order.
    pub intents: Vec<Intent>,
    /// Which articles.
    pub targets: Targets,
    /// Edits that follow each other with the same group are one step: typing in one field.
    pub group: Option<String>,
    /// Whether it is a judgement, after which the cursor goes on.
    pub judge: Judge,
}

/// Which articles an edit is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// The selection, or the row under the cursor where nothing is selected.
    Selection,
    /// These.
    These(Vec<ArticleId>),
}

/// Whether an edit is a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// No: the cursor stays.
    No,
    /// Yes: the cursor goes on if auto-advance is on.
    Yes,
    /// Yes, and this once the other way round than auto-advance says.
    Opposite,
}

/// What can lie over the desk.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// All commands by name.
    Palette,
    /// All keys.
    Keys,
    /// Image and text of one article, large.
    QuickLook,
    /// Two to four selected articles side by side.
    Compare,
    /// What is disputed, side by side.
    Conflicts,
    /// What was saved of an article.
    Versions,
    /// An exact number for a score.
    Score(FieldPath),
    /// Which field is added, renamed or removed.
    Field(FieldTask),
    /// Find and replace in fields.
    Replace,
    /// Which columns are shown.
    Columns,
    /// What is wrong with pictures, which are unused, and which are in many articles.
    Pictures,
    /// Preferences.
    Settings,
    /// A name for the present filter.
    SaveView,
    /// Unsaved edits, and the window shall close.
    ConfirmQuit,
}

/// What is done to a field that is chosen by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldTask {
    /// One is added to the article under the cursor.
    Add,
    /// One gets another name, in all targets that have it.
    Rename,
    /// One is taken out of all targets that have it.
    Remove,
}

/// The tabs of the inspector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Tab {
    /// The form.
    #[default]
    Edit,
    /// The article as a reader sees it.
    Preview,
    /// The file.
    Source,
    /// What is pending.
    Changes,
}

/// What can have the keyboard, and what can be hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The table of articles.
    #[default]
    Table,
    /// A cell of the row under the cursor, to be edited in place.
    Cell,
    /// The filter box.
    Filter,
    /// The form of the inspector.
    Form,
    /// The related entries in the form.
    Related,
    /// Collections, views and facets.
    Sidebar,
}

/// A column of the table, as the editor set it up.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ColumnSetting {
    /// What it shows.
    pub key: ColumnKey,
    /// Its width in points; the usual one when nothing.
    pub width: Option<f32>,
    /// Whether it is shown.
    pub shown: bool,
}

impl Edit {
    /// An edit of the selection.
    #[must_use]
    pub fn of_selection(label: impl Into<String>, intents: Vec<Intent>) -> Self {
        Self { label: label.into(), intents, targets: Targets::Selection, group: None, judge: Judge::No }
    }

    /// An edit of one article.
    #[must_use]
    pub fn of(article: ArticleId, label: impl Into<String>, intents: Vec<Intent>) -> Self {
        Self { targets: Targets::These(vec![article]), ..Self::of_selection(label, intents) }
    }

    /// The same as part of a group: typing in one field is one step.
    #[must_use]
    pub fn grouped(self, group: impl Into<String>) -> Self {
        Self { group: Some(group.into()), ..self }
    }

    /// The same as a judgement.
    #[must_use]
    pub fn judging(self, judge: Judge) -> Self {
        Self { judge, ..self }
    }
}

//! Everything an editor can ask for by name: what palette, menus, keys sheet and README show, and what keys do.
//!
//! Invariant: no key is bound twice in the same place; a `None` command is one that cannot be done now.

use super::command::{Command, FieldTask, Judge, Magnify, Motion, Overlay, Pane, Tab};
use super::meaning::{
    PAGE, Rank, add, field_task, fold, go, group_by, live, preset, score_entry, some_rows, switch_live, toggle, view,
    with_target,
};
use super::pictures::magnify;
use super::settings::{Animation, Density, Theme};
use super::{Desk, Phase};
use crate::catalog::{ColumnKey, Computed};

/// One thing an editor can ask for.
#[derive(Debug)]
pub struct Action {
    /// What it is called.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// Under which menu it stands.
    pub menu: Menu,
    /// The keys that do it, as “Ctrl+Shift+Z”.
    pub keys: &'static [&'static str],
    /// The command, or nothing when it cannot be done now.
    pub command: fn(&Desk) -> Option<Command>,
}

/// The menus, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Menu {
    /// Sites and saving.
    File,
    /// Undo, selection, copying.
    Edit,
    /// Scores and what follows from them.
    Judge,
    /// One article.
    Article,
    /// Moving about.
    Go,
    /// What is shown.
    View,
    /// What the site has of its own.
    Own,
    /// Help.
    Help,
}

/// A key with its modifiers. `command` is Ctrl, and ⌘ on macOS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord<'a> {
    /// Ctrl, or ⌘ on macOS.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// Alt, or ⌥ on macOS.
    pub alt: bool,
    /// The key, by the name on it.
    pub key: &'a str,
}

impl<'a> Chord<'a> {
    /// Reads “Ctrl+Shift+Z”.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let mut chord = Self { command: false, shift: false, alt: false, key: text };
        while let Some((modifier, rest)) = chord.key.split_once('+').filter(|(_, rest)| !rest.is_empty()) {
            match modifier {
                "Ctrl" => chord.command = true,
                "Shift" => chord.shift = true,
                "Alt" => chord.alt = true,
                _ => break,
            }
            chord.key = rest;
        }
        chord
    }

    /// Whether the key is text when nobody listens for it, so that it must not act while somebody types.
    #[must_use]
    pub fn is_text(&self) -> bool {
        !self.command && self.key.chars().count() == 1
    }
}

impl Action {
    /// Why it cannot be done now: what a key says that would otherwise do nothing.
    #[must_use]
    pub fn why_not(&self, desk: &Desk) -> &'static str {
        if *desk.phase() != Phase::Open {
            return "Open a site first";
        }
        match (self.menu, self.name) {
            (_, "Stop") => "Nothing is on its way that could be stopped",
            (_, "Save all") => "Everything is saved",
            (_, "Save this" | "Undo all edits of this article") => "Nothing is pending in the selected articles",
            (_, "Picture larger" | "Picture smaller" | "Whole picture" | "Picture pixel by pixel") => {
                "This is for the picture in quick look; Space opens it"
            }
            (_, "Correct picture sizes") => {
                "No selected article declares another size than its pictures have, as far as they were looked at"
            }
            (_, "Add picture from file…") => "Select one article that can be read and whose collection has pictures",
            (_, "Undo") => "Nothing to undo",
            (_, "Redo") => "Nothing to do again",
            (_, "Conflicts…") => "Nothing is in conflict",
            (_, "Compare") => "Select two to four articles to compare them",
            (_, "Add a field…" | "Rename a field…" | "Remove a field…") => {
                "The article under the cursor is not read yet, or has no front matter that can be read"
            }
            (_, "Save filter as view…") => "Type a filter first; then it can be kept as a view",
            (Menu::View, "Close group" | "Close all groups") => {
                "No group of rows is open here; “Group by …” makes groups"
            }
            (Menu::View, "Open group" | "Open all groups") => "No group of rows is closed",
            (Menu::View, "No groups") => "The rows are not in groups",
            (Menu::View, name) if name.starts_with("Group by") => {
                "The articles of this collection have no field for this"
            }
            (Menu::View, _) => "There is no view of this number yet; Ctrl+D keeps the filter as one",
            _ if desk.cursor().is_none() => "There is no article to do this with",
            (Menu::Judge, _) => "The articles of this collection have no field for this",
            _ => "This cannot be done now",
        }
    }
}

const fn action(
    menu: Menu,
    name: &'static str,
    keys: &'static [&'static str],
    help: &'static str,
    command: fn(&Desk) -> Option<Command>,
) -> Action {
    Action { name, help, menu, keys, command }
}

/// Everything an editor can ask for, in the order of menus and palette.
pub const ACTIONS: &[Action] = &[
    action(Menu::File, "Open folder…", &["Ctrl+O"], "Choose a site's folder and open it", |_| {
        Some(Command::PickFolder)
    }),
    action(Menu::File, "Open the sample site", &[], "Open a copy of the sample site, to try things out", |_| {
        Some(Command::OpenSample)
    }),
    action(Menu::File, "Save all", &["Ctrl+S"], "Write everything that is pending to disk", |desk| {
        (desk.changed_count() > 0).then_some(Command::SaveAll)
    }),
    action(Menu::File, "Save this", &["Ctrl+Shift+S"], "Write what is pending in the selected articles", |desk| {
        let changed: Vec<_> = desk.targets().into_iter().filter(|id| desk.draft(*id).is_some()).collect();
        (!changed.is_empty()).then_some(Command::Save(changed))
    }),
    action(Menu::File, "Read the site again", &["Ctrl+R"], "Look at the disk again", |desk| {
        desk.site().map(|_| Command::Rescan)
    }),
    action(Menu::File, "Stop", &["Ctrl+."], "Stop reading or saving, or an edit that is on its way", |desk| {
        let opening = matches!(desk.phase(), Phase::Opening { .. });
        desk.is_working().then_some(if opening { Command::CloseSite } else { Command::CancelWork })
    }),
    action(Menu::File, "Close site", &["Ctrl+W"], "Go back to the welcome screen; unsaved edits are kept", |desk| {
        (*desk.phase() != Phase::Welcome).then_some(Command::CloseSite)
    }),
    action(Menu::File, "Settings…", &["Ctrl+,"], "Theme, size, density, keys of the scores", |_| {
        Some(Command::Show(Overlay::Settings))
    }),
    action(Menu::File, "Quit", &["Ctrl+Q"], "Close the window; unsaved edits are kept in the journal", |desk| {
        Some(if desk.changed_count() + desk.waiting_count() > 0 {
            Command::Show(Overlay::ConfirmQuit)
        } else {
            Command::Quit
        })
    }),
    action(Menu::Edit, "Undo", &["Ctrl+Z"], "Take the last step back, also after a save", |desk| {
        (desk.undo_label().is_some() || desk.waiting_count() > 0).then_some(Command::Undo)
    }),
    action(Menu::Edit, "Redo", &["Ctrl+Shift+Z", "Ctrl+Y"], "Do again what was taken back", |desk| {
        desk.redo_label().map(|_| Command::Redo)
    }),
    action(
        Menu::Edit,
        "Undo all edits of this article",
        &[],
        "Give the selected articles up to what is on disk",
        |desk| {
            let changed: Vec<_> = desk.targets().into_iter().filter(|id| desk.draft(*id).is_some()).collect();
            (!changed.is_empty()).then_some(Command::RevertArticles(changed))
        },
    ),
    action(Menu::Edit, "Select all shown", &["Ctrl+A"], "Select every row of the table", |desk| {
        some_rows(desk, Command::SelectAll)
    }),
    action(Menu::Edit, "Copy rows", &["Ctrl+C"], "Put the selected rows on the clipboard, as a table", |desk| {
        with_target(desk, Command::CopyRows)
    }),
    action(Menu::Edit, "Find and replace…", &["Ctrl+H"], "Replace text in a field of the selected articles", |desk| {
        with_target(desk, Command::Show(Overlay::Replace))
    }),
    action(Menu::Judge, "Heat to preset 1", &["1"], "Set heat to the first preset", |desk| {
        preset(desk, Rank::Heat, 0, Judge::Yes)
    }),
    action(Menu::Judge, "Heat to preset 2", &["2"], "Set heat to the second preset", |desk| {
        preset(desk, Rank::Heat, 1, Judge::Yes)
    }),
    action(Menu::Judge, "Heat to preset 3", &["3"], "Set heat to the third preset", |desk| {
        preset(desk, Rank::Heat, 2, Judge::Yes)
    }),
    action(Menu::Judge, "Heat to preset 4", &["4"], "Set heat to the fourth preset", |desk| {
        preset(desk, Rank::Heat, 3, Judge::Yes)
    }),
    action(Menu::Judge, "Heat to preset 5", &["5"], "Set heat to the fifth preset", |desk| {
        preset(desk, Rank::Heat, 4, Judge::Yes)
    }),
    action(Menu::Judge, "Heat to preset 6", &["6"], "Set heat to the sixth preset", |desk| {
        preset(desk, Rank::Heat, 5, Judge::Yes)
    }),
    action(Menu::Judge, "Heat to preset 7", &["7"], "Set heat to the seventh preset", |desk| {
        preset(desk, Rank::Heat, 6, Judge::Yes)
    }),
    action(Menu::Judge, "Heat to preset 8", &["8"], "Set heat to the eighth preset", |desk| {
        preset(desk, Rank::Heat, 7, Judge::Yes)
    }),
    action(Menu::Judge, "Heat to preset 9", &["9"], "Set heat to the ninth preset", |desk| {
        preset(desk, Rank::Heat, 8, Judge::Yes)
    }),
    action(Menu::Judge, "Heat to preset 0", &["0"], "Set heat to the tenth preset", |desk| {
        preset(desk, Rank::Heat, 9, Judge::Yes)
    }),
    action(Menu::Judge, "Heat…", &["H"], "Type an exact heat", |desk| score_entry(desk, Rank::Heat)),
    action(Menu::Judge, "Quality…", &["Q"], "Type an exact quality", |desk| score_entry(desk, Rank::Quality)),
    action(Menu::Judge, "Heat +10", &["]"], "Raise heat by ten", |desk| add(desk, Rank::Heat, 10)),
    action(Menu::Judge, "Heat −10", &["["], "Lower heat by ten", |desk| add(desk, Rank::Heat, -10)),
    action(Menu::Judge, "Quality +10", &["}"], "Raise quality by ten", |desk| add(desk, Rank::Quality, 10)),
    action(Menu::Judge, "Quality −10", &["{"], "Lower quality by ten", |desk| add(desk, Rank::Quality, -10)),
    action(Menu::Judge, "Live", &["P"], "Publish; a second time does no harm", |desk| live(desk, true, Judge::Yes)),
    action(Menu::Judge, "Not live", &["U"], "Take off the site; a second time does no harm", |desk| {
        live(desk, false, Judge::Yes)
    }),
    action(Menu::Judge, "Switch live", &["Shift+P"], "Live to not live, and back", switch_live),
    action(
        Menu::Judge,
        "Fold or drop",
        &["X"],
        "Fold under its lead (heat −1, not live), or drop when it has none",
        |desk| fold(desk, Judge::Yes),
    ),
    action(Menu::Judge, "Auto-advance", &["A"], "Go on to the next row after a judgement, or stay", |_| {
        Some(Command::ToggleAutoAdvance)
    }),
    action(
        Menu::Judge,
        "Presets from the site anew",
        &[],
        "Learn the values of the digit keys from the articles as they are now; they stay as they are else",
        |desk| {
            let has_scores = desk.shown_schema().is_some_and(|schema| !schema.scores.is_empty());
            (has_scores && desk.scan()?.done).then_some(Command::PresetsAnew)
        },
    ),
    action(Menu::Judge, "Mark for later", &["T"], "Mark, or take the mark away (is:marked finds them)", |desk| {
        with_target(desk, Command::ToggleMark)
    }),
    action(Menu::Article, "Quick look", &["Space"], "Picture and text, large", |desk| {
        with_target(desk, toggle(desk, Overlay::QuickLook))
    }),
    action(Menu::Article, "Compare", &["C"], "Two to four selected articles side by side", |desk| {
        (2..=4).contains(&desk.target_count()).then(|| toggle(desk, Overlay::Compare))
    }),
    action(Menu::Article, "Conflicts…", &["F8"], "What changed here and elsewhere, side by side", |desk| {
        (!desk.disputed().is_empty()).then(|| toggle(desk, Overlay::Conflicts))
    }),
    action(Menu::Article, "Saved versions…", &["Alt+H"], "What was saved of this article, to take it back", |desk| {
        desk.cursor().map(Command::ShowVersions)
    }),
    action(Menu::Article, "Edit in the form", &["E", "Enter"], "Go into the form; Esc comes back", |desk| {
        with_target(desk, Command::Focus(Pane::Form))
    }),
    action(Menu::Article, "Edit in the table", &["F2"], "Edit the cell in place; Tab goes on to the next", |desk| {
        with_target(desk, Command::Focus(Pane::Cell))
    }),
    action(Menu::Article, "Add a field…", &["Alt+A"], "One that the siblings have, or a new one", |desk| {
        field_task(desk, FieldTask::Add)
    }),
    action(Menu::Article, "Rename a field…", &[], "In the selected articles that have it", |desk| {
        field_task(desk, FieldTask::Rename)
    }),
    action(Menu::Article, "Remove a field…", &[], "From the selected articles that have it", |desk| {
        field_task(desk, FieldTask::Remove)
    }),
    action(Menu::Article, "Related entries", &["R"], "Go to the related entries", |desk| {
        with_target(desk, Command::Focus(Pane::Related))
    }),
    action(
        Menu::Article,
        "Correct picture sizes",
        &["Alt+P"],
        "Give pictures their real width and height where the articles declare others",
        super::pictures::correct_sizes,
    ),
    action(
        Menu::Article,
        "Add picture from file…",
        &[],
        "Copy a picture file into the site and add it to the article",
        super::bring::pick_for_cursor,
    ),
    action(Menu::Article, "Open web page", &["O"], "Open the article's page in the browser", |desk| {
        with_target(desk, Command::OpenPage(None))
    }),
    action(Menu::Go, "Down", &["J", "Down"], "Next row", |desk| go(desk, Motion::By(1), false)),
    action(Menu::Go, "Up", &["K", "Up"], "Previous row", |desk| go(desk, Motion::By(-1), false)),
    action(Menu::Go, "Page down", &["PageDown"], "A page on", |desk| go(desk, Motion::By(PAGE), false)),
    action(Menu::Go, "Page up", &["PageUp"], "A page back", |desk| go(desk, Motion::By(-PAGE), false)),
    action(Menu::Go, "First row", &["Home"], "To the first row", |desk| go(desk, Motion::First, false)),
    action(Menu::Go, "Last row", &["End"], "To the last row", |desk| go(desk, Motion::Last, false)),
    action(Menu::Go, "Extend down", &["Shift+J", "Shift+Down"], "Select down to the next row", |desk| {
        go(desk, Motion::By(1), true)
    }),
    action(Menu::Go, "Extend up", &["Shift+K", "Shift+Up"], "Select up to the previous row", |desk| {
        go(desk, Motion::By(-1), true)
    }),
    action(Menu::Go, "Extend a page down", &["Shift+PageDown"], "Select a page on", |desk| {
        go(desk, Motion::By(PAGE), true)
    }),
    action(Menu::Go, "Extend a page up", &["Shift+PageUp"], "Select a page back", |desk| {
        go(desk, Motion::By(-PAGE), true)
    }),
    action(Menu::Go, "Extend to the first row", &["Shift+Home"], "Select up to the first row", |desk| {
        go(desk, Motion::First, true)
    }),
    action(Menu::Go, "Extend to the last row", &["Shift+End"], "Select down to the last row", |desk| {
        go(desk, Motion::Last, true)
    }),
    action(Menu::Go, "Filter", &["/", "Ctrl+F"], "Type a filter; Esc clears it", |desk| {
        desk.site().map(|_| Command::Focus(Pane::Filter))
    }),
    action(Menu::Go, "Filter again", &["F5"], "Ask the filter and the order again: held rows go", |desk| {
        desk.site().map(|_| Command::Refilter)
    }),
    action(Menu::View, "View 1", &["Ctrl+1"], "The first saved view", |desk| view(desk, 0)),
    action(Menu::View, "View 2", &["Ctrl+2"], "The second saved view", |desk| view(desk, 1)),
    action(Menu::View, "View 3", &["Ctrl+3"], "The third saved view", |desk| view(desk, 2)),
    action(Menu::View, "View 4", &["Ctrl+4"], "The fourth saved view", |desk| view(desk, 3)),
    action(Menu::View, "View 5", &["Ctrl+5"], "The fifth saved view", |desk| view(desk, 4)),
    action(Menu::View, "View 6", &["Ctrl+6"], "The sixth saved view", |desk| view(desk, 5)),
    action(Menu::View, "Save filter as view…", &["Ctrl+D"], "Keep the filter under a name", |desk| {
        (!desk.filter().is_empty()).then_some(Command::Show(Overlay::SaveView))
    }),
    action(
        Menu::View,
        "Pictures…",
        &["Alt+I"],
        "Broken, small, wrongly declared, unused and shared pictures",
        |desk| desk.site().map(|_| Command::Show(Overlay::Pictures)),
    ),
    action(Menu::View, "Pictures from the web, or not", &[], "Load them for this site, or stop it", |desk| {
        desk.site_state().map(|state| Command::RemotePictures(!state.remote_pictures))
    }),
    action(Menu::View, "Columns…", &[], "Choose, order and hide columns", |desk| {
        desk.site().map(|_| Command::Show(Overlay::Columns))
    }),
    action(Menu::View, "Group by day", &[], "Put rows of the same day under a heading", |desk| {
        group_by(desk, |schema| schema.date.clone())
    }),
    action(Menu::View, "Group by topic", &[], "Put rows of the same first topic under a heading", |desk| {
        group_by(desk, |schema| schema.topics.clone())
    }),
    action(Menu::View, "Group by provider", &[], "Put rows of the same provider under a heading", |desk| {
        group_by(desk, |schema| schema.provider.as_ref().map(|provider| provider.child("name")))
    }),
    action(Menu::View, "Group duplicates", &[], "Put articles that tell the same story under a heading", |desk| {
        desk.site().map(|_| Command::GroupBy(Some(ColumnKey::Computed(Computed::Twin))))
    }),
    action(Menu::View, "No groups", &[], "Rows one after another, without headings", |desk| {
        desk.grouped_by().map(|_| Command::GroupBy(None))
    }),
    action(Menu::View, "Close group", &["Left"], "Leave out the rows of the cursor's group", |desk| {
        (desk.cursor_row().is_some() && !desk.groups().is_empty()).then_some(Command::CloseGroup)
    }),
    action(Menu::View, "Open group", &["Right"], "Show the rows of the nearest closed group", |desk| {
        desk.groups().iter().any(|group| group.closed).then_some(Command::OpenGroup)
    }),
    action(Menu::View, "Close all groups", &["Shift+Left"], "Leave only the headings", |desk| {
        desk.groups().iter().any(|group| !group.closed).then_some(Command::CloseAllGroups(true))
    }),
    action(Menu::View, "Open all groups", &["Shift+Right"], "Show the rows of all groups", |desk| {
        desk.groups().iter().any(|group| group.closed).then_some(Command::CloseAllGroups(false))
    }),
    action(Menu::View, "Edit tab", &["Alt+E"], "The form", |_| Some(Command::Tab(Tab::Edit))),
    action(Menu::View, "Preview tab", &["Alt+V"], "The article as a reader sees it", |_| {
        Some(Command::Tab(Tab::Preview))
    }),
    action(Menu::View, "Source tab", &["Alt+S"], "The file itself", |_| Some(Command::Tab(Tab::Source))),
    action(Menu::View, "Changes tab", &["Alt+C"], "What is pending, field by field", |_| {
        Some(Command::Tab(Tab::Changes))
    }),
    action(Menu::View, "Sidebar", &["Ctrl+B"], "Show or hide collections, views and facets", |_| {
        Some(Command::TogglePane(Pane::Sidebar))
    }),
    action(Menu::View, "Inspector", &["Ctrl+I"], "Show or hide the inspector", |_| {
        Some(Command::TogglePane(Pane::Form))
    }),
    action(
        Menu::View,
        "Contact sheet",
        &["Alt+G"],
        "Pictures large with title and scores below, or rows; the keys stay the same",
        |desk| desk.site().map(|_| Command::ToggleSheet),
    ),
    action(Menu::View, "Picture larger", &["+", "="], "In quick look: nearer", |desk| magnify(desk, Magnify::By(1))),
    action(Menu::View, "Picture smaller", &["-"], "In quick look: farther", |desk| magnify(desk, Magnify::By(-1))),
    action(Menu::View, "Whole picture", &["F"], "In quick look: as large as it fits", |desk| {
        magnify(desk, Magnify::Fit)
    }),
    action(
        Menu::View,
        "Picture pixel by pixel",
        &["Z"],
        "In quick look: a pixel of it is a pixel of the screen; arrows move it",
        |desk| magnify(desk, Magnify::Actual),
    ),
    action(Menu::View, "Compact rows", &["Alt+D"], "One line a row, or two lines and a picture", |desk| {
        let compact = desk.settings().density == Density::Compact;
        Some(Command::Density(if compact { Density::Comfortable } else { Density::Compact }))
    }),
    action(Menu::View, "Dark or light", &["Alt+L"], "Switch between the dark and the light theme", |desk| {
        let light = desk.is_dark() == Some(false);
        Some(Command::Theme(if light { Theme::Dark } else { Theme::Light }))
    }),
    action(Menu::View, "Less motion", &[], "Nothing fades, slides or plays by itself, or does so again", |desk| {
        Some(Command::Animation(if desk.is_still() { Animation::Usual } else { Animation::Less }))
    }),
    action(Menu::View, "Larger", &["Ctrl+=", "Ctrl++"], "Everything a tenth larger", |_| Some(Command::Zoom(1))),
    action(Menu::View, "Smaller", &["Ctrl+-"], "Everything a tenth smaller", |_| Some(Command::Zoom(-1))),
    action(Menu::View, "Usual size", &["Ctrl+0"], "The usual size", |_| Some(Command::Zoom(0))),
    action(Menu::Help, "Commands", &["Ctrl+K"], "Every command by name", |_| Some(Command::Show(Overlay::Palette))),
    action(Menu::Help, "Keys", &["?"], "All keys", |_| Some(Command::Show(Overlay::Keys))),
    action(
        Menu::Judge,
        "Heat to preset 1, other way",
        &["Shift+1"],
        "As 1, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 0, Judge::Opposite),
    ),
    action(
        Menu::Judge,
        "Heat to preset 2, other way",
        &["Shift+2"],
        "As 2, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 1, Judge::Opposite),
    ),
    action(
        Menu::Judge,
        "Heat to preset 3, other way",
        &["Shift+3"],
        "As 3, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 2, Judge::Opposite),
    ),
    action(
        Menu::Judge,
        "Heat to preset 4, other way",
        &["Shift+4"],
        "As 4, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 3, Judge::Opposite),
    ),
    action(
        Menu::Judge,
        "Heat to preset 5, other way",
        &["Shift+5"],
        "As 5, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 4, Judge::Opposite),
    ),
    action(
        Menu::Judge,
        "Heat to preset 6, other way",
        &["Shift+6"],
        "As 6, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 5, Judge::Opposite),
    ),
    action(
        Menu::Judge,
        "Heat to preset 7, other way",
        &["Shift+7"],
        "As 7, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 6, Judge::Opposite),
    ),
    action(
        Menu::Judge,
        "Heat to preset 8, other way",
        &["Shift+8"],
        "As 8, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 7, Judge::Opposite),
    ),
    action(
        Menu::Judge,
        "Heat to preset 9, other way",
        &["Shift+9"],
        "As 9, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 8, Judge::Opposite),
    ),
    action(
        Menu::Judge,
        "Heat to preset 0, other way",
        &["Shift+0"],
        "As 0, and stay where auto-advance would go on",
        |desk| preset(desk, Rank::Heat, 9, Judge::Opposite),
    ),
    action(Menu::Judge, "Quality to preset 1", &["Alt+1"], "Set quality to the first preset", |desk| {
        preset(desk, Rank::Quality, 0, Judge::Yes)
    }),
    action(Menu::Judge, "Quality to preset 2", &["Alt+2"], "Set quality to the second preset", |desk| {
        preset(desk, Rank::Quality, 1, Judge::Yes)
    }),
    action(Menu::Judge, "Quality to preset 3", &["Alt+3"], "Set quality to the third preset", |desk| {
        preset(desk, Rank::Quality, 2, Judge::Yes)
    }),
    action(Menu::Judge, "Quality to preset 4", &["Alt+4"], "Set quality to the fourth preset", |desk| {
        preset(desk, Rank::Quality, 3, Judge::Yes)
    }),
    action(Menu::Judge, "Quality to preset 5", &["Alt+5"], "Set quality to the fifth preset", |desk| {
        preset(desk, Rank::Quality, 4, Judge::Yes)
    }),
    action(Menu::Judge, "Quality to preset 6", &["Alt+6"], "Set quality to the sixth preset", |desk| {
        preset(desk, Rank::Quality, 5, Judge::Yes)
    }),
    action(Menu::Judge, "Quality to preset 7", &["Alt+7"], "Set quality to the seventh preset", |desk| {
        preset(desk, Rank::Quality, 6, Judge::Yes)
    }),
    action(Menu::Judge, "Quality to preset 8", &["Alt+8"], "Set quality to the eighth preset", |desk| {
        preset(desk, Rank::Quality, 7, Judge::Yes)
    }),
    action(Menu::Judge, "Quality to preset 9", &["Alt+9"], "Set quality to the ninth preset", |desk| {
        preset(desk, Rank::Quality, 8, Judge::Yes)
    }),
    action(Menu::Judge, "Quality to preset 0", &["Alt+0"], "Set quality to the tenth preset", |desk| {
        preset(desk, Rank::Quality, 9, Judge::Yes)
    }),
    action(Menu::Judge, "Not live, other way", &["Shift+U"], "As U, and stay where auto-advance would go on", |desk| {
        live(desk, false, Judge::Opposite)
    }),
    action(
        Menu::Judge,
        "Fold or drop, other way",
        &["Shift+X"],
        "As X, and stay where auto-advance would go on",
        |desk| fold(desk, Judge::Opposite),
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_key_is_bound_twice() {
        let mut bound = BTreeMap::new();
        for action in ACTIONS {
            for key in action.keys {
                if let Some(other) = bound.insert(Chord::parse(key), action.name) {
                    panic!("{key} is bound to {other} and to {}", action.name);
                }
            }
        }
    }

    #[test]
    fn names_are_told_apart() {
        let names: std::collections::BTreeSet<_> = ACTIONS.iter().map(|action| action.name).collect();
        assert_eq!(names.len(), ACTIONS.len());
    }

    #[test]
    fn chords_are_read() {
        let chord = Chord::parse("Ctrl+Shift+Z");
        assert!(chord.command && chord.shift && !chord.alt && chord.key == "Z");
        assert_eq!(Chord::parse("Ctrl++").key, "+");
        for (key, text) in
            [("J", true), ("1", true), ("?", true), ("F5", false), ("Ctrl+K", false), ("Enter", false), ("F", true)]
        {
            assert_eq!(Chord::parse(key).is_text(), text, "{key}");
        }
    }
}

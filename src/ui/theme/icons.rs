//! The icons by name: characters of the bundled icon font, `assets/fonts/icons.ttf`.
//!
//! Invariant: every character here has a glyph in that font, and `assets/fonts/icons.md` lists the same names.

/// A story: lead and followers.
pub const ACCOUNT_TREE: char = '\u{e97a}';
/// Add an item.
pub const ADD: char = '\u{e145}';
/// Add an address.
pub const ADD_LINK: char = '\u{e178}';
/// Add a picture.
pub const ADD_PHOTO: char = '\u{e43e}';
/// Back.
pub const ARROW_BACK: char = '\u{e5c4}';
/// Descending, move down.
pub const ARROW_DOWN: char = '\u{e5db}';
/// Forward, old to new.
pub const ARROW_FORWARD: char = '\u{e5c8}';
/// Ascending, move up.
pub const ARROW_UP: char = '\u{e5d8}';
/// An article.
pub const ARTICLE: char = '\u{ef42}';
/// A quick action.
pub const BOLT: char = '\u{ea0b}';
/// Marked for later.
pub const BOOKMARK: char = '\u{e866}';
/// Marked for later, filled.
pub const BOOKMARK_FILLED: char = '\u{f801}';
/// A git branch.
pub const BRANCH: char = '\u{ebac}';
/// A picture that cannot be shown.
pub const BROKEN_IMAGE: char = '\u{e3ad}';
/// A date.
pub const CALENDAR: char = '\u{e935}';
/// The histogram.
pub const CHART: char = '\u{e26b}';
/// Done, chosen.
pub const CHECK: char = '\u{e5ca}';
/// Chosen, in a list.
pub const CHECK_BOX: char = '\u{e834}';
/// Not chosen, in a list.
pub const CHECK_BOX_OUTLINE: char = '\u{e835}';
/// All is well.
pub const CHECK_CIRCLE: char = '\u{e86c}';
/// All is well, filled.
pub const CHECK_CIRCLE_FILLED: char = '\u{f806}';
/// Previous.
pub const CHEVRON_LEFT: char = '\u{e408}';
/// Next, collapsed.
pub const CHEVRON_RIGHT: char = '\u{e409}';
/// A state.
pub const CIRCLE: char = '\u{ef4a}';
/// A state, filled.
pub const CIRCLE_FILLED: char = '\u{f803}';
/// Close, clear, remove a chip.
pub const CLOSE: char = '\u{e14c}';
/// Load remote pictures.
pub const CLOUD_DOWNLOAD: char = '\u{e2c0}';
/// Remote pictures are not allowed.
pub const CLOUD_OFF: char = '\u{e2c1}';
/// Choose columns.
pub const COLUMNS: char = '\u{e8ec}';
/// The command palette.
pub const COMMAND: char = '\u{eb8e}';
/// A git commit.
pub const COMMIT: char = '\u{eaf5}';
/// Side by side.
pub const COMPARE: char = '\u{e3b9}';
/// A conflict.
pub const CONFLICT: char = '\u{e0b3}';
/// Copy.
pub const COPY: char = '\u{e14d}';
/// The dark theme.
pub const DARK_MODE: char = '\u{e51c}';
/// Delete.
pub const DELETE: char = '\u{e872}';
/// A file.
pub const DESCRIPTION: char = '\u{e873}';
/// A change of a text.
pub const DIFFERENCE: char = '\u{eb7d}';
/// Export.
pub const DOWNLOAD: char = '\u{e171}';
/// A handle to drag by.
pub const DRAG: char = '\u{e945}';
/// Possible duplicates.
pub const DUPLICATE: char = '\u{e173}';
/// Edit.
pub const EDIT: char = '\u{e150}';
/// A problem.
pub const ERROR: char = '\u{e000}';
/// A problem, filled.
pub const ERROR_FILLED: char = '\u{f804}';
/// Close upwards.
pub const EXPAND_LESS: char = '\u{e5ce}';
/// Expanded, a drop-down.
pub const EXPAND_MORE: char = '\u{e5cf}';
/// Filter.
pub const FILTER: char = '\u{ef4f}';
/// Clear the filter.
pub const FILTER_OFF: char = '\u{eb32}';
/// Flag.
pub const FLAG: char = '\u{e153}';
/// Flag, filled.
pub const FLAG_FILLED: char = '\u{f802}';
/// A follower, fold under a lead.
pub const FOLD: char = '\u{e5da}';
/// A folder, a collection.
pub const FOLDER: char = '\u{e2c7}';
/// A folder, a collection, filled.
pub const FOLDER_FILLED: char = '\u{f80b}';
/// Open a site.
pub const FOLDER_OPEN: char = '\u{e2c8}';
/// As large as can be.
pub const FULLSCREEN: char = '\u{e5d0}';
/// The contact sheet.
pub const GRID: char = '\u{e9b0}';
/// Heat.
pub const HEAT: char = '\u{ea05}';
/// Heat, filled.
pub const HEAT_FILLED: char = '\u{f808}';
/// Help.
pub const HELP: char = '\u{e887}';
/// Earlier versions, recent sites.
pub const HISTORY: char = '\u{e28e}';
/// A picture.
pub const IMAGE: char = '\u{e251}';
/// No picture.
pub const IMAGE_OFF: char = '\u{f022}';
/// A hint.
pub const INFO: char = '\u{e88e}';
/// A hint, filled.
pub const INFO_FILLED: char = '\u{f809}';
/// Show or hide the inspector.
pub const INSPECTOR: char = '\u{f7e5}';
/// Keys.
pub const KEYBOARD: char = '\u{e312}';
/// A script that runs right to left, a language.
pub const LANGUAGE: char = '\u{e8e2}';
/// Promote to lead.
pub const LEAD: char = '\u{e25a}';
/// A suggestion.
pub const LIGHTBULB: char = '\u{e0f0}';
/// The light theme.
pub const LIGHT_MODE: char = '\u{e518}';
/// An address.
pub const LINK: char = '\u{e157}';
/// A broken address.
pub const LINK_OFF: char = '\u{e16f}';
/// Cannot be edited, opaque.
pub const LOCK: char = '\u{e88d}';
/// The menu.
pub const MENU: char = '\u{e5d2}';
/// Merge articles into one story.
pub const MERGE: char = '\u{eb98}';
/// More commands.
pub const MORE: char = '\u{e5d4}';
/// A new article.
pub const NOTE_ADD: char = '\u{e89c}';
/// What happened.
pub const NOTIFICATIONS: char = '\u{e7f4}';
/// Open in the browser.
pub const OPEN_IN_NEW: char = '\u{e895}';
/// Theme.
pub const PALETTE: char = '\u{e3b7}';
/// Paste.
pub const PASTE: char = '\u{e14f}';
/// Waiting.
pub const PENDING: char = '\u{e88b}';
/// A person.
pub const PERSON: char = '\u{e7fd}';
/// Pinned.
pub const PIN: char = '\u{f10d}';
/// Pinned, filled.
pub const PIN_FILLED: char = '\u{f80a}';
/// A video, an embed.
pub const PLAY: char = '\u{e038}';
/// A video, an embed, filled.
pub const PLAY_FILLED: char = '\u{f807}';
/// A provider.
pub const PROVIDER: char = '\u{eb81}';
/// The web.
pub const PUBLIC: char = '\u{e80b}';
/// Quality.
pub const QUALITY: char = '\u{e031}';
/// Redo.
pub const REDO: char = '\u{e15a}';
/// Ask again.
pub const REFRESH: char = '\u{e5d5}';
/// Take one away.
pub const REMOVE: char = '\u{e15b}';
/// Back to what it was.
pub const RESET: char = '\u{f053}';
/// The table.
pub const ROWS: char = '\u{f101}';
/// A house rule.
pub const RULE: char = '\u{f1c2}';
/// Save.
pub const SAVE: char = '\u{e161}';
/// A time, later.
pub const SCHEDULE: char = '\u{e192}';
/// Find, the filter box.
pub const SEARCH: char = '\u{e8b6}';
/// Select all shown.
pub const SELECT_ALL: char = '\u{e162}';
/// Settings.
pub const SETTINGS: char = '\u{e8b8}';
/// Show or hide the sidebar.
pub const SIDEBAR: char = '\u{f7e4}';
/// Sort.
pub const SORT: char = '\u{e164}';
/// Split off into a file of its own.
pub const SPLIT: char = '\u{e0b6}';
/// Mark.
pub const STAR: char = '\u{e838}';
/// Mark, filled.
pub const STAR_FILLED: char = '\u{f800}';
/// Work in progress, in step with the disk.
pub const SYNC: char = '\u{e627}';
/// A tag.
pub const TAG: char = '\u{e54e}';
/// A topic.
pub const TOPIC: char = '\u{f1c4}';
/// Take a deletion back.
pub const TRASH_RESTORE: char = '\u{e938}';
/// Adjust, columns and views.
pub const TUNE: char = '\u{e429}';
/// Undo.
pub const UNDO: char = '\u{e166}';
/// Collapse all, dense rows.
pub const UNFOLD_LESS: char = '\u{e5d6}';
/// Expand all, loose rows.
pub const UNFOLD_MORE: char = '\u{e5d7}';
/// Show, quick look.
pub const VISIBILITY: char = '\u{e417}';
/// Hidden.
pub const VISIBILITY_OFF: char = '\u{e8f5}';
/// A warning.
pub const WARNING: char = '\u{e002}';
/// A warning, filled.
pub const WARNING_FILLED: char = '\u{f805}';
/// Larger.
pub const ZOOM_IN: char = '\u{e8ff}';
/// Smaller.
pub const ZOOM_OUT: char = '\u{e900}';

/// All of them by name, for the tests and for whoever wants to see them.
pub const ALL: &[(&str, char)] = &[
    ("ACCOUNT_TREE", ACCOUNT_TREE),
    ("ADD", ADD),
    ("ADD_LINK", ADD_LINK),
    ("ADD_PHOTO", ADD_PHOTO),
    ("ARROW_BACK", ARROW_BACK),
    ("ARROW_DOWN", ARROW_DOWN),
    ("ARROW_FORWARD", ARROW_FORWARD),
    ("ARROW_UP", ARROW_UP),
    ("ARTICLE", ARTICLE),
    ("BOLT", BOLT),
    ("BOOKMARK", BOOKMARK),
    ("BOOKMARK_FILLED", BOOKMARK_FILLED),
    ("BRANCH", BRANCH),
    ("BROKEN_IMAGE", BROKEN_IMAGE),
    ("CALENDAR", CALENDAR),
    ("CHART", CHART),
    ("CHECK", CHECK),
    ("CHECK_BOX", CHECK_BOX),
    ("CHECK_BOX_OUTLINE", CHECK_BOX_OUTLINE),
    ("CHECK_CIRCLE", CHECK_CIRCLE),
    ("CHECK_CIRCLE_FILLED", CHECK_CIRCLE_FILLED),
    ("CHEVRON_LEFT", CHEVRON_LEFT),
    ("CHEVRON_RIGHT", CHEVRON_RIGHT),
    ("CIRCLE", CIRCLE),
    ("CIRCLE_FILLED", CIRCLE_FILLED),
    ("CLOSE", CLOSE),
    ("CLOUD_DOWNLOAD", CLOUD_DOWNLOAD),
    ("CLOUD_OFF", CLOUD_OFF),
    ("COLUMNS", COLUMNS),
    ("COMMAND", COMMAND),
    ("COMMIT", COMMIT),
    ("COMPARE", COMPARE),
    ("CONFLICT", CONFLICT),
    ("COPY", COPY),
    ("DARK_MODE", DARK_MODE),
    ("DELETE", DELETE),
    ("DESCRIPTION", DESCRIPTION),
    ("DIFFERENCE", DIFFERENCE),
    ("DOWNLOAD", DOWNLOAD),
    ("DRAG", DRAG),
    ("DUPLICATE", DUPLICATE),
    ("EDIT", EDIT),
    ("ERROR", ERROR),
    ("ERROR_FILLED", ERROR_FILLED),
    ("EXPAND_LESS", EXPAND_LESS),
    ("EXPAND_MORE", EXPAND_MORE),
    ("FILTER", FILTER),
    ("FILTER_OFF", FILTER_OFF),
    ("FLAG", FLAG),
    ("FLAG_FILLED", FLAG_FILLED),
    ("FOLD", FOLD),
    ("FOLDER", FOLDER),
    ("FOLDER_FILLED", FOLDER_FILLED),
    ("FOLDER_OPEN", FOLDER_OPEN),
    ("FULLSCREEN", FULLSCREEN),
    ("GRID", GRID),
    ("HEAT", HEAT),
    ("HEAT_FILLED", HEAT_FILLED),
    ("HELP", HELP),
    ("HISTORY", HISTORY),
    ("IMAGE", IMAGE),
    ("IMAGE_OFF", IMAGE_OFF),
    ("INFO", INFO),
    ("INFO_FILLED", INFO_FILLED),
    ("INSPECTOR", INSPECTOR),
    ("KEYBOARD", KEYBOARD),
    ("LANGUAGE", LANGUAGE),
    ("LEAD", LEAD),
    ("LIGHTBULB", LIGHTBULB),
    ("LIGHT_MODE", LIGHT_MODE),
    ("LINK", LINK),
    ("LINK_OFF", LINK_OFF),
    ("LOCK", LOCK),
    ("MENU", MENU),
    ("MERGE", MERGE),
    ("MORE", MORE),
    ("NOTE_ADD", NOTE_ADD),
    ("NOTIFICATIONS", NOTIFICATIONS),
    ("OPEN_IN_NEW", OPEN_IN_NEW),
    ("PALETTE", PALETTE),
    ("PASTE", PASTE),
    ("PENDING", PENDING),
    ("PERSON", PERSON),
    ("PIN", PIN),
    ("PIN_FILLED", PIN_FILLED),
    ("PLAY", PLAY),
    ("PLAY_FILLED", PLAY_FILLED),
    ("PROVIDER", PROVIDER),
    ("PUBLIC", PUBLIC),
    ("QUALITY", QUALITY),
    ("REDO", REDO),
    ("REFRESH", REFRESH),
    ("REMOVE", REMOVE),
    ("RESET", RESET),
    ("ROWS", ROWS),
    ("RULE", RULE),
    ("SAVE", SAVE),
    ("SCHEDULE", SCHEDULE),
    ("SEARCH", SEARCH),
    ("SELECT_ALL", SELECT_ALL),
    ("SETTINGS", SETTINGS),
    ("SIDEBAR", SIDEBAR),
    ("SORT", SORT),
    ("SPLIT", SPLIT),
    ("STAR", STAR),
    ("STAR_FILLED", STAR_FILLED),
    ("SYNC", SYNC),
    ("TAG", TAG),
    ("TOPIC", TOPIC),
    ("TRASH_RESTORE", TRASH_RESTORE),
    ("TUNE", TUNE),
    ("UNDO", UNDO),
    ("UNFOLD_LESS", UNFOLD_LESS),
    ("UNFOLD_MORE", UNFOLD_MORE),
    ("VISIBILITY", VISIBILITY),
    ("VISIBILITY_OFF", VISIBILITY_OFF),
    ("WARNING", WARNING),
    ("WARNING_FILLED", WARNING_FILLED),
    ("ZOOM_IN", ZOOM_IN),
    ("ZOOM_OUT", ZOOM_OUT),
];

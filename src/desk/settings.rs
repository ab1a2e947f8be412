//! What is remembered: preferences of the user, and how each site was left.
//!
//! Invariant: nothing here is an edit; losing it costs comfort, never work. Unknown or missing members read as the default.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::command::{ColumnSetting, Tab};
use super::presets::KeptScores;
use crate::catalog::{ColumnKey, SortKey};
use crate::file::SitePath;

/// Preferences of the user, for all sites.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The colours.
    pub theme: Theme,
    /// The height of rows.
    pub density: Density,
    /// Whether the cursor goes on after a judgement.
    pub auto_advance: bool,
    /// Whether things may move by themselves: fading, sliding, animated pictures.
    pub motion: Animation,
    /// Size of everything, in tenths more or less than usual.
    pub zoom: i32,
    /// The least width of an article's own picture, in pixels, below which it is called small; 0: none is.
    pub smallest_picture: u32,
    /// Sites opened before, the last one first.
    pub recent: Vec<PathBuf>,
}

/// Dark, light, or what the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Theme {
    /// What the system says; dark where it says nothing.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
}

/// Whether things move by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Animation {
    /// What the system says; usual where it says nothing.
    #[default]
    System,
    /// Nothing fades, slides or plays.
    Less,
    /// Things fade, slide and play, whatever the system says.
    Usual,
}

/// What the system wishes of every window, as far as it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Dark, or light.
    pub dark: Option<bool>,
    /// Nothing shall move by itself.
    pub still: Option<bool>,
}

/// The height of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Density {
    /// Two lines and a picture.
    #[default]
    Comfortable,
    /// One line.
    Compact,
}

/// How a site was left.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each remembered")]
pub struct SiteState {
    /// The filter.
    pub filter: String,
    /// The collection shown, by its folder; nothing for all articles, or where nobody has chosen.
    pub collection: Option<String>,
    /// Whether that was chosen.
    pub collection_chosen: bool,
    /// The order of rows; the usual one when nothing.
    pub sort: Option<Vec<SortKey>>,
    /// What the rows are put together by.
    pub group: Option<ColumnKey>,
    /// The columns of collections, by their folders (all articles: an empty one); the usual ones where nothing is said.
    pub columns_of: BTreeMap<String, Vec<ColumnSetting>>,
    /// What is kept of the scores of collections, by their folders, so that the keys stay what they are.
    pub scores_of: BTreeMap<String, KeptScores>,
    /// The row under the cursor.
    pub cursor: Option<SitePath>,
    /// The rows that are selected, where they are several and not too many to remember.
    pub selected: Vec<SitePath>,
    /// The first row in view.
    pub top: Option<SitePath>,
    /// What is marked for later.
    pub marked: BTreeSet<SitePath>,
    /// The tab of the inspector.
    pub tab: Tab,
    /// Whether the sidebar is shown.
    pub sidebar: bool,
    /// Whether the inspector is shown.
    pub inspector: bool,
    /// How wide the sidebar is, in points; the usual width when nothing.
    pub sidebar_width: Option<u16>,
    /// How wide the inspector is, in points; the usual width when nothing.
    pub inspector_width: Option<u16>,
    /// Whether pictures are shown large, in the place of rows.
    pub sheet: bool,
    /// Whether pictures from the web may be loaded here.
    pub remote_pictures: bool,
    /// Whether that question was answered.
    pub remote_asked: bool,
    /// Whether they may lie on this machine or in its own network, too.
    pub private_pictures: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            density: Density::default(),
            auto_advance: true,
            motion: Animation::default(),
            zoom: 0,
            smallest_picture: SMALLEST_PICTURE,
            recent: Vec::new(),
        }
    }
}

impl Default for SiteState {
    fn default() -> Self {
        Self {
            filter: String::new(),
            collection: None,
            collection_chosen: false,
            sort: None,
            group: None,
            columns_of: BTreeMap::new(),
            scores_of: BTreeMap::new(),
            cursor: None,
            selected: Vec::new(),
            top: None,
            marked: BTreeSet::new(),
            tab: Tab::default(),
            sidebar: true,
            inspector: true,
            sidebar_width: None,
            inspector_width: None,
            sheet: false,
            remote_pictures: false,
            remote_asked: false,
            private_pictures: false,
        }
    }
}

/// The width below which a picture is called small when nothing else is set: less does not even fill a card.
pub const SMALLEST_PICTURE: u32 = 200;

/// How many sites are remembered.
const RECENT_SITES: usize = 12;

impl Settings {
    /// Puts a site first on the list of recent ones.
    pub fn remember(&mut self, site: PathBuf) {
        self.recent.retain(|path| *path != site);
        self.recent.insert(0, site);
        self.recent.truncate(RECENT_SITES);
    }

    /// The factor by which everything is enlarged: 0.75 to 2.
    #[must_use]
    pub fn zoom_factor(&self) -> f32 {
        (1.0 + self.zoom as f32 / 10.0).clamp(0.75, 2.0)
    }
}

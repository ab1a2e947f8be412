//! Draws the desk.
//!
//! Invariant: panes see `&Desk` and send commands; they change nothing themselves.

pub mod ahead;

pub mod banner;
pub mod compare;
pub mod conflicts;

pub mod dialogs;

pub mod filter_box;

pub mod filter_text;

pub mod frame;

pub mod held;

pub mod inspector;

pub mod keys;

pub mod keys_sheet;
pub mod magnifier;

pub mod markdown;

pub mod menu;

pub mod palette;

pub mod panes;

pub mod picture_places;

pub mod pictures;

pub mod quick_look;

pub mod show;

pub mod sidebar;

pub mod status_bar;

pub mod table;

pub mod theme;

pub mod toasts;

pub mod top_bar;

pub mod untaken;

pub mod welcome;

pub mod widgets;

pub use panes::{Panes, panes_ui};

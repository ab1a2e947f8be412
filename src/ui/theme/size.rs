//! Distances and heights, on a grid of 4 px.
//!
//! Invariant: a length that two panes share has a name here.

/// One step of the grid.
pub const GRID: f32 = 4.0;
/// Between a pane's edge and what is in it.
pub const PANE: f32 = 16.0;
/// Between the edge of the sidebar and its rows.
pub const SIDE: f32 = 14.0;
/// The top bar.
pub const TOP_BAR: f32 = 45.0;
/// The header of the table and the tabs of the inspector.
pub const HEADER: f32 = 30.0;
/// The status bar.
pub const STATUS_BAR: f32 = 27.0;
/// A row of the table with picture and two lines.
pub const ROW_TALL: f32 = 57.0;
/// A row of the table with one line.
pub const ROW_SHORT: f32 = 28.0;
/// The heading of a group of rows.
pub const GROUP: f32 = 32.0;
/// A row of the sidebar, an item of a menu.
pub const ROW_SIDE: f32 = 26.0;
/// A button, a field of one line.
pub const CONTROL: f32 = 28.0;
/// The field of the filter.
pub const FIELD: f32 = 30.0;
/// A chip in a row.
pub const CHIP: f32 = 17.0;
/// Roundness of buttons, fields, cards and pictures.
pub const ROUND: u8 = 6;
/// Roundness of chips, keys and thumbnails.
pub const ROUND_SMALL: u8 = 3;
/// The thumbnail of a tall row.
pub const THUMBNAIL: egui::Vec2 = egui::Vec2::new(60.0, 39.0);
/// The thumbnail of a short row.
pub const THUMBNAIL_SHORT: egui::Vec2 = egui::Vec2::new(32.0, 20.0);
/// The thumbnail on the card of a related entry.
pub const THUMBNAIL_CARD: egui::Vec2 = egui::Vec2::new(52.0, 36.0);
/// A provider's logo.
pub const LOGO: f32 = 14.0;
/// Two fields stand beside each other where there is so much room.
pub const PAIR: f32 = 340.0;
/// The words of a toast; longer ones go on below.
pub const TOAST_TEXT: f32 = 520.0;
/// The switch: live or not.
pub const SWITCH: egui::Vec2 = egui::Vec2::new(26.0, 15.0);
/// A score's bar.
pub const BAR: f32 = 4.0;
/// The accent at the left of what is selected.
pub const ACCENT: f32 = 3.0;

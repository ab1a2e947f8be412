//! Draws the desk.
//!
//! Invariant: panes see `&Desk` and send commands; they change nothing themselves.

pub mod filter_box;

pub mod filter_text;

pub mod keys;

pub mod pictures;

pub mod show;

pub mod table;

pub mod theme;

pub mod widgets;

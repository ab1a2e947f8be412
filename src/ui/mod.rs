//! Draws the desk.
//!
//! Invariant: panes see `&Desk` and send commands; they change nothing themselves.

pub mod pictures;

pub mod theme;

pub mod widgets;


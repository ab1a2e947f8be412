//! The table of articles.
//!
//! Invariant: any number of rows costs what is on screen.

pub mod cell;

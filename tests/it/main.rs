//! All integration tests, in one binary: a module a subject.

// Says to clippy that helpers outside of test functions are tests too.
#![cfg(test)]
#![allow(
    clippy::too_many_lines,
    clippy::format_collect,
    clippy::map_err_ignore,
    clippy::float_cmp,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::unused_self,
    clippy::single_match,
    clippy::single_match_else,
    clippy::duration_suboptimal_units,
    reason = "a test reads as one example"
)]

mod accessibility;
mod answers;
mod app;
mod bombs;
mod bring;
mod bulk;
mod cells;
mod cli;
mod common;
mod conflicts;
mod desk;
mod dialogs;
mod displaced;
mod document;
mod duplicates;
mod edge;
mod edits;
mod entries;
mod faults;
mod filter;
mod form;
mod formats;
mod git_driver;
mod house;
mod index;
mod intents;
mod journal;
mod json;
mod keymap;
mod kinds;
mod layout;
mod ledger;
mod links;
mod lives;
mod look;
mod losses;
mod meetings;
mod menus;
mod merge;
mod monkey;
#[cfg(feature = "remote")]
mod network;
mod outside;
mod pack;
mod picture_files;
mod picture_problems;
mod picture_views;
mod pictured;
mod pictures;
mod presets;
#[cfg(unix)]
mod private;
mod problems;
#[cfg(target_os = "linux")]
mod proof;
mod properties;
mod put_back;
mod reading;
mod readme;
mod ready;
mod replay;
#[cfg(target_os = "linux")]
mod rivals;
mod room;
mod rooms;
mod rows;
mod saving;
mod scanner;
mod schema;
mod screens;
mod site_folder;
mod sittings;
mod sort;
mod states;
mod storage;
mod toml;
mod typed;
#[cfg(target_os = "linux")]
mod unread;
mod vanishing;
mod watching;
mod workshop;
mod world;

//! All integration tests, in one binary: a module a subject.

mod bombs;
mod cli;
mod common;
mod filter;
mod formats;
mod intents;
mod journal;
mod json;
mod kinds;
mod links;
mod look;
mod merge;
#[cfg(feature = "remote")]
mod network;
mod pictures;
mod problems;
mod readme;
mod rooms;
mod saving;
mod schema;
mod site_folder;
mod storage;
mod toml;
mod watching;

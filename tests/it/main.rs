//! All integration tests, in one binary: a module a subject.

mod bombs;
mod cli;
mod common;
mod filter;
mod formats;
mod journal;
mod json;
mod look;
mod merge;
#[cfg(feature = "remote")]
mod network;
mod pictures;
mod readme;
mod rooms;
mod saving;
mod storage;
mod toml;
mod watching;

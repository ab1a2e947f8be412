//! All integration tests, in one binary: a module a subject.

mod common;
mod filter;
mod look;
mod merge;
mod pictures;
mod saving;
mod storage;

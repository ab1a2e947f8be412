//! All integration tests, in one binary: a module a subject.

mod common;
mod look;
mod merge;
mod pictures;
mod saving;
mod storage;

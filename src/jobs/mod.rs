//! Carries out effects on worker threads and answers with events.
//!
//! Invariant: the only room that starts threads and joins storage with pure code.

pub mod pictures;

//! The disk: nothing else touches it. It moves bytes and stamps and never parses an article.
//!
//! Invariant: every path goes through a handle of the site folder, so nothing outside it is read or written, and nothing is
//! written over bytes other than those expected: content decides, stamps only hint.
//!
//! What others call, in the order of a sitting:
//! [`SiteFolder::open`] → [`StateFolder::for_user`] → [`scan::walk`] and [`read::read`] → [`watch`] → [`Journal`] →
//! [`Saver::save`] → [`Saver::settle`] a few seconds later → [`Ledger`] for saved versions.

pub mod blobs;

pub mod cache;

pub mod clock;

pub mod error;

pub mod folder;

pub mod git;

pub mod git_files;

pub mod journal;

pub mod ledger;

pub mod outside;

pub mod read;

pub mod records;

pub mod root;

pub mod rules;

pub mod sample;

pub mod scan;

pub mod signals;

pub mod state;

pub mod trash;

pub mod vfs;

pub mod watch;

pub mod write;

pub use error::{Cause, StorageError};

pub use folder::SiteFolder;

pub use journal::{Journal, JournalWriter};

pub use ledger::Ledger;

pub use state::StateFolder;

pub use write::{Displaced, SaveOutcome, SavePlan, Saver};

//! The tests of what guards edits, in a binary of their own, which `.ci/mutants` runs against broken code. Each of them runs in `it`
//! as well; `cargo test` leaves this one out.

// Says to clippy that helpers outside of test functions are tests too.
#![cfg(test)]
#![allow(
    dead_code,
    clippy::too_many_lines,
    clippy::format_collect,
    clippy::map_err_ignore,
    clippy::unused_self,
    clippy::single_match,
    clippy::single_match_else,
    clippy::duration_suboptimal_units,
    reason = "a test reads as one example; what only other tests need is here too"
)]

#[path = "it/answers.rs"]
mod answers;
#[path = "it/app.rs"]
mod app;
#[path = "it/bulk.rs"]
mod bulk;
#[path = "it/common.rs"]
mod common;
#[path = "it/conflicts.rs"]
mod conflicts;
#[path = "it/desk.rs"]
mod desk;
#[path = "it/displaced.rs"]
mod displaced;
#[path = "it/edits.rs"]
mod edits;
#[path = "it/faults.rs"]
mod faults;
#[path = "it/journal.rs"]
mod journal;
#[path = "it/ledger.rs"]
mod ledger;
#[path = "it/lives/mod.rs"]
mod lives;
#[path = "it/losses.rs"]
mod losses;
#[path = "it/meetings.rs"]
mod meetings;
#[path = "it/merge.rs"]
mod merge;
#[path = "it/presets.rs"]
mod presets;
#[path = "it/properties.rs"]
mod properties;
#[path = "it/put_back.rs"]
mod put_back;
#[cfg(target_os = "linux")]
#[path = "it/rivals.rs"]
mod rivals;
#[path = "it/rows.rs"]
mod rows;
#[path = "it/saving.rs"]
mod saving;
#[path = "it/site_folder.rs"]
mod site_folder;
#[path = "it/sittings.rs"]
mod sittings;
#[path = "it/storage.rs"]
mod storage;
#[path = "it/vanishing.rs"]
mod vanishing;
#[path = "it/watching.rs"]
mod watching;
#[path = "it/workshop.rs"]
mod workshop;
#[path = "it/world.rs"]
mod world;

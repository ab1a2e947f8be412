//! Carries out effects on worker threads and answers with events.
//!
//! Invariant: the only room that starts threads and joins storage with pure code. An answer carries the number of its
//! question; a job whose answer nobody wants any more stops by itself.

mod index;
pub mod journal;
pub mod left;
mod list;
mod look;
mod overwritten;
pub mod pictures;
pub mod pool;
mod prepare;
mod rows;
mod runner;
mod sample;
pub mod save;
mod scan;
mod settle;
mod site;
mod survey;
mod watch;
mod wishes;

pub use list::{Memory, list};
pub use look::answer;
pub use pool::Cancel;
pub use runner::{Outside, Runner, Services};
pub use survey::{Stamps, Survey, survey};

//! Carries out effects on worker threads and answers with events.
//!
//! Invariant: the only room that starts threads and joins storage with pure code. An answer carries the number of its
//! question; a job whose answer nobody wants any more stops by itself.

mod journal;
mod look;
pub mod pictures;
pub mod pool;
mod prepare;
mod runner;
mod sample;
mod save;
mod scan;
mod site;
mod watch;

pub use look::answer;
pub use pool::Cancel;
pub use runner::{Runner, Services};
pub use scan::{Survey, survey};

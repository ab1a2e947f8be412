//! The wall clock, for rooms that may not look at it themselves.
//!
//! Invariant: what depends on the time of day gets it handed in, so that it can be tested.

use chrono::{Local, NaiveDate};

/// Today, where this computer stands.
#[must_use]
pub fn today() -> NaiveDate {
    Local::now().date_naive()
}

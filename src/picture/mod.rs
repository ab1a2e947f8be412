//! Bytes to pixels within limits.
//!
//! Invariant: no disk, no network; nothing is allocated before its size was checked.

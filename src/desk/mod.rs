//! One sitting: all that an editor can change, and the only doors to it.
//!
//! Invariant: the desk changes in `apply` and `receive`, nowhere else; it opens no file, starts no thread, reads no clock.

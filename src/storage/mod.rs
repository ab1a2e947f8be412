//! The disk: nothing else touches it. It moves bytes and stamps and never parses an article.
//!
//! Invariant: every path goes through a handle of the site folder, so nothing outside it is read or written.

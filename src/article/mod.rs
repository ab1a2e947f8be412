//! One article: its facts, what can be done to it, what is wrong with it.
//!
//! Invariant: an article owns nothing; it looks at a document through its schema.

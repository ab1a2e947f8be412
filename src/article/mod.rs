//! One article: its facts, what can be done to it, what is wrong with it.
//!
//! Invariant: an article owns nothing; it looks at a document through its schema.

pub mod moment;
pub mod record;

pub use moment::moment;
pub use record::{ArticleId, Fact, Outline, Record, Wanted};

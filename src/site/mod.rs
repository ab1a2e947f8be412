//! What the site says of itself: its settings, its collections, the shape of their articles, its vocabularies.
//!
//! Invariant: nothing of the home shape is hard-wired; it is inferred from files and overridden by `.copydesk.yaml`.

pub mod config;
pub mod infer;
pub mod kind;
pub mod label;
pub mod paths;
pub mod schema;
pub mod score;

pub use config::{Config, ConfigProblem};
pub use infer::SchemaBuilder;
pub use kind::Kind;
pub use schema::{Field, Schema};
pub use score::Score;

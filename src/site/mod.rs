//! What the site says of itself: its settings, its collections, the shape of their articles, its vocabularies.
//!
//! Invariant: nothing of the home shape is hard-wired; it is inferred from files and overridden by `.copydesk.yaml`.

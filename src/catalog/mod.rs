//! All articles of the site, in columns: filter, sort, facets and duplicates come from here.
//!
//! Invariant: a catalog feeds what is shown and never a write; its columns are shared, so a clone is a snapshot.

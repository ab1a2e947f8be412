//! What the files beside a file do: where a new key stands, and how its value is quoted.
//!
//! Invariant: files are looked at only when a patch brings something new, and then a sample of them; nothing is written.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::document::{Customs, Document, Operation, Patch};
use crate::file::SitePath;
use crate::site::SchemaBuilder;
use crate::site::paths::collection_of;
use crate::storage::scan::{ScanOptions, walk};
use crate::storage::{self, SiteFolder};

/// How many files are enough to know the customs of a folder.
const SAMPLE: usize = 80;

/// Customs by site and folder, each found once.
#[derive(Default)]
pub(super) struct Siblings(HashMap<(PathBuf, String), Customs>);

impl Siblings {
    /// The customs where a file lies; none where the patch brings nothing that could need them.
    pub(super) fn customs(&mut self, site: &SiteFolder, path: &SitePath, patch: &Patch) -> Customs {
        let brings = |operation: &Operation| match operation {
            Operation::Add { .. } | Operation::Copy { .. } | Operation::Move { .. } => true,
            Operation::Replace { value, .. } => value.is_collection(),
            _ => false,
        };
        if !patch.0.iter().any(brings) {
            return Customs::default();
        }
        let collection = collection_of(path).to_owned();
        let key = (site.root().to_owned(), collection.clone());
        self.0.entry(key).or_insert_with(|| learn(site, &collection)).clone()
    }
}

fn learn(site: &SiteFolder, collection: &str) -> Customs {
    let mut files = Vec::new();
    let found = walk(site, &ScanOptions::default(), &|| false, &mut |found| {
        if collection_of(&found.path) == collection && found.path.name().contains('.') {
            files.push(found.path);
        }
    });
    if let Err(error) = found {
        log::warn!("the files beside it cannot be listed: {error}");
    }
    files.sort_unstable();
    let mut shape = SchemaBuilder::default();
    for path in files.iter().step_by(files.len().div_ceil(SAMPLE).max(1)) {
        if let Ok(snapshot) = storage::read::read(site, path) {
            shape.observe(&Document::parse(&snapshot.bytes));
        }
    }
    shape.finish().customs().clone()
}

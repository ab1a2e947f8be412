//! A whole site, read with all cores: its settings, the shape of its collections, every article of it.
//!
//! Invariant: articles are read one after another and dropped; what is kept of them is what the caller makes of each.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::output::{CliError, Output};
use super::progress::Progress;
use crate::document::{Document, Format};
use crate::file::SitePath;
use crate::site::paths::{ArticleName, collection_of, is_article_name};
use crate::site::{Config, Schema, SchemaBuilder};
use crate::storage::scan::{Found, ScanOptions, Skipped, walk};
use crate::storage::{self, SiteFolder, StorageError};

/// How many files of a collection show its shape.
const SAMPLE: usize = 400;

/// What a site says of itself, and where its files lie.
pub(super) struct Survey {
    pub folder: SiteFolder,
    pub config: Config,
    /// Every file that may be an article, in order of paths.
    pub articles: Vec<Found>,
    /// What was not listed.
    pub skipped: Vec<Skipped>,
    schemas: BTreeMap<String, Arc<Schema>>,
}

/// One article that was read.
pub(super) struct Read<'a> {
    pub found: &'a Found,
    pub document: Document,
    pub collection: String,
    pub schema: Arc<Schema>,
}

impl Survey {
    /// Walks the site and learns the shape of its collections.
    pub(super) fn of(root: &Path) -> Result<Self, CliError> {
        let folder = SiteFolder::open(root)?;
        let read = |name: &str| {
            let path = SitePath::new(name).ok()?;
            storage::read::read(&folder, &path).ok().map(|snapshot| snapshot.bytes.to_vec())
        };
        let config = Config::read(&read);
        let options = ScanOptions { exclude: config.exclude.clone() };
        let mut articles = Vec::new();
        let report = walk(&folder, &options, &|| false, &mut |found| {
            if is_article_name(&found.path) != ArticleName::No {
                articles.push(found);
            }
        })?;
        articles.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let schemas = learn(&folder, &config, &articles);
        Ok(Self { folder, config, articles, skipped: report.skipped, schemas })
    }

    /// The shapes of the collections, by folder.
    pub(super) const fn schemas(&self) -> &BTreeMap<String, Arc<Schema>> {
        &self.schemas
    }

    /// Reads every article with all cores and answers with what `make` makes of each, in order of paths.
    pub(super) fn read_all<T: Send>(
        &self,
        output: &Output,
        make: impl Fn(Result<Read<'_>, (&Found, StorageError)>) -> T + Sync,
    ) -> Vec<T> {
        let progress = Progress::over(output, "Reading", self.articles.len());
        let made = self.articles.par_iter().filter_map(|found| {
            let read = self.read(found).transpose().map(|read| make(read.map_err(|error| (found, error))));
            progress.step();
            read
        });
        let made = made.collect();
        progress.finish();
        made
    }

    /// Nothing for a file that is an article only with front matter, and has none.
    fn read<'a>(&self, found: &'a Found) -> Result<Option<Read<'a>>, StorageError> {
        let snapshot = match storage::read::read(&self.folder, &found.path) {
            Err(error) if error.is_not_found() => return Ok(None),
            read => read?,
        };
        let document = Document::parse(&snapshot.bytes);
        if document.format() == Format::None && is_article_name(&found.path) != ArticleName::Yes {
            return Ok(None);
        }
        let collection = collection_of(&found.path);
        let schema = self.schemas.get(&collection).cloned().unwrap_or_default();
        Ok(Some(Read { found, document, collection, schema }))
    }
}

fn learn(folder: &SiteFolder, config: &Config, articles: &[Found]) -> BTreeMap<String, Arc<Schema>> {
    let mut collections: BTreeMap<String, Vec<&SitePath>> = BTreeMap::new();
    for found in articles {
        collections.entry(collection_of(&found.path)).or_default().push(&found.path);
    }
    let shape = |(collection, paths): (String, Vec<&SitePath>)| {
        let mut builder = SchemaBuilder::default();
        for path in paths.iter().step_by(paths.len().div_ceil(SAMPLE).max(1)) {
            if let Ok(snapshot) = storage::read::read(folder, path) {
                builder.observe(&Document::parse(&snapshot.bytes));
            }
        }
        let schema = builder.finish_with(&config.desk.for_collection(&collection));
        (collection, Arc::new(schema))
    };
    collections.into_par_iter().map(shape).collect()
}

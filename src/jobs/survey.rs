//! What a site says of itself: its settings, its files, the shape of its collections, learned from a sample of each.
//!
//! Invariant: the same files give the same survey. Nothing of a text is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::pool::Cancel;
use crate::catalog::Catalog;
use crate::document::{Document, Format};
use crate::file::SitePath;
use crate::site::paths::{ArticleName, collection_of, is_article_name};
use crate::site::{Config, SchemaBuilder, Site, VocabularyBuilder};
use crate::storage::scan::{Found, ScanOptions, walk};
use crate::storage::{self, SiteFolder, StorageError};

/// Articles of a collection from which its shape is learned.
const SAMPLE: usize = 400;

/// The site as it is known before its articles are read.
pub struct Survey {
    /// What the site says of itself.
    pub site: Site,
    /// Its articles, as the walk found them.
    pub articles: Vec<Found>,
    /// What was not listed, in words.
    pub troubles: Vec<String>,
}

/// Walks a site and learns the shape of its collections from a sample of each.
///
/// # Errors
/// When the folder cannot be listed.
pub fn survey(folder: &SiteFolder, cancel: &Cancel) -> Result<Survey, StorageError> {
    let config = config_of(folder);
    let options = ScanOptions { exclude: config.exclude.clone() };
    let (mut articles, mut others) = (Vec::new(), BTreeSet::new());
    let report = walk(folder, &options, &|| cancel.is_cancelled(), &mut |found| match is_article_name(&found.path) {
        ArticleName::Yes | ArticleName::IfFrontMatter => articles.push(found),
        ArticleName::No => {
            others.insert(found.path);
        }
    })?;
    articles.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let troubles = report.skipped.iter().map(|skipped| format!("{}: {}", skipped.path, skipped.reason)).collect();
    let mut words = VocabularyBuilder::default();
    for path in &others {
        if VocabularyBuilder::is_data_file(path)
            && let Ok(snapshot) = storage::read::read(folder, path)
        {
            words.data_file(path, &snapshot.bytes);
        } else if VocabularyBuilder::is_logo(path) {
            words.asset(path);
        }
    }
    let learned = learn(folder, &config, articles.iter().map(|found| &found.path), &mut words);
    let vocabulary = words.finish(&config);
    let mut site = Site::assemble(&folder.name(), config, &learned, vocabulary);
    site.files = Arc::new(others);
    Ok(Survey { site, articles, troubles })
}

/// The site as it was when these were its articles: what the window shows until the walk is done.
pub(super) fn remembered(folder: &SiteFolder, catalog: &Catalog) -> Site {
    let config = config_of(folder);
    let mut words = VocabularyBuilder::default();
    let paths: Vec<SitePath> = catalog.ids().map(|id| catalog.path(id)).collect();
    let learned = learn(folder, &config, paths.iter(), &mut words);
    let vocabulary = words.finish(&config);
    Site::assemble(&folder.name(), config, &learned, vocabulary)
}

/// What the site's own settings say.
pub(super) fn config_of(folder: &SiteFolder) -> Config {
    Config::read(&|name| {
        let path = SitePath::new(name).ok()?;
        storage::read::read(folder, &path).ok().map(|snapshot| snapshot.bytes.to_vec())
    })
}

/// What a sample of each collection's articles says of its shape, and of the words its fields are filled from.
fn learn<'a>(
    folder: &SiteFolder,
    config: &Config,
    articles: impl Iterator<Item = &'a SitePath>,
    words: &mut VocabularyBuilder,
) -> BTreeMap<String, SchemaBuilder> {
    let mut by_collection: BTreeMap<String, Vec<&SitePath>> = BTreeMap::new();
    for path in articles {
        by_collection.entry(collection_of(path)).or_default().push(path);
    }
    let mut learned = BTreeMap::new();
    for (collection, paths) in by_collection {
        let mut builder = SchemaBuilder::default();
        let read = |path: &&SitePath| {
            let document = Document::parse(&storage::read::read(folder, path).ok()?.bytes);
            is_article(path, &document).then_some(document)
        };
        let sample: Vec<Document> = sample_of(paths).par_iter().filter_map(read).collect();
        sample.iter().for_each(|document| builder.observe(document));
        if sample.is_empty() {
            continue;
        }
        let schema = builder.finish_with(&config.desk.for_collection(&collection));
        sample.iter().for_each(|document| words.article(document, &schema));
        learned.insert(collection, builder);
    }
    learned
}

/// Some of the paths. Which ones follows from each alone, so that a new article hardly changes what is learned.
fn sample_of(mut paths: Vec<&SitePath>) -> Vec<&SitePath> {
    if paths.len() > SAMPLE {
        paths.sort_by_cached_key(|path| xxhash_rust::xxh3::xxh3_64(path.as_str().as_bytes()));
        paths.truncate(SAMPLE);
        paths.sort_unstable();
    }
    paths
}

/// Whether a file is an article: by its name, or by its name and its front matter.
pub(super) fn is_article(path: &SitePath, document: &Document) -> bool {
    document.format() != Format::None || is_article_name(path) == ArticleName::Yes
}

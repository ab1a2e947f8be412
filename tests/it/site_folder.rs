//! A site's folder read for tests: its articles, parsed, and all that is learned from them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use copydesk::document::Document;
use copydesk::file::SitePath;
use copydesk::site::paths::{ArticleName, collection_of, is_article_name};
use copydesk::site::{Config, Schema, SchemaBuilder, Site, VocabularyBuilder};

/// A site with all its articles.
pub struct SiteFolder {
    pub site: Site,
    pub articles: Vec<(SitePath, Document)>,
    pub files: BTreeSet<SitePath>,
}

impl SiteFolder {
    /// Reads everything below `root`.
    pub fn read(root: &Path) -> Self {
        let mut files = BTreeSet::new();
        walk(root, root, &mut files);
        Self::of(&files, &|path| std::fs::read(root.join(path)).ok())
    }

    /// Learns a site from its files.
    pub fn of(files: &BTreeSet<SitePath>, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        let config = Config::read(read);
        let mut builders: BTreeMap<String, SchemaBuilder> = BTreeMap::new();
        let mut words = VocabularyBuilder::default();
        let mut articles = Vec::new();
        for path in files {
            if VocabularyBuilder::is_data_file(path) {
                words.data_file(path, &read(path.as_str()).unwrap_or_default());
            }
            words.asset(path);
            let name = is_article_name(path);
            if name == ArticleName::No {
                continue;
            }
            let document = Document::parse(&read(path.as_str()).unwrap_or_default());
            let has_data = document.error().is_some() || document.data().as_map().is_some_and(|map| !map.is_empty());
            if name == ArticleName::Yes || has_data {
                builders.entry(collection_of(path).to_owned()).or_default().observe(&document);
                articles.push((path.clone(), document));
            }
        }
        let schemas: BTreeMap<&String, Schema> = builders.iter().map(|(folder, it)| (folder, it.finish())).collect();
        for (path, document) in &articles {
            words.article(document.data(), &schemas[&collection_of(path).to_owned()]);
        }
        let vocabulary = words.finish(&config);
        let site = Site::assemble("test", config, &builders, vocabulary);
        Self { site, articles, files: files.clone() }
    }
}

fn walk(root: &Path, folder: &Path, files: &mut BTreeSet<SitePath>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, files);
        } else if let Ok(inside) = SitePath::new(path.strip_prefix(root).unwrap().to_str().unwrap()) {
            files.insert(inside);
        }
    }
}

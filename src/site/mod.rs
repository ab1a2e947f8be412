//! What the site says of itself: its settings, its collections, the shape of their articles, its vocabularies.
//!
//! Invariant: nothing of the home shape is hard-wired; it is inferred from files and overridden by `.copydesk.yaml`.

pub mod config;
pub mod infer;
pub mod kind;
pub mod label;
pub mod links;
pub mod paths;
pub mod rule;
pub mod schema;
pub mod score;
mod shape;
pub mod vocabulary;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use crate::file::SitePath;

pub use config::{Config, ConfigProblem};
pub use infer::{Lesson, SchemaBuilder};
pub use kind::Kind;
pub use links::Target;
pub use schema::{Field, LogoForm, Schema};
pub use score::Score;
pub use vocabulary::{Organization, Term, Vocabulary, VocabularyBuilder};

/// A site: its settings, its collections, its vocabulary. A value; assembled anew when files taught something new.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// What it is called: its title, else the name of its folder.
    pub name: String,
    /// Its settings.
    pub config: Config,
    /// Its collections, those with most articles first.
    pub collections: Vec<Collection>,
    /// What its fields are filled from.
    pub vocabulary: Vocabulary,
    /// Every file of the site that is no article: pictures, data.
    pub files: Arc<BTreeSet<SitePath>>,
    /// The same files by their paths in small letters, worked out when first asked for.
    folded: Arc<OnceLock<HashMap<String, SitePath>>>,
}

/// A folder of articles of one shape.
#[derive(Clone, Debug)]
pub struct Collection {
    /// What it is called: "News"; "Videos" below "Learning".
    pub name: String,
    /// What stands above it: "Learning".
    pub parents: Vec<String>,
    /// Its folder: `_news`.
    pub folder: String,
    /// The shape of its articles.
    pub schema: Arc<Schema>,
}

impl Site {
    /// A site of these parts. Overrides of the configuration are put over what the builders learned.
    #[must_use]
    pub fn assemble(
        folder_name: &str,
        config: Config,
        learned: &BTreeMap<String, SchemaBuilder>,
        vocabulary: Vocabulary,
    ) -> Self {
        let mut collections: Vec<Collection> = learned
            .iter()
            .map(|(folder, builder)| {
                let overrides = config.desk.for_collection(folder);
                Collection::new(folder, Arc::new(builder.finish_with(&overrides)), overrides.name)
            })
            .collect();
        // The ones with most articles are what people come for.
        collections.sort_by_key(|collection| std::cmp::Reverse(collection.schema.articles));
        let name = config.title.clone().unwrap_or_else(|| folder_name.to_owned());
        Self { name, config, collections, vocabulary, files: Arc::default(), folded: Arc::default() }
    }

    /// The file whose path differs from this one in the case of letters alone.
    #[must_use]
    pub fn other_case(&self, path: &SitePath) -> Option<&SitePath> {
        let small = |path: &SitePath| path.as_str().to_lowercase();
        let folded = self.folded.get_or_init(|| self.files.iter().map(|path| (small(path), path.clone())).collect());
        folded.get(&small(path)).filter(|other| *other != path)
    }

    /// Takes note of a file that was not there when the site was read.
    pub fn add_file(&mut self, path: SitePath) {
        if !self.files.contains(&path) {
            Arc::make_mut(&mut self.files).insert(path);
            self.folded = Arc::default();
        }
    }

    /// Takes note of all files that are there now and are no articles.
    pub fn set_files(&mut self, files: Arc<BTreeSet<SitePath>>) {
        self.files = files;
        self.folded = Arc::default();
    }

    /// The collection of this folder.
    #[must_use]
    pub fn collection(&self, folder: &str) -> Option<&Collection> {
        self.collections.iter().find(|collection| collection.folder == folder)
    }

    /// The site with this shape of a collection's articles in the place of the one it had.
    pub fn set_schema(&mut self, folder: &str, schema: Arc<Schema>) {
        if let Some(collection) = self.collections.iter_mut().find(|collection| collection.folder == folder) {
            collection.schema = schema;
        }
    }

    /// Takes over what another reading of the same site learned of scores.
    pub fn keep_scores(&mut self, other: &Self) {
        for collection in &mut self.collections {
            if let Some(known) = other.collection(&collection.folder) {
                Arc::make_mut(&mut collection.schema).keep_scores(&known.schema);
            }
        }
    }

    /// Takes over what another reading of the same site knows of these collections, where this one has not seen any of their articles.
    pub fn keep_collections(&mut self, other: &Self, is_kept: &dyn Fn(&str) -> bool) {
        let missing =
            other.collections.iter().filter(|it| is_kept(&it.folder) && self.collection(&it.folder).is_none());
        let missing: Vec<Collection> = missing.cloned().collect();
        self.collections.extend(missing);
        self.collections.sort_by_key(|collection| std::cmp::Reverse(collection.schema.articles));
    }

    /// Takes over these of the files that another reading of the same site has seen.
    pub fn keep_files(&mut self, other: &Self, is_kept: &dyn Fn(&SitePath) -> bool) {
        let kept: Vec<SitePath> = other.files.iter().filter(|path| is_kept(path)).cloned().collect();
        kept.into_iter().for_each(|path| self.add_file(path));
    }

    /// The schema of this folder's articles; an empty one where nothing was learned.
    #[must_use]
    pub fn schema(&self, folder: &str) -> Arc<Schema> {
        self.collection(folder).map(|collection| Arc::clone(&collection.schema)).unwrap_or_default()
    }
}

impl Collection {
    /// A collection, called by its folder or as it is configured.
    #[must_use]
    pub fn new(folder: &str, schema: Arc<Schema>, name: Option<String>) -> Self {
        let mut names = paths::collection_names(folder);
        let own = names.pop().unwrap_or_default();
        Self { name: name.unwrap_or(own), parents: names, folder: folder.to_owned(), schema }
    }

    /// Its name with those above it: "Learning / Videos".
    #[must_use]
    pub fn full_name(&self) -> String {
        self.parents.iter().chain([&self.name]).map(String::as_str).collect::<Vec<_>>().join(" / ")
    }
}

//! A whole site, read with all cores: its settings, the shape of its collections, every article of it.
//!
//! Invariant: articles are read one after another and dropped; what is kept of them is what the caller makes of each.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::output::{CliError, Output};
use super::progress::Progress;
use crate::article::{Article, Identity, Problem, Surroundings, problems};
use crate::catalog::{Catalog, PictureReport};
use crate::document::{Document, Format};
use crate::file::SitePath;
use crate::jobs::pictures::PictureFacts;
use crate::jobs::pictures::facts::in_itself;
use crate::jobs::pictures::judge::report;
use crate::jobs::pictures::unused::unused;
use crate::jobs::{self, Cancel, Stamps};
use crate::site::Schema;
use crate::site::paths::{ArticleName, collection_of, is_article_name};
use crate::storage::scan::Found;
use crate::storage::{self, SiteFolder, StorageError};

/// What a site says of itself, and where its files lie.
pub(super) struct Survey {
    /// Its folder.
    pub folder: SiteFolder,
    pictures: PictureFacts,
    /// Its articles, every other file, the site itself, and what could not be listed.
    pub known: jobs::Survey,
}

/// One article that was read.
pub(super) struct Read<'a> {
    pub found: &'a Found,
    pub document: Document,
    pub schema: Arc<Schema>,
}

impl Survey {
    /// Walks the site and learns the shape of its collections.
    pub(super) fn of(root: &Path) -> Result<Self, CliError> {
        Self::of_folder(SiteFolder::open(root)?, Stamps::WhenRead)
    }

    /// The same for a folder that is open.
    pub(super) fn of_folder(folder: SiteFolder, stamps: Stamps) -> Result<Self, CliError> {
        let known = jobs::survey(&folder, stamps, &Cancel::default())?;
        Ok(Self { pictures: PictureFacts::new(folder.clone()), folder, known })
    }

    /// Reads every article with all cores and answers with what `make` makes of each, in order of paths.
    pub(super) fn read_all<T: Send>(
        &self,
        output: &Output,
        make: impl Fn(Result<Read<'_>, (&Found, StorageError)>) -> T + Sync,
    ) -> Vec<T> {
        let progress = Progress::over(output, "Reading", self.known.articles.len());
        let answers = self.known.articles.par_iter().filter_map(|found| {
            let read = self.read(found).transpose().map(|read| make(read.map_err(|error| (found, error))));
            progress.step();
            read
        });
        let answers = answers.collect();
        progress.finish();
        answers
    }

    /// What is wrong with an article, as far as the site's own files tell.
    pub(super) fn problems(&self, article: &Article<'_>, smallest: Option<u32>) -> Vec<Problem> {
        let known = &self.known;
        let is_article = |path: &SitePath| known.articles.binary_search_by(|found| found.path.cmp(path)).is_ok();
        let is_file = |path: &SitePath| known.site().files.contains(path) || is_article(path);
        let (config, vocabulary) = (Some(&known.site().config), Some(&known.site().vocabulary));
        let picture = |path: &SitePath| self.pictures.fact(path);
        let other_case = |path: &SitePath| known.site().other_case(path).cloned();
        let surroundings = Surroundings {
            config,
            vocabulary,
            is_file: Some(&is_file),
            other_case: Some(&other_case),
            picture: Some(&picture),
            beside: Some(&in_itself),
            smallest,
        };
        problems(article, &surroundings)
    }

    /// What makes the picture behind an address the same as another. Its file is looked at once.
    pub(super) fn identity(&self, article: &SitePath, address: &str) -> Identity {
        let site = self.known.site();
        let content = |file: &SitePath| {
            let looked = site.files.contains(file).then(|| self.pictures.fact(file))?;
            looked.and_then(|_| self.pictures.content(file))
        };
        Identity::of(&site.config, article, address, content)
    }

    /// The articles with picture problems, among those of a catalog that holds all fields.
    pub(super) fn pictures(&self, catalog: &Catalog, smallest: Option<u32>) -> PictureReport {
        let (site, facts) = (self.known.site(), &self.pictures);
        report(&self.folder, site, catalog, facts, (smallest, usize::MAX), &|| false).unwrap_or_default()
    }

    /// Pictures that nothing names.
    pub(super) fn unused_pictures(&self) -> Vec<SitePath> {
        let articles: Vec<SitePath> = self.known.articles.iter().map(|found| found.path.clone()).collect();
        unused(&self.folder, self.known.site(), &articles, &[], &|| false).unwrap_or_default()
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
        let schema = self.known.site().schema(collection_of(&found.path));
        Ok(Some(Read { found, document, schema }))
    }
}

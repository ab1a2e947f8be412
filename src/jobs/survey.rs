//! What a site says of itself: its settings, its files, the shape of its collections, learned from a sample of each.
//!
//! Invariant: the same files give the same survey. Nothing of a text is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::index::Index;
use super::pool::Cancel;
use crate::article::scanner;
use crate::document::{Document, Format};
use crate::file::{SitePath, Stamp};
use crate::site::paths::{ArticleName, Beside, collection_of, is_article_name};
use crate::site::{Config, Lesson, SchemaBuilder, Site, VocabularyBuilder};
use crate::storage::scan::{Found, ScanOptions, Skipped, is_in_sight, walk};
use crate::storage::{self, SiteFolder, StorageError};

/// Articles of a collection from which its shape is learned.
const SAMPLE: usize = 400;

/// So many articles are told apart by one core at a time.
const PART: usize = 4096;

/// Files between two words about how many there are.
pub(super) const COUNTED: usize = 1_000;

/// The first articles of a walk, as many as fill a screen.
pub(super) const EARLY: usize = 64;

/// When a file's stamp is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamps {
    /// By the walk, so that they can be compared with what is remembered.
    OfWalk,
    /// When the file is read: nothing is remembered, and asking twice takes time.
    WhenRead,
}

/// The site as it is known before its articles are read.
pub struct Survey {
    /// Its articles, as the walk found them, in order of their paths.
    pub articles: Vec<Found>,
    /// What was not listed, in words.
    pub troubles: Vec<String>,
    /// Where the walk could not look.
    pub(super) unread: Unread,
    /// Whether the stamps of `articles` are known.
    pub(super) stamps: Stamps,
    /// What the site's own settings say.
    pub(super) config: Config,
    /// The files that are no articles.
    pub(super) others: Arc<BTreeSet<SitePath>>,
    folder: SiteFolder,
    site: OnceLock<Site>,
}

/// Places of a site that could not be looked at, and why: what was known of them and of all below them is not gone for that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unread(BTreeMap<String, String>);

impl Unread {
    /// Whether a file may be there, though the walk did not find it.
    pub(super) fn holds(&self, path: &str) -> bool {
        let is_at = |place: &str| self.0.contains_key(place);
        !self.0.is_empty() && (is_at("") || is_at(path) || path.match_indices('/').any(|(end, _)| is_at(&path[..end])))
    }

    /// Whether everything could be looked at.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them can be looked at by now.
    pub(super) fn is_in_sight(&self, folder: &SiteFolder) -> bool {
        self.0.keys().any(|place| is_in_sight(folder, place))
    }

    /// What is to be told of them to somebody who knows those, in words.
    pub(super) fn news_after(&self, others: &Self) -> Option<String> {
        let (place, reason) = self.0.iter().find(|(place, _)| !others.holds(place))?;
        Some(format!("{place}: {reason}. What was read of it before stays as it was"))
    }
}

impl Survey {
    /// What the site says of itself. The shape of its collections is learned from a sample of each when this is asked first.
    pub fn site(&self) -> &Site {
        self.site.get_or_init(|| self.learned())
    }

    /// The site, its articles, what was not listed, and where nobody could look.
    pub(super) fn into_parts(mut self) -> (Site, Vec<Found>, Vec<String>, Unread) {
        let site = self.site.take().unwrap_or_else(|| self.learned());
        (site, self.articles, self.troubles, self.unread)
    }

    fn learned(&self) -> Site {
        let mut words = VocabularyBuilder::default();
        for path in self.others.iter() {
            if VocabularyBuilder::is_data_file(path)
                && let Ok(snapshot) = storage::read::read(&self.folder, path)
            {
                words.data_file(path, &snapshot.bytes);
            } else if VocabularyBuilder::is_logo(path) {
                words.asset(path);
            }
        }
        let learned = learn(&self.folder, &self.config, &self.articles, &mut words);
        let vocabulary = words.finish(&self.config);
        let mut site = Site::assemble(&self.folder.name(), self.config.clone(), &learned, vocabulary);
        site.set_files(Arc::clone(&self.others));
        site
    }

    /// Stands for all files of the site with these stamps of its articles, by their numbers: the same, nothing was added, removed
    /// or written. Nothing where a stamp is missing.
    pub(super) fn fingerprint(&self, stamp: &(dyn Fn(usize) -> Option<Stamp> + Sync)) -> Option<u64> {
        let of_file = |(at, found): (usize, &Found)| {
            let Stamp { size, modified, changed, inode } = stamp(at)?;
            let mut hash = xxhash_rust::xxh3::Xxh3::new();
            hash.update(found.path.as_str().as_bytes());
            [size, modified.cast_unsigned(), changed.cast_unsigned(), inode]
                .iter()
                .for_each(|number| hash.update(&number.to_le_bytes()));
            Some(hash.digest())
        };
        let others = self.others.iter().map(|path| xxhash_rust::xxh3::xxh3_64(path.as_str().as_bytes()));
        let add = |one: Option<u64>, other: Option<u64>| Some(one?.wrapping_add(other?));
        let articles = self.articles.par_iter().enumerate().map(of_file).reduce(|| Some(0), add)?;
        Some(others.fold(articles, u64::wrapping_add))
    }
}

/// Walks a site.
///
/// # Errors
/// When the folder cannot be listed.
pub fn survey(folder: &SiteFolder, stamps: Stamps, cancel: &Cancel) -> Result<Survey, StorageError> {
    survey_telling(folder, stamps, cancel, &mut |_, _, _| ())
}

/// The same, and tells at every file how many were found, and the articles among them.
///
/// # Errors
/// When the folder cannot be listed.
pub(super) fn survey_telling(
    folder: &SiteFolder,
    stamps: Stamps,
    cancel: &Cancel,
    tell: &mut dyn FnMut(usize, &Config, &[Found]),
) -> Result<Survey, StorageError> {
    let config = config_of(folder);
    let options = ScanOptions { exclude: config.exclude.clone(), names_only: stamps == Stamps::WhenRead };
    let (mut articles, mut others) = (Vec::new(), BTreeSet::new());
    let mut beside = Beside::default();
    let mut files = 0_usize;
    let mut sort_out = |found: Found| {
        files += 1;
        match beside.is_article_name(&found.path) {
            ArticleName::Yes | ArticleName::IfFrontMatter => articles.push(found),
            ArticleName::No => {
                others.insert(found.path);
            }
        }
        tell(files, &config, &articles);
    };
    let report = walk(folder, &options, &|| cancel.is_cancelled(), &mut sort_out)?;
    sort_by_path(&mut articles);
    let troubles = report.skipped.iter().map(|skipped| format!("{}: {}", skipped.path, skipped.reason)).collect();
    let unread = report.skipped.into_iter().filter(Skipped::may_be_there);
    let unread = unread.map(|skipped| (skipped.path, skipped.reason.to_string()));
    let unread = Unread(unread.collect());
    let (others, folder, site) = (Arc::new(others), folder.clone(), OnceLock::new());
    Ok(Survey { articles, troubles, unread, stamps, config, others, folder, site })
}

/// Sorts by paths. What they begin with, all of them, says nothing; what comes behind it mostly decides, so it is kept at hand:
/// looking each path up for each comparison takes several times as long.
pub(super) fn sort_by_path(articles: &mut Vec<Found>) {
    let Some(first) = articles.first().map(|found| found.path.as_str()) else { return };
    let common = |found: &Found| {
        let pairs = first.bytes().zip(found.path.as_str().bytes());
        pairs.take_while(|(one, other)| one == other).count()
    };
    let common = articles.par_iter().map(common).min().unwrap_or(0);
    let head = |(at, found): (usize, &Found)| {
        let mut head = [[0; 16]; 2];
        let rest = found.path.as_str().as_bytes().get(common..).unwrap_or_default();
        head.as_flattened_mut().iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        (head.map(u128::from_be_bytes), at)
    };
    let mut heads: Vec<_> = articles.par_iter().enumerate().map(head).collect();
    heads.par_sort_unstable_by(|(one, at), (other, there)| {
        one.cmp(other).then_with(|| articles[*at].path.cmp(&articles[*there].path))
    });
    *articles = heads.par_iter().map(|(_, at)| articles[*at].clone()).collect();
}

/// The site as it was when these were its rows: what the window shows until the walk is done. Nothing is learned for it, so that
/// the rows are there at once.
pub(super) fn remembered(folder: &SiteFolder, index: &Index) -> Site {
    let (config, name) = (config_of(folder), folder.name());
    Site::of_shape(&index.shape, &name, config.clone()).unwrap_or_else(|| {
        let vocabulary = VocabularyBuilder::default().finish(&config);
        Site::assemble(&name, config, &BTreeMap::new(), vocabulary)
    })
}

/// The site as its first articles tell, before it is known how many there are, and those of them that are alike.
pub(super) fn early(folder: &SiteFolder, config: &Config, found: &[Found]) -> (Site, Vec<Found>) {
    let mut by_collection: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
    for found in found {
        by_collection.entry(collection_of(&found.path)).or_default().push(found);
    }
    let most = by_collection.into_values().max_by_key(Vec::len).unwrap_or_default();
    let mut first: Vec<Found> = most.into_iter().take(EARLY).cloned().collect();
    first.sort_by(|one, other| one.path.cmp(&other.path));
    let mut words = VocabularyBuilder::default();
    let learned = learn(folder, config, &first, &mut words);
    let site = Site::assemble(&folder.name(), config.clone(), &learned, words.finish(config));
    (site, first)
}

/// What the site's own settings say.
pub(super) fn config_of(folder: &SiteFolder) -> Config {
    Config::read(&|name| {
        let path = SitePath::new(name).ok()?;
        storage::read::read(folder, &path).ok().map(|snapshot| snapshot.bytes.to_vec())
    })
}

/// What a sample of each collection's articles says of its shape, and of the words its fields are filled from.
fn learn(
    folder: &SiteFolder,
    config: &Config,
    articles: &[Found],
    words: &mut VocabularyBuilder,
) -> BTreeMap<String, SchemaBuilder> {
    let mut learned = BTreeMap::new();
    for (collection, paths) in by_collection(articles) {
        let mut builder = SchemaBuilder::default();
        let read = |path: &&SitePath| lesson_of(path, &storage::read::read(folder, path).ok()?.bytes);
        let sample: Vec<Lesson> = match sample_of(paths) {
            // While the walk goes on all cores are at that.
            few if few.len() <= EARLY => few.iter().filter_map(read).collect(),
            many => many.par_iter().filter_map(read).collect(),
        };
        sample.iter().for_each(|lesson| builder.learn(lesson));
        if sample.is_empty() {
            continue;
        }
        let schema = builder.finish_with(&config.desk.for_collection(collection));
        sample.iter().for_each(|lesson| words.article(&lesson.data, &schema));
        learned.insert(collection.to_owned(), builder);
    }
    learned
}

/// What a file teaches, if it is an article: as the row scanner reads it, where it knows.
fn lesson_of(path: &SitePath, bytes: &[u8]) -> Option<Lesson> {
    scanner::lesson(bytes).or_else(|| {
        let document = Document::parse(bytes);
        is_article(path, &document).then(|| Lesson::of(&document))
    })
}

/// A path, and the chance that it is taken.
type Drawn<'a> = (u64, &'a SitePath);

/// The articles of each collection, in order. All cores look at many: what is looked at first has to be fetched from afar.
fn by_collection(articles: &[Found]) -> BTreeMap<&str, Vec<Drawn<'_>>> {
    if articles.len() <= PART {
        return part_by_collection(articles);
    }
    let parts: Vec<_> = articles.par_chunks(PART).map(part_by_collection).collect();
    let mut collections: BTreeMap<&str, Vec<Drawn<'_>>> = BTreeMap::new();
    for (collection, paths) in parts.into_iter().flatten() {
        collections.entry(collection).or_default().extend(paths);
    }
    collections
}

fn part_by_collection(articles: &[Found]) -> BTreeMap<&str, Vec<Drawn<'_>>> {
    let mut beside = Beside::default();
    let mut collections: BTreeMap<&str, Vec<Drawn<'_>>> = BTreeMap::new();
    for Found { path, .. } in articles {
        let chance = xxhash_rust::xxh3::xxh3_64(path.as_str().as_bytes());
        collections.entry(beside.collection_of(path)).or_default().push((chance, path));
    }
    collections
}

/// Some of the paths. Which ones follows from each alone, so that a new article hardly changes what is learned.
fn sample_of(mut paths: Vec<Drawn<'_>>) -> Vec<&SitePath> {
    let is_large = paths.len() > SAMPLE;
    if is_large {
        paths.select_nth_unstable(SAMPLE);
    }
    let mut sample: Vec<&SitePath> = paths.into_iter().take(SAMPLE).map(|(_, path)| path).collect();
    if is_large {
        sample.sort_unstable();
    }
    sample
}

/// Whether a file is an article: by its name, or by its name and its front matter.
pub(super) fn is_article(path: &SitePath, document: &Document) -> bool {
    document.format() != Format::None || is_article_name(path) == ArticleName::Yes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stand_in_order_however_much_of_them_is_alike() {
        let long = "a-title-that-goes-on-for-longer-than-is-kept-at-hand";
        let names = ["b.md", "a.md", "a/b.md", "a.mdx", "a-b.md", "é.md", "Z.md", "a", &format!("{long}-2"), long];
        let alike: Vec<String> = (0..40).map(|i| format!("_news/{long}-{}.md", i * 7 % 40)).collect();
        let below: Vec<String> = names.iter().map(|name| format!("_news/{name}")).collect();
        for paths in [names.map(str::to_owned).to_vec(), below, alike, vec!["one.md".to_owned()], Vec::new()] {
            let found = |path: &String| {
                let path = SitePath::new(path).expect("a path of the site");
                Found { path, stamp: Stamp { size: 1, ..Stamp::default() } }
            };
            let mut articles: Vec<Found> = paths.iter().map(found).collect();
            sort_by_path(&mut articles);
            let sorted: Vec<&str> = articles.iter().map(|found| found.path.as_str()).collect();
            let mut wished: Vec<&str> = paths.iter().map(String::as_str).collect();
            wished.sort_unstable();
            assert_eq!(sorted, wished);
        }
    }
}

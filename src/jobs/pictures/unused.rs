//! Pictures of the site that no article, page, data file or style names.
//!
//! Invariant: a picture counts as used when anything may use it without naming it: icons of browsers, logos, page bundles.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::catalog::pictures::UnusedPictures;
use crate::file::SitePath;
use crate::site::kind::images::is_picture;
use crate::site::{Site, VocabularyBuilder};
use crate::storage::{SiteFolder, read};

/// Endings of files that hold no names: what else there is may be text.
const NO_TEXT: [&str; 18] = [
    "pdf", "zip", "gz", "mp3", "mp4", "webm", "mov", "avi", "wav", "ogg", "woff", "woff2", "ttf", "otf", "eot", "exe",
    "wasm", "db",
];

/// Names that browsers ask for by themselves begin so.
const BY_ITSELF: [&str; 5] = ["favicon", "apple-touch-icon", "mstile", "android-chrome", "safari-pinned-tab"];

/// The largest text that is searched.
const LONGEST: u64 = 8 << 20;

/// The unused pictures among a site's files; `texts` are what articles say that are not saved yet.
#[must_use]
pub fn unused(
    folder: &SiteFolder,
    site: &Site,
    articles: &[SitePath],
    texts: &[std::sync::Arc<str>],
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<SitePath>> {
    let bundles: BTreeSet<&str> = articles
        .iter()
        .filter(|path| path.stem() == "index" && !path.folder().is_empty())
        .map(SitePath::folder)
        .collect();
    let may_be_unused = |path: &&SitePath| {
        is_picture(path.name())
            && !BY_ITSELF.iter().any(|name| path.name().to_lowercase().starts_with(name))
            && !VocabularyBuilder::is_logo(path)
            && !bundles.contains(path.folder())
    };
    let pictures: BTreeSet<SitePath> = site.files.iter().filter(may_be_unused).cloned().collect();
    if pictures.is_empty() {
        return Some(Vec::new());
    }
    let mut unused = UnusedPictures::new(pictures);
    texts.iter().for_each(|text| unused.see(text));
    let is_text = |path: &&SitePath| !has_ending(path, &NO_TEXT) && (!is_picture(path.name()) || ends(path, "svg"));
    let others: Vec<&SitePath> = articles.iter().chain(site.files.iter().filter(is_text)).collect();
    let see = |mut unused: UnusedPictures, path: &&SitePath| {
        let is_short = || read::stamp(folder, path).is_some_and(|stamp| stamp.size <= LONGEST);
        if !cancelled()
            && is_short()
            && let Ok(snapshot) = read::read(folder, path)
        {
            unused.see(&String::from_utf8_lossy(&snapshot.bytes));
        }
        unused
    };
    let seen = others.par_iter().fold(|| unused.clone(), see).reduce(|| unused.clone(), UnusedPictures::and);
    (!cancelled()).then(|| seen.finish())
}

fn has_ending(path: &SitePath, endings: &[&str]) -> bool {
    endings.iter().any(|ending| ends(path, ending))
}

fn ends(path: &SitePath, ending: &str) -> bool {
    path.name().rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(ending))
}

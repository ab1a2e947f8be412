//! Which articles have broken, small or wrongly declared pictures: from the columns, and what is known of each picture.
//!
//! Invariant: articles are read again only where columns do not tell which size belongs to which picture. A site's pictures are
//! not all looked at by themselves when there are very many.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{PictureFacts, facts};
use crate::article::{Article, Faults, PictureIndex};
use crate::catalog::pictures::{MANY, PictureColumns, named, shared_pictures};
use crate::catalog::{ArticleId, Catalog, PictureReport};
use crate::document::Document;
use crate::file::{ContentHash, SitePath};
use crate::site::links::{Target, resolve};
use crate::site::{Config, Site};
use crate::storage::{SiteFolder, read};

/// Files that are looked at without being asked for.
pub const BY_ITSELF: usize = 5_000;

/// The columns of each collection, by its folder.
type ByFolder<'a> = HashMap<&'a str, PictureColumns>;

/// The pictures of all articles; nothing when it was cancelled on the way. At most `most` files are looked at that are not known.
#[must_use]
pub fn report(
    folder: &SiteFolder,
    site: &Site,
    catalog: &Catalog,
    facts: &PictureFacts,
    (smallest, most): (Option<u32>, usize),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<PictureReport> {
    let mut index = PictureIndex { config: site.config.clone(), web: facts.web(), ..PictureIndex::default() };
    let mut looking = Looking { facts, left: most, unseen: 0 };
    let ids: Vec<ArticleId> = catalog.ids().collect();
    let columns: ByFolder<'_> =
        site.collections.iter().map(|it| (it.folder.as_str(), PictureColumns::of(&it.schema))).collect();
    for id in &ids {
        if cancelled() {
            return None;
        }
        let (path, Some(columns)) = (catalog.path(*id), columns.get(catalog.collection(*id))) else { continue };
        match named(catalog, *id, columns) {
            Some(pictures) => {
                pictures.iter().for_each(|picture| looking.look(&site.config, &path, picture.address, &mut index));
            }
            None => with_article(folder, site, &path, &mut |article| {
                article.pictures().iter().for_each(|it| looking.look(&site.config, &path, it.address, &mut index));
            }),
        }
    }
    let unseen = looking.unseen;
    let faults: Vec<(ArticleId, Faults)> =
        ids.par_iter().map(|id| (*id, faults(folder, site, catalog, *id, &columns, &index, smallest))).collect();
    let mut report =
        PictureReport { shared: shared_pictures(catalog, &index, MANY), unseen, ..PictureReport::default() };
    faults.into_iter().filter(|(_, faults)| *faults != Faults::default()).for_each(|(id, it)| report.note(id, it));
    report.index = index.into();
    Some(report)
}

/// What is wrong with the pictures of one article.
fn faults(
    folder: &SiteFolder,
    site: &Site,
    catalog: &Catalog,
    id: ArticleId,
    columns: &ByFolder<'_>,
    index: &PictureIndex,
    smallest: Option<u32>,
) -> Faults {
    let (path, Some(columns)) = (catalog.path(id), columns.get(catalog.collection(id))) else {
        return Faults::default();
    };
    if let Some(pictures) = named(catalog, id, columns) {
        let of_one = pictures.iter().map(|it| index.faults(&path, it.address, it.declared, it.own, smallest));
        return of_one.fold(Faults::default(), Faults::and);
    }
    let mut found = Faults::default();
    with_article(folder, site, &path, &mut |article| found = index.faults_of(article, smallest));
    found
}

fn with_article(folder: &SiteFolder, site: &Site, path: &SitePath, ask: &mut dyn FnMut(&Article<'_>)) {
    if let Ok(snapshot) = read::read(folder, path) {
        let document = Document::parse(&snapshot.bytes);
        let schema = site.schema(crate::site::paths::collection_of(path));
        ask(&Article::new(&document, &schema, path));
    }
}

struct Looking<'a> {
    facts: &'a PictureFacts,
    left: usize,
    unseen: usize,
}

impl Looking<'_> {
    /// Looks at the file behind an address, if it is one of the site, or at the picture in the address.
    fn look(&mut self, config: &Config, article: &SitePath, address: &str, index: &mut PictureIndex) {
        let files = match resolve(config, article, address) {
            Target::Site(files) => files,
            Target::Data(text) => {
                let hash = ContentHash::of(text.as_bytes());
                if !index.data.contains_key(&hash) {
                    index.data.extend(facts::in_itself(&text).map(|fact| (hash, fact)));
                }
                return;
            }
            Target::Remote(_) | Target::Broken(_) => return,
        };
        for file in files {
            match index.files.get(&file) {
                Some(Some(_)) => return,
                Some(None) => continue,
                None => {}
            }
            let Some(stamp) = self.facts.stamp(&file) else {
                index.files.insert(file, None);
                continue;
            };
            let known = self.facts.fact_at(&file, stamp);
            if known.is_none() && self.left == 0 {
                self.unseen += 1;
                return;
            }
            self.left -= usize::from(known.is_none());
            let fact = known.or_else(|| self.facts.fact(&file));
            index.contents.extend(self.facts.content(&file).map(|content| (file.clone(), content)));
            index.files.insert(file, fact);
            return;
        }
    }
}

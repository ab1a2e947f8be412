//! Where a new picture of an article belongs, and how it is written: as those of its neighbours are.
//!
//! Invariant: nothing is opened; the files of the site that are known and the articles' own addresses decide, the article's own
//! pictures first, then those of the articles nearest to it in time.

use std::collections::BTreeMap;

use super::{ArticleId, Catalog, Cell, ColumnKey};
use crate::file::SitePath;
use crate::site::kind::images::{ADDRESS_KEYS, PictureForm, is_picture};
use crate::site::links::{Target, Writing, resolve};
use crate::site::{Schema, Site, VocabularyBuilder};

/// Where a new picture lies, and how its address is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureHome {
    /// The folder; `""` is the top of the site.
    pub folder: String,
    /// How its address is written.
    pub writing: Writing,
}

/// So many neighbours have a say.
const NEIGHBOURS: usize = 60;

/// So many are asked; of the rest nobody expects pictures in the site.
const ASKED: usize = 2_000;

/// The home of a new picture of this article, which names these pictures already.
#[must_use]
pub fn picture_home(catalog: &Catalog, site: &Site, article: ArticleId, own: &[&str]) -> PictureHome {
    let path = catalog.path(article);
    let of_own: Vec<Vote> = own.iter().filter_map(|address| vote(site, &path, address)).collect();
    let votes = if of_own.is_empty() { of_neighbours(catalog, site, article) } else { of_own };
    let (folder, writing) = most(votes).unwrap_or_else(|| (Folder::At(usual_folder(site)), Writing::default()));
    match folder {
        Folder::Beside => PictureHome { folder: path.folder().to_owned(), writing },
        Folder::At(folder) => PictureHome { folder, writing },
    }
}

/// How the articles of a collection write their lead picture, as far as their columns tell.
#[must_use]
pub fn picture_form(catalog: &Catalog, schema: &Schema, collection: &str) -> PictureForm {
    let Some(lead) = &schema.lead_image else { return PictureForm::default() };
    let child = |id, key: &str| catalog.cell(id, &ColumnKey::Field(lead.child(key)));
    let forms = catalog.ids().filter(|id| catalog.collection(*id) == collection).filter_map(|id| {
        let form = |list, key, sized| Some(PictureForm { list, key, sized });
        match catalog.cell(id, &ColumnKey::Field(lead.clone())) {
            Cell::Text(_) => form(false, None, false),
            Cell::List(_) => form(true, None, false),
            Cell::Entries(count) if count > 0 => {
                let key = ADDRESS_KEYS.into_iter().find(|key| child(id, key).is_something())?;
                form(matches!(child(id, key), Cell::List(_)), Some(key), child(id, "width").is_something())
            }
            _ => None,
        }
    });
    most(forms.take(NEIGHBOURS)).unwrap_or_default()
}

/// A folder as a neighbour tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Folder {
    /// The article's own.
    Beside,
    At(String),
}

type Vote = (Folder, Writing);

/// What an address in an article says of where pictures lie; nothing where it leads to no file of the site.
fn vote(site: &Site, article: &SitePath, address: &str) -> Option<Vote> {
    let Target::Site(files) = resolve(&site.config, article, address) else { return None };
    let file = files.into_iter().find(|file| site.files.contains(file))?;
    let writing = Writing::of(&site.config, article, address, &file)?;
    let is_beside = file.folder() == article.folder();
    Some((if is_beside { Folder::Beside } else { Folder::At(file.folder().to_owned()) }, writing))
}

/// The votes of the articles of the same collection that are nearest in time; of all articles where none of these has a say.
fn of_neighbours(catalog: &Catalog, site: &Site, article: ArticleId) -> Vec<Vote> {
    let (collection, date) = (catalog.collection(article), catalog.date(article).unwrap_or(i64::MAX));
    let away = |id: ArticleId| catalog.date(id).map_or(u64::MAX, |other| other.abs_diff(date));
    let of = |wanted: &dyn Fn(ArticleId) -> bool| -> Vec<Vote> {
        let has = |id: &ArticleId| *id != article && wanted(*id) && catalog.lead_image(*id).is_some();
        let mut near: Vec<(u64, ArticleId)> = catalog.ids().filter(has).map(|id| (away(id), id)).collect();
        near.sort_unstable();
        let votes =
            near.into_iter().take(ASKED).filter_map(|(_, id)| vote(site, &catalog.path(id), catalog.lead_image(id)?));
        votes.take(NEIGHBOURS).collect()
    };
    let votes = of(&|id| catalog.collection(id) == collection);
    if votes.is_empty() { of(&|id| catalog.collection(id) != collection) } else { votes }
}

/// The folder with most pictures that are no logos; else the one that sites of this kind have.
fn usual_folder(site: &Site) -> String {
    let pictures = site.files.iter().filter(|path| is_picture(path.name()) && !VocabularyBuilder::is_logo(path));
    let folders = pictures.map(|path| path.folder().to_owned()).filter(|folder| !folder.is_empty());
    most(folders).unwrap_or_else(|| {
        let has_static = site.files.iter().any(|path| path.as_str().starts_with("static/"));
        if has_static { "static/images" } else { "assets/images" }.to_owned()
    })
}

/// What is there most often; of equals the one that came first.
fn most<T: Ord>(votes: impl IntoIterator<Item = T>) -> Option<T> {
    let mut counted: BTreeMap<T, (usize, usize)> = BTreeMap::new();
    for (at, vote) in votes.into_iter().enumerate() {
        counted.entry(vote).or_insert((0, at)).0 += 1;
    }
    counted.into_iter().max_by_key(|(_, (count, first))| (*count, std::cmp::Reverse(*first))).map(|(vote, _)| vote)
}

//! What a site's articles do with its pictures: which are broken, small or wrongly declared, the same one in many, and those that
//! nothing names.
//!
//! Invariant: columns tell an article's pictures only where their lists are as long as each other; else its text has to be asked.
//! A picture counts as unused only when its name occurs nowhere in the texts that were seen, in whatever way it is
//! written; better one too few than one too many.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use rayon::prelude::*;

use super::column::CHUNK;
use super::{ArticleId, Catalog, Cell, ColumnKey};
use crate::article::record::LONGEST_TEXT;
use crate::article::{Faults, Identity, PictureIndex};
use crate::document::Number;
use crate::file::SitePath;
use crate::site::Schema;
use crate::site::kind::images::ADDRESS_KEYS;

/// What is known of the pictures of all articles together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PictureReport {
    /// What is known of each picture.
    pub index: Arc<PictureIndex>,
    /// Articles with a picture that is not there, or damaged.
    pub broken: BTreeSet<ArticleId>,
    /// Articles that declare another size than a picture has.
    pub wrong_size: BTreeSet<ArticleId>,
    /// Articles whose own picture has too few pixels.
    pub small: BTreeSet<ArticleId>,
    /// Pictures that lead in many articles.
    pub shared: Vec<SharedPicture>,
    /// Files of the site that were not looked at yet, since there are so many.
    pub unseen: usize,
}

/// In so many articles a picture is “the same in many”.
pub const MANY: usize = 5;

impl PictureReport {
    /// Notes what is wrong with the pictures of an article, in the place of what was noted before.
    pub fn note(&mut self, article: ArticleId, faults: Faults) {
        let sets = [
            (faults.broken, &mut self.broken),
            (faults.wrong_size, &mut self.wrong_size),
            (faults.small, &mut self.small),
        ];
        for (has, set) in sets {
            if has {
                set.insert(article);
            } else {
                set.remove(&article);
            }
        }
    }
}

/// A picture as the columns tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnPicture<'a> {
    /// Its address.
    pub address: &'a str,
    /// Width and height that the article declares.
    pub declared: Option<(u32, u32)>,
    /// Whether it is the article's own, and no logo.
    pub own: bool,
}

/// The columns in which the articles of a collection name pictures.
#[derive(Clone, Debug, Default)]
pub struct PictureColumns(Vec<Columns>);

#[derive(Clone, Debug)]
struct Columns {
    list: ColumnKey,
    addresses: Vec<ColumnKey>,
    width: ColumnKey,
    height: ColumnKey,
    own: bool,
}

impl PictureColumns {
    /// The columns of this collection.
    #[must_use]
    pub fn of(schema: &Schema) -> Self {
        let own = schema.lead_image.clone().map(|path| (path, true));
        let logos = schema.provider.as_ref().map(|path| (path.child("images"), false));
        let columns = own.into_iter().chain(logos).map(|(path, own)| {
            let child = |key: &str| ColumnKey::Field(path.child(key));
            Columns {
                addresses: ADDRESS_KEYS.iter().map(|key| child(key)).collect(),
                width: child("width"),
                height: child("height"),
                list: ColumnKey::Field(path),
                own,
            }
        });
        Self(columns.collect())
    }
}

/// The pictures that an article names, its own first, as far as columns tell. Nothing where they do not tell which size belongs to
/// which picture.
#[must_use]
pub fn named<'a>(catalog: &'a Catalog, id: ArticleId, columns: &PictureColumns) -> Option<Vec<ColumnPicture<'a>>> {
    let mut pictures = Vec::new();
    for columns in &columns.0 {
        let (addresses, count) = match catalog.cell(id, &columns.list) {
            Cell::Entries(count) => {
                let cells = columns.addresses.iter().map(|key| catalog.cell(id, key));
                (cells.into_iter().find(Cell::is_something).unwrap_or(Cell::Missing), Some(count as usize))
            }
            alone => (alone, None),
        };
        // Of a map that stands alone the columns hold single values, and its entries are its keys.
        let is_list = matches!(addresses, Cell::List(_));
        // Addresses that hold the picture in themselves may be unreadable, or too long for a column.
        let is_opaque = matches!(addresses, Cell::Opaque(_));
        let addresses = texts(addresses);
        let is_told = |address: &&str| !address.is_empty() && address.len() + 4 < LONGEST_TEXT;
        let [widths, heights] = [&columns.width, &columns.height].map(|key| sides(catalog.cell(id, key)));
        let is_whole = |sides: &[Option<u32>]| sides.is_empty() || sides.len() == addresses.len();
        let has_all = !is_list || count.is_none_or(|count| count == addresses.len());
        if is_opaque || !addresses.iter().all(is_told) || !(has_all && is_whole(&widths) && is_whole(&heights)) {
            return None;
        }
        for (at, address) in addresses.into_iter().enumerate() {
            let side = |sides: &[Option<u32>]| sides.get(at).copied().flatten();
            pictures.push(ColumnPicture { address, declared: side(&widths).zip(side(&heights)), own: columns.own });
        }
    }
    Some(pictures)
}

fn texts(cell: Cell<'_>) -> Vec<&str> {
    match cell {
        Cell::Text(text) if !text.is_empty() => vec![text],
        Cell::List(texts) => texts,
        _ => Vec::new(),
    }
}

/// Widths or heights, as articles write them.
fn sides(cell: Cell<'_>) -> Vec<Option<u32>> {
    let of_text = |text: &str| {
        let number = Number::parse(text.trim_end_matches("px")).and_then(|number| number.as_i128());
        number.and_then(|number| u32::try_from(number).ok())
    };
    match cell {
        Cell::Number(number) => vec![(number >= 0.0 && number.fract() == 0.0).then_some(number as u32)],
        cell => texts(cell).into_iter().map(of_text).collect(),
    }
}

/// A lead picture that several articles have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedPicture {
    /// Its addresses, the most used first, each with an article that writes it so. Files of the same bytes are one picture.
    pub written: Vec<(String, ArticleId)>,
    /// The articles, in the catalog's order.
    pub articles: Vec<ArticleId>,
}

impl SharedPicture {
    /// The address that most of its articles write.
    #[must_use]
    pub fn address(&self) -> &str {
        self.written.first().map_or("", |(address, _)| address)
    }
}

/// Lead pictures of at least so many articles, the most used first.
#[must_use]
pub fn shared_pictures(catalog: &Catalog, known: &PictureIndex, at_least: usize) -> Vec<SharedPicture> {
    let mut users: BTreeMap<Identity, BTreeMap<&str, Vec<ArticleId>>> = BTreeMap::new();
    for id in perhaps_shared(catalog, known, at_least) {
        let Some((address, identity)) = leading(catalog, known, id) else { continue };
        users.entry(identity).or_default().entry(address).or_default().push(id);
    }
    let shared = users.into_values().filter(|written| written.values().map(Vec::len).sum::<usize>() >= at_least);
    let mut shared: Vec<SharedPicture> = shared.map(SharedPicture::new).collect();
    shared.sort_by_key(|picture| std::cmp::Reverse(picture.articles.len()));
    shared
}

/// Articles of whose lead pictures so many have the same hash, in the catalog's order. Most pictures lead in one article alone, and
/// their addresses taken apart, all at once, would be the most memory that a large site needs.
fn perhaps_shared(catalog: &Catalog, known: &PictureIndex, at_least: usize) -> Vec<ArticleId> {
    let ids: Vec<ArticleId> = catalog.ids().collect();
    let hashed = |id: &ArticleId| {
        let mut hasher = DefaultHasher::new();
        leading(catalog, known, *id)?.1.hash(&mut hasher);
        Some((hasher.finish(), *id))
    };
    let of_chunk = |ids: &[ArticleId]| ids.iter().filter_map(hashed).collect::<Vec<_>>();
    let mut pictures = ids.par_chunks(CHUNK).map(of_chunk).collect::<Vec<_>>().concat();
    pictures.par_sort_unstable();
    let crowds = pictures.chunk_by(|one, other| one.0 == other.0).filter(|crowd| crowd.len() >= at_least);
    let mut ids: Vec<ArticleId> = crowds.flatten().map(|(_, id)| *id).collect();
    ids.sort_unstable();
    ids
}

/// The address of an article's lead picture, and what makes others the same.
fn leading<'c>(catalog: &'c Catalog, known: &PictureIndex, id: ArticleId) -> Option<(&'c str, Identity)> {
    let address = catalog.lead_image(id)?;
    let content = |file: &SitePath| known.contents.get(file).copied();
    Some((address, Identity::of(&known.config, &catalog.path(id), address, content)))
}

impl SharedPicture {
    fn new(written: BTreeMap<&str, Vec<ArticleId>>) -> Self {
        let mut articles: Vec<ArticleId> = written.values().flatten().copied().collect();
        articles.sort_unstable();
        let mut by_use: Vec<(&str, Vec<ArticleId>)> = written.into_iter().collect();
        by_use.sort_by_key(|(_, users)| std::cmp::Reverse(users.len()));
        let first = |(address, users): (&str, Vec<ArticleId>)| Some((address.to_owned(), *users.first()?));
        Self { written: by_use.into_iter().filter_map(first).collect(), articles }
    }
}

/// Finds the pictures that nothing names. It is shown every text of the site: articles, data, pages, styles.
#[derive(Clone, Debug)]
pub struct UnusedPictures {
    pictures: Arc<BTreeSet<SitePath>>,
    /// Their names, as they are compared.
    names: Arc<HashSet<String>>,
    seen: HashSet<String>,
}

impl UnusedPictures {
    /// Begins with all pictures that the site has.
    #[must_use]
    pub fn new(pictures: BTreeSet<SitePath>) -> Self {
        let names = pictures.iter().map(|path| reduced(path.name())).collect();
        Self { pictures: Arc::new(pictures), names: Arc::new(names), seen: HashSet::new() }
    }

    /// The same, of what another one has seen.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.seen.extend(other.seen);
        self
    }

    /// Looks at a text. Names are compared by their letters and digits alone, so that escapes, case and quotes do not matter.
    pub fn see(&mut self, text: &str) {
        let separators =
            |c: char| matches!(c, '/' | '"' | '\'' | '(' | ')' | '<' | '>' | '\n' | '\r' | '|' | '=' | ',' | ';');
        for part in text.split(separators) {
            // A query or an anchor may follow the name, a key may stand before it.
            for candidate in
                [Some(part), part.split(['?', '#']).next(), part.rsplit([' ', ':']).next()].into_iter().flatten()
            {
                let name = reduced(candidate.trim());
                if self.names.contains(&name) {
                    self.seen.insert(name);
                }
            }
        }
    }

    /// The pictures whose name was in no text.
    #[must_use]
    pub fn finish(self) -> Vec<SitePath> {
        self.pictures.iter().filter(|path| !self.seen.contains(&reduced(path.name()))).cloned().collect()
    }
}

/// A name as it is compared: unescaped, letters and digits in small letters.
fn reduced(name: &str) -> String {
    let unescaped = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    unescaped.chars().filter(|c| c.is_alphanumeric() || *c == '.').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_unused_only_when_nothing_names_it() {
        let paths = [
            "assets/a.png",
            "assets/two words.jpg",
            "assets/Ümlaut.png",
            "assets/icons/logo.svg",
            "assets/lost.gif",
            "assets/a b.webp",
            "assets/query.png",
            "assets/plain.png",
        ];
        let mut unused = UnusedPictures::new(paths.map(|path| SitePath::new(path).unwrap()).into());
        for text in [
            "images:\n- url: https://site/assets/a.png\n",
            "![x](/assets/two%20words.jpg) <img src='../assets/%C3%BCmlaut.png'>",
            "background: url(icons/logo.svg);",
            "{\"image\":\"/assets/a b.webp\"}",
            "src=/assets/query.png?v=2#top",
            "image: plain.png",
        ] {
            unused.see(text);
        }
        assert_eq!(unused.finish(), [SitePath::new("assets/lost.gif").unwrap()]);
    }
}

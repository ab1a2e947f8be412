//! What a site's articles do with its pictures: the same one in many, and those that nothing names.
//!
//! Invariant: a picture counts as unused only when its name occurs nowhere in the texts that were seen, in whatever way it is
//! written; better one too few than one too many.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{ArticleId, Catalog};
use crate::file::SitePath;

/// A lead picture that several articles have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedPicture {
    /// Its address, as the articles write it.
    pub address: String,
    /// The articles, in the catalog's order.
    pub articles: Vec<ArticleId>,
}

/// Lead pictures of at least so many articles, the most used first.
#[must_use]
pub fn shared_pictures(catalog: &Catalog, at_least: usize) -> Vec<SharedPicture> {
    let mut users: BTreeMap<&str, Vec<ArticleId>> = BTreeMap::new();
    for id in catalog.ids() {
        if let Some(address) = catalog.lead_image(id) {
            users.entry(address).or_default().push(id);
        }
    }
    let mut shared: Vec<SharedPicture> = users
        .into_iter()
        .filter(|(_, articles)| articles.len() >= at_least)
        .map(|(address, articles)| SharedPicture { address: address.to_owned(), articles })
        .collect();
    shared.sort_by_key(|picture| std::cmp::Reverse(picture.articles.len()));
    shared
}

/// Finds the pictures that nothing names. It is shown every text of the site: articles, data, pages, styles.
#[derive(Clone, Debug)]
pub struct UnusedPictures {
    pictures: BTreeSet<SitePath>,
    /// Their names, as they are compared.
    names: HashSet<String>,
    seen: HashSet<String>,
}

impl UnusedPictures {
    /// Begins with all pictures that the site has.
    #[must_use]
    pub fn new(pictures: BTreeSet<SitePath>) -> Self {
        let names = pictures.iter().map(|path| reduced(path.name())).collect();
        Self { pictures, names, seen: HashSet::new() }
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
    pub fn finish(mut self) -> Vec<SitePath> {
        self.pictures.retain(|path| !self.seen.contains(&reduced(path.name())));
        self.pictures.into_iter().collect()
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

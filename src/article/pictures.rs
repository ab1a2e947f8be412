//! The pictures that an article names, and what is known of the files and addresses behind them.
//!
//! Invariant: a picture of which nothing is known has no fault; only what was looked at can be called broken, small or wrong.

use std::collections::HashMap;

use super::{Article, Facts};
use crate::document::{Pointer, Value};
use crate::file::{ContentHash, SitePath};
use crate::site::Config;
use crate::site::kind::images;
use crate::site::links::{Target, resolve};

/// What a picture is, as far as looking at it tells.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PictureFact {
    /// Its width and height in pixels, as it is shown.
    Size(u32, u32),
    /// A drawing, which has any size.
    Scalable,
    /// It cannot be shown, for this reason.
    Broken(String),
}

/// What is wrong with pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// One is not there, or damaged.
    pub broken: bool,
    /// One has another size than the article declares.
    pub wrong_size: bool,
    /// One has too few pixels.
    pub small: bool,
}

impl Faults {
    /// These and those.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            broken: self.broken || other.broken,
            wrong_size: self.wrong_size || other.wrong_size,
            small: self.small || other.small,
        }
    }
}

impl PictureFact {
    /// What is wrong with this picture. A logo (`own` is false) may be small.
    #[must_use]
    pub fn faults(&self, declared: Option<(u32, u32)>, own: bool, smallest: Option<u32>) -> Faults {
        match *self {
            Self::Broken(_) => Faults { broken: true, ..Faults::default() },
            Self::Scalable => Faults::default(),
            Self::Size(width, height) => Faults {
                broken: false,
                wrong_size: declared.is_some_and(|declared| declared != (width, height)),
                small: own && smallest.is_some_and(|smallest| width < smallest),
            },
        }
    }
}

/// A picture as an article names it.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPicture<'a> {
    /// Where it stands: a map, or its address alone.
    pub at: Pointer,
    /// Where its address stands.
    pub address_at: Pointer,
    /// Its address.
    pub address: &'a str,
    /// Width and height that the article declares.
    pub declared: Option<(u32, u32)>,
    /// Whether it is the article's own, and no logo.
    pub own: bool,
}

impl<'a> Facts<'a> {
    /// The pictures that it names: its own, then its provider's logos.
    #[must_use]
    pub fn pictures(&self) -> Vec<NamedPicture<'a>> {
        let own = self.schema.lead_image.clone();
        let logos = self.schema.provider.as_ref().map(|path| path.child("images"));
        let mut named = Vec::new();
        for (path, own) in own.into_iter().map(|path| (path, true)).chain(logos.map(|path| (path, false))) {
            if let Some(value) = self.get(&path) {
                gather(value, &path.pointer(), own, &mut named);
            }
        }
        named
    }
}

fn gather<'a>(value: &'a Value, at: &Pointer, own: bool, named: &mut Vec<NamedPicture<'a>>) {
    let is_list = matches!(value, Value::List(_));
    for (index, image) in images::items(value).iter().enumerate() {
        let item = if is_list { at.child(index) } else { at.clone() };
        let key = image.as_map().and_then(images::address_key);
        let address_at = key.map_or_else(|| item.clone(), |key| item.child(key));
        if let Some(address) = images::address(image) {
            named.push(NamedPicture { at: item, address_at, address, declared: images::declared_size(image), own });
        }
    }
}

/// What makes pictures the same: their bytes as far as they are known, else where they lie.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// Bytes of this hash.
    Content(ContentHash),
    /// This file, or this address on the web.
    At(String),
}

impl Identity {
    /// The identity of the picture behind an address. `content` knows the bytes of files.
    #[must_use]
    pub fn of(
        config: &Config,
        article: &SitePath,
        address: &str,
        content: impl Fn(&SitePath) -> Option<ContentHash>,
    ) -> Self {
        match resolve(config, article, address) {
            Target::Site(files) => match files.iter().find_map(content) {
                Some(hash) => Self::Content(hash),
                None => Self::At(files.first().map_or(address, SitePath::as_str).to_owned()),
            },
            Target::Remote(url) => Self::At(url.into()),
            Target::Data(text) => Self::Content(ContentHash::of(text.as_bytes())),
            Target::Broken(_) => Self::At(address.to_owned()),
        }
    }
}

/// What is known of the pictures of a site's articles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PictureIndex {
    /// The site's settings, by which addresses lead to files.
    pub config: Config,
    /// Files that were looked for: what each is, or nothing where there is none.
    pub files: HashMap<SitePath, Option<PictureFact>>,
    /// The bytes of files, by their hash.
    pub contents: HashMap<SitePath, ContentHash>,
    /// Addresses on the web, of which something is known.
    pub web: HashMap<String, PictureFact>,
    /// Addresses that hold the picture in themselves (`data:`), by the hash of their text.
    pub data: HashMap<ContentHash, PictureFact>,
}

/// What is known of the picture behind an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// Nothing yet.
    Unknown,
    /// The site has no such file.
    Missing,
    /// What it is.
    Known(&'a PictureFact),
}

impl PictureIndex {
    /// What is known of the picture behind an address in an article.
    #[must_use]
    pub fn seen(&self, article: &SitePath, address: &str) -> Seen<'_> {
        match resolve(&self.config, article, address) {
            Target::Site(files) => {
                for file in &files {
                    match self.files.get(file) {
                        Some(Some(fact)) => return Seen::Known(fact),
                        Some(None) => {}
                        None => return Seen::Unknown,
                    }
                }
                Seen::Missing
            }
            Target::Remote(url) => self.web.get(url.as_str()).map_or(Seen::Unknown, Seen::Known),
            Target::Data(text) => self.beside(&text).map_or(Seen::Unknown, Seen::Known),
            // What leads nowhere has no picture.
            Target::Broken(_) => Seen::Missing,
        }
    }

    /// What is known of the picture behind an address that is no file of the site.
    #[must_use]
    pub fn beside(&self, address: &str) -> Option<&PictureFact> {
        self.web.get(address).or_else(|| self.data.get(&ContentHash::of(address.as_bytes())))
    }

    /// Width and height of the picture behind an address, where they are known.
    #[must_use]
    pub fn size(&self, article: &SitePath, address: &str) -> Option<(u32, u32)> {
        match self.seen(article, address) {
            Seen::Known(PictureFact::Size(width, height)) => Some((*width, *height)),
            _ => None,
        }
    }

    /// What is wrong with a picture that an article names.
    #[must_use]
    pub fn faults(
        &self,
        article: &SitePath,
        address: &str,
        declared: Option<(u32, u32)>,
        own: bool,
        smallest: Option<u32>,
    ) -> Faults {
        match self.seen(article, address) {
            Seen::Unknown => Faults::default(),
            Seen::Missing => Faults { broken: true, ..Faults::default() },
            Seen::Known(fact) => fact.faults(declared, own, smallest),
        }
    }

    /// What is wrong with the pictures of an article.
    #[must_use]
    pub fn faults_of(&self, article: &Article<'_>, smallest: Option<u32>) -> Faults {
        let of_one =
            |named: &NamedPicture<'_>| self.faults(article.path, named.address, named.declared, named.own, smallest);
        article.pictures().iter().map(of_one).fold(Faults::default(), Faults::and)
    }
}

//! What is known of a site's pictures: their sizes, and which are damaged. For problems and filters.
//!
//! Invariant: a file is looked at again only when its stamp has changed; no pixels are decoded for it. Of the web only what was
//! loaded anyway is known.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::read_picture;
use crate::article::PictureFact;
use crate::file::{ContentHash, SitePath, Stamp};
use crate::picture::{Failure, FailureKind, PictureError, Rendered, data_url, inspect};
use crate::storage::state::{SiteKey, StateFolder};
use crate::storage::{SiteFolder, cache, read};

/// What the facts are remembered under.
const NAME: &str = "pictures";

/// Changes with the layout, and with what is said of the same file.
const VERSION: u32 = 2;

/// Addresses of the web that are remembered; more are learned anew.
const MOST_ADDRESSES: usize = 200_000;

/// Facts of pictures, gathered when they are asked for and kept.
#[derive(Debug)]
pub struct PictureFacts {
    folder: SiteFolder,
    known: Mutex<Known>,
    /// Whether something was learned since it was asked last.
    news: AtomicBool,
    recalled: AtomicBool,
}

#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
struct Known {
    files: HashMap<SitePath, Looked>,
    web: HashMap<String, PictureFact>,
}

/// A file that was looked at.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Looked {
    /// When: what it says holds for this stamp alone.
    stamp: Stamp,
    /// What it is.
    fact: PictureFact,
    /// Its bytes, where they could be read.
    content: Option<ContentHash>,
}

impl PictureFacts {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(folder: SiteFolder) -> Self {
        Self { folder, known: Mutex::default(), news: AtomicBool::new(false), recalled: AtomicBool::new(false) }
    }

    /// Takes in what was remembered of the site's pictures, the first time it is asked to. What is known already counts more.
    pub fn recall(&self, state: &StateFolder) {
        if self.recalled.swap(true, Ordering::Relaxed) {
            return;
        }
        let bytes = cache::load(state, &SiteKey::of(&self.folder), NAME, VERSION);
        let Some(mut before) = bytes.and_then(|bytes| serde_json::from_slice::<Known>(&bytes).ok()) else { return };
        let mut known = self.lock();
        before.files.extend(std::mem::take(&mut known.files));
        before.web.extend(std::mem::take(&mut known.web));
        *known = before;
    }

    /// Remembers what is known.
    pub fn store(&self, state: &StateFolder) {
        let bytes = serde_json::to_vec(&*self.lock()).unwrap_or_default();
        if let Err(error) = cache::store(state, &SiteKey::of(&self.folder), NAME, VERSION, &bytes) {
            log::info!("what is known of pictures is not remembered: {error}");
        }
    }

    /// Whether something was learned since this was asked last.
    pub fn take_news(&self) -> bool {
        self.news.swap(false, Ordering::Relaxed)
    }

    /// The same without taking it: the news stays news.
    pub fn has_news(&self) -> bool {
        self.news.load(Ordering::Relaxed)
    }

    /// What a file of the site is as a picture; nothing where there is no file.
    #[must_use]
    pub fn fact(&self, path: &SitePath) -> Option<PictureFact> {
        let stamp = self.stamp(path)?;
        if let Some(fact) = self.fact_at(path, stamp) {
            return Some(fact);
        }
        let (fact, content) = match read_picture(&self.folder, path) {
            Ok(bytes) => (seen(&bytes), Some(ContentHash::of(&bytes))),
            Err(failure) => (PictureFact::Broken(failure.reason.to_string()), None),
        };
        self.lock().files.insert(path.clone(), Looked { stamp, fact: fact.clone(), content });
        self.news.store(true, Ordering::Relaxed);
        Some(fact)
    }

    /// The bytes of a file that was looked at, by their hash. Files that are no picture have no identity.
    #[must_use]
    pub fn content(&self, path: &SitePath) -> Option<ContentHash> {
        let known = self.lock();
        let looked = known.files.get(path)?;
        looked.content.filter(|_| !matches!(looked.fact, PictureFact::Broken(_)))
    }

    /// The stamp of a file of the site, if it is there.
    #[must_use]
    pub fn stamp(&self, path: &SitePath) -> Option<Stamp> {
        read::stamp(&self.folder, path)
    }

    /// What is known of a file that has this stamp, without looking at it.
    #[must_use]
    pub fn fact_at(&self, path: &SitePath, stamp: Stamp) -> Option<PictureFact> {
        self.lock().files.get(path).filter(|looked| looked.stamp == stamp).map(|looked| looked.fact.clone())
    }

    /// What is known of addresses on the web.
    #[must_use]
    pub fn web(&self) -> HashMap<String, PictureFact> {
        self.lock().web.clone()
    }

    /// Learns from a picture that was loaded from the web. That a server does not answer now says nothing of the picture.
    pub fn learn(&self, address: &str, result: &Result<Rendered, Failure>) {
        let fact = match result {
            Ok(rendered) => PictureFact::Size(rendered.info.width, rendered.info.height),
            Err(failure) => match failure.kind {
                FailureKind::Missing | FailureKind::Broken | FailureKind::TooLarge => {
                    PictureFact::Broken(failure.reason.to_string())
                }
                FailureKind::Unreachable | FailureKind::Refused | FailureKind::Unsupported => return,
            },
        };
        let mut known = self.lock();
        if known.web.get(address) != Some(&fact) && known.web.len() < MOST_ADDRESSES {
            known.web.insert(address.to_owned(), fact);
            self.news.store(true, Ordering::Relaxed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the picture in a `data:` address is; nothing for other addresses.
#[must_use]
pub fn in_itself(address: &str) -> Option<PictureFact> {
    let is_data = address.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    let broken = |error: &PictureError| PictureFact::Broken(error.to_string());
    is_data.then(|| data_url::bytes(address).map_or_else(|error| broken(&error), |bytes| seen(&bytes)))
}

fn seen(bytes: &[u8]) -> PictureFact {
    match inspect(bytes) {
        Ok(Some((width, height))) => PictureFact::Size(width, height),
        Ok(None) => PictureFact::Scalable,
        Err(error) => PictureFact::Broken(error.to_string()),
    }
}

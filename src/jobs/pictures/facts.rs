//! What is known of the site's pictures: their sizes, and which are damaged. For problems and filters.
//!
//! Invariant: a file is looked at again only when its stamp has changed; no pixels are decoded.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::read_picture;
use crate::article::PictureFact;
use crate::file::{SitePath, Stamp};
use crate::picture::inspect;
use crate::storage::{SiteFolder, read};

/// Facts of pictures, gathered when they are asked for and kept.
#[derive(Debug)]
pub struct PictureFacts {
    folder: SiteFolder,
    known: Mutex<HashMap<SitePath, (Stamp, PictureFact)>>,
}

impl PictureFacts {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(folder: SiteFolder) -> Self {
        Self { folder, known: Mutex::default() }
    }

    /// What a file of the site is as a picture; nothing where there is no file.
    #[must_use]
    pub fn fact(&self, path: &SitePath) -> Option<PictureFact> {
        let stamp = read::stamp(&self.folder, path)?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some((_, fact)) = known.filter(|(then, _)| *then == stamp) {
            return Some(fact);
        }
        let fact = match read_picture(&self.folder, path) {
            Ok(bytes) => match inspect(&bytes) {
                Ok(Some((width, height))) => PictureFact::Size(width, height),
                Ok(None) => PictureFact::Scalable,
                Err(error) => PictureFact::Broken(error.to_string()),
            },
            Err(failure) => PictureFact::Broken(failure.reason.to_string()),
        };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), (stamp, fact.clone()));
        Some(fact)
    }

    /// Gathers the facts of many files, for a worker that has time. How many were looked at before it was cancelled.
    pub fn gather<'a>(&self, paths: impl IntoIterator<Item = &'a SitePath>, cancelled: &dyn Fn() -> bool) -> usize {
        paths.into_iter().take_while(|_| !cancelled()).filter_map(|path| self.fact(path)).count()
    }
}

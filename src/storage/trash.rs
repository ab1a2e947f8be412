//! Deleting that can be taken back: the system's trash.
//!
//! Invariant: only a file with the bytes expected is moved, and only one inside the site.

use super::error::{StorageError, is_escape};
use super::folder::SiteFolder;
use super::read::read;
use super::vfs::{Root, Spot, Vfs as _};
use super::write::SaveOutcome;
use crate::file::{ContentHash, SitePath};

/// Moves a file to the trash, if it still has these bytes. `None`: done. A link is moved itself, not what it names.
#[must_use]
pub fn delete(site: &SiteFolder, path: &SitePath, expected: ContentHash) -> Option<SaveOutcome> {
    let snapshot = match read(site, path) {
        Ok(snapshot) => snapshot,
        Err(error) if error.is_not_found() => return Some(SaveOutcome::Gone),
        Err(error) => return Some(SaveOutcome::Failed(error)),
    };
    if snapshot.hash() != expected {
        return Some(SaveOutcome::MovedOn(snapshot));
    }
    let folder = match site.disk(None).resolve(&Spot::new(Root::Site, path.folder())) {
        Ok(folder) => folder,
        Err(error) if is_escape(&error) => {
            return Some(SaveOutcome::Failed(StorageError::Outside { path: path.to_string() }));
        }
        Err(error) => return Some(SaveOutcome::Failed(StorageError::io("delete", path, &error))),
    };
    let real = site.root().join(folder.path).join(path.name());
    match trash::delete(real) {
        Ok(()) => None,
        Err(error) => {
            Some(SaveOutcome::Failed(StorageError::Trash { path: path.to_string(), reason: error.to_string() }))
        }
    }
}

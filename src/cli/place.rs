//! From a path as a person types it to a site and a path in it.
//!
//! Invariant: files are read and written through the site's handle, as the desk does.

use std::path::Path;
use std::sync::Arc;

use super::output::CliError;
use crate::file::SitePath;
use crate::storage::{self, SiteFolder, StorageError, root};

/// A file, and the site that it belongs to.
pub(super) struct Placed {
    /// The site.
    pub site: SiteFolder,
    /// Where it lies in it.
    pub path: SitePath,
}

/// Finds the site of a file: the nearest folder above it that looks like one, else its own folder.
pub(super) fn find(file: &Path) -> Result<Placed, CliError> {
    let (folder, inside) = root::of_file(file)?;
    let path = SitePath::new(&inside).map_err(|error| CliError::Usage(error.to_string()))?;
    Ok(Placed { site: SiteFolder::open(&folder)?, path })
}

/// The bytes of a file; messages name it as it was named.
pub(super) fn read(file: &Path) -> Result<Arc<[u8]>, CliError> {
    let placed = find(file)?;
    storage::read::read(&placed.site, &placed.path).map(|snapshot| snapshot.bytes).map_err(|error| named(file, error))
}

/// The same error, about the file as it was named.
pub(super) fn named(file: &Path, error: StorageError) -> CliError {
    CliError::Storage(match error {
        StorageError::Io { action, cause, .. } => StorageError::Io { action, path: file.display().to_string(), cause },
        other => other,
    })
}

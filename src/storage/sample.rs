//! A site that is inside the program, unpacked into a folder of the user's.
//!
//! Invariant: a file that is there already is never written over.

use std::path::PathBuf;

use super::error::StorageError;
use super::state::{StateFolder, make_folders};
use super::vfs::{self, Root, Spot, Vfs as _};
use crate::file::SitePath;

/// Puts these files into a folder of this name beside the user's state and says where it is. Files that are there stay.
///
/// # Errors
/// When the disk refuses; what was written so far stays, and the next call goes on.
pub fn unpack(state: &StateFolder, name: &str, files: &[(SitePath, &[u8])]) -> Result<PathBuf, StorageError> {
    let disk = state.disk();
    for (path, bytes) in files {
        let spot = Spot::new(Root::State, format!("{name}/{path}"));
        let failed = |error: std::io::Error| StorageError::io("write", &spot, &error);
        make_folders(&disk, &spot.folder()).map_err(failed)?;
        match disk.entry(&spot) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                vfs::replace(&disk, &spot, bytes).map_err(failed)?;
            }
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(state.state().join(name))
}

//! The sample site, which is inside the program.
//!
//! Invariant: the editor works on a copy of their own, so that trying things out harms nothing; a copy that is there already
//! is used again, with all that was edited in it.

use std::path::PathBuf;

use include_dir::{Dir, include_dir};

use crate::file::SitePath;
use crate::storage::{StateFolder, StorageError, sample};

static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/sample-site");

/// Makes the copy if there is none, and says where it is.
pub(super) fn copy(state: &StateFolder) -> Result<PathBuf, StorageError> {
    let mut files = Vec::new();
    collect(&SAMPLE, &mut files);
    sample::unpack(state, "sample-site", &files)
}

fn collect(folder: &'static Dir<'static>, files: &mut Vec<(SitePath, &'static [u8])>) {
    for file in folder.files() {
        let name = file.path().to_string_lossy().replace('\\', "/");
        match SitePath::new(&name) {
            Ok(path) => files.push((path, file.contents())),
            Err(error) => log::error!("the sample site: {error}"),
        }
    }
    for inner in folder.dirs() {
        collect(inner, files);
    }
}

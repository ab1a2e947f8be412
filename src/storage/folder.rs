//! The site's folder: an open handle, so that no path, link or race leads out of it.
//!
//! Invariant: the handle is the folder that was opened, whatever its path names later.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::error::{Cause, StorageError};
use super::git::{self, GitFolder};
use super::state::StateFolder;
use super::vfs::{Disk, Root};

/// An open site. Cloning shares the handle.
#[derive(Clone)]
pub struct SiteFolder(Arc<Inner>);

struct Inner {
    root: PathBuf,
    handle: Arc<Dir>,
    git: Option<GitFolder>,
}

impl SiteFolder {
    /// Opens a site, and the git folder it belongs to when there is one. Writes nothing, starts nothing.
    ///
    /// # Errors
    /// When the path is missing, is no folder, or may not be entered.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let failed = |error: &std::io::Error| StorageError::NotAFolder {
            path: path.display().to_string(),
            cause: Cause::from(error),
        };
        let root = path.canonicalize().map_err(|error| failed(&error))?;
        let handle = Dir::open_ambient_dir(&root, ambient_authority()).map_err(|error| failed(&error))?;
        let git = git::find(&root);
        Ok(Self(Arc::new(Inner { root, handle: Arc::new(handle), git })))
    }

    /// The folder's real path, absolute and without links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// The git folder the site belongs to.
    #[must_use]
    pub fn git(&self) -> Option<&GitFolder> {
        self.0.git.as_ref()
    }

    /// The name of the folder, for titles.
    #[must_use]
    pub fn name(&self) -> String {
        self.0.root.file_name().map_or_else(|| "/".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// Whether its path names another folder by now: the site was cloned anew, or another one took its place. What is written
    /// through the handle goes where nobody looks for it then. A folder that was only moved away is still the site.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        match Dir::open_ambient_dir(&self.0.root, ambient_authority()) {
            Ok(named) => !is_same(&self.0.handle, &named),
            Err(_) => false,
        }
    }

    /// Whether its path names it: it was neither moved nor removed, nor did another folder take its place.
    #[must_use]
    pub fn is_in_place(&self) -> bool {
        Dir::open_ambient_dir(&self.0.root, ambient_authority()).is_ok_and(|named| is_same(&self.0.handle, &named))
    }

    /// Whether another opening of the site opened the same folder.
    #[must_use]
    pub fn is_the_folder_of(&self, other: &Self) -> bool {
        is_same(&self.0.handle, other.handle())
    }

    /// Whether its git folder is the one that was found when it was opened: it was neither removed nor made since. Where the site
    /// itself was moved nothing is said of that.
    #[must_use]
    pub fn has_its_git(&self) -> bool {
        if !self.is_in_place() {
            return true;
        }
        match (&self.0.git, git::find(&self.0.root)) {
            (None, None) => true,
            (Some(ours), Some(now)) => is_same(&ours.handle(), &now.handle()),
            _ => false,
        }
    }

    /// The same folder with the git folder that it has now.
    #[must_use]
    pub fn with_git_anew(&self) -> Self {
        let (root, handle) = (self.0.root.clone(), Arc::clone(&self.0.handle));
        let git = git::find(&root);
        Self(Arc::new(Inner { root, handle, git }))
    }

    /// The calls of a write on this site, its git folder and the user's folders.
    #[must_use]
    pub fn disk(&self, state: Option<&StateFolder>) -> Disk {
        let mut disk = state.map(StateFolder::disk).unwrap_or_default().with(Root::Site, Arc::clone(&self.0.handle));
        if let Some(git) = &self.0.git {
            disk = disk.with(Root::Git, git.handle()).with(Root::GitCommon, git.common_handle());
        }
        disk
    }

    pub(crate) fn handle(&self) -> &Arc<Dir> {
        &self.0.handle
    }
}

/// Whether two handles are of one folder.
#[cfg(unix)]
fn is_same(one: &Dir, other: &Dir) -> bool {
    use cap_std::fs::MetadataExt as _;
    let identity = |folder: &Dir| folder.dir_metadata().map(|it| (it.dev(), it.ino())).ok();
    // Where the system does not answer, nothing speaks for another one.
    identity(one).zip(identity(other)).is_none_or(|(one, other)| one == other)
}

/// A folder that is open cannot be replaced here.
#[cfg(not(unix))]
fn is_same(_one: &Dir, _other: &Dir) -> bool {
    true
}

impl fmt::Debug for SiteFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SiteFolder").field(&self.0.root).finish()
    }
}

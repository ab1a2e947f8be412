//! What is remembered for the user: settings, the layout of each site, recent sites. Never in the site's folder.
//!
//! Invariant: folders are 0700, files 0600; a file is replaced in one step; a version we do not know is left as it is; a damaged
//! file is set aside, never overwritten.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use etcetera::BaseStrategy as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::StorageError;
use super::folder::SiteFolder;
use super::vfs::{self, Disk, Root, Spot, Vfs as _};

/// The largest document that is read.
const LIMIT: u64 = 16 * 1024 * 1024;

/// The variable that puts everything into one folder: tests, portable use.
const VARIABLE: &str = "COPYDESK_STATE";

/// The user's folders: settings, state, cache. Cloning shares them.
#[derive(Clone)]
pub struct StateFolder(Arc<Folders>);

struct Folders {
    disk: Disk,
    config: PathBuf,
    state: PathBuf,
    cache: PathBuf,
}

/// Stands for a site in file names: the hash of its real path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteKey(String);

impl SiteKey {
    /// The key of an open site.
    #[must_use]
    pub fn of(site: &SiteFolder) -> Self {
        Self::of_root(site.root())
    }

    /// The key of a site by its real path.
    #[must_use]
    pub fn of_root(root: &Path) -> Self {
        Self(format!("{:032x}", xxhash_rust::xxh3::xxh3_128(root.as_os_str().as_encoded_bytes())))
    }

    /// The key as text: 32 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A document that is remembered. Its content is the caller's; the version says which reader wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateFile {
    /// The user's settings.
    Settings,
    /// Which sites were opened last.
    RecentSites,
    /// Layout, columns, sort, filter, consent of one site.
    Site(SiteKey),
}

impl StateFile {
    fn spot(&self) -> Spot {
        match self {
            Self::Settings => Spot::new(Root::Config, "settings.json"),
            Self::RecentSites => Spot::new(Root::State, "recent.json"),
            Self::Site(key) => Spot::new(Root::State, format!("sites/{}/layout.json", key.as_str())),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u32,
    data: T,
}

/// The first look at a document: its version alone.
#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

impl StateFolder {
    /// The folders that the system keeps for this user, or all in the folder that `COPYDESK_STATE` names. Makes what is missing.
    ///
    /// # Errors
    /// When the user has no home, or a folder cannot be made.
    pub fn for_user() -> Result<Self, StorageError> {
        if let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
            return Self::at(Path::new(&folder));
        }
        let home =
            etcetera::choose_base_strategy().map_err(|error| StorageError::NoHome { reason: error.to_string() })?;
        let name = if cfg!(windows) { "Copydesk" } else { "copydesk" };
        let state = home.state_dir().unwrap_or_else(|| home.data_dir().join("state"));
        Self::in_folders(home.config_dir().join(name), state.join(name), home.cache_dir().join(name))
    }

    /// All in one folder.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn at(folder: &Path) -> Result<Self, StorageError> {
        Self::in_folders(folder.join("config"), folder.join("state"), folder.join("cache"))
    }

    fn in_folders(config: PathBuf, state: PathBuf, cache: PathBuf) -> Result<Self, StorageError> {
        let mut disk = Disk::new();
        for (root, path) in [(Root::Config, &config), (Root::State, &state), (Root::Cache, &cache)] {
            let opened = make_private(path)
                .and_then(|()| Dir::open_ambient_dir(path, ambient_authority()))
                .map_err(|error| StorageError::io("open", path.display(), &error))?;
            disk = disk.with(root, Arc::new(opened));
        }
        Ok(Self(Arc::new(Folders { disk, config, state, cache })))
    }

    /// Where settings are, for messages.
    #[must_use]
    pub fn config(&self) -> &Path {
        &self.0.config
    }

    /// Where journals and saved versions are, for messages.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.0.state
    }

    /// Where the cache is, for messages.
    #[must_use]
    pub fn cache(&self) -> &Path {
        &self.0.cache
    }

    /// Where the window's place and size are, which the window's library writes.
    #[must_use]
    pub fn window(&self) -> PathBuf {
        self.0.state.join("window.ron")
    }

    /// The calls of a write on these folders.
    #[must_use]
    pub fn disk(&self) -> Disk {
        self.0.disk.clone()
    }

    /// Reads a document of this version or an older one; the version it has comes with it. `None`: there is none yet.
    ///
    /// # Errors
    /// [`StorageError::Newer`] when a newer copydesk wrote it. [`StorageError::Damaged`] when it cannot be understood: it has
    /// then been set aside, and the next load says `None`.
    pub fn load<T: DeserializeOwned>(&self, file: &StateFile, version: u32) -> Result<Option<(u32, T)>, StorageError> {
        let spot = file.spot();
        let bytes = match vfs::read_whole(&self.0.disk, &spot, LIMIT) {
            Ok((bytes, _)) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StorageError::io("read", &spot, &error)),
        };
        let found = serde_json::from_slice::<VersionOnly>(&bytes).map(|found| found.version);
        if let Ok(found) = found
            && found > version
        {
            return Err(StorageError::Newer { path: spot.to_string(), version: found });
        }
        match serde_json::from_slice::<Versioned<T>>(&bytes) {
            Ok(document) => Ok(Some((document.version, document.data))),
            Err(error) => Err(self.set_aside(&spot, &error.to_string())),
        }
    }

    /// Replaces a document in one step.
    ///
    /// # Errors
    /// [`StorageError::Newer`] when the file there was written by a newer copydesk: it stays. Else what the disk says.
    pub fn store<T: Serialize>(&self, file: &StateFile, version: u32, data: &T) -> Result<(), StorageError> {
        let spot = file.spot();
        if let Ok((bytes, _)) = vfs::read_whole(&self.0.disk, &spot, LIMIT)
            && let Ok(found) = serde_json::from_slice::<VersionOnly>(&bytes)
            && found.version > version
        {
            return Err(StorageError::Newer { path: spot.to_string(), version: found.version });
        }
        let bytes = serde_json::to_vec_pretty(&Versioned { version, data })
            .map_err(|error| StorageError::Damaged { path: spot.to_string(), reason: error.to_string() })?;
        make_folders(&self.0.disk, &spot.folder())
            .and_then(|()| vfs::replace(&self.0.disk, &spot, &bytes))
            .map_err(|error| StorageError::io("write", &spot, &error))
    }

    fn set_aside(&self, spot: &Spot, reason: &str) -> StorageError {
        let seconds = self.0.disk.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let aside = spot.folder().join(&format!("{}.damaged-{seconds}", spot.name()));
        let kept = match self.0.disk.rename_over(spot, &aside) {
            Ok(()) => format!("{reason}. It is kept as {}", aside.name()),
            Err(error) => format!("{reason}. It could not be set aside: {error}"),
        };
        StorageError::Damaged { path: spot.to_string(), reason: kept }
    }
}

impl fmt::Debug for StateFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StateFolder").field(&self.0.state).finish()
    }
}

/// Makes a folder and those above it where they are missing, but for the root: where that was removed under us, nothing can be
/// made in it any more.
pub(crate) fn make_folders(vfs: &dyn vfs::Vfs, folder: &Spot) -> std::io::Result<()> {
    if folder.path.is_empty() {
        return Ok(());
    }
    let mut made = vfs.make_folder(folder);
    if matches!(&made, Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
        make_folders(vfs, &folder.folder())?;
        made = vfs.make_folder(folder);
    }
    match made {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(()) => vfs.sync_folder(&folder.folder()),
    }
}

/// Makes a folder that only this user may enter, and takes the rights of others from one that is there.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        builder.mode(0o700).create(path)?;
        let mode = std::fs::metadata(path)?.permissions().mode();
        if mode & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
    #[cfg(not(unix))]
    builder.create(path)
}

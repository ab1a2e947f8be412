//! Where new files are made before they take their place: in the git folder, else in a hidden folder on the same disk.
//!
//! Invariant: `git status` never shows it; each session has a lock of its own, so that nobody removes a living one's files; a
//! file's name says which article, which base and which new bytes it stands for.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use crate::file::{ContentHash, SitePath};
use crate::storage::vfs::{Open, Root, Spot, Vfs, VfsLock, read_whole, write_all};

/// The folder in the git folder.
const IN_GIT: &str = "copydesk";

/// The folder in the site or in one of its folders. Starts with a dot, so that no site generator publishes it.
const IN_SITE: &str = ".copydesk";

/// The largest list of excludes that is extended.
const LARGEST_EXCLUDE: u64 = 1024 * 1024;

pub(super) struct Workshop {
    session: String,
    counter: AtomicU64,
    places: Mutex<Vec<Place>>,
}

/// A folder of ours that is in use.
struct Place {
    folder: Spot,
    device: u64,
    lock: Spot,
    _guard: Box<dyn VfsLock>,
}

/// The names that one save uses.
pub(super) struct Names {
    pub part: Spot,
    pub ready: Spot,
    pub backup: Spot,
}

impl Workshop {
    pub(super) fn new(vfs: &dyn Vfs) -> Self {
        let nanoseconds = vfs.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let session = format!("{:x}-{nanoseconds:x}", std::process::id());
        Self { session, counter: AtomicU64::new(0), places: Mutex::default() }
    }

    pub(super) fn session(&self) -> &str {
        &self.session
    }

    /// A folder on the same disk as the given one.
    pub(super) fn place_for(&self, vfs: &dyn Vfs, folder: &Spot) -> io::Result<Spot> {
        let device = vfs.entry(folder)?.device;
        let mut open = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = open.iter().find(|place| place.device == device) {
            return Ok(place.folder.clone());
        }
        let mut refused = io::Error::new(io::ErrorKind::CrossesDevices, "no place for a new file on the same disk");
        let candidates = places().into_iter().chain([folder.join(IN_SITE)]);
        for candidate in candidates.filter(|candidate| vfs.has(candidate.root)) {
            let opened = match vfs.entry(&candidate.folder()) {
                Ok(entry) if entry.device != device => continue,
                Ok(_) => self.open(vfs, candidate, device),
                Err(error) => Err(error),
            };
            match opened {
                Ok(place) => {
                    let folder = place.folder.clone();
                    open.push(place);
                    return Ok(folder);
                }
                // A git folder that belongs to somebody else, or was removed under us, is no reason not to save.
                Err(error) if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound) => {
                    refused = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }

    /// A folder of ours was removed under us: the next one who asks gets another.
    pub(super) fn forget(&self, folder: &Spot) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).retain(|place| place.folder != *folder);
    }

    /// The names for one save in a folder of ours.
    pub(super) fn names(&self, folder: &Spot, path: &SitePath, base: Option<ContentHash>, ours: ContentHash) -> Names {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let base = base.map_or_else(|| "new".to_owned(), |hash| hash.to_string());
        let stem = format!("{}_{number:x}_{:016x}_{base}_{ours}", self.session, path_hash(path));
        let name = |ending: &str| folder.join(&format!("{stem}.{ending}"));
        Names { part: name("part"), ready: name("ready"), backup: name("kept") }
    }

    /// Gives the folders back; those in the site go, if nothing else is in them.
    pub(super) fn close(&self, vfs: &dyn Vfs) {
        for place in self.places.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            super::remove(vfs, &place.lock);
            if place.folder.root == Root::Site
                && let Err(error) = vfs.remove_folder(&place.folder)
            {
                log::debug!("{} stays: {error}", place.folder);
            }
        }
    }

    fn open(&self, vfs: &dyn Vfs, folder: Spot, device: u64) -> io::Result<Place> {
        if folder.root == Root::Site {
            exclude_from_git(vfs)?;
        }
        match vfs.make_folder(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made?,
        }
        let lock = folder.join(&format!("{}.lock", self.session));
        let Some(guard) = vfs.try_lock(&lock)? else {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another program holds the lock of this session"));
        };
        Ok(Place { folder, device, lock, _guard: guard })
    }
}

/// The folders of ours in a site.
pub(super) fn places() -> [Spot; 2] {
    [Spot::new(Root::Git, IN_GIT), Spot::new(Root::Site, IN_SITE)]
}

/// Stands for an article in a file name.
pub(super) fn path_hash(path: &SitePath) -> u64 {
    xxhash_rust::xxh3::xxh3_64(path.as_str().as_bytes())
}

/// A folder in the site must not show in `git status`.
fn exclude_from_git(vfs: &dyn Vfs) -> io::Result<()> {
    if !vfs.has(Root::GitCommon) {
        return Ok(());
    }
    let list = Spot::new(Root::GitCommon, "info/exclude");
    let line = format!("{IN_SITE}/");
    let present = match read_whole(vfs, &list, LARGEST_EXCLUDE) {
        Ok((bytes, _)) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    if present.split(|byte| *byte == b'\n').any(|present| present.trim_ascii() == line.as_bytes()) {
        return Ok(());
    }
    match vfs.make_folder(&list.folder()) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        // Git's folder was removed under us: nothing is left to be kept out of.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        made => made?,
    }
    let start = if present.is_empty() || present.ends_with(b"\n") { "" } else { "\n" };
    let mut file = vfs.open(&list, Open::Append)?;
    write_all(file.as_mut(), format!("{start}{line}\n").as_bytes())?;
    file.sync()
}

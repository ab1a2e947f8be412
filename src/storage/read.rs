//! Snapshots of files: all bytes of a regular file inside the site, with the stamp they had.
//!
//! Invariant: nothing outside the site is read, nothing blocks (a pipe is refused), and no more than [`LIMIT`] bytes come in.

use std::io;
use std::sync::Arc;

use super::error::{Cause, StorageError, is_escape};
use super::folder::SiteFolder;
use super::vfs::{Disk, Entry, Open, Root, Sort, Spot, Vfs, read_whole};
use crate::file::{SitePath, Snapshot, Stamp};

/// The largest file that is read.
pub const LIMIT: u64 = 64 * 1024 * 1024;

/// How often a file is read again that is being written meanwhile.
const REREADS: usize = 3;

/// Reads a file of the site. A symbolic link is followed inside the site only.
///
/// # Errors
/// When the file is missing, not regular, larger than [`LIMIT`], outside the site, or the disk fails.
pub fn read(site: &SiteFolder, path: &SitePath) -> Result<Snapshot, StorageError> {
    read_through(&site.disk(None), path).map(|(snapshot, _)| snapshot)
}

/// The stamp of a file, links followed inside the site; `None` where there is no regular file.
#[must_use]
pub fn stamp(site: &SiteFolder, path: &SitePath) -> Option<Stamp> {
    let metadata = site.handle().metadata(path.as_str()).ok()?;
    metadata.is_file().then(|| stamp_of(&metadata))
}

pub(crate) fn stamp_of(metadata: &cap_std::fs::Metadata) -> Stamp {
    super::vfs::entry_of(metadata).stamp
}

/// Reads a file of the site through the given calls, and says what it is.
///
/// # Errors
/// As [`read`].
pub fn read_through(vfs: &dyn Vfs, path: &SitePath) -> Result<(Snapshot, Entry), StorageError> {
    let spot = Spot::new(Root::Site, path.as_str());
    let (mut bytes, mut entry) = read_whole(vfs, &spot, LIMIT).map_err(|error| read_error(path, &error))?;
    for _ in 0..REREADS {
        if bytes.len() as u64 == entry.stamp.size {
            break;
        }
        // It grew or shrank while it was read: half of two versions is no version.
        (bytes, entry) = read_whole(vfs, &spot, LIMIT).map_err(|error| read_error(path, &error))?;
    }
    debug_assert_eq!(entry.sort, Sort::File, "read_whole refuses all else");
    if bytes.len() as u64 > LIMIT {
        return Err(StorageError::TooLarge { path: path.to_string(), size: entry.stamp.size, limit: LIMIT });
    }
    Ok((Snapshot { path: path.clone(), bytes: bytes.into(), stamp: entry.stamp }, entry))
}

/// Reads file after file into one buffer. Most lie beside each other, so the folder of the last one stays open.
pub struct Reader<'a> {
    site: &'a SiteFolder,
    beside: Option<(String, Disk)>,
    bytes: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// A reader of this site's files.
    #[must_use]
    pub fn new(site: &'a SiteFolder) -> Self {
        Self { site, beside: None, bytes: Vec::new() }
    }

    /// The bytes of a file, and the stamp they had; those of the file before it are gone.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&mut self, path: &SitePath) -> Result<(&[u8], Stamp), StorageError> {
        if let Some(stamp) = self.read_beside(path) {
            return Ok((&self.bytes, stamp));
        }
        // Anything out of the ordinary: the careful way.
        let snapshot = read(self.site, path)?;
        self.bytes.clear();
        self.bytes.extend_from_slice(&snapshot.bytes);
        Ok((&self.bytes, snapshot.stamp))
    }

    /// The usual case: a regular file that stays as it is meanwhile, read with one call.
    fn read_beside(&mut self, path: &SitePath) -> Option<Stamp> {
        let path = path.as_str();
        let end = memchr::memrchr(b'/', path.as_bytes());
        let (folder, name) = end.map_or(("", path), |at| (&path[..at], &path[at + 1..]));
        if self.beside.as_ref().is_none_or(|(last, _)| last != folder) {
            let top = self.site.handle();
            let handle = if folder.is_empty() { Arc::clone(top) } else { Arc::new(top.open_dir(folder).ok()?) };
            self.beside = Some((folder.to_owned(), Disk::new().with(Root::Site, handle)));
        }
        let (_, disk) = self.beside.as_ref()?;
        let mut file = disk.open(&Spot::new(Root::Site, name), Open::Read).ok()?;
        let entry = file.entry().ok()?;
        let size = usize::try_from(entry.stamp.size.min(LIMIT)).ok()?;
        if entry.sort != Sort::File || size == 0 {
            return None;
        }
        // Room for one byte more than it should have: a file that grew meanwhile shows.
        self.bytes.resize(size + 1, 0);
        let whole = matches!(file.read(&mut self.bytes), Ok(count) if count == size);
        self.bytes.truncate(size);
        whole.then_some(entry.stamp)
    }
}

fn read_error(path: &SitePath, error: &io::Error) -> StorageError {
    let path = path.to_string();
    if is_escape(error) {
        return StorageError::Outside { path };
    }
    match error.kind() {
        // Opening a socket or a device without a driver fails with an error of its own.
        io::ErrorKind::InvalidInput | io::ErrorKind::IsADirectory => StorageError::NotRegular { path },
        _ => StorageError::Io { action: "read", path, cause: Cause::from(error) },
    }
}

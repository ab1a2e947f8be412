//! The calls of a write, one by one: the real [`Disk`] and the [simulated] one behind the same trait.
//!
//! Invariant: save, journal, ledger and settings reach files through [`Vfs`] alone, so that a test can fail, tear or cut any
//! single call.

pub mod disk;

pub mod simulated;

#[cfg(not(unix))]
mod portable;

#[cfg(unix)]
mod unix;

use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

pub use disk::Disk;

/// How many interrupts one read or write bears.
const MOST_INTERRUPTS: usize = 100;

/// The folders that copydesk may touch. Each is a handle that no path leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// The site.
    Site,
    /// The git folder of the site's work tree.
    Git,
    /// The git folder shared by all work trees; often the same as `Git`.
    GitCommon,
    /// The user's settings.
    Config,
    /// The user's journals and saved versions.
    State,
    /// What may be thrown away.
    Cache,
}

/// A file or folder in one of the roots. The path has `/` between its parts; `""` is the root itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The folder it lies in.
    pub root: Root,
    /// The path below it.
    pub path: String,
}

impl Spot {
    /// A path below a root.
    #[must_use]
    pub fn new(root: Root, path: impl Into<String>) -> Self {
        Self { root, path: path.into() }
    }

    /// The folder that holds it.
    #[must_use]
    pub fn folder(&self) -> Self {
        Self::new(self.root, self.path.rsplit_once('/').map_or("", |(folder, _)| folder))
    }

    /// The last part.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// A file or folder in this folder.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        if self.path.is_empty() {
            Self::new(self.root, name)
        } else {
            Self::new(self.root, format!("{}/{name}", self.path))
        }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.root {
            Root::Site => f.write_str(&self.path),
            Root::Git | Root::GitCommon => write!(f, ".git/{}", self.path),
            Root::Config => write!(f, "{} (settings)", self.path),
            Root::State => write!(f, "{} (state folder)", self.path),
            Root::Cache => write!(f, "{} (cache)", self.path),
        }
    }
}

/// What kind of thing a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// What the file system says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub sort: Sort,
    /// Size and times.
    pub stamp: crate::file::Stamp,
    /// How many names it has.
    pub links: u64,
    /// The disk it is on.
    pub device: u64,
    /// Permission bits (Unix); elsewhere 0o444 or 0o644.
    pub mode: u32,
    /// Owner (Unix).
    pub owner: u32,
    /// Group (Unix).
    pub group: u32,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// For reading. Links are followed inside the root; a pipe does not block.
    Read,
    /// For writing; fails if the name is taken. Only the user may read it.
    CreatePrivate,
    /// For writing; fails if the name is taken. Permissions as the system gives them to new files.
    Create,
    /// For writing at the end, made if missing. Only the user may read it.
    Append,
}

/// An extended attribute: name and value.
pub type Attribute = (Vec<u8>, Vec<u8>);

/// The calls on names. Every method is one call of the system as far as faults are concerned.
#[expect(clippy::missing_errors_doc, reason = "each answers what the call of the system answers")]
pub trait Vfs: Send + Sync {
    /// What a name stands for; a link is not followed.
    fn entry(&self, spot: &Spot) -> io::Result<Entry>;
    /// The real path of a file, links followed inside the root; a link that leaves it is refused.
    fn resolve(&self, spot: &Spot) -> io::Result<Spot>;
    /// Whether this user may write the file.
    fn may_write(&self, spot: &Spot) -> io::Result<bool>;
    /// Opens a file.
    fn open(&self, spot: &Spot, how: Open) -> io::Result<Box<dyn VfsFile>>;
    /// Exchanges two files in one step. `Unsupported` where the file system cannot.
    fn swap(&self, one: &Spot, other: &Spot) -> io::Result<()>;
    /// Gives a file a new name that must be free.
    fn rename_new(&self, from: &Spot, to: &Spot) -> io::Result<()>;
    /// Gives a file a new name and replaces what was there.
    fn rename_over(&self, from: &Spot, to: &Spot) -> io::Result<()>;
    /// Gives a file a second name that must be free.
    fn link(&self, from: &Spot, to: &Spot) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, spot: &Spot) -> io::Result<()>;
    /// Makes a folder that only the user may enter, where it is private to copydesk; else with the usual permissions.
    fn make_folder(&self, spot: &Spot) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, spot: &Spot) -> io::Result<()>;
    /// The names in a folder, sorted. Names that are not UTF-8 are left out: none of them is ours.
    fn names(&self, folder: &Spot) -> io::Result<Vec<String>>;
    /// Makes the names in a folder survive a power cut.
    fn sync_folder(&self, folder: &Spot) -> io::Result<()>;
    /// Syncs several files; where it pays, at the same time. One answer a file, in their order.
    fn sync_files(&self, files: &[&dyn VfsFile]) -> Vec<io::Result<()>> {
        files.iter().map(|file| file.sync()).collect()
    }
    /// Takes the lock that is this file, made if missing. `None`: another process has it. It ends with the guard or the process.
    fn try_lock(&self, spot: &Spot) -> io::Result<Option<Box<dyn VfsLock>>>;
    /// Whether there is such a root: a site need not lie in a git repository.
    fn has(&self, root: Root) -> bool;
    /// The time.
    fn now(&self) -> SystemTime;
    /// Waits.
    fn pause(&self, time: Duration);
}

/// The calls on an open file.
#[expect(clippy::missing_errors_doc, reason = "each answers what the call of the system answers")]
pub trait VfsFile: Send + Sync {
    /// Reads some bytes; 0 at the end.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;
    /// Reads some bytes from a place on; 0 at the end. Where the next `read` reads is not said then.
    fn read_at(&self, buffer: &mut [u8], start: u64) -> io::Result<usize>;
    /// Writes some bytes.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Makes the content survive a power cut.
    fn sync(&self) -> io::Result<()>;
    /// Cuts the file to this length.
    fn cut(&self, length: u64) -> io::Result<()>;
    /// What the file system says of it.
    fn entry(&self) -> io::Result<Entry>;
    /// Sets owner and group.
    fn set_owner(&self, owner: u32, group: u32) -> io::Result<()>;
    /// Sets the permission bits.
    fn set_mode(&self, mode: u32) -> io::Result<()>;
    /// All extended attributes, access lists among them; empty where the file system has none.
    fn attributes(&self) -> io::Result<Vec<Attribute>>;
    /// Sets an extended attribute.
    fn set_attribute(&self, name: &[u8], value: &[u8]) -> io::Result<()>;
    /// Removes an extended attribute.
    fn remove_attribute(&self, name: &[u8]) -> io::Result<()>;
}

/// A lock held until it is dropped.
pub trait VfsLock: Send + Sync {}

/// Reads a file to its end, at most `limit` bytes and one more, and says what it is.
///
/// # Errors
/// What the calls of the system answer; `InvalidInput` where it is not a regular file.
pub fn read_whole(vfs: &dyn Vfs, spot: &Spot, limit: u64) -> io::Result<(Vec<u8>, Entry)> {
    let mut file = vfs.open(spot, Open::Read)?;
    let entry = file.entry()?;
    if entry.sort != Sort::File {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let wanted = entry.stamp.size.min(limit);
    // As many bytes as it had are read where they stay.
    let mut bytes = vec![0; usize::try_from(wanted).unwrap_or(0)];
    let (mut filled, mut interrupts) = (0, 0);
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if is_interrupt(&error, &mut interrupts) => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    // It may have grown since.
    let mut buffer = vec![0; 8 * 1024];
    while bytes.len() as u64 <= limit {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(buffer.get(..count).unwrap_or(&buffer)),
            Err(error) if is_interrupt(&error, &mut interrupts) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((bytes, entry))
}

/// Writes all bytes, however few each call takes.
///
/// # Errors
/// What the calls of the system answer; `WriteZero` where a call takes nothing.
pub fn write_all(file: &mut dyn VfsFile, mut bytes: &[u8]) -> io::Result<()> {
    let mut interrupts = 0;
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero)),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if is_interrupt(&error, &mut interrupts) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Fills the buffer with the bytes from a place on.
///
/// # Errors
/// What the calls of the system answer; `UnexpectedEof` where there are fewer bytes.
pub fn read_exact_at(file: &dyn VfsFile, mut buffer: &mut [u8], mut start: u64) -> io::Result<()> {
    let mut interrupts = 0;
    while !buffer.is_empty() {
        match file.read_at(buffer, start) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            Ok(count) => {
                start += count as u64;
                buffer = buffer.get_mut(count..).unwrap_or_default();
            }
            Err(error) if is_interrupt(&error, &mut interrupts) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a call was only interrupted and may be made again: a signal is no failure, but an endless row of them is.
fn is_interrupt(error: &io::Error, interrupts: &mut usize) -> bool {
    *interrupts += 1;
    error.kind() == io::ErrorKind::Interrupted && *interrupts <= MOST_INTERRUPTS
}

/// Replaces a file of our own in one step: a new file beside it, synced, renamed over it, the folder synced.
///
/// # Errors
/// What the failing call answers; the old file is then whole, and the new one is removed where possible.
pub fn replace(vfs: &dyn Vfs, spot: &Spot, bytes: &[u8]) -> io::Result<()> {
    put_in_place(vfs, spot, &[bytes], true)?;
    vfs.sync_folder(&spot.folder())
}

/// The same for what can be made again and says itself whether it is whole, in pieces: nobody waits for the disk.
///
/// # Errors
/// As [`replace`].
pub fn replace_cached(vfs: &dyn Vfs, spot: &Spot, pieces: &[&[u8]]) -> io::Result<()> {
    put_in_place(vfs, spot, pieces, false)
}

fn put_in_place(vfs: &dyn Vfs, spot: &Spot, pieces: &[&[u8]], sync: bool) -> io::Result<()> {
    let beside = spot.folder().join(&format!("{}.{}.new", spot.name(), std::process::id()));
    let written = write_beside(vfs, &beside, pieces, sync).and_then(|()| vfs.rename_over(&beside, spot));
    if let Err(error) = written {
        if let Err(left) = vfs.remove(&beside)
            && left.kind() != io::ErrorKind::NotFound
        {
            log::warn!("{beside} was left behind: {left}");
        }
        return Err(error);
    }
    Ok(())
}

fn write_beside(vfs: &dyn Vfs, beside: &Spot, pieces: &[&[u8]], sync: bool) -> io::Result<()> {
    let mut file = match vfs.open(beside, Open::CreatePrivate) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            vfs.remove(beside)?;
            vfs.open(beside, Open::CreatePrivate)?
        }
        opened => opened?,
    };
    pieces.iter().try_for_each(|bytes| write_all(file.as_mut(), bytes))?;
    if sync { file.sync() } else { Ok(()) }
}

/// What the system says of a file, in our words.
pub(crate) fn entry_of(metadata: &cap_std::fs::Metadata) -> Entry {
    disk::entry_of(metadata)
}

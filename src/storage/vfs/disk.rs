//! The real disk: directory handles that no path leaves, and the calls of the system on names below them.
//!
//! Invariant: the last part of a path is never followed where a file is renamed, removed or made; the parts before it are
//! followed only inside the root.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cap_std::fs::{Dir, OpenOptions};
use rayon::prelude::*;

use super::super::error::is_escape;
#[cfg(not(unix))]
use super::portable as system;
#[cfg(unix)]
use super::unix as system;
use super::{Attribute, Entry, Open, Root, Spot, Vfs, VfsFile, VfsLock};

/// The folders of this machine.
#[derive(Clone, Default)]
pub struct Disk {
    roots: [Option<Arc<Dir>>; 6],
}

impl Disk {
    /// A disk without any folder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a folder by its open handle.
    #[must_use]
    pub fn with(mut self, root: Root, folder: Arc<Dir>) -> Self {
        if let Some(slot) = self.roots.get_mut(root as usize) {
            *slot = Some(folder);
        }
        self
    }

    fn root(&self, root: Root) -> io::Result<&Arc<Dir>> {
        let found = self.roots.get(root as usize).and_then(Option::as_ref);
        found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no such folder here"))
    }

    /// The folder that holds a name, and the name alone.
    fn parent<'s>(&self, spot: &'s Spot) -> io::Result<(Arc<Dir>, &'s str)> {
        let root = self.root(spot.root)?;
        match spot.path.rsplit_once('/') {
            None if spot.path.is_empty() => Ok((Arc::clone(root), ".")),
            None => Ok((Arc::clone(root), &spot.path)),
            Some((folder, name)) => Ok((Arc::new(steadily(|| root.open_dir(folder))?), name)),
        }
    }

    fn folder(&self, spot: &Spot) -> io::Result<Arc<Dir>> {
        let root = self.root(spot.root)?;
        if spot.path.is_empty() { Ok(Arc::clone(root)) } else { Ok(Arc::new(steadily(|| root.open_dir(&spot.path))?)) }
    }
}

/// How often a path is looked at again that seemed to lead out of its root.
const GLANCES: usize = 4;

/// While other programs rename what lies on the way, the directory handle can take a path for one that leads out. One that
/// really does, does so every time.
fn steadily<T>(call: impl Fn() -> io::Result<T>) -> io::Result<T> {
    for _ in 1..GLANCES {
        match call() {
            Err(error) if is_escape(&error) => {}
            answer => return answer,
        }
    }
    call()
}

impl Vfs for Disk {
    fn entry(&self, spot: &Spot) -> io::Result<Entry> {
        let (folder, name) = self.parent(spot)?;
        Ok(system::entry(&steadily(|| folder.symlink_metadata(name))?))
    }

    fn resolve(&self, spot: &Spot) -> io::Result<Spot> {
        if spot.path.is_empty() {
            return Ok(spot.clone());
        }
        let root = self.root(spot.root)?;
        let real = steadily(|| root.canonicalize(&spot.path))?;
        let Some(real) = real.to_str() else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the link's target has a name that is not UTF-8"));
        };
        let parts = if cfg!(windows) { real.replace('\\', "/") } else { real.to_owned() };
        Ok(Spot::new(spot.root, if parts == "." { String::new() } else { parts }))
    }

    fn may_write(&self, spot: &Spot) -> io::Result<bool> {
        let (folder, name) = self.parent(spot)?;
        system::may_write(&folder, name)
    }

    fn open(&self, spot: &Spot, how: Open) -> io::Result<Box<dyn VfsFile>> {
        let mut options = OpenOptions::new();
        match how {
            Open::Read => options.read(true),
            Open::Create | Open::CreatePrivate => options.read(true).write(true).create_new(true),
            Open::Append => options.read(true).append(true).create(true),
        };
        system::open_flags(&mut options, how);
        let (folder, name) = self.parent(spot)?;
        Ok(Box::new(DiskFile(steadily(|| folder.open_with(name, &options))?.into_std())))
    }

    fn swap(&self, one: &Spot, other: &Spot) -> io::Result<()> {
        let ((from, from_name), (to, to_name)) = (self.parent(one)?, self.parent(other)?);
        system::swap(&from, from_name, &to, to_name)
    }

    fn rename_new(&self, from: &Spot, to: &Spot) -> io::Result<()> {
        let ((from, from_name), (to, to_name)) = (self.parent(from)?, self.parent(to)?);
        system::rename_new(&from, from_name, &to, to_name)
    }

    fn rename_over(&self, from: &Spot, to: &Spot) -> io::Result<()> {
        let ((from, from_name), (to, to_name)) = (self.parent(from)?, self.parent(to)?);
        from.rename(from_name, &to, to_name)
    }

    fn link(&self, from: &Spot, to: &Spot) -> io::Result<()> {
        let ((from, from_name), (to, to_name)) = (self.parent(from)?, self.parent(to)?);
        from.hard_link(from_name, &to, to_name)
    }

    fn remove(&self, spot: &Spot) -> io::Result<()> {
        let (folder, name) = self.parent(spot)?;
        folder.remove_file(name)
    }

    fn make_folder(&self, spot: &Spot) -> io::Result<()> {
        let (folder, name) = self.parent(spot)?;
        system::make_folder(&folder, name, spot.root != Root::Site || spot.name().starts_with('.'))
    }

    fn remove_folder(&self, spot: &Spot) -> io::Result<()> {
        let (folder, name) = self.parent(spot)?;
        folder.remove_dir(name)
    }

    fn names(&self, folder: &Spot) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in self.folder(folder)?.entries()? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn sync_folder(&self, folder: &Spot) -> io::Result<()> {
        system::sync_folder(self.folder(folder)?.as_ref())
    }

    fn sync_files(&self, files: &[&dyn VfsFile]) -> Vec<io::Result<()>> {
        files.par_iter().map(|file| file.sync()).collect()
    }

    fn try_lock(&self, spot: &Spot) -> io::Result<Option<Box<dyn VfsLock>>> {
        let (folder, name) = self.parent(spot)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        system::open_flags(&mut options, Open::Append);
        let file = folder.open_with(name, &options)?.into_std();
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(DiskLock { file }))),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn has(&self, root: Root) -> bool {
        self.root(root).is_ok()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn pause(&self, time: Duration) {
        // A channel that nobody writes to: the room of threads is elsewhere.
        if crossbeam_channel::never::<()>().recv_timeout(time).is_ok() {
            log::trace!("a pause ended early");
        }
    }
}

/// The lock ends when this is dropped, at the latest with the process.
struct DiskLock {
    file: File,
}

impl VfsLock for DiskLock {}

impl Drop for DiskLock {
    /// Closing alone is not enough: a program that is just being started has our files for a moment, and a lock lives as long as
    /// anybody has its file (flock(2)).
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            log::warn!("A lock could not be given up: {error}");
        }
    }
}

struct DiskFile(File);

impl VfsFile for DiskFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    fn read_at(&self, buffer: &mut [u8], start: u64) -> io::Result<usize> {
        system::read_at(&self.0, buffer, start)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_all()
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn entry(&self) -> io::Result<Entry> {
        Ok(system::entry(&cap_std::fs::Metadata::from_file(&self.0)?))
    }

    fn set_owner(&self, owner: u32, group: u32) -> io::Result<()> {
        system::set_owner(&self.0, owner, group)
    }

    fn set_mode(&self, mode: u32) -> io::Result<()> {
        system::set_mode(&self.0, mode)
    }

    fn attributes(&self) -> io::Result<Vec<Attribute>> {
        system::attributes(&self.0)
    }

    fn set_attribute(&self, name: &[u8], value: &[u8]) -> io::Result<()> {
        system::set_attribute(&self.0, name, value)
    }

    fn remove_attribute(&self, name: &[u8]) -> io::Result<()> {
        system::remove_attribute(&self.0, name)
    }
}

pub(super) fn entry_of(metadata: &cap_std::fs::Metadata) -> Entry {
    system::entry(metadata)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// How often it is asked, and whether it comes out well.
    fn calls(answer: impl Fn(usize) -> io::Result<()>) -> (usize, bool) {
        let count = Cell::new(0);
        let outcome = steadily(|| {
            count.set(count.get() + 1);
            answer(count.get())
        });
        (count.get(), outcome.is_ok())
    }

    #[test]
    fn a_lock_ends_although_a_program_that_is_being_started_has_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let open = || File::create(folder.path().join("lock")).unwrap();
        let ours = open();
        ours.try_lock().unwrap();
        let started = ours.try_clone().unwrap();
        assert!(open().try_lock().is_err());
        drop(DiskLock { file: ours });
        open().try_lock().unwrap();
        drop(started);
    }

    #[test]
    fn only_what_seems_to_lead_out_is_looked_at_again_and_not_for_ever() {
        let escape = || io::Error::new(io::ErrorKind::PermissionDenied, "a path led outside of the filesystem");
        let refused = || io::Error::from_raw_os_error(rustix::io::Errno::ACCESS.raw_os_error());
        let passing = |call| if call < 3 { Err(escape()) } else { Ok(()) };
        assert_eq!(calls(|_| Ok(())), (1, true));
        assert_eq!(calls(passing), (3, true));
        assert_eq!(calls(|_| Err(escape())), (GLANCES, false));
        assert_eq!(calls(|_| Err(refused())), (1, false));
    }
}

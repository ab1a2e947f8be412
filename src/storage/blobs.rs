//! A folder of things that can be had again: thumbnails, and bytes from the web. Named by a hash, bounded, least recently used
//! out first.
//!
//! Invariant: a blob that is read back is what was put in, or it is not there; losing the whole folder loses nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Bytes at the end of each blob: the hash of the rest.
const SEAL: usize = 16;

/// A use is noted on disk at most this often, so that reading does not write.
const NOTED_EVERY: Duration = Duration::from_hours(1);

/// A bounded folder of blobs.
#[derive(Debug)]
pub struct Blobs {
    folder: PathBuf,
    budget: u64,
    /// Bytes in the folder; none until they were counted.
    used: Mutex<Option<u64>>,
    number: AtomicU64,
}

impl Blobs {
    /// Blobs in this folder, with at most `budget` bytes together. Nothing is touched until something is put in.
    #[must_use]
    pub fn new(folder: PathBuf, budget: u64) -> Self {
        Self { folder, budget, used: Mutex::new(None), number: AtomicU64::new(0) }
    }

    /// What was put in under this name, if it is still there and whole.
    #[must_use]
    pub fn get(&self, name: u128) -> Option<Vec<u8>> {
        let path = self.path(name);
        let mut file = File::open(&path).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        let content = bytes.len().checked_sub(SEAL)?;
        if seal(name, &bytes[..content]) != bytes[content..] {
            log::warn!("A damaged blob is dropped: {}", path.display());
            self.remove(name);
            return None;
        }
        note_use(&path);
        bytes.truncate(content);
        Some(bytes)
    }

    /// Puts something in. Older things leave when there is no room.
    ///
    /// # Errors
    /// When the folder cannot be written; nothing is lost by that but time.
    pub fn put(&self, name: u128, content: &[u8]) -> io::Result<()> {
        if content.len() as u64 > self.budget / 4 {
            return Ok(()); // one thing shall not drive out all others
        }
        let path = self.path(name);
        let parent = path.parent().unwrap_or(&self.folder);
        create_private(parent)?;
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let aside = parent.join(format!("{name:032x}.{}.{number}.new", std::process::id()));
        let written = write_private(&aside, content, &seal(name, content)).and_then(|()| fs::rename(&aside, &path));
        if written.is_err() {
            drop_file(&aside);
        }
        written?;
        self.make_room((content.len() + SEAL) as u64);
        Ok(())
    }

    /// Takes something out.
    pub fn remove(&self, name: u128) {
        drop_file(&self.path(name));
    }

    /// Bytes that the blobs take, counted on disk.
    #[must_use]
    pub fn size(&self) -> u64 {
        files(&self.folder).iter().map(|file| file.size).sum()
    }

    /// Takes everything out.
    ///
    /// # Errors
    /// When the folder cannot be removed.
    pub fn clear(&self) -> io::Result<()> {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = None;
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self, name: u128) -> PathBuf {
        let name = format!("{name:032x}");
        self.folder.join(&name[..2]).join(&name[2..])
    }

    /// Drops the least recently used down to three quarters, once the budget is spent.
    fn make_room(&self, added: u64) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let now = match *used {
            Some(bytes) => bytes + added,
            None => self.size(),
        };
        *used = Some(now);
        if now <= self.budget {
            return;
        }
        let mut files = files(&self.folder);
        files.sort_by_key(|file| file.used);
        let mut left: u64 = files.iter().map(|file| file.size).sum();
        for file in files {
            if left <= self.budget / 4 * 3 {
                break;
            }
            drop_file(&file.path);
            left -= file.size;
        }
        *used = Some(left);
    }
}

/// The hash that a blob ends with. Its name is part of it: a blob under another's name is no blob.
fn seal(name: u128, content: &[u8]) -> [u8; SEAL] {
    (xxhash_rust::xxh3::xxh3_128(content) ^ name).to_le_bytes()
}

fn note_use(path: &Path) {
    let fresh = |time: SystemTime| time.elapsed().is_ok_and(|ago| ago < NOTED_EVERY);
    if path.metadata().and_then(|data| data.modified()).is_ok_and(fresh) {
        return;
    }
    let noted = OpenOptions::new().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    if let Err(error) = noted {
        log::debug!("The use of {} could not be noted: {error}", path.display());
    }
}

fn drop_file(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        log::warn!("{} could not be removed: {error}", path.display());
    }
}

struct BlobFile {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

fn files(folder: &Path) -> Vec<BlobFile> {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    entries(folder)
        .flat_map(|shelf| entries(&shelf.path()))
        .filter_map(|entry| {
            let data = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some(BlobFile { path: entry.path(), size: data.len(), used: data.modified().ok()? })
        })
        .collect()
}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn write_private(path: &Path, content: &[u8], seal: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.write_all(seal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out_and_damage_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(folder.path().join("blobs"), 1 << 20);
        assert_eq!(blobs.get(7), None);
        blobs.put(7, b"seven").unwrap();
        blobs.put(8, b"").unwrap();
        assert_eq!(blobs.get(7).as_deref(), Some(&b"seven"[..]));
        assert_eq!(blobs.get(8).as_deref(), Some(&b""[..]));
        let path = blobs.path(7);
        for damaged in [&b""[..], b"seven", b"eleven and the seal of nothing"] {
            fs::write(&path, damaged).unwrap();
            assert_eq!(blobs.get(7), None, "{damaged:?}");
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(blobs.path(8), &path).unwrap();
        assert_eq!(blobs.get(7), None, "the blob of another name");
    }

    #[test]
    fn the_least_recently_used_leave_when_the_budget_is_spent() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(folder.path().to_owned(), 10_000);
        let long_ago = SystemTime::now() - Duration::from_secs(1_000_000);
        for name in 0..8 {
            blobs.put(name, &[1; 1000]).unwrap();
            let file = OpenOptions::new().append(true).open(blobs.path(name)).unwrap();
            file.set_modified(long_ago + Duration::from_secs(name as u64)).unwrap();
        }
        assert!(blobs.get(0).is_some(), "reading the oldest makes it the newest");
        blobs.put(100, &[2; 1000]).unwrap();
        blobs.put(101, &[2; 1000]).unwrap();
        assert!(blobs.size() <= 7500, "{}", blobs.size());
        let kept: Vec<bool> = [0, 1, 2, 7, 101].map(|name| blobs.get(name).is_some()).into();
        assert_eq!(kept, [true, false, false, true, true]);
    }
}

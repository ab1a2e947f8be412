//! Git's own small text files, `config` and `info/attributes`: read, and replaced in one step where a person asked for it.
//!
//! Invariant: git's own lock is taken as git takes it, so that a git that runs meanwhile neither loses a setting nor reads half a
//! file; nothing is replaced but the bytes that were shown.

use std::io;

use super::error::StorageError;
use super::folder::SiteFolder;
use super::vfs::{Open, Root, Sort, Spot, Vfs, VfsFile, read_whole, write_all};

/// The largest file that is read.
const LIMIT: u64 = 1024 * 1024;

/// A text file in the git folder of a site; empty where there is none yet.
///
/// # Errors
/// When the site is not in git, or the file is too large, not regular, not UTF-8 or cannot be read.
pub fn read(site: &SiteFolder, name: &str) -> Result<String, StorageError> {
    let disk = site.disk(None);
    let spot = Spot::new(Root::GitCommon, name);
    let bytes = current(&disk, &spot)?.map(|(bytes, _)| bytes).unwrap_or_default();
    String::from_utf8(bytes)
        .map_err(|_bytes| StorageError::Damaged { path: spot.to_string(), reason: "it is not UTF-8".to_owned() })
}

/// Replaces such a file, if it still says what it said before.
///
/// # Errors
/// When it says something else by now, another program holds its lock, or the disk fails; the old file is then whole.
pub fn replace(site: &SiteFolder, name: &str, before: &str, after: &str) -> Result<(), StorageError> {
    replace_on(&site.disk(None), &Spot::new(Root::GitCommon, name), before, after)
}

fn replace_on(vfs: &dyn Vfs, spot: &Spot, before: &str, after: &str) -> Result<(), StorageError> {
    let failed = |error: io::Error| StorageError::io("write", spot, &error);
    match vfs.make_folder(&spot.folder()) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made.map_err(failed)?,
    }
    let lock = spot.folder().join(&format!("{}.lock", spot.name()));
    let mut file = vfs.open(&lock, Open::Create).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => StorageError::GitBusy { path: spot.to_string(), lock: lock.to_string() },
        _ => failed(error),
    })?;
    let done = fill(vfs, spot, file.as_mut(), before, after)
        .and_then(|()| vfs.rename_over(&lock, spot).map_err(failed))
        .and_then(|()| vfs.sync_folder(&spot.folder()).map_err(failed));
    if done.is_err()
        && let Err(error) = vfs.remove(&lock)
        && error.kind() != io::ErrorKind::NotFound
    {
        log::warn!("{lock} was left behind: {error}");
    }
    done
}

/// Writes the new text under the lock, once the old one is what it was.
fn fill(vfs: &dyn Vfs, spot: &Spot, file: &mut dyn VfsFile, before: &str, after: &str) -> Result<(), StorageError> {
    let present = current(vfs, spot)?;
    if present.as_ref().map_or(&b""[..], |(bytes, _)| bytes) != before.as_bytes() {
        let reason = "another program changed it just now. Try again".to_owned();
        return Err(StorageError::Damaged { path: spot.to_string(), reason });
    }
    let failed = |error: io::Error| StorageError::io("write", spot, &error);
    write_all(file, after.as_bytes()).map_err(failed)?;
    if let Some((_, mode)) = present {
        file.set_mode(mode).map_err(failed)?;
    }
    file.sync().map_err(failed)
}

/// The bytes and the permission bits of a file, where there is one. A link is no file of git's.
fn current(vfs: &dyn Vfs, spot: &Spot) -> Result<Option<(Vec<u8>, u32)>, StorageError> {
    let failed = |error: io::Error| StorageError::io("read", spot, &error);
    match vfs.entry(spot) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        Ok(entry) if entry.sort != Sort::File => return Err(StorageError::NotRegular { path: spot.to_string() }),
        Ok(_) => {}
    }
    let (bytes, entry) = read_whole(vfs, spot, LIMIT).map_err(failed)?;
    if bytes.len() as u64 > LIMIT {
        return Err(StorageError::TooLarge { path: spot.to_string(), size: entry.stamp.size, limit: LIMIT });
    }
    Ok(Some((bytes, entry.mode)))
}

#[cfg(test)]
mod tests {
    use super::super::vfs::simulated::{Fault, SimFs};
    use super::*;

    const OLD: &str = "[core]\n";
    const NEW: &str = "[core]\n[merge]\n";

    fn disk() -> (SimFs, Spot) {
        let (disk, spot) = (SimFs::new(&[Root::GitCommon]), Spot::new(Root::GitCommon, "config"));
        disk.put(&spot, OLD.as_bytes());
        disk.reset();
        (disk, spot)
    }

    #[test]
    fn at_any_failing_call_the_file_is_old_or_new_and_no_lock_stays() {
        let calls = {
            let (disk, spot) = disk();
            replace_on(&disk, &spot, OLD, NEW).unwrap();
            assert_eq!(disk.bytes(&spot).unwrap(), NEW.as_bytes());
            disk.calls()
        };
        for at in 0..calls {
            let (disk, spot) = disk();
            disk.fail(at, Fault::Error(28), false);
            let done = replace_on(&disk, &spot, OLD, NEW);
            let text = disk.bytes(&spot).unwrap();
            assert!(text == OLD.as_bytes() || text == NEW.as_bytes(), "call {at}: {done:?}");
            assert!(done.is_err() || text == NEW.as_bytes(), "call {at}");
            assert_eq!(disk.files(), [spot], "call {at}");
        }
    }

    #[test]
    fn what_changed_meanwhile_and_what_git_holds_is_left_alone() {
        let (disk, spot) = disk();
        assert!(replace_on(&disk, &spot, "other", NEW).unwrap_err().to_string().contains("changed it just now"));
        let lock = Spot::new(Root::GitCommon, "config.lock");
        disk.put(&lock, b"");
        assert!(matches!(replace_on(&disk, &spot, OLD, NEW), Err(StorageError::GitBusy { .. })));
        assert_eq!((disk.bytes(&spot).unwrap(), disk.files().len()), (OLD.as_bytes().to_vec(), 2));
    }
}

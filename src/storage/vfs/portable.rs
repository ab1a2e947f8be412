//! The calls where the system is not a Unix (Windows). Written from the documentation; compiled, not run yet.
//!
//! Invariant: what the system cannot do is `Unsupported`, so that the save takes its other way: a second name as a backup, then
//! a rename over the file.

#![expect(clippy::unnecessary_wraps, reason = "the shape of the calls that a Unix can refuse")]

use std::fs::File;
use std::io;
use std::time::UNIX_EPOCH;

use cap_std::fs::{Dir, Metadata, OpenOptions};

use super::{Attribute, Entry, Open, Sort};
use crate::file::Stamp;

pub(super) fn entry(metadata: &Metadata) -> Entry {
    let modified = metadata.modified().map_or(UNIX_EPOCH, cap_std::time::SystemTime::into_std);
    let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    let sort = match (metadata.is_file(), metadata.is_dir(), metadata.is_symlink()) {
        (true, ..) => Sort::File,
        (_, true, _) => Sort::Folder,
        (_, _, true) => Sort::Link,
        _ => Sort::Other,
    };
    Entry {
        sort,
        stamp: Stamp {
            size: metadata.len(),
            modified: i64::try_from(modified.as_nanos()).unwrap_or(i64::MAX),
            changed: 0,
            inode: 0,
        },
        links: 1,
        device: 0,
        mode: if metadata.permissions().readonly() { 0o444 } else { 0o644 },
        owner: 0,
        group: 0,
    }
}

pub(super) fn may_write(folder: &Dir, name: &str) -> io::Result<bool> {
    Ok(!folder.metadata(name)?.permissions().readonly())
}

#[cfg(windows)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, start)
}

#[cfg(not(windows))]
pub(super) fn read_at(_file: &File, _buffer: &mut [u8], _start: u64) -> io::Result<usize> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

pub(super) fn open_flags(_options: &mut OpenOptions, _how: Open) {}

pub(super) fn swap(_from: &Dir, _from_name: &str, _to: &Dir, _to_name: &str) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

pub(super) fn rename_new(from: &Dir, from_name: &str, to: &Dir, to_name: &str) -> io::Result<()> {
    // A second name fails when it is taken; a rename would replace.
    from.hard_link(from_name, to, to_name)?;
    from.remove_file(from_name)
}

pub(super) fn make_folder(folder: &Dir, name: &str, _private: bool) -> io::Result<()> {
    folder.create_dir(name)
}

pub(super) fn sync_folder(_folder: &Dir) -> io::Result<()> {
    // The system has no such call; its own journal orders renames.
    Ok(())
}

pub(super) fn set_owner(_file: &File, _owner: u32, _group: u32) -> io::Result<()> {
    Ok(())
}

pub(super) fn set_mode(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

pub(super) fn attributes(_file: &File) -> io::Result<Vec<Attribute>> {
    Ok(Vec::new())
}

pub(super) fn set_attribute(_file: &File, _name: &[u8], _value: &[u8]) -> io::Result<()> {
    Ok(())
}

pub(super) fn remove_attribute(_file: &File, _name: &[u8]) -> io::Result<()> {
    Ok(())
}

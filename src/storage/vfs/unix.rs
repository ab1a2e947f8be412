//! The calls of Linux, macOS and the BSDs that the standard library lacks: swap, owner, attributes.
//!
//! Invariant: a name given here is one part, and is not followed.

use std::ffi::CString;
use std::fs::File;
use std::io;

use cap_std::fs::{Dir, Metadata, MetadataExt as _, OpenOptions, OpenOptionsExt as _};
use rustix::fs::{Access, AtFlags, Gid, Mode, OFlags, RawMode, RenameFlags, Uid, XattrFlags};

use super::{Attribute, Entry, Open, Sort};
use crate::file::Stamp;

pub(super) fn entry(metadata: &Metadata) -> Entry {
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    Entry {
        sort: sort(metadata),
        stamp: Stamp {
            size: metadata.len(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        },
        links: metadata.nlink(),
        device: metadata.dev(),
        mode: metadata.mode() & 0o7777,
        owner: metadata.uid(),
        group: metadata.gid(),
    }
}

fn sort(metadata: &Metadata) -> Sort {
    if metadata.is_file() {
        Sort::File
    } else if metadata.is_dir() {
        Sort::Folder
    } else if metadata.is_symlink() {
        Sort::Link
    } else {
        Sort::Other
    }
}

pub(super) fn may_write(folder: &Dir, name: &str) -> io::Result<bool> {
    match rustix::fs::accessat(folder, name, Access::WRITE_OK, AtFlags::EACCESS) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::ACCESS | rustix::io::Errno::PERM) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn read_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, start)
}

pub(super) fn open_flags(options: &mut OpenOptions, how: Open) {
    match how {
        // A pipe that nobody writes to must not hold us.
        Open::Read => options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed()),
        Open::Create => options.mode(0o666),
        Open::CreatePrivate | Open::Append => options.mode(0o600),
    };
}

pub(super) fn swap(from: &Dir, from_name: &str, to: &Dir, to_name: &str) -> io::Result<()> {
    rename_with(from, from_name, to, to_name, RenameFlags::EXCHANGE)
}

pub(super) fn rename_new(from: &Dir, from_name: &str, to: &Dir, to_name: &str) -> io::Result<()> {
    match rename_with(from, from_name, to, to_name, RenameFlags::NOREPLACE) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            // A second name fails when it is taken, like the flag; the first name is then dropped.
            from.hard_link(from_name, to, to_name)?;
            from.remove_file(from_name)
        }
        done => done,
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_with(from: &Dir, from_name: &str, to: &Dir, to_name: &str, flags: RenameFlags) -> io::Result<()> {
    use rustix::io::Errno;
    rustix::fs::renameat_with(from, from_name, to, to_name, flags).map_err(|error| match error {
        Errno::INVAL | Errno::NOSYS | Errno::NOTSUP => io::Error::from(io::ErrorKind::Unsupported),
        error => error.into(),
    })
}

pub(super) fn make_folder(folder: &Dir, name: &str, private: bool) -> io::Result<()> {
    let mode = if private { Mode::RWXU } else { Mode::RWXU | Mode::RWXG | Mode::RWXO };
    Ok(rustix::fs::mkdirat(folder, name, mode)?)
}

pub(super) fn sync_folder(folder: &Dir) -> io::Result<()> {
    // Reopened for reading: a handle that only names a folder cannot be synced.
    folder.open(".")?.sync_all()
}

pub(super) fn set_owner(file: &File, owner: u32, group: u32) -> io::Result<()> {
    Ok(rustix::fs::fchown(file, Some(Uid::from_raw(owner)), Some(Gid::from_raw(group)))?)
}

pub(super) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    Ok(rustix::fs::fchmod(file, Mode::from_raw_mode(mode as RawMode))?)
}

pub(super) fn attributes(file: &File) -> io::Result<Vec<Attribute>> {
    let mut names = vec![0; 64 * 1024];
    let length = match rustix::fs::flistxattr(file, names.as_mut_slice()) {
        Ok(length) => length,
        Err(rustix::io::Errno::NOTSUP | rustix::io::Errno::NOSYS) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut attributes = Vec::new();
    for name in names.get(..length).unwrap_or_default().split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0; 64 * 1024];
        match rustix::fs::fgetxattr(file, c_name(name)?.as_c_str(), value.as_mut_slice()) {
            Ok(length) => value.truncate(length),
            // Removed meanwhile, or not for us to see.
            Err(rustix::io::Errno::NODATA | rustix::io::Errno::PERM | rustix::io::Errno::ACCESS) => continue,
            Err(error) => return Err(error.into()),
        }
        attributes.push((name.to_vec(), value));
    }
    attributes.sort();
    Ok(attributes)
}

pub(super) fn set_attribute(file: &File, name: &[u8], value: &[u8]) -> io::Result<()> {
    Ok(rustix::fs::fsetxattr(file, c_name(name)?.as_c_str(), value, XattrFlags::empty())?)
}

pub(super) fn remove_attribute(file: &File, name: &[u8]) -> io::Result<()> {
    Ok(rustix::fs::fremovexattr(file, c_name(name)?.as_c_str())?)
}

fn c_name(name: &[u8]) -> io::Result<CString> {
    CString::new(name).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}

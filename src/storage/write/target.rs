//! Steps 1 and 3 of the save: may this file be written, and does it have the bytes expected?
//!
//! Invariant: what a rename would replace silently (a read-only file, one of several hard links, a link out of the site, a pipe)
//! is refused here.

use std::io;
use std::sync::Arc;

use super::{SaveOutcome, SavePlan, read_written};
use crate::file::{ContentHash, Snapshot};
use crate::storage::error::{StorageError, is_escape};
use crate::storage::read::read_through;
use crate::storage::state::make_folders;
use crate::storage::vfs::{Entry, Open, Root, Sort, Spot, Vfs};

/// A target that may be written.
pub(super) enum Target {
    Ready(Ready),
    Done(SaveOutcome),
}

pub(super) struct Ready {
    /// The file itself, links followed.
    pub real: Spot,
    /// What is there, with what the file system says of it; `None`: a new file.
    pub present: Option<(ContentHash, Arc<[u8]>, Entry)>,
}

/// Checks a target.
pub(super) fn check(vfs: &dyn Vfs, plan: &SavePlan) -> Result<Target, StorageError> {
    let Some(real) = resolve(vfs, plan)? else {
        return if plan.expected.is_some() { Ok(Target::Done(SaveOutcome::Gone)) } else { new_file(vfs, plan) };
    };
    let (snapshot, entry) = match present(vfs, plan, &real) {
        // It went between two looks.
        Err(error) if error.is_not_found() && plan.expected.is_some() => return Ok(Target::Done(SaveOutcome::Gone)),
        found => found?,
    };
    let hash = snapshot.hash();
    if snapshot.bytes[..] == plan.bytes[..] {
        if plan.expected != Some(hash) {
            make_sure(vfs, plan, &real)?;
        }
        return Ok(Target::Done(SaveOutcome::Unchanged(snapshot)));
    }
    if plan.expected != Some(hash) {
        return Ok(Target::Done(SaveOutcome::MovedOn(snapshot)));
    }
    writable(vfs, plan, &real, &entry)?;
    Ok(Target::Ready(Ready { real, present: Some((hash, snapshot.bytes, entry)) }))
}

/// Checks a target that has our bytes already but must be written once more.
pub(super) fn check_again(vfs: &dyn Vfs, plan: &SavePlan) -> Result<Target, StorageError> {
    let Some(real) = resolve(vfs, plan)? else { return Ok(Target::Done(SaveOutcome::Gone)) };
    let (snapshot, entry) = present(vfs, plan, &real)?;
    let hash = snapshot.hash();
    if plan.expected != Some(hash) {
        return Ok(Target::Done(SaveOutcome::MovedOn(snapshot)));
    }
    Ok(Target::Ready(Ready { real, present: Some((hash, snapshot.bytes, entry)) }))
}

/// The real place of the file; `None`: nothing is there.
fn resolve(vfs: &dyn Vfs, plan: &SavePlan) -> Result<Option<Spot>, StorageError> {
    let spot = Spot::new(Root::Site, plan.path.as_str());
    let failed = |error: io::Error| {
        if is_escape(&error) {
            StorageError::Outside { path: plan.path.to_string() }
        } else {
            StorageError::io("read", &plan.path, &error)
        }
    };
    let is_link = match vfs.entry(&spot) {
        Ok(entry) => entry.sort == Sort::Link,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // A file's own place is never asked for: while another program renames a file over it, the answer is that it is not there.
    let real = if is_link { vfs.resolve(&spot) } else { vfs.resolve(&spot.folder()).map(|it| it.join(spot.name())) };
    match real {
        Ok(real) => Ok(Some(real)),
        // A link to nothing is refused, for a new file would replace it; a folder that went took the file along.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !is_link => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

fn present(vfs: &dyn Vfs, plan: &SavePlan, real: &Spot) -> Result<(Snapshot, Entry), StorageError> {
    let entry = vfs.entry(real).map_err(|error| StorageError::io("read", &plan.path, &error))?;
    if entry.sort != Sort::File {
        return Err(StorageError::NotRegular { path: plan.path.to_string() });
    }
    if plan.bytes.is_empty() { read_through(vfs, &plan.path) } else { read_written(vfs, &plan.path) }
}

fn writable(vfs: &dyn Vfs, plan: &SavePlan, real: &Spot, entry: &Entry) -> Result<(), StorageError> {
    let path = plan.path.to_string();
    if entry.links > 1 {
        return Err(StorageError::HardLinked { path, links: entry.links });
    }
    // For root everything is writable; what the owner marked read-only is still meant to be.
    let may_write = vfs.may_write(real).map_err(|error| StorageError::io("write", &path, &error))?;
    if entry.mode & 0o222 == 0 || !may_write {
        return Err(StorageError::ReadOnly { path });
    }
    Ok(())
}

fn new_file(vfs: &dyn Vfs, plan: &SavePlan) -> Result<Target, StorageError> {
    let spot = Spot::new(Root::Site, plan.path.as_str());
    let failed = |error: io::Error| {
        if is_escape(&error) {
            StorageError::Outside { path: plan.path.to_string() }
        } else {
            StorageError::io("create", &plan.path, &error)
        }
    };
    let folder = match vfs.resolve(&spot.folder()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_folders(vfs, &spot.folder()).and_then(|()| vfs.resolve(&spot.folder())).map_err(failed)?
        }
        folder => folder.map_err(failed)?,
    };
    Ok(Target::Ready(Ready { real: folder.join(spot.name()), present: None }))
}

/// Our bytes are there although others were expected: perhaps from a save that the disk did not confirm.
fn make_sure(vfs: &dyn Vfs, plan: &SavePlan, real: &Spot) -> Result<(), StorageError> {
    let synced = vfs.open(real, Open::Read).and_then(|file| file.sync()).and_then(|()| vfs.sync_folder(&real.folder()));
    synced.map_err(|error| StorageError::NotDurable { path: plan.path.to_string(), cause: (&error).into() })
}

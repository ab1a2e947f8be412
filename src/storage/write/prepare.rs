//! Step 5 of the save: the new bytes in a file of their own, with owner, attributes and mode of the one they will replace.
//!
//! Invariant: it lies where nobody sees it and on the same disk; on any error it is removed.

use std::io;
use std::sync::Arc;

use super::target::Ready;
use super::workshop::Workshop;
use super::{SavePlan, remove};
use crate::file::{ContentHash, SitePath, Snapshot, Stamp};
use crate::storage::error::{Cause, StorageError};
use crate::storage::vfs::{Entry, Open, Spot, Vfs, VfsFile, write_all};

/// New bytes that wait for their sync and their swap.
pub(super) struct Prepared {
    pub path: SitePath,
    /// The file to be replaced.
    pub real: Spot,
    /// The name while it is written.
    pub part: Spot,
    /// The name when it is whole.
    pub ready: Spot,
    /// The name for a backup where files cannot be exchanged.
    pub backup: Spot,
    /// What is replaced; `None`: a new file.
    pub base: Option<(ContentHash, Arc<[u8]>)>,
    pub ours: ContentHash,
    pub file: Box<dyn VfsFile>,
}

impl Prepared {
    /// The folders whose names the swap changes.
    pub(super) fn folders(&self) -> Vec<Spot> {
        vec![self.real.folder(), self.ready.folder()]
    }

    /// What is on disk after the swap.
    pub(super) fn snapshot(&self, plan: &SavePlan) -> Snapshot {
        // Asked of the file, not of its name, which may be another program's next version by now.
        let stamp = self.file.entry().map(|entry| entry.stamp).unwrap_or_default();
        // The stamp of what another program wrote into ours must not stand for our bytes.
        let stamp = if stamp.size == plan.bytes.len() as u64 { stamp } else { Stamp::default() };
        Snapshot { path: self.path.clone(), bytes: plan.bytes.as_slice().into(), stamp }
    }
}

/// Writes the new bytes aside.
pub(super) fn prepare(
    vfs: &dyn Vfs,
    workshop: &Workshop,
    plan: &SavePlan,
    target: Ready,
) -> Result<Prepared, StorageError> {
    let failed = |error: io::Error| StorageError::io("write", &plan.path, &error);
    let ours = ContentHash::of(&plan.bytes);
    let base = target.present.as_ref().map(|(hash, bytes, _)| (*hash, Arc::clone(bytes)));
    let how = if target.present.is_some() { Open::CreatePrivate } else { Open::Create };
    let begin = || {
        let folder = workshop.place_for(vfs, &target.real.folder()).map_err(|error| (error, None))?;
        let names = workshop.names(&folder, &plan.path, base.as_ref().map(|(hash, _)| *hash), ours);
        vfs.open(&names.part, how).map_err(|error| (error, Some(folder))).map(|file| (names, file))
    };
    let (names, mut file) = match begin() {
        Err((error, Some(folder))) if error.kind() == io::ErrorKind::NotFound => {
            workshop.forget(&folder);
            begin()
        }
        begun => begun,
    }
    .map_err(|(error, _)| failed(error))?;
    let like = target.present.as_ref().map(|(_, _, entry)| entry);
    match fill(vfs, file.as_mut(), plan, like, &target.real) {
        Ok(()) => Ok(Prepared {
            path: plan.path.clone(),
            real: target.real,
            part: names.part,
            ready: names.ready,
            backup: names.backup,
            base,
            ours,
            file,
        }),
        Err(error) => {
            drop(file);
            remove(vfs, &names.part);
            Err(error)
        }
    }
}

fn fill(
    vfs: &dyn Vfs,
    file: &mut dyn VfsFile,
    plan: &SavePlan,
    like: Option<&Entry>,
    real: &Spot,
) -> Result<(), StorageError> {
    let failed = |error: io::Error| StorageError::io("write", &plan.path, &error);
    write_all(file, &plan.bytes).map_err(failed)?;
    let now = file.entry().map_err(failed)?;
    if now.stamp.size != plan.bytes.len() as u64 {
        return Err(failed(io::Error::new(
            io::ErrorKind::InvalidData,
            "the disk did not take exactly the bytes written",
        )));
    }
    let Some(like) = like else { return Ok(()) };
    let metadata = |what, error: io::Error| StorageError::Metadata {
        path: plan.path.to_string(),
        what,
        cause: Cause::from(&error),
    };
    if (now.owner, now.group) != (like.owner, like.group) {
        file.set_owner(like.owner, like.group).map_err(|error| metadata("an owner or group", error))?;
    }
    let original = vfs.open(real, Open::Read).map_err(failed)?;
    copy_attributes(original.as_ref(), file).map_err(|error| metadata("an extended attribute", error))?;
    // Last: a change of owner clears bits, an access list changes them.
    file.set_mode(like.mode).map_err(|error| metadata("a mode", error))
}

fn copy_attributes(original: &dyn VfsFile, file: &dyn VfsFile) -> io::Result<()> {
    let wanted = original.attributes()?;
    let present = file.attributes()?;
    for (name, _) in present.iter().filter(|(name, _)| !is_of_the_system(name)) {
        if !wanted.iter().any(|(other, _)| other == name) {
            file.remove_attribute(name)?;
        }
    }
    for attribute in &wanted {
        if present.contains(attribute) {
            continue;
        }
        match file.set_attribute(&attribute.0, &attribute.1) {
            // Labels that the system gives by its own policy.
            Err(error) if is_of_the_system(&attribute.0) => log::debug!("an attribute of the system stays: {error}"),
            set => set?,
        }
    }
    Ok(())
}

fn is_of_the_system(name: &[u8]) -> bool {
    name.starts_with(b"security.") || name.starts_with(b"trusted.") || name.starts_with(b"com.apple.")
}

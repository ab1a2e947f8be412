//! Steps 6 and 8 of the save: the exchange of two files, and the look at what was displaced.
//!
//! Invariant: when this is over, the name shows our bytes and the displaced file has the bytes expected, or the name shows the
//! newest bytes of another program.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::prepare::Prepared;
use super::{SaveOutcome, moved_on, remove};
use crate::file::ContentHash;
use crate::storage::error::{Cause, StorageError};
use crate::storage::read::LIMIT;
use crate::storage::vfs::{Spot, Vfs, read_whole};

/// How often another program's writes are put back before we give up.
const PATIENCE: usize = 5;

/// How the swap went.
pub(super) enum Swapped {
    /// Ours is there; what it displaced is kept here. `None`: a new file displaces nothing.
    In { displaced: Option<Spot> },
    /// Ours is not there, or not for certain. What is left must be looked at again.
    Out { outcome: SaveOutcome, left: Option<Spot> },
    /// Ours was there for a moment, in the place of these versions of others, of which the last is back.
    Back { outcome: SaveOutcome, left: Option<Spot>, theirs: Vec<Arc<[u8]>> },
}

impl Swapped {
    fn out(outcome: SaveOutcome) -> Self {
        Self::Out { outcome, left: None }
    }
}

/// Puts the new bytes in their place.
pub(super) fn swap_in(vfs: &dyn Vfs, prepared: &Prepared, no_swap: &AtomicBool) -> Swapped {
    let Some((expected, _)) = prepared.base else { return place_new(vfs, prepared) };
    match vfs.swap(&prepared.ready, &prepared.real) {
        Ok(()) => look_at_displaced(vfs, prepared, expected),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            no_swap.store(true, Ordering::Relaxed);
            rename_with_backup(vfs, prepared, expected)
        }
        Err(error) => after_error(vfs, prepared, expected, &error),
    }
}

fn place_new(vfs: &dyn Vfs, prepared: &Prepared) -> Swapped {
    match vfs.rename_new(&prepared.ready, &prepared.real) {
        Ok(()) => Swapped::In { displaced: None },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            remove(vfs, &prepared.ready);
            Swapped::out(moved_on(vfs, &prepared.path))
        }
        Err(error) => {
            let is_there = hash(vfs, &prepared.real).is_ok_and(|hash| hash == prepared.ours);
            remove(vfs, &prepared.ready);
            if is_there { Swapped::In { displaced: None } } else { Swapped::out(failed(prepared, &error)) }
        }
    }
}

/// The exchange answered with an error: did it happen nevertheless? Content decides.
fn after_error(vfs: &dyn Vfs, prepared: &Prepared, expected: ContentHash, error: &io::Error) -> Swapped {
    match hash(vfs, &prepared.ready) {
        Ok(hash) if hash != prepared.ours => look_at_displaced(vfs, prepared, expected),
        Ok(_) => {
            remove(vfs, &prepared.ready);
            Swapped::out(if error.kind() == io::ErrorKind::NotFound {
                moved_on(vfs, &prepared.path)
            } else {
                failed(prepared, error)
            })
        }
        Err(_) => Swapped::Out { outcome: failed(prepared, error), left: Some(prepared.ready.clone()) },
    }
}

fn look_at_displaced(vfs: &dyn Vfs, prepared: &Prepared, expected: ContentHash) -> Swapped {
    match bytes(vfs, &prepared.ready).map(|bytes| (ContentHash::of(&bytes), bytes)) {
        Ok((hash, _)) if hash == expected || hash == prepared.ours => {
            Swapped::In { displaced: Some(prepared.ready.clone()) }
        }
        Ok((_, theirs)) => put_back(vfs, prepared, theirs),
        Err(error) => Swapped::Out {
            outcome: SaveOutcome::Failed(StorageError::NotChecked {
                path: prepared.path.to_string(),
                cause: Cause::from(&error),
            }),
            left: Some(prepared.ready.clone()),
        },
    }
}

/// Someone wrote between our last read and the swap: their file goes back to its name, so that a writer that still holds it
/// open writes into the right one. Repeated when yet another version came meanwhile.
///
/// Their versions are answered, for a writer may have read ours in that moment, and will replace theirs by what it makes of it.
fn put_back(vfs: &dyn Vfs, prepared: &Prepared, theirs: Vec<u8>) -> Swapped {
    let left = || Some(prepared.ready.clone());
    let (mut placed, mut coming) = (prepared.ours, ContentHash::of(&theirs));
    let mut seen: Vec<Arc<[u8]>> = vec![theirs.into()];
    for _ in 0..PATIENCE {
        if let Err(error) = vfs.swap(&prepared.ready, &prepared.real) {
            let outcome = if error.kind() == io::ErrorKind::NotFound {
                moved_on(vfs, &prepared.path)
            } else {
                failed(prepared, &error)
            };
            return Swapped::Back { outcome, left: left(), theirs: seen };
        }
        match bytes(vfs, &prepared.ready).map(|bytes| (ContentHash::of(&bytes), bytes)) {
            Ok((displaced, _)) if displaced == placed => {
                // Of two others, the older was overwritten by the newer, not by us. Ours was in sight for a moment, and who found it
                // then may only be about to write into it. Either is looked at once more.
                return Swapped::Back { outcome: moved_on(vfs, &prepared.path), left: left(), theirs: seen };
            }
            Ok((displaced, bytes)) => {
                (placed, coming) = (coming, displaced);
                seen.push(bytes.into());
            }
            Err(error) => return Swapped::Back { outcome: failed(prepared, &error), left: left(), theirs: seen },
        }
    }
    log::debug!("{} was written {PATIENCE} times while it was saved, last with {coming}", prepared.path);
    let outcome = SaveOutcome::Failed(StorageError::Contended { path: prepared.path.to_string() });
    Swapped::Back { outcome, left: left(), theirs: seen }
}

/// The way without an exchange: a second name keeps what is replaced, a last look, then a rename over it.
fn rename_with_backup(vfs: &dyn Vfs, prepared: &Prepared, expected: ContentHash) -> Swapped {
    let backup = match vfs.link(&prepared.real, &prepared.backup) {
        Ok(()) => Some(prepared.backup.clone()),
        // A disk without hard links: the bytes replaced are in our memory and in the ledger.
        Err(error) => {
            log::info!("no second name for {}: {error}", prepared.path);
            None
        }
    };
    let drop_both = || {
        remove(vfs, &prepared.ready);
        if let Some(backup) = &backup {
            remove(vfs, backup);
        }
    };
    match hash(vfs, &prepared.real) {
        Ok(hash) if hash == expected => {}
        Ok(_) => {
            drop_both();
            return Swapped::out(moved_on(vfs, &prepared.path));
        }
        Err(error) => {
            drop_both();
            return Swapped::out(failed(prepared, &error));
        }
    }
    if let Err(error) = vfs.rename_over(&prepared.ready, &prepared.real) {
        drop_both();
        return Swapped::out(failed(prepared, &error));
    }
    let Some(kept) = backup else { return Swapped::In { displaced: None } };
    let outcome = match hash(vfs, &kept) {
        Ok(hash) if hash == expected => return Swapped::In { displaced: Some(kept) },
        Ok(_) => None,
        Err(error) => Some(failed(prepared, &error)),
    };
    // Another program wrote into it, or we cannot know: it goes back to its name.
    match vfs.rename_over(&kept, &prepared.real) {
        Ok(()) => Swapped::out(outcome.unwrap_or_else(|| moved_on(vfs, &prepared.path))),
        Err(error) => Swapped::Out { outcome: failed(prepared, &error), left: Some(kept) },
    }
}

/// All bytes of a version that was displaced. One that is larger than any article is refused, for a part of it is no version.
pub(super) fn bytes(vfs: &dyn Vfs, spot: &Spot) -> io::Result<Vec<u8>> {
    let (bytes, _) = read_whole(vfs, spot, LIMIT)?;
    if bytes.len() as u64 > LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is larger than any article that is read"));
    }
    Ok(bytes)
}

fn hash(vfs: &dyn Vfs, spot: &Spot) -> io::Result<ContentHash> {
    bytes(vfs, spot).map(|bytes| ContentHash::of(&bytes))
}

fn failed(prepared: &Prepared, error: &io::Error) -> SaveOutcome {
    SaveOutcome::Failed(StorageError::io("write", &prepared.path, error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cap_std::ambient_authority;
    use cap_std::fs::Dir;

    use super::*;
    use crate::storage::vfs::{Disk, Root};

    #[test]
    fn a_part_of_a_displaced_version_is_no_version() {
        let folder = tempfile::tempdir().unwrap();
        let file = std::fs::File::create(folder.path().join("large")).unwrap();
        let dir = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
        let (disk, spot) = (Disk::new().with(Root::Site, Arc::new(dir)), Spot::new(Root::Site, "large"));
        file.set_len(LIMIT).unwrap();
        assert_eq!(bytes(&disk, &spot).unwrap().len() as u64, LIMIT);
        file.set_len(LIMIT + 1).unwrap();
        assert_eq!(bytes(&disk, &spot).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}

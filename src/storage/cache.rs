//! What can be made again: one file a site and name, in pieces with a checksum each. Damaged or of another version: as if it were
//! not there.
//!
//! Invariant: pieces that come out are the pieces that went in. They are read and proved by all cores, each piece while it is at
//! hand.

use rayon::prelude::*;

use super::error::StorageError;
use super::state::{SiteKey, StateFolder, make_folders};
use super::vfs::{self, Open, Root, Sort, Spot, Vfs as _, VfsFile};

/// What stands at the end of a cache file.
const MARK: &[u8; 8] = b"cdpieces";

/// The end of a file: how many pieces there are, mark, version, checksum of the table and all this.
const END: usize = 4 + 8 + 4 + 16;

/// A piece in the table before the end: its length and its checksum.
const ENTRY: usize = 8 + 16;

/// The largest cache file that is read: a little more than all texts that a catalog takes, and its columns.
const LARGEST: u64 = 8 * 1024 * 1024 * 1024;

/// Reads what was stored under this name with this version, as one piece.
#[must_use]
pub fn load(state: &StateFolder, key: &SiteKey, name: &str, version: u32) -> Option<Vec<u8>> {
    let mut pieces = load_pieces(state, key, name, version, &|_, bytes| Some(bytes))?;
    pieces.pop().filter(|_| pieces.is_empty())
}

/// Reads the pieces that were stored under this name with this version, and makes something of each on the thread that read it: it
/// is told the piece's number. Nothing where any piece is damaged or cannot be used.
#[must_use]
pub fn load_pieces<T: Send>(
    state: &StateFolder,
    key: &SiteKey,
    name: &str,
    version: u32,
    make: &(dyn Fn(usize, Vec<u8>) -> Option<T> + Sync),
) -> Option<Vec<T>> {
    let file = state.disk().open(&spot(key, name), Open::Read).ok()?;
    let entry = file.entry().ok().filter(|entry| entry.sort == Sort::File && entry.stamp.size <= LARGEST)?;
    let pieces = table(file.as_ref(), entry.stamp.size, version)?;
    let read = |(at, piece): (usize, &Piece)| {
        let bytes = read_at(file.as_ref(), piece.start, piece.length)?;
        if xxhash_rust::xxh3::xxh3_128(&bytes) == piece.checksum { make(at, bytes) } else { None }
    };
    pieces.par_iter().enumerate().map(read).collect()
}

/// Whether there is anything under this name, good or not.
#[must_use]
pub fn is_there(state: &StateFolder, key: &SiteKey, name: &str) -> bool {
    state.disk().entry(&spot(key, name)).is_ok()
}

/// Stores bytes under a name, in one step.
///
/// # Errors
/// What the disk says.
pub fn store(state: &StateFolder, key: &SiteKey, name: &str, version: u32, bytes: &[u8]) -> Result<(), StorageError> {
    store_pieces(state, key, name, version, &[bytes])
}

/// Stores pieces under a name, in one step.
///
/// # Errors
/// What the disk says.
pub fn store_pieces(
    state: &StateFolder,
    key: &SiteKey,
    name: &str,
    version: u32,
    pieces: &[&[u8]],
) -> Result<(), StorageError> {
    let entry = |piece: &&[u8]| -> [u8; ENTRY] {
        let mut entry = [0; ENTRY];
        let (length, checksum) = entry.split_at_mut(8);
        length.copy_from_slice(&(piece.len() as u64).to_le_bytes());
        checksum.copy_from_slice(&xxhash_rust::xxh3::xxh3_128(piece).to_le_bytes());
        entry
    };
    let mut end = pieces.par_iter().map(entry).collect::<Vec<_>>().concat();
    end.extend_from_slice(&(pieces.len() as u32).to_le_bytes());
    end.extend_from_slice(MARK);
    end.extend_from_slice(&version.to_le_bytes());
    end.extend_from_slice(&xxhash_rust::xxh3::xxh3_128(&end).to_le_bytes());
    let spot = spot(key, name);
    let disk = state.disk();
    let all: Vec<&[u8]> = pieces.iter().copied().chain([end.as_slice()]).collect();
    make_folders(&disk, &spot.folder())
        .and_then(|()| vfs::replace_cached(&disk, &spot, &all))
        .map_err(|error| StorageError::io("write", &spot, &error))
}

/// Where a piece lies, and what its bytes must be.
struct Piece {
    start: u64,
    length: usize,
    checksum: u128,
}

/// The pieces of a file of this size; nothing where its end is not one of ours, or says something else than the size.
fn table(file: &dyn VfsFile, size: u64, version: u32) -> Option<Vec<Piece>> {
    let tail = read_at(file, size.checked_sub(END as u64)?, END)?;
    let (count, rest) = tail.split_first_chunk::<4>()?;
    let table = (u32::from_le_bytes(*count) as usize).checked_mul(ENTRY)?;
    let length = table.checked_add(END)?;
    let start = size.checked_sub(length as u64)?;
    let (mark, rest) = rest.split_first_chunk::<8>()?;
    let (found, checksum) = rest.split_first_chunk::<4>()?;
    if mark != MARK || u32::from_le_bytes(*found) != version {
        return None;
    }
    let end = read_at(file, start, length)?;
    let proved = end.get(..length - 16)?;
    if *xxhash_rust::xxh3::xxh3_128(proved).to_le_bytes().as_slice() != *checksum {
        return None;
    }
    let mut at = 0_u64;
    let pieces = end.get(..table)?.as_chunks::<ENTRY>().0.iter().map(|entry| {
        let (length, checksum) = entry.split_first_chunk::<8>()?;
        let length = u64::from_le_bytes(*length);
        let start = at;
        at = at.checked_add(length)?;
        let checksum = u128::from_le_bytes(*checksum.first_chunk()?);
        Some(Piece { start, length: usize::try_from(length).ok()?, checksum })
    });
    let pieces: Vec<Piece> = pieces.collect::<Option<_>>()?;
    (at == start).then_some(pieces)
}

/// So many bytes of a file; nothing where it has fewer.
fn read_at(file: &dyn VfsFile, start: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    vfs::read_exact_at(file, &mut bytes, start).ok()?;
    Some(bytes)
}

fn spot(key: &SiteKey, name: &str) -> Spot {
    Spot::new(Root::Cache, format!("sites/{}/{name}", key.as_str()))
}

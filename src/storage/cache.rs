//! What can be made again: one file a site and name, with a checksum. Damaged or of another version: as if it were not there.
//!
//! Invariant: bytes that come out are the bytes that went in.

use super::error::StorageError;
use super::state::{SiteKey, StateFolder, make_folders};
use super::vfs::{self, Root, Spot, Vfs as _};

/// What stands behind the bytes in a cache file, so that they can be used where they are read.
const MARK: &[u8; 8] = b"cdcached";

/// Mark, version, checksum.
const HEAD: usize = 8 + 4 + 16;

/// The largest cache file that is read.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// Reads what was stored under this name with this version.
#[must_use]
pub fn load(state: &StateFolder, key: &SiteKey, name: &str, version: u32) -> Option<Vec<u8>> {
    let (mut bytes, _) = vfs::read_whole(&state.disk(), &spot(key, name), LARGEST).ok()?;
    let (payload, head) = bytes.split_at_checked(bytes.len().checked_sub(HEAD)?)?;
    let (mark, rest) = head.split_first_chunk::<8>()?;
    let (found, rest) = rest.split_first_chunk::<4>()?;
    let (checksum, _) = rest.split_first_chunk::<16>()?;
    let is_good = mark == MARK
        && u32::from_le_bytes(*found) == version
        && u128::from_le_bytes(*checksum) == xxhash_rust::xxh3::xxh3_128(payload);
    is_good.then(|| {
        bytes.truncate(bytes.len() - HEAD);
        bytes
    })
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
pub fn store(
    state: &StateFolder,
    key: &SiteKey,
    name: &str,
    version: u32,
    mut bytes: Vec<u8>,
) -> Result<(), StorageError> {
    let spot = spot(key, name);
    let checksum = xxhash_rust::xxh3::xxh3_128(&bytes);
    bytes.extend_from_slice(MARK);
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.extend_from_slice(&checksum.to_le_bytes());
    let disk = state.disk();
    make_folders(&disk, &spot.folder())
        .and_then(|()| vfs::replace_cached(&disk, &spot, &bytes))
        .map_err(|error| StorageError::io("write", &spot, &error))
}

fn spot(key: &SiteKey, name: &str) -> Spot {
    Spot::new(Root::Cache, format!("sites/{}/{name}", key.as_str()))
}

//! What every row has, whatever its fields: path, stamp, title, date, counts, states.
//!
//! Invariant: a path has at most one living row; a row that was removed is never used again.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::column::CHUNK;
use super::pool::TextId;
use crate::article::ArticleId;
use crate::file::{SitePath, Stamp};

/// No date: before every date that there is.
pub(crate) const NO_DATE: i64 = i64::MIN;

const SHARDS: usize = 64;

/// The facts that every row has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) stamp: Stamp,
    pub(crate) date: i64,
    /// The empty text: the file's name is the title.
    pub(crate) title: TextId,
    pub(crate) lead_image: TextId,
    pub(crate) collection: TextId,
    /// Codes, a comma between them.
    pub(crate) problems: TextId,
    pub(crate) related: u32,
    pub(crate) images: u32,
    pub(crate) states: u8,
}

impl Row {
    pub(crate) const PRESENT: u8 = 1;
    pub(crate) const LIVE: u8 = 2;
    pub(crate) const NOT_LIVE: u8 = 4;
    pub(crate) const FOLLOWER: u8 = 8;

    pub(crate) const fn has(&self, state: u8) -> bool {
        self.states & state != 0
    }
}

/// All rows, and where each path is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    pub(crate) chunks: Vec<Arc<Vec<Row>>>,
    paths: Vec<Arc<Vec<SitePath>>>,
    /// The row of each path, worked out when first asked for: a list of what did not change never asks.
    by_path: OnceLock<Vec<Shard>>,
    count: usize,
    present: usize,
}

/// Some of the paths, shared between snapshots like the chunks.
type Shard = Arc<HashMap<SitePath, u32>>;

impl Rows {
    /// Rows as they were kept; nothing where there is not one path for each.
    pub(crate) fn of(rows: Vec<Arc<Vec<Row>>>, paths: Vec<Arc<Vec<SitePath>>>) -> Option<Self> {
        let lengths = rows.iter().map(|chunk| chunk.len());
        if !lengths.clone().eq(paths.iter().map(|chunk| chunk.len())) {
            return None;
        }
        let present = rows.iter().flat_map(|chunk| chunk.iter()).filter(|row| row.has(Row::PRESENT)).count();
        Some(Self { count: lengths.sum(), present, chunks: rows, paths, by_path: OnceLock::new() })
    }

    /// How many rows there were ever.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// How many rows are there now.
    pub(crate) const fn present(&self) -> usize {
        self.present
    }

    pub(crate) fn get(&self, row: usize) -> Option<&Row> {
        self.chunks.get(row / CHUNK)?.get(row % CHUNK).filter(|row| row.has(Row::PRESENT))
    }

    pub(crate) fn path(&self, row: usize) -> Option<&SitePath> {
        self.paths.get(row / CHUNK)?.get(row % CHUNK)
    }

    pub(crate) fn find(&self, path: &SitePath) -> Option<ArticleId> {
        let row = *self.shards().get(shard_of(path))?.get(path)?;
        self.get(row as usize).map(|_| ArticleId(row))
    }

    fn shards(&self) -> &[Shard] {
        self.by_path.get_or_init(|| {
            let mut shards = vec![HashMap::with_capacity(self.count / SHARDS * 5 / 4); SHARDS];
            for (row, path) in self.paths.iter().flat_map(|paths| paths.iter()).enumerate() {
                if let Some(shard) = shards.get_mut(shard_of(path)) {
                    shard.insert(path.clone(), row as u32);
                }
            }
            shards.into_iter().map(Arc::new).collect()
        })
    }

    fn shard_mut(&mut self, path: &SitePath) -> Option<&mut HashMap<SitePath, u32>> {
        self.shards();
        self.by_path.get_mut()?.get_mut(shard_of(path)).map(Arc::make_mut)
    }

    /// The row of a path: the one it has or had, else a new one.
    pub(crate) fn find_or_add(&mut self, path: &SitePath) -> ArticleId {
        if let Some(row) = self.shards().get(shard_of(path)).and_then(|shard| shard.get(path)).copied() {
            self.present += usize::from(self.get(row as usize).is_none());
            return ArticleId(row);
        }
        let row = self.count as u32;
        if let Some(shard) = self.shard_mut(path) {
            shard.insert(path.clone(), row);
        }
        if self.count.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::default());
            self.paths.push(Arc::default());
        }
        if let (Some(rows), Some(paths)) = (self.chunks.last_mut(), self.paths.last_mut()) {
            Arc::make_mut(rows).push(Row { date: NO_DATE, states: Row::PRESENT, ..Row::default() });
            Arc::make_mut(paths).push(path.clone());
        }
        self.count += 1;
        self.present += 1;
        ArticleId(row)
    }

    pub(crate) fn set(&mut self, row: usize, new: Row) -> bool {
        let Some(chunk) = self.chunks.get_mut(row / CHUNK) else { return false };
        if chunk.get(row % CHUNK) == Some(&new) {
            return false;
        }
        if let Some(slot) = Arc::make_mut(chunk).get_mut(row % CHUNK) {
            *slot = new;
        }
        true
    }

    /// Forgets a row. Its number stays with its path: an article that comes back is the same one.
    pub(crate) fn remove(&mut self, row: usize) -> bool {
        if self.get(row).is_none() {
            return false;
        }
        self.present -= 1;
        self.set(row, Row { date: NO_DATE, ..Row::default() })
    }
}

fn shard_of(path: &SitePath) -> usize {
    xxhash_rust::xxh3::xxh3_64(path.as_str().as_bytes()) as usize % SHARDS
}

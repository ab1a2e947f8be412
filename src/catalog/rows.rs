//! What every row has, whatever its fields: path, stamp, title, date, counts, states.
//!
//! Invariant: a path has at most one living row; a row that was removed is never used again.

use std::collections::HashMap;
use std::sync::Arc;

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
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub(crate) chunks: Vec<Arc<Vec<Row>>>,
    paths: Vec<Arc<Vec<SitePath>>>,
    shards: Vec<Arc<HashMap<SitePath, u32>>>,
    count: usize,
    present: usize,
}

impl Default for Rows {
    fn default() -> Self {
        Self { chunks: Vec::new(), paths: Vec::new(), shards: vec![Arc::default(); SHARDS], count: 0, present: 0 }
    }
}

impl Rows {
    /// Rows as they were kept; nothing where a path stands twice or the lists differ in length.
    pub(crate) fn of(rows: &[Row], paths: &[SitePath]) -> Option<Self> {
        if rows.len() != paths.len() {
            return None;
        }
        let mut shards: Vec<HashMap<SitePath, u32>> = vec![HashMap::with_capacity(rows.len() / SHARDS * 5 / 4); SHARDS];
        for (row, path) in paths.iter().enumerate() {
            if shards.get_mut(shard_of(path))?.insert(path.clone(), row as u32).is_some() {
                return None;
            }
        }
        let count = rows.len();
        Some(Self {
            present: rows.iter().filter(|row| row.has(Row::PRESENT)).count(),
            chunks: rows.chunks(CHUNK).map(|rows| Arc::new(rows.to_vec())).collect(),
            paths: paths.chunks(CHUNK).map(|paths| Arc::new(paths.to_vec())).collect(),
            shards: shards.into_iter().map(Arc::new).collect(),
            count,
        })
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
        let row = *self.shards.get(shard_of(path))?.get(path)?;
        self.get(row as usize).map(|_| ArticleId(row))
    }

    /// The row of a path: the one it has or had, else a new one.
    pub(crate) fn find_or_add(&mut self, path: &SitePath) -> ArticleId {
        if let Some(row) = self.shards.get(shard_of(path)).and_then(|shard| shard.get(path)).copied() {
            self.present += usize::from(self.get(row as usize).is_none());
            return ArticleId(row);
        }
        let row = self.count as u32;
        if self.count.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::default());
            self.paths.push(Arc::default());
        }
        if let (Some(rows), Some(paths)) = (self.chunks.last_mut(), self.paths.last_mut()) {
            Arc::make_mut(rows).push(Row { date: NO_DATE, states: Row::PRESENT, ..Row::default() });
            Arc::make_mut(paths).push(path.clone());
        }
        if let Some(shard) = self.shards.get_mut(shard_of(path)) {
            Arc::make_mut(shard).insert(path.clone(), row);
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

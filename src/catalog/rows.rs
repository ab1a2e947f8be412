//! What every row has, whatever its fields: path, stamp, title, date, counts, states.
//!
//! Invariant: a path has at most one living row; a row that was removed is never used again.

use std::sync::{Arc, OnceLock};

use rayon::slice::ParallelSliceMut as _;

use super::column::CHUNK;
use super::pool::{TextId, TextPool};
use crate::article::ArticleId;
use crate::file::Stamp;

/// No date: before every date that there is.
pub(crate) const NO_DATE: i64 = i64::MIN;

const SHARDS: usize = 64;

/// The facts that every row has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) stamp: Stamp,
    pub(crate) date: i64,
    /// Stays when the row is removed: an article that comes back has its old number.
    pub(crate) path: TextId,
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
    /// The row of each path, worked out when first asked for: a list of what did not change never asks. Snapshots of the same rows
    /// share it, so that what a job worked out is there for the window too.
    by_path: Arc<OnceLock<Vec<Arc<Shard>>>>,
    /// Whether paths stand in their order, as a scan brings them: then one behind the last is new, and nobody looks for it.
    ascending: bool,
    /// The place of each row among all in the order of paths, worked out when first asked for.
    ranks: Arc<OnceLock<Vec<u32>>>,
    count: usize,
    present: usize,
    /// How often a row that was there got other facts or was removed: about so many rows' texts are in the pool and in no use.
    replaced: usize,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            by_path: Arc::default(),
            ascending: true,
            ranks: Arc::default(),
            count: 0,
            present: 0,
            replaced: 0,
        }
    }
}

impl Rows {
    /// Rows as they were kept, in a pool where so many were replaced.
    pub(crate) fn of(chunks: Vec<Arc<Vec<Row>>>, replaced: usize) -> Self {
        let count = chunks.iter().map(|chunk| chunk.len()).sum();
        let present = chunks.iter().flat_map(|chunk| chunk.iter()).filter(|row| row.has(Row::PRESENT)).count();
        Self { count, present, replaced, chunks, ascending: false, by_path: Arc::default(), ranks: Arc::default() }
    }

    /// How many rows there were ever.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// How many rows are there now.
    pub(crate) const fn present(&self) -> usize {
        self.present
    }

    /// How often a row was replaced or removed since all texts of the pool were in use.
    pub(crate) const fn replaced(&self) -> usize {
        self.replaced
    }

    pub(crate) fn get(&self, row: usize) -> Option<&Row> {
        self.any(row).filter(|row| row.has(Row::PRESENT))
    }

    /// The row, removed or not.
    fn any(&self, row: usize) -> Option<&Row> {
        self.chunks.get(row / CHUNK)?.get(row % CHUNK)
    }

    /// The path of a row, removed or not; empty where there is no such row.
    pub(crate) fn path<'p>(&self, row: usize, pool: &'p TextPool) -> &'p str {
        self.any(row).map_or("", |row| pool.get(row.path))
    }

    pub(crate) fn find(&self, path: &str, pool: &TextPool) -> Option<ArticleId> {
        let row = self.place(path, pool)?;
        self.get(row).map(|_| ArticleId(row as u32))
    }

    /// Works out the row of each path, if nobody has asked yet.
    pub(crate) fn prepare(&self, pool: &TextPool) {
        self.shards(pool);
    }

    /// The place of each row among all in the order of paths; nothing where rows came in it.
    pub(crate) fn ranks(&self, pool: &TextPool) -> Option<&[u32]> {
        (!self.ascending).then(|| &**self.ranks.get_or_init(|| self.ranked(pool)))
    }

    fn ranked(&self, pool: &TextPool) -> Vec<u32> {
        let path = |row: u32| self.path(row as usize, pool);
        let mut order: Vec<u32> = (0..self.count as u32).collect();
        if !order.is_sorted_by_key(|row| path(*row)) {
            // Most stand in order, which is what this way of sorting is quick at.
            order.par_sort_by(|one, other| path(*one).cmp(path(*other)));
        }
        let mut ranks = vec![0; order.len()];
        for (rank, row) in order.into_iter().enumerate() {
            if let Some(slot) = ranks.get_mut(row as usize) {
                *slot = rank as u32;
            }
        }
        ranks
    }

    /// The row that a path has or had.
    fn place(&self, path: &str, pool: &TextPool) -> Option<usize> {
        let hash = hash_of(path);
        let is_it = |row: u32| self.path(row as usize, pool) == path;
        self.shards(pool).get(shard_of(hash))?.find(hash, is_it).map(|row| row as usize)
    }

    fn shards(&self, pool: &TextPool) -> &[Arc<Shard>] {
        self.by_path.get_or_init(|| {
            let mut shards = vec![Shard::default(); SHARDS];
            for (number, row) in self.chunks.iter().flat_map(|chunk| chunk.iter()).enumerate() {
                let hash = hash_of(pool.get(row.path));
                if let Some(shard) = shards.get_mut(shard_of(hash)) {
                    shard.insert(hash, number as u32);
                }
            }
            shards.into_iter().map(Arc::new).collect()
        })
    }

    /// The row of a path: the one it has or had, else a new one, for which the pool gets the path.
    pub(crate) fn find_or_add(&mut self, path: &str, pool: &mut TextPool) -> ArticleId {
        let is_behind = self.ascending && (self.count == 0 || self.path(self.count - 1, pool) < path);
        if !is_behind && let Some(row) = self.place(path, pool) {
            self.present += usize::from(self.get(row).is_none());
            self.replaced += 1;
            return ArticleId(row as u32);
        }
        self.ascending = is_behind;
        self.ranks = Arc::default();
        let row = self.count as u32;
        let hash = hash_of(path);
        let by_path = Arc::make_mut(&mut self.by_path);
        if let Some(shard) = by_path.get_mut().and_then(|shards| shards.get_mut(shard_of(hash))) {
            Arc::make_mut(shard).insert(hash, row);
        }
        if self.count.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::default());
        }
        if let Some(rows) = self.chunks.last_mut() {
            let new = Row { date: NO_DATE, path: pool.add(path), states: Row::PRESENT, ..Row::default() };
            Arc::make_mut(rows).push(new);
        }
        self.count += 1;
        self.present += 1;
        ArticleId(row)
    }

    /// Puts facts into a row; its path stays. Says whether that changed anything.
    pub(crate) fn set(&mut self, row: usize, new: Row) -> bool {
        let Some(chunk) = self.chunks.get_mut(row / CHUNK) else { return false };
        let Some(old) = chunk.get(row % CHUNK) else { return false };
        let new = Row { path: old.path, ..new };
        if *old == new {
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
        self.replaced += 1;
        self.set(row, Row { date: NO_DATE, ..Row::default() })
    }
}

/// Some of the paths, shared between snapshots like the chunks. Open addressing: the upper half of a slot is of the hash, the
/// lower the row and one, 0 is free.
#[derive(Clone, Debug, Default)]
struct Shard {
    slots: Vec<u64>,
    used: usize,
}

impl Shard {
    fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = place_of(hash) & mask;
        loop {
            let slot = *self.slots.get(at)?;
            let row = (slot as u32).checked_sub(1)?;
            if slot >> 32 == hash >> 32 && is_it(row) {
                return Some(row);
            }
            at = (at + 1) & mask;
        }
    }

    fn insert(&mut self, hash: u64, row: u32) {
        if self.used * 4 >= self.slots.len() * 3 {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![0; (old.len() * 2).max(16)];
            // A slot holds no more of its hash than the upper half; the place follows from that too.
            old.into_iter().filter(|slot| *slot != 0).for_each(|slot| self.put(slot));
        }
        self.put(hash & !0xffff_ffff | u64::from(row + 1));
        self.used += 1;
    }

    fn put(&mut self, slot: u64) {
        let mask = self.slots.len() - 1;
        let mut at = place_of(slot) & mask;
        while self.slots.get(at).is_some_and(|taken| *taken != 0) {
            at = (at + 1) & mask;
        }
        if let Some(free) = self.slots.get_mut(at) {
            *free = slot;
        }
    }
}

/// Where a hash, or a slot of it, is looked for first.
const fn place_of(hash: u64) -> usize {
    (hash >> 32) as usize
}

fn hash_of(path: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(path.as_bytes())
}

const fn shard_of(hash: u64) -> usize {
    hash as usize % SHARDS
}

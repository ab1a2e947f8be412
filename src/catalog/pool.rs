//! The texts of all cells: pages of text, in which a number of four bytes names a piece.
//!
//! Invariant: a text once added keeps its number as long as the pool lives. Two numbers may name equal texts (a snapshot that is
//! written to starts with an empty table of what it has), so equal numbers mean equal texts and nothing more.

use std::sync::Arc;

/// The number of a text in its pool. 0 is the empty text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TextId(pub u32);

/// Pages are shared between snapshots; the one being written is copied when a snapshot holds it, so pages are small. The index keeps
/// them as they are, so its version changes with this.
const PAGE: usize = 1 << 19;

/// Texts up to this length are looked for everywhere before they are added; longer ones only among the latest.
const SHORT: usize = 48;

/// How many long texts are remembered: a power of two.
const LATEST: usize = 1 << 16;

/// All texts. Cheap to clone: its pages are shared.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextPool {
    pages: Vec<Arc<String>>,
    full: bool,
}

impl TextPool {
    /// A pool over the pages of another one; nothing where they cannot be those of any.
    pub(crate) fn of_pages(pages: Vec<Arc<String>>) -> Option<Self> {
        u32::try_from(pages.len().checked_mul(PAGE)?).ok()?;
        Some(Self { pages, full: false })
    }

    /// All pages, in which every text keeps its number.
    pub(crate) fn pages(&self) -> &[Arc<String>] {
        &self.pages
    }

    /// The text of this number.
    pub(crate) fn get(&self, id: TextId) -> &str {
        if id.0 == 0 {
            return "";
        }
        let at = id.0 as usize - 1;
        self.pages.get(at / PAGE).map_or("", |page| piece_at(page, at % PAGE))
    }

    /// Adds a text. A full pool (4 GiB) gives the empty text instead and says so in `is_full`.
    pub(crate) fn add(&mut self, text: &str) -> TextId {
        if text.is_empty() {
            return TextId(0);
        }
        if self.pages.last().is_none_or(|page| page.len() + text.len() + LONGEST_HEAD > PAGE) {
            self.pages.push(Arc::new(String::with_capacity(PAGE)));
        }
        let start = (self.pages.len() - 1) * PAGE;
        let Some(page) = self.pages.last_mut() else { return TextId(0) };
        let Ok(id) = u32::try_from(start + page.len() + 1) else {
            self.full = true;
            return TextId(0);
        };
        if Arc::get_mut(page).is_none() {
            // A snapshot holds it. A copy made by cloning has no room, and would grow to twice what a page may have.
            let mut copy = String::with_capacity(PAGE);
            copy.push_str(page);
            *page = Arc::new(copy);
        }
        append_piece(Arc::make_mut(page), text);
        TextId(id)
    }

    /// Whether a text did not fit.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// About how many bytes it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.pages.iter().map(|page| page.len()).sum::<usize>()
    }
}

const LONGEST_HEAD: usize = 4;

/// Writes a text with its length before it, in bytes below 128 so that the whole stays text: six bits each, the lowest first.
fn append_piece(to: &mut String, text: &str) {
    let mut length = text.len();
    while length >= 64 {
        to.push(char::from((length & 63) as u8 | 64));
        length >>= 6;
    }
    to.push(char::from(length as u8));
    to.push_str(text);
}

/// The piece that starts at this byte; a number that names no piece gives the empty text.
fn piece_at(page: &str, at: usize) -> &str {
    let (mut length, mut start) = (0, at);
    for (shift, byte) in page.as_bytes().get(at..).unwrap_or_default().iter().take(LONGEST_HEAD).enumerate() {
        length |= usize::from(byte & 63) << (6 * shift);
        start += 1;
        if byte & 64 == 0 {
            break;
        }
    }
    page.get(start..start + length).unwrap_or_default()
}

/// Finds the number of a text that the pool has already. Belongs to who writes; snapshots have none.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    /// Open addressing: the upper half of a slot is of the hash, the lower the number, 0 is free.
    short: Vec<u64>,
    used: usize,
    latest: Vec<u64>,
}

impl Interner {
    /// The number of the text, added if it is new.
    pub(crate) fn intern(&mut self, pool: &mut TextPool, text: &str) -> TextId {
        if text.is_empty() {
            return TextId(0);
        }
        let hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        if text.len() <= SHORT { self.intern_short(pool, text, hash) } else { self.intern_long(pool, text, hash) }
    }

    fn intern_short(&mut self, pool: &mut TextPool, text: &str, hash: u64) -> TextId {
        if self.used * 4 >= self.short.len() * 3 {
            self.grow(pool);
        }
        let mask = self.short.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(slot) = self.short.get_mut(at) {
            if *slot == 0 {
                let id = pool.add(text);
                if id.0 != 0 {
                    *slot = hash & !0xffff_ffff | u64::from(id.0);
                    self.used += 1;
                }
                return id;
            }
            let id = TextId(*slot as u32);
            if *slot >> 32 == hash >> 32 && pool.get(id) == text {
                return id;
            }
            at = (at + 1) & mask;
        }
        pool.add(text)
    }

    fn intern_long(&mut self, pool: &mut TextPool, text: &str, hash: u64) -> TextId {
        if self.latest.is_empty() {
            self.latest = vec![0; LATEST];
        }
        let Some(slot) = self.latest.get_mut(hash as usize & (LATEST - 1)) else { return pool.add(text) };
        let id = TextId(*slot as u32);
        if *slot != 0 && *slot >> 32 == hash >> 32 && pool.get(id) == text {
            return id;
        }
        let id = pool.add(text);
        *slot = hash & !0xffff_ffff | u64::from(id.0);
        id
    }

    fn grow(&mut self, pool: &TextPool) {
        let size = (self.short.len() * 2).max(1024);
        let old = std::mem::replace(&mut self.short, vec![0; size]);
        for slot in old.into_iter().filter(|slot| *slot != 0) {
            let hash = xxhash_rust::xxh3::xxh3_64(pool.get(TextId(slot as u32)).as_bytes());
            let mut at = hash as usize & (size - 1);
            while self.short.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (size - 1);
            }
            if let Some(free) = self.short.get_mut(at) {
                *free = slot;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_and_short_ones_share_a_number() {
        let (mut pool, mut interner) = (TextPool::default(), Interner::default());
        let texts: Vec<String> = (0..5000).map(|i| format!("{i}{}", "é".repeat(i % 90 * (i % 7)))).collect();
        let ids: Vec<TextId> = texts.iter().map(|text| interner.intern(&mut pool, text)).collect();
        for (text, id) in texts.iter().zip(&ids) {
            assert_eq!(pool.get(*id), text);
            // Long texts share a number only while they follow each other closely.
            assert!(text.len() > SHORT || interner.intern(&mut pool, text) == *id);
        }
        assert_eq!(interner.intern(&mut pool, ""), TextId(0));
        assert_eq!(pool.get(TextId(u32::MAX)), "");
        for odd in 0..200 {
            assert!(pool.get(TextId(odd)).len() < PAGE);
        }
    }

    #[test]
    fn a_snapshot_keeps_its_texts_while_the_pool_grows() {
        let mut pool = TextPool::default();
        let one = pool.add("one");
        let snapshot = pool.clone();
        let two = pool.add(&"two".repeat(10_000));
        assert_eq!((snapshot.get(one), snapshot.get(two)), ("one", ""));
        assert_eq!(pool.get(two).len(), 30_000);
    }
}

//! The catalog as bytes and back: what the index beside the user's cache holds.
//!
//! Layout: the pages of texts as they are, so that neither keeping nor loading copies any; rows and columns as numbers, the
//! smallest byte first; then a head of fixed size with the caller's fingerprint and a hash over the numbers. What keeps the pages
//! proves them.
//!
//! Invariant: damage to numbers, another version or another fingerprint is an error, and no damage to anything is a panic; what was
//! loaded equals what was packed. An index only ever feeds what is shown.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use rayon::prelude::*;

use super::column::{CHUNK, Chunk, Column, NULL_ITEM, Tag};
use super::pool::{TextId, TextPool};
use super::rows::{Row, Rows};
use super::{Catalog, Interner, Shared};
use crate::document::FieldPath;
use crate::file::Stamp;

/// Changes whenever records or this layout change their meaning.
const VERSION: u32 = 3;

/// Texts are kept as they are while at most one row in so many was replaced; then those in use are copied together.
const SHARE_REPLACED: usize = 16;

const MAGIC: [u8; 8] = *b"cdindex\n";

/// Magic, version, number of pages, fingerprint, hash.
const HEAD: usize = 8 + 4 + 4 + 8 + 8;

/// A catalog as it is kept.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    /// Rows and columns, in which texts are numbers.
    pub columns: Vec<u8>,
    /// The pages of texts.
    pub texts: Vec<Arc<String>>,
}

/// Why bytes are no index that can be used. They are thrown away and made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Too short, or the bytes of something else.
    #[error("the index is no index")]
    Foreign,
    /// Made by another version of the program.
    #[error("the index is of another version")]
    Version,
    /// Made with other settings.
    #[error("the index was made with other settings")]
    Settings,
    /// Damaged.
    #[error("the index is damaged")]
    Damaged,
}

/// The catalog as bytes. `fingerprint` stands for all that records depend on beside the files: schema, configuration, columns.
#[must_use]
pub fn pack(catalog: &Catalog, fingerprint: u64) -> Packed {
    let shared = &catalog.shared;
    let mut packer = Packer::of(shared);
    let names: Vec<u32> = shared.columns.iter().map(|column| packer.texts.add(&column.name).0).collect();
    let replaced = if packer.known.is_some() { 0 } else { shared.rows.replaced() };
    packer.number(u32::try_from(replaced).unwrap_or(u32::MAX));
    packer.rows();
    packer.columns(&names);
    let Packer { texts, out: mut columns, .. } = packer;
    let texts = texts.pages().to_vec();
    columns.extend(MAGIC);
    columns.extend(VERSION.to_le_bytes());
    columns.extend((texts.len() as u32).to_le_bytes());
    columns.extend(fingerprint.to_le_bytes());
    columns.extend(xxhash_rust::xxh3::xxh3_64(&columns).to_le_bytes());
    Packed { columns, texts }
}

/// The catalog that was packed with this fingerprint.
///
/// # Errors
/// When the bytes are foreign, of another version, made with other settings, or damaged in any way that their hash shows.
pub fn unpack(packed: Packed, fingerprint: u64) -> Result<Catalog, PackError> {
    let bytes = &packed.columns;
    let head = bytes.len().checked_sub(HEAD).ok_or(PackError::Foreign)?;
    let mut reader = Reader { bytes: bytes.get(head..).unwrap_or_default() };
    if reader.take(8)? != MAGIC {
        return Err(PackError::Foreign);
    }
    if reader.u32()? != VERSION {
        return Err(PackError::Version);
    }
    let pages = reader.u32()?;
    let settings = reader.u64()?;
    let hash = reader.u64()?;
    if settings != fingerprint {
        return Err(PackError::Settings);
    }
    if pages as usize != packed.texts.len() {
        return Err(PackError::Damaged);
    }
    let (numbers, proved) = (bytes.get(..head), bytes.get(..bytes.len() - 8));
    // Damage is found while what may be damaged is read: reading believes nothing either.
    let hashed = || xxhash_rust::xxh3::xxh3_64(proved.unwrap_or_default()) == hash;
    let (is_whole, parts) = rayon::join(hashed, || read_parts(&mut Reader { bytes: numbers.unwrap_or_default() }));
    let parts = parts.ok().filter(|_| is_whole).ok_or(PackError::Damaged)?;
    assemble(parts, TextPool::of_pages(packed.texts).ok_or(PackError::Damaged)?)
}

/// Rows and columns, their texts still numbers.
struct Parts {
    replaced: usize,
    rows: Vec<Arc<Vec<Row>>>,
    columns: Vec<(TextId, Vec<Arc<Chunk>>)>,
}

fn assemble(parts: Parts, pool: TextPool) -> Result<Catalog, PackError> {
    let mut shared = Shared { rows: Rows::of(parts.rows, parts.replaced), ..Shared::default() };
    for (name, chunks) in parts.columns {
        let mut column = Column::new(pool.get(name));
        column.chunks = chunks;
        let at = shared.columns.len();
        if Arc::make_mut(&mut shared.by_name).insert(Arc::clone(&column.name), at).is_some() {
            return Err(PackError::Damaged);
        }
        Arc::make_mut(&mut shared.by_path).insert(FieldPath::parse(&column.name), at);
        shared.columns.push(column);
    }
    shared.words = shared.rows.chunks.iter().map(|_| Arc::default()).collect();
    shared.pool = pool;
    Ok(Catalog { shared: Arc::new(shared), interner: Interner::default() })
}

struct Packer<'c> {
    shared: &'c Shared,
    texts: TextPool,
    /// The new number of each text in use; others are left behind. Nothing where nearly all are in use and keep their numbers.
    known: Option<HashMap<u32, u32, BuildHasherDefault<OfNumber>>>,
    out: Vec<u8>,
}

impl<'c> Packer<'c> {
    fn of(shared: &'c Shared) -> Self {
        let (texts, known) = if shared.rows.replaced() <= shared.rows.present() / SHARE_REPLACED {
            (shared.pool.clone(), None)
        } else {
            let known = HashMap::with_capacity_and_hasher(2 * shared.rows.count(), BuildHasherDefault::new());
            (TextPool::default(), Some(known))
        };
        let room = shared.rows.count() * ROW + shared.columns.len() * shared.rows.count() * 5;
        Self { shared, texts, known, out: Vec::with_capacity(room) }
    }

    /// Rows that are there, closed up: numbers of rows are for one sitting only.
    fn rows(&mut self) {
        let present = self.present();
        self.number(present.len() as u32);
        for row in present {
            let Some(facts) = self.shared.rows.get(row).copied() else { continue };
            let path = match &self.known {
                Some(_) => self.texts.add(self.shared.pool.get(facts.path)).0,
                None => facts.path.0,
            };
            self.number(path);
            for word in [facts.stamp.size, facts.stamp.modified.cast_unsigned(), facts.stamp.changed.cast_unsigned()] {
                self.out.extend(word.to_le_bytes());
            }
            self.out.extend(facts.stamp.inode.to_le_bytes());
            self.out.extend(facts.date.to_le_bytes());
            for id in [facts.title, facts.lead_image, facts.collection, facts.problems] {
                let id = self.text(id);
                self.number(id);
            }
            self.number(facts.related);
            self.number(facts.images);
            self.out.push(facts.states);
        }
    }

    fn columns(&mut self, names: &[u32]) {
        let present = self.present();
        self.number(self.shared.columns.len() as u32);
        for (column, name) in self.shared.columns.iter().zip(names) {
            self.number(*name);
            for rows in present.chunks(CHUNK) {
                self.chunk(column, rows);
            }
        }
    }

    fn chunk(&mut self, column: &Column, rows: &[usize]) {
        let empty = Chunk::default();
        let mut packed = Chunk::default();
        for row in rows {
            let (chunk, row) = (column.chunk(row / CHUNK).unwrap_or(&empty), row % CHUNK);
            let tag = chunk.tag(row);
            let word = match tag {
                Tag::Text => self.text(TextId(chunk.word(row))),
                Tag::Wide => {
                    packed.wide.extend(chunk.number(row));
                    packed.wide.len() as u32 - 1
                }
                Tag::Date => {
                    let dates = chunk.date(row).map(|(seconds, id)| (seconds, TextId(self.text(id))));
                    packed.dates.extend(dates);
                    packed.dates.len() as u32 - 1
                }
                Tag::List => {
                    let at = packed.items.len() as u32;
                    packed.items.push(chunk.list(row).len() as u32);
                    let texts =
                        chunk.list(row).iter().map(|id| if *id == NULL_ITEM { *id } else { self.text(TextId(*id)) });
                    packed.items.extend(texts);
                    at
                }
                _ => chunk.word(row),
            };
            packed.tags.push(tag);
            packed.words.push(word);
        }
        let used = packed.tags.iter().rposition(|tag| *tag != Tag::Missing).map_or(0, |last| last + 1);
        for length in [used, packed.wide.len(), packed.dates.len(), packed.items.len()] {
            self.number(length as u32);
        }
        self.out.extend(packed.tags.iter().take(used).map(|tag| *tag as u8));
        packed.words.iter().take(used).for_each(|word| self.number(*word));
        packed.wide.iter().for_each(|number| self.out.extend(number.to_le_bytes()));
        for (seconds, id) in &packed.dates {
            self.out.extend(seconds.to_le_bytes());
            self.number(id.0);
        }
        packed.items.iter().for_each(|item| self.number(*item));
    }

    fn present(&self) -> Vec<usize> {
        (0..self.shared.rows.count()).filter(|row| self.shared.rows.get(*row).is_some()).collect()
    }

    fn text(&mut self, id: TextId) -> u32 {
        let Some(known) = self.known.as_ref().filter(|_| id.0 != 0) else { return id.0 };
        if let Some(known) = known.get(&id.0) {
            return *known;
        }
        let new = self.texts.add(self.shared.pool.get(id)).0;
        if let Some(known) = &mut self.known {
            known.insert(id.0, new);
        }
        new
    }

    fn number(&mut self, number: u32) {
        self.out.extend(number.to_le_bytes());
    }
}

fn read_parts(reader: &mut Reader<'_>) -> Result<Parts, PackError> {
    let replaced = reader.u32()? as usize;
    let count = reader.u32()? as usize;
    // A row has more bytes than this, so a count that lies is found out before memory is asked for.
    if count > reader.bytes.len() / 32 {
        return Err(PackError::Damaged);
    }
    let mut rows = Vec::new();
    for start in (0..count).step_by(CHUNK) {
        rows.push(reader.take(ROW * CHUNK.min(count - start))?);
    }
    let columns = reader.u32()? as usize;
    let mut bytes = Vec::new();
    for _ in 0..columns {
        let name = TextId(reader.u32()?);
        let chunks: Result<Vec<_>, PackError> = (0..count.div_ceil(CHUNK)).map(|_| chunk_bytes(reader)).collect();
        bytes.push((name, chunks?));
    }
    if !reader.bytes.is_empty() {
        return Err(PackError::Damaged);
    }
    // Where each chunk lies is known by now, so that all cores can read them.
    let columns = bytes.into_par_iter().map(|(name, chunks)| {
        let chunks = chunks.into_iter().map(|bytes| read_chunk(&mut Reader { bytes }).map(Arc::new));
        chunks.collect::<Result<Vec<_>, PackError>>().map(|chunks| (name, chunks))
    });
    let rows = rows.into_par_iter().map(|bytes| read_rows(&mut Reader { bytes }).map(Arc::new));
    let columns = columns.collect::<Result<Vec<_>, PackError>>();
    let rows = rows.collect::<Result<Vec<_>, PackError>>();
    Ok(Parts { replaced, rows: rows?, columns: columns? })
}

/// Bytes of a row.
const ROW: usize = 4 + 5 * 8 + 6 * 4 + 1;

fn read_rows(reader: &mut Reader<'_>) -> Result<Vec<Row>, PackError> {
    let mut rows = Vec::with_capacity(reader.bytes.len() / ROW);
    while !reader.bytes.is_empty() {
        let path = TextId(reader.u32()?);
        let stamp = Stamp {
            size: reader.u64()?,
            modified: reader.u64()?.cast_signed(),
            changed: reader.u64()?.cast_signed(),
            inode: reader.u64()?,
        };
        rows.push(Row {
            path,
            stamp,
            date: reader.u64()?.cast_signed(),
            title: TextId(reader.u32()?),
            lead_image: TextId(reader.u32()?),
            collection: TextId(reader.u32()?),
            problems: TextId(reader.u32()?),
            related: reader.u32()?,
            images: reader.u32()?,
            states: reader.take(1)?.first().copied().unwrap_or_default() | Row::PRESENT,
        });
    }
    Ok(rows)
}

/// The bytes of a chunk, which begins with its lengths.
fn chunk_bytes<'b>(reader: &mut Reader<'b>) -> Result<&'b [u8], PackError> {
    let mut ahead = Reader { bytes: reader.bytes };
    let [rows, wide, dates, items] = [ahead.u32()?, ahead.u32()?, ahead.u32()?, ahead.u32()?].map(u64::from);
    let length = 4 * 4 + rows * 5 + wide * 8 + dates * 12 + items * 4;
    reader.take(usize::try_from(length).map_err(|_too_large| PackError::Damaged)?)
}

fn read_chunk(reader: &mut Reader<'_>) -> Result<Chunk, PackError> {
    let [rows, wide, dates, items] =
        [reader.u32()?, reader.u32()?, reader.u32()?, reader.u32()?].map(|length| length as usize);
    if rows > CHUNK {
        return Err(PackError::Damaged);
    }
    let tag = |byte: &u8| Tag::ALL.get(usize::from(*byte)).copied().ok_or(PackError::Damaged);
    let tags = reader.take(rows)?.iter().map(tag).collect::<Result<Vec<_>, _>>()?;
    let words = reader.u32s(rows)?;
    let wide = reader.eights(wide)?.map(f64::from_le_bytes).collect();
    let bytes = reader.take(dates.checked_mul(12).ok_or(PackError::Damaged)?)?;
    let dates = bytes.chunks_exact(12).map(|date| {
        let mut date = Reader { bytes: date };
        Ok((date.u64()?.cast_signed(), TextId(date.u32()?)))
    });
    let dates = dates.collect::<Result<Vec<_>, PackError>>()?;
    let items = reader.u32s(items)?;
    let mut chunk = Chunk::default();
    (chunk.tags, chunk.words, chunk.wide, chunk.dates, chunk.items) = (tags, words, wide, dates, items);
    Ok(chunk)
}

/// Scatters numbers: those of texts are all different, and nobody chooses them.
#[derive(Default)]
struct OfNumber(u64);

impl Hasher for OfNumber {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], PackError> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(PackError::Damaged)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, PackError> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or(PackError::Damaged)?;
        self.bytes = rest;
        Ok(u32::from_le_bytes(*taken))
    }

    fn u64(&mut self) -> Result<u64, PackError> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or(PackError::Damaged)?;
        self.bytes = rest;
        Ok(u64::from_le_bytes(*taken))
    }

    fn u32s(&mut self, count: usize) -> Result<Vec<u32>, PackError> {
        let bytes = self.take(count.checked_mul(4).ok_or(PackError::Damaged)?)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four)).collect())
    }

    fn eights(&mut self, count: usize) -> Result<impl Iterator<Item = [u8; 8]> + 'b, PackError> {
        let bytes = self.take(count.checked_mul(8).ok_or(PackError::Damaged)?)?;
        Ok(bytes.as_chunks::<8>().0.iter().copied())
    }
}

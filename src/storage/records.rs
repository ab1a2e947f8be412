//! Records in an append-only file: mark, length, checksum, version, payload.
//!
//! Invariant: what is read back is exactly what was appended, or it is reported as torn or damaged; a record is never half read.

use std::ops::Range;

/// The start of each record, by which the next one is found after damage.
const MARK: [u8; 4] = *b"\xF1CDr";

/// Mark, length and checksum.
const HEAD: usize = 12;

/// The longest payload: a file's text twice, and what is said about it.
pub const LONGEST: usize = 160 * 1024 * 1024;

/// One record. Its payload is the caller's; the version says who can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The version of the payload.
    pub version: u16,
    /// The payload.
    pub payload: Vec<u8>,
}

/// What was wrong with a file of records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveryReport {
    /// How many records were read.
    pub records: usize,
    /// How many bytes at the end were cut: a record whose writing was interrupted.
    pub torn: usize,
    /// Places inside the file that cannot be read, though readable records follow.
    pub damaged: Vec<Range<usize>>,
}

impl RecoveryReport {
    /// Whether records that were once whole may be lost.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        !self.damaged.is_empty()
    }
}

/// The bytes of a record whose payload comes in parts.
pub(crate) fn encode(version: u16, parts: &[&[u8]], into: &mut Vec<u8>) {
    let length = parts.iter().map(|part| part.len()).sum::<usize>() + 2;
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(&length);
    checksum.update(&version.to_le_bytes());
    for part in parts {
        checksum.update(part);
    }
    into.extend_from_slice(&MARK);
    into.extend_from_slice(&length);
    into.extend_from_slice(&checksum.finalize().to_le_bytes());
    into.extend_from_slice(&version.to_le_bytes());
    for part in parts {
        into.extend_from_slice(part);
    }
}

/// Reads all records that are whole.
#[must_use]
pub fn decode(bytes: &[u8]) -> (Vec<Record>, RecoveryReport) {
    let mut records = Vec::new();
    let mut report = RecoveryReport::default();
    let mut at = 0;
    while at < bytes.len() {
        if let Some((record, end)) = record_at(bytes, at) {
            records.push(record);
            at = end;
            continue;
        }
        let next = memchr::memmem::find_iter(bytes.get(at + 1..).unwrap_or_default(), &MARK)
            .map(|found| at + 1 + found)
            .find(|place| record_at(bytes, *place).is_some());
        let Some(next) = next else {
            report.torn = bytes.len() - at;
            break;
        };
        report.damaged.push(at..next);
        at = next;
    }
    report.records = records.len();
    (records, report)
}

fn record_at(bytes: &[u8], at: usize) -> Option<(Record, usize)> {
    let head = bytes.get(at..at + HEAD)?;
    let (mark, rest) = head.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (checksum, _) = rest.split_first_chunk::<4>()?;
    let size = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if *mark != MARK || !(2..=LONGEST).contains(&size) {
        return None;
    }
    let end = at + HEAD + size;
    let content = bytes.get(at + HEAD..end)?;
    let mut found = crc32fast::Hasher::new();
    found.update(length);
    found.update(content);
    if found.finalize() != u32::from_le_bytes(*checksum) {
        return None;
    }
    let (version, payload) = content.split_first_chunk::<2>()?;
    Some((Record { version: u16::from_le_bytes(*version), payload: payload.to_vec() }, end))
}

//! What was saved over what: every version that a save replaced, for seven days or 200 MB, so that a save can be taken back after
//! a restart, and an edit that another program overwrote unseen can be found and made again.
//!
//! Invariant: append-only segments, one or more a process; a version of the layout that we do not know is left alone until it is
//! too old.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::error::StorageError;
use super::folder::SiteFolder;
use super::records::{Record, decode, encode};
use super::state::{SiteKey, StateFolder, make_folders};
use super::vfs::{Open, Root, Spot, Vfs, VfsFile, read_whole, write_all};
use crate::file::{ContentHash, SitePath};

/// How long versions are kept.
pub const KEPT_FOR: Duration = Duration::from_hours(7 * 24);

/// How many bytes of versions are kept for a site.
pub const KEPT_BYTES: u64 = 200 * 1024 * 1024;

/// A segment beyond this is followed by a new one, so that old versions can go in portions.
const SEGMENT: u64 = 8 * 1024 * 1024;

/// The largest segment that is read: one save can exceed the usual size.
const LARGEST: u64 = 512 * 1024 * 1024;

/// The layout of a payload.
const VERSION: u16 = 1;

/// The saved versions of one site.
pub struct Ledger {
    vfs: Arc<dyn Vfs>,
    folder: Spot,
    segment: Mutex<Option<Segment>>,
}

/// One save; or, where both texts are the same, what another program wrote and a save displaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The article.
    pub path: SitePath,
    /// When, in nanoseconds since 1970.
    pub at: i64,
    /// The bytes that were replaced; `None`: the file was new.
    pub before: Option<Vec<u8>>,
    /// The bytes that were written.
    pub after: Vec<u8>,
}

/// One save, by hashes: what is compared with the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedHash {
    /// The article.
    pub path: SitePath,
    /// When, in nanoseconds since 1970.
    pub at: i64,
    /// What was replaced.
    pub before: Option<ContentHash>,
    /// What was written.
    pub after: ContentHash,
}

/// A version to be kept.
pub(crate) struct Line<'a> {
    pub path: &'a SitePath,
    pub before: Option<&'a [u8]>,
    pub after: &'a [u8],
}

struct Segment {
    spot: Spot,
    file: Box<dyn VfsFile>,
    length: u64,
    /// The time of its newest version.
    newest: i64,
}

/// The first line of a payload. The text written is the text replaced but for a middle part: only that is stored.
#[derive(Serialize, Deserialize)]
struct Head {
    path: SitePath,
    at: i64,
    before: Option<ContentHash>,
    after: ContentHash,
    /// How many bytes of the version replaced follow.
    length: usize,
    /// How many bytes at the start both have in common.
    start: usize,
    /// How many bytes at the end both have in common.
    end: usize,
}

impl Ledger {
    /// The ledger of a site on the real disk. Touches nothing yet.
    #[must_use]
    pub fn of(site: &SiteFolder, state: &StateFolder) -> Self {
        Self::through(Arc::new(site.disk(Some(state))), &SiteKey::of(site))
    }

    /// The ledger of a site. Touches nothing yet.
    #[must_use]
    pub fn through(vfs: Arc<dyn Vfs>, key: &SiteKey) -> Self {
        let folder = Spot::new(Root::State, format!("sites/{}/saved", key.as_str()));
        Self { vfs, folder, segment: Mutex::default() }
    }

    /// The saves of one article, newest first.
    ///
    /// # Errors
    /// When the state folder cannot be read.
    pub fn versions(&self, path: &SitePath) -> Result<Vec<Saved>, StorageError> {
        let mut found = Vec::new();
        self.each(&mut |head, rest| {
            if head.path == *path
                && let Some(saved) = saved(head, rest)
            {
                found.push(saved);
            }
        })?;
        found.sort_by_key(|saved| std::cmp::Reverse(saved.at));
        Ok(found)
    }

    /// The version of each article that we saved last, or that counts as seen since.
    ///
    /// # Errors
    /// When the state folder cannot be read.
    pub fn heads(&self) -> Result<BTreeMap<SitePath, ContentHash>, StorageError> {
        let mut heads = BTreeMap::<SitePath, (i64, ContentHash)>::new();
        self.each(&mut |head, _| {
            if heads.get(&head.path).is_none_or(|(at, _)| *at <= head.at) {
                heads.insert(head.path, (head.at, head.after));
            }
        })?;
        Ok(heads.into_iter().map(|(path, (_, hash))| (path, hash)).collect())
    }

    /// The saves of these articles that came after what counts as seen, newest first.
    ///
    /// # Errors
    /// When the state folder cannot be read.
    pub fn saves_of(&self, paths: &BTreeSet<SitePath>) -> Result<BTreeMap<SitePath, Vec<Saved>>, StorageError> {
        let mut found = BTreeMap::<SitePath, Vec<Saved>>::new();
        self.each(&mut |head, rest| {
            if paths.contains(&head.path)
                && let Some(saved) = saved(head, rest)
            {
                found.entry(saved.path.clone()).or_default().push(saved);
            }
        })?;
        for saves in found.values_mut() {
            saves.sort_by_key(|saved| std::cmp::Reverse(saved.at));
            let seen = saves.iter().position(|saved| saved.before.as_ref() == Some(&saved.after));
            saves.truncate(seen.unwrap_or(saves.len()));
        }
        Ok(found)
    }

    /// Lets versions of other programs count as seen.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub fn acknowledge(&self, versions: &[(SitePath, Vec<u8>)]) -> Result<(), StorageError> {
        let lines: Vec<Line<'_>> =
            versions.iter().map(|(path, bytes)| Line { path, before: Some(bytes), after: bytes }).collect();
        self.append(&lines)
    }

    /// The last save of each article, in the order of their paths.
    ///
    /// # Errors
    /// When the state folder cannot be read.
    pub fn latest(&self) -> Result<Vec<SavedHash>, StorageError> {
        let mut latest = BTreeMap::<SitePath, SavedHash>::new();
        self.each(&mut |head, _| {
            if head.before == Some(head.after) {
                return;
            }
            let line = SavedHash { path: head.path.clone(), at: head.at, before: head.before, after: head.after };
            if latest.get(&head.path).is_none_or(|known| known.at <= line.at) {
                latest.insert(head.path, line);
            }
        })?;
        Ok(latest.into_values().collect())
    }

    /// Removes what is older than [`KEPT_FOR`], and the oldest beyond [`KEPT_BYTES`]. Call it once at the start.
    ///
    /// # Errors
    /// When the state folder cannot be listed.
    pub fn prune(&self) -> Result<(), StorageError> {
        let now = nanoseconds(self.vfs.now());
        let oldest = now.saturating_sub(i64::try_from(KEPT_FOR.as_nanos()).unwrap_or(i64::MAX));
        let own = self.segment.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|own| own.spot.clone());
        let mut kept = 0;
        for segment in self.segments()?.into_iter().rev() {
            let Ok(entry) = self.vfs.entry(&segment) else { continue };
            kept += entry.stamp.size;
            if (entry.stamp.modified < oldest || kept > KEPT_BYTES) && own.as_ref() != Some(&segment) {
                super::write::remove(self.vfs.as_ref(), &segment);
            }
        }
        Ok(())
    }

    /// Keeps versions; on disk when this returns.
    pub(crate) fn append(&self, lines: &[Line<'_>]) -> Result<(), StorageError> {
        let mut segment = self.segment.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back makes no version older than one before it: the last save would not count as the last.
        let newest = segment.as_ref().map_or_else(|| self.newest(), |segment| segment.newest);
        let at = nanoseconds(self.vfs.now()).max(newest.saturating_add(1));
        let mut bytes = Vec::new();
        for line in lines {
            add(line, at, &mut bytes);
        }
        let written = self.write(&mut segment, at, &bytes);
        if written.is_err() {
            // Its end is not known any more: what comes next goes into another one.
            *segment = None;
        }
        written.map_err(|error| StorageError::io("write", &self.folder, &error))
    }

    /// The time of the newest version that is kept; names of segments go by that time, too.
    fn newest(&self) -> i64 {
        let last = self.segments().ok().and_then(|mut segments| segments.pop());
        let bytes = last.and_then(|last| read_whole(self.vfs.as_ref(), &last, LARGEST).ok());
        let records = bytes.map(|(bytes, _)| decode(&bytes).0).unwrap_or_default();
        records.iter().filter_map(split).map(|(head, _)| head.at).max().unwrap_or(0)
    }

    fn write(&self, segment: &mut Option<Segment>, at: i64, bytes: &[u8]) -> io::Result<()> {
        if segment.as_ref().is_some_and(|segment| segment.length >= SEGMENT) {
            *segment = None;
        }
        if self.write_into(segment, at, bytes)? {
            return Ok(());
        }
        *segment = None;
        if self.write_into(segment, at, bytes)? { Ok(()) } else { Err(io::Error::from(io::ErrorKind::NotFound)) }
    }

    /// Whether the segment has its name yet: one that another window's pruning or whoever clears the folder removed takes every
    /// write, and is nowhere.
    fn write_into(&self, segment: &mut Option<Segment>, at: i64, bytes: &[u8]) -> io::Result<bool> {
        let open = match segment {
            Some(open) => open,
            None => segment.insert(self.begin(at)?),
        };
        write_all(open.file.as_mut(), bytes)?;
        open.file.sync()?;
        open.length += bytes.len() as u64;
        open.newest = at;
        let ours = open.file.entry()?.stamp.inode;
        match self.vfs.entry(&open.spot) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            named => Ok(named?.stamp.inode == ours),
        }
    }

    fn begin(&self, at: i64) -> io::Result<Segment> {
        make_folders(self.vfs.as_ref(), &self.folder)?;
        let name = format!("{at:020}-{:x}.saved", std::process::id());
        let spot = self.folder.join(&name);
        let file = self.vfs.open(&spot, Open::Append)?;
        self.vfs.sync_folder(&self.folder)?;
        Ok(Segment { spot, file, length: 0, newest: at })
    }

    /// The segments, oldest first.
    fn segments(&self) -> Result<Vec<Spot>, StorageError> {
        match self.vfs.names(&self.folder) {
            Ok(names) => Ok(names
                .iter()
                .filter(|name| name.strip_suffix(".saved").is_some())
                .map(|name| self.folder.join(name))
                .collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(StorageError::io("list", &self.folder, &error)),
        }
    }

    fn each(&self, sink: &mut dyn FnMut(Head, &[u8])) -> Result<(), StorageError> {
        for segment in self.segments()? {
            let bytes = match read_whole(self.vfs.as_ref(), &segment, LARGEST) {
                Ok((bytes, _)) => bytes,
                Err(error) => {
                    log::warn!("{segment} cannot be read: {error}");
                    continue;
                }
            };
            for record in decode(&bytes).0 {
                if let Some((head, rest)) = split(&record) {
                    sink(head, rest);
                }
            }
        }
        Ok(())
    }
}

fn add(line: &Line<'_>, at: i64, bytes: &mut Vec<u8>) {
    let before = line.before.unwrap_or_default();
    let start = before.iter().zip(line.after).take_while(|(one, other)| one == other).count();
    let (rest_before, rest_after) = (before.get(start..), line.after.get(start..));
    let (rest_before, rest_after) = (rest_before.unwrap_or_default(), rest_after.unwrap_or_default());
    let end = rest_before.iter().rev().zip(rest_after.iter().rev()).take_while(|(one, other)| one == other).count();
    let middle = rest_after.get(..rest_after.len() - end).unwrap_or_default();
    let head = Head {
        path: line.path.clone(),
        at,
        before: line.before.map(ContentHash::of),
        after: ContentHash::of(line.after),
        length: before.len(),
        start,
        end,
    };
    match serde_json::to_vec(&head) {
        Ok(head) => encode(VERSION, &[&head, b"\n", before, middle], bytes),
        Err(error) => log::warn!("a version of {} is not kept: {error}", line.path),
    }
}

fn split(record: &Record) -> Option<(Head, &[u8])> {
    if record.version != VERSION {
        return None;
    }
    let line = memchr::memchr(b'\n', &record.payload)?;
    let (head, rest) = record.payload.split_at_checked(line)?;
    Some((serde_json::from_slice(head).ok()?, rest.get(1..)?))
}

fn saved(head: Head, rest: &[u8]) -> Option<Saved> {
    let (before, middle) = rest.split_at_checked(head.length)?;
    let tail = before.get(before.len().checked_sub(head.end)?..)?;
    let after = [before.get(..head.start)?, middle, tail].concat();
    let is_whole =
        ContentHash::of(&after) == head.after && head.before.is_none_or(|hash| hash == ContentHash::of(before));
    is_whole.then(|| Saved { path: head.path, at: head.at, before: head.before.map(|_| before.to_vec()), after })
}

fn nanoseconds(time: SystemTime) -> i64 {
    i64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_not_what_its_hashes_say_is_none() {
        let path = SitePath::new("a.md").unwrap();
        let said = |before: Option<&[u8]>, after: &[u8]| Head {
            path: path.clone(),
            at: 1,
            before: before.map(ContentHash::of),
            after: ContentHash::of(after),
            length: 5,
            start: 2,
            end: 1,
        };
        let rest = b"abcdeXY";
        let whole = saved(said(Some(b"abcde"), b"abXYe"), rest).unwrap();
        assert_eq!((whole.before.as_deref(), whole.after.as_slice()), (Some(&b"abcde"[..]), &b"abXYe"[..]));
        assert_eq!(saved(said(None, b"abXYe"), rest).unwrap().before, None);
        assert_eq!(saved(said(Some(b"abcdE"), b"abXYe"), rest), None, "the version before is another one");
        assert_eq!(saved(said(Some(b"abcde"), b"abXYZ"), rest), None, "the version written is another one");
        assert_eq!(saved(Head { length: 8, ..said(Some(b"abcde"), b"abXYe") }, rest), None, "half of it is missing");
    }
}

//! What is not saved yet, on disk all the same: append-only records, a file for each process.
//!
//! Invariant: what was flushed survives a power cut, what was appended survives a kill. A journal of a living process is never
//! touched; one of a dead process stays until its records are taken over and the taker says so. No record is interpreted here.

use std::io;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::error::StorageError;
use super::folder::SiteFolder;
pub use super::records::{Record, RecoveryReport};
use super::records::{decode, encode};
use super::state::{SiteKey, StateFolder, make_folders};
use super::vfs::{self, Open, Root, Spot, Vfs, VfsFile, VfsLock, read_whole, write_all};

/// How long an appended record may wait for its flush: the owner of the writer flushes at least so often.
pub const FLUSH_EVERY: Duration = Duration::from_millis(250);

/// How long a process that said it is ending is waited for.
pub const ENDING_PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked for meanwhile.
const ENDING_PAUSE: Duration = Duration::from_millis(20);

/// The largest journal that is read back: beyond what any memory holds. Edits of 100,000 long articles are more than a gigabyte.
const LARGEST: u64 = 64 * 1024 * 1024 * 1024;

/// The first bytes of a journal; a later layout of the file has others, and this reader leaves it alone.
const HEADER: &[u8] = b"copydesk journal 1\n";

/// The journals of one site.
#[derive(Clone)]
pub struct Journal {
    vfs: Arc<dyn Vfs>,
    folder: Spot,
    largest: u64,
}

/// The journal of this process. One thread owns it; the order of appending is the order of edits.
pub struct JournalWriter {
    vfs: Arc<dyn Vfs>,
    spot: Spot,
    lock_spot: Spot,
    ending_spot: Spot,
    _lock: Box<dyn VfsLock>,
    file: Box<dyn VfsFile>,
    length: u64,
    unwritten: Vec<u8>,
    dirty: bool,
    suspect: bool,
    is_lost: bool,
}

/// The journal of a process that ended without taking it away. Its lock is held until this is dropped.
pub struct Orphan {
    /// Its records, in order.
    pub records: Vec<Record>,
    /// How well it could be read.
    pub report: RecoveryReport,
    spot: Spot,
    lock_spot: Spot,
    _lock: Box<dyn VfsLock>,
}

/// The journals that were left behind.
#[derive(Default)]
pub struct Orphans {
    /// Those that could be read.
    pub found: Vec<Orphan>,
    /// Those that could not, and stay: written by a newer copydesk, or unreadable.
    pub refused: Vec<StorageError>,
}

impl Journal {
    /// The journals of a site.
    #[must_use]
    pub fn of(site: &SiteFolder, state: &StateFolder) -> Self {
        Self::through(Arc::new(state.disk()), &SiteKey::of(site))
    }

    /// The journals of a site on any disk, the simulated one for example.
    #[must_use]
    pub fn through(vfs: Arc<dyn Vfs>, key: &SiteKey) -> Self {
        Self { vfs, folder: Spot::new(Root::State, format!("sites/{}/journals", key.as_str())), largest: LARGEST }
    }

    /// Starts the journal of this process.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub fn begin(&self) -> Result<JournalWriter, StorageError> {
        let failed = |error: io::Error| StorageError::io("write", &self.folder, &error);
        make_folders(self.vfs.as_ref(), &self.folder).map_err(failed)?;
        let nanoseconds = self.vfs.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let name = format!("{nanoseconds:x}-{:x}", std::process::id());
        let (lock_spot, ending_spot) = (self.lock_spot(&name), self.ending_spot(&name));
        let lock = self.vfs.try_lock(&lock_spot).map_err(failed)?;
        let Some(lock) = lock else {
            return Err(failed(io::Error::from(io::ErrorKind::ResourceBusy)));
        };
        let spot = self.folder.join(&format!("{name}.journal"));
        let begun = vfs::replace(self.vfs.as_ref(), &spot, HEADER)
            .and_then(|()| self.vfs.open(&spot, Open::Append))
            .map_err(failed)?;
        Ok(JournalWriter {
            vfs: Arc::clone(&self.vfs),
            spot,
            lock_spot,
            ending_spot,
            _lock: lock,
            file: begun,
            length: HEADER.len() as u64,
            unwritten: Vec::new(),
            dirty: false,
            suspect: false,
            is_lost: false,
        })
    }

    /// The journals of dead processes, oldest first. Take their records over, flush, then [`discard`](Journal::discard) them.
    ///
    /// # Errors
    /// When the state folder cannot be listed.
    pub fn orphans(&self) -> Result<Orphans, StorageError> {
        let names = match self.vfs.names(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Orphans::default()),
            names => names.map_err(|error| StorageError::io("list", &self.folder, &error))?,
        };
        let mut orphans = Orphans::default();
        for stem in names.iter().filter_map(|name| name.strip_suffix(".journal")) {
            match self.orphan(stem) {
                Ok(Some(orphan)) => orphans.found.push(orphan),
                Ok(None) => {}
                Err(error) => orphans.refused.push(error),
            }
        }
        Ok(orphans)
    }

    /// The records of an orphan are safe elsewhere: it goes. A damaged one is set aside instead.
    ///
    /// # Errors
    /// When it cannot be removed: then try again later, for at the next start it would be found again.
    pub fn discard(&self, orphan: &Orphan) -> Result<(), StorageError> {
        let gone = if orphan.report.is_damaged() {
            let aside = self.folder.join(&format!("{}.damaged", orphan.spot.name()));
            self.vfs.rename_over(&orphan.spot, &aside)
        } else {
            self.vfs.remove(&orphan.spot)
        };
        let is_gone = |gone: io::Result<()>| match gone {
            // By an earlier try.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            gone => gone,
        };
        // Only when the orphan is dropped may another process take its lock.
        is_gone(gone)
            .and_then(|()| is_gone(self.vfs.remove(&orphan.lock_spot)))
            .and_then(|()| self.vfs.sync_folder(&self.folder))
            .map_err(|error| StorageError::io("remove", &orphan.spot, &error))
    }

    fn orphan(&self, stem: &str) -> Result<Option<Orphan>, StorageError> {
        let spot = self.folder.join(&format!("{stem}.journal"));
        let lock_spot = self.lock_spot(stem);
        let failed = |error: io::Error| StorageError::io("read", &spot, &error);
        let Some(lock) = self.lock_of_the_dead(stem)? else { return Ok(None) };
        // Nobody shall wait for what is being taken over.
        super::write::remove(self.vfs.as_ref(), &self.ending_spot(stem));
        let bytes = match read_whole(self.vfs.as_ref(), &spot, self.largest) {
            Ok((bytes, entry)) => whole(bytes, &spot, entry.stamp.size, self.largest)?,
            // Another process took it over between our look and our lock, or it ended with nothing pending.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                super::write::remove(self.vfs.as_ref(), &lock_spot);
                return Ok(None);
            }
            Err(error) => return Err(failed(error)),
        };
        let (records, report) = read_journal(&bytes)
            .ok_or_else(|| StorageError::Newer { path: spot.to_string(), version: header_version(&bytes) })?;
        Ok(Some(Orphan { records, report, spot, lock_spot, _lock: lock }))
    }

    /// The lock of a process that has ended. One that said it is about to is waited for; a living one is not.
    fn lock_of_the_dead(&self, stem: &str) -> Result<Option<Box<dyn VfsLock>>, StorageError> {
        let (lock_spot, ending_spot) = (self.lock_spot(stem), self.ending_spot(stem));
        let mut waited = Duration::ZERO;
        loop {
            let lock = self.vfs.try_lock(&lock_spot);
            if let Some(lock) = lock.map_err(|error| StorageError::io("read", &lock_spot, &error))? {
                return Ok(Some(lock));
            }
            if self.vfs.entry(&ending_spot).is_err() {
                return Ok(None);
            }
            if waited >= ENDING_PATIENCE {
                return Err(StorageError::StillEnding { path: lock_spot.to_string() });
            }
            self.vfs.pause(ENDING_PAUSE);
            waited += ENDING_PAUSE;
        }
    }

    fn lock_spot(&self, stem: &str) -> Spot {
        self.folder.join(&format!("{stem}.lock"))
    }

    fn ending_spot(&self, stem: &str) -> Spot {
        self.folder.join(&format!("{stem}.ending"))
    }
}

/// Reads the bytes of a journal. `None`: another layout than this reader's.
#[must_use]
pub fn read_journal(bytes: &[u8]) -> Option<(Vec<Record>, RecoveryReport)> {
    if let Some(rest) = bytes.strip_prefix(HEADER) {
        return Some(decode(rest));
    }
    let is_newer = header_version(bytes) > 1;
    // A first line that was cut or hit is no reason to lose what follows it.
    (!is_newer).then(|| {
        let (records, mut report) = decode(bytes);
        if report.damaged.is_empty() && !records.is_empty() {
            report.damaged.push(0..HEADER.len().min(bytes.len()));
        }
        (records, report)
    })
}

/// The bytes, if they are all there are: where a part is missing nobody can say that the rest is the end.
fn whole(bytes: Vec<u8>, spot: &Spot, size: u64, limit: u64) -> Result<Vec<u8>, StorageError> {
    if bytes.len() as u64 > limit {
        return Err(StorageError::TooLarge { path: spot.to_string(), size, limit });
    }
    Ok(bytes)
}

fn header_version(bytes: &[u8]) -> u32 {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let version = line.strip_prefix(b"copydesk journal ").and_then(|version| str::from_utf8(version).ok());
    version.and_then(|version| version.parse().ok()).unwrap_or(0)
}

impl JournalWriter {
    /// Appends a record. It is with the system when this returns, so that a kill does not lose it, and on disk after the next
    /// [`flush`](JournalWriter::flush).
    ///
    /// # Errors
    /// What the disk says. The record is kept in memory and written by the next append or flush that succeeds.
    pub fn append(&mut self, version: u16, payload: &[u8]) -> Result<(), StorageError> {
        encode(version, &[payload], &mut self.unwritten);
        self.write_out()
    }

    /// Makes everything appended survive a power cut. Nothing to do: no call.
    ///
    /// # Errors
    /// What the disk says. A later flush writes everything anew.
    pub fn flush(&mut self) -> Result<(), StorageError> {
        self.write_out()?;
        if self.suspect {
            return self.renew();
        }
        if !self.dirty {
            return Ok(());
        }
        match self.file.sync() {
            Ok(()) => {
                self.is_in_place()?;
                self.dirty = false;
                Ok(())
            }
            Err(error) => {
                // The system may now take the unwritten pages for written: this file is never trusted again.
                self.suspect = true;
                Err(StorageError::io("write", &self.spot, &error))
            }
        }
    }

    /// Replaces everything by these records, in one step: what is saved or undone need not be kept.
    ///
    /// # Errors
    /// What the disk says; the journal is then as it was.
    pub fn rewrite(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.replace(records)?;
        self.unwritten.clear();
        Ok(())
    }

    /// How many bytes the journal has, to decide when to [`rewrite`](JournalWriter::rewrite) it.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether something waits for a [`flush`](JournalWriter::flush).
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.dirty || self.suspect || !self.unwritten.is_empty()
    }

    /// Says to other processes that this one is about to end: who opens the site now waits for what it leaves.
    ///
    /// # Errors
    /// What the disk says. Then nobody waits, and what is left is found by the opening after that.
    pub fn announce_end(&self) -> Result<(), StorageError> {
        let announced = self.vfs.open(&self.ending_spot, Open::Append);
        announced.map(drop).map_err(|error| StorageError::io("write", &self.ending_spot, &error))
    }

    /// Nothing is pending any more: takes the journal away. While something is, just drop the writer: the journal is then found
    /// at the next start.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(self) -> Result<(), StorageError> {
        self.remove()
    }

    /// All that is pending is in another journal: takes this one away.
    ///
    /// # Errors
    /// What the disk says; then it can be tried again.
    pub fn remove(&self) -> Result<(), StorageError> {
        let is_gone = |removed: io::Result<()>| match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        let removed = is_gone(self.vfs.remove(&self.spot));
        super::write::remove(self.vfs.as_ref(), &self.ending_spot);
        let removed = removed.and_then(|()| is_gone(self.vfs.remove(&self.lock_spot)));
        removed.map_err(|error| StorageError::io("remove", &self.spot, &error))
    }

    /// Whether the file we write has its name yet. One that somebody removed takes every write, and is nowhere.
    fn is_in_place(&self) -> Result<(), StorageError> {
        let named = self.vfs.entry(&self.spot).map_err(|error| StorageError::io("write", &self.spot, &error))?;
        let ours = self.file.entry().map_err(|error| StorageError::io("write", &self.spot, &error))?;
        if named.stamp.inode == ours.stamp.inode {
            return Ok(());
        }
        Err(StorageError::io("write", &self.spot, &io::Error::from(io::ErrorKind::NotFound)))
    }

    fn write_out(&mut self) -> Result<(), StorageError> {
        if self.unwritten.is_empty() {
            return Ok(());
        }
        if self.is_lost {
            self.reopen().map_err(|error| StorageError::io("write", &self.spot, &error))?;
        }
        match write_all(self.file.as_mut(), &self.unwritten) {
            Ok(()) => {
                self.length += self.unwritten.len() as u64;
                self.unwritten.clear();
                self.dirty = true;
                Ok(())
            }
            Err(error) => {
                // Half a record must not lie between whole ones.
                if let Err(cut) = self.file.cut(self.length) {
                    log::warn!("{} has half a record at its end: {cut}", self.spot);
                    self.suspect = true;
                }
                Err(StorageError::io("write", &self.spot, &error))
            }
        }
    }

    /// Writes everything into a new file, from what the system still knows of the old one.
    fn renew(&mut self) -> Result<(), StorageError> {
        let (old, entry) = read_whole(self.vfs.as_ref(), &self.spot, LARGEST)
            .map_err(|error| StorageError::io("read", &self.spot, &error))?;
        let old = whole(old, &self.spot, entry.stamp.size, LARGEST)?;
        let (records, _) = read_journal(&old).unwrap_or_default();
        self.replace(&records)
    }

    fn replace(&mut self, records: &[Record]) -> Result<(), StorageError> {
        let mut bytes = HEADER.to_vec();
        for record in records {
            encode(record.version, &[&record.payload], &mut bytes);
        }
        let replaced = vfs::replace(self.vfs.as_ref(), &self.spot, &bytes);
        // Done or not, the name may show another file than the one we hold.
        self.is_lost = true;
        self.suspect = true;
        replaced.and_then(|()| self.reopen()).map_err(|error| StorageError::io("write", &self.spot, &error))?;
        self.dirty = false;
        self.suspect = false;
        Ok(())
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.file = self.vfs.open(&self.spot, Open::Append)?;
        self.length = self.file.entry()?.stamp.size;
        self.is_lost = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::vfs::simulated::SimFs;

    /// What is read of it would end in the middle, as if the rest had never been written, and the whole of it would go.
    #[test]
    fn a_journal_that_is_larger_than_what_is_read_is_told_and_stays() {
        let disk = SimFs::new(&[Root::State]);
        let journal = Journal::through(Arc::new(disk.clone()), &SiteKey::of_root(std::path::Path::new("/site")));
        let mut writer = journal.begin().unwrap();
        writer.append(1, b"first").unwrap();
        writer.append(1, b"second").unwrap();
        writer.flush().unwrap();
        let length = writer.length();
        drop(writer);
        let read_at_most = |largest: u64| Journal { largest, ..journal.clone() }.orphans().unwrap();
        for limit in 0..length {
            let read = read_at_most(limit);
            assert!(read.found.is_empty(), "{limit}");
            assert!(matches!(read.refused[..], [StorageError::TooLarge { .. }]), "{limit}");
        }
        let read = read_at_most(length);
        assert_eq!((read.found.len(), read.found[0].records.len(), read.refused.len()), (1, 2, 0));
    }
}

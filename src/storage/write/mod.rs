//! The save: new bytes take the place of the bytes expected, in one step, or nothing happens.
//!
//! Invariant: after a kill, a power cut or a failing call at any instant the article is one complete version, old, new or
//! someone else's; "written" is said only after file, swap and folder are synced; what another program wrote in between is put
//! back in its place.
//!
//! The steps: git must be idle → the target is checked and read ([`target`]) → a file beside it gets the bytes, owner,
//! attributes, mode ([`prepare`]) → sync → swap, and a look at what was displaced ([`swap`]) → folders synced. What was displaced
//! is kept for [`KEPT`] and looked at again by [`Saver::settle`], for a writer may still hold it open.

mod leftovers;
mod prepare;
mod swap;
mod target;
mod workshop;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use self::prepare::Prepared;
use self::swap::{Swapped, bytes};
use self::target::Target;
use self::workshop::Workshop;
use super::error::{Cause, StorageError};
use super::folder::SiteFolder;
use super::ledger::{Ledger, Line};
use super::read::read_through;
use super::state::{SiteKey, StateFolder};
use super::vfs::{Disk, Entry, Root, Spot, Vfs, VfsLock};
use crate::file::{ContentHash, SitePath, Snapshot};

/// How long a displaced version is kept and then looked at again.
pub const KEPT: Duration = Duration::from_secs(5);

/// How long a displaced file that another program has cut may stay empty.
const LONGEST: Duration = Duration::from_mins(1);

/// How long git may hold its lock before a save gives up.
pub const GIT_PATIENCE: Duration = Duration::from_secs(10);

/// How many files are written and synced together. Each holds a file handle meanwhile, and macOS gives an app 256.
const BATCH: usize = 128;

/// What shall be on disk, and over what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavePlan {
    /// The file.
    pub path: SitePath,
    /// The hash of the bytes that the file must have; `None`: there must be no file yet.
    pub expected: Option<ContentHash>,
    /// The new bytes.
    pub bytes: Vec<u8>,
}

/// What became of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveOutcome {
    /// The new bytes are there and survive a power cut.
    Written(Snapshot),
    /// The file had these bytes already; nothing was written.
    Unchanged(Snapshot),
    /// The file has other bytes than expected: these. Nothing of it was overwritten. Merge and plan again.
    MovedOn(Snapshot),
    /// The file was expected and is not there.
    Gone,
    /// It did not work: the edit is still pending.
    Failed(StorageError),
}

/// Bytes of another program that a save displaced and that are not on disk any more under their name. Merge them into the
/// article, and when the result is in the journal, say [`Saver::accept`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Displaced {
    /// The article; `None` when the file they belong to cannot be found any more.
    pub path: Option<SitePath>,
    /// The version they were written over, or that we expected.
    pub base: Option<ContentHash>,
    /// Its bytes, where this process knows them; else the saved versions may.
    pub base_bytes: Option<Arc<[u8]>>,
    /// What we wrote.
    pub ours: ContentHash,
    /// Their bytes.
    pub bytes: Arc<[u8]>,
    kept: Spot,
}

/// Saves files of one site. Make one a sitting, share it between threads, and [`close`](Saver::close) it at the end.
pub struct Saver {
    vfs: Arc<dyn Vfs>,
    workshop: Workshop,
    displaced: Mutex<Vec<Kept>>,
    no_swap: AtomicBool,
    ledger: Option<Ledger>,
    /// Locks of dead sessions whose files wait to be accepted.
    guards: Mutex<Vec<Box<dyn VfsLock>>>,
}

/// A displaced version that waits to be looked at again.
#[derive(Clone, Debug)]
struct Kept {
    spot: Spot,
    path: SitePath,
    base: Option<ContentHash>,
    base_bytes: Option<Arc<[u8]>>,
    ours: ContentHash,
    since: SystemTime,
    reported: bool,
    /// A version of another program that is back under its name: kept in memory, since what is made of ours may replace it.
    back: Option<Arc<[u8]>>,
    /// What we made of it since.
    grown: Option<ContentHash>,
}

impl Saver {
    /// A saver on the real disk. Touches nothing until the first save.
    #[must_use]
    pub fn new(site: &SiteFolder, state: &StateFolder) -> Self {
        Self::through(Arc::new(site.disk(Some(state))), Some(&SiteKey::of(site)))
    }

    /// A saver that leaves git out: it runs as git's merge driver, where git holds its lock and waits for us.
    #[must_use]
    pub fn beside_git(site: &SiteFolder) -> Self {
        Self::through(Arc::new(Disk::new().with(Root::Site, Arc::clone(site.handle()))), None)
    }

    /// A saver on any disk, the simulated one for example. Without a key no versions are kept.
    #[must_use]
    pub fn through(vfs: Arc<dyn Vfs>, key: Option<&SiteKey>) -> Self {
        let workshop = Workshop::new(vfs.as_ref());
        let ledger = key.map(|key| Ledger::through(Arc::clone(&vfs), key));
        let (displaced, guards) = (Mutex::default(), Mutex::default());
        Self { vfs, workshop, displaced, no_swap: AtomicBool::new(false), ledger, guards }
    }

    /// The saved versions of this site.
    #[must_use]
    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// Saves one file. Blocks: while git works up to [`GIT_PATIENCE`], else for about a millisecond.
    pub fn save(&self, plan: &SavePlan, cancel: &dyn Fn() -> bool) -> SaveOutcome {
        let mut outcome = SaveOutcome::Gone;
        self.save_many(std::slice::from_ref(plan), cancel, &mut |_, saved| outcome = saved);
        outcome
    }

    /// Saves many files, in batches that share their syncs. `done` hears of each plan once, by its index.
    pub fn save_many(&self, plans: &[SavePlan], cancel: &dyn Fn() -> bool, done: &mut dyn FnMut(usize, SaveOutcome)) {
        let mut patience = GIT_PATIENCE;
        for (number, batch) in plans.chunks(BATCH).enumerate() {
            let first = number * BATCH;
            for (index, outcome) in self.save_batch(batch, &mut patience, cancel).into_iter().enumerate() {
                done(first + index, outcome);
            }
        }
    }

    /// Whether this disk cannot exchange two files, so that saves go a weaker way: what another program writes by renaming in
    /// the microseconds between our last look and our rename is kept by nobody. Tell the editor once.
    #[must_use]
    pub fn is_weaker(&self) -> bool {
        self.no_swap.load(Ordering::Relaxed)
    }

    /// Looks again at what was displaced more than [`KEPT`] ago (`all`: at everything, before closing), drops what is as it was,
    /// and answers with what another program wrote there meanwhile. Call it every few seconds while there is something.
    pub fn settle(&self, all: bool) -> Vec<Displaced> {
        self.settle_those(&|kept| all || self.is_old(kept))
    }

    /// Whether something displaced waits for [`settle`](Saver::settle).
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.kept().iter().any(|kept| !kept.reported)
    }

    /// The displaced bytes are merged, or on their way to be: their file may go, unless more was written into it meanwhile. They
    /// stay among the saved versions.
    pub fn accept(&self, displaced: &Displaced) {
        if let (Some(path), Some(ledger)) = (&displaced.path, &self.ledger) {
            let line = Line { path, before: Some(&displaced.bytes), after: &displaced.bytes };
            if let Err(error) = ledger.append(&[line]) {
                log::warn!("what was displaced in {path} stays where it is, for it cannot be kept elsewhere: {error}");
                return;
            }
        }
        if !self.has_more(displaced) {
            self.forget(&displaced.kept);
        }
    }

    /// Whether a writer wrote once more into what it had been told of; then it is looked at again, as a change of what is merged.
    fn has_more(&self, displaced: &Displaced) -> bool {
        let merged = ContentHash::of(&displaced.bytes);
        let now = bytes(self.vfs.as_ref(), &displaced.kept);
        if now.map_or(true, |bytes| ContentHash::of(&bytes) == merged) {
            return false;
        }
        let (mut list, mut has_more) = (self.kept(), false);
        for kept in list.iter_mut().filter(|kept| kept.spot == displaced.kept) {
            (kept.base, kept.base_bytes) = (Some(merged), Some(Arc::clone(&displaced.bytes)));
            (kept.reported, kept.since, has_more) = (false, self.vfs.now(), true);
        }
        has_more
    }

    /// Settles everything and removes what is ours. Answers with what must still be merged; what is not accepted is found again
    /// at the next start.
    pub fn close(&self) -> Vec<Displaced> {
        let displaced = self.settle(true);
        if displaced.is_empty() {
            self.workshop.close(self.vfs.as_ref());
        }
        displaced
    }

    /// Ends a sitting that another one will follow: what a save displaced into the git folder less than [`KEPT`] ago stays there,
    /// for a writer may still hold it open, and the next start looks at it. Else as [`close`](Saver::close).
    pub fn leave(&self) -> Vec<Displaced> {
        let is_hidden = |kept: &Kept| kept.spot.root != Root::Site && kept.back.is_none();
        let displaced = self.settle_those(&|kept| self.is_old(kept) || !is_hidden(kept));
        if self.kept().is_empty() {
            self.workshop.close(self.vfs.as_ref());
        }
        displaced
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.displaced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, guard: Box<dyn VfsLock>) {
        self.guards.lock().unwrap_or_else(PoisonError::into_inner).push(guard);
    }

    fn is_old(&self, kept: &Kept) -> bool {
        self.age(kept) >= KEPT
    }

    fn age(&self, kept: &Kept) -> Duration {
        // A clock that was set back makes nothing younger.
        self.vfs.now().duration_since(kept.since).unwrap_or(Duration::MAX)
    }

    fn settle_those(&self, is_due: &dyn Fn(&Kept) -> bool) -> Vec<Displaced> {
        let due: Vec<Kept> = self.kept().iter().filter(|kept| !kept.reported && is_due(kept)).cloned().collect();
        due.iter().filter_map(|kept| self.look_again(kept)).collect()
    }

    fn look_again(&self, kept: &Kept) -> Option<Displaced> {
        if let Some(theirs) = &kept.back {
            return self.look_at_put_back(kept, theirs);
        }
        match bytes(self.vfs.as_ref(), &kept.spot) {
            Ok(bytes) => {
                let hash = ContentHash::of(&bytes);
                if Some(hash) == kept.base || hash == kept.ours || (bytes.is_empty() && self.age(kept) >= LONGEST) {
                    self.forget(&kept.spot);
                    return None;
                }
                // Cut, and about to be written: nothing is no version.
                if bytes.is_empty() { None } else { Some(self.report(kept, bytes.into())) }
            }
            Err(error) => {
                log::warn!("{} cannot be looked at again: {error}", kept.spot);
                None
            }
        }
    }

    /// What we had put back is there, or was the beginning of what is; or somebody took it away, or somebody wrote something else
    /// over it, perhaps without having seen it: then it is merged.
    fn look_at_put_back(&self, kept: &Kept, theirs: &Arc<[u8]>) -> Option<Displaced> {
        match read_through(self.vfs.as_ref(), &kept.path) {
            Ok((now, _)) if !now.bytes.starts_with(theirs) && Some(now.hash()) != kept.grown => {
                Some(self.report(kept, Arc::clone(theirs)))
            }
            Ok(_) => {
                self.forget(&kept.spot);
                None
            }
            Err(error) if error.is_not_found() => {
                self.forget(&kept.spot);
                None
            }
            Err(error) => {
                log::warn!("{} cannot be looked at again: {error}", kept.path);
                None
            }
        }
    }

    fn report(&self, kept: &Kept, bytes: Arc<[u8]>) -> Displaced {
        for known in self.kept().iter_mut().filter(|known| known.spot == kept.spot) {
            known.reported = true;
        }
        let (path, spot) = (Some(kept.path.clone()), kept.spot.clone());
        let base_bytes = kept.base_bytes.clone();
        Displaced { path, base: kept.base, base_bytes, ours: kept.ours, bytes, kept: spot }
    }

    fn forget(&self, spot: &Spot) {
        remove(self.vfs.as_ref(), spot);
        self.kept().retain(|kept| kept.spot != *spot);
    }

    fn save_batch(&self, plans: &[SavePlan], patience: &mut Duration, cancel: &dyn Fn() -> bool) -> Vec<SaveOutcome> {
        let steps: Vec<Step> = plans.iter().map(|plan| self.prepare(plan, patience, cancel)).collect();
        let steps = self.sync_files(steps);
        let mut stopped = false;
        let swapped: Vec<Step> = steps
            .into_iter()
            .map(|step| match step {
                Step::Prepared(prepared) => {
                    stopped = stopped || cancel();
                    if stopped { self.drop_prepared(&prepared) } else { self.swap_in(prepared) }
                }
                step => step,
            })
            .collect();
        self.sync_folders(plans, swapped, cancel)
    }

    fn prepare(&self, plan: &SavePlan, patience: &mut Duration, cancel: &dyn Fn() -> bool) -> Step {
        if let Err(error) = self.wait_for_git(plan, patience, cancel) {
            return Step::Done(SaveOutcome::Failed(error));
        }
        let target = match target::check(self.vfs.as_ref(), plan) {
            Ok(Target::Ready(target)) => target,
            Ok(Target::Done(outcome)) => return Step::Done(outcome),
            Err(error) => return Step::Done(SaveOutcome::Failed(error)),
        };
        match prepare::prepare(self.vfs.as_ref(), &self.workshop, plan, target) {
            Ok(prepared) => Step::Prepared(Box::new(prepared)),
            Err(error) => Step::Done(SaveOutcome::Failed(error)),
        }
    }

    /// Waits while git holds its lock. Never takes the lock: git would not wait for us, it would fail. `patience` is that of all
    /// files that are saved together: a lock that a dead git left is not waited for once a file.
    fn wait_for_git(
        &self,
        plan: &SavePlan,
        patience: &mut Duration,
        cancel: &dyn Fn() -> bool,
    ) -> Result<(), StorageError> {
        let lock = Spot::new(Root::Git, "index.lock");
        let pause = Duration::from_millis(50);
        while self.vfs.has(Root::Git) && self.vfs.entry(&lock).is_ok() {
            if cancel() {
                return Err(StorageError::Cancelled { path: plan.path.to_string() });
            }
            if patience.is_zero() {
                return Err(StorageError::GitBusy { path: plan.path.to_string(), lock: lock.to_string() });
            }
            self.vfs.pause(pause);
            *patience = patience.saturating_sub(pause);
        }
        if cancel() {
            return Err(StorageError::Cancelled { path: plan.path.to_string() });
        }
        Ok(())
    }

    fn sync_files(&self, steps: Vec<Step>) -> Vec<Step> {
        let files: Vec<_> = steps.iter().filter_map(|step| step.prepared().map(|prepared| &*prepared.file)).collect();
        let mut results = self.vfs.sync_files(&files).into_iter();
        steps
            .into_iter()
            .map(|step| match step {
                Step::Prepared(prepared) => match results.next() {
                    Some(Ok(())) => self.finish_part(prepared),
                    Some(Err(error)) => self.fail(&prepared, "write", &error),
                    None => self.fail(&prepared, "write", &std::io::Error::from(std::io::ErrorKind::UnexpectedEof)),
                },
                step => step,
            })
            .collect()
    }

    /// From here on the file is known to be whole: a leftover of this name is a complete version.
    fn finish_part(&self, prepared: Box<Prepared>) -> Step {
        match self.vfs.rename_over(&prepared.part, &prepared.ready) {
            Ok(()) => Step::Prepared(prepared),
            Err(error) => self.fail(&prepared, "write", &error),
        }
    }

    fn fail(&self, prepared: &Prepared, action: &'static str, error: &std::io::Error) -> Step {
        remove(self.vfs.as_ref(), &prepared.part);
        Step::Done(SaveOutcome::Failed(StorageError::io(action, &prepared.path, error)))
    }

    fn drop_prepared(&self, prepared: &Prepared) -> Step {
        remove(self.vfs.as_ref(), &prepared.ready);
        Step::Done(SaveOutcome::Failed(StorageError::Cancelled { path: prepared.path.to_string() }))
    }

    fn swap_in(&self, prepared: Box<Prepared>) -> Step {
        match swap::swap_in(self.vfs.as_ref(), &prepared, &self.no_swap) {
            Swapped::In { displaced } => {
                self.keep(&prepared, displaced);
                self.grows(&prepared);
                Step::Swapped(prepared)
            }
            Swapped::Out { outcome, left } => {
                self.keep(&prepared, left);
                Step::Back(prepared.folders(), outcome)
            }
            Swapped::Back { outcome, left, theirs } => {
                self.keep(&prepared, left);
                // What had only been begun to be written when it was seen is no version.
                let is_begun = |bytes: &[u8]| match &outcome {
                    SaveOutcome::MovedOn(now) => now.bytes.len() > bytes.len() && now.bytes.starts_with(bytes),
                    _ => bytes.is_empty(),
                };
                for (number, bytes) in theirs.into_iter().filter(|bytes| !is_begun(bytes)).enumerate() {
                    let spot = prepared.ready.folder().join(&format!("{}.{number}", prepared.ready.name()));
                    self.kept().push(Kept { back: Some(bytes), ..self.kept_of(&prepared, spot) });
                }
                Step::Back(prepared.folders(), outcome)
            }
        }
    }

    fn keep(&self, prepared: &Prepared, left: Option<Spot>) {
        let kept = left.map(|spot| self.kept_of(prepared, spot));
        self.kept().extend(kept);
    }

    fn kept_of(&self, prepared: &Prepared, spot: Spot) -> Kept {
        Kept {
            spot,
            path: prepared.path.clone(),
            base: prepared.base.as_ref().map(|(hash, _)| *hash),
            base_bytes: prepared.base.as_ref().map(|(_, bytes)| Arc::clone(bytes)),
            ours: prepared.ours,
            since: self.vfs.now(),
            reported: false,
            back: None,
            grown: None,
        }
    }

    /// What was just saved was made of a version that we had put back: where it stands, that one is not forgotten.
    fn grows(&self, prepared: &Prepared) {
        let Some((hash, replaced)) = &prepared.base else { return };
        let is_of = |kept: &Kept| kept.back.as_ref() == Some(replaced) || kept.grown == Some(*hash);
        for kept in self.kept().iter_mut().filter(|kept| kept.back.is_some() && kept.path == prepared.path) {
            if is_of(kept) {
                kept.grown = Some(prepared.ours);
            }
        }
    }

    /// Syncs each folder once, and answers. A file whose folder could not be synced is written once more from memory: the system
    /// may have forgotten what it did not confirm.
    fn sync_folders(&self, plans: &[SavePlan], steps: Vec<Step>, cancel: &dyn Fn() -> bool) -> Vec<SaveOutcome> {
        let folders: BTreeSet<Spot> = steps.iter().flat_map(Step::folders).collect();
        let failed: Vec<(Spot, std::io::Error)> = folders
            .into_iter()
            .filter_map(|folder| self.vfs.sync_folder(&folder).err().map(|error| (folder, error)))
            .collect();
        let failure = |step: &Step| {
            failed.iter().find(|(folder, _)| step.folders().contains(folder)).map(|(_, error)| Cause::from(error))
        };
        self.note_saves(plans, &steps, &|step| failure(step).is_none());
        plans
            .iter()
            .zip(steps)
            .map(|(plan, step)| match (failure(&step), step) {
                (None, Step::Swapped(prepared)) => SaveOutcome::Written(prepared.snapshot(plan)),
                (Some(cause), Step::Swapped(prepared)) => self.write_again(plan, prepared.ours, cause, cancel),
                (_, Step::Back(_, outcome) | Step::Done(outcome)) => outcome,
                (_, Step::Prepared(prepared)) => {
                    SaveOutcome::Failed(StorageError::Cancelled { path: prepared.path.to_string() })
                }
            })
            .collect()
    }

    /// Keeps what was replaced. The save itself is done: if this fails, only the way back to the old version is lost.
    fn note_saves(&self, plans: &[SavePlan], steps: &[Step], is_good: &dyn Fn(&Step) -> bool) {
        let Some(ledger) = &self.ledger else { return };
        let lines: Vec<Line<'_>> = plans
            .iter()
            .zip(steps)
            .filter(|(_, step)| is_good(step))
            .filter_map(|(plan, step)| match step {
                Step::Swapped(prepared) => Some(Line {
                    path: &plan.path,
                    before: prepared.base.as_ref().map(|(_, bytes)| &**bytes),
                    after: &plan.bytes,
                }),
                _ => None,
            })
            .collect();
        if lines.is_empty() {
            return;
        }
        if let Err(error) = ledger.append(&lines) {
            log::warn!("{} saved, but the versions before are not kept: {error}", lines.len());
        }
    }

    fn write_again(&self, plan: &SavePlan, ours: ContentHash, cause: Cause, cancel: &dyn Fn() -> bool) -> SaveOutcome {
        let not_durable = |cause| SaveOutcome::Failed(StorageError::NotDurable { path: plan.path.to_string(), cause });
        let again = SavePlan { expected: Some(ours), ..plan.clone() };
        let target = match target::check_again(self.vfs.as_ref(), &again) {
            Ok(Target::Ready(target)) => target,
            Ok(Target::Done(outcome)) => return outcome,
            Err(_) => return not_durable(cause),
        };
        let Ok(prepared) = prepare::prepare(self.vfs.as_ref(), &self.workshop, &again, target) else {
            return not_durable(cause);
        };
        let step = self.sync_files(vec![Step::Prepared(Box::new(prepared))]).pop();
        let step = match step {
            Some(Step::Prepared(prepared)) if !cancel() => self.swap_in(prepared),
            Some(step) => step,
            None => return not_durable(cause),
        };
        if let Step::Back(_, outcome) = step {
            return outcome;
        }
        let Step::Swapped(prepared) = step else { return not_durable(cause) };
        match prepared.folders().iter().map(|folder| self.vfs.sync_folder(folder)).find_map(Result::err) {
            None => SaveOutcome::Written(prepared.snapshot(plan)),
            Some(error) => not_durable(Cause::from(&error)),
        }
    }
}

/// How far a plan has come.
enum Step {
    Prepared(Box<Prepared>),
    Swapped(Box<Prepared>),
    /// Swapped and put back: its folders need their sync too.
    Back(Vec<Spot>, SaveOutcome),
    Done(SaveOutcome),
}

impl Step {
    fn prepared(&self) -> Option<&Prepared> {
        match self {
            Self::Prepared(prepared) => Some(prepared),
            _ => None,
        }
    }

    fn folders(&self) -> Vec<Spot> {
        match self {
            Self::Swapped(prepared) => prepared.folders(),
            Self::Back(folders, _) => folders.clone(),
            Self::Prepared(_) | Self::Done(_) => Vec::new(),
        }
    }
}

/// Removes a file of ours, if it is there. One that cannot be removed is looked at at the next start.
pub(super) fn remove(vfs: &dyn Vfs, spot: &Spot) {
    if let Err(error) = vfs.remove(spot) {
        log::debug!("{spot} is not removed: {error}");
    }
}

/// The file as it is now, for an answer.
fn moved_on(vfs: &dyn Vfs, path: &SitePath) -> SaveOutcome {
    match read_written(vfs, path) {
        Ok((snapshot, _)) => SaveOutcome::MovedOn(snapshot),
        Err(error) if error.is_not_found() => SaveOutcome::Gone,
        Err(error) => SaveOutcome::Failed(error),
    }
}

/// Reads a file that another program is writing just now. Most cut it first: then what they write is waited for, a little.
fn read_written(vfs: &dyn Vfs, path: &SitePath) -> Result<(Snapshot, Entry), StorageError> {
    let mut found = read_through(vfs, path);
    for _ in 0..20 {
        match &found {
            Ok((snapshot, _)) if snapshot.bytes.is_empty() => vfs.pause(Duration::from_millis(5)),
            _ => break,
        }
        found = read_through(vfs, path);
    }
    found
}

//! The thread that owns the journal: what is pending is on disk within a quarter of a second.
//!
//! Invariant: entries are written in the order in which edits were made. A journal left behind by a dead process goes only when
//! what it held is in this one, synced.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::runner::Shared;
use crate::desk::recover::keep;
use crate::desk::{Event, JournalEntry};
use crate::file::SitePath;
use crate::storage::journal::{FLUSH_EVERY, Journal, JournalWriter, Orphan, Record};
use crate::storage::{SiteFolder, StorageError};

/// The version of an entry's form.
const VERSION: u16 = 1;

/// From this size on the journal is written anew when most of it is history.
const COMPACT_FROM: u64 = 16 << 20;

/// So many bytes of steps are kept for undo.
const MOST_STEPS: u64 = 64 << 20;

/// After a failure the disk is tried again so much later.
const RETRY: Duration = Duration::from_secs(5);

/// What the thread is told.
pub(super) enum Line {
    /// Write these.
    Append(Vec<JournalEntry>),
    /// Say when all so far is on disk, and whether it is.
    Sync(Sender<bool>),
    /// Say what earlier processes left behind, and what was wrong with it.
    Recover(Sender<(Vec<Vec<JournalEntry>>, Option<String>)>),
}

/// Whether all that was journalled so far is on disk.
pub(super) fn is_synced(lines: &Sender<Line>) -> bool {
    let (reply, answer) = bounded(1);
    lines.send(Line::Sync(reply)).is_ok() && answer.recv() == Ok(true)
}

/// Writes what comes until nobody can send any more; then the journal goes, if nothing is pending.
pub(super) fn serve(shared: &Shared, folder: &SiteFolder, lines: &Receiver<Line>) {
    let keeper = Keeper::new(Journal::of(folder, &shared.state));
    keeper.serve(lines, &|trouble| shared.answer(Event::Trouble(trouble)));
}

/// What is pending: the entries of each file, in order.
type Pending = BTreeMap<SitePath, Vec<JournalEntry>>;

/// All that the journal's thread knows and does, for that thread and for simulations of it.
pub struct Keeper {
    journal: Journal,
    writer: Option<JournalWriter>,
    /// What the journal says is pending: the entries of each file, of which the first has its base.
    pending: Pending,
    /// When what was appended must be on disk.
    flush_at: Option<Instant>,
    /// Journals of dead processes that go as soon as all of it is on disk here.
    left: Vec<Orphan>,
    /// From which length on it is looked again how much of the journal is history, and how many files had something pending then.
    looked: (u64, usize),
    /// Journals of ours that are not trusted any more. They go as soon as all of it is on disk in another one.
    doubted: Vec<JournalWriter>,
}

#[expect(
    clippy::missing_errors_doc,
    reason = "each answers what the disk says; what failed is tried again at the next call"
)]
impl Keeper {
    /// With nothing pending yet. Touches nothing.
    #[must_use]
    pub fn new(journal: Journal) -> Self {
        Self {
            journal,
            writer: None,
            pending: BTreeMap::new(),
            flush_at: None,
            left: Vec::new(),
            looked: (0, 0),
            doubted: Vec::new(),
        }
    }

    /// Writes what comes until nobody can send any more. Where we fail in ourselves that is told, and it goes on in another journal
    /// with all that is pending.
    fn serve(mut self, lines: &Receiver<Line>, tell: &dyn Fn(String)) {
        let take = |wait| lines.recv_timeout(wait);
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.turn(Instant::now, take))) {
                Ok(None) => break,
                Ok(Some(Ok(()))) => {}
                Ok(Some(Err(error))) => {
                    tell(format!("Unsaved edits cannot be journalled, so save soon: {error}"));
                }
                Err(_panic) => {
                    self.doubt();
                    tell("Unsaved edits may not be in the journal, so save soon: copydesk failed in itself".to_owned());
                }
            }
        }
        for _ in 0..2 {
            match catch_unwind(AssertUnwindSafe(|| self.close())) {
                Ok(Ok(())) => return,
                Ok(Err(error)) => return log::error!("the journal could not be ended: {error}"),
                Err(_panic) => self.doubt(),
            }
        }
    }

    /// Who knows what stands in our journal: another one is begun, soon, and later where that failed too.
    fn doubt(&mut self) {
        let wait = if self.doubted.is_empty() { Duration::ZERO } else { RETRY };
        self.doubted.extend(self.writer.take());
        self.flush_at = Some(Instant::now() + wait);
    }

    /// Does what is due now, or what it is told next, in the order in which it is told; nothing when nobody can tell it anything
    /// any more. `take` waits for a line for so long.
    fn turn(
        &mut self,
        now: impl Fn() -> Instant,
        take: impl FnOnce(Duration) -> Result<Line, RecvTimeoutError>,
    ) -> Option<Result<(), StorageError>> {
        let wait = self.flush_at.map_or(Duration::MAX, |at| at.saturating_duration_since(now()));
        // What is due goes first: lines may come without end.
        let line = if wait.is_zero() { Err(RecvTimeoutError::Timeout) } else { take(wait) };
        Some(match line {
            Ok(Line::Append(entries)) => self.append_at(now(), entries),
            Ok(Line::Sync(reply)) => {
                let flushed = self.flush();
                if reply.send(flushed.is_ok()).is_err() {
                    log::warn!("nobody waits for the journal");
                }
                flushed
            }
            Ok(Line::Recover(reply)) => {
                if reply.send(self.recover()).is_err() {
                    log::warn!("nobody waits for what was recovered");
                }
                Ok(())
            }
            Err(RecvTimeoutError::Timeout) => self.flush(),
            Err(RecvTimeoutError::Disconnected) => return None,
        })
    }

    /// Takes entries in: they survive a kill when this returns, and a power cut after the next flush.
    pub fn append(&mut self, entries: Vec<JournalEntry>) -> Result<(), StorageError> {
        self.append_at(Instant::now(), entries)
    }

    fn append_at(&mut self, now: Instant, entries: Vec<JournalEntry>) -> Result<(), StorageError> {
        // Also when nothing can be written now: the next try writes all that is pending.
        entries.iter().for_each(|entry| take_in(&mut self.pending, entry.clone()));
        self.flush_at.get_or_insert(now + FLUSH_EVERY);
        match &mut self.writer {
            Some(writer) => append_all(writer, entries),
            None => self.begin(),
        }
    }

    /// Starts our own journal with all that is pending.
    fn begin(&mut self) -> Result<(), StorageError> {
        let begun = self.journal.begin().inspect_err(|_| self.flush_at = Some(Instant::now() + RETRY))?;
        append_all(self.writer.insert(begun), self.pending.values().flatten())
    }

    /// Puts everything on disk, and writes the journal anew when most of it is history.
    pub fn flush(&mut self) -> Result<(), StorageError> {
        self.flush_at = None;
        if self.writer.is_none() && !self.pending.is_empty() {
            self.begin()?;
        }
        let Some(writer) = &mut self.writer else {
            self.discard_left();
            return Ok(());
        };
        let flushed = match writer.flush() {
            // Somebody removed it under us: all that is pending goes into another one.
            Err(error) if error.is_not_found() => {
                self.writer = None;
                self.begin()?;
                self.writer.as_mut().map_or(Ok(()), JournalWriter::flush)
            }
            flushed => flushed,
        };
        flushed.inspect_err(|_| self.flush_at = Some(Instant::now() + RETRY))?;
        if self.may_be_history() {
            self.compact()?;
        }
        self.discard_left();
        Ok(())
    }

    /// Whether it is time to look how much of the journal is history. To look takes all that is pending in hand, and while that is
    /// a gigabyte nothing is journalled: so not before much was added or taken away since the last look.
    fn may_be_history(&self) -> bool {
        let length = self.writer.as_ref().map_or(0, JournalWriter::length);
        let (looked_at, pending) = self.looked;
        length > COMPACT_FROM && (length > looked_at || 2 * self.pending.len() < pending)
    }

    /// Writes the journal anew when most of it is history.
    fn compact(&mut self) -> Result<(), StorageError> {
        let size = |pending: &Pending| pending.values().flatten().map(|entry| payload(entry).len() as u64).sum::<u64>();
        let mut needed = size(&self.pending);
        if needed > MOST_STEPS {
            // What is pending counts; how it came about is given up before the journal grows without end.
            self.pending.values_mut().for_each(only_last);
            needed = size(&self.pending);
        }
        let most = 2 * needed + COMPACT_FROM;
        self.looked = (most, self.pending.len());
        let Some(writer) = self.writer.as_mut().filter(|writer| writer.length() > most) else { return Ok(()) };
        let record = |entry: &JournalEntry| Record { version: VERSION, payload: payload(entry) };
        writer.rewrite(&self.pending.values().flatten().map(record).collect::<Vec<_>>())
    }

    /// What dead processes left, a list for each article, which is in this journal when this returns; and what was wrong.
    pub fn recover(&mut self) -> (Vec<Vec<JournalEntry>>, Option<String>) {
        let found = match self.journal.orphans() {
            Ok(found) => found,
            Err(error) => return (Vec::new(), Some(error.to_string())),
        };
        let mut troubles: Vec<String> = found.refused.iter().map(ToString::to_string).collect();
        let (mut ready, mut taken) = (BTreeMap::new(), Vec::new());
        for (number, orphan) in found.found.into_iter().enumerate() {
            let (now, later) = self.sort_out(entries_of(&orphan, number, &mut troubles), &ready);
            ready.extend(now);
            if !later.is_empty() {
                troubles.push(
                    "Some articles have unsaved edits from two sittings. Those of the first are here; save them and read the site again for the others"
                        .to_owned(),
                );
            }
            match self.keep_apart(&later) {
                // A newer program's entries stay where they are, for it to find.
                Ok(()) if is_understood(&orphan) => taken.push(orphan),
                Ok(()) => {}
                Err(error) => log::warn!("{error}"),
            }
        }
        let entries: Vec<Vec<JournalEntry>> = ready.into_values().collect();
        if let Err(error) = self.take_over(entries.concat(), taken) {
            troubles
                .push(format!("Unsaved edits of an earlier sitting are not in the journal of this one yet: {error}"));
        }
        (entries, troubles.into_iter().next())
    }

    /// Which entries of a dead process are taken up now, and which must wait, since the same article has other edits already.
    fn sort_out(&self, entries: Pending, ready: &Pending) -> (Pending, Vec<JournalEntry>) {
        let (mut now, mut later) = (Pending::new(), Vec::new());
        for (path, entries) in entries {
            match (ready.get(&path), self.pending.get(&path)) {
                // A process that was killed while it took over has left the same twice; one of them may have gone on.
                (Some(known), _) | (None, Some(known)) if begins_with(known, &entries) => {}
                (Some(known), _) if begins_with(&entries, known) => drop(now.insert(path, entries)),
                (None, None) => drop(now.insert(path, entries)),
                _ => later.extend(entries),
            }
        }
        (now, later)
    }

    /// Puts entries into a journal of their own, for the next look at what was left behind.
    fn keep_apart(&self, entries: &[JournalEntry]) -> Result<(), StorageError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut writer = self.journal.begin()?;
        append_all(&mut writer, entries)?;
        writer.flush()
    }

    /// Writes what was recovered into our own journal, synced; only then those of the dead processes go. The desk's answer may
    /// come late, or never.
    fn take_over(&mut self, entries: Vec<JournalEntry>, orphans: Vec<Orphan>) -> Result<(), StorageError> {
        self.left.extend(orphans);
        if !entries.is_empty() {
            self.append(entries)?;
        }
        self.flush()
    }

    /// Removes what is taken over. What stays would be found at a next start and made again, over what came of it since.
    fn discard_left(&mut self) {
        let journal = &self.journal;
        self.doubted
            .retain(|writer| writer.remove().inspect_err(|error| log::warn!("it is tried again: {error}")).is_err());
        self.left.retain(|orphan| {
            journal.discard(orphan).inspect_err(|error| log::warn!("it is tried again: {error}")).is_err()
        });
    }

    /// The sitting ends: the journal goes, unless something is pending. Who opens the site meanwhile waits for it.
    pub fn end(mut self) -> Result<(), StorageError> {
        self.close()
    }

    fn close(&mut self) -> Result<(), StorageError> {
        if let Some(writer) = &self.writer
            && let Err(error) = writer.announce_end()
        {
            log::warn!("{error}");
        }
        self.flush()?;
        match self.writer.take() {
            Some(writer) if self.pending.is_empty() => writer.finish(),
            _ => Ok(()),
        }
    }
}

/// What a dead process left pending, of each file. The numbers of its steps are set apart from those of other processes.
fn entries_of(orphan: &Orphan, number: usize, troubles: &mut Vec<String>) -> Pending {
    if orphan.report.is_damaged() {
        troubles.push(
            "A part of the journal of unsaved edits cannot be read; it is set aside, and the rest is here".to_owned(),
        );
    }
    let mut entries = Pending::new();
    for record in &orphan.records {
        match serde_json::from_slice::<JournalEntry>(&record.payload) {
            Ok(mut entry) if record.version == VERSION => {
                if let Some(step) = &mut entry.step {
                    step.number += (number as u64) << 40;
                    step.order += (number as u64) << 40;
                }
                take_in(&mut entries, entry);
            }
            Ok(_) => {
                troubles.push("The journal of unsaved edits is of a newer version; it is left as it is".to_owned());
            }
            Err(error) => troubles.push(format!("An entry of the journal of unsaved edits cannot be read: {error}")),
        }
    }
    entries
}

/// Whether these entries begin with those, whatever their steps are called.
fn begins_with(entries: &[JournalEntry], start: &[JournalEntry]) -> bool {
    let is_same = |(one, other): (&JournalEntry, &JournalEntry)| one.base == other.base && one.ours == other.ours;
    entries.len() >= start.len() && entries.iter().zip(start).all(is_same)
}

fn is_understood(orphan: &Orphan) -> bool {
    orphan.records.iter().all(|record| record.version <= VERSION)
}

/// Brings what is pending up to date with one more entry.
fn take_in(pending: &mut Pending, entry: JournalEntry) {
    let path = entry.path.clone();
    let entries = pending.entry(path.clone()).or_default();
    keep(entries, entry);
    if entries.is_empty() {
        pending.remove(&path);
    }
}

/// Leaves of the entries of a file what is pending, without the steps that made it.
fn only_last(entries: &mut Vec<JournalEntry>) {
    let base = entries.iter().rev().find_map(|entry| entry.base.clone());
    if let Some(last) = entries.pop() {
        *entries = vec![JournalEntry { base, step: None, ..last }];
    }
}

/// All of them, also where the disk takes none now: what does not fit stays in the writer, and the next ones behind it.
fn append_all<E: Borrow<JournalEntry>>(
    writer: &mut JournalWriter,
    entries: impl IntoIterator<Item = E>,
) -> Result<(), StorageError> {
    let mut result = Ok(());
    for entry in entries {
        let appended = writer.append(VERSION, &payload(entry.borrow()));
        result = result.and(appended);
    }
    result
}

fn payload(entry: &JournalEntry) -> Vec<u8> {
    serde_json::to_vec(entry).unwrap_or_else(|error| {
        log::error!("an entry cannot be written: {error}");
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_entry_counts_and_keeps_its_base() {
        let path = SitePath::new("_news/a.md").unwrap();
        let entry = |base: Option<&str>, ours: Option<&str>| {
            JournalEntry::new(path.clone(), base.map(|base| Some(base.to_owned())), ours.map(str::to_owned))
        };
        let mut pending = BTreeMap::new();
        take_in(&mut pending, entry(Some("old"), Some("new")));
        take_in(&mut pending, entry(None, Some("newer")));
        let read = |entry: &JournalEntry| serde_json::from_slice::<JournalEntry>(&payload(entry)).unwrap();
        let kept: Vec<_> = pending[&path].iter().map(read).collect();
        assert_eq!(kept, [entry(Some("old"), Some("new")), entry(None, Some("newer"))]);
        only_last(pending.get_mut(&path).unwrap());
        assert_eq!(pending[&path], [entry(Some("old"), Some("newer"))]);
        take_in(&mut pending, entry(None, None));
        assert!(pending.is_empty(), "saved, or undone");
    }

    use crate::desk::effect::{Deed, StepNote};
    use crate::storage::state::SiteKey;
    use crate::storage::vfs::Root;
    use crate::storage::vfs::simulated::{Dice, Fault, SimFs};
    use std::cell::Cell;
    use std::sync::Arc;

    fn keeper(disk: &SimFs) -> Keeper {
        let key = SiteKey::of_root(std::path::Path::new("/site"));
        let journal = Journal::through(Arc::new(disk.clone()), &key);
        Keeper::new(journal)
    }

    fn edit(path: &str, ours: &str) -> JournalEntry {
        let path = SitePath::new(path).unwrap();
        JournalEntry::new(path, Some(Some("base".to_owned())), Some(ours.to_owned()))
    }

    /// A sitting that journals this and is killed.
    fn left_behind(disk: &SimFs, entries: Vec<JournalEntry>) {
        let mut keeper = keeper(disk);
        keeper.append(entries).unwrap();
        keeper.flush().unwrap();
        disk.wait(Duration::from_secs(1));
    }

    #[test]
    fn recovered_edits_are_safe_before_anybody_answers_and_at_any_call() {
        let entries = vec![edit("a.md", "1"), edit("b.md", "2")];
        for at in 0.. {
            let disk = SimFs::new(&[Root::State]);
            left_behind(&disk, entries.clone());
            disk.restart();
            disk.fail(at, Fault::Kill, true);
            let mut second = keeper(&disk);
            let _answer = second.recover();
            // Something else is edited before the desk has taken up what was recovered.
            let typed = second.append(vec![edit("c.md", "3")]).and_then(|()| second.flush());
            let done = disk.calls() <= at;
            drop(second);
            disk.cut_power(at as u64);
            let found = keeper(&disk).recover().0.concat();
            assert!(entries.iter().all(|entry| found.contains(entry)), "killed at {at}: {found:?}");
            assert!(typed.is_err() || found.contains(&edit("c.md", "3")), "killed at {at}");
            if done {
                break;
            }
        }
    }

    #[test]
    fn edits_of_one_article_from_two_sittings_are_both_kept() {
        let disk = SimFs::new(&[Root::State]);
        left_behind(&disk, vec![edit("a.md", "first"), edit("b.md", "b")]);
        let mut other = keeper(&disk);
        other.append(vec![edit("a.md", "second")]).unwrap();
        other.flush().unwrap();
        disk.restart();
        let mut next = keeper(&disk);
        let (found, trouble) = next.recover();
        let found = found.concat();
        assert!(found == [edit("a.md", "first"), edit("b.md", "b")] || found[0] == edit("a.md", "second"), "{found:?}");
        assert!(trouble.unwrap().contains("two sittings"));
        let first = found[0].clone();
        // Until the first is saved, the second waits.
        assert_eq!(next.recover().0.len(), 0);
        next.append(vec![JournalEntry { ours: None, ..first.clone() }]).unwrap();
        let found = next.recover().0.concat();
        assert_eq!(found.len(), 1);
        assert!(found[0].path == first.path && found[0] != first, "{found:?}");
    }

    #[test]
    fn what_could_not_be_journalled_is_when_the_disk_is_back() {
        let disk = SimFs::new(&[Root::State]);
        disk.fail(0, Fault::Error(28), true);
        let mut keeper = keeper(&disk);
        assert!(keeper.append(vec![edit("a.md", "1")]).is_err());
        assert!(keeper.flush_at.is_some(), "it is tried again");
        disk.reset();
        keeper.append(vec![edit("b.md", "2")]).unwrap();
        keeper.flush().unwrap();
        drop(keeper);
        disk.cut_power(7);
        assert_eq!(super::tests::keeper(&disk).recover().0.concat(), [edit("a.md", "1"), edit("b.md", "2")]);
    }

    /// The thread ended, what came later was journalled nowhere, and nobody was told.
    #[test]
    fn where_we_fail_in_ourselves_it_is_told_and_what_is_pending_is_journalled_all_the_same() {
        use crossbeam_channel::unbounded;
        let mut is_over = false;
        for call in 0.. {
            let disk = SimFs::new(&[Root::State]);
            disk.visit(call, |_| panic!("on purpose"));
            let (sender, lines) = unbounded();
            let mut answers = Vec::new();
            for names in [["a.md", "b.md"], ["c.md", "d.md"], ["e.md", "f.md"]] {
                sender.send(Line::Append(names.map(|name| edit(name, "ours")).to_vec())).unwrap();
                let (reply, answer) = bounded(1);
                sender.send(Line::Sync(reply)).unwrap();
                answers.push(answer);
            }
            drop(sender);
            let told = std::cell::RefCell::new(Vec::new());
            keeper(&disk).serve(&lines, &|trouble| told.borrow_mut().push(trouble));
            let (told, failed) = (told.into_inner(), disk.calls() > call);
            disk.reset();
            assert!(answers[2].recv().is_ok() || !told.is_empty(), "at call {call}");
            disk.cut_power(call as u64);
            let found = keeper(&disk).recover().0.concat();
            assert_eq!(
                found,
                ["a.md", "b.md", "c.md", "d.md", "e.md", "f.md"].map(|name| edit(name, "ours")),
                "at call {call}: {told:?}"
            );
            if !failed {
                assert_eq!(told, Vec::<String>::new());
                is_over = true;
                break;
            }
        }
        assert!(is_over);
    }

    #[test]
    fn a_call_that_fails_while_a_journal_begins_leaves_out_nothing_that_is_pending() {
        let three = || vec![edit("a.md", "1"), edit("b.md", "2"), edit("c.md", "3")];
        // Edits of this sitting, or of a dead one that are taken over: the journal of that one goes when all of it is here.
        for is_taken_over in [false, true] {
            for at in 0.. {
                let disk = SimFs::new(&[Root::State]);
                if is_taken_over {
                    left_behind(&disk, three());
                    disk.restart();
                }
                disk.reset();
                disk.fail(at, Fault::Error(28), false);
                let mut own = keeper(&disk);
                let failed = if is_taken_over { own.recover().1.is_some() } else { own.append(three()).is_err() };
                let done = disk.calls() <= at;
                if is_taken_over && failed {
                    // What could not be listed or read is found by the next look.
                    own.recover();
                }
                own.flush().or_else(|_| own.flush()).unwrap();
                drop(own);
                disk.cut_power(at as u64);
                assert_eq!(keeper(&disk).recover().0.concat(), three(), "call {at} failed, {is_taken_over}");
                if done {
                    break;
                }
            }
        }
    }

    /// With each letter that was typed all that was pending was taken in hand, which for very many edits takes longer than a second.
    #[test]
    fn a_journal_stays_bounded_and_is_not_gone_through_with_each_line() {
        let disk = SimFs::new(&[Root::State]);
        let mut keeper = keeper(&disk);
        let length = |keeper: &Keeper| keeper.writer.as_ref().map_or(0, JournalWriter::length);
        let long = "x".repeat(1 << 20);
        let note = StepNote { number: 1, order: 1, deed: Deed::Do, label: String::new() };
        let typed = |entry: JournalEntry| JournalEntry { step: Some(note.clone()), base: None, ..entry };
        let all = |ours: &str| (0..17).map(|n| typed(edit(&format!("{n}.md"), ours))).collect::<Vec<_>>();
        keeper.append(all(&long)).unwrap();
        assert!(keeper.may_be_history(), "nobody has looked yet");
        keeper.flush().unwrap();
        assert!(length(&keeper) > COMPACT_FROM && !keeper.may_be_history(), "all of it is pending");
        keeper.append(vec![typed(edit("0.md", "a letter"))]).unwrap();
        assert!(!keeper.may_be_history());
        // Changed again and again it stays within twice of what is pending, and what a small one may have.
        for n in 0..3 {
            keeper.append(all(&format!("{long}{n}"))).unwrap();
            keeper.flush().unwrap();
            let most = 2 * 17 * (long.len() as u64 + 1000) + COMPACT_FROM;
            assert!(length(&keeper) <= most, "{} after {n}", length(&keeper));
        }
        // Saved, nothing of it is left.
        keeper.append(all("").into_iter().map(|entry| JournalEntry { ours: None, ..entry }).collect()).unwrap();
        keeper.flush().unwrap();
        assert!(length(&keeper) < 1000, "{}", length(&keeper));
    }

    #[test]
    fn what_fails_in_itself_again_and_again_waits_before_the_next_try() {
        let mut own = keeper(&SimFs::new(&[Root::State]));
        for wait in [Duration::ZERO, RETRY] {
            own.append(vec![edit("a.md", "1")]).unwrap();
            let due = Instant::now() + wait;
            own.doubt();
            assert!(own.flush_at >= Some(due));
        }
    }

    #[test]
    fn only_what_the_journal_says_is_on_disk_is() {
        for said in [Some(true), Some(false), None] {
            let (lines, told) = bounded(1);
            let thread = std::thread::spawn(move || match (told.recv(), said) {
                (Ok(Line::Sync(reply)), Some(said)) => reply.send(said).unwrap(),
                (told, _) => drop(told),
            });
            assert_eq!(is_synced(&lines), said == Some(true), "{said:?}");
            thread.join().unwrap();
        }
    }

    /// The promise of one second, by a clock that the test drives: lines come in bursts and without end, each takes its time to be
    /// written, and at every moment the power may go.
    #[test]
    fn whatever_is_older_than_a_second_survives_a_power_cut() {
        const PROMISED: Duration = Duration::from_secs(1);
        let start = Instant::now();
        for seed in 0..200 {
            let mut dice = Dice(seed);
            let disk = SimFs::new(&[Root::State]);
            let mut keeper = keeper(&disk);
            let clock = Cell::new(start);
            let pass = |most: usize, dice: &mut Dice| {
                clock.set(clock.get() + Duration::from_millis(dice.roll(most + 1) as u64));
            };
            let is_full = dice.roll(2) == 0;
            let mut made: Vec<(Instant, JournalEntry)> = Vec::new();
            for number in 0..40 {
                let entry = edit(&format!("{}.md", dice.roll(5)), &number.to_string());
                let turned = keeper.turn(
                    || clock.get(),
                    |wait| {
                        if !is_full && dice.roll(2) == 0 {
                            clock.set(clock.get() + wait.min(PROMISED * 5));
                            return Err(RecvTimeoutError::Timeout);
                        }
                        pass(100, &mut dice);
                        made.push((clock.get(), entry.clone()));
                        Ok(Line::Append(vec![entry]))
                    },
                );
                assert!(matches!(turned, Some(Ok(()))));
                // To write it took a while.
                pass(100, &mut dice);
                if dice.roll(10) == 0 {
                    break;
                }
            }
            disk.cut_power(seed);
            let found = super::tests::keeper(&disk).recover().0.concat();
            let old = made.iter().filter(|(at, _)| clock.get() - *at >= PROMISED);
            for (at, entry) in old {
                assert!(found.contains(entry), "seed {seed}: {entry:?} is {:?} old", clock.get() - *at);
            }
        }
    }

    #[test]
    fn what_a_window_that_is_closing_leaves_unsaved_is_there_in_the_next_one() {
        let disk = SimFs::new(&[Root::State]);
        let mut closing = keeper(&disk);
        closing.append(vec![edit("a.md", "ours")]).unwrap();
        // Another one looks while the last entries are synced: it is told to wait, and does in vain here.
        let looked = Arc::new(std::sync::Mutex::new(None));
        let told = Arc::clone(&looked);
        disk.reset();
        disk.visit(1, move |disk| *told.lock().unwrap() = Some(keeper(disk).recover()));
        closing.end().unwrap();
        let (entries, trouble) = looked.lock().unwrap().take().unwrap();
        assert!(entries.is_empty() && trouble.as_ref().is_some_and(|it| it.contains("still closing")), "{trouble:?}");
        let (entries, trouble) = keeper(&disk).recover();
        assert_eq!((entries.concat(), trouble), (vec![edit("a.md", "ours")], None));
    }

    #[test]
    fn a_new_article_is_told_from_one_without_a_word_on_its_base() {
        let path = SitePath::new("a.md").unwrap();
        for base in [None, Some(None), Some(Some("x".to_owned()))] {
            let entry = JournalEntry::new(path.clone(), base, Some("y".to_owned()));
            assert_eq!(serde_json::from_slice::<JournalEntry>(&payload(&entry)).unwrap(), entry);
        }
    }
}

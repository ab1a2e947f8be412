//! The journal: cut and hit at every byte, failing at every call, two processes, power cuts.

use std::sync::Arc;

use copydesk::desk::JournalEntry;
use copydesk::desk::effect::{Deed, StepNote};
use copydesk::file::SitePath;
use copydesk::jobs::journal::Keeper;
use copydesk::storage::journal::{Journal, JournalWriter, Orphan, Record, read_journal};
use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::{Dice, Fault, SimFs};
use copydesk::storage::vfs::{Root, Spot, Vfs as _};
use copydesk::storage::{StateFolder, StorageError};

const ERRORS: [i32; 6] = [28, 5, 13, 30, 122, 4];

fn key() -> SiteKey {
    SiteKey::of_root(std::path::Path::new("/site"))
}

fn journal(disk: &SimFs) -> Journal {
    Journal::through(Arc::new(disk.clone()), &key())
}

fn record(number: usize) -> Record {
    Record { version: 1, payload: format!("edit {number} ").repeat(number + 1).into_bytes() }
}

fn append(writer: &mut JournalWriter, record: &Record) -> Result<(), StorageError> {
    writer.append(record.version, &record.payload)
}

fn records_of(disk: &SimFs) -> Vec<Record> {
    journal(disk).orphans().unwrap().found.into_iter().flat_map(|orphan| orphan.records).collect()
}

/// The bytes of a journal with these records, as they are on disk.
fn bytes_of(records: &[Record]) -> Vec<u8> {
    let disk = SimFs::new(&[Root::State]);
    let mut writer = journal(&disk).begin().unwrap();
    for record in records {
        append(&mut writer, record).unwrap();
    }
    let file = disk.files().into_iter().find(|spot| spot.path.ends_with(".journal")).unwrap();
    disk.bytes(&file).unwrap()
}

#[test]
fn cut_anywhere_it_gives_the_records_before_the_cut() {
    let records: Vec<_> = (0..6).map(record).collect();
    let whole = bytes_of(&records);
    let ends: Vec<_> = (0..=records.len()).map(|count| bytes_of(&records[..count]).len()).collect();
    for cut in 0..=whole.len() {
        let (found, report) = read_journal(&whole[..cut]).unwrap();
        let expected = ends.iter().filter(|end| **end <= cut).count().saturating_sub(1);
        assert_eq!(found, records[..expected], "cut at {cut}");
        assert!(!report.is_damaged(), "cut at {cut}: {report:?}");
        let whole_until = ends.iter().filter(|end| **end <= cut).max().unwrap_or(&0);
        assert_eq!(report.torn, cut - whole_until, "cut at {cut}: {report:?}");
    }
}

#[test]
fn hit_anywhere_it_gives_all_other_records_and_says_so() {
    let records: Vec<_> = (0..6).map(record).collect();
    let whole = bytes_of(&records);
    let ends: Vec<_> = (0..=records.len()).map(|count| bytes_of(&records[..count]).len()).collect();
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut hit = whole.clone();
            hit[at] ^= 1 << bit;
            let Some((found, report)) = read_journal(&hit) else {
                assert!(at < ends[0], "only a newer header is refused, and the hit was at {at}");
                continue;
            };
            let lost = ends.iter().position(|end| at < *end).unwrap();
            let expected: Vec<_> = records
                .iter()
                .enumerate()
                .filter(|(number, _)| number + 1 != lost)
                .map(|(_, record)| record.clone())
                .collect();
            assert_eq!(found, expected, "hit at {at}, bit {bit}");
            assert!(report.is_damaged() || report.torn > 0, "hit at {at}, bit {bit}: {report:?}");
        }
    }
}

#[test]
fn what_is_shorter_than_a_first_line_is_not_reported_beyond_its_end() {
    let whole = bytes_of(&[Record { version: 1, payload: Vec::new() }]);
    let header = bytes_of(&[]).len();
    let bytes = &whole[header..];
    assert!(bytes.len() < header);
    let (records, report) = read_journal(bytes).unwrap();
    assert_eq!((records.len(), report.damaged.len(), &report.damaged[0]), (1, 1, &(0..bytes.len())));
}

#[test]
fn a_newer_journal_stays_as_it_is() {
    let disk = SimFs::new(&[Root::State]);
    drop(journal(&disk).begin().unwrap());
    let file = disk.files().into_iter().find(|spot| spot.path.ends_with(".journal")).unwrap();
    disk.put(&file, b"copydesk journal 2\nwhat we do not know");
    disk.restart();
    let orphans = journal(&disk).orphans().unwrap();
    assert!(orphans.found.is_empty());
    assert!(matches!(orphans.refused[..], [StorageError::Newer { version: 2, .. }]));
    assert_eq!(disk.bytes(&file).unwrap(), b"copydesk journal 2\nwhat we do not know");
}

#[test]
fn a_living_journal_is_not_touched_and_a_dead_one_is_taken_over() {
    let disk = SimFs::new(&[Root::State]);
    let mut dead = journal(&disk).begin().unwrap();
    append(&mut dead, &record(1)).unwrap();
    assert!(journal(&disk).orphans().unwrap().found.is_empty(), "its process lives");
    disk.restart();
    let mut living = journal(&disk).begin().unwrap();
    let first = journal(&disk).orphans().unwrap().found;
    assert_eq!(first.len(), 1);
    assert!(journal(&disk).orphans().unwrap().found.is_empty(), "another window takes it over already");
    drop(first);
    let orphan = journal(&disk).orphans().unwrap().found.pop().unwrap();
    assert_eq!(orphan.records, [record(1)]);
    append(&mut living, &orphan.records[0]).unwrap();
    living.flush().unwrap();
    journal(&disk).discard(&orphan).unwrap();
    assert!(journal(&disk).orphans().unwrap().found.is_empty());
    living.finish().unwrap();
    assert_eq!(disk.files(), []);
}

#[test]
fn a_journal_whose_process_is_ending_is_waited_for() {
    let ended_after = |calls: usize| {
        let disk = SimFs::new(&[Root::State]);
        let mut writer = journal(&disk).begin().unwrap();
        append(&mut writer, &record(1)).unwrap();
        writer.flush().unwrap();
        writer.announce_end().unwrap();
        disk.reset();
        disk.visit(calls, move |_| drop(writer));
        let orphans = journal(&disk).orphans().unwrap();
        (disk, orphans)
    };
    // Each try asks twice: for the lock, and whether the process said that it is ending.
    for calls in [1, 2, 7, 100, 400] {
        let (disk, orphans) = ended_after(calls);
        assert_eq!(orphans.refused, [], "{calls} calls");
        assert_eq!(orphans.found.len(), 1, "{calls} calls");
        assert_eq!(orphans.found[0].records, [record(1)]);
        let is_said = || disk.files().iter().any(|spot| spot.path.ends_with(".ending"));
        assert!(!is_said(), "nobody waits for what is taken over already");
        journal(&disk).discard(&orphans.found[0]).unwrap();
        assert_eq!(disk.files(), []);
    }
    let (disk, orphans) = ended_after(100_000);
    assert!(orphans.found.is_empty());
    assert!(matches!(orphans.refused[..], [StorageError::StillEnding { .. }]), "{:?}", orphans.refused);
    assert_eq!(disk.files().iter().filter(|spot| spot.path.ends_with(".journal")).count(), 1, "it stays");
}

#[test]
fn a_living_journal_is_not_waited_for_and_one_that_ends_with_nothing_pending_leaves_nothing() {
    let disk = SimFs::new(&[Root::State]);
    let living = journal(&disk).begin().unwrap();
    let before = disk.now();
    assert!(journal(&disk).orphans().unwrap().found.is_empty());
    let waited = disk.now().duration_since(before).unwrap();
    assert!(waited < std::time::Duration::from_millis(1), "{waited:?}");
    living.announce_end().unwrap();
    disk.reset();
    disk.visit(5, move |_| living.finish().unwrap());
    let orphans = journal(&disk).orphans().unwrap();
    assert!(orphans.found.is_empty());
    assert_eq!(orphans.refused, []);
    assert_eq!(disk.files(), []);
}

#[test]
fn a_journal_that_cannot_be_read_is_told_and_stays_for_the_next_look() {
    let disk = SimFs::new(&[Root::State]);
    let mut dead = journal(&disk).begin().unwrap();
    append(&mut dead, &record(1)).unwrap();
    let opened = format!("open {}", disk.files().into_iter().find(|spot| spot.path.ends_with(".journal")).unwrap());
    disk.restart();
    assert_eq!(records_of(&disk), [record(1)]);
    let at = disk.trace().iter().position(|call| *call == opened).unwrap();
    disk.restart();
    disk.fail(at, Fault::Error(5), false);
    let orphans = journal(&disk).orphans().unwrap();
    assert!(orphans.found.is_empty());
    assert!(matches!(orphans.refused[..], [StorageError::Io { .. }]), "{:?}", orphans.refused);
    assert_eq!(records_of(&disk), [record(1)]);
}

#[test]
fn journals_that_cannot_be_listed_are_told() {
    let disk = SimFs::new(&[Root::State]);
    assert!(journal(&disk).orphans().unwrap().found.is_empty(), "there is no folder yet");
    append(&mut journal(&disk).begin().unwrap(), &record(1)).unwrap();
    disk.restart();
    disk.fail(0, Fault::Error(5), false);
    assert!(matches!(journal(&disk).orphans(), Err(StorageError::Io { .. })));
    assert_eq!(records_of(&disk), [record(1)]);
}

#[test]
fn a_journal_that_cannot_be_removed_is_told_and_removed_by_a_later_try() {
    let steps = {
        let (disk, orphan) = orphan();
        journal(&disk).discard(&orphan).unwrap();
        disk.calls()
    };
    for failing in 0..steps {
        let (disk, orphan) = orphan();
        disk.fail(failing, Fault::Error(5), false);
        assert!(matches!(journal(&disk).discard(&orphan), Err(StorageError::Io { .. })), "call {failing}");
        // What the first try did is no reason to fail.
        journal(&disk).discard(&orphan).unwrap();
        assert_eq!(disk.files(), [], "call {failing}");
    }
}

/// A journal whose process is gone.
fn orphan() -> (SimFs, Orphan) {
    let disk = SimFs::new(&[Root::State]);
    append(&mut journal(&disk).begin().unwrap(), &record(1)).unwrap();
    disk.restart();
    let orphan = journal(&disk).orphans().unwrap().found.pop().unwrap();
    disk.reset();
    (disk, orphan)
}

#[test]
fn it_says_how_long_it_is_and_what_waits_for_the_disk() {
    let disk = SimFs::new(&[Root::State]);
    let mut writer = journal(&disk).begin().unwrap();
    assert!(!writer.is_dirty());
    append(&mut writer, &record(1)).unwrap();
    assert_eq!(writer.length(), bytes_of(&[record(1)]).len() as u64);
    assert!(writer.is_dirty());
    writer.flush().unwrap();
    assert!(!writer.is_dirty());
    writer.rewrite(&[record(1), record(2)]).unwrap();
    assert_eq!(writer.length(), bytes_of(&[record(1), record(2)]).len() as u64);
}

#[test]
fn a_damaged_journal_is_set_aside() {
    let disk = SimFs::new(&[Root::State]);
    drop(journal(&disk).begin().unwrap());
    let file = disk.files().into_iter().find(|spot| spot.path.ends_with(".journal")).unwrap();
    let mut bytes = bytes_of(&[record(0), record(1), record(2)]);
    bytes[35] ^= 1;
    disk.put(&file, &bytes);
    let orphan = journal(&disk).orphans().unwrap().found.pop().unwrap();
    assert_eq!(orphan.records, [record(1), record(2)]);
    journal(&disk).discard(&orphan).unwrap();
    let aside = Spot::new(Root::State, format!("{}.damaged", file.path));
    assert_eq!(disk.files(), std::slice::from_ref(&aside));
    assert_eq!(disk.bytes(&aside).unwrap(), bytes);
}

/// What a run of the journal did: what was appended, and what of it was flushed and must be there.
struct Run {
    appended: Vec<Record>,
    flushed: Vec<Record>,
    rewritten: bool,
}

/// Appends, flushes and rewrites by chance, whatever fails. An error leaves the record pending in the writer.
fn run(disk: &SimFs, seed: u64) -> Run {
    let mut dice = Dice(seed);
    let mut run = Run { appended: Vec::new(), flushed: Vec::new(), rewritten: false };
    let Ok(mut writer) = journal(disk).begin() else { return run };
    for number in 0..12 {
        match dice.roll(6) {
            0..3 => {
                let done = append(&mut writer, &record(number));
                run.appended.push(record(number));
                drop(done);
            }
            5 if number > 6 => {
                let from = dice.roll(run.appended.len() + 1);
                let kept = run.appended.split_off(from);
                run.appended = kept;
                run.rewritten = true;
                run.flushed.retain(|record| run.appended.contains(record));
                if writer.rewrite(&run.appended).is_err() {
                    break;
                }
                run.flushed.clone_from(&run.appended);
            }
            _ => {
                if writer.flush().is_ok() {
                    run.flushed.clone_from(&run.appended);
                }
            }
        }
    }
    run
}

#[test]
fn whatever_fails_what_was_flushed_is_there() {
    let column = crate::common::Column::rounds(200, 2000, 100_000);
    for seed in column.seeds() {
        let calls = {
            let disk = SimFs::new(&[Root::State]);
            run(&disk, seed);
            disk.calls()
        };
        for at in 0..calls {
            let mut dice = Dice(seed * 1000 + at as u64);
            let fault = match dice.roll(4) {
                0 => Fault::Kill,
                1 => Fault::Short,
                _ => Fault::Error(ERRORS[dice.roll(ERRORS.len())]),
            };
            let disk = SimFs::new(&[Root::State]);
            disk.fail(at, fault, dice.roll(3) == 0);
            let run = run(&disk, seed);
            let power = dice.roll(2) == 0;
            if power {
                disk.cut_power(seed + at as u64);
            } else {
                disk.restart();
            }
            let found = records_of(&disk);
            let label = format!("seed {seed}, call {at}, {fault:?}, power cut {power}");
            let flushed = &run.flushed;
            if run.rewritten {
                // Before or after the rewrite: all that was flushed is among what is there.
                assert!(flushed.iter().all(|record| found.contains(record)), "{label}: {found:?}");
            } else {
                assert!(found.starts_with(flushed), "{label}: {} of {}", found.len(), flushed.len());
                assert!(run.appended.starts_with(&found), "{label}: nothing else, nothing twice: {found:?}");
            }
        }
    }
}

#[test]
fn what_was_appended_survives_a_kill_without_a_flush() {
    let disk = SimFs::new(&[Root::State]);
    let mut writer = journal(&disk).begin().unwrap();
    append(&mut writer, &record(3)).unwrap();
    disk.restart();
    assert_eq!(records_of(&disk), [record(3)]);
}

#[test]
fn a_record_that_did_not_fit_is_written_by_the_next_flush() {
    let disk = SimFs::new(&[Root::State]);
    let mut writer = journal(&disk).begin().unwrap();
    disk.reset();
    disk.fail(0, Fault::Error(28), false);
    assert!(append(&mut writer, &record(1)).is_err());
    assert!(writer.is_dirty());
    writer.flush().unwrap();
    assert!(!writer.is_dirty());
    disk.cut_power(7);
    assert_eq!(records_of(&disk), [record(1)]);
}

#[test]
fn a_failed_sync_is_never_repeated_on_the_same_file() {
    let disk = SimFs::new(&[Root::State]);
    let mut writer = journal(&disk).begin().unwrap();
    append(&mut writer, &record(1)).unwrap();
    disk.reset();
    disk.fail(0, Fault::Error(5), false);
    assert!(writer.flush().is_err());
    let before = disk.trace().len();
    writer.flush().unwrap();
    let synced: Vec<_> = disk.trace().into_iter().skip(before).filter(|call| call.starts_with("sync ")).collect();
    assert!(synced[0].contains(".new"), "{synced:?}");
    disk.cut_power(1);
    assert_eq!(records_of(&disk), [record(1)]);
}

#[test]
fn on_the_real_disk_two_processes_keep_to_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::at(folder.path()).unwrap();
    let real = || Journal::through(Arc::new(state.disk()), &key());
    let mut one = real().begin().unwrap();
    let mut other = real().begin().unwrap();
    append(&mut one, &record(1)).unwrap();
    append(&mut other, &record(2)).unwrap();
    one.flush().unwrap();
    assert!(real().orphans().unwrap().found.is_empty());
    drop(one);
    let found = real().orphans().unwrap().found;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].records, [record(1)]);
    assert!(state.disk().has(Root::State));
}

/// One of many edits of an article of so many megabytes.
fn step(path: &str, number: u64, megabytes: usize) -> JournalEntry {
    let ours = format!("{}{number}", "x".repeat(megabytes << 20));
    let step = StepNote { number, order: number, deed: Deed::Do, label: String::new() };
    let path = SitePath::new(path).unwrap();
    JournalEntry { step: Some(step), ..JournalEntry::new(path, Some(Some("base".to_owned())), Some(ours)) }
}

/// How many megabytes the only journal has.
fn megabytes(disk: &SimFs) -> usize {
    let file = disk.files().into_iter().find(|spot| spot.path.ends_with(".journal")).unwrap();
    disk.bytes(&file).unwrap().len() >> 20
}

#[test]
fn it_is_written_anew_when_most_of_it_is_history_and_the_steps_that_are_pending_stay() {
    let disk = SimFs::new(&[Root::State]);
    let mut keeper = Keeper::new(journal(&disk));
    // Typing is one step: of these lines the last is pending.
    let typed = |keeper: &mut Keeper, times: usize| {
        let line =
            |at: usize| JournalEntry { base: (at == 0).then(|| Some("base".to_owned())), ..step("typed.md", 1_000, 1) };
        let first = usize::from(!disk.files().is_empty());
        keeper.append((first..first + times).map(line).collect()).unwrap();
        keeper.flush().unwrap();
    };
    // What is pending when it begins is written as it is then.
    typed(&mut keeper, 1);
    typed(&mut keeper, 3);
    assert_eq!(megabytes(&disk), 4, "while it is small nothing is written twice");
    keeper.append((0..12).map(|number| step("steps.md", number, 1)).collect()).unwrap();
    typed(&mut keeper, 20);
    assert_eq!(megabytes(&disk), 36, "less than twice of what is pending, and what may always be");
    typed(&mut keeper, 8);
    assert_eq!(megabytes(&disk), 13, "what is pending");
    drop(keeper);
    disk.restart();
    let found = Keeper::new(journal(&disk)).recover().0;
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [12, 1]);
}

#[test]
fn of_more_steps_than_are_kept_what_they_made_is() {
    let disk = SimFs::new(&[Root::State]);
    let mut keeper = Keeper::new(journal(&disk));
    keeper.append((0..14).map(|number| step("a.md", number, 5)).collect()).unwrap();
    keeper.flush().unwrap();
    assert_eq!(megabytes(&disk), 5);
    drop(keeper);
    disk.restart();
    let found = Keeper::new(journal(&disk)).recover().0.concat();
    assert_eq!(found.len(), 1);
    assert!(found[0].ours.as_ref().is_some_and(|ours| ours.ends_with("x13")) && found[0].base.is_some());
}

/// Sittings that journalled this, one beside the other, and were killed.
fn left_behind(sittings: &[Vec<JournalEntry>]) -> SimFs {
    let disk = SimFs::new(&[Root::State]);
    let keepers: Vec<Keeper> = sittings
        .iter()
        .map(|entries| {
            let mut keeper = Keeper::new(journal(&disk));
            keeper.append(entries.clone()).unwrap();
            keeper.flush().unwrap();
            disk.wait(std::time::Duration::from_secs(1));
            keeper
        })
        .collect();
    drop(keepers);
    disk.restart();
    disk
}

#[test]
fn entries_of_a_newer_version_are_told_and_stay_where_they_are() {
    let disk = SimFs::new(&[Root::State]);
    let mut newer = journal(&disk).begin().unwrap();
    newer.append(1, &serde_json::to_vec(&step("a.md", 1, 0)).unwrap()).unwrap();
    newer.append(2, &serde_json::to_vec(&step("b.md", 2, 0)).unwrap()).unwrap();
    disk.restart();
    for sitting in 0..2 {
        let (found, trouble) = Keeper::new(journal(&disk)).recover();
        assert_eq!(found.concat().iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>(), ["a.md"]);
        assert!(trouble.is_some_and(|trouble| trouble.contains("newer version")), "sitting {sitting}");
        disk.restart();
    }
}

#[test]
fn steps_of_several_sittings_are_told_apart() {
    let disk = left_behind(&[vec![step("a.md", 7, 0)], vec![step("b.md", 7, 0)], vec![step("c.md", 8, 0)]]);
    let found = Keeper::new(journal(&disk)).recover().0.concat();
    let numbers: Vec<_> = found.iter().map(|entry| entry.step.as_ref().map(|step| (step.number, step.order))).collect();
    let set_apart = |sitting: u64, number: u64| Some(((sitting << 40) + number, (sitting << 40) + number));
    assert_eq!(numbers, [set_apart(0, 7), set_apart(1, 7), set_apart(2, 8)]);
}

/// A sitting that was killed while it took over what another one had left leaves the same once more, and perhaps goes on with it.
#[test]
fn what_was_left_twice_is_there_once_with_all_that_came_of_it() {
    let (one, two, other) = (step("a.md", 1, 0), step("a.md", 2, 0), step("a.md", 3, 0));
    let texts = |entries: &[JournalEntry]| entries.iter().map(|entry| entry.ours.clone()).collect::<Vec<_>>();
    let both = [vec![one.clone(), two.clone()], vec![one.clone()], vec![one.clone(), two.clone()]];
    let disk = left_behind(&both);
    let (found, trouble) = Keeper::new(journal(&disk)).recover();
    assert_eq!((texts(&found.concat()), trouble), (texts(&both[0]), None));
    let disk = left_behind(&[vec![one.clone()], both[0].clone()]);
    let (found, trouble) = Keeper::new(journal(&disk)).recover();
    assert_eq!((texts(&found.concat()), trouble), (texts(&both[0]), None));
    // Two that went another way each are not the same.
    let disk = left_behind(&[vec![one.clone(), other], both[0].clone()]);
    let (found, trouble) = Keeper::new(journal(&disk)).recover();
    assert_eq!(found.concat().len(), 2);
    assert!(trouble.is_some_and(|trouble| trouble.contains("two sittings")));
}

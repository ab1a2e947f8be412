//! What a save displaces, and what it meets in the moment of the exchange: looked at once more, told, accepted, taken back.

use std::sync::Arc;
use std::time::Duration;

use copydesk::file::{SitePath, Stamp};
use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::{Fault, SimFs};
use copydesk::storage::vfs::{Root, Spot, Vfs as _};
use copydesk::storage::{Ledger, SaveOutcome, Saver, StorageError};

use crate::saving::plan;

const OLD: &str = "old text of the article";
const NEW: &str = "new text of the article, longer";
const THEIRS: &str = "their text";
const MORE: &str = "their text, and more of it";

/// Longer than a displaced file is kept.
const A_WHILE: Duration = Duration::from_secs(6);

fn article() -> Spot {
    Spot::new(Root::Site, "_news/a.md")
}

fn path() -> SitePath {
    SitePath::new("_news/a.md").unwrap()
}

fn key() -> SiteKey {
    SiteKey::of_root(std::path::Path::new("/site"))
}

/// A site in a git folder; or without one; or on a disk that cannot exchange files.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Disk {
    Git,
    Plain,
    NoSwap,
}

fn disk(kind: Disk, old: Option<&str>) -> SimFs {
    let disk = match kind {
        Disk::Git => SimFs::new(&[Root::Site, Root::Git, Root::GitCommon, Root::State]),
        Disk::Plain => SimFs::new(&[Root::Site, Root::State]),
        Disk::NoSwap => SimFs::new(&[Root::Site, Root::State]).without_swap(),
    };
    disk.put(&Spot::new(Root::Site, "_news/b.md"), b"");
    disk.put(&Spot::new(Root::State, "x"), b"");
    if let Some(old) = old {
        disk.put(&article(), old.as_bytes());
    }
    disk.reset();
    disk
}

fn saver(disk: &SimFs) -> Saver {
    Saver::through(Arc::new(disk.clone()), Some(&key()))
}

fn save(disk: &SimFs, old: Option<&str>) -> (SaveOutcome, Saver) {
    let saver = saver(disk);
    (saver.save(&plan("_news/a.md", old, NEW), &|| false), saver)
}

fn text(disk: &SimFs) -> Option<String> {
    disk.bytes(&article()).map(|bytes| String::from_utf8(bytes).unwrap())
}

/// The calls of a save without trouble, by name.
fn calls(kind: Disk, old: Option<&str>) -> Vec<String> {
    let disk = disk(kind, old);
    let (outcome, _saver) = save(&disk, old);
    assert!(matches!(outcome, SaveOutcome::Written(_)), "{outcome:?}");
    disk.trace()
}

/// The last call of this name in a save without trouble that is about the article, or its folder.
fn last(kind: Disk, old: Option<&str>, name: &str) -> usize {
    let (of_article, of_folder) = (format!("{name} {}", article()), format!("{name} {}", article().folder()));
    calls(kind, old).iter().rposition(|call| [&of_article, &of_folder].contains(&call)).unwrap()
}

/// What of the site's own is left beside articles and state.
fn leftovers(disk: &SimFs) -> Vec<Spot> {
    let is_ours =
        |spot: &Spot| spot.root != Root::State && !spot.path.starts_with("_news/") && spot.path != "info/exclude";
    disk.files().into_iter().filter(is_ours).collect()
}

/// The saved versions of the article, newest first: before and after.
fn versions(disk: &SimFs) -> Vec<(Option<String>, String)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let saved = Ledger::through(Arc::new(disk.clone()), &key()).versions(&path()).unwrap();
    saved.iter().map(|saved| (saved.before.as_deref().map(text), text(&saved.after))).collect()
}

fn texts(displaced: &[copydesk::storage::Displaced]) -> Vec<String> {
    displaced.iter().map(|found| String::from_utf8(found.bytes.to_vec()).unwrap()).collect()
}

/// A process saved while another program held the file open, and was killed; then the other program wrote.
fn killed_with_theirs_displaced() -> SimFs {
    let disk = disk(Disk::Git, Some(OLD));
    let held = disk.hold(&article()).unwrap();
    let (outcome, saver) = save(&disk, Some(OLD));
    assert!(matches!(outcome, SaveOutcome::Written(_)), "{outcome:?}");
    std::mem::forget(saver);
    disk.restart();
    held.write(THEIRS.as_bytes());
    disk
}

#[test]
fn what_a_dead_process_left_is_looked_at_by_one_process_at_a_time_and_stays_until_it_is_accepted() {
    let disk = killed_with_theirs_displaced();
    let (one, other) = (saver(&disk), saver(&disk));
    assert_eq!(texts(&one.recover(&|| vec![path()])), [THEIRS]);
    assert_eq!(texts(&other.recover(&|| vec![path()])), [""; 0], "the first one has it");
    drop((one, other));
    disk.restart();
    let next = saver(&disk);
    let displaced = next.recover(&|| vec![path()]);
    assert_eq!(texts(&displaced), [THEIRS], "nobody accepted it");
    next.accept(&displaced[0]);
    drop(next);
    disk.restart();
    let last = saver(&disk);
    assert_eq!(texts(&last.recover(&|| vec![path()])), [""; 0]);
    last.close();
    assert_eq!(leftovers(&disk), []);
}

#[test]
fn what_a_dead_process_left_and_cannot_be_read_now_stays_in_one_hand_until_the_next_start() {
    let disk = killed_with_theirs_displaced();
    let rehearsal = killed_with_theirs_displaced();
    rehearsal.reset();
    assert_eq!(texts(&saver(&rehearsal).recover(&|| vec![path()])), [THEIRS]);
    let read = rehearsal.trace().iter().position(|call| call.starts_with("open") && call.ends_with(".ready")).unwrap();
    disk.reset();
    disk.fail(read, Fault::Error(5), false);
    let (one, other) = (saver(&disk), saver(&disk));
    assert_eq!(texts(&one.recover(&|| vec![path()])), [""; 0], "it cannot be read");
    assert_eq!(texts(&other.recover(&|| vec![path()])), [""; 0], "the first one has it");
    drop((one, other));
    disk.restart();
    assert_eq!(texts(&saver(&disk).recover(&|| vec![path()])), [THEIRS]);
}

#[test]
fn a_save_that_was_killed_before_it_was_noted_can_be_taken_back_and_is_noted_once() {
    let swap = last(Disk::Git, Some(OLD), "swap");
    for at in 0..=calls(Disk::Git, Some(OLD)).len() {
        let disk = disk(Disk::Git, Some(OLD));
        disk.fail(at, Fault::Kill, true);
        drop(save(&disk, Some(OLD)));
        disk.restart();
        for _ in 0..2 {
            let next = saver(&disk);
            assert_eq!(texts(&next.recover(&|| vec![path()])), [""; 0]);
            next.close();
        }
        let expected: &[_] = if at > swap { &[(Some(OLD.to_owned()), NEW.to_owned())] } else { &[] };
        assert_eq!(versions(&disk), expected, "killed at call {at}");
    }
}

#[test]
fn a_killed_save_is_noted_though_earlier_ones_replaced_the_same_text_or_wrote_it() {
    let swap = last(Disk::Git, Some(OLD), "swap");
    let disk = disk(Disk::Git, Some(OLD));
    for (old, new) in [(OLD, "other"), ("other", NEW), (NEW, OLD)] {
        let saver = saver(&disk);
        let outcome = saver.save(&plan("_news/a.md", Some(old), new), &|| false);
        assert!(matches!(outcome, SaveOutcome::Written(_)), "{outcome:?}");
        saver.close();
    }
    disk.reset();
    disk.fail(swap + 1, Fault::Kill, true);
    drop(save(&disk, Some(OLD)));
    disk.restart();
    assert_eq!(text(&disk).as_deref(), Some(NEW));
    assert_eq!(texts(&saver(&disk).recover(&|| vec![path()])), [""; 0]);
    let versions = versions(&disk);
    assert_eq!((versions.len(), &versions[0]), (4, &(Some(OLD.to_owned()), NEW.to_owned())), "{versions:?}");
}

#[test]
fn what_another_program_wrote_over_a_killed_save_is_not_noted_as_ours() {
    let at = last(Disk::Git, Some(OLD), "swap") + 1;
    let disk = disk(Disk::Git, Some(OLD));
    disk.fail(at, Fault::Kill, true);
    drop(save(&disk, Some(OLD)));
    disk.restart();
    disk.replace(&article(), THEIRS.as_bytes());
    let next = saver(&disk);
    next.recover(&|| vec![path()]);
    next.close();
    assert_eq!(versions(&disk), []);
    assert_eq!(text(&disk).as_deref(), Some(THEIRS));
}

#[test]
fn a_writer_that_holds_what_was_displaced_is_heard_each_time_it_writes() {
    let disk = disk(Disk::Git, Some(OLD));
    let held = disk.hold(&article()).unwrap();
    let (_, saver) = save(&disk, Some(OLD));
    held.write(THEIRS.as_bytes());
    assert_eq!(texts(&saver.settle(false)), [""; 0], "it may be writing yet");
    disk.wait(A_WHILE);
    let first = saver.settle(false);
    assert_eq!(texts(&first), [THEIRS]);
    assert!(!saver.is_unsettled(), "it is told once");
    held.write(MORE.as_bytes());
    saver.accept(&first[0]);
    assert!(saver.is_unsettled(), "there is more than what was merged");
    disk.wait(A_WHILE);
    let second = saver.settle(false);
    assert_eq!(texts(&second), [MORE]);
    assert_eq!(second[0].base_bytes.as_deref(), Some(THEIRS.as_bytes()), "a change of what was merged");
    saver.accept(&second[0]);
    assert_eq!(saver.close(), []);
    assert_eq!(leftovers(&disk), []);
    // Each is among the versions that can be had back.
    let kept: Vec<String> = versions(&disk).into_iter().map(|(_, after)| after).collect();
    assert!([THEIRS, MORE, NEW].iter().all(|text| kept.iter().any(|kept| kept == text)), "{kept:?}");
}

#[test]
fn what_a_writer_has_only_cut_is_waited_for_a_minute() {
    for writes in [true, false] {
        let disk = disk(Disk::Git, Some(OLD));
        let held = disk.hold(&article()).unwrap();
        let (_, saver) = save(&disk, Some(OLD));
        held.write(b"");
        disk.wait(A_WHILE);
        assert_eq!(saver.settle(false), [], "nothing is no version");
        assert!(saver.is_unsettled(), "it is about to write");
        if writes {
            held.write(THEIRS.as_bytes());
            let told = saver.settle(false);
            assert_eq!(texts(&told), [THEIRS]);
            saver.accept(&told[0]);
        } else {
            disk.wait(Duration::from_mins(1));
            assert_eq!(saver.settle(false), []);
            assert!(!saver.is_unsettled(), "it will not write any more");
        }
        assert_eq!(saver.close(), []);
        assert_eq!(leftovers(&disk), []);
    }
}

#[test]
fn a_writer_that_holds_what_a_dead_process_displaced_is_heard_once_more() {
    let disk = disk(Disk::Git, Some(OLD));
    let held = disk.hold(&article()).unwrap();
    let (_, killed) = save(&disk, Some(OLD));
    std::mem::forget(killed);
    disk.restart();
    held.write(THEIRS.as_bytes());
    let next = saver(&disk);
    let first = next.recover(&|| vec![path()]);
    assert_eq!(texts(&first), [THEIRS]);
    held.write(MORE.as_bytes());
    next.accept(&first[0]);
    assert!(next.is_unsettled(), "there is more than what was merged");
    disk.wait(A_WHILE);
    let second = next.settle(false);
    assert_eq!(texts(&second), [MORE]);
    next.accept(&second[0]);
    assert_eq!(next.close(), []);
}

#[test]
fn a_sitting_that_another_one_follows_leaves_in_the_git_folder_what_a_writer_may_still_hold() {
    let disk = disk(Disk::Git, Some(OLD));
    let held = disk.hold(&article()).unwrap();
    let (_, saver) = save(&disk, Some(OLD));
    assert_eq!(saver.leave(), []);
    drop(saver);
    held.write(THEIRS.as_bytes());
    disk.restart();
    assert_eq!(texts(&self::saver(&disk).recover(&|| vec![path()])), [THEIRS]);
}

#[test]
fn a_sitting_that_another_one_follows_tells_what_is_old_and_leaves_nothing_beside_articles() {
    let disk = self::disk(Disk::Git, Some(OLD));
    let held = disk.hold(&article()).unwrap();
    let (_, saver) = save(&disk, Some(OLD));
    held.write(THEIRS.as_bytes());
    disk.wait(A_WHILE);
    assert_eq!(texts(&saver.leave()), [THEIRS]);
    let plain = self::disk(Disk::Plain, Some(OLD));
    let held = plain.hold(&article()).unwrap();
    let (_, saver) = save(&plain, Some(OLD));
    held.write(THEIRS.as_bytes());
    let displaced = saver.leave();
    assert_eq!(texts(&displaced), [THEIRS], "what lies in the site is not left there");
    saver.accept(&displaced[0]);
    assert_eq!(saver.leave(), []);
    assert_eq!(leftovers(&plain), []);
}

#[test]
fn what_another_program_is_writing_is_waited_for_a_little_and_nothing_else_is() {
    let save_at = |text: &str, then: Option<&'static str>| {
        let disk = disk(Disk::Git, Some(OLD));
        disk.overwrite(&article(), text.as_bytes());
        if let Some(then) = then {
            let looked =
                calls(Disk::Git, Some(OLD)).iter().position(|call| call.starts_with("open _news/a.md")).unwrap();
            disk.visit(looked + 5, move |disk| disk.overwrite(&article(), then.as_bytes()));
        }
        let started = disk.now();
        let (outcome, _saver) = save(&disk, Some(OLD));
        let waited = disk.now().duration_since(started).unwrap() >= Duration::from_millis(5);
        (outcome, waited)
    };
    let is_moved_on =
        |outcome: &SaveOutcome, to: &str| matches!(outcome, SaveOutcome::MovedOn(now) if &*now.bytes == to.as_bytes());
    let (outcome, waited) = save_at(OLD, None);
    assert!(matches!(outcome, SaveOutcome::Written(_)) && !waited, "{outcome:?}");
    let (outcome, waited) = save_at(THEIRS, None);
    assert!(is_moved_on(&outcome, THEIRS) && !waited, "{outcome:?}");
    let (outcome, waited) = save_at("", Some(THEIRS));
    assert!(is_moved_on(&outcome, THEIRS) && waited, "{outcome:?}");
    let (outcome, waited) = save_at("", None);
    assert!(is_moved_on(&outcome, "") && waited, "{outcome:?}");
}

#[test]
fn a_new_file_never_takes_the_place_of_one_that_came_first() {
    for kind in [Disk::Git, Disk::Plain, Disk::NoSwap] {
        let placed = last(kind, None, "rename new");
        for at in 0..=placed {
            let disk = disk(kind, None);
            disk.visit(at, |disk| disk.replace(&article(), THEIRS.as_bytes()));
            let (outcome, saver) = save(&disk, None);
            let label = format!("{kind:?}, call {at}: {outcome:?}");
            assert_eq!(text(&disk).as_deref(), Some(THEIRS), "{label}");
            let SaveOutcome::MovedOn(now) = &outcome else { panic!("{label}") };
            assert_eq!(&*now.bytes, THEIRS.as_bytes(), "{label}");
            saver.close();
            assert_eq!(leftovers(&disk), [], "{label}");
        }
    }
}

#[test]
fn of_a_new_file_an_error_tells_whether_it_is_there() {
    for kind in [Disk::Git, Disk::Plain] {
        let placed = last(kind, None, "rename new");
        for (fault, is_there) in [(Fault::Error(5), false), (Fault::ErrorAfter(5), true)] {
            let disk = disk(kind, None);
            disk.fail(placed, fault, false);
            let (outcome, saver) = save(&disk, None);
            let label = format!("{kind:?}, {fault:?}: {outcome:?}");
            assert_eq!(matches!(outcome, SaveOutcome::Written(_)), is_there, "{label}");
            assert_eq!(text(&disk).is_some(), is_there, "{label}");
            saver.close();
            assert_eq!(leftovers(&disk), [], "{label}");
        }
    }
}

#[test]
fn of_an_exchange_an_error_tells_nothing_and_what_was_displaced_is_kept() {
    for kind in [Disk::Git, Disk::Plain] {
        let swap = last(kind, Some(OLD), "swap");
        for (fault, is_done) in [(Fault::Error(5), false), (Fault::ErrorAfter(5), true)] {
            for theirs in [None, Some(THEIRS)] {
                let disk = disk(kind, Some(OLD));
                if let Some(theirs) = theirs {
                    disk.visit(swap, move |disk| disk.replace(&article(), theirs.as_bytes()));
                }
                disk.fail(swap, fault, false);
                let (outcome, saver) = save(&disk, Some(OLD));
                let label = format!("{kind:?}, {fault:?}, {theirs:?}: {outcome:?}");
                let is_said = match &outcome {
                    SaveOutcome::Written(_) => is_done && theirs.is_none(),
                    SaveOutcome::MovedOn(now) => {
                        is_done && theirs.is_some_and(|theirs| &*now.bytes == theirs.as_bytes())
                    }
                    SaveOutcome::Failed(_) => !is_done,
                    _ => false,
                };
                assert!(is_said, "{label}");
                let now = if is_done { NEW } else { OLD };
                assert_eq!(text(&disk).as_deref(), Some(theirs.unwrap_or(now)), "{label}");
                saver.close();
                assert_eq!(leftovers(&disk), [], "{label}");
            }
        }
    }
}

#[test]
fn a_file_that_is_deleted_while_it_is_saved_is_gone_and_not_made_again() {
    for kind in [Disk::Git, Disk::Plain] {
        let swap = last(kind, Some(OLD), "swap");
        let read = calls(kind, Some(OLD)).iter().position(|call| *call == format!("open {}", article())).unwrap();
        for at in 0..=swap {
            let disk = disk(kind, Some(OLD));
            disk.visit(at, |disk| disk.delete(&article()));
            let (outcome, _saver) = save(&disk, Some(OLD));
            let is_said = match &outcome {
                SaveOutcome::Gone => true,
                SaveOutcome::Failed(error) => {
                    (read + 1..swap).contains(&at) && error.to_string().contains("it is not there")
                }
                _ => false,
            };
            assert!(is_said, "{kind:?}, call {at}: {outcome:?}");
            assert_eq!(text(&disk), None, "{kind:?}, call {at}");
        }
    }
}

#[test]
fn a_folder_that_goes_between_two_looks_took_its_file_along() {
    let asked = calls(Disk::Git, Some(OLD)).iter().position(|call| call.starts_with("resolve")).unwrap();
    for (error, is_gone) in [(2, true), (5, false)] {
        let disk = disk(Disk::Git, Some(OLD));
        disk.fail(asked, Fault::Error(error), false);
        let (outcome, _saver) = save(&disk, Some(OLD));
        assert_eq!(outcome == SaveOutcome::Gone, is_gone, "{outcome:?}");
        assert_eq!(matches!(outcome, SaveOutcome::Failed(_)), !is_gone, "{outcome:?}");
    }
}

#[test]
fn a_disk_that_cannot_exchange_files_is_known_after_a_save_and_still_loses_nothing_that_was_written_before() {
    for (kind, is_weaker) in [(Disk::Git, false), (Disk::Plain, false), (Disk::NoSwap, true)] {
        let (_, saver) = save(&disk(kind, Some(OLD)), Some(OLD));
        assert_eq!(saver.is_weaker(), is_weaker, "{kind:?}");
    }
    let renamed = last(Disk::NoSwap, Some(OLD), "rename");
    let look = format!("open {}", article());
    let last_look = calls(Disk::NoSwap, Some(OLD))[..renamed].iter().rposition(|call| *call == look).unwrap();
    for at in 0..calls(Disk::NoSwap, Some(OLD)).len() {
        for in_place in [true, false] {
            let disk = disk(Disk::NoSwap, Some(OLD));
            disk.visit(at, move |disk| {
                if in_place {
                    disk.overwrite(&article(), THEIRS.as_bytes());
                } else {
                    disk.replace(&article(), THEIRS.as_bytes());
                }
            });
            let (outcome, saver) = save(&disk, Some(OLD));
            disk.wait(A_WHILE);
            let displaced = texts(&saver.settle(false));
            let label = format!("call {at}, in place {in_place}: {outcome:?}, {displaced:?}");
            let is_seen = text(&disk).as_deref() == Some(THEIRS)
                || matches!(&outcome, SaveOutcome::MovedOn(now) if &*now.bytes == THEIRS.as_bytes())
                || displaced.iter().any(|text| text == THEIRS);
            // Renamed over between our last look and our rename: that is the weakness.
            let is_weak = !in_place && (last_look + 1..=renamed).contains(&at);
            assert!(is_seen || is_weak, "{label}");
            // What was written into it until our rename goes back to its name.
            if at <= if in_place { renamed } else { last_look } {
                assert_eq!(text(&disk).as_deref(), Some(THEIRS), "{label}");
                assert!(matches!(outcome, SaveOutcome::MovedOn(_)), "{label}");
            }
        }
    }
}

#[test]
fn a_folder_that_could_not_be_synced_is_written_once_more_unless_the_editor_stops() {
    for kind in [Disk::Git, Disk::Plain] {
        let synced = last(kind, Some(OLD), "sync folder");
        let once = disk(kind, Some(OLD));
        once.fail(synced, Fault::Error(5), false);
        let (outcome, _saver) = save(&once, Some(OLD));
        assert!(matches!(outcome, SaveOutcome::Written(_)), "{kind:?}: {outcome:?}");

        let stopped = disk(kind, Some(OLD));
        stopped.fail(synced, Fault::Error(5), false);
        let asked = stopped.clone();
        let outcome = saver(&stopped).save(&plan("_news/a.md", Some(OLD), NEW), &|| asked.calls() > synced);
        let SaveOutcome::Failed(StorageError::NotDurable { .. }) = outcome else { panic!("{kind:?}: {outcome:?}") };
        assert_eq!(text(&stopped).as_deref(), Some(NEW), "{kind:?}");
    }
}

#[test]
fn a_saved_file_is_answered_with_its_stamp_and_never_with_that_of_another_version() {
    for kind in [Disk::Git, Disk::Plain] {
        let synced = last(kind, Some(OLD), "sync folder");
        for at in synced..calls(kind, Some(OLD)).len() {
            for theirs in [None, Some(THEIRS), Some("their text, as long as ours ...")] {
                let disk = disk(kind, Some(OLD));
                if let Some(theirs) = theirs {
                    disk.visit(at, move |disk| disk.replace(&article(), theirs.as_bytes()));
                }
                let (outcome, _saver) = save(&disk, Some(OLD));
                let SaveOutcome::Written(snapshot) = outcome else { panic!("{kind:?}: {outcome:?}") };
                let now = disk.entry(&article()).unwrap().stamp;
                let label = format!("{kind:?}, call {at}, theirs {theirs:?}");
                assert_eq!(snapshot.stamp == now, theirs.is_none(), "{label}: {:?}, {now:?}", snapshot.stamp);
                assert_ne!(snapshot.stamp, Stamp::default(), "{label}");
            }
        }
    }
}

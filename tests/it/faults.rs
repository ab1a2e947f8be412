//! The save on the simulated disk: a fault, a kill, a power cut, another program at each call, and lives by chance.

use std::sync::Arc;

use copydesk::file::SitePath;
use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::{Dice, Fault, SimFs};
use copydesk::storage::vfs::{Root, Spot, Vfs as _};
use copydesk::storage::write::GIT_PATIENCE;
use copydesk::storage::{Displaced, SaveOutcome, SavePlan, Saver, StorageError};

use crate::common::{Column, reached};
use crate::saving::plan;

const OLD: &str = "old text of the article";
const NEW: &str = "new text of the article, longer";
const THEIRS: &str = "their text";
const ERRORS: [i32; 9] = [28, 5, 13, 30, 122, 24, 4, 116, 16];

fn article() -> Spot {
    Spot::new(Root::Site, "_news/a.md")
}

fn key() -> SiteKey {
    SiteKey::of_root(std::path::Path::new("/site"))
}

fn paths() -> Vec<SitePath> {
    ["_news/a.md", "_news/b.md"].map(|path| SitePath::new(path).unwrap()).to_vec()
}

fn disk(kind: usize) -> SimFs {
    let disk = match kind {
        0 => SimFs::new(&[Root::Site, Root::Git, Root::GitCommon, Root::State]),
        1 => SimFs::new(&[Root::Site, Root::State]),
        _ => SimFs::new(&[Root::Site, Root::State]).without_swap(),
    };
    disk.put(&article(), OLD.as_bytes());
    disk.put(&Spot::new(Root::Site, "_news/b.md"), OLD.as_bytes());
    disk.put(&Spot::new(Root::State, "x"), b"");
    disk.reset();
    disk
}

fn saver(disk: &SimFs) -> Saver {
    Saver::through(Arc::new(disk.clone()), Some(&key()))
}

fn text(disk: &SimFs) -> Option<String> {
    disk.bytes(&article()).map(|bytes| String::from_utf8(bytes).unwrap())
}

fn save(disk: &SimFs) -> (SaveOutcome, Saver) {
    let saver = saver(disk);
    (saver.save(&plan("_news/a.md", Some(OLD), NEW), &|| false), saver)
}

/// Starts again, recovers, and answers what was displaced; then nothing of ours may be left.
fn start_again(disk: &SimFs) -> Vec<Displaced> {
    let saver = saver(disk);
    let displaced = saver.recover(&paths);
    for found in &displaced {
        saver.accept(found);
    }
    saver.close();
    // The locks of what was just accepted end with the sitting, and go at the next start.
    drop(saver);
    let again = self::saver(disk);
    assert_eq!(again.recover(&paths), []);
    again.close();
    let left: Vec<_> =
        disk.files().into_iter().filter(|spot| spot.root != Root::State && !spot.path.starts_with("_news/")).collect();
    let left: Vec<_> = left.into_iter().filter(|spot| spot.path != "info/exclude").collect();
    assert_eq!(left, [], "leftovers");
    displaced
}

fn calls_of_a_save(kind: usize) -> usize {
    let disk = disk(kind);
    let (outcome, _saver) = save(&disk);
    assert!(matches!(outcome, SaveOutcome::Written(_)), "{outcome:?}");
    disk.calls()
}

#[test]
fn any_failing_call_leaves_the_old_file_or_the_new_one_and_never_says_saved_for_unknown() {
    let mut points = 0;
    for kind in 0..3 {
        for at in 0..calls_of_a_save(kind) {
            for error in ERRORS {
                for fault in [Fault::Error(error), Fault::ErrorAfter(error), Fault::Short] {
                    for lasting in [false, true] {
                        points += 1;
                        let disk = disk(kind);
                        disk.fail(at, fault, lasting);
                        let (outcome, saver) = save(&disk);
                        let label = format!("kind {kind}, call {at}, {fault:?}, lasting {lasting}: {outcome:?}");
                        let now = text(&disk).expect(&label);
                        assert!(now == OLD || now == NEW, "{label}: {now}");
                        drop(saver);
                        match &outcome {
                            SaveOutcome::Written(snapshot) => {
                                assert_eq!(&*snapshot.bytes, NEW.as_bytes());
                                disk.cut_power(at as u64);
                                assert_eq!(text(&disk).as_deref(), Some(NEW), "{label}: saved is saved");
                            }
                            SaveOutcome::Failed(error) => {
                                assert!(error.to_string().contains("_news/a.md"), "{error}");
                                disk.restart();
                            }
                            SaveOutcome::MovedOn(_) | SaveOutcome::Gone | SaveOutcome::Unchanged(_) => {
                                panic!("{label}")
                            }
                        }
                        assert_eq!(start_again(&disk), [], "{label}: nobody else wrote");
                    }
                }
            }
        }
    }
    reached(
        "errors at each call, simulated",
        Column::rounds(1, 1, 1),
        &format!("{points} faults, old or new each time"),
    );
}

#[test]
fn killed_or_cut_at_any_call_the_article_is_whole() {
    let column = Column::rounds(40, 200, 10_000);
    let mut cuts = 0;
    for kind in 0..3 {
        for at in 0..=calls_of_a_save(kind) {
            for seed in column.seeds() {
                cuts += 1;
                let disk = disk(kind);
                disk.fail(at, Fault::Kill, true);
                let (outcome, saver) = save(&disk);
                drop(saver);
                if seed == column.seeds().start {
                    disk.restart();
                } else {
                    disk.cut_power(seed);
                }
                let label = format!("kind {kind}, call {at}, seed {seed}: {outcome:?}");
                let now = text(&disk).expect(&label);
                assert!(now == OLD || now == NEW, "{label}: {now}");
                if matches!(outcome, SaveOutcome::Written(_)) {
                    assert_eq!(now, NEW, "{label}");
                }
                assert_eq!(start_again(&disk), [], "{label}");
                assert_eq!(text(&disk).unwrap(), now, "{label}: a start changes no article");
            }
        }
    }
    reached("power cut at each call, simulated", column, &format!("{cuts} cuts, 0 damaged, 0 saves lost"));
}

/// How another program writes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    InPlace,
    Aside,
    Delete,
    /// Opens before our swap and writes after our last look.
    Held,
}

#[test]
fn what_another_program_writes_at_any_call_is_never_lost() {
    for kind in 0..2 {
        for at in 0..calls_of_a_save(kind) {
            for style in [Style::InPlace, Style::Aside, Style::Delete, Style::Held] {
                let disk = disk(kind);
                let held = disk.hold(&article()).unwrap();
                disk.visit(at, move |disk| match style {
                    Style::InPlace => disk.overwrite(&article(), THEIRS.as_bytes()),
                    Style::Aside => disk.replace(&article(), THEIRS.as_bytes()),
                    Style::Delete => disk.delete(&article()),
                    Style::Held => held.write(THEIRS.as_bytes()),
                });
                let (outcome, saver) = save(&disk);
                let label = format!("kind {kind}, call {at}, {style:?}: {outcome:?}");
                let now = text(&disk);
                disk.wait(std::time::Duration::from_secs(6));
                let displaced = saver.settle(false);
                let theirs_seen = now.as_deref() == Some(THEIRS)
                    || matches!(&outcome, SaveOutcome::MovedOn(snapshot) if &*snapshot.bytes == THEIRS.as_bytes())
                    || displaced.iter().any(|found| &*found.bytes == THEIRS.as_bytes());
                match style {
                    Style::Delete => assert!(now.is_none() || now.as_deref() == Some(NEW), "{label}: {now:?}"),
                    _ => assert!(theirs_seen, "{label}: {now:?}, {displaced:?}"),
                }
            }
        }
    }
}

#[test]
fn killed_while_another_program_writes_nothing_of_it_is_lost() {
    let calls = calls_of_a_save(0);
    let mut found_again = 0;
    for at in 0..calls {
        for kill in at..calls + 4 {
            for in_place in [true, false] {
                let disk = disk(0);
                disk.visit(at, move |disk| {
                    if in_place {
                        disk.overwrite(&article(), THEIRS.as_bytes());
                    } else {
                        disk.replace(&article(), THEIRS.as_bytes());
                    }
                });
                disk.fail(kill, Fault::Kill, true);
                let (outcome, saver) = save(&disk);
                drop(saver);
                disk.restart();
                let label = format!("theirs at {at}, killed at {kill}, in place {in_place}: {outcome:?}");
                let now = text(&disk).expect(&label);
                assert!([OLD, NEW, THEIRS].contains(&now.as_str()), "{label}: {now}");
                let displaced = start_again(&disk);
                let is_found = displaced
                    .iter()
                    .any(|found| &*found.bytes == THEIRS.as_bytes() && found.path.as_ref() == Some(&paths()[0]));
                found_again += usize::from(is_found);
                assert!(now == THEIRS || is_found, "{label}: {now}, {displaced:?}");
            }
        }
    }
    assert!(found_again > 0, "the kill between swap and check must be among them");
}

/// What can happen to an article, one after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Deed {
    Save,
    Style(Style),
    Settle,
    Close,
}

/// Does these things in a row; answers what was said to be saved and not overwritten since.
fn all_deeds(disk: &SimFs, deeds: &[Deed]) -> Option<String> {
    let saver = saver(disk);
    let held = disk.hold(&article());
    let mut promised = None;
    for (number, deed) in deeds.iter().enumerate() {
        match deed {
            Deed::Save => {
                let new = format!("mine {number}");
                let plan = plan("_news/a.md", text(disk).as_deref(), &new);
                if matches!(saver.save(&plan, &|| false), SaveOutcome::Written(_)) {
                    promised = Some(new);
                }
            }
            Deed::Style(Style::InPlace) => disk.overwrite(&article(), THEIRS.as_bytes()),
            Deed::Style(Style::Aside) => disk.replace(&article(), THEIRS.as_bytes()),
            Deed::Style(Style::Delete) => disk.delete(&article()),
            Deed::Style(Style::Held) => held.iter().for_each(|held| held.write(THEIRS.as_bytes())),
            Deed::Settle => {
                disk.wait(std::time::Duration::from_secs(6));
                saver.settle(false).iter().for_each(|found| saver.accept(found));
            }
            Deed::Close => saver.close().iter().for_each(|found| saver.accept(found)),
        }
        if matches!(deed, Deed::Style(Style::InPlace | Style::Aside | Style::Delete)) {
            promised = None;
        }
    }
    promised
}

#[test]
fn any_two_deeds_cut_at_any_call_keep_the_promises() {
    any_deeds(2);
}

#[test]
fn any_three_deeds_cut_at_any_call_keep_the_promises() {
    if std::env::var_os("COPYDESK_PROOF").is_some() {
        any_deeds(3);
    }
}

/// Every sequence of so many deeds, cut at every call.
fn any_deeds(length: usize) {
    let styles = [Style::InPlace, Style::Aside, Style::Delete, Style::Held].map(Deed::Style);
    let deeds: Vec<Deed> = [Deed::Save, Deed::Settle, Deed::Close].into_iter().chain(styles).collect();
    let sequences = (0..length).fold(vec![Vec::new()], |shorter, _| {
        shorter.iter().flat_map(|start| deeds.iter().map(|deed| [start.as_slice(), &[*deed]].concat())).collect()
    });
    let mut points = 0;
    for deeds in &sequences {
        let calls = {
            let disk = disk(0);
            all_deeds(&disk, deeds);
            disk.calls()
        };
        let by_others = deeds.iter().any(|deed| matches!(deed, Deed::Style(_)));
        for (at, seed) in (0..=calls).flat_map(|at| (0..6).map(move |seed| (at, seed))) {
            points += 1;
            cut_at(deeds, by_others, at, seed);
        }
    }
    let result = format!("{} sequences, {points} cuts, every promise kept", sequences.len());
    reached(&format!("any {length} deeds, cut at each call, simulated"), Column::rounds(1, 1, 1), &result);
}

/// Does these things until this call, at which the process is killed, or the power goes where there is a seed.
fn cut_at(deeds: &[Deed], by_others: bool, at: usize, seed: u64) {
    let disk = disk(0);
    disk.fail(at, Fault::Kill, true);
    let saved = all_deeds(&disk, deeds);
    let before = text(&disk);
    if seed == 0 {
        disk.restart();
    } else {
        disk.cut_power(seed);
    }
    let label = format!("{deeds:?}, call {at}, seed {seed}, before {before:?}");
    let now = disk.bytes(&article()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    // In a power cut others lose what they did not sync; we lose nothing of ours.
    let is_whole = now.as_deref().is_some_and(|now| now == OLD || now == THEIRS || now.starts_with("mine "));
    assert!(is_whole || by_others, "{label}: {now:?}");
    if let Some(saved) = saved.filter(|_| !by_others) {
        assert!(now.as_deref() == Some(&saved) || now == before, "{label}: saved {saved}, now {now:?}");
    }
    let displaced = start_again(&disk);
    assert!(by_others || displaced.is_empty(), "{label}: {displaced:?}");
}

/// One step of a life with this disk.
fn step(disk: &SimFs, dice: &mut Dice, saver: &Saver, number: usize) -> Option<String> {
    let mine = format!("mine {number} {}", "x".repeat(dice.roll(40)));
    let expected = text(disk);
    let plan = plan("_news/a.md", expected.as_deref(), &mine);
    match dice.roll(5) {
        0 => {
            disk.overwrite(&article(), format!("theirs {number}").as_bytes());
            None
        }
        1 => {
            disk.replace(&article(), format!("theirs {number}").as_bytes());
            None
        }
        2 => {
            let plans = [plan, crate::saving::plan("_news/b.md", None, &format!("b {number}"))];
            let mut written = false;
            saver.save_many(&plans, &|| false, &mut |index, outcome| {
                written |= index == 0 && matches!(outcome, SaveOutcome::Written(_));
            });
            written.then_some(mine)
        }
        _ => matches!(saver.save(&plan, &|| false), SaveOutcome::Written(_)).then_some(mine),
    }
}

#[test]
fn a_life_by_chance_keeps_every_promise() {
    let column = Column::rounds(3000, 100_000, 10_000_000);
    for seed in column.seeds() {
        let mut dice = Dice(seed);
        let disk = disk(dice.roll(2));
        let mut saver = saver(&disk);
        let at = dice.roll(150);
        let error = ERRORS[dice.roll(ERRORS.len())];
        let fault = [Fault::Error(error), Fault::ErrorAfter(error), Fault::Short, Fault::Kill][dice.roll(4)];
        disk.fail(at, fault, dice.roll(4) == 0);
        let steps = 1 + dice.roll(6);
        let mut promised = None;
        for number in 0..steps {
            let written = step(&disk, &mut dice, &saver, number);
            let external = text(&disk).is_some_and(|text| text.starts_with("theirs"));
            if written.is_some() || external {
                promised = written;
            }
            if dice.roll(4) == 0 {
                disk.wait(std::time::Duration::from_secs(6));
                assert_eq!(saver.settle(false), [], "seed {seed}");
            }
        }
        let before = text(&disk);
        let power = dice.roll(2) == 0;
        if power {
            disk.cut_power(seed);
        } else {
            disk.restart();
        }
        saver = self::saver(&disk);
        let displaced = saver.recover(&paths);
        let now = text(&disk).unwrap_or_default();
        let label = format!("seed {seed}, call {at}, {fault:?}, power {power}: {now}, before {before:?}");
        let is_whole = |text: &str| {
            text == OLD
                || text.starts_with("mine ") && text.trim_end_matches('x').ends_with(' ')
                || text.starts_with("theirs ")
        };
        // What others wrote in place and never synced is theirs to lose in a power cut.
        let is_at_risk = |text: &str| power && text != OLD && !text.starts_with("mine");
        if !is_at_risk(&now) && !before.as_deref().is_some_and(is_at_risk) {
            assert!(is_whole(&now), "{label}");
            if let Some(saved) = promised {
                // A later save that was not confirmed may have been visible, and then may stay.
                assert!(now == saved || before.as_deref() == Some(&now), "{label}: saved {saved}");
            }
        }
        for found in displaced {
            let bytes = String::from_utf8_lossy(&found.bytes).into_owned();
            assert!(power || is_whole(&bytes), "{label}: displaced {bytes}");
        }
    }
    reached("simulation of saves", column, "0 damaged, 0 lost");
}

#[test]
fn a_batch_syncs_each_folder_once_and_answers_for_each_file() {
    let disk = disk(0);
    let plans: Vec<SavePlan> = (0..20).map(|number| plan(&format!("_news/n{number}.md"), None, "n")).collect();
    let saver = saver(&disk);
    let mut outcomes = Vec::new();
    saver.save_many(&plans, &|| false, &mut |index, outcome| outcomes.push((index, outcome)));
    assert_eq!(outcomes.iter().map(|(index, _)| *index).collect::<Vec<_>>(), (0..20).collect::<Vec<_>>());
    assert!(outcomes.iter().all(|(_, outcome)| matches!(outcome, SaveOutcome::Written(_))));
    let syncs = disk.trace().iter().filter(|call| *call == "sync folder _news").count();
    assert_eq!(syncs, 1);
}

#[test]
fn git_is_waited_for_and_its_lock_is_never_taken() {
    let disk = disk(0);
    let lock = Spot::new(Root::Git, "index.lock");
    disk.put(&lock, b"");
    let (outcome, _) = save(&disk);
    assert!(matches!(&outcome, SaveOutcome::Failed(copydesk::storage::StorageError::GitBusy { .. })), "{outcome:?}");
    assert_eq!(text(&disk).as_deref(), Some(OLD));
    disk.reset();
    disk.visit(3, move |disk| disk.delete(&lock));
    let (outcome, _) = save(&disk);
    assert!(matches!(outcome, SaveOutcome::Written(_)));
    disk.put(&Spot::new(Root::Git, "index.lock"), b"");
    let stopped = saver(&disk).save(&plan("_news/a.md", Some(NEW), OLD), &|| true);
    assert!(matches!(stopped, SaveOutcome::Failed(copydesk::storage::StorageError::Cancelled { .. })));
}

/// A lock that a dead git left was waited for once a file: a save of a thousand took hours, and closing the window waited for it.
#[test]
fn git_s_lock_is_waited_for_once_for_all_files_that_are_saved_together() {
    let disk = disk(0);
    disk.put(&Spot::new(Root::Git, "index.lock"), b"");
    let plans: Vec<SavePlan> = (0..300).map(|number| plan(&format!("_news/n{number}.md"), None, "n")).collect();
    let before = disk.now();
    let mut busy = 0;
    saver(&disk).save_many(&plans, &|| false, &mut |_, outcome| {
        busy += usize::from(matches!(outcome, SaveOutcome::Failed(StorageError::GitBusy { .. })));
    });
    assert_eq!(busy, 300);
    // By the simulated clock, on which each call takes a little.
    assert!(disk.now().duration_since(before).unwrap() < 2 * GIT_PATIENCE);
}

#[test]
fn saved_versions_come_back_after_a_restart() {
    let disk = disk(0);
    let (_, saver) = save(&disk);
    assert!(matches!(saver.save(&plan("_news/a.md", Some(NEW), "third"), &|| false), SaveOutcome::Written(_)));
    drop(saver);
    disk.cut_power(5);
    let saver = self::saver(&disk);
    let ledger = saver.ledger().unwrap();
    let path = SitePath::new("_news/a.md").unwrap();
    let versions: Vec<_> = ledger
        .versions(&path)
        .unwrap()
        .into_iter()
        .map(|saved| (String::from_utf8(saved.before.unwrap()).unwrap(), String::from_utf8(saved.after).unwrap()))
        .collect();
    let text = |text: &str| text.to_owned();
    assert_eq!(versions, [(text(NEW), text("third")), (text(OLD), text(NEW))]);
    assert_eq!(ledger.latest().unwrap().len(), 1);
    disk.wait(std::time::Duration::from_hours(8 * 24));
    ledger.prune().unwrap();
    assert_eq!(ledger.versions(&path).unwrap(), []);
}

/// A clock that was set back let an older save count as the last one: the newer one then seemed to be overwritten by others.
#[test]
fn the_last_save_is_the_last_whatever_the_clock_says() {
    for is_restarted in [false, true] {
        let disk = disk(0);
        disk.wait(std::time::Duration::from_hours(48));
        let (_, mut saver) = save(&disk);
        disk.set_back(std::time::Duration::from_hours(24));
        if is_restarted {
            drop(saver);
            disk.restart();
            saver = self::saver(&disk);
        }
        assert!(matches!(saver.save(&plan("_news/a.md", Some(NEW), "third"), &|| false), SaveOutcome::Written(_)));
        let (ledger, path) = (saver.ledger().unwrap(), SitePath::new("_news/a.md").unwrap());
        let third = copydesk::file::ContentHash::of(b"third");
        assert_eq!(ledger.heads().unwrap()[&path], third, "restarted: {is_restarted}");
        assert_eq!(ledger.latest().unwrap()[0].after, third);
        assert_eq!(ledger.versions(&path).unwrap()[0].after, b"third");
    }
}

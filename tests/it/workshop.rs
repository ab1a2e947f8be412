//! What a save does beside the text: its folder is kept out of git's sight, attributes go along, and what is there already is
//! made sure of.

use std::sync::Arc;

use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::{Fault, SimFs};
use copydesk::storage::vfs::{Open, Root, Spot, Vfs as _};
use copydesk::storage::{SaveOutcome, Saver, StorageError};

use crate::saving::plan;

const OLD: &str = "old text of the article";
const NEW: &str = "new text of the article, longer";

fn article() -> Spot {
    Spot::new(Root::Site, "_news/a.md")
}

fn excludes() -> Spot {
    Spot::new(Root::GitCommon, "info/exclude")
}

fn disk_with(roots: &[Root], text: &str) -> SimFs {
    let disk = SimFs::new(roots);
    disk.put(&article(), text.as_bytes());
    disk.put(&Spot::new(Root::State, "x"), b"");
    disk.reset();
    disk
}

/// A site whose git folder is no place for its new files, on another disk perhaps: they are made in the site.
fn apart(excluded: Option<&str>) -> SimFs {
    let disk = disk_with(&[Root::Site, Root::GitCommon, Root::State], OLD);
    if let Some(excluded) = excluded {
        disk.put(&excludes(), excluded.as_bytes());
    }
    disk
}

fn saver(disk: &SimFs) -> Saver {
    Saver::through(Arc::new(disk.clone()), Some(&SiteKey::of_root(std::path::Path::new("/site"))))
}

fn save(disk: &SimFs) -> SaveOutcome {
    let saver = saver(disk);
    let outcome = saver.save(&plan("_news/a.md", Some(OLD), NEW), &|| false);
    saver.close();
    outcome
}

fn text_of(disk: &SimFs, spot: &Spot) -> Option<String> {
    disk.bytes(spot).map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn a_folder_in_the_site_is_excluded_from_git_once_and_on_a_line_of_its_own() {
    let long = "*.bak\n".repeat(20_000);
    for (before, after) in [
        (None, ".copydesk/\n"),
        (Some(long.as_str()), format!("{long}.copydesk/\n").as_str()),
        (Some(""), ".copydesk/\n"),
        (Some("# mine\n"), "# mine\n.copydesk/\n"),
        (Some("*.bak"), "*.bak\n.copydesk/\n"),
        (Some(" .copydesk/\r\n*.bak"), " .copydesk/\r\n*.bak"),
        (Some("x.copydesk/\n"), "x.copydesk/\n.copydesk/\n"),
    ] {
        let disk = apart(before);
        for (old, new) in [(OLD, NEW), (NEW, OLD)] {
            let saver = saver(&disk);
            let outcome = saver.save(&plan("_news/a.md", Some(old), new), &|| false);
            assert!(matches!(outcome, SaveOutcome::Written(_)), "{before:?}: {outcome:?}");
            saver.close();
        }
        assert_eq!(text_of(&disk, &excludes()).as_deref(), Some(after), "{before:?}");
    }
    // No git, nothing to exclude from; a git folder that is a good place needs nothing either.
    for roots in [&[Root::Site, Root::State][..], &[Root::Site, Root::Git, Root::GitCommon, Root::State]] {
        let disk = disk_with(roots, OLD);
        assert!(matches!(save(&disk), SaveOutcome::Written(_)));
        assert_eq!(text_of(&disk, &excludes()), None, "{roots:?}");
    }
}

#[test]
fn while_git_would_see_the_folder_nothing_is_made_in_it() {
    for before in [None, Some("*.bak")] {
        let all = apart(before);
        assert!(matches!(save(&all), SaveOutcome::Written(_)));
        let (trace, all_excluded) = (all.trace(), text_of(&all, &excludes()));
        let about_list =
            |call: &String| call.ends_with(&excludes().to_string()) || call.ends_with(&excludes().folder().to_string());
        let mut tried = 0;
        for (at, call) in trace.iter().enumerate().filter(|(_, call)| about_list(call)) {
            tried += 1;
            let disk = apart(before);
            disk.fail(at, Fault::Error(5), false);
            let outcome = save(&disk);
            let label = format!("{before:?}, {call}: {outcome:?}");
            assert!(
                matches!(&outcome, SaveOutcome::Failed(error) if error.to_string().contains("_news/a.md")),
                "{label}"
            );
            assert_eq!(text_of(&disk, &article()).as_deref(), Some(OLD), "{label}");
            let seen = disk.files().into_iter().filter(|spot| spot.path.starts_with(".copydesk"));
            assert_eq!(seen.collect::<Vec<_>>(), [], "{label}");
            let list = text_of(&disk, &excludes()).filter(|list| !list.is_empty());
            assert!(list.as_deref() == before || list.as_deref() == all_excluded.as_deref(), "{label}: {list:?}");
        }
        assert!(tried >= 3, "{trace:?}");
    }
}

#[test]
fn what_a_dead_process_left_half_written_goes_and_what_is_none_of_ours_stays() {
    let disk = disk_with(&[Root::Site, Root::Git, Root::GitCommon, Root::State], OLD);
    let hash = |text: &str| copydesk::file::ContentHash::of(text.as_bytes());
    let in_git = |name: &str| Spot::new(Root::Git, format!("copydesk/{name}"));
    let half = in_git(&format!("0123abcd_0_{:016x}_{}_{}.part", 7, hash(OLD), hash(NEW)));
    let others = ["notes.part", "a_b_c.part", "0123abcd_0_part", "film.ready", "todo.kept"].map(in_git);
    for spot in others.iter().chain([&half]) {
        disk.put(spot, b"half a text");
    }
    let saver = saver(&disk);
    assert_eq!(saver.recover(&Vec::new).len(), 0);
    assert_eq!(disk.bytes(&half), None);
    for spot in &others {
        assert_eq!(text_of(&disk, spot).as_deref(), Some("half a text"), "{spot}");
    }
    saver.close();
}

fn set_attribute(disk: &SimFs, name: &str, value: &str) {
    let file = disk.open(&article(), Open::Read).unwrap();
    file.set_attribute(name.as_bytes(), value.as_bytes()).unwrap();
    disk.reset();
}

fn attributes(disk: &SimFs) -> Vec<(String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let all = disk.open(&article(), Open::Read).unwrap().attributes().unwrap();
    all.into_iter().map(|(name, value)| (text(name), text(value))).collect()
}

#[test]
fn an_attribute_that_cannot_go_along_stops_the_save_unless_the_system_gives_it_by_its_own_rules() {
    for (name, is_of_the_system) in [
        ("user.note", false),
        ("system.posix_acl_access", false),
        ("security.selinux", true),
        ("trusted.note", true),
        ("com.apple.quarantine", true),
    ] {
        let disk = || {
            let disk = disk_with(&[Root::Site, Root::Git, Root::GitCommon, Root::State], OLD);
            set_attribute(&disk, name, "kept");
            disk
        };
        let plain = disk();
        assert!(matches!(save(&plain), SaveOutcome::Written(_)), "{name}");
        assert_eq!(attributes(&plain), [(name.to_owned(), "kept".to_owned())]);
        let trace = disk();
        assert!(matches!(save(&trace), SaveOutcome::Written(_)));
        let at = trace.trace().iter().position(|call| call.starts_with("set attribute")).unwrap();
        let refusing = disk();
        refusing.fail(at, Fault::Error(1), false);
        let outcome = save(&refusing);
        if is_of_the_system {
            assert!(matches!(outcome, SaveOutcome::Written(_)), "{name}: {outcome:?}");
        } else {
            assert!(matches!(outcome, SaveOutcome::Failed(StorageError::Metadata { .. })), "{name}: {outcome:?}");
            assert_eq!(text_of(&refusing, &article()).as_deref(), Some(OLD), "{name}");
            assert_eq!(attributes(&refusing), [(name.to_owned(), "kept".to_owned())]);
        }
    }
}

#[test]
fn owner_and_mode_go_along() {
    for (owner, group) in [(1000, 1000), (1001, 1000), (1000, 1002)] {
        let disk = disk_with(&[Root::Site, Root::Git, Root::GitCommon, Root::State], OLD);
        let file = disk.open(&article(), Open::Read).unwrap();
        file.set_owner(owner, group).unwrap();
        file.set_mode(0o640).unwrap();
        drop(file);
        disk.reset();
        assert!(matches!(save(&disk), SaveOutcome::Written(_)));
        let is_set = disk.trace().iter().any(|call| call.starts_with("set owner"));
        let now = disk.entry(&article()).unwrap();
        assert_eq!((now.owner, now.group, now.mode & 0o777), (owner, group, 0o640));
        assert_eq!(is_set, (owner, group) != (1000, 1000), "who may not give files away saves their own");
    }
}

#[test]
fn a_new_file_that_cannot_be_made_is_told_unless_its_folder_went() {
    let disk = || disk_with(&[Root::Site, Root::Git, Root::GitCommon, Root::State], OLD);
    let rehearsal = disk();
    assert!(matches!(save(&rehearsal), SaveOutcome::Written(_)));
    let made = rehearsal.trace().iter().position(|call| call.starts_with("open") && call.ends_with(".part")).unwrap();
    for (error, is_written) in [(2, true), (5, false), (13, false), (28, false)] {
        let disk = disk();
        disk.fail(made, Fault::Error(error), false);
        let outcome = save(&disk);
        assert_eq!(matches!(outcome, SaveOutcome::Written(_)), is_written, "{error}: {outcome:?}");
        assert_eq!(matches!(outcome, SaveOutcome::Failed(_)), !is_written, "{error}: {outcome:?}");
        assert_eq!(text_of(&disk, &article()).as_deref(), Some(if is_written { NEW } else { OLD }), "{error}");
    }
}

#[test]
fn what_is_there_already_is_saved_when_it_is_sure_to_stay() {
    let saved = |fault: Option<&str>| {
        let disk = disk_with(&[Root::Site, Root::Git, Root::GitCommon, Root::State], OLD);
        // Written by another program, or by a save of ours that the disk did not confirm; and not synced.
        disk.replace(&article(), b"");
        disk.overwrite(&article(), NEW.as_bytes());
        let rehearsal = |disk: &SimFs| saver(disk).save(&plan("_news/a.md", Some(OLD), NEW), &|| false);
        if let Some(call) = fault {
            let other = disk_with(&[Root::Site, Root::Git, Root::GitCommon, Root::State], NEW);
            assert!(matches!(rehearsal(&other), SaveOutcome::Unchanged(_)));
            let at = other.trace().iter().rposition(|seen| seen.starts_with(call)).unwrap();
            disk.fail(at, Fault::Error(5), false);
        }
        (rehearsal(&disk), disk)
    };
    for seed in 0..50 {
        let (outcome, disk) = saved(None);
        assert!(matches!(outcome, SaveOutcome::Unchanged(_)), "{outcome:?}");
        disk.cut_power(seed);
        assert_eq!(text_of(&disk, &article()).as_deref(), Some(NEW), "seed {seed}");
    }
    for call in ["sync _news/a.md", "sync folder"] {
        let (outcome, disk) = saved(Some(call));
        assert!(matches!(outcome, SaveOutcome::Failed(StorageError::NotDurable { .. })), "{call}: {outcome:?}");
        assert_eq!(text_of(&disk, &article()).as_deref(), Some(NEW));
    }
    // What was expected to be there, and is, costs no sync.
    let disk = disk_with(&[Root::Site, Root::Git, Root::GitCommon, Root::State], NEW);
    let outcome = saver(&disk).save(&plan("_news/a.md", Some(NEW), NEW), &|| false);
    assert!(matches!(outcome, SaveOutcome::Unchanged(_)), "{outcome:?}");
    assert!(!disk.trace().iter().any(|call| call.starts_with("sync")), "{:?}", disk.trace());
}

#[test]
fn more_files_than_are_written_together_are_answered_each_by_its_number() {
    let disk = disk_with(&[Root::Site, Root::Git, Root::GitCommon, Root::State], OLD);
    let path = |number: usize| format!("_news/n{number}.md");
    let plans: Vec<_> = (0..300).map(|number| plan(&path(number), None, &format!("text {number}"))).collect();
    let mut answered = Vec::new();
    saver(&disk).save_many(&plans, &|| false, &mut |index, outcome| {
        assert!(
            matches!(&outcome, SaveOutcome::Written(now) if now.path.as_str() == path(index)),
            "{index}: {outcome:?}"
        );
        answered.push(index);
    });
    assert_eq!(answered, (0..300).collect::<Vec<_>>());
    for number in [0, 127, 128, 255, 256, 299] {
        let text = text_of(&disk, &Spot::new(Root::Site, path(number)));
        assert_eq!(text, Some(format!("text {number}")));
    }
}

#[test]
fn many_that_are_stopped_between_two_files_are_there_or_not_and_leave_nothing_behind() {
    let disk = disk_with(&[Root::Site, Root::Git, Root::GitCommon, Root::State], OLD);
    let path = |number: usize| format!("_news/n{number}.md");
    let plans: Vec<_> = (0..6).map(|number| plan(&path(number), None, "text")).collect();
    let is_there = |number: usize| disk.bytes(&Spot::new(Root::Site, path(number))).is_some();
    let saver = saver(&disk);
    let mut outcomes = Vec::new();
    saver.save_many(&plans, &|| is_there(1), &mut |_, outcome| outcomes.push(outcome));
    for (number, outcome) in outcomes.iter().enumerate() {
        assert_eq!(is_there(number), number < 2, "{number}: {outcome:?}");
        let is_said = match outcome {
            SaveOutcome::Written(_) => number < 2,
            SaveOutcome::Failed(StorageError::Cancelled { path: told }) => number >= 2 && *told == path(number),
            _ => false,
        };
        assert!(is_said, "{number}: {outcome:?}");
    }
    assert_eq!(outcomes.len(), plans.len());
    saver.close();
    let ours = disk.files().into_iter().filter(|spot| spot.root == Root::Git);
    assert_eq!(ours.collect::<Vec<_>>(), []);
}

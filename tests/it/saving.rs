//! The save on the real disk: what is written, what is kept, what is refused, what nobody may see.

use std::fs;
use std::path::Path;

use copydesk::file::{ContentHash, SitePath};
use copydesk::storage::{SaveOutcome, SavePlan, Saver, SiteFolder, StateFolder, StorageError};

struct World {
    folder: tempfile::TempDir,
    saver: Saver,
}

impl World {
    fn new(with_git: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        fs::create_dir(&root).unwrap();
        if with_git {
            fs::create_dir_all(root.join(".git")).unwrap();
            fs::write(root.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        }
        let state = StateFolder::at(&folder.path().join("state")).unwrap();
        let saver = Saver::new(&SiteFolder::open(&root).unwrap(), &state);
        Self { folder, saver }
    }

    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("site")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    fn save(&self, path: &str, expected: Option<&str>, text: &str) -> SaveOutcome {
        self.saver.save(&plan(path, expected, text), &|| false)
    }
}

fn plan(path: &str, expected: Option<&str>, text: &str) -> SavePlan {
    SavePlan {
        path: SitePath::new(path).unwrap(),
        expected: expected.map(|text| ContentHash::of(text.as_bytes())),
        bytes: text.as_bytes().to_vec(),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn written(outcome: &SaveOutcome) -> &copydesk::file::Snapshot {
    match outcome {
        SaveOutcome::Written(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_save_replaces_what_was_expected_and_leaves_nothing_behind() {
    for with_git in [true, false] {
        let world = World::new(with_git);
        world.write("_news/a.md", "old");
        let outcome = world.save("_news/a.md", Some("old"), "new");
        assert_eq!(&*written(&outcome).bytes, b"new");
        let site = SiteFolder::open(&world.root()).unwrap();
        let path = SitePath::new("_news/a.md").unwrap();
        assert_eq!(Some(written(&outcome).stamp), copydesk::storage::read::stamp(&site, &path));
        assert_eq!(world.text("_news/a.md"), "new");
        assert_eq!(names(&world.root().join("_news")), ["a.md"]);
        assert!(world.saver.is_unsettled());
        assert_eq!(world.saver.close(), []);
        assert!(!world.saver.is_unsettled());
        let left = if with_git { names(&world.root().join(".git/copydesk")) } else { names(&world.root()) };
        assert_eq!(left, if with_git { vec![] } else { vec!["_news"] });
    }
}

#[test]
fn other_bytes_than_expected_are_answered_and_not_overwritten() {
    let world = World::new(true);
    world.write("a.md", "theirs");
    match world.save("a.md", Some("base"), "ours") {
        SaveOutcome::MovedOn(snapshot) => assert_eq!(&*snapshot.bytes, b"theirs"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(world.save("a.md", None, "ours"), SaveOutcome::MovedOn(_)));
    assert_eq!(world.text("a.md"), "theirs");
    assert!(matches!(world.save("a.md", Some("base"), "theirs"), SaveOutcome::Unchanged(_)));
    assert!(matches!(world.save("gone.md", Some("base"), "ours"), SaveOutcome::Gone));
    assert!(!world.root().join("gone.md").exists());
}

#[test]
fn a_new_file_gets_its_folder() {
    let world = World::new(true);
    let outcome = world.save("_news/2020/a.md", None, "new");
    assert_eq!(&*written(&outcome).bytes, b"new");
    assert_eq!(world.text("_news/2020/a.md"), "new");
    assert!(!world.saver.is_unsettled());
}

#[cfg(unix)]
#[test]
fn files_that_a_rename_would_change_silently_are_refused() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let world = World::new(true);
    for path in ["read-only.md", "linked.md", "real.md"] {
        world.write(path, "old");
    }
    let root = world.root();
    fs::set_permissions(root.join("read-only.md"), fs::Permissions::from_mode(0o444)).unwrap();
    fs::hard_link(root.join("linked.md"), root.join("other.md")).unwrap();
    fs::write(world.folder.path().join("outside.md"), "old").unwrap();
    symlink("../outside.md", root.join("out.md")).unwrap();
    symlink("real.md", root.join("in.md")).unwrap();
    let failed = |path: &str| match world.save(path, Some("old"), "new") {
        SaveOutcome::Failed(error) => error,
        other => panic!("{path}: {other:?}"),
    };
    assert!(matches!(failed("read-only.md"), StorageError::ReadOnly { .. }));
    assert!(matches!(failed("linked.md"), StorageError::HardLinked { links: 2, .. }));
    assert!(matches!(failed("out.md"), StorageError::Outside { .. }));
    assert_eq!(fs::read_to_string(world.folder.path().join("outside.md")).unwrap(), "old");
    written(&world.save("in.md", Some("old"), "new"));
    assert_eq!(world.text("real.md"), "new");
    assert!(fs::symlink_metadata(root.join("in.md")).unwrap().is_symlink());
}

/// The save on the simulated disk: a fault, a kill, a power cut, another program at each call.
mod at_each_call {
    use std::sync::Arc;

    use copydesk::file::SitePath;
    use copydesk::storage::state::SiteKey;
    use copydesk::storage::vfs::simulated::{Dice, Fault, SimFs};
    use copydesk::storage::vfs::{Root, Spot};
    use copydesk::storage::{Displaced, SaveOutcome, SavePlan, Saver};

    use super::plan;

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
        let left: Vec<_> = disk
            .files()
            .into_iter()
            .filter(|spot| spot.root != Root::State && !spot.path.starts_with("_news/"))
            .collect();
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
                            for found in start_again(&disk) {
                                panic!("{label}: nobody else wrote, yet {found:?}");
                            }
                        }
                    }
                }
            }
        }
        eprintln!("{points} faults");
    }

    #[test]
    fn killed_or_cut_at_any_call_the_article_is_whole() {
        let seeds = crate::common::seeds(40);
        for kind in 0..3 {
            for at in 0..=calls_of_a_save(kind) {
                for seed in 0..seeds {
                    let disk = disk(kind);
                    disk.fail(at, Fault::Kill, true);
                    let (outcome, saver) = save(&disk);
                    drop(saver);
                    if seed == 0 {
                        disk.restart()
                    } else {
                        disk.cut_power(seed)
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

    /// Does two things in a row; answers what was said to be saved and not overwritten since.
    fn two_deeds(disk: &SimFs, deeds: [Deed; 2]) -> Option<String> {
        let saver = saver(disk);
        let held = disk.hold(&article());
        let mut saved = None;
        for (number, deed) in deeds.into_iter().enumerate() {
            match deed {
                Deed::Save => {
                    let new = format!("mine {number}");
                    let plan = plan("_news/a.md", text(disk).as_deref(), &new);
                    if matches!(saver.save(&plan, &|| false), SaveOutcome::Written(_)) {
                        saved = Some(new);
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
                saved = None;
            }
        }
        saved
    }

    #[test]
    fn any_two_deeds_cut_at_any_call_keep_the_promises() {
        let styles = [Style::InPlace, Style::Aside, Style::Delete, Style::Held].map(Deed::Style);
        let deeds: Vec<Deed> = [Deed::Save, Deed::Settle, Deed::Close].into_iter().chain(styles).collect();
        let mut points = 0;
        for (first, second) in deeds.iter().flat_map(|first| deeds.iter().map(move |second| (*first, *second))) {
            let calls = {
                let disk = disk(0);
                two_deeds(&disk, [first, second]);
                disk.calls()
            };
            let by_others = [first, second].iter().any(|deed| matches!(deed, Deed::Style(_)));
            for (at, seed) in (0..=calls).flat_map(|at| (0..6).map(move |seed| (at, seed))) {
                points += 1;
                let disk = disk(0);
                disk.fail(at, Fault::Kill, true);
                let saved = two_deeds(&disk, [first, second]);
                let before = text(&disk);
                if seed == 0 {
                    disk.restart()
                } else {
                    disk.cut_power(seed)
                }
                let label = format!("{first:?} {second:?}, call {at}, seed {seed}, before {before:?}");
                let now = disk.bytes(&article()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                // In a power cut others lose what they did not sync; we lose nothing of ours.
                let is_whole =
                    now.as_deref().is_some_and(|now| now == OLD || now == THEIRS || now.starts_with("mine "));
                assert!(is_whole || by_others, "{label}: {now:?}");
                if let Some(saved) = saved.filter(|_| !by_others) {
                    assert!(now.as_deref() == Some(&saved) || now == before, "{label}: saved {saved}, now {now:?}");
                }
                let displaced = start_again(&disk);
                assert!(by_others || displaced.is_empty(), "{label}: {displaced:?}");
            }
        }
        eprintln!("{points} cuts");
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
                let plans = [plan, super::plan("_news/b.md", None, &format!("b {number}"))];
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
        let seeds = crate::common::seeds(3000);
        for seed in 0..seeds {
            let mut dice = Dice(seed);
            let disk = disk(dice.roll(2));
            let mut saver = saver(&disk);
            let at = dice.roll(150);
            let error = ERRORS[dice.roll(ERRORS.len())];
            let fault = [Fault::Error(error), Fault::ErrorAfter(error), Fault::Short, Fault::Kill][dice.roll(4)];
            disk.fail(at, fault, dice.roll(4) == 0);
            let steps = 1 + dice.roll(6);
            let mut saved = None;
            for number in 0..steps {
                let written = step(&disk, &mut dice, &saver, number);
                let external = text(&disk).is_some_and(|text| text.starts_with("theirs"));
                if written.is_some() || external {
                    saved = written;
                }
                if dice.roll(4) == 0 {
                    disk.wait(std::time::Duration::from_secs(6));
                    assert_eq!(saver.settle(false), [], "seed {seed}");
                }
            }
            let before = text(&disk);
            let power = dice.roll(2) == 0;
            if power {
                disk.cut_power(seed)
            } else {
                disk.restart()
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
                if let Some(saved) = saved {
                    // A later save that was not confirmed may have been visible, and then may stay.
                    assert!(now == saved || before.as_deref() == Some(&now), "{label}: saved {saved}");
                }
            }
            for found in displaced {
                let bytes = String::from_utf8_lossy(&found.bytes).into_owned();
                assert!(power || is_whole(&bytes), "{label}: displaced {bytes}");
            }
        }
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
        assert!(
            matches!(&outcome, SaveOutcome::Failed(copydesk::storage::StorageError::GitBusy { .. })),
            "{outcome:?}"
        );
        assert_eq!(text(&disk).as_deref(), Some(OLD));
        disk.reset();
        disk.visit(3, move |disk| disk.delete(&lock));
        let (outcome, _) = save(&disk);
        assert!(matches!(outcome, SaveOutcome::Written(_)));
        disk.put(&Spot::new(Root::Git, "index.lock"), b"");
        let stopped = saver(&disk).save(&plan("_news/a.md", Some(NEW), OLD), &|| true);
        assert!(matches!(stopped, SaveOutcome::Failed(copydesk::storage::StorageError::Cancelled { .. })));
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
}

/// The save among real programs: git, another writer, another process, a kill.
#[cfg(target_os = "linux")]
mod among_others {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};

    use super::{World, names, plan, written};
    use copydesk::storage::{SaveOutcome, Saver, SiteFolder, StateFolder};

    fn git(world: &World, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"])
            .args(arguments)
            .current_dir(world.root())
            .output()
            .expect("git is needed for this test");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn git_sees_the_article_and_nothing_else() {
        let world = World::new(false);
        git(&world, &["init", "-q"]);
        world.write("_news/a.md", "old");
        git(&world, &["add", "."]);
        git(&world, &["commit", "-qm", "start"]);
        let state = StateFolder::at(&world.folder.path().join("state")).unwrap();
        let saver = Saver::new(&SiteFolder::open(&world.root()).unwrap(), &state);
        written(&saver.save(&plan("_news/a.md", Some("old"), "new"), &|| false));
        assert_eq!(
            git(&world, &["status", "--porcelain", "--ignored"]),
            " M _news/a.md\n",
            "while the old version is kept"
        );
        drop(saver);
        assert_ne!(names(&world.root().join(".git/copydesk")), Vec::<String>::new(), "as after a kill");
        let next = Saver::new(&SiteFolder::open(&world.root()).unwrap(), &state);
        assert_eq!(next.recover(&Vec::new), []);
        assert_eq!(names(&world.root().join(".git/copydesk")), Vec::<String>::new());
        written(&next.save(&plan("_news/a.md", Some("new"), "old"), &|| false));
        next.close();
        assert_eq!(git(&world, &["status", "--porcelain", "--ignored"]), "");
        assert_eq!(git(&world, &["fsck"]), "");
    }

    #[test]
    fn mode_attributes_and_times_are_kept() {
        let world = World::new(true);
        for mode in [0o644, 0o600, 0o664, 0o755, 0o666] {
            world.write("a.md", "old");
            let path = world.root().join("a.md");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let note = rustix::fs::setxattr(&path, "user.note", b"kept", rustix::fs::XattrFlags::empty());
            written(&world.save("a.md", Some("old"), "new"));
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode);
            if note.is_ok() {
                let mut value = [0; 16];
                let length = rustix::fs::getxattr(&path, "user.note", &mut value).unwrap();
                assert_eq!(&value[..length], b"kept");
            } else {
                eprintln!("skipped: this disk has no extended attributes");
            }
        }
        let umask = rustix::process::umask(rustix::fs::Mode::empty());
        rustix::process::umask(umask);
        written(&world.save("new.md", None, "new"));
        let mode = fs::metadata(world.root().join("new.md")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o666 & !umask.as_raw_mode(), "a new file gets what any program's new file gets");
    }

    #[test]
    fn a_linked_work_tree_has_its_workshop_in_its_own_git_folder() {
        let world = World::new(false);
        git(&world, &["init", "-q"]);
        world.write("a.md", "old");
        git(&world, &["add", "."]);
        git(&world, &["commit", "-qm", "start"]);
        git(&world, &["worktree", "add", "-q", "../linked"]);
        let linked = world.folder.path().join("linked");
        let state = StateFolder::at(&world.folder.path().join("state")).unwrap();
        let site = SiteFolder::open(&linked).unwrap();
        let saver = Saver::new(&site, &state);
        written(&saver.save(&plan("a.md", Some("old"), "new"), &|| false));
        assert!(world.root().join(".git/worktrees/linked/copydesk").is_dir());
        assert_eq!(names(&linked), [".git", "a.md"]);
        assert_eq!(
            copydesk::storage::git::branch(&site),
            Some(copydesk::storage::git::Branch::Named("linked".to_owned()))
        );
    }

    /// Two writers that take turns as fast as they can. Each adds its own line to what it read; no line may be lost.
    #[test]
    fn in_a_duel_no_update_is_lost() {
        let world = World::new(true);
        world.write("a.md", "");
        let path = world.root().join("a.md");
        let (stop, rounds) = (AtomicBool::new(false), crate::common::seeds(300));
        let (mut ours, mut theirs, mut moved) = (0_u64, 0_u64, 0_u64);
        std::thread::scope(|scope| {
            // The other: writes aside and swaps only if the file is what it read; it cannot see us between the two, so it takes
            // what it displaced and makes its own line again.
            let other = scope.spawn(|| {
                let mut count = 0;
                let aside = world.folder.path().join("aside");
                while !stop.load(Ordering::Relaxed) {
                    let base = fs::read_to_string(&path).unwrap();
                    fs::write(&aside, format!("{base}t{count}\n")).unwrap();
                    let swap = |from: &std::path::Path| {
                        let flags = rustix::fs::RenameFlags::EXCHANGE;
                        rustix::fs::renameat_with(rustix::fs::CWD, from, rustix::fs::CWD, &path, flags).unwrap();
                    };
                    swap(&aside);
                    if fs::read_to_string(&aside).unwrap() == base {
                        count += 1;
                    } else {
                        swap(&aside);
                    }
                    std::thread::sleep(Duration::from_micros(200));
                }
                count
            });
            let start = Instant::now();
            while ours < rounds && start.elapsed() < Duration::from_secs(5) {
                let base = fs::read_to_string(&path).unwrap();
                match world.save("a.md", Some(&base), &format!("{base}o{ours}\n")) {
                    SaveOutcome::Written(_) => ours += 1,
                    SaveOutcome::MovedOn(_) => moved += 1,
                    SaveOutcome::Failed(copydesk::storage::StorageError::Contended { .. }) => {}
                    other => panic!("{other:?}"),
                }
            }
            stop.store(true, Ordering::Relaxed);
            theirs = other.join().unwrap();
        });
        // What the other added and then replaced itself, by what it had read of ours in the very moment, is handed to the desk.
        let mut text = world.text("a.md");
        let displaced = world.saver.settle(true);
        for found in &displaced {
            text.push_str(std::str::from_utf8(&found.bytes).unwrap());
        }
        let lines: std::collections::BTreeSet<&str> = text.lines().collect();
        let missing = |letter: char, count: u64| {
            (0..count).filter(|number| !lines.contains(format!("{letter}{number}").as_str())).count()
        };
        eprintln!("{ours} ours, {theirs} theirs, {moved} times moved on, {} to be merged", displaced.len());
        assert_eq!((missing('o', ours), missing('t', theirs)), (0, 0));
        assert!(ours > 0 && theirs > 0);
    }

    #[test]
    fn two_savers_of_one_site_take_turns() {
        let world = World::new(true);
        world.write("a.md", "");
        let state = StateFolder::at(&world.folder.path().join("state")).unwrap();
        let rounds = crate::common::seeds(100);
        let total: u64 = std::thread::scope(|scope| {
            let one = |letter: char| {
                let (world, state) = (&world, &state);
                scope.spawn(move || {
                    let saver = Saver::new(&SiteFolder::open(&world.root()).unwrap(), state);
                    let mut count = 0;
                    while count < rounds {
                        let base = world.text("a.md");
                        let plan = plan("a.md", Some(&base), &format!("{base}{letter}{count}\n"));
                        match saver.save(&plan, &|| false) {
                            SaveOutcome::Written(_) => count += 1,
                            SaveOutcome::MovedOn(_) => {}
                            SaveOutcome::Failed(copydesk::storage::StorageError::Contended { .. }) => {}
                            other => panic!("{other:?}"),
                        }
                    }
                    assert_eq!(saver.close(), []);
                    count
                })
            };
            let savers = [one('a'), one('b')];
            savers.into_iter().map(|saver| saver.join().unwrap()).sum()
        });
        let text = world.text("a.md");
        assert_eq!(text.lines().collect::<std::collections::BTreeSet<_>>().len() as u64, total);
        assert_eq!(names(&world.root().join(".git/copydesk")), Vec::<String>::new());
    }

    /// A process of its own that saves until it is killed; the test starts itself again for it.
    const CHILD: &str = "COPYDESK_SAVE_UNTIL_KILLED";

    #[test]
    fn saves_until_killed() {
        let Some(folder) = std::env::var_os(CHILD) else { return };
        let folder = std::path::PathBuf::from(folder);
        let state = StateFolder::at(&folder.join("state")).unwrap();
        let saver = Saver::new(&SiteFolder::open(&folder.join("site")).unwrap(), &state);
        let mut text = fs::read_to_string(folder.join("site/a.md")).unwrap();
        for number in 0.. {
            let new = format!("version {}.{number} {}", std::process::id(), "x".repeat(4000));
            written(&saver.save(&plan("a.md", Some(&text), &new), &|| false));
            text = new;
        }
    }

    #[test]
    fn killed_at_any_moment_the_article_is_whole_and_nothing_is_left() {
        let world = World::new(false);
        git(&world, &["init", "-q"]);
        world.write("a.md", &format!("version 0 {}", "x".repeat(4000)));
        git(&world, &["add", "."]);
        git(&world, &["commit", "-qm", "start"]);
        let state = StateFolder::at(&world.folder.path().join("state")).unwrap();
        let kills = crate::common::seeds(40);
        let mut leftovers = 0;
        for kill in 0..kills {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["saves_until_killed", "--nocapture"])
                .env(CHILD, world.folder.path())
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            let (before, start) = (world.text("a.md"), Instant::now());
            while world.text("a.md") == before && start.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_micros(kill * 1_237 % 9_000));
            child.kill().unwrap();
            child.wait().unwrap();
            let text = world.text("a.md");
            assert!(text.starts_with("version ") && text.ends_with(&"x".repeat(4000)), "{}", text.len());
            let workshop = world.root().join(".git/copydesk");
            leftovers += if workshop.is_dir() { names(&workshop).len() } else { 0 };
            assert_eq!(git(&world, &["status", "--porcelain"]).replace(" M a.md\n", ""), "");
            let saver = Saver::new(&SiteFolder::open(&world.root()).unwrap(), &state);
            assert_eq!(saver.recover(&|| vec![copydesk::file::SitePath::new("a.md").unwrap()]), []);
            assert!(!workshop.is_dir() || names(&workshop).is_empty(), "{:?}", names(&workshop));
            assert_eq!(world.text("a.md"), text);
        }
        eprintln!("{kills} kills, {leftovers} leftovers");
        assert!(leftovers > 0, "no kill left anything: none came during a save");
    }
}

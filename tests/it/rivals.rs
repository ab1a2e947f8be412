//! The save among real programs: git, another writer, another process, a kill.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::saving::{World, names, plan, written};
use copydesk::storage::{Displaced, SaveOutcome, Saver, SiteFolder, StateFolder};

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
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        assert_eq!(next.recover(&Vec::new), []);
        // A process that another test starts holds all locks of this one between its fork and its exec.
        if names(&world.root().join(".git/copydesk")).is_empty() || Instant::now() > end {
            break;
        }
    }
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
fn an_access_list_that_the_git_folder_gives_to_new_files_does_not_reach_the_article() {
    let world = World::new(true);
    world.write("a.md", "old");
    let path = world.root().join("a.md");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let workshop = world.root().join(".git/copydesk");
    fs::create_dir(&workshop).unwrap();
    // Version 2; then tag, rights and number of the owner, a user, the group, the mask and all others.
    let entries: [(u16, u16, u32); 5] = [(1, 6, !0), (2, 6, 1234), (4, 4, !0), (16, 6, !0), (32, 0, !0)];
    let list: Vec<u8> = (2_u32.to_le_bytes().into_iter())
        .chain(entries.iter().flat_map(|(tag, rights, number)| {
            [&tag.to_le_bytes()[..], &rights.to_le_bytes(), &number.to_le_bytes()].concat()
        }))
        .collect();
    let none = rustix::fs::XattrFlags::empty();
    if rustix::fs::setxattr(&workshop, "system.posix_acl_default", &list, none).is_err() {
        eprintln!("skipped: this disk has no access lists");
        return;
    }
    // One of the article's own, beside which the other is seen to be none of its.
    rustix::fs::setxattr(&path, "user.note", b"kept", none).unwrap();
    written(&world.save("a.md", Some("old"), "new"));
    let mut value = [0; 256];
    let access = rustix::fs::getxattr(&path, "system.posix_acl_access", &mut value);
    assert!(access.is_err(), "nobody else may read it: {access:?}");
    assert!(rustix::fs::getxattr(&path, "user.note", &mut value).is_ok());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o640);
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
    assert_eq!(copydesk::storage::git::branch(&site), Some(copydesk::storage::git::Branch::Named("linked".to_owned())));
}

#[test]
fn two_savers_of_one_site_take_turns() {
    let world = World::new(true);
    world.write("a.md", "");
    let state = StateFolder::at(&world.folder.path().join("state")).unwrap();
    let rounds = crate::common::Column::rounds(100, 1000, 100_000).count();
    let done: Vec<(u64, Vec<Displaced>)> = std::thread::scope(|scope| {
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
                        SaveOutcome::MovedOn(_)
                        | SaveOutcome::Failed(copydesk::storage::StorageError::Contended { .. }) => {}
                        other => panic!("{other:?}"),
                    }
                }
                // A version that was put back and saved over by the other in the very moment is handed on to be merged.
                let handed_on = saver.close();
                for displaced in &handed_on {
                    saver.accept(displaced);
                }
                assert_eq!(saver.close(), []);
                (count, handed_on)
            })
        };
        let savers = [one('a'), one('b')];
        savers.into_iter().map(|saver| saver.join().unwrap()).collect()
    });
    // Who reads in the moment in which the other one's version is in sight, before that is taken back, goes on from a version that
    // lacks the own last line: that one is handed on, and is there when it is merged.
    let handed_on = done.iter().flat_map(|(_, handed_on)| handed_on).map(|displaced| displaced.bytes.to_vec());
    let texts: Vec<String> =
        handed_on.map(|bytes| String::from_utf8(bytes).unwrap()).chain([world.text("a.md")]).collect();
    let lines: std::collections::BTreeSet<_> = texts.iter().flat_map(|text| text.lines()).collect();
    assert_eq!(lines.len() as u64, done.iter().map(|(count, _)| count).sum::<u64>());
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
    let column = crate::common::Column::rounds(40, 40, 40);
    let mut leftovers = 0;
    for kill in column.seeds() {
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
    eprintln!("{leftovers} leftovers");
    assert!(leftovers > 0, "no kill left anything: none came during a save");
}

//! The save on the real disk: what is written, what is kept, what is refused, what nobody may see.

use std::fs;
use std::path::Path;

use copydesk::file::{ContentHash, SitePath};
#[cfg(unix)]
use copydesk::storage::StorageError;
use copydesk::storage::{SaveOutcome, SavePlan, Saver, SiteFolder, StateFolder};

pub struct World {
    pub folder: tempfile::TempDir,
    pub saver: Saver,
}

impl World {
    pub fn new(with_git: bool) -> Self {
        Self::new_in(None, with_git)
    }

    /// A world on the disk of this folder.
    pub fn new_in(disk: Option<&Path>, with_git: bool) -> Self {
        let folder = disk.map_or_else(tempfile::tempdir, tempfile::tempdir_in).unwrap();
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

    pub fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("site")
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    pub fn save(&self, path: &str, expected: Option<&str>, text: &str) -> SaveOutcome {
        self.saver.save(&plan(path, expected, text), &|| false)
    }
}

pub fn plan(path: &str, expected: Option<&str>, text: &str) -> SavePlan {
    SavePlan {
        path: SitePath::new(path).unwrap(),
        expected: expected.map(|text| ContentHash::of(text.as_bytes())),
        bytes: text.as_bytes().to_vec(),
    }
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub fn written(outcome: &SaveOutcome) -> &copydesk::file::Snapshot {
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
fn content_decides_where_size_and_time_say_that_nothing_changed() {
    let world = World::new(true);
    world.write("a.md", "heat: 80");
    let file = world.root().join("a.md");
    let time = fs::metadata(&file).unwrap().modified().unwrap();
    fs::write(&file, "heat: 99").unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
    match world.save("a.md", Some("heat: 80"), "heat: 120") {
        SaveOutcome::MovedOn(snapshot) => assert_eq!(&*snapshot.bytes, b"heat: 99"),
        other => panic!("{other:?}"),
    }
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

/// A saved version of this file, for all that a pruner sees of it; takes no room.
fn segment(folder: &Path, number: u32, bytes: u64, age: std::time::Duration) -> std::path::PathBuf {
    let path = folder.join(format!("{number:020}-1.saved"));
    let file = fs::File::create(&path).unwrap();
    file.set_len(bytes).unwrap();
    file.set_modified(std::time::SystemTime::now() - age).unwrap();
    path
}

#[test]
fn saved_versions_stay_for_seven_days_and_two_hundred_megabytes() {
    use copydesk::storage::Ledger;
    use std::time::Duration;

    let world = World::new(false);
    world.write("a.md", "first");
    written(&world.save("a.md", Some("first"), "second"));
    let state = StateFolder::at(&world.folder.path().join("state")).unwrap();
    let site = SiteFolder::open(&world.root()).unwrap();
    let own = fs::read_dir(state.state().join("sites")).unwrap().next().unwrap().unwrap().path().join("saved");
    let (hour, day, megabyte) = (Duration::from_hours(1), Duration::from_hours(24), 1 << 20);

    // By age: younger than seven days stays, older goes.
    let young = segment(&own, 1, 10, 6 * day + 23 * hour);
    let old = segment(&own, 2, 10, 7 * day + hour);
    Ledger::of(&site, &state).prune().unwrap();
    assert!(young.exists() && !old.exists());

    // By size: the oldest go until 200 MB are left, however young they are.
    let many: Vec<_> = (10..16).map(|number| segment(&own, number, 45 * megabyte, hour)).collect();
    Ledger::of(&site, &state).prune().unwrap();
    let left: Vec<bool> = many.iter().map(|path| path.exists()).collect();
    assert_eq!(left, [false, false, true, true, true, true]);
    let kept: u64 = fs::read_dir(&own).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(kept <= 200 * megabyte && kept > 150 * megabyte, "{kept}");

    // What is in use is never among them: the version can be taken back.
    let versions = Ledger::of(&site, &state).versions(&SitePath::new("a.md").unwrap()).unwrap();
    assert_eq!(versions.iter().map(|saved| saved.before.as_deref()).collect::<Vec<_>>(), [Some(&b"first"[..])]);
}

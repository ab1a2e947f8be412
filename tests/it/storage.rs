//! The site's folder on the real disk: what a walk lists and leaves out, what is read and refused, what is remembered.

use std::fs;
use std::path::Path;

use copydesk::file::{ContentHash, SitePath};
use copydesk::storage::read::{self, LIMIT};
use copydesk::storage::rules::Rules;
use copydesk::storage::scan::{self, ScanOptions, ScanReport};
use copydesk::storage::state::{SiteKey, StateFile};
use copydesk::storage::{SaveOutcome, SiteFolder, StateFolder, StorageError, cache, git, trash};

fn write(root: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn site_path(path: &str) -> SitePath {
    SitePath::new(path).unwrap()
}

fn walked(root: &Path, exclude: &[&str]) -> (Vec<String>, ScanReport) {
    let site = SiteFolder::open(root).unwrap();
    let exclude = exclude.iter().map(|&pattern| pattern.to_owned()).collect();
    let options = ScanOptions { exclude, ..ScanOptions::default() };
    let mut paths = Vec::new();
    let report = scan::walk(&site, &options, &|| false, &mut |found| paths.push(found.path.to_string())).unwrap();
    paths.sort();
    assert_eq!(report.files, paths.len());
    let rules = Rules::new(&site, &options);
    for path in &paths {
        assert!(!rules.leaves_out(&site_path(path)), "{path} is walked, so the rules must not leave it out");
    }
    (paths, report)
}

#[test]
fn a_walk_leaves_out_what_was_built_and_what_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for path in [
        "_news/a.md",
        "_news/deep/b.md",
        "_site/a.html",
        "public/a.html",
        "_news/public/kept.md",
        "_news/node_modules/x.md",
        ".git/HEAD",
        ".github/x.md",
        "vendor/x.md",
        "_news/vendor/kept.md",
        "drafts/x.bak",
        "secret/x.md",
        "_news/hidden.tmp",
        "_news/deep/kept.tmp",
        "_config.yml",
    ] {
        write(root, path, "x");
    }
    write(root, ".gitignore", "/secret/\n*.tmp\n");
    write(root, "_news/deep/.gitignore", "!kept.tmp\n");
    let (paths, report) = walked(root, &["vendor", "*.bak"]);
    assert_eq!(
        paths,
        [
            ".gitignore",
            "_config.yml",
            "_news/a.md",
            "_news/deep/.gitignore",
            "_news/deep/b.md",
            "_news/deep/kept.tmp",
            "_news/public/kept.md",
            "_news/vendor/kept.md"
        ]
    );
    assert_eq!(report.skipped, []);
    let site = SiteFolder::open(root).unwrap();
    let rules = Rules::new(&site, &ScanOptions { exclude: vec!["vendor".to_owned()], ..ScanOptions::default() });
    for path in
        ["_site/a.html", ".git/HEAD", "vendor/x.md", "secret/new.md", "_news/hidden.tmp", "a/node_modules/b/c.md"]
    {
        assert!(rules.leaves_out(&site_path(path)), "{path}");
    }
}

#[test]
fn a_walk_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.md", "x");
    let site = SiteFolder::open(folder.path()).unwrap();
    let report = scan::walk(&site, &ScanOptions::default(), &|| true, &mut |_| {}).unwrap();
    assert!(report.cancelled);
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_site_only() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.md", "secret");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "_news/real.md", "real");
    symlink("real.md", root.join("_news/inside.md")).unwrap();
    symlink(outside.path().join("secret.md"), root.join("_news/outside.md")).unwrap();
    symlink("nowhere.md", root.join("_news/dangling.md")).unwrap();
    symlink(outside.path(), root.join("_out")).unwrap();
    symlink("_news", root.join("_in")).unwrap();
    // By the tool of POSIX: macOS has no call for it below an open folder.
    assert!(std::process::Command::new("mkfifo").arg(root.join("_news/pipe.md")).status().unwrap().success());
    let (paths, report) = walked(root, &[]);
    assert_eq!(paths, ["_news/inside.md", "_news/real.md"]);
    let skipped: Vec<_> =
        report.skipped.iter().map(|skipped| (skipped.path.as_str(), skipped.reason.to_string())).collect();
    let link = "the link leads out of the site or nowhere".to_owned();
    let pipe = "it is not a regular file".to_owned();
    assert_eq!(
        skipped,
        [
            ("_news/dangling.md", link.clone()),
            ("_news/outside.md", link.clone()),
            ("_news/pipe.md", pipe),
            ("_out", link)
        ]
    );
    let site = SiteFolder::open(root).unwrap();
    assert_eq!(&*read::read(&site, &site_path("_news/inside.md")).unwrap().bytes, b"real");
    assert_eq!(&*read::read(&site, &site_path("_in/real.md")).unwrap().bytes, b"real");
    for path in ["_news/outside.md", "_out/secret.md"] {
        let error = read::read(&site, &site_path(path)).unwrap_err();
        assert_eq!(error, StorageError::Outside { path: path.to_owned() });
    }
    let error = read::read(&site, &site_path("_news/pipe.md")).unwrap_err();
    assert_eq!(error, StorageError::NotRegular { path: "_news/pipe.md".to_owned() });
    assert!(read::read(&site, &site_path("_news")).is_err());
    assert!(read::read(&site, &site_path("_news/missing.md")).unwrap_err().is_not_found());
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_cannot_be_used_are_reported() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join(std::ffi::OsStr::from_bytes(b"bad\xff.md")), "x").unwrap();
    fs::write(root.join("line\nbreak.md"), "x").unwrap();
    fs::write(root.join("back\\slash.md"), "x").unwrap();
    write(root, "good.md", "x");
    let (paths, report) = walked(root, &[]);
    assert_eq!(paths, ["good.md"]);
    let names: Vec<_> = report.skipped.iter().map(|skipped| skipped.path.as_str()).collect();
    assert_eq!(names, ["back\\slash.md", "bad\u{fffd}.md", "line\\nbreak.md"]);
}

#[test]
fn a_file_too_large_is_refused_with_its_size() {
    let folder = tempfile::tempdir().unwrap();
    fs::File::create(folder.path().join("big.md")).unwrap().set_len(LIMIT + 1).unwrap();
    let site = SiteFolder::open(folder.path()).unwrap();
    let error = read::read(&site, &site_path("big.md")).unwrap_err();
    assert_eq!(error.to_string(), "big.md is too large: 67108865 bytes, and at most 67108864 are read");
}

#[test]
fn settings_come_back_and_unknown_versions_stay() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::at(folder.path()).unwrap();
    let file = StateFile::Settings;
    assert_eq!(state.load::<Vec<String>>(&file, 1).unwrap(), None);
    state.store(&file, 1, &vec!["a"]).unwrap();
    assert_eq!(state.load::<Vec<String>>(&file, 2).unwrap(), Some((1, vec!["a".to_owned()])));
    state.store(&file, 3, &vec!["newer"]).unwrap();
    let newer = StorageError::Newer { path: "settings.json (settings)".to_owned(), version: 3 };
    assert_eq!(state.load::<Vec<String>>(&file, 2).unwrap_err(), newer);
    assert_eq!(state.store(&file, 2, &vec!["older"]).unwrap_err(), newer);
    let path = state.config().join("settings.json");
    fs::write(&path, "{").unwrap();
    assert!(matches!(state.load::<Vec<String>>(&file, 2), Err(StorageError::Damaged { .. })));
    assert_eq!(state.load::<Vec<String>>(&file, 2).unwrap(), None);
    let kept = fs::read_dir(state.config()).unwrap().next().unwrap().unwrap().file_name();
    assert!(kept.to_string_lossy().starts_with("settings.json.damaged-"));
}

#[cfg(unix)]
#[test]
fn state_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("state-of-mine");
    fs::create_dir_all(place.join("state")).unwrap();
    let state = StateFolder::at(&place).unwrap();
    let site = SiteFolder::open(folder.path()).unwrap();
    state.store(&StateFile::Site(SiteKey::of(&site)), 1, &"layout").unwrap();
    let mut seen = 0;
    let mut folders = vec![state.config().to_owned(), state.state().to_owned(), state.cache().to_owned()];
    while let Some(folder) = folders.pop() {
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700, "{}", folder.display());
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                seen += 1;
                assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", entry.path().display());
            }
        }
    }
    assert_eq!(seen, 1);
}

#[test]
fn the_branch_is_read_without_git() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let branch = || git::branch(&SiteFolder::open(root).unwrap());
    assert_eq!(branch(), None);
    write(root, ".git/HEAD", "ref: refs/heads/topic/one\n");
    assert_eq!(branch(), Some(git::Branch::Named("topic/one".to_owned())));
    write(root, ".git/HEAD", "0123456789abcdef0123456789abcdef01234567\n");
    assert_eq!(branch(), Some(git::Branch::Detached("012345678".to_owned())));
    fs::create_dir(root.join("docs")).unwrap();
    let below = SiteFolder::open(&root.join("docs")).unwrap();
    assert_eq!(below.git().unwrap().work_tree(), root.canonicalize().unwrap());
}

#[test]
fn a_git_file_that_points_to_a_stranger_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "victim/HEAD", "ref: refs/heads/main\n");
    write(folder.path(), "site/.git", "gitdir: ../victim\n");
    let site = SiteFolder::open(&folder.path().join("site")).unwrap();
    assert!(site.git().is_none());
    // The folder of a real linked work tree names it back.
    write(folder.path(), "victim/gitdir", folder.path().join("site/.git").to_str().unwrap());
    let site = SiteFolder::open(&folder.path().join("site")).unwrap();
    assert_eq!(git::branch(&site), Some(git::Branch::Named("main".to_owned())));
}

#[test]
fn a_git_folder_that_says_to_share_a_folder_above_the_site_is_none() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "site/.git/HEAD", "ref: refs/heads/main\n");
    let git = || SiteFolder::open(&folder.path().join("site")).unwrap().git().is_some();
    assert!(git());
    for common in ["../..", "..", "/"] {
        write(folder.path(), "site/.git/commondir", common);
        assert!(!git(), "{common}");
    }
}

#[test]
fn a_cache_gives_back_what_went_in_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::at(folder.path()).unwrap();
    let key = SiteKey::of_root(folder.path());
    assert_eq!(cache::load(&state, &key, "index", 1), None);
    cache::store(&state, &key, "index", 1, b"columns").unwrap();
    assert_eq!(cache::load(&state, &key, "index", 1).as_deref(), Some(&b"columns"[..]));
    assert_eq!(cache::load(&state, &key, "index", 2), None, "another version");
    let path = state.cache().join("sites").join(key.as_str()).join("index");
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut hit = whole.clone();
        hit[at] ^= 1;
        fs::write(&path, &hit).unwrap();
        assert_eq!(cache::load(&state, &key, "index", 1), None, "hit at {at}");
        fs::write(&path, &whole[..at]).unwrap();
        assert_eq!(cache::load(&state, &key, "index", 1), None, "cut at {at}");
    }
}

#[test]
fn a_cache_in_pieces_gives_back_each_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::at(folder.path()).unwrap();
    let key = SiteKey::of_root(folder.path());
    let load = || cache::load_pieces(&state, &key, "index", 1, &|at, bytes| Some((at, bytes)));
    let pieces: [&[u8]; 4] = [b"columns", b"", b"texts", b"texts"];
    cache::store_pieces(&state, &key, "index", 1, &pieces).unwrap();
    let expected: Vec<(usize, Vec<u8>)> = pieces.iter().map(|piece| piece.to_vec()).enumerate().collect();
    assert_eq!(load(), Some(expected));
    assert_eq!(cache::load(&state, &key, "index", 1), None, "more than one");
    assert_eq!(cache::load_pieces(&state, &key, "index", 1, &|at, _| (at < 3).then_some(())), None, "one is of no use");
    let path = state.cache().join("sites").join(key.as_str()).join("index");
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut hit = whole.clone();
        hit[at] ^= 0x41;
        fs::write(&path, &hit).unwrap();
        assert_eq!(load(), None, "hit at {at}");
        hit = whole.clone();
        hit.remove(at);
        fs::write(&path, &hit).unwrap();
        assert_eq!(load(), None, "without {at}");
    }
    cache::store_pieces(&state, &key, "index", 1, &[]).unwrap();
    assert_eq!(load(), Some(Vec::new()));
}

#[test]
fn only_what_was_seen_goes_to_the_trash() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.md", "theirs");
    let site = SiteFolder::open(folder.path()).unwrap();
    let delete = |path: &str| trash::delete(&site, &site_path(path), ContentHash::of(b"seen"));
    assert!(matches!(delete("a.md"), Some(SaveOutcome::MovedOn(snapshot)) if &*snapshot.bytes == b"theirs"));
    assert!(matches!(delete("b.md"), Some(SaveOutcome::Gone)));
    assert!(folder.path().join("a.md").is_file());
}

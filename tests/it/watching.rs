//! Watching: batches, quiet, loss of track, new folders, what is left out, polling.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use copydesk::file::SitePath;
use copydesk::storage::SiteFolder;
use copydesk::storage::scan::ScanOptions;
use copydesk::storage::watch::{AT_MOST, Batch, Coalescer, Due, QUIET, WHILE_GIT, Watcher};

const STEP: Duration = Duration::from_millis(100);

fn path(name: &str) -> PathBuf {
    PathBuf::from("/site").join(name)
}

fn paths(names: &[&str]) -> Due {
    Due::Paths(names.iter().map(|name| path(name)).collect())
}

#[test]
fn a_batch_comes_after_quiet_and_holds_each_path_once() {
    let start = Instant::now();
    let mut coalescer = Coalescer::default();
    assert_eq!(coalescer.due_at(false), None);
    coalescer.add([path("a"), path("b")], false, start);
    coalescer.add([path("a")], false, start + STEP);
    assert_eq!(coalescer.take(start + QUIET, false), None, "quiet counts from the last event");
    assert_eq!(coalescer.take(start + STEP + QUIET, false), Some(paths(&["a", "b"])));
    assert_eq!(coalescer.due_at(false), None);
}

#[test]
fn a_batch_does_not_wait_for_ever() {
    let start = Instant::now();
    let mut coalescer = Coalescer::default();
    let mut now = start;
    while now < start + AT_MOST {
        coalescer.add([path("a")], false, now);
        assert_eq!(coalescer.take(now, false), None);
        now += STEP;
    }
    assert_eq!(coalescer.take(start + AT_MOST, false), Some(paths(&["a"])));
}

#[test]
fn a_checkout_is_one_batch() {
    let start = Instant::now();
    let mut coalescer = Coalescer::default();
    coalescer.add([path("a")], false, start);
    assert_eq!(coalescer.take(start + AT_MOST, true), None, "git works");
    assert_eq!(coalescer.take(start + AT_MOST, false), Some(paths(&["a"])), "git is done");
    coalescer.add([path("a")], false, start);
    assert_eq!(coalescer.take(start + WHILE_GIT, true), Some(paths(&["a"])), "a lock left behind");
}

#[test]
fn lost_track_and_floods_mean_everything() {
    let now = Instant::now();
    let mut coalescer = Coalescer::default();
    coalescer.add([path("a")], false, now);
    coalescer.add([], true, now);
    coalescer.add([path("b")], false, now);
    assert_eq!(coalescer.take(now + QUIET, false), Some(Due::Rescan));
    coalescer.add((0..30_000).map(|number| path(&number.to_string())), false, now);
    assert_eq!(coalescer.take(now + QUIET, false), Some(Due::Rescan));
    coalescer.add([], true, now);
    assert_eq!(coalescer.take(now + QUIET, false), Some(Due::Rescan), "an event without any path");
}

fn write(root: &Path, path: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "x").unwrap();
}

/// All files told until these are among them; fails after a while.
fn told(watcher: &mut Watcher, wanted: &[&str]) -> BTreeSet<String> {
    let until = Instant::now() + Duration::from_secs(20);
    let mut told = BTreeSet::new();
    while !wanted.iter().all(|wanted| told.contains(*wanted)) {
        assert!(Instant::now() < until, "only {told:?} of {wanted:?}");
        match watcher.next(STEP) {
            Some(Batch::Files(files)) => told.extend(files.iter().map(SitePath::to_string)),
            Some(Batch::Rescan | Batch::Git) | None => {}
        }
    }
    told
}

#[test]
fn changes_of_others_are_told_and_what_is_left_out_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for path in ["_news/a.md", "_site/a.html", "node_modules/x/y.md", ".git/HEAD"] {
        write(&root, path);
    }
    write(&root, ".gitignore");
    fs::write(root.join(".gitignore"), "*.tmp\n").unwrap();
    let mut watcher = Watcher::start(&SiteFolder::open(&root).unwrap(), &ScanOptions::default());
    assert_eq!(watcher.polling(), None);
    for path in ["_site/a.html", "node_modules/x/y.md", "_news/x.tmp", "_news/a.md", "_news/new/deep/b.md"] {
        write(&root, path);
    }
    let first = told(&mut watcher, &["_news/a.md", "_news/new/deep/b.md"]);
    assert!(first.iter().all(|path| path.starts_with("_news/") && !path.contains("tmp")), "{first:?}");
    write(&root, "_news/new/deep/c.md");
    fs::rename(root.join("_news/a.md"), root.join("_news/d.md")).unwrap();
    told(&mut watcher, &["_news/new/deep/c.md", "_news/a.md", "_news/d.md"]);
    fs::remove_file(root.join("_news/d.md")).unwrap();
    told(&mut watcher, &["_news/d.md"]);
}

#[test]
fn a_folder_moved_away_means_everything() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    write(&root, "_news/a.md");
    let mut watcher = Watcher::start(&SiteFolder::open(&root).unwrap(), &ScanOptions::default());
    fs::rename(root.join("_news"), root.join("_moved")).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while watcher.next(STEP) != Some(Batch::Rescan) {
        assert!(Instant::now() < until);
    }
    write(&root, "_moved/b.md");
    told(&mut watcher, &["_moved/b.md"]);
}

#[test]
fn a_change_of_branch_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    write(&root, "a.md");
    write(&root, ".git/HEAD");
    let mut watcher = Watcher::start(&SiteFolder::open(&root).unwrap(), &ScanOptions::default());
    fs::write(root.join(".git/HEAD"), "ref: refs/heads/other\n").unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while watcher.next(STEP) != Some(Batch::Git) {
        assert!(Instant::now() < until);
    }
}

//! Power cuts on a real file system: an image of a disk is cloned in one instant while articles are saved on it, and the clone
//! shows what a disk would have held whose power went in that instant.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use copydesk::file::SitePath;
use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::Dice;
use copydesk::storage::{Journal, SaveOutcome, Saver, SiteFolder, StateFolder};

use super::{Mounted, is_root, run, tools};
use crate::common::{Column, reached};
use crate::saving::plan;

const ROW: &str = "power cut";
const ARTICLES: usize = 4;

fn text(version: u64) -> String {
    format!("---\nversion: {version}\n---\n{}", "x".repeat(3000))
}

/// What stands on a disk: its site and the user's state, under the same key wherever the disk is mounted.
struct Place {
    root: PathBuf,
    saver: Saver,
    journal: Journal,
}

impl Place {
    fn new(disk: &Path) -> Self {
        let root = disk.join("site");
        let state = StateFolder::at(&disk.join("state")).unwrap();
        let key = SiteKey::of_root(Path::new("/site"));
        let calls = Arc::new(SiteFolder::open(&root).unwrap().disk(Some(&state)));
        let saver = Saver::through(Arc::clone(&calls) as Arc<_>, Some(&key));
        Self { root, saver, journal: Journal::through(calls, &key) }
    }

    fn version(&self, number: usize) -> Option<u64> {
        let now = fs::read_to_string(self.root.join(format!("a{number}.md"))).ok()?;
        let version = now.strip_prefix("---\nversion: ")?.split_once('\n')?.0.parse().ok()?;
        (now == text(version)).then_some(version)
    }
}

/// What was said to be safe, and what was begun.
#[derive(Default)]
struct Promises {
    saved: [AtomicU64; ARTICLES],
    begun: AtomicU64,
    journalled: AtomicU64,
}

/// Saves and journals until told to stop.
fn work(place: &Place, promises: &Promises, stop: &AtomicBool) {
    let mut writer = place.journal.begin().unwrap();
    let mut versions = [0; ARTICLES];
    for version in 1.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let number = version as usize % ARTICLES;
        promises.begun.store(version, Ordering::SeqCst);
        writer.append(1, &version.to_le_bytes()).unwrap();
        writer.flush().unwrap();
        promises.journalled.store(version, Ordering::SeqCst);
        let plan = plan(&format!("a{number}.md"), Some(&text(versions[number])), &text(version));
        let outcome = place.saver.save(&plan, &|| false);
        assert!(matches!(outcome, SaveOutcome::Written(_)), "{outcome:?}");
        versions[number] = version;
        promises.saved[number].store(version, Ordering::SeqCst);
        if version % 16 == 0 {
            assert_eq!(place.saver.settle(true), []);
        }
    }
}

#[test]
fn a_power_cut_takes_nothing_back_that_was_said_to_be_saved() {
    cut("ext4", &["mkfs.ext4", "-q"], "loop", Column::rounds(3, 200, 10_000));
}

#[test]
fn nor_on_xfs() {
    // Two disks of the same name are refused there, unless one is told not to look.
    cut("xfs", &["mkfs.xfs", "-q"], "loop,nouuid", Column::rounds(2, 60, 10_000));
}

#[test]
fn nor_on_btrfs() {
    cut("btrfs", &["mkfs.btrfs", "-q"], "loop", Column::rounds(2, 60, 10_000));
}

/// Cuts the power of a disk with this file system, again and again.
fn cut(system: &str, make: &[&str], options: &str, column: Column) {
    if !is_root(ROW) || !tools(ROW, &["mount", "umount", "mkfs.xfs", make[0]]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    // The outer disk can clone a file in one instant; the inner one is that file.
    fs::File::create(at("outer.img")).unwrap().set_len(1200 << 20).unwrap();
    run("mkfs.xfs", &["-q", "-m", "reflink=1", at("outer.img").to_str().unwrap()]);
    let Some(_outer) = Mounted::new(ROW, &["-o", "loop", at("outer.img").to_str().unwrap()], &at("outer")) else {
        return;
    };
    let (inner, clone) = (at("outer/inner.img"), at("outer/clone.img"));
    // The least that XFS takes is 300 MB.
    fs::File::create(&inner).unwrap().set_len(if system == "xfs" { 320 } else { 160 } << 20).unwrap();
    run(make[0], &[&make[1..], &[inner.to_str().unwrap()]].concat());
    let Some(_inner) = Mounted::new(ROW, &["-o", options, inner.to_str().unwrap()], &at("inner")) else { return };
    fs::create_dir_all(at("inner/site/.git")).unwrap();
    fs::write(at("inner/site/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
    (0..ARTICLES).for_each(|number| fs::write(at(&format!("inner/site/a{number}.md")), text(0)).unwrap());
    run("sync", &["-f", at("inner").to_str().unwrap()]);
    let place = Place::new(&at("inner"));
    let (promises, stop) = (Promises::default(), AtomicBool::new(false));
    let paths: Vec<SitePath> = (0..ARTICLES).map(|number| SitePath::new(&format!("a{number}.md")).unwrap()).collect();
    let (mut ahead, mut leftovers) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| work(&place, &promises, &stop));
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for seed in column.seeds() {
                std::thread::sleep(Duration::from_micros(Dice(seed).roll(20_000) as u64));
                let saved = promises.saved.each_ref().map(|version| version.load(Ordering::SeqCst));
                let journalled = promises.journalled.load(Ordering::SeqCst);
                run("cp", &["--reflink=always", inner.to_str().unwrap(), clone.to_str().unwrap()]);
                let begun = promises.begun.load(Ordering::SeqCst);
                let _cut = Mounted::new(ROW, &["-o", options, clone.to_str().unwrap()], &at("cut")).unwrap();
                let after = Place::new(&at("cut"));
                for (number, promised) in saved.iter().enumerate() {
                    let now = after.version(number);
                    let version = now.unwrap_or_else(|| panic!("seed {seed}: a{number}.md is damaged"));
                    assert!(
                        (*promised..=begun).contains(&version),
                        "seed {seed}: a{number}.md {version}, saved {promised}"
                    );
                    ahead += usize::from(version > *promised);
                }
                let orphans = after.journal.orphans().unwrap();
                assert_eq!(orphans.refused, [], "seed {seed}");
                let records = orphans.found.iter().flat_map(|orphan| &orphan.records);
                let last = records.map(|record| u64::from_le_bytes(record.payload[..].try_into().unwrap())).max();
                assert!(last.unwrap_or(0) >= journalled, "seed {seed}: journal {last:?}, promised {journalled}");
                let workshop = after.root.join(".git/copydesk");
                leftovers += usize::from(workshop.is_dir() && fs::read_dir(&workshop).unwrap().count() > 0);
                assert_eq!(after.saver.recover(&|| paths.clone()), [], "seed {seed}: nobody else wrote");
            }
        }));
        stop.store(true, Ordering::SeqCst);
        if let Err(panic) = done {
            std::panic::resume_unwind(panic);
        }
    });
    drop(place);
    let saves = promises.begun.load(Ordering::SeqCst);
    let result = format!(
        "{saves} saves and journal syncs, {leftovers} cuts within a save: 0 damaged, 0 saves and 0 journal entries lost"
    );
    reached(&format!("{ROW} on {system}"), column, &result);
    eprintln!("{ahead} times the disk was ahead of what was said");
}

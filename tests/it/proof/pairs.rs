//! Two processes on one site, one of which is killed: the other goes on, and a third sees only what the dead one left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use copydesk::file::SitePath;
use copydesk::storage::{Journal, SaveOutcome, Saver, SiteFolder, StateFolder, StorageError};

use crate::common::{Column, reached};
use crate::saving::{World, names, plan};

/// A process of its own; the test starts itself again for it.
const CHILD: &str = "COPYDESK_PAIR_CHILD";

fn text(letter: &str, number: u64) -> String {
    format!("{letter} {number} {}", "x".repeat(2000))
}

/// Which number stands in a text, if it is whole.
fn number_in(now: &str) -> Option<(String, u64)> {
    let mut words = now.split(' ');
    let (letter, number) = (words.next()?.to_owned(), words.next()?.parse().ok()?);
    (now == text(&letter, number)).then_some((letter, number))
}

/// Says what is safe, in one step: the kill may come now.
fn tell(folder: &Path, letter: &str, what: &str, number: u64) {
    let aside = folder.join(format!("{letter}.aside"));
    fs::write(&aside, number.to_string()).unwrap();
    fs::rename(aside, folder.join(format!("{letter}.{what}"))).unwrap();
}

/// Saves its own article and one that both write, and journals, until it is killed.
#[test]
fn saves_until_it_is_killed() {
    let Ok(what) = std::env::var(CHILD) else { return };
    let (letter, folder) = what.split_once(' ').unwrap();
    let folder = PathBuf::from(folder);
    let site = SiteFolder::open(&folder.join("site")).unwrap();
    let state = StateFolder::at(&folder.join("state")).unwrap();
    let saver = Saver::new(&site, &state);
    let mut writer = Journal::of(&site, &state).begin().unwrap();
    let own = format!("{letter}.md");
    let (_, first) = number_in(&fs::read_to_string(folder.join("site").join(&own)).unwrap()).unwrap();
    for number in first + 1.. {
        writer.append(1, text(letter, number).as_bytes()).unwrap();
        writer.flush().unwrap();
        tell(&folder, letter, "journalled", number);
        let before = fs::read_to_string(folder.join("site").join(&own)).unwrap();
        let shared = fs::read_to_string(folder.join("site/shared.md")).unwrap();
        let plans =
            [plan(&own, Some(&before), &text(letter, number)), plan("shared.md", Some(&shared), &text(letter, number))];
        saver.save_many(&plans, &|| false, &mut |index, outcome| match outcome {
            SaveOutcome::Written(_) if index == 0 => tell(&folder, letter, "saved", number),
            SaveOutcome::Written(_) | SaveOutcome::MovedOn(_) | SaveOutcome::Failed(StorageError::Contended { .. })
                if index == 1 => {}
            other => panic!("{letter}: {other:?}"),
        });
    }
}

fn start(folder: &Path, letter: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "proof::pairs::saves_until_it_is_killed", "--nocapture"])
        .env(CHILD, format!("{letter} {}", folder.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The process ends with the test, however that ends.
struct Ended(Child);

impl Ended {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn of_two_processes_one_may_be_killed() {
    let column = Column::rounds(4, 200, 10_000);
    let world = World::new(true);
    ["a.md", "b.md", "shared.md"].iter().for_each(|path| world.write(path, &text("-", 0)));
    let folder = world.folder.path();
    let told = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
        text.parse::<u64>().unwrap_or(0)
    };
    let wait = |name: &str, beyond: u64| {
        let until = Instant::now() + Duration::from_secs(60);
        while told(name) <= beyond {
            assert!(Instant::now() < until, "{name} does not go on");
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    let state = StateFolder::at(&folder.join("state")).unwrap();
    let site = SiteFolder::open(&world.root()).unwrap();
    let mut other = Ended(start(folder, "b"));
    wait("b.saved", 0);
    let mut leftovers = 0;
    for seed in column.seeds() {
        fs::write(folder.join("a.saved"), "0").unwrap();
        fs::write(folder.join("a.journalled"), "0").unwrap();
        let mut child = Ended(start(folder, "a"));
        wait("a.saved", 0);
        std::thread::sleep(Duration::from_micros(seed * 1_237 % 9_000));
        child.kill();
        let (saved, journalled) = (told("a.saved"), told("a.journalled"));
        let (letter, now) = number_in(&world.text("a.md")).expect("a.md is whole");
        assert!(letter == "a" && (saved..=saved + 1).contains(&now), "seed {seed}: {letter} {now}, saved {saved}");
        assert!(number_in(&world.text("shared.md")).is_some(), "seed {seed}");
        let workshop = world.root().join(".git/copydesk");
        let before = names(&workshop).len();
        // A third one starts while the other lives.
        let saver = Saver::new(&site, &state);
        let paths = || ["a.md", "b.md", "shared.md"].map(|path| SitePath::new(path).unwrap()).to_vec();
        for found in saver.recover(&paths) {
            let bytes = String::from_utf8(found.bytes.to_vec()).unwrap();
            let is_theirs = number_in(&bytes).is_some_and(|(letter, _)| letter == "b");
            assert!(is_theirs && found.path == Some(SitePath::new("shared.md").unwrap()), "seed {seed}: {found:?}");
            saver.accept(&found);
        }
        leftovers += usize::from(names(&workshop).len() < before);
        let journal = Journal::of(&site, &state);
        let orphans = journal.orphans().unwrap();
        assert_eq!(orphans.found.len(), 1, "seed {seed}: that of the dead one, and not that of the living");
        for orphan in orphans.found {
            let last = orphan.records.last().map(|record| String::from_utf8(record.payload.clone()).unwrap());
            let (letter, last) = number_in(&last.unwrap_or_default()).expect("a whole entry");
            assert!(letter == "a" && last >= journalled, "seed {seed}: {letter} {last}, journalled {journalled}");
            journal.discard(&orphan).unwrap();
        }
        drop(saver);
        wait("b.saved", told("b.saved"));
    }
    other.kill();
    let saver = Saver::new(&site, &state);
    saver.recover(&Vec::new).iter().for_each(|found| saver.accept(found));
    drop(saver);
    let again = Saver::new(&site, &state);
    assert_eq!(again.recover(&Vec::new), []);
    let result = format!("{leftovers} with leftovers that a third one removed, the other went on each time, 0 lost");
    reached("two processes, one killed", column, &result);
}

//! SIGKILL of the real program while it saves: every article is one complete version, and nothing of ours is left.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use copydesk::file::SitePath;
use copydesk::storage::vfs::simulated::Dice;
use copydesk::storage::{Saver, SiteFolder, StateFolder};

use super::{COPYDESK, run, tools};
use crate::common::{Column, reached};
use crate::saving::names;

const ROW: &str = "SIGKILL of the program while it saves";
const ARTICLES: usize = 6;

fn text(heat: u64, number: usize) -> String {
    format!("---\ntitle: Article {number}\nheat: {heat}\n---\n{}\n", "Body text. ".repeat(200))
}

#[test]
fn killed_at_any_moment_every_article_is_one_version() {
    if !tools(ROW, &["git"]) {
        return;
    }
    // A kill takes nothing from the system's memory, so a disk there shows the same, sooner.
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let root = folder.path().join("site");
    fs::create_dir_all(root.join("_news")).unwrap();
    let paths: Vec<SitePath> =
        (0..ARTICLES).map(|number| SitePath::new(&format!("_news/a{number}.md")).unwrap()).collect();
    for (number, path) in paths.iter().enumerate() {
        fs::write(root.join(path.as_str()), text(0, number)).unwrap();
    }
    let git = |arguments: &[&str]| {
        let place = ["-C", root.to_str().unwrap(), "-c", "user.name=a", "-c", "user.email=a@example.org"];
        run("git", &[&place, arguments].concat())
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "start"]);
    let column = Column::rounds(20, 2000, 10_000);
    let state = StateFolder::at(&folder.path().join("state")).unwrap();
    let mut heat: Vec<u64> = vec![0; ARTICLES];
    let (mut during, mut leftovers, mut whole_run) = (0, 0, Duration::from_millis(60));
    for (round, seed) in column.seeds().enumerate() {
        let next = round as u64 + 1;
        let start = Instant::now();
        let mut child = Command::new(COPYDESK)
            .arg("patch")
            .args(paths.iter().map(|path| root.join(path.as_str())))
            .args(["--set", &format!("/heat={next}")])
            .env("COPYDESK_STATE", folder.path().join("state"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The moment of the kill wanders over the whole run, as long as that takes here.
        let part = Dice(seed).roll(1000) as u32;
        std::thread::sleep(whole_run * part / 1000);
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        if ended {
            whole_run = (whole_run * 7 + start.elapsed()) / 8;
        } else if part > 900 {
            whole_run = whole_run * 9 / 8;
        }
        let mut changed = 0;
        for (number, path) in paths.iter().enumerate() {
            let now = fs::read_to_string(root.join(path.as_str())).unwrap();
            let is_new = now == text(next, number);
            assert!(is_new || now == text(heat[number], number), "seed {seed}, {path}: {} bytes", now.len());
            changed += usize::from(is_new);
            heat[number] = if is_new { next } else { heat[number] };
        }
        assert!(!ended || changed == ARTICLES);
        during += usize::from(changed > 0 && changed < ARTICLES);
        let workshop = root.join(".git/copydesk");
        let left = if workshop.is_dir() { names(&workshop).len() } else { 0 };
        leftovers += usize::from(left > 0);
        if round % 50 == 0 {
            let dirty = git(&["status", "--porcelain", "--ignored"]);
            assert!(dirty.lines().all(|line| line.starts_with(" M _news/a")), "{dirty}");
        }
        let saver = Saver::new(&SiteFolder::open(&root).unwrap(), &state);
        assert_eq!(saver.recover(&|| paths.clone()), [], "seed {seed}: nobody else wrote");
        saver.close();
        assert!(!workshop.is_dir() || names(&workshop).is_empty(), "seed {seed}: {:?}", names(&workshop));
    }
    let result =
        format!("{during} between two articles, {leftovers} with leftovers that the next start removed, 0 damaged");
    reached(ROW, column, &result);
    // A handful of kills may all come between two saves.
    assert!(leftovers > 0 || column.count() < 1000, "no kill came during a save");
}

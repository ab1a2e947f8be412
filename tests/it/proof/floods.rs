//! A great many files: all are told when all change, and what harms among them costs little memory.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use copydesk::storage::SiteFolder;
use copydesk::storage::scan::ScanOptions;
use copydesk::storage::watch::{Batch, Watcher};

use super::{COPYDESK, said, tools};
use crate::common::{Column, reached};

#[test]
fn when_everything_changes_nothing_is_missed() {
    let column = Column::rounds(1500, 20_000, 100_000);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir_all(root.join(".git")).unwrap();
    fs::write(root.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let files = column.count() as usize;
    let path = |number: usize| format!("_news/{}/a{number}.md", number % 30);
    (0..30).for_each(|number| fs::create_dir_all(root.join(format!("_news/{number}"))).unwrap());
    (0..files).for_each(|number| fs::write(root.join(path(number)), "x").unwrap());
    let mut watcher = Watcher::start(&SiteFolder::open(&root).unwrap(), &ScanOptions::default());
    assert_eq!(watcher.polling(), None);
    // As a checkout: git holds its lock, each file goes and comes.
    fs::write(root.join(".git/index.lock"), "").unwrap();
    for number in 0..files {
        fs::remove_file(root.join(path(number))).unwrap();
        fs::write(root.join(path(number)), "y").unwrap();
    }
    fs::remove_file(root.join(".git/index.lock")).unwrap();
    let (mut told, mut batches, mut rescan) = (BTreeSet::new(), 0, false);
    let until = Instant::now() + Duration::from_secs(120);
    while !rescan && told.len() < files {
        assert!(Instant::now() < until, "only {} of {files} files are told", told.len());
        match watcher.next(Duration::from_millis(100)) {
            Some(Batch::Files(paths)) => {
                batches += 1;
                told.extend(paths);
            }
            Some(Batch::Rescan) => {
                batches += 1;
                rescan = true;
            }
            Some(Batch::Git) | None => {}
        }
    }
    let how = if rescan { "one word to look at everything again" } else { "each by its name" };
    reached("watcher", column, &format!("all told, {how}, in {batches} batches"));
}

/// Every hundredth article is a bomb.
fn bomb(number: usize) -> Option<String> {
    let bombs: [fn() -> String; 8] = [
        || format!("---\na: {}\n---\n", "[".repeat(100_000)),
        || format!("---\n{}x\n---\n", "- ".repeat(50_000)),
        || {
            format!(
                "---\n{}---\n",
                (0..5000).map(|depth| format!("{}a:\n", " ".repeat(depth % 1000))).collect::<String>()
            )
        },
        || {
            let levels =
                (1..30).map(|level| format!("a{level}: &a{level} [{}]\n", format!("*a{},", level - 1).repeat(10)));
            format!("---\na0: &a0 [x]\n{}---\n", levels.collect::<String>())
        },
        || format!("---\ntitle: \"{}\n---\n", "x".repeat(3 << 20)),
        || format!("---\n{}---\n", (0..1000).map(|key| format!("k{key}: 1\n")).collect::<String>()),
        || format!("---\nt: {}\n---\n", "&a ".repeat(100_000)),
        || "\0".repeat(1 << 20),
    ];
    (number % 100 == 50).then(|| bombs[number / 100 % bombs.len()]())
}

#[test]
fn one_bomb_in_a_hundred_articles_costs_little_memory() {
    const ROW: &str = "memory with 1 % bombs";
    if !tools(ROW, &["prlimit"]) {
        return;
    }
    let column = Column::rounds(400, 10_000, 100_000);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    fs::create_dir_all(root.join("_news")).unwrap();
    for number in 0..column.count() as usize {
        let plain = format!("---\ntitle: Article {number}\nheat: {}\ntopics: [A, B]\n---\nBody\n", number % 256);
        fs::write(root.join(format!("_news/a{number}.md")), bomb(number).unwrap_or(plain)).unwrap();
    }
    for command in
        [&["list", "site", "--format", "jsonl", "--columns", "title,heat"][..], &["check", "site", "--format", "json"]]
    {
        // The address space holds threads' stacks and the program itself too; the heap is what counts.
        let output = Command::new("prlimit")
            .args(["--data=1073741824", "--core=0", COPYDESK])
            .args(command)
            .current_dir(folder.path())
            .env("COPYDESK_STATE", folder.path().join("state"))
            .output()
            .unwrap();
        let code = output.status.code();
        assert!(
            matches!(code, Some(0 | 1)),
            "{command:?}: {code:?} {}",
            said(&output).chars().take(2000).collect::<String>()
        );
        let rows = String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.contains("Article ")).count();
        let plain = column.count() as usize - column.count() as usize / 100;
        assert!(command[0] != "list" || rows >= plain, "{rows} of {plain} rows");
    }
    reached(ROW, column, "listed and checked with 1 GB of data, every sound article listed");
}

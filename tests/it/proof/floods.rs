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

#[test]
fn after_a_checkout_the_screen_is_the_disk() {
    use crate::app::Place;

    let column = Column::rounds(300, 5_000, 100_000);
    let files = column.count() as usize;
    let path = |number: usize| format!("_news/{}/a{number}.md", number % 30);
    let text = |number: usize, heat: usize| format!("---\ntitle: \"Story {number}\"\nheat: {heat}\n---\nBody\n");
    let place = Place::of((0..files).map(|number| (path(number), text(number, number % 100))));
    let git = place.site().join(".git");
    fs::create_dir_all(&git).unwrap();
    fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    let mut window = place.open();
    assert_eq!(window.desk().catalog().unwrap().len(), files);
    fs::write(git.join("index.lock"), "").unwrap();
    for number in 0..files {
        fs::remove_file(place.site().join(path(number))).unwrap();
        fs::write(place.site().join(path(number)), text(number, 100 + number % 7)).unwrap();
    }
    fs::remove_file(git.join("index.lock")).unwrap();
    let start = Instant::now();
    let heat = copydesk::catalog::ColumnKey::parse("heat");
    window.until("each row says what its file says", |desk| {
        let catalog = desk.catalog().unwrap();
        let is_new = |number: usize| {
            let id = catalog.id_of(&crate::world::path_of(&path(number)));
            id.is_some_and(|id| catalog.cell(id, &heat).to_string() == (100 + number % 7).to_string())
        };
        // The last ones first: most often they say no.
        (0..files).rev().all(is_new)
    });
    let notice = window.desk().notice();
    assert_eq!(notice, None, "nothing is gone");
    reached(
        "the screen after a checkout",
        column,
        &format!("all rows are as the files {} ms later", start.elapsed().as_millis()),
    );
}

/// A process of its own, which has no file handles left; the test starts itself again for it.
const CHILD: &str = "COPYDESK_POLLING_CHILD";

#[test]
fn looks_where_it_cannot_watch() {
    let Some(root) = std::env::var_os(CHILD) else { return };
    let root = std::path::PathBuf::from(root);
    let site = SiteFolder::open(&root).unwrap();
    let mut taken = Vec::new();
    while let Ok(file) = fs::File::open(root.join("a.md")) {
        taken.push(file);
    }
    let mut watcher = Watcher::start(&site, &ScanOptions::default());
    let reason = watcher.polling().expect("nothing can be watched").to_owned();
    drop(taken);
    assert!(reason.contains("files") || reason.contains("watch"), "{reason}");
    let until = Instant::now() + Duration::from_secs(60);
    while watcher.next(Duration::from_millis(100)) != Some(Batch::Rescan) {
        assert!(Instant::now() < until, "nobody looks");
    }
    fs::write(root.join("told"), reason).unwrap();
}

#[test]
fn where_nothing_can_be_watched_the_site_is_looked_at_all_the_same_and_it_says_so() {
    if !tools("polling", &["prlimit"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.md"), "x").unwrap();
    let output = Command::new("prlimit")
        .arg("--nofile=64")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "proof::floods::looks_where_it_cannot_watch", "--nocapture"])
        .env(CHILD, folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let reason = fs::read_to_string(folder.path().join("told")).expect("the child ran");
    reached("polling", Column::rounds(1, 1, 1), &format!("it looks, and says why: {reason}"));
}

//! Real merges, checkouts and stashes of git, with copydesk as its merge driver and articles saved meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use copydesk::document::{Customs, Document, Operation, Patch, Pointer, Value};
use copydesk::file::{ContentHash, SitePath};
use copydesk::storage::read::read;
use copydesk::storage::vfs::simulated::Dice;
use copydesk::storage::{SaveOutcome, SavePlan, Saver, SiteFolder, StateFolder, StorageError};

use crate::common::{Column, reached};

const COPYDESK: &str = env!("CARGO_BIN_EXE_copydesk");

/// Articles that both branches change, those that the other branch changes, and all.
const BOTH: usize = 8;
const THEIRS: usize = 150;
const ALL: usize = 250;

/// So many edit at the same time.
const EDITORS: usize = 4;

struct Repository {
    folder: tempfile::TempDir,
    saver: Saver,
    site: SiteFolder,
}

/// What was saved: how often, and of each article the last quality with the bytes it was saved with.
#[derive(Default)]
struct Edits {
    count: usize,
    last: BTreeMap<usize, (usize, ContentHash)>,
}

/// Whether there is a git; the others of this file are skipped without one.
fn has_git() -> bool {
    let found = Command::new("git").arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: there is no git");
    }
    found
}

fn path(number: usize) -> SitePath {
    SitePath::new(&format!("_news/a{number}.md")).unwrap()
}

fn article(title: &str, heat: usize, quality: usize) -> String {
    format!("---\ntitle: {title}\nheat: {heat} # rank\ntopics:\n  - Moon\nquality: {quality}\n---\nBody\n")
}

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        fs::create_dir_all(root.join("_news")).unwrap();
        for number in 0..ALL {
            fs::write(root.join(path(number).as_str()), article("base", 0, 0)).unwrap();
        }
        fs::write(root.join("_config.yml"), "title: x\n").unwrap();
        let init = Command::new("git").args(["init", "-q", "-b", "main"]).current_dir(&root).status().unwrap();
        assert!(init.success());
        let site = SiteFolder::open(&root).unwrap();
        let state = StateFolder::at(&folder.path().join("state")).unwrap();
        let saver = Saver::new(&site, &state);
        let repository = Self { folder, saver, site };
        repository.commit_all("start");
        repository
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    fn try_git(&self, arguments: &[&str]) -> Output {
        Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "gc.auto=0"])
            .args(arguments)
            .current_dir(self.root())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit_all(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn copydesk(&self, arguments: &[&str]) -> Output {
        Command::new(COPYDESK)
            .args(arguments)
            .current_dir(self.root())
            .env("COPYDESK_STATE", self.folder.path().join("state"))
            .output()
            .unwrap()
    }

    fn change(&self, number: usize, text: &dyn Fn(&str) -> String) {
        let file = self.root().join(path(number).as_str());
        let old = fs::read_to_string(&file).unwrap();
        fs::write(file, text(&old)).unwrap();
    }

    fn value(&self, number: usize, key: &str) -> Value {
        let bytes = fs::read(self.root().join(path(number).as_str())).unwrap();
        let document = Document::parse(&bytes);
        document.get(&Pointer::of([key])).cloned().unwrap_or_else(|| panic!("{}", document.text()))
    }

    /// Sets the quality of one article as the desk does: reads it, patches it, saves it over what was read.
    fn edit(&self, number: usize, quality: usize) -> Option<ContentHash> {
        // A checkout takes a file away and writes it anew: not there or cut short, it is looked at again.
        let snapshot = read(&self.site, &path(number)).ok()?;
        let operation = Operation::Replace { path: Pointer::of(["quality"]), value: Value::from(quality as i64) };
        let applied = Document::parse(&snapshot.bytes).apply(&Patch(vec![operation]), &Customs::default()).ok()?;
        let bytes = applied.document.text().as_bytes().to_vec();
        let written = ContentHash::of(&bytes);
        let plan = SavePlan { path: path(number), expected: Some(snapshot.hash()), bytes };
        match self.saver.save(&plan, &|| false) {
            SaveOutcome::Written(_) => Some(written),
            SaveOutcome::Failed(error) => {
                assert!(matches!(error, StorageError::GitBusy { .. } | StorageError::Contended { .. }), "{error}");
                None
            }
            SaveOutcome::MovedOn(_) | SaveOutcome::Gone | SaveOutcome::Unchanged(_) => None,
        }
    }

    /// Edits articles by chance until told to stop.
    fn edit_until(&self, stop: &AtomicBool, seed: u64, first: usize, which: usize) -> Edits {
        let (mut dice, mut saved) = (Dice(seed), Edits::default());
        // Git refuses to touch a file that is edited before it starts: at first only files that it leaves alone.
        let (start, apart) = (Instant::now(), Duration::from_millis(dice.roll(60) as u64));
        while !stop.load(Ordering::Relaxed) {
            let number = if start.elapsed() < apart { THEIRS + dice.roll(ALL - THEIRS) } else { dice.roll(ALL) };
            // Each editor has articles of its own, so that the last edit of each is known.
            let number = number - number % EDITORS + which;
            if number >= ALL {
                continue;
            }
            let quality = first + saved.count;
            if let Some(written) = self.edit(number, quality) {
                saved.last.insert(number, (quality, written));
                saved.count += 1;
            }
        }
        saved
    }

    /// Every edit that was saved is in its file; or the saved versions show that another program took its place, so that it is
    /// told and can be made again. Answers how many were overwritten so.
    fn account_for(&self, saved: &Edits) -> usize {
        let displaced = self.saver.settle(true);
        displaced.iter().for_each(|found| self.saver.accept(found));
        let latest = self.saver.ledger().unwrap().latest().unwrap();
        let mut overwritten = 0;
        for (number, (quality, written)) in &saved.last {
            let bytes = fs::read(self.root().join(path(*number).as_str())).unwrap_or_default();
            let now = Document::parse(&bytes).get(&Pointer::of(["quality"])).cloned();
            if now == Some(Value::from(*quality as i64)) {
                continue;
            }
            let known = latest.iter().find(|saved| saved.path == path(*number)).map(|saved| saved.after);
            assert_eq!(known, Some(*written), "the edit of {} is lost silently: {now:?}", path(*number));
            assert_ne!(ContentHash::of(&bytes), *written);
            overwritten += 1;
        }
        overwritten
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Runs git while articles are edited.
fn while_editing<T>(repository: &Repository, seed: u64, first: usize, work: impl FnOnce() -> T) -> (T, Edits) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (repository, stop) = (&repository, &stop);
        let editors: Vec<_> = (0..EDITORS)
            .map(|which| scope.spawn(move || repository.edit_until(stop, seed * 7 + which as u64, first, which)))
            .collect();
        let done = work();
        stop.store(true, Ordering::Relaxed);
        let mut edits = Edits::default();
        for saved in editors.into_iter().map(|editor| editor.join().unwrap()) {
            edits.count += saved.count;
            edits.last.extend(saved.last);
        }
        (done, edits)
    })
}

#[test]
fn installing_shows_what_it_writes_and_changes_nothing_else() {
    if !has_git() {
        return;
    }
    let repository = Repository::new();
    let config = repository.root().join(".git/config");
    let before = fs::read_to_string(&config).unwrap();
    let shown = repository.copydesk(&["merge", "--install"]);
    let text = said(&shown);
    assert!(shown.status.success() && text.contains("+[merge \"copydesk\"]"), "{text}");
    assert!(text.contains("+/_news/**/*.md merge=copydesk"), "{text}");
    assert!(text.ends_with("Nothing was written. Add --yes to write it\n"), "{text}");
    assert_eq!(fs::read_to_string(&config).unwrap(), before);
    let written = repository.copydesk(&["merge", "--install", ".", "--yes"]);
    assert!(written.status.success(), "{}", said(&written));
    assert_eq!(written.stdout, shown.stdout, "what was shown is what is written");
    let driver = repository.git(&["config", "merge.copydesk.driver"]);
    assert_eq!(driver, format!("{COPYDESK} merge %O %A %B --name=%P\n"));
    let attribute = repository.git(&["check-attr", "merge", "_news/a1.md", "README.md"]);
    assert_eq!(attribute, "_news/a1.md: merge: copydesk\nREADME.md: merge: unspecified\n");
    assert_eq!(repository.git(&["status", "--porcelain", "--ignored"]), "");
    let again = repository.copydesk(&["merge", "--install", ".", "--yes"]);
    assert_eq!(said(&again), "Nothing to do: git merges these articles by field already\n");
    assert!(fs::read_to_string(&config).unwrap().starts_with(&before));
}

#[test]
fn without_git_or_articles_nothing_can_be_installed() {
    let folder = tempfile::tempdir().unwrap();
    let run = || Command::new(COPYDESK).args(["merge", "--install"]).arg(folder.path()).output().unwrap();
    let outside = run();
    assert_eq!(outside.status.code(), Some(2));
    assert!(said(&outside).contains("no git repository"), "{}", said(&outside));
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let empty = run();
    assert!(empty.status.code() == Some(2) && said(&empty).contains("no articles"), "{}", said(&empty));
}

#[test]
fn conflicts_name_the_file_and_what_cannot_be_read_is_merged_by_line() {
    if !has_git() {
        return;
    }
    let repository = Repository::new();
    assert!(repository.copydesk(&["merge", "--install", ".", "--yes"]).status.success());
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.change(0, &|text| text.replace("heat: 0", "heat: 5"));
    repository.change(1, &|text| text.replace("quality: 0", "quality: [5"));
    repository.change(2, &|text| text.replace("heat: 0", "heat: [5"));
    repository.commit_all("theirs");
    repository.git(&["checkout", "-q", "main"]);
    repository.change(0, &|text| text.replace("heat: 0", "heat: 7"));
    repository.change(1, &|text| text.replace("title: base", "title: ours"));
    repository.change(2, &|text| text.replace("heat: 0", "heat: 7"));
    repository.commit_all("ours");
    let merge = repository.try_git(&["merge", "--no-edit", "theirs"]);
    let text = said(&merge);
    assert_eq!(merge.status.code(), Some(1), "{text}");
    assert!(text.contains("_news/a0.md: Conflict in /heat: ours is 7, theirs is 5"), "{text}");
    assert!(text.contains("_news/a1.md: Merged line by line, since it cannot be merged by field"), "{text}");
    assert!(text.contains("_news/a2.md: Conflict between lines"), "{text}");
    assert!(!text.contains(".merge_file"), "{text}");
    let unmerged = repository.git(&["diff", "--name-only", "--diff-filter=U"]);
    assert_eq!(unmerged, "_news/a0.md\n_news/a2.md\n");
    let file = |number: usize| fs::read_to_string(repository.root().join(path(number).as_str())).unwrap();
    assert!(file(0).contains("<<<<<<< ours\nheat: 7 # rank\n=======\nheat: 5 # rank\n>>>>>>> theirs\n"), "{}", file(0));
    assert!(file(1).contains("title: ours\n") && file(1).contains("quality: [5\n"), "{}", file(1));
    assert!(file(2).contains("<<<<<<< ours\nheat: 7 # rank\n=======\nheat: [5 # rank\n"), "{}", file(2));
}

#[test]
fn git_merges_while_articles_are_saved_and_nothing_is_lost() {
    if !has_git() {
        return;
    }
    let column = Column::rounds(3, 20, 1000);
    let repository = Repository::new();
    assert!(repository.copydesk(&["merge", "--install", ".", "--yes"]).status.success());
    let (mut refused, mut edits, mut overwritten, mut first) = (0, 0, 0, 1);
    for (round, seed) in column.seeds().enumerate() {
        let (title, heat) = (format!("title {round}"), round + 1);
        repository.git(&["checkout", "-q", "-B", "theirs", "main"]);
        for number in 0..THEIRS {
            repository.change(number, &|text| text.replace(&format!("heat: {round} #"), &format!("heat: {heat} #")));
        }
        repository.commit_all("theirs");
        repository.git(&["checkout", "-q", "main"]);
        for number in 0..BOTH {
            let line =
                |line: &str| if line.starts_with("title:") { format!("title: {title}") } else { line.to_owned() };
            repository.change(number, &|text| text.lines().map(|old| line(old) + "\n").collect());
        }
        repository.commit_all("ours");
        assert!(!merges_alone(&repository), "git alone must conflict, else this shows nothing");
        let mut tries = 0;
        loop {
            tries += 1;
            assert!(tries < 30, "git never merged");
            // After a few refusals the editor rests a moment, as people do.
            let (merge, saved) = while_editing(&repository, seed * 31 + tries, first, || {
                repository.try_git(&["merge", "-q", "--no-edit", "theirs"])
            });
            edits += saved.count;
            first += saved.count;
            overwritten += repository.account_for(&saved);
            if merge.status.success() {
                break;
            }
            assert!(said(&merge).contains("would be overwritten by merge"), "{}", said(&merge));
            refused += 1;
            repository.commit_all("edits");
        }
        for number in 0..ALL {
            let theirs = if number < THEIRS { heat } else { 0 };
            assert_eq!(repository.value(number, "heat"), Value::from(theirs as i64), "theirs in {}", path(number));
            let ours = if number < BOTH { title.as_str() } else { "base" };
            assert_eq!(repository.value(number, "title"), Value::text(ours), "ours in {}", path(number));
        }
        repository.commit_all("edits");
    }
    tidy(&repository);
    reached(
        "git merge while saving",
        column,
        &format!(
            "{edits} edits, {refused} merges refused by git, {overwritten} edits overwritten and known, 0 lost silently"
        ),
    );
}

/// Whether git's own merge of the lines of one article succeeds.
fn merges_alone(repository: &Repository) -> bool {
    let versions = ["main~1", "main", "theirs"].map(|version| {
        let file = repository.folder.path().join(version);
        fs::write(&file, repository.git(&["show", &format!("{version}:_news/a0.md")])).unwrap();
        file.display().to_string()
    });
    repository.try_git(&["merge-file", "-p", &versions[1], &versions[0], &versions[2]]).status.success()
}

#[test]
fn git_checks_out_and_stashes_while_articles_are_saved() {
    if !has_git() {
        return;
    }
    let column = Column::rounds(3, 20, 1000);
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "-b", "other"]);
    for number in 0..THEIRS {
        repository.change(number, &|text| text.replace("heat: 0", "heat: 1"));
    }
    repository.commit_all("other");
    let (mut edits, mut overwritten) = (0, 0);
    for (round, seed) in column.seeds().enumerate() {
        let target = if round % 2 == 0 { "main" } else { "other" };
        let ((), saved) = while_editing(&repository, seed, edits + 1, || {
            for _ in 0..4 {
                std::thread::sleep(Duration::from_millis(5));
                for arguments in [&["checkout", "-q", target][..], &["stash", "-q"], &["stash", "pop", "-q"]] {
                    repository.try_git(arguments);
                }
            }
        });
        edits += saved.count;
        overwritten += repository.account_for(&saved);
        (0..ALL).for_each(|number| assert!(matches!(repository.value(number, "heat"), Value::Number(_))));
        repository.git(&["add", "-A"]);
        repository.git(&["stash", "clear"]);
        repository.git(&["reset", "-q", "--hard"]);
        repository.git(&["checkout", "-q", target]);
    }
    tidy(&repository);
    reached(
        "git checkout and stash while saving",
        column,
        &format!("{edits} edits, {overwritten} overwritten and known, 0 lost silently"),
    );
}

/// Nothing of ours is left, and the repository is whole.
fn tidy(repository: &Repository) {
    assert_eq!(repository.saver.close(), []);
    assert_eq!(repository.git(&["status", "--porcelain", "--ignored"]), "");
    assert_eq!(repository.git(&["fsck", "--no-dangling"]), "");
}

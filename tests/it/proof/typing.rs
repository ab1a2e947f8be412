//! SIGKILL of the real app while an editor types, judges and saves in it: at the next start every edit is there that the journal
//! had, as an ordinary pending edit, or saved.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use copydesk::app::Opening;
use copydesk::desk::JournalEntry;
use copydesk::storage::journal::read_journal;
use copydesk::storage::vfs::simulated::Dice;

use crate::app::{Window, nobody};
use crate::common::{Column, reached};

/// A process of its own; the test starts itself again for it.
const CHILD: &str = "COPYDESK_TYPING_CHILD";

const ROW: &str = "SIGKILL of the app while an editor types in it";
const TITLE: &str = "_news/a.md";
const SCORE: &str = "_news/b.md";

/// So many kills a site, so that its title stays one that an editor might write.
const A_SITE: u64 = 10;

/// How far an editor has come: letters typed into one title, scores given to another article.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Done {
    letters: usize,
    score: usize,
}

impl Done {
    fn has(self, other: Self) -> bool {
        self.letters >= other.letters && self.score >= other.score
    }

    fn most(self, other: Self) -> Self {
        Self { letters: self.letters.max(other.letters), score: self.score.max(other.score) }
    }

    /// How far a text of the site says that the editor had come.
    fn in_text(text: &str) -> Self {
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
        let title = value("title: ");
        let typed = title.trim_matches('"').strip_prefix("Story").map(str::to_owned);
        // The score of the other article is its first line's business alone.
        match typed {
            Some(typed) => {
                let whole: String = (0..typed.len()).map(letter).collect();
                assert_eq!(typed, whole, "letters are missing or stand twice");
                Self { letters: typed.len(), score: 0 }
            }
            None => Self { letters: 0, score: value("heat: ").parse().unwrap_or_default() },
        }
    }
}

fn letter(number: usize) -> char {
    char::from(b'a' + (number % 26) as u8)
}

fn begin(folder: &Path) {
    let write = |path: &str, text: &str| {
        let file = folder.join("site").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write(TITLE, "---\ntitle: \"Story\"\nquality: 90\nheat: 5\n---\nBody\n");
    write(SCORE, "---\ntitle: \"Other\"\nquality: 80\nheat: 0\n---\nBody\n");
    write(".copydesk.yaml", "scores:\n  heat:\n    max: 1000000\n");
}

/// Says how far it is, in one step: the kill may come now.
fn tell(folder: &Path, done: Done) {
    fs::write(folder.join("aside"), format!("{} {}", done.letters, done.score)).unwrap();
    fs::rename(folder.join("aside"), folder.join("done")).unwrap();
}

fn told(folder: &Path) -> Done {
    let text = fs::read_to_string(folder.join("done")).unwrap_or_default();
    let mut numbers = text.split(' ').map(|number| number.parse().unwrap_or_default());
    Done { letters: numbers.next().unwrap_or_default(), score: numbers.next().unwrap_or_default() }
}

/// How far what is on disk says that the editor had come: files, and what journals add to them.
fn on_disk(folder: &Path) -> Done {
    let mut done = Done::default();
    for path in [TITLE, SCORE] {
        done = done.most(Done::in_text(&fs::read_to_string(folder.join("site").join(path)).unwrap()));
    }
    for file in
        files_below(&folder.join("user")).iter().filter(|file| file.extension().is_some_and(|it| it == "journal"))
    {
        let records = fs::read(file).ok().and_then(|bytes| read_journal(&bytes)).map(|(records, _)| records);
        for record in records.unwrap_or_default() {
            let entry: JournalEntry = serde_json::from_slice(&record.payload).unwrap();
            done = done.most(entry.ours.as_deref().map(Done::in_text).unwrap_or_default());
        }
    }
    done
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| if entry.path().is_dir() { files_below(&entry.path()) } else { vec![entry.path()] })
        .collect()
}

/// What the window shows of the two articles.
fn shown(window: &Window) -> Done {
    let text = |path: &str| {
        let desk = window.desk();
        let id = desk.catalog().unwrap().id_of(&crate::world::path_of(path)).unwrap();
        desk.document(id).map(|document| document.text().to_owned())
    };
    [TITLE, SCORE]
        .iter()
        .filter_map(|path| text(path))
        .map(|text| Done::in_text(&text))
        .fold(Done::default(), Done::most)
}

/// Opens the site, checks that nothing is missing, and goes on typing, judging and saving until it is killed.
#[test]
fn types_until_it_is_killed() {
    let Ok(what) = std::env::var(CHILD) else { return };
    let (goes_on, folder) = what.split_once(' ').unwrap();
    let folder = PathBuf::from(folder);
    let opening = Opening::Site(folder.join("site"));
    let mut window = Window::in_folder(&folder, [1000.0, 700.0], egui::Theme::Dark, opening, nobody());
    window.until_read();
    window.go_to("b.md");
    window.go_to("a.md");
    let (mut done, wanted) = (shown(&window), told(&folder));
    if !done.has(wanted) {
        for file in
            files_below(&folder).iter().filter(|file| file.extension().is_some_and(|it| it == "journal" || it == "md"))
        {
            eprintln!("{}: {}", file.display(), String::from_utf8_lossy(&fs::read(file).unwrap()));
        }
        panic!("{wanted:?} was in the journal, and {done:?} is there: {:?}", window.desk().toasts());
    }
    if goes_on == "no" {
        return;
    }
    for turn in 0.. {
        window.press("Home E End");
        for _ in 0..7 {
            window.type_text(&letter(done.letters).to_string());
            done.letters += 1;
            tell(&folder, done);
        }
        window.press("Enter Esc J H");
        window.type_text(&(done.score + 1).to_string());
        window.press("Enter");
        done.score += 1;
        assert_eq!(shown(&window), done);
        tell(&folder, done);
        if turn % 2 == 1 {
            window.press("Ctrl+S");
        }
    }
}

/// The process ends with the test, however that ends.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let killed = self.0.kill().and_then(|()| self.0.wait());
        assert!(killed.is_ok() || std::thread::panicking());
    }
}

fn start(folder: &Path, goes_on: &str) -> Ended {
    let log = fs::File::create(folder.join("log")).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "proof::typing::types_until_it_is_killed", "--nocapture"])
        .env(CHILD, format!("{goes_on} {}", folder.display()))
        .stdout(Stdio::null())
        .stderr(log)
        .spawn();
    Ended(child.unwrap())
}

/// Waits until this holds; answers how long it took. Fails where the process ended by itself.
fn until(child: &mut Ended, folder: &Path, holds: impl Fn() -> bool) -> Duration {
    let start = Instant::now();
    while !holds() {
        let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(child.0.try_wait().unwrap().is_none(), "it ended by itself: {}", log());
        assert!(start.elapsed() < Duration::from_secs(120), "in vain: {:?}, {:?}", told(folder), on_disk(folder));
        std::thread::sleep(Duration::from_millis(1));
    }
    start.elapsed()
}

#[test]
fn killed_while_an_editor_types_no_edit_in_the_journal_is_lost() {
    let column = Column::rounds(2, 40, 10_000);
    let (mut folder, mut slowest, mut typed) = (tempfile::tempdir().unwrap(), Duration::ZERO, 0);
    for (round, seed) in column.seeds().enumerate() {
        if (round as u64).is_multiple_of(A_SITE) {
            folder = tempfile::tempdir().unwrap();
            begin(folder.path());
        }
        let before = told(folder.path());
        let mut child = start(folder.path(), "yes");
        until(&mut child, folder.path(), || told(folder.path()) != before);
        std::thread::sleep(Duration::from_micros(Dice(seed).roll(300_000) as u64));
        // What was typed by now reaches the journal by itself; then the kill comes at whatever the editor does meanwhile.
        let wanted = told(folder.path());
        slowest = slowest.max(until(&mut child, folder.path(), || on_disk(folder.path()).has(wanted)));
        drop(child);
        typed += wanted.letters - before.letters + wanted.score - before.score;
        tell(folder.path(), wanted);
        let is_last_of_site = (round as u64 + 1).is_multiple_of(A_SITE) || round as u64 + 1 == column.count();
        if is_last_of_site {
            let mut check = start(folder.path(), "no");
            let ended = check.0.wait().unwrap();
            assert!(ended.success(), "seed {seed}: {}", fs::read_to_string(folder.path().join("log")).unwrap());
        }
    }
    let result = format!(
        "{typed} edits, each in the journal {} ms after it was seen at the latest, 0 lost",
        slowest.as_millis()
    );
    reached(ROW, column, &result);
}

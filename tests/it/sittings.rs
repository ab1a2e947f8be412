//! The desk on the real disk with the real threads, without a window: one sitting, and one after another.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::article::Intent;
use copydesk::desk::{Command, Desk, Edit, Effect, Fate, Settings};
use copydesk::document::{FieldPath, Value};
use copydesk::file::SitePath;
use copydesk::jobs::{Outside, Runner, Services};
use copydesk::storage::StateFolder;

/// A desk and the threads that work for it.
pub struct Sitting {
    pub desk: Desk,
    runner: Runner,
}

impl Sitting {
    /// With this state folder; no site is open.
    pub fn new(state: &Path) -> Self {
        let outside = Outside { folder: || None, pictures: |_| Vec::new(), page: |_| Ok(()), program: None };
        let services = Services { wake: Arc::new(|| {}), outside };
        let runner = Runner::new(StateFolder::at(state).unwrap(), services);
        Self { desk: Desk::new(Settings::default()), runner }
    }

    pub fn obey(&mut self, command: Command) {
        self.runner.run(self.desk.apply(command));
    }

    /// Gives the threads work, past the desk.
    pub fn run(&mut self, effects: Vec<Effect>) {
        self.runner.run(effects);
    }

    /// Takes in what the threads answer, until this holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Desk) -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !holds(&self.desk) {
            assert!(Instant::now() < end, "{what}: it takes too long");
            match self.runner.next_event() {
                Some(event) => self.runner.run(self.desk.receive(event)),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    /// Opens a site, and waits until it is read and so many articles have rows.
    pub fn open(&mut self, site: &Path, rows: usize) {
        self.obey(Command::Open(site.to_owned()));
        self.until("reading", |desk| desk.rows().len() == rows && desk.scan().is_some_and(|scan| scan.done));
    }

    pub fn set_heat(&mut self, heat: i64) {
        let intents = vec![Intent::Set(FieldPath::parse("heat"), Value::from(heat))];
        self.obey(Command::Edit(Edit::of_selection("heat", intents)));
    }
}

#[test]
fn a_site_that_is_opened_again_at_once_has_its_unsaved_edits() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("_news")).unwrap();
    std::fs::write(site.join("_news/a.md"), "---\ntitle: A\nheat: 5\n---\n").unwrap();
    // Long enough that the journal still works on it when the site is closed.
    let long = "A line of a long story.\n".repeat(100_000);
    std::fs::write(site.join("_news/b.md"), format!("---\ntitle: B\nheat: 5\n---\n{long}")).unwrap();
    let mut sitting = Sitting::new(&folder.path().join("state"));
    sitting.open(&site, 2);
    sitting.obey(Command::SelectAll);
    for heat in 10..14 {
        sitting.set_heat(heat);
        sitting.until("editing", |desk| desk.waiting_count() == 0 && desk.changed_count() == 2);
        sitting.obey(Command::CloseSite);
        sitting.open(&site, 2);
        assert_eq!(sitting.desk.changed_count(), 2, "edit {heat}");
        sitting.obey(Command::SelectAll);
    }
}

#[test]
fn unsaved_edits_meet_what_became_of_their_files_between_two_sittings() {
    let folder = tempfile::tempdir().unwrap();
    let (site, state) = (folder.path().join("site"), folder.path().join("state"));
    std::fs::create_dir_all(site.join("_news")).unwrap();
    let file = |name: &str| site.join(format!("_news/{name}.md"));
    let write = |name: &str, title: &str| std::fs::write(file(name), format!("---\ntitle: {title}\nheat: 5\n---\n"));
    [("renamed", "Old"), ("removed", "Went"), ("binary", "Old"), ("written", "Old")]
        .iter()
        .for_each(|(name, title)| write(name, title).unwrap());
    let mut first = Sitting::new(&state);
    first.open(&site, 4);
    first.obey(Command::SelectAll);
    first.set_heat(70);
    first.until("editing", |desk| desk.changed_count() == 4);
    drop(first);

    std::fs::rename(file("renamed"), file("z-elsewhere")).unwrap();
    // Beside it one of the same length that says something else, and one of another length.
    write("a-other", "New").unwrap();
    write("b-longer", "Longer").unwrap();
    std::fs::remove_file(file("removed")).unwrap();
    std::fs::write(file("binary"), b"\xff\xfe").unwrap();
    write("written", "Theirs").unwrap();

    let mut second = Sitting::new(&state);
    second.obey(Command::Open(site.clone()));
    second.until("reading", |desk| desk.changed_count() == 4 && desk.scan().is_some_and(|scan| scan.done));
    let id = |name: &str| {
        let path = SitePath::new(&format!("_news/{name}.md")).unwrap();
        second.desk.catalog().unwrap().id_of(&path).unwrap()
    };
    let fate = |name: &str| second.desk.draft(id(name)).unwrap().fate.clone();
    assert!(
        matches!(fate("renamed"), Some(Fate::Moved { to, .. }) if to == id("z-elsewhere")),
        "{:?}",
        fate("renamed")
    );
    assert_eq!(fate("removed"), Some(Fate::Gone));
    assert!(matches!(fate("binary"), Some(Fate::Clash { .. })), "{:?}", fate("binary"));
    let written = second.desk.draft(id("written")).unwrap();
    let ours = "---\ntitle: Theirs\nheat: 70\n---\n";
    assert_eq!((written.fate.as_ref(), written.text().map(AsRef::as_ref)), (None, Some(ours)));
}

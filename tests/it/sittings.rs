//! The desk on the real disk with the real threads, without a window: one sitting, and one after another.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::article::Intent;
use copydesk::desk::{Command, Desk, Edit, Effect, Settings};
use copydesk::document::{FieldPath, Value};
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

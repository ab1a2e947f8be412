//! A folder that cannot be read for a moment: what is known of it stays, edits below it too, and what happened there is seen as
//! soon as somebody can look again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command as Process;

use copydesk::catalog::ArticleId;
use copydesk::desk::{Command, Desk, Notice};
use copydesk::file::SitePath;

use crate::proof::tools;
use crate::sittings::Sitting;

const SECRET: &str = "_news/secret/b.md";

/// A site with three articles, one of them in a folder whose rights are taken and given back.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(place.at("site/_news/secret/deep")).unwrap();
        fs::create_dir_all(place.at("site/_secret")).unwrap();
        for name in ["_news/a.md", SECRET, "_news/secret/deep/c.md", "_secret/d.md"] {
            place.write(name, "one");
        }
        place
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, name: &str, title: &str) {
        fs::write(self.at("site").join(name), format!("---\ntitle: {title}\nheat: 5\n---\nbody\n")).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.at("site").join(name)).unwrap()
    }

    fn close(&self, is_closed: bool) {
        let mode = if is_closed { 0o000 } else { 0o755 };
        for folder in ["site/_news/secret", "site/_secret"] {
            fs::set_permissions(self.at(folder), fs::Permissions::from_mode(mode)).unwrap();
        }
    }

    /// A sitting that has read the site and knows its shape.
    fn opened(&self) -> Sitting {
        let mut sitting = Sitting::new(&self.at("state"));
        sitting.obey(Command::Open(self.at("site")));
        sitting.until("reading", |desk| desk.scan().is_some_and(|scan| scan.done && scan.learned));
        sitting
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.close(false);
    }
}

/// Runs a test where rights count: root reads everything, so there it runs once more without that power.
fn where_rights_count(name: &str, test: impl FnOnce()) {
    let probe = tempfile::tempdir().unwrap();
    fs::set_permissions(probe.path(), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(probe.path()).is_err() {
        return test();
    }
    if tools("a folder that cannot be read", &["setpriv"]) {
        let us = std::env::current_exe().unwrap();
        let powers = "-dac_override,-dac_read_search";
        let mut process = Process::new("setpriv");
        let process = process.arg(format!("--bounding-set={powers}")).arg(us).args(["--exact", name, "--nocapture"]);
        let output = process.output().unwrap();
        assert!(output.status.success(), "{}", crate::proof::said(&output));
    }
}

/// An unsaved edit of this article, the only one.
fn edit(sitting: &mut Sitting, path: &str) -> ArticleId {
    let article = sitting.desk.catalog().unwrap().id_of(&SitePath::new(path).unwrap()).unwrap();
    sitting.obey(Command::GoTo(article));
    sitting.set_heat(7);
    sitting.until("editing", |desk| desk.changed_count() == 1);
    article
}

fn save(sitting: &mut Sitting) {
    sitting.obey(Command::SaveAll);
    sitting.until("saving", |desk| desk.saving().is_none());
    assert_eq!(sitting.desk.changed_count(), 0, "{:?}", sitting.desk.toasts());
}

fn assert_all_stay(desk: &Desk) {
    for path in [SECRET, "_news/secret/deep/c.md", "_secret/d.md"] {
        assert_eq!(title(desk, path).as_deref(), Some("one"), "{path}");
    }
}

fn title(desk: &Desk, path: &str) -> Option<String> {
    let catalog = desk.catalog()?;
    Some(catalog.title(catalog.id_of(&SitePath::new(path).unwrap())?).to_string())
}

fn tells(desk: &Desk, words: &str) -> bool {
    desk.toasts().iter().any(|toast| toast.text.contains(words))
}

/// The rows went, an edit below was told as "the file is gone", and saving it asked for an answer first.
#[test]
fn what_lies_below_a_folder_that_cannot_be_read_is_not_gone() {
    where_rights_count("unread::what_lies_below_a_folder_that_cannot_be_read_is_not_gone", || {
        let place = Place::new();
        let mut sitting = place.opened();
        sitting.obey(Command::Collection(None));
        sitting.until("all rows", |desk| desk.rows().len() == 4);
        let edited = edit(&mut sitting, SECRET);

        place.close(true);
        sitting.obey(Command::Rescan);
        sitting.until("reading again", |desk| desk.scan().is_some_and(|scan| scan.done));
        assert!(tells(&sitting.desk, "_news/secret: permission denied"), "{:?}", sitting.desk.toasts());
        assert_all_stay(&sitting.desk);
        assert!(sitting.desk.site().unwrap().collection("_secret").is_some(), "its collection too");
        let draft = sitting.desk.draft(edited).unwrap();
        assert_eq!(draft.fate, None);
        assert!(!tells(&sitting.desk, "gone"), "{:?}", sitting.desk.toasts());

        place.close(false);
        sitting.obey(Command::Rescan);
        sitting.until("reading again", |desk| desk.scan().is_some_and(|scan| scan.done));
        save(&mut sitting);
        assert!(place.text(SECRET).contains("heat: 7"));
    });
}

/// The second opening knows the rows by what is remembered, and the edit by the journal.
#[test]
fn at_the_next_opening_too_what_cannot_be_looked_at_stays_as_it_is_known() {
    where_rights_count("unread::at_the_next_opening_too_what_cannot_be_looked_at_stays_as_it_is_known", || {
        let place = Place::new();
        let mut sitting = place.opened();
        let state = place.at("state/cache/sites");
        let is_remembered =
            || fs::read_dir(&state).into_iter().flatten().any(|site| site.unwrap().path().join("rows").is_file());
        sitting.until("remembering", |_| is_remembered());
        edit(&mut sitting, SECRET);
        drop(sitting);

        place.close(true);
        let mut next = place.opened();
        assert_all_stay(&next.desk);
        assert!(next.desk.site().unwrap().collection("_secret").is_some());
        assert_eq!(next.desk.changed_count(), 1, "{:?}", next.desk.toasts());

        // Somebody else wrote there meanwhile. Without being asked the desk looks again, and the edit goes on.
        place.close(false);
        place.write("_news/secret/deep/c.md", "two");
        next.until("looking again", |desk| title(desk, "_news/secret/deep/c.md").as_deref() == Some("two"));
        next.until("the edit goes on", |desk| desk.disputed_count() == 0);
        save(&mut next);
        assert!(place.text(SECRET).contains("heat: 7"));
    });
}

/// Where folders are looked at from time to time, and where a file is told of just then.
#[test]
fn the_watcher_looks_again_where_it_could_not() {
    where_rights_count("unread::the_watcher_looks_again_where_it_could_not", || {
        let place = Place::new();
        let mut sitting = place.opened();
        edit(&mut sitting, SECRET);
        // It cannot be watched any more, so everything is looked at again.
        place.close(true);
        sitting.until("telling", |desk| tells(desk, "_news/secret: permission denied"));
        assert!(!tells(&sitting.desk, "gone"), "{:?}", sitting.desk.toasts());
        assert_all_stay(&sitting.desk);
        place.close(false);
        place.write("_secret/d.md", "two");
        fs::remove_file(place.at("site/_news/secret/deep/c.md")).unwrap();
        sitting.until("looking again", |desk| {
            title(desk, "_secret/d.md").as_deref() == Some("two") && title(desk, "_news/secret/deep/c.md").is_none()
        });
        assert_eq!((sitting.desk.changed_count(), sitting.desk.disputed_count()), (1, 0));
    });
}

/// Half of the site cannot be looked at: nothing is lost of it, and nothing is saved before somebody says that this is meant.
#[test]
fn where_a_fifth_of_the_site_cannot_be_looked_at_saving_waits() {
    where_rights_count("unread::where_a_fifth_of_the_site_cannot_be_looked_at_saving_waits", || {
        for is_asked in [true, false] {
            let place = Place::new();
            (0..30).for_each(|n| place.write(&format!("_secret/{n}.md"), "one"));
            let mut sitting = place.opened();
            edit(&mut sitting, "_news/a.md");
            place.close(true);
            if is_asked {
                sitting.obey(Command::Rescan);
            }
            sitting.until("asking", |desk| desk.notice() == Some(Notice::Lost(33, 34)));
            sitting.obey(Command::SaveAll);
            assert!(sitting.desk.saving().is_none() && sitting.desk.changed_count() == 1);
            assert_eq!(sitting.desk.catalog().unwrap().len(), 34);
            place.close(false);
            if is_asked {
                sitting.obey(Command::Rescan);
            }
            sitting.until("going on", |desk| desk.notice().is_none());
            save(&mut sitting);
        }
    });
}

/// The row of an article that became a folder stayed, with what the file had said; below a folder that became a file they were
/// called unreadable.
#[test]
fn what_becomes_a_folder_or_lies_below_a_file_is_gone() {
    let place = Place::new();
    place.write("_news/e.md", "one");
    let mut sitting = place.opened();
    let edited = edit(&mut sitting, "_news/a.md");
    for name in ["_news/a.md", "_news/e.md"] {
        fs::remove_file(place.at("site").join(name)).unwrap();
        fs::create_dir(place.at("site").join(name)).unwrap();
        place.write(&format!("{name}/in it.md"), "two");
    }
    fs::remove_dir_all(place.at("site/_news/secret")).unwrap();
    fs::write(place.at("site/_news/secret"), "a file").unwrap();
    sitting.until("seeing it", |desk| {
        let is_gone = |name: &str| title(desk, name).is_none();
        is_gone("_news/e.md")
            && is_gone(SECRET)
            && is_gone("_news/secret/deep/c.md")
            && title(desk, "_news/e.md/in it.md").is_some()
            && desk.draft(edited).is_some_and(|draft| draft.fate.is_some())
    });
    // Nothing is written into the folder that has its name.
    sitting.obey(Command::AnswerFate { article: None, answer: copydesk::desk::FateAnswer::Keep });
    sitting.obey(Command::SaveAll);
    sitting.until("saving", |desk| desk.saving().is_none());
    assert_eq!(sitting.desk.changed_count(), 1, "{:?}", sitting.desk.toasts());
    assert!(tells(&sitting.desk, "Not saved: "), "{:?}", sitting.desk.toasts());
}

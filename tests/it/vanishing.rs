//! What the program stands on goes away while it runs: the site's folder, git's folder, the user's own folders, the window itself.

use std::fs;
use std::path::{Path, PathBuf};

use copydesk::desk::{Command, Effect};
use copydesk::storage::SaveOutcome;

use crate::saving::World;
use crate::sittings::Sitting;

const OLD: &str = "---\ntitle: A\nheat: 5\n---\nbody\n";
const NEW: &str = "---\ntitle: A\nheat: 7\n---\nbody\n";

/// A site with one article, and a desk that has it open.
struct Desk {
    folder: tempfile::TempDir,
    sitting: Sitting,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        put(&folder.path().join("site"), OLD);
        let mut sitting = Sitting::new(&folder.path().join("state"));
        sitting.open(&folder.path().join("site"), 1);
        Self { folder, sitting }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn text(&self, site: &str) -> String {
        fs::read_to_string(self.at(site).join("_news/a.md")).unwrap()
    }

    /// An edit of the one article, until it is a draft.
    fn edit(&mut self, heat: i64) {
        self.sitting.obey(Command::SelectAll);
        self.sitting.set_heat(heat);
        self.sitting.until("editing", |desk| desk.waiting_count() == 0 && desk.changed_count() == 1);
    }

    fn save(&mut self) {
        self.sitting.obey(Command::SaveAll);
        self.sitting.until("saving", |desk| desk.saving().is_none());
    }

    #[cfg(unix)]
    fn tells(&self, words: &str) -> bool {
        self.sitting.desk.toasts().iter().any(|toast| toast.text.contains(words))
    }
}

fn put(site: &Path, text: &str) {
    fs::create_dir_all(site.join("_news")).unwrap();
    fs::write(site.join("_news/a.md"), text).unwrap();
}

/// The folder was renamed, and another one came in its place: a save through the open handle went into the old one, and was told
/// as done; after reading the site again, rows were those of the new one over texts of the old.
#[cfg(unix)]
#[test]
fn nothing_is_saved_into_a_folder_that_another_one_took_the_place_of() {
    for is_kept in [true, false] {
        let mut desk = Desk::new();
        desk.edit(7);
        if is_kept {
            fs::rename(desk.at("site"), desk.at("aside")).unwrap();
        } else {
            fs::remove_dir_all(desk.at("site")).unwrap();
        }
        put(&desk.at("site"), &OLD.replace("body", "body of another clone"));
        desk.save();
        assert_eq!(desk.sitting.desk.changed_count(), 1, "it is still to be saved");
        if is_kept {
            assert!(desk.tells("another folder took the place of the site's"), "{:?}", desk.sitting.desk.toasts());
            assert_eq!(desk.text("aside"), OLD);
        }
        desk.sitting.obey(Command::Rescan);
        desk.sitting.until("opening the other one", |desk| {
            desk.scan().is_some_and(|scan| scan.done) && desk.changed_count() == 1 && desk.rows().len() == 1
        });
        desk.save();
        assert_eq!(desk.sitting.desk.changed_count(), 0, "{:?}", desk.sitting.desk.toasts());
        assert_eq!(desk.text("site"), NEW.replace("body", "body of another clone"));
    }
}

/// A folder that was only moved is still the site: what is edited is what is on the screen.
#[cfg(unix)]
#[test]
fn a_folder_that_was_only_moved_is_still_saved_to() {
    let mut desk = Desk::new();
    fs::rename(desk.at("site"), desk.at("aside")).unwrap();
    desk.edit(7);
    desk.save();
    assert_eq!((desk.text("aside").as_str(), desk.sitting.desk.changed_count()), (NEW, 0));
}

/// Where the system tells that the folder is gone, what comes in its place is seen without being asked for.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_the_place_of_the_site_s_is_told() {
    let mut desk = Desk::new();
    fs::rename(desk.at("site"), desk.at("aside")).unwrap();
    put(&desk.at("site"), OLD);
    desk.sitting.until("it is told", |desk| {
        desk.toasts().iter().any(|toast| toast.text.starts_with("Another folder took the place of the site's"))
    });
}

/// Git's folder holds our new files while they are written: a save went on for ever saying that it is not there.
#[test]
fn where_git_s_folder_was_removed_or_made_anew_saving_goes_on() {
    for is_used in [false, true] {
        for is_anew in [false, true] {
            let world = World::new(true);
            world.write("a.md", "one");
            if is_used {
                assert!(matches!(world.save("a.md", Some("one"), "two"), SaveOutcome::Written(_)));
                fs::write(world.root().join("a.md"), "one").unwrap();
            }
            fs::remove_dir_all(world.root().join(".git")).unwrap();
            if is_anew {
                fs::create_dir_all(world.root().join(".git")).unwrap();
                fs::write(world.root().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
            }
            let outcome = world.save("a.md", Some("one"), "three");
            assert!(matches!(outcome, SaveOutcome::Written(_)), "used {is_used}, anew {is_anew}: {outcome:?}");
            assert_eq!(world.text("a.md"), "three");
            world.saver.close();
            let left: Vec<_> = fs::read_dir(world.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(!left.contains(&".copydesk".into()), "{left:?}");
        }
    }
}

/// What git would show is never made: the folder that is git's now holds our new files, and its lock is waited for.
#[test]
fn a_git_folder_that_was_made_since_is_git_s_folder() {
    for was_there in [false, true] {
        let mut desk = Desk::new();
        let git = desk.at("site/.git");
        let make = |git: &Path| {
            fs::create_dir(git).unwrap();
            fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        };
        if was_there {
            make(&git);
            let site = desk.at("site");
            desk.sitting.open(&site, 1);
            fs::remove_dir_all(&git).unwrap();
        }
        make(&git);
        desk.edit(7);
        desk.save();
        assert_eq!((desk.text("site").as_str(), desk.sitting.desk.changed_count()), (NEW, 0), "{was_there}");
        assert!(git.join("copydesk").is_dir() && !desk.at("site/.copydesk").exists(), "{was_there}");
    }
}

/// Somebody tidied up in git's folder.
#[test]
fn where_the_folder_of_our_new_files_was_removed_it_is_made_again() {
    let world = World::new(true);
    world.write("a.md", "one");
    assert!(matches!(world.save("a.md", Some("one"), "two"), SaveOutcome::Written(_)));
    fs::remove_dir_all(world.root().join(".git/copydesk")).unwrap();
    let outcome = world.save("a.md", Some("two"), "three");
    assert!(matches!(outcome, SaveOutcome::Written(_)), "{outcome:?}");
    world.saver.close();
    assert_eq!(world.text("a.md"), "three");
}

/// The window is closed while the threads have more to tell than it takes in: it waited for them, and they for it.
#[test]
fn a_window_that_is_closed_while_much_is_told_closes() {
    let mut desk = Desk::new();
    let generation = 1;
    desk.sitting.run((0..1000).map(|_| Effect::Load { generation, articles: Vec::new() }).collect());
    let (done, closed) = crossbeam_channel::bounded(1);
    std::thread::spawn(move || {
        drop(desk.sitting);
        done.send(()).unwrap();
    });
    closed.recv_timeout(std::time::Duration::from_mins(1)).expect("it does not close");
}

/// A file that was removed takes what is written into it, and is nowhere: edits were journalled into it without a word.
#[cfg(unix)]
#[test]
fn a_journal_that_was_removed_is_made_again_with_all_that_is_pending() {
    let mut desk = Desk::new();
    let journals = |state: &Path| -> usize {
        let sites = fs::read_dir(state.join("state/sites")).into_iter().flatten();
        let folders = sites.map(|site| site.unwrap().path().join("journals"));
        let names = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten());
        names.filter(|name| name.as_ref().unwrap().path().extension().is_some_and(|it| it == "journal")).count()
    };
    let state = desk.at("state");
    desk.edit(7);
    desk.sitting.until("journalled", |_| journals(&state) == 1);
    // The state of the view is written there too, by chance just now.
    let removed = (0..100).any(|_| fs::remove_dir_all(state.join("state/sites")).is_ok());
    assert!(removed);
    desk.sitting.set_heat(8);
    desk.sitting.until("journalled again", |_| journals(&state) == 1);
    drop(desk.sitting);
    let mut next = Sitting::new(&state);
    next.open(&desk.folder.path().join("site"), 1);
    assert_eq!(next.desk.changed_count(), 1, "what was pending is here again");
}

#[cfg(unix)]
#[test]
fn where_the_journal_s_folder_is_gone_that_is_told() {
    let mut desk = Desk::new();
    desk.edit(7);
    desk.save();
    fs::remove_dir_all(desk.at("state")).unwrap();
    desk.edit(8);
    desk.sitting.until("it is told", |desk| {
        desk.toasts().iter().any(|toast| toast.text.starts_with("Unsaved edits cannot be journalled, so save soon: "))
    });
}

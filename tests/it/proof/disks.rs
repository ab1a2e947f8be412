//! Full disks, disks that became read-only, folders that went, missing rights: the old text stays whole, the message says what to
//! do, and when that is done the same save works.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use copydesk::storage::{SaveOutcome, Saver, SiteFolder, StateFolder};

use super::{COPYDESK, Mounted, is_root, run, said, tools};
use crate::common::{Column, reached};
use crate::saving::plan;

const ROW: &str = "full disk, read-only, gone, no right";
const OLD: &str = "---\nheat: 1\n---\nold text\n";

/// A site on a disk of its own.
struct Site {
    root: PathBuf,
    saver: Saver,
}

impl Site {
    fn new(root: &Path, state: &Path) -> Self {
        fs::create_dir_all(root.join("_news")).unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::write(root.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        for number in 0..20 {
            fs::write(root.join(format!("_news/a{number}.md")), OLD).unwrap();
        }
        let saver = Saver::new(&SiteFolder::open(root).unwrap(), &StateFolder::at(state).unwrap());
        Self { root: root.to_owned(), saver }
    }

    fn text(&self) -> String {
        fs::read_to_string(self.root.join("_news/a0.md")).unwrap()
    }

    /// Saves something larger than what is left; answers the message.
    fn refused(&self, new: &str) -> String {
        match self.saver.save(&plan("_news/a0.md", Some(OLD), new), &|| false) {
            SaveOutcome::Failed(error) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn saved(&self, new: &str) {
        let save = || self.saver.save(&plan("_news/a0.md", Some(OLD), new), &|| false);
        // What was freed may be used when the file system has noted it, and no process that is just being started holds it open.
        let mut outcome = save();
        for _ in 0..200 {
            if !matches!(&outcome, SaveOutcome::Failed(error) if error.to_string().contains("the disk is full")) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
            outcome = save();
        }
        assert!(matches!(outcome, SaveOutcome::Written(_)), "{outcome:?}");
        assert_eq!(self.text(), new);
        assert_eq!(self.saver.close(), []);
    }
}

/// Takes all that is left of a disk.
fn fill(root: &Path) -> PathBuf {
    use std::io::Write as _;
    let path = root.join("filler");
    let mut file = fs::File::create(&path).unwrap();
    while file.write(&[7; 512]).is_ok_and(|count| count > 0) {}
    drop(file.sync_all());
    path
}

/// An image with a file system, mounted.
fn image(folder: &Path, name: &str, make: &[&str], megabytes: u64) -> Option<Mounted> {
    let image = folder.join(format!("{name}.img"));
    fs::File::create(&image).unwrap().set_len(megabytes << 20).unwrap();
    run(make[0], &[&make[1..], &[image.to_str().unwrap()]].concat());
    Mounted::new(ROW, &["-o", "loop", image.to_str().unwrap()], &folder.join(name))
}

#[test]
fn disks_that_refuse_leave_the_old_text_and_say_what_to_do() {
    if !is_root(ROW) || !tools(ROW, &["mount", "umount", "mkfs.ext4", "setpriv", "prlimit"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let new = OLD.replace("old", &"new ".repeat(5000));
    let mut cases = 0;
    let tmpfs = Mounted::new(ROW, &["-t", "tmpfs", "-o", "size=1m", "tmpfs"], &at("tmpfs"));
    let ext4 = image(folder.path(), "ext4", &["mkfs.ext4", "-q"], 8);
    let few = image(folder.path(), "few", &["mkfs.ext4", "-q", "-N", "64"], 8);
    let (Some(tmpfs), Some(ext4), Some(few)) = (tmpfs, ext4, few) else { return };
    for disk in ["tmpfs", "ext4"] {
        let site = Site::new(&at(disk).join("site"), &at("state"));
        let filler = fill(&at(disk));
        let message = site.refused(&new);
        assert!(message.contains("the disk is full; free some space"), "{disk}: {message}");
        assert_eq!(site.text(), OLD, "{disk}");
        let plans: Vec<_> = (0..20).map(|number| plan(&format!("_news/a{number}.md"), Some(OLD), &new)).collect();
        site.saver.save_many(&plans, &|| false, &mut |index, outcome| {
            let text = fs::read_to_string(site.root.join(format!("_news/a{index}.md"))).unwrap();
            assert!(matches!(outcome, SaveOutcome::Failed(_)) && text == OLD, "{disk} {index}: {outcome:?}");
        });
        fs::remove_file(filler).unwrap();
        site.saved(&new);
        cases += 2;
    }
    few_inodes(&at("few"), &at("state"), &new);
    for (disk, mounted) in [("tmpfs", &tmpfs), ("ext4", &ext4)] {
        let site = Site::new(&at(disk).join("read-only"), &at("state"));
        mounted.remount("ro");
        let message = site.refused(&new);
        assert!(message.contains("the disk is read-only; remount it"), "{disk}: {message}");
        assert_eq!(site.text(), OLD);
        mounted.remount("rw");
        site.saved(&new);
        cases += 1;
    }
    drop(few);
    cases += 1 + gone(&at("gone"), &at("state"), &new);
    cases += without_right(folder.path());
    cases += full_state(folder.path(), &new);
    reached(ROW, Column::rounds(1, 1, 1), &format!("{cases} cases, old text whole and saved once the cause was gone"));
    assert!(cases >= 12);
}

/// Space is left, but no file can be made.
fn few_inodes(disk: &Path, state: &Path, new: &str) {
    let site = Site::new(&disk.join("site"), state);
    let mut made = Vec::new();
    for number in 0.. {
        let path = disk.join(format!("x{number}"));
        if fs::File::create(&path).is_err() {
            break;
        }
        made.push(path);
    }
    assert!(site.refused(new).contains("the disk is full"));
    assert_eq!(site.text(), OLD);
    made.iter().for_each(|path| fs::remove_file(path).unwrap());
    site.saved(new);
}

fn gone(root: &Path, state: &Path, new: &str) -> usize {
    let site = Site::new(root, state);
    let save = || site.saver.save(&plan("_news/a0.md", Some(OLD), new), &|| false);
    let aside = root.with_extension("aside");
    fs::remove_file(root.join("_news/a0.md")).unwrap();
    assert!(matches!(save(), SaveOutcome::Gone), "the article");
    assert!(!root.join("_news/a0.md").exists(), "what somebody took away does not come back by itself");
    fs::rename(root.join("_news"), &aside).unwrap();
    assert!(matches!(save(), SaveOutcome::Gone), "its folder");
    fs::rename(&aside, root.join("_news")).unwrap();
    fs::write(root.join("_news/a0.md"), OLD).unwrap();
    fs::remove_dir_all(root).unwrap();
    assert!(matches!(save(), SaveOutcome::Gone | SaveOutcome::Failed(_)), "the site");
    assert!(!root.exists(), "nothing of it is made anew");
    3
}

/// The program as another user, for whom rights count, and with a limit for the size of files.
fn without_right(folder: &Path) -> usize {
    let root = folder.join("rights");
    // The folder of the tests is private to its owner.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let site = Site::new(&root, &folder.join("state"));
    let article = root.join("_news/a0.md");
    let state = folder.join("state-of-nobody");
    fs::create_dir_all(&state).unwrap();
    // The program lies where another user may not look: it is handed over as a copy. Not made by this process: what it holds open
    // for writing is held by every process that another test starts just then, and such a program cannot be run.
    let program = folder.join("copydesk");
    run("cp", &[COPYDESK, program.to_str().unwrap()]);
    run("chown", &["-R", "65534:65534", state.to_str().unwrap(), root.to_str().unwrap()]);
    let patch = |limits: &[&str]| {
        let user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        let output = Command::new("setpriv")
            .args(user)
            .args(limits)
            .arg(&program)
            .args(["patch", article.to_str().unwrap(), "--set", "/heat=2"])
            .env("COPYDESK_STATE", &state)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (output.status.code(), said(&output))
    };
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let mut cases = 0;
    let mut refused = |wanted: &str, limits: &[&str]| {
        let (code, message) = patch(limits);
        assert!(code == Some(2) && message.contains(wanted), "{wanted}: {code:?} {message}");
        assert_eq!(site.text(), OLD, "{wanted}");
        cases += 1;
    };
    mode(&article, 0o444);
    refused("is read-only. Make it writable", &[]);
    mode(&article, 0o644);
    mode(&root.join("_news"), 0o555);
    refused("permission denied; check who owns the file and its folder", &[]);
    mode(&root.join("_news"), 0o755);
    run("chown", &["0:0", article.to_str().unwrap()]);
    refused("is read-only. Make it writable", &[]);
    run("chown", &["65534:65534", article.to_str().unwrap()]);
    refused("limit for file sizes", &["prlimit", "--fsize=16"]);
    let (code, message) = patch(&[]);
    assert_eq!((code, site.text().as_str()), (Some(0), OLD.replace("heat: 1", "heat: 2").as_str()), "{message}");
    cases
}

/// The disk of the saved versions is full: the article is saved all the same, or not at all.
fn full_state(folder: &Path, new: &str) -> usize {
    let disk = folder.join("state-disk");
    let Some(_mounted) = Mounted::new(ROW, &["-t", "tmpfs", "-o", "size=64k", "tmpfs"], &disk) else { return 0 };
    let site = Site::new(&folder.join("full-state"), &disk.join("state"));
    fill(&disk);
    let outcome = site.saver.save(&plan("_news/a0.md", Some(OLD), new), &|| false);
    match outcome {
        SaveOutcome::Written(_) => assert_eq!(site.text(), new),
        SaveOutcome::Failed(error) => {
            assert!(error.to_string().contains("the disk is full"), "{error}");
            assert_eq!(site.text(), OLD);
        }
        other => panic!("{other:?}"),
    }
    1
}

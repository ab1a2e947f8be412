//! Errors of the system at real calls of the real program, put in by `strace`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use copydesk::storage::vfs::simulated::Dice;
use copydesk::storage::{Saver, SiteFolder, StateFolder};

use super::{COPYDESK, said, tools};
use crate::common::{Column, reached};
use crate::saving::names;

const ROW: &str = "errors at real calls";
const ERRORS: [&str; 9] = ["ENOSPC", "EIO", "EACCES", "EROFS", "EDQUOT", "EMFILE", "EINTR", "ESTALE", "EBUSY"];

fn text(heat: u64) -> String {
    format!("---\ntitle: One\nheat: {heat}\n---\nBody\n")
}

/// Runs a patch of the article below `strace`.
fn patch(folder: &Path, options: &[&str], heat: u64) -> (Option<i32>, String) {
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o"])
        .arg(folder.join("trace"))
        .args(options)
        .arg(COPYDESK)
        .args(["patch", "site/a.md", "--set", &format!("/heat={heat}")])
        .current_dir(folder)
        .env("COPYDESK_STATE", folder.join("state"))
        .output()
        .unwrap();
    (output.status.code(), said(&output))
}

/// The calls from the first look at the article on: of each name, from which number to which.
fn calls(folder: &Path) -> Vec<(String, u64, u64)> {
    let trace = fs::read_to_string(folder.join("trace")).unwrap();
    let (mut counts, mut first) = (BTreeMap::<String, u64>::new(), BTreeMap::new());
    let mut begun = false;
    for line in trace.lines() {
        let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start());
        let Some((name, _)) = call.split_once('(') else { continue };
        if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            continue;
        }
        begun |= call.contains("a.md\"") && name != "execve";
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1;
        if begun {
            first.entry(name.to_owned()).or_insert(*count);
        }
    }
    // What only ends threads, waits or gets memory is no call of a save.
    let others = [
        "futex",
        "mmap",
        "munmap",
        "mprotect",
        "exit",
        "exit_group",
        "rt_sigprocmask",
        "madvise",
        "clone3",
        "rseq",
        "set_robust_list",
        "sigaltstack",
        "sched_yield",
        "sched_getaffinity",
        "brk",
        "gettid",
        "execve",
        "prctl",
    ];
    let of_saves = first.into_iter().filter(|(name, _)| !others.contains(&name.as_str()));
    of_saves.map(|(name, first)| (name.clone(), first, counts[&name])).collect()
}

#[test]
fn whatever_a_real_call_answers_the_article_is_whole() {
    if !tools(ROW, &["strace"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    fs::create_dir_all(root.join(".git")).unwrap();
    fs::write(root.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(root.join("a.md"), text(0)).unwrap();
    let (code, message) = patch(folder.path(), &[], 1);
    if code != Some(0) && message.contains("ptrace") {
        eprintln!("proof: {ROW}: skipped, for processes cannot be traced here: {}", message.trim());
        return;
    }
    assert_eq!((code, fs::read_to_string(root.join("a.md")).unwrap()), (Some(0), text(1)), "{message}");
    let calls = calls(folder.path());
    assert!(calls.len() > 10, "{calls:?}");
    let column = Column::rounds(12, 150, 2000);
    let (mut heat, mut done, mut refused, mut hit) = (1, 0, 0, std::collections::BTreeSet::new());
    for seed in column.seeds() {
        let mut dice = Dice(seed);
        let (name, first, last) = &calls[dice.roll(calls.len())];
        let when = first + dice.roll((last - first + 1) as usize) as u64;
        let error = ERRORS[dice.roll(ERRORS.len())];
        let fault = format!("inject={name}:error={error}:when={when}");
        let (code, message) = patch(folder.path(), &["-e", &format!("trace={name}"), "-e", &fault], heat + 1);
        let now = fs::read_to_string(root.join("a.md")).unwrap();
        let label = format!("seed {seed}, {fault}: {code:?} {message}");
        assert!(now == text(heat) || now == text(heat + 1), "{label}: {now}");
        match code {
            Some(0) => {
                assert_eq!(now, text(heat + 1), "{label}");
                done += 1;
            }
            Some(_) => {
                assert!(!message.is_empty(), "{label}: it says why");
                refused += 1;
            }
            None => panic!("{label}: ended by a signal"),
        }
        hit.insert(name.clone());
        heat += u64::from(now == text(heat + 1));
        let state = StateFolder::at(&folder.path().join("state")).unwrap();
        let saver = Saver::new(&SiteFolder::open(&root).unwrap(), &state);
        assert_eq!(saver.recover(&|| vec![copydesk::file::SitePath::new("a.md").unwrap()]), [], "{label}");
        saver.close();
        assert_eq!(names(&root), [".git", "a.md"], "{label}");
        let workshop = root.join(".git/copydesk");
        assert!(!workshop.is_dir() || names(&workshop).is_empty(), "{label}: {:?}", names(&workshop));
    }
    let result =
        format!("{} kinds of calls, {done} saved all the same, {refused} refused, old or new each time", hit.len());
    reached(ROW, column, &result);
}

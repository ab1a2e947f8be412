//! The table of promises in the README, row by row, with what it takes to keep them: real disks, real kills, real tools. Which
//! promise is held by which tests stands in `promises.rs`.
//!
//! `COPYDESK_PROOF=ci` runs the column of the checks, `COPYDESK_PROOF=full` the other one. What cannot run here says so.

mod disks;
mod duel;
mod errors;
mod floods;
mod fuzz;
mod kills;
mod malformed;
mod metadata;
mod pairs;
mod power;
mod promises;
mod rewrites;
mod silence;
mod typing;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program as it is built for tests.
pub const COPYDESK: &str = env!("CARGO_BIN_EXE_copydesk");

/// Whether all these tools are here; says which is missing.
pub fn tools(row: &str, names: &[&str]) -> bool {
    let is_here = |name: &str| {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&paths).any(|folder| folder.join(name).is_file())
    };
    let missing: Vec<&&str> = names.iter().filter(|name| !is_here(name)).collect();
    if !missing.is_empty() {
        eprintln!("proof: {row}: skipped, for these tools are not here: {missing:?}");
    }
    missing.is_empty()
}

/// Whether this is the administrator, who alone may mount disks; says so where not.
pub fn is_root(row: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("proof: {row}: skipped, for only root may mount disks");
    }
    root
}

/// Runs a command that must succeed.
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Both streams.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A disk that is mounted until this is dropped.
pub struct Mounted(PathBuf);

impl Mounted {
    /// Mounts something; `None`, aloud, where the system does not let us.
    pub fn new(row: &str, arguments: &[&str], folder: &Path) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let output = Command::new("mount").args(arguments).arg(folder).output().unwrap();
        if !output.status.success() {
            eprintln!("proof: {row}: skipped, for nothing can be mounted here: {}", said(&output).trim());
            return None;
        }
        Some(Self(folder.to_owned()))
    }

    /// Mounts it again with other options.
    pub fn remount(&self, options: &str) {
        run("mount", &["-o", &format!("remount,{options}"), self.0.to_str().unwrap()]);
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let done = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(
            done.is_ok_and(|done| done.success()) || std::thread::panicking(),
            "{} stays mounted",
            self.0.display()
        );
    }
}

//! Walks a site: the path and stamp of every file that is not left out.
//!
//! Invariant: nothing outside the site is listed or followed. What cannot be listed is in the report, never silently missing.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cap_std::fs::{Dir, FileType};
use crossbeam_channel::{RecvTimeoutError, Sender};

use super::error::{Cause, StorageError, is_escape, is_gone};
use super::folder::SiteFolder;
use super::read;
use super::rules::Level;
pub use super::rules::ScanOptions;
use crate::file::{SitePath, Stamp};

/// Folders in folders beyond this are reported and not entered.
pub const DEEPEST: usize = 64;

/// How many files travel together from the walking threads.
const BATCH: usize = 256;

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it lies.
    pub path: SitePath,
    /// Its stamp; of the file itself where the name is a link. Empty where only names were asked for.
    pub stamp: Stamp,
}

/// How a walk went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanReport {
    /// How many files were found.
    pub files: usize,
    /// The folders that were entered, `""` for the top.
    pub folders: Vec<String>,
    /// What was not listed, and why.
    pub skipped: Vec<Skipped>,
    /// The walk was told to stop: files are missing.
    pub cancelled: bool,
}

/// A name that was not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The name, made printable.
    pub path: String,
    /// Why.
    pub reason: SkipReason,
}

impl Skipped {
    /// Whether it may be there all the same, with all that is below it: it could not be looked at just now, which says nothing of
    /// what became of it.
    #[must_use]
    pub fn may_be_there(&self) -> bool {
        matches!(&self.reason, SkipReason::Unreadable(cause) if !is_gone(cause.kind))
    }
}

/// Why a name was not listed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// The name is not UTF-8, or holds a control character or a backslash.
    #[error("the name cannot be used: {0}")]
    Name(String),
    /// The folder or file cannot be read.
    #[error("{0}")]
    Unreadable(Cause),
    /// A link that leads out of the site, or nowhere.
    #[error("the link leads out of the site or nowhere")]
    Link,
    /// Too many folders in folders.
    #[error("more than {DEEPEST} folders in each other")]
    TooDeep,
    /// A pipe, a socket, a device.
    #[error("it is not a regular file")]
    NotRegular,
}

enum Message {
    Found(Vec<Found>),
    Folder(String),
    Skipped(Skipped),
}

/// Walks the site with several threads and hands each file to `sink`, on the calling thread and in no order. Links to files inside
/// the site are listed, links to folders are not entered (what they name is listed where it is).
///
/// # Errors
/// When the top of the site cannot be listed.
pub fn walk(
    site: &SiteFolder,
    options: &ScanOptions,
    cancel: &dyn Fn() -> bool,
    sink: &mut dyn FnMut(Found),
) -> Result<ScanReport, StorageError> {
    site.handle().entries().map_err(|error| StorageError::io("list", site.root().display(), &error))?;
    let mut report = ScanReport::default();
    let (sender, receiver) = crossbeam_channel::unbounded();
    let walker = Walker { site: site.clone(), names_only: options.names_only, stop: AtomicBool::new(false) };
    let top = Level::top(site, options);
    rayon::in_place_scope(|scope| {
        let walker = &walker;
        scope.spawn(move |scope| walker.folder(scope, site.handle(), "", &top, &sender));
        loop {
            match receiver.recv_timeout(Duration::from_millis(50)) {
                Ok(Message::Found(batch)) => {
                    report.files += batch.len();
                    batch.into_iter().for_each(&mut *sink);
                }
                Ok(Message::Folder(folder)) => report.folders.push(folder),
                Ok(Message::Skipped(skipped)) => report.skipped.push(skipped),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if !report.cancelled && cancel() {
                report.cancelled = true;
                walker.stop.store(true, Ordering::Relaxed);
            }
        }
    });
    report.folders.sort();
    report.skipped.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(report)
}

/// Whether a walk could look at this by now, be it a folder, a file, or nothing any more.
#[must_use]
pub fn is_in_sight(site: &SiteFolder, path: &str) -> bool {
    let path = if path.is_empty() { "." } else { path };
    let looked = match site.handle().metadata(path) {
        Ok(metadata) if metadata.is_dir() => site.handle().open_dir(path).and_then(|folder| folder.entries()).map(drop),
        looked => looked.map(drop),
    };
    looked.map_or_else(|error| is_gone(error.kind()), |()| true)
}

struct Walker {
    site: SiteFolder,
    names_only: bool,
    stop: AtomicBool,
}

impl Walker {
    fn folder<'s>(
        &'s self,
        scope: &rayon::Scope<'s>,
        folder: &Dir,
        path: &str,
        level: &Arc<Level>,
        sender: &Sender<Message>,
    ) {
        let entries = match folder.entries() {
            Ok(entries) => entries,
            Err(error) => return skip(sender, path, SkipReason::Unreadable(Cause::from(&error))),
        };
        send(sender, Message::Folder(path.to_owned()));
        let mut batch = Vec::with_capacity(BATCH);
        for entry in entries {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            match entry {
                Ok(entry) => batch.push(entry),
                Err(error) => skip(sender, path, SkipReason::Unreadable(Cause::from(&error))),
            }
            if batch.len() == BATCH {
                // Names come one after another, but asking for each one's stamp is work for all cores: a folder can be huge.
                let (names, path, level) = (std::mem::take(&mut batch), path.to_owned(), Arc::clone(level));
                let sender = sender.clone();
                scope.spawn(move |scope| self.entries(scope, &path, &names, &level, &sender));
            }
        }
        self.entries(scope, path, &batch, level, sender);
    }

    fn entries<'s>(
        &'s self,
        scope: &rayon::Scope<'s>,
        folder: &str,
        entries: &[cap_std::fs::DirEntry],
        level: &Arc<Level>,
        sender: &Sender<Message>,
    ) {
        let mut found = Vec::with_capacity(entries.len());
        for entry in entries {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            self.entry(scope, folder, entry, level, sender, &mut found);
        }
        if !found.is_empty() {
            send(sender, Message::Found(found));
        }
    }

    fn entry<'s>(
        &'s self,
        scope: &rayon::Scope<'s>,
        folder: &str,
        entry: &cap_std::fs::DirEntry,
        level: &Arc<Level>,
        sender: &Sender<Message>,
        batch: &mut Vec<Found>,
    ) {
        let name = entry.file_name();
        let shown = name.to_string_lossy();
        let path = if folder.is_empty() { shown.clone().into_owned() } else { format!("{folder}/{shown}") };
        let kind = entry.file_type();
        let is_folder = kind.as_ref().is_ok_and(FileType::is_dir);
        if level.leaves_out(&path, &shown, is_folder) {
            return;
        }
        if name.to_str().is_none() {
            return skip(sender, &path, SkipReason::Name("it is not UTF-8".to_owned()));
        }
        if is_folder {
            return self.enter(scope, path, level, sender);
        }
        let is_told = self.names_only && kind.is_ok_and(|kind| kind.is_file());
        let stamp = if is_told { Ok(Some(Stamp::default())) } else { self.stamp(&path, entry) };
        match (SitePath::new(&path), stamp) {
            (Err(error), _) => skip(sender, &path, SkipReason::Name(error.to_string())),
            (_, Err(reason)) => skip(sender, &path, reason),
            (Ok(path), Ok(Some(stamp))) => batch.push(Found { path, stamp }),
            (Ok(_), Ok(None)) => {}
        }
    }

    fn enter<'s>(&'s self, scope: &rayon::Scope<'s>, path: String, level: &Arc<Level>, sender: &Sender<Message>) {
        if path.split('/').count() > DEEPEST {
            return skip(sender, &path, SkipReason::TooDeep);
        }
        let (above, sender) = (Arc::clone(level), sender.clone());
        // Opened in the task: thousands of folders that wait must not each hold a handle.
        scope.spawn(move |scope| match self.site.handle().open_dir(&path) {
            Ok(handle) => {
                let level = Level::below(&handle, &path, Some(above));
                self.folder(scope, &handle, &path, &level, &sender);
            }
            Err(error) => skip(&sender, &path, SkipReason::Unreadable(Cause::from(&error))),
        });
    }

    /// The stamp of a regular file; `None` for a link to a folder.
    fn stamp(&self, path: &str, entry: &cap_std::fs::DirEntry) -> Result<Option<Stamp>, SkipReason> {
        let metadata = entry.metadata().map_err(|error| SkipReason::Unreadable(Cause::from(&error)))?;
        let metadata = if metadata.is_symlink() {
            self.site.handle().metadata(path).map_err(|error| reason_of_link(&error))?
        } else {
            metadata
        };
        if metadata.is_dir() {
            return Ok(None);
        }
        if !metadata.is_file() {
            return Err(SkipReason::NotRegular);
        }
        Ok(Some(read::stamp_of(&metadata)))
    }
}

/// Why a link is not followed.
fn reason_of_link(error: &io::Error) -> SkipReason {
    let is_link = is_escape(error) || is_gone(error.kind());
    if is_link { SkipReason::Link } else { SkipReason::Unreadable(Cause::from(error)) }
}

fn skip(sender: &Sender<Message>, path: &str, reason: SkipReason) {
    let mut shown = String::with_capacity(path.len());
    for letter in path.chars() {
        if letter.is_control() { shown.extend(letter.escape_default()) } else { shown.push(letter) }
    }
    send(sender, Message::Skipped(Skipped { path: shown, reason }));
}

fn send(sender: &Sender<Message>, message: Message) {
    // The receiver lives as long as the walk.
    if sender.send(message).is_err() {
        log::trace!("nobody listens to the walk any more");
    }
}

//! What changed in the site, in batches: after 300 ms of quiet, after two seconds at most.
//!
//! Invariant: nothing is missed silently. Where the system lost track, or cannot watch, the answer is "look at everything again",
//! and why is said.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, select};
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecursiveMode, Watcher as _};

use super::folder::SiteFolder;
use super::rules::{Rules, ScanOptions};
use super::scan;
use crate::file::SitePath;

/// A batch waits until nothing has happened for so long…
pub const QUIET: Duration = Duration::from_millis(300);

/// … but not longer than this,
pub const AT_MOST: Duration = Duration::from_secs(2);

/// … and while git works, not longer than this.
pub const WHILE_GIT: Duration = Duration::from_secs(10);

/// Where the system cannot watch, everything is looked at again so often.
pub const POLL_EVERY: Duration = Duration::from_secs(10);

/// More paths than this are not told one by one.
const MOST_PATHS: usize = 20_000;

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Batch {
    /// These files were written, made, moved or removed. Their content decides whether they changed.
    Files(Vec<SitePath>),
    /// Anything may have changed: scan again.
    Rescan,
    /// Branch or index changed; articles come in a batch of their own.
    Git,
}

/// Gathers raw events into batches. It has no clock: it is told the time.
#[derive(Debug, Default)]
pub struct Coalescer {
    paths: BTreeSet<PathBuf>,
    rescan: bool,
    first: Option<Instant>,
    last: Option<Instant>,
}

/// Raw paths that are due, or the word that anything may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// These.
    Paths(BTreeSet<PathBuf>),
    /// Anything.
    Rescan,
}

impl Coalescer {
    /// Something happened here. No path at all: anything may have changed.
    pub fn add(&mut self, paths: impl IntoIterator<Item = PathBuf>, needs_rescan: bool, now: Instant) {
        self.paths.extend(paths);
        self.rescan |= needs_rescan || self.paths.len() > MOST_PATHS;
        if self.rescan {
            self.paths.clear();
        }
        if self.rescan || !self.paths.is_empty() {
            self.first.get_or_insert(now);
            self.last = Some(now);
        }
    }

    /// When the next batch is due; `None`: nothing happened.
    #[must_use]
    pub fn due_at(&self, git_works: bool) -> Option<Instant> {
        let (first, last) = (self.first?, self.last?);
        // A checkout is one refresh, not one every two seconds.
        Some(if git_works { first + WHILE_GIT } else { (last + QUIET).min(first + AT_MOST) })
    }

    /// The batch that is due now.
    pub fn take(&mut self, now: Instant, git_works: bool) -> Option<Due> {
        if self.due_at(git_works)? > now {
            return None;
        }
        let taken = std::mem::take(self);
        Some(if taken.rescan { Due::Rescan } else { Due::Paths(taken.paths) })
    }
}

/// Watches one site. The thread that calls [`next`](Watcher::next) is the caller's.
pub struct Watcher {
    site: SiteFolder,
    options: ScanOptions,
    rules: Rules,
    shared: Arc<Shared>,
    poke: Receiver<()>,
    system: Option<notify::RecommendedWatcher>,
    watched: HashSet<PathBuf>,
    polling: Option<String>,
    next_poll: Instant,
    waiting: Vec<Batch>,
}

#[derive(Default)]
struct Shared {
    coalescer: Mutex<Coalescer>,
    trouble: Mutex<Option<String>>,
}

impl Shared {
    fn coalescer(&self) -> std::sync::MutexGuard<'_, Coalescer> {
        self.coalescer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher {
    /// Starts watching. Where that is impossible (too many folders, a network disk), [`Watcher::polling`] says why, and every
    /// [`POLL_EVERY`] the answer is [`Batch::Rescan`].
    #[must_use]
    pub fn start(site: &SiteFolder, options: &ScanOptions) -> Self {
        let shared = Arc::new(Shared::default());
        let (sender, poke) = crossbeam_channel::bounded(1);
        let mut watcher = Self {
            site: site.clone(),
            options: options.clone(),
            rules: Rules::new(site, options),
            shared: Arc::clone(&shared),
            poke,
            system: None,
            watched: HashSet::new(),
            polling: None,
            next_poll: Instant::now() + POLL_EVERY,
            waiting: Vec::new(),
        };
        match notify::recommended_watcher(move |event| take_in(&shared, &sender, event)) {
            Ok(system) => {
                watcher.system = Some(system);
                watcher.watch_all();
            }
            Err(error) => watcher.poll_because(&error),
        }
        watcher
    }

    /// Why the site is looked at every [`POLL_EVERY`] instead of being watched; `None`: it is watched.
    #[must_use]
    pub fn polling(&self) -> Option<&str> {
        self.polling.as_deref()
    }

    /// Waits for the next batch, at most this long.
    pub fn next(&mut self, timeout: Duration) -> Option<Batch> {
        self.next_until(timeout, &crossbeam_channel::never())
    }

    /// The same; it also returns when nobody holds the other end of `closed` any more, so that it need not be asked again and again.
    pub fn next_until(&mut self, timeout: Duration, closed: &Receiver<()>) -> Option<Batch> {
        let until = Instant::now() + timeout;
        loop {
            if let Some(batch) = self.waiting.pop() {
                return Some(batch);
            }
            if let Some(trouble) = self.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner).take() {
                self.polling.get_or_insert(trouble);
            }
            let git_works = self.git_works();
            let now = Instant::now();
            let due = self.shared.coalescer().take(now, git_works);
            if let Some(due) = due {
                self.sort_out(due);
                continue;
            }
            if self.polling.is_some() && now >= self.next_poll {
                self.next_poll = now + POLL_EVERY;
                return Some(Batch::Rescan);
            }
            if now >= until || closed.try_recv() == Err(TryRecvError::Disconnected) {
                return None;
            }
            self.wait(until, git_works, closed);
        }
    }

    fn wait(&self, until: Instant, git_works: bool, closed: &Receiver<()>) {
        let mut wake = until;
        if let Some(due) = self.shared.coalescer().due_at(git_works) {
            // While git works its lock is looked for in between.
            wake = wake.min(due).min(Instant::now() + QUIET);
        }
        if self.polling.is_some() {
            wake = wake.min(self.next_poll);
        }
        let rest = || wake.saturating_duration_since(Instant::now());
        let is_watched = select! {
            recv(self.poke) -> poke => poke.is_ok(),
            recv(closed) -> _ => true,
            default(rest()) => true,
        };
        // No sender: nothing is watched, so only time passes.
        if !is_watched && closed.recv_timeout(rest()).is_ok() {
            log::trace!("a wait ended early");
        }
    }

    fn git_works(&self) -> bool {
        self.site.git().is_some_and(|git| git.handle().symlink_metadata("index.lock").is_ok())
    }

    fn watch_all(&mut self) {
        if let Some(git) = self.site.git().map(|git| git.path().to_owned()) {
            self.watch(&git, RecursiveMode::NonRecursive);
        }
        let root = self.site.root().to_owned();
        if !cfg!(target_os = "linux") {
            // One handle for the whole tree; what is left out is filtered afterwards.
            return self.watch(&root, RecursiveMode::Recursive);
        }
        // Folders are what is watched; nobody asks for the stamps of their files.
        let names = ScanOptions { names_only: true, ..self.options.clone() };
        match scan::walk(&self.site, &names, &|| false, &mut |_| {}) {
            Ok(report) => {
                report.folders.iter().for_each(|folder| self.watch(&root.join(folder), RecursiveMode::NonRecursive));
            }
            Err(error) => self.polling = Some(error.to_string()),
        }
    }

    fn watch(&mut self, folder: &Path, mode: RecursiveMode) {
        if self.polling.is_some() || self.watched.contains(folder) {
            return;
        }
        let Some(system) = &mut self.system else { return };
        match system.watch(folder, mode) {
            Ok(()) => {
                self.watched.insert(folder.to_owned());
            }
            Err(error) if matches!(error.kind, notify::ErrorKind::PathNotFound) => {}
            Err(error) => self.poll_because(&error),
        }
    }

    fn poll_because(&mut self, error: &notify::Error) {
        let reason = match &error.kind {
            notify::ErrorKind::MaxFilesWatch => {
                "the system's limit of watched folders is reached (fs.inotify.max_user_watches)".to_owned()
            }
            notify::ErrorKind::Io(error) if error.raw_os_error() == Some(24) => {
                "the system's limit of watchers or open files is reached (fs.inotify.max_user_instances)".to_owned()
            }
            _ => error.to_string(),
        };
        log::warn!("{} is looked at every {} s: {reason}", self.site.root().display(), POLL_EVERY.as_secs());
        self.polling = Some(reason);
        self.system = None;
        self.watched.clear();
    }

    /// Raw paths become paths of the site; new folders are watched, and what they hold already is told too.
    fn sort_out(&mut self, due: Due) {
        let paths = match due {
            Due::Rescan => {
                self.renew_rules();
                self.watch_all();
                return self.waiting.push(Batch::Rescan);
            }
            Due::Paths(paths) => paths,
        };
        if paths.iter().any(|path| path.ends_with(".gitignore")) {
            self.renew_rules();
        }
        let mut files = BTreeSet::new();
        let mut git = false;
        for path in paths {
            if self.site.git().is_some_and(|git| path.starts_with(git.path())) {
                git |= path.ends_with("HEAD") || path.ends_with("index");
                continue;
            }
            if path == self.site.root() {
                self.leave_root();
                continue;
            }
            let Ok(inside) = path.strip_prefix(self.site.root()) else { continue };
            let Some(inside) = inside.to_str().and_then(|path| SitePath::new(&path.replace('\\', "/")).ok()) else {
                continue;
            };
            if self.rules.leaves_out(&inside) {
                continue;
            }
            let is_folder =
                self.site.handle().symlink_metadata(inside.as_str()).is_ok_and(|metadata| metadata.is_dir());
            if self.watched.remove(&path) && !is_folder {
                // Moved away or removed, with all that was in it.
                self.watched.retain(|folder| !folder.starts_with(&path));
                self.waiting.push(Batch::Rescan);
            } else if is_folder {
                files.extend(self.new_folder(&path, &inside));
                // It may have been a file.
                files.insert(inside);
            } else {
                files.insert(inside);
            }
        }
        if git {
            self.waiting.push(Batch::Git);
        }
        if !files.is_empty() {
            self.waiting.push(Batch::Files(files.into_iter().collect()));
        }
    }

    /// Something happened to the folder itself. Where its path does not name it any more, the system tells nothing of what comes
    /// there, so that is looked at from time to time.
    fn leave_root(&mut self) {
        if self.site.is_in_place() {
            return;
        }
        self.polling.get_or_insert_with(|| "the site's folder was moved or removed".to_owned());
        self.waiting.push(Batch::Rescan);
    }

    fn renew_rules(&mut self) {
        self.rules = Rules::new(&self.site, &self.options);
    }

    fn new_folder(&mut self, path: &Path, inside: &SitePath) -> BTreeSet<SitePath> {
        let mut files = BTreeSet::new();
        if self.watched.contains(path) || !cfg!(target_os = "linux") {
            return files;
        }
        // A probe for any name in it: is the folder itself left out?
        if inside.as_str().len() > 4096
            || SitePath::new(&format!("{inside}/x")).is_ok_and(|probe| self.rules.leaves_out(&probe))
        {
            return files;
        }
        self.watch(path, RecursiveMode::NonRecursive);
        let Ok(handle) = self.site.handle().open_dir(inside.as_str()) else { return files };
        let Ok(entries) = handle.entries() else { return files };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(below) = name.to_str().and_then(|name| SitePath::new(&format!("{inside}/{name}")).ok()) else {
                continue;
            };
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                files.extend(self.new_folder(&path.join(&name), &below));
            } else if !self.rules.leaves_out(&below) {
                files.insert(below);
            }
        }
        files
    }
}

fn take_in(shared: &Shared, poke: &Sender<()>, event: notify::Result<notify::Event>) {
    let now = Instant::now();
    match event {
        Ok(event) => {
            // The word "rescan" may come without any path.
            if !event.need_rescan() && !is_change(event.kind) {
                return;
            }
            let needs_rescan = event.need_rescan();
            shared.coalescer().add(event.paths, needs_rescan, now);
        }
        Err(error) => {
            log::warn!("watching failed: {error}");
            *shared.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
            shared.coalescer().add([], true, now);
        }
    }
    // A poke that is waiting already is enough.
    if poke.try_send(()).is_err() {
        log::trace!("the watcher is awake already");
    }
}

fn is_change(kind: EventKind) -> bool {
    // Reading is no change; closing after a write ends one.
    !matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write))
}

//! Pictures: the list of what is wanted, carried out on threads of their own.
//!
//! Invariant: a newer list takes the place of the older. What is on it no more is not begun, and what was begun for it is
//! not answered; nothing is asked from the web unless the editor allowed it.

pub mod bring;
pub mod facts;
mod helper;
pub mod judge;
mod load;
mod queue;
mod remote;
pub mod unused;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::file::SitePath;
use crate::net::{Client, Policy};
use crate::picture::{Delivered, Failure, FailureKind, Limits, PictureError, PictureOrders, Rendered, Source};
use crate::storage::blobs::Blobs;
use crate::storage::{SiteFolder, StorageError, read};
pub use facts::PictureFacts;
pub use helper::Helper;
use load::Loader;
use queue::{Job, Queue};
use remote::Remote;

/// Answers that may lie in the channel. Threads wait when it is full: a hidden window shall not fill the memory.
const ANSWERS: usize = 8;

/// The most threads that decode.
const MOST_DECODERS: usize = 4;

/// Threads that wait for servers.
const FETCHERS: usize = 6;

/// Bytes of thumbnails that are kept on disk.
pub const THUMBNAIL_BUDGET: u64 = 256 << 20;

/// Bytes from the web that are kept on disk.
pub const REMOTE_BUDGET: u64 = 512 << 20;

/// Reads a file of the site. A file that is not there fails with [`FailureKind::Missing`].
pub type ReadFile = Arc<dyn Fn(&SitePath) -> Result<Vec<u8>, Failure> + Send + Sync>;

/// Asks the window for a frame, since an answer is there.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What the threads need to know of the site and the user.
pub struct PictureSettings {
    /// Reads the site's files.
    pub read: ReadFile,
    /// Where thumbnails are kept; without it they are made anew.
    pub thumbnails: Option<Blobs>,
    /// Where bytes from the web are kept; without it they are asked for at every start.
    pub remote: Option<Blobs>,
    /// What requests may do, the editor's consent above all.
    pub policy: Policy,
    /// Who learns what the pictures from the web are.
    pub facts: Option<Arc<PictureFacts>>,
    /// The process for pictures that are too much for a thread; without it they are refused.
    pub helper: Option<Helper>,
}

impl PictureSettings {
    /// For a site, with everything that is kept below the user's cache folder, and our own program as the helper.
    #[must_use]
    pub fn of(site: SiteFolder, cache: &Path, policy: Policy, program: Option<PathBuf>) -> Self {
        Self {
            read: Arc::new(move |path| read_picture(&site, path)),
            thumbnails: Some(Blobs::new(cache.join("thumbnails"), THUMBNAIL_BUDGET)),
            remote: Some(Blobs::new(cache.join("remote"), REMOTE_BUDGET)),
            policy,
            facts: None,
            helper: program.map(Helper::new),
        }
    }
}

/// Reads a picture's file within its limit.
fn read_picture(site: &SiteFolder, path: &SitePath) -> Result<Vec<u8>, Failure> {
    let Some(stamp) = read::stamp(site, path) else {
        return Err(failed(FailureKind::Missing, &format!("{path} is not in the site")));
    };
    let limit = Limits::HERE.bytes;
    if stamp.size > limit {
        return Err(Failure::of(&PictureError::TooManyBytes { bytes: stamp.size, limit }, seconds_now()));
    }
    let snapshot = read::read(site, path).map_err(|error| {
        let kind = match error {
            StorageError::Outside { .. } | StorageError::NotRegular { .. } => FailureKind::Refused,
            _ => FailureKind::Unreachable,
        };
        failed(kind, &error.to_string())
    })?;
    Ok(snapshot.bytes.to_vec())
}

/// The threads. Dropping it stops them after what they do now.
pub struct PictureRunner {
    queue: Arc<Queue>,
    remote: Arc<Remote>,
    answers: Receiver<Delivered>,
    allowed: bool,
    fetching: Option<Worker>,
}

impl PictureRunner {
    /// Starts the decoders: one less than there are cores, at least one and at most four. Threads for the web are started when the
    /// first picture from there is wanted.
    #[must_use]
    pub fn start(settings: PictureSettings, wake: Wake) -> Self {
        let queue = Arc::new(Queue::default());
        let remote = Arc::new(Remote::new(Client::new(settings.policy, std::time::Instant::now), settings.remote));
        let loader = Arc::new(Loader::new(settings.read, settings.thumbnails, settings.helper));
        let (answer, answers) = bounded(ANSWERS);
        let facts = settings.facts;
        let worker = Worker { queue: Arc::clone(&queue), loader, remote: Arc::clone(&remote), facts, answer, wake };
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        for number in 0..cores.saturating_sub(1).clamp(1, MOST_DECODERS) {
            let worker = worker.clone();
            start_thread(&format!("picture {number}"), move || worker.decode());
        }
        Self { queue, remote, answers, allowed: settings.policy.allowed, fetching: Some(worker) }
    }

    /// The editor allows pictures from the web, or takes that back, from now on.
    pub fn allow_remote(&mut self, allowed: bool) {
        if self.allowed != allowed {
            self.allowed = allowed;
            self.remote.allow(allowed);
            if !allowed {
                self.queue.drop_remote();
            }
        }
    }

    /// Takes a new list of what is wanted.
    pub fn obey(&mut self, orders: PictureOrders) {
        for source in &orders.retry {
            if let Source::Remote(address) = source {
                self.remote.retry(address);
            }
        }
        let mut wanted = orders.wanted;
        if !self.allowed {
            wanted.retain(|key| !key.source.is_remote());
        } else if wanted.iter().any(|key| key.source.is_remote())
            && let Some(worker) = self.fetching.take()
        {
            for number in 0..FETCHERS {
                let worker = worker.clone();
                start_thread(&format!("fetch {number}"), move || worker.fetch());
            }
        }
        self.queue.obey(wanted);
    }

    /// The next answer, if there is one.
    pub fn next_answer(&mut self) -> Option<Delivered> {
        let delivered = self.answers.try_recv().ok()?;
        self.queue.taken(&delivered.key);
        Some(delivered)
    }
}

impl Drop for PictureRunner {
    fn drop(&mut self) {
        self.remote.allow(false); // what is being asked for makes no further hop
        self.queue.close();
    }
}

#[derive(Clone)]
struct Worker {
    queue: Arc<Queue>,
    loader: Arc<Loader>,
    remote: Arc<Remote>,
    facts: Option<Arc<PictureFacts>>,
    answer: Sender<Delivered>,
    wake: Wake,
}

impl Worker {
    fn decode(self) {
        while let Some(mut job) = self.queue.next_to_decode() {
            let bytes = job.bytes.take();
            let result = self.loader.load(&job.key, bytes, &|| job.cancelled());
            if !self.finish(job, result) {
                return;
            }
        }
    }

    fn fetch(self) {
        while let Some(mut job) = self.queue.next_to_fetch() {
            let Source::Remote(address) = &job.key.source else { continue };
            let fetched = if job.cancelled() { None } else { Some(self.remote.bytes(address)) };
            let unanswered = match fetched {
                Some(Ok(bytes)) => {
                    job.bytes = Some(bytes);
                    self.queue.fetched(job);
                    continue;
                }
                Some(Err(failure)) => Some(Err(failure)),
                None => None,
            };
            if !self.finish(job, unanswered) {
                return;
            }
        }
    }

    /// Sends the answer. Whether anybody is still there to take it.
    fn finish(&self, job: Job, result: Option<Result<Rendered, Failure>>) -> bool {
        if let (Some(facts), Source::Remote(address), Some(result)) = (&self.facts, &job.key.source, &result) {
            facts.learn(address, result);
        }
        let Some(delivered) = self.queue.finish(job, result) else {
            return true;
        };
        if self.answer.send(delivered).is_err() {
            return false;
        }
        (self.wake)();
        true
    }
}

fn start_thread(name: &str, run: impl FnOnce() + Send + 'static) {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    if let Err(error) = started {
        log::error!("No thread for pictures could be started: {error}");
    }
}

/// Seconds since 1970.
fn seconds_now() -> i64 {
    chrono::Utc::now().timestamp()
}

fn failed(kind: FailureKind, reason: &str) -> Failure {
    Failure::new(kind, reason, seconds_now())
}

//! Pictures: the list of what is wanted, carried out on threads of their own.
//!
//! Invariant: a newer list takes the place of the older. What is on it no more is not begun, and what was begun for it is
//! not answered; nothing is asked from the web unless the editor allowed it.

mod load;
mod queue;

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::file::SitePath;
use crate::picture::{Delivered, Failure, FailureKind, PictureOrders};
use crate::storage::blobs::Blobs;
use load::Loader;
use queue::Queue;

/// Answers that may lie in the channel. Workers wait when it is full: a hidden window shall not fill the memory.
const ANSWERS: usize = 8;

/// The most threads that decode.
const MOST_WORKERS: usize = 4;

/// Reads a file of the site, up to so many bytes; too many are an error of kind [`FailureKind::TooLarge`].
pub type ReadFile = Arc<dyn Fn(&SitePath, u64) -> Result<Vec<u8>, Failure> + Send + Sync>;

/// Asks the window for a frame, since an answer is there.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What the workers need to know of the site and the user.
pub struct PictureSettings {
    /// Reads the site's files.
    pub read: ReadFile,
    /// Where thumbnails are kept; without it they are made anew.
    pub thumbnails: Option<Blobs>,
}

/// The workers. Dropping it stops them after what they do now.
pub struct PictureRunner {
    queue: Arc<Queue>,
    answers: Receiver<Delivered>,
}

impl PictureRunner {
    /// Starts the threads: one less than there are cores, at least one and at most four.
    #[must_use]
    pub fn start(settings: PictureSettings, wake: Wake) -> Self {
        let queue = Arc::new(Queue::default());
        let loader = Arc::new(Loader::new(settings.read, settings.thumbnails));
        let (answer, answers) = bounded(ANSWERS);
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        for number in 0..cores.saturating_sub(1).clamp(1, MOST_WORKERS) {
            let worker = Worker {
                queue: Arc::clone(&queue),
                loader: Arc::clone(&loader),
                answer: answer.clone(),
                wake: Arc::clone(&wake),
            };
            start_thread(&format!("picture {number}"), move || worker.run());
        }
        Self { queue, answers }
    }

    /// Takes a new list of what is wanted.
    pub fn obey(&mut self, orders: PictureOrders) {
        self.queue.obey(orders.wanted);
    }

    /// The next answer, if there is one.
    pub fn next(&mut self) -> Option<Delivered> {
        let delivered = self.answers.try_recv().ok()?;
        self.queue.taken(&delivered.key);
        Some(delivered)
    }
}

impl Drop for PictureRunner {
    fn drop(&mut self) {
        self.queue.close();
    }
}

struct Worker {
    queue: Arc<Queue>,
    loader: Arc<Loader>,
    answer: Sender<Delivered>,
    wake: Wake,
}

impl Worker {
    fn run(self) {
        while let Some(job) = self.queue.next() {
            let result = self.loader.load(&job.key, &|| job.cancelled());
            if let Some(delivered) = self.queue.finish(job, result) {
                if self.answer.send(delivered).is_err() {
                    return; // the window is gone
                }
                (self.wake)();
            }
        }
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

//! A few named worker threads with two lanes: what is on screen goes before everything else.
//!
//! Invariant: a job of the lane *later* starts only when no job of the lane *now* waits. Dropping the pool ends its threads
//! after the job they are at.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, select_biased, unbounded};

type Job = Box<dyn FnOnce() + Send>;

/// The threads, and the two lanes that feed them.
pub struct Pool {
    now: Option<Sender<Job>>,
    later: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

/// Says to a job that nobody waits for it any more.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Nobody waits any more.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether nobody waits any more.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Fewest workers: with one, a long job would keep the filter waiting.
const FEWEST: usize = 2;

impl Pool {
    /// A pool with a worker for each core but the one that draws, at least two.
    #[must_use]
    pub fn new() -> Self {
        let (now, now_jobs) = unbounded::<Job>();
        let (later, later_jobs) = unbounded::<Job>();
        let cores = thread::available_parallelism().map_or(FEWEST, usize::from);
        let threads = (0..cores.saturating_sub(1).max(FEWEST))
            .filter_map(|number| start(&format!("worker {number}"), now_jobs.clone(), later_jobs.clone()))
            .collect();
        Self { now: Some(now), later: Some(later), threads }
    }

    /// Does this before everything in the other lane.
    pub fn now(&self, job: impl FnOnce() + Send + 'static) {
        send(self.now.as_ref(), Box::new(job));
    }

    /// Does this when nothing more urgent waits.
    pub fn later(&self, job: impl FnOnce() + Send + 'static) {
        send(self.later.as_ref(), Box::new(job));
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.now = None;
        self.later = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                log::error!("a worker had panicked");
            }
        }
    }
}

/// Starts a thread of its own for work that lasts as long as the site is open, or that waits more than it works.
pub fn start_thread(name: &str, work: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
    match thread::Builder::new().name(name.to_owned()).spawn(work) {
        Ok(thread) => Some(thread),
        Err(error) => {
            log::error!("the thread “{name}” could not be started: {error}");
            None
        }
    }
}

/// Starts a thread as [`start_thread`] does. Where its work fails in itself, `failed` follows: who waits for it must hear of that.
pub fn start_guarded(
    name: &str,
    work: impl FnOnce() + Send + 'static,
    failed: impl FnOnce() + Send + 'static,
) -> Option<JoinHandle<()>> {
    start_thread(name, move || {
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            failed();
        }
    })
}

fn send(lane: Option<&Sender<Job>>, job: Job) {
    if lane.is_none_or(|lane| lane.send(job).is_err()) {
        log::error!("a job came after the workers were gone");
    }
}

fn start(name: &str, now: Receiver<Job>, later: Receiver<Job>) -> Option<JoinHandle<()>> {
    start_thread(name, move || {
        loop {
            let job = select_biased! {
                recv(now) -> job => job,
                recv(later) -> job => job,
            };
            match job {
                // A job that panics must not take its worker along; what it was for simply gets no answer.
                Ok(job) => {
                    if catch_unwind(AssertUnwindSafe(job)).is_err() {
                        log::error!("a job panicked");
                    }
                }
                Err(_closed) => return,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_a_thread_hears_that_it_failed_in_itself_and_only_then() {
        for fails in [false, true] {
            let (sender, told) = unbounded();
            let work = move || assert!(!fails, "on purpose");
            let thread = start_guarded("test", work, move || sender.send(()).unwrap()).unwrap();
            assert!(thread.join().is_ok());
            assert_eq!(told.try_iter().count(), usize::from(fails));
        }
    }

    #[test]
    fn every_job_is_done_and_a_panic_stops_none() {
        let pool = Pool::new();
        let (sender, receiver) = unbounded();
        pool.later(|| panic!("on purpose"));
        for n in 0..100 {
            let sender = sender.clone();
            let job = move || sender.send(n).unwrap();
            if n % 2 == 0 { pool.now(job) } else { pool.later(job) }
        }
        drop(sender);
        let mut done: Vec<i32> = receiver.iter().collect();
        done.sort_unstable();
        assert_eq!(done, (0..100).collect::<Vec<_>>());
    }
}

//! Which picture a worker takes next.
//!
//! Invariant: a key is on the list, with a worker, or on its way back, never in two of these places: no picture is made twice for
//! one wish.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::picture::{Delivered, Failure, PictureKey, Rendered};

/// The list of wishes.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    wanted: VecDeque<PictureKey>,
    running: HashMap<PictureKey, Arc<AtomicBool>>,
    answered: HashSet<PictureKey>,
    closed: bool,
}

/// A wish that a worker carries out.
pub(super) struct Job {
    pub(super) key: PictureKey,
    cancelled: Arc<AtomicBool>,
}

impl Job {
    /// Whether nobody wants it any more.
    pub(super) fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl Queue {
    /// A new list takes the place of the old one.
    pub(super) fn obey(&self, wanted: Vec<PictureKey>) {
        let mut state = self.lock();
        let keys: HashSet<&PictureKey> = wanted.iter().collect();
        #[expect(clippy::iter_over_hash_type, reason = "each flag is set on its own, the order does not matter")]
        for (key, cancelled) in &state.running {
            cancelled.store(!keys.contains(key), Ordering::Relaxed);
        }
        let known = |key: &PictureKey| state.running.contains_key(key) || state.answered.contains(key);
        let wanted = wanted.into_iter().filter(|key| !known(key)).collect();
        state.wanted = wanted;
        self.changed.notify_all();
    }

    /// Waits for a wish. `None` once the queue is closed.
    pub(super) fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(key) = state.wanted.pop_front() {
                let cancelled = Arc::new(AtomicBool::new(false));
                state.running.insert(key.clone(), Arc::clone(&cancelled));
                return Some(Job { key, cancelled });
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A worker is done; `None` is what it says when it saw that nobody wanted the picture. The answer, if it is wanted still.
    pub(super) fn finish(&self, job: Job, result: Option<Result<Rendered, Failure>>) -> Option<Delivered> {
        let mut state = self.lock();
        state.running.remove(&job.key);
        if job.cancelled() || state.closed {
            return None;
        }
        let Some(result) = result else {
            // It was given up and then wanted again, in between.
            state.wanted.push_front(job.key);
            self.changed.notify_one();
            return None;
        };
        state.answered.insert(job.key.clone());
        Some(Delivered { key: job.key, result })
    }

    /// The answer has been taken out of the channel.
    pub(super) fn taken(&self, key: &PictureKey) {
        self.lock().answered.remove(key);
    }

    /// Ends the workers.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.wanted.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

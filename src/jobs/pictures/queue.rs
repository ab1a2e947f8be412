//! Which picture a thread takes next.
//!
//! Invariant: a key is on the list, with a thread, or on its way back, never in two of these places: no picture is made twice for
//! one wish. No host is asked for more than two pictures at once, no address twice.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::picture::{Delivered, Failure, PictureKey, Rendered, Source};

/// Requests to one host at a time.
const PER_HOST: usize = 2;

/// Fetched pictures that wait for a decoder; fetching waits when there are more.
const FETCHED: usize = 6;

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
    fetched: VecDeque<Job>,
    /// Addresses that are being asked for now.
    asked: HashSet<Arc<str>>,
    closed: bool,
}

/// A wish that a thread carries out.
pub(super) struct Job {
    pub(super) key: PictureKey,
    /// What was fetched for it.
    pub(super) bytes: Option<Vec<u8>>,
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

    /// Nothing from the web is wanted any more: what is on the list is not begun, what was begun is not answered.
    pub(super) fn drop_remote(&self) {
        let mut state = self.lock();
        state.wanted.retain(|key| !key.source.is_remote());
        #[expect(clippy::iter_over_hash_type, reason = "each flag is set on its own, the order does not matter")]
        for (key, cancelled) in &state.running {
            if key.source.is_remote() {
                cancelled.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Waits for a picture to decode: one that was fetched, or one that needs no request. `None` once the queue is closed.
    pub(super) fn next_to_decode(&self) -> Option<Job> {
        self.wait(|state| {
            let fetched = state.fetched.pop_front();
            fetched.or_else(|| state.take(|_, key| !key.source.is_remote()))
        })
    }

    /// Waits for a picture to fetch. `None` once the queue is closed.
    pub(super) fn next_to_fetch(&self) -> Option<Job> {
        self.wait(|state| {
            if state.fetched.len() >= FETCHED {
                return None;
            }
            let job = state.take(State::may_ask)?;
            if let Source::Remote(address) = &job.key.source {
                state.asked.insert(Arc::clone(address));
            }
            Some(job)
        })
    }

    /// The bytes have come; a decoder takes over.
    pub(super) fn fetched(&self, job: Job) {
        let mut state = self.lock();
        state.forget_request(&job.key);
        state.fetched.push_back(job);
        self.changed.notify_all();
    }

    /// A thread is done; `None` is what it says when it saw that nobody wanted the picture. The answer, if it is wanted still.
    pub(super) fn finish(&self, job: Job, result: Option<Result<Rendered, Failure>>) -> Option<Delivered> {
        let mut state = self.lock();
        state.running.remove(&job.key);
        state.forget_request(&job.key);
        self.changed.notify_all();
        if job.cancelled() || state.closed {
            return None;
        }
        let Some(result) = result else {
            // It was given up and then wanted again, in between.
            state.wanted.push_front(job.key);
            return None;
        };
        state.answered.insert(job.key.clone());
        Some(Delivered { key: job.key, result })
    }

    /// The answer has been taken out of the channel.
    pub(super) fn taken(&self, key: &PictureKey) {
        self.lock().answered.remove(key);
    }

    /// Ends the threads.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.wanted.clear();
        self.changed.notify_all();
    }

    fn wait(&self, next: impl Fn(&mut State) -> Option<Job>) -> Option<Job> {
        let mut state = self.lock();
        while !state.closed {
            if let Some(job) = next(&mut state) {
                return Some(job);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes the first wish that may be carried out.
    fn take(&mut self, may: impl Fn(&Self, &PictureKey) -> bool) -> Option<Job> {
        let at = self.wanted.iter().position(|key| may(self, key))?;
        let key = self.wanted.remove(at)?;
        let cancelled = Arc::new(AtomicBool::new(false));
        self.running.insert(key.clone(), Arc::clone(&cancelled));
        Some(Job { key, bytes: None, cancelled })
    }

    fn may_ask(&self, key: &PictureKey) -> bool {
        let Source::Remote(address) = &key.source else { return false };
        let host = host(address);
        !self.asked.contains(address) && self.asked.iter().filter(|asked| self::host(asked) == host).count() < PER_HOST
    }

    fn forget_request(&mut self, key: &PictureKey) {
        if let Source::Remote(address) = &key.source {
            self.asked.remove(address);
        }
    }
}

/// The host of a web address, good enough for counting: what stands between `//` and the next `/`.
fn host(address: &str) -> &str {
    let rest = address.split_once("//").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Shape;

    fn key(address: &str) -> PictureKey {
        let source = if address.starts_with("http") { Source::Remote(address.into()) } else { Source::site([address]) };
        PictureKey { source, shape: Shape::Cover { width: 60, height: 37 } }
    }

    fn failure() -> Failure {
        Failure::new(crate::picture::FailureKind::Missing, "gone", 0)
    }

    #[test]
    fn a_host_gets_two_requests_at_a_time_and_an_address_one() {
        let queue = Queue::default();
        let addresses = ["http://a/1", "http://a/2", "http://a/3", "http://b/1", "local.png"];
        queue.obey(addresses.map(key).into());
        let first = queue.next_to_fetch().unwrap();
        let second = queue.next_to_fetch().unwrap();
        let third = queue.next_to_fetch().unwrap();
        assert_eq!(
            [&first, &second, &third].map(|job| job.key.clone()),
            ["http://a/1", "http://a/2", "http://b/1"].map(key)
        );
        assert_eq!(queue.next_to_decode().unwrap().key, key("local.png"), "nobody waits for the web");
        assert!(queue.finish(first, Some(Err(failure()))).is_some());
        assert_eq!(queue.next_to_fetch().unwrap().key, key("http://a/3"));
    }

    #[test]
    fn what_was_given_up_and_wanted_again_is_not_lost() {
        let queue = Queue::default();
        queue.obey(vec![key("a.png")]);
        let job = queue.next_to_decode().unwrap();
        queue.obey(Vec::new());
        assert!(job.cancelled());
        queue.obey(vec![key("a.png")]);
        assert!(queue.finish(job, None).is_none(), "the worker had seen that it was given up");
        let job = queue.next_to_decode().unwrap();
        let answer = queue.finish(job, Some(Err(failure()))).unwrap();
        queue.obey(vec![key("a.png"), key("b.png")]);
        assert_eq!(queue.next_to_decode().unwrap().key, key("b.png"), "a.png is on its way back");
        queue.taken(&answer.key);
        queue.obey(vec![key("a.png")]);
        assert_eq!(queue.next_to_decode().unwrap().key, key("a.png"), "asked for anew");
    }
}

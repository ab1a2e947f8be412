//! Starts the helper process for one picture and waits for its answer, but not for long.
//!
//! Invariant: at most two helpers run at a time, none longer than its time, and each is gone when the call returns.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::start_thread;
use crate::picture::helper::{FLAG, SECONDS, read_answer, write_request};
use crate::picture::{PictureError, Rendered, Shape};

/// How many run at a time.
const AT_A_TIME: usize = 2;

/// Our own program, ready to be started as the helper.
pub struct Helper {
    program: PathBuf,
    time: Duration,
    slots: (Sender<()>, Receiver<()>),
}

impl Helper {
    /// The helper in this program, which must serve [`FLAG`].
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self::with_time(program, Duration::from_secs(SECONDS))
    }

    /// The same with another time for a picture.
    #[must_use]
    pub fn with_time(program: PathBuf, time: Duration) -> Self {
        Self { program, time, slots: bounded(AT_A_TIME) }
    }

    /// Has one picture decoded.
    ///
    /// # Errors
    /// When the picture is damaged or too much, or the helper did not answer in time.
    pub fn render(&self, bytes: &[u8], shape: Shape) -> Result<Rendered, PictureError> {
        // Both ends live in `self`, so sending waits for a slot and cannot fail.
        let taken = self.slots.0.send(());
        let result = self.run(bytes, shape);
        if taken.is_ok() && self.slots.1.try_recv().is_err() {
            log::error!("A slot of the picture helper was given back twice");
        }
        result
    }

    fn run(&self, bytes: &[u8], shape: Shape) -> Result<Rendered, PictureError> {
        let failed = |error: std::io::Error| PictureError::Helper(format!("its process could not be started: {error}"));
        let mut child = Command::new(&self.program)
            .arg(FLAG)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let child = Arc::new(Mutex::new(child));
        let late = Arc::new(AtomicBool::new(false));
        let stop = self.watch(&child, &late);
        if let Some(mut input) = input
            && let Err(error) = write_request(&mut input, bytes, shape)
        {
            log::debug!("The picture helper ended before it had read all: {error}");
        }
        let answer = output.and_then(|mut output| read_answer(&mut output));
        drop(stop);
        let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
        kill(&mut child); // it may still run when its answer was not understood
        if let Err(error) = child.wait() {
            log::warn!("The end of the picture helper was not seen: {error}");
        }
        answer.unwrap_or_else(|| {
            Err(if late.load(Ordering::Relaxed) {
                PictureError::TooSlow(self.time.as_secs())
            } else {
                PictureError::Helper("it takes more memory or time than it may".to_owned())
            })
        })
    }

    /// Kills the process when its time is over. Dropping what comes back calls the watch off.
    fn watch(&self, child: &Arc<Mutex<Child>>, late: &Arc<AtomicBool>) -> Sender<()> {
        let (stop, stopped) = bounded::<()>(0);
        let (child, late, time) = (Arc::clone(child), Arc::clone(late), self.time);
        start_thread("picture watch", move || {
            if stopped.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                late.store(true, Ordering::Relaxed);
                kill(&mut child.lock().unwrap_or_else(PoisonError::into_inner));
            }
        });
        stop
    }
}

fn kill(child: &mut Child) {
    if let Err(error) = child.kill() {
        log::debug!("The picture helper could not be ended: {error}");
    }
}

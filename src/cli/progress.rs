//! A progress bar, where somebody looks.
//!
//! Invariant: nothing of it is written when standard error is not a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Output;

/// Shown after this long, so that quick work stays silent.
const PATIENCE: Duration = Duration::from_millis(300);

/// How far some work is.
pub(super) struct Progress {
    bar: ProgressBar,
    watched: bool,
    shown: std::sync::Once,
}

impl Progress {
    /// Of so many steps; hidden where nobody looks.
    pub(super) fn over(output: &Output, label: &'static str, steps: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::hidden()).with_prefix(label);
        let style = ProgressStyle::with_template("{prefix} {wide_bar} {human_pos}/{human_len}");
        bar.set_style(style.unwrap_or_else(|_wrong| ProgressStyle::default_bar()));
        Self { bar, watched: output.is_watched(), shown: std::sync::Once::new() }
    }

    /// One step further.
    pub(super) fn step(&self) {
        self.bar.inc(1);
        self.show();
    }

    /// So many steps are done.
    pub(super) fn at(&self, done: usize) {
        self.bar.set_position(done as u64);
        self.show();
    }

    fn show(&self) {
        if self.watched && self.bar.elapsed() > PATIENCE {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }

    /// The work is done; the bar goes away.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

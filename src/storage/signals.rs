//! Signals of the system that must not end the program in the middle of its work.
//!
//! Invariant: a write beyond the limit for file sizes fails with an error, as a full disk does; edits stay pending.

/// From now on a size limit is an error of the write that breaks it.
#[cfg(unix)]
pub fn outlive_size_limits() {
    let noted = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    // Any handler will do: the call that broke the limit answers with an error of its own, which is told.
    if let Err(error) = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, noted) {
        log::warn!("a size limit would end the program: {error}");
    }
}

/// Here a size limit is no signal.
#[cfg(not(unix))]
pub fn outlive_size_limits() {}

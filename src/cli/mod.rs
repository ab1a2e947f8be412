//! The command line: the same engine without a window.
//!
//! Invariant: data goes to standard output, messages to standard error; exit 0 done, 1 the answer is no, 2 wrong use or cannot read.

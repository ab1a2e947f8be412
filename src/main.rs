//! Arguments in, exit code out: the window, or one subcommand.

fn main() {}

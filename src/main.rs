//! Arguments in, exit code out: the window, or one subcommand.

use std::process::ExitCode;

use clap::Parser as _;
use copydesk::cli::{self, Arguments, Output};
use copydesk::picture::helper;

fn main() -> ExitCode {
    // Before anything else: the helper has no window, no settings, and gives its rights away at once.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == helper::FLAG) {
        return helper::run();
    }
    let arguments = Arguments::parse();
    let mut output = Output::of_process();
    match &arguments.command {
        Some(command) => cli::run(command, &mut output),
        None => open_window(&arguments, &mut output),
    }
}

fn open_window(_: &Arguments, output: &mut Output) -> ExitCode {
    output.error("This copydesk has no window. The commands work: copydesk --help");
    cli::Verdict::Wrong.into()
}

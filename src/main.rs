//! Arguments in, exit code out: the window, or one subcommand.

use std::process::ExitCode;

use clap::Parser as _;
use copydesk::cli::{self, Arguments, Output};

fn main() -> ExitCode {
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

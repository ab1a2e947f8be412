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
    copydesk::storage::signals::outlive_size_limits();
    let arguments = Arguments::parse();
    let mut output = Output::of_process();
    match &arguments.command {
        Some(command) => cli::run(command, &mut output),
        None => open_window(&arguments, &mut output),
    }
}

#[cfg(feature = "window")]
fn open_window(arguments: &Arguments, output: &mut Output) -> ExitCode {
    use copydesk::app::{self, Opening};
    use copydesk::startup;

    let variable = |name: &str| std::env::var(name).ok();
    let displays = [variable("DISPLAY"), variable("WAYLAND_DISPLAY"), variable("WAYLAND_SOCKET")];
    if cfg!(target_os = "linux")
        && let Some(message) = startup::missing_display(displays.each_ref().map(Option::as_deref))
    {
        output.error(&message);
        return cli::Verdict::Wrong.into();
    }
    let opening = match (&arguments.site, arguments.sample) {
        (_, true) => Opening::Sample,
        (Some(site), false) => Opening::Site(site.clone()),
        (None, false) => Opening::Last,
    };
    match app::run(&opening) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&startup::explain(&error));
            cli::Verdict::Wrong.into()
        }
    }
}

#[cfg(not(feature = "window"))]
fn open_window(_: &Arguments, output: &mut Output) -> ExitCode {
    output.error("This copydesk has no window. The commands work: copydesk --help");
    cli::Verdict::Wrong.into()
}

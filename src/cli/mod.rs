//! The command line: the same engine without a window.
//!
//! Invariant: data goes to standard output, messages to standard error; exit 0 done, 1 the answer is no, 2 wrong use or cannot read.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod cells;
pub mod check;
mod columns;
pub mod completions;
pub mod get;
mod install;
pub mod list;
pub mod merge;
pub mod output;
pub mod patch;
mod place;
mod progress;
mod siblings;
mod survey;

pub use output::{Output, Verdict};

/// What copydesk is called with.
#[derive(Debug, Parser)]
#[command(
    name = "copydesk",
    version,
    about = "A curation desk for articles that live as Markdown files with front matter",
    long_about = LONG_ABOUT,
    after_help = "Exit codes: 0 done; 1 the answer is no (problems, conflicts, a failed test); 2 wrong use or cannot read.",
    after_long_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
pub struct Arguments {
    /// What to do without a window.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The folder to open; without it the site that was open last, or the welcome screen
    #[arg(value_name = "SITE", value_hint = clap::ValueHint::DirPath)]
    pub site: Option<PathBuf>,
    /// Open a copy of the sample site, so that trying things out harms nothing
    #[arg(long, conflicts_with = "site")]
    pub sample: bool,
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the articles of a site, filtered and sorted as on the desk
    List(list::List),
    /// Print the front matter of a file as JSON, or one value of it
    Get(get::Get),
    /// Change the front matter of files, and nothing else in them
    Patch(patch::Patch),
    /// Merge three versions of a file by field, into OURS
    Merge(merge::Merge),
    /// Print every problem of a site with its place
    Check(check::Check),
    /// Print completions for a shell
    Completions(completions::Completions),
}

const LONG_ABOUT: &str = "\
A curation desk for articles that live as Markdown files with front matter: a Jekyll or Hugo site, a content repository.

Without a command it opens the desk in a window. The commands are the same engine without one: an edit changes only the \
bytes of what was edited, and every new text is proved before it is written.";

const EXAMPLES: &str = "\
Examples:
  copydesk my-site                                  open the desk on a folder
  copydesk --sample                                 try it on a copy of the sample site
  copydesk list my-site --filter 'heat:>=95 -is:follower' --sort heat:desc
  copydesk get my-site/_news/a.md /related/0/title
  copydesk patch my-site/_news/*.md --set /published=false --dry-run
  copydesk check my-site

Exit codes: 0 done; 1 the answer is no (problems, conflicts, a failed test); 2 wrong use or cannot read.";

/// Carries out one subcommand.
#[must_use]
pub fn run(command: &Command, output: &mut Output) -> ExitCode {
    let done = match command {
        Command::List(list) => list.run(output),
        Command::Get(get) => get.run(output),
        Command::Patch(patch) => patch.run(output),
        Command::Merge(merge) => merge.run(output),
        Command::Check(check) => check.run(output),
        Command::Completions(completions) => completions.run(output),
    };
    let verdict = done.and_then(|verdict| output.flush().map(|()| verdict)).unwrap_or_else(|error| {
        if error.is_closed_pipe() {
            return Verdict::Done; // The reader has seen enough.
        }
        output.error(&error.to_string());
        Verdict::Wrong
    });
    verdict.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_folder_and_a_command_do_not_mix() {
        let site = Arguments::try_parse_from(["copydesk", "my-site"]).unwrap();
        assert!(site.command.is_none() && site.site == Some("my-site".into()));
        assert!(Arguments::try_parse_from(["copydesk", "my-site", "--sample"]).is_err());
        assert!(Arguments::try_parse_from(["copydesk", "my-site", "get", "a.md"]).is_err());
    }
}

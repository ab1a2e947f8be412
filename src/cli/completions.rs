//! `copydesk completions`: what a shell needs to complete arguments.
//!
//! Invariant: made from the arguments themselves, so it cannot fall behind them.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::output::{CliError, Output, Verdict};

/// The arguments of `copydesk completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  copydesk completions bash > ~/.local/share/bash-completion/completions/copydesk
  copydesk completions zsh > ~/.zfunc/_copydesk
  copydesk completions fish > ~/.config/fish/completions/copydesk.fish")]
pub struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, output: &mut Output) -> Result<Verdict, CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::Arguments::command(), "copydesk", &mut script);
        output.data(&String::from_utf8_lossy(&script))?;
        Ok(Verdict::Done)
    }
}

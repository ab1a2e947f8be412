//! `copydesk get`: the data of a file, or one value of it, as JSON.
//!
//! Invariant: dates come out as the text they are written as, and the order of keys is the file's.

use std::path::PathBuf;

use clap::Args;

use super::output::{CliError, Output, Verdict};
use super::place;
use crate::document::{Document, Pointer};

/// The arguments of `copydesk get`.
#[derive(Debug, Args)]
#[command(after_help = "\
The address is a JSON Pointer (RFC 6901): /heat, /provider/domain, /related/0/title. In it ~1 stands for a slash in a key \
and ~0 for a tilde. Dates are printed as the text they are written as. Where nothing is at the address, the exit code is 1.

Examples:
  copydesk get _news/a.md
  copydesk get _news/a.md /provider/name
  copydesk get _news/a.md /related | jq length")]
pub struct Get {
    /// The file
    #[arg(value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,
    /// Which value of it, as a JSON Pointer; without it all
    #[arg(default_value = "", hide_default_value = true)]
    pointer: String,
}

impl Get {
    pub(super) fn run(&self, output: &mut Output) -> Result<Verdict, CliError> {
        let pointer = Pointer::parse(&self.pointer).map_err(|error| CliError::Usage(error.to_string()))?;
        let bytes = place::read(&self.file)?;
        let document = Document::parse(&bytes);
        if let Some(error) = document.error() {
            let file = self.file.display().to_string();
            return Err(CliError::InFile { file, place: Some(error.place), message: error.message.clone() });
        }
        let Some(value) = document.get(&pointer) else {
            output.error(&format!("{}: Nothing is at {}", self.file.display(), self.pointer));
            return Ok(Verdict::No);
        };
        output.json(&value.to_json())?;
        Ok(Verdict::Done)
    }
}

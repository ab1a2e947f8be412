//! `copydesk merge`: three versions of a file become one, field by field. Fits git's merge driver.
//!
//! Invariant: what only one side changed is taken; where both changed the same field differently, both are in the result,
//! between git's markers, and the exit code says so.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::{CliError, Output, Verdict};
use super::place;
use crate::document::merge::{Conflict, merge};
use crate::document::{Document, Value};
use crate::file::ContentHash;
use crate::site::SchemaBuilder;
use crate::storage::{self, SaveOutcome, SavePlan, Saver};

/// The longest value that a message repeats.
const LONGEST: usize = 60;

/// The arguments of `copydesk merge`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 0: merged. 1: both sides changed the same field differently; the result then has git's conflict markers, one pair for \
each such field. 2: a version cannot be read; nothing is written.

As git's merge driver:
  git config merge.copydesk.name 'front matter by field'
  git config merge.copydesk.driver 'copydesk merge %O %A %B'
  echo '_news/*.md merge=copydesk' >> .gitattributes

Examples:
  copydesk merge base.md ours.md theirs.md
  copydesk merge base.md ours.md theirs.md -o - | less")]
pub struct Merge {
    /// The version both sides started from
    #[arg(value_hint = clap::ValueHint::FilePath)]
    base: PathBuf,
    /// Our version; the result is written here
    #[arg(value_hint = clap::ValueHint::FilePath)]
    ours: PathBuf,
    /// Their version
    #[arg(value_hint = clap::ValueHint::FilePath)]
    theirs: PathBuf,
    /// Write the result to this file instead; - is standard output
    #[arg(short, long, value_name = "OUT", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
}

impl Merge {
    pub(super) fn run(&self, output: &mut Output) -> Result<Verdict, CliError> {
        let read = |file: &Path| place::read(file).map(|bytes| Document::parse(&bytes));
        let (base, ours, theirs) = (read(&self.base)?, read(&self.ours)?, read(&self.theirs)?);
        for (file, document) in [(&self.ours, &ours), (&self.theirs, &theirs)] {
            if let Some(error) = document.error().filter(|_| ours.text() != theirs.text()) {
                let file = file.display().to_string();
                return Err(CliError::InFile { file, place: Some(error.place), message: error.message.clone() });
            }
        }
        let mut shape = SchemaBuilder::default();
        for version in [&base, &ours, &theirs] {
            shape.observe(version);
        }
        let schema = shape.finish();
        let refused = |refusal| CliError::refused(self.theirs.display(), &refusal);
        let merged = merge(&base, &ours, &theirs, &|field| schema.policy(field)).map_err(refused)?;
        let text = if merged.conflicts.is_empty() {
            merged.document.text().to_owned()
        } else {
            merged.marked_text("ours", "theirs").map_err(refused)?
        };
        self.write(output, &text)?;
        for conflict in &merged.conflicts {
            output.error(&self.told(conflict));
        }
        Ok(if merged.conflicts.is_empty() { Verdict::Done } else { Verdict::No })
    }

    fn write(&self, output: &mut Output, text: &str) -> Result<(), CliError> {
        let target = self.output.as_ref().unwrap_or(&self.ours);
        if target.as_os_str() == "-" {
            return output.data(text);
        }
        let placed = place::find(target)?;
        let now = storage::read::read(&placed.site, &placed.path);
        let expected = match &now {
            Ok(snapshot) => Some(ContentHash::of(&snapshot.bytes)),
            Err(error) if error.is_not_found() => None,
            Err(error) => return Err(place::named(target, error.clone())),
        };
        let plan = SavePlan { path: placed.path, expected, bytes: text.as_bytes().to_vec() };
        let saver = Saver::beside_git(&placed.site);
        let outcome = saver.save(&plan, &|| false);
        let displaced = saver.close();
        match outcome {
            SaveOutcome::Written(_) | SaveOutcome::Unchanged(_) if displaced.is_empty() => Ok(()),
            SaveOutcome::Failed(error) => Err(place::named(target, error)),
            _ => {
                Err(CliError::Usage(format!("{}: Another program wrote it meanwhile. Run it again", target.display())))
            }
        }
    }

    fn told(&self, conflict: &Conflict) -> String {
        let shown = |value: &Option<Value>| match value {
            None => "nothing".to_owned(),
            Some(value) => short(&value.to_json().to_string()),
        };
        let file =
            self.output.as_ref().filter(|file| file.as_os_str() != "-").unwrap_or(&self.ours).display().to_string();
        let Some(pointer) = &conflict.pointer else {
            return format!("{file}: Conflict in the text below the front matter");
        };
        let (ours, theirs) = (shown(&conflict.ours), shown(&conflict.theirs));
        format!("{file}: Conflict in {pointer}: ours is {ours}, theirs is {theirs}")
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

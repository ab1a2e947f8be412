//! `copydesk merge`: three versions of a file become one, field by field. Fits git's merge driver.
//!
//! Invariant: what only one side changed is taken; where both changed the same field differently, both are in the result,
//! between git's markers, and the exit code says so. For git, a version that cannot be read is merged line by line: its
//! lines must not be missing from a result that somebody may take as it is.

use std::path::{Path, PathBuf};

use clap::Args;

use super::install::install;
use super::output::{CliError, Output, Verdict};
use super::place;
use crate::document::merge::{Conflict, merge, merge_lines};
use crate::document::{Document, NoticeCode, Value};
use crate::file::ContentHash;
use crate::site::SchemaBuilder;
use crate::storage::{self, SaveOutcome, SavePlan, Saver};
use crate::text::marks;

/// The longest value that a message repeats.
const LONGEST: usize = 60;

/// The arguments of `copydesk merge`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 0: merged. 1: both sides changed the same field differently; the result then has git's conflict markers, one pair for \
each such field. 2: a version cannot be read; nothing is written.

--install makes it the merge driver of git in one clone of a repository: two files in its .git folder, .git/config and \
.git/info/attributes. Colleagues do the same in theirs; who does not gets git's usual merge.

Examples:
  copydesk merge base.md ours.md theirs.md
  copydesk merge base.md ours.md theirs.md -o - | less
  copydesk merge --install my-site                  show what git needs to merge the articles of my-site by field
  copydesk merge --install my-site --yes            and write it")]
pub struct Merge {
    /// The three versions
    #[command(flatten)]
    versions: Option<Versions>,
    /// Show what git needs to merge the articles of this site by field
    #[arg(
        long, value_name = "SITE", num_args = 0..=1, default_missing_value = ".", conflicts_with = "Versions",
        value_hint = clap::ValueHint::DirPath
    )]
    install: Option<PathBuf>,
    /// Write what --install shows
    #[arg(long, requires = "install")]
    yes: bool,
}

/// What is merged, and whereto.
#[derive(Debug, Args)]
struct Versions {
    /// The version both sides started from
    #[arg(value_hint = clap::ValueHint::FilePath, required = false, required_unless_present = "install")]
    base: PathBuf,
    /// Our version; the result is written here
    #[arg(value_hint = clap::ValueHint::FilePath, required = false, required_unless_present = "install")]
    ours: PathBuf,
    /// Their version
    #[arg(value_hint = clap::ValueHint::FilePath, required = false, required_unless_present = "install")]
    theirs: PathBuf,
    /// Write the result to this file instead; - is standard output
    #[arg(short, long, value_name = "OUT", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Git runs it: the file's own name, for messages (%P)
    #[arg(long, value_name = "PATH")]
    name: Option<String>,
}

impl Merge {
    pub(super) fn run(&self, output: &mut Output) -> Result<Verdict, CliError> {
        match (&self.install, &self.versions) {
            (Some(site), _) => install(site, self.yes, output),
            (None, Some(versions)) => versions.run(output),
            (None, None) => Err(CliError::Usage("Three versions are needed, or --install".to_owned())),
        }
    }
}

impl Versions {
    fn run(&self, output: &mut Output) -> Result<Verdict, CliError> {
        let read = |file: &Path| place::read(file).map(|bytes| Document::parse(&bytes));
        let versions = [read(&self.base)?, read(&self.ours)?, read(&self.theirs)?];
        match self.by_field(&versions) {
            Ok((text, conflicts)) => {
                self.write(output, &text)?;
                for conflict in &conflicts {
                    output.error(&self.told(conflict));
                }
                Ok(if conflicts.is_empty() { Verdict::Done } else { Verdict::No })
            }
            Err(error) if self.name.is_some() => self.by_line(&versions, &error, output),
            Err(error) => Err(error),
        }
    }

    /// The merged text, and what is to be decided in it.
    fn by_field(&self, [base, ours, theirs]: &[Document; 3]) -> Result<(String, Vec<Conflict>), CliError> {
        for (file, document) in [(&self.ours, ours), (&self.theirs, theirs)] {
            if let Some(error) = document.error().filter(|_| ours.text() != theirs.text()) {
                return Err(CliError::InFile {
                    file: self.called(file),
                    place: Some(error.place),
                    message: error.message.clone(),
                });
            }
        }
        let mut shape = SchemaBuilder::default();
        for version in [base, ours, theirs] {
            shape.observe(version);
        }
        let schema = shape.finish();
        let refused = |refusal| CliError::refused(self.called(&self.theirs), &refusal);
        let merged = merge(base, ours, theirs, &|field| schema.policy(field)).map_err(refused)?;
        let text = if merged.conflicts.is_empty() {
            merged.document.text().to_owned()
        } else {
            merged.marked_text("ours", "theirs").map_err(refused)?
        };
        Ok((text, merged.conflicts))
    }

    /// What git itself would have done: it takes our version for the result where a driver only says no.
    fn by_line(&self, versions: &[Document; 3], why: &CliError, output: &mut Output) -> Result<Verdict, CliError> {
        output.error(&why.to_string());
        let called = self.called(&self.ours);
        let is_other_encoding = |it: &Document| it.error().is_some_and(|error| error.code == NoticeCode::Encoding);
        if versions.iter().any(is_other_encoding) {
            output.error(&format!("{called}: A version is not UTF-8, so ours stands and theirs is not in it"));
            return Ok(Verdict::No);
        }
        let [base, ours, theirs] = versions.each_ref().map(Document::text);
        let (text, conflict) = merge_lines(base, ours, theirs, "ours", "theirs");
        self.write(output, &text)?;
        output.note(&format!("{called}: Merged line by line, since it cannot be merged by field"));
        if conflict {
            output.error(&format!("{called}: Conflict between lines"));
        }
        Ok(if conflict { Verdict::No } else { Verdict::Done })
    }

    /// What messages call a file: by its own name where git says it, for git's copies have names that tell nothing.
    fn called(&self, file: &Path) -> String {
        self.name.clone().unwrap_or_else(|| file.display().to_string())
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
        let file = self.called(self.output.as_ref().filter(|file| file.as_os_str() != "-").unwrap_or(&self.ours));
        let Some(pointer) = &conflict.pointer else {
            return format!("{file}: Conflict in the text below the front matter");
        };
        let (ours, theirs) = (shown(&conflict.ours), shown(&conflict.theirs));
        let pointer = marks(&pointer.to_string()).into_owned();
        format!("{file}: Conflict in {pointer}: ours is {ours}, theirs is {theirs}")
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

//! `copydesk patch`: a lossless edit of one file or many, through the same save as the desk.
//!
//! Invariant: a file takes all operations or none; only the bytes of what is changed change; unchanged files are not written.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::output::{CliError, Output, Verdict};
use super::place::{self, Placed};
use super::progress::Progress;
use super::siblings::Siblings;
use crate::document::{self, Document, Operation, Pointer, RefusalReason, Value};
use crate::file::{ContentHash, SitePath};
use crate::storage::{self, SaveOutcome, SavePlan, Saver, SiteFolder, StateFolder};
use crate::text::unified;

/// The arguments of `copydesk patch`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").args(["patch", "set"]).multiple(true).required(true), after_help = "\
A patch is a JSON Patch (RFC 6902): a list of add, remove, replace, move, copy and test. --set is a short way to say replace, or \
add where the key is missing; its value is JSON where it reads as JSON, else text. A new key stands where the files beside it \
have it. All operations on a file happen, or none; a file that says all of it already is not written.

Examples:
  copydesk patch _news/a.md --set /heat=120 --set /published=true
  copydesk patch _news/a.md --set /title='Two words'        text
  copydesk patch _news/a.md --set '/code=\"007\"'             text that looks like a number
  copydesk patch _news/*.md --patch fix.json --dry-run      what would change, as a unified diff
  echo '[{\"op\": \"remove\", \"path\": \"/tags/0\"}]' | copydesk patch _news/a.md --patch -")]
pub struct Patch {
    /// The files
    #[arg(required = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// A JSON Patch; - is standard input
    #[arg(long = "patch", id = "patch", value_name = "P.json", value_hint = clap::ValueHint::FilePath)]
    operations_file: Option<PathBuf>,
    /// Set one value: a JSON Pointer, an equals sign, the value. After the operations of --patch, in the order given
    #[arg(long, value_name = "POINTER=VALUE", value_parser = Setting::parse)]
    set: Vec<Setting>,
    /// Write nothing; print what would change
    #[arg(long)]
    dry_run: bool,
}

/// One `--set`.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pointer: Pointer,
    value: Value,
}

/// What is to be done with one file.
struct Planned {
    file: PathBuf,
    plan: SavePlan,
}

/// A file that is to be written.
struct Prepared {
    site: SiteFolder,
    planned: Planned,
    /// Its text before.
    old: String,
}

/// The files of one site.
struct Batch {
    saver: Saver,
    planned: Vec<Planned>,
}

#[derive(Default)]
struct Counts {
    changed: usize,
    unchanged: usize,
    failed: usize,
}

impl Setting {
    fn parse(text: &str) -> Result<Self, String> {
        let (pointer, value) = text.split_once('=').ok_or("it has no “=”: write it as /heat=120")?;
        let pointer = Pointer::parse(pointer).map_err(|error| error.to_string())?;
        if pointer.parts().is_empty() {
            return Err("the address is empty: write it as /heat=120".to_owned());
        }
        let value = match serde_json::from_str::<serde_json::Value>(value) {
            Ok(json) => Value::from(json),
            Err(_text) => Value::text(value),
        };
        Ok(Self { pointer, value })
    }

    fn operation(&self, data: &Value) -> Operation {
        let (path, value) = (self.pointer.clone(), self.value.clone());
        if data.at(&path).is_some() {
            Operation::Replace { path, value }
        } else {
            Operation::Add { path, value, place: None }
        }
    }
}

impl Patch {
    pub(super) fn run(&self, output: &mut Output) -> Result<Verdict, CliError> {
        let operations = self.operations()?;
        let progress = Progress::over(output, "Reading", self.files.len());
        let (mut batches, mut verdict) = (BTreeMap::new(), Verdict::Done);
        let (mut counts, mut siblings) = (Counts::default(), Siblings::default());
        for file in &self.files {
            match self.prepare(file, &operations, &mut siblings) {
                Ok(Some(Prepared { site, planned, old })) => {
                    if self.dry_run {
                        let new = String::from_utf8_lossy(&planned.plan.bytes).into_owned();
                        let path = planned.plan.path.as_str();
                        output.data(&unified(path, &old, &new))?;
                        counts.changed += 1;
                    } else {
                        batch_of(&mut batches, &site)?.planned.push(planned);
                    }
                }
                Ok(None) => counts.unchanged += 1,
                Err((error, found)) => {
                    output.error(&error.to_string());
                    counts.failed += 1;
                    verdict = verdict.max(found);
                }
            }
            progress.step();
        }
        progress.finish();
        for batch in batches.values() {
            verdict = verdict.max(save(batch, output, &mut counts));
        }
        self.tell(output, &counts);
        Ok(verdict)
    }

    fn operations(&self) -> Result<document::Patch, CliError> {
        let Some(patch) = &self.operations_file else { return Ok(document::Patch::default()) };
        let bytes = if patch.as_os_str() == "-" {
            let mut bytes = Vec::new();
            let read = std::io::stdin().lock().read_to_end(&mut bytes);
            read.map_err(|error| CliError::Usage(format!("Cannot read standard input: {error}")))?;
            bytes
        } else {
            place::read(patch)?.to_vec()
        };
        let wrong = |message: String| CliError::Usage(format!("{}: {message}", patch.display()));
        let json: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| {
            let place = format!("{}:{}", error.line(), error.column());
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            CliError::Usage(format!("{}:{place}: It is not JSON: {what}", patch.display()))
        })?;
        document::Patch::from_json(&json).map_err(|error| wrong(error.to_string()))
    }

    /// What is to be written; nothing where the file says all of it already.
    fn prepare(
        &self,
        file: &Path,
        operations: &document::Patch,
        siblings: &mut Siblings,
    ) -> Result<Option<Prepared>, (CliError, Verdict)> {
        let wrong = |error: CliError| (error, Verdict::Wrong);
        let Placed { site, path } = place::find(file).map_err(wrong)?;
        let snapshot = storage::read::read(&site, &path).map_err(|error| wrong(place::named(file, error)))?;
        let document = Document::parse(&snapshot.bytes);
        let mut patch = operations.clone();
        let mut data = operations.apply_to(document.data()).unwrap_or_else(|_told_by_apply| document.data().clone());
        for setting in &self.set {
            let operation = setting.operation(&data);
            let one = document::Patch(vec![operation.clone()]);
            data = one.apply_to(&data).unwrap_or(data);
            patch.0.push(operation);
        }
        let customs = siblings.customs(&site, &path, &patch);
        let applied = document.apply(&patch, &customs).map_err(|refusal| {
            let verdict = match refusal.reason {
                RefusalReason::Unreadable => Verdict::Wrong,
                _ => Verdict::No,
            };
            (CliError::refused(file.display(), &refusal), verdict)
        })?;
        if applied.document.text() == document.text() {
            return Ok(None);
        }
        let bytes = applied.document.text().as_bytes().to_vec();
        let plan = SavePlan { path, expected: Some(ContentHash::of(&snapshot.bytes)), bytes };
        let planned = Planned { file: file.to_owned(), plan };
        Ok(Some(Prepared { site, planned, old: document.text().to_owned() }))
    }

    fn tell(&self, output: &mut Output, counts: &Counts) {
        if self.files.len() == 1 && !output.is_watched() {
            return;
        }
        let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        let would = if self.dry_run { " would be" } else { "" };
        let mut told = format!("{}{would} changed, {} unchanged", files(counts.changed), counts.unchanged);
        if counts.failed > 0 {
            told = format!("{told}, {} not changed because of an error", counts.failed);
        }
        output.note(&told);
    }
}

fn batch_of<'a>(batches: &'a mut BTreeMap<PathBuf, Batch>, site: &SiteFolder) -> Result<&'a mut Batch, CliError> {
    use std::collections::btree_map::Entry;
    match batches.entry(site.root().to_owned()) {
        Entry::Occupied(batch) => Ok(batch.into_mut()),
        Entry::Vacant(free) => {
            let saver = Saver::new(site, &StateFolder::for_user()?);
            Ok(free.insert(Batch { saver, planned: Vec::new() }))
        }
    }
}

fn save(batch: &Batch, output: &mut Output, counts: &mut Counts) -> Verdict {
    let plans: Vec<SavePlan> = batch.planned.iter().map(|planned| planned.plan.clone()).collect();
    let progress = Progress::over(output, "Saving", plans.len());
    let (mut verdict, mut failures) = (Verdict::Done, Vec::new());
    batch.saver.save_many(&plans, &|| false, &mut |index, outcome| {
        progress.step();
        let message = match outcome {
            SaveOutcome::Written(_) => return counts.changed += 1,
            SaveOutcome::Unchanged(_) => return counts.unchanged += 1,
            SaveOutcome::MovedOn(_) => {
                "It was changed by another program meanwhile; nothing was written. Run it again".to_owned()
            }
            SaveOutcome::Gone => "It was removed by another program meanwhile; nothing was written".to_owned(),
            SaveOutcome::Failed(error) => error.to_string(),
        };
        let file = batch.planned.get(index).map(|planned| planned.file.display().to_string());
        failures.push(format!("{}: {message}", file.unwrap_or_default()));
    });
    progress.finish();
    for displaced in batch.saver.close() {
        let path = displaced.path.as_ref().map_or("a file", SitePath::as_str);
        failures.push(format!(
            "{path}: Another program wrote it at the same moment; its version is kept and merged by the desk"
        ));
    }
    for failure in failures {
        output.error(&failure);
        counts.failed += 1;
        verdict = Verdict::Wrong;
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_json_where_they_read_as_json() {
        for (text, want) in [
            ("/heat=120", serde_json::json!(120)),
            ("/title=Two words", serde_json::json!("Two words")),
            ("/code=\"007\"", serde_json::json!("007")),
            ("/a~1b=true", serde_json::json!(true)),
            ("/x=a=b", serde_json::json!("a=b")),
            ("/x=", serde_json::json!("")),
            ("/date=2020-05-09", serde_json::json!("2020-05-09")),
        ] {
            assert_eq!(Setting::parse(text).unwrap().value.to_json(), want, "{text}");
        }
        for text in ["/heat", "heat=120", "=1", "/~=1"] {
            assert!(Setting::parse(text).is_err(), "{text}");
        }
    }
}

//! `copydesk merge --install`: makes copydesk git's merge driver in one clone of a repository, after showing what that takes.
//!
//! Invariant: git is not started; two files of its own are changed, nothing in the site; doing it again changes nothing.

use std::collections::BTreeSet;
use std::path::Path;

use super::output::{CliError, Output, Verdict};
use crate::jobs::{self, Cancel, Stamps};
use crate::site::paths::{ArticleName, collection_of, is_article_name};
use crate::storage::{SiteFolder, git_files};
use crate::text::unified;

/// The section of git's settings that is ours.
const SECTION: &str = "[merge \"copydesk\"]";

/// The files of git's that are changed, below its folder.
const CONFIG: &str = "config";
const ATTRIBUTES: &str = "info/attributes";

/// Shows what git needs to merge the articles of a site by field, and writes it where that was asked for.
pub(super) fn install(root: &Path, write: bool, output: &mut Output) -> Result<Verdict, CliError> {
    let folder = SiteFolder::open(root)?;
    let Some(git) = folder.git() else {
        return Err(CliError::Usage(format!(
            "{}: It is in no git repository, so nothing can be set up",
            root.display()
        )));
    };
    let below = folder.root().strip_prefix(git.work_tree()).unwrap_or(Path::new(""));
    let patterns = patterns(&folder, below)?;
    if patterns.is_empty() {
        return Err(CliError::Usage(format!("{}: There are no articles here that could be merged", root.display())));
    }
    let program = std::env::current_exe()
        .map_err(|error| CliError::Usage(format!("The system does not say where copydesk lies: {error}")))?;
    let command = driver(&program.to_string_lossy());
    let texts = |name: &'static str, with: &dyn Fn(&str) -> String| -> Result<_, CliError> {
        let before = git_files::read(&folder, name)?;
        let after = with(&before);
        Ok((name, before, after))
    };
    let files =
        [texts(CONFIG, &|text| with_driver(text, &command))?, texts(ATTRIBUTES, &|text| with_lines(text, &patterns))?];
    let mut changed = false;
    for (name, before, after) in files.iter().filter(|(_, before, after)| before != after) {
        changed = true;
        output.data(&unified(&format!(".git/{name}"), before, after))?;
        if write {
            git_files::replace(&folder, name, before, after)?;
        }
    }
    output.note(match (changed, write) {
        (false, _) => "Nothing to do: git merges these articles by field already",
        (true, true) => "Written. Git merges these articles by field from now on, in this clone",
        (true, false) => "Nothing was written. Add --yes to write it",
    });
    Ok(Verdict::Done)
}

/// A line of attributes for every folder of articles and every ending in it.
fn patterns(folder: &SiteFolder, below: &Path) -> Result<BTreeSet<String>, CliError> {
    let known = jobs::survey(folder, Stamps::WhenRead, &Cancel::default())?;
    let below = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let articles = known.articles.iter().filter(|found| is_article_name(&found.path) == ArticleName::Yes);
    let lines = articles.filter_map(|found| {
        let (_, ending) = found.path.as_str().rsplit_once('.')?;
        let collection = collection_of(&found.path);
        let parts: Vec<&str> = [below.as_str(), collection].into_iter().filter(|part| !part.is_empty()).collect();
        // Files beside the collections are listed by their folder alone: what lies below is no article of theirs.
        let deep = if collection.is_empty() { "" } else { "**/" };
        let start = parts.iter().fold("/".to_owned(), |start, part| format!("{start}{}/", literal(part)));
        Some(format!("{} merge=copydesk", quoted(&format!("{start}{deep}*.{}", literal(ending)))))
    });
    Ok(lines.collect())
}

/// A name in a pattern, where some characters mean others.
fn literal(name: &str) -> String {
    let escaped = |character: char| if "*?[\\".contains(character) { vec!['\\', character] } else { vec![character] };
    name.chars().flat_map(escaped).collect()
}

/// A pattern as the line wants it: in quotes where it has blanks.
fn quoted(pattern: &str) -> String {
    if !pattern.contains([' ', '\t', '"']) {
        return pattern.to_owned();
    }
    in_quotes(pattern)
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The command that git's shell runs. Git puts the names in the place of `%O` and the others, quoted where they need it.
fn driver(program: &str) -> String {
    let program = if cfg!(windows) { program.replace('\\', "/") } else { program.to_owned() };
    let is_plain = program.chars().all(|character| character.is_ascii_alphanumeric() || "/._+-:".contains(character));
    let word = if is_plain { program } else { format!("'{}'", program.replace('\'', r"'\''")) };
    format!("{} merge %O %A %B --name=%P", word.replace('%', "%%"))
}

/// Git's settings with our section in them, once; all other lines stay.
fn with_driver(text: &str, command: &str) -> String {
    let settings = format!("\tname = front matter by field\n\tdriver = {}\n", in_quotes(command));
    let mut lines = text.split_inclusive('\n');
    let mut written = String::with_capacity(text.len() + settings.len());
    let (mut found, mut inside, mut dropping) = (false, false, false);
    for line in lines.by_ref() {
        let trimmed = line.trim();
        let continues = trimmed.ends_with('\\');
        if dropping {
            dropping = continues;
            continue;
        }
        if trimmed.starts_with('[') {
            inside = trimmed == SECTION && !found;
        } else if inside && is_ours(trimmed) {
            dropping = continues;
            continue;
        }
        written.push_str(line);
        if inside && trimmed == SECTION {
            found = true;
            if !line.ends_with('\n') {
                written.push('\n');
            }
            written.push_str(&settings);
        }
    }
    if !found {
        end_line(&mut written);
        written.push_str(SECTION);
        written.push('\n');
        written.push_str(&settings);
    }
    written
}

/// Whether a line of our section says what we say.
fn is_ours(line: &str) -> bool {
    let key = line.split('=').next().unwrap_or_default().trim();
    key.eq_ignore_ascii_case("name") || key.eq_ignore_ascii_case("driver")
}

/// The text with these lines at its end, but for those that it has.
fn with_lines(text: &str, wanted: &BTreeSet<String>) -> String {
    let mut written = text.to_owned();
    for line in wanted.iter().filter(|line| !text.lines().any(|present| present.trim() == line.as_str())) {
        end_line(&mut written);
        written.push_str(line);
        written.push('\n');
    }
    written
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_survives_gits_shell() {
        assert_eq!(driver("/usr/bin/copydesk"), "/usr/bin/copydesk merge %O %A %B --name=%P");
        assert_eq!(driver("/my apps/it's 5%/copydesk"), r"'/my apps/it'\''s 5%%/copydesk' merge %O %A %B --name=%P");
    }

    #[test]
    fn the_settings_of_git_keep_all_other_lines() {
        let ours = "[merge \"copydesk\"]\n\tname = front matter by field\n\tdriver = \"new\"\n";
        for (before, after) in [
            ("", ours.to_owned()),
            ("[core]\n\tbare = false", format!("[core]\n\tbare = false\n{ours}")),
            (
                "[merge \"copydesk\"]\n\tdriver = old \\\n  more\n\trecursive = text\n[user]\n\tname = x\n",
                format!("{ours}\trecursive = text\n[user]\n\tname = x\n"),
            ),
            (ours, ours.to_owned()),
        ] {
            assert_eq!(with_driver(before, "new"), after);
            assert_eq!(with_driver(&after, "new"), after, "a second time changes nothing");
        }
    }

    #[test]
    fn lines_are_added_once_and_names_are_taken_literally() {
        let wanted = BTreeSet::from(["/_news/**/*.md merge=copydesk".to_owned()]);
        let once = with_lines("*.png binary", &wanted);
        assert_eq!(once, "*.png binary\n/_news/**/*.md merge=copydesk\n");
        assert_eq!(with_lines(&once, &wanted), once);
        assert_eq!(quoted(&format!("/{}/*.md", literal("a b[1]"))), r#""/a b\\[1]/*.md""#);
    }
}

//! `copydesk check`: every problem of a site, each with its place.
//!
//! Invariant: nothing is written, and nothing is left out silently: what cannot be read is a problem too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::{CliError, Output, Verdict};
use super::survey::{Read, Survey};
use crate::article::{Article, Identity};
use crate::catalog::pictures::MANY;
use crate::desk::Keymap;
use crate::desk::settings::SMALLEST_PICTURE;
use crate::file::SitePath;
use crate::storage::{StorageError, scan};
use crate::text::{Place, marks};

/// The arguments of `copydesk check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Each problem is a line FILE:LINE:COLUMN: message, which editors and continuous integration understand. The exit code is 1 if \
there is any.

Examples:
  copydesk check my-site
  copydesk check my-site --smallest-image 600
  copydesk check my-site --format json | jq -r '.[] | select(.code == \"syntax\") | .path'")]
pub struct Check {
    /// The site's folder
    #[arg(value_hint = clap::ValueHint::DirPath)]
    site: PathBuf,
    /// How to write the problems
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The width below which an article's own picture is called small; 0: none is
    #[arg(long, value_name = "PIXELS", default_value_t = SMALLEST_PICTURE)]
    smallest_image: u32,
}

/// How problems are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// `FILE:LINE:COLUMN: message`
    Text,
    /// One JSON array of objects
    Json,
}

/// One problem of one file.
struct Found {
    path: String,
    place: Option<Place>,
    code: &'static str,
    message: String,
    help: String,
}

impl Check {
    pub(super) fn run(&self, output: &mut Output) -> Result<Verdict, CliError> {
        let survey = Survey::of(&self.site)?;
        let mut found = of_site(&survey);
        let (mut articles, mut touched) = (0, 0);
        let smallest = Some(self.smallest_image).filter(|width| *width > 0);
        let mut leads = Leads::default();
        for (problems, lead) in survey.read_all(output, |read| of_article(&survey, read, smallest)) {
            articles += 1;
            touched += usize::from(!problems.is_empty());
            found.extend(problems);
            if let Some(lead) = lead {
                leads.entry(lead.identity.clone()).or_default().push(lead);
            }
        }
        found.extend(shared(leads));
        found.extend(survey.unused_pictures().into_iter().map(|path| unused(&path)));
        match self.format {
            Format::Json => output.json(&found.iter().map(Found::to_json).collect())?,
            Format::Text => {
                for problem in &found {
                    output.data(&format!("{}\n", self.line(problem)))?;
                }
            }
        }
        let problems = if found.len() == 1 { "1 problem".to_owned() } else { format!("{} problems", found.len()) };
        output.note(&format!("{problems} in {touched} of {articles} articles"));
        Ok(if found.is_empty() { Verdict::Done } else { Verdict::No })
    }

    fn line(&self, problem: &Found) -> String {
        let here = self.site.as_os_str() == ".";
        let file = if here { PathBuf::from(&problem.path) } else { self.site.join(&problem.path) };
        let place = problem.place.map(|place| format!(":{place}")).unwrap_or_default();
        // One line, whatever a key is called: continuous integration obeys lines.
        format!("{}{place}: {}", file.display(), marks(&problem.message))
    }
}

impl Found {
    fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "path": self.path,
            "line": self.place.map(|place| place.line),
            "column": self.place.map(|place| place.column),
            "code": self.code,
            "message": self.message,
            "help": self.help,
        })
    }
}

fn of_site(survey: &Survey) -> Vec<Found> {
    let config = &survey.known.site().config;
    let clashes = Keymap::of(&config.desk).1;
    let configured = config.problems.iter().chain(&clashes).map(|problem| Found {
        path: problem.file.clone(),
        place: problem.place,
        code: "configuration",
        message: problem.message.clone(),
        help: problem.help.clone(),
    });
    let unlisted = survey.known.troubles.iter().map(|trouble| {
        let (path, message) = trouble.split_once(": ").unwrap_or((trouble, "it cannot be listed"));
        Found {
            path: path.to_owned(),
            place: None,
            code: "unreadable",
            message: message.to_owned(),
            help: String::new(),
        }
    });
    configured.chain(unlisted).collect()
}

/// Articles by the picture that leads them.
type Leads = BTreeMap<Identity, Vec<Lead>>;

/// The picture that leads an article.
struct Lead {
    identity: Identity,
    address: String,
    path: String,
    place: Option<Place>,
}

fn of_article(
    survey: &Survey,
    read: Result<Read<'_>, (&scan::Found, StorageError)>,
    smallest: Option<u32>,
) -> (Vec<Found>, Option<Lead>) {
    match read {
        Ok(Read { found, document, schema, .. }) => {
            let article = Article::new(&document, &schema, &found.path);
            let problems = survey.problems(&article, smallest).into_iter();
            let path = found.path.to_string();
            let lead = article.pictures().into_iter().find(|named| named.own).map(|named| Lead {
                identity: survey.identity(&found.path, named.address),
                address: named.address.to_owned(),
                path: path.clone(),
                place: document.place(&named.address_at),
            });
            let found = problems.map(|problem| Found {
                path: path.clone(),
                place: problem.place,
                code: problem.code,
                message: problem.message,
                help: problem.help,
            });
            (found.collect(), lead)
        }
        Err((found, error)) => {
            let (path, message) = (found.path.to_string(), error.to_string());
            (vec![Found { path, place: None, code: "unreadable", message, help: String::new() }], None)
        }
    }
}

/// One line for each picture that leads many articles, at the first of them. Files of the same bytes are one picture.
fn shared(leads: Leads) -> impl Iterator<Item = Found> {
    leads.into_values().filter(|articles| articles.len() >= MANY).filter_map(|articles| {
        let (count, first) = (articles.len(), articles.first()?);
        let addresses: BTreeSet<&str> = articles.iter().map(|lead| lead.address.as_str()).collect();
        let others = match addresses.len() - 1 {
            0 => String::new(),
            others => format!(", under {others} other address{} too", if others == 1 { "" } else { "es" }),
        };
        let address = marks(&first.address);
        let message = format!("The picture {address} leads {count} articles{others}, this is the first");
        let (path, place) = (first.path.clone(), first.place);
        Some(Found { path, place, code: "shared-image", message, help: "Choose a picture for each of them".to_owned() })
    })
}

fn unused(path: &SitePath) -> Found {
    Found {
        path: path.to_string(),
        place: None,
        code: "unused-image",
        message: "Nothing in the site names this picture".to_owned(),
        help: "Remove it, or use it".to_owned(),
    }
}

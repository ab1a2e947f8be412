//! What is wrong with an article, with its place and what to do.
//!
//! Invariant: problems are few and right: a rule speaks only where the collection itself keeps it, and never stops an edit.

mod fields;
mod stories;

use super::{Article, Facts, PictureFact, PictureIndex};
use crate::document::{Document, Pointer, Value};
use crate::file::SitePath;
use crate::site::{Config, Site, Vocabulary};
use crate::text::Place;

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look.
    Notice,
    /// Readers or the generator will trip over it.
    Warning,
    /// The file cannot be read or written.
    Error,
}

/// Something that is wrong with an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A short name for filters, JSON and tests; it never changes.
    pub code: &'static str,
    /// Which value it is about.
    pub at: Option<Pointer>,
    /// Where in the file.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// How much it weighs.
    pub severity: Severity,
}

/// What the rules need to know beyond the article. All of it may be unknown.
#[derive(Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The site's settings.
    pub config: Option<&'a Config>,
    /// What fields are filled from.
    pub vocabulary: Option<&'a Vocabulary>,
    /// Whether the site has a file; without it no picture is called missing.
    pub is_file: Option<&'a dyn Fn(&SitePath) -> bool>,
    /// The file of the site that differs from this one in the case of letters alone.
    pub other_case: Option<&'a FindOtherCase<'a>>,
    /// What a file of the site is as a picture, where that is known.
    pub picture: Option<&'a LookAtPicture<'a>>,
    /// What the picture behind an address is that is no file of the site, where that is known.
    pub beside: Option<&'a LookAtAddress<'a>>,
    /// The least width of an article's picture; without it none is too small.
    pub smallest: Option<u32>,
}

/// Finds the file of the site that differs from a path in the case of letters alone.
pub type FindOtherCase<'a> = dyn Fn(&SitePath) -> Option<SitePath> + 'a;

/// Says what the picture behind an address is that is no file of the site, where that is known.
pub type LookAtAddress<'a> = dyn Fn(&str) -> Option<PictureFact> + 'a;

/// Says what a file of the site is as a picture, where that is known.
pub type LookAtPicture<'a> = dyn Fn(&SitePath) -> Option<PictureFact> + 'a;

/// Every code with what it means, for help and documentation.
pub const CODES: [(&str, &str); 16] = [
    ("no-title", "The article has nothing that names it"),
    ("missing-field", "A field is missing that is required"),
    ("no-image", "The article has no image, and nearly all others have one"),
    ("impossible-date", "A date that no calendar has"),
    ("date-name", "The date is not that of the file's name"),
    ("outside-vocabulary", "A value that the vocabulary does not have"),
    ("wrong-kind", "A value of another kind than the field has elsewhere"),
    ("out-of-range", "A score beyond its bounds"),
    ("invisible-character", "A character that cannot be seen, in a title or an excerpt"),
    ("broken-image", "A picture of the site that is not there, or damaged"),
    ("image-case", "A picture of the site that is written with other small and capital letters"),
    ("wrong-size", "A picture whose declared size is not its own"),
    ("small-image", "An article's picture with too few pixels"),
    ("broken-address", "An address that leads nowhere"),
    ("doubled-related", "The same story twice among the related ones"),
    ("follower-alone", "Folded, but under no other story"),
];

/// All problems of an article, in the order of the file.
#[must_use]
pub fn problems(article: &Article<'_>, surroundings: &Surroundings<'_>) -> Vec<Problem> {
    if let Some(error) = article.document.error() {
        return vec![Problem {
            code: error.code.name(),
            at: None,
            place: Some(error.place),
            message: error.message.clone(),
            help: "Correct it in the source; until then the file is not written".to_owned(),
            severity: Severity::Error,
        }];
    }
    let mut found = Findings { article: *article.facts(), document: Some(article.document), problems: Vec::new() };
    for notice in article.document.warnings() {
        found.problems.push(Problem {
            code: notice.code.name(),
            at: None,
            place: Some(notice.place),
            message: notice.message.clone(),
            help: "Other programs may read the file differently, or not at all".to_owned(),
            severity: Severity::Warning,
        });
    }
    found.look(surroundings);
    let mut problems = found.problems;
    problems.sort_by_key(|problem| problem.place);
    // A notice of the reader and a rule may speak of the same thing.
    problems.dedup_by(|later, earlier| later.code == earlier.code && later.place == earlier.place);
    problems
}

/// All problems of an article of this site.
#[must_use]
pub fn problems_in(site: &Site, article: &Article<'_>) -> Vec<Problem> {
    with_surroundings(site, |surroundings| problems(article, surroundings))
}

fn with_surroundings<T>(site: &Site, look: impl FnOnce(&Surroundings<'_>) -> T) -> T {
    let is_file = |path: &SitePath| site.files.contains(path);
    let (config, vocabulary) = (Some(&site.config), Some(&site.vocabulary));
    let other_case = |path: &SitePath| site.other_case(path).cloned();
    let known = Surroundings { config, vocabulary, is_file: Some(&is_file), ..Surroundings::default() };
    look(&Surroundings { other_case: Some(&other_case), ..known })
}

/// The same with what is known of pictures.
#[must_use]
pub fn problems_seen(site: &Site, known: &PictureIndex, smallest: Option<u32>, article: &Article<'_>) -> Vec<Problem> {
    let is_file = |path: &SitePath| match known.files.get(path) {
        Some(seen) => seen.is_some(),
        None => site.files.contains(path),
    };
    let picture = |path: &SitePath| known.files.get(path).cloned().flatten();
    let beside = |address: &str| known.beside(address).cloned();
    let other_case = |path: &SitePath| site.other_case(path).cloned();
    let surroundings = Surroundings {
        config: Some(&site.config),
        vocabulary: Some(&site.vocabulary),
        is_file: Some(&is_file),
        other_case: Some(&other_case),
        picture: Some(&picture),
        beside: Some(&beside),
        smallest,
    };
    problems(article, &surroundings)
}

/// The codes of what marks an article's row: all but what is merely worth a look, for a mark on every other row marks none.
#[must_use]
pub fn codes_in(site: &Site, article: &Article<'_>) -> Vec<&'static str> {
    marking(problems_in(site, article))
}

/// The same of an article of which the data alone is at hand, since its reader had nothing to say against the text.
#[must_use]
pub fn codes_of_facts(site: &Site, facts: Facts<'_>) -> Vec<&'static str> {
    let mut found = Findings { article: facts, document: None, problems: Vec::new() };
    with_surroundings(site, |surroundings| found.look(surroundings));
    marking(found.problems)
}

fn marking(problems: Vec<Problem>) -> Vec<&'static str> {
    let marking = problems.into_iter().filter(|problem| problem.severity > Severity::Notice);
    let mut codes: Vec<_> = marking.map(|problem| problem.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The problems found so far, and the article they are found in.
struct Findings<'a> {
    article: Facts<'a>,
    /// Where values stand; without it no problem has a place.
    document: Option<&'a Document>,
    problems: Vec<Problem>,
}

impl Findings<'_> {
    fn look(&mut self, surroundings: &Surroundings<'_>) {
        fields::check(self, surroundings);
        stories::check(self, surroundings);
    }

    fn add(&mut self, code: &'static str, at: &Pointer, message: impl Into<String>, help: impl Into<String>) {
        self.push(Severity::Warning, code, at, message, help);
    }

    fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = |document: &Document| document.place(at).or_else(|| document.place(&Pointer::root()));
        let place = self.document.and_then(place);
        let at = Some(at.clone());
        self.problems.push(Problem { code, at, place, message: message.into(), help: help.into(), severity });
    }
}

/// Whether a value says nothing: not there, null, an empty text or an empty list.
fn says_nothing(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Text(text)) => text.trim().is_empty(),
        Some(Value::List(items)) => items.is_empty(),
        Some(Value::Map(map)) => map.is_empty(),
        Some(Value::Bool(_) | Value::Number(_)) => false,
    }
}

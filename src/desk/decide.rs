//! Answers to conflicts and merges as work on one text, so that they are steps like any edit: proved, journalled, taken back.
//!
//! Invariant: pure; what is answered is gone from the list of what is disputed, everything else stays on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::command::Which;
use super::edit::{Made, Subject};
use super::history::Change;
use crate::catalog::ArticleId;
use crate::document::merge::{self, Conflict, Merged, Policy, Side, answer, merge_without_base, open_marked};
use crate::document::{Document, FieldPath};

/// Conflicts answered alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// What is disputed in each article; nothing for one in which git left its markers, for those say it themselves.
    pub open: BTreeMap<ArticleId, Arc<[Conflict]>>,
    /// What is disputed by now, where files have changed since it was answered.
    pub since: BTreeMap<ArticleId, Arc<[Conflict]>>,
    /// Which of them are answered.
    pub which: Which,
    /// Whose value is taken.
    pub side: Side,
}

/// Other versions, each to be merged into its article.
#[derive(Clone, Debug, PartialEq)]
pub struct Merges {
    /// The versions.
    pub versions: BTreeMap<ArticleId, Incoming>,
    /// Whose they are.
    pub side: Side,
    /// The number of the version, where a save had displaced it: it is kept aside until it is merged.
    pub displaced: Option<u64>,
}

/// A version to be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// What it was made from; nothing where nobody knows.
    pub base: Option<Arc<str>>,
    /// What it says.
    pub text: Arc<str>,
    /// Who wins where it and the article changed the same field.
    pub winner: Winner,
}

/// Who wins in a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Winner {
    /// What the schema says of each field; mostly that it is asked.
    Policy,
    /// The version that is merged in, but for what is opaque.
    Incoming,
    /// What the article says.
    Article,
}

impl Which {
    /// Whether this conflict is meant.
    #[must_use]
    pub fn means(&self, conflict: &Conflict) -> bool {
        match self {
            Self::All => true,
            Self::Field(field) => conflict.field() == *field,
            Self::At(pointer) => conflict.pointer == *pointer,
        }
    }
}

impl Answers {
    /// The answers for one article, about what is disputed in it by now.
    pub(super) fn by_now(&self, article: ArticleId, open: &[Conflict]) -> Self {
        let asked = self.open.get(&article).map(|asked| (article, Arc::clone(asked)));
        let since = BTreeMap::from([(article, open.into())]);
        Self { open: asked.into_iter().collect(), since, which: self.which.clone(), side: self.side }
    }

    pub(super) fn make(&self, subject: Subject<'_>, document: &Document) -> Result<Made, String> {
        let told = |refusal: crate::document::Refusal| refusal.told_of(subject.path.as_str());
        let asked = self.open.get(&subject.article);
        let since = self.since.get(&subject.article);
        let (mut now, mut open) = match since.or(asked) {
            Some(open) => (document.clone(), open.to_vec()),
            None => match open_marked(document.text()) {
                Some(merged) => merged.map(|merged| (merged.document, merged.conflicts)).map_err(told)?,
                None => return Ok((document.clone(), Vec::new()).into()),
            },
        };
        let mut answered = false;
        // What came to be disputed since, or is about another value by now, was not answered.
        let is_asked = |conflict: &Conflict| since.is_none() || asked.is_some_and(|asked| asked.contains(conflict));
        while let Some(which) = open.iter().position(|conflict| self.which.means(conflict) && is_asked(conflict)) {
            answered = true;
            let patch = answer(now.data(), &mut open, which, self.side);
            now = now.apply(&patch, subject.schema.customs()).map_err(told)?.document;
        }
        if !answered {
            return Ok((document.clone(), Vec::new()).into());
        }
        let change = Change::between(subject.article, document, &now);
        Ok(Made {
            document: now,
            changes: vec![change],
            disputed: Some(open),
            disputed_too: Vec::new(),
            stays: Vec::new(),
        })
    }
}

impl Merges {
    pub(super) fn make(&self, subject: Subject<'_>, document: &Document) -> Result<Made, String> {
        let Some(incoming) = self.versions.get(&subject.article) else {
            return Ok((document.clone(), Vec::new()).into());
        };
        let merged = self.merge(incoming, subject, document);
        let merged = merged.map_err(|refusal| refusal.told_of(subject.path.as_str()))?;
        let is_same = merged.document.text() == document.text() && merged.conflicts.is_empty();
        let changes =
            if is_same { Vec::new() } else { vec![Change::between(subject.article, document, &merged.document)] };
        Ok(Made {
            document: merged.document,
            changes,
            disputed: None,
            disputed_too: merged.conflicts,
            stays: Vec::new(),
        })
    }

    fn merge(
        &self,
        incoming: &Incoming,
        subject: Subject<'_>,
        document: &Document,
    ) -> Result<Merged, crate::document::Refusal> {
        let schema = subject.schema;
        let policy = |field: &FieldPath| match (incoming.winner, self.side) {
            (Winner::Policy, _) => schema.editor_policy(field),
            (Winner::Incoming, Side::Theirs) | (Winner::Article, Side::Ours) => Policy::Theirs,
            (Winner::Incoming, Side::Ours) if schema.policy(field) == Policy::Theirs => Policy::Theirs,
            (Winner::Incoming, Side::Ours) | (Winner::Article, Side::Theirs) => Policy::Mine,
        };
        let other = Document::parse(incoming.text.as_bytes());
        let (ours, theirs) = match self.side {
            Side::Ours => (&other, document),
            Side::Theirs => (document, &other),
        };
        match &incoming.base {
            Some(base) => merge::merge(&Document::parse(base.as_bytes()), ours, theirs, &policy),
            None => merge_without_base(ours, theirs, &policy),
        }
    }
}

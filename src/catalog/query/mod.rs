//! The filter: a text that says which articles, read once and asked of columns. The language is described in `grammar`.
//!
//! Invariant: a query is its text; what it means follows from the text alone, but for today's date, which comes with the facts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::{ArticleId, Catalog, Twin};
use crate::document::FieldPath;
use crate::text::Span;

mod eval;
mod grammar;
mod operand;
mod write;

use grammar::{Node, Parsed, Test};

/// A filter that was read. The default one lets everything through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    text: String,
    parsed: Parsed,
}

/// Why a filter cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// The bytes of the filter's text that are wrong.
    pub span: Span,
    /// What is wrong, for the editor.
    pub message: String,
}

/// A piece of a filter's text, for chips and colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its bytes in the text, the `-` before it included.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
    /// Whether a `-` or `NOT` stands before it.
    pub negated: bool,
}

/// What a piece of a filter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A word.
    Word,
    /// Words in quotes.
    Phrase,
    /// `field:value`.
    Field,
    /// `has:field`.
    Has,
    /// `missing:field`.
    Missing,
    /// `is:state`.
    Is,
    /// `OR`, `AND`, `NOT`.
    Operator,
    /// `(` or `)`.
    Bracket,
}

/// What the catalog does not know of the articles: the desk's states, and today.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// With unsaved changes.
    pub changed: HashSet<ArticleId>,
    /// With a conflict.
    pub conflict: HashSet<ArticleId>,
    /// With a problem beside those that reading the file shows.
    pub problem: HashSet<ArticleId>,
    /// With a picture that is not there, or damaged.
    pub broken_image: HashSet<ArticleId>,
    /// With a picture that has too few pixels.
    pub small_image: HashSet<ArticleId>,
    /// With a picture whose declared size is not its own.
    pub wrong_size: HashSet<ArticleId>,
    /// Told twice.
    pub duplicate: Arc<HashMap<ArticleId, Twin>>,
    /// Come to the site while it was open.
    pub new: HashSet<ArticleId>,
    /// Changed on disk while the site was open.
    pub updated: HashSet<ArticleId>,
    /// Marked for later.
    pub marked: HashSet<ArticleId>,
    /// The day from which ages are counted.
    pub today: NaiveDate,
}

impl Query {
    /// Reads a filter.
    ///
    /// # Errors
    /// When the text does not follow the grammar: with the place and what to write instead.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Ok(Self { text: text.to_owned(), parsed: grammar::parse(text)? })
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parsed.root.is_none()
    }

    /// The pieces of the text, in order.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.parsed.tokens
    }

    /// The fields that it looks at; a catalog for it alone need not have others.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldPath> {
        fn collect(node: &Node, fields: &mut Vec<FieldPath>) {
            match node {
                Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| collect(node, fields)),
                Node::Not(node) => collect(node, fields),
                Node::Test(Test::Words(_)) => {
                    fields.extend(super::words::SEARCHED.iter().map(|name| FieldPath::parse(name)));
                }
                Node::Test(Test::Field(field, _) | Test::Has(field) | Test::Missing(field)) => {
                    fields.push(field.clone());
                }
                Node::Test(Test::Is(_)) => {}
            }
        }
        let mut fields = Vec::new();
        if let Some(root) = &self.parsed.root {
            collect(root, &mut fields);
        }
        fields.sort();
        fields.dedup();
        fields
    }

    /// Whether one article fits.
    #[must_use]
    pub fn matches(&self, catalog: &Catalog, article: ArticleId, facts: &Facts) -> bool {
        let plan = eval::Plan::of(self, catalog, facts);
        catalog.contains(article) && plan.fits(article)
    }
}

/// The articles that fit, in the order in which they came; nothing when it was cancelled on the way.
pub fn filter(
    catalog: &Catalog,
    query: &Query,
    facts: &Facts,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<ArticleId>> {
    if cancelled() {
        return None;
    }
    if query.is_empty() {
        return Some(catalog.ids().collect());
    }
    eval::Plan::of(query, catalog, facts).rows(cancelled)
}

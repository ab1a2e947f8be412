//! Other articles of the site as related entries of a story.
//!
//! Invariant: an entry is made of what the other article says now, unsaved edits included; it is one step to undo.

use super::{Desk, Edit};
use crate::article::{Article, Intent};
use crate::catalog::ArticleId;
use crate::document::Value;

impl Desk {
    /// Adds another article to the related entries of a story; where its text is not here, as soon as it is.
    pub(super) fn add_related(&mut self, article: ArticleId, other: ArticleId) {
        let Some(sitting) = &mut self.sitting else { return };
        if sitting.texts.get(other).is_none() {
            let articles = sitting.open_drafts(vec![other]);
            if !articles.is_empty() {
                sitting.entries_wanted.push((article, other));
                let load = sitting.load(articles);
                return self.effects.push(load);
            }
        }
        self.relate(article, other);
    }

    /// Makes entries of the articles that have come. What could not be read was told, and is waited for no more.
    pub(super) fn add_wanted_entries(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        for (article, other) in std::mem::take(&mut sitting.entries_wanted) {
            self.relate(article, other);
        }
    }

    fn relate(&mut self, article: ArticleId, other: ArticleId) {
        let Some(sitting) = &self.sitting else { return };
        let Some((lead, opened)) = sitting.texts.get(article).zip(sitting.texts.get(other)) else { return };
        let (schema, path) = (sitting.schema_of(article), sitting.catalog.path(article));
        let (other_schema, other_path) = (sitting.schema_of(other), sitting.catalog.path(other));
        let lead = Article::new(&lead.document, &schema, &path);
        let other = Article::new(&opened.document, &other_schema, &other_path);
        let is_there = lead.related_cards().iter().any(|card| match (card.address, other.page()) {
            (Some(address), Some(page)) => address == page,
            _ => card.title == other.title(),
        });
        if is_there {
            let text = format!("“{}” is among the related stories already", other.title());
            return self.toasts.note(text);
        }
        let entry = Value::Map(lead.entry_of(&other));
        self.edit(Edit::of(article, "related story added", vec![Intent::AddRelated(entry)]));
    }
}

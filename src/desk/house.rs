//! What follows from an edit by the site's own rule: offered, and never done by itself.
//!
//! Invariant: an offer is for the very key after the edit. Whatever else the editor asks for lets it go, so that no edit is made
//! later that was not meant then.

use super::edit::{Pending, Role, Work};
use super::toast::grouped;
use super::{Command, Desk, Edit, Judge, Targets};
use crate::article::Intent;
use crate::catalog::{ArticleId, Cell, ColumnKey};
use crate::document::FieldPath;

/// An article whose score says one thing, and its switch another.
struct Broken {
    article: ArticleId,
    value: f64,
    /// What the rule says of it.
    live: bool,
}

impl Desk {
    /// The message that offers what follows from the last edit, if it still stands.
    #[must_use]
    pub fn house_offer(&self) -> Option<u64> {
        self.toasts.house_offer()
    }

    /// Whether this leaves an offer standing: what no key and no click asked for, and the answers to it.
    pub(super) fn lets_offer_stand(command: &Command) -> bool {
        matches!(command, Command::TakeOffer(_) | Command::Dismiss(_) | Command::Seen(_) | Command::PaneWidth(..))
    }

    /// Offers to follow the rule where an edit of the score that decides has just broken it.
    pub(super) fn offer_by_rule(&mut self, pending: &Pending, touched: &[ArticleId]) {
        if !self.is_obeying || pending.role != Role::Do {
            return;
        }
        let Work::Intents(intents) = &*pending.work else { return };
        let Some((text, words, live, articles)) = self.follow_up(intents, touched) else { return };
        let label = if live { "live" } else { "not live" };
        let edit = Edit { targets: Targets::These(articles), ..Edit::of_selection(label, vec![Intent::Live(live)]) };
        self.toasts.house(text, words, Command::Edit(edit.judging(Judge::No)));
    }

    /// What is asked, the words on the button, and what would be done to which articles.
    fn follow_up(
        &self,
        intents: &[Intent],
        touched: &[ArticleId],
    ) -> Option<(String, &'static str, bool, Vec<ArticleId>)> {
        let sitting = self.sitting.as_ref()?;
        let first = touched.first()?;
        let schema = sitting.schema_of(*first);
        let (score, threshold) = schema.threshold()?;
        let is_set =
            |intent: &Intent| matches!(intent, Intent::Set(field, _) | Intent::Add(field, _) if field == score);
        if !intents.iter().any(is_set) {
            return None;
        }
        let broken: Vec<Broken> = touched.iter().filter_map(|id| self.broken(*id, score, threshold)).collect();
        // One question, so one answer: where some are over and some under, it is about the first.
        let live = broken.first()?.live;
        let same: Vec<&Broken> = broken.iter().filter(|it| it.live == live).collect();
        let label = schema.field(score).map_or_else(|| score.to_string(), |field| field.label.to_lowercase());
        let what = match same.as_slice() {
            [one] => format!("{label} {} is", one.value),
            many => format!("{label} of {} articles is", grouped(many.len())),
        };
        let them = if same.len() == 1 { "it" } else { "them" };
        let is_at = same.iter().all(|it| (it.value - threshold).abs() < f64::EPSILON);
        let (text, words) = match (live, is_at) {
            (true, true) => {
                (format!("{what} {threshold}, from where articles are live: make {them} live?"), "Make live")
            }
            (true, false) => (format!("{what} over {threshold}: make {them} live?"), "Make live"),
            (false, _) => (format!("{what} under {threshold}: take {them} off the site?"), "Not live"),
        };
        let mut text = text;
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Some((text, words, live, same.iter().map(|it| it.article).collect()))
    }

    fn broken(&self, article: ArticleId, score: &FieldPath, threshold: f64) -> Option<Broken> {
        let catalog = &self.sitting.as_ref()?.catalog;
        let Cell::Number(value) = catalog.cell(article, &ColumnKey::Field(score.clone())) else { return None };
        let live = value >= threshold;
        (catalog.live(article)? != live).then_some(Broken { article, value, live })
    }
}

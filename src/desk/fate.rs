//! Files that went, moved, or turned into something that no merge can answer, under unsaved edits.
//!
//! Invariant: such an article keeps its row and our text until the editor has answered; meanwhile nothing of it is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::command::FateAnswer;
use super::decide::{Incoming, Merges, Winner};
use super::draft::{Fate, Version};
use super::edit::{Part, Role, Work};
use super::effect::Effect;
use super::sitting::Sitting;
use super::toast::articles;
use super::{Desk, Judge};
use crate::catalog::ArticleId;
use crate::document::merge::Side;
use crate::file::Snapshot;
use similar::TextDiff;

/// From this share of equal lines on, another file is the same article under another name.
const SAME_ARTICLE: f32 = 0.6;

impl Desk {
    pub(super) fn answer_fate(&mut self, article: Option<ArticleId>, answer: FateAnswer) {
        let Some(sitting) = &mut self.sitting else { return };
        let meant = |id: &ArticleId| article.is_none_or(|article| *id == article);
        let fates: Vec<(ArticleId, Fate)> = sitting
            .drafts
            .iter()
            .filter(|(id, _)| meant(id))
            .filter_map(|(id, draft)| Some((*id, draft.fate.clone()?)))
            .collect();
        let (mut each, mut journal) = (BTreeMap::new(), Vec::new());
        let mut done = 0;
        for (id, fate) in fates {
            match (answer, fate) {
                (FateAnswer::Keep, Fate::Clash { theirs: None, .. }) => {}
                (FateAnswer::Keep, fate) => {
                    sitting.accept_fate(id, fate);
                    sitting.refresh(id);
                    journal.push(sitting.journal_entry(id, true));
                    done += 1;
                }
                (FateAnswer::Drop, Fate::Clash { theirs: None, .. }) => {
                    each.insert(id, Work::AsOnDisk(Part::Whole));
                }
                (FateAnswer::Drop, fate) => {
                    sitting.accept_fate(id, fate);
                    each.insert(id, Work::AsOnDisk(Part::Whole));
                }
                (FateAnswer::Follow, Fate::Moved { to, theirs }) => each.extend(sitting.follow(id, to, theirs)),
                (FateAnswer::Follow, _) => {}
            }
        }
        if !journal.is_empty() {
            self.effects.push(Effect::Journal(journal));
        }
        if done > 0 {
            self.toasts.done(format!("{} · kept yours; saving writes it", articles(done)));
        }
        if !each.is_empty() {
            let label = if answer == FateAnswer::Follow { "edits moved to the renamed file" } else { "yours given up" };
            let targets: Vec<ArticleId> = each.keys().copied().collect();
            self.start(label.to_owned(), None, Work::Each(each), targets, Role::Do, Judge::No);
        }
    }
}

impl Sitting {
    /// What is on disk becomes what our edits are made on.
    fn accept_fate(&mut self, article: ArticleId, fate: Fate) {
        if let Some(draft) = self.drafts.get_mut(&article) {
            draft.fate = None;
            draft.conflicts.clear();
            draft.base = match fate {
                Fate::Clash { theirs, .. } => theirs,
                Fate::Gone | Fate::Moved { .. } => None,
            };
        }
        self.open_drafts(vec![article]);
    }

    /// The work that takes our edits over to another file, and gives the old one up.
    fn follow(&mut self, article: ArticleId, to: ArticleId, theirs: Version) -> Vec<(ArticleId, Work)> {
        let Some(draft) = self.drafts.get(&article) else { return Vec::new() };
        let (base, ours) = (draft.base.as_ref().map(|base| Arc::clone(&base.text)), draft.ours.clone());
        let incoming = Incoming { base, text: ours.unwrap_or_default(), winner: Winner::Policy };
        let merges = Merges { versions: BTreeMap::from([(to, incoming)]), side: Side::Ours, displaced: None };
        self.accept_fate(article, Fate::Gone);
        if self.drafts.contains_key(&to) {
            self.open_drafts(vec![to]);
        } else if self.texts.get(to).is_none() {
            let document = crate::document::Document::parse(theirs.text.as_bytes());
            self.texts.put(to, Some(theirs), document);
        }
        let gone = Work::Texts(BTreeMap::from([(article, Arc::from(""))]));
        vec![(to, Work::Merges(merges)), (article, gone)]
    }

    /// The file of an article is not there any more. Says whether that is a conflict.
    pub(super) fn lose(&mut self, article: ArticleId) -> bool {
        let Some(draft) = self.drafts.get_mut(&article) else { return false };
        if draft.base.is_none() {
            return false; // A new article has no file yet.
        }
        if draft.is_clean() {
            self.let_go(article);
            return false;
        }
        let news = draft.fate != Some(Fate::Gone);
        draft.fate = Some(Fate::Gone);
        news
    }

    /// What is on disk cannot be merged. Says whether that is a conflict.
    pub(super) fn clash(&mut self, article: ArticleId, why: String, theirs: Option<Version>) -> bool {
        let Some(draft) = self.drafts.get_mut(&article) else { return false };
        draft.fate = Some(Fate::Clash { why, theirs });
        true
    }

    /// Looks among files that came just now for those that are gone under unsaved edits: renamed, or moved.
    pub(super) fn find_again(&mut self, arrived: &[Snapshot]) {
        for snapshot in arrived {
            let (Some(to), Some(theirs)) = (self.catalog.id_of(&snapshot.path), Version::of(snapshot)) else {
                continue;
            };
            let lost = self.drafts.iter_mut().filter(|(_, draft)| draft.fate == Some(Fate::Gone));
            let was = |text: &str| if text == &*theirs.text { 1.0 } else { likeness(text, &theirs.text) };
            let likely = lost
                .map(|(id, draft)| (was(draft.base_text()), *id))
                .filter(|(likeness, _)| *likeness >= SAME_ARTICLE)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            if let Some(draft) = likely.and_then(|(_, id)| self.drafts.get_mut(&id)) {
                draft.fate = Some(Fate::Moved { to, theirs });
            }
        }
    }
}

/// The share of lines that two texts have in common.
fn likeness(a: &str, b: &str) -> f32 {
    let (longer, shorter) = (a.len().max(b.len()), a.len().min(b.len()));
    // Texts of very different lengths are not compared at all.
    if longer > 2 * shorter + 200 { 0.0 } else { TextDiff::from_lines(a, b).ratio() }
}

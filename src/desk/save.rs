//! What a save writes, and what may become of it.
//!
//! Invariant: a plan names the bytes it expects on disk; nothing is written over any other.

use std::sync::Arc;

use super::command::Overlay;
use super::draft::{Draft, UnderWay, Version};
use super::effect::{Effect, JournalEntry};
use super::reconcile::{Met, show_conflicts};
use super::sitting::Sitting;
use super::toast::{articles, grouped};
use super::{Desk, Tone};
use crate::catalog::ArticleId;
use crate::file::{ContentHash, SitePath, Snapshot};

/// One file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavePlan {
    /// Whose file.
    pub article: ArticleId,
    /// Where.
    pub path: SitePath,
    /// What must be on disk now; nothing: no file at all.
    pub expected: Option<ContentHash>,
    /// What shall be there then.
    pub text: Arc<str>,
}

/// What became of a plan.
#[derive(Clone, Debug)]
pub enum SaveOutcome {
    /// It is on disk, safely.
    Written(Snapshot),
    /// Somebody else's bytes are there; nothing was written.
    MovedOn(Snapshot),
    /// The file is not there any more; nothing was written.
    Gone,
    /// Nothing was written, for this reason.
    Failed(String),
    /// Nothing was written: the save was stopped before.
    Stopped,
}

/// How far a save is: all that was to be written since the last time that nothing was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Saving {
    /// How many files.
    pub of: usize,
    /// Of how many of them it is known what became of them.
    pub done: usize,
    written: usize,
    stopped: usize,
}

/// How often in a row a save starts again because the file had moved on, before it is left to the editor.
pub const MOST_RETRIES: u8 = 5;

impl Desk {
    /// Writes what is pending in these articles, or in all. Articles with open conflicts are left, and named.
    pub(super) fn save(&mut self, only: Option<&[ArticleId]>) {
        if self.is_paused() {
            return;
        }
        if only.is_none() && self.overlay == Some(Overlay::ConfirmQuit) && self.waiting_count() > 0 {
            self.is_saving_then = true;
            return self.toasts.note("Saved as soon as the edit on its way is carried out");
        }
        let Some(sitting) = &mut self.sitting else { return };
        sitting.history.close_group();
        self.toasts.save_begins();
        let wanted: Vec<ArticleId> = match only {
            Some(articles) => articles.to_vec(),
            None => sitting.drafts.keys().copied().collect(),
        };
        let (mut plans, mut disputed, mut under_way) = (Vec::new(), 0, false);
        for article in wanted {
            let path = sitting.catalog.path(article);
            let Some(draft) = sitting.drafts.get_mut(&article) else { continue };
            if let Some(saving) = &mut draft.saving {
                // What was typed since follows when that is done.
                (saving.again, under_way) = (true, true);
                continue;
            }
            let Some(text) = draft.ours.clone() else { continue };
            if draft.is_disputed() {
                disputed += 1;
                continue;
            }
            plans.push(draft.plan(article, path, text));
        }
        if disputed > 0 {
            self.toasts.push(
                format!("{} not saved: a conflict waits for your answer", articles(disputed)),
                Tone::Note,
                Some(show_conflicts()),
            );
        } else if plans.is_empty() && !under_way {
            return self.toasts.note("Everything is saved");
        }
        if !plans.is_empty() {
            self.send_plans(plans);
        }
    }

    fn send_plans(&mut self, plans: Vec<SavePlan>) {
        let Some(sitting) = &mut self.sitting else { return };
        sitting.saving.of += plans.len();
        self.effects.push(Effect::Save { generation: sitting.generation, plans });
    }

    pub(super) fn saved(&mut self, generation: u64, outcomes: Vec<(ArticleId, SaveOutcome)>) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let (mut journal, mut again, mut failures) = (Vec::new(), Vec::new(), Vec::new());
        let (mut disputed, mut lost) = (0, Vec::new());
        for (article, outcome) in outcomes {
            sitting.saving.done += 1;
            match outcome {
                SaveOutcome::Written(snapshot) => {
                    sitting.saving.written += 1;
                    again.extend(sitting.written(article, &snapshot));
                    journal.push(sitting.journal_entry(article, true));
                }
                SaveOutcome::MovedOn(snapshot) => {
                    match sitting.moved_on(article, &snapshot) {
                        Ok(Some(plan)) => again.push(plan),
                        // Not where nothing is pending any more: it was undone meanwhile.
                        Ok(None) => disputed += usize::from(sitting.is_disputed(article)),
                        Err(reason) => failures.push(reason),
                    }
                    journal.push(sitting.journal_entry(article, true));
                }
                SaveOutcome::Gone => {
                    sitting.not_saved(article);
                    lost.extend(sitting.lose(article).then_some(article));
                    journal.push(sitting.journal_entry(article, true));
                }
                SaveOutcome::Failed(reason) => {
                    journal.extend(sitting.still_pending(article));
                    failures.push(reason);
                }
                SaveOutcome::Stopped => {
                    journal.extend(sitting.still_pending(article));
                    sitting.saving.stopped += 1;
                }
            }
        }
        if !journal.is_empty() {
            self.effects.push(Effect::Journal(journal));
        }
        self.tell_decided();
        self.tell_lost(&lost);
        self.send_again(again);
        self.tell_saved(disputed, &failures);
    }

    fn send_again(&mut self, plans: Vec<SavePlan>) {
        if !plans.is_empty() {
            self.send_plans(plans);
        }
    }

    fn tell_saved(&mut self, disputed: usize, failures: &[String]) {
        let Some(sitting) = &mut self.sitting else { return };
        let finished = (sitting.saving.done >= sitting.saving.of).then(|| std::mem::take(&mut sitting.saving));
        if let Some(first) = failures.first() {
            let more = failures.len() - 1;
            let rest = if more == 0 { String::new() } else { format!(" (and {} more)", articles(more)) };
            self.toasts.save_failed(format!("Not saved: {first}{rest}"));
        }
        if disputed > 0 {
            self.toasts.push(
                format!("{} changed on disk where you changed it too; not saved yet", articles(disputed)),
                Tone::Note,
                Some(show_conflicts()),
            );
        }
        match finished {
            Some(Saving { written, stopped, .. }) if stopped > 0 => {
                self.toasts.note(format!("Stopped: {} saved, {} not", articles(written), grouped(stopped)));
            }
            Some(Saving { written, .. }) if written > 0 => {
                self.toasts.undoable(format!("{} saved", articles(written)));
            }
            Some(_) | None => {}
        }
        let all_saved = self.changed_count() + self.waiting_count() == 0;
        if self.overlay == Some(Overlay::ConfirmQuit) && finished.is_some() && all_saved {
            self.overlay = None;
            self.quit();
        }
    }
}

impl Draft {
    /// A save of this text begins.
    fn plan(&mut self, article: ArticleId, path: SitePath, text: Arc<str>) -> SavePlan {
        let over = self.base.as_ref().map(|base| base.hash);
        self.saving = Some(UnderWay { text: Arc::clone(&text), over, again: false });
        SavePlan { article, path, expected: over, text }
    }
}

impl Sitting {
    /// The file is what the plan said: the base of what was typed meanwhile, which is saved as well where that was asked for.
    fn written(&mut self, article: ArticleId, snapshot: &Snapshot) -> Option<SavePlan> {
        self.note_told(std::iter::once(&snapshot.path));
        let version = Version::of(snapshot)?;
        let mut again = false;
        if let Some(draft) = self.drafts.get_mut(&article) {
            let saving = draft.saving.take();
            draft.moved_on = 0;
            again = saving.as_ref().is_some_and(|saving| saving.again);
            // Else another program wrote over it, and that was told first: its version is the newer one.
            if saving.is_none_or(|saving| draft.is_planned_over(&saving)) {
                draft.base = Some(version);
            }
        }
        self.refresh(article);
        let path = self.catalog.path(article);
        let draft = self.drafts.get_mut(&article).filter(|draft| again && !draft.is_disputed())?;
        let text = draft.ours.clone()?;
        Some(draft.plan(article, path, text))
    }

    /// The file had moved on: merges, and plans again unless something is disputed.
    fn moved_on(&mut self, article: ArticleId, snapshot: &Snapshot) -> Result<Option<SavePlan>, String> {
        self.not_saved(article);
        match self.meet(article, snapshot) {
            Met::Disputed => return Ok(None),
            Met::Merged => {}
        }
        let path = self.catalog.path(article);
        let Some(draft) = self.drafts.get_mut(&article) else { return Ok(None) };
        draft.moved_on += 1;
        if draft.moved_on > MOST_RETRIES {
            draft.moved_on = 0;
            return Err(format!("{path}: another program keeps changing it; save again when it is quiet"));
        }
        let Some(text) = draft.ours.clone() else { return Ok(None) };
        Ok(Some(draft.plan(article, path, text)))
    }

    /// Nothing was written. Where the edit was undone meanwhile nothing is pending any more; answers with what the journal has to
    /// know of that.
    fn still_pending(&mut self, article: ArticleId) -> Option<JournalEntry> {
        self.not_saved(article);
        let draft = self.drafts.get(&article).filter(|draft| draft.is_clean())?;
        if draft.base.is_none() || draft.fate.is_some() {
            self.let_go(article);
        } else {
            self.refresh(article);
        }
        Some(self.journal_entry(article, true))
    }

    fn not_saved(&mut self, article: ArticleId) {
        if let Some(draft) = self.drafts.get_mut(&article) {
            draft.saving = None;
        }
    }
}

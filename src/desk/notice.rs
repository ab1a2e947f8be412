//! What must not go unread: many files gone at once, and saved edits that another program overwrote unseen. A banner asks.
//!
//! Invariant: while files of more than a fifth of the site are missing nothing is saved; no edit is given up without an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::decide::{Incoming, Merges, Winner};
use super::edit::{Role, Work};
use super::effect::Effect;
use super::sitting::Sitting;
use super::toast::{articles, grouped};
use super::{Desk, Judge};
use crate::article::Record;
use crate::document::Document;
use crate::document::changes::{changes, value_changes};
use crate::document::merge::{Policy, Side, merge};
use crate::file::{ContentHash, SitePath, Snapshot};

/// So many files, and so large a share of the site, have to go before the desk asks.
const MANY: usize = 20;
const SHARE: usize = 5;

/// Problems of a file that cannot be read as an article.
const BROKEN: [&str; 7] = ["unreadable", "encoding", "unclosed", "syntax", "not-a-map", "limit", "documents"];

/// Files that went or broke in this sitting.
#[derive(Clone, Debug, Default)]
pub struct Losses {
    paths: BTreeSet<SitePath>,
    /// How many articles there were when the first of them went.
    of: usize,
    /// Whether the desk asks, and saves nothing meanwhile.
    asks: bool,
}

impl Losses {
    /// It is meant that this one is gone.
    pub(super) fn forget(&mut self, path: &SitePath) {
        self.paths.remove(path);
    }
}

/// A saved edit that is not on disk any more, though nobody who wrote there had seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overwritten {
    /// The article.
    pub path: SitePath,
    /// What it was before it was saved.
    pub before: Arc<str>,
    /// What was saved.
    pub saved: Arc<str>,
    /// What is there now.
    pub now: ContentHash,
    /// The fields in which the edit is lost.
    pub fields: Vec<String>,
    /// Whether the other program wrote so soon after that its own value was not made from ours either.
    pub raced: bool,
}

/// What the desk asks in its banner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// So many articles of so many are gone or cannot be read.
    Lost(usize, usize),
    /// Saved edits of so many articles were overwritten; in these fields.
    Overwritten(usize, Vec<String>),
}

/// The fields of a saved edit that another program's version lacks because it was made without having seen it: those that say
/// again what they said before. Where it was written in the very moment of the save (`raced`), also those that say a third thing.
#[must_use]
pub fn lost_fields(before: &Document, saved: &Document, now: &Document, raced: bool) -> Vec<String> {
    let Ok(merged) = merge(before, saved, now, &|_| Policy::Ask) else { return Vec::new() };
    let mut fields: Vec<String> = changes(now, &merged.document).iter().map(|it| it.field().to_string()).collect();
    if raced {
        fields.extend(merged.conflicts.iter().map(|conflict| conflict.field().to_string()));
    }
    // Where our edit only moved things about, or the other program says the same in other words, nothing is lost.
    if !raced && value_changes(now.data(), merged.document.data()).is_empty() && now.body() == merged.document.body() {
        fields.clear();
    }
    for field in fields.iter_mut().filter(|field| field.is_empty()) {
        "body".clone_into(field);
    }
    fields.sort();
    fields.dedup();
    fields
}

impl Desk {
    /// What the banner asks: the worst first.
    #[must_use]
    pub fn notice(&self) -> Option<Notice> {
        let sitting = self.sitting.as_ref()?;
        if sitting.losses.asks {
            return Some(Notice::Lost(sitting.losses.paths.len(), sitting.losses.of));
        }
        if sitting.overwritten.is_empty() {
            return None;
        }
        let fields: BTreeSet<String> = sitting.overwritten.values().flat_map(|it| it.fields.iter().cloned()).collect();
        Some(Notice::Overwritten(sitting.overwritten.len(), fields.into_iter().collect()))
    }

    /// Asks when too much is gone, and goes on when it is back.
    pub(super) fn watch_losses(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        let losses = &mut sitting.losses;
        let is_much = losses.paths.len() > MANY && losses.paths.len() * SHARE > losses.of;
        if losses.asks && !is_much {
            *losses = Losses::default();
            self.toasts.note("The files are back; saving goes on");
        } else if is_much {
            losses.asks = true;
        }
    }

    /// Whether saving waits for the answer to the banner; says so then.
    pub(super) fn is_paused(&mut self) -> bool {
        let Some(Notice::Lost(lost, of)) = self.notice() else { return false };
        self.toasts.note(format!(
            "Nothing is saved while {} of {} articles are gone; answer above the table first",
            grouped(lost),
            grouped(of)
        ));
        true
    }

    /// Articles cannot be looked at: they stay, and where they are too many nothing is saved.
    pub(super) fn out_of_sight(&mut self, generation: u64, articles: &[SitePath]) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        sitting.note_losses(&[], &[], articles);
        self.watch_losses();
    }

    /// It is meant that the files are gone.
    pub(super) fn accept_losses(&mut self) {
        self.with_sitting(|sitting| sitting.losses = Losses::default());
        self.look(super::view::Renewal::Beside);
    }

    pub(super) fn overwritten(&mut self, generation: u64, files: Vec<Overwritten>) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        for file in files {
            sitting.overwritten.insert(file.path.clone(), file);
        }
    }

    /// Makes the overwritten edits again (or leaves them), and lets the disk's versions count as seen.
    pub(super) fn answer_overwritten(&mut self, again: bool) {
        let Some(sitting) = &mut self.sitting else { return };
        let files = std::mem::take(&mut sitting.overwritten);
        let seen = files.values().map(|file| (file.path.clone(), file.now)).collect();
        self.effects.push(Effect::Acknowledge(seen));
        if !again {
            return;
        }
        let versions: BTreeMap<_, _> = files
            .into_values()
            .filter_map(|file| {
                let winner = if file.raced { Winner::Incoming } else { Winner::Article };
                let incoming = Incoming { base: Some(file.before), text: file.saved, winner };
                Some((sitting.catalog.id_of(&file.path)?, incoming))
            })
            .collect();
        let targets: Vec<_> = versions.keys().copied().collect();
        if targets.is_empty() {
            return self.toasts.note(format!("{} are gone", articles(0)));
        }
        let work = Work::Merges(Merges { versions, side: Side::Ours, displaced: None });
        self.start("saved edits made again".to_owned(), None, work, targets, Role::Do, Judge::No);
    }
}

impl Sitting {
    /// Counts what went or broke, and what came back.
    pub(super) fn note_losses(
        &mut self,
        files: &[(Snapshot, Option<Record>)],
        gone: &[SitePath],
        unreadable: &[SitePath],
    ) {
        let is_broken = |record: &Record| record.problems.iter().any(|code| BROKEN.contains(code));
        let (broken, good): (Vec<_>, Vec<_>) =
            files.iter().partition(|(_, record)| record.as_ref().is_none_or(is_broken));
        let was_good = |path: &&SitePath| {
            let article = self.catalog.id_of(path);
            article.is_some_and(|id| !self.catalog.problem_codes(id).iter().any(|code| BROKEN.contains(code)))
        };
        let broken = broken.iter().map(|(snapshot, _)| &snapshot.path);
        let lost = gone.iter().chain(unreadable).chain(broken);
        let lost: Vec<SitePath> = lost.filter(was_good).cloned().collect();
        if self.losses.paths.is_empty() {
            self.losses.of = self.catalog.len();
        }
        self.losses.paths.extend(lost);
        for (snapshot, _) in good {
            self.losses.paths.remove(&snapshot.path);
        }
    }

    /// Files that a scan found are there.
    pub(super) fn found_again(&mut self, records: &[Record]) {
        if !self.losses.paths.is_empty() {
            for record in records {
                self.losses.paths.remove(&record.path);
            }
        }
    }
}

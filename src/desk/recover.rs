//! Unsaved edits of earlier sittings: taken up again as ordinary pending edits, merged into the files as they are today.
//!
//! Invariant: whatever became of a file meanwhile, the edits that the journal holds are there, or a conflict says why not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::{Draft, Fate, Version};
use super::effect::{Deed, JournalEntry, OnDisk, StepNote};
use super::history::{Change, Step};
use super::sitting::Sitting;
use super::toast::articles;
use super::view::Renewal;
use super::{Command, Desk, Tone};
use crate::article::{Article, Record};
use crate::catalog::ArticleId;
use crate::document::Document;
use crate::file::{ContentHash, Stamp};
use crate::site::paths::collection_of;

/// So many steps of an article are kept in the journal; of older ones only what they made.
const STEPS: usize = 200;

/// What the journal holds of one article.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// Its entries, in the order they were made.
    entries: Vec<JournalEntry>,
    /// The steps that made them, with what each changed; the article's number is not known yet.
    steps: Vec<(StepNote, Change)>,
    /// How the file is found today.
    today: OnDisk,
}

/// Adds an entry to what is pending in its article; nothing is left when it says that nothing is.
pub fn keep(entries: &mut Vec<JournalEntry>, entry: JournalEntry) {
    if entry.ours.is_none() {
        return entries.clear();
    }
    let number = |entry: &JournalEntry| entry.step.as_ref().filter(|it| it.deed == Deed::Do).map(|it| it.number);
    let base = entries.iter().rev().find_map(|entry| entry.base.as_ref());
    let says_nothing_new = entry.step.is_none()
        && (entry.base.is_none() || entry.base.as_ref() == base)
        && entries.last().is_some_and(|last| {
            last.ours == entry.ours && last.conflicts == entry.conflicts && last.kept == entry.kept
        });
    if says_nothing_new {
        return;
    }
    match entries.last_mut() {
        // Typing goes on: one step, one entry.
        Some(last) if entry.base.is_none() && number(last).is_some() && number(last) == number(&entry) => {
            let base = last.base.take();
            *last = JournalEntry { base, ..entry };
        }
        _ => entries.push(entry),
    }
    if entries.len() > STEPS {
        let oldest = entries.remove(0);
        if let Some(next) = entries.first_mut().filter(|next| next.base.is_none()) {
            next.base = oldest.base;
        }
    }
}

impl Recovered {
    /// Works out what each step changed. Pure, and costly for many articles: done where nobody waits.
    #[must_use]
    pub fn new(entries: Vec<JournalEntry>, today: OnDisk) -> Self {
        let read = |text: &str| Document::parse(text.as_bytes());
        let first = entries.first().and_then(|entry| entry.base.clone()).flatten().unwrap_or_default();
        let (mut before, mut steps): (_, Vec<(StepNote, Change)>) = (read(&first), Vec::new());
        let mut disk = read(&first);
        let base = read(entries.iter().rev().find_map(|entry| entry.base.clone()).flatten().as_deref().unwrap_or(""));
        for entry in &entries {
            let after = read(entry.ours.as_deref().unwrap_or_default());
            if let Some(theirs) = entry.base.as_ref().map(|base| read(base.as_deref().unwrap_or_default())) {
                if entry.step.is_none() {
                    steps.iter_mut().for_each(|(_, change)| change.overrule(&disk, &theirs, &after));
                }
                disk = theirs;
            }
            if let Some(note) = &entry.step {
                steps.push((note.clone(), Change::between(ArticleId::default(), &before, &after)));
            }
            before = after;
        }
        if !steps.iter().any(|(note, _)| note.deed == Deed::Do) && base.text() != before.text() {
            // The steps are not known any more: all of it is one.
            let (number, order) = (u64::MAX, 0);
            let label = "unsaved edits of the last time".to_owned();
            let change = Change::between(ArticleId::default(), &base, &before);
            steps = vec![(StepNote { number, order, deed: Deed::Do, label }, change)];
        }
        Self { entries, steps, today }
    }

    /// What was pending last, on what.
    fn last(&self) -> Option<JournalEntry> {
        let base = self.entries.iter().rev().find_map(|entry| entry.base.clone());
        self.entries.last().map(|last| JournalEntry { base, step: None, ..last.clone() })
    }
}

impl Desk {
    /// Takes up the unsaved edits of earlier sittings, as ordinary pending edits; then those of this one begin.
    pub(super) fn take_up(&mut self, generation: u64, found: Vec<Recovered>, trouble: Option<String>) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        sitting.is_recovered = true;
        let (mut taken_up, mut journal, mut steps) = (0, Vec::new(), BTreeMap::new());
        let (mut lost, mut disputed) = (Vec::new(), 0);
        for recovered in found {
            let Some(last) = recovered.last() else { continue };
            if last.is_settled() {
                // The disk has the word, whatever it says by now.
                journal.push(JournalEntry::new(last.path, None, None));
                continue;
            }
            let Some(article) = sitting.take_up(last) else { continue };
            let old = sitting.drafts.get(&article).map(|draft| Document::parse(draft.base_text().as_bytes()));
            sitting.meet_today(article, recovered.today);
            let draft = sitting.drafts.get(&article);
            let theirs = draft.map(|draft| Document::parse(draft.base_text().as_bytes()));
            let ours = draft.map(|draft| Document::parse(draft.ours.as_deref().unwrap_or_default().as_bytes()));
            for (note, mut change) in recovered.steps {
                if let (Some(old), Some(theirs), Some(ours)) = (&old, &theirs, &ours) {
                    change.overrule(old, theirs, ours);
                }
                let made: &mut (StepNote, Vec<Change>) =
                    steps.entry((note.order, note.number)).or_insert_with(|| (note, Vec::new()));
                made.1.push(Change { article, ..change });
            }
            journal.push(sitting.journal_entry(article, true));
            taken_up += usize::from(sitting.drafts.contains_key(&article));
            match sitting.drafts.get(&article).and_then(|draft| draft.fate.as_ref()) {
                Some(Fate::Gone | Fate::Moved { .. }) => lost.push(article),
                Some(Fate::Clash { .. }) | None => disputed += usize::from(sitting.is_disputed(article)),
            }
        }
        let newest = steps.values().map(|(note, _)| note.order.max(note.number)).filter(|it| *it < u64::MAX).max();
        let (done, undone) = replayed(steps.into_values());
        sitting.history.take_up(done, undone);
        self.serial = self.serial.max(newest.unwrap_or(0));
        if !journal.is_empty() {
            self.effects.push(super::Effect::Journal(journal));
        }
        self.tell_decided();
        self.tell_lost(&lost);
        self.tell_disputed(disputed);
        if let Some(trouble) = trouble {
            self.toasts.error(trouble);
        }
        if taken_up > 0 {
            self.look_soon(Renewal::Beside);
            self.toasts.push(
                format!("{} with unsaved edits of the last time", articles(taken_up)),
                Tone::Note,
                Some(("Show".to_owned(), Command::Filter("is:changed".to_owned()))),
            );
        }
        self.start_waiting();
    }
}

/// What was done and what was taken back, after these deeds in this order.
fn replayed(deeds: impl Iterator<Item = (StepNote, Vec<Change>)>) -> (Vec<Step>, Vec<Step>) {
    let (mut done, mut undone) = (Vec::<Step>::new(), Vec::<Step>::new());
    for (note, changes) in deeds {
        let take = |from: &mut Vec<Step>| {
            let at = from.iter().rposition(|step| step.number == note.number)?;
            Some(from.remove(at))
        };
        match note.deed {
            Deed::Do => {
                undone.clear();
                if let Some(last) = done.last_mut().filter(|last| last.number == note.number) {
                    Arc::make_mut(&mut last.changes).extend(changes);
                } else {
                    let (number, label) = (note.number, note.label);
                    done.push(Step { number, label, group: None, changes: Arc::new(changes) });
                }
            }
            Deed::Undo => match take(&mut done) {
                Some(step) => undone.push(step.remade(&changes, false)),
                // The step itself was saved: taking it back was a new change.
                None => done.push(Step {
                    number: note.number,
                    label: format!("undone: {}", note.label),
                    group: None,
                    changes: Arc::new(changes),
                }),
            },
            Deed::Redo => done.extend(take(&mut undone).map(|step| step.remade(&changes, true))),
        }
    }
    (done, undone)
}

impl Sitting {
    /// What is pending is merged into today's file, as if the file had changed just now.
    fn meet_today(&mut self, article: ArticleId, today: OnDisk) {
        match today {
            OnDisk::File(snapshot) => {
                if !self.is_our_own_write(article, &snapshot) {
                    self.meet(article, &snapshot);
                }
            }
            OnDisk::Gone => {
                self.lose(article);
            }
            OnDisk::Moved(snapshot) => {
                self.lose(article);
                if self.catalog.id_of(&snapshot.path).is_none() {
                    let document = Document::parse(&snapshot.bytes);
                    let schema = self.site.schema(collection_of(&snapshot.path));
                    let about = Article::new(&document, &schema, &snapshot.path);
                    self.catalog.upsert(Record::in_site(&about, snapshot.stamp, &self.site));
                }
                self.find_again(&[snapshot]);
            }
            OnDisk::Unreadable(why) => {
                self.clash(article, why, None);
            }
        }
    }

    /// Makes a draft of what the journal says was pending.
    fn take_up(&mut self, entry: JournalEntry) -> Option<ArticleId> {
        let ours = entry.ours?;
        let base = entry.base.flatten();
        let article = self.catalog.id_of(&entry.path).unwrap_or_else(|| {
            // A new article that was never saved, or a file that is gone since.
            let schema = self.site.schema(collection_of(&entry.path));
            let document = Document::parse(ours.as_bytes());
            let article = Article::new(&document, &schema, &entry.path);
            self.catalog.upsert(Record::in_site(&article, Stamp::default(), &self.site))
        });
        let version = base.map(|text| Version {
            hash: ContentHash::of(text.as_bytes()),
            text: text.into(),
            stamp: self.catalog.stamp(article),
        });
        let (conflicts, kept) = (entry.conflicts, entry.kept);
        self.drafts.insert(article, Draft { conflicts, kept, ..Draft::new(version, ours.into()) });
        self.refresh(article);
        Some(article)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::merge::Conflict;
    use crate::file::SitePath;

    fn entry(base: Option<&str>, ours: &str, step: Option<(u64, Deed)>) -> JournalEntry {
        let path = SitePath::new("_news/a.md").unwrap();
        let base = base.map(|base| Some(base.to_owned()));
        let step = step.map(|(number, deed)| StepNote { number, order: number, deed, label: String::new() });
        JournalEntry { step, ..JournalEntry::new(path, base, Some(ours.to_owned())) }
    }

    fn kept(entries: Vec<JournalEntry>) -> Vec<JournalEntry> {
        let mut list = Vec::new();
        entries.into_iter().for_each(|entry| keep(&mut list, entry));
        list
    }

    #[test]
    fn an_entry_that_says_nothing_new_is_not_kept_and_any_other_is() {
        let first = || entry(Some("old"), "new", Some((1, Deed::Do)));
        let said = |next: JournalEntry| kept(vec![first(), next]).len() == 1;
        assert!(said(entry(None, "new", None)), "the same text");
        assert!(said(entry(Some("old"), "new", None)), "and what it was made from");
        assert!(!said(entry(None, "newer", None)), "another text");
        assert!(!said(entry(Some("theirs"), "new", None)), "a file that moved on below the edit");
        assert!(!said(entry(None, "new", Some((2, Deed::Undo)))), "a step, though it changes nothing");
        let about = Conflict { pointer: None, base: None, ours: None, theirs: None, place: None };
        assert!(!said(JournalEntry { conflicts: vec![about.clone()], ..entry(None, "new", None) }), "a question");
        assert!(!said(JournalEntry { kept: vec![about], ..entry(None, "new", None) }), "what was decided");
        assert_eq!(kept(vec![entry(Some("old"), "old", None)]).len(), 1, "the first is always new");
    }

    #[test]
    fn typing_is_one_entry_with_the_base_it_began_from_and_steps_stay_apart() {
        let typed = |text, number| entry(None, text, Some((number, Deed::Do)));
        let list = kept(vec![entry(Some("old"), "a", Some((1, Deed::Do))), typed("ab", 1), typed("abc", 1)]);
        assert_eq!(list, [entry(Some("old"), "abc", Some((1, Deed::Do)))]);
        let list = kept(vec![entry(Some("old"), "a", Some((1, Deed::Do))), typed("ab", 2)]);
        assert_eq!(list.len(), 2, "another step");
        let list = kept(vec![typed("a", 1), entry(Some("theirs"), "ab", Some((1, Deed::Do)))]);
        assert_eq!(list.len(), 2, "the file moved on while it was typed");
        let undone = |text| entry(None, text, Some((1, Deed::Undo)));
        assert_eq!(kept(vec![typed("a", 1), undone("b"), undone("c")]).len(), 3, "what is taken back is not typing");
        assert_eq!(kept(vec![typed("a", 1), JournalEntry { ours: None, ..entry(None, "", None) }]), []);
    }

    #[test]
    fn of_very_many_steps_the_oldest_go_and_the_base_stays() {
        let mut list = vec![entry(Some("old"), "0", Some((0, Deed::Do)))];
        for number in 1..STEPS as u64 {
            keep(&mut list, entry(None, &number.to_string(), Some((number, Deed::Do))));
        }
        assert_eq!(list.len(), STEPS);
        keep(&mut list, entry(None, "last", Some((STEPS as u64, Deed::Do))));
        assert_eq!(list.len(), STEPS);
        assert_eq!(list[0].base, Some(Some("old".to_owned())));
        assert_eq!((list[0].ours.as_deref(), list[STEPS - 1].ours.as_deref()), (Some("1"), Some("last")));
        // A base of its own is the newer one.
        let mut list = vec![entry(Some("old"), "0", None), entry(Some("theirs"), "1", None)];
        list.extend((2..=STEPS).map(|number| entry(None, &number.to_string(), Some((number as u64, Deed::Do)))));
        keep(&mut list, entry(None, "last", Some((STEPS as u64 + 1, Deed::Do))));
        assert_eq!(list[0].base, Some(Some("theirs".to_owned())));
    }
}

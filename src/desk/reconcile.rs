//! A file moved on: merged with what is pending, field by field, or a conflict that waits in its draft.
//!
//! Invariant: a conflict is state, not an error; the rest of the merge goes on, and nothing of either side is dropped unseen.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::command::Which;
use super::decide::{Answers, Incoming, Merges, Winner};
use super::draft::{Draft, Fate, UnderWay, Version};
use super::edit::{Role, Work};
use super::effect::Aside;
use super::history::Change;
use super::sitting::Sitting;
use super::toast::articles;
use super::{Command, Desk, Edit, Judge, Tab, Tone};
use crate::article::{Article, Intent, Record};
use crate::catalog::ArticleId;
use crate::document::changes::changes;
use crate::document::merge::{Conflict, Merged, Policy, Side, answer, merge, merge_without_base};
use crate::document::{Customs, Document, FieldPath, Operation, Patch, Pointer, Value};
use crate::file::{SitePath, Snapshot};

/// What a merge with the disk came to.
pub(super) enum Met {
    /// Merged, nothing disputed.
    Merged,
    /// Merged but for conflicts, or not at all: the editor must look.
    Disputed,
}

/// The problem of a file in which git left its markers.
pub(super) const MARKERS: &str = "conflict-markers";

impl Desk {
    pub(super) fn changed_outside(
        &mut self,
        generation: u64,
        files: Vec<(Snapshot, Option<Record>)>,
        gone: &[SitePath],
        unreadable: Vec<(SitePath, String)>,
    ) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let seen = files.iter().map(|(snapshot, _)| &snapshot.path);
        sitting.note_told(seen.chain(gone).chain(unreadable.iter().map(|(path, _)| path)));
        let broken: Vec<SitePath> = unreadable.iter().map(|(path, _)| path.clone()).collect();
        sitting.note_losses(&files, gone, &broken);
        let (mut journal, mut disputed, mut lost) = (Vec::new(), 0, Vec::new());
        let arrived: Vec<Snapshot> = files
            .iter()
            .filter(|(snapshot, record)| record.is_some() && sitting.catalog.id_of(&snapshot.path).is_none())
            .map(|(snapshot, _)| snapshot.clone())
            .collect();
        for (snapshot, record) in files {
            let known = sitting.catalog.id_of(&snapshot.path);
            match known {
                Some(article) if sitting.drafts.contains_key(&article) => {
                    if sitting.is_our_own_write(article, &snapshot) {
                        continue;
                    }
                    if !matches!(sitting.meet(article, &snapshot), Met::Merged) {
                        disputed += 1;
                    }
                    journal.push(sitting.journal_entry(article, true));
                }
                known => sitting.take_news(known, &snapshot, record),
            }
        }
        for (path, why) in unreadable {
            let Some(article) = sitting.catalog.id_of(&path) else { continue };
            disputed += usize::from(sitting.clash(article, why, None));
        }
        for path in gone {
            lost.extend(sitting.catalog.id_of(path).filter(|article| sitting.lose(*article)));
            sitting.forget(path);
        }
        sitting.find_again(&arrived);
        if !journal.is_empty() {
            self.effects.push(super::Effect::Journal(journal));
        }
        self.settle();
        self.tell_decided();
        self.watch_losses();
        self.tell_lost(&lost);
        self.tell_disputed(disputed);
    }

    /// Says how many articles wait for an answer since they were changed on disk.
    pub(super) fn tell_disputed(&mut self, count: usize) {
        if count > 0 {
            let text = format!("{} changed on disk where you changed it too", articles(count));
            self.toasts.push(text, Tone::Note, Some(show_conflicts()));
        }
    }

    /// Says which files are gone under unsaved edits.
    pub(super) fn tell_lost(&mut self, lost: &[ArticleId]) {
        let Some(sitting) = &self.sitting else { return };
        let text = match lost {
            [] => return,
            [one] => {
                let path = sitting.catalog.path(*one);
                match sitting.drafts.get(one).and_then(|draft| draft.fate.as_ref()) {
                    Some(Fate::Moved { to, .. }) => {
                        format!("{path}: renamed to {} while you had unsaved edits in it", sitting.catalog.path(*to))
                    }
                    _ => format!("{path}: the file is gone, and you have unsaved edits in it"),
                }
            }
            many => format!("The files of {} with unsaved edits are gone", articles(many.len())),
        };
        self.toasts.push(text, Tone::Note, Some(show_conflicts()));
    }

    /// Says what was decided without asking.
    pub(super) fn tell_decided(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        let decided = std::mem::take(&mut sitting.decided);
        let value = |value: &Option<crate::document::Value>| match value {
            Some(value) => value.as_str().map_or_else(|| value.to_json().to_string(), str::to_owned),
            None => "nothing".to_owned(),
        };
        let (kept, given): (Vec<_>, Vec<_>) = decided.into_iter().partition(|(_, _, side)| *side == Side::Ours);
        match kept.as_slice() {
            [] => {}
            [(_, one, _)] => {
                let (ours, theirs) = (value(&one.ours), value(&one.theirs));
                let text = format!("{}: changed on disk too; kept yours {ours}, theirs {theirs}", one.field());
                self.toasts.push(text, Tone::Note, Some(("Show".to_owned(), Command::Tab(Tab::Changes))));
            }
            many => {
                let text = format!("{} values changed on disk too; kept yours", many.len());
                self.toasts.push(text, Tone::Note, Some(("Show".to_owned(), Command::Tab(Tab::Changes))));
            }
        }
        match given.as_slice() {
            [] => {}
            [(article, one, _)] => {
                let (ours, theirs) = (value(&one.ours), value(&one.theirs));
                let text =
                    format!("{}: took theirs {theirs} over yours {ours}, as the site's settings say", one.field());
                let mine = match (&one.pointer, &one.ours) {
                    (Some(at), Some(ours)) if *at == at.field().pointer() => {
                        let intent = Intent::Set(one.field(), ours.clone());
                        Some(Command::Edit(Edit::of(*article, format!("{} as you had it", one.field()), vec![intent])))
                    }
                    _ => None,
                };
                self.toasts.push(text, Tone::Note, mine.map(|command| ("Keep mine".to_owned(), command)));
            }
            many => {
                self.toasts.note(format!("{} values: took theirs over yours, as the site's settings say", many.len()));
            }
        }
    }

    /// Merges what another program wrote into the version that our save had put aside.
    pub(super) fn displaced(&mut self, aside: Aside) {
        let Some(sitting) = self.sitting.as_mut().filter(|sitting| sitting.scan.done) else {
            return self.aside.push(aside);
        };
        let Aside { number, path, base, bytes } = aside;
        // Where the article is gone the version stays aside, and comes again at the next start.
        let Some(article) = sitting.catalog.id_of(&path) else { return };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return self.toasts.error(format!(
                "{path}: another program wrote it in the moment it was saved, and not as text; its version is kept aside"
            ));
        };
        let versions = BTreeMap::from([(article, Incoming { base, text: text.into(), winner: Winner::Policy })]);
        let work = Work::Merges(Merges { versions, side: Side::Theirs, displaced: Some(number) });
        let label = "merged with a change that another program made in the moment of the save".to_owned();
        self.start(label, None, work, vec![article], Role::Do, Judge::No);
    }

    pub(super) fn resolve(&mut self, article: Option<ArticleId>, which: Which, side: Side) {
        let Some(sitting) = &mut self.sitting else { return };
        let candidates: Vec<ArticleId> = article.map_or_else(|| sitting.disputed().collect(), |article| vec![article]);
        let (mut open, mut targets) = (BTreeMap::new(), Vec::new());
        for article in candidates {
            match sitting.drafts.get(&article) {
                Some(draft) if draft.conflicts.iter().any(|conflict| which.means(conflict)) => {
                    open.insert(article, draft.conflicts.as_slice().into());
                    targets.push(article);
                }
                None if sitting.has_markers(article) => targets.push(article),
                Some(_) | None => {}
            }
        }
        if targets.is_empty() {
            return self.toasts.note("There is nothing to answer");
        }
        let whose = if side == Side::Ours { "kept yours" } else { "kept theirs" };
        let label = match &which {
            Which::All => whose.to_owned(),
            Which::Field(field) => format!("{whose}: {}", name_of(field)),
            Which::At(at) => format!("{whose}: {}", name_of(&at.as_ref().map(Pointer::field).unwrap_or_default())),
        };
        let work = Work::Answers(Answers { open, since: BTreeMap::new(), which, side });
        self.start(label, None, work, targets, Role::Do, Judge::No);
    }
}

/// The offer to look at what is disputed.
pub(super) fn show_conflicts() -> (String, Command) {
    ("Show".to_owned(), Command::Filter("is:conflict".to_owned()))
}

/// What a field is called in a message.
pub(super) fn name_of(field: &FieldPath) -> String {
    if field.parts().is_empty() { "body".to_owned() } else { field.to_string() }
}

impl Sitting {
    /// Takes in what is new on disk in an article without unsaved edits.
    fn take_news(&mut self, known: Option<ArticleId>, snapshot: &Snapshot, record: Option<Record>) {
        let Some(record) = record else { return self.forget(&snapshot.path) };
        let Some(article) = known else {
            let article = self.catalog.upsert(record);
            self.overtake(article);
            self.texts.take(article);
            self.new.insert(article);
            self.unseen.insert(article);
            return;
        };
        let ours = self.texts.get(article).and_then(|opened| opened.version.as_ref());
        // Content decides where it is here: what was written in the moment of a save can have the stamp of what was saved.
        let news = match ours {
            Some(version) => version.hash != snapshot.hash(),
            None => self.catalog.stamp(article) != record.stamp,
        };
        if news && self.texts.get(article).is_some() {
            self.texts.put(article, Version::of(snapshot), Document::parse(&snapshot.bytes));
        }
        self.catalog.upsert(record);
        self.overtake(article);
        if news {
            self.updated.insert(article);
            self.unseen.insert(article);
        }
    }

    /// Merges what is pending with the version that is on disk now.
    pub(super) fn meet(&mut self, article: ArticleId, snapshot: &Snapshot) -> Met {
        let schema = self.schema_of(article);
        let policy = move |field: &FieldPath| schema.editor_policy(field);
        let Some(draft) = self.drafts.get_mut(&article) else { return Met::Merged };
        let old = draft.base.as_ref().map(|base| Arc::clone(&base.text));
        let Some(theirs) = Version::of(snapshot) else {
            let why = format!("{}: the file is not UTF-8 any more", snapshot.path);
            self.clash(article, why, Some(Version::shown(snapshot)));
            return Met::Disputed;
        };
        match draft.merge(&theirs, &policy) {
            Ok(decided) => {
                let ours = draft.ours.as_deref().unwrap_or_default();
                let versions = [old.as_deref().unwrap_or_default(), &theirs.text, ours];
                self.history.moved_on(article, versions);
                self.waiting.moved_on(article, versions);
                draft.base = Some(theirs);
                draft.fate = None;
                let clean = draft.conflicts.is_empty();
                self.decided.extend(decided.into_iter().map(|(conflict, side)| (article, conflict, side)));
                self.refresh(article);
                if clean { Met::Merged } else { Met::Disputed }
            }
            Err(refusal) => {
                let why = refusal.told_of(snapshot.path.as_str());
                self.clash(article, why, Some(theirs));
                Met::Disputed
            }
        }
    }

    /// Whether this version is what a save of ours just wrote, or what is known already.
    pub(super) fn is_our_own_write(&self, article: ArticleId, snapshot: &Snapshot) -> bool {
        let Some(draft) = self.drafts.get(&article).filter(|draft| draft.fate.is_none()) else { return false };
        let is_saved = |saving: &UnderWay| saving.text.as_bytes() == &*snapshot.bytes && draft.is_planned_over(saving);
        draft.saving.as_ref().is_some_and(is_saved)
            || draft.base.as_ref().is_some_and(|base| base.text.as_bytes() == &*snapshot.bytes)
    }

    /// Derives everything again that follows from a draft: text in memory, fields, record.
    pub(super) fn refresh(&mut self, article: ArticleId) {
        let Some(draft) = self.drafts.get(&article) else { return };
        let (base, clean) = (draft.base.clone(), draft.is_clean());
        let document = Document::parse(draft.ours.as_deref().unwrap_or_default().as_bytes());
        if clean {
            self.drafts.remove(&article);
            self.fields.remove(&article);
        } else {
            let base_text = base.as_ref().map_or("", |base| &base.text);
            self.fields.insert(article, changes(&Document::parse(base_text.as_bytes()), &document));
        }
        let stamp = base.as_ref().map_or_else(|| self.catalog.stamp(article), |base| base.stamp);
        let (path, schema) = (self.catalog.path(article), self.schema_of(article));
        self.catalog.upsert(Record::in_site(&Article::new(&document, &schema, &path), stamp, &self.site));
        self.texts.put(article, base, document);
    }

    /// Whether something about the article waits for an answer.
    pub(super) fn is_disputed(&self, article: ArticleId) -> bool {
        self.drafts.get(&article).map_or_else(|| self.has_markers(article), Draft::is_disputed)
    }

    /// The articles about which something waits for an answer.
    pub(super) fn disputed(&self) -> impl Iterator<Item = ArticleId> + '_ {
        let marked = self.catalog.ids().filter(|id| !self.drafts.contains_key(id) && self.has_markers(*id));
        let drafts = self.drafts.iter().filter(|(_, draft)| draft.is_disputed()).map(|(id, _)| *id);
        drafts.chain(marked)
    }

    /// Whether git left its markers in the file.
    pub(super) fn has_markers(&self, article: ArticleId) -> bool {
        self.catalog.problem_codes(article).contains(&MARKERS)
    }

    /// An edit of a disputed field is an answer: the editor's new value.
    pub(super) fn answer_by_edit(&mut self, article: ArticleId, made: &[Change]) {
        let Some(document) = self.texts.get(article).map(|opened| opened.document.clone()) else { return };
        let Some(draft) = self.drafts.get_mut(&article) else { return };
        let edited: Vec<&Pointer> = made.iter().flat_map(|change| &change.patch.0).filter_map(edited_value).collect();
        draft.conflicts.retain(|conflict| {
            let at = conflict.pointer.as_ref().filter(|at| edited.contains(at));
            at.is_none_or(|at| document.get(at) == conflict.theirs.as_ref())
        });
        self.refresh(article);
    }

    /// An edit of a disputed field was taken back: the question is about what the editor had made of it before. Where that is
    /// what it was at first, theirs stands and there is no question any more.
    pub(super) fn withdraw(&mut self, article: ArticleId, changes: &[Change]) {
        let Some(draft) = self.drafts.get_mut(&article).filter(|draft| !draft.conflicts.is_empty()) else { return };
        for conflict in &mut draft.conflicts {
            for change in changes.iter().rev().filter(|change| change.article == article) {
                if let Some(before) = change.before_of(conflict) {
                    conflict.ours = before;
                }
            }
        }
        let same = |a: &Option<Value>, b: &Option<Value>| match (a, b) {
            (Some(a), Some(b)) => a.same_data(b),
            (a, b) => a.is_none() && b.is_none(),
        };
        draft.conflicts.retain(|it| !same(&it.ours, &it.base) && !same(&it.ours, &it.theirs));
        self.refresh(article);
    }
}

/// The value that an operation changes as a whole.
fn edited_value(operation: &Operation) -> Option<&Pointer> {
    match operation {
        Operation::Add { path, .. }
        | Operation::Remove { path }
        | Operation::Replace { path, .. }
        | Operation::Restore { path, .. } => Some(path),
        Operation::Move { .. }
        | Operation::Copy { .. }
        | Operation::Test { .. }
        | Operation::Rename { .. }
        | Operation::Body { .. }
        | Operation::Rewind { .. } => None,
    }
}

impl Draft {
    /// Merges what is pending into another version of the file. Answers with what was decided without asking, and for whom.
    fn merge(
        &mut self,
        theirs: &Version,
        policy: &dyn Fn(&FieldPath) -> Policy,
    ) -> Result<Vec<(Conflict, Side)>, crate::document::Refusal> {
        let parse = |text: &str| Document::parse(text.as_bytes());
        let ours = self.with_open_answers(parse(self.ours.as_deref().unwrap_or_default()))?;
        let merged = match &self.base {
            Some(base) => merge(&parse(&base.text), &ours, &parse(&theirs.text), policy)?,
            None => merge_without_base(&ours, &parse(&theirs.text), policy)?,
        };
        let Merged { document, conflicts, kept, given } = self.with_open_conflicts(merged, theirs);
        self.ours = Some(document.text().into());
        self.conflicts = conflicts;
        let decided = |conflicts: &[Conflict], side| conflicts.iter().map(|it| (it.clone(), side)).collect::<Vec<_>>();
        let decided = [decided(&kept, Side::Ours), decided(&given, Side::Theirs)].concat();
        for kept in kept {
            let before = self.kept.iter().position(|other| other.pointer == kept.pointer);
            let base = before.map(|at| self.kept.remove(at).base);
            self.kept.push(Conflict { base: base.unwrap_or(kept.base), ..kept });
        }
        Ok(decided)
    }

    /// Our text as it is where theirs stands for what nobody has answered yet: with ours there.
    fn with_open_answers(&self, mut ours: Document) -> Result<Document, crate::document::Refusal> {
        let mut open = self.conflicts.clone();
        while !open.is_empty() {
            let last = open.len() - 1;
            let patch = answer(ours.data(), &mut open, last, Side::Ours);
            ours = ours.apply(&patch, &Customs::default())?.document;
        }
        Ok(ours)
    }

    /// What was disputed stays so, unless both now say the same: theirs stands there again.
    fn with_open_conflicts(&self, mut merged: Merged, theirs: &Version) -> Merged {
        let theirs = Document::parse(theirs.text.as_bytes());
        for open in &self.conflicts {
            if let Some(again) = merged.conflicts.iter_mut().find(|it| it.pointer == open.pointer) {
                again.base.clone_from(&open.base);
                continue;
            }
            let operation = match &open.pointer {
                None => {
                    let text = theirs.body().to_owned();
                    (text != merged.document.body()).then_some(Operation::Body { text })
                }
                Some(at) => match (theirs.get(at).cloned(), merged.document.get(at)) {
                    (Some(value), Some(now)) if value.same_data(now) => None,
                    (None, None) => None,
                    (Some(value), Some(_)) => Some(Operation::Replace { path: at.clone(), value }),
                    (Some(value), None) => Some(Operation::Add { path: at.clone(), value, place: open.place }),
                    (None, Some(_)) => Some(Operation::Remove { path: at.clone() }),
                },
            };
            let Some(operation) = operation else { continue };
            // Where theirs cannot be put back, ours stays in the text: nothing is lost.
            let Ok(applied) = merged.document.apply(&Patch(vec![operation]), &Customs::default()) else { continue };
            merged.document = applied.document;
            let now = match &open.pointer {
                None => Some(Value::text(theirs.body())),
                Some(at) => theirs.get(at).cloned(),
            };
            merged.conflicts.push(Conflict { theirs: now, ..open.clone() });
        }
        merged
    }
}

//! The one place where an edit becomes a change: carried out here or on the way, then committed as one step.
//!
//! Invariant: an edit is committed when the text of every article is here and proved, all at once; refusals are told, and
//! an article that refuses keeps its text.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::command::{Command, Edit, Judge, Targets};
use super::decide::Merges;
use super::draft::{Draft, Fate};
use super::edit::{Part, Pending, Prepared, Role, Subject, Work, carry_out};
use super::effect::{Deed, Effect, JournalEntry, PrepareOrder, StepNote};
use super::history::{Change, Disputes, Step};
use super::reconcile::name_of;
use super::sitting::Sitting;
use super::toast::{articles, grouped};
use super::view::Renewal;
use super::{Desk, Tone};
use crate::article::{Article, Record};
use crate::catalog::ArticleId;
use crate::document::merge::Conflict;
use crate::document::{Document, Pointer, Value};
use crate::file::ContentHash;
use crate::text::Place;

/// Up to so many articles at hand an edit is carried out at once; more go to the workers.
pub(super) const AT_ONCE: usize = 32;

impl Desk {
    pub(super) fn edit(&mut self, edit: Edit) {
        let targets = match edit.targets {
            Targets::These(articles) => articles,
            Targets::Selection => self.targets(),
        };
        if targets.is_empty() {
            return;
        }
        let work = Work::Intents(edit.intents);
        self.start(edit.label, edit.group, work, targets, Role::Do, edit.judge);
    }

    pub(super) fn start(
        &mut self,
        label: String,
        group: Option<String>,
        work: Work,
        targets: Vec<ArticleId>,
        role: Role,
        judge: Judge,
    ) {
        let serial = self.next_serial();
        let single = targets.len() == 1;
        let pending = Pending {
            serial,
            label,
            group,
            work: Arc::new(work),
            articles: targets,
            role,
            sent: false,
            done: 0,
            judge,
            overtaken: BTreeSet::new(),
        };
        let Some(sitting) = &mut self.sitting else { return };
        if !sitting.is_recovered || sitting.waiting.blocks(&pending.articles) {
            sitting.waiting.push(pending);
        } else {
            self.carry_out_or_send(pending);
        }
        let advance = match judge {
            Judge::No => false,
            Judge::Yes => self.settings.auto_advance,
            Judge::Opposite => !self.settings.auto_advance,
        };
        if advance && single {
            self.advance();
        }
    }

    fn carry_out_or_send(&mut self, mut pending: Pending) {
        let Some(sitting) = &mut self.sitting else { return };
        let new = pending.articles.iter().filter(|id| !sitting.catalog.contains(**id) && pending.work.may_make(**id));
        for article in new.copied().take(AT_ONCE).collect::<Vec<_>>() {
            sitting.texts.put(article, None, Document::parse(b""));
        }
        let at_hand =
            pending.articles.len() <= AT_ONCE && pending.articles.iter().all(|id| sitting.texts.get(*id).is_some());
        if at_hand {
            let results = pending.articles.iter().map(|id| (*id, sitting.carry_out_here(&pending.work, *id))).collect();
            return self.commit(pending, results);
        }
        let items = pending.articles.iter().map(|id| sitting.item(*id, pending.work.may_make(*id))).collect();
        let order = PrepareOrder {
            serial: pending.serial,
            work: Arc::clone(&pending.work),
            site: Arc::clone(&sitting.site),
            articles: items,
        };
        pending.sent = true;
        sitting.waiting.push(pending);
        self.effects.push(Effect::Prepare(order));
    }

    pub(super) fn prepared(&mut self, serial: u64, results: Vec<(ArticleId, Result<Prepared, String>)>) {
        let Some(pending) = self.sitting.as_mut().and_then(|sitting| sitting.waiting.take(serial)) else {
            return; // It was undone, or the site closed, before it was done.
        };
        self.commit(pending, results);
        self.start_waiting();
    }

    pub(super) fn start_waiting(&mut self) {
        while let Some(pending) = self.sitting.as_mut().and_then(|sitting| sitting.waiting.take_free()) {
            self.carry_out_or_send(pending);
        }
    }

    fn commit(&mut self, pending: Pending, results: Vec<(ArticleId, Result<Prepared, String>)>) {
        let smallest = self.smallest_picture();
        let order = self.next_serial();
        let Some(sitting) = &mut self.sitting else { return };
        let step = sitting.noted(&pending, order);
        let (mut changes, mut refusals, mut journal, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut stays, mut unchanged) = (Vec::new(), 0);
        let count = sitting.catalog.len();
        for (article, result) in sitting.proved_again(&pending, results) {
            let is_there = sitting.catalog.contains(article) || pending.work.may_make(article);
            match result {
                Ok(_) if !is_there => {
                    let path = sitting.catalog.path(article);
                    refusals.push((article, format!("{path}: the file was removed meanwhile")));
                }
                Ok(mut prepared) => {
                    unchanged += usize::from(!prepared.stays.is_empty() && prepared.changes.is_empty());
                    stays.extend(std::mem::take(&mut prepared.stays).into_iter().map(|it| (article, it)));
                    let changed = !prepared.changes.is_empty() || !matches!(*pending.work, Work::Intents(_));
                    if changed {
                        let first = sitting.drafts.get(&article).is_none_or(|draft| draft.ours.is_none());
                        let was_there = sitting.catalog.contains(article);
                        let (place, made) = sitting.take_change(article, prepared, &pending.role);
                        sitting.judge_pictures(article, smallest);
                        changes.extend(made);
                        places.push((article, was_there.then_some(place)));
                        let entry = sitting.journal_entry(article, first);
                        journal.push(JournalEntry { step: Some(step.clone()), ..entry });
                    } else if let Some(version) = prepared.read.filter(|version| version.hash == prepared.from) {
                        sitting.texts.put(article, Some(version), prepared.document);
                    }
                }
                Err(refusal) => refusals.push((article, refusal)),
            }
        }
        sitting.hold_misplaced(&places);
        let came_or_went = sitting.catalog.len() != count || matches!(*pending.work, Work::Each(_));
        if !journal.is_empty() {
            self.effects.push(Effect::Journal(journal));
        }
        if let Work::Merges(Merges { displaced: Some(number), .. }) = &*pending.work
            && refusals.is_empty()
            && pending.role == Role::Do
        {
            self.effects.push(Effect::Accept(*number));
        }
        let touched: Vec<ArticleId> = places.iter().map(|(article, _)| *article).collect();
        self.offer_by_rule(&pending, &touched);
        if stays.is_empty() || unchanged < places.len() || !refusals.is_empty() {
            self.tell(&pending, places.len() - unchanged, &refusals);
        }
        self.tell_what_stays(&stays);
        self.remember(pending, changes);
        if !places.is_empty() {
            self.settle();
        }
        if came_or_went {
            self.look_soon(Renewal::Beside);
        }
    }

    /// Puts what was done where undo, or redo, finds it.
    fn remember(&mut self, pending: Pending, changes: Vec<Change>) {
        let Some(sitting) = &mut self.sitting else { return };
        match pending.role {
            Role::Do if changes.is_empty() => {}
            Role::Do => {
                let number = sitting.history.continued(pending.group.as_deref()).unwrap_or(pending.serial);
                let changes = Arc::new(changes);
                sitting.history.push(Step { number, label: pending.label, group: pending.group, changes });
            }
            Role::Undo(step) => sitting.history.undone(step.remade(&changes, false)),
            Role::Redo(step) => sitting.history.redone(step.remade(&changes, true)),
        }
    }

    /// Values that were not taken back, or not done again, because others changed them since.
    fn tell_what_stays(&mut self, stays: &[(ArticleId, Conflict)]) {
        let Some((article, first)) = stays.first() else { return };
        self.stay_open();
        let file = self.sitting.as_ref().map(|sitting| sitting.catalog.path(*article));
        let Some(file) = file else { return };
        let name = name_of(&first.field());
        let now = match first.theirs.as_ref().filter(|_| first.pointer.is_some()) {
            Some(value @ (Value::Text(_) | Value::Number(_) | Value::Bool(_))) => format!(" {}", value.to_json()),
            _ => String::new(),
        };
        let more = match stays.len() - 1 {
            0 => String::new(),
            more => format!(" (and {} more)", grouped(more)),
        };
        let text = format!("{file}: {name} stays{now}: it was changed on disk since{more}");
        self.toasts.push(text, Tone::Note, Some(("Show".to_owned(), Command::GoTo(*article))));
    }

    fn tell(&mut self, pending: &Pending, touched: usize, refusals: &[(ArticleId, String)]) {
        if let Some((article, first)) = refusals.first() {
            self.stay_open();
            let more = refusals.len() - 1;
            let rest = if more == 0 { String::new() } else { format!(" (and {} more)", articles(more)) };
            let file = self.sitting.as_ref().map(|sitting| sitting.catalog.path(*article));
            let place = file.and_then(|file| Place::told(first, file.as_str()));
            let offer = place.map(|place| Command::ShowSource { article: *article, place });
            let offer = offer.map(|command| ("Show in Source".to_owned(), command));
            self.toasts.push(format!("{} · not done: {first}{rest}", pending.label), Tone::Error, offer);
        }
        let typed = pending.group.is_some();
        match &pending.role {
            Role::Do if touched == 0 && refusals.is_empty() && pending.judge != Judge::No => {
                self.toasts.done(format!("{} · {} already", articles(pending.articles.len()), pending.label));
            }
            Role::Do if touched > 0 && !typed => {
                self.toasts.undoable(format!("{} · {}", articles(touched), pending.label));
            }
            Role::Do => {}
            Role::Undo(step) => {
                let text = format!("Undone: {} · {}", articles(touched), step.label);
                self.toasts.push(text, Tone::Done, Some(("Redo".to_owned(), Command::Redo)));
            }
            Role::Redo(step) => self.toasts.undoable(format!("Done again: {} · {}", articles(touched), step.label)),
        }
    }

    pub(super) fn undo(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        if let Some(pending) = sitting.waiting.take_newest() {
            sitting.history.not_done(pending.role);
            return self.toasts.note(format!("{} · taken back before it was done", pending.label));
        }
        let Some(step) = sitting.history.take_done() else {
            return self.toasts.note("Nothing to undo");
        };
        let targets = articles_of(&step.changes);
        self.go_where_it_happens(&targets);
        let work = Work::Back(Arc::clone(&step.changes));
        self.start(step.label.clone(), None, work, targets, Role::Undo(step), Judge::No);
    }

    pub(super) fn redo(&mut self) {
        let Some(step) = self.sitting.as_mut().and_then(|sitting| sitting.history.take_undone()) else {
            return self.toasts.note("Nothing to do again");
        };
        let targets = articles_of(&step.changes);
        self.go_where_it_happens(&targets);
        let work = Work::Again(Arc::clone(&step.changes));
        self.start(step.label.clone(), None, work, targets, Role::Redo(step), Judge::No);
    }

    /// Undo of a change in one article shows that article, if it is among the rows.
    fn go_where_it_happens(&mut self, targets: &[ArticleId]) {
        let [article] = targets else { return };
        if self.rows().contains(article) {
            self.go_to(*article);
        }
    }

    pub(super) fn revert_field(&mut self, article: ArticleId, pointer: Option<&Pointer>) {
        let Some(sitting) = &mut self.sitting else { return };
        let Some(draft) = sitting.drafts.get(&article) else { return };
        if draft.ours.is_none() {
            return;
        }
        let label = pointer.map_or_else(|| "body as it was".to_owned(), |at| format!("{} as it was", at.field()));
        let work = Work::AsOnDisk(pointer.map_or(Part::Body, |at| Part::At(at.clone())));
        self.start(label, None, work, vec![article], Role::Do, Judge::No);
    }

    pub(super) fn revert_articles(&mut self, targets: &[ArticleId]) {
        self.give_up_new(targets);
        let Some(sitting) = &self.sitting else { return };
        let has_file = |id: &&ArticleId| sitting.drafts.get(id).is_some_and(|draft| draft.base.is_some());
        let targets: Vec<_> = targets.iter().filter(has_file).copied().collect();
        if !targets.is_empty() {
            self.start("as on disk".to_owned(), None, Work::AsOnDisk(Part::Whole), targets, Role::Do, Judge::No);
        }
    }
}

impl Sitting {
    fn carry_out_here(&self, work: &Work, article: ArticleId) -> Result<Prepared, String> {
        let opened = self.texts.get(article).ok_or("its text is not here")?;
        let path = self.catalog.path(article);
        let schema = self.schema_of(article);
        let base = match self.drafts.get(&article) {
            Some(draft) => draft.base_text(),
            None => opened.version.as_ref().map_or("", |version| &version.text),
        };
        let stamp = self.catalog.stamp(article);
        let subject = Subject { article, path: &path, schema: &schema, site: &self.site, stamp, base };
        carry_out(work, subject, &opened.document)
    }

    /// Whether the article's unsaved text is another one than that on which this was prepared: a merge spoke meanwhile.
    fn is_overtaken(&self, article: ArticleId, prepared: &Prepared) -> bool {
        let ours = self.drafts.get(&article).and_then(|draft| draft.ours.as_ref());
        ours.is_some_and(|text| ContentHash::of(text.as_bytes()) != prepared.from)
    }

    /// Work as it is meant now: an answer knows what is disputed by then.
    fn by_now<'w>(&self, work: &'w Work, article: ArticleId) -> Cow<'w, Work> {
        match (work, self.drafts.get(&article)) {
            (Work::Answers(answers), Some(draft)) => {
                Cow::Owned(Work::Answers(answers.by_now(article, &draft.conflicts)))
            }
            _ => Cow::Borrowed(work),
        }
    }

    /// How the journal tells of an edit.
    fn noted(&self, pending: &Pending, order: u64) -> StepNote {
        let (number, deed, label) = match &pending.role {
            Role::Do => {
                let number = self.history.continued(pending.group.as_deref()).unwrap_or(pending.serial);
                (number, Deed::Do, &pending.label)
            }
            Role::Undo(step) => (step.number, Deed::Undo, &step.label),
            Role::Redo(step) => (step.number, Deed::Redo, &step.label),
        };
        StepNote { number, order, deed, label: label.clone() }
    }

    /// What was prepared on a text that a merge has changed meanwhile is made again here. Work that goes together is refused
    /// together.
    fn proved_again(
        &mut self,
        pending: &Pending,
        results: Vec<(ArticleId, Result<Prepared, String>)>,
    ) -> Vec<(ArticleId, Result<Prepared, String>)> {
        let mut proved: Vec<_> = results
            .into_iter()
            .map(|(article, result)| match result {
                Ok(prepared) if pending.overtaken.contains(&article) || self.is_overtaken(article, &prepared) => {
                    self.open_drafts(vec![article]);
                    (article, self.carry_out_here(&self.by_now(&pending.work, article), article))
                }
                result => (article, result),
            })
            .collect();
        let refused = matches!(*pending.work, Work::Each(_)) && proved.iter().any(|(_, result)| result.is_err());
        if refused {
            proved.retain(|(_, result)| result.is_err());
        }
        proved
    }

    /// Takes a proved change in, with what it says of conflicts. Answers with what decided the article's place in the order
    /// before, and with the changes for the history.
    fn take_change(&mut self, article: ArticleId, prepared: Prepared, role: &Role) -> (Vec<String>, Vec<Change>) {
        let disputed = |sitting: &Self| sitting.drafts.get(&article).map(|draft| draft.conflicts.clone());
        let before = disputed(self).unwrap_or_default();
        let mut made = prepared.changes.clone();
        let from = prepared.from;
        let is_edit = prepared.disputed.is_none() && prepared.disputed_too.is_empty();
        let place = self.settle(article, prepared);
        if is_edit && !made.is_empty() && !before.is_empty() {
            self.answer_by_edit(article, &made);
        }
        if let Role::Undo(step) = role
            && is_edit
        {
            self.withdraw(article, &step.changes);
        }
        let after = disputed(self).unwrap_or_default();
        if before != after && made.is_empty() {
            made.push(Change::of_disputes(article, from));
        }
        if let Some(last) = made.last_mut().filter(|_| before != after) {
            last.disputes = Some(Arc::new(Disputes { before, after }));
        }
        (place, made)
    }

    /// Takes a proved change in: draft, text in memory, facts for the table. Answers with what decided the article's place
    /// in the order before.
    fn settle(&mut self, article: ArticleId, prepared: Prepared) -> Vec<String> {
        let place = self.sort_facts(article);
        let text: Arc<str> = prepared.document.text().into();
        let here = self.texts.get(article).and_then(|opened| opened.version.clone());
        let version = match here {
            // What it was made from was saved meanwhile.
            Some(version) if version.hash == prepared.from => Some(version),
            here => prepared.read.or(here),
        };
        let draft = self.drafts.entry(article).or_insert_with(|| Draft::new(version.clone(), Arc::clone(&text)));
        draft.ours = Some(text);
        draft.conflicts = prepared.disputed.unwrap_or_else(|| std::mem::take(&mut draft.conflicts));
        draft.conflicts.extend(prepared.disputed_too);
        let version = draft.base.clone().or(version);
        if !draft.is_clean() {
            self.fields.insert(article, prepared.fields);
            self.texts.put(article, version, prepared.document);
            self.catalog.upsert(prepared.record);
        } else if version.is_none() || draft.fate.is_some() {
            self.let_go(article);
        } else {
            self.drafts.remove(&article);
            self.fields.remove(&article);
            self.texts.put(article, version, prepared.document);
            self.catalog.upsert(prepared.record);
        }
        place
    }

    /// Nothing is pending any more in an article whose file is not there, or not what we know: the disk has the word.
    pub(super) fn let_go(&mut self, article: ArticleId) {
        self.fields.remove(&article);
        let fate = self.drafts.remove(&article).and_then(|draft| draft.fate);
        self.texts.take(article);
        let path = self.catalog.path(article);
        match fate {
            Some(Fate::Clash { theirs, .. }) => {
                let Some(theirs) = theirs else { return };
                let (document, schema) = (Document::parse(theirs.text.as_bytes()), self.schema_of(article));
                let about = Article::new(&document, &schema, &path);
                self.catalog.upsert(Record::in_site(&about, theirs.stamp, &self.site));
            }
            Some(Fate::Gone | Fate::Moved { .. }) | None => self.forget(&path),
        }
    }

    /// What the journal has to know of an article after a change.
    pub(super) fn journal_entry(&self, article: ArticleId, first: bool) -> JournalEntry {
        let draft = self.drafts.get(&article);
        let base = draft.filter(|_| first).map(|draft| draft.base.as_ref().map(|base| base.text.as_ref().to_owned()));
        let ours = draft.and_then(|draft| draft.ours.as_ref()).map(|ours| ours.as_ref().to_owned());
        let conflicts = draft.map(|draft| draft.conflicts.clone()).unwrap_or_default();
        let kept = draft.map(|draft| draft.kept.clone()).unwrap_or_default();
        JournalEntry { path: self.catalog.path(article), base, ours, conflicts, kept, step: None }
    }

    /// Holds edited rows in their place when they fit the filter, or their place in the order, no more.
    fn hold_misplaced(&mut self, places: &[(ArticleId, Option<Vec<String>>)]) {
        let facts = self.facts();
        for (article, before) in places {
            let Some(before) = before.as_ref().filter(|_| self.catalog.contains(*article)) else {
                // It came or went: it has no place to keep.
                self.view.held.remove(article);
                continue;
            };
            let fits = self.view.query.matches(&self.catalog, *article, &facts);
            if fits && self.sort_facts(*article) == *before {
                self.view.held.remove(article);
            } else {
                self.view.held.insert(*article);
            }
        }
    }

    /// What decides an article's place in the order, as text to compare.
    fn sort_facts(&self, article: ArticleId) -> Vec<String> {
        let sort = self.sort_in_force();
        let columns = sort.iter().map(|key| &key.column).chain(&self.state.group);
        columns.map(|column| self.catalog.cell(article, column).to_string()).collect()
    }
}

fn articles_of(changes: &[Change]) -> Vec<ArticleId> {
    let mut seen = BTreeSet::new();
    changes.iter().map(|change| change.article).filter(|id| seen.insert(*id)).collect()
}

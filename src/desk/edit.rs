//! Edits that wait for their articles, and the one function that carries an edit out on a text.
//!
//! Invariant: the edits of one article are committed in the order they were made; nothing is shown that may yet be refused.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::command::Judge;
use super::decide::{Answers, Merges};
use super::draft::Version;
use super::history::{Change, Step};
use super::places::{Fitted, Place};
use crate::article::{Article, Intent, IntentRefusal, Record};
use crate::catalog::ArticleId;
use crate::document::changes::{FieldChange, changes};
use crate::document::merge::Conflict;
use crate::document::{Document, Operation, Patch, Pointer, Value};
use crate::file::{ContentHash, SitePath, Stamp};
use crate::site::{Schema, Site};

/// What is to be done with the text of each article.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// These intents, on the data read then.
    Intents(Vec<Intent>),
    /// A patch for each article.
    Patches(BTreeMap<ArticleId, Patch>),
    /// Another text for each article.
    Texts(BTreeMap<ArticleId, Arc<str>>),
    /// What is on disk by then.
    AsOnDisk(Part),
    /// These changes taken back.
    Back(Arc<Vec<Change>>),
    /// These changes done again.
    Again(Arc<Vec<Change>>),
    /// Conflicts answered.
    Answers(Answers),
    /// Another version merged into each article.
    Merges(Merges),
    /// For each article its own, and all of them or none.
    Each(BTreeMap<ArticleId, Work>),
}

/// How much of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// A value.
    At(Pointer),
    /// What stands below the front matter.
    Body,
}

impl Work {
    /// Whether it may make this article, which is not there. Any other work needs one: what was done to a file that is gone is
    /// not done to an empty one.
    #[must_use]
    pub fn may_make(&self, article: ArticleId) -> bool {
        let nothing = ContentHash::of(b"");
        match self {
            Self::Texts(_) => true,
            Self::Each(each) => {
                each.get(&article).is_some_and(|work| work.may_make(article) || matches!(work, Self::Patches(_)))
            }
            Self::Again(changes) => changes.iter().any(|change| change.article == article && change.before == nothing),
            Self::Back(changes) => changes.iter().any(|change| change.article == article && change.after == nothing),
            Self::Intents(_) | Self::Patches(_) | Self::AsOnDisk(_) | Self::Answers(_) | Self::Merges(_) => false,
        }
    }
}

/// What came of an edit in one article, proved and ready to be committed.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The text it was made from: where the article says something else by now, it has to be made again.
    pub from: ContentHash,
    /// The version on disk below that text, where workers made it; nothing when the desk did.
    pub read: Option<Version>,
    /// The text after; the same as before when there is nothing to change.
    pub document: Document,
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// What is disputed then; nothing where that stays as it is.
    pub disputed: Option<Vec<Conflict>>,
    /// What is disputed beside what was.
    pub disputed_too: Vec<Conflict>,
    /// What was not taken back, or not done again, for others changed it since.
    pub stays: Vec<Conflict>,
    /// What is pending in the article then, field by field.
    pub fields: Vec<FieldChange>,
    /// The facts for the table.
    pub record: Record,
}

/// What an edit is to history.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    /// A new step.
    Do,
    /// The step taken back.
    Undo(Step),
    /// The step done again.
    Redo(Step),
}

/// An edit on its way to being committed.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Its number, by which answers find it.
    pub serial: u64,
    /// What the toast calls it.
    pub label: String,
    /// See [`super::command::Edit::group`].
    pub group: Option<String>,
    /// What is done.
    pub work: Arc<Work>,
    /// To which articles.
    pub articles: Vec<ArticleId>,
    /// What it is to history.
    pub role: Role,
    /// Whether its articles were asked for.
    pub sent: bool,
    /// In how many of them it was carried out so far.
    pub done: usize,
    /// Whether it is a judgement.
    pub judge: Judge,
    /// Articles whose files were merged since this was made: what workers answer for them is made again.
    pub overtaken: BTreeSet<ArticleId>,
}

/// Edits that wait, in the order they were made.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    queue: VecDeque<Pending>,
}

impl Waiting {
    /// Whether an edit of one of these articles waits.
    #[must_use]
    pub fn blocks(&self, articles: &[ArticleId]) -> bool {
        let wanted: BTreeSet<_> = articles.iter().collect();
        self.queue.iter().any(|pending| pending.articles.iter().any(|id| wanted.contains(id)))
    }

    /// Whether an edit of this article waits.
    #[must_use]
    pub fn holds(&self, article: ArticleId) -> bool {
        self.queue.iter().any(|pending| pending.articles.contains(&article))
    }

    /// How many edits wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Adds an edit, or puts one back, where its number belongs.
    pub fn push(&mut self, pending: Pending) {
        let at = self.queue.partition_point(|other| other.serial < pending.serial);
        self.queue.insert(at, pending);
    }

    /// Takes the newest edit out: it is undone before it was done. Nothing if the newest is itself an undo.
    pub fn take_newest(&mut self) -> Option<Pending> {
        let is_undo = matches!(self.queue.back()?.role, Role::Undo(_));
        if is_undo { None } else { self.queue.pop_back() }
    }

    /// Takes all out, the oldest first.
    pub fn take_all(&mut self) -> Vec<Pending> {
        self.queue.drain(..).collect()
    }

    /// Another version of an article's file was merged under what is pending in it. Work on its way there is made again, and a
    /// step that is being taken back goes back to what others wrote, as one that is not would, see [`Change::overrule`].
    pub(super) fn moved_on(&mut self, article: ArticleId, [old, theirs, ours]: [&str; 3]) {
        let mut read = None;
        for pending in self.queue.iter_mut().filter(|pending| pending.articles.contains(&article)) {
            pending.overtaken.insert(article);
            let Role::Undo(step) = &mut pending.role else { continue };
            let [old, theirs, ours] =
                read.get_or_insert_with(|| [old, theirs, ours].map(|text| Document::parse(text.as_bytes())));
            // The work has the same changes: let go of them first, so that they are not copied.
            pending.work = Arc::new(Work::Back(Arc::default()));
            step.overrule(article, old, theirs, ours);
            pending.work = Arc::new(Work::Back(Arc::clone(&step.changes)));
        }
    }

    /// Notes how far an edit is.
    pub fn note(&mut self, serial: u64, done: usize) {
        if let Some(pending) = self.queue.iter_mut().find(|pending| pending.serial == serial) {
            pending.done = done;
        }
    }

    /// The oldest edit on its way.
    #[must_use]
    pub fn first(&self) -> Option<&Pending> {
        self.queue.front()
    }

    /// Takes the edit with this number out.
    pub fn take(&mut self, serial: u64) -> Option<Pending> {
        let at = self.queue.iter().position(|pending| pending.serial == serial)?;
        self.queue.remove(at)
    }

    /// Takes the oldest edit out that was not sent and that no older edit blocks.
    pub fn take_free(&mut self) -> Option<Pending> {
        let mut blocked = BTreeSet::new();
        let at = self.queue.iter().position(|pending| {
            let free = !pending.sent && !pending.articles.iter().any(|id| blocked.contains(id));
            blocked.extend(pending.articles.iter().copied());
            free
        })?;
        self.queue.remove(at)
    }
}

/// The article an edit is carried out on.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its number.
    pub article: ArticleId,
    /// Its file.
    pub path: &'a SitePath,
    /// The shape of its collection.
    pub schema: &'a Schema,
    /// The site, by which its problems are found.
    pub site: &'a Site,
    /// The stamp for its record.
    pub stamp: Stamp,
    /// The text on disk, `""` for a new article.
    pub base: &'a str,
}

/// Carries out an edit on one article's text. Pure: the desk calls it for what is at hand, workers for the rest.
///
/// # Errors
/// With the reason in words, when the edit cannot be made on this article; then nothing is changed.
pub fn carry_out(work: &Work, subject: Subject<'_>, document: &Document) -> Result<Prepared, String> {
    let from = ContentHash::of(document.text().as_bytes());
    let Made { document, changes: made, disputed, disputed_too, stays } = make(work, subject, document)?;
    let fields = changes(&Document::parse(subject.base.as_bytes()), &document);
    let article = Article::new(&document, subject.schema, subject.path);
    let record = Record::in_site(&article, subject.stamp, subject.site);
    Ok(Prepared { from, read: None, document, changes: made, disputed, disputed_too, stays, fields, record })
}

/// What work makes of a text.
pub(super) struct Made {
    pub document: Document,
    pub changes: Vec<Change>,
    /// See [`Prepared::disputed`].
    pub disputed: Option<Vec<Conflict>>,
    /// See [`Prepared::disputed_too`].
    pub disputed_too: Vec<Conflict>,
    /// See [`Prepared::stays`].
    pub stays: Vec<Conflict>,
}

impl From<(Document, Vec<Change>)> for Made {
    fn from((document, changes): (Document, Vec<Change>)) -> Self {
        Self { document, changes, disputed: None, disputed_too: Vec::new(), stays: Vec::new() }
    }
}

fn make(work: &Work, subject: Subject<'_>, document: &Document) -> Result<Made, String> {
    Ok(match work {
        Work::Intents(intents) => intend(intents, subject, document)?.into(),
        Work::Patches(patches) => {
            let patch = patches.get(&subject.article).cloned().unwrap_or_default();
            apply(&patch, subject, document)?.into()
        }
        Work::Texts(texts) => match texts.get(&subject.article) {
            Some(text) => replace_text(text, subject, document).into(),
            None => (document.clone(), Vec::new()).into(),
        },
        Work::AsOnDisk(Part::Whole) => replace_text(subject.base, subject, document).into(),
        Work::AsOnDisk(part) => apply(&part.as_on_disk(subject.base, document), subject, document)?.into(),
        Work::Back(steps) => replay(steps.iter().rev().map(|change| (change, false)), subject, document)?,
        Work::Again(steps) => replay(steps.iter().map(|change| (change, true)), subject, document)?,
        Work::Answers(answers) => answers.make(subject, document)?,
        Work::Merges(merges) => merges.make(subject, document)?,
        Work::Each(each) => match each.get(&subject.article) {
            Some(work) => make(work, subject, document)?,
            None => (document.clone(), Vec::new()).into(),
        },
    })
}

fn intend(intents: &[Intent], subject: Subject<'_>, document: &Document) -> Result<(Document, Vec<Change>), String> {
    let mut now = document.clone();
    let mut made = Vec::new();
    for intent in intents {
        let article = Article::new(&now, subject.schema, subject.path);
        let told = |refusal: IntentRefusal| match intent.place(&now) {
            Some(place) => format!("{}:{place}: {refusal}", subject.path),
            None => format!("{}: {refusal}", subject.path),
        };
        let patch = intent.patch(&article).map_err(told)?;
        let (next, more) = apply(&patch, subject, &now)?;
        made.extend(more);
        now = next;
    }
    Ok((now, made))
}

fn apply(patch: &Patch, subject: Subject<'_>, document: &Document) -> Result<(Document, Vec<Change>), String> {
    if patch.is_empty() {
        return Ok((document.clone(), Vec::new()));
    }
    let applied =
        document.apply(patch, subject.schema.customs()).map_err(|refusal| refusal.told_of(subject.path.as_str()))?;
    let change = Change {
        article: subject.article,
        backward: applied.edit.invert(document.text()),
        forward: applied.edit,
        patch: patch.clone(),
        // The bytes are in `backward`.
        inverse: applied.inverse.without_rewinds(),
        places: Place::of(patch, document.data(), applied.document.data()).into(),
        before: ContentHash::of(document.text().as_bytes()),
        after: ContentHash::of(applied.document.text().as_bytes()),
        disputes: None,
    };
    let made = if change.before == change.after { Vec::new() } else { vec![change] };
    Ok((applied.document, made))
}

fn replace_text(text: &str, subject: Subject<'_>, document: &Document) -> (Document, Vec<Change>) {
    if text == document.text() {
        return (document.clone(), Vec::new());
    }
    let next = Document::parse(text.as_bytes());
    let change = Change::between(subject.article, document, &next);
    (next, vec![change])
}

impl Part {
    /// The patch that makes a part of an article what it is in the text on disk.
    fn as_on_disk(&self, base: &str, ours: &Document) -> Patch {
        let base = Document::parse(base.as_bytes());
        let Self::At(at) = self else { return Patch(vec![Operation::Body { text: base.body().to_owned() }]) };
        let operation = match (base.get(at).cloned(), ours.get(at)) {
            (Some(value), Some(_)) => Operation::Replace { path: at.clone(), value },
            (Some(value), None) => Operation::Add { path: at.clone(), value, place: key_place(base.data(), at) },
            (None, Some(_)) => Operation::Remove { path: at.clone() },
            (None, None) => return Patch::default(),
        };
        Patch(vec![operation])
    }
}

/// How many keys stand before this one in its map.
fn key_place(data: &Value, at: &Pointer) -> Option<usize> {
    let (parent, key) = at.split_last()?;
    data.at(&parent)?.as_map()?.index_of(key)
}

/// Goes through the changes of this article, each forward (`true`) or backward.
fn replay<'a>(
    steps: impl Iterator<Item = (&'a Change, bool)>,
    subject: Subject<'_>,
    document: &Document,
) -> Result<Made, String> {
    let mut made = Made::from((document.clone(), Vec::new()));
    for (change, forward) in steps.filter(|(change, _)| change.article == subject.article) {
        let (from, edit) = if forward { (change.before, &change.forward) } else { (change.after, &change.backward) };
        if change.makes_the_article() && !forward && !subject.base.is_empty() {
            return Err(format!("{}: it is a file on disk by now; move it to the trash if it shall go", subject.path));
        }
        let disputes = change.disputes.as_deref();
        if ContentHash::of(made.document.text().as_bytes()) == from && change.is_exact(forward) {
            made.document = Document::parse(edit.apply(made.document.text()).as_bytes());
            let then = disputes.map(|disputes| if forward { &disputes.after } else { &disputes.before });
            made.disputed = then.cloned().or(made.disputed);
            made.changes.push(if forward { change.clone() } else { change.flipped() });
        } else if change.is_only_bytes(forward) {
            return Err(format!("{}: it has changed since, so this cannot be taken back alone", subject.path));
        } else {
            // The file moved on since: the same change, on what is there now.
            let Fitted { patch, stays } = change.on(&made.document, forward).map_err(|at| {
                format!("{}: {} has changed since, so this cannot be taken back alone", subject.path, at.field())
            })?;
            let (next, more) = apply(&patch, subject, &made.document)?;
            made.changes.extend(more);
            made.document = next;
            stays_too(&mut made.stays, stays);
            let open_again = disputes
                .filter(|_| !forward)
                .into_iter()
                .flat_map(|disputes| disputes.before.iter().filter(|conflict| !disputes.after.contains(conflict)));
            let document = &made.document;
            let stands = |conflict: &&Conflict| {
                let pointer = conflict.pointer.as_ref();
                pointer.is_some_and(|pointer| document.get(pointer) == conflict.theirs.as_ref())
            };
            made.disputed_too.extend(open_again.filter(stands).cloned());
        }
    }
    Ok(made)
}

/// A step may come by the same value more than once; it is told once.
fn stays_too(all: &mut Vec<Conflict>, more: Vec<Conflict>) {
    for stays in more {
        all.retain(|known| known.pointer != stays.pointer);
        all.push(stays);
    }
}

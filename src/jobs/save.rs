//! Writes: articles through storage's save, views into the site's own settings, files to the trash.
//!
//! Invariant: one thread a site writes articles, in the order in which they were to be saved; the window never waits for it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::overwritten::Heads;
use super::pool::Cancel;
use super::runner::Shared;
use super::site::options_of;
use crate::catalog::ArticleId;
use crate::desk::effect::Aside;
use crate::desk::{Event, SaveOutcome, SavePlan, SavedVersion};
use crate::document::{Customs, Document, FieldPath, Map, Operation, Patch, Pointer, Value};
use crate::file::{ContentHash, SitePath};
use crate::site::config::DESK_FILE;
use crate::storage::{self, SiteFolder, StorageError, write::Saver};

/// What the saver is told.
pub(super) enum Told {
    /// Write these files.
    Save(Order),
    /// The displaced version of this number is merged; it may go as soon as the journal says that the merge is on disk.
    Accept(u64, Receiver<bool>),
}

/// Versions of other programs that were told and not merged yet, by their numbers.
type Waiting = BTreeMap<u64, storage::write::Displaced>;

/// Files to be written.
pub(super) struct Order {
    /// Which opening.
    pub generation: u64,
    /// What to write.
    pub plans: Vec<SavePlan>,
    /// Says when the journal has all that is written here. Else a kill in between would leave it with an older edit, which the
    /// next start would take for one that is not saved yet.
    pub journalled: Receiver<bool>,
    /// Says when to stop.
    pub cancel: Cancel,
}

/// How often the saver looks again at what it displaced.
const SETTLE: Duration = Duration::from_secs(2);

/// So many outcomes are told at once.
const TOLD_TOGETHER: usize = 64;

/// Saves what comes until nobody can send any more.
pub(super) fn serve(shared: &Shared, folder: &SiteFolder, heads: &Heads, orders: &Receiver<Told>) {
    let (mut folder, mut saver) = (folder.clone(), Saver::new(folder, &shared.state));
    let mut told_weaker = false;
    let mut waiting = Waiting::new();
    tell_displaced(shared, saver.recover(&|| paths(&folder)), &saver, &mut waiting);
    if let Some(Err(error)) = saver.ledger().map(storage::Ledger::prune) {
        log::warn!("old versions stay: {error}");
    }
    loop {
        let told = match orders.recv_timeout(SETTLE) {
            Err(RecvTimeoutError::Timeout) if !saver.is_unsettled() => orders.recv().ok(),
            Err(RecvTimeoutError::Timeout) => {
                tell_displaced(shared, saver.settle(false), &saver, &mut waiting);
                continue;
            }
            told => told.ok(),
        };
        let Some(told) = told else { break };
        if !folder.has_its_git() {
            // New files are made in git's folder, and its lock is waited for: in the one that is there now.
            tell_displaced(shared, saver.leave(), &saver, &mut waiting);
            folder = folder.with_git_anew();
            saver = Saver::new(&folder, &shared.state);
        }
        obey(shared, (&folder, &saver), heads, &mut waiting, told);
        if saver.is_weaker() && !told_weaker {
            told_weaker = true;
            shared.answer(Event::Trouble(
                "This disk cannot exchange two files in one step: a change that another program makes in the very moment of a save could be lost here".to_owned(),
            ));
        }
    }
    // What is not merged by now, or was displaced just now, is found again at the next start.
    saver.leave();
}

fn obey(shared: &Shared, (folder, saver): (&SiteFolder, &Saver), heads: &Heads, waiting: &mut Waiting, told: Told) {
    match told {
        Told::Save(order) if folder.is_replaced() => refuse(shared, order),
        Told::Save(order) => save(shared, saver, heads, order),
        Told::Accept(number, journalled) => {
            if let Some(displaced) = waiting.get(&number).filter(|_| journalled.recv() == Ok(true)) {
                saver.accept(displaced);
                waiting.remove(&number);
            }
        }
    }
}

/// All files of the site, to find whose bytes a dead process left aside.
fn paths(folder: &SiteFolder) -> Vec<SitePath> {
    let mut paths = Vec::new();
    if let Err(error) = storage::scan::walk(folder, &options_of(folder), &|| false, &mut |found| paths.push(found.path))
    {
        log::warn!("{error}");
    }
    paths
}

/// Nothing is written into a folder that nobody looks at any more.
fn refuse(shared: &Shared, order: Order) {
    let refused = |plan: SavePlan| {
        let error = StorageError::Replaced { path: plan.path.to_string() };
        (plan.article, SaveOutcome::Failed(error.to_string()))
    };
    let outcomes = order.plans.into_iter().map(refused).collect();
    shared.answer(Event::Saved { generation: order.generation, outcomes });
}

fn save(shared: &Shared, saver: &Saver, heads: &Heads, order: Order) {
    if order.journalled.recv() != Ok(true) {
        log::warn!("files are saved that the journal does not have");
    }
    let (cancel, generation) = (order.cancel, order.generation);
    save_all(saver, heads, order.plans, &|| cancel.is_cancelled(), &mut |outcomes| {
        shared.answer(Event::Saved { generation, outcomes });
    });
}

/// Saves these, and tells of each what became of it, some at a time; also where we fail in ourselves on the way: an article of
/// which nothing was told would be on its way for ever, and never be saved again.
fn save_all(
    saver: &Saver,
    heads: &Heads,
    plans: Vec<SavePlan>,
    cancel: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(Vec<(ArticleId, SaveOutcome)>),
) {
    let articles: Vec<(ArticleId, SitePath)> = plans.iter().map(|plan| (plan.article, plan.path.clone())).collect();
    let plans: Vec<_> = plans
        .into_iter()
        .map(|plan| storage::write::SavePlan {
            path: plan.path,
            expected: plan.expected,
            bytes: plan.text.as_bytes().to_vec(),
        })
        .collect();
    let (mut outcomes, mut done) = (Vec::new(), 0);
    let mut note = |index: usize, outcome| {
        if let storage::write::SaveOutcome::Written(snapshot) = &outcome {
            let mut heads = heads.lock().unwrap_or_else(PoisonError::into_inner);
            heads.insert(snapshot.path.clone(), snapshot.hash());
        }
        // Outcomes come in the order of the plans.
        done = index + 1;
        outcomes.push((articles[index].0, told(outcome)));
        if outcomes.len() >= TOLD_TOGETHER {
            tell(std::mem::take(&mut outcomes));
        }
    };
    let saved = catch_unwind(AssertUnwindSafe(|| saver.save_many(&plans, cancel, &mut note)));
    if saved.is_err() {
        let failed = |(article, path): &(ArticleId, SitePath)| {
            let why = format!("{path}: copydesk failed in itself while it was saved; the edit stays pending");
            (*article, SaveOutcome::Failed(why))
        };
        outcomes.extend(articles.get(done..).unwrap_or_default().iter().map(failed));
    }
    if !outcomes.is_empty() {
        tell(outcomes);
    }
}

/// What storage answers, in the desk's words.
#[must_use]
pub fn told(outcome: storage::write::SaveOutcome) -> SaveOutcome {
    use storage::write::SaveOutcome as Outcome;
    match outcome {
        Outcome::Written(snapshot) | Outcome::Unchanged(snapshot) => SaveOutcome::Written(snapshot),
        Outcome::MovedOn(snapshot) => SaveOutcome::MovedOn(snapshot),
        Outcome::Gone => SaveOutcome::Gone,
        Outcome::Failed(StorageError::Cancelled { .. }) => SaveOutcome::Stopped,
        Outcome::Failed(error) => SaveOutcome::Failed(error.to_string()),
    }
}

/// Another program had the file open while it was saved, and wrote into the version that was put aside. That stays until the
/// desk has merged it and the merge is in the journal.
fn tell_displaced(shared: &Shared, displaced: Vec<storage::write::Displaced>, saver: &Saver, waiting: &mut Waiting) {
    for theirs in displaced {
        let number = waiting.last_key_value().map_or(0, |(number, _)| number + 1);
        if let Some(aside) = aside(number, &theirs, saver) {
            shared.answer(Event::Displaced(aside));
            waiting.insert(number, theirs);
        }
    }
}

/// What another program wrote, with what it was written over. Nothing where nobody knows whose it was: it stays among the
/// leftovers.
#[must_use]
pub fn aside(number: u64, theirs: &storage::write::Displaced, saver: &Saver) -> Option<Aside> {
    let path = theirs.path.clone()?;
    let base = base_text(&path, theirs, saver);
    Some(Aside { number, path, base, bytes: Arc::clone(&theirs.bytes) })
}

/// What was saved of a file, newest first.
pub(super) fn versions(folder: &SiteFolder, state: &storage::StateFolder, path: &SitePath) -> Vec<SavedVersion> {
    let saved = storage::Ledger::of(folder, state).versions(path).unwrap_or_else(|error| {
        log::warn!("{error}");
        Vec::new()
    });
    let version = |saved: storage::ledger::Saved| {
        let before = saved.before.as_deref().map(String::from_utf8_lossy);
        Some(SavedVersion::new(saved.at, before.as_deref(), std::str::from_utf8(&saved.after).ok()?))
    };
    saved.into_iter().filter_map(version).collect()
}

/// What another program's bytes were written over, from memory or the saved versions.
fn base_text(path: &SitePath, theirs: &storage::write::Displaced, saver: &Saver) -> Option<Arc<str>> {
    if let Some(bytes) = &theirs.base_bytes {
        return str::from_utf8(bytes).ok().map(Arc::from);
    }
    let versions = saver.ledger()?.versions(path).map_err(|error| log::warn!("{error}")).ok()?;
    let texts = versions.into_iter().flat_map(|saved| [Some(saved.after), saved.before]).flatten();
    let base = texts.into_iter().find(|bytes| Some(ContentHash::of(bytes)) == theirs.base)?;
    String::from_utf8(base).ok().map(Arc::from)
}

/// Moves a file to the system's trash.
pub(super) fn trash(folder: &SiteFolder, path: &SitePath) -> Result<(), String> {
    let now = storage::read::read(folder, path).map_err(|error| error.to_string())?;
    match storage::trash::delete(folder, path, now.hash()) {
        None | Some(storage::SaveOutcome::Gone) => Ok(()),
        Some(storage::SaveOutcome::Failed(error)) => Err(error.to_string()),
        Some(_) => Err(format!("{path}: it changed just now; look at it again")),
    }
}

/// Keeps a filter under a name in `.copydesk.yaml`: only the lines of the view are added, the rest stays byte for byte.
pub(super) fn store_setting(
    folder: &SiteFolder,
    state: &storage::StateFolder,
    change: &dyn Fn(&str) -> Result<String, String>,
) -> Result<(), String> {
    let path = SitePath::new(DESK_FILE).map_err(|error| error.to_string())?;
    let old = match storage::read::read(folder, &path) {
        Ok(snapshot) => Some(snapshot),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error.to_string()),
    };
    let text = match &old {
        Some(snapshot) => {
            std::str::from_utf8(&snapshot.bytes).map_err(|_not_utf8| format!("{path}: the file is not UTF-8"))?
        }
        None => "",
    };
    let bytes = change(text).map_err(|message| format!("{path}: {message}"))?.into_bytes();
    let plan =
        storage::write::SavePlan { path: path.clone(), expected: old.as_ref().map(crate::file::Snapshot::hash), bytes };
    let saver = Saver::new(folder, state);
    let outcome = saver.save(&plan, &|| false);
    for theirs in saver.close() {
        saver.accept(&theirs);
    }
    match outcome {
        storage::write::SaveOutcome::Failed(error) => Err(error.to_string()),
        storage::write::SaveOutcome::MovedOn(_) | storage::write::SaveOutcome::Gone => {
            Err(format!("{path}: it changed just now; try again"))
        }
        _ => Ok(()),
    }
}

/// The settings file with one more view, or with another filter for a view of that name.
pub(super) fn with_view(text: &str, name: &str, filter: &str) -> Result<String, String> {
    let document = settings(text)?;
    let view = Value::Map(Map::from_iter([
        ("name".to_owned(), Value::text(name)),
        ("filter".to_owned(), Value::text(filter)),
    ]));
    let views = Pointer::of(["views"]);
    let place = document.get(&views).and_then(Value::as_list).map(|list| {
        list.iter().position(|item| item.as_map().and_then(|map| map.get("name")).and_then(Value::as_str) == Some(name))
    });
    let operation = match place {
        None => Operation::Add { path: views, value: Value::List(vec![view]), place: None },
        Some(None) => Operation::Add { path: views.child("-"), value: view, place: None },
        Some(Some(at)) => Operation::Replace { path: views.child(at).child("filter"), value: Value::text(filter) },
    };
    changed(&document, operation)
}

/// The settings file with these presets for a score.
pub(super) fn with_presets(text: &str, field: &FieldPath, presets: &[i64]) -> Result<String, String> {
    let document = settings(text)?;
    let value = Value::List(presets.iter().map(|preset| Value::from(*preset)).collect());
    let field = field.to_string();
    let own = |value: Value| Value::Map(Map::from_iter([("presets".to_owned(), value)]));
    let scores = Pointer::of(["scores"]);
    let score = scores.child(&field);
    let path = score.child("presets");
    changed(
        &document,
        if document.get(&path).is_some() {
            Operation::Replace { path, value }
        } else if document.get(&score).is_some_and(|score| score.as_map().is_some()) {
            Operation::Add { path, value, place: None }
        } else if document.get(&scores).is_some_and(|scores| scores.as_map().is_some()) {
            Operation::Add { path: score, value: own(value), place: None }
        } else {
            let value = Value::Map(Map::from_iter([(field, own(value))]));
            Operation::Add { path: scores, value, place: None }
        },
    )
}

/// A settings file as a document: the engine edits front matter, and a settings file is one without fences.
fn settings(text: &str) -> Result<Document, String> {
    const OPEN: &str = "---\n";
    let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let document = Document::parse(format!("{OPEN}{text}{newline}---\n").as_bytes());
    match document.error() {
        Some(error) => Err(error.message.clone()),
        None => Ok(document),
    }
}

fn changed(document: &Document, operation: Operation) -> Result<String, String> {
    let applied = document.apply(&Patch(vec![operation]), &Customs::default()).map_err(|refusal| refusal.message)?;
    let inner = applied.document.front_matter();
    Ok(applied.document.text()[inner.range()].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_each_article_is_told_where_a_save_fails_in_itself() {
        use crate::storage::vfs::Root;
        use crate::storage::vfs::simulated::SimFs;
        let plans: Vec<SavePlan> = (0..300)
            .map(|number| SavePlan {
                article: ArticleId(number),
                path: SitePath::new(&format!("n{number}.md")).unwrap(),
                expected: None,
                text: "n".into(),
            })
            .collect();
        // So many calls that some files are told before.
        for call in [0, 5, 2_000] {
            let disk = SimFs::new(&[Root::Site]);
            disk.visit(call, |_| panic!("on purpose"));
            let saver = Saver::through(Arc::new(disk.clone()), None);
            let (mut of, mut failed) = (Vec::new(), 0);
            save_all(&saver, &Heads::default(), plans.clone(), &|| false, &mut |outcomes| {
                for (article, outcome) in outcomes {
                    of.push(article);
                    failed += usize::from(matches!(outcome, SaveOutcome::Failed(_)));
                }
            });
            let all: Vec<ArticleId> = plans.iter().map(|plan| plan.article).collect();
            assert_eq!(of, all, "at call {call}");
            assert!(failed > 0, "at call {call}");
            // The next save is as good as any.
            let mut saved = 0;
            let again = plans.first().cloned().into_iter().collect();
            save_all(&saver, &Heads::default(), again, &|| false, &mut |outcomes| {
                saved += outcomes.iter().filter(|(_, it)| matches!(it, SaveOutcome::Written(_))).count();
            });
            assert_eq!(saved, 1, "at call {call}");
        }
    }

    #[test]
    fn presets_are_kept_and_the_rest_stays() {
        let heat = FieldPath::parse("heat");
        let made = with_presets("", &heat, &[90, 100]).unwrap();
        assert_eq!(made, "scores:\n  heat:\n    presets:\n      - 90\n      - 100\n");
        let old = "# ours\nscores:\n  heat: { max: 255, presets: [1, 2] } # top\n";
        assert_eq!(with_presets(old, &heat, &[7]).unwrap(), old.replace("[1, 2]", "[7]"));
        let more = with_presets("scores:\n  heat:\n    max: 255 # top\n", &FieldPath::parse("quality"), &[5]).unwrap();
        assert!(more.starts_with("scores:\n  heat:\n    max: 255 # top\n  quality:\n"), "{more}");
        assert!(with_presets("scores: [\n", &heat, &[7]).is_err());
    }

    #[test]
    fn a_view_is_added_and_the_rest_stays() {
        assert_eq!(
            with_view("", "Hot", "heat:>=95").unwrap(),
            "views:\n  - name: \"Hot\"\n    filter: \"heat:>=95\"\n"
        );
        let old = "# ours\nscores:\n  heat:\n    max: 255 # top\nviews:\n  - name: Hot\n    filter: heat:>=95\n";
        let more = with_view(old, "New", "is:new").unwrap();
        assert!(more.starts_with(old), "{more}");
        assert!(more[old.len()..].contains("name: New"), "{more}");
        let other = with_view(old, "Hot", "heat:>=100").unwrap();
        assert_eq!(other, old.replace(">=95", ">=100"));
    }
}

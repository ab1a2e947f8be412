//! A process of ours: the real desk, saver and journal. Its threads are queues; chance says whose turn it is, and how far each
//! comes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use copydesk::catalog::ArticleId;
use copydesk::desk::recover::Recovered;
use copydesk::desk::{Command, Desk, Effect, Event, JournalEntry, OnDisk, SavePlan, Settings, SiteState};
use copydesk::file::{ContentHash, SitePath, Snapshot};
use copydesk::jobs::journal::Keeper;
use copydesk::jobs::left::without_saved;
use copydesk::jobs::save::{aside, told};
use copydesk::jobs::{Cancel, answer};
use copydesk::storage::read::read_through;
use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::SimFs;
use copydesk::storage::{Displaced, Journal, Saver, write};

use super::others::{PATHS, spot_of, tags};
use super::{Life, own_score, own_tags};
use crate::world::{path_of, prepared, record_of, site_read};

fn key() -> SiteKey {
    SiteKey::of_root(std::path::Path::new("/site"))
}

/// What the saver is told.
pub(super) enum Order {
    Begin,
    Save(u64, Vec<SavePlan>),
    Accept(u64),
}

/// What the journal is told.
pub(super) enum Line {
    Append(Vec<JournalEntry>),
    Sync(u64),
    /// And then save.
    Save(u64, Vec<SavePlan>),
    /// And what the scan reads then.
    Recover(u64, Option<Event>),
}

/// The process: all of it ends with a kill. Threads are queues, and chance says whose turn it is.
pub(super) struct Program {
    pub desk: Desk,
    pub saver: Saver,
    pub keeper: Keeper,
    pub jobs: VecDeque<Effect>,
    pub orders: VecDeque<Order>,
    pub lines: VecDeque<Line>,
    pub events: VecDeque<Event>,
    /// What the watcher told last of each file.
    pub told: BTreeMap<SitePath, Option<ContentHash>>,
    pub waiting: BTreeMap<u64, Displaced>,
    pub next: u64,
    /// Tags of the editor that wait for the journal's sync.
    pub appended: BTreeSet<(&'static str, String)>,
}

impl Program {
    pub fn start(disk: &SimFs) -> Self {
        let vfs = || Arc::new(disk.clone());
        let mut program = Self {
            desk: Desk::new(Settings::default()),
            saver: Saver::through(vfs(), Some(&key())),
            keeper: Keeper::new(Journal::through(vfs(), &key())),
            jobs: VecDeque::new(),
            orders: VecDeque::from([Order::Begin]),
            lines: VecDeque::new(),
            events: VecDeque::new(),
            told: BTreeMap::new(),
            waiting: BTreeMap::new(),
            next: 0,
            appended: BTreeSet::new(),
        };
        program.obey(Command::Open(PathBuf::from("site")));
        program
    }

    pub fn obey(&mut self, command: Command) {
        let effects = self.desk.apply(command);
        self.take(effects);
    }

    pub fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Save { generation, plans } => self.lines.push_back(Line::Save(generation, plans)),
                Effect::Journal(entries) => self.lines.push_back(Line::Append(entries)),
                Effect::Accept(number) => self.lines.push_back(Line::Sync(number)),
                effect @ (Effect::Scan { .. } | Effect::Load { .. } | Effect::Prepare(_) | Effect::Look(_)) => {
                    self.jobs.push_back(effect);
                }
                _ => {}
            }
        }
    }

    pub fn id(&self, path: &str) -> Option<ArticleId> {
        self.desk.catalog()?.id_of(&path_of(path))
    }

    /// The text of an article as the editor sees it, as far as it is in memory.
    pub fn text(&self, path: &str) -> Option<String> {
        Some(self.desk.document(self.id(path)?)?.text().to_owned())
    }
}

pub(super) fn snapshot(disk: &SimFs, path: &SitePath) -> Option<Snapshot> {
    read_through(disk, path).ok().map(|(snapshot, _)| snapshot)
}

/// Tells the desk of what other programs wrote into the files that a save displaced.
pub(super) fn tell_displaced(program: &mut Program, found: Vec<Displaced>) {
    for theirs in found {
        program.next += 1;
        if let Some(event) = aside(program.next, &theirs, &program.saver) {
            program.events.push_back(Event::Displaced(event));
            program.waiting.insert(program.next, theirs);
        }
    }
}

impl Life {
    /// A worker takes the oldest job.
    pub(super) fn job(&mut self) {
        let disk = &self.disk;
        let Some(effect) = self.program.jobs.pop_front() else { return };
        let events = match effect {
            Effect::Scan { generation, .. } => {
                let files: BTreeMap<SitePath, Snapshot> =
                    PATHS.iter().filter_map(|path| Some((path_of(path), snapshot(disk, &path_of(path))?))).collect();
                self.program.told = files.iter().map(|(path, found)| (path.clone(), Some(found.hash()))).collect();
                let mut events = site_read(generation, &files, &SiteState::default());
                self.program.lines.push_back(Line::Recover(generation, events.pop()));
                events
            }
            Effect::Load { generation, articles } => {
                let read = |path: &SitePath| snapshot(disk, path).ok_or_else(|| format!("{path}: it is gone"));
                let files = articles.into_iter().map(|(id, path)| (id, read(&path))).collect();
                vec![Event::Loaded { generation, files }]
            }
            Effect::Prepare(order) => {
                let one = |item| prepared(item, &order.site, &order.work, &|path| snapshot(disk, path));
                let articles = order.articles.iter().map(|item| (item.article, one(item))).collect();
                vec![Event::Prepared { serial: order.serial, articles }]
            }
            Effect::Look(look) => {
                let generation = look.generation;
                let looked = answer(*look, &Cancel::default()).unwrap();
                vec![Event::Looked { generation, looked: Box::new(looked) }]
            }
            _ => Vec::new(),
        };
        self.program.events.extend(events);
    }

    /// The saver does what it was told, or looks again at what it displaced.
    pub(super) fn order(&mut self) {
        match self.program.orders.pop_front() {
            Some(Order::Begin) => {
                let paths = || PATHS.iter().map(|path| path_of(path)).collect();
                let found = self.program.saver.recover(&paths);
                self.displaced |= !found.is_empty();
                tell_displaced(&mut self.program, found);
            }
            Some(Order::Save(generation, plans)) => self.write(generation, &plans),
            Some(Order::Accept(number)) => {
                if let Some(displaced) = self.program.waiting.remove(&number) {
                    self.program.saver.accept(&displaced);
                }
            }
            None => {
                self.disk.wait(Duration::from_secs(2));
                let found = self.program.saver.settle(false);
                self.displaced |= !found.is_empty();
                tell_displaced(&mut self.program, found);
            }
        }
    }

    pub(super) fn write(&mut self, generation: u64, plans: &[SavePlan]) {
        let wanted: Vec<_> = plans
            .iter()
            .map(|plan| write::SavePlan {
                path: plan.path.clone(),
                expected: plan.expected,
                bytes: plan.text.as_bytes().to_vec(),
            })
            .collect();
        let mut outcomes = Vec::new();
        self.program.saver.save_many(&wanted, &|| false, &mut |index, outcome| {
            let name = format!("{outcome:?}");
            outcomes.push((plans[index].article, told(outcome), name));
        });
        for ((_, outcome, name), plan) in outcomes.iter().zip(plans) {
            let name: String = name.chars().take_while(|letter| *letter != '(').collect();
            self.say(format!("saved {}: {name}, tags {:?}", plan.path, tags(&plan.text)));
            if let copydesk::desk::SaveOutcome::Written(_) = outcome {
                self.promised.extend(own_tags(&plan.path, &plan.text));
                self.scores.extend(own_score(&plan.path, &plan.text));
            }
        }
        let outcomes = outcomes.into_iter().map(|(article, outcome, _)| (article, outcome)).collect();
        self.program.events.push_back(Event::Saved { generation, outcomes });
    }

    /// The journal's thread does what it was told, or syncs.
    pub(super) fn journal(&mut self) {
        match self.program.lines.pop_front() {
            Some(Line::Append(entries)) => {
                let found: Vec<_> = entries
                    .iter()
                    .flat_map(|entry| own_tags(&entry.path, entry.ours.as_deref().unwrap_or_default()))
                    .collect();
                if self.program.keeper.append(entries).is_ok() {
                    if self.power { &mut self.program.appended } else { &mut self.promised }.extend(found);
                }
            }
            Some(Line::Sync(number)) => {
                if self.flush() {
                    self.program.orders.push_back(Order::Accept(number));
                }
            }
            Some(Line::Save(generation, plans)) => {
                self.flush();
                self.program.orders.push_back(Order::Save(generation, plans));
            }
            Some(Line::Recover(generation, scanned)) => {
                let (entries, journal) = self.program.keeper.recover();
                let entries = without_saved(entries, self.program.saver.ledger().unwrap());
                let with_file = |entries: Vec<JournalEntry>| {
                    let today = snapshot(&self.disk, &entries[0].path).map_or(OnDisk::Gone, OnDisk::File);
                    Recovered::new(entries, today)
                };
                let recovered = entries.into_iter().map(with_file).collect();
                self.program.events.push_back(Event::Recovered { generation, recovered, journal });
                self.program.events.extend(scanned);
                self.program.events.push_back(Event::ScanDone { generation, gone: Vec::new(), troubles: Vec::new() });
            }
            None => drop(self.flush()),
        }
    }

    pub(super) fn flush(&mut self) -> bool {
        let done = self.program.keeper.flush().is_ok();
        if done {
            self.promised.append(&mut self.program.appended);
        }
        done
    }

    /// The watcher tells what is other than what it told last, and some files again.
    pub(super) fn watch(&mut self) {
        if self.program.told.is_empty() {
            return;
        }
        let (mut files, mut gone) = (Vec::new(), Vec::new());
        for path in PATHS.map(path_of) {
            let now = snapshot(&self.disk, &path);
            let hash = now.as_ref().map(Snapshot::hash);
            let told = self.program.told.insert(path.clone(), hash);
            if told == Some(hash) && self.dice.roll(4) > 0 {
                continue;
            }
            match now {
                Some(now) => files.push((record_of(&self.program.desk, &now), now)),
                None if self.disk.bytes(&spot_of(path.as_str())).is_some() => {
                    // It could not be read just now, and is looked at again.
                    self.program.told.insert(path, None);
                }
                None if told.is_some() => gone.push(path),
                None => {}
            }
        }
        let files = files.into_iter().map(|(record, snapshot)| (snapshot, record)).collect();
        self.program.events.push_back(Event::Changed { generation: 1, files, gone, unreadable: Vec::new() });
    }
}

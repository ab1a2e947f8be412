//! Whole lives by chance on the simulated disk: the real desk with its saver and its journal, a crawler and git beside it, kills,
//! power cuts and restarts, all from seeds.
//!
//! At the end of a life the editor answers and saves everything. Then each article must hold every edit that was in the journal
//! or saved, every change of other programs, and nothing that nobody asked for. What took an edit away must be known: the editor,
//! who undid it, or another program, which wrote what it had read before; then the saved versions have it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use copydesk::article::Intent;
use copydesk::catalog::ArticleId;
use copydesk::desk::command::{FateAnswer, Targets, Which};
use copydesk::desk::recover::Recovered;
use copydesk::desk::{Command, Desk, Edit, Effect, Event, JournalEntry, Judge, OnDisk, SavePlan, Settings, SiteState};
use copydesk::document::merge::Side;
use copydesk::document::{Document, FieldPath};
use copydesk::file::{ContentHash, SitePath, Snapshot};
use copydesk::jobs::journal::{Keeper, without_saved};
use copydesk::jobs::save::{aside, told};
use copydesk::jobs::{Cancel, answer};
use copydesk::storage::read::read_through;
use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::{Dice, Fault, SimFs};
use copydesk::storage::vfs::{Root, Spot, Vfs as _};
use copydesk::storage::{Displaced, Journal, Saver, write};

use crate::common::{Column, reached};
use crate::world::{path_of, prepared, record_of, site_read};

const PATHS: [&str; 3] = ["_news/a.md", "_news/b.md", "_news/c.md"];

fn first_text(path: &str) -> String {
    format!(
        "---\ntitle: \"Story {path}\"\nquality: 50\nheat: 10\ntags: [base]\nflag: 0\nsecured: s0\n---\nBody of {path}\n"
    )
}

fn spot_of(path: &str) -> Spot {
    Spot::new(Root::Site, path)
}

fn index_lock() -> Spot {
    Spot::new(Root::Git, "index.lock")
}

fn key() -> SiteKey {
    SiteKey::of_root(std::path::Path::new("/site"))
}

/// The value in the line of this key.
fn line<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
}

fn tags(text: &str) -> Vec<&str> {
    let list = line(text, "tags").unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    list.split(", ").map(|tag| tag.trim_matches('"')).filter(|tag| !tag.is_empty()).collect()
}

/// A text as a program writes it that knows lines only.
fn with_line(text: &str, key: &str, value: &str) -> String {
    let is_it = |line: &str| line.starts_with(&format!("{key}: "));
    text.split_inclusive('\n')
        .map(|line| if is_it(line) { format!("{key}: {value}\n") } else { line.to_owned() })
        .collect()
}

/// The programs beside ours, and what of everybody's work they took away themselves.
#[derive(Default)]
struct Others {
    count: usize,
    /// Whether they work on what they read long ago.
    are_stale: bool,
    /// Whether what they write is at once safe from power cuts.
    is_durable: bool,
    read: BTreeMap<&'static str, String>,
    /// What they wrote last into the flag of each file, which is theirs alone.
    flags: BTreeMap<&'static str, String>,
    /// The tags that must be there.
    tags: BTreeSet<(&'static str, String)>,
    /// Tags that were on disk and that they wrote over unseen, or removed with their file.
    taken: BTreeSet<(&'static str, String)>,
    overwritten: BTreeSet<(&'static str, String)>,
    log: Vec<String>,
}

impl Others {
    fn act(&mut self, disk: &SimFs, dice: &mut Dice) {
        let path = PATHS[dice.roll(PATHS.len())];
        let now = disk.bytes(&spot_of(path)).map(|bytes| String::from_utf8(bytes).unwrap());
        match (dice.roll(12), now) {
            (0, Some(now)) if self.are_stale => drop(self.read.insert(path, now)),
            (1, _) if self.are_stale && self.read.contains_key(path) => {
                let old = self.read.remove(path).unwrap();
                self.rewrite(disk, dice, path, &old);
            }
            (2, Some(now)) if self.are_stale => {
                self.note_taken(path, &now, "");
                disk.delete(&spot_of(path));
                self.flags.remove(path);
                self.say(format!("others remove {path}"));
            }
            (3, _) => {
                if disk.bytes(&index_lock()).is_some() {
                    disk.delete(&index_lock());
                } else {
                    disk.overwrite(&index_lock(), b"");
                }
                self.say("git's lock comes or goes".to_owned());
            }
            (_, Some(now)) => self.rewrite(disk, dice, path, &now),
            (_, None) => self.rewrite(disk, dice, path, &first_text(path)),
        }
        if self.is_durable {
            disk.put(&Spot::new(Root::State, "x"), b"");
        }
    }

    fn rewrite(&mut self, disk: &SimFs, dice: &mut Dice, path: &'static str, old: &str) {
        self.count += 1;
        let tag = format!("c{}", self.count);
        let mut all = tags(old);
        all.insert(dice.roll(all.len() + 1), &tag);
        let mut new = with_line(old, "tags", &format!("[{}]", all.join(", ")));
        for (key, value) in [
            ("flag", dice.roll(3).to_string()),
            ("secured", format!("s{}", self.count)),
            ("heat", (20 + dice.roll(70)).to_string()),
            ("title", format!("\"Theirs {}\"", self.count)),
        ] {
            if dice.roll(3) == 0 {
                new = with_line(&new, key, &value);
            }
        }
        let now = disk.bytes(&spot_of(path)).map(|bytes| String::from_utf8(bytes).unwrap()).unwrap_or_default();
        self.note_taken(path, &now, &new);
        self.tags.insert((path, tag.clone()));
        self.flags.insert(path, line(&new, "flag").unwrap().to_owned());
        let how = dice.roll(2);
        if self.is_durable {
            disk.put(&spot_of(path), new.as_bytes());
        } else if how == 0 {
            disk.overwrite(&spot_of(path), new.as_bytes());
        } else {
            disk.replace(&spot_of(path), new.as_bytes());
        }
        self.say(format!("others write {path}: {tag}, flag {:?}, tags {:?}", line(&new, "flag"), tags(&new)));
    }

    fn note_taken(&mut self, path: &'static str, before: &str, after: &str) {
        let left = tags(after);
        for tag in tags(before).into_iter().filter(|tag| !left.contains(tag)) {
            self.taken.insert((path, tag.to_owned()));
            if !after.is_empty() {
                self.overwritten.insert((path, tag.to_owned()));
            }
        }
    }

    fn say(&mut self, line: String) {
        self.log.push(line);
    }
}

/// What the saver is told.
enum Order {
    Begin,
    Save(u64, Vec<SavePlan>),
    Accept(u64),
}

/// What the journal is told.
enum Line {
    Append(Vec<JournalEntry>),
    Sync(u64),
    /// And then save.
    Save(u64, Vec<SavePlan>),
    /// And what the scan reads then.
    Recover(u64, Option<Event>),
}

/// The process: all of it ends with a kill. Threads are queues, and chance says whose turn it is.
struct Program {
    desk: Desk,
    saver: Saver,
    keeper: Keeper,
    jobs: VecDeque<Effect>,
    orders: VecDeque<Order>,
    lines: VecDeque<Line>,
    events: VecDeque<Event>,
    /// What the watcher told last of each file.
    told: BTreeMap<SitePath, Option<ContentHash>>,
    waiting: BTreeMap<u64, Displaced>,
    next: u64,
}

struct Life {
    disk: SimFs,
    dice: Dice,
    others: Arc<Mutex<Others>>,
    program: Program,
    power: bool,
    made: usize,
    /// Tags of the editor that were in the journal or saved, and must be there.
    promised: BTreeSet<(&'static str, String)>,
    /// Those that wait for the journal's sync.
    appended: BTreeSet<(&'static str, String)>,
    /// The editor's scores that were in the journal or saved.
    scores: BTreeSet<(&'static str, usize)>,
    undone: BTreeSet<String>,
    /// Where the editor answered a question about the flag.
    own_flags: BTreeSet<&'static str>,
    displaced: bool,
    was_troubled: bool,
    kills: usize,
}

impl Program {
    fn start(disk: &SimFs) -> Self {
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
        };
        program.obey(Command::Open(PathBuf::from("site")));
        program
    }

    fn obey(&mut self, command: Command) {
        let effects = self.desk.apply(command);
        self.take(effects);
    }

    fn take(&mut self, effects: Vec<Effect>) {
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

    fn id(&self, path: &str) -> Option<ArticleId> {
        self.desk.catalog()?.id_of(&path_of(path))
    }

    /// The text of an article as the editor sees it, as far as it is in memory.
    fn text(&self, path: &str) -> Option<String> {
        Some(self.desk.document(self.id(path)?)?.text().to_owned())
    }
}

fn snapshot(disk: &SimFs, path: &SitePath) -> Option<Snapshot> {
    read_through(disk, path).ok().map(|(snapshot, _)| snapshot)
}

/// Tells the desk of what other programs wrote into the files that a save displaced.
fn tell_displaced(program: &mut Program, found: Vec<Displaced>) {
    for theirs in found {
        program.next += 1;
        if let Some(event) = aside(program.next, &theirs, &program.saver) {
            program.events.push_back(Event::Displaced(event));
            program.waiting.insert(program.next, theirs);
        }
    }
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut roots = vec![Root::Site, Root::State];
        if dice.roll(4) > 0 {
            roots.extend([Root::Git, Root::GitCommon]);
        }
        let disk = SimFs::new(&roots);
        PATHS.iter().for_each(|path| disk.put(&spot_of(path), first_text(path).as_bytes()));
        disk.put(&Spot::new(Root::State, "x"), b"");
        disk.reset();
        let power = dice.roll(3) == 0;
        let others = Others { are_stale: dice.roll(3) == 0, is_durable: power, ..Others::default() };
        Self {
            program: Program::start(&disk),
            disk,
            dice,
            others: Arc::new(Mutex::new(others)),
            power,
            made: 0,
            promised: BTreeSet::new(),
            appended: BTreeSet::new(),
            scores: BTreeSet::new(),
            undone: BTreeSet::new(),
            own_flags: BTreeSet::new(),
            displaced: false,
            was_troubled: false,
            kills: 0,
        }
    }

    fn others(&self) -> MutexGuard<'_, Others> {
        self.others.lock().unwrap()
    }

    fn say(&self, line: String) {
        self.others().say(line);
    }

    fn step(&mut self) {
        match self.dice.roll(24) {
            0..5 => self.edit(),
            5..7 => self.save(),
            7 => self.undo(),
            8 => self.answer(),
            9..12 => {
                let mut dice = Dice(self.dice.roll(usize::MAX) as u64);
                self.others.lock().unwrap().act(&self.disk, &mut dice);
            }
            12..14 => self.visit_soon(),
            14..16 => self.watch(),
            16 if self.dice.roll(3) == 0 => self.trouble_soon(),
            17 if self.dice.roll(4) == 0 => self.quit(),
            _ => {}
        }
        // Threads go on meanwhile, each as far as it comes.
        for _ in 0..self.dice.roll(6) {
            match self.dice.roll(5) {
                0 => self.job(),
                1 => self.order(),
                2 => self.journal(),
                _ => self.receive(),
            }
            self.end_if_dead();
        }
    }

    /// The window takes in what came.
    fn receive(&mut self) {
        let Some(event) = self.program.events.pop_front() else { return };
        let name: String = format!("{event:?}").chars().take_while(|letter| letter.is_alphabetic()).collect();
        let effects = self.program.desk.receive(event);
        self.program.take(effects);
        self.show(&name);
    }

    /// Writes down what the editor sees.
    fn show(&self, after: &str) {
        let shown = |path: &&str| {
            let program = &self.program;
            let draft = program.desk.draft(program.id(path)?)?;
            let base = tags(draft.base_text()).join(" ");
            Some(format!("{path}: {} on {base}", tags(draft.ours.as_deref().unwrap_or_default()).join(" ")))
        };
        self.say(format!("    {after}: {:?}", PATHS.iter().filter_map(shown).collect::<Vec<_>>()));
    }

    fn edit(&mut self) {
        self.made += 1;
        let label = format!("e{}", self.made);
        let count = 1 + usize::from(self.dice.roll(4) == 0);
        let from = self.dice.roll(PATHS.len());
        let paths: Vec<&str> = (0..count).map(|n| PATHS[(from + n) % PATHS.len()]).collect();
        let targets: Vec<ArticleId> = paths.iter().filter_map(|path| self.program.id(path)).collect();
        if targets.is_empty() {
            return;
        }
        if self.dice.roll(3) == 0 {
            self.program.obey(Command::GoTo(targets[0]));
        }
        let intent = match self.dice.roll(5) {
            0 => Intent::Set(FieldPath::parse("heat"), (100 + self.made as i64).into()),
            1 => Intent::Set(FieldPath::parse("title"), format!("Mine {}", self.made).as_str().into()),
            _ => Intent::AddItem { field: FieldPath::parse("tags"), value: label.as_str().into() },
        };
        self.say(format!("edit {label} of {paths:?}: {intent:?}"));
        let targets = Targets::These(targets);
        self.program.obey(Command::Edit(Edit { label, intents: vec![intent], targets, group: None, judge: Judge::No }));
    }

    fn save(&mut self) {
        self.say("save".to_owned());
        self.program.obey(Command::SaveAll);
    }

    /// Takes back an edit of our own; what others did is not ours to take back here.
    fn undo(&mut self) {
        let label = self.program.desk.undo_label().unwrap_or_default().to_owned();
        if self.program.desk.waiting_count() == 0 && label.starts_with('e') {
            self.say(format!("undo {label}"));
            self.undone.insert(label);
            self.program.obey(Command::Undo);
            self.show("undone");
            if self.dice.roll(3) == 0 {
                self.program.obey(Command::Redo);
                self.show("done again");
            }
        }
    }

    fn answer(&mut self) {
        let side = [Side::Ours, Side::Theirs][self.dice.roll(2)];
        self.resolve(side);
    }

    /// Answers all that waits for an answer. A flag that is asked about is the editor's from then on.
    fn resolve(&mut self, side: Side) {
        for path in PATHS {
            let conflicts =
                self.program.id(path).map(|id| self.program.desk.conflicts_of(id).to_vec()).unwrap_or_default();
            if conflicts.iter().any(|conflict| conflict.field() == FieldPath::parse("flag")) {
                self.own_flags.insert(path);
            }
        }
        self.program.obey(Command::Resolve { article: None, which: Which::All, side });
        self.program.obey(Command::AnswerFate { article: None, answer: FateAnswer::Keep });
        self.show("answered");
    }

    /// Other programs act in the midst of what ours does next.
    fn visit_soon(&mut self) {
        let at = self.disk.calls() + self.dice.roll(40);
        let (others, seed) = (Arc::clone(&self.others), self.dice.roll(usize::MAX) as u64);
        self.disk.visit(at, move |disk| others.lock().unwrap().act(disk, &mut Dice(seed)));
    }

    fn trouble_soon(&mut self) {
        let at = self.disk.calls() + self.dice.roll(60);
        let fault = if self.dice.roll(2) == 0 { Fault::Kill } else { Fault::Error(28) };
        self.say(format!("soon: {fault:?}"));
        self.was_troubled |= fault != Fault::Kill;
        self.disk.fail(at, fault, fault == Fault::Kill);
    }

    /// The editor closes the window; threads finish what they were given.
    fn quit(&mut self) {
        self.say("quit".to_owned());
        while !self.program.orders.is_empty() {
            self.order();
        }
        while !self.program.lines.is_empty() {
            self.journal();
        }
        let left = self.program.saver.leave();
        self.displaced |= !left.is_empty();
        if self.is_dead() {
            return self.end_if_dead();
        }
        let ended = std::mem::replace(&mut self.program, Program::start(&SimFs::new(&[Root::Site, Root::State])));
        if ended.keeper.end().is_ok() {
            self.promised.append(&mut self.appended);
        }
        if self.is_dead() {
            return self.end_if_dead();
        }
        self.disk.restart();
        self.program = Program::start(&self.disk);
    }

    fn is_dead(&self) -> bool {
        self.disk.names(&Spot::new(Root::Site, "_news")).is_err_and(|error| error.to_string().contains("has ended"))
    }

    fn end_if_dead(&mut self) {
        if !self.is_dead() {
            return;
        }
        self.kills += 1;
        self.say(if self.power { "the power goes" } else { "killed" }.to_owned());
        if self.power {
            self.disk.cut_power(self.dice.roll(usize::MAX) as u64);
        } else {
            self.disk.restart();
        }
        self.appended.clear();
        self.program = Program::start(&self.disk);
    }

    /// A worker takes the oldest job.
    fn job(&mut self) {
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
    fn order(&mut self) {
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

    fn write(&mut self, generation: u64, plans: &[SavePlan]) {
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
    fn journal(&mut self) {
        match self.program.lines.pop_front() {
            Some(Line::Append(entries)) => {
                let found: Vec<_> = entries
                    .iter()
                    .flat_map(|entry| own_tags(&entry.path, entry.ours.as_deref().unwrap_or_default()))
                    .collect();
                if self.program.keeper.append(entries).is_ok() {
                    if self.power { &mut self.appended } else { &mut self.promised }.extend(found);
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

    fn flush(&mut self) -> bool {
        let done = self.program.keeper.flush().is_ok();
        if done {
            self.promised.append(&mut self.appended);
        }
        done
    }

    /// The watcher tells what is other than what it told last, and some files again.
    fn watch(&mut self) {
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

    /// Until nothing is on its way and nothing is pending.
    fn come_to_rest(&mut self, seed: u64) {
        self.disk.reset();
        self.end_if_dead();
        self.disk.delete(&index_lock());
        for _ in 0..40 {
            for _ in 0..100 {
                self.watch_once();
                self.job();
                if !self.program.orders.is_empty() {
                    self.order();
                }
                self.journal();
                self.receive();
                let program = &self.program;
                if program.jobs.is_empty() && program.orders.is_empty() && program.events.is_empty() {
                    break;
                }
            }
            self.disk.wait(Duration::from_secs(6));
            self.order();
            let is_quiet = self.program.events.is_empty() && self.program.orders.is_empty();
            if is_quiet && self.program.desk.scan().is_some_and(|scan| scan.done) {
                if self.program.desk.changed_count() == 0 && !self.program.saver.is_unsettled() {
                    return;
                }
                self.resolve(Side::Ours);
                self.program.obey(Command::SaveAll);
            }
        }
        let drafts: Vec<_> = self.program.desk.changed().map(|id| self.program.desk.draft(id)).collect();
        panic!("seed {seed}: no rest: {drafts:?}\n{}", self.others().log.join("\n"));
    }

    /// As the watcher, but only what is new.
    fn watch_once(&mut self) {
        let is_new =
            |(path, told): (&SitePath, &Option<ContentHash>)| snapshot(&self.disk, path).map(|now| now.hash()) != *told;
        if self.program.told.iter().any(is_new) || self.program.told.len() < PATHS.len() {
            self.watch();
        }
    }

    fn check(&self, seed: u64) {
        let others = self.others();
        let log = || others.log.join("\n");
        for path in PATHS {
            let text = self.disk.bytes(&spot_of(path)).map(|bytes| String::from_utf8(bytes).unwrap());
            let found = tags(text.as_deref().unwrap_or_default());
            let of_editor = self.promised.iter().filter(|(_, tag)| !self.undone.contains(tag));
            for (at, tag) in of_editor.chain(&others.tags).filter(|(at, _)| *at == path) {
                let key = (*at, tag.clone());
                let is_there = found.contains(&tag.as_str());
                assert!(
                    is_there || others.taken.contains(&key),
                    "seed {seed}: {path} lost {tag}: {found:?}\n{}",
                    log()
                );
                if !is_there && tag.starts_with('e') && others.overwritten.contains(&key) {
                    let versions = self.program.saver.ledger().unwrap().versions(&path_of(path)).unwrap();
                    let is_kept = versions
                        .iter()
                        .any(|saved| tags(&String::from_utf8_lossy(&saved.after)).contains(&tag.as_str()));
                    assert!(is_kept, "seed {seed}: no saved version of {path} has {tag}\n{}", log());
                }
            }
            // A score of the editor is the last one that was promised, but where a program writes what it read long ago.
            let heat: usize = line(text.as_deref().unwrap_or_default(), "heat").map_or(0, |heat| heat.parse().unwrap());
            let last = self.scores.iter().filter(|(at, _)| *at == path).map(|(_, score)| *score).max().unwrap_or(0);
            let is_undone = self.undone.iter().any(|label| label == &format!("e{}", last.saturating_sub(100)));
            assert!(
                heat < 100 || heat >= last || is_undone || others.are_stale,
                "seed {seed}: {path} has {heat} over {last}\n{}",
                log()
            );
            let once: BTreeSet<&&str> = found.iter().collect();
            assert_eq!(once.len(), found.len(), "seed {seed}: {path} has a tag twice: {found:?}\n{}", log());
            let Some(text) = text else { continue };
            assert!(Document::parse(text.as_bytes()).error().is_none(), "seed {seed}: {path}: {text}");
            assert!(text.ends_with(&format!("Body of {path}\n")), "seed {seed}: {path}: {text}\n{}", log());
            if let Some(flag) = others.flags.get(path).filter(|_| !self.displaced && !self.own_flags.contains(path)) {
                assert_eq!(
                    line(&text, "flag"),
                    Some(flag.as_str()),
                    "seed {seed}: {path}: nobody asked for that\n{}",
                    log()
                );
            }
            if let Some(shown) = self.program.text(path) {
                assert_eq!(shown, text, "seed {seed}: {path} is shown otherwise\n{}", log());
            }
        }
    }
}

/// The editor's tags in a text.
fn own_tags(path: &SitePath, text: &str) -> Vec<(&'static str, String)> {
    let path = PATHS.iter().find(|known| **known == path.as_str()).unwrap();
    tags(text).into_iter().filter(|tag| tag.starts_with('e')).map(|tag| (*path, tag.to_owned())).collect()
}

/// The editor's score in a text.
fn own_score(path: &SitePath, text: &str) -> Option<(&'static str, usize)> {
    let path = PATHS.iter().find(|known| **known == path.as_str()).unwrap();
    let score = line(text, "heat")?.parse().ok().filter(|score| *score >= 100)?;
    Some((*path, score))
}

#[test]
fn a_whole_life_loses_no_edit_and_nobodys_work() {
    let column = Column::rounds(100, 1_000, 1_000_000);
    let (mut kills, mut kept, mut taken) = (0, 0, 0);
    for seed in column.seeds() {
        let mut life = Life::new(seed);
        for _ in 0..20 + life.dice.roll(60) {
            life.step();
        }
        life.come_to_rest(seed);
        if life.was_troubled {
            // What could not be read at a start is found at the next one.
            life.quit();
            life.come_to_rest(seed);
        }
        life.check(seed);
        kills += life.kills;
        kept += life.promised.len() + life.others().tags.len();
        taken += life.others().overwritten.len();
    }
    let result = format!("{kills} kills and power cuts, {kept} changes, {taken} overwritten unseen by others, 0 lost");
    reached("simulation of the desk", column, &result);
}

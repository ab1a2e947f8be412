//! Whole lives by chance on the simulated disk: the real desk with its saver and its journal, in some lives a second window on the
//! same site, a crawler and git beside them, kills, power cuts and restarts, all from seeds.
//!
//! At the end of a life the editor answers and saves everything. Then each article must hold every edit that was in the journal
//! or saved, every change of other programs, and nothing that nobody asked for. What took an edit away must be known: the editor,
//! who undid it, or another program, which wrote what it had read before; then the saved versions have it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use copydesk::article::Intent;
use copydesk::catalog::ArticleId;
use copydesk::desk::command::{FateAnswer, Targets, Which};
use copydesk::desk::{Command, Edit, Judge};
use copydesk::document::merge::Side;
use copydesk::document::{Document, FieldPath};
use copydesk::file::{ContentHash, SitePath};
use copydesk::storage::vfs::simulated::{Dice, Fault, SimFs};
use copydesk::storage::vfs::{Root, Spot, Vfs as _};

use crate::common::{Column, reached};
use crate::world::path_of;

mod others;
mod program;

use others::{FIRST_HEAT, Others, PATHS, first_text, index_lock, line, spot_of, tags};
use program::{Program, snapshot};

struct Life {
    disk: SimFs,
    dice: Dice,
    others: Arc<Mutex<Others>>,
    /// The window that acts now.
    program: Program,
    /// A second window on the same site, which lives as long as nobody kills it.
    beside: Option<Program>,
    power: bool,
    made: usize,
    /// Tags of the editor that were in the journal or saved, and must be there.
    promised: BTreeSet<(&'static str, String)>,
    /// The editor's scores that were saved.
    scores: BTreeSet<(&'static str, usize)>,
    undone: BTreeSet<String>,
    /// Where the editor answered a question about the flag.
    own_flags: BTreeSet<&'static str>,
    displaced: bool,
    was_troubled: bool,
    kills: usize,
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
        let beside = (dice.roll(3) == 0).then(|| Program::start(&disk));
        let others = Others { are_stale: dice.roll(3) == 0, is_durable: power, ..Others::default() };
        Self {
            program: Program::start(&disk),
            beside,
            disk,
            dice,
            others: Arc::new(Mutex::new(others)),
            power,
            made: 0,
            promised: BTreeSet::new(),
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

    /// The editor, or a thread, goes on in the other window.
    fn turn(&mut self) {
        if let Some(beside) = &mut self.beside {
            std::mem::swap(&mut self.program, beside);
            self.say("  the other window:".to_owned());
        }
    }

    fn turn_by_chance(&mut self) {
        if self.beside.is_some() && self.dice.roll(2) == 0 {
            self.turn();
        }
    }

    fn step(&mut self) {
        self.turn_by_chance();
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
            18 if self.beside.is_some() && self.dice.roll(4) == 0 => self.kill_one(),
            _ => {}
        }
        // Threads go on meanwhile, each as far as it comes.
        for _ in 0..self.dice.roll(6) {
            self.turn_by_chance();
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
        let mut ended = std::mem::replace(&mut self.program, Program::start(&SimFs::new(&[Root::Site, Root::State])));
        let mut appended = std::mem::take(&mut ended.appended);
        if ended.keeper.end().is_ok() {
            self.promised.append(&mut appended);
        }
        if self.is_dead() {
            return self.end_if_dead();
        }
        if self.beside.is_none() {
            self.disk.restart();
        }
        self.program = Program::start(&self.disk);
    }

    /// One of two windows is killed; the other one goes on.
    fn kill_one(&mut self) {
        self.kills += 1;
        self.say("one window is killed".to_owned());
        let killed = std::mem::replace(&mut self.program, Program::start(&SimFs::new(&[Root::Site, Root::State])));
        drop(killed);
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
        self.program = Program::start(&self.disk);
        if self.beside.is_some() {
            self.beside = Some(Program::start(&self.disk));
        }
    }

    /// Until nothing is on its way and nothing is pending, in any window.
    fn come_to_rest(&mut self, seed: u64) {
        self.disk.reset();
        self.end_if_dead();
        self.disk.delete(&index_lock());
        for _ in 0..40 {
            let before = self.disk_now();
            let mut is_at_rest = self.rests();
            if self.beside.is_some() {
                self.turn();
                is_at_rest &= self.rests();
                self.turn();
            }
            if is_at_rest && before == self.disk_now() {
                return;
            }
        }
        let drafts: Vec<_> = self.program.desk.changed().map(|id| self.program.desk.draft(id)).collect();
        panic!("seed {seed}: no rest: {drafts:?}\n{}", self.others().log.join("\n"));
    }

    fn disk_now(&self) -> Vec<Option<Vec<u8>>> {
        PATHS.iter().map(|path| self.disk.bytes(&spot_of(path))).collect()
    }

    /// Lets the window do all that it has to do. Whether it had nothing to save; else that is saved.
    fn rests(&mut self) -> bool {
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
        if !is_quiet || self.program.desk.scan().is_none_or(|scan| !scan.done) {
            return false;
        }
        if self.program.desk.changed_count() == 0 && !self.program.saver.is_unsettled() {
            return true;
        }
        self.resolve(Side::Ours);
        self.program.obey(Command::SaveAll);
        false
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
            // A score of the editor is the last one that was promised, but where a program writes what it read long ago, or a
            // second window keeps its own over it and says so.
            let heat: usize = line(text.as_deref().unwrap_or_default(), "heat").map_or(0, |heat| heat.parse().unwrap());
            let last = self.scores.iter().filter(|(at, _)| *at == path).map(|(_, score)| *score).max().unwrap_or(0);
            let is_undone = self.undone.iter().any(|label| label == &format!("e{}", last.saturating_sub(100)));
            assert!(
                heat < 100 || heat >= last || is_undone || others.are_stale || self.beside.is_some(),
                "seed {seed}: {path} has {heat} over {last}\n{}",
                log()
            );
            // Taking a saved score back is an edit, which is kept over what comes later; nothing else brings the first one back.
            let is_edit =
                |(at, score): &(&str, usize)| *at == path && self.undone.contains(&format!("e{}", score - 100));
            assert!(
                heat != FIRST_HEAT
                    || !others.scored.contains(path)
                    || others.are_stale
                    || self.scores.iter().any(is_edit),
                "seed {seed}: {path} has its first score again, over a newer one\n{}",
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
            for window in std::iter::once(&self.program).chain(&self.beside) {
                if let Some(shown) = window.text(path) {
                    assert_eq!(shown, text, "seed {seed}: {path} is shown otherwise\n{}", log());
                }
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
    let (mut kills, mut kept, mut taken, mut windows) = (0, 0, 0, 0);
    for seed in column.seeds() {
        let mut life = Life::new(seed);
        for _ in 0..20 + life.dice.roll(60) {
            life.step();
        }
        life.come_to_rest(seed);
        // What could not be read at a start is found at the next one; so is what two windows left of one article.
        for _ in 0..if life.was_troubled || life.beside.is_some() { 4 } else { 0 } {
            life.quit();
            life.turn();
            life.come_to_rest(seed);
        }
        life.check(seed);
        kills += life.kills;
        windows += usize::from(life.beside.is_some());
        kept += life.promised.len() + life.others().tags.len();
        taken += life.others().overwritten.len();
    }
    let result = format!(
        "{windows} with two windows, {kills} kills and power cuts, {kept} changes, {taken} overwritten unseen by others, 0 lost"
    );
    reached("simulation of the desk", column, &result);
}

//! A disk in memory that remembers what is durable and what is only issued, and that can fail, tear or cut at any call.
//!
//! Invariant: names become durable in the order they were changed, as journalling file systems do; content becomes durable by
//! its own sync only. Whatever a power cut leaves is drawn from a seed, so that each run can be repeated.

mod calls;
mod dice;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use dice::Dice;

use super::{Entry, Root, Sort, Spot};
use crate::file::Stamp;

/// What goes wrong at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call does nothing and answers with this error number of Linux.
    Error(i32),
    /// The call does its work and answers with this error number all the same.
    ErrorAfter(i32),
    /// A write takes one byte only; any other call works.
    Short,
    /// The process ends before the call: it and all later ones do nothing.
    Kill,
}

/// The disk. Cloning shares it; a test keeps a clone to look at what its subject did.
#[derive(Clone, Default)]
pub struct SimFs(Arc<Mutex<World>>);

/// What another program does between two calls.
type Visitor = Box<dyn FnOnce(&SimFs) + Send>;

#[derive(Default)]
struct World {
    nodes: BTreeMap<u64, Node>,
    names: BTreeMap<Spot, u64>,
    durable: BTreeMap<Spot, u64>,
    /// Changes of names that no sync has confirmed, oldest first; each is one step.
    unsynced: Vec<Vec<(Spot, Option<u64>)>>,
    roots: BTreeSet<Root>,
    locks: BTreeSet<Spot>,
    next: u64,
    clock: u64,
    calls: usize,
    /// The number of the call, what happens at it, and whether at all later ones too.
    faults: Vec<(usize, Fault, bool)>,
    visitors: BTreeMap<usize, Vec<Visitor>>,
    dead: bool,
    life: u64,
    can_swap: bool,
    trace: Vec<String>,
}

#[derive(Clone)]
struct Node {
    sort: Sort,
    data: Vec<u8>,
    durable: Vec<u8>,
    mode: u32,
    owner: u32,
    group: u32,
    attributes: BTreeMap<Vec<u8>, Vec<u8>>,
    modified: u64,
    changed: u64,
}

impl SimFs {
    /// An empty disk with these folders.
    #[must_use]
    pub fn new(roots: &[Root]) -> Self {
        let disk = Self::default();
        let mut world = disk.world();
        world.roots = roots.iter().copied().collect();
        world.can_swap = true;
        world.clock = 1_600_000_000_000_000_000;
        drop(world);
        disk
    }

    /// A disk that cannot exchange two files.
    #[must_use]
    pub fn without_swap(self) -> Self {
        self.world().can_swap = false;
        self
    }

    /// Puts a file there, durably, as another program long ago.
    pub fn put(&self, spot: &Spot, bytes: &[u8]) {
        self.overwrite(spot, bytes);
        let mut world = self.world();
        if let Some(node) = world.node_of(spot) {
            node.durable = node.data.clone();
        }
        world.make_durable(usize::MAX);
    }

    /// Another program cuts a file and writes it anew, in place; or makes it.
    pub fn overwrite(&self, spot: &Spot, bytes: &[u8]) {
        let mut world = self.world();
        let now = world.tick();
        if world.node_of(spot).is_none() {
            world.add_folders(&spot.folder());
            let node = world.make(Sort::File, 0o644);
            world.rename(vec![(spot.clone(), Some(node))]);
        }
        if let Some(node) = world.node_of(spot) {
            bytes.clone_into(&mut node.data);
            (node.modified, node.changed) = (now, now);
        }
    }

    /// Another program writes a new file and renames it over this one.
    pub fn replace(&self, spot: &Spot, bytes: &[u8]) {
        let mut world = self.world();
        let node = world.make(Sort::File, 0o644);
        if let Some(node) = world.nodes.get_mut(&node) {
            bytes.clone_into(&mut node.data);
            bytes.clone_into(&mut node.durable);
        }
        world.rename(vec![(spot.clone(), Some(node))]);
    }

    /// Another program opens a file now, to write into it later wherever its name may be then.
    #[must_use]
    pub fn hold(&self, spot: &Spot) -> Option<Held> {
        let world = self.world();
        world.names.get(spot).map(|node| Held { disk: self.clone(), node: *node })
    }

    /// Another program removes a file.
    pub fn delete(&self, spot: &Spot) {
        self.world().rename(vec![(spot.clone(), None)]);
    }

    /// The bytes of a file as programs see them.
    #[must_use]
    pub fn bytes(&self, spot: &Spot) -> Option<Vec<u8>> {
        self.world().node_of(spot).map(|node| node.data.clone())
    }

    /// The permission bits of a file.
    #[must_use]
    pub fn mode(&self, spot: &Spot) -> Option<u32> {
        self.world().node_of(spot).map(|node| node.mode)
    }

    /// All files, without the folders.
    #[must_use]
    pub fn files(&self) -> Vec<Spot> {
        let world = self.world();
        let is_file = |node: &u64| world.nodes.get(node).is_some_and(|node| node.sort == Sort::File);
        world.names.iter().filter(|(_, node)| is_file(node)).map(|(spot, _)| spot.clone()).collect()
    }

    /// How many calls there were since the last [`fail`](SimFs::fail) or [`restart`](SimFs::restart).
    #[must_use]
    pub fn calls(&self) -> usize {
        self.world().calls
    }

    /// The calls there were, by name.
    #[must_use]
    pub fn trace(&self) -> Vec<String> {
        self.world().trace.clone()
    }

    /// Counts calls from here on, and lets this happen at the call of this number (the first is 0); `lasting`: at all later ones
    /// too.
    pub fn fail(&self, call: usize, fault: Fault, lasting: bool) {
        self.world().faults.push((call, fault, lasting));
    }

    /// Lets another program act just before the call of this number.
    pub fn visit(&self, call: usize, visitor: impl FnOnce(&Self) + Send + 'static) {
        self.world().visitors.entry(call).or_default().push(Box::new(visitor));
    }

    /// Forgets faults, visitors and the count of calls.
    pub fn reset(&self) {
        let mut world = self.world();
        world.calls = 0;
        world.faults.clear();
        world.visitors.clear();
        world.trace.clear();
    }

    /// The process ends; the disk shows all that was issued. Locks end with the process.
    pub fn restart(&self) {
        self.reset();
        let mut world = self.world();
        world.dead = false;
        world.life += 1;
        world.locks.clear();
    }

    /// The power goes: of what was not synced, names keep a prefix of their changes, and each file nothing, all, a prefix or a torn
    /// mix, as the seed says. Then the process starts again.
    pub fn cut_power(&self, seed: u64) {
        let mut world = self.world();
        let mut dice = Dice(seed);
        let steps = world.unsynced.len();
        let kept = dice.roll(steps + 1);
        world.make_durable(kept);
        world.unsynced.clear();
        world.names = world.durable.clone();
        for node in world.nodes.values_mut() {
            node.data = dice.survive(&node.durable, &node.data);
            node.durable = node.data.clone();
        }
        drop(world);
        self.restart();
    }

    /// Lets time pass.
    pub fn wait(&self, time: Duration) {
        self.world().clock += u64::try_from(time.as_nanos()).unwrap_or(u64::MAX / 2);
    }

    /// Sets the clock back.
    pub fn set_back(&self, time: Duration) {
        let mut world = self.world();
        world.clock = world.clock.saturating_sub(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX / 2));
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call: lets others act, counts, and says what goes wrong.
    fn call(&self, name: &str, spot: &Spot) -> io::Result<Call> {
        let visitors = {
            let mut world = self.world();
            let number = world.calls;
            world.visitors.remove(&number).unwrap_or_default()
        };
        for visitor in visitors {
            visitor(self);
        }
        let mut world = self.world();
        let number = world.calls;
        world.calls += 1;
        world.trace.push(format!("{name} {spot}"));
        let fault = world.faults.iter().find(|(at, _, lasting)| *at == number || (*lasting && *at < number));
        let fault = fault.map(|(_, fault, _)| *fault);
        if fault == Some(Fault::Kill) {
            world.dead = true;
        }
        if world.dead {
            return Err(io::Error::other("the process has ended"));
        }
        match fault {
            Some(Fault::Error(number)) => Err(io::Error::from_raw_os_error(number)),
            Some(Fault::ErrorAfter(number)) => Ok(Call { after: Some(number), short: false }),
            Some(Fault::Short) => Ok(Call { after: None, short: true }),
            Some(Fault::Kill) | None => Ok(Call { after: None, short: false }),
        }
    }
}

/// How a call that does its work ends.
struct Call {
    after: Option<i32>,
    short: bool,
}

impl Call {
    fn end<T>(&self, value: T) -> io::Result<T> {
        self.after.map_or(Ok(value), |number| Err(io::Error::from_raw_os_error(number)))
    }
}

/// A file that another program holds open.
pub struct Held {
    disk: SimFs,
    node: u64,
}

impl Held {
    /// Writes into the file, whatever name it has now.
    pub fn write(&self, bytes: &[u8]) {
        if let Some(node) = self.disk.world().nodes.get_mut(&self.node) {
            bytes.clone_into(&mut node.data);
        }
    }
}

impl World {
    fn tick(&mut self) -> u64 {
        self.clock += 1000;
        self.clock
    }

    fn make(&mut self, sort: Sort, mode: u32) -> u64 {
        let now = self.tick();
        self.next += 1;
        let node = Node {
            sort,
            data: Vec::new(),
            durable: Vec::new(),
            mode,
            owner: 1000,
            group: 1000,
            attributes: BTreeMap::new(),
            modified: now,
            changed: now,
        };
        self.nodes.insert(self.next, node);
        self.next
    }

    fn add_folders(&mut self, folder: &Spot) {
        if folder.path.is_empty() || self.names.contains_key(folder) {
            return;
        }
        self.add_folders(&folder.folder());
        let node = self.make(Sort::Folder, 0o755);
        self.rename(vec![(folder.clone(), Some(node))]);
    }

    fn node_of(&mut self, spot: &Spot) -> Option<&mut Node> {
        let number = self.names.get(spot)?;
        self.nodes.get_mut(number)
    }

    fn number_of(&self, spot: &Spot) -> io::Result<u64> {
        self.names.get(spot).copied().ok_or_else(|| io::Error::from_raw_os_error(2))
    }

    fn rename(&mut self, step: Vec<(Spot, Option<u64>)>) {
        apply(&mut self.names, &step);
        self.unsynced.push(step);
    }

    /// The first steps are on disk now.
    fn make_durable(&mut self, steps: usize) {
        let rest = self.unsynced.split_off(steps.min(self.unsynced.len()));
        for step in std::mem::replace(&mut self.unsynced, rest) {
            apply(&mut self.durable, &step);
        }
    }

    fn has_folder(&self, folder: &Spot) -> io::Result<()> {
        let is_there = if folder.path.is_empty() {
            self.roots.contains(&folder.root)
        } else {
            let node = self.names.get(folder).and_then(|node| self.nodes.get(node));
            node.is_some_and(|node| node.sort == Sort::Folder)
        };
        if is_there { Ok(()) } else { Err(io::Error::from_raw_os_error(2)) }
    }

    fn entry(&self, number: u64) -> io::Result<Entry> {
        let node = self.nodes.get(&number).ok_or_else(|| io::Error::from_raw_os_error(2))?;
        let time = |time: u64| i64::try_from(time).unwrap_or(i64::MAX);
        Ok(Entry {
            sort: node.sort,
            stamp: Stamp {
                size: node.data.len() as u64,
                modified: time(node.modified),
                changed: time(node.changed),
                inode: number,
            },
            links: self.names.values().filter(|other| **other == number).count() as u64,
            device: 1,
            mode: node.mode,
            owner: node.owner,
            group: node.group,
        })
    }
}

fn apply(names: &mut BTreeMap<Spot, u64>, step: &[(Spot, Option<u64>)]) {
    for (spot, node) in step {
        match node {
            Some(node) => names.insert(spot.clone(), *node),
            None => names.remove(spot),
        };
    }
}

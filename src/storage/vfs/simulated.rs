//! A disk in memory that remembers what is durable and what is only issued, and that can fail, tear or cut at any call.
//!
//! Invariant: names become durable in the order they were changed, as journalling file systems do; content becomes durable by
//! its own sync only. Whatever a power cut leaves is drawn from a seed, so that each run can be repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Attribute, Entry, Open, Root, Sort, Spot, Vfs, VfsFile, VfsLock};
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

impl Vfs for SimFs {
    fn entry(&self, spot: &Spot) -> io::Result<Entry> {
        let call = self.call("entry", spot)?;
        let world = self.world();
        if spot.path.is_empty() {
            world.has_folder(spot)?;
            return call.end(Entry {
                sort: Sort::Folder,
                stamp: Stamp::default(),
                links: 1,
                device: 1,
                mode: 0o755,
                owner: 1000,
                group: 1000,
            });
        }
        call.end(world.entry(world.number_of(spot)?)?)
    }

    fn resolve(&self, spot: &Spot) -> io::Result<Spot> {
        let call = self.call("resolve", spot)?;
        let world = self.world();
        if world.has_folder(spot).is_err() {
            world.number_of(spot)?;
        }
        call.end(spot.clone())
    }

    fn may_write(&self, spot: &Spot) -> io::Result<bool> {
        let call = self.call("may write", spot)?;
        let world = self.world();
        call.end(world.entry(world.number_of(spot)?)?.mode & 0o200 != 0)
    }

    fn open(&self, spot: &Spot, how: Open) -> io::Result<Box<dyn VfsFile>> {
        let call = self.call("open", spot)?;
        let mut world = self.world();
        world.has_folder(&spot.folder())?;
        let number = match (world.names.get(spot).copied(), how) {
            (None, Open::Read) => return Err(io::Error::from_raw_os_error(2)),
            (Some(_), Open::Create | Open::CreatePrivate) => return Err(io::Error::from_raw_os_error(17)),
            (Some(number), Open::Read | Open::Append) => number,
            (None, Open::Append | Open::Create | Open::CreatePrivate) => {
                let mode = if how == Open::Create { 0o644 } else { 0o600 };
                let node = world.make(Sort::File, mode);
                world.rename(vec![(spot.clone(), Some(node))]);
                node
            }
        };
        let life = world.life;
        drop(world);
        call.end(Box::new(SimFile { disk: self.clone(), spot: spot.clone(), node: number, at: 0, life }))
    }

    fn swap(&self, one: &Spot, other: &Spot) -> io::Result<()> {
        let call = self.call("swap", other)?;
        let mut world = self.world();
        if !world.can_swap {
            return Err(io::Error::from(io::ErrorKind::Unsupported));
        }
        let (first, second) = (world.number_of(one)?, world.number_of(other)?);
        world.rename(vec![(one.clone(), Some(second)), (other.clone(), Some(first))]);
        call.end(())
    }

    fn rename_new(&self, from: &Spot, to: &Spot) -> io::Result<()> {
        let call = self.call("rename new", to)?;
        let mut world = self.world();
        let node = world.number_of(from)?;
        world.has_folder(&to.folder())?;
        if world.names.contains_key(to) {
            return Err(io::Error::from_raw_os_error(17));
        }
        world.rename(vec![(from.clone(), None), (to.clone(), Some(node))]);
        call.end(())
    }

    fn rename_over(&self, from: &Spot, to: &Spot) -> io::Result<()> {
        let call = self.call("rename", to)?;
        let mut world = self.world();
        let node = world.number_of(from)?;
        world.has_folder(&to.folder())?;
        world.rename(vec![(from.clone(), None), (to.clone(), Some(node))]);
        call.end(())
    }

    fn link(&self, from: &Spot, to: &Spot) -> io::Result<()> {
        let call = self.call("link", to)?;
        let mut world = self.world();
        let node = world.number_of(from)?;
        if world.names.contains_key(to) {
            return Err(io::Error::from_raw_os_error(17));
        }
        world.rename(vec![(to.clone(), Some(node))]);
        call.end(())
    }

    fn remove(&self, spot: &Spot) -> io::Result<()> {
        let call = self.call("remove", spot)?;
        let mut world = self.world();
        world.number_of(spot)?;
        world.rename(vec![(spot.clone(), None)]);
        call.end(())
    }

    fn make_folder(&self, spot: &Spot) -> io::Result<()> {
        let call = self.call("make folder", spot)?;
        let mut world = self.world();
        world.has_folder(&spot.folder())?;
        if world.names.contains_key(spot) {
            return Err(io::Error::from_raw_os_error(17));
        }
        let node = world.make(Sort::Folder, 0o700);
        world.rename(vec![(spot.clone(), Some(node))]);
        call.end(())
    }

    fn remove_folder(&self, spot: &Spot) -> io::Result<()> {
        let call = self.call("remove folder", spot)?;
        let mut world = self.world();
        world.has_folder(spot)?;
        if world.names.keys().any(|name| !name.path.is_empty() && name.folder() == *spot) {
            return Err(io::Error::from_raw_os_error(39));
        }
        world.rename(vec![(spot.clone(), None)]);
        call.end(())
    }

    fn names(&self, folder: &Spot) -> io::Result<Vec<String>> {
        let call = self.call("list", folder)?;
        let world = self.world();
        world.has_folder(folder)?;
        let names = world.names.keys().filter(|name| !name.path.is_empty() && name.folder() == *folder);
        call.end(names.map(|name| name.name().to_owned()).collect())
    }

    fn sync_folder(&self, folder: &Spot) -> io::Result<()> {
        let call = self.call("sync folder", folder)?;
        let mut world = self.world();
        world.has_folder(folder)?;
        let touches = |step: &Vec<(Spot, Option<u64>)>| step.iter().any(|(spot, _)| spot.folder() == *folder);
        if let Some(last) = world.unsynced.iter().rposition(touches) {
            world.make_durable(last + 1);
        }
        call.end(())
    }

    fn try_lock(&self, spot: &Spot) -> io::Result<Option<Box<dyn VfsLock>>> {
        let call = self.call("lock", spot)?;
        let mut world = self.world();
        world.has_folder(&spot.folder())?;
        if !world.locks.insert(spot.clone()) {
            return call.end(None);
        }
        if !world.names.contains_key(spot) {
            let node = world.make(Sort::File, 0o600);
            world.rename(vec![(spot.clone(), Some(node))]);
        }
        let life = world.life;
        drop(world);
        call.end(Some(Box::new(SimLock { disk: self.clone(), spot: spot.clone(), life })))
    }

    fn has(&self, root: Root) -> bool {
        self.world().roots.contains(&root)
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.world().tick())
    }

    fn pause(&self, time: Duration) {
        self.wait(time);
    }
}

struct SimLock {
    disk: SimFs,
    spot: Spot,
    life: u64,
}

impl VfsLock for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        let mut world = self.disk.world();
        if world.life == self.life {
            world.locks.remove(&self.spot);
        }
    }
}

struct SimFile {
    disk: SimFs,
    spot: Spot,
    node: u64,
    at: usize,
    life: u64,
}

impl SimFile {
    fn with<T>(&self, name: &str, work: impl FnOnce(&mut Node, u64) -> T) -> io::Result<T> {
        let call = self.disk.call(name, &self.spot)?;
        let mut world = self.disk.world();
        if world.life != self.life {
            return Err(io::Error::other("this process has ended"));
        }
        let now = world.tick();
        let node = world.nodes.get_mut(&self.node).ok_or_else(|| io::Error::from_raw_os_error(116))?;
        let value = work(node, now);
        drop(world);
        call.end(value)
    }
}

impl VfsFile for SimFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.at;
        let count = self.with("read", |node, _| {
            let rest = node.data.get(at..).unwrap_or_default();
            let count = rest.len().min(buffer.len());
            for (to, from) in buffer.iter_mut().zip(rest) {
                *to = *from;
            }
            count
        })?;
        self.at += count;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let call = self.disk.call("write", &self.spot)?;
        let mut world = self.disk.world();
        if world.life != self.life {
            return Err(io::Error::other("this process has ended"));
        }
        let now = world.tick();
        let count = if call.short { bytes.len().min(1) } else { bytes.len() };
        let node = world.nodes.get_mut(&self.node).ok_or_else(|| io::Error::from_raw_os_error(116))?;
        node.data.extend_from_slice(bytes.get(..count).unwrap_or_default());
        node.modified = now;
        drop(world);
        call.end(count)
    }

    fn sync(&self) -> io::Result<()> {
        self.with("sync", |node, _| node.durable = node.data.clone())
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.with("cut", |node, _| node.data.truncate(usize::try_from(length).unwrap_or(usize::MAX)))
    }

    fn entry(&self) -> io::Result<Entry> {
        let call = self.disk.call("entry of open", &self.spot)?;
        let entry = self.disk.world().entry(self.node)?;
        call.end(entry)
    }

    fn set_owner(&self, owner: u32, group: u32) -> io::Result<()> {
        self.with("set owner", |node, _| (node.owner, node.group) = (owner, group))
    }

    fn set_mode(&self, mode: u32) -> io::Result<()> {
        self.with("set mode", |node, _| node.mode = mode)
    }

    fn attributes(&self) -> io::Result<Vec<Attribute>> {
        self.with("attributes", |node, _| node.attributes.clone().into_iter().collect())
    }

    fn set_attribute(&self, name: &[u8], value: &[u8]) -> io::Result<()> {
        self.with("set attribute", |node, _| {
            node.attributes.insert(name.to_vec(), value.to_vec());
        })
    }

    fn remove_attribute(&self, name: &[u8]) -> io::Result<()> {
        self.with("remove attribute", |node, _| {
            node.attributes.remove(name);
        })
    }
}

/// Chance from a seed (`SplitMix64`).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`; 0 where there is none.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % (sides.max(1) as u64)).unwrap_or(0)
    }

    /// What a power cut leaves of a file: the durable bytes, all, a prefix of what was added, or zeros in it.
    fn survive(&mut self, durable: &[u8], issued: &[u8]) -> Vec<u8> {
        if durable == issued {
            return issued.to_vec();
        }
        // What was durable and is still the same is not touched by later writes.
        let same = durable.iter().zip(issued).take_while(|(one, other)| one == other).count();
        match self.roll(4) {
            0 => durable.to_vec(),
            1 => issued.to_vec(),
            2 => {
                let kept = self.roll(issued.len() + 1).max(same);
                issued.get(..kept).unwrap_or_default().to_vec()
            }
            _ => {
                let (from, mut torn) = (self.roll(issued.len() + 1), issued.to_vec());
                torn.iter_mut().skip(from.max(same)).for_each(|byte| *byte = 0);
                torn
            }
        }
    }
}

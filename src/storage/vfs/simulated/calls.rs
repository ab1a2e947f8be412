//! The calls of the simulated disk: what each does to names and content, between the faults.
//!
//! Invariant: each call counts once, and a handle of a process that has ended does nothing.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Node, SimFs};
use crate::file::Stamp;
use crate::storage::vfs::{Attribute, Entry, Open, Root, Sort, Spot, Vfs, VfsFile, VfsLock};

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

    fn read_at(&self, buffer: &mut [u8], start: u64) -> io::Result<usize> {
        self.with("read", |node, _| {
            let rest = usize::try_from(start).ok().and_then(|start| node.data.get(start..)).unwrap_or_default();
            let count = rest.len().min(buffer.len());
            buffer.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            count
        })
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

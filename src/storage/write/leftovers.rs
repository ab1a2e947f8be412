//! What a dead process left in the workshop: looked at by content, then removed, or handed over to be merged.
//!
//! Invariant: a living session's files are not touched, and somebody else's bytes are never removed before they are accepted.

use std::collections::{BTreeMap, BTreeSet};

use super::swap::bytes;
use super::workshop::{path_hash, places};
use super::{Displaced, Kept, Saver, remove};
use crate::file::{ContentHash, SitePath};
use crate::storage::ledger::Line;
use crate::storage::read::read_through;
use crate::storage::vfs::{Root, Spot};

/// How the name of a file ends that was not written to its end.
const PART: &str = ".part";

/// What the name of a leftover says.
struct Named {
    path: u64,
    base: Option<ContentHash>,
    ours: ContentHash,
}

impl Saver {
    /// Looks at what dead processes left. `paths` gives the paths of the site, and is asked only when something must be found.
    /// What comes back must be merged and then [accepted](Saver::accept); until then it stays where it is.
    pub fn recover(&self, paths: &dyn Fn() -> Vec<SitePath>) -> Vec<Displaced> {
        let mut known = None;
        let mut find = |hash: u64| {
            let known: &BTreeMap<u64, SitePath> =
                known.get_or_insert_with(|| paths().into_iter().map(|path| (path_hash(&path), path)).collect());
            known.get(&hash).cloned()
        };
        let mut displaced = Vec::new();
        for folder in places().into_iter().filter(|folder| self.vfs.has(folder.root)) {
            match self.vfs.names(&folder) {
                Ok(names) => self.recover_folder(&folder, &names, &mut find, &mut displaced),
                Err(error) => log::debug!("there is nothing to look at in {folder}: {error}"),
            }
        }
        displaced
    }

    fn recover_folder(
        &self,
        folder: &Spot,
        names: &[String],
        find: &mut dyn FnMut(u64) -> Option<SitePath>,
        displaced: &mut Vec<Displaced>,
    ) {
        let session_of = |name: &str| name.split(['_', '.']).next().unwrap_or_default().to_owned();
        let sessions: BTreeSet<String> = names.iter().map(|name| session_of(name)).collect();
        for session in sessions.iter().filter(|session| *session != self.workshop.session()) {
            let lock_spot = folder.join(&format!("{session}.lock"));
            let guard = match self.vfs.try_lock(&lock_spot) {
                Ok(Some(guard)) => guard,
                Ok(None) => continue,
                Err(error) => {
                    log::warn!("{lock_spot} cannot be taken: {error}");
                    continue;
                }
            };
            let before = displaced.len();
            let mut is_clean = true;
            for name in names.iter().filter(|name| session_of(name) == *session && name.strip_suffix(".lock").is_none())
            {
                is_clean &= self.recover_file(&folder.join(name), find, displaced);
            }
            if is_clean && displaced.len() == before {
                remove(self.vfs.as_ref(), &lock_spot);
            } else {
                self.hold(guard);
            }
        }
        if folder.root == Root::Site
            && self.kept().is_empty()
            && let Err(error) = self.vfs.remove_folder(folder)
        {
            log::debug!("{folder} stays: {error}");
        }
    }

    /// Whether the file is dealt with.
    fn recover_file(
        &self,
        spot: &Spot,
        find: &mut dyn FnMut(u64) -> Option<SitePath>,
        displaced: &mut Vec<Displaced>,
    ) -> bool {
        // None of ours is not ours to remove.
        let Some(named) = named(spot.name()) else { return false };
        if spot.name().strip_suffix(PART).is_some() {
            // Not whole, so never in anybody's sight.
            remove(self.vfs.as_ref(), spot);
            return true;
        }
        let bytes = match bytes(self.vfs.as_ref(), spot) {
            Ok(bytes) => bytes,
            Err(error) => {
                log::warn!("{spot} cannot be looked at: {error}");
                return false;
            }
        };
        let hash = ContentHash::of(&bytes);
        // What another program had only cut says nothing.
        if hash == named.ours || bytes.is_empty() {
            remove(self.vfs.as_ref(), spot);
            return true;
        }
        let path = find(named.path);
        if Some(hash) == named.base {
            self.note(path.as_ref(), &bytes, named.ours);
            remove(self.vfs.as_ref(), spot);
            return true;
        }
        let kept = Displaced {
            path,
            base: named.base,
            base_bytes: None,
            ours: named.ours,
            bytes: bytes.into(),
            kept: spot.clone(),
        };
        self.remember(&kept);
        displaced.push(kept);
        true
    }

    /// The swap was done but perhaps not noted: what was replaced is kept in the ledger like that of any save.
    fn note(&self, path: Option<&SitePath>, before: &[u8], ours: ContentHash) {
        let (Some(path), Some(ledger)) = (path, &self.ledger) else { return };
        let is_noted = ledger.versions(path).is_ok_and(|saves| {
            saves.iter().any(|saved| ContentHash::of(&saved.after) == ours && saved.before.as_deref() == Some(before))
        });
        let Ok((now, _)) = read_through(self.vfs.as_ref(), path) else { return };
        if is_noted || now.hash() != ours {
            return;
        }
        if let Err(error) = ledger.append(&[Line { path, before: Some(before), after: &now.bytes }]) {
            log::warn!("the version of {path} before the last save is not kept: {error}");
        }
    }

    fn remember(&self, displaced: &Displaced) {
        let Some(path) = &displaced.path else { return };
        self.kept().push(Kept {
            spot: displaced.kept.clone(),
            path: path.clone(),
            base: displaced.base,
            base_bytes: None,
            ours: displaced.ours,
            since: self.vfs.now(),
            reported: true,
            back: None,
            grown: None,
        });
    }
}

fn named(name: &str) -> Option<Named> {
    let stem = [PART, ".ready", ".kept"].into_iter().find_map(|ending| name.strip_suffix(ending))?;
    let mut parts = stem.split('_').skip(2);
    let path = u64::from_str_radix(parts.next()?, 16).ok()?;
    let hash = |text: &str| u128::from_str_radix(text, 16).ok().map(ContentHash);
    let base = match parts.next()? {
        "new" => None,
        base => Some(hash(base)?),
    };
    Some(Named { path, base, ours: hash(parts.next()?)? })
}

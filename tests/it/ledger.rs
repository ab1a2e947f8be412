//! The saved versions: in portions, and never into a file that is gone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use copydesk::file::{ContentHash, SitePath};
use copydesk::storage::StorageError;
use copydesk::storage::ledger::{KEPT_FOR, Ledger};
use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::{Fault, SimFs};
use copydesk::storage::vfs::{Root, Spot};

fn ledger(disk: &SimFs) -> Ledger {
    Ledger::through(Arc::new(disk.clone()), &SiteKey::of_root(std::path::Path::new("/site")))
}

fn path(name: &str) -> SitePath {
    SitePath::new(name).unwrap()
}

fn disk() -> SimFs {
    SimFs::new(&[Root::Site, Root::State])
}

/// Keeps one version of so many bytes.
fn keep(ledger: &Ledger, name: &str, bytes: &[u8]) {
    ledger.acknowledge(&[(path(name), bytes.to_vec())]).unwrap();
}

fn segments(disk: &SimFs) -> Vec<Spot> {
    disk.files().into_iter().filter(|spot| spot.path.ends_with(".saved")).collect()
}

#[test]
fn versions_are_kept_in_portions_of_eight_megabytes_and_larger_ones_are_read() {
    let (disk, megabyte) = (disk(), 1024 * 1024);
    let ledger = ledger(&disk);
    for (name, megabytes, portions) in [("a.md", 4, 1), ("b.md", 5, 1), ("c.md", 1, 2), ("d.md", 6, 2), ("e.md", 2, 2)]
    {
        keep(&ledger, name, &vec![name.as_bytes()[0]; megabytes * megabyte]);
        disk.wait(Duration::from_secs(1));
        assert_eq!(segments(&disk).len(), portions, "behind {name}");
    }
    let heads = ledger.heads().unwrap();
    assert_eq!(heads.len(), 5);
    assert_eq!(heads[&path("b.md")], ContentHash::of(&vec![b'b'; 5 * megabyte]));
}

#[test]
fn a_window_that_stayed_open_keeps_versions_where_another_one_removed_its_old_ones() {
    let disk = disk();
    let (long_open, other) = (ledger(&disk), ledger(&disk));
    keep(&long_open, "a.md", b"old");
    disk.wait(KEPT_FOR + Duration::from_secs(60));
    other.prune().unwrap();
    assert_eq!(segments(&disk), [], "it was too old");
    keep(&long_open, "a.md", b"new");
    keep(&long_open, "b.md", b"newer");
    assert_eq!(segments(&disk).len(), 1);
    let found: Vec<_> = other.versions(&path("a.md")).unwrap().into_iter().map(|saved| saved.after).collect();
    assert_eq!(found, [b"new"]);
    assert_eq!(other.heads().unwrap().len(), 2);
    assert_eq!(other.saves_of(&BTreeSet::from([path("b.md")])).unwrap()[&path("b.md")], [], "seen");
    // Another file under its name is not its file.
    let segment = segments(&disk).remove(0);
    disk.replace(&segment, b"");
    keep(&long_open, "c.md", b"c");
    assert_eq!(segments(&disk).len(), 2);
    assert_eq!(other.heads().unwrap().len(), 1);
}

#[test]
fn a_version_whose_place_cannot_be_looked_at_is_told_as_not_kept() {
    let disk = disk();
    let kept = ledger(&disk);
    keep(&kept, "a.md", b"one");
    let segment = segments(&disk).remove(0);
    disk.reset();
    keep(&kept, "a.md", b"two");
    let looked = disk.trace().iter().position(|call| *call == format!("entry {segment}"));
    let looked = looked.unwrap_or_else(|| panic!("it looks whether its file is there: {:?}", disk.trace()));
    disk.reset();
    disk.fail(looked, Fault::Error(5), false);
    assert!(kept.acknowledge(&[(path("a.md"), b"three".to_vec())]).is_err());
    keep(&kept, "a.md", b"four");
    assert_eq!(segments(&disk).len(), 2, "the end of the first is not known");
}

#[test]
fn versions_that_cannot_be_listed_are_told_and_none_are_none() {
    let disk = disk();
    let kept = ledger(&disk);
    assert!(kept.heads().unwrap().is_empty() && kept.latest().unwrap().is_empty(), "there is no folder yet");
    keep(&kept, "a.md", b"one");
    disk.reset();
    disk.fail(0, Fault::Error(5), false);
    assert!(matches!(kept.heads(), Err(StorageError::Io { .. })));
    assert_eq!(kept.heads().unwrap().len(), 1);
}

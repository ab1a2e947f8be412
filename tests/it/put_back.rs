//! Another program writes in the moment of the exchange: its version goes back to its name, and whoever wrote over it since,
//! having seen ours in its place, takes nothing away.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::{Fault, SimFs};
use copydesk::storage::vfs::{Root, Spot};
use copydesk::storage::{Displaced, SaveOutcome, Saver, StorageError};

use crate::saving::plan;

const OLD: &str = "old text of the article";
const NEW: &str = "new text of the article, longer";
const THEIRS: &str = "their text";
const STRANGER: &str = "a third one, who saw ours";

fn article() -> Spot {
    Spot::new(Root::Site, "_news/a.md")
}

fn disk() -> SimFs {
    let disk = SimFs::new(&[Root::Site, Root::Git, Root::GitCommon, Root::State]);
    disk.put(&article(), OLD.as_bytes());
    disk.put(&Spot::new(Root::State, "x"), b"");
    disk.reset();
    disk
}

fn saver(disk: &SimFs) -> Saver {
    Saver::through(Arc::new(disk.clone()), Some(&SiteKey::of_root(std::path::Path::new("/site"))))
}

fn save(disk: &SimFs) -> (SaveOutcome, Saver) {
    let saver = saver(disk);
    (saver.save(&plan("_news/a.md", Some(OLD), NEW), &|| false), saver)
}

fn written(saver: &Saver, path: &str, old: &str, new: &str) {
    let outcome = saver.save(&plan(path, Some(old), new), &|| false);
    assert!(matches!(outcome, SaveOutcome::Written(_)), "{outcome:?}");
}

fn text(disk: &SimFs) -> Option<String> {
    disk.bytes(&article()).map(|bytes| String::from_utf8(bytes).unwrap())
}

fn texts(displaced: &[Displaced]) -> BTreeSet<String> {
    displaced.iter().map(|found| String::from_utf8(found.bytes.to_vec()).unwrap()).collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// What is told some time later.
fn told_later(disk: &SimFs, saver: &Saver) -> BTreeSet<String> {
    disk.wait(Duration::from_secs(6));
    texts(&saver.settle(false))
}

fn is_moved_on(outcome: &SaveOutcome, to: &str) -> bool {
    matches!(outcome, SaveOutcome::MovedOn(now) if &*now.bytes == to.as_bytes())
}

/// A disk where these versions of others take the name just before one exchange after the other, with the calls of these
/// exchanges and of the next one.
fn contested(versions: &[String]) -> (SimFs, Vec<usize>) {
    let mut exchanges = Vec::new();
    loop {
        let disk = disk();
        for (at, version) in exchanges.iter().zip(versions) {
            let version = version.clone();
            disk.visit(*at, move |disk| disk.replace(&article(), version.as_bytes()));
        }
        let rehearsal = disk.clone();
        drop(save(&rehearsal));
        let known = exchanges.last().map_or(0, |last| last + 1);
        let trace = rehearsal.trace();
        let next = trace.iter().skip(known).position(|call| call.starts_with("swap"));
        exchanges.extend(next.map(|next| known + next));
        if exchanges.len() > versions.len() || next.is_none() {
            break;
        }
    }
    let disk = disk();
    for (at, version) in exchanges.iter().zip(versions) {
        let version = version.clone();
        disk.visit(*at, move |disk| disk.replace(&article(), version.as_bytes()));
    }
    (disk, exchanges)
}

/// A disk where one version of theirs came in the moment of the exchange, saved into: it is back under its name.
fn put_back() -> (SimFs, Saver) {
    let (disk, _) = contested(&[THEIRS.to_owned()]);
    let (outcome, saver) = save(&disk);
    assert!(is_moved_on(&outcome, THEIRS), "{outcome:?}");
    assert_eq!(text(&disk).as_deref(), Some(THEIRS));
    (disk, saver)
}

fn nothing_is_left(disk: &SimFs, saver: &Saver) {
    assert_eq!(saver.close(), []);
    let is_ours = |spot: &Spot| spot.root != Root::State && !spot.path.starts_with("_news/");
    assert_eq!(disk.files().into_iter().filter(is_ours).collect::<Vec<_>>(), []);
}

#[test]
fn what_is_back_under_its_name_is_forgotten_and_so_is_what_grew_out_of_it_or_was_taken_away() {
    let more = format!("{THEIRS}, and more of it");
    for now in [Some(THEIRS), Some(&more), None] {
        let (disk, saver) = put_back();
        match now {
            Some(now) => disk.overwrite(&article(), now.as_bytes()),
            None => disk.delete(&article()),
        }
        assert!(saver.is_unsettled());
        assert_eq!(told_later(&disk, &saver), set(&[]), "{now:?}");
        assert!(!saver.is_unsettled(), "{now:?}");
        nothing_is_left(&disk, &saver);
    }
}

#[test]
fn what_is_written_over_a_version_that_was_put_back_may_not_have_seen_it() {
    let (disk, saver) = put_back();
    disk.replace(&article(), STRANGER.as_bytes());
    disk.wait(Duration::from_secs(6));
    let told = saver.settle(false);
    assert_eq!(texts(&told), set(&[THEIRS]));
    assert!(!saver.is_unsettled(), "told once");
    assert_eq!(saver.settle(false), []);
    assert_eq!(told[0].path.as_ref().map(ToString::to_string).as_deref(), Some("_news/a.md"));
    assert_eq!(told[0].base_bytes.as_deref(), Some(OLD.as_bytes()), "they changed what we had expected");
    told.iter().for_each(|told| saver.accept(told));
    nothing_is_left(&disk, &saver);
}

#[test]
fn a_version_that_cannot_be_looked_at_is_looked_at_again_later() {
    let (disk, saver) = put_back();
    disk.replace(&article(), STRANGER.as_bytes());
    disk.reset();
    disk.fail(0, Fault::Error(5), true);
    assert_eq!(told_later(&disk, &saver), set(&[]));
    assert!(saver.is_unsettled());
    disk.reset();
    assert_eq!(told_later(&disk, &saver), set(&[THEIRS]));
}

#[test]
fn what_we_make_of_a_version_that_was_put_back_is_no_loss_of_it_save_after_save() {
    let (disk, saver) = put_back();
    written(&saver, "_news/a.md", THEIRS, "merged");
    written(&saver, "_news/a.md", "merged", "merged twice");
    assert_eq!(told_later(&disk, &saver), set(&[]));
    nothing_is_left(&disk, &saver);
}

#[test]
fn what_we_make_of_a_version_that_came_over_it_is_one() {
    let (disk, saver) = put_back();
    disk.replace(&article(), STRANGER.as_bytes());
    written(&saver, "_news/a.md", STRANGER, "made of the stranger's");
    assert_eq!(told_later(&disk, &saver), set(&[THEIRS]));
    let (disk, saver) = put_back();
    // What grew out of theirs is overwritten unseen in its turn.
    written(&saver, "_news/a.md", THEIRS, "merged");
    disk.replace(&article(), STRANGER.as_bytes());
    assert_eq!(told_later(&disk, &saver), set(&[THEIRS]));
}

#[test]
fn what_we_make_of_another_article_with_the_same_text_counts_for_nothing() {
    let (disk, saver) = put_back();
    disk.put(&Spot::new(Root::Site, "_news/b.md"), THEIRS.as_bytes());
    written(&saver, "_news/b.md", THEIRS, STRANGER);
    disk.replace(&article(), STRANGER.as_bytes());
    assert_eq!(told_later(&disk, &saver), set(&[THEIRS]));
}

#[test]
fn what_had_only_been_begun_when_it_was_seen_is_no_version() {
    let begun = &THEIRS[..7];
    let (rehearsal, exchanges) = contested(&[begun.to_owned()]);
    drop(save(&rehearsal));
    let of_article = article().to_string();
    let calls = rehearsal.trace();
    let looked =
        exchanges[1] + 1 + calls[exchanges[1] + 1..].iter().position(|call| call.ends_with(&of_article)).unwrap();
    for (then, is_told) in [(THEIRS, false), ("not what it began with", true)] {
        let (disk, _) = contested(&[begun.to_owned()]);
        disk.visit(looked, move |disk| disk.overwrite(&article(), then.as_bytes()));
        let (outcome, saver) = save(&disk);
        assert!(is_moved_on(&outcome, then), "{outcome:?}");
        disk.replace(&article(), STRANGER.as_bytes());
        let told = told_later(&disk, &saver);
        assert_eq!(told.contains(begun), is_told, "{told:?}");
    }
}

#[test]
fn however_many_versions_come_one_after_the_other_each_is_there_or_told() {
    for count in 1..9 {
        let versions: Vec<String> = (0..count).map(|number| format!("version {number} of theirs")).collect();
        let (disk, exchanges) = contested(&versions);
        let (outcome, saver) = save(&disk);
        let label = format!("{count} versions: {outcome:?}");
        // Those that came before an exchange; after the sixth there is none.
        let came = &versions[..exchanges.len().min(count)];
        assert_eq!(came.len(), count.min(6), "{label}");
        if count < 6 {
            assert!(is_moved_on(&outcome, came.last().unwrap()), "{label}");
        } else {
            assert!(matches!(outcome, SaveOutcome::Failed(StorageError::Contended { .. })), "{label}");
        }
        let now = text(&disk).unwrap();
        assert!(came.contains(&now), "{label}: {now}");
        let told = told_later(&disk, &saver);
        for version in came {
            assert!(*version == now || told.contains(version), "{label}: {version} is lost, {told:?}");
        }
        assert!(!told.contains(NEW) && !told.contains(OLD), "{label}: {told:?}");
    }
}

#[test]
fn what_cannot_be_put_back_is_told() {
    let (rehearsal, exchanges) = contested(&[THEIRS.to_owned()]);
    drop(save(&rehearsal));
    let calls = rehearsal.calls();
    for at in exchanges[1]..calls {
        for fault in [Fault::Error(5), Fault::ErrorAfter(5)] {
            let (disk, _) = contested(&[THEIRS.to_owned()]);
            disk.fail(at, fault, false);
            let (outcome, saver) = save(&disk);
            let label = format!("call {at} of {calls}, {fault:?}: {outcome:?}");
            assert!(matches!(outcome, SaveOutcome::Failed(_)) || is_moved_on(&outcome, THEIRS), "{label}");
            let (now, told) = (text(&disk).unwrap(), told_later(&disk, &saver));
            assert!(now == THEIRS || told.contains(THEIRS), "{label}: {now}, {told:?}");
        }
    }
    // Deleted meanwhile: then it is gone, and theirs is told.
    let (disk, _) = contested(&[THEIRS.to_owned()]);
    disk.visit(exchanges[1], |disk| disk.delete(&article()));
    let (outcome, saver) = save(&disk);
    assert_eq!(outcome, SaveOutcome::Gone);
    assert_eq!(text(&disk), None);
    assert_eq!(told_later(&disk, &saver), set(&[THEIRS]));
}

//! Two writers of one file as fast as they can: no change of the other program disappears unseen, whatever its style.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use copydesk::storage::{SaveOutcome, StorageError};

use crate::common::{Column, reached};
use crate::saving::{World, plan};

/// How the other program writes what it made of what it read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    /// Exchanges the files and puts back what it did not expect.
    Careful,
    /// Writes aside and renames over, as most do: our line is theirs to overwrite, and the saved versions know it.
    Aside,
    /// Cuts the file and writes it anew.
    InPlace,
}

/// Where our new files are made, and whether others are saved with ours.
#[derive(Clone, Copy, Debug)]
enum Place {
    GitFolder,
    Site,
    Batch,
}

/// So many saves a file, so that files stay small.
const A_FILE: u64 = 200;

struct StopAtTheEnd<'a>(&'a AtomicBool);

impl Drop for StopAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The other program: adds its own line to what it read. Answers how many lines, and what it displaced itself.
fn other(path: &Path, aside: &Path, style: Style, stop: &AtomicBool) -> (u64, String) {
    let (mut count, mut kept) = (0, String::new());
    while !stop.load(Ordering::Relaxed) {
        let base = fs::read_to_string(path).unwrap();
        let mine = format!("{base}t{count}\n");
        match style {
            Style::Careful => {
                fs::write(aside, &mine).unwrap();
                let swap = || {
                    let flags = rustix::fs::RenameFlags::EXCHANGE;
                    rustix::fs::renameat_with(rustix::fs::CWD, aside, rustix::fs::CWD, path, flags).unwrap();
                };
                swap();
                if fs::read_to_string(aside).unwrap() == base {
                    count += 1;
                } else {
                    swap();
                    let displaced = fs::read_to_string(aside).unwrap();
                    if displaced != mine {
                        kept.push_str(&displaced);
                    }
                }
            }
            Style::Aside => {
                fs::write(aside, &mine).unwrap();
                fs::rename(aside, path).unwrap();
                count += 1;
            }
            Style::InPlace => {
                fs::write(path, &mine).unwrap();
                count += 1;
            }
        }
        std::thread::sleep(Duration::from_micros(150));
    }
    (count, kept)
}

/// One file's share of a duel. Answers how often ours was written, and how many lines are missing: ours, theirs.
fn duel(world: &World, name: &str, style: Style, place: Place, tries: u64) -> (u64, usize, usize) {
    world.write(name, "");
    let path = world.root().join(name);
    let stop = AtomicBool::new(false);
    let mut ours = Vec::new();
    let (theirs, kept) = std::thread::scope(|scope| {
        let rival = scope.spawn(|| other(&path, &world.folder.path().join("aside"), style, &stop));
        // Also when this side panics: else the other would go on for ever.
        let _stop = StopAtTheEnd(&stop);
        for number in 0..tries {
            let base = fs::read_to_string(&path).unwrap();
            let mut plans = vec![plan(name, Some(&base), &format!("{base}o{number}\n"))];
            if let Place::Batch = place {
                let beside = fs::read_to_string(world.root().join("beside.md")).unwrap();
                plans.insert(0, plan("beside.md", Some(&beside), &format!("{number}")));
            }
            let last = plans.len() - 1;
            world.saver.save_many(&plans, &|| false, &mut |index, outcome| match outcome {
                SaveOutcome::Written(_) if index == last => ours.push(number),
                // The last: too much going on; nothing was written, nothing is lost.
                SaveOutcome::Written(_)
                | SaveOutcome::Unchanged(_)
                | SaveOutcome::MovedOn(_)
                | SaveOutcome::Failed(StorageError::Contended { .. }) => {}
                other => panic!("{style:?} {place:?}: {other:?}"),
            });
        }
        stop.store(true, Ordering::Relaxed);
        rival.join().unwrap()
    });
    // What the other added and then replaced itself, by what it had read of ours in the very moment, is handed to the desk.
    let mut text = world.text(name) + &kept;
    for found in world.saver.settle(true) {
        text.push_str(std::str::from_utf8(&found.bytes).unwrap());
        text.push('\n');
        world.saver.accept(&found);
    }
    let lines: BTreeSet<&str> = text.lines().collect();
    let missing = |letter: char, numbers: &mut dyn Iterator<Item = u64>| {
        numbers.filter(|number| !lines.contains(format!("{letter}{number}").as_str())).count()
    };
    let lost = (missing('o', &mut ours.iter().copied()), missing('t', &mut (0..theirs)));
    (ours.len() as u64, lost.0, lost.1)
}

#[test]
fn in_a_duel_no_change_of_the_other_is_lost() {
    let column = Column::rounds(300, 20_000, 1_000_000);
    // Where syncs cost nothing, the two meet more often.
    let memory = Path::new("/dev/shm");
    for style in [Style::Careful, Style::Aside, Style::InPlace] {
        let mut of_style = 0;
        for place in [Place::GitFolder, Place::Site, Place::Batch] {
            let world = World::new_in(Some(memory).filter(|memory| memory.is_dir()), !matches!(place, Place::Site));
            world.write("beside.md", "");
            let (mut written, mut overwritten, mut left, mut file) = (0, 0, column.count(), 0);
            while left > 0 {
                let tries = left.min(A_FILE);
                let (ours, our_loss, their_loss) = duel(&world, &format!("a{file}.md"), style, place, tries);
                assert_eq!(their_loss, 0, "{style:?} {place:?}, file {file}: lines of theirs are lost");
                assert!(our_loss == 0 || style != Style::Careful, "{style:?} {place:?}, file {file}: ours are lost");
                (written, overwritten, left, file) = (written + ours, overwritten + our_loss, left - tries, file + 1);
            }
            of_style += written;
            let result = format!("{written} written, 0 of theirs lost, {overwritten} of ours overwritten by them");
            reached(&format!("duel, {style:?}, {place:?}"), column, &result);
        }
        // In a batch the other is nearly always faster.
        assert!(of_style > 0, "{style:?}: nothing was written at all");
    }
}

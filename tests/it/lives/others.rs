//! The files that everybody works on, and the programs beside ours.

use std::collections::{BTreeMap, BTreeSet};

use copydesk::storage::vfs::simulated::{Dice, SimFs};
use copydesk::storage::vfs::{Root, Spot};

/// The score that each file has at first, and that nobody writes later.
pub(super) const FIRST_HEAT: usize = 10;

pub(super) const PATHS: [&str; 3] = ["_news/a.md", "_news/b.md", "_news/c.md"];

pub(super) fn first_text(path: &str) -> String {
    format!(
        "---\ntitle: \"Story {path}\"\nquality: 50\nheat: {FIRST_HEAT}\ntags: [base]\nflag: 0\nsecured: s0\n---\nBody of {path}\n"
    )
}

pub(super) fn spot_of(path: &str) -> Spot {
    Spot::new(Root::Site, path)
}

pub(super) fn index_lock() -> Spot {
    Spot::new(Root::Git, "index.lock")
}

/// The value in the line of this key.
pub(super) fn line<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
}

pub(super) fn tags(text: &str) -> Vec<&str> {
    let list = line(text, "tags").unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    list.split(", ").map(|tag| tag.trim_matches('"')).filter(|tag| !tag.is_empty()).collect()
}

/// A text as a program writes it that knows lines only.
pub(super) fn with_line(text: &str, key: &str, value: &str) -> String {
    let is_it = |line: &str| line.starts_with(&format!("{key}: "));
    text.split_inclusive('\n')
        .map(|line| if is_it(line) { format!("{key}: {value}\n") } else { line.to_owned() })
        .collect()
}

/// The programs beside ours, and what of everybody's work they took away themselves.
#[derive(Default)]
pub(super) struct Others {
    pub count: usize,
    /// Whether they work on what they read long ago.
    pub are_stale: bool,
    /// Whether what they write is at once safe from power cuts.
    pub is_durable: bool,
    pub read: BTreeMap<&'static str, String>,
    /// What they wrote last into the flag of each file, which is theirs alone.
    pub flags: BTreeMap<&'static str, String>,
    /// Where they wrote a score: what it was at first comes never again.
    pub scored: BTreeSet<&'static str>,
    /// The tags that must be there.
    pub tags: BTreeSet<(&'static str, String)>,
    /// Tags that were on disk and that they wrote over unseen, or removed with their file.
    pub taken: BTreeSet<(&'static str, String)>,
    pub overwritten: BTreeSet<(&'static str, String)>,
    pub log: Vec<String>,
}

impl Others {
    pub fn act(&mut self, disk: &SimFs, dice: &mut Dice) {
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
                if key == "heat" {
                    self.scored.insert(path);
                }
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

    pub fn say(&mut self, line: String) {
        self.log.push(line);
    }
}

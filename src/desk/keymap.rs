//! Which keys do what at this site: those of `ACTIONS`, those that `.copydesk.yaml` changes, and those of its own actions.
//!
//! Invariant: a key does one thing. What the configuration says twice, or of a key that is taken, is told with its place, and
//! the key stays what it was.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::action::{ACTIONS, Action, Chord, Menu};
use super::command::{Command, Edit, Judge};
use super::{Desk, Phase};
use crate::article::Intent;
use crate::document::Value;
use crate::site::config::{ConfigProblem, CustomAction, DESK_FILE, DeskFile, PlacedKey, nearest};

/// The keys of a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keymap {
    /// Keys of commands that have others than in `ACTIONS`.
    changed: BTreeMap<&'static str, Vec<String>>,
    /// Keys of the site's own actions, by their names.
    own: BTreeMap<String, Vec<String>>,
}

/// Something that can be asked for by name.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'a> {
    /// What every site has.
    Action(&'static Action),
    /// What this site has of its own.
    Own(&'a CustomAction),
}

impl<'a> Entry<'a> {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &'a str {
        match self {
            Self::Action(action) => action.name,
            Self::Own(own) => &own.name,
        }
    }

    /// What it does.
    #[must_use]
    pub fn help(&self) -> Cow<'static, str> {
        match self {
            Self::Action(action) => Cow::Borrowed(action.help),
            Self::Own(own) => Cow::Owned(help(own)),
        }
    }

    /// Under which menu it stands.
    #[must_use]
    pub fn menu(&self) -> Menu {
        match self {
            Self::Action(action) => action.menu,
            Self::Own(_) => Menu::Own,
        }
    }

    /// The keys that do it here.
    #[must_use]
    pub fn keys(&self, desk: &'a Desk) -> Vec<&'a str> {
        match self {
            Self::Action(action) => desk.keys_of(action),
            Self::Own(own) => {
                let keys = desk.keymap().and_then(|keymap| keymap.own.get(&own.name));
                keys.map(|keys| keys.iter().map(String::as_str).collect()).unwrap_or_default()
            }
        }
    }

    /// The command, or nothing when it cannot be done now.
    #[must_use]
    pub fn command(&self, desk: &Desk) -> Option<Command> {
        match self {
            Self::Action(action) => (action.command)(desk),
            Self::Own(own) => (desk.target_count() > 0).then(|| Command::Edit(edit(desk, own))),
        }
    }

    /// Why it cannot be done now.
    #[must_use]
    pub fn why_not(&self, desk: &Desk) -> &'static str {
        match self {
            Self::Action(action) => action.why_not(desk),
            Self::Own(_) if *desk.phase() == Phase::Open => "There is no article to do this with",
            Self::Own(_) => "Open a site first",
        }
    }
}

impl Desk {
    /// Everything that can be asked for by name here: first what every site has, then the site's own.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let own = self.site().map(|site| site.config.desk.actions.as_slice()).unwrap_or_default();
        ACTIONS.iter().map(Entry::Action).chain(own.iter().map(Entry::Own))
    }

    /// The keys that an action has here.
    #[must_use]
    pub fn keys_of(&self, action: &'static Action) -> Vec<&str> {
        match self.keymap().and_then(|keymap| keymap.changed.get(action.name)) {
            Some(keys) => keys.iter().map(String::as_str).collect(),
            None => action.keys.to_vec(),
        }
    }

    /// The first key of the action of this name; nothing where it has none.
    #[must_use]
    pub fn key_of(&self, name: &str) -> &str {
        let action = ACTIONS.iter().find(|action| action.name == name);
        action.and_then(|action| self.keys_of(action).first().copied()).unwrap_or_default()
    }

    /// What a key asks for here.
    #[must_use]
    pub fn entry_of(&self, chord: Chord<'_>) -> Option<Entry<'_>> {
        self.entries().find(|entry| entry.keys(self).iter().any(|key| Chord::parse(key) == chord))
    }

    fn keymap(&self) -> Option<&Keymap> {
        self.sitting.as_ref().map(|sitting| &sitting.keymap)
    }
}

impl Keymap {
    /// The keys that a configuration gives, and what is wrong with it.
    #[must_use]
    pub fn of(file: &DeskFile) -> (Self, Vec<ConfigProblem>) {
        let mut reading = Reading::default();
        let mut wanted: Vec<(&'static Action, &[PlacedKey])> = Vec::new();
        for setting in &file.keys {
            match ACTIONS.iter().find(|action| is_called(action.name, &setting.action)) {
                Some(action) => wanted.push((action, &setting.keys)),
                None => reading.unknown(&setting.action, setting.place),
            }
        }
        for action in ACTIONS.iter().filter(|action| !wanted.iter().any(|(other, _)| other.name == action.name)) {
            for key in action.keys {
                reading.taken.insert((*key).to_owned(), action.name.to_owned());
            }
        }
        let mut keymap = Self::default();
        for (action, keys) in wanted {
            let mut free = reading.free(action.name, keys);
            if free.is_empty() && !keys.is_empty() {
                // None of the wanted ones can be had: the usual ones stay, as far as they are free.
                free = action.keys.iter().map(|key| (*key).to_owned()).collect();
                free.retain(|key| reading.taken.insert(key.clone(), action.name.to_owned()).is_none());
            }
            keymap.changed.insert(action.name, free);
        }
        for own in &file.actions {
            let free = reading.free(&own.name, &own.keys);
            keymap.own.insert(own.name.clone(), free);
        }
        (keymap, reading.problems)
    }
}

/// What is known while a configuration is read.
#[derive(Default)]
struct Reading {
    taken: BTreeMap<String, String>,
    problems: Vec<ConfigProblem>,
}

impl Reading {
    /// The keys that can be had of those that are wanted; they are taken then.
    fn free(&mut self, name: &str, keys: &[PlacedKey]) -> Vec<String> {
        let mut free = Vec::new();
        for wanted in keys {
            let Some(key) = normal(&wanted.key) else {
                let help = "Write it like J, Ctrl+Shift+S, F6 or PageUp; Escape and Tab cannot be given away";
                self.problem(wanted, format!("“{}” is no key", wanted.key), help.to_owned());
                continue;
            };
            if let Some(other) = self.taken.get(&key).filter(|other| *other != name).cloned() {
                let help = format!("Choose a free key, or give “{other}” another one under “keys”");
                self.problem(wanted, format!("“{key}” is the key of “{other}” already"), help);
            } else {
                self.taken.insert(key.clone(), name.to_owned());
                free.push(key);
            }
        }
        free
    }

    fn unknown(&mut self, name: &str, place: Option<crate::text::Place>) {
        let names: Vec<&str> = ACTIONS.iter().map(|action| action.name).collect();
        let help = match nearest(name, &names) {
            Some(near) => format!("Did you mean “{near}”?"),
            None => "The command palette (Ctrl+K) has their names".to_owned(),
        };
        let message = format!("No command is called “{name}”");
        self.problems.push(ConfigProblem { file: DESK_FILE.to_owned(), place, message, help });
    }

    fn problem(&mut self, key: &PlacedKey, message: String, help: String) {
        self.problems.push(ConfigProblem { file: DESK_FILE.to_owned(), place: key.place, message, help });
    }
}

/// Names are found without regard to case and to the dots of a dialog.
fn is_called(name: &str, typed: &str) -> bool {
    let plain = |text: &str| text.trim().trim_end_matches(['…', '.']).replace('−', "-").to_lowercase();
    plain(name) == plain(typed)
}

/// A key as `ACTIONS` writes it; nothing for what is no key, or one that cannot be given away.
fn normal(typed: &str) -> Option<String> {
    const SIGNS: &str = "[]{}/?,.=+-";
    const NAMED: [&str; 12] =
        ["Space", "Enter", "Up", "Down", "Left", "Right", "PageUp", "PageDown", "Home", "End", "Insert", "Delete"];
    let (mut command, mut alt, mut shift) = (false, false, false);
    let mut rest = typed.trim();
    while let Some((modifier, after)) =
        rest.split_once('+').filter(|(before, after)| !before.is_empty() && !after.is_empty())
    {
        match modifier.trim().to_lowercase().as_str() {
            "ctrl" | "cmd" | "command" | "⌘" => command = true,
            "alt" | "option" | "⌥" => alt = true,
            "shift" | "⇧" => shift = true,
            _ => return None,
        }
        rest = after.trim();
    }
    let mut letters = rest.chars();
    let key = match (letters.next(), letters.next()) {
        (Some(sign), None) if SIGNS.contains(sign) => {
            shift = false; // a sign is what it is, however it is typed
            sign.to_string()
        }
        (Some(letter), None) if letter.is_ascii_alphanumeric() => letter.to_ascii_uppercase().to_string(),
        _ => {
            let name = rest.strip_prefix("Arrow").unwrap_or(rest);
            let is_function = |key: &str| {
                key.strip_prefix(['F', 'f']).and_then(|n| n.parse::<u8>().ok()).is_some_and(|n| (1..=20).contains(&n))
            };
            if is_function(name) {
                name.to_uppercase()
            } else {
                (*NAMED.iter().find(|known| known.eq_ignore_ascii_case(name))?).to_owned()
            }
        }
    };
    let part = |on: bool, name: &'static str| if on { name } else { "" };
    Some(format!("{}{}{}{key}", part(command, "Ctrl+"), part(alt, "Alt+"), part(shift, "Shift+")))
}

/// What an action of the site's own does, in words.
fn help(own: &CustomAction) -> String {
    let shown = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.spelling().to_owned(),
        Value::Bool(yes) => yes.to_string(),
        _ => "…".to_owned(),
    };
    let set = own.set.iter().map(|(path, value)| format!("{path} {}", shown(value)));
    let add = own.add.iter().map(|(path, value)| format!("{path} + {}", shown(value)));
    let clear = own.clear.iter().map(|path| format!("without {path}"));
    set.chain(add).chain(clear).collect::<Vec<_>>().join(", ")
}

/// The edit that an action of the site's own makes. One that sets a score or says what is live is a judgement.
fn edit(desk: &Desk, own: &CustomAction) -> Edit {
    let set = own.set.iter().map(|(path, value)| Intent::Set(path.clone(), value.clone()));
    let add = own.add.iter().flat_map(|(path, value)| match value {
        Value::Number(number) => {
            let by = number.spelling().parse().ok();
            by.map(|by| vec![Intent::Add(path.clone(), by)]).unwrap_or_default()
        }
        Value::List(items) => {
            items.iter().map(|item| Intent::AddItem { field: path.clone(), value: item.clone() }).collect()
        }
        item => vec![Intent::AddItem { field: path.clone(), value: item.clone() }],
    });
    let clear = own.clear.iter().map(|path| Intent::Clear(path.clone()));
    let schema = desk.cursor().map(|article| desk.schema_of(article)).unwrap_or_default();
    let judges = own.set.iter().any(|(path, _)| schema.score(path).is_some() || schema.live.as_ref() == Some(path));
    let edit = Edit::of_selection(own.name.clone(), set.chain(add).chain(clear).collect());
    edit.judging(if judges { Judge::Yes } else { Judge::No })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_people_write_them() {
        for (typed, want) in [
            ("j", Some("J")),
            ("ctrl+shift+s", Some("Ctrl+Shift+S")),
            ("Shift+Cmd+s", Some("Ctrl+Shift+S")),
            ("alt + ArrowUp", Some("Alt+Up")),
            ("Ctrl++", Some("Ctrl++")),
            ("shift+?", Some("?")),
            ("f6", Some("F6")),
            ("pageup", Some("PageUp")),
            ("Tab", None),
            ("Escape", None),
            ("Hyper+J", None),
            ("ä", None),
            ("", None),
        ] {
            assert_eq!(normal(typed).as_deref(), want, "{typed}");
        }
        for action in ACTIONS {
            for key in action.keys {
                assert_eq!(normal(key).map(|key| Chord::parse(&key) == Chord::parse(&key)), Some(true), "{key}");
            }
        }
    }
}

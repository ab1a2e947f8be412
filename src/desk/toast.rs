//! Short messages that say what happened, and what they offer to do about it.
//!
//! Invariant: a message never asks for an answer; when it goes unread nothing is lost.

use super::command::Command;
use crate::text::marked_lines;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// Something to know.
    Note,
    /// Something went wrong; it stays until it is taken away.
    Error,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Its number, to take it away by.
    pub id: u64,
    /// What happened.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
    /// What it offers, as the words on its button.
    pub offer: Option<(String, Command)>,
    /// Whether the next key may take the offer: it follows from the last edit by the site's rule.
    pub by_rule: bool,
}

/// The messages shown, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Toasts {
    shown: Vec<Toast>,
    last: u64,
    /// What told of the last save that failed.
    failed_save: Option<u64>,
}

/// How many messages are shown at once; the oldest go first.
const MOST: usize = 4;

impl Toasts {
    pub(super) fn shown(&self) -> &[Toast] {
        &self.shown
    }

    pub(super) fn push(&mut self, text: impl Into<String>, tone: Tone, offer: Option<(String, Command)>) {
        // A message may name what is in files.
        let text = marked_lines(&text.into()).into_owned();
        // The same message again replaces the old one: ten judgements are not ten boxes.
        self.shown.retain(|toast| toast.text != text);
        if tone == Tone::Done {
            self.shown.retain(|toast| toast.tone != Tone::Done);
        }
        self.last += 1;
        self.shown.push(Toast { id: self.last, text, tone, offer, by_rule: false });
        if self.shown.len() > MOST {
            self.shown.remove(0);
        }
    }

    pub(super) fn done(&mut self, text: impl Into<String>) {
        self.push(text, Tone::Done, None);
    }

    pub(super) fn undoable(&mut self, text: impl Into<String>) {
        self.push(text, Tone::Done, Some(("Undo".to_owned(), Command::Undo)));
    }

    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.push(text, Tone::Note, None);
    }

    pub(super) fn error(&mut self, text: impl Into<String>) {
        self.push(text, Tone::Error, None);
    }

    /// What follows from the last edit by the site's rule.
    pub(super) fn house(&mut self, text: impl Into<String>, words: &str, command: Command) {
        self.push(text, Tone::Note, Some((words.to_owned(), command)));
        if let Some(toast) = self.shown.last_mut() {
            toast.by_rule = true;
        }
    }

    pub(super) fn house_offer(&self) -> Option<u64> {
        self.shown.iter().find(|toast| toast.by_rule).map(|toast| toast.id)
    }

    /// Lets go of what was offered by the site's rule.
    pub(super) fn let_go(&mut self) {
        self.shown.retain(|toast| !toast.by_rule);
    }

    /// Something could not be saved. It is said until it is taken away, or until the next save.
    pub(super) fn save_failed(&mut self, text: impl Into<String>) {
        self.error(text);
        self.failed_save = Some(self.last);
    }

    /// Another save begins: what the last one said is not news any more.
    pub(super) fn save_begins(&mut self) {
        if let Some(id) = self.failed_save.take() {
            self.dismiss(id);
        }
    }

    pub(super) fn dismiss(&mut self, id: u64) {
        self.shown.retain(|toast| toast.id != id);
    }

    /// The message that offers this.
    pub(super) fn offering(&self, command: &Command) -> Option<u64> {
        let offers = |toast: &&Toast| toast.offer.as_ref().is_some_and(|(_, offered)| offered == command);
        self.shown.iter().find(offers).map(|toast| toast.id)
    }

    pub(super) fn take_offer(&mut self, id: u64) -> Option<Command> {
        let offer = self.shown.iter_mut().find(|toast| toast.id == id).and_then(|toast| toast.offer.take());
        self.dismiss(id);
        offer.map(|(_, command)| command)
    }

    pub(super) fn clear(&mut self) {
        self.shown.clear();
    }
}

/// “1 article”, “37 articles”, “1,204 articles”.
#[must_use]
pub fn articles(count: usize) -> String {
    let noun = if count == 1 { "article" } else { "articles" };
    format!("{} {noun}", grouped(count))
}

/// A count with a comma between thousands.
#[must_use]
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        for (count, want) in [(0, "0 articles"), (1, "1 article"), (999, "999 articles"), (1204, "1,204 articles")] {
            assert_eq!(articles(count), want);
        }
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}

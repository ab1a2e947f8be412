//! What is being typed in a field, between the keys and the desk.
//!
//! Invariant: the buffer yields when the desk says something else than the field last sent (an undo or a merge spoke),
//! unless an edit of the field still waits.

use egui::{Context, Id};

/// The text of one field, what of it was sent, and what the desk is known to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBuffer {
    /// What the field shows.
    pub text: String,
    sent: String,
    said: String,
}

impl TextBuffer {
    /// A buffer that shows what the desk says.
    #[must_use]
    pub fn new(said: &str) -> Self {
        TextBuffer { text: said.to_owned(), sent: said.to_owned(), said: said.to_owned() }
    }

    /// Takes the buffer of a field out of the window's memory, brought up to what the desk says. `keep` puts it back.
    #[must_use]
    pub fn take(ctx: &Context, id: Id, said: &str, waiting: bool) -> Self {
        let mut buffer: TextBuffer = ctx.data_mut(|data| data.remove_temp(id)).unwrap_or_else(|| TextBuffer::new(said));
        buffer.follow(said, waiting);
        buffer
    }

    /// Puts the buffer of a field back.
    pub fn keep(self, ctx: &Context, id: Id) {
        ctx.data_mut(|data| data.insert_temp(id, self));
    }

    /// Yields to the desk where it says something new.
    pub fn follow(&mut self, said: &str, waiting: bool) {
        if !waiting && said != self.said {
            *self = Self::new(said);
        }
    }

    /// Whether there is something that the desk has not been told.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.text != self.sent
    }

    /// What the desk is to be told now, if anything. It is taken to say the same then.
    pub fn send(&mut self) -> Option<String> {
        self.is_ahead().then(|| {
            self.text.clone_into(&mut self.sent);
            self.text.clone_into(&mut self.said);
            self.text.clone()
        })
    }

    /// The desk will say this of what was sent: “5 May” may become a date in the form of the file. What is typed stays as it is
    /// as long as it is being typed.
    pub fn expect(&mut self, said: &str) {
        said.clone_into(&mut self.said);
    }

    /// Nobody types any more: what the desk says is shown, if it was told everything.
    pub fn rest(&mut self, said: &str) {
        if !self.is_ahead() && self.text != said {
            *self = Self::new(said);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_is_sent_once() {
        let mut buffer = TextBuffer::new("old");
        assert_eq!(buffer.send(), None);
        buffer.text.push('!');
        assert_eq!(buffer.send().as_deref(), Some("old!"));
        assert_eq!(buffer.send(), None);
    }

    #[test]
    fn the_desk_wins_when_it_says_something_new() {
        let mut buffer = TextBuffer::new("old");
        buffer.text = "half typed".to_owned();
        buffer.follow("old", false);
        assert_eq!(buffer.text, "half typed");
        buffer.follow("merged", false);
        assert_eq!(buffer.text, "merged");
        assert!(!buffer.is_ahead());
    }

    #[test]
    fn an_edit_that_waits_is_not_overruled() {
        let mut buffer = TextBuffer::new("old");
        buffer.text = "new".to_owned();
        assert_eq!(buffer.send().as_deref(), Some("new"));
        buffer.follow("old", true);
        assert_eq!(buffer.text, "new");
        buffer.follow("new", false);
        assert_eq!(buffer.text, "new");
    }

    #[test]
    fn what_is_typed_stays_while_the_desk_writes_it_in_its_own_form() {
        let mut buffer = TextBuffer::new("2020-05-19T15:13:00Z");
        buffer.text = "2020-05-2".to_owned();
        assert_eq!(buffer.send().as_deref(), Some("2020-05-2"));
        buffer.expect("2020-05-02T15:13:00Z");
        buffer.follow("2020-05-02T15:13:00Z", false);
        assert_eq!((buffer.text.as_str(), buffer.is_ahead()), ("2020-05-2", false));
        buffer.rest("2020-05-02T15:13:00Z");
        assert_eq!(buffer.text, "2020-05-02T15:13:00Z");
    }
}

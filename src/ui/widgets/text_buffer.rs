//! What is being typed in a field, between the keys and the desk.
//!
//! Invariant: the buffer yields when the desk says something else than the field last sent (an undo or a merge spoke),
//! unless an edit of the field still waits.

use egui::{Context, Id};

/// The text of one field, and the text on which field and desk last agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBuffer {
    /// What the field shows.
    pub text: String,
    agreed: String,
}

impl TextBuffer {
    /// A buffer that shows what the desk says.
    #[must_use]
    pub fn new(said: &str) -> Self {
        TextBuffer { text: said.to_owned(), agreed: said.to_owned() }
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
        if !waiting && said != self.agreed {
            said.clone_into(&mut self.text);
            said.clone_into(&mut self.agreed);
        }
    }

    /// Whether there is something that the desk has not been told.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.text != self.agreed
    }

    /// What the desk is to be told now, if anything.
    pub fn send(&mut self) -> Option<String> {
        self.is_ahead().then(|| {
            self.text.clone_into(&mut self.agreed);
            self.text.clone()
        })
    }

    /// Back to what the desk said last.
    pub fn revert(&mut self) {
        self.agreed.clone_into(&mut self.text);
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
    fn escape_goes_back() {
        let mut buffer = TextBuffer::new("old");
        buffer.text.clear();
        buffer.revert();
        assert_eq!(buffer.text, "old");
    }
}

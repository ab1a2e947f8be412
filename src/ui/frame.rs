//! What a pane gets to draw itself with.
//!
//! Invariant: a pane reads the desk and appends commands; it has no other way to change anything.

use crate::desk::{Command, Desk};
use crate::ui::pictures::Pictures;

/// One frame: the desk as it is, and what the editor wants of it.
pub struct Frame<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// The pictures on screen.
    pub pictures: &'a mut Pictures,
    /// What the editor wants, in order.
    pub commands: Vec<Command>,
}

impl Frame<'_> {
    /// The editor wants this.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }
}

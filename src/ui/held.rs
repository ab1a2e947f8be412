//! Fields that hold back what is typed until they are left: a cell of the table, a number on a card.
//!
//! Invariant: what saves, leaves or goes elsewhere by a key never passes what is held back. First the field takes what was typed
//! before that key, then it is left and tells what it holds, and only then the key is read.

use egui::{Context, Event, Id};

/// This field holds back what is typed as long as it has the keyboard. To be said in each frame that draws it.
pub fn hold(ctx: &Context, field: Id) {
    if ctx.memory(|memory| memory.has_focus(field)) {
        ctx.data_mut(|data| data.insert_temp(held_id(), field));
    }
}

/// Whether a field has the keyboard that holds something back.
#[must_use]
pub fn is_held(ctx: &Context) -> bool {
    held(ctx).is_some()
}

/// Takes the keyboard from a field that holds something back: it tells that in the next frame. False where none does.
pub fn let_go(ctx: &Context) -> bool {
    let Some(field) = held(ctx) else { return false };
    ctx.memory_mut(|memory| memory.surrender_focus(field));
    ctx.request_repaint();
    true
}

fn held(ctx: &Context) -> Option<Id> {
    let field: Id = ctx.data(|data| data.get_temp(held_id()))?;
    ctx.memory(|memory| memory.has_focus(field)).then_some(field)
}

fn held_id() -> Id {
    Id::unique("holds back what is typed")
}

/// Keys that wait until a field is left.
#[derive(Debug, Default)]
pub struct Waiting {
    events: Vec<Event>,
    /// Frames until they are read.
    frames: u8,
}

impl Waiting {
    /// Begins a frame: takes out the first key that is for the desk, with all behind it, while a field holds something back; and
    /// puts them back when the field has told that.
    pub fn begin(&mut self, ctx: &Context, is_for_desk: impl Fn(&Event) -> bool) {
        match self.frames {
            0 if is_held(ctx) => {
                let first = ctx.input(|input| input.events.iter().position(is_for_desk));
                if let Some(first) = first {
                    self.take_from(ctx, first);
                    self.frames = 2;
                }
            }
            0 => {}
            1 => {
                let events = std::mem::take(&mut self.events);
                ctx.input_mut(|input| drop(input.events.splice(0..0, events)));
                self.frames = 0;
            }
            _ => {
                self.take_from(ctx, 0);
                self.frames -= 1;
                ctx.request_repaint();
            }
        }
    }

    /// Ends a frame: the field has taken what was typed before the key, and is left.
    pub fn end(&self, ctx: &Context) {
        if self.frames == 2 && !let_go(ctx) {
            ctx.request_repaint();
        }
    }

    fn take_from(&mut self, ctx: &Context, first: usize) {
        let is_typed = |event: &Event| {
            matches!(
                event,
                Event::Key { .. } | Event::Text(_) | Event::Copy | Event::Cut | Event::Paste(_) | Event::Ime(_)
            )
        };
        ctx.input_mut(|input| {
            let behind = input.events.split_off(first.min(input.events.len()));
            let (typed, others): (Vec<Event>, Vec<Event>) = behind.into_iter().partition(is_typed);
            input.events.extend(others);
            self.events.extend(typed);
        });
    }
}

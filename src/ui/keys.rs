//! Keys to commands, one by one in the order they were pressed.
//!
//! Invariant: a letter never acts while somebody types; a key is read only after the command of the one before was obeyed, so
//! that `J 5` in one slow frame judges the next article and not this one.

use egui::{Context, Event, Key, Modifiers};

use crate::desk::meaning::escape;
use crate::desk::{Chord, Command, Desk, Overlay, Phase, arrow};

/// What has the keyboard, as far as keys must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listener {
    /// A text field: only chords with Ctrl, and function keys, are ours.
    TextField,
    /// Something over the desk that reads its own keys: a dialog, a menu, a list.
    Dialog,
    /// Another widget: arrows, Space, Enter and Tab are its own.
    Widget,
    /// The table, or nothing.
    Table,
}

/// The next key that means something, as a command; it is taken out of the input. In a contact sheet so many pictures are beside
/// each other.
#[must_use]
pub fn next_command(ctx: &Context, desk: &Desk, table: egui::Id, beside: usize) -> Option<Command> {
    let leaving = is_leaving(ctx, desk);
    let listener = listener(ctx, desk, table);
    let command = ctx.input_mut(|input| {
        // What is pressed after Escape has left a field is for the desk, even in the same frame.
        let left = input.events.iter().position(is_escape).filter(|_| leaving);
        let at_event = |at: usize| if left.is_some_and(|left| at <= left) { Listener::TextField } else { listener };
        let mut found = input.events.iter().enumerate();
        let (at, command) = found.find_map(|(at, event)| Some((at, meaning(event, desk, at_event(at), beside)?)))?;
        input.events.remove(at);
        // A key can also be text; what it typed must not reach a field that it opens.
        if matches!(input.events.get(at), Some(Event::Text(_))) {
            input.events.remove(at);
        }
        Some(command)
    });
    if command.is_some() && listener == Listener::Table {
        stay(ctx);
    }
    command
}

/// Whether an event means something to the desk even while somebody types.
#[must_use]
pub fn is_for_desk(event: &Event, desk: &Desk) -> bool {
    meaning(event, desk, Listener::TextField, 0).is_some()
}

/// Keeps egui from moving the keyboard by arrows that were meant for the desk: what has just got the keyboard could not ask for
/// them yet.
fn stay(ctx: &Context) {
    if !ctx.input(|input| input.key_pressed(Key::Tab)) {
        ctx.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
    }
}

fn is_escape(event: &Event) -> bool {
    matches!(event, Event::Key { key: Key::Escape, pressed: true, .. })
}

fn listener(ctx: &Context, desk: &Desk, table: egui::Id) -> Listener {
    if ctx.text_edit_focused() {
        return Listener::TextField;
    }
    let is_covered = desk.overlay().is_some_and(|overlay| !matches!(overlay, Overlay::QuickLook | Overlay::Compare));
    if is_covered || egui::Popup::is_any_open(ctx) {
        return Listener::Dialog;
    }
    match ctx.memory(egui::Memory::focused) {
        Some(id) if id != table => Listener::Widget,
        _ => Listener::Table,
    }
}

/// Ends a frame: notes whether Escape would be taken by a field, a widget or a menu, which lose the keyboard before the next
/// frame's keys are read; and gives the keyboard to the table where nothing has it, so that it is always seen who has.
pub fn settle(ctx: &Context, desk: &Desk, table: egui::Id) {
    if desk.overlay().is_none() && *desk.phase() == Phase::Open && ctx.memory(egui::Memory::focused).is_none() {
        ctx.memory_mut(|memory| memory.request_focus(table));
        stay(ctx);
    }
    let focused = ctx.memory(egui::Memory::focused).is_some_and(|id| id != table);
    let taken = focused || egui::Popup::is_any_open(ctx);
    ctx.data_mut(|data| data.insert_temp(taken_id(), taken));
}

/// Whether Escape was pressed now in something that takes it for itself.
fn is_leaving(ctx: &Context, desk: &Desk) -> bool {
    let taken = ctx.data(|data| data.get_temp(taken_id())).unwrap_or(false);
    taken && desk.overlay().is_none() && ctx.input(|input| input.key_pressed(Key::Escape))
}

fn taken_id() -> egui::Id {
    egui::Id::unique("escape is taken")
}

/// What an event means: a command, or nothing for what is not ours. A key that cannot act now says why.
fn meaning(event: &Event, desk: &Desk, listener: Listener, beside: usize) -> Option<Command> {
    match event {
        Event::Copy if listener == Listener::Table => act(desk, Chord::parse("Ctrl+C")),
        Event::Key { key: Key::Tab, pressed: true, modifiers, .. }
            if listener == Listener::Table && modifiers.is_none() =>
        {
            desk.house_offer().map(Command::TakeOffer)
        }
        Event::Key { key: Key::Escape, pressed: true, .. } => match listener {
            Listener::Table | Listener::Dialog => escape(desk),
            // A field or a widget only loses the keyboard.
            Listener::TextField | Listener::Widget => None,
        },
        Event::Key { key, physical_key, pressed: true, modifiers, .. } => {
            let symbol = chord(name(*key), *modifiers);
            let digit =
                physical_key.and_then(digit).map(|digit| Chord { shift: modifiers.shift, ..chord(digit, *modifiers) });
            [Some(symbol), digit]
                .into_iter()
                .flatten()
                .filter(|chord| is_ours(*chord, listener))
                .find_map(|chord| arrow(desk, chord, beside).or_else(|| act(desk, chord)))
        }
        _ => None,
    }
}

fn is_ours(chord: Chord<'_>, listener: Listener) -> bool {
    /// What every text field does itself with Ctrl.
    const EDITING: [&str; 6] = ["A", "C", "V", "X", "Z", "Y"];
    /// What any focused widget does itself.
    const WIDGET: [&str; 9] = ["Space", "Enter", "Up", "Down", "Left", "Right", "Tab", "Home", "End"];
    match listener {
        Listener::Table => true,
        Listener::Widget => chord.command || chord.alt || !WIDGET.contains(&chord.key),
        Listener::TextField => {
            (chord.command && !EDITING.contains(&chord.key)) || (chord.key.starts_with('F') && chord.key.len() > 1)
        }
        Listener::Dialog => chord.command && !EDITING.contains(&chord.key),
    }
}

fn act(desk: &Desk, chord: Chord<'_>) -> Option<Command> {
    let entry = desk.entry_of(chord)?;
    Some(entry.command(desk).unwrap_or_else(|| Command::Tell(entry.why_not(desk).to_owned())))
}

/// A chord of a key by name. Signs are what they are, however they are typed, so Shift does not count for them.
fn chord(key: &str, modifiers: Modifiers) -> Chord<'_> {
    let is_sign = key.chars().count() == 1 && !key.chars().all(char::is_alphanumeric);
    Chord { command: modifiers.command, alt: modifiers.alt, shift: modifiers.shift && !is_sign, key }
}

/// The name that `ACTIONS` gives a key.
fn name(key: Key) -> &'static str {
    match key {
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::OpenCurlyBracket => "{",
        Key::CloseCurlyBracket => "}",
        Key::Slash => "/",
        Key::Questionmark => "?",
        Key::Comma => ",",
        Key::Period => ".",
        Key::Equals => "=",
        Key::Plus => "+",
        Key::Minus => "-",
        other => other.name(),
    }
}

/// The digit on a key of the top row, whatever the layout makes of it.
fn digit(physical: Key) -> Option<&'static str> {
    const ROW: [(Key, &str); 10] = [
        (Key::Num0, "0"),
        (Key::Num1, "1"),
        (Key::Num2, "2"),
        (Key::Num3, "3"),
        (Key::Num4, "4"),
        (Key::Num5, "5"),
        (Key::Num6, "6"),
        (Key::Num7, "7"),
        (Key::Num8, "8"),
        (Key::Num9, "9"),
    ];
    ROW.iter().find(|(key, _)| *key == physical).map(|(_, digit)| *digit)
}

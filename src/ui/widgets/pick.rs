//! A list to choose from: what is typed finds, arrows move, Enter takes.
//!
//! Invariant: the keyboard stays in the field while the arrows move in the list, so that typing and choosing are one; what the
//! arrows stand on is always in view.

use egui::{Align, Id, Key, Layout, Modifiers, Popup, PopupCloseBehavior, Response, ScrollArea, Ui};

use crate::ui::theme::{Type, palette};
use crate::ui::widgets::field::{Field, edit_ui};

/// One line of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What it is called.
    pub name: String,
    /// What is said of it at the right.
    pub note: String,
    /// What stands above it, where something else begins.
    pub above: String,
}

impl Choice {
    /// A line.
    #[must_use]
    pub fn new(name: impl Into<String>, note: impl Into<String>) -> Self {
        Self { name: name.into(), note: note.into(), above: String::new() }
    }
}

/// How a list looks.
#[derive(Clone, Copy, Debug)]
pub struct Pick<'a> {
    /// What a screen reader calls the field.
    pub name: &'a str,
    /// Shown while nothing is typed.
    pub placeholder: &'a str,
    /// The list opens in this frame: it begins anew and takes the keyboard.
    pub opens: bool,
    /// How high the list may be.
    pub height: f32,
}

/// What was done to a list.
#[derive(Debug)]
pub struct Picked {
    /// What is typed.
    pub typed: String,
    /// The place of the line that was taken.
    pub taken: Option<usize>,
    /// Whether something is typed that finds nothing.
    pub in_vain: bool,
}

/// Draws a field and what it finds.
pub fn pick_ui(ui: &mut Ui, id: Id, pick: Pick<'_>, find: impl FnOnce(&str) -> Vec<Choice>) -> Picked {
    let (mut typed, mut at): (String, usize) =
        if pick.opens { Default::default() } else { ui.data(|data| data.get_temp(id)).unwrap_or_default() };
    let focused = ui.memory(|memory| memory.has_focus(field_id(id)));
    let moved = if focused { moved(ui) } else { 0 };
    let output = edit_ui(ui, id, &mut typed, Field { placeholder: pick.placeholder, ..Field::line(pick.name) });
    let response = output.response.response;
    take_focus(ui, id, &response, pick.opens);
    if response.changed() {
        at = 0;
    }
    let found = find(typed.trim());
    at = at.saturating_add_signed(moved).min(found.len().saturating_sub(1));
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.add_space(4.0);
    let clicked = lines_ui(ui, &found, (at, moved != 0), pick.height);
    let taken = clicked.or_else(|| Some(at).filter(|at| entered && *at < found.len()));
    if entered && taken.is_none() {
        response.request_focus();
    }
    ui.data_mut(|data| data.insert_temp(id, (typed.clone(), at)));
    let typed = typed.trim().to_owned();
    Picked { in_vain: !typed.is_empty() && found.is_empty(), typed, taken }
}

/// Takes the keyboard when the list opens: where it is only measured at first, a frame later.
fn take_focus(ui: &Ui, id: Id, response: &Response, opens: bool) {
    let wants = id.with("wants the keyboard");
    if opens {
        ui.data_mut(|data| data.insert_temp(wants, true));
    }
    if !ui.is_sizing_pass() && ui.data_mut(|data| data.remove_temp::<bool>(wants)).is_some() {
        response.request_focus();
    }
}

/// The id of the field of a list.
fn field_id(id: Id) -> Id {
    id.with("edit")
}

/// How far the arrows move.
fn moved(ui: &Ui) -> isize {
    const KEYS: [(Key, isize); 4] = [(Key::ArrowDown, 1), (Key::ArrowUp, -1), (Key::PageDown, 8), (Key::PageUp, -8)];
    ui.input_mut(|input| {
        KEYS.iter().map(|(key, by)| by * input.count_and_consume_key(Modifiers::NONE, *key) as isize).sum()
    })
}

fn lines_ui(ui: &mut Ui, found: &[Choice], (at, moved): (usize, bool), height: f32) -> Option<usize> {
    let mut clicked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // Without a least height the list would stay as short as the last search left it.
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            for (place, choice) in found.iter().enumerate() {
                if !choice.above.is_empty() {
                    ui.add_space(4.0);
                    ui.label(Type::SMALL.rich(&choice.above).color(palette(ui).muted));
                }
                let line = ui.push_id(place, |ui| line_ui(ui, choice, place == at)).inner;
                if place == at && moved {
                    line.scroll_to_me(None);
                }
                if line.clicked() {
                    clicked = Some(place);
                }
            }
        });
    });
    clicked
}

fn line_ui(ui: &mut Ui, choice: &Choice, chosen: bool) -> Response {
    let color = palette(ui).muted_raised;
    ui.with_layout(Layout::top_down_justified(Align::Min), |ui| {
        let button = egui::Button::new(Type::BODY.rich(&choice.name)).selected(chosen).frame_when_inactive(chosen);
        let note = Type::SMALL.rich(&choice.note).color(color);
        // The field keeps the keyboard; what it stands on is taken with Enter.
        let button = button.sense(egui::Sense::CLICK).truncate();
        let response = ui.add(if choice.note.is_empty() { button } else { button.right_text(note) });
        response.ctx.accesskit_node_builder(response.id, |node| {
            node.set_label(choice.name.as_str());
            node.set_selected(chosen);
        });
        response
    })
    .inner
}

/// Draws what opens below a button. `content` is told whether it opens in this frame, to take the keyboard; the button has it
/// again when it closes.
pub fn drop_down_ui(button: &Response, width: f32, content: impl FnOnce(&mut Ui, bool)) {
    let ctx = button.ctx.clone();
    let id = Popup::default_response_id(button);
    let shown = button.id.with("shown");
    let was_shown = ctx.data(|data| data.get_temp::<bool>(shown)).unwrap_or(false);
    let popup = Popup::menu(button).gap(4.0).width(width).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_width(width);
        let opens = !was_shown && !ui.is_sizing_pass();
        content(ui, opens);
        if !ui.is_sizing_pass() {
            ui.data_mut(|data| data.insert_temp(shown, true));
        }
    });
    if !was_shown || Popup::is_id_open(&ctx, id) {
        return;
    }
    ctx.data_mut(|data| data.remove::<bool>(shown));
    // Whoever else has the keyboard by now was meant to: a click elsewhere, or a field that was just added.
    let focused = ctx.memory(egui::Memory::focused);
    let is_inside = |of: Id| ctx.read_response(of).is_some_and(|response| response.layer_id.id == id);
    if focused.is_none_or(is_inside) {
        button.request_focus();
    }
}

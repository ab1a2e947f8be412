//! A field of tags: chips, and room to type the next one.
//!
//! Invariant: Enter or a comma adds what is typed, arrows and Enter what is offered, Backspace in the empty field takes the last
//! one away; nothing is added twice.

use egui::{CornerRadius, Frame, Id, Key, Margin, Modifiers, Stroke, TextEdit, Ui};

use crate::ui::theme::{Type, palette, size};
use crate::ui::widgets::chip::chip_ui;

/// What is to be done to the tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagChange {
    /// Add this one.
    Add(String),
    /// Remove the one at this place.
    Remove(usize),
}

/// Draws a field of tags. `offers` are shown while something is typed, those that start with it first.
pub fn tags_ui(ui: &mut Ui, name: &str, tags: &[&str], offers: &dyn Fn(&str) -> Vec<String>) -> Option<TagChange> {
    let colors = palette(ui);
    let id = ui.make_persistent_id(("tags", name));
    let mut typed: String = ui.data_mut(|data| data.remove_temp(id)).unwrap_or_default();
    let mut change = None;
    let focused = ui.memory(|memory| memory.has_focus(id.with("edit")));
    let frame = Frame::new()
        .fill(colors.background)
        .corner_radius(CornerRadius::same(size::ROUND))
        .stroke(if focused { Stroke::new(1.5, colors.accent) } else { Stroke::new(1.0, colors.line) })
        .inner_margin(Margin::symmetric(9, 6));
    frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        // Before the row begins, for it is at least as high as what can be pressed.
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        ui.spacing_mut().interact_size.y = size::CHIP;
        ui.horizontal_wrapped(|ui| {
            for (at, tag) in tags.iter().enumerate() {
                // Straight into the row: what is in a scope of its own does not go on to the next line.
                if chip_ui(ui, tag, 0, size::CHIP).removed {
                    change = Some(TagChange::Remove(at));
                }
            }
            change = entry_ui(ui, id, name, &mut typed, tags, offers).or(change.take());
        });
    });
    ui.data_mut(|data| data.insert_temp(id, typed));
    change
}

fn entry_ui(
    ui: &mut Ui,
    id: Id,
    name: &str,
    typed: &mut String,
    tags: &[&str],
    offers: &dyn Fn(&str) -> Vec<String>,
) -> Option<TagChange> {
    let colors = palette(ui);
    let edit = id.with("edit");
    let focused = ui.memory(|memory| memory.has_focus(edit));
    let taken_back = focused
        && typed.is_empty()
        && !tags.is_empty()
        && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Backspace));
    let mut list = Offers::take(ui, id, typed, focused, offers);
    let response = ui.add(
        TextEdit::singleline(typed)
            .id(edit)
            .frame(Frame::NONE)
            .margin(Margin::ZERO)
            .hint_text(Type::BODY.rich("add…").color(colors.muted))
            .desired_width(96.0),
    );
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(format!("Add to {name}")));
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let comma = typed.ends_with(',');
    if response.changed() {
        list.at = None;
    }
    let picked = list.show_ui(&response);
    let picked = picked.or_else(|| list.at.filter(|_| entered).and_then(|at| list.names.get(at).cloned()));
    list.keep(ui, id);
    if taken_back {
        return Some(TagChange::Remove(tags.len() - 1));
    }
    let text = match picked {
        Some(text) => text,
        None if entered || comma => typed.trim_end_matches(',').trim().to_owned(),
        None => return None,
    };
    typed.clear();
    ui.data_mut(|data| data.remove::<Option<usize>>(id.with("at")));
    response.request_focus();
    (!text.is_empty() && !tags.contains(&text.as_str())).then_some(TagChange::Add(text))
}

/// What is offered under the field, and which of it the arrows stand on.
struct Offers {
    names: Vec<String>,
    at: Option<usize>,
}

impl Offers {
    fn take(ui: &Ui, id: Id, typed: &str, focused: bool, offers: &dyn Fn(&str) -> Vec<String>) -> Self {
        let at: Option<usize> = ui.data(|data| data.get_temp::<Option<usize>>(id.with("at"))).flatten();
        let (down, up) = if focused {
            ui.input_mut(|input| {
                let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown);
                (down, input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp))
            })
        } else {
            (0, 0)
        };
        let is_open = !typed.trim().is_empty() || at.is_some() || down > 0;
        let names =
            if is_open && (focused || at.is_some() || !typed.is_empty()) { offers(typed.trim()) } else { Vec::new() };
        let last = names.len().checked_sub(1);
        let at = match (at, down, up) {
            (None, 0, _) | (Some(0), 0, 1..) => None,
            (None, down, up) => Some((down - 1).saturating_sub(up)),
            (Some(at), down, up) => Some((at + down).saturating_sub(up)),
        };
        Self { names, at: at.zip(last).map(|(at, last)| at.min(last)) }
    }

    fn keep(&self, ui: &Ui, id: Id) {
        ui.data_mut(|data| data.insert_temp(id.with("at"), self.at));
    }

    fn show_ui(&self, field: &egui::Response) -> Option<String> {
        // A click on an offer takes the keyboard from the field in the very frame in which it counts.
        if self.names.is_empty() || !(field.has_focus() || field.lost_focus()) {
            return None;
        }
        let mut picked = None;
        egui::Popup::from_response(field).open(true).gap(4.0).width(220.0).show(|ui| {
            for (at, offer) in self.names.iter().enumerate() {
                let button = egui::Button::new(offer).selected(self.at == Some(at));
                let button = button.frame_when_inactive(self.at == Some(at)).min_size(egui::vec2(220.0, 0.0));
                if ui.add(button).clicked() {
                    picked = Some(offer.clone());
                }
            }
        });
        picked
    }
}

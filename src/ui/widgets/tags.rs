//! A field of tags: chips, and room to type the next one.
//!
//! Invariant: Enter or a comma adds what is typed, Backspace in the empty field takes the last one; nothing is added twice.

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
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
            ui.spacing_mut().interact_size.y = size::CHIP;
            for (at, tag) in tags.iter().enumerate() {
                if ui.push_id(at, |ui| chip_ui(ui, tag, 0, size::CHIP)).inner.removed {
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
    let was_empty = typed.is_empty();
    let taken_back = focused
        && was_empty
        && !tags.is_empty()
        && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Backspace));
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
    let picked = offers_ui(&response, typed, offers);
    if taken_back {
        return Some(TagChange::Remove(tags.len() - 1));
    }
    let text = match picked {
        Some(text) => text,
        None if entered || comma => typed.trim_end_matches(',').trim().to_owned(),
        None => return None,
    };
    typed.clear();
    response.request_focus();
    (!text.is_empty() && !tags.contains(&text.as_str())).then_some(TagChange::Add(text))
}

fn offers_ui(field: &egui::Response, typed: &str, offers: &dyn Fn(&str) -> Vec<String>) -> Option<String> {
    if typed.trim().is_empty() || !field.has_focus() {
        return None;
    }
    let list = offers(typed.trim());
    if list.is_empty() {
        return None;
    }
    let mut picked = None;
    egui::Popup::from_response(field).open(true).gap(4.0).width(200.0).show(|ui| {
        for offer in list {
            if ui.add(egui::Button::new(&offer).frame_when_inactive(false).min_size(egui::vec2(200.0, 0.0))).clicked() {
                picked = Some(offer);
            }
        }
    });
    picked
}

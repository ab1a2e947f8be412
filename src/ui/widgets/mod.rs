//! The building blocks of the panes: each draws one thing and says what was done to it.
//!
//! Invariant: a widget knows no desk; it has an accessible name and role, and all that a pointer can do to it a key can do.

pub mod button;
pub mod calendar;
pub mod chip;
pub mod count_row;
pub mod empty;
pub mod field;
pub mod heading;
pub mod histogram;
pub mod key;
pub mod link;
pub mod logo;
pub mod mark;
pub mod pick;
pub mod progress;
pub mod score_bar;
pub mod score_card;
pub mod switch;
pub mod tags;
pub mod text_buffer;
pub mod thumbnail;
pub mod toast;
pub mod words;

use egui::{Align, CornerRadius, Layout, Rect, Response, Stroke, StrokeKind, Ui, UiBuilder, vec2};

use super::theme::palette;

/// The ground of something that stands in a list by itself, with so much room around what is in it.
pub fn card(ui: &Ui, room: i8) -> egui::Frame {
    egui::Frame::new()
        .fill(palette(ui).raised)
        .corner_radius(CornerRadius::same(super::theme::size::ROUND))
        .inner_margin(egui::Margin::same(room))
}

/// Shows which widget has the keyboard.
pub fn focus_ring(ui: &Ui, response: &Response, round: u8) {
    if response.has_focus() {
        let stroke = Stroke::new(1.5, palette(ui).accent);
        ui.painter().rect_stroke(response.rect, CornerRadius::same(round), stroke, StrokeKind::Inside);
    }
}

/// Draws something whose widgets are the same ones whatever is drawn before them: who has the keyboard keeps it.
pub fn own_ui<R>(ui: &mut Ui, salt: impl egui::AsIdSalt, content: impl FnOnce(&mut Ui) -> R) -> R {
    let id = ui.make_persistent_id(salt);
    ui.scope_builder(UiBuilder::new().scope_id(id), content).inner
}

/// Brings the widget that has just got the keyboard into view. Comes last in what is scrolled.
pub fn keep_focus_in_view(ui: &Ui) {
    let last = ui.scope_id().with("had the keyboard last");
    let focused = ui.memory(egui::Memory::focused);
    if ui.data(|data| data.get_temp::<Option<egui::Id>>(last)).flatten() == focused {
        return;
    }
    ui.data_mut(|data| data.insert_temp(last, focused));
    let place = focused.and_then(|id| ui.ctx().read_response(id)).filter(|response| response.layer_id == ui.layer_id());
    if let Some(place) = place.map(|response| response.rect)
        && ui.min_rect().contains(place.center())
        && !ui.clip_rect().contains_rect(place)
    {
        ui.scroll_to_rect(place.expand(8.0), None);
        ui.ctx().request_repaint();
    }
}

/// Draws something at a place of its own; what comes after it does not move.
pub fn at_ui<R>(ui: &mut Ui, rect: Rect, content: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = Layout::left_to_right(Align::Center);
    content(&mut ui.new_child(UiBuilder::new().max_rect(rect).layout(layout)))
}

/// Draws a pane in the room that is left; content that is wider is cut and does not make the pane wider.
pub fn fixed_ui<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let rect = ui.available_rect_before_wrap();
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)));
    child.shrink_clip_rect(rect);
    let result = content(&mut child);
    ui.advance_cursor_after_rect(rect);
    result
}

/// The room beside what is scrolled in a dialog, for the scroll bar.
pub const SCROLL_BAR: i8 = 18;

/// The frame of what lies over the desk.
pub fn dialog_frame(ui: &Ui) -> egui::Frame {
    egui::Frame::window(ui.style()).inner_margin(egui::Margin::same(20))
}

/// Draws things side by side in a line of this height.
pub fn line_ui<R>(ui: &mut Ui, height: f32, content: impl FnOnce(&mut Ui) -> R) -> R {
    let area = vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(area, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_height(height);
        ui.spacing_mut().interact_size.y = height;
        content(ui)
    })
    .inner
}

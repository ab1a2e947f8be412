//! Words that can be pressed, without the ground of a button.
//!
//! Invariant: a link is reached by Tab, and it is seen when it has the keyboard.

use egui::accesskit::Role;
use egui::{CursorIcon, Label, Response, RichText, Sense, Ui, WidgetInfo};

use crate::ui::theme::size;
use crate::ui::widgets::focus_ring;

/// Draws a link, on as many lines as it takes.
pub fn link_ui(ui: &mut Ui, text: RichText) -> Response {
    let name = text.text().to_owned();
    named_link_ui(ui, text, &name)
}

/// Draws a link that screen readers call by another name.
pub fn named_link_ui(ui: &mut Ui, text: RichText, name: &str) -> Response {
    let response = ui.add(Label::new(text).sense(Sense::click()));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    focus_ring(ui, &response, size::ROUND_SMALL);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

//! The head of a part of the sidebar.
//!
//! Invariant: it looks like capitals but is read by its words.

use egui::accesskit::Role;
use egui::{Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{Type, line, palette, size};

/// Draws the head of a part.
pub fn heading_ui(ui: &mut Ui, text: &str) {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, text));
    let text = line(ui.painter(), &text.to_uppercase(), Type::SECTION, colors.muted);
    let at = pos2(rect.left() + size::SIDE, rect.center().y - text.size().y / 2.0);
    ui.painter().galley(at, text, colors.muted);
}

//! A row of the sidebar: a name on the left, how many on the right.
//!
//! Invariant: the row that is chosen has an accent at its left as well as a ground.

use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{Type, galley, line, palette, size};
use crate::ui::widgets::focus_ring;

/// Draws a row of the sidebar; `count` is as it shall be read, `excluded` strikes it out.
pub fn count_row_ui(ui: &mut Ui, label: &str, count: &str, chosen: bool, excluded: bool) -> Response {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW_SIDE), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, format!("{label}, {count}")));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter();
    if chosen {
        painter.rect_filled(rect, CornerRadius::ZERO, colors.selection);
        let accent = Rect::from_min_size(rect.min, vec2(size::ACCENT, rect.height()));
        painter.rect_filled(accent, CornerRadius::ZERO, colors.accent);
    } else if response.hovered() {
        painter.rect_filled(rect, CornerRadius::ZERO, colors.hover);
    }
    let count = line(painter, count, Type::BODY, colors.muted_on(chosen));
    let count_at = pos2(rect.right() - size::SIDE - count.size().x, rect.center().y - count.size().y / 2.0);
    let room = count_at.x - rect.left() - size::SIDE - 2.0 * size::GRID;
    let ink = if excluded { colors.muted } else { colors.text };
    let text = galley(painter, label, Type::BODY, ink, room);
    let text_at = pos2(rect.left() + size::SIDE, rect.center().y - text.size().y / 2.0);
    if excluded {
        painter.hline(text_at.x..=text_at.x + text.size().x, rect.center().y + 1.0, egui::Stroke::new(1.0, ink));
    }
    let elided = text.elided;
    painter.galley(text_at, text, ink);
    painter.galley(count_at, count, colors.muted);
    focus_ring(ui, &response, 0);
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    if elided { response.on_hover_text(label) } else { response }
}

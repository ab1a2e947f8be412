//! Chips: short words on a ground of their own, in rows, in the filter and in fields.
//!
//! Invariant: a chip that can be removed says so to screen readers as a button of its own.

use egui::accesskit::Role;
use egui::{CornerRadius, Painter, Pos2, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{Palette, Type, galley, icons, line, palette, size};
use crate::ui::widgets::focus_ring;

const PADDING: f32 = 6.0;
const CROSS: f32 = 16.0;

/// Paints a chip with its left edge at a point, at most `width` wide; returns its right edge, or nothing if there is no room.
#[must_use]
pub fn paint_chip(painter: &Painter, colors: &Palette, left_center: Pos2, text: &str, width: f32) -> Option<f32> {
    if width < 4.0 * PADDING {
        return None;
    }
    let text = galley(painter, text, Type::CHIP, colors.text, width - 2.0 * PADDING);
    let area = vec2((text.size().x + 2.0 * PADDING).ceil(), size::CHIP);
    let rect = Rect::from_min_size(left_center - vec2(0.0, (size::CHIP / 2.0).floor()), area);
    painter.rect_filled(rect, CornerRadius::same(size::ROUND_SMALL), colors.chip);
    painter.galley(rect.center() - text.size() / 2.0, text, colors.text);
    Some(rect.right())
}

/// What was done to a chip.
#[derive(Debug)]
pub struct ChipResponse {
    /// The chip itself.
    pub response: Response,
    /// Its cross was pressed, or Delete while it has the keyboard.
    pub removed: bool,
}

/// Draws a chip that can be pressed and removed. The part of the text before `accented` ends stands out.
pub fn chip_ui(ui: &mut Ui, text: &str, accented: usize, height: f32) -> ChipResponse {
    let colors = palette(ui);
    let (head, tail) = text.split_at_checked(accented).unwrap_or(("", text));
    let head = (!head.is_empty()).then(|| line(ui.painter(), head, Type::STRONG, colors.accent_text));
    let kind = if head.is_some() { Type::BODY } else { Type::CHIP };
    let head_width = head.as_ref().map_or(0.0, |head| head.size().x);
    let room = (ui.max_rect().width() - PADDING - CROSS - 2.0 - head_width).max(2.0 * CROSS);
    let tail = galley(ui.painter(), tail, kind, colors.text, room);
    let is_cut = tail.elided;
    let width = (PADDING + head_width + tail.size().x + CROSS + 2.0).ceil();
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    let cross = Rect::from_min_max(pos2(rect.right() - CROSS, rect.top()), rect.max);
    let cross_response = ui.interact(cross, response.id.with("remove"), Sense::click());
    cross_response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Remove {text}")));
    if ui.is_rect_visible(rect) {
        let painter = ui.painter();
        painter.rect_filled(rect, CornerRadius::same(size::ROUND_SMALL + 1), colors.chip);
        let mut x = rect.left() + PADDING;
        if let Some(head) = head {
            painter.galley(pos2(x, rect.center().y - head.size().y / 2.0), head, colors.text);
            x += head_width;
        }
        painter.galley(pos2(x, rect.center().y - tail.size().y / 2.0), tail, colors.text);
        let color = if cross_response.hovered() { colors.text } else { colors.muted_raised };
        let sign = line(painter, icons::CLOSE.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, color);
        painter.galley(cross.center() - sign.size() / 2.0 - vec2(1.0, 0.0), sign, color);
        focus_ring(ui, &response, size::ROUND_SMALL + 1);
        focus_ring(ui, &cross_response, size::ROUND_SMALL + 1);
    }
    let deleted = response.has_focus()
        && ui.input_mut(|input| {
            input.consume_key(egui::Modifiers::NONE, egui::Key::Delete)
                || input.consume_key(egui::Modifiers::NONE, egui::Key::Backspace)
        });
    let response = if is_cut { response.on_hover_text(text) } else { response };
    ChipResponse { response, removed: cross_response.clicked() || deleted }
}

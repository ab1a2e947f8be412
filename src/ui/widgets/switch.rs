//! The switch: on or off.
//!
//! Invariant: where the knob is says it, not the colour alone.

use egui::accesskit::{Role, Toggled};
use egui::{CornerRadius, Painter, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{Palette, palette, size};
use crate::ui::widgets::focus_ring;

/// Draws a switch that can be pressed. The caller sets what it says.
pub fn switch_ui(ui: &mut Ui, on: bool, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(size::SWITCH, Sense::click());
    if ui.is_rect_visible(rect) {
        paint_switch(ui.painter(), palette(ui), rect, on);
        focus_ring(ui, &response, 8);
    }
    name_switch(&response, on, name);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// Makes a painted rectangle a switch for the keyboard and for screen readers.
pub fn name_switch(response: &Response, on: bool, name: &str) {
    response.widget_info(|| WidgetInfo::selected(Role::Switch, response.enabled(), on, name));
}

/// Makes a painted rectangle a switch of several things that are not all on and not all off.
pub fn name_mixed_switch(response: &Response, name: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Switch, response.enabled(), name));
    response.ctx.accesskit_node_builder(response.id, |node| node.set_toggled(Toggled::Mixed));
}

/// Paints a switch of several things that are not all on and not all off: the knob is a dash in the middle.
pub fn paint_mixed_switch(painter: &Painter, colors: &Palette, rect: Rect) {
    let round = rect.height() / 2.0;
    painter.rect_filled(rect, CornerRadius::same(round.ceil() as u8), colors.line);
    let dash = Rect::from_center_size(rect.center(), vec2(rect.width() - 2.0 * round + 2.0, 3.0));
    painter.rect_filled(dash, CornerRadius::same(1), colors.knob_off);
}

/// Paints a switch.
pub fn paint_switch(painter: &Painter, colors: &Palette, rect: Rect, on: bool) {
    let round = rect.height() / 2.0;
    painter.rect_filled(rect, CornerRadius::same(round.ceil() as u8), if on { colors.accent } else { colors.line });
    let x = if on { rect.right() - round } else { rect.left() + round };
    painter.circle_filled(pos2(x, rect.center().y), round - 2.0, if on { colors.white } else { colors.knob_off });
}

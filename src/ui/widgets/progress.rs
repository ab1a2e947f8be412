//! The line of work that takes long.
//!
//! Invariant: it moves only when the work does, so an idle window asks for no frame.

use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Sense, Ui, WidgetInfo, vec2};

use crate::ui::theme::palette;

const HEIGHT: f32 = 2.0;

/// Draws how much is done, 0 to 1, as a line as wide as there is room.
pub fn progress_ui(ui: &mut Ui, share: f32, name: &str) {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let done = f64::from(share.clamp(0.0, 1.0));
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some((done * 100.0).round());
        info
    });
    ui.painter().rect_filled(rect, CornerRadius::ZERO, colors.line);
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share.clamp(0.0, 1.0), HEIGHT));
    ui.painter().rect_filled(filled, CornerRadius::ZERO, colors.accent);
}

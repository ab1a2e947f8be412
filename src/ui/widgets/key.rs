//! The badge of a key: what to press.
//!
//! Invariant: a badge is a hint and takes no clicks.

use egui::{CornerRadius, Painter, Pos2, Rect, Response, Sense, Ui, vec2};

use crate::ui::theme::{Palette, Type, line, palette, size};

const PADDING: f32 = 5.0;
const HEIGHT: f32 = 15.0;

/// What a tooltip says, with the key that does the same, where there is one.
#[must_use]
pub fn with_key(text: &str, key: &str) -> String {
    if key.is_empty() { text.to_owned() } else { format!("{text}  ({key})") }
}

/// Draws the badge of a key.
pub fn key_ui(ui: &mut Ui, key: &str) -> Response {
    let colors = palette(ui);
    let text = line(ui.painter(), key, Type::CHIP, colors.text);
    let wide = vec2((text.size().x + 2.0 * PADDING).max(HEIGHT), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wide, Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(size::ROUND_SMALL), colors.chip);
    ui.painter().galley(rect.center() - text.size() / 2.0, text, colors.text);
    response
}

/// Paints the badge of a key that ends at a point; returns where it is.
pub fn paint_key(painter: &Painter, colors: &Palette, right_center: Pos2, key: &str) -> Rect {
    let text = line(painter, key, Type::CHIP, colors.text);
    let wide = (text.size().x + 2.0 * PADDING).max(HEIGHT);
    let rect = Rect::from_min_size(right_center - vec2(wide, HEIGHT / 2.0), vec2(wide, HEIGHT));
    painter.rect_filled(rect, CornerRadius::same(size::ROUND_SMALL), colors.chip);
    painter.galley(rect.center() - text.size() / 2.0, text, colors.text);
    rect
}

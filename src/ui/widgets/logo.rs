//! The logo of a provider, or its first letter.
//!
//! Invariant: it takes the same room whether there is a picture or not.

use egui::{CornerRadius, Painter, Rect, TextureId, pos2};

use crate::ui::theme::{Palette, Type, line, size};

/// Paints a logo.
pub fn paint_logo(painter: &Painter, colors: &Palette, rect: Rect, texture: Option<TextureId>, name: &str) {
    let round = CornerRadius::same(size::ROUND_SMALL);
    if let Some(texture) = texture {
        painter.rect_filled(rect, round, colors.white);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.add(egui::epaint::RectShape::filled(rect, round, colors.white).with_texture(texture, whole));
        return;
    }
    painter.rect_filled(rect, round, colors.chip);
    let Some(first) = name.chars().find(|letter| letter.is_alphanumeric()) else { return };
    let letter: String = first.to_uppercase().collect();
    let letter = line(painter, &letter, Type::LETTER, colors.muted_raised);
    painter.galley(rect.center() - letter.size() / 2.0, letter, colors.muted_raised);
}

//! A small picture, cut to fill its place, or what stands in for it.
//!
//! Invariant: the place has the same size in every state, so nothing moves when the picture comes.

use egui::{CornerRadius, Painter, Rect, Shape, Stroke, TextureId, Vec2, pos2, vec2};

use crate::ui::theme::{Palette, Type, icons, line, size};

/// What there is to show of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Thumbnail {
    /// The article names none.
    Missing,
    /// It is being fetched, or may not be.
    Waiting,
    /// It is a remote one, and the editor has not allowed those.
    NotAllowed,
    /// It could not be shown.
    Failed,
    /// The picture and its size in pixels.
    Ready(TextureId, Vec2),
}

/// Paints a thumbnail.
pub fn paint_thumbnail(painter: &Painter, colors: &Palette, rect: Rect, thumbnail: Thumbnail) {
    let round = CornerRadius::same(size::ROUND_SMALL);
    match thumbnail {
        Thumbnail::Ready(texture, pixels) => {
            let shape = egui::epaint::RectShape::filled(rect, round, colors.white);
            painter.add(shape.with_texture(texture, cover(pixels, rect.size())));
        }
        Thumbnail::Missing => {
            paint_dashes(painter, rect, Stroke::new(1.0, colors.line));
            if rect.width() >= 48.0 {
                let text = line(painter, "no image", Type::TINY, colors.muted);
                painter.galley(rect.center() - text.size() / 2.0, text, colors.muted);
            }
        }
        Thumbnail::Waiting => {
            painter.rect_filled(rect, round, colors.raised);
        }
        Thumbnail::NotAllowed => paint_icon(painter, colors, rect, icons::IMAGE),
        Thumbnail::Failed => paint_icon(painter, colors, rect, icons::BROKEN_IMAGE),
    }
}

fn paint_icon(painter: &Painter, colors: &Palette, rect: Rect, icon: char) {
    painter.rect_filled(rect, CornerRadius::same(size::ROUND_SMALL), colors.raised);
    let text = line(painter, icon.encode_utf8(&mut [0; 4]), Type::ICON, colors.muted);
    painter.galley(rect.center() - text.size() / 2.0, text, colors.muted);
}

/// The part of a picture, in texture coordinates, that fills a place without distortion.
#[must_use]
pub fn cover(pixels: Vec2, place: Vec2) -> Rect {
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    if pixels.x <= 0.0 || pixels.y <= 0.0 || place.x <= 0.0 || place.y <= 0.0 {
        return whole;
    }
    let scale = (place.x / pixels.x).max(place.y / pixels.y);
    let seen = vec2(place.x / (pixels.x * scale), place.y / (pixels.y * scale));
    Rect::from_center_size(whole.center(), seen)
}

/// Paints a dashed outline.
pub fn paint_dashes(painter: &Painter, rect: Rect, stroke: Stroke) {
    let rect = rect.shrink(0.5);
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
    painter.extend(Shape::dashed_line(&corners, stroke, 3.0, 3.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_picture_loses_its_sides() {
        let part = cover(vec2(200.0, 100.0), vec2(60.0, 60.0));
        assert!((part.width() - 0.5).abs() < 1e-6 && (part.height() - 1.0).abs() < 1e-6, "{part:?}");
        assert!((part.center() - pos2(0.5, 0.5)).length() < 1e-6, "{part:?}");
    }

    #[test]
    fn a_picture_without_size_is_shown_whole() {
        assert_eq!(cover(Vec2::ZERO, vec2(60.0, 40.0)).size(), vec2(1.0, 1.0));
    }
}

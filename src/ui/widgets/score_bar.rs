//! The bar of a score: how far a number lies between the least and the most.
//!
//! Invariant: the gradient of heat lies on the whole bar, so equal heat has equal colour everywhere.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, pos2};

use crate::ui::theme::Palette;

/// Which colours a bar has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// One colour.
    Quality,
    /// From cool to hot.
    Heat,
}

/// Where a value lies between two others, 0 to 1.
#[must_use]
pub fn share(value: f64, least: f64, most: f64) -> f32 {
    if most > least { (((value - least) / (most - least)) as f32).clamp(0.0, 1.0) } else { 0.0 }
}

/// Draws a bar, and a tick where the threshold is.
pub fn paint_score_bar(
    painter: &Painter,
    colors: &Palette,
    rect: Rect,
    share: f32,
    look: Look,
    ground: Color32,
    threshold: Option<f32>,
) {
    let round = rect.height() / 2.0;
    painter.rect_filled(rect, CornerRadius::same(round as u8), ground);
    let width = (rect.width() * share).round();
    if width >= 1.0 {
        let filled = Rect::from_min_size(rect.min, egui::vec2(width.max(rect.height()), rect.height()));
        match look {
            Look::Quality => {
                painter.rect_filled(filled, CornerRadius::same(round as u8), colors.quality);
            }
            Look::Heat => paint_gradient(painter, colors, filled, filled.width() / rect.width()),
        }
    }
    if let Some(at) = threshold {
        let x = (rect.left() + rect.width() * at).round();
        painter.vline(x, (rect.top() - 2.0)..=(rect.bottom() + 2.0), Stroke::new(1.0, colors.muted_raised));
    }
}

fn paint_gradient(painter: &Painter, colors: &Palette, rect: Rect, share: f32) {
    let round = rect.height() / 2.0;
    let (first, last) = (colors.heat, colors.heat_at(share));
    let middle = Rect::from_min_max(pos2(rect.left() + round, rect.top()), pos2(rect.right() - round, rect.bottom()));
    painter.circle_filled(pos2(middle.left(), rect.center().y), round, first);
    painter.circle_filled(pos2(middle.right(), rect.center().y), round, last);
    if middle.width() > 0.0 {
        painter.add(Shape::mesh(gradient(middle, first, last)));
    }
}

fn gradient(rect: Rect, left: Color32, right: Color32) -> Mesh {
    let vertex = |pos: Pos2, color: Color32| Vertex { pos, uv: WHITE_UV, color };
    Mesh {
        indices: vec![0, 1, 2, 2, 1, 3],
        vertices: vec![
            vertex(rect.left_top(), left),
            vertex(rect.right_top(), right),
            vertex(rect.left_bottom(), left),
            vertex(rect.right_bottom(), right),
        ],
        ..Mesh::default()
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_stays_between_its_ends() {
        for (value, expected) in [(-1.0, 0.0), (0.0, 0.0), (50.0, 0.25), (200.0, 1.0), (900.0, 1.0)] {
            assert!((share(value, 0.0, 200.0) - expected).abs() < 1e-6, "{value}");
        }
        assert!(share(5.0, 3.0, 3.0) == 0.0, "no range, no bar");
    }
}

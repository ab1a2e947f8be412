//! The mark of a row's state, by shape as well as by colour.
//!
//! Invariant: no two states have the same shape.

use egui::{Painter, Pos2, Shape, Stroke, pos2, vec2};

use crate::ui::theme::Palette;

/// What a row wants to be known of itself; the worst is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Nothing.
    None,
    /// Came from disk since the last look: a ring.
    New,
    /// Changed and not saved: a dot.
    Changed,
    /// Something is wrong with it: a triangle.
    Problem,
    /// Changed and not saved, and something is wrong with it: a dot over a triangle.
    ChangedProblem,
    /// Changed here and on disk: a diamond.
    Conflict,
}

impl Mark {
    /// What a screen reader and the tooltip say.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Mark::None => "",
            Mark::New => "New",
            Mark::Changed => "Changed, not saved",
            Mark::Problem => "Has a problem",
            Mark::ChangedProblem => "Changed, not saved; has a problem",
            Mark::Conflict => "Conflict",
        }
    }
}

/// Paints a mark around its middle.
pub fn paint_mark(painter: &Painter, colors: &Palette, center: Pos2, mark: Mark) {
    match mark {
        Mark::None => {}
        Mark::New => {
            painter.circle_stroke(center, 3.25, Stroke::new(1.5, colors.quality));
        }
        Mark::Changed => {
            painter.circle_filled(center, 4.0, colors.accent);
        }
        Mark::Problem => {
            let points = vec![center + vec2(0.0, -4.5), center + vec2(5.0, 4.0), pos2(center.x - 5.0, center.y + 4.0)];
            painter.add(Shape::convex_polygon(points, colors.heat, Stroke::NONE));
        }
        Mark::ChangedProblem => {
            paint_mark(painter, colors, center - vec2(0.0, 6.0), Mark::Changed);
            paint_mark(painter, colors, center + vec2(0.0, 6.0), Mark::Problem);
        }
        Mark::Conflict => {
            let points = vec![
                center + vec2(0.0, -5.0),
                center + vec2(5.0, 0.0),
                center + vec2(0.0, 5.0),
                center + vec2(-5.0, 0.0),
            ];
            painter.add(Shape::convex_polygon(points, colors.hot, Stroke::NONE));
        }
    }
}

//! A table: columns as wide as what is in them, narrower where there is no room.
//!
//! Invariant: it is never wider than the room it has.

use egui::{Rect, Stroke, Ui, UiBuilder, pos2, vec2};

use super::parse::Span;
use super::spans::{Ink, job, spans_ui};
use crate::ui::theme::palette;

/// On each side of what is in a cell.
const ROOM: f32 = 8.0;

/// Draws a table; its first row is its head.
pub fn table_ui(ui: &mut Ui, rows: &[Vec<Vec<Span>>], pressed: &mut Option<String>) {
    let colors = palette(ui);
    let widths = widths(ui, rows);
    let line = Stroke::new(1.0, colors.line);
    let corner = ui.cursor().min;
    let right = corner.x + widths.iter().sum::<f32>();
    let mut top = corner.y;
    ui.painter().hline(corner.x..=right, top, line);
    for (at, row) in rows.iter().enumerate() {
        let ink = if at == 0 { Ink::head(colors) } else { Ink::reading(colors, false) };
        let (mut left, mut bottom) = (corner.x, top);
        for (column, width) in widths.iter().enumerate() {
            let room =
                Rect::from_min_size(pos2(left + ROOM, top + ROOM * 0.5), vec2(width - 2.0 * ROOM, f32::INFINITY));
            let mut cell = ui.new_child(UiBuilder::new().id_salt((at, column)).max_rect(room));
            if let Some(spans) = row.get(column).filter(|spans| !spans.is_empty()) {
                spans_ui(&mut cell, spans, ink, pressed);
            }
            bottom = bottom.max(cell.min_rect().bottom() + ROOM * 0.5);
            left += width;
        }
        ui.painter().hline(corner.x..=right, bottom, line);
        top = bottom;
    }
    ui.allocate_rect(Rect::from_min_max(corner, pos2(right, top)), egui::Sense::hover());
}

fn widths(ui: &Ui, rows: &[Vec<Vec<Span>>]) -> Vec<f32> {
    let colors = palette(ui);
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut widths = vec![2.0 * ROOM; columns];
    for row in rows {
        for (width, spans) in widths.iter_mut().zip(row) {
            let natural =
                ui.fonts_mut(|fonts| fonts.layout_job(job(spans, Ink::head(colors), colors, f32::INFINITY)).size().x);
            *width = width.max(natural.ceil() + 2.0 * ROOM);
        }
    }
    let (wanted, room) = (widths.iter().sum::<f32>(), ui.available_width());
    if wanted > room {
        shrink(&mut widths, room);
    }
    widths
}

/// The widest columns give way first, until all have room.
fn shrink(widths: &mut [f32], room: f32) {
    let mut sorted = widths.to_vec();
    sorted.sort_by(f32::total_cmp);
    let (mut left, mut most) = (room, 0.0);
    for (at, width) in sorted.iter().enumerate() {
        most = left / (sorted.len() - at) as f32;
        if *width > most {
            break;
        }
        left -= width;
    }
    for width in widths {
        *width = width.min(most);
    }
}

#[cfg(test)]
mod tests {
    use super::shrink;

    #[test]
    fn the_widest_columns_give_way_first() {
        let mut widths = [50.0, 400.0, 300.0];
        shrink(&mut widths, 450.0);
        assert_eq!(widths.map(|width| width.round() as i32), [50, 200, 200]);
    }
}

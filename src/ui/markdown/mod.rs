//! Markdown as a reader sees it.
//!
//! Invariant: nothing of it is run or fetched; a link says where it leads, and the caller decides whether to go there.

mod parse;
mod spans;
mod table;

use std::sync::Arc;

use egui::cache::{ComputerMut, FrameCache};
use egui::{CornerRadius, Margin, Pos2, Rect, Sense, Stroke, Ui, pos2, vec2};

use crate::ui::theme::{Type, palette, size};
use parse::{Block, Item, blocks};
use spans::{Ink, spans_ui};

/// Between two blocks.
const GAP: f32 = 10.0;

/// Left of what stands in a list.
const INDENT: f32 = 22.0;

/// What a text becomes before it is read.
type Prepare = fn(&str) -> String;

/// Reads texts, each once for as long as it is shown.
#[derive(Default)]
struct Reader;

impl ComputerMut<(&str, Prepare), Arc<Vec<Block>>> for Reader {
    fn compute(&mut self, (text, prepare): (&str, Prepare)) -> Arc<Vec<Block>> {
        Arc::new(blocks(&prepare(text)))
    }
}

/// Draws a text as it is when prepared. Gives the address of the link that was pressed.
pub fn markdown_ui(ui: &mut Ui, text: &str, prepare: Prepare) -> Option<String> {
    type Read = FrameCache<Arc<Vec<Block>>, Reader>;
    let blocks = ui.memory_mut(|memory| Arc::clone(memory.caches.cache::<Read>().get((text, prepare))));
    let mut pressed = None;
    ui.vertical(|ui| blocks_ui(ui, &blocks, false, &mut pressed));
    pressed
}

fn blocks_ui(ui: &mut Ui, blocks: &[Block], quiet: bool, pressed: &mut Option<String>) {
    let colors = palette(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            ui.add_space(if matches!(block, Block::Heading(..)) { GAP * 1.6 } else { GAP });
        }
        ui.push_id(at, |ui| match block {
            Block::Words(spans) => spans_ui(ui, spans, Ink::reading(colors, quiet), pressed),
            Block::Heading(level, spans) => spans_ui(ui, spans, Ink::heading(colors, *level), pressed),
            Block::Code(text) => code_ui(ui, text),
            Block::Quote(inner) => quote_ui(ui, inner, pressed),
            Block::List(first, items) => list_ui(ui, *first, items, quiet, pressed),
            Block::Table(rows) => table::table_ui(ui, rows, pressed),
            Block::Rule => {
                let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), GAP), Sense::hover());
                ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, colors.line));
            }
        });
    }
}

fn code_ui(ui: &mut Ui, text: &str) {
    let colors = palette(ui);
    let ground = egui::Frame::new().fill(colors.raised).corner_radius(CornerRadius::same(size::ROUND));
    ground.inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.add(egui::Label::new(Type::CODE.rich(text.trim_end_matches('\n')).color(colors.text)).wrap());
    });
}

fn quote_ui(ui: &mut Ui, inner: &[Block], pressed: &mut Option<String>) {
    let shown = egui::Frame::new()
        .inner_margin(Margin { left: 14, ..Margin::ZERO })
        .show(ui, |ui| blocks_ui(ui, inner, true, pressed));
    let area = shown.response.rect;
    let bar = Rect::from_min_max(area.min, pos2(area.left() + 3.0, area.bottom()));
    ui.painter().rect_filled(bar, CornerRadius::same(size::ROUND_SMALL), palette(ui).line);
}

fn list_ui(ui: &mut Ui, first: Option<u64>, items: &[Item], quiet: bool, pressed: &mut Option<String>) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            ui.add_space(3.0);
        }
        let corner = ui.cursor().min;
        match (item.done, first) {
            (Some(done), _) => box_ui(ui, corner, done),
            (None, Some(first)) => sign_ui(ui, corner, &format!("{}.", first.saturating_add(at as u64))),
            (None, None) => sign_ui(ui, corner, "•"),
        }
        ui.push_id(at, |ui| {
            egui::Frame::new()
                .inner_margin(Margin { left: INDENT as i8, ..Margin::ZERO })
                .show(ui, |ui| blocks_ui(ui, &item.blocks, quiet, pressed));
        });
    }
}

/// The sign of an item, right before its first line.
fn sign_ui(ui: &Ui, corner: Pos2, sign: &str) {
    let colors = palette(ui);
    let words = crate::ui::theme::line(ui.painter(), sign, Type::READING, colors.muted);
    let left = corner.x + INDENT - 7.0 - words.size().x;
    ui.painter().galley(pos2(left, corner.y), words, colors.muted);
}

/// The box of a task.
fn box_ui(ui: &Ui, corner: Pos2, done: bool) {
    let colors = palette(ui);
    let square = Rect::from_min_size(corner + vec2(1.0, 4.0), vec2(13.0, 13.0));
    let round = CornerRadius::same(size::ROUND_SMALL);
    if done {
        ui.painter().rect_filled(square, round, colors.accent);
        let (x, y) = (square.left(), square.top());
        let tick = vec![pos2(x + 3.0, y + 6.5), pos2(x + 5.5, y + 9.0), pos2(x + 10.0, y + 4.0)];
        ui.painter().line(tick, Stroke::new(1.5, colors.on_accent));
    } else {
        ui.painter().rect_stroke(square, round, Stroke::new(1.0, colors.muted), egui::StrokeKind::Inside);
    }
}

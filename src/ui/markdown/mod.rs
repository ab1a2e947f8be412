//! Markdown as a reader sees it.
//!
//! Invariant: nothing of it is run or fetched; a link says where it leads, and the caller decides whether to go there. The caller
//! draws the pictures, too.

mod parse;
mod spans;
mod table;
mod turned;

use std::sync::Arc;

use egui::cache::{ComputerMut, FrameCache};
use egui::{Context, CornerRadius, Margin, Rect, Sense, Stroke, Ui, pos2, vec2};

use crate::text::bidi::reads_from_right;
use crate::ui::show::beginning;
use crate::ui::theme::{Type, palette, size};
use crate::ui::widgets::field::LONGEST;
pub use parse::Picture;
use parse::{Block, Item, Look, Span, blocks};
use spans::{Ink, spans_ui};

/// Between two blocks.
const GAP: f32 = 10.0;

/// Left of what stands in a list.
const INDENT: f32 = 22.0;

/// How wide the bar beside a quote is.
const BAR: f32 = 3.0;

/// How wide the box of a task is.
const BOX: f32 = 13.0;

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

type Read = FrameCache<Arc<Vec<Block>>, Reader>;

/// What is drawn besides letters, and what came of it.
struct Page<'a> {
    /// Draws a picture.
    picture: &'a mut dyn FnMut(&mut Ui, &Picture),
    /// The address of the link that was pressed.
    pressed: Option<String>,
}

fn read(ctx: &Context, text: &str, prepare: Prepare) -> Arc<Vec<Block>> {
    let text = beginning(text, LONGEST);
    ctx.memory_mut(|memory| Arc::clone(memory.caches.cache::<Read>().get((text, prepare))))
}

/// Draws a text as it is when prepared. Gives the address of the link that was pressed.
pub fn markdown_ui(
    ui: &mut Ui,
    text: &str,
    prepare: Prepare,
    picture: &mut dyn FnMut(&mut Ui, &Picture),
) -> Option<String> {
    let blocks = read(ui, text, prepare);
    let mut page = Page { picture, pressed: None };
    ui.vertical(|ui| {
        blocks_ui(ui, &blocks, false, &mut page);
        if text.len() > LONGEST {
            ui.add_space(GAP);
            ui.label(Type::SMALL.rich("It goes on in the Source tab.").color(palette(ui).muted));
        }
    });
    page.pressed
}

/// The first pictures of a text, at most so many.
#[must_use]
pub fn pictures(ctx: &Context, text: &str, prepare: Prepare, most: usize) -> Vec<Picture> {
    let mut found = Vec::new();
    // Most texts have none, and need not be read for it.
    if text.contains("![") || text.contains("<img") {
        collect(&read(ctx, text, prepare), &mut found, most);
    }
    found
}

fn collect(blocks: &[Block], found: &mut Vec<Picture>, most: usize) {
    for block in blocks {
        match block {
            Block::Picture(picture) if found.len() < most => found.push(picture.clone()),
            Block::Quote(inner) => collect(inner, found, most),
            Block::List(_, items) => items.iter().for_each(|item| collect(&item.blocks, found, most)),
            _ => {}
        }
    }
}

fn blocks_ui(ui: &mut Ui, blocks: &[Block], quiet: bool, page: &mut Page<'_>) {
    let colors = palette(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            ui.add_space(if matches!(block, Block::Heading(..)) { GAP * 1.6 } else { GAP });
        }
        ui.push_id(at, |ui| match block {
            Block::Words(spans) => spans_ui(ui, spans, Ink::reading(colors, quiet), &mut page.pressed),
            Block::Heading(level, spans) => spans_ui(ui, spans, Ink::heading(colors, *level), &mut page.pressed),
            Block::Code(text) => code_ui(ui, text),
            Block::Quote(inner) => quote_ui(ui, inner, page),
            Block::List(first, items) => list_ui(ui, *first, items, quiet, page),
            Block::Table(rows) => table::table_ui(ui, rows, &mut page.pressed),
            Block::Picture(picture) => picture_ui(ui, picture, page),
            Block::Rule => {
                let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), GAP), Sense::hover());
                ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, colors.line));
            }
        });
    }
}

/// A picture, and below it the link that it is.
fn picture_ui(ui: &mut Ui, picture: &Picture, page: &mut Page<'_>) {
    (page.picture)(ui, picture);
    if let Some(link) = &picture.link {
        ui.add_space(3.0);
        let span = Span { text: link.clone(), look: Look::default(), link: Some(link.clone()) };
        spans_ui(ui, &[span], Ink::caption(palette(ui)), &mut page.pressed);
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

/// Whether these blocks begin with words that are read from the right.
fn read_from_right(blocks: &[Block]) -> bool {
    match blocks.first() {
        Some(Block::Words(spans) | Block::Heading(_, spans)) => {
            let words: String = spans.iter().map(|span| span.text.as_str()).collect();
            reads_from_right(&words)
        }
        Some(Block::Quote(inner)) => read_from_right(inner),
        Some(Block::List(_, items)) => items.first().is_some_and(|item| read_from_right(&item.blocks)),
        _ => false,
    }
}

/// Room on the side where reading begins.
fn indented(room: i8, from_right: bool) -> Margin {
    if from_right { Margin { right: room, ..Margin::ZERO } } else { Margin { left: room, ..Margin::ZERO } }
}

fn quote_ui(ui: &mut Ui, inner: &[Block], page: &mut Page<'_>) {
    let from_right = read_from_right(inner);
    let frame = egui::Frame::new().inner_margin(indented(14, from_right));
    let area = frame.show(ui, |ui| blocks_ui(ui, inner, true, page)).response.rect;
    let left = if from_right { area.right() - BAR } else { area.left() };
    let bar = Rect::from_min_max(pos2(left, area.top()), pos2(left + BAR, area.bottom()));
    ui.painter().rect_filled(bar, CornerRadius::same(size::ROUND_SMALL), palette(ui).line);
}

fn list_ui(ui: &mut Ui, first: Option<u64>, items: &[Item], quiet: bool, page: &mut Page<'_>) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            ui.add_space(3.0);
        }
        let from_right = read_from_right(&item.blocks);
        let place = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), 0.0));
        let number = first.map(|first| first.saturating_add(at as u64));
        match (item.done, number) {
            (Some(done), _) => box_ui(ui, place, done, from_right),
            (None, Some(number)) if from_right => sign_ui(ui, place, &format!(".{number}"), true),
            (None, Some(number)) => sign_ui(ui, place, &format!("{number}."), false),
            (None, None) => sign_ui(ui, place, "•", from_right),
        }
        ui.push_id(at, |ui| {
            let frame = egui::Frame::new().inner_margin(indented(INDENT as i8, from_right));
            frame.show(ui, |ui| blocks_ui(ui, &item.blocks, quiet, page));
        });
    }
}

/// The sign of an item, right before its first line.
fn sign_ui(ui: &Ui, place: Rect, sign: &str, from_right: bool) {
    let colors = palette(ui);
    let words = crate::ui::theme::line(ui.painter(), sign, Type::READING, colors.muted);
    let left = if from_right { place.right() - INDENT + 7.0 } else { place.left() + INDENT - 7.0 - words.size().x };
    ui.painter().galley(pos2(left, place.top()), words, colors.muted);
}

/// The box of a task.
fn box_ui(ui: &Ui, place: Rect, done: bool, from_right: bool) {
    let colors = palette(ui);
    let left = if from_right { place.right() - BOX - 1.0 } else { place.left() + 1.0 };
    let square = Rect::from_min_size(pos2(left, place.top() + 4.0), vec2(BOX, BOX));
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

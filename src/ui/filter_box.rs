//! The filter box: one field of text in which the tests that are understood look like chips.
//!
//! Invariant: what is written is the filter, letter for letter; chips are painted behind the text and change nothing of it.

use std::ops::Range;
use std::sync::Arc;

use egui::text::LayoutJob;
use egui::text_edit::TextEditOutput;
use egui::{
    CornerRadius, Frame, Galley, Id, Margin, Rect, Shape, Stroke, StrokeKind, TextBuffer, TextEdit, Ui, pos2, vec2,
};

use crate::text::Span;
use crate::ui::theme::{Palette, Type, icons, line, palette, size};
use crate::ui::widgets::at_ui;
use crate::ui::widgets::key::paint_key;

/// A part of a filter that is drawn as a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterChip {
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// How many bytes of it are the name of the field and its colon.
    pub field: usize,
}

/// What the box shows.
#[derive(Clone, Copy, Debug)]
pub struct FilterBox<'a> {
    /// The chips of the text as it stands.
    pub chips: &'a [FilterChip],
    /// What is wrong with it, and where.
    pub error: Option<(&'a str, Span)>,
    /// The box shall have the keyboard.
    pub focus: bool,
    /// The key that leads here; empty where there is none.
    pub key: &'a str,
}

/// What was done to the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterAnswer {
    /// Nothing.
    Nothing,
    /// The text is another one.
    Changed,
    /// Enter or Escape: the keyboard goes back to the table.
    Left,
}

const CHIP_PADDING: f32 = 6.0;

/// The id of the field, by which keys and tests find it.
#[must_use]
pub fn filter_id() -> Id {
    Id::unique("filter")
}

/// Draws the box as wide as there is room.
pub fn filter_box_ui(ui: &mut Ui, text: &mut String, filter: FilterBox<'_>) -> FilterAnswer {
    let colors = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::FIELD), egui::Sense::hover());
    let focused = ui.memory(|memory| memory.has_focus(filter_id()));
    let stroke = match (filter.error, focused) {
        (Some(_), _) => Stroke::new(1.0, colors.danger_text),
        (None, true) => Stroke::new(1.5, colors.accent),
        (None, false) => Stroke::new(1.0, colors.line),
    };
    ui.painter().rect(rect, CornerRadius::same(size::ROUND + 1), colors.background, stroke, StrokeKind::Inside);
    let icon = line(ui.painter(), icons::SEARCH.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, colors.muted);
    ui.painter().galley(pos2(rect.left() + 10.0, rect.center().y - icon.size().y / 2.0), icon, colors.muted);
    let clear = Rect::from_center_size(rect.right_center() - vec2(17.0, 0.0), egui::Vec2::splat(22.0));
    let inner = Rect::from_min_max(pos2(rect.left() + 30.0, rect.top()), pos2(clear.left() - 4.0, rect.bottom()));
    let answer = text_ui(ui, inner, text, filter);
    if text.is_empty() && !focused {
        if !filter.key.is_empty() {
            paint_key(ui.painter(), colors, rect.right_center() - vec2(8.0, 0.0), filter.key);
        }
    } else if !text.is_empty() && clear_ui(ui, clear) {
        text.clear();
        return FilterAnswer::Changed;
    }
    if let Some((message, _)) = filter.error {
        message_ui(ui, rect, message);
    }
    answer
}

fn text_ui(ui: &mut Ui, rect: Rect, text: &mut String, filter: FilterBox<'_>) -> FilterAnswer {
    let colors = palette(ui);
    let behind: Vec<_> = filter.chips.iter().map(|_| ui.painter().add(Shape::Noop)).collect();
    let mut layouter = |ui: &Ui, buffer: &dyn TextBuffer, _: f32| layout(ui, buffer.as_str(), filter, colors);
    let mut child =
        ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(egui::Layout::left_to_right(egui::Align::Center)));
    if filter.focus {
        // Before it is drawn: what was typed behind the key that leads here is in the same frame.
        ui.memory_mut(|memory| memory.request_focus(filter_id()));
    }
    let output = TextEdit::singleline(text)
        .id(filter_id())
        .frame(Frame::NONE)
        .margin(Margin::ZERO)
        .min_size(vec2(0.0, rect.height()))
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(rect.width())
        .hint_text(Type::BODY.rich("filter, or type words…").color(colors.muted))
        .layouter(&mut layouter)
        .show(&mut child);
    for (shape, chip) in behind.into_iter().zip(filter.chips) {
        if let Some(around) = chip_rect(&output, text, chip) {
            let around = around.intersect(rect.expand2(vec2(CHIP_PADDING, 0.0)));
            ui.painter().set(shape, Shape::rect_filled(around, CornerRadius::same(4), colors.chip));
        }
    }
    let response = &output.response.response;
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label("Filter"));
    if response.changed() {
        FilterAnswer::Changed
    } else if response.lost_focus()
        && ui.input(|input| input.key_pressed(egui::Key::Enter) || input.key_pressed(egui::Key::Escape))
    {
        FilterAnswer::Left
    } else {
        FilterAnswer::Nothing
    }
}

/// The text with room at both sides of what becomes a chip, and the field's name in the accent.
fn layout(ui: &Ui, text: &str, filter: FilterBox<'_>, colors: &Palette) -> Arc<Galley> {
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    job.wrap.max_width = f32::INFINITY;
    let plain = Type::BODY.format(colors.text);
    let mut done = 0;
    let mut lead = 0.0;
    // While the text changes, its chips are those of the text before: only ranges that still fit are used.
    let fits = |chip: &&FilterChip| {
        text.get(chip.range.clone()).is_some()
            && text.is_char_boundary(chip.range.start + chip.field)
            && chip.range.start + chip.field <= chip.range.end
    };
    for chip in filter.chips.iter().filter(fits) {
        if chip.range.start < done {
            continue;
        }
        job.append(&text[done..chip.range.start], lead, plain.clone());
        let value = chip.range.start + chip.field;
        let indent = if chip.range.start == 0 { CHIP_PADDING } else { 2.0 * CHIP_PADDING - 2.0 };
        job.append(&text[chip.range.start..value], indent, Type::STRONG.format(colors.accent_text));
        job.append(&text[value..chip.range.end], if chip.field == 0 { indent } else { 0.0 }, plain.clone());
        done = chip.range.end;
        lead = CHIP_PADDING;
    }
    job.append(&text[done..], lead, plain);
    underline(&mut job, filter.error, colors);
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

fn underline(job: &mut LayoutJob, error: Option<(&str, Span)>, colors: &Palette) {
    let Some((_, at)) = error else { return };
    for section in &mut job.sections {
        if section.byte_range.start.0 < at.end.max(at.start + 1) && section.byte_range.end.0 > at.start {
            section.format.underline = Stroke::new(1.5, colors.danger_text);
        }
    }
}

fn chip_rect(output: &TextEditOutput, text: &str, chip: &FilterChip) -> Option<Rect> {
    let at = |byte: usize| -> Option<Rect> {
        let characters = text.get(..byte)?.chars().count();
        let cursor = egui::text::CCursor::new(characters);
        Some(output.galley.pos_from_cursor(cursor).translate(output.galley_pos.to_vec2()))
    };
    let last = text.get(chip.range.clone())?.char_indices().last()?.0 + chip.range.start;
    let (first, end) = (at(chip.range.start)?, at(chip.range.end)?);
    // After the last letter the cursor may stand behind the room of what follows.
    let right = end.left().min(at(last)?.right().max(end.left()));
    let middle = first.center().y;
    Some(Rect::from_min_max(
        pos2(first.right() - CHIP_PADDING, middle - 10.0),
        pos2(right + CHIP_PADDING, middle + 10.0),
    ))
}

fn clear_ui(ui: &mut Ui, rect: Rect) -> bool {
    at_ui(ui, rect, |ui| {
        crate::ui::widgets::button::icon_button_ui(ui, icons::CLOSE, "Clear filter", Some("Esc")).clicked()
    })
}

fn message_ui(ui: &Ui, field: Rect, message: &str) {
    let colors = palette(ui);
    egui::Area::new(Id::unique("filter message"))
        .order(egui::Order::Foreground)
        .fixed_pos(field.left_bottom() + vec2(0.0, 4.0))
        .interactable(false)
        .fade_in(false)
        .show(ui, |ui| {
            Frame::popup(ui.style()).inner_margin(Margin::symmetric(10, 6)).show(ui, |ui| {
                ui.add(
                    egui::Label::new(Type::SMALL.rich(message).color(colors.danger_text))
                        .wrap_mode(egui::TextWrapMode::Extend),
                );
            });
        });
}

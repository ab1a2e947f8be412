//! Runs of text laid out as one: bold, italic, code, and links that can be pressed.
//!
//! Invariant: a link is a widget of its own, reached by Tab, on each line that it takes; what reads from right to left stands as
//! it is read, then without looks and links.

use egui::accesskit::Role;
use egui::epaint::text::PlacedRow;
use egui::text::{CCursor, LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, CursorIcon, FontFamily, Galley, Label, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2};

use super::parse::{Look, Span};
use crate::text::bidi::has_right_to_left;
use crate::text::marks;
use crate::ui::theme::{Palette, Type, palette, size};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::words::reading_ui;

/// Between the line under a link and the bottom of its line of text.
const BELOW: f32 = 2.5;

/// How a block of text is written.
#[derive(Clone, Copy)]
pub struct Ink {
    plain: Type,
    bold: Type,
    color: Color32,
}

impl Ink {
    /// A paragraph; a quiet one is somebody else's.
    pub fn reading(colors: &Palette, quiet: bool) -> Self {
        let color = if quiet { colors.muted } else { colors.text };
        Ink { plain: Type::READING, bold: Type::READING_BOLD, color }
    }

    /// A heading of this level.
    pub fn heading(colors: &Palette, level: u8) -> Self {
        let kind = match level {
            1 => Type::HEADLINE,
            2 => Type::READING_2,
            _ => Type::READING_3,
        };
        Ink { plain: kind, bold: kind, color: colors.text }
    }

    /// The head of a table.
    pub fn head(colors: &Palette) -> Self {
        Ink { plain: Type::READING_BOLD, bold: Type::READING_BOLD, color: colors.text }
    }

    fn format(self, colors: &Palette, look: Look, is_link: bool) -> TextFormat {
        let color = if is_link { colors.accent_text } else { self.color };
        let kind = if look.bold { self.bold } else { self.plain };
        let mut format = kind.format(color);
        if look.code {
            format.font_id.family = FontFamily::Monospace;
            format.font_id.size *= 0.92;
            format.background = colors.raised;
            format.expand_bg = 2.0;
        }
        format.italics = look.italic;
        if look.struck {
            format.strikethrough = Stroke::new(1.0, color);
        }
        format
    }
}

/// The runs as one text to lay out, so wide.
pub fn job(spans: &[Span], ink: Ink, colors: &Palette, width: f32) -> LayoutJob {
    let wrap = TextWrapping { max_width: width, ..TextWrapping::default() };
    let mut job = LayoutJob { wrap, ..LayoutJob::default() };
    for span in spans {
        job.append(&as_shown(span), 0.0, ink.format(colors, span.look, span.link.is_some()));
    }
    job
}

/// With marks for what cannot be seen; a line may end within it.
fn as_shown(span: &Span) -> String {
    span.text.split('\n').map(marks).collect::<Vec<_>>().join("\n")
}

/// Draws runs of text over as many lines as they take.
pub fn spans_ui(ui: &mut Ui, spans: &[Span], ink: Ink, pressed: &mut Option<String>) {
    let whole: String = spans.iter().map(|span| span.text.as_str()).collect();
    if has_right_to_left(&whole) {
        reading_ui(ui, &whole, ink.plain, ink.color);
        return;
    }
    let colors = palette(ui);
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job(spans, ink, colors, ui.available_width())));
    let corner = ui.add(Label::new(galley.clone()).selectable(true)).rect.min;
    let mut at = 0;
    for (index, span) in spans.iter().enumerate() {
        let end = at + as_shown(span).chars().count();
        if let Some(link) = &span.link
            && link_ui(ui, &places(&galley, at, end), corner.to_vec2(), (index, span.text.as_str(), link.as_str()))
        {
            *pressed = Some(link.clone());
        }
        at = end;
    }
}

/// Where the letters from here to there stand: a place on each line that they take.
fn places(galley: &Galley, start: usize, end: usize) -> Vec<Rect> {
    let (first, last) = (galley.pos_from_cursor(CCursor::new(start)), galley.pos_from_cursor(CCursor::new(end)));
    if (first.top() - last.top()).abs() < 1.0 {
        return vec![Rect::from_min_max(first.min, last.max)];
    }
    let rows = galley
        .rows
        .iter()
        .map(PlacedRow::rect)
        .filter(|row| row.center().y > first.top() && row.center().y < last.bottom());
    rows.map(|row| {
        let left = if row.contains(pos2(row.center().x, first.center().y)) { first.left() } else { row.left() };
        let right = if row.contains(pos2(row.center().x, last.center().y)) { last.left() } else { row.right() };
        Rect::from_min_max(pos2(left, row.top()), pos2(right, row.bottom()))
    })
    .collect()
}

fn link_ui(ui: &Ui, places: &[Rect], corner: Vec2, (index, name, address): (usize, &str, &str)) -> bool {
    let mut pressed = false;
    for (line, place) in places.iter().enumerate() {
        let sense = if line == 0 { Sense::click() } else { Sense::CLICK };
        let place = place.translate(corner);
        // Right below its letters: that of the text itself would stand at the bottom of the line.
        let under = Stroke::new(1.0, palette(ui).accent_text);
        ui.painter().hline(place.x_range(), place.bottom() - BELOW, under);
        let response = ui.interact(place, ui.scope_id().with(("link", index, line)), sense);
        if line == 0 {
            response.widget_info(|| WidgetInfo::labeled(Role::Link, true, name));
        }
        focus_ring(ui, &response, size::ROUND_SMALL);
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        pressed |= response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(address).clicked();
    }
    pressed
}

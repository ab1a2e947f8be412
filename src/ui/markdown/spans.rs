//! Runs of text laid out as one: bold, italic, code, and links that can be pressed.
//!
//! Invariant: a link is a widget of its own, reached by Tab, on each line that it takes, also where it is read from right to left.

use std::ops::Range;

use egui::accesskit::Role;
use egui::epaint::text::PlacedRow;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Color32, CursorIcon, FontFamily, Galley, Label, Layout, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo};

use super::parse::{Look, Span};
use super::turned::{Run, Stand, turned};
use crate::text::bidi::has_right_to_left;
use crate::text::marks;
use crate::ui::theme::{Palette, Type, palette, size};
use crate::ui::widgets::focus_ring;

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

    /// What stands below a picture.
    pub fn caption(colors: &Palette) -> Self {
        Ink { plain: Type::SMALL, bold: Type::SMALL, color: colors.muted }
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
    let colors = palette(ui);
    let whole: String = spans.iter().map(|span| span.text.as_str()).collect();
    let (job, stands) = if has_right_to_left(&whole) {
        let turned = turned(ui, &runs(spans, ink, colors), ui.available_width());
        (turned.job, Some(turned.links))
    } else {
        (job(spans, ink, colors, ui.available_width()), None)
    };
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let align = galley.job.halign;
    let label = Label::new(galley.clone()).selectable(true);
    let response = ui.with_layout(Layout::top_down(align), |ui| ui.add(label)).inner;
    // Read aloud it is in its own order.
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &whole));
    let corner = if align == Align::RIGHT { response.rect.right_top() } else { response.rect.min };
    let mut letters = 0;
    for (index, span) in spans.iter().enumerate() {
        let start = letters;
        letters += as_shown(span).chars().count();
        let Some(link) = &span.link else { continue };
        let places = match &stands {
            Some(stands) => stands.iter().filter(|it| it.run == index).filter_map(|it| place(&galley, it)).collect(),
            None => places(&galley, start..letters),
        };
        if link_ui(ui, &places, corner.to_vec2(), (index, span.text.as_str(), link.as_str())) {
            *pressed = Some(link.clone());
        }
    }
}

fn runs(spans: &[Span], ink: Ink, colors: &Palette) -> Vec<Run> {
    let run = |span: &Span| {
        let is_link = span.link.is_some();
        Run { text: as_shown(span), format: ink.format(colors, span.look, is_link), is_link }
    };
    spans.iter().map(run).collect()
}

/// Where a part of a link stands that was measured.
fn place(galley: &Galley, stand: &Stand) -> Option<Rect> {
    let row = galley.rows.get(stand.line)?;
    let sides = row.pos.x + stand.sides.min..=row.pos.x + stand.sides.max;
    Some(Rect::from_x_y_ranges(sides, row.min_y()..=row.max_y()))
}

/// Where the letters from here to there stand: a place on each line that they take.
fn places(galley: &Galley, letters: Range<usize>) -> Vec<Rect> {
    let mut first = 0;
    let of_row = |row: &PlacedRow| {
        let own = letters.start.saturating_sub(first)..letters.end.saturating_sub(first);
        first += row.glyphs.len() + usize::from(row.ends_with_newline);
        let own = row.glyphs.get(own.start..own.end.min(row.glyphs.len()))?;
        let last = own.iter().rfind(|glyph| !glyph.chr.is_whitespace())?;
        let left = row.pos.x;
        let sides = left + own.first()?.pos.x..=left + last.max_x();
        Some(Rect::from_x_y_ranges(sides, row.min_y()..=row.max_y()))
    };
    galley.rows.iter().filter_map(of_row).collect()
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

//! The few kinds of text, and text laid out for painting.
//!
//! Invariant: what is shown on one line is cut with an ellipsis, never wrapped and never drawn outside of its width. What cannot
//! be seen is shown by marks, and what is written from right to left stands as it is read.

use std::ops::Range;
use std::sync::Arc;

use egui::epaint::text::VariationCoords;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Color32, Context, FontFamily, FontId, Galley, Painter, RichText};

use crate::text::bidi::{has_right_to_left, reads_from_right, shown, shown_lines};
use crate::text::marks;

/// A kind of text: its size, weight and family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Type {
    size: f32,
    weight: f32,
    spacing: f32,
    line_height: Option<f32>,
    monospace: bool,
}

impl Type {
    const fn new(size: f32, weight: f32) -> Self {
        Type { size, weight, spacing: 0.0, line_height: None, monospace: false }
    }

    /// What is read.
    pub const BODY: Type = Type::new(13.0, 400.0);
    /// A title in a row, a button, a name.
    pub const STRONG: Type = Type::new(13.0, 500.0);
    /// The title of a row.
    pub const TITLE: Type = Type::new(13.5, 500.0);
    /// A number in a row, the main button.
    pub const NUMBER: Type = Type::new(13.0, 600.0);
    /// What explains: labels, second lines.
    pub const SMALL: Type = Type::new(12.0, 400.0);
    /// The head of a column, a tab.
    pub const HEAD: Type = Type::new(12.0, 600.0);
    /// A chip, a key.
    pub const CHIP: Type = Type::new(11.5, 450.0);
    /// The head of a part of the sidebar, in capitals.
    pub const SECTION: Type = Type { spacing: 0.5, ..Type::new(11.0, 600.0) };
    /// The one letter of a provider without a logo.
    pub const LETTER: Type = Type::new(9.0, 500.0);
    /// What a missing picture says.
    pub const TINY: Type = Type::new(10.5, 400.0);
    /// A mark in a header.
    pub const ICON_TINY: Type = Type::new(12.0, 400.0);
    /// An icon beside text.
    pub const ICON_SMALL: Type = Type::new(14.0, 400.0);
    /// An icon that stands for itself.
    pub const ICON: Type = Type::new(17.0, 400.0);
    /// The icon of an empty pane.
    pub const ICON_LARGE: Type = Type::new(36.0, 400.0);
    /// The number of a score card.
    pub const SCORE: Type = Type::new(21.0, 700.0);
    /// The name of the program.
    pub const BRAND: Type = Type::new(13.5, 700.0);
    /// The name of the program on the welcome screen.
    pub const DISPLAY: Type = Type::new(30.0, 700.0);
    /// The title of an article in quick look and preview, of an empty state.
    pub const HEADLINE: Type = Type::new(20.0, 600.0);
    /// Text to be read at length.
    pub const READING: Type = Type { line_height: Some(21.0), ..Type::new(14.5, 400.0) };
    /// What is bold in it.
    pub const READING_BOLD: Type = Type { line_height: Some(21.0), ..Type::new(14.5, 650.0) };
    /// A heading within it.
    pub const READING_2: Type = Type::new(17.0, 650.0);
    /// A heading below such a one.
    pub const READING_3: Type = Type::new(15.0, 650.0);
    /// The head of a part of the inspector, of a dialog.
    pub const SUBHEAD: Type = Type::new(13.5, 600.0);
    /// Source and differences.
    pub const CODE: Type = Type { line_height: Some(18.0), monospace: true, ..Type::new(12.0, 400.0) };
    /// What is written in a field of several lines.
    pub const FIELD: Type = Type { line_height: Some(18.0), ..Type::new(13.0, 400.0) };

    /// The font without its weight.
    #[must_use]
    pub fn font(self) -> FontId {
        FontId::new(self.size, if self.monospace { FontFamily::Monospace } else { FontFamily::Proportional })
    }

    /// As a format of laid out text.
    #[must_use]
    pub fn format(self, color: Color32) -> TextFormat {
        TextFormat {
            font_id: self.font(),
            extra_letter_spacing: self.spacing,
            line_height: self.line_height,
            color,
            coords: self.coordinates(),
            ..TextFormat::default()
        }
    }

    /// As text for egui's own widgets.
    #[must_use]
    pub fn rich(self, text: impl Into<String>) -> RichText {
        let text =
            RichText::new(text).font(self.font()).extra_letter_spacing(self.spacing).line_height(self.line_height);
        if self.has_weight() { text.variation("wght", self.weight) } else { text }
    }

    fn coordinates(self) -> VariationCoords {
        if self.has_weight() { VariationCoords::new([("wght", self.weight)]) } else { VariationCoords::default() }
    }

    fn has_weight(self) -> bool {
        !self.monospace && (self.weight - 400.0).abs() > 0.5
    }
}

/// Text on one line, as wide as it is.
#[must_use]
pub fn line(painter: &Painter, text: &str, kind: Type, color: Color32) -> Arc<Galley> {
    galley(painter, text, kind, color, f32::INFINITY)
}

/// So many bytes of a text are looked at for one line.
const LONGEST_LINE: usize = 16 * 1024;

/// Text on one line, cut with an ellipsis where it is wider than `width`: at the end of the reading, wherever that is.
#[must_use]
pub fn galley(painter: &Painter, text: &str, kind: Type, color: Color32, width: f32) -> Arc<Galley> {
    // No line on a screen holds more, and what is cut is laid out before it is cut.
    let text = if width.is_finite() { &text[..text.floor_char_boundary(LONGEST_LINE)] } else { text };
    let marked = marks(text);
    let lay_out = |text: String, width: f32| {
        let mut job = LayoutJob::single_section(text, kind.format(color));
        job.wrap =
            TextWrapping { max_width: width.max(0.0), max_rows: 1, break_anywhere: true, ..TextWrapping::default() };
        job.break_on_newline = false;
        painter.layout_job(job)
    };
    if !has_right_to_left(&marked) {
        return lay_out(marked.into_owned(), width);
    }
    let whole = lay_out(shown(&marked).into_owned(), f32::INFINITY);
    if whole.size().x <= width {
        return whole;
    }
    let cut_at = |count: usize| {
        let start: String = marked.chars().take(count).chain(['…']).collect();
        lay_out(shown(&start).into_owned(), f32::INFINITY)
    };
    let letters = marked.chars().count();
    let mut count = (letters as f32 * width / whole.size().x) as usize;
    while count < letters && cut_at(count + 1).size().x <= width {
        count += 1;
    }
    while count > 0 && cut_at(count).size().x > width {
        count -= 1;
    }
    let mut cut = Arc::unwrap_or_clone(cut_at(count));
    cut.elided = true;
    Arc::new(cut)
}

/// Text over as many lines as it takes, each as it is read.
#[must_use]
pub fn paragraph(ctx: &Context, text: &str, format: &TextFormat, width: f32) -> Arc<Galley> {
    lines(text, width, usize::MAX, &|job| ctx.fonts_mut(|fonts| fonts.layout_job(job)), format)
}

/// The same with each line at the right edge where the text is read from there; it is drawn from that edge, then.
#[must_use]
pub fn page(ctx: &Context, text: &str, format: &TextFormat, width: f32) -> Arc<Galley> {
    let halign = if reads_from_right(text) { Align::RIGHT } else { Align::LEFT };
    let lay_out = |job| ctx.fonts_mut(|fonts| fonts.layout_job(LayoutJob { halign, ..job }));
    lines(text, width, usize::MAX, &lay_out, format)
}

/// Text on as many lines as it takes, at most `rows`.
#[must_use]
pub fn wrapped(painter: &Painter, text: &str, kind: Type, color: Color32, width: f32, rows: usize) -> Arc<Galley> {
    lines(&marks(text), width, rows, &|job| painter.layout_job(job), &kind.format(color))
}

fn lines(
    text: &str,
    width: f32,
    rows: usize,
    lay_out: &dyn Fn(LayoutJob) -> Arc<Galley>,
    format: &TextFormat,
) -> Arc<Galley> {
    let laid_out = |text: String, width: f32| {
        let mut job = LayoutJob::single_section(text, format.clone());
        job.wrap = TextWrapping { max_width: width.max(0.0), max_rows: rows, ..TextWrapping::default() };
        lay_out(job)
    };
    if !has_right_to_left(text) {
        return laid_out(text.to_owned(), width);
    }
    // Lines are broken before they are turned round, and not as egui breaks them: it does not know where in a text a letter
    // from right to left stands.
    let mut lines = broken(text, width, &|part| laid_out(text[part].to_owned(), f32::INFINITY).size().x);
    let elided = lines.len() > rows;
    lines.truncate(rows);
    let mut as_read = Arc::unwrap_or_clone(laid_out(shown_lines(text, &lines), f32::INFINITY));
    as_read.elided = elided;
    Arc::new(as_read)
}

/// Where the lines of a text begin and end that is broken between words to fit a width.
#[must_use]
pub fn broken(text: &str, width: f32, measure: &dyn Fn(Range<usize>) -> f32) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for paragraph in text.split_inclusive('\n') {
        let end = start + paragraph.trim_end_matches(['\n', '\r']).len();
        let mut from = start;
        let mut fits = start;
        for word in text[start..end].split_inclusive(' ') {
            let to = fits + word.len();
            if fits > from && measure(from..from + text[from..to].trim_end().len()) > width {
                lines.push(from..fits);
                from = fits;
            }
            fits = to;
        }
        lines.push(from..end);
        start += paragraph.len();
    }
    if text.ends_with('\n') || text.is_empty() {
        lines.push(text.len()..text.len());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        for (text, width, want) in [
            ("one two three", 7.0, vec!["one two ", "three"]),
            ("one two three", 100.0, vec!["one two three"]),
            ("longerthanthat is", 5.0, vec!["longerthanthat ", "is"]),
            ("a\n\nb\n", 5.0, vec!["a", "", "b", ""]),
            ("", 5.0, vec![""]),
            ("שלום עולם היום", 9.0, vec!["שלום עולם ", "היום"]),
        ] {
            let by_letters = |part: Range<usize>| text[part].chars().count() as f32;
            let lines: Vec<&str> = broken(text, width, &by_letters).into_iter().map(|line| &text[line]).collect();
            assert_eq!(lines, want, "{text}");
        }
    }
}

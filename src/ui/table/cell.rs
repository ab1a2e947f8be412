//! What stands in a cell, and how it is painted: pure painting, so that it costs little and can be drawn in tests.
//!
//! Invariant: a cell never paints outside of its rectangle and never makes its column wider.

use std::ops::Range;

use egui::{Color32, Painter, Rect, pos2, vec2};

use crate::text::bidi::reads_from_right;
use crate::ui::theme::{Palette, Type, galley, icons, line, size};
use crate::ui::widgets::chip::paint_chip;
use crate::ui::widgets::logo::paint_logo;
use crate::ui::widgets::mark::{Mark, paint_mark};
use crate::ui::widgets::score_bar::{Look, paint_score_bar};
use crate::ui::widgets::switch::paint_switch;
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum CellView<'a> {
    /// Nothing: the field is absent.
    Missing,
    /// How the article stands, and whether it is marked for later.
    State(Mark, bool),
    /// A picture.
    Picture(Thumbnail),
    /// The title, and who published it where.
    Title(TitleView<'a>),
    /// Text on one line.
    Text(&'a str),
    /// A text made for this cell: a date.
    Made(String),
    /// Tags.
    Tags(Vec<&'a str>),
    /// A number with its bar.
    Score {
        /// The number as it is written.
        text: String,
        /// How full the bar is.
        share: f32,
        /// Its colours.
        look: Look,
    },
    /// A number.
    Number(String),
    /// Yes or no.
    Switch(bool),
    /// A value that is never shown.
    Opaque(usize),
}

/// The title of a row and what stands under it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TitleView<'a> {
    /// The title.
    pub title: &'a str,
    /// The name of the provider.
    pub provider: &'a str,
    /// Its domain.
    pub domain: &'a str,
    /// Its logo.
    pub logo: Option<egui::TextureId>,
}

/// How a row stands, as far as its cells look different for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowLook {
    /// Selected, or under the cursor.
    pub selected: bool,
    /// No longer fits the filter or its place.
    pub held: bool,
    /// Two lines and a picture.
    pub tall: bool,
}

const GAP: f32 = 8.0;

/// Paints a cell. Says whether text was cut, so that a tooltip can show it.
#[must_use]
pub fn paint_cell(painter: &Painter, colors: &Palette, rect: Rect, cell: &CellView<'_>, row: RowLook) -> bool {
    let quiet = colors.muted_on(row.selected);
    let content = rect.shrink2(vec2(GAP / 2.0, 0.0));
    match cell {
        CellView::Missing => {
            paint_right(painter, content, "–", Type::BODY, quiet);
            false
        }
        CellView::State(mark, marked) => {
            paint_mark(painter, colors, rect.center(), *mark);
            if *marked {
                let flag = line(
                    painter,
                    icons::BOOKMARK_FILLED.encode_utf8(&mut [0; 4]),
                    Type::ICON_SMALL,
                    colors.accent_text,
                );
                painter.galley(pos2(rect.center().x - flag.size().x / 2.0, rect.top() + 3.0), flag, colors.text);
            }
            false
        }
        CellView::Picture(thumbnail) => {
            let wanted = if row.tall { size::THUMBNAIL } else { size::THUMBNAIL_SHORT };
            let area = vec2(wanted.x.min(content.width()), wanted.y);
            paint_thumbnail(painter, colors, left_rect(content, area), *thumbnail);
            false
        }
        CellView::Title(title) => paint_title(painter, colors, content, title, row),
        CellView::Text(text) => paint_left(painter, content, text, colors.text),
        CellView::Made(text) => paint_left(painter, content, text, quiet),
        CellView::Tags(tags) => paint_tags(painter, colors, content, tags, quiet),
        CellView::Score { text, share, look } => paint_score(painter, colors, content, (text, *share, *look), row),
        CellView::Number(text) => paint_right(painter, content, text, Type::BODY, quiet),
        CellView::Switch(on) => {
            paint_switch(painter, colors, left_rect(content, size::SWITCH), *on);
            false
        }
        CellView::Opaque(length) => paint_left(painter, content, &format!("opaque, {length} characters"), quiet),
    }
}

/// The rectangle of the switch of a cell.
#[must_use]
pub fn switch_rect(cell: Rect) -> Rect {
    left_rect(cell.shrink2(vec2(GAP / 2.0, 0.0)), size::SWITCH)
}

fn left_rect(rect: Rect, area: egui::Vec2) -> Rect {
    Rect::from_min_size(pos2(rect.left(), (rect.center().y - area.y / 2.0).round()), area)
}

fn paint_title(painter: &Painter, colors: &Palette, rect: Rect, view: &TitleView<'_>, row: RowLook) -> bool {
    let kind = if row.tall { Type::TITLE } else { Type::STRONG };
    let title = galley(painter, view.title, kind, colors.text, rect.width());
    let cut = title.elided;
    let has_second = row.tall && !(view.provider.is_empty() && view.domain.is_empty());
    let left = start(rect, view.title, &title);
    if !has_second {
        painter.galley(pos2(left, rect.center().y - title.size().y / 2.0), title, colors.text);
        return cut;
    }
    let middle = rect.center().y;
    painter.galley(pos2(left, (middle - 10.0 - title.size().y / 2.0).round()), title, colors.text);
    let logo = Rect::from_min_size(
        pos2(rect.left(), (middle + 11.0 - size::LOGO / 2.0).round()),
        egui::Vec2::splat(size::LOGO),
    );
    let name = if view.provider.is_empty() { view.domain } else { view.provider };
    paint_logo(painter, colors, logo, view.logo, name);
    let left = logo.right() + 5.0;
    let ink = colors.muted_on(row.selected);
    let second = galley(painter, &second_line(view), Type::SMALL, ink, rect.right() - left);
    painter.galley(pos2(left, (middle + 11.0 - second.size().y / 2.0).round()), second, ink);
    cut
}

fn second_line(view: &TitleView<'_>) -> String {
    match (view.provider, view.domain) {
        ("", domain) => domain.to_owned(),
        (provider, "") => provider.to_owned(),
        (provider, domain) => format!("{provider}  ·  {domain}"),
    }
}

/// Which tag of a cell is at this place.
#[must_use]
pub fn tag_at(painter: &Painter, colors: &Palette, cell: Rect, tags: &[&str], x: f32) -> Option<usize> {
    let unseen = painter.with_clip_rect(Rect::NOTHING);
    let (spans, _) = lay_tags(&unseen, colors, cell.shrink2(vec2(GAP / 2.0, 0.0)), tags, colors.muted);
    spans.iter().position(|span| span.contains(&x))
}

fn paint_tags(painter: &Painter, colors: &Palette, rect: Rect, tags: &[&str], quiet: Color32) -> bool {
    lay_tags(painter, colors, rect, tags, quiet).1
}

/// Paints tags; gives where each one is, and whether some found no room.
fn lay_tags(painter: &Painter, colors: &Palette, rect: Rect, tags: &[&str], quiet: Color32) -> (Vec<Range<f32>>, bool) {
    let (mut left, mut spans) = (rect.left(), Vec::with_capacity(tags.len()));
    for (at, tag) in tags.iter().enumerate() {
        let rest = tags.len() - at;
        // Room for “+3” is kept as long as tags follow.
        let reserve = if rest > 1 { 24.0 } else { 0.0 };
        let room = rect.right() - left - reserve;
        let fits = at == 0 || line(painter, tag, Type::CHIP, colors.text).size().x + 12.0 <= room;
        if let Some(right) = fits.then(|| paint_chip(painter, colors, pos2(left, rect.center().y), tag, room)).flatten()
        {
            spans.push(left..right);
            left = right + 4.0;
        } else {
            let more = line(painter, &format!("+{rest}"), Type::CHIP, quiet);
            painter.galley(pos2(left, rect.center().y - more.size().y / 2.0), more, quiet);
            return (spans, true);
        }
    }
    (spans, false)
}

fn paint_score(painter: &Painter, colors: &Palette, rect: Rect, score: (&str, f32, Look), row: RowLook) -> bool {
    let (text, share, look) = score;
    let ground = if row.selected { colors.chip } else { colors.line };
    let number = galley(painter, text, Type::NUMBER, colors.text, rect.width());
    if !row.tall {
        painter.galley(
            pos2(rect.right() - number.size().x, rect.center().y - number.size().y / 2.0),
            number,
            colors.text,
        );
        let bar = Rect::from_min_size(
            pos2(rect.left(), rect.center().y - 2.0),
            vec2((rect.width() - 34.0).max(0.0), size::BAR),
        );
        paint_score_bar(painter, colors, bar, share, look, ground, None);
        return false;
    }
    let middle = rect.center().y;
    painter.galley(
        pos2(rect.right() - number.size().x, (middle - 4.0 - number.size().y / 2.0).round()),
        number,
        colors.text,
    );
    let bar = Rect::from_min_size(pos2(rect.left(), (middle + 8.0).round()), vec2(rect.width(), size::BAR));
    paint_score_bar(painter, colors, bar, share, look, ground, None);
    false
}

/// Where a line of text begins to be painted: what is read from the right stands at the right.
fn start(rect: Rect, text: &str, laid_out: &egui::Galley) -> f32 {
    if reads_from_right(text) { (rect.right() - laid_out.size().x).max(rect.left()) } else { rect.left() }
}

fn paint_left(painter: &Painter, rect: Rect, text: &str, ink: Color32) -> bool {
    let laid_out = galley(painter, text, Type::BODY, ink, rect.width());
    let cut = laid_out.elided;
    let left = start(rect, text, &laid_out);
    painter.galley(pos2(left, rect.center().y - laid_out.size().y / 2.0), laid_out, ink);
    cut
}

fn paint_right(painter: &Painter, rect: Rect, text: &str, kind: Type, ink: Color32) -> bool {
    let text = galley(painter, text, kind, ink, rect.width());
    let cut = text.elided;
    painter.galley(pos2(rect.right() - text.size().x, rect.center().y - text.size().y / 2.0), text, ink);
    cut
}

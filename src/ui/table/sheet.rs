//! The contact sheet: the same rows as cards with a large picture, title and scores below, beside each other.
//!
//! Invariant: rows, cursor, selection and commands are those of the table; any number of rows costs what is on screen.

use std::ops::Range;

use egui::{CornerRadius, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use super::columns::ShownColumn;
use super::row::{Purpose, RowClick, clicks, is_selected, name_row};
use super::view::{CellFilter, RowSource, mark};
use super::{SCROLL_BAR, heading, menu};
use crate::catalog::{ArticleId, Cell, ColumnKey, Computed};
use crate::desk::{Command, Pane, RowGroup};
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::theme::{Type, galley, icons, line, palette, size, wrapped};
use crate::ui::widgets::logo::paint_logo;
use crate::ui::widgets::mark::{Mark, paint_mark};
use crate::ui::widgets::score_bar::{Look, paint_score_bar};
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};

/// The least width of a card; what is left over widens all.
const LEAST: f32 = 208.0;
/// Between cards, and around them.
const GAP: f32 = 8.0;
/// Within a card.
const INSIDE: f32 = 8.0;
/// Height of a picture for its width.
const SLOPE: f32 = 0.62;
/// Title, provider and scores.
const BELOW: f32 = 102.0;

/// Where the cards of a frame lie.
#[derive(Clone, Debug)]
pub struct Layout {
    beside: usize,
    card: Vec2,
    sections: Vec<Section>,
    height: f32,
}

/// The rows of a group, or all rows.
#[derive(Clone, Debug, PartialEq)]
struct Section {
    heading: Option<usize>,
    rows: Range<usize>,
    top: f32,
}

impl Layout {
    /// The layout of so many rows in these groups, in this width.
    #[must_use]
    pub fn of(groups: &[RowGroup], rows: usize, width: f32) -> Self {
        let room = (width - SCROLL_BAR - GAP).max(LEAST);
        let beside = (room / (LEAST + GAP)).floor().max(1.0);
        let card_width = (room / beside - GAP).floor();
        let card = vec2(card_width, (card_width - 2.0 * INSIDE) * SLOPE + BELOW + INSIDE);
        let mut layout = Self { beside: beside as usize, card, sections: Vec::new(), height: 0.0 };
        if groups.is_empty() {
            layout.add(None, 0..rows);
        }
        for (at, group) in groups.iter().enumerate() {
            let count = if group.closed { 0 } else { group.count };
            layout.add(Some(at), group.first..(group.first + count).min(rows));
        }
        layout.height += GAP;
        layout
    }

    fn add(&mut self, heading: Option<usize>, rows: Range<usize>) {
        let lines = rows.len().div_ceil(self.beside);
        let section = Section { heading, rows, top: self.height };
        self.height += section.heading_height() + lines as f32 * (self.card.y + GAP);
        self.sections.push(section);
    }

    /// How many cards are beside each other.
    #[must_use]
    pub fn beside(&self) -> usize {
        self.beside
    }

    /// Where the card of a row lies, from the top left of the first one's place.
    #[must_use]
    pub fn place(&self, row: usize) -> Option<Rect> {
        let after = self.sections.partition_point(|section| section.rows.start <= row);
        let section = self.sections[..after].iter().rev().find(|section| section.rows.contains(&row))?;
        Some(self.place_in(section, row))
    }

    fn place_in(&self, section: &Section, row: usize) -> Rect {
        let at = row - section.rows.start;
        let (column, line) = ((at % self.beside) as f32, (at / self.beside) as f32);
        let left = GAP + column * (self.card.x + GAP);
        let top = section.top + section.heading_height() + GAP + line * (self.card.y + GAP);
        Rect::from_min_size(pos2(left, top), self.card)
    }

    /// The sections that are seen between these heights, each with its rows that are.
    fn seen(&self, from: f32, to: f32) -> impl Iterator<Item = (&Section, Range<usize>)> {
        let first = self.sections.partition_point(|section| section.top <= from).saturating_sub(1);
        let seen = self.sections.iter().skip(first).take_while(move |section| section.top < to);
        seen.map(move |section| {
            let top = section.top + section.heading_height();
            let line = |y: f32| ((y - top) / (self.card.y + GAP)).max(0.0);
            let row = |line: usize| (section.rows.start + line * self.beside).min(section.rows.end);
            (section, row(line(from).floor() as usize)..row(line(to).ceil() as usize))
        })
    }
}

impl Section {
    fn heading_height(&self) -> f32 {
        if self.heading.is_some() { size::GROUP } else { 0.0 }
    }
}

/// What the sheet borrows from the table.
pub struct Sheet<'a> {
    /// Where texts and pictures come from.
    pub source: RowSource<'a>,
    /// Whether the table has the keyboard.
    pub focused: bool,
    /// The row to be brought into view.
    pub scroll_to: Option<usize>,
    /// What the menu of the row can filter by.
    pub menu_filter: &'a mut Option<CellFilter>,
}

/// Draws the sheet.
pub fn sheet_ui(ui: &mut Ui, frame: &mut Frame<'_>, layout: &Layout, mut sheet: Sheet<'_>) {
    ScrollArea::vertical().id_salt("contact sheet").auto_shrink(false).show_viewport(ui, |ui, viewport| {
        ui.set_height(layout.height);
        let origin = ui.max_rect().min.to_vec2();
        if let Some(place) = sheet.scroll_to.and_then(|row| layout.place(row)) {
            ui.scroll_to_rect_animation(
                place.expand(GAP).translate(origin),
                None,
                egui::style::ScrollAnimation::none(),
            );
            ui.request_repaint();
        }
        let mut last = 0..0;
        for (section, rows) in layout.seen(viewport.top(), viewport.bottom()) {
            if let Some(at) = section.heading {
                let place = Rect::from_min_size(pos2(0.0, section.top), vec2(ui.max_rect().width(), size::GROUP));
                let builder = egui::UiBuilder::new().max_rect(place.translate(origin)).id_salt(("group", at));
                ui.scope_builder(builder, |ui| heading::heading_ui(ui, frame, at));
            }
            for row in rows.clone() {
                let place = layout.place_in(section, row).translate(origin);
                let builder = egui::UiBuilder::new().max_rect(place).id_salt(("card", row));
                ui.scope_builder(builder, |ui| card_ui(ui, frame, &mut sheet, row));
            }
            last = rows;
        }
        ask_ahead(ui, frame, layout, last);
    });
}

/// Asks for the pictures of the cards that come next, as many as two lines of them have.
fn ask_ahead(ui: &Ui, frame: &mut Frame<'_>, layout: &Layout, seen: Range<usize>) {
    let Some(catalog) = frame.desk.catalog() else { return };
    let rows = frame.desk.rows();
    let place = picture_size(layout.card.x);
    for id in rows.iter().skip(seen.end).take(2 * layout.beside) {
        if let Some(address) = catalog.lead_image(*id) {
            frame.thumbnail_soon(ui, address, &catalog.path(*id), place);
        }
    }
}

fn picture_size(card_width: f32) -> Vec2 {
    let width = card_width - 2.0 * INSIDE;
    vec2(width, (width * SLOPE).round())
}

fn card_ui(ui: &mut Ui, frame: &mut Frame<'_>, sheet: &mut Sheet<'_>, row: usize) {
    let Some(article) = frame.desk.rows().get(row).copied() else { return };
    let rect = ui.max_rect();
    let response = ui.interact(rect, ui.make_persistent_id(("row", article.0)), Sense::CLICK);
    let selected = is_selected(frame, article);
    name_row(ui, frame, &response, (article, row), selected);
    ground(ui, frame, article, (selected, sheet.focused, response.hovered()));
    let state = frame.desk.row_state(article);
    if state.held || state.gone {
        ui.set_opacity(super::row::HELD);
    }
    let place = Rect::from_min_size(rect.min + Vec2::splat(INSIDE), picture_size(rect.width()));
    paint_picture(ui, frame, article, place);
    paint_marks(ui, frame, article, place);
    let below = Rect::from_min_max(place.left_bottom() + vec2(0.0, 6.0), rect.max - Vec2::splat(INSIDE));
    paint_words(ui, frame, sheet, article, below, selected);
    if let Some(clicked) = clicks(ui, frame, &response, (article, row), selected) {
        answer(frame, sheet, article, clicked);
    }
    response.context_menu(|ui| menu::row_menu_ui(ui, frame, sheet.menu_filter.as_ref()));
}

fn ground(ui: &Ui, frame: &Frame<'_>, article: ArticleId, (selected, focused, hovered): (bool, bool, bool)) {
    let (colors, rect) = (palette(ui), ui.max_rect());
    let round = CornerRadius::same(size::ROUND);
    let fill = match (selected, hovered) {
        (true, _) => colors.selection,
        (false, true) => colors.hover,
        (false, false) => colors.panel,
    };
    ui.painter().rect_filled(rect, round, fill);
    if frame.desk.cursor() == Some(article) {
        let ink = if focused { colors.accent } else { colors.muted };
        ui.painter().rect_stroke(rect, round, Stroke::new(2.0, ink), StrokeKind::Inside);
    }
}

fn paint_picture(ui: &Ui, frame: &mut Frame<'_>, article: ArticleId, place: Rect) {
    let catalog = frame.desk.catalog();
    let lead = catalog.and_then(|catalog| Some((catalog.lead_image(article)?.to_owned(), catalog.path(article))));
    let shown = lead.map_or(Thumbnail::Missing, |(address, path)| frame.thumbnail(ui, &address, &path, place.size()));
    paint_thumbnail(ui.painter(), palette(ui), place, shown);
}

/// How the row stands, on the corners of its picture.
fn paint_marks(ui: &Ui, frame: &Frame<'_>, article: ArticleId, place: Rect) {
    let (colors, state) = (palette(ui), frame.desk.row_state(article));
    let corner = |center, paint: &dyn Fn()| {
        ui.painter().circle_filled(center, 11.0, colors.panel);
        paint();
    };
    let mark = mark(state);
    if mark != Mark::None {
        let center = place.left_top() + Vec2::splat(15.0);
        corner(center, &|| paint_mark(ui.painter(), colors, center, mark));
    }
    if state.marked {
        let center = place.right_top() + vec2(-15.0, 15.0);
        let flag = line(ui.painter(), icons::BOOKMARK_FILLED.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, colors.accent);
        corner(center, &|| ui.painter().galley(center - flag.size() / 2.0, flag.clone(), colors.accent));
    }
}

fn paint_words(ui: &Ui, frame: &mut Frame<'_>, sheet: &Sheet<'_>, article: ArticleId, rect: Rect, selected: bool) {
    let (colors, painter) = (palette(ui), ui.painter());
    let Some(catalog) = frame.desk.catalog() else { return };
    let view = sheet.source.title(ui, frame, catalog, article);
    let title = wrapped(painter, view.title, Type::STRONG, colors.text, rect.width(), 2);
    painter.galley(rect.min, title, colors.text);
    let quiet = colors.muted_on(selected);
    let logo = Rect::from_min_size(pos2(rect.left(), rect.top() + 38.0), Vec2::splat(size::LOGO));
    let provider = if view.provider.is_empty() { view.domain } else { view.provider };
    if !provider.is_empty() {
        paint_logo(painter, colors, logo, view.logo, provider);
        let text = galley(painter, provider, Type::SMALL, quiet, rect.right() - logo.right() - 6.0);
        painter.galley(pos2(logo.right() + 6.0, logo.center().y - text.size().y / 2.0), text, quiet);
    }
    paint_scores(ui, frame, article, Rect::from_min_max(pos2(rect.left(), rect.top() + 57.0), rect.max), selected);
}

fn paint_scores(ui: &Ui, frame: &Frame<'_>, article: ArticleId, rect: Rect, selected: bool) {
    let (colors, painter) = (palette(ui), ui.painter());
    let (schema, Some(catalog)) = (frame.desk.schema_of(article), frame.desk.catalog()) else { return };
    let mut left = rect.left();
    for (score, look) in [(schema.second_score(), Look::Quality), (schema.heat_score(), Look::Heat)] {
        let Some(score) = score else { continue };
        let cell = catalog.cell(article, &ColumnKey::Field(score.path.clone()));
        let value = if let Cell::Number(value) = cell { Some(value) } else { None };
        let text = line(painter, &value.map_or_else(|| "–".to_owned(), show::number), Type::STRONG, colors.text);
        painter.galley(pos2(left, rect.top()), text, colors.text);
        let bar = Rect::from_min_size(pos2(left, rect.top() + 18.0), vec2(56.0, size::BAR));
        let share = value.map_or(0.0, |value| score.share(value) as f32);
        let threshold = score.threshold.map(|at| score.share(at) as f32);
        paint_score_bar(painter, colors, bar, share, look, colors.line, threshold);
        left = bar.right() + 14.0;
    }
    if let Some(live) = catalog.live(article) {
        let (text, ink) = if live { ("live", colors.quality_text) } else { ("not live", colors.muted_on(selected)) };
        let text = line(painter, text, Type::SMALL, ink);
        painter.galley(pos2(rect.right() - text.size().x, rect.top() + 2.0), text, ink);
    }
}

/// A double click goes into the form; with Alt a click filters by the provider, as in the table's title.
fn answer(frame: &mut Frame<'_>, sheet: &mut Sheet<'_>, article: ArticleId, clicked: RowClick) {
    let key = ColumnKey::Computed(Computed::Title);
    let title = ShownColumn { key, label: "Title".to_owned(), width: 0.0, kind: None, right: false };
    let filter = sheet.source.filter_by(article, &title, 0);
    let text = match clicked.purpose {
        Purpose::Edit => return frame.send(Command::Focus(Pane::Form)),
        Purpose::Menu => {
            *sheet.menu_filter = filter;
            return;
        }
        Purpose::Filter => filter.map(|filter| filter.including),
        Purpose::Exclude => filter.map(|filter| filter.excluding),
    };
    frame.send(
        text.map_or_else(|| Command::Tell("There is nothing on this card to filter by".to_owned()), Command::Filter),
    );
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole points and halves are exact")]
mod tests {
    use super::*;

    #[test]
    fn cards_lie_beside_each_other_and_each_section_begins_anew() {
        let group = |first, count, closed| RowGroup { value: None, count, first, closed };
        let groups = [group(0, 4, false), group(4, 9, true), group(4, 2, false)];
        let layout = Layout::of(&groups, 6, 3.0 * (LEAST + GAP) + GAP + SCROLL_BAR);
        assert_eq!(layout.beside(), 3);
        let place = |row| layout.place(row).unwrap();
        assert_eq!(place(0).top(), place(2).top());
        assert!(place(3).top() > place(2).bottom() && place(3).left() == place(0).left(), "a new line");
        assert!(place(4).top() > place(3).bottom() + 2.0 * size::GROUP, "two headings are between them");
        assert_eq!(place(4).left(), place(0).left());
        assert_eq!(layout.place(6), None);
    }

    #[test]
    fn only_what_is_on_screen_is_drawn() {
        let layout = Layout::of(&[], 100_000, 1000.0);
        let middle = layout.height / 2.0;
        let seen: Vec<Range<usize>> = layout.seen(middle, middle + 800.0).map(|(_, rows)| rows).collect();
        assert_eq!(seen.len(), 1);
        assert!(seen[0].len() <= 5 * layout.beside() && seen[0].contains(&50_000), "{seen:?}");
        let last = layout.place(99_999).unwrap();
        assert!(last.bottom() <= layout.height);
    }
}

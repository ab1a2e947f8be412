//! A row of the table: its ground, what a click on it means, and its cells.
//!
//! Invariant: the row under the cursor can be told from a selected one, and a held one from both.

use egui::accesskit::Role;
use egui::{CornerRadius, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::cell::{CellView, RowLook, paint_cell, switch_rect};
use super::columns::ShownColumn;
use super::focus_id;
use super::view::RowSource;
use crate::article::Intent;
use crate::catalog::{ArticleId, ColumnKey};
use crate::desk::{ClickMode, Command, Edit};
use crate::ui::frame::Frame;
use crate::ui::theme::{palette, size};
use crate::ui::widgets::switch::name_switch;

/// How visible a row is that is held.
pub const HELD: f32 = 0.5;

/// A click on a row that is meant for one of its cells.
#[derive(Clone, Copy, Debug)]
pub struct RowClick {
    article: ArticleId,
    /// Where.
    pub at: Pos2,
    /// What for.
    pub purpose: Purpose,
}

/// What a click on a cell is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Edit it.
    Edit,
    /// Filter by what stands there (Alt).
    Filter,
    /// Leave out what has it (Alt and Shift).
    Exclude,
    /// Open the menu.
    Menu,
}

impl RowClick {
    /// Whether it is for this cell.
    #[must_use]
    pub fn is_in(&self, article: ArticleId, cell: Rect) -> bool {
        self.article == article && cell.contains(self.at)
    }
}

/// Draws the ground of a row, and takes its clicks. Gives the row, and the click that is meant for a cell.
pub fn row_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    row: usize,
    focused: bool,
) -> Option<(egui::Response, Option<RowClick>)> {
    let article = frame.desk.rows().get(row).copied()?;
    let colors = palette(ui);
    let rect = ui.max_rect();
    let id = ui.make_persistent_id(("row", article.0));
    let response = ui.interact(rect, id, Sense::CLICK);
    let cursor = frame.desk.cursor() == Some(article);
    let selected = is_selected(frame, article);
    name_row(ui, frame, &response, (article, row), selected);
    let painter = ui.painter();
    if selected {
        painter.rect_filled(rect, CornerRadius::ZERO, colors.selection);
    } else if response.hovered() {
        painter.rect_filled(rect, CornerRadius::ZERO, colors.hover);
    }
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colors.line));
    if cursor {
        let accent = Rect::from_min_max(rect.min, pos2(rect.left() + size::ACCENT, rect.bottom() - 1.0));
        painter.rect_filled(accent, CornerRadius::ZERO, if focused { colors.accent } else { colors.muted });
        if focused && frame.desk.target_count() > 1 {
            let inside = Rect::from_min_max(rect.min, rect.max - vec2(0.0, 1.0));
            painter.rect_stroke(inside, CornerRadius::ZERO, Stroke::new(1.0, colors.accent), StrokeKind::Inside);
        }
    }
    let state = frame.desk.row_state(article);
    if state.held || state.gone {
        ui.set_opacity(HELD);
    }
    let clicked = clicks(ui, frame, &response, (article, row), selected);
    Some((response, clicked))
}

/// Whether a row is selected, or under the cursor.
pub fn is_selected(frame: &Frame<'_>, article: ArticleId) -> bool {
    frame.desk.cursor() == Some(article) || frame.desk.selection().is_some_and(|selection| selection.contains(article))
}

/// Tells screen readers what a row is.
pub fn name_row(ui: &Ui, frame: &Frame<'_>, response: &egui::Response, row: (ArticleId, usize), selected: bool) {
    let title = frame.desk.catalog().map_or("", |catalog| catalog.title(row.0));
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, title));
    let count = frame.desk.rows().len();
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_selected(selected);
        node.set_position_in_set(row.1 + 1);
        node.set_size_of_set(count);
    });
}

/// Takes the clicks of a row; gives the one that is meant for a cell.
pub fn clicks(
    ui: &Ui,
    frame: &mut Frame<'_>,
    response: &egui::Response,
    (article, row): (ArticleId, usize),
    selected: bool,
) -> Option<RowClick> {
    let modifiers = ui.input(|input| input.modifiers);
    let filters = modifiers.alt && response.clicked();
    let purpose = if response.secondary_clicked() {
        Some(Purpose::Menu)
    } else if filters {
        Some(if modifiers.shift { Purpose::Exclude } else { Purpose::Filter })
    } else {
        response.double_clicked().then_some(Purpose::Edit)
    };
    let for_cell = purpose.zip(response.interact_pointer_pos()).map(|(purpose, at)| RowClick { article, at, purpose });
    if response.clicked() && !filters {
        let mode = match (modifiers.command, modifiers.shift) {
            (_, true) => ClickMode::Range,
            (true, false) => ClickMode::Toggle,
            (false, false) => ClickMode::Only,
        };
        frame.send(Command::Click { row, mode });
        ui.memory_mut(|memory| memory.request_focus(focus_id()));
    }
    if response.secondary_clicked() && !selected {
        frame.send(Command::Click { row, mode: ClickMode::Only });
    }
    for_cell
}

/// Draws a cell.
pub fn cell_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    source: &RowSource<'_>,
    article: ArticleId,
    column: &ShownColumn,
    tall: bool,
) {
    let rect = ui.max_rect();
    let colors = palette(ui);
    let look = RowLook { selected: is_selected(frame, article), held: false, tall };
    let cell = source.cell(ui, frame, article, column, tall);
    let cut = paint_cell(ui.painter(), colors, rect, &cell, look);
    if let (CellView::Switch(on), ColumnKey::Field(field)) = (&cell, &column.key) {
        let area = switch_rect(rect);
        let response = ui.interact(area.expand(3.0), ui.make_persistent_id(("switch", article.0)), Sense::CLICK);
        let title = frame.desk.catalog().map_or("", |catalog| catalog.title(article));
        name_switch(&response, *on, &format!("{}: {title}", column.label));
        if response.clicked() {
            let is_live = frame.desk.schema_of(article).live.as_ref() == Some(field);
            let name = if is_live { "live".to_owned() } else { column.label.to_lowercase() };
            let label = if *on { format!("not {name}") } else { name };
            let intent = if is_live { Intent::Live(!*on) } else { Intent::Set(field.clone(), (!*on).into()) };
            frame.send(Command::Edit(Edit::of(article, label, vec![intent])));
        }
    } else if cut && ui.rect_contains_pointer(rect) {
        tooltip(ui, rect, &cell, source.full_text(article, column));
    }
}

fn tooltip(ui: &Ui, rect: Rect, cell: &CellView<'_>, text: String) {
    if matches!(cell, CellView::Picture(_)) || text.is_empty() {
        return;
    }
    let response = ui.interact(rect, ui.scope_id().with("cut"), Sense::hover());
    response.on_hover_text(text);
}

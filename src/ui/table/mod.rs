//! The table of articles.
//!
//! Invariant: any number of rows costs what is on screen; the table is one widget for the keyboard, its rows are not.

pub mod cell;
mod columns;
mod header;
mod row;
mod view;

use egui::accesskit::Role;
use egui::{EventFilter, Id, Rect, Sense, Stroke, Ui, WidgetInfo};
use egui_table::{CellInfo, HeaderCellInfo, PrefetchInfo, Table, TableDelegate};

use crate::catalog::ArticleId;
use crate::desk::{Command, Density, Pane, Phase};
use crate::ui::frame::Frame;
use crate::ui::theme::{icons, palette, size};
use crate::ui::widgets::empty::empty_ui;
use columns::Columns;
use view::RowSource;

/// What the table remembers between frames.
#[derive(Debug, Default)]
pub struct TableUiState {
    cursor: Option<ArticleId>,
    cursor_row: Option<usize>,
    focus_asked: Option<u64>,
    year: view::Year,
}

/// Room for the bar at the right.
const SCROLL_BAR: f32 = 8.0;

/// The id of the table, by which keys know that it has the keyboard.
#[must_use]
pub fn focus_id() -> Id {
    Id::unique("table of articles")
}

/// Draws the table, or why there is none.
pub fn table_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut TableUiState) {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, palette(ui).background);
    let focused = focus_ui(ui, frame, state, rect);
    if frame.desk.rows().is_empty() {
        return nothing_ui(ui, frame);
    }
    let Some(columns) = Columns::of(frame.desk, rect.width() - SCROLL_BAR) else { return };
    let tall = frame.desk.settings().density == Density::Comfortable;
    let mut table = Table::new()
        .id_salt("articles")
        .num_rows(frame.desk.rows().len() as u64)
        .columns(columns.table_columns())
        .headers([egui_table::HeaderRow::new(size::HEADER)]);
    let moved = frame.desk.cursor() != state.cursor || frame.desk.cursor_row() != state.cursor_row;
    if let Some(row) = frame.desk.cursor_row().filter(|_| moved) {
        table = table.scroll_to_row(row as u64, None);
        ui.request_repaint();
    }
    state.cursor = frame.desk.cursor();
    state.cursor_row = frame.desk.cursor_row();
    let year = state.year.of(frame.desk);
    let mut delegate = Rows { source: RowSource::new(frame.desk, year), frame, columns: &columns, tall, focused };
    let shown = ui.scope(|ui| {
        let id = table.get_id(ui);
        columns.put_widths(ui, id);
        // The lines between columns are only shown where one is being dragged.
        ui.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
        table.show(ui, &mut delegate);
        id
    });
    let frame = delegate.frame;
    if let Some(settings) = columns.changed_widths(ui, shown.inner, frame.desk) {
        frame.send(Command::Columns(settings));
    }
}

/// Makes the table one widget with the keyboard: letters and arrows are its own while it has it.
fn focus_ui(ui: &Ui, frame: &Frame<'_>, state: &mut TableUiState, rect: Rect) -> bool {
    let response = ui.interact(rect, focus_id(), Sense::click());
    let count = frame.desk.rows().len();
    response.widget_info(|| WidgetInfo::labeled(Role::Grid, true, format!("Articles, {count} rows")));
    let request = frame.desk.focus_request();
    let asked = request.pane == Pane::Table && state.focus_asked != Some(request.serial);
    state.focus_asked = Some(request.serial);
    if asked || response.clicked() {
        response.request_focus();
    }
    let keys = EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus_id(), keys));
    response.has_focus()
}

fn nothing_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let desk = frame.desk;
    if *desk.phase() != Phase::Open || desk.is_looking() {
        return;
    }
    let total = desk.catalog().map_or(0, crate::catalog::Catalog::len);
    let reading = desk.scan().is_some_and(|scan| !scan.done);
    if total == 0 && reading {
        empty_ui(ui, icons::SYNC, "Reading the site", "The articles appear here as they are read.", None);
    } else if total == 0 {
        let help = "A site is a folder with Markdown files that begin with front matter.";
        if empty_ui(ui, icons::FOLDER_OPEN, "No articles in this folder", help, Some("Open another folder…"))
            .is_some_and(|button| button.clicked())
        {
            frame.send(Command::PickFolder);
        }
    } else if desk.filter().is_empty() {
        empty_ui(ui, icons::ARTICLE, "Nothing in this collection", "Choose another one at the left.", None);
    } else {
        let help = format!("The filter leaves nothing of {} articles.", crate::desk::toast::grouped(total));
        if empty_ui(ui, icons::FILTER_OFF, "No article matches", &help, Some("Clear filter"))
            .is_some_and(|button| button.clicked())
        {
            frame.send(Command::Filter(String::new()));
        }
    }
}

/// What `egui_table` asks while it draws.
struct Rows<'a, 'f> {
    frame: &'a mut Frame<'f>,
    source: RowSource<'f>,
    columns: &'a Columns,
    tall: bool,
    focused: bool,
}

impl TableDelegate for Rows<'_, '_> {
    fn prepare(&mut self, info: &PrefetchInfo) {
        self.source.ask_ahead(self.frame, &info.visible_rows, self.tall);
    }

    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        if let Some(column) = self.columns.shown.get(cell.col_range.start) {
            header::header_cell_ui(ui, self.frame, column);
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, row: u64) {
        row::row_ui(ui, self.frame, row as usize, self.focused);
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &CellInfo) {
        let (Some(article), Some(column)) =
            (self.frame.desk.rows().get(cell.row_nr as usize).copied(), self.columns.shown.get(cell.col_nr))
        else {
            return;
        };
        row::cell_ui(ui, self.frame, &self.source, article, column, self.tall);
    }

    fn default_row_height(&self) -> f32 {
        if self.tall { size::ROW_TALL } else { size::ROW_SHORT }
    }
}

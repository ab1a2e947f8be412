//! The table of articles.
//!
//! Invariant: any number of rows costs what is on screen; the table is one widget for the keyboard, its rows are not.

pub mod cell;
mod columns;
mod editor;
mod header;
mod heading;
mod lines;
mod menu;
mod row;
mod sheet;
mod view;

use std::ops::Range;
use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Align, EventFilter, Id, Rect, Sense, Stroke, Ui, WidgetInfo};
use egui_table::{CellInfo, HeaderCellInfo, PrefetchInfo, Table, TableDelegate};

use crate::catalog::{ArticleId, ColumnKey, Computed};
use crate::desk::{Command, Density, Desk, Pane, Phase};
use crate::ui::frame::Frame;
use crate::ui::theme::{icons, palette, size};
use crate::ui::widgets::empty::empty_ui;
use columns::Columns;
pub use columns::column_label;
use editor::Editing;
use lines::{Line, Lines};
use row::{Purpose, RowClick};
use sheet::{Layout, Sheet, sheet_ui};
use view::{CellFilter, RowSource};

/// What the table remembers between frames.
#[derive(Debug, Default)]
pub struct TableUiState {
    cursor: Option<ArticleId>,
    cursor_row: Option<usize>,
    focus_asked: Option<u64>,
    year: view::Year,
    editing: Editing,
    cell_asked: u64,
    /// What the menu of the row can filter by.
    menu_filter: Option<CellFilter>,
    /// How many cards were beside each other in the contact sheet.
    beside: usize,
    /// The columns whose headers are in view; none in the contact sheet.
    headers: Vec<ColumnKey>,
    /// The site whose rows are where they were when it was left.
    restored: Option<PathBuf>,
    /// Where the row stands that was first in view then, until all rows are there: others may come before it.
    restoring: Option<usize>,
}

impl TableUiState {
    /// How many cards are beside each other in the contact sheet.
    #[must_use]
    pub fn beside(&self) -> usize {
        self.beside
    }

    /// The columns whose headers are in view: a narrow window has no room for all.
    #[must_use]
    pub fn headers(&self) -> &[ColumnKey] {
        &self.headers
    }

    /// Whether something is typed in a cell that is no value of it.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.editing.is_wrong()
    }

    /// Another site is opened.
    pub fn forget_cell(&mut self) {
        self.editing.forget();
    }
}

impl TableUiState {
    /// The row that was first in view when the site was left, as soon as it is there and whenever other rows come before it,
    /// until all are read.
    fn row_to_restore(&mut self, desk: &Desk) -> Option<usize> {
        if self.is_restored(desk) {
            return None;
        }
        let row = desk.remembered_top();
        let moved = row != self.restoring;
        self.restoring = row;
        if !desk.is_looking() && desk.scan().is_some_and(|scan| scan.done) {
            self.restored = desk.root().map(Path::to_path_buf);
            self.restoring = None;
        }
        row.filter(|_| moved)
    }

    /// Whether what is first in view is what the editor wants there.
    fn is_restored(&self, desk: &Desk) -> bool {
        self.restored.as_deref() == desk.root()
    }
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
    let tall = frame.desk.settings().density == Density::Comfortable;
    let lines =
        Lines::new(frame.desk.groups(), frame.desk.rows().len(), if tall { size::ROW_TALL } else { size::ROW_SHORT });
    let columns = Columns::of(frame.desk, rect.width() - SCROLL_BAR).filter(|_| lines.count() > 0);
    let Some(columns) = columns else {
        state.editing.leave(ui, frame);
        return nothing_ui(ui, frame);
    };
    state.headers.clear();
    if frame.desk.site_state().is_some_and(|state| state.sheet) {
        return contact_sheet_ui(ui, frame, state, focused);
    }
    state.headers.extend(columns.keys().cloned());
    header::ground_ui(ui, rect);
    let mut table = empty_table(&columns, lines.count());
    let was_sheet = std::mem::take(&mut state.beside) > 0;
    let moved = was_sheet || frame.desk.cursor() != state.cursor || frame.desk.cursor_row() != state.cursor_row;
    table = scrolled(ui, frame.desk, state, table, (&lines, moved));
    editing_ui(ui, frame, state, &columns);
    if let Some(schema) = frame.desk.shown_schema()
        && let Some(column) = state.editing.wanted_column(&schema, &columns.shown)
    {
        table = table.scroll_to_column(column, None);
    }
    state.cursor = frame.desk.cursor();
    state.cursor_row = frame.desk.cursor_row();
    let year = state.year.of(frame.desk);
    let restored = state.is_restored(frame.desk);
    let mut delegate = Rows {
        source: RowSource::new(frame.desk, year),
        frame,
        columns: &columns,
        lines,
        tall,
        focused,
        place: place_of_rows(rect),
        editing: &mut state.editing,
        menu_filter: &mut state.menu_filter,
        restored,
        clicked: None,
        context: ui.ctx().clone(),
        in_sight: 0..0,
    };
    let shown = ui.scope(|ui| {
        let id = table.get_id(ui);
        columns.put_widths(ui, id);
        set_style(ui);
        table.show(ui, &mut delegate);
        (id, columns.edges_ui(ui, id, rect.y_range(), delegate.frame.desk))
    });
    let Rows { frame, editing, in_sight, .. } = delegate;
    editing.stay_ui(ui, frame, &columns.shown, (&in_sight, place_of_rows(rect)));
    header::end_drag(ui);
    let (id, keyed) = shown.inner;
    if let Some(settings) = columns.changed_widths(ui, id, frame.desk).or(keyed) {
        frame.send(Command::Columns(settings));
    }
}

/// The table, with nothing asked of it.
fn empty_table(columns: &Columns, lines: usize) -> Table {
    Table::new()
        .id_salt("articles")
        .num_rows(lines as u64)
        .columns(columns.table_columns())
        .headers([egui_table::HeaderRow::new(size::HEADER)])
}

fn set_style(ui: &mut Ui) {
    // The lines between columns are only shown where one is being dragged.
    ui.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
    // The row of the cursor is there at once: nobody waits for a slide.
    ui.style_mut().scroll_animation = egui::style::ScrollAnimation::none();
}

/// Below the header, left of the scroll bar.
fn place_of_rows(table: Rect) -> Rect {
    Rect::from_min_max(
        table.min + egui::vec2(0.0, size::HEADER),
        egui::pos2(table.right() - SCROLL_BAR, table.bottom()),
    )
}

/// Draws the rows as a contact sheet.
fn contact_sheet_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut TableUiState, focused: bool) {
    state.editing.leave(ui, frame);
    let request = frame.desk.focus_request();
    if request.pane == Pane::Cell && state.cell_asked != request.serial {
        // There are no cells here; what one wants to edit is in the form.
        frame.send(Command::Focus(Pane::Form));
    }
    state.cell_asked = request.serial;
    let layout = Layout::of(frame.desk.groups(), frame.desk.rows().len(), ui.max_rect().width());
    let moved = frame.desk.cursor() != state.cursor
        || frame.desk.cursor_row() != state.cursor_row
        || layout.beside() != state.beside;
    (state.cursor, state.cursor_row, state.beside) = (frame.desk.cursor(), frame.desk.cursor_row(), layout.beside());
    let source = RowSource::new(frame.desk, state.year.of(frame.desk));
    let scroll_to = frame.desk.cursor_row().filter(|_| moved);
    let sheet = Sheet { source, focused, scroll_to, menu_filter: &mut state.menu_filter };
    sheet_ui(ui, frame, &layout, sheet);
}

/// Brings the cursor into view when it has moved; when a site was just opened, what was in view when it was left.
fn scrolled(
    ui: &Ui,
    desk: &Desk,
    state: &mut TableUiState,
    mut table: Table,
    (lines, moved): (&Lines<'_>, bool),
) -> Table {
    if let Some(row) = desk.cursor_row().filter(|_| moved) {
        table = table.scroll_to_row(lines.of_row(row) as u64, None);
        ui.request_repaint();
    }
    if let Some(row) = state.row_to_restore(desk) {
        table = table.scroll_to_row(lines.of_row(row) as u64, Some(Align::TOP));
        ui.request_repaint();
    }
    table
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

/// Opens the editor in a cell when the desk asks for it, and fills it when its file is here.
fn editing_ui(ui: &Ui, frame: &mut Frame<'_>, state: &mut TableUiState, columns: &Columns) {
    let request = frame.desk.focus_request();
    if request.pane == Pane::Cell && state.cell_asked != request.serial {
        state.editing.open_at_cursor(frame, &columns.shown);
    }
    state.cell_asked = request.serial;
    state.editing.fill(ui, frame);
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
    lines: Lines<'f>,
    tall: bool,
    focused: bool,
    /// Where rows are drawn.
    place: Rect,
    editing: &'a mut Editing,
    menu_filter: &'a mut Option<CellFilter>,
    restored: bool,
    clicked: Option<RowClick>,
    context: egui::Context,
    /// The rows that are drawn.
    in_sight: Range<usize>,
}

impl Rows<'_, '_> {
    /// A double click edits a cell that can be; all else is edited in the form.
    fn cell_clicked(&mut self, ui: &Ui, article: ArticleId, column: &columns::ShownColumn, clicked: RowClick) {
        let item = match self.source.cell(ui, self.frame, article, column, self.tall) {
            cell::CellView::Tags(tags) => {
                cell::tag_at(ui.painter(), palette(ui), ui.max_rect(), &tags, clicked.at.x).unwrap_or(0)
            }
            _ => 0,
        };
        let filter = self.source.filter_by(article, column, item);
        match clicked.purpose {
            Purpose::Edit => self.edit(article, column),
            Purpose::Menu => *self.menu_filter = filter,
            Purpose::Filter => self.filter(filter.map(|filter| filter.including)),
            Purpose::Exclude => self.filter(filter.map(|filter| filter.excluding)),
        }
    }

    fn filter(&mut self, text: Option<String>) {
        self.frame.send(match text {
            Some(text) => Command::Filter(text),
            None => Command::Tell("There is nothing in this cell to filter by".to_owned()),
        });
    }

    fn edit(&mut self, article: ArticleId, column: &columns::ShownColumn) {
        let schema = self.frame.desk.schema_of(article);
        match editor::editable(&schema, &column.key) {
            Some(field) => self.editing.open(self.frame, article, field),
            None => self.frame.send(Command::Focus(Pane::Form)),
        }
    }
}

impl TableDelegate for Rows<'_, '_> {
    fn prepare(&mut self, info: &PrefetchInfo) {
        self.in_sight = self.lines.rows_in(&info.visible_rows);
        if self.columns.shown.iter().any(|column| column.key == ColumnKey::Computed(Computed::Image)) {
            self.source.ask_ahead(&self.context, self.frame, &self.in_sight, self.tall);
        }
        // A row that is only half in view is not the first one.
        let first = self.lines.rows_in(&(info.visible_rows.start + 1..info.visible_rows.end)).start;
        let first = self.frame.desk.rows().get(first).copied();
        if let Some(first) = first.filter(|first| self.restored && self.frame.desk.top() != Some(*first)) {
            self.frame.send(Command::Seen(first));
        }
    }

    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        if let Some(column) = self.columns.shown.get(cell.col_range.start) {
            header::header_cell_ui(ui, self.frame, column);
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, line: u64) {
        // The region of columns that do not scroll has no width here, but is asked for its rows all the same.
        if ui.clip_rect().width() <= 0.0 {
            return;
        }
        match self.lines.at(line as usize) {
            Line::Heading(group) => heading::heading_ui(ui, self.frame, group),
            Line::Row(row) => {
                if let Some((response, clicked)) = row::row_ui(ui, self.frame, row, self.focused) {
                    self.clicked = clicked.or(self.clicked);
                    response.context_menu(|ui| menu::row_menu_ui(ui, self.frame, self.menu_filter.as_ref()));
                }
            }
        }
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &CellInfo) {
        let Line::Row(row) = self.lines.at(cell.row_nr as usize) else { return };
        let (Some(article), Some(column)) =
            (self.frame.desk.rows().get(row).copied(), self.columns.shown.get(cell.col_nr))
        else {
            return;
        };
        if self.editing.is_in(article, &self.source.schema, &column.key) {
            return self.editing.editor_ui(ui, self.frame, &self.columns.shown, (column, self.place));
        }
        row::cell_ui(ui, self.frame, &self.source, article, column, self.tall);
        if let Some(clicked) = self.clicked.take_if(|clicked| clicked.is_in(article, ui.max_rect())) {
            self.cell_clicked(ui, article, column, clicked);
        }
    }

    fn row_top_offset(&self, _: &egui::Context, _: Id, line: u64) -> f32 {
        self.lines.top(line as usize)
    }
}

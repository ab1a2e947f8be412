//! Which columns the table shows, and how wide.
//!
//! Invariant: the title takes the width that the others leave, and never less than can be read. Where the usual columns leave it
//! less, some give way until it has enough: tags, then dates, then counts, then the picture. State, scores and the switch stay.
//! Columns that the editor added, or that are configured, do not give way: then the table scrolls sideways.

use egui::{EventFilter, Key, Modifiers, Stroke, Ui};
use egui_table::{Column, TableState};

use crate::catalog::{ColumnKey, Computed};
use crate::desk::columns::usual;
use crate::desk::{ColumnSetting, Desk};
use crate::document::FieldPath;
use crate::site::{Kind, Schema};
use crate::ui::theme::palette;

/// A column as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownColumn {
    /// What it shows.
    pub key: ColumnKey,
    /// What stands in the header.
    pub label: String,
    /// Its width.
    pub width: f32,
    /// What it holds, as far as the schema knows.
    pub kind: Option<Kind>,
    /// Whether its text ends at the right edge.
    pub right: bool,
}

/// The columns of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// The ones shown, in order.
    pub shown: Vec<ShownColumn>,
}

const TITLE_LEAST: f32 = 180.0;
const LEAST: f32 = 28.0;
const MOST: f32 = 900.0;
/// How far an arrow key moves the edge of a column.
const STEP: f32 = 8.0;

impl Columns {
    /// The columns that the editor chose, or the usual ones, for a table of this width.
    pub fn of(desk: &Desk, width: f32) -> Option<Self> {
        let schema = desk.shown_schema()?;
        let mut shown: Vec<ShownColumn> = desk
            .columns()
            .into_iter()
            .filter(|setting| setting.shown)
            .map(|setting| shown_column(&schema, setting.key, setting.width))
            .collect();
        let ordinary = usual(&schema);
        if schema.columns.is_none() && shown.iter().all(|column| ordinary.contains(&column.key)) {
            give_way(&mut shown, width);
        }
        let room = (width - taken(&shown)).max(TITLE_LEAST).floor();
        for column in shown.iter_mut().filter(|column| column.is_title()) {
            column.width = if column.width < 0.0 { room } else { column.width.min(room) };
        }
        Some(Self { shown })
    }

    /// What each of them shows, in order.
    pub fn keys(&self) -> impl Iterator<Item = &ColumnKey> {
        self.shown.iter().map(|column| &column.key)
    }

    /// As `egui_table` wants them.
    pub fn table_columns(&self) -> Vec<Column> {
        let column = |shown: &ShownColumn| {
            Column::new(shown.width)
                .range(LEAST..=MOST)
                .id(id(&shown.key))
                .resizable(shown.key != ColumnKey::Computed(Computed::State))
        };
        self.shown.iter().map(column).collect()
    }

    /// Gives the table these widths; without them it would measure all cells in its first frame. While an edge may be dragged, and
    /// in the frame in which it is let go, the table's own count.
    pub fn put_widths(&self, ui: &Ui, table: egui::Id) {
        if ui.input(|input| input.pointer.any_down() || input.pointer.any_released())
            && TableState::load(ui, table).is_some()
        {
            return;
        }
        let col_widths = self.shown.iter().map(|column| (id(&column.key), column.width)).collect();
        TableState { col_widths, parent_width: None }.store(ui, table);
    }

    /// The settings with the widths that were dragged, once the pointer was let go.
    pub fn changed_widths(&self, ui: &Ui, table: egui::Id, desk: &Desk) -> Option<Vec<ColumnSetting>> {
        if !ui.input(|input| input.pointer.any_released()) {
            return None;
        }
        let state = TableState::load(ui, table)?;
        let mut settings = desk.columns();
        let mut changed = false;
        for column in &self.shown {
            let width = state.col_widths.get(&id(&column.key)).copied().unwrap_or(column.width);
            if (width - column.width).abs() > 0.5
                && let Some(setting) = settings.iter_mut().find(|setting| setting.key == column.key)
            {
                setting.width = Some(width);
                changed = true;
            }
        }
        changed.then_some(settings)
    }
}

impl ShownColumn {
    fn is_title(&self) -> bool {
        self.key == ColumnKey::Computed(Computed::Title)
    }

    /// When it gives way to the title, the first ones first; nothing for what stays.
    fn gives_way(&self) -> Option<u8> {
        match (&self.key, self.kind) {
            (_, Some(Kind::Tags)) => Some(0),
            (ColumnKey::Computed(Computed::Date | Computed::Modified), _) | (_, Some(Kind::Date)) => Some(1),
            (ColumnKey::Computed(Computed::RelatedCount | Computed::ImageCount), _) => Some(2),
            (ColumnKey::Computed(Computed::Image), _) => Some(3),
            _ => None,
        }
    }
}

impl Columns {
    /// The edges of the columns: each has a name, is seen when it has the keyboard, and arrows move it then. Gives the settings
    /// with the new width.
    pub fn edges_ui(&self, ui: &Ui, table: egui::Id, height: egui::Rangef, desk: &Desk) -> Option<Vec<ColumnSetting>> {
        let mut moved = None;
        for column in self.shown.iter().filter(|column| !column.label.is_empty()) {
            let Some(edge) = ui.ctx().read_response(table.with(id(&column.key)).with("resize")) else { continue };
            let name = format!("Width of {}", column.label);
            edge.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Splitter, true, &name));
            if !edge.has_focus() {
                continue;
            }
            ui.painter().vline(edge.rect.center().x, height, Stroke::new(2.0, palette(ui).accent));
            let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(edge.id, arrows));
            let steps = ui.input_mut(|input| {
                input.count_and_consume_key(Modifiers::NONE, Key::ArrowRight) as f32
                    - input.count_and_consume_key(Modifiers::NONE, Key::ArrowLeft) as f32
            });
            let mut settings = desk.columns();
            if let Some(setting) = settings.iter_mut().find(|setting| steps != 0.0 && setting.key == column.key) {
                setting.width = Some((column.width + STEP * steps).clamp(LEAST, MOST));
                moved = Some(settings);
            }
        }
        moved
    }
}

/// The width of all columns but the title.
fn taken(shown: &[ShownColumn]) -> f32 {
    shown.iter().filter(|column| !column.is_title()).map(|column| column.width).sum()
}

/// Takes columns out until the title has room.
fn give_way(shown: &mut Vec<ShownColumn>, width: f32) {
    while taken(shown) + TITLE_LEAST > width {
        let first = shown.iter().enumerate().filter_map(|(at, column)| Some((column.gives_way()?, at))).min();
        let Some((_, at)) = first else { return };
        shown.remove(at);
    }
}

fn id(key: &ColumnKey) -> egui::Id {
    egui::Id::unique(("column", key))
}

/// A negative width is what the others leave.
fn shown_column(schema: &Schema, key: ColumnKey, width: Option<f32>) -> ShownColumn {
    let field = match &key {
        ColumnKey::Field(path) => schema.field(path),
        ColumnKey::Computed(_) => None,
    };
    let kind = field.map(|field| field.kind);
    let label = column_label(schema, &key);
    let right = matches!(kind, Some(Kind::Score | Kind::Number))
        || matches!(
            key,
            ColumnKey::Computed(Computed::RelatedCount | Computed::ImageCount | Computed::Problems | Computed::Size)
        );
    let width = width.unwrap_or_else(|| usual_width(&key, kind));
    ShownColumn { key, label, width, kind, right }
}

/// What stands in the header of a column.
#[must_use]
pub fn column_label(schema: &Schema, key: &ColumnKey) -> String {
    match key {
        ColumnKey::Computed(computed) => computed_label(*computed).to_owned(),
        ColumnKey::Field(path) if schema.date.as_ref() == Some(path) && is_publishing(path) => "Published".to_owned(),
        ColumnKey::Field(path) if schema.live.as_ref() == Some(path) => "Live".to_owned(),
        ColumnKey::Field(path) => schema.field(path).map_or_else(|| path.to_string(), |field| field.label.clone()),
    }
}

/// Whether a date says when an article was published, and not when it was changed or runs out.
fn is_publishing(path: &FieldPath) -> bool {
    let name = path.head().to_lowercase();
    name == "date" || name.starts_with("pub")
}

fn computed_label(computed: Computed) -> &'static str {
    match computed {
        Computed::State => "",
        Computed::Image => "Image",
        Computed::Path => "Path",
        Computed::Title => "Title",
        Computed::Collection => "Collection",
        Computed::Date => "Date",
        Computed::RelatedCount => "Rel",
        Computed::ImageCount => "Images",
        Computed::Problems => "Problems",
        Computed::Size => "Size",
        Computed::Modified => "Modified",
        Computed::Twin => "Told twice",
    }
}

fn usual_width(key: &ColumnKey, kind: Option<Kind>) -> f32 {
    match (key, kind) {
        (ColumnKey::Computed(Computed::State), _) => 30.0,
        (ColumnKey::Computed(Computed::Image), _) => 74.0,
        (ColumnKey::Computed(Computed::Title), _) => -1.0,
        (ColumnKey::Computed(Computed::RelatedCount), _) => 32.0,
        (ColumnKey::Computed(Computed::ImageCount | Computed::Problems | Computed::Size), _) => 64.0,
        (ColumnKey::Computed(Computed::Date | Computed::Modified), _) | (_, Some(Kind::Date)) => 96.0,
        (ColumnKey::Computed(Computed::Path), _) | (_, Some(Kind::Url)) => 260.0,
        (_, Some(Kind::Score | Kind::Number)) => 64.0,
        (_, Some(Kind::YesNo)) => 54.0,
        (_, Some(Kind::Tags)) => 122.0,
        (_, Some(Kind::Text | Kind::LongText | Kind::Markdown)) => 200.0,
        _ => 120.0,
    }
}

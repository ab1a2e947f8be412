//! What stands in the cells of a row: the catalog's values, as they are shown.
//!
//! Invariant: only rows on screen are asked for, and only their pictures.

use std::ops::Range;

use chrono::{DateTime, Datelike as _, Utc};

use super::cell::{CellView, TitleView};
use super::columns::ShownColumn;
use crate::catalog::{ArticleId, Catalog, Cell, ColumnKey, Computed, Query};
use crate::desk::{Desk, RowState};
use crate::document::FieldPath;
use crate::site::{Kind, Schema};
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::theme::size;
use crate::ui::widgets::mark::Mark;
use crate::ui::widgets::score_bar::Look;
use crate::ui::widgets::thumbnail::Thumbnail;
use std::sync::Arc;

/// The year of the newest article: dates of that year are shown without it.
#[derive(Debug, Default)]
pub struct Year {
    version: Option<u64>,
    year: i32,
}

impl Year {
    /// The year, found again when the catalog has changed.
    pub fn of(&mut self, desk: &Desk) -> i32 {
        let Some(catalog) = desk.catalog() else { return 0 };
        if self.version != Some(catalog.version()) {
            self.version = Some(catalog.version());
            let newest = desk.rows().iter().filter_map(|article| catalog.date(*article)).max();
            self.year = newest.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).map_or(0, |date| date.year());
        }
        self.year
    }
}

/// How many rows after those on screen get their pictures before they are seen, and how many before them.
const AHEAD: usize = 24;
const BEHIND: usize = 6;

/// What a cell can be filtered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFilter {
    /// What stands there, in words.
    pub what: String,
    /// The filter that asks for it.
    pub including: String,
    /// The filter that leaves it out.
    pub excluding: String,
}

/// Where the cells of a frame come from.
pub struct RowSource<'a> {
    desk: &'a Desk,
    /// The shape of what is shown.
    pub schema: Arc<Schema>,
    name: Option<ColumnKey>,
    domain: Option<ColumnKey>,
    year: i32,
}

impl<'a> RowSource<'a> {
    /// The source of what the desk shows.
    pub fn new(desk: &'a Desk, year: i32) -> Self {
        let schema = desk.shown_schema().unwrap_or_default();
        let child = |key: &str| {
            schema.provider.as_ref().map(|path| path.child(key)).filter(|path| schema.field(path).is_some())
        };
        let (name, domain) = (child("name").map(ColumnKey::Field), child("domain").map(ColumnKey::Field));
        Self { desk, schema, name, domain, year }
    }

    /// What stands in a cell.
    pub fn cell(
        &self,
        ctx: &egui::Context,
        frame: &mut Frame<'_>,
        article: ArticleId,
        column: &ShownColumn,
        tall: bool,
    ) -> CellView<'a> {
        let Some(catalog) = self.desk.catalog() else { return CellView::Missing };
        match &column.key {
            ColumnKey::Computed(Computed::State) => {
                let state = self.desk.row_state(article);
                CellView::State(mark(state), state.marked)
            }
            ColumnKey::Computed(Computed::Image) => {
                let wanted = if tall { size::THUMBNAIL } else { size::THUMBNAIL_SHORT };
                CellView::Picture(thumbnail(ctx, frame, catalog, article, wanted))
            }
            ColumnKey::Computed(Computed::Title) => CellView::Title(self.title(ctx, frame, catalog, article)),
            ColumnKey::Computed(Computed::RelatedCount | Computed::ImageCount | Computed::Problems) => {
                match catalog.cell(article, &column.key) {
                    Cell::Number(count) if count > 0.0 => CellView::Number(count.to_string()),
                    _ => CellView::Missing,
                }
            }
            ColumnKey::Computed(Computed::Twin) => {
                self.desk.twin(article).map_or(CellView::Missing, |twin| CellView::Made(twin.to_string()))
            }
            ColumnKey::Computed(Computed::Path) => CellView::Text(text(&catalog.cell(article, &column.key))),
            ColumnKey::Computed(Computed::Collection) => CellView::Text(catalog.collection(article)),
            ColumnKey::Computed(Computed::Date | Computed::Modified | Computed::Size) => {
                self.value(catalog.cell(article, &column.key), column)
            }
            ColumnKey::Field(path) => self.field(catalog, article, path, column),
        }
    }

    fn field(&self, catalog: &'a Catalog, article: ArticleId, path: &FieldPath, column: &ShownColumn) -> CellView<'a> {
        let cell = catalog.cell(article, &column.key);
        if let (Cell::Number(value), Some(score)) = (&cell, self.schema.scores.iter().find(|score| score.path == *path))
        {
            let look = if self.schema.heat.as_ref() == Some(path) { Look::Heat } else { Look::Quality };
            return CellView::Score { text: show::number(*value), share: score.share(*value) as f32, look };
        }
        self.value(cell, column)
    }

    fn value(&self, cell: Cell<'a>, column: &ShownColumn) -> CellView<'a> {
        match cell {
            Cell::Missing | Cell::Null if !column.right => CellView::Made("–".to_owned()),
            Cell::Missing | Cell::Null => CellView::Missing,
            Cell::Bool(on) => CellView::Switch(on),
            Cell::Number(value) if column.right => CellView::Number(show::number(value)),
            Cell::Number(value) => CellView::Made(show::number(value)),
            Cell::Date { seconds, .. } => CellView::Made(self.date(seconds)),
            Cell::Text(text) if column.kind == Some(Kind::Embed) => CellView::Made(show::embed(text)),
            Cell::Text(text) => CellView::Text(text),
            Cell::List(items) => CellView::Tags(self.short(items, column)),
            Cell::Entries(count) => CellView::Made(show::entries(count as usize)),
            Cell::Opaque(length) => CellView::Opaque(length as usize),
        }
    }

    /// Terms by their short names, where the site's vocabulary has any.
    fn short(&self, items: Vec<&'a str>, column: &ShownColumn) -> Vec<&'a str> {
        match (&column.key, self.desk.site()) {
            (ColumnKey::Field(path), Some(site)) => {
                items.into_iter().map(|item| site.vocabulary.short(path, item)).collect()
            }
            _ => items,
        }
    }

    fn date(&self, seconds: i64) -> String {
        let Some(date) = DateTime::<Utc>::from_timestamp(seconds, 0) else { return "–".to_owned() };
        let form = if date.year() == self.year { "%d %b %H:%M" } else { "%d %b %Y" };
        date.format(form).to_string()
    }

    /// The title, and where the article comes from.
    pub fn title(
        &self,
        ctx: &egui::Context,
        frame: &mut Frame<'_>,
        catalog: &'a Catalog,
        article: ArticleId,
    ) -> TitleView<'a> {
        if !catalog.contains(article) {
            let path = catalog.path_text(article);
            return TitleView { title: path, provider: "gone from disk", ..TitleView::default() };
        }
        let of = |key: &Option<ColumnKey>| key.as_ref().map_or("", |key| text(&catalog.cell(article, key)));
        let (provider, domain) = (of(&self.name), of(&self.domain));
        TitleView { title: catalog.title(article), provider, domain, logo: frame.logo(ctx, provider, domain) }
    }

    /// Asks for the pictures of the rows that come next, as many as are on screen, and of a few before.
    pub fn ask_ahead(&self, ctx: &egui::Context, frame: &mut Frame<'_>, rows: &Range<usize>, tall: bool) {
        let Some(catalog) = self.desk.catalog() else { return };
        let all = self.desk.rows();
        let (start, end) = (rows.start.min(all.len()), rows.end.min(all.len()));
        let after = end..(end + (end - start).min(AHEAD)).min(all.len());
        let before = start.saturating_sub(BEHIND)..start;
        let place = if tall { size::THUMBNAIL } else { size::THUMBNAIL_SHORT };
        for article in after.chain(before.rev()).map(|row| all[row]) {
            if let Some(address) = catalog.lead_image(article).filter(|address| !address.is_empty()) {
                frame.thumbnail_soon(ctx, address, &catalog.path(article), place);
            }
        }
    }

    /// The filters that ask for what stands in a cell, and that leave it out; nothing where there is nothing to ask for.
    /// Of a list it is the value at this place.
    pub fn filter_by(&self, article: ArticleId, column: &ShownColumn, item: usize) -> Option<CellFilter> {
        let catalog = self.desk.catalog()?;
        let query = Query::parse(self.desk.filter()).unwrap_or_default();
        let (field, value) = match &column.key {
            ColumnKey::Field(field) => match catalog.cell(article, &column.key) {
                Cell::Bool(yes) => (field, yes.to_string()),
                Cell::Number(number) => {
                    return Some(CellFilter {
                        what: format!("{}: {}", column.label, show::number(number)),
                        including: query.with_range(field, Some(number), Some(number)),
                        excluding: query.excluding(field, &number.to_string()),
                    });
                }
                // The day is what one means by a date.
                Cell::Date { text, .. } => (field, text.get(..10).unwrap_or(text).to_owned()),
                Cell::Text(text) => (field, text.to_owned()),
                Cell::List(items) => (field, (*items.get(item).or(items.first())?).to_owned()),
                Cell::Missing | Cell::Null => {
                    return Some(CellFilter {
                        what: format!("{}: nothing", column.label),
                        including: query.toggling(&format!("missing:{field}")),
                        excluding: query.toggling(&format!("has:{field}")),
                    });
                }
                Cell::Entries(_) => {
                    return Some(CellFilter {
                        what: format!("{}: something", column.label),
                        including: query.toggling(&format!("has:{field}")),
                        excluding: query.toggling(&format!("missing:{field}")),
                    });
                }
                Cell::Opaque(_) => return None,
            },
            ColumnKey::Computed(Computed::State) => {
                let state = match mark(self.desk.row_state(article)) {
                    Mark::Conflict => "conflict",
                    Mark::Problem => "problem",
                    Mark::Changed | Mark::ChangedProblem => "changed",
                    Mark::New => "new",
                    Mark::None => return None,
                };
                return Some(CellFilter {
                    what: state.to_owned(),
                    including: query.toggling(&format!("is:{state}")),
                    excluding: query.toggling(&format!("-is:{state}")),
                });
            }
            // The second line of a title is its provider.
            ColumnKey::Computed(Computed::Title) => {
                let key = self.domain.as_ref().or(self.name.as_ref())?;
                let ColumnKey::Field(field) = key else { return None };
                (field, text(&catalog.cell(article, key)).to_owned())
            }
            ColumnKey::Computed(_) => return None,
        };
        if value.is_empty() {
            return None;
        }
        let (including, excluding) = (query.including(field, &value), query.excluding(field, &value));
        Some(CellFilter { what: value, including, excluding })
    }

    /// The whole text of a cell that was cut.
    pub fn full_text(&self, article: ArticleId, column: &ShownColumn) -> String {
        let Some(catalog) = self.desk.catalog() else { return String::new() };
        if column.key == ColumnKey::Computed(Computed::Title) {
            return catalog.title(article).to_owned();
        }
        match catalog.cell(article, &column.key) {
            Cell::Text(text) | Cell::Date { text, .. } => text.to_owned(),
            Cell::List(items) => items.join(", "),
            _ => String::new(),
        }
    }
}

fn text<'a>(cell: &Cell<'a>) -> &'a str {
    match cell {
        Cell::Text(text) | Cell::Date { text, .. } => text,
        Cell::List(items) => items.first().copied().unwrap_or_default(),
        _ => "",
    }
}

/// The worst that is to be said of a row; that it is not saved is never hidden by a problem.
pub fn mark(state: RowState) -> Mark {
    let is_changed = state.changed || state.waiting;
    if state.conflict {
        Mark::Conflict
    } else if state.problem && is_changed {
        Mark::ChangedProblem
    } else if state.problem {
        Mark::Problem
    } else if is_changed {
        Mark::Changed
    } else if state.new {
        Mark::New
    } else {
        Mark::None
    }
}

fn thumbnail(
    ctx: &egui::Context,
    frame: &mut Frame<'_>,
    catalog: &Catalog,
    article: ArticleId,
    size: egui::Vec2,
) -> Thumbnail {
    let Some(address) = catalog.lead_image(article).filter(|address| !address.is_empty()) else {
        return Thumbnail::Missing;
    };
    frame.thumbnail(ctx, address, &catalog.path(article), size)
}

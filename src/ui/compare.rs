//! Two to four selected articles side by side.
//!
//! Invariant: the same field stands at the same height in all of them, so that the eye can go across.

use egui::{Id, Modal, Sense, Ui, vec2};

use crate::catalog::{ArticleId, Cell, ColumnKey};
use crate::desk::Command;
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::{Weight, button_ui, icon_button_ui};
use crate::ui::widgets::dialog_frame;
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};
use crate::ui::widgets::words::reading_ui;

/// The room beside the columns for the scroll bar.
const SCROLL_BAR: f32 = 14.0;

/// Draws the comparison over the desk.
pub fn compare_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let colors = palette(ui);
    let articles: Vec<ArticleId> = frame.desk.targets().into_iter().take(4).collect();
    if articles.len() < 2 {
        return frame.send(Command::CloseOverlay);
    }
    let screen = ui.ctx().content_rect().size();
    let modal =
        Modal::new(Id::unique("compare")).frame(dialog_frame(ui)).backdrop_color(colors.backdrop).show(ui, |ui| {
            ui.set_width((screen.x - 80.0).min(320.0 * articles.len() as f32));
            ui.horizontal(|ui| {
                ui.label(Type::HEADLINE.rich("Side by side").color(colors.text));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if icon_button_ui(ui, icons::CLOSE, "Close", Some(frame.desk.key_of("Compare"))).clicked() {
                        frame.send(Command::CloseOverlay);
                    }
                });
            });
            ui.add_space(8.0);
            egui::ScrollArea::vertical().max_height(screen.y - 160.0).min_scrolled_height(screen.y - 160.0).show(
                ui,
                |ui| {
                    ui.set_max_width(ui.available_width() - SCROLL_BAR);
                    ui.spacing_mut().item_spacing.x = 16.0;
                    table_ui(ui, frame, &articles);
                },
            );
        });
    if modal.should_close() {
        frame.send(Command::CloseOverlay);
    }
}

fn table_ui(ui: &mut Ui, frame: &mut Frame<'_>, articles: &[ArticleId]) {
    let colors = palette(ui);
    ui.columns(articles.len(), |columns| {
        for (column, article) in columns.iter_mut().zip(articles) {
            column.push_id(article.0, |ui| head_ui(ui, frame, *article));
        }
    });
    let schema = frame.desk.schema_of(articles[0]);
    let Some(catalog) = frame.desk.catalog() else { return };
    for field in schema.top_fields().filter(|field| field.path != schema.title) {
        let key = ColumnKey::Field(field.path.clone());
        let cells: Vec<Cell<'_>> = articles.iter().map(|article| catalog.cell(*article, &key)).collect();
        if cells.iter().all(|cell| !cell.is_something()) || matches!(cells[0], Cell::Opaque(_)) {
            continue;
        }
        let differs = cells.iter().any(|cell| *cell != cells[0]);
        ui.add_space(6.0);
        ui.label(Type::SMALL.rich(&field.label).color(if differs { colors.accent_text } else { colors.muted }));
        ui.columns(articles.len(), |columns| {
            for (column, cell) in columns.iter_mut().zip(&cells) {
                reading_ui(column, &text(cell), Type::BODY, colors.text);
            }
        });
    }
}

fn head_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    let colors = palette(ui);
    let area = vec2(ui.available_width(), 150.0);
    let (rect, _) = ui.allocate_exact_size(area, Sense::hover());
    let catalog = frame.desk.catalog();
    let address = catalog.and_then(|catalog| catalog.lead_image(article)).unwrap_or_default().to_owned();
    let path = catalog.map(|catalog| catalog.path(article));
    let shown = path.map_or(Thumbnail::Missing, |path| frame.thumbnail(ui, &address, &path, area));
    paint_thumbnail(ui.painter(), colors, rect, shown);
    let title = catalog.map(|catalog| catalog.title(article).to_owned()).unwrap_or_default();
    reading_ui(ui, &title, Type::SUBHEAD, colors.text);
    let go = ui.horizontal(|ui| button_ui(ui, "Go to it", Weight::Plain)).inner;
    if go.clicked() {
        frame.send(Command::CloseOverlay);
        frame.send(Command::SelectNone);
        frame.send(Command::GoTo(article));
    }
}

fn text(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Missing => "–".to_owned(),
        Cell::Null => "null".to_owned(),
        Cell::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Cell::Number(number) => show::number(*number),
        Cell::Date { text, .. } | Cell::Text(text) => (*text).to_owned(),
        Cell::List(items) => items.join(", "),
        Cell::Entries(count) => show::entries(*count as usize),
        Cell::Opaque(length) => format!("opaque, {length} characters"),
    }
}

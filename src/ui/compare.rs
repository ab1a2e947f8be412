//! Two to four selected articles side by side.
//!
//! Invariant: the same field stands at the same height in all of them, so that the eye can go across.

use egui::{Id, Modal, Sense, Ui, vec2};

use crate::catalog::{ArticleId, Cell, ColumnKey};
use crate::desk::Command;
use crate::document::FieldPath;
use crate::site::Schema;
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::{Weight, button_ui, icon_button_ui};
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};
use crate::ui::widgets::words::reading_ui;
use crate::ui::widgets::{SCROLL_BAR, dialog_frame};

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
            let height = screen.y - 160.0;
            egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                let room = egui::Margin { right: SCROLL_BAR, ..egui::Margin::ZERO };
                egui::Frame::new().inner_margin(room).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.x = 16.0;
                    heads_ui(ui, frame, &articles);
                    fields_ui(ui, frame, &articles);
                });
            });
        });
    if modal.should_close() {
        frame.send(Command::CloseOverlay);
    }
}

/// Pictures, then titles, then buttons: each a line of its own, so that a longer title moves nothing beside it.
fn heads_ui(ui: &mut Ui, frame: &mut Frame<'_>, articles: &[ArticleId]) {
    across_ui(ui, articles, |ui, article| picture_ui(ui, frame, article));
    ui.add_space(4.0);
    across_ui(ui, articles, |ui, article| {
        let title = frame.desk.catalog().map(|catalog| catalog.title(article).to_owned()).unwrap_or_default();
        reading_ui(ui, &title, Type::SUBHEAD, palette(ui).text);
    });
    ui.add_space(2.0);
    across_ui(ui, articles, |ui, article| {
        if ui.horizontal(|ui| button_ui(ui, "Go to it", Weight::Plain)).inner.clicked() {
            frame.send(Command::CloseOverlay);
            frame.send(Command::SelectNone);
            frame.send(Command::GoTo(article));
        }
    });
}

fn across_ui(ui: &mut Ui, articles: &[ArticleId], mut content: impl FnMut(&mut Ui, ArticleId)) {
    ui.columns(articles.len(), |columns| {
        for (column, article) in columns.iter_mut().zip(articles) {
            column.push_id(article.0, |ui| content(ui, *article));
        }
    });
}

fn picture_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    let area = vec2(ui.available_width(), 150.0);
    let (rect, _) = ui.allocate_exact_size(area, Sense::hover());
    let catalog = frame.desk.catalog();
    let address = catalog.and_then(|catalog| catalog.lead_image(article)).unwrap_or_default().to_owned();
    let path = catalog.map(|catalog| catalog.path(article));
    let shown = path.map_or(Thumbnail::Missing, |path| frame.thumbnail(ui, &address, &path, area));
    paint_thumbnail(ui.painter(), palette(ui), rect, shown);
}

/// What decides comes first: scores, whether it is live, when and by whom it was told; the rest in the files' order.
fn fields(schema: &Schema) -> Vec<(FieldPath, String)> {
    let name = schema.provider.as_ref().map(|provider| provider.child("name"));
    let first = [
        schema.quality.clone(),
        schema.heat.clone(),
        schema.live.clone(),
        schema.date.clone(),
        name.clone(),
        schema.topics.clone(),
        schema.excerpt.clone(),
    ];
    let label = |path: &FieldPath| {
        // “Provider” says more than the name of its name.
        let named = if name.as_ref() == Some(path) { schema.provider.as_ref() } else { Some(path) };
        named.and_then(|path| schema.field(path)).map_or_else(|| path.to_string(), |field| field.label.clone())
    };
    let first: Vec<FieldPath> = first.into_iter().flatten().collect();
    let is_rest =
        |path: &&FieldPath| **path != schema.title && Some(*path) != schema.provider.as_ref() && !first.contains(path);
    let rest = schema.top_fields().map(|field| &field.path).filter(is_rest);
    first.iter().chain(rest).map(|path| (path.clone(), label(path))).collect()
}

fn fields_ui(ui: &mut Ui, frame: &Frame<'_>, articles: &[ArticleId]) {
    let colors = palette(ui);
    let schema = frame.desk.schema_of(articles[0]);
    let Some(catalog) = frame.desk.catalog() else { return };
    for (path, label) in fields(&schema) {
        let key = ColumnKey::Field(path);
        let cells: Vec<Cell<'_>> = articles.iter().map(|article| catalog.cell(*article, &key)).collect();
        if cells.iter().all(|cell| !cell.is_something()) || matches!(cells[0], Cell::Opaque(_)) {
            continue;
        }
        let differs = cells.iter().any(|cell| *cell != cells[0]);
        ui.add_space(6.0);
        // A sign beside the colour, and what is the same steps back.
        let (name, ink, text_ink) = if differs {
            (format!("≠ {label}"), colors.accent_text, colors.text)
        } else {
            (label, colors.muted, colors.muted)
        };
        ui.label(Type::SMALL.rich(name).color(ink));
        ui.columns(articles.len(), |columns| {
            for (column, cell) in columns.iter_mut().zip(&cells) {
                reading_ui(column, &show::cell(cell), Type::BODY, text_ink);
            }
        });
    }
}

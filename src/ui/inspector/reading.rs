//! Markdown to type, and beside it as a reader sees it; below it where there is no room beside.
//!
//! Invariant: what is read is drawn from what is typed, in the same frame; nothing of it is run, and nothing is fetched but
//! pictures that the editor allowed.

use egui::{Align, Id, Layout, Ui};

use super::fields::label_ui;
use super::page_picture::page_picture_ui;
use super::preview::without_frames;
use crate::catalog::ArticleId;
use crate::desk::Command;
use crate::file::SitePath;
use crate::ui::frame::Frame;
use crate::ui::markdown::{Picture, markdown_ui};
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::switch::switch_ui;

/// Where there is so much room, text and reading stand side by side; else below each other.
const SIDE_BY_SIDE: f32 = 560.0;

/// Between the text and how it is read.
const GAP: f32 = 20.0;

/// How wide a text is read where it is typed, too.
pub fn reading_width(ui: &Ui) -> f32 {
    let width = ui.available_width();
    if width >= SIDE_BY_SIDE { ((width - GAP) / 2.0).floor() } else { width }
}

/// Whether Markdown is shown as it is read, too; the same for all texts.
fn is_hidden(ui: &Ui) -> bool {
    ui.data(|data| data.get_temp(Id::unique("preview of markdown is hidden"))).unwrap_or(false)
}

/// Draws the switch of the preview at the right of a line, where there is something to be read.
pub fn switch_of_preview_ui(ui: &mut Ui, text: &str, name: &str) {
    if text.trim().is_empty() {
        return;
    }
    let hidden = is_hidden(ui);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if switch_ui(ui, !hidden, &format!("Preview of {name}")).clicked() {
            ui.data_mut(|data| data.insert_temp(Id::unique("preview of markdown is hidden"), !hidden));
        }
        ui.label(Type::SMALL.rich("Preview").color(palette(ui).muted));
    });
}

/// Draws what is typed and how it is read.
pub fn beside_ui<R>(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    (article, text): (ArticleId, &str),
    edit: impl FnOnce(&mut Ui, &mut Frame<'_>) -> R,
) -> R {
    if text.trim().is_empty() || is_hidden(ui) {
        return edit(ui, frame);
    }
    if ui.available_width() >= SIDE_BY_SIDE {
        ui.spacing_mut().item_spacing.x = GAP;
        return ui.columns_const(|[left, right]| {
            let result = edit(left, frame);
            // As far down as the first line of what is typed.
            right.add_space(6.0);
            read_ui(right, frame, article, text);
            result
        });
    }
    let result = edit(ui, frame);
    ui.add_space(6.0);
    label_ui(ui, "As it is read");
    read_ui(ui, frame, article, text);
    result
}

/// Draws Markdown of an article as it is read; frames of other pages are named, and links are opened as pages of articles are.
pub fn read_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, text: &str) {
    let path = frame.desk.catalog().map_or_else(SitePath::unknown, |catalog| catalog.path(article));
    let mut picture =
        |ui: &mut Ui, picture: &Picture| page_picture_ui(ui, frame, &path, &picture.address, &picture.words);
    if let Some(address) = markdown_ui(ui, text, without_frames, &mut picture) {
        frame.send(Command::OpenPage(Some(address)));
    }
}

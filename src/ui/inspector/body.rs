//! The text below the front matter: as Markdown to type, and beside it as a reader sees it.
//!
//! Invariant: what is read is drawn from what is typed, in the same frame; nothing of it is run or fetched.

use egui::{Align, Layout, Ui};
use egui_commonmark::{CommonMarkCache, CommonMarkViewer};

use super::fields::label_ui;
use super::preview::without_frames;
use crate::article::Intent;
use crate::catalog::ArticleId;
use crate::desk::{Command, Edit};
use crate::document::Document;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::field::{Field, field_ui};
use crate::ui::widgets::line_ui;
use crate::ui::widgets::switch::switch_ui;

/// Where there is so much room, text and reading stand side by side; else below each other.
const SIDE_BY_SIDE: f32 = 560.0;

/// What the body remembers between frames.
#[derive(Default)]
pub struct BodyState {
    cache: CommonMarkCache,
    hidden: bool,
    /// The article whose empty body was opened to be written.
    begun: Option<ArticleId>,
}

/// Draws the body of an article.
pub fn body_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, document: &Document, state: &mut BodyState) {
    let color = palette(ui).muted;
    let is_empty = document.body().trim().is_empty();
    if is_empty && state.begun != Some(article) {
        if button_with_icon_ui(ui, Some(icons::ADD), "Add a body", None, Weight::Bare).clicked() {
            state.begun = Some(article);
        }
        return;
    }
    line_ui(ui, 18.0, |ui| {
        ui.label(Type::SMALL.rich("Body").color(color));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !is_empty {
                if switch_ui(ui, !state.hidden, "Preview of the body").clicked() {
                    state.hidden = !state.hidden;
                }
                ui.label(Type::SMALL.rich("Preview").color(color));
            }
        });
    });
    if is_empty || state.hidden {
        return edit_ui(ui, frame, article, document);
    }
    if ui.available_width() >= SIDE_BY_SIDE {
        ui.columns(2, |columns| {
            edit_ui(&mut columns[0], frame, article, document);
            read_ui(&mut columns[1], document, state);
        });
    } else {
        edit_ui(ui, frame, article, document);
        ui.add_space(6.0);
        label_ui(ui, "As it is read");
        read_ui(ui, document, state);
    }
}

fn edit_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, document: &Document) {
    let waiting = frame.desk.row_state(article).waiting;
    let rows = if document.body().trim().is_empty() { 2 } else { 8 };
    let look =
        Field { kind: Type::CODE, placeholder: "text below the fields, in Markdown", ..Field::lines("Body", rows) };
    let answer = field_ui(ui, ("body", article.0), document.body(), waiting, look);
    if let Some(text) = answer.sent {
        let edit = Edit::of(article, "body", vec![Intent::SetBody(text)]).grouped(format!("{} body", article.0));
        frame.send(Command::Edit(edit));
    }
}

fn read_ui(ui: &mut Ui, document: &Document, state: &mut BodyState) {
    CommonMarkViewer::new().show(ui, &mut state.cache, &without_frames(document.body()));
}

//! The text below the front matter: as Markdown to type, and beside it as a reader sees it.
//!
//! Invariant: an article without such a text gets one only when it is asked for.

use egui::Ui;

use super::reading::{beside_ui, switch_of_preview_ui};
use crate::article::Intent;
use crate::catalog::ArticleId;
use crate::desk::{Command, Edit};
use crate::document::Document;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::field::{Field, field_ui, too_long_ui};
use crate::ui::widgets::line_ui;

/// What the body remembers between frames.
#[derive(Default)]
pub struct BodyState {
    /// The article whose empty body was opened to be written.
    begun: Option<ArticleId>,
}

/// Draws the body of an article.
pub fn body_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, document: &Document, state: &mut BodyState) {
    if document.body().trim().is_empty() && state.begun != Some(article) {
        if button_with_icon_ui(ui, Some(icons::ADD), "Add a body", None, Weight::Bare).clicked() {
            state.begun = Some(article);
        }
        return;
    }
    line_ui(ui, 18.0, |ui| {
        ui.label(Type::SMALL.rich("Body").color(palette(ui).muted));
        switch_of_preview_ui(ui, document.body(), "the body");
    });
    beside_ui(ui, frame, (article, document.body()), |ui, frame| edit_ui(ui, frame, article, document));
}

fn edit_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, document: &Document) {
    if too_long_ui(ui, "Body", document.body()).is_some() {
        return;
    }
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

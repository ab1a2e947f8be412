//! What is disputed: each value as it was, as it is on disk, and as the editor has it, side by side, with the answers.
//!
//! Invariant: an answer is one click and can be taken back; nothing here opens by itself.

use std::collections::BTreeMap;

use egui::accesskit::Role;
use egui::{Id, Label, Modal, Response, RichText, Ui, WidgetInfo, vec2};

use crate::catalog::ArticleId;
use crate::desk::{Command, Fate, FateAnswer, Which};
use crate::document::FieldPath;
use crate::document::merge::{Conflict, Side};
use crate::text::{marked_lines, marks};
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::{Weight, button_ui, icon_button_ui};
use crate::ui::widgets::{card, dialog_frame};

/// The room beside the list for the scroll bar.
const SCROLL_BAR: f32 = 14.0;

/// So many articles are listed; the rest is counted, and comes up as these are answered.
const LISTED: usize = 100;

/// So much of a value is shown where there is room, and where there is little.
const LONG: usize = 1200;
const SHORT: usize = 160;

/// A column from this width on has room for the whole words of its button.
const ROOMY: f32 = 100.0;

/// Draws all conflicts over the desk.
pub fn conflicts_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let colors = palette(ui);
    let articles = frame.desk.disputed();
    if articles.is_empty() {
        return frame.send(Command::CloseOverlay);
    }
    let screen = ui.ctx().content_rect().size();
    let modal =
        Modal::new(Id::unique("conflicts")).frame(dialog_frame(ui)).backdrop_color(colors.backdrop).show(ui, |ui| {
            ui.set_width((screen.x - 80.0).min(1100.0));
            ui.horizontal(|ui| {
                ui.label(Type::HEADLINE.rich("Conflicts").color(colors.text));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if icon_button_ui(ui, icons::CLOSE, "Close", Some("Esc")).clicked() {
                        frame.send(Command::CloseOverlay);
                    }
                });
            });
            for_all_ui(ui, frame, &articles);
            ui.add_space(8.0);
            let height = screen.y - 230.0;
            egui::ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    ui.set_max_width(ui.available_width() - SCROLL_BAR);
                    for article in articles.iter().take(LISTED) {
                        ui.push_id(article.0, |ui| card_ui(ui, frame, *article));
                        ui.add_space(8.0);
                    }
                    if articles.len() > LISTED {
                        let more = format!("and {} more articles", articles.len() - LISTED);
                        ui.label(Type::SMALL.rich(more).color(colors.muted));
                    }
                });
        });
    if modal.should_close() {
        frame.send(Command::CloseOverlay);
    }
}

/// Answers for all conflicts at once, and for all of a field.
fn for_all_ui(ui: &mut Ui, frame: &mut Frame<'_>, articles: &[ArticleId]) {
    let colors = palette(ui);
    let mut fields: BTreeMap<FieldPath, usize> = BTreeMap::new();
    for conflict in articles.iter().flat_map(|article| frame.desk.conflicts_of(*article)) {
        *fields.entry(conflict.field()).or_default() += 1;
    }
    let count: usize = fields.values().sum();
    let has_fate = |article: &&ArticleId| frame.desk.draft(**article).is_some_and(|draft| draft.fate.is_some());
    let values = match count {
        1 => "1 value changed here and elsewhere".to_owned(),
        count => format!("{count} values changed here and elsewhere"),
    };
    let files = match articles.iter().filter(has_fate).count() {
        0 => String::new(),
        1 => "1 file went, moved or broke under your edits".to_owned(),
        count => format!("{count} files went, moved or broke under your edits"),
    };
    let parts = [values, files];
    let text: Vec<&str> = parts.iter().skip(usize::from(count == 0)).map(String::as_str).collect();
    let text = text.join(" · ").trim_end_matches(" · ").to_owned();
    ui.label(Type::BODY.rich(text).color(colors.muted));
    if count < 2 {
        return;
    }
    let Some(first) = articles.first() else { return };
    let schema = frame.desk.schema_of(*first);
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        answers_ui(ui, frame, "all", None, &Which::All);
        for (field, count) in fields.iter().filter(|(_, count)| **count > 1) {
            ui.add_space(10.0);
            let name = show::name_of(&schema, Some(&field.pointer()));
            ui.label(Type::STRONG.rich(format!("{name} × {count}")).color(colors.text));
            answers_ui(ui, frame, &name, None, &Which::Field(field.clone()));
        }
    });
}

fn answers_ui(ui: &mut Ui, frame: &mut Frame<'_>, what: &str, article: Option<ArticleId>, which: &Which) {
    for (words, side) in [("Keep yours", Side::Ours), ("Take theirs", Side::Theirs)] {
        let text = if *which == Which::All { format!("{words}: {what}") } else { words.to_owned() };
        if named_button_ui(ui, &text, &format!("{words}: {what}"), Weight::Plain).clicked() {
            frame.send(Command::Resolve { article, which: which.clone(), side });
        }
    }
}

fn card_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    let colors = palette(ui);
    card(ui, 12).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let Some(catalog) = frame.desk.catalog() else { return };
        let (title, path) = (catalog.title(article).to_owned(), catalog.path(article));
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if button_ui(ui, "Go to it", Weight::Bare).clicked() {
                    frame.send(Command::CloseOverlay);
                    frame.send(Command::GoTo(article));
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add(Label::new(Type::SUBHEAD.rich(title).color(colors.text)).truncate());
                });
            });
        });
        ui.label(Type::SMALL.rich(path.as_str()).color(colors.muted_raised));
        disputes_ui(ui, frame, article, LONG);
    });
}

/// Draws what is disputed in one article, short where it stands among other things.
pub fn short_disputes_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    disputes_ui(ui, frame, article, SHORT);
}

fn disputes_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, most: usize) {
    let colors = palette(ui);
    if let Some(fate) = frame.desk.draft(article).and_then(|draft| draft.fate.as_ref()) {
        fate_ui(ui, frame, article, fate);
    }
    let conflicts = frame.desk.conflicts_of(article);
    let is_marked = frame.desk.draft(article).is_none();
    if is_marked {
        let text = if conflicts.is_empty() {
            "Git left its conflict markers in this file. Go to it to see both sides."
        } else {
            "Git left its conflict markers in this file. These values differ; all else is merged."
        };
        ui.add(Label::new(Type::BODY.rich(text).color(colors.danger_text)).wrap());
    }
    let (ours, theirs) = frame.desk.names_of_sides(article);
    for (at, conflict) in conflicts.iter().enumerate() {
        ui.add_space(6.0);
        ui.push_id(("conflict", at), |ui| conflict_ui(ui, frame, article, conflict, [&ours, &theirs], most));
    }
    if conflicts.len() > 1 {
        ui.add_space(6.0);
        ui.horizontal_wrapped(|ui| answers_ui(ui, frame, "whole article", Some(article), &Which::All));
    }
}

fn conflict_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    article: ArticleId,
    conflict: &Conflict,
    [ours, theirs]: [&str; 2],
    most: usize,
) {
    let colors = palette(ui);
    let field = show::name_of(&frame.desk.schema_of(article), conflict.pointer.as_ref());
    ui.label(Type::STRONG.rich(&field).color(colors.danger_text));
    let is_known = conflict.base.is_some() || conflict.ours.is_none() || conflict.theirs.is_none();
    let was = if is_known { show::value(conflict.base.as_ref(), most) } else { "not known".to_owned() };
    ui.spacing_mut().item_spacing.x = 10.0;
    ui.columns(3, |columns| {
        let [first, second, third] = columns else { return };
        side_ui(first, "Was", was, false);
        side_ui(second, theirs, show::value(conflict.theirs.as_ref(), most), true);
        side_ui(third, ours, show::value(conflict.ours.as_ref(), most), true);
        let which = Which::At(conflict.pointer.clone());
        for (ui, words, side) in [(second, "Take theirs", Side::Theirs), (third, "Keep yours", Side::Ours)] {
            // Where there is little room the column says whose it is.
            let shown = if ui.available_width() < ROOMY { &words[..4] } else { words };
            let layout = egui::Layout::top_down(egui::Align::Min);
            let button =
                ui.with_layout(layout, |ui| named_button_ui(ui, shown, &format!("{words}: {field}"), Weight::Plain));
            if button.inner.clicked() {
                frame.send(Command::Resolve { article: Some(article), which: which.clone(), side });
            }
        }
    });
}

fn side_ui(ui: &mut Ui, caption: &str, value: String, strong: bool) {
    let colors = palette(ui);
    let ink = if strong { colors.text } else { colors.muted_raised };
    ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.add(Label::new(Type::SMALL.rich(marks(caption)).color(colors.muted_raised)).truncate());
        let text: RichText = Type::BODY.rich(value).color(ink);
        ui.add(Label::new(text).wrap().selectable(true));
        ui.add_space(4.0);
    });
}

const NEW: (&str, FateAnswer) = ("Make it a file again", FateAnswer::Keep);
const GIVE_UP: (&str, FateAnswer) = ("Give up your edits", FateAnswer::Drop);

/// What became of the file, and what can be done.
fn fate_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, fate: &Fate) {
    let colors = palette(ui);
    let path = |id: ArticleId| frame.desk.catalog().map(|catalog| catalog.path(id).to_string()).unwrap_or_default();
    let (text, answers): (String, &[(&str, FateAnswer)]) = match fate {
        Fate::Gone => {
            ("The file is gone from disk. Your edits are kept here until you decide.".to_owned(), &[NEW, GIVE_UP])
        }
        Fate::Moved { to, .. } => (
            format!("The file has another name now: {}", path(*to)),
            &[("Move your edits there", FateAnswer::Follow), NEW, GIVE_UP],
        ),
        Fate::Clash { why, theirs: Some(_) } => (
            format!("{why}\nIt cannot be merged as it is. When it can be read again, it is."),
            &[("Write yours over it", FateAnswer::Keep), ("Take what is on disk", FateAnswer::Drop)],
        ),
        Fate::Clash { why, theirs: None } => {
            (format!("{why}\nYour edits are kept here until it can be read again."), &[GIVE_UP])
        }
    };
    ui.add_space(4.0);
    ui.add(Label::new(Type::BODY.rich(marked_lines(&text)).color(colors.danger_text)).wrap());
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for (words, answer) in answers {
            if button_ui(ui, words, Weight::Plain).clicked() {
                frame.send(Command::AnswerFate { article: Some(article), answer: *answer });
            }
        }
    });
}

/// A button that says more to a screen reader than its few words.
fn named_button_ui(ui: &mut Ui, words: &str, name: &str, weight: Weight) -> Response {
    let response = button_ui(ui, words, weight);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    response
}

//! What is pending: old and new value of each field of each changed article, and the text that Save will write.
//!
//! Invariant: derived from the drafts in every frame; undoing the last change of an article takes it off the list.

use egui::{CollapsingHeader, Margin, Ui};

use crate::catalog::ArticleId;
use crate::desk::{Command, Overlay};
use crate::document::changes::FieldChange;
use crate::text::marked_lines;
use crate::ui::conflicts::short_disputes_ui;
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_ui, icon_button_ui};
use crate::ui::widgets::empty::empty_ui;
use crate::ui::widgets::words::words_ui;
use crate::ui::widgets::{card, focus_ring};

/// What the tab remembers between frames.
#[derive(Default)]
pub struct ChangesState {
    /// The differences worked out last: of which article, at which revision.
    diff: Option<(ArticleId, u64, String)>,
}

/// So many articles are listed; the rest is counted.
const LISTED: usize = 200;

/// So much of a value is shown.
const SHOWN: usize = 160;

/// Draws the list.
pub fn changes_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut ChangesState) {
    let colors = palette(ui);
    let changed: Vec<ArticleId> = frame.desk.changed().collect();
    if changed.is_empty() {
        empty_ui(
            ui,
            icons::CHECK_CIRCLE,
            "Nothing is pending",
            "What you change appears here until it is saved.",
            None,
        );
        return;
    }
    ui.horizontal(|ui| {
        ui.label(Type::SUBHEAD.rich(crate::desk::toast::articles(changed.len())).color(colors.text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if button_ui(ui, "Save all", Weight::Main).clicked() {
                frame.send(Command::SaveAll);
            }
            if button_ui(ui, "Undo all", Weight::Plain)
                .on_hover_text("Give up all unsaved edits; that can be undone too")
                .clicked()
            {
                frame.send(Command::RevertArticles(changed.clone()));
            }
        });
    });
    let disputed = frame.desk.disputed_count();
    if disputed > 0 {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let text = format!("{} in conflict", crate::desk::toast::articles(disputed));
            ui.label(Type::BODY.rich(text).color(colors.danger_text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if button_ui(ui, "Side by side…", Weight::Plain).clicked() {
                    frame.send(Command::Show(Overlay::Conflicts));
                }
            });
        });
    }
    // The article under the cursor first: it is the one being looked at.
    let cursor = frame.desk.cursor();
    let (first, rest): (Vec<ArticleId>, Vec<ArticleId>) =
        changed.iter().copied().partition(|article| Some(*article) == cursor);
    for article in first.iter().chain(&rest).take(LISTED) {
        ui.add_space(8.0);
        ui.push_id(article.0, |ui| article_ui(ui, frame, *article, state));
    }
    if changed.len() > LISTED {
        ui.add_space(8.0);
        ui.label(Type::SMALL.rich(format!("and {} more", changed.len() - LISTED)).color(colors.muted));
    }
}

fn article_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, state: &mut ChangesState) {
    let colors = palette(ui);
    card(ui, 10).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        head_ui(ui, frame, article);
        short_disputes_ui(ui, frame, article);
        for (at, change) in frame.desk.changes_of(article).iter().enumerate() {
            ui.push_id(at, |ui| change_ui(ui, frame, article, change));
        }
        let title = Type::SMALL.rich("What will be written").color(colors.muted_raised);
        let shown = CollapsingHeader::new(title).id_salt("diff").show(ui, |ui| diff_ui(ui, frame, article, state));
        focus_ring(ui, &shown.header_response, size::ROUND_SMALL);
    });
}

fn head_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    let colors = palette(ui);
    let title = frame.desk.catalog().map(|catalog| catalog.title(article).to_owned()).unwrap_or_default();
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if icon_button_ui(ui, icons::UNDO, "Undo all of this article", None).clicked() {
                frame.send(Command::RevertArticles(vec![article]));
            }
            if icon_button_ui(ui, icons::SAVE, "Save this article", None).clicked() {
                frame.send(Command::Save(vec![article]));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let label = words_ui(ui, &title, Type::STRONG, colors.text, egui::Sense::click());
                if label.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
                    frame.send(Command::GoTo(article));
                }
            });
        });
    });
}

fn change_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, change: &FieldChange) {
    let colors = palette(ui);
    let name = show::name_of(&frame.desk.schema_of(article), change.pointer.as_ref());
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.label(Type::SMALL.rich(name).color(colors.muted_raised));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if icon_button_ui(ui, icons::UNDO, "Undo this field", None).clicked() {
                frame.send(Command::RevertField { article, pointer: change.pointer.clone() });
            }
        });
    });
    // All lines of a long value are as high as its letters, the first one too.
    ui.spacing_mut().interact_size.y = 16.0;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(Type::BODY.rich(show::value(change.old.as_ref(), SHOWN)).color(colors.muted_raised).strikethrough());
        ui.label(Type::ICON_TINY.rich(icons::ARROW_FORWARD).color(colors.muted_raised));
        ui.label(Type::BODY.rich(show::value(change.new.as_ref(), SHOWN)).color(colors.text));
    });
    let kept = frame.desk.draft(article).into_iter().flat_map(|draft| &draft.kept);
    if let Some(kept) = kept.into_iter().find(|kept| kept.pointer == change.pointer && kept.ours == change.new) {
        let (ours, theirs) = (show::value(kept.ours.as_ref(), SHOWN), show::value(kept.theirs.as_ref(), SHOWN));
        let text = format!("changed on disk too: kept yours {ours}, theirs {theirs}");
        ui.add(egui::Label::new(Type::SMALL.rich(text).color(colors.warning_text)).wrap());
    }
}

fn diff_ui(ui: &mut Ui, frame: &Frame<'_>, article: ArticleId, state: &mut ChangesState) {
    let colors = palette(ui);
    let (Some(draft), Some(opened)) = (frame.desk.draft(article), frame.desk.opened(article)) else {
        ui.label(Type::SMALL.rich("The text is not here; select the article to see it").color(colors.muted_raised));
        return;
    };
    if state.diff.as_ref().is_none_or(|(of, at, _)| (*of, *at) != (article, opened.revision)) {
        state.diff = Some((article, opened.revision, show::diff(draft.base_text(), opened.document.text())));
    }
    let Some((_, _, diff)) = &state.diff else { return };
    ui.spacing_mut().item_spacing.y = 0.0;
    for line in diff.lines() {
        let (fill, ink) = match line.as_bytes().first() {
            Some(b'+') => (colors.added, colors.quality_text),
            Some(b'-') => (colors.removed, colors.danger_text),
            _ => (colors.none, colors.muted_raised),
        };
        egui::Frame::new().fill(fill).inner_margin(Margin::symmetric(4, 0)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.add(egui::Label::new(Type::CODE.rich(marked_lines(line)).color(ink)).wrap().selectable(true));
        });
    }
}

//! The line above a field: its name, what is there if nothing can be seen, whether it has changed, and its menu. And the lines
//! below it: help and messages.
//!
//! Invariant: a value that shows nothing is named: absent, null, empty text, empty list.

use egui::{Align, Label, Layout, RichText, Sense, Ui, UiBuilder, vec2};

use super::FieldRef;
use super::menu::{menu_button_ui, rename_ui};
use crate::article::{Problem, Severity};
use crate::catalog::ArticleId;
use crate::desk::Command;
use crate::document::Value;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::line_ui;
use crate::ui::widgets::link::{link_ui, named_link_ui};

/// What a value is called that shows nothing.
#[must_use]
pub const fn state_word(value: Option<&Value>) -> Option<&'static str> {
    match value {
        None => Some("absent"),
        Some(Value::Null) => Some("null"),
        Some(Value::Text(text)) if text.is_empty() => Some("empty text"),
        Some(Value::List(items)) if items.is_empty() => Some("empty list"),
        Some(_) => None,
    }
}

/// Draws the label of a field. `asked`: its menu is asked for by key.
pub fn field_label_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, asked: bool) {
    if rename_ui(ui, frame, field) {
        return;
    }
    let colors = palette(ui);
    line_ui(ui, 16.0, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        name_ui(ui, field, Type::SMALL.rich(&field.label).color(colors.muted));
        marks_ui(ui, frame, field);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| menu_button_ui(ui, frame, field, asked));
    });
}

/// Room for the menu at the end of the line.
const MENU: f32 = 24.0;

/// Draws the name of a field. A key of any length leaves room for what stands beside it.
pub fn name_ui(ui: &mut Ui, field: &FieldRef<'_>, name: RichText) {
    let mut place = ui.available_rect_before_wrap();
    place.max.x -= width_of_marks(field) + MENU;
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| ui.add(Label::new(name).truncate()));
}

fn width_of_marks(field: &FieldRef<'_>) -> f32 {
    let word = state_word(field.value).map_or(0.0, |word| word.len() as f32 * 6.0 + 6.0);
    word + if field.changed { 34.0 } else { 0.0 }
}

/// Draws what is to be said of the value beside its name: its state where it shows nothing, and the way back where it has changed.
pub fn marks_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) {
    let colors = palette(ui);
    if let Some(word) = state_word(field.value) {
        ui.label(Type::TINY.rich(word).color(colors.muted).italics());
    }
    if !field.changed {
        return;
    }
    let (dot, _) = ui.allocate_exact_size(vec2(6.0, 16.0), Sense::hover());
    ui.painter().circle_filled(dot.center(), 3.0, colors.accent);
    let sign = Type::ICON_TINY.rich(icons::UNDO).color(colors.accent_text);
    let back = named_link_ui(ui, sign, &format!("Undo {}", field.label));
    if back.on_hover_text("Give this field the value back that it has on disk").clicked() {
        frame.send(Command::RevertField { article: field.article, pointer: Some(field.pointer.clone()) });
    }
}

/// Draws a quiet line of help.
pub fn label_ui(ui: &mut Ui, text: &str) {
    let color = palette(ui).muted;
    ui.add(Label::new(Type::SMALL.rich(text).color(color)).wrap());
}

/// Draws what is wrong with what was typed.
pub fn message_ui(ui: &mut Ui, text: &str) {
    let colors = palette(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(Type::ICON_TINY.rich(icons::WARNING).color(colors.danger_text));
        ui.label(Type::SMALL.rich(text).color(colors.danger_text));
    });
}

/// Draws something that is wrong with an article. A click shows it in the source.
pub fn problem_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, problem: &Problem) {
    let colors = palette(ui);
    let (icon, ink) = match problem.severity {
        Severity::Notice => (icons::INFO, colors.muted),
        Severity::Warning => (icons::WARNING, colors.warning_text),
        Severity::Error => (icons::ERROR, colors.danger_text),
    };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(Type::ICON_TINY.rich(icon).color(ink));
        // A message of several lines stays right of its sign.
        ui.vertical(|ui| {
            let text = format!("{}. {}", problem.message.trim_end_matches('.'), problem.help);
            let text = Type::SMALL.rich(text).color(ink);
            let Some(place) = problem.place else {
                ui.add(Label::new(text).wrap());
                return;
            };
            let tip = format!("Line {}, column {}: show it in the source", place.line, place.column);
            if link_ui(ui, text).on_hover_text(tip).clicked() {
                frame.send(Command::ShowSource { article, place });
            }
        });
    });
}

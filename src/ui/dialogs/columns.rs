//! The column chooser: what is shown, and in which order.
//!
//! Invariant: what a drag does the arrows and Alt+↑↓ do too; any path can become a column, in the schema or not.

use egui::{Id, Key, Modifiers, ScrollArea, Sense, Ui};

use super::{buttons_ui, title_ui};
use crate::catalog::{ColumnKey, Computed};
use crate::desk::{ColumnSetting, Command};
use crate::document::FieldPath;
use crate::site::Schema;
use crate::text::fold;
use crate::ui::frame::Frame;
use crate::ui::table::column_label;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_ui, button_with_icon_ui, icon_button_ui};
use crate::ui::widgets::field::{Field, search_ui};
use crate::ui::widgets::heading::heading_ui;
use crate::ui::widgets::line_ui;
use crate::ui::widgets::switch::switch_ui;

/// A row of the list.
const ROW: f32 = 30.0;
/// What stands above and below the list.
const AROUND: f32 = 190.0;

/// What is done to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Switch,
    Up,
    Down,
}

/// Draws the chooser; `typed` is what the hidden ones are searched by, which has the keyboard at `first`.
pub fn columns_ui(ui: &mut Ui, frame: &mut Frame<'_>, typed: &mut String, first: bool) {
    let Some(schema) = frame.desk.shown_schema() else { return };
    title_ui(ui, "Columns");
    let before = frame.desk.columns();
    let (mut shown, mut hidden): (Vec<_>, Vec<_>) = before.iter().cloned().partition(|setting| setting.shown);
    let height = (ui.ctx().content_rect().height() - AROUND).clamp(120.0, 560.0);
    search_ui(
        ui,
        typed,
        first,
        Field { placeholder: "search, or type any path: related.title", ..Field::line("Search columns") },
    );
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        heading_ui(ui, "Shown, from the left");
        shown_ui(ui, &schema, &mut shown);
        ui.add_space(8.0);
        heading_ui(ui, "Hidden");
        hidden_ui(ui, &schema, typed.trim(), &mut shown, &mut hidden);
    });
    let mut after = shown;
    hidden.extend(after.extract_if(.., |setting| !setting.shown));
    after.extend(hidden);
    if after != before {
        frame.send(Command::Columns(after));
    }
    buttons_ui(ui, |ui| {
        if button_ui(ui, "Done", Weight::Main).clicked() {
            frame.send(Command::CloseOverlay);
        }
        if button_ui(ui, "The usual ones", Weight::Plain).clicked() {
            frame.send(Command::UsualColumns);
        }
    });
}

/// Draws the columns that are shown: they are dragged, or moved by keys, into their order.
fn shown_ui(ui: &mut Ui, schema: &Schema, shown: &mut [ColumnSetting]) {
    let count = shown.len();
    let mut change = None;
    let time = ui.style().animation_time;
    let list = egui_dnd::dnd(ui, Id::unique("columns")).with_animation_time(time);
    let dragged = list.show(shown.iter().map(|it| &it.key), |ui, _, handle, state| {
        let at = state.index;
        let made = row_ui(ui, schema, &shown[at], Some((at, count)), |ui| {
            handle.ui(ui, |ui| {
                let color = palette(ui).muted;
                ui.add(egui::Label::new(Type::ICON_SMALL.rich(icons::DRAG).color(color)).sense(Sense::hover()));
            });
        });
        change = change.or(made.map(|made| (at, made)));
    });
    if let Some(update) = dragged.final_update() {
        egui_dnd::utils::shift_vec(update.from, update.to, shown);
    }
    match change {
        Some((at, Change::Switch)) => shown[at].shown = false,
        Some((at, Change::Up)) if at > 0 => shown.swap(at, at - 1),
        Some((at, Change::Down)) if at + 1 < count => shown.swap(at, at + 1),
        _ => {}
    }
}

/// Draws what is not shown and fits what was typed, and a way to show a path that nobody knows.
fn hidden_ui(
    ui: &mut Ui,
    schema: &Schema,
    typed: &str,
    shown: &mut Vec<ColumnSetting>,
    hidden: &mut Vec<ColumnSetting>,
) {
    let wanted = fold(typed);
    let fits = |key: &ColumnKey| fold(&name(schema, key)).contains(&wanted) || fold(&key.to_string()).contains(&wanted);
    let mut chosen = None;
    let mut some = false;
    for (at, setting) in hidden.iter().enumerate().filter(|(_, setting)| fits(&setting.key)) {
        some = true;
        if ui.push_id(at, |ui| row_ui(ui, schema, setting, None, |ui| ui.add_space(20.0))).inner.is_some() {
            chosen = Some(at);
        }
    }
    if let Some(at) = chosen {
        shown.push(ColumnSetting { shown: true, ..hidden.remove(at) });
    }
    let path = ColumnKey::Field(FieldPath::parse(typed));
    let is_known = shown.iter().chain(hidden.iter()).any(|setting| setting.key == path);
    if !typed.is_empty() && !typed.contains(char::is_whitespace) && !is_known {
        ui.add_space(4.0);
        if button_with_icon_ui(ui, Some(icons::ADD), &format!("Show the path {typed}"), None, Weight::Plain).clicked() {
            shown.push(ColumnSetting { key: path, width: None, shown: true });
        }
    } else if !some {
        ui.label(Type::BODY.rich("All columns are shown").color(palette(ui).muted));
    }
}

/// Draws a column with its switch, and where it is shown, with what moves it.
fn row_ui(
    ui: &mut Ui,
    schema: &Schema,
    setting: &ColumnSetting,
    place: Option<(usize, usize)>,
    handle: impl FnOnce(&mut Ui),
) -> Option<Change> {
    let colors = palette(ui);
    let name = name(schema, &setting.key);
    let mut change = None;
    line_ui(ui, ROW, |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        handle(ui);
        let switch = switch_ui(ui, setting.shown, &format!("Show {name}"));
        if switch.clicked() {
            change = Some(Change::Switch);
        }
        if place.is_some() && switch.has_focus() {
            change = change.or(moved_by_key(ui));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_space(size::PANE);
            if let Some((at, count)) = place {
                for (icon, way, made, can) in [
                    (icons::ARROW_DOWN, "right", Change::Down, at + 1 < count),
                    (icons::ARROW_UP, "left", Change::Up, at > 0),
                ] {
                    let text = format!("{name} to the {way}");
                    let button = ui.add_enabled_ui(can, |ui| icon_button_ui(ui, icon, &text, None)).inner;
                    if button.clicked() {
                        change = Some(made);
                    }
                }
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                ui.label(Type::BODY.rich(&name).color(if setting.shown { colors.text } else { colors.muted }));
                let path = setting.key.to_string();
                if fold(&path) != fold(&name) {
                    ui.add(egui::Label::new(Type::SMALL.rich(path).color(colors.muted)).truncate());
                }
            });
        });
    });
    change
}

/// Alt with an arrow moves the column whose switch has the keyboard.
fn moved_by_key(ui: &Ui) -> Option<Change> {
    ui.input_mut(|input| {
        let up = input.consume_key(Modifiers::ALT, Key::ArrowUp).then_some(Change::Up);
        up.or_else(|| input.consume_key(Modifiers::ALT, Key::ArrowDown).then_some(Change::Down))
    })
}

/// What a column is called; those that need no words in the header have some here.
fn name(schema: &Schema, key: &ColumnKey) -> String {
    match key {
        ColumnKey::Computed(Computed::State) => "State".to_owned(),
        ColumnKey::Computed(Computed::RelatedCount) => "Related".to_owned(),
        key => column_label(schema, key),
    }
}

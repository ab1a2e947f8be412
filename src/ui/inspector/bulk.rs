//! The form of several articles: each field is kept, set or cleared in all of them, lists gain and lose items.
//!
//! Invariant: nothing is changed while it is typed; every button says how many files it touches.

use egui::{Align, Layout, Ui, vec2};

use super::common::{Common, CommonState};
use super::fields::message_ui;
use super::scores;
use crate::article::Intent;
use crate::desk::toast::{articles, grouped};
use crate::desk::{Command, Edit, Targets};
use crate::document::{FieldPath, Value};
use crate::site::{Field as SchemaField, Kind};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{ICON_SIDE, Weight, button_ui, icon_button_ui, width_of};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::line_ui;

/// What the form of several remembers between frames.
#[derive(Default)]
pub struct BulkState {
    common: CommonState,
}

/// Draws the form of the selection.
pub fn bulk_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut BulkState) {
    let colors = palette(ui);
    let count = frame.desk.target_count();
    ui.label(Type::HEADLINE.rich(format!("{} selected", articles(count))).color(colors.text));
    let help = "A change here is made in all of them, and is one step to undo. What is left empty is kept.";
    ui.add(egui::Label::new(Type::SMALL.rich(help).color(colors.muted)).wrap());
    ui.add_space(8.0);
    let (Some(first), Some(catalog)) = (frame.desk.cursor(), frame.desk.catalog()) else { return };
    let schema = frame.desk.schema_of(first);
    state.common.follow(frame);
    let cards = [&schema.quality, &schema.heat, &schema.live].into_iter().flatten();
    let in_all: Vec<(FieldPath, Common)> = cards.map(|path| (path.clone(), state.common.of(catalog, path))).collect();
    let scored = scores::Scored {
        article: first,
        schema: &schema,
        targets: &Targets::Selection,
        problems: &[],
        in_all: &in_all,
    };
    scores::scores_ui(ui, frame, scored);
    ui.add_space(8.0);
    for field in schema.top_fields() {
        if is_bulk(field.kind) && schema.score(&field.path).is_none() && schema.live.as_ref() != Some(&field.path) {
            let common = state.common.of(catalog, &field.path);
            ui.push_id(&field.path, |ui| field_ui(ui, frame, field, &common, count));
            ui.add_space(6.0);
        }
    }
}

fn is_bulk(kind: Kind) -> bool {
    !matches!(kind, Kind::Opaque | Kind::Embed | Kind::Entry | Kind::Entries | Kind::Images | Kind::Markdown)
}

fn field_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &SchemaField, common: &Common, count: usize) {
    let colors = palette(ui);
    ui.label(Type::SMALL.rich(&field.label).color(colors.muted));
    let n = grouped(count);
    if field.kind == Kind::YesNo {
        return yes_no_ui(ui, frame, field, common, &n);
    }
    let id = ui.make_persistent_id("typed");
    let mut typed: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let placeholder = match common {
        Common::Same { text, .. } => text.clone(),
        Common::Mixed(_) if common.words() == "mixed" => "mixed: keep".to_owned(),
        Common::Mixed(_) => format!("mixed, {}: keep", common.words()),
        Common::Unknown => "keep".to_owned(),
    };
    let is_list = field.kind == Kind::Tags;
    let value = field.parse(&typed, None);
    let wrong = !is_list && !typed.trim().is_empty() && value.is_err();
    let (item, verb) =
        (Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty()), if is_list { "Add" } else { "Set" });
    line_ui(ui, size::CONTROL, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let main = format!("{verb} in {n}");
        let width = (ui.available_width() - width_of(ui, &main, 0, Weight::Plain) - ICON_SIDE - 8.0).max(80.0);
        ui.allocate_ui(vec2(width, size::CONTROL), |ui| {
            edit_ui(ui, id, &mut typed, Field { placeholder: &placeholder, wrong, ..Field::line(&field.label) });
        });
        if is_list {
            list_buttons_ui(ui, frame, field, item.as_deref(), (&main, &n));
        } else {
            let value = value.as_ref().ok().filter(|_| item.is_some());
            scalar_buttons_ui(ui, frame, field, value, (&main, &n));
        }
    });
    if let (true, Err(error)) = (wrong, &value) {
        message_ui(ui, &error.to_string());
    }
    ui.data_mut(|data| data.insert_temp(id, typed));
}

/// Two buttons and the way out: typing “yes” would be a riddle.
fn yes_no_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &SchemaField, common: &Common, n: &str) {
    line_ui(ui, size::CONTROL, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (yes, word) in [(true, "Yes"), (false, "No")] {
            let text = format!("{word} in {n}");
            let response = button_ui(ui, &text, Weight::Plain);
            response.ctx.accesskit_node_builder(response.id, |node| node.set_label(format!("{}: {text}", field.label)));
            if response.clicked() {
                let label = format!("{} {}", field.label.to_lowercase(), word.to_lowercase());
                send(frame, label, Intent::Set(field.path.clone(), Value::Bool(yes)));
            }
        }
        ui.label(Type::SMALL.rich(common.words()).color(palette(ui).muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| clear_ui(ui, frame, field, n));
    });
}

fn list_buttons_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    field: &SchemaField,
    item: Option<&str>,
    (add, n): (&str, &str),
) {
    let label = field.label.to_lowercase();
    let (value, text) = (Value::text(item.unwrap_or_default()), item.unwrap_or_default());
    if enabled_ui(ui, item.is_some(), add) {
        let intent = Intent::AddItem { field: field.path.clone(), value: value.clone() };
        send(frame, format!("{label} +{text}"), intent);
    }
    ui.add_enabled_ui(item.is_some(), |ui| {
        let name = format!("Remove from {} in {n}", field.label);
        if icon_button_ui(ui, icons::REMOVE, &name, None).clicked() {
            send(frame, format!("{label} −{text}"), Intent::RemoveItem { field: field.path.clone(), value });
        }
    });
}

fn scalar_buttons_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    field: &SchemaField,
    value: Option<&Value>,
    (set, n): (&str, &str),
) {
    if enabled_ui(ui, value.is_some(), set)
        && let Some(value) = value
    {
        send(frame, field.label.to_lowercase(), Intent::Set(field.path.clone(), value.clone()));
    }
    clear_ui(ui, frame, field, n);
}

fn clear_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &SchemaField, n: &str) {
    if icon_button_ui(ui, icons::CLOSE, &format!("Clear {} in {n}", field.label), None).clicked() {
        send(frame, format!("{} cleared", field.label.to_lowercase()), Intent::Clear(field.path.clone()));
    }
}

fn enabled_ui(ui: &mut Ui, enabled: bool, text: &str) -> bool {
    ui.add_enabled_ui(enabled, |ui| button_ui(ui, text, Weight::Plain)).inner.clicked()
}

fn send(frame: &mut Frame<'_>, label: String, intent: Intent) {
    frame.send(Command::Edit(Edit::of_selection(label, vec![intent])));
}

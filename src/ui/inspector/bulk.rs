//! The form of several articles: each field is kept, set or cleared in all of them, lists gain and lose items.
//!
//! Invariant: nothing is changed while it is typed; every button says how many files it touches.

use egui::{Ui, vec2};

use super::scores;
use crate::article::Intent;
use crate::catalog::{Cell, ColumnKey};
use crate::desk::toast::{articles, grouped};
use crate::desk::{Command, Edit, Targets};
use crate::document::Value;
use crate::site::{Field as SchemaField, Kind};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_ui, icon_button_ui};
use crate::ui::widgets::field::{Field, edit_ui};

/// More selected articles than these are not looked through for what they have in common.
const COMPARED: usize = 2_000;

/// Draws the form of the selection.
pub fn bulk_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let colors = palette(ui);
    let count = frame.desk.target_count();
    ui.label(Type::HEADLINE.rich(format!("{} selected", articles(count))).color(colors.text));
    ui.label(Type::SMALL.rich("A change here is made in all of them, and is one step to undo.").color(colors.muted));
    ui.add_space(8.0);
    let Some(first) = frame.desk.cursor() else { return };
    let schema = frame.desk.schema_of(first);
    let scored = scores::Scored { article: first, schema: &schema, targets: &Targets::Selection, problems: &[] };
    scores::scores_ui(ui, frame, scored);
    ui.add_space(8.0);
    for field in schema.top_fields() {
        if is_bulk(field.kind) && schema.score(&field.path).is_none() && schema.live.as_ref() != Some(&field.path) {
            ui.push_id(&field.path, |ui| field_ui(ui, frame, field, count));
            ui.add_space(4.0);
        }
    }
}

fn is_bulk(kind: Kind) -> bool {
    !matches!(kind, Kind::Opaque | Kind::Embed | Kind::Entry | Kind::Entries | Kind::Images | Kind::Markdown)
}

fn field_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &SchemaField, count: usize) {
    let colors = palette(ui);
    ui.label(Type::SMALL.rich(&field.label).color(colors.muted));
    let id = ui.make_persistent_id("typed");
    let mut typed: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let placeholder = common(frame, field);
    let is_list = field.kind == Kind::Tags;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let buttons = if is_list { 150.0 } else { 128.0 };
        let width = (ui.available_width() - buttons).max(80.0);
        ui.allocate_ui(vec2(width, size::CONTROL), |ui| {
            edit_ui(ui, id, &mut typed, Field { placeholder: &placeholder, ..Field::line(&field.label) });
        });
        let value = field.parse(&typed, None);
        let ready = !typed.trim().is_empty() && (is_list || value.is_ok());
        let n = grouped(count);
        if is_list {
            let item = Value::text(typed.trim());
            let label = field.label.to_lowercase();
            if enabled_ui(ui, ready, &format!("Add in {n}")) {
                send(
                    frame,
                    format!("{label} +{}", typed.trim()),
                    Intent::AddItem { field: field.path.clone(), value: item.clone() },
                );
            }
            ui.add_enabled_ui(ready, |ui| {
                if icon_button_ui(ui, icons::REMOVE, &format!("Remove in {n}"), None).clicked() {
                    send(
                        frame,
                        format!("{label} −{}", typed.trim()),
                        Intent::RemoveItem { field: field.path.clone(), value: item },
                    );
                }
            });
        } else {
            if enabled_ui(ui, ready, &format!("Set in {n}"))
                && let Ok(value) = value
            {
                send(frame, field.label.to_lowercase(), Intent::Set(field.path.clone(), value));
            }
            if icon_button_ui(ui, icons::CLOSE, &format!("Clear {} in {n}", field.label), None).clicked() {
                send(frame, format!("{} cleared", field.label.to_lowercase()), Intent::Clear(field.path.clone()));
            }
        }
    });
    ui.data_mut(|data| data.insert_temp(id, typed));
}

fn enabled_ui(ui: &mut Ui, enabled: bool, text: &str) -> bool {
    ui.add_enabled_ui(enabled, |ui| button_ui(ui, text, Weight::Plain)).inner.clicked()
}

fn send(frame: &mut Frame<'_>, label: String, intent: Intent) {
    frame.send(Command::Edit(Edit::of_selection(label, vec![intent])));
}

/// What the selected articles have in common in a field.
fn common(frame: &Frame<'_>, field: &SchemaField) -> String {
    let (Some(catalog), Some(selection)) = (frame.desk.catalog(), frame.desk.selection()) else { return String::new() };
    let key = ColumnKey::Field(field.path.clone());
    if selection.len() > COMPARED {
        return "keep".to_owned();
    }
    let mut cells = selection.iter().map(|article| catalog.cell(article, &key));
    let Some(first) = cells.next() else { return String::new() };
    if cells.any(|cell| cell != first) {
        return "mixed: keep".to_owned();
    }
    match first {
        Cell::Missing => "absent in all".to_owned(),
        Cell::Null => "null in all".to_owned(),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Date { text, .. } | Cell::Text(text) => text.chars().take(60).collect(),
        Cell::List(items) => items.join(", "),
        Cell::Entries(_) | Cell::Opaque(_) => String::new(),
    }
}

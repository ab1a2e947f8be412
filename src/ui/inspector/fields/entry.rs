//! A map, or a list of maps: their fields, indented.
//!
//! Invariant: entries are closed until they are opened, so a long list costs what is seen of it.

use egui::{CollapsingHeader, Rect, Ui, pos2};

use super::{FieldRef, field_ui, label_ui};
use crate::article::Intent;
use crate::document::Value;
use crate::site::Kind;
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::at_ui;
use crate::ui::widgets::button::{Weight, button_with_icon_ui, icon_button_ui};
use crate::ui::widgets::focus_ring;

/// Deeper than this, a value is shown by its size.
const DEEPEST: usize = 6;

/// Draws an entry, or a list of entries.
pub fn entry_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) {
    match field.value {
        Some(Value::List(items)) => list_ui(ui, frame, field, items),
        Some(Value::Map(map)) => {
            let named = Kind::Entry.show(&Value::Map(map.clone()));
            let name = if named.is_empty() { show::fields(map.len()) } else { named };
            let header = CollapsingHeader::new(Type::BODY.rich(name).color(palette(ui).text)).id_salt("entry");
            let shown = header.show(ui, |ui| nested_ui(ui, frame, field));
            focus_ring(ui, &shown.header_response, size::ROUND_SMALL);
        }
        Some(_) => {
            super::text::text_ui(ui, frame, field, 1);
        }
        None if field.kind == Kind::Entries => list_ui(ui, frame, field, &[]),
        None => {}
    }
}

fn list_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, items: &[Value]) {
    for (at, item) in items.iter().enumerate() {
        let name = title(item).unwrap_or_else(|| format!("Entry {}", at + 1));
        let header = CollapsingHeader::new(Type::BODY.rich(name).color(palette(ui).text)).id_salt(at);
        let one = FieldRef {
            pointer: field.pointer.child(at),
            value: Some(item),
            label: format!("{} {}", field.label, at + 1),
            ..field.clone()
        };
        let shown = header.show(ui, |ui| nested_ui(ui, frame, &one));
        focus_ring(ui, &shown.header_response, size::ROUND_SMALL);
        let head = shown.header_response.rect;
        let place = Rect::from_min_max(
            pos2(ui.max_rect().right() - 84.0, head.top()),
            pos2(ui.max_rect().right(), head.bottom()),
        );
        at_ui(ui, place, |ui| place_ui(ui, frame, &one, (at, items.len())));
    }
    let name = format!("Add to {}", field.label);
    if button_with_icon_ui(ui, Some(icons::ADD), &name, None, Weight::Bare).clicked() {
        let intent = Intent::Insert { at: field.pointer.child(items.len()), value: blank(frame, field, items) };
        field.step(frame, &format!("{} +1", field.label.to_lowercase()), intent);
    }
}

/// Buttons that move an entry up and down, and take it out.
fn place_ui(ui: &mut Ui, frame: &mut Frame<'_>, one: &FieldRef<'_>, (at, count): (usize, usize)) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let label = one.label.to_lowercase();
    let mut button = |ui: &mut Ui, enabled: bool, icon, name: &str, intent: Intent| {
        ui.add_enabled_ui(enabled, |ui| {
            if icon_button_ui(ui, icon, &format!("{name} {}", one.label), None).clicked() {
                one.step(frame, &format!("{label} {}", name.to_lowercase()), intent);
            }
        });
    };
    let moved = |to: usize| Intent::MoveItem { from: one.pointer.clone(), to };
    button(ui, at > 0, icons::ARROW_UP, "Move up", moved(at.saturating_sub(1)));
    button(ui, at + 1 < count, icons::ARROW_DOWN, "Move down", moved(at + 1));
    button(ui, true, icons::CLOSE, "Remove", Intent::RemoveAt(one.pointer.clone()));
}

/// A new item of a list: as its neighbours are, with what names them.
fn blank(frame: &Frame<'_>, field: &FieldRef<'_>, items: &[Value]) -> Value {
    if items.last().is_some_and(|item| !item.is_collection()) {
        return Value::text("");
    }
    let schema = frame.desk.schema_of(field.article);
    let first = schema.children(&field.path).next().map(|known| (known.path.last().to_owned(), known.kind.blank()));
    Value::Map([first.unwrap_or_else(|| ("title".to_owned(), Value::text("")))].into_iter().collect())
}

/// Draws the fields of a map.
pub fn nested_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) {
    let Some(map) = field.value.and_then(Value::as_map) else {
        return entry_ui(ui, frame, field);
    };
    if field.pointer.parts().len() > DEEPEST {
        return label_ui(ui, &show::fields(map.len()));
    }
    let schema = frame.desk.schema_of(field.article);
    for (key, value) in map.iter() {
        let path = field.path.child(key);
        let label = schema.field(&path).map_or_else(|| crate::site::label::words(key), |known| known.label.clone());
        let child = FieldRef {
            article: field.article,
            pointer: field.pointer.child(key),
            kind: schema.kind_of(&path, Some(value)),
            path,
            label,
            value: Some(value),
            changed: false,
            problems: field.problems,
        };
        field_ui(ui, frame, &child, 1);
        ui.add_space(2.0);
    }
}

fn title(item: &Value) -> Option<String> {
    let map = item.as_map()?;
    ["title", "name", "label", "url"].iter().find_map(|key| map.get(key)?.as_str()).map(str::to_owned)
}

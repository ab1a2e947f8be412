//! A map, or a list of maps: their fields, indented.
//!
//! Invariant: entries are closed until they are opened, so a long list costs what is seen of it.

use egui::{CollapsingHeader, Ui};

use super::{FieldRef, field_ui, label_ui};
use crate::document::Value;
use crate::site::Kind;
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::theme::{Type, palette};

/// Deeper than this, a value is shown by its size.
const DEEPEST: usize = 6;

/// Draws an entry, or a list of entries.
pub fn entry_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) {
    match field.value {
        Some(Value::List(items)) => {
            for (at, item) in items.iter().enumerate() {
                let name = title(item).unwrap_or_else(|| format!("Entry {}", at + 1));
                let header = CollapsingHeader::new(Type::BODY.rich(name).color(palette(ui).text)).id_salt(at);
                header.show(ui, |ui| {
                    let one = FieldRef {
                        pointer: field.pointer.child(at),
                        value: Some(item),
                        label: format!("{} {}", field.label, at + 1),
                        ..field.clone()
                    };
                    nested_ui(ui, frame, &one);
                });
            }
        }
        Some(Value::Map(map)) => {
            let named = Kind::Entry.show(&Value::Map(map.clone()));
            let name = if named.is_empty() { show::fields(map.len()) } else { named };
            let header = CollapsingHeader::new(Type::BODY.rich(name).color(palette(ui).text)).id_salt("entry");
            header.show(ui, |ui| nested_ui(ui, frame, field));
        }
        Some(_) => {
            super::text::text_ui(ui, frame, field, 1);
        }
        None => {}
    }
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

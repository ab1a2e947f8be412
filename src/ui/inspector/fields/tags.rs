//! A list of tags, with the site's vocabulary.
//!
//! Invariant: a term brings those above it, children first; what is there already is not added again.

use egui::Ui;

use super::FieldRef;
use crate::article::Intent;
use crate::document::Value;
use crate::site::{Kind, Site};
use crate::ui::frame::Frame;
use crate::ui::widgets::tags::{TagChange, tags_ui};

/// How many terms are offered at once.
const OFFERED: usize = 8;

/// Draws a field of tags.
pub fn tags_field_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) {
    let items = match field.value {
        Some(Value::List(items)) => items.as_slice(),
        Some(alone @ Value::Text(text)) if !text.is_empty() => std::slice::from_ref(alone),
        _ => &[],
    };
    let shown: Vec<String> = items.iter().map(|item| Kind::Text.show(item)).collect();
    let tags: Vec<&str> = shown.iter().map(String::as_str).collect();
    let site = frame.desk.site();
    let offers = |typed: &str| -> Vec<String> {
        let Some(site) = site else { return Vec::new() };
        let known = site.vocabulary.complete(&field.path, typed, OFFERED + tags.len());
        known
            .into_iter()
            .map(|term| term.name.clone())
            .filter(|name| !tags.contains(&name.as_str()))
            .take(OFFERED)
            .collect()
    };
    let Some(change) = tags_ui(ui, &field.label, &tags, &offers) else { return };
    let label = field.label.to_lowercase();
    match change {
        TagChange::Add(name) => {
            field.send(frame, &format!("{label} +{name}"), vec![add(field, site, &name, items.len())]);
        }
        TagChange::Remove(at) => {
            let is_list = matches!(field.value, Some(Value::List(_)));
            let intent = match items.get(at) {
                Some(_) if is_list => Intent::RemoveAt(field.pointer.child(at)),
                _ => field.intent(None),
            };
            field.send(frame, &format!("{label} −{}", shown.get(at).map_or("", String::as_str)), vec![intent]);
        }
    }
}

/// What adds a tag. Within an entry the list is named by its place, for there may be many entries.
fn add(field: &FieldRef<'_>, site: Option<&Site>, name: &str, count: usize) -> Intent {
    let is_nested = field.pointer.parts().len() > field.path.parts().len();
    match site {
        _ if is_nested && !matches!(field.value, Some(Value::List(_))) => {
            Intent::SetAt(field.pointer.clone(), Value::List(vec![Value::text(name)]))
        }
        _ if is_nested => Intent::Insert { at: field.pointer.child(count), value: Value::text(name) },
        Some(site) => Intent::add_term(field.path.clone(), name, &site.vocabulary),
        None => Intent::AddItem { field: field.path.clone(), value: Value::text(name) },
    }
}

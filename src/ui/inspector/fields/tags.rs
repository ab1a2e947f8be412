//! A list of tags, with the site's vocabulary.
//!
//! Invariant: a term brings those above it, children first; what is there already is not added again.

use egui::Ui;

use super::FieldRef;
use crate::article::Intent;
use crate::document::Value;
use crate::ui::frame::Frame;
use crate::ui::widgets::tags::{TagChange, tags_ui};

/// How many terms are offered at once.
const OFFERED: usize = 8;

/// Draws a field of tags.
pub fn tags_field_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) {
    let tags: Vec<&str> = match field.value {
        Some(Value::List(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(value) => value.as_str().into_iter().collect(),
        None => Vec::new(),
    };
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
            let intent = match site {
                Some(site) => Intent::add_term(field.path.clone(), &name, &site.vocabulary),
                None => Intent::AddItem { field: field.path.clone(), value: Value::text(name.clone()) },
            };
            field.send(frame, &format!("{label} +{name}"), vec![intent]);
        }
        TagChange::Remove(at) => {
            let intent = Intent::RemoveItem { field: field.path.clone(), value: Value::text(tags[at]) };
            field.send(frame, &format!("{label} −{}", tags[at]), vec![intent]);
        }
    }
}

//! The line below a list of pictures that adds one: an address, or a picture file of the site that is found by its name.
//!
//! Invariant: a new picture is written as its neighbours are: a map or an address alone, with the site's address before it or not,
//! with a size where they have one and it is known.

use egui::{Label, Ui};

use super::FieldRef;
use crate::article::Intent;
use crate::document::{Map, Value};
use crate::file::SitePath;
use crate::site::kind::images::{address, address_key, declared_size};
use crate::site::links::address_of;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::thumbnail::paint_thumbnail;

/// Files that are offered for what was typed.
const OFFERED: usize = 6;

/// Endings of picture files.
const ENDINGS: [&str; 9] = ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "ico"];

/// Draws the line, and what it offers.
pub fn add_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, pictures: &[Value], article: &SitePath) {
    let id = ui.make_persistent_id(("add picture", field.article.0));
    let open: bool = ui.data(|data| data.get_temp(id)).unwrap_or(false);
    if !open {
        if button_with_icon_ui(ui, Some(icons::ADD_PHOTO), "Add a picture", None, Weight::Bare).clicked() {
            ui.data_mut(|data| data.insert_temp(id, true));
        }
        return;
    }
    let text_id = id.with("text");
    let mut text: String = ui.data(|data| data.get_temp(text_id)).unwrap_or_default();
    let look = Field { placeholder: "address, or a file’s name", ..Field::line("Address or file of a new picture") };
    let answer = edit_ui(ui, text_id.with("field"), &mut text, look).response.response;
    let first = text.is_empty() && !ui.data(|data| data.get_temp(id.with("asked")).unwrap_or(false));
    if first {
        answer.request_focus();
        ui.data_mut(|data| data.insert_temp(id.with("asked"), true));
    }
    let wanted = text.trim().to_owned();
    let mut chosen = None;
    if answer.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) && !wanted.is_empty() {
        chosen = Some(
            found(frame, &wanted)
                .first()
                .filter(|_| !is_address(&wanted))
                .map_or(wanted.clone(), |file| written(frame, pictures, file)),
        );
    }
    if !is_address(&wanted) {
        chosen = offers_ui(ui, frame, &found(frame, &wanted), article, pictures).or(chosen);
    }
    let done = chosen.is_some() || (answer.lost_focus() && wanted.is_empty());
    if let Some(address) = chosen {
        add(frame, field, pictures, article, &address);
        text.clear();
    }
    ui.data_mut(|data| {
        data.insert_temp(text_id, text);
        if done {
            data.remove::<bool>(id);
            data.remove::<bool>(id.with("asked"));
        }
    });
}

fn is_address(text: &str) -> bool {
    text.contains("//") || text.starts_with('/') || text.starts_with("data:")
}

/// Picture files of the site whose path has all these words.
fn found(frame: &Frame<'_>, typed: &str) -> Vec<SitePath> {
    let Some(site) = frame.desk.site().filter(|_| !typed.is_empty()) else { return Vec::new() };
    let words: Vec<String> = typed.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let is_picture = |path: &SitePath| {
        path.name().rsplit_once('.').is_some_and(|(_, end)| ENDINGS.iter().any(|own| own.eq_ignore_ascii_case(end)))
    };
    let fits = |path: &&SitePath| {
        let small = path.as_str().to_lowercase();
        words.iter().all(|word| small.contains(word)) && is_picture(path)
    };
    site.files.iter().filter(fits).take(OFFERED).cloned().collect()
}

fn offers_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    files: &[SitePath],
    article: &SitePath,
    pictures: &[Value],
) -> Option<String> {
    let mut chosen = None;
    for file in files {
        let address = written(frame, pictures, file);
        let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 32.0), egui::Sense::click());
        let name = format!("Add {file}");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &name));
        let colors = palette(ui);
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, f32::from(size::ROUND_SMALL), colors.chip);
        }
        let place = egui::Rect::from_min_size(rect.min + egui::vec2(4.0, 4.0), egui::vec2(34.0, 24.0));
        let thumbnail = frame.thumbnail(ui, &address, article, place.size());
        paint_thumbnail(ui.painter(), colors, place, thumbnail);
        let text = egui::Rect::from_min_max(place.right_top() + egui::vec2(8.0, 0.0), rect.max - egui::vec2(4.0, 4.0));
        ui.put(text, Label::new(Type::SMALL.rich(file.as_str()).color(colors.text)).truncate().selectable(false));
        if response.clicked() {
            chosen = Some(address);
        }
    }
    chosen
}

/// A file as its neighbours write theirs: with the site's own address before it, or from the site's root.
fn written(frame: &Frame<'_>, pictures: &[Value], file: &SitePath) -> String {
    let Some(site) = frame.desk.site() else { return String::new() };
    let root = site.config.root_address();
    let absolute = root.is_some_and(|root| pictures.iter().filter_map(address).any(|own| own.starts_with(&root)));
    address_of(&site.config, file, absolute)
}

fn add(frame: &mut Frame<'_>, field: &FieldRef<'_>, pictures: &[Value], article: &SitePath, new: &str) {
    let neighbour = pictures.first();
    let value = if neighbour.is_some_and(|item| item.as_str().is_some()) {
        Value::text(new)
    } else {
        let mut map = Map::new();
        let key = neighbour.and_then(Value::as_map).and_then(address_key).unwrap_or("url");
        map.push(key, Value::text(new));
        let known = frame.desk.picture_index().and_then(|index| index.size(article, new));
        if let Some((width, height)) = known.filter(|_| neighbour.is_some_and(|item| declared_size(item).is_some())) {
            map.push("width", Value::from(i64::from(width)));
            map.push("height", Value::from(i64::from(height)));
        }
        Value::Map(map)
    };
    let intent = if matches!(field.value, Some(Value::List(_))) {
        Intent::Insert { at: field.pointer.child(pictures.len()), value }
    } else {
        Intent::Set(field.path.clone(), Value::List(vec![value]))
    };
    field.send(frame, "picture added", vec![intent]);
}

//! A list of pictures: small ones in a row, each with its address and its place.
//!
//! Invariant: the list keeps the form that its entries have; a new one is written as its neighbours are.

use egui::{CornerRadius, Frame, Margin, Sense, Ui};

use super::super::lead_picture::declared;
use super::FieldRef;
use crate::article::Intent;
use crate::document::{Map, Value};
use crate::ui::frame::Frame as PaneFrame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_with_icon_ui, icon_button_ui};
use crate::ui::widgets::field::{Field, field_ui};
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};

/// Draws the list.
pub fn images_ui(ui: &mut Ui, frame: &mut PaneFrame<'_>, field: &FieldRef<'_>) {
    let pictures = declared(field.value);
    let is_list = matches!(field.value, Some(Value::List(_)) | None);
    for (at, picture) in pictures.iter().enumerate() {
        let colors = palette(ui);
        let card = Frame::new()
            .fill(colors.raised)
            .corner_radius(CornerRadius::same(size::ROUND))
            .inner_margin(Margin::same(6));
        card.show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let (rect, _) = ui.allocate_exact_size(size::THUMBNAIL_CARD, Sense::hover());
                let path = frame.desk.catalog().map(|catalog| catalog.path(field.article));
                let shown = path.map_or(Thumbnail::Failed, |path| {
                    frame.thumbnail(ui, &picture.address, &path, size::THUMBNAIL_CARD)
                });
                paint_thumbnail(ui.painter(), colors, rect, shown);
                let width = ui.available_width() - if is_list { 84.0 } else { 0.0 };
                let name = format!("Address of picture {}", at + 1);
                ui.allocate_ui(egui::vec2(width, size::CONTROL), |ui| {
                    let salt = ("picture", field.article.0, field.pointer.to_string(), at);
                    if let Some(address) =
                        field_ui(ui, salt, &picture.address, field.waits(frame), Field::line(&name)).sent
                    {
                        set_address(frame, field, at, address);
                    }
                });
                if is_list {
                    place_ui(ui, frame, field, at, pictures.len());
                }
            });
        });
    }
    if is_list && button_with_icon_ui(ui, Some(icons::ADD_PHOTO), "Add a picture", None, Weight::Bare).clicked() {
        add(frame, field);
    }
    if pictures.is_empty() {
        ui.label(Type::SMALL.rich("No pictures").color(palette(ui).muted));
    }
}

fn place_ui(ui: &mut Ui, frame: &mut PaneFrame<'_>, field: &FieldRef<'_>, at: usize, count: usize) {
    let item = |at: usize| field.pointer.child(at);
    ui.add_enabled_ui(at > 0, |ui| {
        if icon_button_ui(ui, icons::ARROW_UP, &format!("Picture {} up", at + 1), None).clicked() {
            field.send(frame, "picture moved", vec![Intent::MoveItem { from: item(at), to: at - 1 }]);
        }
    });
    ui.add_enabled_ui(at + 1 < count, |ui| {
        if icon_button_ui(ui, icons::ARROW_DOWN, &format!("Picture {} down", at + 1), None).clicked() {
            field.send(frame, "picture moved", vec![Intent::MoveItem { from: item(at), to: at + 1 }]);
        }
    });
    if icon_button_ui(ui, icons::CLOSE, &format!("Remove picture {}", at + 1), None).clicked() {
        field.send(frame, "picture removed", vec![Intent::RemoveAt(item(at))]);
    }
}

fn set_address(frame: &mut PaneFrame<'_>, field: &FieldRef<'_>, at: usize, address: String) {
    let item = match field.value {
        Some(Value::List(items)) => items.get(at).map(|item| (field.pointer.child(at), item)),
        value => value.map(|value| (field.pointer.clone(), value)),
    };
    let Some((pointer, item)) = item else { return };
    let key =
        item.as_map().and_then(|map| ["url", "src", "path", "file"].into_iter().find(|key| map.get(key).is_some()));
    let pointer = key.map_or(pointer.clone(), |key| pointer.child(key));
    field.send(frame, "picture", vec![Intent::SetAt(pointer, Value::text(address))]);
}

fn add(frame: &mut PaneFrame<'_>, field: &FieldRef<'_>) {
    let items = match field.value {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    let plain = items.first().is_some_and(|item| item.as_str().is_some());
    let value = if plain {
        Value::text("")
    } else {
        let mut map = Map::new();
        map.push("url", Value::text(""));
        Value::Map(map)
    };
    let intent = if field.value.is_none() {
        Intent::Set(field.path.clone(), Value::List(vec![value]))
    } else {
        Intent::Insert { at: field.pointer.child(items.len()), value }
    };
    field.send(frame, "picture added", vec![intent]);
}

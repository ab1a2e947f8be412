//! The line below a list of pictures that adds some: an address, a picture file of the site that is found by its name, or files
//! from anywhere, which are copied into the site.
//!
//! Invariant: a new picture is written as its neighbours are: a map or an address alone, with the site's address before it or not,
//! with a size where they have one and it is known.

use egui::{Label, Ui};

use super::FieldRef;
use crate::article::Intent;
use crate::article::intent::NewPicture;
use crate::catalog::{picture_form, picture_home};
use crate::desk::Command;
use crate::document::Value;
use crate::file::SitePath;
use crate::site::kind::images::{address, is_picture};
use crate::site::links::{Writing, address_of};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::thumbnail::paint_thumbnail;

/// Files that are offered for what was typed.
const OFFERED: usize = 6;

/// Draws the line, and what it offers.
pub fn add_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, pictures: &[Value], article: &SitePath) {
    let id = ui.make_persistent_id(("add picture", field.article.0));
    let open: Option<Writing> = ui.data(|data| data.get_temp(id));
    let Some(writing) = open else {
        ui.horizontal(|ui| {
            if button_with_icon_ui(ui, Some(icons::ADD_PHOTO), "Add a picture", None, Weight::Bare).clicked() {
                let writing = usual_writing(frame, field, pictures);
                ui.data_mut(|data| data.insert_temp(id, writing));
            }
            let from_file = button_with_icon_ui(ui, Some(icons::FOLDER_OPEN), "From a file…", None, Weight::Bare);
            if from_file.on_hover_text("Copies it into the site. A file can be dropped on the window, too").clicked() {
                frame.send(Command::PickPictures { article: field.article, at: field.pointer.clone() });
            }
        });
        return;
    };
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
                .map_or(wanted.clone(), |file| written(frame, article, file, &writing)),
        );
    }
    if !is_address(&wanted) {
        chosen = offers_ui(ui, frame, &found(frame, &wanted), article, &writing).or(chosen);
    }
    let done = chosen.is_some() || (answer.lost_focus() && wanted.is_empty());
    if let Some(address) = chosen {
        add(frame, field, article, address);
        text.clear();
    }
    ui.data_mut(|data| {
        data.insert_temp(text_id, text);
        if done {
            data.remove::<Writing>(id);
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
    let fits = |path: &&SitePath| {
        let small = path.as_str().to_lowercase();
        words.iter().all(|word| small.contains(word)) && is_picture(path.name())
    };
    site.files.iter().filter(fits).take(OFFERED).cloned().collect()
}

fn offers_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    files: &[SitePath],
    article: &SitePath,
    writing: &Writing,
) -> Option<String> {
    let mut chosen = None;
    for file in files {
        let address = written(frame, article, file, writing);
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

/// How new pictures of an article are written: as its own, else as those of its neighbours.
fn usual_writing(frame: &Frame<'_>, field: &FieldRef<'_>, pictures: &[Value]) -> Writing {
    let own: Vec<&str> = pictures.iter().filter_map(address).collect();
    let known = frame.desk.site().zip(frame.desk.catalog());
    known.map_or_else(Writing::default, |(site, catalog)| picture_home(catalog, site, field.article, &own).writing)
}

/// A file as an address.
fn written(frame: &Frame<'_>, article: &SitePath, file: &SitePath, writing: &Writing) -> String {
    let Some(site) = frame.desk.site() else { return String::new() };
    let of = |writing: &Writing| address_of(&site.config, article, file, writing);
    of(writing).or_else(|| of(&Writing::default())).unwrap_or_default()
}

fn add(frame: &mut Frame<'_>, field: &FieldRef<'_>, article: &SitePath, new: String) {
    let size = frame.desk.picture_index().and_then(|index| index.size(article, &new));
    let schema = frame.desk.schema_of(field.article);
    let usual = frame.desk.catalog().map(|catalog| picture_form(catalog, &schema, catalog.collection(field.article)));
    let pictures = vec![NewPicture { address: new, size }];
    let intent = Intent::AddPictures { at: field.pointer.clone(), pictures, usual: usual.unwrap_or_default() };
    field.send(frame, "picture added", vec![intent]);
}

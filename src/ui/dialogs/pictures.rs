//! What is wrong with the site's pictures, which are in many articles, and which nothing names.
//!
//! Invariant: every line leads to its articles by a filter that could be typed.

use egui::{Label, ScrollArea, Sense, Ui};

use super::{buttons_ui, title_ui};
use crate::article::Intent;
use crate::catalog::pictures::SharedPicture;
use crate::catalog::{ArticleId, Cell, ColumnKey, Query};
use crate::desk::command::Targets;
use crate::desk::toast::{articles, grouped};
use crate::desk::{Command, Desk, Edit};
use crate::document::FieldPath;
use crate::site::kind::images::ADDRESS_KEYS;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, palette, size};
use crate::ui::widgets::button::{Weight, button_ui};

/// Draws the dialog.
pub fn pictures_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    title_ui(ui, "Pictures");
    let desk = frame.desk;
    let Some(known) = desk.pictures() else { return };
    let smallest = desk.settings().smallest_picture;
    for (name, filter, count) in [
        ("Broken or missing".to_owned(), "is:broken-image", known.broken.len()),
        (format!("Narrower than {smallest} pixels"), "is:small-image", known.small.len()),
        ("Declared with another size".to_owned(), "is:wrong-size", known.wrong_size.len()),
    ] {
        line_ui(ui, &name, &articles(count), |ui| {
            let (correct, show) = (format!("Correct the sizes of {}", articles(count)), format!("Show {filter}"));
            if count > 0 && button_named(ui, "Show", &show) {
                frame.send(Command::Filter(filter.to_owned()));
                frame.send(Command::CloseOverlay);
            }
            if count > 0 && filter == "is:wrong-size" && button_named(ui, "Correct all", &correct) {
                correct_all(frame);
            }
        });
    }
    if known.unseen > 0 {
        note_ui(ui, &format!("{} files are being looked at", grouped(known.unseen)));
    }
    ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
        shared_ui(ui, frame, &known.shared);
        unused_ui(ui, frame);
    });
    buttons_ui(ui, |ui| {
        if button_ui(ui, "Done", Weight::Main).clicked() {
            frame.send(Command::CloseOverlay);
        }
    });
}

/// The most lines of each list; what is more is counted.
const MOST: usize = 100;

fn shared_ui(ui: &mut Ui, frame: &mut Frame<'_>, shared: &[SharedPicture]) {
    section_ui(ui, "The same in many articles");
    if shared.is_empty() {
        note_ui(ui, "No picture leads many articles");
    }
    for picture in shared.iter().take(MOST) {
        let (count, address) = (picture.articles.len(), picture.address());
        let others = match picture.written.len() {
            0 | 1 => String::new(),
            2 => " and 1 other address".to_owned(),
            many => format!(" and {} other addresses", many - 1),
        };
        line_ui(ui, &format!("{address}{others}"), &articles(count), |ui| {
            if let Some(filter) = filter_by(frame.desk, picture)
                && button_named(ui, "Show", &format!("Show the {count} articles of {address}"))
            {
                frame.send(Command::Filter(filter));
                frame.send(Command::CloseOverlay);
            }
        });
    }
    more_ui(ui, shared.len());
}

fn unused_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    section_ui(ui, "Files that nothing names");
    let Some(unused) = frame.desk.unused_pictures() else { return note_ui(ui, "Looking through the site…") };
    if unused.is_empty() {
        return note_ui(ui, "Every picture file is named by an article, a page, a style or data");
    }
    let count = grouped(unused.len());
    let files = if unused.len() == 1 { "1 file".to_owned() } else { format!("{count} files") };
    line_ui(ui, "Perhaps no longer needed", &files, |ui| {
        if button_named(ui, "Copy list", "Copy the list of files that nothing names") {
            let list: Vec<&str> = unused.iter().map(crate::file::SitePath::as_str).collect();
            frame.send(Command::CopyText(list.join("\n")));
            frame.send(Command::Tell(format!("{files} on the clipboard, a line each")));
        }
    });
    for path in unused.iter().take(MOST) {
        let text = Label::new(Type::SMALL.rich(path.as_str()).color(palette(ui).text)).truncate();
        ui.add(text).on_hover_text(path.as_str());
    }
    more_ui(ui, unused.len());
}

/// A name, a count, and what can be done, on one line.
fn line_ui(ui: &mut Ui, name: &str, count: &str, buttons: impl FnOnce(&mut Ui)) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), size::CONTROL), Sense::hover());
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect).layout(layout).id_salt(name), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        buttons(ui);
        ui.label(Type::BODY.rich(count).color(palette(ui).muted));
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.add(Label::new(Type::BODY.rich(name).color(palette(ui).text)).truncate()).on_hover_text(name);
        });
    });
}

/// A button whose accessible name says of what.
fn button_named(ui: &mut Ui, text: &str, name: &str) -> bool {
    let button = button_ui(ui, text, Weight::Plain);
    button.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
    button.clicked()
}

fn section_ui(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    ui.label(Type::STRONG.rich(text).color(palette(ui).muted));
    ui.add_space(2.0);
}

fn note_ui(ui: &mut Ui, text: &str) {
    ui.add(Label::new(Type::SMALL.rich(text).color(palette(ui).muted)).wrap());
}

fn more_ui(ui: &mut Ui, count: usize) {
    if count > MOST {
        note_ui(ui, &format!("and {} more", grouped(count - MOST)));
    }
}

fn correct_all(frame: &mut Frame<'_>) {
    let (Some(known), Some(index)) = (frame.desk.pictures(), frame.desk.picture_index()) else { return };
    let targets = Targets::These(known.wrong_size.iter().copied().collect());
    let edit = Edit::of_selection("picture sizes corrected", vec![Intent::RealSizes(index)]);
    frame.send(Command::Edit(Edit { targets, ..edit }));
}

/// So many addresses of one picture are filtered by; more make a filter that nobody reads.
const MOST_ADDRESSES: usize = 20;

/// The filter that finds the articles of a picture, by the fields that hold its addresses.
fn filter_by(desk: &Desk, picture: &SharedPicture) -> Option<String> {
    let mut filter = String::new();
    for (address, article) in picture.written.iter().take(MOST_ADDRESSES) {
        let field = field_of(desk, *article, address)?;
        filter = Query::parse(&filter).ok()?.including(&field, address);
    }
    (!filter.is_empty()).then_some(filter)
}

/// The field in which an article has an address.
fn field_of(desk: &Desk, article: ArticleId, address: &str) -> Option<FieldPath> {
    let catalog = desk.catalog()?;
    let lead = desk.schema_of(article).lead_image.clone()?;
    let mut fields = ADDRESS_KEYS.iter().map(|key| lead.child(key)).chain([lead.clone()]);
    fields.find(|field| match catalog.cell(article, &ColumnKey::Field(field.clone())) {
        Cell::Text(text) => text == address,
        Cell::List(texts) => texts.contains(&address),
        _ => false,
    })
}

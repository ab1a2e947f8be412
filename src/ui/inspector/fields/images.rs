//! The pictures of a field: each with what it is, against what the file declares; the first one leads.
//!
//! Invariant: the list keeps the form that its entries have; a page is opened only after a click.

use egui::accesskit::Role;
use egui::{CornerRadius, Label, Layout, Margin, Rect, Response, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::FieldRef;
use super::images_add::add_ui;
use crate::article::Intent;
use crate::desk::Command;
use crate::document::{Pointer, Value};
use crate::file::SitePath;
use crate::picture::{Info, Shape};
use crate::site::Target;
use crate::site::kind::images::{address, address_key, declared_size, items};
use crate::site::links::{Writing, address_of, resolve};
use crate::ui::frame::Frame;
use crate::ui::inspector::lead_picture::told;
use crate::ui::picture_places::as_thumbnail;
use crate::ui::pictures::PictureState;
use crate::ui::show;
use crate::ui::theme::{Type, icons, line, palette, size};
use crate::ui::widgets::button::{Weight, button_ui, icon_button_ui};
use crate::ui::widgets::field::{Field, field_ui};
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};

/// One picture of the list.
struct Card<'a> {
    field: &'a FieldRef<'a>,
    item: &'a Value,
    path: &'a SitePath,
    at: usize,
    count: usize,
    /// Whether it stands in a list, where it can have another place.
    is_list: bool,
}

impl Card<'_> {
    fn pointer(&self) -> Pointer {
        if self.is_list { self.field.pointer.child(self.at) } else { self.field.pointer.clone() }
    }

    fn address(&self) -> &str {
        address(self.item).unwrap_or_default()
    }

    fn number(&self) -> usize {
        self.at + 1
    }

    fn move_by(&self, frame: &mut Frame<'_>, steps: isize) {
        let to = self.at.saturating_add_signed(steps).min(self.count - 1);
        if to != self.at {
            let moved = Intent::MoveItem { from: self.pointer(), to };
            self.field.send(frame, if to == 0 { "picture leads" } else { "picture moved" }, vec![moved]);
        }
    }

    fn remove(&self, frame: &mut Frame<'_>) {
        self.field.send(frame, "picture removed", vec![Intent::RemoveAt(self.pointer())]);
    }
}

/// Draws the list.
pub fn images_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) {
    let is_list = matches!(field.value, Some(Value::List(_) | Value::Null) | None);
    let pictures = field.value.map(items).unwrap_or_default();
    let Some(path) = frame.desk.catalog().map(|catalog| catalog.path(field.article)) else { return };
    for (at, item) in pictures.iter().enumerate() {
        let card = Card { field, item, path: &path, at, count: pictures.len(), is_list };
        ui.push_id(("picture", field.article.0, at), |ui| card_ui(ui, frame, &card));
    }
    if pictures.is_empty() {
        ui.label(Type::SMALL.rich("No pictures").color(palette(ui).muted));
    }
    if is_list {
        add_ui(ui, frame, field, pictures, &path);
    }
}

fn card_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>) {
    let ground = egui::Frame::new()
        .fill(palette(ui).raised)
        .corner_radius(CornerRadius::same(size::ROUND))
        .inner_margin(Margin::same(6));
    let shown = ground.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 3.0);
            let handle = card.is_list.then(|| handle_ui(ui, card));
            let info = picture_ui(ui, frame, card);
            ui.vertical(|ui| {
                address_ui(ui, frame, card);
                facts_ui(ui, frame, card, &info);
                declared_ui(ui, frame, card, info.ok());
            });
            handle
        })
        .inner
    });
    if let Some(handle) = shown.inner {
        drag_ui(ui, frame, card, &handle, shown.response.rect);
    }
}

/// The handle by which a picture is dragged, or moved with keys, to another place.
fn handle_ui(ui: &mut Ui, card: &Card<'_>) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(14.0, size::THUMBNAIL_CARD.y), Sense::click_and_drag());
    let name = format!("Move picture {}, Alt+Up and Alt+Down", card.number());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let ink = if response.has_focus() || response.hovered() { palette(ui).text } else { palette(ui).muted_raised };
    let drag = line(ui.painter(), icons::DRAG.encode_utf8(&mut [0; 4]), Type::ICON, ink);
    ui.painter().galley(rect.center() - drag.size() / 2.0, drag, ink);
    crate::ui::widgets::focus_ring(ui, &response, size::ROUND_SMALL);
    response.on_hover_cursor(egui::CursorIcon::Grab)
}

fn drag_ui(ui: &Ui, frame: &mut Frame<'_>, card: &Card<'_>, handle: &Response, rect: Rect) {
    let height = rect.height() + ui.spacing().item_spacing.y;
    let steps = handle.interact_pointer_pos().map(|pointer| ((pointer.y - rect.center().y) / height).round());
    if handle.dragged()
        && let Some(steps) = steps.filter(|steps| *steps != 0.0)
    {
        let y = rect.center().y + steps * height + height / 2.0 * steps.signum();
        ui.painter().hline(rect.x_range(), y, Stroke::new(2.0, palette(ui).accent));
    }
    if handle.drag_stopped()
        && let Some(steps) = steps
    {
        card.move_by(frame, steps as isize);
    }
    if handle.has_focus() {
        use egui::{Key, Modifiers};
        let pressed = |modifiers: Modifiers, key: Key| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::ALT, Key::ArrowUp) {
            card.move_by(frame, -1);
        } else if pressed(Modifiers::ALT, Key::ArrowDown) {
            card.move_by(frame, 1);
        } else if pressed(Modifiers::NONE, Key::Delete) {
            card.remove(frame);
        }
    }
}

/// Draws the picture, small; gives what it is, or why that is not known.
fn picture_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>) -> Result<Info, String> {
    let place = size::THUMBNAIL_CARD;
    let (rect, response) = ui.allocate_exact_size(place, Sense::hover());
    let shape = Shape::cover(place.x, place.y, ui.pixels_per_point());
    let state = frame.picture(card.address(), card.path, shape);
    let missing = if card.address().is_empty() { Thumbnail::Missing } else { Thumbnail::Failed };
    paint_thumbnail(ui.painter(), palette(ui), rect, state.as_ref().map_or(missing, as_thumbnail));
    let why = match state {
        Some(PictureState::Ready(picture)) => return Ok(picture.info),
        Some(PictureState::Failed(failure)) => told(&failure),
        Some(PictureState::NeedsConsent) => "not loaded from the web".to_owned(),
        Some(PictureState::Loading) => String::new(),
        None if card.address().is_empty() => "no address yet".to_owned(),
        None => "its address leads nowhere".to_owned(),
    };
    if !why.is_empty() {
        response.on_hover_text(&why);
    }
    Err(why)
}

fn address_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>) {
    let name = format!("Address of picture {}", card.number());
    let salt = ("address", card.field.article.0, card.field.pointer.to_string(), card.at);
    let answer = field_ui(ui, salt, card.address(), card.field.waits(frame), Field::line(&name));
    if let Some(address) = answer.sent {
        let key = card.item.as_map().map(|map| address_key(map).unwrap_or("url"));
        let pointer = key.map_or_else(|| card.pointer(), |key| card.pointer().child(key));
        card.field.send(frame, "picture", vec![Intent::SetAt(pointer, Value::text(address))]);
    }
}

/// What the picture is, and what can be done with it.
fn facts_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>, info: &Result<Info, String>) {
    let colors = palette(ui);
    let text = info.as_ref().map_or_else(Clone::clone, facts);
    if !text.is_empty() {
        ui.add(Label::new(Type::SMALL.rich(&text).color(colors.muted_raised)).truncate()).on_hover_text(text);
    }
    let layout = Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 24.0), layout, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        buttons_ui(ui, frame, card);
        let failed = info.as_ref().is_err_and(|why| !why.is_empty()) && !card.address().is_empty();
        if failed && icon_button_ui(ui, icons::SYNC, &format!("Try picture {} again", card.number()), None).clicked() {
            frame.retry_picture(card.address(), card.path);
        }
        if card.at == 0 && card.count > 1 {
            ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
                ui.label(Type::SMALL.rich("leads").color(colors.accent_text));
            });
        }
    });
}

fn buttons_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>) {
    let number = card.number();
    if card.is_list && icon_button_ui(ui, icons::CLOSE, &format!("Remove picture {number}"), None).clicked() {
        card.remove(frame);
    }
    if card.is_list && card.count > 1 {
        ui.add_enabled_ui(card.at + 1 < card.count, |ui| {
            if icon_button_ui(ui, icons::ARROW_DOWN, &format!("Picture {number} down"), Some("Alt+Down")).clicked() {
                card.move_by(frame, 1);
            }
        });
        ui.add_enabled_ui(card.at > 0, |ui| {
            if icon_button_ui(ui, icons::ARROW_UP, &format!("Picture {number} up"), Some("Alt+Up")).clicked() {
                card.move_by(frame, -1);
            }
        });
        if card.at > 0 && icon_button_ui(ui, icons::LEAD, &format!("Let picture {number} lead"), None).clicked() {
            card.move_by(frame, -(card.at as isize));
        }
    }
    let address = card.address();
    if let Some(page) = web_address(frame, card)
        && icon_button_ui(ui, icons::OPEN_IN_NEW, &format!("Open picture {number} in the browser"), None)
            .on_hover_text(page.as_str())
            .clicked()
    {
        frame.send(Command::OpenPage(Some(page)));
    }
    if !address.is_empty()
        && icon_button_ui(ui, icons::COPY, &format!("Copy the address of picture {number}"), None).clicked()
    {
        frame.send(Command::CopyText(address.to_owned()));
        frame.send(Command::Tell("Address copied".to_owned()));
    }
}

/// Where the browser finds it: its address on the web; of a file of the site the one where it is published, where that is known.
fn web_address(frame: &Frame<'_>, card: &Card<'_>) -> Option<String> {
    let site = frame.desk.site()?;
    match resolve(&site.config, card.path, card.address()) {
        Target::Remote(url) => Some(url.into()),
        Target::Site(files) => {
            let file = files.into_iter().find(|file| site.files.contains(file))?;
            address_of(&site.config, card.path, &file, &Writing::After(site.config.root_address()?))
        }
        Target::Data(_) | Target::Broken(_) => None,
    }
}

/// What the file declares, where the picture is another one.
fn declared_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>, info: Option<Info>) {
    let Some((width, height)) = declared_size(card.item) else { return };
    let real = info.filter(|info| info.width > 0).map(|info| (info.width, info.height));
    let known = real.or_else(|| frame.desk.picture_index()?.size(card.path, card.address()));
    let Some(real) = known.filter(|real| *real != (width, height)) else { return };
    ui.horizontal(|ui| {
        let ink = palette(ui).danger_text;
        ui.label(Type::SMALL.rich(format!("The file says {width} × {height}")).color(ink));
        let button = button_ui(ui, "Fix", Weight::Plain);
        let name = format!("Correct the size of picture {} to {} × {}", card.number(), real.0, real.1);
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        if button.on_hover_text(&name).clicked() {
            let intent = Intent::ImageSize { at: card.pointer(), width: real.0, height: real.1 };
            card.field.send(frame, "picture size corrected", vec![intent]);
        }
    });
}

fn facts(info: &Info) -> String {
    let plays = if info.animated { " · animated" } else { "" };
    format!("{} × {} · {} · {}{plays}", info.width, info.height, info.format, show::bytes(info.bytes))
}

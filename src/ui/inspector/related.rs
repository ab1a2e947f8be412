//! The related entries of a story, as cards: closed, they say who tells it; opened, they are edited in place.
//!
//! Invariant: a card that is closed costs a few lines of text, however many there are.

use egui::accesskit::Role;
use egui::{Align, CornerRadius, Layout, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::fields::{FieldRef, label_ui};
use super::lead_picture::declared;
use crate::article::{Intent, Problem};
use crate::catalog::ArticleId;
use crate::desk::{Command, Edit};
use crate::document::{Document, FieldPath, Map, Pointer, Value};
use crate::site::Kind;
use crate::ui::frame::Frame;
use crate::ui::menu::item_ui;
use crate::ui::theme::{Type, galley, icons, line, palette, size};
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::key::key_ui;
use crate::ui::widgets::logo::paint_logo;
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};

const HEIGHT: f32 = 48.0;

/// Draws the related entries. `focus`: the first card takes the keyboard.
pub fn related_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    (article, document, problems): (ArticleId, &Document, &[Problem]),
    path: &FieldPath,
    focus: bool,
) {
    let pointer = path.pointer();
    let items = document.get(&pointer).and_then(Value::as_list).unwrap_or_default();
    head_ui(ui, frame, article, path, items);
    ui.spacing_mut().item_spacing.y = 5.0;
    for (at, item) in items.iter().enumerate() {
        let card = Card { article, path, pointer: pointer.child(at), at, count: items.len(), item, problems };
        ui.push_id(("related", at), |ui| card_ui(ui, frame, &card, focus && at == 0));
    }
    if items.is_empty() {
        label_ui(ui, "No related entries.");
    }
    ui.spacing_mut().item_spacing.y = 4.0;
}

struct Card<'a> {
    article: ArticleId,
    path: &'a FieldPath,
    pointer: Pointer,
    at: usize,
    count: usize,
    item: &'a Value,
    problems: &'a [Problem],
}

impl Card<'_> {
    fn text(&self, key: &str) -> &str {
        self.item.as_map().and_then(|map| map.get(key)?.as_str()).unwrap_or_default()
    }

    fn provider(&self, key: &str) -> &str {
        self.item.as_map().and_then(|map| map.get("provider")?.as_map()?.get(key)?.as_str()).unwrap_or_default()
    }

    fn send(&self, frame: &mut Frame<'_>, label: &str, intent: Intent) {
        frame.send(Command::Edit(Edit::of(self.article, label, vec![intent])));
    }
}

fn head_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, path: &FieldPath, items: &[Value]) {
    let colors = palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.label(Type::SUBHEAD.rich("Related").color(colors.text));
        ui.label(Type::BODY.rich(items.len().to_string()).color(colors.muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            key_ui(ui, "R");
            if button_with_icon_ui(ui, Some(icons::ADD), "add", None, Weight::Bare)
                .on_hover_text("Add an entry")
                .clicked()
            {
                let mut map = Map::new();
                map.push("title", Value::text("New entry"));
                let value = Value::Map(map);
                let intent = if items.is_empty() {
                    Intent::Set(path.clone(), Value::List(vec![value]))
                } else {
                    Intent::Insert { at: path.pointer().child(items.len()), value }
                };
                frame.send(Command::Edit(Edit::of(article, "related entry added", vec![intent])));
            }
        });
    });
}

fn card_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>, focus: bool) {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    let title = card.text("title");
    let open_id = ui.make_persistent_id(("open", card.article.0));
    let mut open: bool = ui.data(|data| data.get_temp(open_id)).unwrap_or(false);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, format!("Related: {title}")));
    if focus {
        response.request_focus();
    }
    if ui.is_rect_visible(rect) {
        let fill = if response.hovered() { colors.chip } else { colors.raised };
        ui.painter().rect_filled(rect, CornerRadius::same(size::ROUND), fill);
        paint_card(ui, frame, card, rect);
        focus_ring(ui, &response, size::ROUND);
    }
    lead_ui(ui, frame, card, rect);
    keys_ui(ui, frame, card, &response);
    response.context_menu(|ui| menu_ui(ui, frame, card));
    if response.clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(open_id, open));
    }
    if open {
        let field = FieldRef {
            article: card.article,
            pointer: card.pointer.clone(),
            path: card.path.clone(),
            label: format!("Related {}", card.at + 1),
            kind: Kind::Entry,
            value: Some(card.item),
            changed: false,
            problems: card.problems,
        };
        egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 0, top: 2, bottom: 8 }).show(ui, |ui| {
            super::fields::nested_fields_ui(ui, frame, &field);
        });
    }
}

fn paint_card(ui: &Ui, frame: &mut Frame<'_>, card: &Card<'_>, rect: Rect) {
    let colors = palette(ui);
    let picture = Rect::from_min_size(rect.min + vec2(8.0, 6.0), size::THUMBNAIL_CARD);
    let address = card
        .item
        .as_map()
        .and_then(|map| declared(map.get("images")).into_iter().next())
        .map(|picture| picture.address);
    let path = frame.desk.catalog().map(|catalog| catalog.path(card.article));
    let thumbnail = match (address, path) {
        (Some(address), Some(path)) => frame.thumbnail(ui, &address, &path, size::THUMBNAIL_CARD),
        _ => Thumbnail::Missing,
    };
    paint_thumbnail(ui.painter(), colors, picture, thumbnail);
    let left = picture.right() + 9.0;
    let right = rect.right() - 92.0;
    let title = galley(ui.painter(), card.text("title"), Type::STRONG, colors.text, right - left);
    ui.painter().galley(pos2(left, rect.top() + 14.0 - title.size().y / 2.0), title, colors.text);
    let logo = Rect::from_min_size(pos2(left, rect.top() + 26.0), Vec2::splat(size::LOGO));
    let texture = frame.logo(ui, card.provider("name"), card.provider("domain"));
    paint_logo(ui.painter(), colors, logo, texture, card.provider("name"));
    let second = galley(ui.painter(), &second_line(card), Type::SMALL, colors.muted_raised, right - logo.right() - 5.0);
    ui.painter().galley(pos2(logo.right() + 5.0, logo.center().y - second.size().y / 2.0), second, colors.text);
}

fn second_line(card: &Card<'_>) -> String {
    let mut parts = Vec::new();
    let name = card.provider("name");
    if !name.is_empty() {
        parts.push(name.to_owned());
    }
    let date =
        ["publishedDateTime", "updatedDateTime", "date"].iter().map(|key| card.text(key)).find(|text| !text.is_empty());
    if let Some(when) = date.and_then(crate::site::kind::date::seconds)
        && let Some(when) = chrono::DateTime::from_timestamp(when, 0)
    {
        parts.push(when.format("%d %b %H:%M").to_string());
    }
    if let Some(quality) = card.item.as_map().and_then(|map| map.get("quality")?.as_f64()) {
        parts.push(format!("quality {quality}"));
    }
    parts.join("  ·  ")
}

fn lead_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>, rect: Rect) {
    let colors = palette(ui);
    let place = Rect::from_min_size(pos2(rect.right() - 88.0, rect.top() + 10.0), vec2(56.0, size::CONTROL));
    let response = ui.interact(place, ui.make_persistent_id("lead"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Make “{}” the lead", card.text("title"))));
    let ink = if response.hovered() { colors.text } else { colors.muted_raised };
    let text = line(ui.painter(), &format!("{} lead", icons::LEAD), Type::SMALL, ink);
    ui.painter().galley(place.center() - text.size() / 2.0, text, ink);
    focus_ring(ui, &response, size::ROUND_SMALL);
    let drag = line(ui.painter(), icons::DRAG.encode_utf8(&mut [0; 4]), Type::ICON, colors.muted);
    let handle = Rect::from_center_size(rect.right_center() - vec2(18.0, 0.0), vec2(20.0, 28.0));
    ui.painter().galley(handle.center() - drag.size() / 2.0, drag, colors.muted);
    drag_ui(ui, frame, card, handle, rect);
    if response.on_hover_text("Swap it with the article's own title, picture and address  (L)").clicked() {
        frame.send(Command::Promote { article: card.article, entry: card.at });
    }
}

/// The handle by which a card is dragged to another place.
fn drag_ui(ui: &Ui, frame: &mut Frame<'_>, card: &Card<'_>, handle: Rect, rect: Rect) {
    let response = ui.interact(handle, ui.make_persistent_id("drag"), Sense::DRAG);
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("Move “{}”, Alt+Up and Alt+Down", card.text("title")))
    });
    let response = response.on_hover_cursor(egui::CursorIcon::Grab);
    if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let steps = ((pointer.y - rect.center().y) / (HEIGHT + 5.0)).round();
        let y = rect.center().y + steps * (HEIGHT + 5.0) + HEIGHT / 2.0 * steps.signum();
        ui.painter().hline(rect.x_range(), y, Stroke::new(2.0, palette(ui).accent));
    }
    if response.drag_stopped()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let steps = ((pointer.y - rect.center().y) / (HEIGHT + 5.0)).round() as isize;
        move_by(frame, card, steps);
    }
}

fn move_by(frame: &mut Frame<'_>, card: &Card<'_>, steps: isize) {
    let to = card.at.saturating_add_signed(steps).min(card.count - 1);
    if to != card.at {
        let list = card.path.pointer();
        card.send(frame, "related entry moved", Intent::MoveItem { from: list.child(card.at), to });
    }
}

fn keys_ui(ui: &Ui, frame: &mut Frame<'_>, card: &Card<'_>, response: &egui::Response) {
    use egui::{Key, Modifiers};
    if !response.has_focus() {
        return;
    }
    let pressed = |modifiers: Modifiers, key: Key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::ALT, Key::ArrowUp) {
        move_by(frame, card, -1);
    } else if pressed(Modifiers::ALT, Key::ArrowDown) {
        move_by(frame, card, 1);
    } else if pressed(Modifiers::NONE, Key::Delete) {
        card.send(frame, "related entry removed", Intent::RemoveAt(card.pointer.clone()));
    } else if pressed(Modifiers::NONE, Key::L) {
        frame.send(Command::Promote { article: card.article, entry: card.at });
    }
}

fn menu_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>) {
    ui.set_min_width(220.0);
    let address =
        ["webUrl", "url", "link"].iter().map(|key| card.text(key)).find(|text| !text.is_empty()).unwrap_or_default();
    if item_ui(ui, "Open its page", "", !address.is_empty()).clicked() {
        frame.send(Command::OpenPage(Some(address.to_owned())));
        ui.close();
    }
    if item_ui(ui, "Make it the lead", "L", true).clicked() {
        frame.send(Command::Promote { article: card.article, entry: card.at });
        ui.close();
    }
    if item_ui(ui, "Split off into a file of its own", "", true).clicked() {
        frame.send(Command::SplitOff { article: card.article, entry: card.pointer.clone() });
        ui.close();
    }
    ui.separator();
    if item_ui(ui, "Move up", "Alt+Up", card.at > 0).clicked() {
        move_by(frame, card, -1);
        ui.close();
    }
    if item_ui(ui, "Move down", "Alt+Down", card.at + 1 < card.count).clicked() {
        move_by(frame, card, 1);
        ui.close();
    }
    ui.separator();
    if item_ui(ui, "Remove", "Delete", true).clicked() {
        card.send(frame, "related entry removed", Intent::RemoveAt(card.pointer.clone()));
        ui.close();
    }
}

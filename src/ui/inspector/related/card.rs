//! One related entry: a card that says who tells it, and its fields when it is open.
//!
//! Invariant: all that can be done with it by pointer can be done by key: open, move, remove, make the lead, open its page.

use egui::accesskit::Role;
use egui::{CornerRadius, EventFilter, Key, Modifiers, Rect, Response, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::super::add_field::{Place, add_field_ui};
use super::super::fields::{FieldRef, nested_fields_ui};
use super::{RelatedState, Story};
use crate::article::{Intent, Related};
use crate::desk::{Command, Edit};
use crate::document::{FieldPath, Pointer, Value};
use crate::site::Kind;
use crate::site::kind::date;
use crate::ui::frame::Frame;
use crate::ui::menu::item_ui;
use crate::ui::theme::{Type, galley, icons, line, palette, size};
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::logo::paint_logo;
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};

/// The height of a closed card.
pub const HEIGHT: f32 = 48.0;
/// So much below the card with the keyboard is in view.
const AHEAD: f32 = 2.0 * HEIGHT;

/// One entry of a list.
pub struct Card<'a> {
    /// Whose.
    pub story: Story<'a>,
    /// The list.
    pub list: &'a FieldPath,
    /// Where it stands.
    pub pointer: Pointer,
    /// Its place in the list.
    pub at: usize,
    /// How many there are.
    pub count: usize,
    /// What it is.
    pub item: &'a Value,
    /// What the card shows of it; nothing where it is no map.
    pub shown: Option<Related<'a>>,
}

impl Card<'_> {
    fn title(&self) -> &str {
        self.shown.as_ref().map_or("not an entry", |shown| shown.title)
    }

    fn address(&self) -> Option<&str> {
        self.shown.as_ref()?.address.filter(|address| !address.is_empty())
    }

    fn open_page(&self, frame: &mut Frame<'_>) {
        if let Some(address) = self.address() {
            frame.send(Command::OpenPage(Some(address.to_owned())));
        }
    }

    fn promote(&self, frame: &mut Frame<'_>) {
        frame.send(Command::Promote { article: self.story.id, entry: self.at });
    }

    fn split_off(&self, frame: &mut Frame<'_>) {
        frame.send(Command::SplitOff { article: self.story.id, entry: self.pointer.clone() });
    }

    fn remove(&self, frame: &mut Frame<'_>, state: &mut RelatedState) {
        let intent = Intent::RemoveAt(self.pointer.clone());
        frame.send(Command::Edit(Edit::of(self.story.id, "related entry removed", vec![intent])));
        state.removed(self.at, self.count);
    }

    fn move_by(&self, frame: &mut Frame<'_>, steps: isize, state: &mut RelatedState) {
        let to = self.at.saturating_add_signed(steps).min(self.count.saturating_sub(1));
        move_to(frame, self.story, self.at, to, state);
    }
}

/// Moves an entry to another place of its list.
pub fn move_to(frame: &mut Frame<'_>, story: Story<'_>, from: usize, to: usize, state: &mut RelatedState) {
    if from != to {
        let from_at = story.article.related_field().pointer().child(from);
        let intent = Intent::MoveItem { from: from_at, to };
        frame.send(Command::Edit(Edit::of(story.id, "related entry moved", vec![intent])));
        state.moved(from, to);
    }
}

/// Draws a card; gives the place of its head.
pub fn card_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>, state: &mut RelatedState) -> Rect {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    let is_open = state.open.contains(&card.at);
    let name = format!("Related: {}", card.title());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_open, &name));
    let asked = state.focus.take_if(|at| *at == card.at).is_some();
    if asked {
        response.request_focus();
    }
    if asked || response.gained_focus() {
        // Those that come next are seen, too.
        ui.scroll_to_rect(rect.with_max_y(rect.bottom() + AHEAD), None);
    }
    if ui.is_rect_visible(rect) {
        let fill = if response.hovered() { colors.chip } else { colors.raised };
        ui.painter().rect_filled(rect, CornerRadius::same(size::ROUND), fill);
        paint_card(ui, frame, card, rect);
        focus_ring(ui, &response, size::ROUND);
    }
    lead_ui(ui, frame, card, rect);
    handle_ui(ui, card, rect, state);
    keys_ui(ui, frame, card, &response, state);
    response.context_menu(|ui| menu_ui(ui, frame, card, state));
    if response.clicked() && !state.open.remove(&card.at) {
        state.open.insert(card.at);
        state.opened = Some(card.at);
    }
    let place = if is_open { rect.union(fields_ui(ui, frame, card, state)) } else { rect };
    if is_open && state.opened.take_if(|at| *at == card.at).is_some() {
        let seen = place.height().min(ui.clip_rect().height());
        ui.scroll_to_rect(place.with_max_y(place.top() + seen), None);
    }
    note_focus(ui, card, (place, response.id), state);
    rect
}

/// Remembers whether the keyboard is in this card: such a card is drawn also where it is not seen.
fn note_focus(ui: &Ui, card: &Card<'_>, (place, own): (Rect, egui::Id), state: &mut RelatedState) {
    let focused = ui.memory(egui::Memory::focused);
    let is_within = |id| ui.ctx().read_response(id).is_some_and(|it| place.contains(it.rect.center()));
    if focused.is_some_and(|id| id == own || is_within(id)) {
        state.active = Some(card.at);
    } else if state.active == Some(card.at) {
        state.active = None;
    }
}

fn fields_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>, state: &mut RelatedState) -> Rect {
    let field = FieldRef {
        article: card.story.id,
        pointer: card.pointer.clone(),
        path: card.list.clone(),
        label: format!("Related {}", card.at + 1),
        kind: Kind::Entry,
        value: Some(card.item),
        changed: false,
        problems: card.story.problems,
    };
    let margin = egui::Margin { left: 12, right: 0, top: 2, bottom: 8 };
    let shown = egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        buttons_ui(ui, frame, card, state);
        nested_fields_ui(ui, frame, &field);
        let name = format!("Add a field to related {}", card.at + 1);
        let place =
            Place { article: card.story.id, at: &card.pointer, path: card.list, map: card.item.as_map(), name: &name };
        add_field_ui(ui, frame, card.story.article.schema, place);
    });
    shown.response.rect
}

/// What can be done with an open entry, in words.
fn buttons_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>, state: &mut RelatedState) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let button = |ui: &mut Ui, icon, text: &str, hint: &str| {
            button_with_icon_ui(ui, Some(icon), text, None, Weight::Bare).on_hover_text(hint).clicked()
        };
        let page = card.address().is_some();
        if ui.add_enabled_ui(page, |ui| button(ui, icons::OPEN_IN_NEW, "Open page", "In the browser")).inner {
            card.open_page(frame);
        }
        if button(ui, icons::SPLIT, "Split off", "Make it a file of its own") {
            card.split_off(frame);
        }
        if button(ui, icons::DELETE, "Remove", "Take it out of the list  (Delete)") {
            card.remove(frame, state);
        }
    });
}

fn paint_card(ui: &Ui, frame: &mut Frame<'_>, card: &Card<'_>, rect: Rect) {
    let colors = palette(ui);
    let picture = Rect::from_min_size(rect.min + vec2(8.0, 6.0), size::THUMBNAIL_CARD);
    let thumbnail = match card.shown.as_ref().and_then(|shown| shown.image) {
        Some(address) => frame.thumbnail(ui, address, card.story.article.path, size::THUMBNAIL_CARD),
        None => Thumbnail::Missing,
    };
    paint_thumbnail(ui.painter(), colors, picture, thumbnail);
    let left = picture.right() + 9.0;
    let right = rect.right() - 92.0;
    let title = galley(ui.painter(), card.title(), Type::STRONG, colors.text, right - left);
    ui.painter().galley(pos2(left, rect.top() + 14.0 - title.size().y / 2.0), title, colors.text);
    let Some(shown) = &card.shown else { return };
    let mut x = left;
    let middle = rect.top() + 33.0;
    if card.story.problems.iter().any(|problem| problem.at.as_ref().is_some_and(|at| at.starts_with(&card.pointer))) {
        let sign = line(ui.painter(), icons::WARNING.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, colors.warning_text);
        ui.painter().galley(pos2(x, middle - sign.size().y / 2.0), sign, colors.text);
        x += 18.0;
    }
    let (name, domain) = (shown.provider.unwrap_or_default(), shown.domain.unwrap_or_default());
    if !name.is_empty() || !domain.is_empty() {
        let logo = Rect::from_min_size(pos2(x, rect.top() + 26.0), Vec2::splat(size::LOGO));
        let texture = frame.logo(ui, name, domain);
        paint_logo(ui.painter(), colors, logo, texture, if name.is_empty() { domain } else { name });
        x = logo.right() + 5.0;
    }
    // Where room is short the provider gives way, and what is judged by stays.
    let provider = shown.provider.into_iter().chain(shown.domain).find(|name| !name.is_empty());
    let facts = match (facts(shown), provider) {
        (facts, Some(_)) if !facts.is_empty() => format!("  ·  {facts}"),
        (facts, _) => facts,
    };
    let facts = galley(ui.painter(), &facts, Type::SMALL, colors.muted_raised, right - x);
    if let Some(provider) = provider {
        let room = right - x - facts.size().x;
        let provider = galley(ui.painter(), provider, Type::SMALL, colors.muted_raised, room);
        let end = x + provider.size().x;
        ui.painter().galley(pos2(x, middle - provider.size().y / 2.0), provider, colors.text);
        x = end;
    }
    ui.painter().galley(pos2(x, middle - facts.size().y / 2.0), facts, colors.text);
}

/// When an entry was published and how good it is, as far as it says.
fn facts(shown: &Related<'_>) -> String {
    let when = shown.date.and_then(date::seconds).and_then(|when| chrono::DateTime::from_timestamp(when, 0));
    let when = when.map(|when| when.format("%d %b %H:%M").to_string());
    let quality = shown.quality.map(|quality| format!("quality {quality}"));
    [when, quality].into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ·  ")
}

fn lead_ui(ui: &Ui, frame: &mut Frame<'_>, card: &Card<'_>, rect: Rect) {
    let colors = palette(ui);
    let place = Rect::from_min_size(pos2(rect.right() - 88.0, rect.top() + 10.0), vec2(56.0, size::CONTROL));
    let response = ui.interact(place, ui.make_persistent_id("lead"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Make “{}” the lead", card.title())));
    let ink = if response.hovered() { colors.text } else { colors.muted_raised };
    let text = line(ui.painter(), &format!("{} lead", icons::LEAD), Type::SMALL, ink);
    ui.painter().galley(place.center() - text.size() / 2.0, text, ink);
    focus_ring(ui, &response, size::ROUND_SMALL);
    if response.on_hover_text("Swap it with the article's own title, picture and address  (L)").clicked() {
        card.promote(frame);
    }
}

/// The handle by which a card is dragged to another place.
fn handle_ui(ui: &Ui, card: &Card<'_>, rect: Rect, state: &mut RelatedState) {
    let colors = palette(ui);
    let handle = Rect::from_center_size(rect.right_center() - vec2(18.0, 0.0), vec2(20.0, 28.0));
    let response = ui.interact(handle, ui.make_persistent_id("drag"), Sense::DRAG);
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("Move “{}”, Alt+Up and Alt+Down", card.title()))
    });
    let ink = if response.hovered() || response.dragged() { colors.text } else { colors.muted };
    let sign = line(ui.painter(), icons::DRAG.encode_utf8(&mut [0; 4]), Type::ICON, ink);
    ui.painter().galley(handle.center() - sign.size() / 2.0, sign, ink);
    if response.drag_started() {
        state.dragged = Some(card.at);
    }
    response.on_hover_cursor(egui::CursorIcon::Grab);
}

fn focused_id() -> egui::Id {
    egui::Id::unique("a related entry has the keyboard")
}

/// Whether a card has the keyboard in this frame, for the hints.
pub fn is_focused(ctx: &egui::Context) -> bool {
    ctx.data(|data| data.get_temp(focused_id())) == Some(ctx.cumulative_frame_nr())
}

fn keys_ui(ui: &Ui, frame: &mut Frame<'_>, card: &Card<'_>, response: &Response, state: &mut RelatedState) {
    if !response.has_focus() {
        return;
    }
    let now = ui.ctx().cumulative_frame_nr();
    ui.data_mut(|data| data.insert_temp(focused_id(), now));
    let arrows = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let pressed = |modifiers: Modifiers, key: Key| ui.input_mut(|input| input.consume_key(modifiers, key));
    let last = card.count - 1;
    // The keys with Alt first, for those without one take them too.
    if pressed(Modifiers::ALT, Key::ArrowUp) {
        card.move_by(frame, -1, state);
    } else if pressed(Modifiers::ALT, Key::ArrowDown) {
        card.move_by(frame, 1, state);
    } else if pressed(Modifiers::NONE, Key::ArrowUp) {
        state.focus = Some(card.at.saturating_sub(1));
    } else if pressed(Modifiers::NONE, Key::ArrowDown) {
        state.focus = Some((card.at + 1).min(last));
    } else if pressed(Modifiers::NONE, Key::Home) {
        state.focus = Some(0);
    } else if pressed(Modifiers::NONE, Key::End) {
        state.focus = Some(last);
    } else if pressed(Modifiers::NONE, Key::Delete) {
        card.remove(frame, state);
    } else if is_struck(ui, Key::L) && pressed(Modifiers::NONE, Key::L) {
        card.promote(frame);
    }
}

/// Whether a key went down now; one that is held and repeats itself answers no question.
fn is_struck(ui: &Ui, key: Key) -> bool {
    let is_it = |event: &egui::Event| match event {
        egui::Event::Key { key: struck, pressed: true, repeat: false, .. } => *struck == key,
        _ => false,
    };
    ui.input(|input| input.events.iter().any(is_it))
}

fn menu_ui(ui: &mut Ui, frame: &mut Frame<'_>, card: &Card<'_>, state: &mut RelatedState) {
    ui.set_min_width(220.0);
    let place = frame.desk.document(card.story.id).and_then(|document| document.place(&card.pointer));
    if item_ui(ui, "Open its page", "", card.address().is_some()).clicked() {
        card.open_page(frame);
        ui.close();
    }
    if item_ui(ui, "Make it the lead", "L", true).clicked() {
        card.promote(frame);
        ui.close();
    }
    if item_ui(ui, "Split off into a file of its own", "", true).clicked() {
        card.split_off(frame);
        ui.close();
    }
    ui.separator();
    if item_ui(ui, "Move up", "Alt+Up", card.at > 0).clicked() {
        card.move_by(frame, -1, state);
        ui.close();
    }
    if item_ui(ui, "Move down", "Alt+Down", card.at + 1 < card.count).clicked() {
        card.move_by(frame, 1, state);
        ui.close();
    }
    ui.separator();
    if item_ui(ui, "Show in the source", "", place.is_some()).clicked()
        && let Some(place) = place
    {
        frame.send(Command::ShowSource { article: card.story.id, place });
        ui.close();
    }
    if item_ui(ui, "Remove", "Delete", true).clicked() {
        card.remove(frame, state);
        ui.close();
    }
}

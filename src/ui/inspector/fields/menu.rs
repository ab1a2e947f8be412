//! The menu of a field: what it is set to when nothing is to be seen in it, its name, its place in the source.
//!
//! Invariant: everything in it can be done by key: Alt+Enter opens it from any widget of the field.

use egui::accesskit::Role;
use egui::{Id, Key, Modifiers, Popup, Rect, Response, Sense, SetOpenCommand, Ui, WidgetInfo, vec2};

use super::FieldRef;
use super::label::state_word;
use crate::article::Intent;
use crate::desk::Command;
use crate::document::{Map, Value};
use crate::site::Kind;
use crate::ui::frame::Frame;
use crate::ui::menu::item_ui;
use crate::ui::theme::{Type, icons, line, palette};
use crate::ui::widgets::focus_ring;

/// Listens for the key that opens the menu of the field that has the keyboard. Comes before anything of a form is drawn, for a
/// text of several lines would take the key as a line break.
pub fn listen(ui: &Ui) {
    if ui.memory(|memory| memory.focused().is_some())
        && ui.input_mut(|input| input.consume_key(Modifiers::ALT, Key::Enter))
    {
        ui.data_mut(|data| data.insert_temp(listening(), true));
    }
}

fn listening() -> Id {
    Id::unique("a field's menu is asked for")
}

/// Whether the menu of this field was asked for by key.
pub fn is_asked(ui: &Ui) -> bool {
    ui.data_mut(|data| data.remove_temp::<bool>(ui.scope_id().with("asked"))).is_some()
}

/// Ends a field: where the key was pressed in it, and in none of the fields within, its menu opens in the next frame.
pub fn settle(ui: &Ui, place: Rect) {
    if !ui.data(|data| data.get_temp(listening()).unwrap_or(false)) {
        return;
    }
    let focused = ui.memory(egui::Memory::focused).and_then(|id| ui.ctx().read_response(id));
    if focused.is_some_and(|focused| place.expand(1.0).contains(focused.rect.center())) {
        ui.data_mut(|data| {
            data.remove::<bool>(listening());
            data.insert_temp(ui.scope_id().with("asked"), true);
        });
        ui.ctx().request_repaint();
    }
}

/// Draws the button of the menu; quiet until the pointer or the keyboard is there.
pub fn menu_button_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, asked: bool) {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(18.0, 16.0), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Menu of {}", field.label)));
    let near = ui.data(|data| data.get_temp::<Rect>(ui.scope_id().with("near")));
    let place = Rect::from_min_max(ui.max_rect().min, rect.max + vec2(24.0, 36.0));
    ui.data_mut(|data| data.insert_temp(ui.scope_id().with("near"), place));
    let opened = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response));
    if opened || near.is_some_and(|near| ui.rect_contains_pointer(near)) {
        let ink = if response.hovered() || opened { colors.text } else { colors.muted };
        let sign = line(ui.painter(), icons::MORE.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, ink);
        ui.painter().galley(rect.center() - sign.size() / 2.0, sign, ink);
    }
    focus_ring(ui, &response, 3);
    let origin = response.id.with("origin");
    if asked {
        let focused = ui.memory(egui::Memory::focused);
        ui.data_mut(|data| data.insert_temp(origin, (focused, true)));
    }
    let open = (asked || response.clicked()).then_some(SetOpenCommand::Toggle);
    let response = response.on_hover_text("Empty, rename, remove  (Alt+Enter in the field)");
    Popup::menu(&response).open_memory(open).gap(2.0).width(250.0).show(|ui| {
        let first = items_ui(ui, frame, field);
        let from: Option<(Option<Id>, bool)> = ui.data(|data| data.get_temp(origin));
        if let Some((came_from, true)) = from.filter(|_| !ui.is_sizing_pass() && ui.is_enabled()) {
            first.request_focus();
            ui.data_mut(|data| data.insert_temp(origin, (came_from, false)));
        }
        if ui.should_close()
            && let Some((Some(came_from), _)) = from
        {
            ui.memory_mut(|memory| memory.request_focus(came_from));
            ui.data_mut(|data| data.remove::<(Option<Id>, bool)>(origin));
        }
    });
}

/// The values that show nothing and that a field of this kind can have.
fn empties(kind: Kind) -> &'static [fn() -> (&'static str, Value)] {
    const NULL: fn() -> (&'static str, Value) = || ("Set to null", Value::Null);
    const TEXT: fn() -> (&'static str, Value) = || ("Set to empty text", Value::text(""));
    const LIST: fn() -> (&'static str, Value) = || ("Set to empty list", Value::List(Vec::new()));
    const MAP: fn() -> (&'static str, Value) = || ("Set to empty map", Value::Map(Map::new()));
    match kind {
        Kind::Entry => &[NULL, TEXT, LIST, MAP],
        _ => &[NULL, TEXT, LIST],
    }
}

fn items_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) -> Response {
    let is_locked = field.kind == Kind::Opaque;
    let label = field.label.to_lowercase();
    let now = state_word(field.value);
    let is_there = field.value.is_some();
    let mut first: Option<Response> = None;
    for empty in empties(field.kind) {
        let (name, value) = empty();
        let is_now = field.value == Some(&value);
        let response = item_ui(ui, name, if is_now { "now" } else { "" }, !is_locked && !is_now);
        if response.clicked() {
            let word = state_word(Some(&value)).unwrap_or("empty map");
            field.step(frame, &format!("{label} {word}"), field.intent(Some(value)));
            ui.close();
        }
        first = first.or_else(|| response.enabled().then_some(response));
    }
    let is_item = field.pointer.parts().last().is_some_and(|key| key.bytes().all(|b| b.is_ascii_digit()));
    ui.separator();
    if item_ui(ui, "Rename…", "", is_there && !is_locked && !is_item).clicked() {
        let key = field.pointer.parts().last().cloned().unwrap_or_default();
        ui.data_mut(|data| data.insert_temp(rename_id(field), key));
        ui.close();
    }
    let note = if now == Some("absent") { "absent now" } else { "" };
    let remove = item_ui(ui, "Remove the field", note, is_there && !is_locked);
    if remove.clicked() {
        field.step(frame, &format!("{label} removed"), field.intent(None));
        ui.close();
    }
    ui.separator();
    let place = frame.desk.document(field.article).and_then(|document| document.place(&field.pointer));
    let source = item_ui(ui, "Show in the source", "", place.is_some());
    if source.clicked()
        && let Some(place) = place
    {
        frame.send(Command::ShowSource { article: field.article, place });
        ui.close();
    }
    first.unwrap_or(source)
}

/// Whether the name of this field is being typed.
pub fn is_renaming(ui: &Ui, field: &FieldRef<'_>) -> bool {
    ui.data(|data| data.get_temp::<String>(rename_id(field))).is_some()
}

fn rename_id(field: &FieldRef<'_>) -> Id {
    Id::unique(("renaming", field.article.0, field.pointer.to_string()))
}

/// Draws the field's name as a text to type, while it is being renamed. Enter takes it, anything else leaves it as it was.
pub fn rename_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) -> bool {
    let id = rename_id(field);
    let Some(mut typed) = ui.data(|data| data.get_temp::<String>(id)) else { return false };
    let edit = egui::TextEdit::singleline(&mut typed)
        .id(id.with("edit"))
        .font(Type::SMALL.font())
        .desired_width(ui.available_width());
    let response = ui.add(edit);
    let name = format!("New name of {}", field.label);
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
    let begun = id.with("begun");
    if ui.data(|data| data.get_temp::<bool>(begun)).is_none() {
        response.request_focus();
        ui.data_mut(|data| data.insert_temp(begun, true));
    }
    if response.lost_focus() {
        let entered = ui.input(|input| input.key_pressed(Key::Enter));
        let key = typed.trim().to_owned();
        let old = field.pointer.parts().last();
        if entered && !key.is_empty() && old != Some(&key) {
            let label = format!("{} renamed {key}", field.label.to_lowercase());
            field.step(frame, &label, Intent::Rename { at: field.pointer.clone(), key });
        }
        ui.data_mut(|data| {
            data.remove::<String>(id);
            data.remove::<bool>(begun);
        });
        return true;
    }
    ui.data_mut(|data| data.insert_temp(id, typed));
    true
}

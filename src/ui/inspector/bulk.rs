//! The form of several articles: each field is kept, set or cleared in all of them, lists gain and lose items.
//!
//! Invariant: nothing is changed while it is typed; every button says how many files it touches.

use egui::{Align, Layout, Rect, Response, Ui, vec2};

use super::common::{Common, CommonState};
use super::fields::message_ui;
use super::scores;
use crate::article::Intent;
use crate::desk::toast::{articles, grouped};
use crate::desk::{Command, Edit, Targets};
use crate::document::{FieldPath, Value};
use crate::site::{Field as SchemaField, Kind, Organization};
use crate::text::fold;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{ICON_SIDE, Weight, button_ui, icon_button_ui, width_of};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::pick::{Choice, Pick, drop_down_ui, pick_ui};
use crate::ui::widgets::{at_ui, line_ui};

/// How many values are offered at once.
const OFFERED: usize = 30;

/// What the form of several remembers between frames.
#[derive(Default)]
pub struct BulkState {
    common: CommonState,
}

/// Draws the form of the selection.
pub fn bulk_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut BulkState) {
    let colors = palette(ui);
    let count = frame.desk.target_count();
    ui.label(Type::HEADLINE.rich(format!("{} selected", articles(count))).color(colors.text));
    let help = "A change here is made in all of them, and is one step to undo. What is left empty is kept.";
    ui.add(egui::Label::new(Type::SMALL.rich(help).color(colors.muted)).wrap());
    ui.add_space(8.0);
    let (Some(first), Some(catalog)) = (frame.desk.cursor(), frame.desk.catalog()) else { return };
    let schema = frame.desk.schema_of(first);
    state.common.follow(frame);
    let cards = [&schema.quality, &schema.heat, &schema.live].into_iter().flatten();
    let in_all: Vec<(FieldPath, Common)> = cards.map(|path| (path.clone(), state.common.of(catalog, path))).collect();
    let scored = scores::Scored {
        article: first,
        schema: &schema,
        targets: &Targets::Selection,
        problems: &[],
        in_all: &in_all,
    };
    scores::scores_ui(ui, frame, scored);
    ui.add_space(8.0);
    for field in schema.top_fields() {
        let is_provider = schema.provider.as_ref() == Some(&field.path);
        let is_card = schema.score(&field.path).is_some() || schema.live.as_ref() == Some(&field.path);
        if is_card || !(is_provider || is_bulk(field.kind)) {
            continue;
        }
        let path = if is_provider { field.path.child("name") } else { field.path.clone() };
        let common = state.common.of(catalog, &path);
        let asked = Asked { field, is_provider, count };
        ui.push_id(&field.path, |ui| field_ui(ui, frame, asked, &common));
        ui.add_space(6.0);
    }
}

fn is_bulk(kind: Kind) -> bool {
    !matches!(kind, Kind::Opaque | Kind::Embed | Kind::Entry | Kind::Entries | Kind::Images | Kind::Markdown)
}

/// A field of several articles.
#[derive(Clone, Copy)]
struct Asked<'a> {
    field: &'a SchemaField,
    /// It is found by name or domain among those that the site knows.
    is_provider: bool,
    count: usize,
}

fn field_ui(ui: &mut Ui, frame: &mut Frame<'_>, asked: Asked<'_>, common: &Common) {
    let Asked { field, is_provider, count } = asked;
    let colors = palette(ui);
    ui.label(Type::SMALL.rich(&field.label).color(colors.muted));
    let n = grouped(count);
    if field.kind == Kind::YesNo {
        return yes_no_ui(ui, frame, field, common, &n);
    }
    let id = ui.make_persistent_id("typed");
    let mut typed: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let placeholder = match common {
        Common::Same { text, .. } => text.clone(),
        Common::Mixed(_) if common.words() == "mixed" => "mixed: keep".to_owned(),
        Common::Mixed(_) => format!("mixed, {}: keep", common.words()),
        Common::Unknown => "keep".to_owned(),
    };
    let is_list = field.kind == Kind::Tags;
    let value = field.parse(&typed, None);
    let is_typed = !typed.trim().is_empty();
    let site = frame.desk.site().filter(|_| is_provider && is_typed);
    let provider = site.and_then(|site| site.vocabulary.organization(&typed));
    let is_known = if is_provider { provider.is_some() } else { is_list || value.is_ok() };
    let wrong = is_typed && !is_known;
    let (item, verb) =
        (Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty()), if is_list { "Add" } else { "Set" });
    line_ui(ui, size::CONTROL, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let main = format!("{verb} in {n}");
        let width = (ui.available_width() - width_of(ui, &main, 0, Weight::Plain) - ICON_SIDE - 8.0).max(80.0);
        ui.allocate_ui(vec2(width, size::CONTROL), |ui| {
            let look = Field { placeholder: &placeholder, wrong, ..Field::line(&field.label) };
            let edit = edit_ui(ui, id, &mut typed, look).response.response;
            if is_provider || matches!(field.kind, Kind::Tags | Kind::Choice) {
                offers_ui(ui, frame, asked, &edit, &mut typed);
            }
        });
        if is_provider {
            let edit = provider.map(|provider| provider_edit(field, provider));
            set_buttons_ui(ui, frame, field, edit, (&main, &n));
        } else if is_list {
            list_buttons_ui(ui, frame, field, item.as_deref(), (&main, &n));
        } else {
            let value = value.as_ref().ok().filter(|_| item.is_some());
            let set = |value: &Value| Intent::Set(field.path.clone(), value.clone());
            let edit = value.map(|value| Edit::of_selection(field.label.to_lowercase(), vec![set(value)]));
            set_buttons_ui(ui, frame, field, edit, (&main, &n));
        }
    });
    match &value {
        _ if !wrong => {}
        _ if is_provider => message_ui(ui, "No provider of that name or domain is known here"),
        Err(error) => message_ui(ui, &error.to_string()),
        Ok(_) => {}
    }
    ui.data_mut(|data| data.insert_temp(id, typed));
}

/// Two buttons and the way out: typing “yes” would be a riddle.
fn yes_no_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &SchemaField, common: &Common, n: &str) {
    line_ui(ui, size::CONTROL, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (yes, word) in [(true, "Yes"), (false, "No")] {
            if named_ui(ui, field, &format!("{word} in {n}")).clicked() {
                let label = format!("{} {}", field.label.to_lowercase(), word.to_lowercase());
                send(frame, label, Intent::Set(field.path.clone(), Value::Bool(yes)));
            }
        }
        ui.label(Type::SMALL.rich(common.words()).color(palette(ui).muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| clear_ui(ui, frame, field, n));
    });
}

fn list_buttons_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    field: &SchemaField,
    item: Option<&str>,
    (add, n): (&str, &str),
) {
    let label = field.label.to_lowercase();
    let (value, text) = (Value::text(item.unwrap_or_default()), item.unwrap_or_default());
    if enabled_ui(ui, item.is_some(), field, add) {
        let intent = match frame.desk.site() {
            Some(site) => Intent::add_term(field.path.clone(), text, &site.vocabulary),
            None => Intent::AddItem { field: field.path.clone(), value: value.clone() },
        };
        send(frame, format!("{label} +{text}"), intent);
    }
    ui.add_enabled_ui(item.is_some(), |ui| {
        let name = format!("Remove from {} in {n}", field.label);
        if icon_button_ui(ui, icons::REMOVE, &name, None).clicked() {
            send(frame, format!("{label} −{text}"), Intent::RemoveItem { field: field.path.clone(), value });
        }
    });
}

/// What the site's vocabulary offers, below a button in the field. What is taken is typed, and nothing more.
fn offers_ui(ui: &mut Ui, frame: &Frame<'_>, asked: Asked<'_>, edit: &Response, typed: &mut String) {
    let Some(site) = frame.desk.site() else { return };
    let field = asked.field;
    let corner = Rect::from_center_size(edit.rect.right_center() - vec2(15.0, 0.0), vec2(24.0, 24.0));
    let name = format!("Values of {}", field.label);
    let button = at_ui(ui, corner, |ui| icon_button_ui(ui, icons::EXPAND_MORE, &name, None));
    let id = button.id.with("values");
    drop_down_ui(&button, edit.rect.width().max(240.0), |ui, opens| {
        let mut found: Vec<Choice> = Vec::new();
        let pick = Pick { name: "Find a value", placeholder: "find a value", opens, height: 240.0 };
        let picked = pick_ui(ui, id, pick, |said| {
            found = if asked.is_provider {
                let known = site.vocabulary.complete_organization(said, OFFERED);
                known.into_iter().map(|it| Choice::new(&it.name, &it.domain)).collect()
            } else if field.kind == Kind::Tags {
                let known = site.vocabulary.complete(&field.path, said, OFFERED);
                known.into_iter().map(|term| Choice::new(&term.name, "")).collect()
            } else {
                let fits = field.values.iter().filter(|(value, _)| fold(value).contains(&fold(said)));
                fits.take(OFFERED).map(|(value, count)| Choice::new(value, grouped(*count))).collect()
            };
            found.clone()
        });
        if let Some(choice) = picked.taken.and_then(|at| found.get(at)) {
            typed.clone_from(&choice.name);
            ui.close();
        }
    });
}

/// What makes an organisation the provider of the selection.
fn provider_edit(field: &SchemaField, provider: &Organization) -> Edit {
    let at = field.path.pointer();
    let parts = [("name", &provider.name), ("domain", &provider.domain)].into_iter();
    let parts = parts.filter(|(_, text)| !text.is_empty());
    let intents = parts.map(|(key, text)| Intent::SetAt(at.child(key), Value::text(text.clone()))).collect();
    Edit::of_selection(format!("provider {}", provider.name), intents)
}

/// Sets the field, where what is typed says to what, and clears it.
fn set_buttons_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &SchemaField, edit: Option<Edit>, (set, n): (&str, &str)) {
    if enabled_ui(ui, edit.is_some(), field, set)
        && let Some(edit) = edit
    {
        frame.send(Command::Edit(edit));
    }
    clear_ui(ui, frame, field, n);
}

fn clear_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &SchemaField, n: &str) {
    if icon_button_ui(ui, icons::CLOSE, &format!("Clear {} in {n}", field.label), None).clicked() {
        send(frame, format!("{} cleared", field.label.to_lowercase()), Intent::Clear(field.path.clone()));
    }
}

/// A button that says beside its text of which field it is.
fn enabled_ui(ui: &mut Ui, enabled: bool, field: &SchemaField, text: &str) -> bool {
    ui.add_enabled_ui(enabled, |ui| named_ui(ui, field, text)).inner.clicked()
}

fn named_ui(ui: &mut Ui, field: &SchemaField, text: &str) -> Response {
    let response = button_ui(ui, text, Weight::Plain);
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(format!("{}: {text}", field.label)));
    response
}

fn send(frame: &mut Frame<'_>, label: String, intent: Intent) {
    frame.send(Command::Edit(Edit::of_selection(label, vec![intent])));
}

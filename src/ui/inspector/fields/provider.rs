//! The provider: its logo, name and domain on one line; opened, its fields, and the organisations that the site knows.
//!
//! Invariant: choosing an organisation sets what it is known for and leaves every other key of the entry alone.

use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::entry::nested_ui;
use super::{FieldRef, label_ui};
use crate::article::Intent;
use crate::document::Value;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, galley, icons, line, palette, size};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::logo::paint_logo;
use crate::ui::widgets::pick::{Choice, Pick, drop_down_ui, pick_ui};

const OFFERED: usize = 8;

/// Draws the provider.
pub fn provider_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) {
    let colors = palette(ui);
    let of = |key: &str| field.value.and_then(|value| value.as_map()?.get(key)?.as_str()).unwrap_or_default();
    let (name, domain) = (of("name"), of("domain"));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::CONTROL + 1.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{}: {name}, {domain}", field.label)));
    let fill = if response.hovered() { colors.hover } else { colors.background };
    ui.painter().rect(rect, CornerRadius::same(size::ROUND), fill, Stroke::new(1.0, colors.line), StrokeKind::Inside);
    let logo = Rect::from_center_size(rect.left_center() + vec2(17.0, 0.0), Vec2::splat(size::LOGO));
    let texture = frame.logo(ui, name, domain);
    paint_logo(ui.painter(), colors, logo, texture, if name.is_empty() { domain } else { name });
    let arrow = line(ui.painter(), icons::EXPAND_MORE.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, colors.muted);
    let arrow_at = rect.right_center() - vec2(22.0, arrow.size().y / 2.0);
    let text = match (name, domain) {
        ("", "") => "choose a provider".to_owned(),
        (name, "") => name.to_owned(),
        ("", domain) => domain.to_owned(),
        (name, domain) => format!("{name} · {domain}"),
    };
    let ink = if name.is_empty() && domain.is_empty() { colors.muted } else { colors.text };
    let text = galley(ui.painter(), &text, Type::BODY, ink, arrow_at.x - logo.right() - 10.0);
    ui.painter().galley(pos2(logo.right() + 6.0, rect.center().y - text.size().y / 2.0), text, colors.text);
    ui.painter().galley(arrow_at, arrow, colors.muted);
    focus_ring(ui, &response, size::ROUND);
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    drop_down_ui(&response, 360.0, |ui, opens| {
        if offers_ui(ui, frame, field, opens) {
            ui.close();
        }
        ui.separator();
        nested_ui(ui, frame, field);
    });
}

/// A field that finds an organisation by its name or its domain. True when one was chosen.
fn offers_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, opens: bool) -> bool {
    let Some(site) = frame.desk.site() else { return false };
    let id = ui.make_persistent_id("organization");
    let pick = Pick { name: "Find a provider", placeholder: "find a provider by name or domain", opens, height: 240.0 };
    let mut found = Vec::new();
    let picked = pick_ui(ui, id, pick, |typed| {
        found = if typed.is_empty() { Vec::new() } else { site.vocabulary.complete_organization(typed, OFFERED) };
        found.iter().map(|organization| Choice::new(&organization.name, &organization.domain)).collect()
    });
    if picked.in_vain {
        label_ui(ui, "No provider of that name or domain is known here; type its fields below");
    }
    let Some(organization) = picked.taken.and_then(|at| found.get(at)) else { return false };
    let mut intents = Vec::new();
    for (key, value) in [("name", &organization.name), ("domain", &organization.domain)] {
        let here = field.value.and_then(|value| value.as_map()?.get(key)?.as_str());
        if !value.is_empty() && here != Some(value.as_str()) {
            intents.push(Intent::SetAt(field.pointer.child(key), Value::text(value.clone())));
        }
    }
    field.send(frame, &format!("provider {}", organization.name), intents);
    true
}

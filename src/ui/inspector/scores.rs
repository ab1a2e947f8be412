//! The score cards, the switch of being live, and the digits with their presets.
//!
//! Invariant: what is dragged on a card is one step to undo.

use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::article::Intent;
use crate::catalog::{ArticleId, Cell, ColumnKey, Computed};
use crate::desk::{Command, Edit, Judge, Targets};
use crate::document::{FieldPath, Value};
use crate::site::{Schema, Score};
use crate::ui::frame::Frame;
use crate::ui::show::number;
use crate::ui::theme::{Type, galley, line, palette, size};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::key::paint_key;
use crate::ui::widgets::score_bar::Look;
use crate::ui::widgets::score_card::{HEIGHT, ScoreCard, score_card_ui};
use crate::ui::widgets::switch::{name_switch, paint_switch};

const GAP: f32 = 10.0;
const LIVE_WIDTH: f32 = 86.0;

/// Draws the cards of an article. `targets` are those that a change is for.
pub fn scores_ui(ui: &mut Ui, frame: &mut Frame<'_>, schema: &Schema, article: ArticleId, targets: &Targets) {
    let cards: Vec<&Score> = [schema.quality_score(), schema.heat_score()].into_iter().flatten().collect();
    let has_live = schema.live.is_some();
    if cards.is_empty() && !has_live {
        return;
    }
    let width = ui.available_width();
    let taken = if has_live { LIVE_WIDTH + GAP } else { 0.0 };
    let each = ((width - taken - GAP * (cards.len().max(1) - 1) as f32) / cards.len().max(1) as f32).floor();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for score in &cards {
            card_ui(ui, frame, schema, score, article, (targets, each));
        }
        if has_live {
            live_ui(ui, frame, article, targets);
        }
    });
    if let Some(heat) = schema.heat_score() {
        presets_ui(ui, frame, heat, article, targets);
    }
}

fn value_of(frame: &Frame<'_>, article: ArticleId, path: &FieldPath) -> Option<f64> {
    match frame.desk.catalog()?.cell(article, &ColumnKey::Field(path.clone())) {
        Cell::Number(value) => Some(value),
        _ => None,
    }
}

fn old_value(frame: &Frame<'_>, article: ArticleId, path: &FieldPath) -> Option<f64> {
    let pointer = path.pointer();
    let change = frame.desk.changes_of(article).iter().find(|change| change.pointer.as_ref() == Some(&pointer))?;
    change.old.as_ref().and_then(Value::as_f64)
}

/// What the house rule makes of an article's rank; nothing for several articles, nor for one that is folded under another.
fn by_rule(frame: &Frame<'_>, schema: &Schema, article: ArticleId, targets: &Targets) -> Option<f64> {
    let rule = schema.heat_rule.filter(|_| *targets != Targets::Selection)?;
    let heat = value_of(frame, article, schema.heat.as_ref()?);
    let quality = value_of(frame, article, schema.quality.as_ref()?)?;
    let entries = frame.desk.catalog()?.cell(article, &ColumnKey::Computed(Computed::RelatedCount));
    let Cell::Number(entries) = entries else { return None };
    Some(rule.heat(quality, entries as usize)).filter(|_| heat.is_none_or(|heat| heat >= 0.0))
}

fn card_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    schema: &Schema,
    score: &Score,
    article: ArticleId,
    place: (&Targets, f32),
) {
    let is_heat = schema.heat.as_ref() == Some(&score.path);
    let label = schema.field(&score.path).map_or_else(|| score.path.to_string(), |field| field.label.clone());
    let card = ScoreCard {
        label: &label,
        key: if is_heat { "H" } else { "Q" },
        value: value_of(frame, article, &score.path),
        old: old_value(frame, article, &score.path),
        computed: if is_heat { by_rule(frame, schema, article, place.0) } else { None },
        least: score.min.min(0.0),
        most: score.max,
        threshold: score.threshold,
        look: if is_heat { Look::Heat } else { Look::Quality },
    };
    let answer = score_card_ui(ui, card, place.1, false);
    if let Some(value) = answer.set {
        let edit = set(score, &label.to_lowercase(), value as i64, place.0);
        frame.send(Command::Edit(if answer.dragging { edit.grouped(format!("drag {}", score.path)) } else { edit }));
    }
}

fn set(score: &Score, label: &str, value: i64, targets: &Targets) -> Edit {
    Edit {
        targets: targets.clone(),
        ..Edit::of_selection(format!("{label} {value}"), vec![Intent::Set(score.path.clone(), value.into())])
    }
}

fn live_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, targets: &Targets) {
    let colors = palette(ui);
    let on = frame.desk.catalog().and_then(|catalog| catalog.live(article)).unwrap_or(false);
    let (rect, response) = ui.allocate_exact_size(vec2(LIVE_WIDTH, HEIGHT), Sense::click());
    name_switch(&response, on, "Live");
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(size::ROUND), colors.raised);
    let key = paint_key(painter, colors, pos2(rect.right() - 8.0, rect.top() + 14.0), "P");
    let text = galley(painter, "Live", Type::SMALL, colors.muted_raised, key.left() - rect.left() - 12.0);
    painter.galley(pos2(rect.left() + 10.0, rect.top() + 14.0 - text.size().y / 2.0), text, colors.muted_raised);
    let switch = Rect::from_min_size(pos2(rect.left() + 10.0, rect.top() + 30.0), size::SWITCH);
    paint_switch(painter, colors, switch, on);
    focus_ring(ui, &response, size::ROUND);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        let name = if on { "not live" } else { "live" };
        let edit = Edit { targets: targets.clone(), ..Edit::of_selection(name, vec![Intent::Live(!on)]) };
        frame.send(Command::Edit(edit));
    }
}

/// The digits and what they set heat to.
fn presets_ui(ui: &mut Ui, frame: &mut Frame<'_>, score: &Score, article: ArticleId, targets: &Targets) {
    let colors = palette(ui);
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, 34.0), Sense::hover());
    let pitch = width / 10.0;
    let now = value_of(frame, article, &score.path);
    for (at, preset) in score.presets.iter().enumerate() {
        let key = (at + 1) % 10;
        let cell =
            Rect::from_min_size(pos2(rect.left() + pitch * at as f32, rect.top() + 2.0), vec2(pitch - 3.0, 30.0));
        let response = ui.interact(cell, ui.make_persistent_id(("preset", at)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Heat {preset}, key {key}")));
        let is_now = now == Some(*preset as f64);
        let painter = ui.painter();
        let fill = if is_now || response.hovered() { colors.chip } else { colors.raised };
        painter.rect_filled(cell, CornerRadius::same(size::ROUND_SMALL + 1), fill);
        let digit = line(painter, &key.to_string(), Type::TINY, colors.muted_raised);
        let value =
            line(painter, &number(*preset as f64), Type::CHIP, if is_now { colors.accent_text } else { colors.text });
        painter.galley(pos2(cell.center().x - digit.size().x / 2.0, cell.top() + 1.5), digit, colors.text);
        painter.galley(pos2(cell.center().x - value.size().x / 2.0, cell.top() + 14.0), value, colors.text);
        if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
            frame.send(Command::Edit(set(score, "heat", *preset, targets).judging(Judge::No)));
        }
    }
}

//! The score cards, the switch of being live, and the digits with their presets.
//!
//! Invariant: what is dragged on a card is one step to undo. A card is a field like any other: it has the field's menu, and says
//! absent and null where there is no number. For several articles it shows what all of them have, and else from what to what they go:
//! no value of one stands for all.

use egui::accesskit::Role;
use egui::{Align, CornerRadius, Id, Layout, Rect, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::common::Common;
use super::fields::menu::{is_asked, is_renaming, menu_button_ui, rename_ui, settle};
use super::fields::{FieldRef, marks_ui, message_ui, problem_ui, state_word};
use crate::article::{Intent, Problem};
use crate::catalog::{ArticleId, Cell, ColumnKey, Computed};
use crate::desk::{Command, Edit, Judge, Targets};
use crate::document::{FieldPath, Value};
use crate::site::{Kind, Schema, Score};
use crate::ui::frame::Frame;
use crate::ui::show::number;
use crate::ui::theme::{Type, galley, line, palette, size};
use crate::ui::untaken;
use crate::ui::widgets::key::paint_key;
use crate::ui::widgets::score_bar::Look;
use crate::ui::widgets::score_card::{HEIGHT, ScoreCard, score_card_ui};
use crate::ui::widgets::switch::{name_mixed_switch, name_switch, paint_mixed_switch, paint_switch};
use crate::ui::widgets::{at_ui, focus_ring, own_ui};

const GAP: f32 = 10.0;
const LIVE_WIDTH: f32 = 86.0;

/// Whose cards are drawn.
#[derive(Clone, Copy)]
pub struct Scored<'a> {
    /// The article, or the first one of several.
    pub article: ArticleId,
    /// Its collection's schema.
    pub schema: &'a Schema,
    /// Those that a change is for.
    pub targets: &'a Targets,
    /// What is wrong with the article.
    pub problems: &'a [Problem],
    /// What several articles have in each of these fields; nothing for one article.
    pub in_all: &'a [(FieldPath, Common)],
}

impl Scored<'_> {
    /// A score, or whether it is live, as a field of the article; nothing where several are meant.
    fn field<'f>(&'f self, frame: &Frame<'f>, path: &FieldPath) -> Option<FieldRef<'f>> {
        let pointer = path.pointer();
        let value = frame.desk.document(self.article)?.get(&pointer);
        let is_it = |at: &crate::document::Pointer| at.starts_with(&pointer);
        let changes = frame.desk.changes_of(self.article);
        let field = FieldRef {
            article: self.article,
            path: path.clone(),
            label: label_of(self.schema, path),
            kind: self.schema.kind_of(path, value),
            value,
            changed: changes.iter().any(|change| change.pointer.as_ref().is_some_and(is_it)),
            problems: self.problems,
            pointer,
        };
        (*self.targets != Targets::Selection).then_some(field)
    }

    /// What several articles have in a field; nothing where one is meant.
    fn common(&self, path: &FieldPath) -> Option<&Common> {
        self.in_all.iter().find(|(of, _)| of == path).map(|(_, common)| common)
    }

    /// The number of the article, or the one that all have.
    fn number(&self, frame: &Frame<'_>, path: &FieldPath) -> Option<f64> {
        match self.common(path) {
            Some(common) => common.number(),
            None => value_of(frame, self.article, path),
        }
    }
}

fn label_of(schema: &Schema, path: &FieldPath) -> String {
    schema.field(path).map_or_else(|| path.to_string(), |field| field.label.clone())
}

/// Draws the cards.
pub fn scores_ui(ui: &mut Ui, frame: &mut Frame<'_>, scored: Scored<'_>) {
    let schema = scored.schema;
    let cards: Vec<&Score> = [schema.second_score(), schema.heat_score()].into_iter().flatten().collect();
    let has_live = schema.live.is_some();
    if cards.is_empty() && !has_live {
        return;
    }
    let width = ui.available_width();
    let taken = if has_live { LIVE_WIDTH + GAP } else { 0.0 };
    let each = ((width - taken - GAP * (cards.len().max(1) - 1) as f32) / cards.len().max(1) as f32).floor();
    let mut untaken: Vec<String> = Vec::new();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for score in &cards {
            untaken.extend(own_ui(ui, &score.path, |ui| card_ui(ui, frame, scored, score, each)));
        }
        if let Some(live) = &schema.live {
            own_ui(ui, "live", |ui| live_ui(ui, frame, scored, live));
        }
    });
    let paths: Vec<&FieldPath> = cards.iter().map(|score| &score.path).chain(&schema.live).collect();
    untaken.iter().for_each(|reason| message_ui(ui, reason));
    for problem in scored.problems {
        if problem.at.as_ref().is_some_and(|at| paths.contains(&&at.field())) {
            problem_ui(ui, frame, scored.article, problem);
        }
    }
    if let Some(heat) = schema.heat_score() {
        presets_ui(ui, frame, heat, scored);
    }
}

/// Draws what a card has of a field: the way back, its menu, its name while it is typed.
fn field_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, (card, head): (Rect, Rect)) {
    let asked = is_asked(ui);
    let mut child = ui.new_child(
        UiBuilder::new().max_rect(head).layout(Layout::right_to_left(Align::Center)).id_salt("of the field"),
    );
    let ui_of_field = &mut child;
    if is_renaming(ui_of_field, field) {
        rename_ui(ui_of_field, frame, field);
    } else {
        ui_of_field.spacing_mut().item_spacing.x = 2.0;
        menu_button_ui(ui_of_field, frame, field, asked);
    }
    settle(ui, card);
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
fn by_rule(frame: &Frame<'_>, scored: Scored<'_>) -> Option<f64> {
    let (schema, article) = (scored.schema, scored.article);
    let rule = schema.heat_rule.filter(|_| *scored.targets != Targets::Selection)?;
    let heat = value_of(frame, article, schema.heat.as_ref()?);
    let quality = value_of(frame, article, schema.quality.as_ref()?)?;
    let entries = frame.desk.catalog()?.cell(article, &ColumnKey::Computed(Computed::RelatedCount));
    let Cell::Number(entries) = entries else { return None };
    Some(rule.heat(quality, entries as usize)).filter(|_| heat.is_none_or(|heat| heat >= 0.0))
}

/// Draws a card; says why what is typed on it is not taken.
fn card_ui(ui: &mut Ui, frame: &mut Frame<'_>, scored: Scored<'_>, score: &Score, width: f32) -> Option<String> {
    let is_heat = scored.schema.heat.as_ref() == Some(&score.path);
    let label = label_of(scored.schema, &score.path);
    let field = scored.field(frame, &score.path);
    let common = scored.common(&score.path);
    let state = match (&field, common) {
        (_, Some(common)) => common.words(),
        (Some(field), None) => state_word(field.value).unwrap_or("not a number").to_owned(),
        (None, None) => String::new(),
    };
    let card = ScoreCard {
        of: scored.article,
        label: &label,
        key: frame.desk.key_of(if is_heat { "Heat…" } else { "Quality…" }),
        value: scored.number(frame, &score.path),
        state: &state,
        mixed: if let Some(Common::Mixed(range)) = common {
            Some(range.unwrap_or((score.min, score.min)))
        } else {
            None
        },
        renaming: field.as_ref().is_some_and(|field| is_renaming(ui, field)),
        old: if common.is_none() { old_value(frame, scored.article, &score.path) } else { None },
        computed: if is_heat { by_rule(frame, scored) } else { None },
        least: score.min.min(0.0),
        most: score.max,
        threshold: score.threshold,
        look: if is_heat { Look::Heat } else { Look::Quality },
    };
    let answer = score_card_ui(ui, card, width, false);
    if let Some(text) = &answer.typed {
        typed(ui, frame, scored, score, (answer.number, text));
    }
    let untaken = untaken::reason(ui, answer.number);
    if let Some(value) = answer.set {
        let edit = set(score, &label.to_lowercase(), Value::from(value as i64), scored.targets);
        frame.send(Command::Edit(if answer.dragging { edit.grouped(format!("drag {}", score.path)) } else { edit }));
    }
    if let Some(by) = answer.moved {
        let label = format!("{} {}{}", label.to_lowercase(), if by < 0.0 { "−" } else { "+" }, by.abs());
        let add = Edit::of_selection(label, vec![Intent::Add(score.path.clone(), by as i64)]);
        frame.send(Command::Edit(Edit { targets: scored.targets.clone(), ..add }));
    }
    if let Some(field) = field {
        if answer.undone {
            frame.send(Command::RevertField { article: field.article, pointer: Some(field.pointer.clone()) });
        }
        // Where it had a number, that stands beside the new one and is the way back.
        if field.changed && card.old.is_none() {
            let place = Rect::from_min_size(answer.rect.right_top() + vec2(-40.0, 28.0), vec2(34.0, 18.0));
            let known = FieldRef { value: Some(&Value::Bool(true)), ..field.clone() };
            at_ui(ui, place, |ui| marks_ui(ui, frame, &known));
        }
        field_ui(ui, frame, &field, (answer.rect, answer.head));
    }
    untaken
}

/// Takes what was typed on a card, as the field's kind reads it; or leaves it there with the reason.
fn typed(ui: &Ui, frame: &mut Frame<'_>, scored: Scored<'_>, score: &Score, (place, text): (Id, &str)) {
    let text = text.replace('−', "-");
    let old = scored.field(frame, &score.path).and_then(|field| field.value);
    let read = match scored.schema.field(&score.path) {
        Some(field) => field.parse(&text, old),
        None => Kind::Score.parse(&text, old),
    };
    match read {
        Ok(value) if value.as_f64().is_some() && value.as_f64() == scored.number(frame, &score.path) => {}
        Ok(value) => {
            let label = label_of(scored.schema, &score.path).to_lowercase();
            frame.send(Command::Edit(set(score, &label, value, scored.targets)));
        }
        Err(error) => untaken::note(ui, place, scored.article, &text, error.to_string()),
    }
}

fn set(score: &Score, label: &str, value: Value, targets: &Targets) -> Edit {
    Edit {
        targets: targets.clone(),
        ..Edit::of_selection(format!("{label} {}", value.to_json()), vec![Intent::Set(score.path.clone(), value)])
    }
}

fn live_ui(ui: &mut Ui, frame: &mut Frame<'_>, scored: Scored<'_>, path: &FieldPath) {
    let colors = palette(ui);
    let common = scored.common(path);
    let on = match common {
        Some(common) => common.yes().map(|yes| yes == scored.schema.live_when),
        None => frame.desk.catalog().and_then(|catalog| catalog.live(scored.article)).or(Some(false)),
    };
    let mixed = common.filter(|_| on.is_none()).map(Common::words);
    let on = on.unwrap_or(false);
    let field = scored.field(frame, path);
    let (rect, response) = ui.allocate_exact_size(vec2(LIVE_WIDTH, HEIGHT), Sense::click());
    match &mixed {
        None => name_switch(&response, on, "Live"),
        Some(words) => name_mixed_switch(&response, &format!("Live, {words}")),
    }
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(size::ROUND), colors.raised);
    let middle = rect.top() + 14.0;
    let right = match frame.desk.key_of("Live") {
        "" => rect.right() - 8.0,
        key => paint_key(painter, colors, pos2(rect.right() - 8.0, middle), key).left() - 4.0,
    };
    let head = Rect::from_min_max(pos2(rect.left() + 10.0, middle - 8.0), pos2(right, middle + 8.0));
    let ink = colors.muted_raised;
    if !field.as_ref().is_some_and(|field| is_renaming(ui, field)) {
        let text = galley(painter, "Live", Type::SMALL, ink, head.width());
        painter.galley(pos2(head.left(), middle - text.size().y / 2.0), text, ink);
    }
    let switch = Rect::from_min_size(pos2(rect.left() + 10.0, rect.top() + 30.0), size::SWITCH);
    match &mixed {
        None => paint_switch(painter, colors, switch, on),
        Some(words) => {
            paint_mixed_switch(painter, colors, switch);
            let words = galley(painter, words, Type::SMALL, ink, rect.right() - switch.right() - 10.0);
            painter.galley(pos2(switch.right() + 6.0, switch.center().y - words.size().y / 2.0), words, ink);
        }
    }
    focus_ring(ui, &response, size::ROUND);
    if let Some(field) = &field {
        let place =
            Rect::from_min_max(pos2(switch.right() + 4.0, rect.top() + 28.0), pos2(rect.right(), switch.bottom()));
        at_ui(ui, place, |ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            marks_ui(ui, frame, field);
        });
    }
    let clicked = response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked();
    if let Some(field) = field {
        field_ui(ui, frame, &field, (rect, head));
    }
    if clicked {
        let name = if on { "not live" } else { "live" };
        let edit = Edit { targets: scored.targets.clone(), ..Edit::of_selection(name, vec![Intent::Live(!on)]) };
        frame.send(Command::Edit(edit));
    }
}

/// The digits and what they set heat to.
fn presets_ui(ui: &mut Ui, frame: &mut Frame<'_>, score: &Score, scored: Scored<'_>) {
    let colors = palette(ui);
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, 34.0), Sense::hover());
    let pitch = width / 10.0;
    let now = scored.number(frame, &score.path);
    for (at, preset) in score.presets.iter().enumerate() {
        let key = frame.desk.key_of(&format!("Heat to preset {}", (at + 1) % 10));
        let cell =
            Rect::from_min_size(pos2(rect.left() + pitch * at as f32, rect.top() + 2.0), vec2(pitch - 3.0, 30.0));
        let response = ui.interact(cell, ui.make_persistent_id(("preset", at)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, spoken(*preset, key)));
        let is_now = now == Some(*preset as f64);
        let painter = ui.painter();
        let fill = if is_now || response.hovered() { colors.chip } else { colors.raised };
        painter.rect_filled(cell, CornerRadius::same(size::ROUND_SMALL + 1), fill);
        let digit = galley(painter, key, Type::TINY, colors.muted_raised, cell.width() - 2.0);
        let value =
            line(painter, &number(*preset as f64), Type::CHIP, if is_now { colors.accent_text } else { colors.text });
        painter.galley(pos2(cell.center().x - digit.size().x / 2.0, cell.top() + 1.5), digit, colors.text);
        painter.galley(pos2(cell.center().x - value.size().x / 2.0, cell.top() + 14.0), value, colors.text);
        if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
            frame.send(Command::Edit(set(score, "heat", Value::from(*preset), scored.targets).judging(Judge::No)));
        }
    }
}

fn spoken(preset: i64, key: &str) -> String {
    if key.is_empty() { format!("Heat {preset}") } else { format!("Heat {preset}, key {key}") }
}

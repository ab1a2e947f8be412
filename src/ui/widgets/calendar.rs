//! A calendar: a month of days, one of which is chosen.
//!
//! Invariant: the days are one widget for the keyboard. Arrows go by days and weeks, Page Up and Page Down by months, with Shift by
//! years, Home and End to the ends of the week; Enter takes the day they stand on, T goes to today.

use chrono::{Datelike as _, Days, Months, NaiveDate};
use egui::accesskit::Role;
use egui::{
    Align2, CornerRadius, Direction, EventFilter, Id, Key, Layout, Modifiers, Rect, Response, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::ui::theme::{Type, icons, line, palette, size};
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::focus_ring;

/// How wide a calendar is.
pub const WIDTH: f32 = 7.0 * CELL;
const CELL: f32 = 28.0;
const WEEKS: u32 = 6;

/// Draws a calendar; gives the day that was taken. When it `opens` it shows the chosen day and takes the keyboard.
pub fn calendar_ui(ui: &mut Ui, chosen: NaiveDate, today: NaiveDate, opens: bool) -> Option<NaiveDate> {
    let id = ui.make_persistent_id("days");
    let mut at: NaiveDate = if opens { chosen } else { ui.data(|data| data.get_temp(id)).unwrap_or(chosen) };
    month_ui(ui, &mut at);
    names_ui(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, WEEKS as f32 * CELL), Sense::focusable_noninteractive());
    if opens {
        response.request_focus();
    }
    let taken = if response.has_focus() { keys(ui, &response, &mut at, today) } else { None };
    let spoken = at.format("Day, %A %-d %B %Y").to_string();
    response.widget_info(|| WidgetInfo::labeled(Role::Grid, true, &spoken));
    let clicked = days_ui(ui, (id, rect), &response, (at, chosen, today));
    focus_ring(ui, &response, size::ROUND_SMALL);
    ui.data_mut(|data| data.insert_temp(id, at));
    taken.or(clicked)
}

fn month_ui(ui: &mut Ui, at: &mut NaiveDate) {
    let colors = palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if icon_button_ui(ui, icons::CHEVRON_LEFT, "Month before", Some("Page Up")).clicked() {
            *at = at.checked_sub_months(Months::new(1)).unwrap_or(*at);
        }
        let room = vec2(WIDTH - 48.0, 24.0);
        ui.allocate_ui_with_layout(room, Layout::centered_and_justified(Direction::LeftToRight), |ui| {
            ui.label(Type::STRONG.rich(at.format("%B %Y").to_string()).color(colors.text));
        });
        if icon_button_ui(ui, icons::CHEVRON_RIGHT, "Month after", Some("Page Down")).clicked() {
            *at = at.checked_add_months(Months::new(1)).unwrap_or(*at);
        }
    });
}

fn names_ui(ui: &mut Ui) {
    let color = palette(ui).muted;
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 18.0), Sense::hover());
    for (column, name) in ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].into_iter().enumerate() {
        let middle = pos2(rect.left() + CELL * (column as f32 + 0.5), rect.center().y);
        ui.painter().text(middle, Align2::CENTER_CENTER, name, Type::SMALL.font(), color);
    }
}

fn keys(ui: &Ui, response: &Response, at: &mut NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let day = |at: NaiveDate, by: i64| {
        let days = Days::new(by.unsigned_abs());
        if by < 0 { at.checked_sub_days(days) } else { at.checked_add_days(days) }
    };
    let month = |at: NaiveDate, by: i32| {
        let months = Months::new(by.unsigned_abs());
        if by < 0 { at.checked_sub_months(months) } else { at.checked_add_months(months) }
    };
    ui.input_mut(|input| {
        let mut pressed = |modifiers, key| input.consume_key(modifiers, key);
        let weekday = i64::from(at.weekday().num_days_from_monday());
        // With Shift first, for those without it take both.
        let moves = [
            (pressed(Modifiers::SHIFT, Key::PageUp), month(*at, -12)),
            (pressed(Modifiers::SHIFT, Key::PageDown), month(*at, 12)),
            (pressed(Modifiers::NONE, Key::PageUp), month(*at, -1)),
            (pressed(Modifiers::NONE, Key::PageDown), month(*at, 1)),
            (pressed(Modifiers::NONE, Key::ArrowLeft), day(*at, -1)),
            (pressed(Modifiers::NONE, Key::ArrowRight), day(*at, 1)),
            (pressed(Modifiers::NONE, Key::ArrowUp), day(*at, -7)),
            (pressed(Modifiers::NONE, Key::ArrowDown), day(*at, 7)),
            (pressed(Modifiers::NONE, Key::Home), day(*at, -weekday)),
            (pressed(Modifiers::NONE, Key::End), day(*at, 6 - weekday)),
            (pressed(Modifiers::NONE, Key::T), Some(today)),
        ];
        if let Some((_, Some(to))) = moves.into_iter().find(|(is_pressed, _)| *is_pressed) {
            *at = to;
        }
        let entered = pressed(Modifiers::NONE, Key::Enter) || pressed(Modifiers::NONE, Key::Space);
        entered.then_some(*at)
    })
}

/// Paints the days of the month, each to be clicked.
fn days_ui(
    ui: &Ui,
    (id, rect): (Id, Rect),
    keyboard: &Response,
    (at, chosen, today): (NaiveDate, NaiveDate, NaiveDate),
) -> Option<NaiveDate> {
    let colors = palette(ui);
    let first = at.with_day(1).unwrap_or(at);
    let start = first.checked_sub_days(Days::new(u64::from(first.weekday().num_days_from_monday()))).unwrap_or(first);
    let mut picked = None;
    for (place, day) in start.iter_days().take(7 * WEEKS as usize).enumerate() {
        let corner = rect.min + vec2((place % 7) as f32 * CELL, (place / 7) as f32 * CELL);
        let cell = Rect::from_min_size(corner, vec2(CELL, CELL)).shrink(1.0);
        let response = ui.interact(cell, id.with(day), Sense::CLICK);
        let name = day.format("%-d %B %Y").to_string();
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, day == chosen, &name));
        let round = CornerRadius::same(size::ROUND_SMALL + 1);
        let (fill, ink) = match (day == chosen, response.hovered(), day.month() == at.month()) {
            (true, _, _) => (colors.accent, colors.on_accent),
            (false, true, _) => (colors.chip, colors.text),
            (false, false, true) => (colors.none, colors.text),
            (false, false, false) => (colors.none, colors.muted),
        };
        let painter = ui.painter();
        painter.rect_filled(cell, round, fill);
        if day == today {
            painter.rect_stroke(cell, round, Stroke::new(1.0, colors.line), StrokeKind::Inside);
        }
        if day == at && keyboard.has_focus() {
            painter.rect_stroke(cell, round, Stroke::new(1.5, colors.text), StrokeKind::Inside);
        }
        let text = line(painter, &day.day().to_string(), Type::BODY, ink);
        painter.galley(cell.center() - text.size() / 2.0, text, ink);
        if response.clicked() {
            picked = Some(day);
        }
    }
    picked
}

//! A date: as it is written, what it means here and how long ago, and a calendar.
//!
//! Invariant: what the calendar sets keeps the form and the zone that the value had.

use chrono::{DateTime, Datelike as _, Days, Local, Months, NaiveDate};
use egui::{Response, Ui, vec2};

use super::text::typed_ui;
use super::{FieldRef, label_ui};
use crate::document::Value;
use crate::site::kind::date::When;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::at_ui;
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::field::Field;

/// Draws a field for a date.
pub fn date_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) -> Response {
    let said = field.text();
    let when = When::parse(&said).ok();
    let response = typed_ui(ui, frame, field, &said, Field { room: 18, ..Field::line(&field.label) });
    let corner = egui::Rect::from_center_size(response.rect.right_center() - vec2(15.0, 0.0), vec2(24.0, 24.0));
    let button = at_ui(ui, corner, |ui| icon_button_ui(ui, icons::CALENDAR, "Calendar", None));
    if let Some(when) = &when {
        egui::Popup::menu(&button).gap(4.0).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
            if let Some(day) = calendar_ui(ui, when.day()) {
                field.set(frame, Value::text(when.with_day(day)));
                ui.close();
            }
        });
        if when.has_time()
            && let Some(here) = DateTime::from_timestamp(when.seconds(), 0)
        {
            label_ui(ui, &here.with_timezone(&Local).format("%a %d %b %Y, %H:%M here").to_string());
        }
    }
    response
}

fn calendar_ui(ui: &mut Ui, chosen: NaiveDate) -> Option<NaiveDate> {
    let colors = palette(ui);
    let id = ui.scope_id().with("month");
    let first = chosen.with_day(1).unwrap_or(chosen);
    let mut month: NaiveDate = ui.data(|data| data.get_temp(id)).unwrap_or(first);
    ui.horizontal(|ui| {
        if icon_button_ui(ui, icons::CHEVRON_LEFT, "Month before", None).clicked() {
            month = month.checked_sub_months(Months::new(1)).unwrap_or(month);
        }
        ui.allocate_ui_with_layout(
            vec2(136.0, 24.0),
            egui::Layout::centered_and_justified(egui::Direction::LeftToRight),
            |ui| {
                ui.label(Type::STRONG.rich(month.format("%B %Y").to_string()).color(colors.text));
            },
        );
        if icon_button_ui(ui, icons::CHEVRON_RIGHT, "Month after", None).clicked() {
            month = month.checked_add_months(Months::new(1)).unwrap_or(month);
        }
    });
    ui.data_mut(|data| data.insert_temp(id, month));
    let mut picked = None;
    egui::Grid::new("days").spacing(vec2(2.0, 2.0)).min_col_width(26.0).show(ui, |ui| {
        for name in ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] {
            ui.vertical_centered(|ui| ui.label(Type::SMALL.rich(name).color(colors.muted)));
        }
        ui.end_row();
        let start =
            month.checked_sub_days(Days::new(u64::from(month.weekday().num_days_from_monday()))).unwrap_or(month);
        for (at, day) in start.iter_days().take(42).enumerate() {
            let ink = if day.month() == month.month() { colors.text } else { colors.muted };
            let text = Type::BODY.rich(day.day().to_string()).color(ink);
            let button = egui::Button::new(text)
                .selected(day == chosen)
                .frame_when_inactive(day == chosen)
                .min_size(vec2(26.0, 24.0));
            if ui.add(button).clicked() {
                picked = Some(day);
            }
            if at % 7 == 6 {
                ui.end_row();
            }
        }
    });
    picked
}

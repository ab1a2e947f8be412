//! A date: as it is written, what it means here and how long ago, and a calendar.
//!
//! Invariant: what the calendar sets keeps the form and the zone that the value had.

use chrono::{DateTime, Datelike as _, Days, Local, Months, NaiveDate, NaiveTime};
use egui::{Response, Ui, vec2};

use super::text::typed_ui;
use super::{FieldRef, label_ui};
use crate::document::Value;
use crate::site::kind::date::{When, relative};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::field::{Field, expect, field_ui};
use crate::ui::widgets::{at_ui, line_ui};

/// Draws a field for a date.
pub fn date_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) -> Response {
    let said = field.text();
    let when = When::parse(&said).ok();
    let response = typed_ui(ui, frame, field, &said, Field { room: 18, ..Field::line(&field.label) });
    let corner = egui::Rect::from_center_size(response.rect.right_center() - vec2(15.0, 0.0), vec2(24.0, 24.0));
    let name = format!("Calendar of {}", field.label);
    let button = at_ui(ui, corner, |ui| icon_button_ui(ui, icons::CALENDAR, &name, None));
    egui::Popup::menu(&button).gap(4.0).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        let day = when.as_ref().map_or_else(|| frame.desk.today(), When::day);
        if let Some(day) = calendar_ui(ui, day) {
            field.set(frame, Value::text(on_day(frame, field, when.as_ref(), day)));
            ui.close();
        }
        if let Some(when) = &when {
            time_ui(ui, frame, field, when);
        }
    });
    if let Some(when) = &when {
        label_ui(ui, &told(when, frame.desk.today()));
    }
    response
}

/// What a date means to who reads it here and now: how far away it is, and when that is by the clock here.
fn told(when: &When, today: NaiveDate) -> String {
    let distance = relative(when.day_in_utc(), today);
    let Some(here) = DateTime::from_timestamp(when.seconds(), 0).filter(|_| when.has_time()) else {
        return format!("{} · {distance}", when.day().format("%A"));
    };
    let here = here.with_timezone(&Local);
    // The day goes without saying where it is the one that is written.
    let form = if here.date_naive() == when.day() { "%H:%M here" } else { "%a %d %b, %H:%M here" };
    format!("{distance} · {}", here.format(form))
}

/// The text of another day: in the form that the value has, else in the one that the siblings have.
fn on_day(frame: &Frame<'_>, field: &FieldRef<'_>, when: Option<&When>, day: NaiveDate) -> String {
    let schema = frame.desk.schema_of(field.article);
    let usual = || When::parse(schema.field(&field.path)?.example.as_deref()?).ok();
    when.cloned().or_else(usual).map_or_else(|| day.to_string(), |form| form.with_day(day))
}

/// The time of day, to be typed, and the zone that it is in.
fn time_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>, when: &When) {
    let Some(time) = when.time() else { return };
    ui.add_space(4.0);
    line_ui(ui, size::CONTROL, |ui| {
        ui.label(Type::SMALL.rich("Time").color(palette(ui).muted));
        let said = time.format("%H:%M:%S").to_string();
        let salt = ("time", field.pointer.to_string());
        let name = format!("Time of {}", field.label);
        let read =
            |text: &str| ["%H:%M:%S", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
        ui.allocate_ui(vec2(86.0, size::CONTROL), |ui| {
            let answer = field_ui(ui, salt.clone(), &said, false, Field::line(&name));
            let Some(typed) = answer.sent else { return };
            match read(typed.trim()) {
                Some(time) => {
                    expect(ui, salt, &time.format("%H:%M:%S").to_string());
                    field.set(frame, Value::text(when.with_time(time)));
                }
                // No time yet: the date stays, and what is typed too.
                None => expect(ui, salt, &said),
            }
        });
        ui.label(Type::SMALL.rich(when.zone()).color(palette(ui).muted));
    });
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

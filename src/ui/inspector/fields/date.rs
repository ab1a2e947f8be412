//! A date: as it is written, what it means here and how long ago, and a calendar.
//!
//! Invariant: what the calendar sets keeps the form and the zone that the value had.

use chrono::{DateTime, Local, NaiveDate, NaiveTime};
use egui::{Response, Ui, vec2};

use super::text::{typed_ui, untaken_id};
use super::{FieldRef, label_ui};
use crate::document::Value;
use crate::site::kind::date::{When, relative};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::untaken;
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::calendar::{self, calendar_ui};
use crate::ui::widgets::field::{Field, expect, field_ui};
use crate::ui::widgets::pick::drop_down_ui;
use crate::ui::widgets::{at_ui, line_ui};

/// Draws a field for a date.
pub fn date_ui(ui: &mut Ui, frame: &mut Frame<'_>, field: &FieldRef<'_>) -> Response {
    let said = field.text();
    let when = When::parse(&said).ok();
    let untaken_id = untaken_id(ui, field);
    let response = typed_ui(ui, frame, field, &said, Field { room: 18, ..Field::line(&field.label) });
    let corner = egui::Rect::from_center_size(response.rect.right_center() - vec2(15.0, 0.0), vec2(24.0, 24.0));
    let name = format!("Calendar of {}", field.label);
    let button = at_ui(ui, corner, |ui| icon_button_ui(ui, icons::CALENDAR, &name, None));
    drop_down_ui(&button, calendar::WIDTH, |ui, opens| {
        let day = when.as_ref().map_or_else(|| frame.desk.today(), When::day);
        if let Some(day) = calendar_ui(ui, day, frame.desk.today(), opens) {
            // A day that was chosen takes the place of what could not be taken.
            untaken::forget(ui, untaken_id);
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

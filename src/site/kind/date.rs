//! Dates and instants in the forms that sites write: `2020-05-19`, `2020-05-19T15:13:00Z`, `2016-08-16 10:20:30 -0500`.
//!
//! Invariant: a new instant is written in the form, the precision and the zone of the text it replaces. Where a date has no
//! zone it is taken as UTC, as Jekyll and Hugo do by default.

use std::cmp::Ordering;
use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc};

use super::{KindError, noun};
use crate::document::Value;

/// How a date's zone is written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Zone {
    /// Not at all.
    None,
    /// `Z`, `z` or `UTC`, with the blanks before it.
    Utc(String),
    /// `+02:00`, `-0500` or `+02`, with the blanks before it.
    Offset { blank: String, offset: FixedOffset, colon: bool, minutes: bool },
}

/// A date as it is written: what it says, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    date: NaiveDate,
    /// The time, and what stands between date and time.
    time: Option<(NaiveTime, String)>,
    seconds: bool,
    /// Digits of a fraction of a second.
    fraction: usize,
    zone: Zone,
}

/// Why a text is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// It has the form of a date, and the calendar has no such day, or the clock no such time.
    #[error("{0} is no day of the calendar or no time of day")]
    Impossible(String),
    /// It is something else.
    #[error("“{0}” is not a date; write it like 2020-05-19 or 2020-05-19T15:13:00Z")]
    Form(String),
}

impl When {
    /// Reads a date.
    ///
    /// # Errors
    /// When the text has no form of a date, or names a day or a time that does not exist.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let mut scan = Scan { rest: text.trim() };
        let wrong = || DateError::Form(text.trim().to_owned());
        let impossible = || DateError::Impossible(text.trim().to_owned());
        let (year, month, day) = scan.date().ok_or_else(wrong)?;
        let date = NaiveDate::from_ymd_opt(year, month, day);
        let mut when =
            Self { date: date.unwrap_or_default(), time: None, seconds: false, fraction: 0, zone: Zone::None };
        let mut time_exists = true;
        if !scan.rest.is_empty() {
            let between = scan.between().ok_or_else(wrong)?;
            let clock = scan.clock().ok_or_else(wrong)?;
            (when.seconds, when.fraction) = (clock.seconds.is_some(), clock.fraction);
            // A leap second is the last of its minute here.
            let second = clock.seconds.unwrap_or(0).min(if clock.seconds == Some(60) { 59 } else { u32::MAX });
            let time = NaiveTime::from_hms_nano_opt(clock.hour, clock.minute, second, clock.nanos);
            time_exists = time.is_some();
            when.time = Some((time.unwrap_or_default(), between));
            when.zone = scan.zone().ok_or_else(wrong)?;
        }
        if date.is_none() || !time_exists { Err(impossible()) } else { Ok(when) }
    }

    /// The day that is written.
    #[must_use]
    pub const fn day(&self) -> NaiveDate {
        self.date
    }

    /// Whether a time is written.
    #[must_use]
    pub const fn has_time(&self) -> bool {
        self.time.is_some()
    }

    /// The time that is written.
    #[must_use]
    pub fn time(&self) -> Option<NaiveTime> {
        self.time.as_ref().map(|(time, _)| *time)
    }

    /// The zone, in words.
    #[must_use]
    pub fn zone(&self) -> String {
        match &self.zone {
            Zone::None => "no zone, taken as UTC".to_owned(),
            Zone::Utc(_) => "UTC".to_owned(),
            Zone::Offset { offset, .. } => format!("UTC{offset}"),
        }
    }

    /// Another time of the same day, in the same form.
    #[must_use]
    pub fn with_time(&self, time: NaiveTime) -> String {
        self.written(self.date.and_time(time))
    }

    /// Whether a zone is written.
    #[must_use]
    pub fn has_zone(&self) -> bool {
        self.zone != Zone::None
    }

    /// The instant: seconds since 1970, UTC.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        let local = self.date.and_time(self.time.as_ref().map_or(NaiveTime::MIN, |(time, _)| *time));
        local.and_utc().timestamp() - i64::from(self.offset_seconds())
    }

    /// The day in UTC.
    #[must_use]
    pub fn day_in_utc(&self) -> NaiveDate {
        DateTime::<Utc>::from_timestamp(self.seconds(), 0).map_or(self.date, |instant| instant.date_naive())
    }

    /// Another instant in the same form: same zone, same precision, same separators. Seconds that the form has no room
    /// for are dropped.
    #[must_use]
    pub fn rewrite(&self, seconds: i64) -> String {
        let local = DateTime::<Utc>::from_timestamp(seconds + i64::from(self.offset_seconds()), 0)
            .map_or_else(NaiveDateTime::default, |instant| instant.naive_utc());
        self.written(local)
    }

    /// Another day at the same time of day, in the same form.
    #[must_use]
    pub fn with_day(&self, day: NaiveDate) -> String {
        self.written(day.and_time(self.time.as_ref().map_or(NaiveTime::MIN, |(time, _)| *time)))
    }

    fn written(&self, local: NaiveDateTime) -> String {
        let mut text = format!("{:04}-{:02}-{:02}", local.year(), local.month(), local.day());
        let Some((_, between)) = &self.time else { return text };
        text.push_str(between);
        // Writing to a String cannot fail, so the results below carry nothing.
        write!(text, "{:02}:{:02}", local.hour(), local.minute()).unwrap_or_default();
        if self.seconds {
            write!(text, ":{:02}", local.second()).unwrap_or_default();
        }
        if self.fraction > 0 {
            let digits = format!("{:09}", local.nanosecond());
            write!(text, ".{}", &digits[..self.fraction.min(9)]).unwrap_or_default();
        }
        match &self.zone {
            Zone::None => {}
            Zone::Utc(spelled) => text.push_str(spelled),
            Zone::Offset { blank, offset, colon, minutes } => {
                let total = offset.local_minus_utc();
                let sign = if total < 0 { '-' } else { '+' };
                let (hours, rest) = (total.abs() / 3600, total.abs() / 60 % 60);
                write!(text, "{blank}{sign}{hours:02}").unwrap_or_default();
                match (*minutes, *colon) {
                    (true, true) => write!(text, ":{rest:02}").unwrap_or_default(),
                    (true, false) => write!(text, "{rest:02}").unwrap_or_default(),
                    (false, _) => {}
                }
            }
        }
        text
    }

    fn offset_seconds(&self) -> i32 {
        match &self.zone {
            Zone::Offset { offset, .. } => offset.local_minus_utc(),
            Zone::None | Zone::Utc(_) => 0,
        }
    }
}

/// How far a day is from another, as people say it: “3 days ago”, “in 2 weeks”.
#[must_use]
pub fn relative(day: NaiveDate, today: NaiveDate) -> String {
    let days = (today - day).num_days();
    let (count, unit) = match days.unsigned_abs() {
        0 => return "today".to_owned(),
        1 => return if days > 0 { "yesterday" } else { "tomorrow" }.to_owned(),
        count @ ..14 => (count, "day"),
        count @ ..60 => (count / 7, "week"),
        count @ ..730 => (count / 30, "month"),
        count => (count / 365, "year"),
    };
    let many = if count == 1 { "" } else { "s" };
    if days > 0 { format!("{count} {unit}{many} ago") } else { format!("in {count} {unit}{many}") }
}

/// Seconds since 1970 (UTC) of a date's text, if it is one. What tables sort and filters compare by.
#[must_use]
pub fn seconds(text: &str) -> Option<i64> {
    When::parse(text).ok().map(|when| when.seconds())
}

/// Whether the text has the form of a date, possible or not.
#[must_use]
pub fn looks(text: &str) -> bool {
    !matches!(When::parse(text), Err(DateError::Form(_)))
}

pub(super) fn parse_typed(typed: &str, old: Option<&str>) -> Result<Value, KindError> {
    let new = When::parse(typed).map_err(|error| KindError::new(error.to_string()))?;
    let Some(form) = old.and_then(|old| When::parse(old).ok()) else {
        return Ok(Value::text(typed.trim()));
    };
    let text = match (new.has_time(), new.has_zone()) {
        (false, _) => form.with_day(new.date),
        // Without a zone the editor means the zone that the file writes.
        (true, false) => {
            let local = new.date.and_time(new.time.as_ref().map_or(NaiveTime::MIN, |(time, _)| *time));
            form.written(local)
        }
        (true, true) => form.rewrite(new.seconds()),
    };
    Ok(Value::Text(text))
}

pub(super) fn show(text: &str) -> String {
    let Ok(when) = When::parse(text) else { return text.to_owned() };
    let mut shown = when.date.to_string();
    if let Some((time, _)) = &when.time {
        write!(shown, " {:02}:{:02}", time.hour(), time.minute()).unwrap_or_default();
        match &when.zone {
            Zone::None => {}
            Zone::Utc(_) => shown.push_str(" UTC"),
            Zone::Offset { offset, .. } => write!(shown, " {offset}").unwrap_or_default(),
        }
    }
    shown
}

pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    let instant = |value: &Value| value.as_str().and_then(seconds);
    match (instant(a), instant(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => super::text::compare(a, b),
    }
}

pub(super) fn check(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) if text.trim().is_empty() => None,
        Value::Text(text) => When::parse(text).err().map(|error| error.to_string()),
        other => Some(format!("This is {}, where other articles have a date", noun(other))),
    }
}

struct Scan<'a> {
    rest: &'a str,
}

struct Clock {
    hour: u32,
    minute: u32,
    seconds: Option<u32>,
    nanos: u32,
    fraction: usize,
}

impl Scan<'_> {
    fn take(&mut self, prefix: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(prefix)?;
        Some(())
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(count).filter(|_| count >= least)?;
        self.rest = rest;
        digits.parse().ok()
    }

    fn date(&mut self) -> Option<(i32, u32, u32)> {
        let year = self.digits(4, 4)?;
        self.take("-")?;
        let month = self.digits(1, 2)?;
        self.take("-")?;
        let day = self.digits(1, 2)?;
        Some((i32::try_from(year).ok()?, month, day))
    }

    fn between(&mut self) -> Option<String> {
        let start = self.rest;
        let rest = start.trim_start_matches([' ', '\t']);
        let rest = if rest.len() == start.len() { rest.strip_prefix(['T', 't'])? } else { rest };
        self.rest = rest;
        Some(start[..start.len() - rest.len()].to_owned())
    }

    fn clock(&mut self) -> Option<Clock> {
        let hour = self.digits(1, 2)?;
        self.take(":")?;
        let minute = self.digits(2, 2)?;
        let mut clock = Clock { hour, minute, seconds: None, nanos: 0, fraction: 0 };
        if self.take(":").is_some() {
            clock.seconds = Some(self.digits(2, 2)?);
            if self.take(".").is_some() {
                let before = self.rest.len();
                let value = self.digits(1, 9)?;
                clock.fraction = before - self.rest.len();
                clock.nanos = value * 10_u32.pow(9 - u32::try_from(clock.fraction).ok()?);
            }
        }
        Some(clock)
    }

    fn zone(&mut self) -> Option<Zone> {
        let start = self.rest;
        let spelled = start.trim_start();
        let blank = start[..start.len() - spelled.len()].to_owned();
        if spelled.is_empty() {
            return Some(Zone::None);
        }
        if matches!(spelled, "Z" | "z" | "UTC" | "GMT") {
            return Some(Zone::Utc(start.to_owned()));
        }
        let sign = match spelled.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.rest = &spelled[1..];
        let hours = self.digits(1, 2)?;
        let colon = self.take(":").is_some();
        let minutes = self.digits(2, 2);
        if !self.rest.is_empty() || (colon && minutes.is_none()) || hours > 23 || minutes.unwrap_or(0) > 59 {
            return None;
        }
        let seconds = i32::try_from(hours * 3600 + minutes.unwrap_or(0) * 60).ok()?;
        let offset = FixedOffset::east_opt(sign * seconds)?;
        Some(Zone::Offset { blank, offset, colon, minutes: minutes.is_some() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_written_back_as_it_was() {
        for text in [
            "2020-05-19",
            "2020-05-19T15:13:00Z",
            "2020-05-19T15:13:00.250Z",
            "2020-05-19 15:13",
            "2016-08-16 10:20:30 -0500",
            "2016-08-16T10:20:30+05:30",
            "2016-08-16 10:20:30 +02",
            "2016-08-16 10:20:30 UTC",
        ] {
            let when = When::parse(text).unwrap();
            let fraction = text.replace(".250", ".000");
            assert_eq!(when.rewrite(when.seconds()), fraction, "{text}");
        }
    }

    #[test]
    fn a_day_is_told_from_today() {
        let today = NaiveDate::from_ymd_opt(2020, 5, 19).unwrap();
        for (days, want) in [
            (0, "today"),
            (1, "yesterday"),
            (-1, "tomorrow"),
            (3, "3 days ago"),
            (-20, "in 2 weeks"),
            (100, "3 months ago"),
            (2000, "5 years ago"),
        ] {
            assert_eq!(relative(today - chrono::TimeDelta::days(days), today), want);
        }
        let when = When::parse("2016-08-16 10:20:30 -0500").unwrap();
        assert_eq!(
            (when.with_time(NaiveTime::MIN).as_str(), when.zone()),
            ("2016-08-16 00:00:00 -0500", "UTC-05:00".to_owned())
        );
    }

    #[test]
    fn a_typed_date_takes_the_form_of_the_old_one() {
        for (typed, old, want) in [
            ("2020-05-20", "2020-05-19T15:13:00Z", "2020-05-20T15:13:00Z"),
            ("2020-05-20 16:00", "2020-05-19T15:13:00Z", "2020-05-20T16:00:00Z"),
            ("2020-05-20T16:00:00Z", "2016-08-16 10:20:30 -0500", "2020-05-20 11:00:00 -0500"),
            ("2020-05-20T16:00:00Z", "2016-08-16", "2020-05-20"),
            ("2020-5-2", "2016-08-16", "2020-05-02"),
            ("2020-05-20 16:00", "", "2020-05-20 16:00"),
        ] {
            assert_eq!(parse_typed(typed, Some(old)), Ok(Value::text(want)), "{typed} over {old}");
        }
    }

    #[test]
    fn impossible_days_are_told_from_other_texts() {
        for text in ["2020-02-30", "2020-13-01", "2021-02-29T10:00:00Z", "2020-01-01 25:00"] {
            assert!(matches!(When::parse(text), Err(DateError::Impossible(_))), "{text}");
        }
        for text in ["", "soon", "2020", "2020-05", "20-05-19", "2020-05-19T", "2020-05-19 at 5", "2020-05-19T15:13X"] {
            assert!(matches!(When::parse(text), Err(DateError::Form(_))), "{text}");
        }
    }

    #[test]
    fn instants_compare_across_zones() {
        assert_eq!(seconds("2020-05-19T15:13:00Z"), seconds("2020-05-19 10:13:00 -0500"));
        assert_eq!(seconds("1970-01-01"), Some(0));
    }
}

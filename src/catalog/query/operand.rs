//! What a field is compared with: numbers, dates of any precision, ages.
//!
//! Invariant: a date stands for the whole of the time it names, so `2020-05` contains each moment of May.

use chrono::{Days, Months, NaiveDate};

use crate::article::moment::{moment, start_of_day};

/// One end of a comparison. `2020` is a number and a year: the cell decides.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bound {
    pub(super) number: Option<f64>,
    when: Option<When>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// From this second up to, not including, that one.
    Time(i64, i64),
    /// So many days before today.
    Day(u64),
    /// Younger than so many days.
    AgeInDays(u64),
    /// Younger than so many months.
    AgeInMonths(u32),
}

/// The seconds that a bound names when today is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seconds {
    /// From this second up to, not including, that one.
    Time(i64, i64),
    /// An age: the first second of the day that is so old.
    Age(i64),
}

impl Bound {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let number = text.parse::<f64>().ok().filter(|_| !text.starts_with(|c: char| c.is_ascii_alphabetic()));
        let number = number.filter(|number| number.is_finite());
        let when = When::parse(text);
        (number.is_some() || when.is_some()).then_some(Self { number, when })
    }

    pub(super) fn seconds(&self, today: NaiveDate) -> Option<Seconds> {
        let back = |days| today.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
        Some(match self.when? {
            When::Time(start, end) => Seconds::Time(start, end),
            When::Day(days) => Seconds::Time(start_of_day(back(days)), start_of_day(back(days)) + DAY),
            When::AgeInDays(days) => Seconds::Age(start_of_day(back(days))),
            When::AgeInMonths(months) => {
                Seconds::Age(start_of_day(today.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN)))
            }
        })
    }
}

pub(super) const DAY: i64 = 86_400;

impl When {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "today" => return Some(Self::Day(0)),
            "yesterday" => return Some(Self::Day(1)),
            _ => {}
        }
        if let Some((unit, digits)) = text.char_indices().last().map(|(at, unit)| (unit, &text[..at]))
            && let Ok(count) = digits.parse::<u32>()
            && digits.len() <= 5
        {
            match unit {
                'd' => return Some(Self::AgeInDays(u64::from(count))),
                'w' => return Some(Self::AgeInDays(u64::from(count) * 7)),
                'm' => return Some(Self::AgeInMonths(count)),
                'y' => return Some(Self::AgeInMonths(count * 12)),
                _ => {}
            }
        }
        Self::of_date(text)
    }

    fn of_date(text: &str) -> Option<Self> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let first = |year: &str, month: &str| {
            (year.len() == 4 && month.len() == 2 && digits(year) && digits(month))
                .then(|| NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1))?
        };
        let until =
            |start: NaiveDate, months| Some(Self::Time(start_of_day(start), start_of_day(start + Months::new(months))));
        match text.len() {
            4 => until(first(text, "01")?, 12),
            7 => until(first(text.get(..4)?, text.get(5..).filter(|_| text.as_bytes().get(4) == Some(&b'-'))?)?, 1),
            length => {
                let start = moment(text)?;
                let clock = text.get(11..).unwrap_or_default();
                let exact = clock.matches(':').count() > 1 && !clock.contains(['+', '-']);
                let width = if length == 10 {
                    DAY
                } else if exact {
                    1
                } else {
                    60
                };
                Some(Self::Time(start, start + width))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_name_the_time_they_are_precise_to() {
        let today = NaiveDate::from_ymd_opt(2020, 5, 10).unwrap();
        let start = |text: &str| start_of_day(text.parse().unwrap());
        for (text, want) in [
            ("2020-05", Seconds::Time(start("2020-05-01"), start("2020-06-01"))),
            ("2020", Seconds::Time(start("2020-01-01"), start("2021-01-01"))),
            ("2020-05-06", Seconds::Time(start("2020-05-06"), start("2020-05-07"))),
            ("2020-05-06T01:00", Seconds::Time(start("2020-05-06") + 3600, start("2020-05-06") + 3660)),
            ("2020-05-06T01:00:00Z", Seconds::Time(start("2020-05-06") + 3600, start("2020-05-06") + 3601)),
            ("yesterday", Seconds::Time(start("2020-05-09"), start("2020-05-10"))),
            ("7d", Seconds::Age(start("2020-05-03"))),
            ("2w", Seconds::Age(start("2020-04-26"))),
            ("1m", Seconds::Age(start("2020-04-10"))),
            ("1y", Seconds::Age(start("2019-05-10"))),
        ] {
            assert_eq!(Bound::parse(text).unwrap().seconds(today), Some(want), "{text}");
        }
        for text in ["", "x", "2020-13", "2020-5", "inf", "nan", "infinity", "7", "7x", "2020-02-30", "-", "d", "１d"]
        {
            assert_eq!(Bound::parse(text).and_then(|bound| bound.seconds(today)), None, "{text}");
        }
        assert_eq!(Bound::parse("-1").unwrap().number, Some(-1.0));
    }
}

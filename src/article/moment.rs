//! When a date says it is: the moment behind a date or date-time as front matter writes it.
//!
//! Invariant: only a text that is a date from its first to its last character is one, and impossible dates are none; a date
//! without a zone counts as UTC.

use chrono::NaiveDate;

/// The moment a date or date-time names, in seconds since 1970; nothing where the text is not wholly a date.
///
/// Reads `2020-05-06`, and behind it `T` or a space, hours and minutes, seconds, a fraction and a zone (`Z`, `+02:00`,
/// `-0700`, with or without a space before it).
#[must_use]
pub fn moment(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes.len() > 40 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..10])?);
    let days = days_since_1970(year, month, day)?;
    let seconds = match &bytes[10..] {
        [] => 0,
        [b'T' | b't' | b' ', clock @ ..] => seconds_of_clock(clock)?,
        _ => return None,
    };
    Some(days * 86_400 + seconds)
}

fn seconds_of_clock(clock: &[u8]) -> Option<i64> {
    if clock.len() < 5 || clock[2] != b':' {
        return None;
    }
    let (hour, minute) = (digits(&clock[..2])?, digits(&clock[3..5])?);
    let mut rest = &clock[5..];
    let mut second = 0;
    if let [b':', a, b, after @ ..] = rest {
        second = digits(&[*a, *b])?;
        rest = after;
        if let [b'.', fraction @ ..] = rest {
            let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if length == 0 {
                return None;
            }
            rest = &fraction[length..];
        }
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(hour * 3600 + minute * 60 + second - seconds_of_zone(rest)?)
}

fn seconds_of_zone(zone: &[u8]) -> Option<i64> {
    let zone = zone.strip_prefix(b" ").filter(|rest| !rest.is_empty()).unwrap_or(zone);
    let (sign, digits_of_zone) = match zone {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match digits_of_zone.len() {
        2 => (digits(digits_of_zone)?, 0),
        4 => (digits(&digits_of_zone[..2])?, digits(&digits_of_zone[2..])?),
        5 if digits_of_zone[2] == b':' => (digits(&digits_of_zone[..2])?, digits(&digits_of_zone[3..])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let date = NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32)?;
    Some(start_of_day(date) / 86_400)
}

/// The first second of a day, in UTC, since 1970.
#[must_use]
pub fn start_of_day(date: NaiveDate) -> i64 {
    date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_whole_or_not_at_all() {
        for (text, want) in [
            ("1970-01-02", Some(86_400)),
            ("2020-05-06T21:25:00Z", Some(1_588_800_300)),
            ("2020-05-06 21:25:00", Some(1_588_800_300)),
            ("2020-05-06 23:25:00 +0200", Some(1_588_800_300)),
            ("2020-05-06T23:25:00.123+02:00", Some(1_588_800_300)),
            ("2020-05-06T21:25", Some(1_588_800_300)),
            ("2020-02-30", None),
            ("2020-05-06T25:00:00Z", None),
            ("2020-05-06 and more", None),
            ("2020-05-06T21:25:00Zx", None),
            ("2020-05", None),
            ("２０２０-05-06", None),
            ("2020-05-06 ", None),
        ] {
            assert_eq!(moment(text), want, "{text}");
        }
    }
}

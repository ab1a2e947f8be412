//! A cell of the table as text, JSON and CSV.
//!
//! Invariant: an opaque value is only ever counted; what a spreadsheet would take for a formula is guarded in CSV.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::catalog::Cell;
use crate::text::guarded;

/// The largest number below which every whole number is a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// As a table shows it.
pub(super) fn text_cell(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Date { seconds, text } => date(*seconds, text),
        Cell::Opaque(length) => format!("opaque, {length} characters"),
        other => other.to_string(),
    }
}

/// As JSON; nothing where the article has no such field.
pub(super) fn json_cell(cell: &Cell<'_>) -> Option<Json> {
    Some(match cell {
        Cell::Missing => return None,
        Cell::Null => Json::Null,
        Cell::Bool(yes) => Json::Bool(*yes),
        Cell::Number(number) => json_number(*number),
        Cell::Date { seconds, text } => Json::String(date(*seconds, text)),
        Cell::Text(text) => Json::String((*text).to_owned()),
        Cell::List(values) => values.iter().map(|value| Json::String((*value).to_owned())).collect(),
        Cell::Entries(count) => Json::from(*count),
        Cell::Opaque(_) => Json::String(text_cell(cell)),
    })
}

/// As a cell of a spreadsheet.
pub(super) fn csv_cell<'c>(cell: &Cell<'c>, raw: bool) -> Cow<'c, str> {
    let text = match cell {
        Cell::Text(text) => Cow::Borrowed(*text),
        other => Cow::Owned(text_cell(other)),
    };
    if raw || !matches!(cell, Cell::Text(_) | Cell::List(_)) {
        return text;
    }
    match text {
        Cow::Borrowed(text) => guarded(text),
        Cow::Owned(text) => Cow::Owned(guarded(&text).into_owned()),
    }
}

fn json_number(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Json::from(number as i64);
    }
    serde_json::Number::from_f64(number).map_or_else(|| Json::String(number.to_string()), Json::Number)
}

/// As it is written; where nothing is written, in UTC.
fn date(seconds: i64, text: &str) -> String {
    if !text.is_empty() {
        return text.to_owned();
    }
    chrono::DateTime::from_timestamp(seconds, 0)
        .map_or_else(String::new, |moment| moment.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        assert_eq!(csv_cell(&Cell::Text("=1+1"), false), "'=1+1");
        assert_eq!(csv_cell(&Cell::Text("＝1"), false), "'＝1");
        assert_eq!(csv_cell(&Cell::List(vec!["@a", "b"]), false), "'@a, b");
        assert_eq!(csv_cell(&Cell::Text("=1+1"), true), "=1+1");
        assert_eq!(csv_cell(&Cell::Number(-1.0), false), "-1");
    }

    #[test]
    fn json_keeps_kinds_apart() {
        for (cell, want) in [
            (Cell::Missing, None),
            (Cell::Null, Some("null")),
            (Cell::Number(120.0), Some("120")),
            (Cell::Number(0.5), Some("0.5")),
            (Cell::Bool(false), Some("false")),
            (Cell::Date { seconds: 0, text: "" }, Some("\"1970-01-01T00:00:00Z\"")),
            (Cell::List(vec!["a"]), Some("[\"a\"]")),
            (Cell::Opaque(537), Some("\"opaque, 537 characters\"")),
        ] {
            assert_eq!(json_cell(&cell).map(|json| json.to_string()).as_deref(), want);
        }
    }
}

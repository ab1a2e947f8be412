//! Values as people read them.
//!
//! Invariant: what is shown here is never written to a file.

use crate::catalog::Cell;
use crate::document::{FieldPath, Pointer, Value};
use crate::site::Schema;
use crate::site::label::words;
use crate::text::{marked_lines, marks};

/// A number with a real minus sign.
#[must_use]
pub fn number(value: f64) -> String {
    if value < 0.0 { format!("−{}", -value) } else { value.to_string() }
}

/// How many entries there are.
#[must_use]
pub fn entries(count: usize) -> String {
    match count {
        0 => "no entries".to_owned(),
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    }
}

/// So many bytes, as people read them.
#[must_use]
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} bytes"),
        1_000..1_000_000 => format!("{} KB", count.div_ceil(1_000)),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

/// How many fields a map has.
#[must_use]
pub fn fields(count: usize) -> String {
    if count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
}

/// A cell in words.
#[must_use]
pub fn cell(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Missing => "–".to_owned(),
        Cell::Null => "null".to_owned(),
        Cell::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Cell::Number(value) => number(*value),
        Cell::Date { text, .. } | Cell::Text(text) => (*text).to_owned(),
        Cell::List(items) => items.join(", "),
        Cell::Entries(count) => entries(*count as usize),
        Cell::Opaque(length) => format!("opaque, {length} characters"),
    }
}

/// What a place in an article is called, as the form calls it: "Related 2 · Title". The empty place is the body.
#[must_use]
pub fn name_of(schema: &Schema, pointer: Option<&Pointer>) -> String {
    let Some(pointer) = pointer.filter(|pointer| !pointer.parts().is_empty()) else { return "Body".to_owned() };
    let mut names: Vec<String> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for part in pointer.parts() {
        match (part.parse::<usize>(), names.last_mut()) {
            (Ok(at), Some(list)) => list.push_str(&format!(" {}", at + 1)),
            _ if part == "-" => {}
            _ => {
                path.push(part.clone());
                let known = schema.field(&FieldPath::of(path.iter().map(String::as_str)));
                names.push(known.map_or_else(|| words(part), |field| field.label.clone()));
            }
        }
    }
    marks(&names.join(" · ")).into_owned()
}

/// A value on a line or two, up to so many characters; absent, null and empty are told apart.
#[must_use]
pub fn value(value: Option<&Value>, most: usize) -> String {
    let text = match value {
        None => return "absent".to_owned(),
        Some(Value::Null) => return "null".to_owned(),
        Some(Value::Map(map)) => return fields(map.len()),
        Some(Value::List(items)) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            if texts.len() == items.len() { texts.join(", ") } else { entries(items.len()) }
        }
        Some(value) => value.as_str().map_or_else(|| value.to_json().to_string(), str::to_owned),
    };
    match text.char_indices().nth(most) {
        _ if text.is_empty() => "empty".to_owned(),
        Some((end, _)) => format!("{}…", marked_lines(&text[..end])),
        None => marked_lines(&text).into_owned(),
    }
}

/// The beginning of a text, at most so many bytes of it.
#[must_use]
pub fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The lines that differ between two texts, with a few around them.
#[must_use]
pub fn diff(before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after).unified_diff().context_radius(2).to_string()
}

/// What an embedded frame shows: the host it comes from.
#[must_use]
pub fn embed(text: &str) -> String {
    let host = text.split("src=").nth(1).map(|rest| rest.trim_start_matches(['"', '\'']));
    let host = host
        .and_then(|rest| rest.split_once("//"))
        .map(|(_, rest)| rest.split(['/', '"', '\'', '?']).next().unwrap_or(rest));
    format!("embed: {}", host.map_or("a frame", |host| host.trim_start_matches("www.")))
}

/// The host of an address, without “www.”.
#[must_use]
pub fn host(address: &str) -> &str {
    let rest = address.split_once("//").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest).trim_start_matches("www.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_readable() {
        assert_eq!(number(-1.0), "−1");
        assert_eq!(number(12.5), "12.5");
        assert_eq!([999, 1_000, 45_200, 2_340_000].map(bytes), ["999 bytes", "1 KB", "46 KB", "2.3 MB"]);
        assert_eq!(
            embed("<iframe width=\"5\" src=\"https://www.youtube.com/embed/x?a\"></iframe>"),
            "embed: youtube.com"
        );
        assert_eq!(embed("<iframe>"), "embed: a frame");
        assert_eq!(host("https://www.usatoday.com/a/b?c"), "usatoday.com");
    }

    /// Two values that differ in what nobody sees looked alike where an editor has to choose between them.
    #[test]
    fn what_cannot_be_seen_in_a_value_or_a_name_is_marked() {
        let text = |text: &str| value(Some(&Value::text(text)), 20);
        assert_eq!(text("a\u{202e}b\u{200b}\u{1b}"), "a‹U+202E›b‹U+200B›␛");
        assert_eq!(text("two\r\n\tlines"), "two\r\n\tlines");
        assert_eq!(text(&"\u{200b}".repeat(21)), format!("{}…", "‹U+200B›".repeat(20)));
        let name = name_of(&Schema::default(), Pointer::parse("/a\u{202e}b").ok().as_ref());
        assert!(name.contains("‹U+202E›"), "{name}");
    }
}

//! Where front matter begins and ends.
//!
//! Invariant: the file is `before` + `front` + `after`, none overlapping; fences are recognised as Jekyll and Hugo do.

use memchr::memchr;

use crate::text::Span;

use super::Format;
use super::notice::{Fault, NoticeCode};

/// The parts of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fence {
    pub(crate) format: Format,
    /// Between the fences: behind the line end of the opening line, up to the closing line. JSON: the object itself.
    pub(crate) front: Span,
    /// Where the body starts: behind the closing line and its line end.
    pub(crate) body: usize,
    /// False where an opening line is never closed.
    pub(crate) closed: bool,
}

/// Splits a file. A byte order mark is skipped, and kept.
pub(crate) fn split(text: &str) -> Fence {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (opening, next) = line_at(text, start);
    match opening.trim_end_matches([' ', '\t']) {
        "---" => lines_until(text, Format::Yaml, next, &["---", "..."]),
        "+++" => lines_until(text, Format::Toml, next, &["+++"]),
        ";;;" => lines_until(text, Format::Json, next, &[";;;"]),
        _ if starts_object(&text[start..]) => object(text, start),
        _ => Fence { format: Format::None, front: Span::new(start, start), body: start, closed: true },
    }
}

/// A fence that is the first thing in the file that says something, but not its first line: meant as front matter, read as text.
pub(crate) fn late(text: &str) -> Option<Fault> {
    let body = text.trim_start_matches('\u{feff}');
    let at = text.len() - body.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let is_late = at > text.len() - body.len() && matches!(line_at(text, at).0.trim_end(), "---" | "+++");
    let message =
        "A fence stands here, but front matter is only read from the first line on; take out what stands before it";
    is_late.then(|| Fault::new(NoticeCode::LateFence, message, at))
}

/// The line that starts at `start`, without its line end, and where the next one starts.
pub(crate) fn line_at(text: &str, start: usize) -> (&str, usize) {
    let rest = &text[start..];
    let (line, next) = match memchr(b'\n', rest.as_bytes()) {
        Some(at) => (&rest[..at], start + at + 1),
        None => (rest, text.len()),
    };
    (line.strip_suffix('\r').unwrap_or(line), next)
}

fn lines_until(text: &str, format: Format, start: usize, closing: &[&str]) -> Fence {
    let mut at = start;
    while at < text.len() {
        let (line, next) = line_at(text, at);
        if closing.iter().any(|fence| line.strip_prefix(fence).is_some_and(is_blank)) {
            return Fence { format, front: Span::new(start, at), body: next, closed: true };
        }
        at = next;
    }
    Fence { format, front: Span::new(start, text.len()), body: text.len(), closed: false }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte == b'\t')
}

/// A `{` starts JSON front matter where a key or the end follows; `{{ … }}` and `{% … %}` are templates.
fn starts_object(text: &str) -> bool {
    text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}

/// A JSON object that starts the file ends with its brace, behind which only blanks may stand on the line.
fn object(text: &str, start: usize) -> Fence {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    let (rest, next) = line_at(text, at + 1);
                    let front = Span::new(start, at + 1);
                    let none =
                        Fence { format: Format::None, front: Span::new(start, start), body: start, closed: true };
                    return if is_blank(rest) {
                        Fence { format: Format::Json, front, body: next, closed: true }
                    } else {
                        none
                    };
                }
            }
            _ => {}
        }
    }
    Fence { format: Format::Json, front: Span::new(start, text.len()), body: text.len(), closed: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_are_found_as_generators_find_them() {
        for (text, format, front, body) in [
            ("---\na: 1\n---\nBody", Format::Yaml, "a: 1\n", "Body"),
            ("\u{feff}--- \r\na: 1\r\n--- \t\r\nBody", Format::Yaml, "a: 1\r\n", "Body"),
            ("---\na: 1\n...\nBody", Format::Yaml, "a: 1\n", "Body"),
            ("---\n---\n---\n", Format::Yaml, "", "---\n"),
            ("---\na: 1\n---", Format::Yaml, "a: 1\n", ""),
            ("---\na: |\n  ---\n----\n---\n", Format::Yaml, "a: |\n  ---\n----\n", ""),
            ("+++\na = 1\n+++\nBody", Format::Toml, "a = 1\n", "Body"),
            (";;;\n{\"a\": 1}\n;;;\nBody", Format::Json, "{\"a\": 1}\n", "Body"),
            ("{\"a\": \"}\\\"\"}  \nBody", Format::Json, "{\"a\": \"}\\\"\"}", "Body"),
            ("{\"a\": 1} and more", Format::None, "", "{\"a\": 1} and more"),
            ("{{ content }}", Format::None, "", "{{ content }}"),
            ("----\na: 1\n----\n", Format::None, "", "----\na: 1\n----\n"),
            ("\n---\na: 1\n---\n", Format::None, "", "\n---\na: 1\n---\n"),
            ("---\ra: 1\r---\r", Format::None, "", "---\ra: 1\r---\r"),
            ("", Format::None, "", ""),
        ] {
            let fence = split(text);
            assert_eq!((fence.format, fence.closed), (format, true), "{text:?}");
            assert_eq!((&text[fence.front.range()], &text[fence.body..]), (front, body), "{text:?}");
        }
        assert_eq!(late("\n\n---\na: 1\n---\n").map(|fault| fault.at), Some(2));
        assert!(late("Text\n---\n").is_none() && late("").is_none() && late("----\n").is_none());
        for text in ["---", "---\na: 1\n", "+++\n", "{\"a\": 1"] {
            assert!(!split(text).closed, "{text:?}");
        }
    }
}

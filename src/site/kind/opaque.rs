//! Values that are long and unreadable: signatures, encrypted parts. Shown by their length, never touched.
//!
//! Invariant: no text of an opaque value reaches the screen, a search, a sort, another article or an export.

use crate::document::Value;

/// No shorter text is unreadable enough to be locked.
const SHORTEST: usize = 64;

/// Whether the text reads as encoded bytes: long, without blanks, nothing but the letters of an encoding, and mixed as no word
/// and no address is.
#[must_use]
pub fn looks(text: &str) -> bool {
    let text = text.trim();
    if text.len() < SHORTEST || text.contains("://") || text.starts_with('/') || text.contains("..") {
        return false;
    }
    let encoded = |b: u8| b.is_ascii_alphanumeric() || b"+/=_-;:.,\n\r".contains(&b);
    if !text.bytes().all(encoded) {
        return false;
    }
    let (mut digits, mut changes, mut before) = (0_usize, 0_usize, 0_u8);
    for b in text.bytes() {
        let class = match b {
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 2,
            b'0'..=b'9' => 3,
            _ => 4,
        };
        digits += usize::from(class == 3);
        changes += usize::from(class != before);
        before = class;
    }
    // Words change their class of letters about once in six characters, encoded bytes at every second one.
    digits * 40 >= text.len() && changes * 3 >= text.len()
}

/// `opaque, 537 characters`.
pub(super) fn show(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("opaque, {} characters", text.chars().count()),
        other => format!("opaque, {}", super::noun(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_bytes_are_told_from_words_and_addresses() {
        let secured = "nqgVTkX5Gw2l5Kpkool/ZLS2viVevBg9s7+JeehiAoip/AvUBFmFGi6NCRe5m9FOIVo7Yb73M/LrTmJxl;wg7T7alELjzcAtwRiQPzVA==";
        assert!(looks(secured));
        for plain in [
            "videos/april-dunnam-power-apps-canvas-vs-model-driven-vs-portals-explained-in-2020-again",
            "https://i.ytimg.com/vi/WJk-Y8LQlfE/maxresdefault.jpg?x=aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5z",
            "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverwahrungsort",
            "/assets/images/aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zaB3dE5fG7hI9jK1lM3nO5pQ7rS9t.png",
            "short1A2b",
        ] {
            assert!(!looks(plain), "{plain}");
        }
        assert_eq!(show(&Value::text(secured)), "opaque, 106 characters");
    }
}

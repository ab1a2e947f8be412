//! What a spreadsheet would take for a formula, made plain text.
//!
//! Invariant: a guarded text starts with an apostrophe, which spreadsheets show as text; any other text is as it was.

use std::borrow::Cow;

/// The text with an apostrophe before it, where a spreadsheet could take it for a formula: by its first sign, also a full-width
/// one, and also behind blanks, which some programs cut off.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    let behind_blanks = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    let starts = behind_blanks.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if starts || text.starts_with(['\t', '\r', '\n']) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_text_also_behind_blanks() {
        for text in ["=1", "\t=1", " =1", "\u{a0}\u{feff}@x", "＝1", "\nplain", "-1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["", "plain", "a=1", " plain", "'=1"] {
            assert_eq!(guarded(text), text);
        }
    }
}

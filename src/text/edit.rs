//! A change of a text as replacements of byte spans, which can be applied and taken back.
//!
//! Invariant: the splices of an edit are sorted and disjoint, and lie on character boundaries of the text they were made for.

use std::collections::VecDeque;

use super::Span;

/// One replacement: these bytes of the old text become this text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// What is replaced, in the old text. Empty: an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Replacements on one text, sorted and disjoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextEdit {
    splices: Vec<Splice>,
}

/// Two replacements of one edit overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two replacements overlap at byte {0}")]
pub struct Overlap(pub usize);

impl TextEdit {
    /// An edit of these replacements, in any order.
    ///
    /// # Errors
    /// When two of them overlap.
    pub fn new(mut splices: Vec<Splice>) -> Result<Self, Overlap> {
        splices.sort_by_key(|splice| splice.span);
        for pair in splices.windows(2) {
            if pair[1].span.start < pair[0].span.end {
                return Err(Overlap(pair[1].span.start));
            }
        }
        Ok(Self { splices })
    }

    /// An edit that replaces one span.
    #[must_use]
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { splices: vec![Splice { span, text: text.into() }] }
    }

    /// The smallest single replacement that turns `old` into `new`: what stands between their common ends.
    #[must_use]
    pub fn between(old: &str, new: &str) -> Self {
        if old == new {
            return Self::default();
        }
        let mut start = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
        while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
            start -= 1;
        }
        let (old_rest, new_rest) = (&old[start..], &new[start..]);
        let mut tail = old_rest.bytes().rev().zip(new_rest.bytes().rev()).take_while(|(a, b)| a == b).count();
        while !old_rest.is_char_boundary(old_rest.len() - tail) || !new_rest.is_char_boundary(new_rest.len() - tail) {
            tail -= 1;
        }
        Self::replace(Span::new(start, old.len() - tail), &new_rest[..new_rest.len() - tail])
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.splices.is_empty()
    }

    /// The replacements, in order.
    #[must_use]
    pub fn splices(&self) -> &[Splice] {
        &self.splices
    }

    /// The text after the edit.
    ///
    /// `text` must be the text the edit was made for; spans beyond its end are clamped to it.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let grown: usize = self.splices.iter().map(|splice| splice.text.len()).sum();
        let mut new = String::with_capacity(text.len() + grown);
        let mut at = 0;
        for splice in &self.splices {
            new.push_str(text.get(at..splice.span.start).unwrap_or_default());
            new.push_str(&splice.text);
            at = splice.span.end;
        }
        new.push_str(text.get(at..).unwrap_or_default());
        new
    }

    /// This edit and then another, which was made for the text this one gives, as one edit of the first text.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let mut pieces = Pieces { left: pieces(&self.splices).into(), at: 0 };
        let mut result = Vec::new();
        for splice in &next.splices {
            pieces.take_until(splice.span.start, |piece| result.push(piece));
            result.push(Piece::New(&splice.text));
            pieces.take_until(splice.span.end, |_| ());
        }
        result.extend(pieces.left);
        Self { splices: splices(&result) }
    }

    /// The edit that takes this one back; `text` is the text before it.
    #[must_use]
    pub fn invert(&self, text: &str) -> Self {
        let mut splices = Vec::with_capacity(self.splices.len());
        let (mut removed, mut added) = (0, 0);
        for splice in &self.splices {
            let start = splice.span.start + added - removed;
            splices.push(Splice {
                span: Span::new(start, start + splice.text.len()),
                text: text.get(splice.span.range()).unwrap_or_default().to_owned(),
            });
            removed += splice.span.len();
            added += splice.text.len();
        }
        Self { splices }
    }
}

/// A stretch of an edited text.
#[derive(Clone, Copy)]
enum Piece<'a> {
    /// From the old text.
    Old(Span),
    /// Put in.
    New(&'a str),
}

/// An edited text, read from its start.
struct Pieces<'a> {
    left: VecDeque<Piece<'a>>,
    at: usize,
}

impl<'a> Pieces<'a> {
    /// Hands out what stands before the byte `end` of the edited text.
    fn take_until(&mut self, end: usize, mut take: impl FnMut(Piece<'a>)) {
        while self.at < end
            && let Some(piece) = self.left.pop_front()
        {
            let length = match piece {
                Piece::Old(span) => span.len(),
                Piece::New(text) => text.len(),
            };
            let taken = length.min(end - self.at);
            let (head, tail) = match piece {
                Piece::Old(Span { start, end }) => {
                    (Piece::Old(Span::new(start, start + taken)), Piece::Old(Span::new(start + taken, end)))
                }
                Piece::New(text) => (Piece::New(&text[..taken]), Piece::New(&text[taken..])),
            };
            if taken < length {
                self.left.push_front(tail);
            }
            self.at += taken;
            take(head);
        }
    }
}

/// The edited text; the last piece reaches beyond any end.
fn pieces(splices: &[Splice]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::with_capacity(2 * splices.len() + 1);
    let mut at = 0;
    for splice in splices {
        pieces.push(Piece::Old(Span::new(at, splice.span.start)));
        pieces.push(Piece::New(&splice.text));
        at = splice.span.end;
    }
    pieces.push(Piece::Old(Span::new(at, usize::MAX)));
    pieces
}

fn splices(pieces: &[Piece<'_>]) -> Vec<Splice> {
    let mut splices = Vec::new();
    let (mut at, mut added) = (0, String::new());
    for piece in pieces {
        match piece {
            Piece::New(text) => added.push_str(text),
            Piece::Old(span) if span.is_empty() => {}
            Piece::Old(span) => {
                if span.start > at || !added.is_empty() {
                    splices.push(Splice { span: Span::new(at, span.start), text: std::mem::take(&mut added) });
                }
                at = span.end;
            }
        }
    }
    splices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_and_its_inverse_cancel() {
        let old = "title: one\nheat: 40\n";
        let edit = TextEdit::new(vec![
            Splice { span: Span::new(17, 19), text: "120".into() },
            Splice { span: Span::new(7, 10), text: "two and more".into() },
        ])
        .unwrap();
        let new = edit.apply(old);
        assert_eq!(new, "title: two and more\nheat: 120\n");
        assert_eq!(edit.invert(old).apply(&new), old);
    }

    #[test]
    fn overlapping_replacements_are_refused() {
        let splice = |start, end| Splice { span: Span::new(start, end), text: String::new() };
        assert_eq!(TextEdit::new(vec![splice(0, 4), splice(3, 5)]), Err(Overlap(3)));
    }

    #[test]
    fn two_edits_become_one() {
        let old = "one two three four";
        let splice = |start, end, text: &str| Splice { span: Span::new(start, end), text: text.into() };
        let first = TextEdit::new(vec![splice(4, 7, "2 and more"), splice(18, 18, "!"), splice(0, 0, ">")]).unwrap();
        let mid = first.apply(old);
        for next in [
            vec![splice(0, 1, "")],
            vec![splice(3, 8, "x"), splice(9, 9, "y"), splice(mid.len(), mid.len(), "?")],
            vec![splice(0, mid.len(), "all")],
            vec![splice(2, mid.len(), "")],
            vec![],
        ] {
            let next = TextEdit::new(next).unwrap();
            assert_eq!(first.then(&next).apply(old), next.apply(&mid));
            assert_eq!(TextEdit::default().then(&next), next);
        }
    }

    #[test]
    fn between_finds_what_differs_on_character_boundaries() {
        for (old, new) in [("aéb", "aèb"), ("", "x"), ("same", "same"), ("aaa", "aa"), ("名前", "名刺")] {
            assert_eq!(TextEdit::between(old, new).apply(old), new, "{old} → {new}");
        }
    }
}

//! A change of a text as replacements of byte spans, which can be applied and taken back.
//!
//! Invariant: the splices of an edit are sorted and disjoint, and lie on character boundaries of the text they were made for.

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
    fn between_finds_what_differs_on_character_boundaries() {
        for (old, new) in [("aéb", "aèb"), ("", "x"), ("same", "same"), ("aaa", "aa"), ("名前", "名刺")] {
            assert_eq!(TextEdit::between(old, new).apply(old), new, "{old} → {new}");
        }
    }
}

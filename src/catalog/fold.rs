//! How texts are compared: without case and accents.
//!
//! Invariant: folding is the same for what is searched and for what is searched for: that of `text::fold`.

/// The text with case and accents folded.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends the folded text. Pure ASCII, most of what there is, costs a copy.
pub(crate) fn fold_into(text: &str, to: &mut String) {
    if text.is_ascii() {
        let start = to.len();
        to.push_str(text);
        if let Some(new) = to.get_mut(start..) {
            new.make_ascii_lowercase();
        }
        return;
    }
    to.push_str(&crate::text::fold(text));
}

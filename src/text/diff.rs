//! How two texts differ, as a unified diff.
//!
//! Invariant: `patch` and `git apply` turn the old text into the new one with it, to the byte; equal texts give nothing.

use similar::{Algorithm, TextDiff};

/// Lines of context around a change, as `diff -u` and git have it.
const CONTEXT: usize = 3;

/// The unified diff of two versions of the file at `path`, and an empty text where they are the same.
#[must_use]
pub fn unified(path: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    TextDiff::configure()
        .algorithm(Algorithm::Myers)
        .diff_lines(old, new)
        .unified_diff()
        .context_radius(CONTEXT)
        .missing_newline_hint(true)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_what_git_shows() {
        let old = "a\nb\nc\nd\ne\nf\ng\r\nend";
        let new = "a\nb\nc\nd\nE\nf\ng\r\nend\n";
        let want = "--- a/x/y.md\n+++ b/x/y.md\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\r\n-end\n\\ No newline at end of file\n+end\n";
        assert_eq!(unified("x/y.md", old, new), want);
        assert_eq!(unified("x/y.md", old, old), "");
    }
}

//! The merge of bodies, line by line, and of line ends.
//!
//! Invariant: a line that only one side changed comes from that side; where both changed the same lines, both results are kept.

use similar::{MergeResolution, TextMerge};

/// A merged body, twice: where both sides changed the same lines, one has theirs and the other ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MergedBody {
    pub with_theirs: String,
    pub with_ours: String,
    /// Whether the two differ because of a conflict.
    pub conflict: bool,
}

/// Merges three bodies whose line ends are alike.
pub(super) fn merge_bodies(base: &str, ours: &str, theirs: &str) -> MergedBody {
    let clean = |text: &str| MergedBody { with_theirs: text.to_owned(), with_ours: text.to_owned(), conflict: false };
    if ours == theirs || ours == base {
        return clean(theirs);
    }
    if theirs == base {
        return clean(ours);
    }
    let merge = TextMerge::from_lines(base, ours, theirs);
    let (mut with_theirs, mut with_ours) = (String::with_capacity(theirs.len()), String::with_capacity(ours.len()));
    for region in merge.regions() {
        let our_lines = || region.ours_range().filter_map(|i| merge.ours_line(i));
        let their_lines = || region.theirs_range().filter_map(|i| merge.theirs_line(i));
        match region.resolution() {
            MergeResolution::Ours => {
                with_theirs.extend(our_lines());
                with_ours.extend(our_lines());
            }
            MergeResolution::Conflict => {
                with_theirs.extend(their_lines());
                with_ours.extend(our_lines());
            }
            _ => {
                with_theirs.extend(their_lines());
                with_ours.extend(their_lines());
            }
        }
    }
    MergedBody { with_theirs, with_ours, conflict: merge.is_conflicted() }
}

/// How all lines of a text end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnds {
    Lf,
    CrLf,
}

impl LineEnds {
    /// The line ends of a text, where they are all alike.
    pub fn of(text: &str) -> Option<Self> {
        let all = memchr::memchr_iter(b'\n', text.as_bytes()).count();
        let with_return = text.matches("\r\n").count();
        match (all, with_return) {
            (0, _) => None,
            (_, 0) => Some(Self::Lf),
            (all, with_return) if all == with_return => Some(Self::CrLf),
            _ => None,
        }
    }

    /// The text with these line ends.
    pub fn put_into(self, text: &str) -> String {
        let plain = text.replace("\r\n", "\n");
        match self {
            Self::Lf => plain,
            Self::CrLf => plain.replace('\n', "\r\n"),
        }
    }

    /// The line ends that a merge shall have: those of the side that changed them, else of all. Nothing where lines end
    /// differently within a file; then each line keeps its own.
    pub fn merged(base: &str, ours: &str, theirs: &str) -> Option<Self> {
        let (base, ours, theirs) = (Self::of(base), Self::of(ours), Self::of(theirs));
        if theirs == base { ours } else { theirs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_merge_line_by_line() {
        for (base, ours, theirs, with_theirs, with_ours) in [
            ("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\ne\n", "A\nb\nc\nD\ne\n", "A\nb\nc\nD\ne\n"),
            ("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n", "a\nY\nc\n", "a\nX\nc\n"),
            ("a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\nd\n", "a\nX\nc\nd\n", "a\nX\nc\nd\n"),
            ("a", "a", "", "", ""),
            ("", "x\n", "y\n", "y\n", "x\n"),
        ] {
            let merged = merge_bodies(base, ours, theirs);
            assert_eq!((merged.with_theirs.as_str(), merged.with_ours.as_str()), (with_theirs, with_ours));
            assert_eq!(merged.conflict, with_theirs != with_ours, "{base:?} {ours:?} {theirs:?}");
        }
    }

    #[test]
    fn the_side_that_changed_the_line_ends_has_its_way() {
        let (lf, crlf) = ("a\nb\n", "a\r\nb\r\n");
        for (base, ours, theirs, want) in [
            (lf, lf, crlf, Some(LineEnds::CrLf)),
            (lf, crlf, lf, Some(LineEnds::CrLf)),
            (crlf, crlf, lf, Some(LineEnds::Lf)),
            (lf, lf, "a\r\nb\n", None),
            // A line without an end says nothing.
            (crlf, crlf, "a", None),
        ] {
            assert_eq!(LineEnds::merged(base, ours, theirs), want);
        }
    }
}

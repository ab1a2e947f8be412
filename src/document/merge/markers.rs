//! Git's conflict markers: written for conflicts that nobody has answered, and read where git left them.
//!
//! Invariant: taking one side of every marked region gives that side's whole text, to the byte.

use similar::{Algorithm, DiffOp, TextDiff};

use super::body::LineEnds;
use crate::text::{Span, Splice, TextEdit};

/// Characters of a marker.
const WIDTH: usize = 7;

/// Both sides of a file in which git left conflict markers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkedText {
    /// The text above the `=======` lines.
    pub ours: String,
    /// The text below them.
    pub theirs: String,
    /// What it was before, where git was told to write that too (`diff3`, `zdiff3`).
    pub base: Option<String>,
    /// What git calls the two sides, ours first: the words behind the first markers.
    pub labels: [String; 2],
    /// Where each marked region lies: from the first marker to behind the last.
    pub regions: Vec<Span>,
}

/// One region of theirs' lines and the lines that we have instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub theirs: Span,
    pub ours: String,
}

/// Reads both sides of a text with conflict markers, or nothing where it has none, or has them half.
#[must_use]
pub fn read_markers(text: &str) -> Option<MarkedText> {
    enum Part {
        Both,
        Ours,
        Base,
        Theirs,
    }
    let mut marked = MarkedText { base: Some(String::new()), ..MarkedText::default() };
    let (mut part, mut start, mut at, mut base_given) = (Part::Both, 0, 0, true);
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        let is = |mark: char| is_marker(line, mark);
        match part {
            Part::Both if is('<') => {
                // A byte order mark before the first marker belongs to both.
                if line.starts_with('\u{feff}') {
                    push(&mut marked, "\u{feff}");
                }
                (part, start, base_given) = (Part::Ours, at, false);
                let [ours, _] = &mut marked.labels;
                name(ours, line);
            }
            Part::Both => push(&mut marked, line),
            Part::Ours if is('|') => (part, base_given) = (Part::Base, true),
            Part::Ours | Part::Base if is('=') => {
                if !base_given {
                    marked.base = None;
                }
                part = Part::Theirs;
            }
            Part::Theirs if is('>') => {
                marked.regions.push(Span::new(start, next));
                let [_, theirs] = &mut marked.labels;
                name(theirs, line);
                part = Part::Both;
            }
            _ if is('<') => return None,
            Part::Ours => marked.ours.push_str(line),
            Part::Theirs => marked.theirs.push_str(line),
            Part::Base => {
                if let Some(base) = &mut marked.base {
                    base.push_str(line);
                }
            }
        }
        at = next;
    }
    (matches!(part, Part::Both) && !marked.regions.is_empty()).then_some(marked)
}

fn push(marked: &mut MarkedText, line: &str) {
    marked.ours.push_str(line);
    marked.theirs.push_str(line);
    if let Some(base) = &mut marked.base {
        base.push_str(line);
    }
}

/// Takes the words behind a marker, of the first one that has any.
fn name(label: &mut String, line: &str) {
    if label.is_empty() {
        line.trim_start_matches(['\u{feff}', '<', '>']).trim().clone_into(label);
    }
}

fn is_marker(line: &str, mark: char) -> bool {
    let line = line.trim_end_matches(['\n', '\r']);
    let line = if mark == '<' { line.trim_start_matches('\u{feff}') } else { line };
    let rest = line.trim_start_matches(mark);
    line.len() - rest.len() == WIDTH && (rest.is_empty() || rest.starts_with(' '))
}

/// Where the lines of `ours` differ from those of `theirs`. In one hull, or region by region.
pub(super) fn regions(theirs: &str, ours: &str, one: bool) -> Vec<Region> {
    let (theirs_lines, ours_lines) = (starts(theirs), starts(ours));
    // Lines as we count them: a carriage return alone ends none.
    let lines = [theirs, ours].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_slices(&lines[0], &lines[1]);
    let differing = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let mut ranges: Vec<_> = differing.map(|op| (op.old_range(), op.new_range())).collect();
    if one && let (Some(first), Some(last)) = (ranges.first().cloned(), ranges.last().cloned()) {
        ranges = vec![(first.0.start..last.0.end, first.1.start..last.1.end)];
    }
    let span = |lines: &[usize], range: std::ops::Range<usize>| Span::new(lines[range.start], lines[range.end]);
    ranges
        .into_iter()
        .map(|(old, new)| Region {
            theirs: span(&theirs_lines, old),
            ours: ours[span(&ours_lines, new).range()].to_owned(),
        })
        .collect()
}

/// Where each line starts, and the end.
fn starts(text: &str) -> Vec<usize> {
    let ends = text.split_inclusive('\n').scan(0, |at, line| {
        *at += line.len();
        Some(*at)
    });
    std::iter::once(0).chain(ends).collect()
}

/// The text with these regions marked. Regions that touch the same lines become one.
pub(super) fn mark(theirs: &str, mut regions: Vec<Region>, our_label: &str, their_label: &str) -> String {
    regions.sort_by_key(|region| region.theirs);
    let mut joined: Vec<Region> = Vec::new();
    for region in regions {
        match joined.last_mut().filter(|last| region.theirs.start < last.theirs.end) {
            Some(last) => {
                let end = last.theirs.end.max(region.theirs.end);
                last.theirs = Span::new(last.theirs.start, end);
                last.ours.push_str(&region.ours);
            }
            None => joined.push(region),
        }
    }
    let line_end = if LineEnds::of(theirs) == Some(LineEnds::CrLf) { "\r\n" } else { "\n" };
    let splices = joined.into_iter().map(|region| {
        let whole_lines = |text: &str| match text {
            "" => String::new(),
            text if text.ends_with('\n') => text.to_owned(),
            text => format!("{text}{line_end}"),
        };
        let start = |mark: &str, label: &str| format!("{}{label}{line_end}", mark.repeat(WIDTH));
        let text = [
            start("<", &format!(" {our_label}")),
            whole_lines(&region.ours),
            start("=", ""),
            whole_lines(&theirs[region.theirs.range()]),
            start(">", &format!(" {their_label}")),
        ];
        Splice { span: region.theirs, text: text.concat() }
    });
    TextEdit::new(splices.collect()).map_or_else(|_| theirs.to_owned(), |edit| edit.apply(theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_read_back() {
        for (theirs, ours) in [
            ("---\nheat: 40\nquality: 2\n---\n", "---\nheat: 120\nquality: 2\n---\n"),
            ("---\r\na: 1\r\n---\r\nB\r\n", "---\r\n---\r\nC\r\n"),
            ("a\n", "a\nb\n"),
        ] {
            let text = mark(theirs, regions(theirs, ours, false), "ours", "theirs");
            let marked = read_markers(&text).unwrap();
            assert_eq!((marked.ours.as_str(), marked.theirs.as_str()), (ours, theirs), "{text}");
            assert_eq!(marked.base, None);
        }
    }

    #[test]
    fn a_carriage_return_alone_ends_no_line() {
        let found = regions("a\rb\nc\n", "a\rx\nc\n", false);
        assert_eq!(mark("a\rb\nc\n", found, "o", "t"), "<<<<<<< o\na\rx\n=======\na\rb\n>>>>>>> t\nc\n");
        assert_eq!(regions("body\n\rBody.\r", "", true).len(), 1);
    }

    #[test]
    fn markers_of_git_are_recognised() {
        let text =
            "---\n<<<<<<< HEAD\nheat: 1\n||||||| 0a1b2c3\nheat: 0\n=======\nheat: 2\n>>>>>>> other: x\n---\nBody\n";
        let marked = read_markers(text).unwrap();
        assert_eq!(marked.ours, "---\nheat: 1\n---\nBody\n");
        assert_eq!(marked.theirs, "---\nheat: 2\n---\nBody\n");
        assert_eq!(marked.base.as_deref(), Some("---\nheat: 0\n---\nBody\n"));
        assert_eq!(&text[marked.regions[0].range()][..12], "<<<<<<< HEAD");
        assert_eq!(marked.labels, ["HEAD", "other: x"]);
        for none in [
            "",
            "a\n=======\nb\n",
            "<<<<<<< HEAD\na\n",
            "<<<<<<< a\n=======\n<<<<<<< b\n>>>>>>> c\n",
            "<<<<<<<<\n=======\n>>>>>>> x\n",
        ] {
            assert_eq!(read_markers(none), None, "{none:?}");
        }
    }
}

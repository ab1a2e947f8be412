//! The merge of whole files: their data, their bodies, their line ends.
//!
//! Invariant: the merged file is theirs with a proved patch, so every byte of theirs stays where only they made changes.

use std::collections::BTreeMap;

use super::body::{LineEnds, MergedBody, merge_bodies};
use super::markers::{mark, read_markers, regions};
use super::{Conflict, Outcome, Policy, Side, answer, merge_values};
use crate::document::diff::diff_patch;
use crate::document::{Customs, Document, FieldPath, Map, Operation, Patch, Pointer, Refusal, RefusalReason, Value};

/// Stands for a base that nobody knows: equal to no value of either side.
const UNKNOWN: &str = "\u{0}unknown";

/// A merged file.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Theirs with what only we changed. In a conflict nobody has answered, theirs stands.
    pub document: Document,
    /// What nobody has decided.
    pub conflicts: Vec<Conflict>,
    /// What was decided for ours and shall be shown.
    pub kept: Vec<Conflict>,
    /// What was decided for theirs.
    pub given: Vec<Conflict>,
}

/// Merges three versions of a file. The policy is asked for fields that both sides changed differently, by their full path,
/// and with the empty path for the body.
///
/// # Errors
/// When ours or theirs cannot be read, or what we changed cannot be written into theirs safely.
pub fn merge(
    base: &Document,
    ours: &Document,
    theirs: &Document,
    policy: &dyn Fn(&FieldPath) -> Policy,
) -> Result<Merged, Refusal> {
    if ours.text() == theirs.text() || ours.text() == base.text() {
        return Ok(clean(theirs));
    }
    if theirs.text() == base.text() {
        return Ok(clean(ours));
    }
    if base.error().is_some() {
        return merge_without_base(ours, theirs, policy);
    }
    readable(ours)?;
    readable(theirs)?;
    let line_ends = LineEnds::merged(base.text(), ours.text(), theirs.text());
    let theirs = with_line_ends(theirs, line_ends);
    let outcome = merge_values(base.data(), ours.data(), theirs.data(), policy);
    let body = |document: &Document| {
        line_ends.map_or_else(|| document.body().to_owned(), |ends| ends.put_into(document.body()))
    };
    let merged_body = merge_bodies(&body(base), &body(ours), theirs.body());
    finish(ours, &theirs, outcome, merged_body, Some(&body(base)), policy)
}

/// Merges two versions of a file of which nobody knows what it was: whatever differs is a conflict, but that a list of plain
/// values gets the items of both.
///
/// # Errors
/// When one of them cannot be read.
pub fn merge_without_base(
    ours: &Document,
    theirs: &Document,
    policy: &dyn Fn(&FieldPath) -> Policy,
) -> Result<Merged, Refusal> {
    readable(ours)?;
    readable(theirs)?;
    let line_ends = LineEnds::of(theirs.text());
    let base = common(ours.data(), theirs.data());
    let mut outcome = merge_values(&base, ours.data(), theirs.data(), policy);
    for conflict in outcome.conflicts.iter_mut().chain(&mut outcome.kept).chain(&mut outcome.given) {
        conflict.base = None;
    }
    let our_body = line_ends.map_or_else(|| ours.body().to_owned(), |ends| ends.put_into(ours.body()));
    let conflict = our_body != theirs.body();
    let body = MergedBody { with_theirs: theirs.body().to_owned(), with_ours: our_body, conflict };
    finish(ours, theirs, outcome, body, None, policy)
}

/// Merges three texts line by line, front matter and all, for files that cannot be merged by field. Where both sides changed the
/// same lines, both are in the text, between git's markers with these labels; says whether there is such a place.
#[must_use]
pub fn merge_lines(base: &str, ours: &str, theirs: &str, our_label: &str, their_label: &str) -> (String, bool) {
    let ends = LineEnds::merged(base, ours, theirs);
    let [base, ours, theirs] =
        [base, ours, theirs].map(|text| ends.map_or_else(|| text.to_owned(), |ends| ends.put_into(text)));
    let merged = merge_bodies(&base, &ours, &theirs);
    let places = regions(&merged.with_theirs, &merged.with_ours, false);
    (mark(&merged.with_theirs, places, our_label, their_label), merged.conflict)
}

/// Merges three texts line by line; where both sides changed the same lines, theirs are taken. Answers with whether that was
/// so anywhere.
#[must_use]
pub fn merge_text(base: &str, ours: &str, theirs: &str) -> (String, bool) {
    let merged = merge_bodies(base, ours, theirs);
    (merged.with_theirs, merged.conflict)
}

/// Opens a file in whose front matter git left conflict markers: both sides merged, with what they disagree about. Nothing
/// where there are no markers, or only in the body.
#[must_use]
pub fn open_marked(text: &str) -> Option<Result<Merged, Refusal>> {
    let marked = read_markers(text)?;
    let (ours, theirs) = (Document::parse(marked.ours.as_bytes()), Document::parse(marked.theirs.as_bytes()));
    let first = marked.regions.first()?.start;
    // Above the first marker both are the same text: what ended there for us ended there for them.
    if first > ours.front_matter().end {
        return None;
    }
    let ask = |_: &FieldPath| Policy::Ask;
    Some(match marked.base {
        Some(base) => merge(&Document::parse(base.as_bytes()), &ours, &theirs, &ask),
        None => merge_without_base(&ours, &theirs, &ask),
    })
}

impl Merged {
    /// The text with git's markers around every conflict, ours first.
    ///
    /// # Errors
    /// When what we made of a field cannot be written.
    pub fn marked_text(&self, our_label: &str, their_label: &str) -> Result<String, Refusal> {
        let mut groups: Vec<Vec<usize>> = (0..self.conflicts.len()).map(|which| vec![which]).collect();
        loop {
            let mut marks = Vec::new();
            for (group, members) in groups.iter().enumerate() {
                let ours = self.answered(members)?;
                let is_field = members.iter().any(|which| self.conflicts[*which].pointer.is_some());
                let found = regions(self.document.text(), ours.text(), is_field);
                marks.extend(found.into_iter().map(|region| (region.theirs.start, group, region)));
            }
            marks.sort_by_key(|(start, group, _)| (*start, *group));
            let overlapping = marks.windows(2).find(|pair| {
                let [(_, first, a), (_, second, b)] = pair else { return false };
                first != second && b.theirs.start < a.theirs.end
            });
            let Some([(_, first, _), (_, second, _)]) = overlapping else {
                let marks = marks.into_iter().map(|(_, _, region)| region).collect();
                return Ok(mark(self.document.text(), marks, our_label, their_label));
            };
            let (keep, join) = (*first.min(second), *first.max(second));
            let joined = groups.remove(join);
            groups[keep].extend(joined);
        }
    }

    /// The document with these conflicts decided for ours.
    fn answered(&self, which: &[usize]) -> Result<Document, Refusal> {
        let mut document = self.document.clone();
        let mut conflicts: Vec<Conflict> = which.iter().map(|which| self.conflicts[*which].clone()).collect();
        while !conflicts.is_empty() {
            let last = conflicts.len() - 1;
            let patch = answer(document.data(), &mut conflicts, last, Side::Ours);
            document = document.apply(&patch, &Customs::default())?.document;
        }
        Ok(document)
    }
}

fn clean(document: &Document) -> Merged {
    Merged { document: document.clone(), conflicts: Vec::new(), kept: Vec::new(), given: Vec::new() }
}

fn readable(document: &Document) -> Result<(), Refusal> {
    match document.error() {
        None => Ok(()),
        Some(notice) => Err(Refusal {
            reason: RefusalReason::Unreadable,
            message: notice.message.clone(),
            place: Some(notice.place),
        }),
    }
}

fn with_line_ends(document: &Document, line_ends: Option<LineEnds>) -> Document {
    match line_ends.map(|ends| ends.put_into(document.text())).filter(|text| text != document.text()) {
        Some(text) => Document::parse(text.as_bytes()),
        None => document.clone(),
    }
}

/// Puts merged data and body into theirs.
fn finish(
    ours: &Document,
    theirs: &Document,
    outcome: Outcome,
    body: MergedBody,
    base_body: Option<&str>,
    policy: &dyn Fn(&FieldPath) -> Policy,
) -> Result<Merged, Refusal> {
    let Outcome { data, mut conflicts, mut kept, mut given } = outcome;
    let mut patch = diff_patch(theirs.data(), &data);
    let mut text = body.with_theirs.clone();
    if body.conflict {
        let value = |text: &str| Some(Value::text(text));
        let conflict = Conflict {
            pointer: None,
            base: base_body.and_then(value),
            ours: value(&body.with_ours),
            theirs: value(&body.with_theirs),
            place: None,
        };
        match policy(&FieldPath::default()) {
            Policy::Ask => conflicts.push(conflict),
            Policy::Theirs => given.push(conflict),
            Policy::Mine => text = body.with_ours,
            Policy::MineAndList => {
                text = body.with_ours;
                kept.push(conflict);
            }
        }
    }
    if text != theirs.body() {
        patch.0.push(Operation::Body { text });
    }
    let customs = Customs { styles: styles(ours, &patch), ..Customs::default() };
    let document = theirs.apply(&patch, &customs)?.document;
    Ok(Merged { document, conflicts, kept, given })
}

/// How we wrote the fields that the patch brings, so that they look the same in theirs.
fn styles(ours: &Document, patch: &Patch) -> BTreeMap<FieldPath, crate::document::ScalarStyle> {
    fn walk(
        ours: &Document,
        at: &Pointer,
        value: &Value,
        styles: &mut BTreeMap<FieldPath, crate::document::ScalarStyle>,
    ) {
        match value {
            Value::Map(map) => map.iter().for_each(|(key, value)| walk(ours, &at.child(key), value, styles)),
            Value::List(items) => {
                items.iter().enumerate().for_each(|(i, value)| walk(ours, &at.child(i), value, styles));
            }
            Value::Text(_) => {
                if let Some(style) = ours.style(at) {
                    styles.entry(at.field()).or_insert(style);
                }
            }
            _ => {}
        }
    }
    let mut styles = BTreeMap::new();
    let mut seen = Vec::new();
    for operation in &patch.0 {
        let (Operation::Add { path, .. } | Operation::Replace { path, .. }) = operation else { continue };
        let head = path.field().head().to_owned();
        if let Some(value) = ours.data().as_map().and_then(|map| map.get(&head)).filter(|_| !seen.contains(&head)) {
            walk(ours, &Pointer::root().child(&head), value, &mut styles);
        }
        seen.push(head);
    }
    styles
}

/// What two data agree in; everything else is unknown.
fn common(ours: &Value, theirs: &Value) -> Value {
    match (ours, theirs) {
        (Value::Map(ours), Value::Map(theirs)) => {
            let mut map: Map = ours
                .iter()
                .map(|(key, value)| {
                    let base = theirs.get(key).map_or_else(|| Value::text(UNKNOWN), |other| common(value, other));
                    (key.to_owned(), base)
                })
                .collect();
            for key in theirs.keys().filter(|key| ours.get(key).is_none()) {
                map.push(key, Value::text(UNKNOWN));
            }
            Value::Map(map)
        }
        (ours, theirs) if ours.same_data(theirs) => ours.clone(),
        (Value::List(ours), Value::List(theirs)) if !ours.iter().chain(theirs).any(Value::is_collection) => {
            Value::List(ours.iter().filter(|item| theirs.contains(item)).cloned().collect())
        }
        _ => Value::text(UNKNOWN),
    }
}

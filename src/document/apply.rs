//! A patch carried out on the text, and the proof that it says what was asked for.
//!
//! Invariant: nothing comes out of here that was not read again and found to be the old data with the patch applied.

use super::diff::{diff_patch, document_patch};
use super::notice::{Check, Refusal, RefusalReason};
use super::patch::fingerprint;
use super::yaml::editor::{Editor, Plan};
use super::yaml::restore::stays_in_place;
use super::yaml::second;
use super::{Applied, Customs, Document, Format, Map, NoticeCode, Operation, Patch, Pointer, Value};
use crate::text::{Span, Splice, TextEdit};

/// A replaced collection is taken apart into at most so many operations; beyond, it is written anew.
const MAX_PARTS: usize = 200;

/// See [`Document::apply`].
pub(crate) fn apply(document: &Document, patch: &Patch, customs: &Customs) -> Result<Applied, Refusal> {
    if let Some(error) = document.error() {
        let message = format!("The file is not written as long as this stands: {}", error.message);
        return Err(Refusal { reason: RefusalReason::Unreadable, message, place: Some(error.place) });
    }
    let rewinds = |operation: &Operation| matches!(operation, Operation::Rewind { .. });
    let made = match patch.0.as_slice() {
        [Operation::Rewind { edit, left, otherwise }] if *left == fingerprint(document.text()) => {
            rewind(document, edit, otherwise)
        }
        _ => None,
    };
    let applied = match made {
        Some(applied) => applied,
        None if patch.0.iter().any(rewinds) => anew(document, &patch.without_rewinds(), customs)?,
        None => anew(document, patch, customs)?,
    };
    Ok(with_rewind(document, applied))
}

fn anew(document: &Document, patch: &Patch, customs: &Customs) -> Result<Applied, Refusal> {
    let restores = patch.0.iter().any(|operation| matches!(operation, Operation::Restore { .. }));
    match attempt(document, patch, customs, true) {
        Err(Refusal { reason: RefusalReason::Unproved(_) | RefusalReason::Layout, .. }) if restores => {
            attempt(document, patch, customs, false)
        }
        outcome => outcome,
    }
}

/// The text as it was; nothing where it does not say what it has to.
fn rewind(document: &Document, edit: &TextEdit, otherwise: &[Operation]) -> Option<Applied> {
    let new = Document::parse_text(edit.apply(document.text()));
    let expected = Patch(otherwise.to_vec()).apply_to(document.data()).ok()?;
    let body = otherwise.iter().rev().find_map(|operation| match operation {
        Operation::Body { text } => Some(text.as_str()),
        _ => None,
    });
    let says_it = says(&new, &expected) && new.body() == body.unwrap_or_else(|| document.body());
    if new.error().is_some() || !says_it {
        return None;
    }
    let inverse = document_patch(&new, document);
    Some(Applied { document: new, edit: edit.clone(), inverse })
}

/// The bytes come back exactly as long as nobody writes in between.
fn with_rewind(old: &Document, applied: Applied) -> Applied {
    if applied.edit.is_empty() {
        return applied;
    }
    let rewind = Operation::Rewind {
        edit: applied.edit.invert(old.text()),
        left: fingerprint(applied.document.text()),
        otherwise: applied.inverse.0,
    };
    Applied { inverse: Patch(vec![rewind]), ..applied }
}

fn attempt(document: &Document, patch: &Patch, customs: &Customs, verbatim: bool) -> Result<Applied, Refusal> {
    let expected = patch.apply_to(document.data()).map_err(|error| Refusal {
        message: error.to_string(),
        reason: RefusalReason::Patch(error),
        place: None,
    })?;
    if matches!(document.format(), Format::Toml | Format::Json) {
        return super::stepwise::apply(document, patch, &expected);
    }
    let mut work =
        Work { document: document.clone(), edit: TextEdit::default(), inverse: Vec::new(), customs, verbatim };
    for operation in &patch.0 {
        work.carry_out(operation)?;
    }
    if !work.edit.is_empty() {
        prove(document, &work.document, patch, &expected)?;
    }
    Ok(Applied { document: work.document, edit: work.edit, inverse: Patch(work.inverse) })
}

/// A patch on its way: the document so far, and what has been done to it.
struct Work<'a> {
    document: Document,
    edit: TextEdit,
    inverse: Vec<Operation>,
    customs: &'a Customs,
    verbatim: bool,
}

impl Work<'_> {
    fn carry_out(&mut self, operation: &Operation) -> Result<(), Refusal> {
        if let Operation::Body { text } = operation {
            return self.set_body(text);
        }
        if self.document.format() == Format::None && !matches!(operation, Operation::Test { .. }) {
            self.open_fences()?;
        }
        if let Operation::Remove { path } = operation
            && path.parts().is_empty()
        {
            return self.remove_fences();
        }
        if let Operation::Move { from, path } = operation {
            return self.carry_out_move(operation, from, path);
        }
        let operations = self.take_apart(operation);
        self.carry_out_parts(&operations)
    }

    fn carry_out_parts(&mut self, operations: &[Operation]) -> Result<(), Refusal> {
        let mut rest = operations;
        while let Some((first, others)) = rest.split_first() {
            let document = self.document.clone();
            let editor = Editor::new(&document, self.customs, self.verbatim);
            let mut plan = editor.plan(first)?;
            rest = others;
            if stays_in_place(&editor, first) {
                while let Some((next, others)) = rest.split_first()
                    && stays_in_place(&editor, next)
                {
                    let more = editor.plan(next)?;
                    plan.splices.extend(more.splices);
                    plan.inverse.splice(0..0, more.inverse);
                    plan.carried.extend(more.carried);
                    plan.restores |= more.restores;
                    rest = others;
                }
            }
            self.step(plan)?;
        }
        Ok(())
    }

    /// The operation as those that change one entry each, so that what stays the same keeps its lines.
    fn take_apart(&self, operation: &Operation) -> Vec<Operation> {
        let data = self.document.data();
        match operation {
            Operation::Replace { path, value } | Operation::Add { path, value, .. } if self.replaces(operation) => {
                let old = data.at(path);
                let parts = match (old, value) {
                    (Some(old @ Value::Map(_)), Value::Map(_)) | (Some(old @ Value::List(_)), Value::List(_))
                        if self.document.span(path).is_some() =>
                    {
                        diff_patch(old, value).0
                    }
                    _ => Vec::new(),
                };
                if parts.is_empty() || parts.len() > MAX_PARTS && !path.parts().is_empty() {
                    return vec![Operation::Replace { path: path.clone(), value: value.clone() }];
                }
                parts.into_iter().map(|part| part.below(path)).collect()
            }
            Operation::Copy { from, path } => match data.at(from) {
                Some(value) => {
                    self.take_apart(&Operation::Add { path: path.clone(), value: value.clone(), place: None })
                }
                None => Vec::new(),
            },
            Operation::Test { .. } => Vec::new(),
            other => vec![other.clone()],
        }
    }

    fn replaces(&self, operation: &Operation) -> bool {
        let Operation::Add { path, .. } = operation else { return true };
        let parent = path.split_last().and_then(|(above, _)| self.document.get(&above));
        parent.is_none() || matches!(parent, Some(Value::Map(_))) && self.document.get(path).is_some()
    }

    /// Within a list an item moves; from one list to another its lines do; else the value is written anew.
    fn carry_out_move(&mut self, operation: &Operation, from: &Pointer, path: &Pointer) -> Result<(), Refusal> {
        let data = self.document.data();
        let (Some((old_parent, _)), Some((new_parent, _)), Some(value)) =
            (from.split_last(), path.split_last(), data.at(from))
        else {
            return Ok(());
        };
        if from == path {
            return Ok(());
        }
        if old_parent == new_parent && matches!(data.at(&old_parent), Some(Value::List(_))) {
            return self.carry_out_parts(std::slice::from_ref(operation));
        }
        let (path, value) = (path.clone(), value.clone());
        let lines = Editor::new(&self.document, self.customs, self.verbatim).lines_of_item(from);
        self.carry_out_parts(&[Operation::Remove { path: from.clone() }])?;
        let is_list = matches!(self.document.get(&new_parent), Some(Value::List(_)));
        self.carry_out(&match lines.filter(|_| is_list) {
            Some(source) => Operation::Restore { path, value, source },
            None => Operation::Add { path, value, place: None },
        })
    }

    /// Takes a plan over into the text and reads it again.
    fn step(&mut self, plan: Plan) -> Result<(), Refusal> {
        if plan.splices.is_empty() {
            return Ok(());
        }
        let old = &self.document;
        let comments = comments_left(old, &plan);
        let edit = TextEdit::new(plan.splices).map_err(|error| unproved(Check::Elsewhere, &error.to_string(), None))?;
        let new = Document::parse_text(edit.apply(old.text()));
        if let Some(error) = new.error() {
            let message = format!("The new text could not be read: {}", error.message);
            return Err(unproved(Check::Parses, &message, Some(error.place)));
        }
        check_comments(&comments, &new, plan.restores)?;
        self.edit = self.edit.then(&edit);
        self.inverse.splice(0..0, plan.inverse);
        self.document = new;
        Ok(())
    }

    fn set_body(&mut self, text: &str) -> Result<(), Refusal> {
        let old = &self.document;
        if old.body() == text {
            return Ok(());
        }
        let end = old.text().len();
        let start = old.0.fence.body;
        // A closing line without a line end gets one before the first text below it.
        let lacks_end = old.format() != Format::None && old.body().is_empty() && !old.text().ends_with('\n');
        let text = if lacks_end { format!("\n{text}") } else { text.to_owned() };
        let inverse = vec![Operation::Body { text: old.body().to_owned() }];
        let format = old.format();
        self.step(Plan { splices: vec![Splice { span: Span::new(start, end), text }], inverse, ..Plan::default() })?;
        if self.document.format() != format {
            return Err(unproved(Check::Elsewhere, "This text would be read as front matter", None));
        }
        Ok(())
    }

    /// Gives a file its first front matter.
    fn open_fences(&mut self) -> Result<(), Refusal> {
        let text = self.document.text();
        if text.contains('\r') && !text.contains('\n') {
            let message = "The lines of this file end as those of old Macs (CR alone); convert them first";
            return Err(Refusal { reason: RefusalReason::Layout, message: message.to_owned(), place: None });
        }
        let at = self.document.0.fence.body;
        let newline = if text.find('\n').is_some_and(|end| text[..end].ends_with('\r')) { "\r\n" } else { "\n" };
        let fences = format!("---{newline}---{newline}");
        let inverse = vec![Operation::Remove { path: Pointer::root() }];
        self.step(Plan { splices: vec![Splice { span: Span::new(at, at), text: fences }], inverse, ..Plan::default() })
    }

    /// Takes the front matter away with its fences; it must have nothing left in it.
    fn remove_fences(&mut self) -> Result<(), Refusal> {
        let fence = self.document.0.fence;
        let is_blank = self.document.text()[fence.front.range()].trim().is_empty();
        if !is_blank {
            let message = "The front matter is only taken away once nothing is left in it; remove its keys first";
            return Err(Refusal { reason: RefusalReason::Layout, message: message.to_owned(), place: None });
        }
        let start = if self.document.text().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        self.step(Plan {
            splices: vec![Splice { span: Span::new(start, fence.body), text: String::new() }],
            ..Plan::default()
        })
    }
}

/// The comments that must be there after a plan, sorted.
fn comments_left<'a>(old: &'a Document, plan: &Plan) -> Vec<&'a str> {
    let tree = &old.0.tree;
    let text = |comment: &Span| &old.text()[comment.range()];
    let removed = |comment: &&Span| {
        plan.splices.iter().any(|splice| splice.span.start <= comment.start && comment.end <= splice.span.end)
    };
    let stay = tree.comments.iter().filter(|comment| !removed(comment));
    let mut left: Vec<&str> = stay.chain(&plan.carried).map(text).collect();
    left.sort_unstable();
    left
}

fn check_comments(left: &[&str], new: &Document, may_add: bool) -> Result<(), Refusal> {
    let mut found: Vec<&str> = new.0.tree.comments.iter().map(|comment| &new.text()[comment.range()]).collect();
    found.sort_unstable();
    let mut unmatched = found.iter().peekable();
    let all_there = left.iter().all(|comment| {
        while unmatched.next_if(|other| *other < comment).is_some() {}
        unmatched.next_if(|other| *other == comment).is_some()
    });
    if all_there && (may_add || left.len() == found.len()) {
        return Ok(());
    }
    Err(unproved(Check::Comments, "A comment would be lost or become part of a value", None))
}

/// The last word on a new text: both readers must find the old data with the patch applied.
fn prove(old: &Document, new: &Document, patch: &Patch, expected: &Value) -> Result<(), Refusal> {
    if !says(new, expected) {
        return Err(unproved(Check::Data, "The new text would not say what was asked for", None));
    }
    let sets_body = patch.0.iter().any(|operation| matches!(operation, Operation::Body { .. }));
    if !sets_body && old.body() != new.body() {
        return Err(unproved(Check::Elsewhere, "The text below the front matter would change", None));
    }
    if old.format() != Format::Yaml
        || new.format() != Format::Yaml
        || has_many_aliases(old)
        || second::is_beyond(expected)
    {
        return Ok(());
    }
    let Some(before) = old.second() else { return Ok(()) };
    let message = "Jekyll's reader would read the new text in another way";
    match (second::translate(patch).apply_to(before), new.second()) {
        (Ok(wanted), Some(after)) if after.same_data(&wanted) => Ok(()),
        _ => Err(unproved(Check::SecondReader, message, None)),
    }
}

/// Whether a document says this; nothing at all is an empty map.
fn says(document: &Document, data: &Value) -> bool {
    let is_empty = || matches!(data, Value::Null) && document.data().as_map().is_some_and(Map::is_empty);
    document.data().same_data(data) || is_empty()
}

fn has_many_aliases(document: &Document) -> bool {
    document.warnings().iter().any(|notice| notice.code == NoticeCode::Aliases)
}

fn unproved(check: Check, message: &str, place: Option<crate::text::Place>) -> Refusal {
    Refusal { reason: RefusalReason::Unproved(check), message: message.to_owned(), place }
}

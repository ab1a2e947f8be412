//! Putting back what was removed or replaced, as it was written.
//!
//! Invariant: a restored text is only used where it still fits; else the value is written anew, which says the same.

use super::editor::{Editor, Plan};
use crate::document::notice::Refusal;
use crate::document::tree::{Found, NodeKind};
use crate::document::{Operation, Pointer, Source, Value};
use crate::text::{Span, Splice};

impl Editor<'_> {
    pub(crate) fn restore(&self, path: &Pointer, value: &Value, source: &Source) -> Result<Plan, Refusal> {
        let anew = if source.added { self.add(path, value, source.place)? } else { self.replace(path, value)? };
        if !self.verbatim || anew.splices.is_empty() {
            return Ok(anew);
        }
        let splices =
            if source.added { self.insert_source(path, source) } else { self.replace_by_source(path, source) };
        let Some((splices, carried)) = splices else { return Ok(anew) };
        Ok(Plan { splices, carried, restores: true, inverse: anew.inverse })
    }

    fn replace_by_source(&self, path: &Pointer, source: &Source) -> Option<(Vec<Splice>, Vec<Span>)> {
        let found = self.layout.tree.find(self.document.data(), path)?;
        let region = self.layout.region(&found.trail, found.node)?;
        let comments = self.layout.tree.comments_in(region);
        // A comment that came since then is not to be lost.
        if comments.iter().any(|comment| !source.text.contains(self.layout.slice(*comment))) {
            return None;
        }
        let text = shifted(&source.text, source.column, self.column_of(&found)?)?;
        Some((vec![Splice { span: region, text }], Vec::new()))
    }

    fn insert_source(&self, path: &Pointer, source: &Source) -> Option<(Vec<Splice>, Vec<Span>)> {
        let (above, last) = path.split_last()?;
        let Some(found) = self.layout.tree.find(self.document.data(), &above) else {
            let at = self.layout.front.start;
            let is_empty = self.layout.tree.root.is_none() && above.parts().is_empty();
            return is_empty.then(|| (vec![self.at_skipped(at, source, &source.text)], Vec::new()));
        };
        let count = self.layout.len(found.node);
        let position = source.place.or_else(|| last.parse().ok()).unwrap_or(count).min(count);
        if self.layout.tree.is_flow(found.node) {
            let in_flow = found.parent().is_none_or(|(parent, _)| self.layout.tree.is_flow(parent));
            if count == 0 && source.text.ends_with('\n') {
                return if in_flow { None } else { self.fill_with_source(&found, source) };
            }
            let one_line = !source.text.contains('\n');
            return one_line
                .then(|| self.insert_in_flow(found.node, position, &source.text).ok())?
                .map(|splices| (splices, Vec::new()));
        }
        if !source.text.ends_with('\n') {
            return None;
        }
        let column = self.layout.column(self.layout.entry_start(
            &found.trail,
            found.node,
            position.min(count.checked_sub(1)?),
        )?);
        let text = shifted(&source.text, source.column, column)?;
        let first = self.layout.entry_start(&found.trail, found.node, 0)?;
        if position == 0 && !self.layout.starts_line(first) {
            let text = format!("{}{}", text.trim_start_matches(' '), " ".repeat(column));
            return Some((vec![Splice { span: Span::new(first, first), text }], Vec::new()));
        }
        if position == 0
            && let Some(behind_dash) = self.lone_dash(&found, &text, column)
        {
            return Some((vec![Splice { span: behind_dash, text: format!(" {text}") }], Vec::new()));
        }
        let text = if text.starts_with([' ', '#', '\n', '\r']) || column == 0 {
            text
        } else {
            format!("{}{text}", " ".repeat(column))
        };
        let base = self.base(&found.trail, found.node, position)?;
        Some((vec![self.at_skipped(base, source, &text)], Vec::new()))
    }

    /// The rest of a line that is a dash alone, where lines are restored that stood behind that dash.
    fn lone_dash(&self, found: &Found, text: &str, column: usize) -> Option<Span> {
        let (parent, _) = found.parent()?;
        let is_item = matches!(self.layout.node(parent).kind, NodeKind::List { flow: false, .. });
        if !is_item || column == 0 || text.starts_with([' ', '#', '\n', '\r']) {
            return None;
        }
        let start = self.layout.introducer_end(&found.trail)?;
        let end = self.layout.next_line(start);
        self.layout.slice(Span::new(start, end)).trim().is_empty().then(|| Span::new(start, end))
    }

    /// Lines, behind as many blank and comment lines as they stood behind.
    fn at_skipped(&self, base: usize, source: &Source, text: &str) -> Splice {
        let mut at = base;
        for _ in 0..source.skipped {
            let line = self.layout.slice(Span::new(at, self.layout.line_end(at)));
            let is_gap = line.trim().is_empty() || line.trim_start().starts_with('#');
            if at >= self.layout.front.end || !is_gap {
                break;
            }
            at = self.layout.next_line(at);
        }
        Splice { span: Span::new(at, at), text: text.to_owned() }
    }

    /// `[]` and `{}` give way to the lines they were left by.
    fn fill_with_source(&self, found: &Found, source: &Source) -> Option<(Vec<Splice>, Vec<Span>)> {
        let region = self.layout.region(&found.trail, found.node)?;
        let lines = source.text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text))?;
        let comment = self.layout.tree.comments_in(region).first().copied();
        let parent = found.parent().map(|(parent, _)| &self.layout.node(parent).kind);
        let starts_inline = matches!(parent, Some(NodeKind::List { .. })) && !source.text.starts_with([' ', '#']);
        let text =
            if starts_inline { format!(" {lines}") } else { format!("{}{lines}", self.layout.newline(region.start)) };
        let text = comment.map_or_else(|| text.clone(), |comment| self.with_comment(&text, comment));
        Some((vec![Splice { span: region, text }], comment.into_iter().collect()))
    }
}

/// Lines moved from one column to another; nothing where a line has too few blanks for that.
pub(crate) fn shifted(text: &str, from: usize, to: usize) -> Option<String> {
    if from == to {
        return Some(text.to_owned());
    }
    let mut moved = String::with_capacity(text.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim_start_matches(' ');
        let is_blank = content.trim().is_empty();
        let indent = line.len() - content.len();
        // What stands behind a colon or dash is no line of its own.
        if is_blank || number == 0 && indent < from {
            moved.push_str(line);
            continue;
        }
        let column = (indent + to).checked_sub(from)?;
        moved.push_str(&" ".repeat(column));
        moved.push_str(content);
    }
    Some(moved)
}

/// Whether an operation can be carried out with others on the same text: a scalar for a scalar.
pub(crate) fn stays_in_place(editor: &Editor<'_>, operation: &Operation) -> bool {
    let (path, value) = match operation {
        Operation::Replace { path, value } => (path, value),
        Operation::Restore { path, value, source } if !source.added => (path, value),
        _ => return false,
    };
    !value.is_collection() && editor.document.get(path).is_some_and(|old| !old.is_collection())
}

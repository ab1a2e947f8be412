//! Values to YAML text, in the style that the file and its siblings use.
//!
//! Invariant: what is written reads as the value, by any reader; only its look depends on habits and customs.

use super::habits::Habits;
use super::scalar::{double_quoted, is_core_number, is_date, plain_ok, single_ok, single_quoted};
use crate::document::{Customs, FieldPath, Map, Number, ScalarStyle, Value};

/// Writes new values of one file.
pub(crate) struct Writer<'a> {
    pub(crate) habits: &'a Habits<'a>,
    pub(crate) customs: &'a Customs,
    pub(crate) newline: &'static str,
}

/// A block scalar's look: what a new text in its place keeps.
pub(crate) struct BlockLook<'a> {
    pub(crate) folded: bool,
    /// The comment behind the header, with the blanks before it.
    pub(crate) comment: &'a str,
    pub(crate) keeps_blank_lines: bool,
    pub(crate) indent: usize,
}

impl Writer<'_> {
    /// What stands behind the colon of a key at `column`.
    pub(crate) fn after_key(
        &self,
        value: &Value,
        column: usize,
        field: &FieldPath,
        beside: Option<ScalarStyle>,
    ) -> String {
        let indent = match value {
            Value::List(items) if !items.is_empty() && !self.in_brackets(items) => column + self.habits.list_indent(),
            Value::Map(map) if !map.is_empty() => column + self.habits.map_step(),
            Value::Text(text) => {
                let key = Some(field.last());
                let style = self.style_of(self.habits.style_of_key(field.last()), key, field, beside);
                let look = BlockLook {
                    folded: style == ScalarStyle::Folded,
                    comment: "",
                    keeps_blank_lines: false,
                    indent: column + self.habits.map_step(),
                };
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
                    .then(|| self.block_scalar(text, &look))
                    .flatten();
                return format!(" {}", block.unwrap_or_else(|| self.new_text(text, key, field, beside, false)));
            }
            other => return format!(" {}", self.flow(other, field, beside)),
        };
        format!("{}{}{}", self.newline, " ".repeat(indent), self.block(value, indent, field))
    }

    /// What stands behind the dash at `column`, with `gap` blanks behind it.
    pub(crate) fn after_dash(
        &self,
        value: &Value,
        column: usize,
        gap: usize,
        list: &FieldPath,
        beside: Option<ScalarStyle>,
    ) -> String {
        let blanks = " ".repeat(gap.max(1));
        match value {
            Value::Map(map) if !map.is_empty() => {
                format!("{blanks}{}", self.block(value, column + 1 + gap.max(1), list))
            }
            Value::List(items) if !items.is_empty() => {
                format!("{blanks}{}", self.block(value, column + 1 + gap.max(1), list))
            }
            Value::Text(text) => format!("{blanks}{}", self.new_text(text, None, list, beside, false)),
            other => format!("{blanks}{}", self.flow(other, list, beside)),
        }
    }

    /// Whether a new list is written in brackets: one of scalars, where the file's are.
    fn in_brackets(&self, items: &[Value]) -> bool {
        self.habits.prefers_flow() && !items.iter().any(Value::is_collection)
    }

    /// A collection in lines whose first stands at `column` already; without the last line end.
    pub(crate) fn block(&self, value: &Value, column: usize, field: &FieldPath) -> String {
        let separator = format!("{}{}", self.newline, " ".repeat(column));
        let lines: Vec<String> = match value {
            Value::Map(map) => {
                map.iter().map(|(key, value)| self.entry(key, value, column, &field.child(key), None)).collect()
            }
            Value::List(items) => {
                items.iter().map(|item| format!("-{}", self.after_dash(item, column, 1, field, None))).collect()
            }
            other => vec![self.flow(other, field, None)],
        };
        lines.join(&separator)
    }

    /// A key and its value, the key standing at `column`.
    pub(crate) fn entry(
        &self,
        key: &str,
        value: &Value,
        column: usize,
        field: &FieldPath,
        beside: Option<ScalarStyle>,
    ) -> String {
        format!("{}:{}", Self::key(key, false), self.after_key(value, column, field, beside))
    }

    /// A key, in quotes where it must be.
    pub(crate) fn key(key: &str, in_flow: bool) -> String {
        if plain_ok(key, in_flow) { key.to_owned() } else { double_quoted(key) }
    }

    /// A value on one line, in brackets if it is a collection.
    pub(crate) fn flow(&self, value: &Value, field: &FieldPath, beside: Option<ScalarStyle>) -> String {
        match value {
            Value::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.in_flow(item, None, field, beside)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Map(map) => self.flow_map(map, field),
            Value::Text(text) => self.new_text(text, None, field, beside, false),
            other => plain(other),
        }
    }

    fn flow_map(&self, map: &Map, field: &FieldPath) -> String {
        let entry = |(key, value): (&str, &Value)| {
            format!("{}: {}", Self::key(key, true), self.in_flow(value, Some(key), &field.child(key), None))
        };
        let entries: Vec<_> = map.iter().map(entry).collect();
        format!("{{{}}}", entries.join(", "))
    }

    /// A value inside of brackets.
    pub(crate) fn in_flow(
        &self,
        value: &Value,
        key: Option<&str>,
        field: &FieldPath,
        beside: Option<ScalarStyle>,
    ) -> String {
        match value {
            Value::Text(text) => self.new_text(text, key, field, beside, true),
            other => self.flow(other, field, None),
        }
    }

    /// A text in a style, on one line; where the style cannot hold it, in quotes.
    pub(crate) fn text(&self, text: &str, style: ScalarStyle, in_flow: bool) -> String {
        let style = match style {
            ScalarStyle::Plain if plain_ok(text, in_flow) => return text.to_owned(),
            ScalarStyle::Plain => self.habits.quotes(),
            other => other,
        };
        if style == ScalarStyle::Single && single_ok(text) { single_quoted(text) } else { double_quoted(text) }
    }

    /// A new text: styled as its key elsewhere in the file; a date plain; as the sibling files have it; an item as the items of
    /// other lists; else as the texts beside it; else in double quotes.
    fn new_text(
        &self,
        text: &str,
        key: Option<&str>,
        field: &FieldPath,
        beside: Option<ScalarStyle>,
        in_flow: bool,
    ) -> String {
        let in_file = key.and_then(|key| self.habits.style_of_key(key));
        let is_plain_date = in_file.is_none() && is_date(text) && self.custom(field) == ScalarStyle::Plain;
        if is_plain_date {
            return text.to_owned();
        }
        self.text(text, self.style_of(in_file, key, field, beside), in_flow)
    }

    fn style_of(
        &self,
        in_file: Option<ScalarStyle>,
        key: Option<&str>,
        field: &FieldPath,
        beside: Option<ScalarStyle>,
    ) -> ScalarStyle {
        let in_lists = || beside.or_else(|| self.habits.style_in_lists());
        let usual = if key.is_some() { in_file } else { in_lists() };
        usual.or_else(|| self.customs.styles.get(field).copied()).or(beside).unwrap_or(ScalarStyle::Double)
    }

    fn custom(&self, field: &FieldPath) -> ScalarStyle {
        self.customs.styles.get(field).copied().unwrap_or(ScalarStyle::Plain)
    }

    /// A text as a block scalar, header included; nothing where a block cannot hold it.
    pub(crate) fn block_scalar(&self, text: &str, look: &BlockLook<'_>) -> Option<String> {
        let content = text.trim_end_matches('\n');
        let breaks = text.len() - content.len();
        let first = content.split('\n').find(|line| !line.is_empty())?;
        let odd_line = content.split('\n').any(|line| line.starts_with('\t') || !single_ok(&line.replace('\t', " ")));
        if odd_line || first.starts_with(' ') || breaks > 1 && !look.keeps_blank_lines {
            return None;
        }
        let folded = look.folded && !content.contains("\n ") && !content.starts_with('\n');
        let chomping = match breaks {
            0 => "-",
            1 => "",
            _ => "+",
        };
        let mut block = format!("{}{chomping}{}", if folded { '>' } else { '|' }, look.comment);
        let indent = " ".repeat(look.indent.max(1));
        let mut push_line = |line: &str| {
            block.push_str(self.newline);
            if !line.is_empty() {
                block.push_str(&indent);
                block.push_str(line);
            }
        };
        let mut was_text = false;
        for line in content.split('\n') {
            // Between two lines of text a folded block wants an empty one, which alone says that the line ends.
            if folded && was_text {
                push_line("");
            }
            push_line(line);
            was_text = !line.is_empty();
        }
        (1..breaks).for_each(|_| push_line(""));
        Some(block)
    }
}

/// Null, yes and no, and numbers.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number_text(number),
        _ => "null".to_owned(),
    }
}

/// A number as YAML spells it: as it is, if the core schema reads that.
fn number_text(number: &Number) -> String {
    if is_core_number(number.spelling()) {
        return number.to_string();
    }
    match (number.as_i128(), number.as_f64()) {
        (Some(whole), _) => whole.to_string(),
        (None, Some(float)) if float.is_nan() => ".nan".to_owned(),
        (None, Some(float)) if float.is_infinite() => if float > 0.0 { ".inf" } else { "-.inf" }.to_owned(),
        _ => number.spelling().replace('_', ""),
    }
}

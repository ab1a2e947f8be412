//! A query changed by clicks: what the new text is when a value, a range or a condition is added or taken away.
//!
//! Invariant: only the condition in question is rewritten; the rest of the text stays as it was typed.

use super::Query;
use super::grammar::{Ask, Comparison, Match, Part, Test, Wish};
use super::operand::Bound;
use crate::document::FieldPath;

impl Query {
    /// The values of a field that are asked for, and those that are excluded, as they are written.
    #[must_use]
    pub fn values_of(&self, field: &FieldPath) -> (Vec<&str>, Vec<&str>) {
        let (mut included, mut excluded) = (Vec::new(), Vec::new());
        for part in &self.parsed.parts {
            if let Some((_, wishes)) = part.values(field) {
                let values = if part.negated { &mut excluded } else { &mut included };
                values.extend(wishes.iter().map(|wish| wish.raw.as_str()));
            }
        }
        (included, excluded)
    }

    /// The text that also asks for this value of a field: with the values already asked for, any of them will do.
    #[must_use]
    pub fn including(&self, field: &FieldPath, value: &str) -> String {
        self.with_value(field, value, false)
    }

    /// The text that lets no article with this value of a field through.
    #[must_use]
    pub fn excluding(&self, field: &FieldPath, value: &str) -> String {
        self.with_value(field, value, true)
    }

    /// The text that says nothing of this value of a field any more.
    #[must_use]
    pub fn without_value(&self, field: &FieldPath, value: &str) -> String {
        let mut text = self.text().to_owned();
        for part in self.parsed.parts.iter().rev() {
            let Some((matching, wishes)) = part.values(field) else { continue };
            let left: Vec<&Wish> = wishes.iter().filter(|wish| wish.raw != value).collect();
            if left.len() < wishes.len() {
                replace(&mut text, part, &condition(part.negated, field, matching, left.iter().map(|wish| &*wish.raw)));
            }
        }
        text
    }

    /// The text in which a field lies between these ends; without ends, the text that says nothing of the field's range.
    #[must_use]
    pub fn with_range(&self, field: &FieldPath, low: Option<f64>, high: Option<f64>) -> String {
        let end = |end: Option<f64>| end.map(|end| end.to_string()).unwrap_or_default();
        let wanted = match (low, high) {
            (None, None) => String::new(),
            _ => format!("{}:{}..{}", name(field), end(low), end(high)),
        };
        let mut ranges = self.parsed.parts.iter().filter(|part| !part.negated && part.range(field).is_some()).rev();
        let mut text = self.text().to_owned();
        let Some(last) = ranges.next() else { return with_condition(self, text, &wanted) };
        replace(&mut text, last, &wanted);
        ranges.for_each(|part| replace(&mut text, part, ""));
        text
    }

    /// The ends between which a field must lie; nothing where the query does not say.
    #[must_use]
    pub fn range_of(&self, field: &FieldPath) -> Option<(Option<f64>, Option<f64>)> {
        self.parsed.parts.iter().filter(|part| !part.negated).find_map(|part| part.range(field))
    }

    /// Whether this condition stands in the query by itself, as it is written here.
    #[must_use]
    pub fn has_condition(&self, condition: &str) -> bool {
        self.part_of(condition).is_some()
    }

    /// The text with this condition (`is:changed`, `missing:images`, a word) added, or taken away where it stands already.
    #[must_use]
    pub fn toggling(&self, condition: &str) -> String {
        let mut text = self.text().to_owned();
        match self.part_of(condition) {
            Some(part) => replace(&mut text, part, ""),
            None => text = with_condition(self, text, condition),
        }
        text
    }

    fn part_of(&self, condition: &str) -> Option<&Part> {
        let parsed = Self::parse(condition).ok()?.parsed;
        let wanted = parsed.parts.first()?;
        self.parsed
            .parts
            .iter()
            .find(|part| part.negated == wanted.negated && part.test.is_some() && part.test == wanted.test)
    }

    fn with_value(&self, field: &FieldPath, value: &str, negated: bool) -> String {
        let (included, excluded) = self.values_of(field);
        let (wanted, unwanted) = if negated { (&excluded, &included) } else { (&included, &excluded) };
        if wanted.contains(&value) {
            return self.text().to_owned();
        }
        if unwanted.contains(&value) {
            let without = self.without_value(field, value);
            return Self::parse(&without).map_or(without, |query| query.with_value(field, value, negated));
        }
        let mut text = self.text().to_owned();
        for part in self.parsed.parts.iter().filter(|part| part.negated == negated) {
            if let Some((matching, wishes)) = part.values(field) {
                let values = wishes.iter().map(|wish| &*wish.raw).chain([value]);
                replace(&mut text, part, &condition(negated, field, matching, values));
                return text;
            }
        }
        with_condition(self, text, &condition(negated, field, Match::Fitting, [value]))
    }
}

impl Part {
    fn values(&self, field: &FieldPath) -> Option<(Match, &[Wish])> {
        match &self.test {
            Some(Test::Field(own, Ask::AnyOf(matching, wishes))) if own == field => Some((*matching, wishes)),
            _ => None,
        }
    }

    fn range(&self, field: &FieldPath) -> Option<(Option<f64>, Option<f64>)> {
        let number = |bound: &Option<Bound>| bound.as_ref().and_then(|bound| bound.number);
        match &self.test {
            Some(Test::Field(own, Ask::Between(low, high))) if own == field => Some((number(low), number(high))),
            Some(Test::Field(own, Ask::Compare(comparison, bound))) if own == field => Some(match comparison {
                Comparison::Less | Comparison::LessOrEqual => (None, bound.number),
                Comparison::More | Comparison::MoreOrEqual => (bound.number, None),
            }),
            _ => None,
        }
    }
}

/// A condition as it is written; without values, nothing.
fn condition<'v>(
    negated: bool,
    field: &FieldPath,
    matching: Match,
    values: impl IntoIterator<Item = &'v str>,
) -> String {
    let values: Vec<String> = values.into_iter().map(quoted).collect();
    if values.is_empty() {
        return String::new();
    }
    let sign = match matching {
        Match::Fitting => "",
        Match::Whole => "=",
        Match::Part => "~",
    };
    format!("{}{}:{sign}{}", if negated { "-" } else { "" }, name(field), values.join(","))
}

fn with_condition(query: &Query, text: String, condition: &str) -> String {
    if condition.is_empty() || query.is_empty() {
        return if condition.is_empty() { text } else { condition.to_owned() };
    }
    // Beside an OR at the top, a condition would belong to its last alternative alone.
    if query.parsed.parts.is_empty() {
        format!("({}) {condition}", text.trim())
    } else {
        format!("{} {condition}", text.trim())
    }
}

fn replace(text: &mut String, part: &Part, with: &str) {
    let mut range = part.span.range();
    if with.is_empty() {
        // The blanks behind go with it, or those before it at the end.
        let rest = text.get(range.end..).unwrap_or_default();
        range.end += rest.len() - rest.trim_start().len();
        if range.end == text.len() {
            range.start = text.get(..range.start).unwrap_or_default().trim_end().len();
        }
    }
    text.replace_range(range, with);
}

/// A value as it has to be written to be read as itself.
fn quoted(value: &str) -> String {
    let special = |c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')' | ',');
    let plain = !value.is_empty()
        && !value.contains(special)
        && !value.starts_with(['=', '~', '<', '>', '/'])
        && !value.contains("..");
    if plain { value.to_owned() } else { in_quotes(value) }
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn name(field: &FieldPath) -> String {
    let name = field.to_string();
    let plain = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && !name.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')' | ':'))
        && !["has", "missing", "is"].contains(&name.as_str());
    if plain { name } else { in_quotes(&name) }
}

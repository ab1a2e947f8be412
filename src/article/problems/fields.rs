//! Problems of single fields: missing, of the wrong kind, impossible, outside of bounds or vocabulary.
//!
//! Invariant: a field is measured by what its siblings hold; where they disagree among themselves nothing is said.

use super::{Findings, Severity, Surroundings, says_nothing};
use crate::article::split::date_prefix;
use crate::document::{FieldPath, Pointer, Value};
use crate::site::kind::date::{DateError, When};
use crate::site::kind::{self, Kind, text};
use crate::site::{Field, Schema};

/// Of so many articles in a hundred a field's kind, or an image, is the rule.
const RULE: usize = 95;

/// Fewer articles make no rule.
const FEWEST: usize = 20;

pub(super) fn check(found: &mut Findings<'_>, surroundings: &Surroundings<'_>) {
    missing(found);
    let schema = found.article.schema;
    for field in schema.top_fields() {
        let at = field.path.pointer();
        let Some(value) = found.article.data.at(&at) else { continue };
        kind_of(found, field, &at, value);
        if let Some(vocabulary) = surroundings.vocabulary {
            outside(found, field, &at, value, |text| vocabulary.is_outside(&field.path, text));
        }
    }
    scores(found, schema);
    invisible(found, schema);
    file_name(found, schema);
}

fn missing(found: &mut Findings<'_>) {
    let (article, schema) = (found.article, found.article.schema);
    let root = Pointer::root();
    // Where no article has a title, file names are what they go by.
    let titled = schema.field(&schema.title).is_some_and(|field| field.seen * 100 >= schema.articles * RULE);
    let has_data = article.data.as_map().is_some_and(|map| !map.is_empty());
    if titled && has_data && article.title() == article.path.stem() && says_nothing(article.get(&schema.title)) {
        let (name, label) = (&schema.title, schema.field(&schema.title).map_or("title", |field| field.label.as_str()));
        found.add("no-title", &root, format!("{label} is missing"), format!("Add “{name}”"));
    }
    for field in schema.fields.iter().filter(|field| field.required && field.path != schema.title) {
        if field.path.values(article.data).iter().all(|value| says_nothing(Some(value))) {
            let (label, path) = (&field.label, &field.path);
            found.add(
                "missing-field",
                &root,
                format!("{label} is missing"),
                format!("Add “{path}”; the site requires it"),
            );
        }
    }
    let images = schema.lead_image.as_ref().and_then(|path| schema.field(path));
    let usual = images.is_some_and(|field| schema.articles >= FEWEST && field.seen * 100 >= schema.articles * RULE);
    if usual && article.images().is_empty() && !images.is_some_and(|field| field.required) {
        found.push(
            Severity::Notice,
            "no-image",
            &root,
            "The article has no image",
            "Add one; nearly all others here have one",
        );
    }
}

fn kind_of(found: &mut Findings<'_>, field: &Field, at: &Pointer, value: &Value) {
    if says_nothing(Some(value)) {
        return;
    }
    if let (Kind::Date, Value::Text(text)) = (field.kind, value)
        && let Err(DateError::Impossible(_)) = When::parse(text)
    {
        let label = &field.label;
        found.add(
            "impossible-date",
            at,
            format!("{label}: {text} is no day of the calendar"),
            "Write a date that exists",
        );
        return;
    }
    let is_rule = field.uniform * 100.0 >= RULE as f64 && field.seen >= FEWEST;
    let fits = match field.kind {
        Kind::Number | Kind::Score => matches!(value, Value::Number(_)),
        Kind::YesNo => matches!(value, Value::Bool(_)),
        Kind::Date => matches!(value, Value::Text(text) if kind::date::looks(text)),
        Kind::Entry => matches!(value, Value::Map(_)),
        Kind::Entries => matches!(value, Value::List(_)),
        Kind::Tags => matches!(value, Value::List(_) | Value::Text(_)),
        Kind::Images => !kind::images::items(value).is_empty(),
        Kind::Url => matches!(value, Value::Text(_)),
        Kind::Text | Kind::LongText | Kind::Markdown | Kind::Choice | Kind::Embed => !value.is_collection(),
        Kind::Opaque => true,
    };
    if is_rule && !fits {
        let (label, noun, kind) = (&field.label, kind::noun(value), usual(field.kind));
        let message = format!("{label} is {noun} here, and {kind} in the other articles");
        found.add("wrong-kind", at, message, format!("Write it as {kind}"));
    }
}

/// What a field of this kind holds, in words.
const fn usual(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::LongText | Kind::Markdown | Kind::Choice | Kind::Embed | Kind::Opaque => "text",
        Kind::Number => "a number",
        Kind::Score => "a score",
        Kind::YesNo => "true or false",
        Kind::Date => "a date",
        Kind::Url => "an address",
        Kind::Images => "images",
        Kind::Tags => "a list",
        Kind::Entry => "a map",
        Kind::Entries => "a list of maps",
    }
}

fn outside(found: &mut Findings<'_>, field: &Field, at: &Pointer, value: &Value, is_outside: impl Fn(&str) -> bool) {
    let mut tell = |at: &Pointer, text: &str| {
        if is_outside(text) {
            let label = &field.label;
            let help = "Choose one that is known, or add it to the vocabulary";
            found.push(
                Severity::Notice,
                "outside-vocabulary",
                at,
                format!("{label}: “{text}” is not in the vocabulary"),
                help,
            );
        }
    };
    match value {
        Value::Text(text) if !text.is_empty() => tell(at, text),
        Value::List(items) => {
            for (index, text) in items.iter().enumerate().filter_map(|(index, item)| Some((index, item.as_str()?))) {
                tell(&at.child(index), text);
            }
        }
        _ => {}
    }
}

fn scores(found: &mut Findings<'_>, schema: &Schema) {
    for score in schema.scores.iter().filter(|score| score.bounded) {
        let at = score.path.pointer();
        let Some(value) = found.article.data.at(&at).and_then(Value::as_f64) else { continue };
        let is_follower = schema.heat.as_ref() == Some(&score.path) && value < 0.0;
        if score.is_beyond(value) && !is_follower {
            let (path, min, max) = (&score.path, score.min, score.max);
            found.add(
                "out-of-range",
                &at,
                format!("{path} is {value}, beyond {min} to {max}"),
                "Set it within its bounds",
            );
        }
    }
}

fn invisible(found: &mut Findings<'_>, schema: &Schema) {
    let read: Vec<FieldPath> = [Some(&schema.title), schema.excerpt.as_ref()].into_iter().flatten().cloned().collect();
    for path in read {
        let at = path.pointer();
        let Some(text) = found.article.data.at(&at).and_then(Value::as_str) else { continue };
        if let Some(hidden) = text::invisible(text) {
            let (label, name) =
                (schema.field(&path).map_or_else(|| path.to_string(), |f| f.label.clone()), hidden.name);
            let message = format!("{label} holds {name}, which cannot be seen");
            found.push(
                Severity::Notice,
                "invisible-character",
                &at,
                message,
                "Type the text anew, or take the character out",
            );
        }
    }
}

fn file_name(found: &mut Findings<'_>, schema: &Schema) {
    let article = found.article;
    let name = if article.path.stem() == "index" { article.path.folder() } else { article.path.name() };
    let name = name.rsplit('/').next().unwrap_or(name);
    let (Some(prefix), Some(path)) = (date_prefix(name), &schema.date) else { return };
    let Some(when) = article.date().and_then(|text| When::parse(text).ok()) else { return };
    let Ok(named) = When::parse(prefix).map(|prefix| prefix.day()) else { return };
    // The generator's zone may be another: a day more or less says nothing.
    let days = (when.day() - named).num_days().abs().min((when.day_in_utc() - named).num_days().abs());
    if days > 1 {
        let label = schema.field(path).map_or_else(|| path.to_string(), |field| field.label.clone());
        let message = format!("{label} is {}, and the file’s name says {prefix}", when.day());
        found.push(Severity::Notice, "date-name", &path.pointer(), message, "Correct the date, or rename the file");
    }
}

//! Kinds of fields, a file each: how typed text becomes a value, how a value is shown, compared and checked.
//!
//! Invariant: a kind only guides the editor. What it cannot read stays as it is, and a check never stops an edit.

pub mod choice;
pub mod date;
pub mod embed;
pub mod entry;
pub mod images;
pub mod number;
pub mod opaque;
pub mod score;
pub mod tags;
pub mod text;
pub mod url;
pub mod yes_no;

use std::cmp::Ordering;

use crate::document::{Map, Value};

/// What a field holds, and so how it is shown and edited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One line of text.
    #[default]
    Text,
    /// Text of several lines.
    LongText,
    /// Markdown.
    Markdown,
    /// A number.
    Number,
    /// A number that says how good or how important an article is.
    Score,
    /// Yes or no.
    YesNo,
    /// A date, with or without a time and a zone.
    Date,
    /// An address.
    Url,
    /// A list of pictures.
    Images,
    /// One text out of few.
    Choice,
    /// A list of texts.
    Tags,
    /// A map.
    Entry,
    /// A list of maps, or of values that are no texts.
    Entries,
    /// A frame of another page, in a string.
    Embed,
    /// Long and unreadable: shown by its length, never touched.
    Opaque,
}

/// What was typed is not a value of this kind; the text says what would be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KindError(pub String);

impl KindError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl Kind {
    /// All kinds, in the order in which a chooser offers them.
    pub const ALL: [Self; 15] = [
        Self::Text,
        Self::LongText,
        Self::Markdown,
        Self::Number,
        Self::Score,
        Self::YesNo,
        Self::Date,
        Self::Url,
        Self::Images,
        Self::Choice,
        Self::Tags,
        Self::Entry,
        Self::Entries,
        Self::Embed,
        Self::Opaque,
    ];

    /// Its name in the configuration and on the screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long text",
            Self::Markdown => "markdown",
            Self::Number => "number",
            Self::Score => "score",
            Self::YesNo => "yes/no",
            Self::Date => "date",
            Self::Url => "url",
            Self::Images => "images",
            Self::Choice => "choice",
            Self::Tags => "tags",
            Self::Entry => "entry",
            Self::Entries => "entries",
            Self::Embed => "embed",
            Self::Opaque => "opaque",
        }
    }

    /// The kind of this name; case, blanks, hyphens and slashes do not matter.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let wanted = plain(name);
        Self::ALL.into_iter().find(|kind| plain(kind.name()) == wanted)
    }

    /// A value of this kind that says nothing yet: what a field begins with. A number or a date that is not known is null.
    #[must_use]
    pub fn blank(self) -> Value {
        match self {
            Self::Text | Self::LongText | Self::Markdown | Self::Url | Self::Choice | Self::Embed | Self::Opaque => {
                Value::Text(String::new())
            }
            Self::Number | Self::Score | Self::Date => Value::Null,
            Self::YesNo => Value::Bool(false),
            Self::Images | Self::Tags | Self::Entries => Value::List(Vec::new()),
            Self::Entry => Value::Map(Map::new()),
        }
    }

    /// The value that this typed text means. `old` is the value it replaces, or one that a sibling file has: dates keep
    /// its form and zone.
    ///
    /// # Errors
    /// When the text is no value of this kind, or the kind cannot be typed.
    pub fn parse(self, typed: &str, old: Option<&Value>) -> Result<Value, KindError> {
        match self {
            Self::Text | Self::LongText | Self::Markdown | Self::Embed => Ok(text::parse(typed)),
            Self::Number => number::parse(typed),
            Self::Score => score::parse(typed),
            Self::YesNo => yes_no::parse(typed),
            Self::Date => date::parse_typed(typed, old.and_then(Value::as_str)),
            Self::Url => url::parse(typed),
            Self::Choice => Ok(choice::parse(typed)),
            Self::Tags => Ok(tags::parse(typed)),
            Self::Images => Ok(images::parse(typed, old)),
            Self::Entry | Self::Entries => Err(KindError::new("An entry is edited field by field")),
            Self::Opaque => Err(KindError::new("Opaque values are not edited")),
        }
    }

    /// The value in one line, as a table cell shows it. Text that a line cannot hold is left to the drawer.
    #[must_use]
    pub fn show(self, value: &Value) -> String {
        match (self, value) {
            (_, Value::Null) => String::new(),
            (Self::Opaque, _) => opaque::show(value),
            (Self::Embed, Value::Text(text)) => embed::show(text),
            (Self::YesNo, Value::Bool(yes)) => yes_no::show(*yes),
            (Self::Date, Value::Text(text)) => date::show(text),
            (Self::Number | Self::Score, Value::Number(number)) => number::show(number),
            (Self::Images, _) => images::show(value),
            (Self::Url, Value::Text(address)) => url::show(address),
            (Self::Choice, Value::Text(text)) => choice::show(text),
            (Self::Tags, Value::List(items)) => tags::show(items),
            (Self::Entry, Value::Map(map)) => entry::show(map),
            (Self::Entries, Value::List(items)) => entry::show_list(items),
            // Every kind by its name, so that a new one is missed here. A value of another kind is shown as text.
            (
                Self::Text
                | Self::LongText
                | Self::Markdown
                | Self::Number
                | Self::Score
                | Self::YesNo
                | Self::Date
                | Self::Url
                | Self::Choice
                | Self::Tags
                | Self::Entry
                | Self::Entries
                | Self::Embed,
                value,
            ) => text::show(value),
        }
    }

    /// The order of two values: by number, by instant, by text; what is of another kind comes after.
    #[must_use]
    pub fn compare(self, a: &Value, b: &Value) -> Ordering {
        match self {
            Self::Number | Self::Score => number::compare(a, b),
            Self::YesNo => yes_no::compare(a, b),
            Self::Date => date::compare(a, b),
            Self::Images => images::compare(a, b),
            Self::Tags => tags::compare(a, b),
            Self::Entry | Self::Entries => entry::compare(a, b),
            Self::Opaque => Ordering::Equal,
            Self::Text | Self::LongText | Self::Markdown | Self::Url | Self::Choice | Self::Embed => {
                text::compare(a, b)
            }
        }
    }

    /// What is odd about a value of this kind, to be told and never to stop anybody. Null is never odd.
    #[must_use]
    pub fn check(self, value: &Value) -> Option<String> {
        if matches!(value, Value::Null) {
            return None;
        }
        match self {
            Self::Text | Self::LongText | Self::Markdown | Self::Embed => text::check(value),
            Self::Number => number::check(value),
            Self::Score => score::check(value),
            Self::YesNo => yes_no::check(value),
            Self::Date => date::check(value),
            Self::Url => url::check(value),
            Self::Images => images::check(value),
            Self::Choice => choice::check(value),
            Self::Tags => tags::check(value),
            Self::Entry => entry::check(value),
            Self::Entries => entry::check_list(value),
            Self::Opaque => None,
        }
    }

    /// Whether a table cell can edit it by typing.
    #[must_use]
    pub const fn is_typed(self) -> bool {
        !matches!(self, Self::Entry | Self::Entries | Self::Opaque | Self::Images)
    }
}

/// What a value is, for messages: "a list", "yes or no".
#[must_use]
pub const fn noun(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "yes or no",
        Value::Number(_) => "a number",
        Value::Text(_) => "text",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_however_they_are_spelled() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_name("Yes-No"), Some(Kind::YesNo));
        assert_eq!(Kind::from_name("longtext"), Some(Kind::LongText));
        assert_eq!(Kind::from_name("colour"), None);
    }
}

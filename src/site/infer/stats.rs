//! What is counted of one field, and the kind that follows from the counts.
//!
//! Invariant: nine of ten values decide; a field that holds this and that is text.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{FieldPath, ScalarStyle, Value};
use crate::site::kind::{Kind, date, embed, images, opaque, url};

/// Different texts that are told apart; beyond, a field has too many to choose from.
const MOST_DISTINCT: usize = 400;

/// Longer texts are nobody's choice.
const LONGEST_CHOICE: usize = 60;

/// Counts of one field's values.
#[derive(Clone, Debug, Default)]
pub(super) struct Stats {
    /// In how many articles it is.
    pub(super) articles: usize,
    pub(super) example: Option<String>,
    /// The number of the article it was seen in last, from 1.
    last_article: usize,
    values: usize,
    nulls: usize,
    bools: usize,
    whole: usize,
    numbers: Numbers,
    maps: usize,
    /// Maps that stand alone and hold the address of a picture.
    picture_maps: usize,
    texts: Texts,
    lists: usize,
    text_items: usize,
    map_items: usize,
    picture_items: usize,
    other_items: usize,
    distinct: BTreeMap<String, usize>,
    overflown: bool,
    styles: BTreeMap<ScalarStyle, usize>,
}

#[derive(Clone, Debug, Default)]
struct Numbers {
    count: usize,
    lowest: f64,
    highest: f64,
    distinct: BTreeSet<i64>,
}

#[derive(Clone, Debug, Default)]
struct Texts {
    /// Those that are not empty.
    count: usize,
    empty: usize,
    characters: usize,
    multiline: usize,
    opaque: usize,
    embeds: usize,
    dates: usize,
    addresses: usize,
    pictures: usize,
    markdown: usize,
}

impl Stats {
    /// A value in the article of this number, and how it is written if it is a text.
    pub(super) fn value(&mut self, value: &Value, style: Option<ScalarStyle>, article: usize) {
        self.values += 1;
        self.articles += usize::from(self.last_article != article);
        self.last_article = article;
        match value {
            Value::Null => self.nulls += 1,
            Value::Bool(_) => self.bools += 1,
            Value::Number(number) => {
                self.whole += usize::from(number.as_i128().is_some());
                if let Some(number) = number.as_f64().filter(|n| n.is_finite()) {
                    self.numbers.take(number);
                }
            }
            Value::Text(text) => {
                self.text(text);
                self.style(style);
            }
            Value::List(items) => {
                self.lists += 1;
                for item in items {
                    match item {
                        Value::Map(_) => {
                            self.map_items += 1;
                            self.picture_items += usize::from(is_picture_map(item));
                        }
                        Value::Text(text) => self.picture_items += usize::from(is_picture(text)),
                        _ => {}
                    }
                }
            }
            Value::Map(_) => {
                self.maps += 1;
                self.picture_maps += usize::from(is_picture_map(value));
            }
        }
    }

    /// An item of a list that is no map.
    pub(super) fn item(&mut self, item: &Value, style: Option<ScalarStyle>) {
        match item {
            Value::Text(text) => {
                self.text_items += 1;
                self.count_text(text);
                self.style(style);
            }
            Value::Number(_) | Value::Bool(_) | Value::Null => self.text_items += 1,
            _ => self.other_items += 1,
        }
    }

    pub(super) fn has_numbers(&self) -> bool {
        self.numbers.count > 0 && self.numbers.count * 10 >= (self.values - self.nulls) * 9
    }

    /// Whole numbers in most articles, of small size and wide spread: a judgement, not a count or a year.
    pub(super) fn reads_as_score(&self, articles: usize) -> bool {
        let numbers = &self.numbers;
        self.has_numbers()
            && articles >= 20
            && self.articles * 10 >= articles * 8
            && self.whole * 100 >= numbers.count * 98
            && numbers.lowest >= -10.0
            && numbers.highest <= 1000.0
            && numbers.highest - numbers.lowest >= 20.0
            && numbers.distinct.len() >= 8
    }

    /// The kind that nine of ten values have.
    pub(super) fn kind(&self, path: &FieldPath) -> Kind {
        let filled = self.values - self.nulls - self.texts.empty.min(self.values);
        let most = |count: usize| filled > 0 && count * 10 >= filled * 9;
        if self.lists > 0 && (self.lists + self.texts.count) * 10 >= filled * 9 && self.maps == 0 {
            return self.list_kind(path);
        }
        let pictures = if self.picture_maps > 0 { self.picture_maps + self.texts.pictures } else { 0 };
        if most(pictures) && is_picture_name(path.last()) {
            Kind::Images
        } else if most(self.maps) {
            Kind::Entry
        } else if most(self.bools) {
            Kind::YesNo
        } else if most(self.numbers.count) {
            Kind::Number
        } else if self.lists > 0 || self.maps > 0 {
            Kind::Entries
        } else {
            self.text_kind(path)
        }
    }

    /// The share of values that are of this kind.
    pub(super) fn uniform(&self, kind: Kind) -> f64 {
        let filled = (self.values - self.nulls).max(1) as f64;
        let fitting = match kind {
            Kind::Number | Kind::Score => self.numbers.count,
            Kind::YesNo => self.bools,
            Kind::Date => self.texts.dates + self.texts.empty,
            Kind::Url => self.texts.count + self.texts.empty,
            Kind::Entry => self.maps,
            Kind::Entries | Kind::Tags => self.lists,
            Kind::Images => self.lists + self.picture_maps + self.texts.pictures,
            Kind::Opaque => self.texts.opaque + self.texts.empty,
            Kind::Text | Kind::LongText | Kind::Markdown | Kind::Choice | Kind::Embed => {
                self.texts.count + self.texts.empty + self.numbers.count + self.bools
            }
        };
        (fitting as f64 / filled).min(1.0)
    }

    /// The most used texts, most used first; none where hardly any is used twice.
    pub(super) fn values(&self, kind: Kind) -> Vec<(String, usize)> {
        if !matches!(kind, Kind::Choice | Kind::Tags | Kind::Text) || (self.overflown && kind == Kind::Text) {
            return Vec::new();
        }
        let mut values: Vec<(String, usize)> =
            self.distinct.iter().map(|(text, count)| (text.clone(), *count)).collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        if kind == Kind::Text && values.len() * 2 > self.texts.count {
            values.clear();
        }
        values
    }

    /// How texts of this field are mostly written.
    pub(super) fn usual_style(&self) -> Option<ScalarStyle> {
        self.styles.iter().max_by_key(|(_, count)| **count).map(|(style, _)| *style)
    }

    fn text(&mut self, text: &str) {
        let texts = &mut self.texts;
        if text.trim().is_empty() {
            texts.empty += 1;
            return;
        }
        texts.opaque += usize::from(opaque::looks(text));
        texts.embeds += usize::from(embed::looks(text));
        texts.dates += usize::from(date::looks(text));
        texts.addresses += usize::from(url::looks(text));
        texts.pictures += usize::from(is_picture(text));
        texts.markdown += usize::from(reads_as_markdown(text));
        if self.example.is_none() && texts.opaque == 0 && text.len() <= 200 {
            self.example = Some(text.to_owned());
        }
        self.count_text(text);
        self.texts.count += 1;
        self.texts.characters += text.chars().count();
        self.texts.multiline += usize::from(text.trim_end().contains('\n'));
    }

    fn count_text(&mut self, text: &str) {
        if text.len() > LONGEST_CHOICE {
            self.overflown = true;
        } else if let Some(count) = self.distinct.get_mut(text) {
            *count += 1;
        } else if self.distinct.len() < MOST_DISTINCT {
            self.distinct.insert(text.to_owned(), 1);
        } else {
            self.overflown = true;
        }
    }

    fn style(&mut self, style: Option<ScalarStyle>) {
        if let Some(style) = style {
            *self.styles.entry(style).or_default() += 1;
        }
    }

    fn list_kind(&self, path: &FieldPath) -> Kind {
        let items = self.text_items + self.map_items + self.other_items;
        let named = is_picture_name(path.last());
        if items == 0 {
            return if named { Kind::Images } else { Kind::Tags };
        }
        let pictures = self.picture_items * 10 >= items * 9;
        if pictures && (named || self.map_items > 0 || self.text_items == self.picture_items) {
            Kind::Images
        } else if self.text_items * 10 >= items * 9 {
            Kind::Tags
        } else {
            Kind::Entries
        }
    }

    fn text_kind(&self, path: &FieldPath) -> Kind {
        let texts = &self.texts;
        let most = |count: usize| texts.count > 0 && count * 10 >= texts.count * 9;
        let average = texts.characters / texts.count.max(1);
        let distinct = self.distinct.len();
        if most(texts.opaque) {
            Kind::Opaque
        } else if most(texts.embeds) {
            Kind::Embed
        } else if most(texts.dates) {
            Kind::Date
        } else if most(texts.pictures) && is_picture_name(path.last()) {
            Kind::Images
        } else if most(texts.addresses) || (most(texts.pictures) && images::ADDRESS_KEYS.contains(&path.last())) {
            Kind::Url
        } else if texts.markdown * 3 >= texts.count.max(1) {
            Kind::Markdown
        } else if average > 100 || texts.multiline * 3 > texts.count {
            Kind::LongText
        } else if !self.overflown
            && self.numbers.count == 0
            && texts.count >= 3
            && distinct <= 20
            && distinct * 3 <= texts.count
        {
            Kind::Choice
        } else {
            Kind::Text
        }
    }
}

impl Numbers {
    fn take(&mut self, number: f64) {
        let first = self.count == 0;
        self.lowest = if first { number } else { self.lowest.min(number) };
        self.highest = if first { number } else { self.highest.max(number) };
        self.count += 1;
        if self.distinct.len() < 64 {
            self.distinct.insert(number as i64);
        }
    }
}

/// The kind that one value looks like, where nothing is known of its field.
#[must_use]
pub fn kind_of_value(path: &FieldPath, value: &Value) -> Kind {
    let mut stats = Stats::default();
    stats.value(value, None, 1);
    if let Value::List(items) = value {
        for item in items {
            match item {
                Value::Map(_) => {}
                item => stats.item(item, None),
            }
        }
    }
    stats.kind(path)
}

/// Whether the map has the address of a picture: one that ends like one, or one that has a size beside it.
fn is_picture_map(value: &Value) -> bool {
    let Some(map) = value.as_map().filter(|map| images::address_key(map).is_some()) else { return false };
    let sized = map.get("width").is_some() || map.get("height").is_some();
    sized || images::address(value).is_some_and(is_picture)
}

fn is_picture_name(key: &str) -> bool {
    let key = key.to_lowercase();
    ["image", "picture", "photo", "thumbnail", "cover", "logo", "gallery", "banner", "avatar", "icon"]
        .iter()
        .any(|name| key.contains(name))
}

/// Whether the address is one of a picture: by its ending, or since it holds one.
fn is_picture(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let holds_one = address.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("data:image/"));
    holds_one || !path.contains(char::is_whitespace) && images::is_picture(path)
}

fn reads_as_markdown(text: &str) -> bool {
    text.trim_end().contains('\n')
        && ["](", "**", "\n- ", "\n* ", "\n#", "\n1. ", "```"].iter().any(|mark| text.contains(mark))
}

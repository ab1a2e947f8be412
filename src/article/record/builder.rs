//! Makes records: takes in what a reader finds, in order, and keeps what its collection's outline asks for.
//!
//! Invariant: the same events make the same record, whoever reads them: the document or the row scanner.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Item, Kept, LONGEST_TEXT, MOST_FACTS, MOST_ITEMS, NOTHING, Outline, Record, Scalar, Sink, Slice};
use crate::article::moment::moment;
use crate::document::{Map, Value};
use crate::file::{SitePath, Stamp};
use crate::site::kind::images::ADDRESS_KEYS;
use crate::site::kind::opaque;

/// Makes a record out of the events of an article's data: keys, scalars, the bounds of lists.
#[derive(Debug)]
pub struct RecordBuilder<'o> {
    outline: &'o Outline,
    /// The field we are in, as `FieldPath` writes it.
    path: String,
    /// How long `path` was before each key on the way.
    marks: Vec<usize>,
    /// How many lists we are in.
    lists: usize,
    /// Whether nothing below the items of the list we are in is wanted: its items are counted, and that is all.
    is_only_counted: bool,
    /// How many keys we are below such an item.
    unheard: usize,
    heat: Option<f64>,
    title: Option<Slice>,
    /// The address of the picture that leads, and how usual the key is that it stands under: 0 is the most usual.
    lead_image: Option<(usize, Slice)>,
    live: Option<bool>,
    date: Option<i64>,
    related: u32,
    images: u32,
    text: String,
    kept: Vec<(Slice, Kept)>,
    items: Vec<Item>,
}

impl<'o> RecordBuilder<'o> {
    /// A builder for one article. `size`: about how many bytes of text to expect.
    #[must_use]
    pub fn new(outline: &'o Outline, size: usize) -> Self {
        Self {
            outline,
            path: String::with_capacity(48),
            marks: Vec::with_capacity(8),
            lists: 0,
            is_only_counted: false,
            unheard: 0,
            heat: None,
            title: None,
            lead_image: None,
            live: None,
            date: None,
            related: 0,
            images: 0,
            text: String::with_capacity(size),
            // Room for the usual number of fields; where few are wanted, for those: this is asked for once a file.
            kept: Vec::with_capacity(outline.wanted.as_ref().map_or(32, |wanted| wanted.len().min(32))),
            items: Vec::new(),
        }
    }

    /// The record, for the file that was read.
    #[must_use]
    pub fn finish(self, path: SitePath, stamp: Stamp) -> Record {
        let buried = self.heat == Some(-1.0);
        Record {
            path,
            stamp,
            collection: Arc::clone(&self.outline.collection),
            problems: Vec::new(),
            live: self.live,
            follower: buried && self.related > 0,
            date: self.date,
            related: self.related,
            images: self.images,
            title: self.title,
            lead_image: self.lead_image.map(|(_, slice)| slice),
            text: self.text,
            kept: self.kept,
            items: self.items,
        }
    }

    pub(super) fn map_entries(&mut self, map: &Map) {
        let mut seen = HashSet::new();
        for (at, (key, value)) in map.iter().enumerate() {
            let again = if map.len() > FEW_KEYS { !seen.insert(key) } else { map.keys().take(at).any(|k| k == key) };
            if !again {
                self.enter(key);
                self.data(value);
                self.leave();
            }
        }
    }

    fn data(&mut self, value: &Value) {
        match value {
            Value::Null => self.scalar(Scalar::Null),
            Value::Bool(yes) => self.scalar(Scalar::Bool(*yes)),
            Value::Number(number) => {
                self.scalar(Scalar::Number(number.as_f64().unwrap_or(f64::NAN), number.spelling()));
            }
            Value::Text(text) => self.scalar(Scalar::Text(text)),
            Value::List(items) => {
                self.begin_list();
                for item in items {
                    if let Value::Map(map) = item {
                        self.map_item();
                        self.map_entries(map);
                        self.end_map_item();
                    } else {
                        self.data(item);
                    }
                }
                self.end_list();
            }
            Value::Map(map) => {
                self.begin_map();
                self.map_entries(map);
                self.end_map(map.len());
            }
        }
    }

    fn value(&mut self, scalar: Scalar<'_>) {
        let outline = self.outline;
        let is = |role: &Option<String>| role.as_deref() == Some(self.path.as_str());
        let wanted = self.is_wanted();
        match scalar {
            Scalar::Null => self.keep(Kept::Null),
            Scalar::Bool(yes) => {
                if is(&outline.live) {
                    self.live = Some(yes == outline.live_when);
                }
                self.keep(Kept::Bool(yes));
            }
            Scalar::Number(number, spelling) => {
                if is(&outline.heat) {
                    self.heat = Some(number);
                }
                if self.path == outline.title {
                    self.title = Some(self.add_text(spelling));
                }
                self.keep(Kept::Number(number));
            }
            Scalar::Text(text) => {
                let (titles, dates) = (self.path == outline.title, is(&outline.date));
                if !(wanted || titles || dates) {
                    return;
                }
                if self.is_opaque(text) {
                    return self.keep(Kept::Opaque(text.chars().count() as u32));
                }
                let seconds = moment(text);
                if dates {
                    self.date = seconds;
                }
                if !(wanted || titles) {
                    return;
                }
                let slice = self.add_text(text);
                if titles {
                    self.title = Some(slice);
                }
                self.lead(slice);
                self.keep(seconds.map_or(Kept::Text(slice), |seconds| Kept::Date(seconds, slice)));
            }
        }
    }

    fn item(&mut self, scalar: Scalar<'_>) {
        if !self.is_wanted() || self.items.len() >= MOST_ITEMS {
            return;
        }
        let text = match scalar {
            Scalar::Null => None,
            Scalar::Bool(yes) => Some(self.add_text(if yes { "true" } else { "false" })),
            Scalar::Number(_, spelling) => Some(self.add_text(spelling)),
            Scalar::Text(text) if self.is_opaque(text) => None,
            Scalar::Text(text) => Some(self.add_text(text)),
        };
        if let (Scalar::Text(_), Some(slice), ..=1) = (scalar, text, self.images) {
            self.lead(slice);
        }
        self.gather(1, false);
        let item = self.items.len() as u32;
        self.items.push(Item { text, next: NOTHING });
        let Some((_, Kept::Gathered { first, last, .. })) = self.find().and_then(|at| self.kept.get_mut(at)) else {
            return;
        };
        let before = std::mem::replace(last, item);
        if *first == NOTHING {
            *first = item;
        }
        if let Some(before) = self.items.get_mut(before as usize) {
            before.next = item;
        }
    }

    /// Counts what is in the list that we are in, for the lists that have a part of their own.
    fn count_item(&mut self) {
        if self.lists != 1 {
            return;
        }
        if self.outline.related.as_deref() == Some(self.path.as_str()) {
            self.related += 1;
        }
        if self.outline.images.as_deref() == Some(self.path.as_str()) {
            self.images += 1;
        }
    }

    /// Adds to what is gathered under this field.
    fn gather(&mut self, more: usize, is_map: bool) {
        if self.find().is_none() {
            self.keep_gathered();
        }
        let Some((_, kept)) = self.find().and_then(|at| self.kept.get_mut(at)) else { return };
        if let Kept::Gathered { count, maps, .. } = kept {
            *count += more as u32;
            *maps |= is_map;
        }
    }

    fn keep_gathered(&mut self) {
        self.keep(Kept::Gathered { first: NOTHING, last: NOTHING, count: 0, maps: false });
    }

    fn keep(&mut self, kept: Kept) {
        if self.is_wanted() && self.kept.len() < MOST_FACTS {
            let start = self.text.len() as u32;
            self.text.push_str(&self.path);
            self.kept.push((Slice { start, end: self.text.len() as u32 }, kept));
        }
    }

    /// The fact of the field we are in, if there is one. Fields of lists are asked for again and again, so from the end.
    fn find(&self) -> Option<usize> {
        if !self.is_wanted() {
            return None;
        }
        self.kept.iter().rposition(|(name, _)| {
            (name.end - name.start) as usize == self.path.len()
                && self.text.get(name.start as usize..name.end as usize) == Some(self.path.as_str())
        })
    }

    fn is_wanted(&self) -> bool {
        self.outline.wanted.as_ref().is_none_or(|wanted| wanted.contains(&self.path))
    }

    /// Whether a field below the one we are in is wanted.
    fn is_wanted_below(&self) -> bool {
        let is_below = |wanted: &String| wanted.strip_prefix(&self.path).is_some_and(|rest| rest.starts_with('.'));
        self.outline.wanted.as_ref().is_none_or(|wanted| wanted.iter().any(is_below))
    }

    /// Takes a text as the address of the picture that leads, if the field we are in says so and no more usual key has said it.
    fn lead(&mut self, text: Slice) {
        let lead = self.outline.lead_image.as_deref();
        let Some(rest) = lead.and_then(|lead| self.path.strip_prefix(lead)) else { return };
        let place = match rest.strip_prefix('.') {
            Some(key) => ADDRESS_KEYS.iter().position(|usual| *usual == key),
            None => rest.is_empty().then_some(0),
        };
        let Some(place) = place else { return };
        if self.lead_image.is_none_or(|(known, _)| place < known) {
            self.lead_image = Some((place, text));
        }
    }

    fn is_opaque(&self, text: &str) -> bool {
        let is_one_of = |fields: &[String]| fields.contains(&self.path);
        is_one_of(&self.outline.opaque) || opaque::looks(text) && !is_one_of(&self.outline.readable)
    }

    fn add_text(&mut self, text: &str) -> Slice {
        let mut length = text.len().min(LONGEST_TEXT);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        let start = self.text.len() as u32;
        self.text.push_str(&text[..length]);
        Slice { start, end: self.text.len() as u32 }
    }
}

impl Sink for RecordBuilder<'_> {
    fn enter(&mut self, key: &str) {
        if self.unheard > 0 || self.lists > 0 && self.is_only_counted {
            self.unheard += 1;
            return;
        }
        self.marks.push(self.path.len());
        if self.marks.len() > 1 {
            self.path.push('.');
        }
        if !key.contains(['.', '\\']) {
            self.path.push_str(key);
            return;
        }
        for c in key.chars() {
            if matches!(c, '.' | '\\') {
                self.path.push('\\');
            }
            self.path.push(c);
        }
    }

    fn leave(&mut self) {
        if self.unheard > 0 {
            self.unheard -= 1;
            return;
        }
        let length = self.marks.pop().unwrap_or(0);
        self.path.truncate(length);
    }

    fn begin_map(&mut self) {
        if self.unheard > 0 {
            return;
        }
        if self.lists == 0 {
            self.keep(Kept::Entries(0));
        } else {
            self.gather(0, true);
        }
    }

    fn end_map(&mut self, keys: usize) {
        if self.unheard > 0 {
            return;
        }
        if self.lists > 0 {
            self.gather(keys, true);
        } else if let Some((_, Kept::Entries(count))) = self.find().and_then(|at| self.kept.get_mut(at)) {
            *count = keys as u32;
        }
    }

    fn begin_list(&mut self) {
        if self.unheard > 0 {
            return;
        }
        if self.lists == 0 || self.find().is_none() {
            self.keep_gathered();
        }
        if self.lists == 0 {
            self.is_only_counted = !self.is_wanted_below();
        }
        self.lists += 1;
    }

    fn map_item(&mut self) {
        if self.unheard > 0 {
            return;
        }
        self.count_item();
        self.gather(1, true);
    }

    fn end_map_item(&mut self) {}

    fn end_list(&mut self) {
        if self.unheard > 0 {
            return;
        }
        self.lists = self.lists.saturating_sub(1);
    }

    fn scalar(&mut self, scalar: Scalar<'_>) {
        if self.unheard > 0 {
            return;
        }
        if self.lists > 0 {
            self.count_item();
            self.item(scalar);
        } else {
            self.value(scalar);
        }
    }
}

/// Up to so many keys a map is searched for doubled ones without a table.
const FEW_KEYS: usize = 32;

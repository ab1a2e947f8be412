//! One article: its facts, what can be done to it, what is wrong with it.
//!
//! Invariant: an article owns nothing; it looks at a document through its schema.

mod data;
mod entry;
pub mod intent;
pub mod moment;
pub mod pictures;
pub mod problems;
pub mod record;
pub mod scanner;
pub mod split;

pub use intent::{Find, Intent, IntentRefusal};
pub use moment::moment;
pub use pictures::{Faults, Identity, PictureFact, PictureIndex, Seen};
pub use problems::{Problem, Severity, Surroundings, codes_in, codes_of_facts, problems, problems_in, problems_seen};
pub use record::{ArticleId, Fact, Outline, Record, Wanted};

use std::ops::Deref;

use crate::document::{Document, FieldPath, Map, Pointer, Value};
use crate::file::SitePath;
use crate::site::Schema;
use crate::site::kind::entry as naming;
use crate::site::kind::images;

/// The rank of a story that is folded under another one.
pub const FOLLOWER: i64 = -1;

/// A document seen as an article of its collection. What its data alone tells is asked of the [`Facts`] in it.
#[derive(Clone, Copy, Debug)]
pub struct Article<'a> {
    /// The file.
    pub document: &'a Document,
    facts: Facts<'a>,
}

/// The data of an article, seen as one of its collection: all that can be said of it without its text.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Its front matter.
    pub data: &'a Value,
    /// The shape of its collection's articles.
    pub schema: &'a Schema,
    /// Where it lies.
    pub path: &'a SitePath,
}

/// One related entry: the fields that a card shows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Related<'a> {
    /// Where it stands.
    pub at: Pointer,
    /// What names it.
    pub title: &'a str,
    /// The provider's name.
    pub provider: Option<&'a str>,
    /// The provider's domain.
    pub domain: Option<&'a str>,
    /// Its date, as it is written.
    pub date: Option<&'a str>,
    /// How good it is.
    pub quality: Option<f64>,
    /// Its first picture.
    pub image: Option<&'a str>,
    /// Its page on the web.
    pub address: Option<&'a str>,
}

impl<'a> Article<'a> {
    /// An article of this collection.
    #[must_use]
    pub fn new(document: &'a Document, schema: &'a Schema, path: &'a SitePath) -> Self {
        Self { document, facts: Facts { data: document.data(), schema, path } }
    }

    /// What its data tells.
    #[must_use]
    pub const fn facts(&self) -> &Facts<'a> {
        &self.facts
    }
}

impl<'a> Deref for Article<'a> {
    type Target = Facts<'a>;

    fn deref(&self) -> &Facts<'a> {
        &self.facts
    }
}

impl<'a> Facts<'a> {
    /// What names it: its title, else its name or label, else its file's name.
    #[must_use]
    pub fn title(&self) -> &'a str {
        let own = self.text(&self.schema.title).filter(|text| !text.trim().is_empty());
        let other = || self.data.as_map().and_then(named);
        own.or_else(other).unwrap_or_else(|| self.path.stem())
    }

    /// What sums it up.
    #[must_use]
    pub fn excerpt(&self) -> Option<&'a str> {
        self.text(self.schema.excerpt.as_ref()?)
    }

    /// Its rank.
    #[must_use]
    pub fn heat(&self) -> Option<f64> {
        self.get(self.schema.heat.as_ref()?)?.as_f64()
    }

    /// How good it is.
    #[must_use]
    pub fn quality(&self) -> Option<f64> {
        self.get(self.schema.quality.as_ref()?)?.as_f64()
    }

    /// Whether it is live, where the file says so.
    #[must_use]
    pub fn live(&self) -> Option<bool> {
        self.get(self.schema.live.as_ref()?)?.as_bool().map(|yes| yes == self.schema.live_when)
    }

    /// Whether it is folded under another story.
    #[must_use]
    pub fn is_follower(&self) -> bool {
        self.heat().is_some_and(|heat| heat < 0.0)
    }

    /// Its date, as it is written.
    #[must_use]
    pub fn date(&self) -> Option<&'a str> {
        self.text(self.schema.date.as_ref()?)
    }

    /// Its provider's name.
    #[must_use]
    pub fn provider_name(&self) -> Option<&'a str> {
        self.provider()?.get("name")?.as_str()
    }

    /// Its provider's domain.
    #[must_use]
    pub fn provider_domain(&self) -> Option<&'a str> {
        self.provider()?.get("domain")?.as_str()
    }

    /// The address of its provider's logo.
    #[must_use]
    pub fn provider_logo(&self) -> Option<&'a str> {
        images::items(self.provider()?.get("images")?).first().and_then(images::address)
    }

    /// Its topics.
    #[must_use]
    pub fn topics(&self) -> Vec<&'a str> {
        let topics = self.schema.topics.as_ref().and_then(|path| self.get(path));
        match topics {
            Some(Value::List(items)) => items.iter().filter_map(Value::as_str).collect(),
            Some(Value::Text(one)) => vec![one],
            _ => Vec::new(),
        }
    }

    /// Its pictures: maps or texts, as they stand.
    #[must_use]
    pub fn images(&self) -> &'a [Value] {
        let found = self.schema.lead_image.as_ref().and_then(|path| self.get(path));
        found.map(images::items).unwrap_or_default()
    }

    /// The address of its first picture.
    #[must_use]
    pub fn lead_image(&self) -> Option<&'a str> {
        self.images().first().and_then(images::address)
    }

    /// Its page on the web.
    #[must_use]
    pub fn page(&self) -> Option<&'a str> {
        self.schema.addresses.iter().find_map(|path| self.text(path).filter(|text| !text.is_empty()))
    }

    /// The field of related entries; what it would be called where the collection has none.
    #[must_use]
    pub fn related_field(&self) -> FieldPath {
        self.schema.related.clone().unwrap_or_else(|| FieldPath::of(["related"]))
    }

    /// Its related entries, as they stand.
    #[must_use]
    pub fn related(&self) -> &'a [Value] {
        self.get(&self.related_field()).and_then(Value::as_list).unwrap_or_default()
    }

    /// Its related entries, as cards show them.
    #[must_use]
    pub fn related_cards(&self) -> Vec<Related<'a>> {
        let list = self.related_field().pointer();
        let cards = self.related().iter().enumerate();
        cards.filter_map(|(index, value)| Some(self.card(list.child(index), value.as_map()?))).collect()
    }

    /// One related entry, as a card shows it; nothing where it is no map.
    #[must_use]
    pub fn related_card(&self, index: usize) -> Option<Related<'a>> {
        let at = self.related_field().pointer().child(index);
        Some(self.card(at, self.related().get(index)?.as_map()?))
    }

    /// Where an entry of this quality belongs: behind the last one that is as good or better.
    #[must_use]
    pub fn place_by_quality(&self, quality: Option<f64>) -> usize {
        let related = self.related();
        let Some(quality) = quality else { return related.len() };
        let key = self.schema.quality.as_ref().map_or("quality", FieldPath::last);
        let quality_of = |value: &Value| value.as_map().and_then(|map| map.get(key)).and_then(Value::as_f64);
        related.iter().rposition(|entry| quality_of(entry).is_none_or(|other| other >= quality)).map_or(0, |at| at + 1)
    }

    /// A value of the article by its field.
    #[must_use]
    pub fn get(&self, path: &FieldPath) -> Option<&'a Value> {
        self.data.at(&path.pointer())
    }

    fn text(&self, path: &FieldPath) -> Option<&'a str> {
        self.get(path)?.as_str()
    }

    fn provider(&self) -> Option<&'a Map> {
        self.get(self.schema.provider.as_ref()?)?.as_map()
    }

    fn card(&self, at: Pointer, map: &'a Map) -> Related<'a> {
        let key = |path: Option<&FieldPath>, usual: &'static str| path.map_or(usual, FieldPath::last).to_owned();
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        let provider = map.get(&key(self.schema.provider.as_ref(), "provider")).and_then(Value::as_map);
        let of_provider = |key: &str| provider.and_then(|map| map.get(key)).and_then(Value::as_str);
        let pictures = map.get(&key(self.schema.lead_image.as_ref(), "images"));
        let addresses = self.schema.addresses.iter().map(FieldPath::last).chain(["webUrl", "url", "link"]);
        Related {
            title: text(self.schema.title.last()).or_else(|| naming::name(map)).unwrap_or_default(),
            provider: of_provider("name"),
            domain: of_provider("domain"),
            date: text(&key(self.schema.date.as_ref(), "date")),
            quality: map.get(&key(self.schema.quality.as_ref(), "quality")).and_then(Value::as_f64),
            image: pictures.and_then(|value| images::items(value).first()).and_then(images::address),
            address: addresses.into_iter().find_map(text),
            at,
        }
    }
}

/// What names this article by the keys that usually do; other texts are no names.
fn named(map: &Map) -> Option<&str> {
    let keys = naming::NAMING_KEYS.into_iter();
    keys.filter_map(|key| map.get(key)?.as_str()).find(|text| !text.trim().is_empty())
}

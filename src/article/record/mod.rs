//! The facts that table, filter and facets need of one article, read once and kept instead of its text.
//!
//! Invariant: a record is made by feeding a `RecordBuilder` the events of the data in the order of the file. The reader of
//! documents and the row scanner feed the same builder, so they cannot disagree on what an event means. Opaque values leave
//! only their length behind, and of a key that stands twice the first counts.

mod builder;

use std::sync::Arc;

pub use builder::RecordBuilder;

use super::{Article, codes_in};
use crate::document::{Document, FieldPath, ScalarStyle, Value};
use crate::file::{SitePath, Stamp};
use crate::site::paths::collection_of;
use crate::site::{Kind, Schema, Site};

/// The longest text that a record keeps of one value, in bytes; the rest is cut off at a character's start.
pub const LONGEST_TEXT: usize = 64 * 1024;

/// The most values that a record keeps of one list, nested ones together.
pub const MOST_ITEMS: usize = 100_000;

/// The most fields that a record keeps; those behind them in the file are left out of table and filter.
pub const MOST_FACTS: usize = 2_000;

/// An article of one sitting: its row in the catalog. Never used for another path; a file that comes back has its old number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(pub u32);

impl ArticleId {
    /// The row as an index.
    #[must_use]
    pub const fn row(self) -> usize {
        self.0 as usize
    }
}

/// Which fields a record keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Every field that is not opaque.
    #[default]
    All,
    /// These fields only, and what every row has: path, title, date, state.
    Only(Vec<FieldPath>),
}

impl Wanted {
    fn names(&self) -> Option<Vec<String>> {
        match self {
            Self::All => None,
            Self::Only(fields) => Some(fields.iter().map(ToString::to_string).collect()),
        }
    }
}

/// What a record must know of its collection: which field plays which part, and what is to be kept. Fields are written as
/// `FieldPath` writes them, for that is how they are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// The collection's folder.
    pub collection: Arc<str>,
    /// The field that titles an article.
    pub title: String,
    /// The field whose first picture leads: an address, a map that holds one, or a list of either.
    pub lead_image: Option<String>,
    /// The field that dates an article.
    pub date: Option<String>,
    /// The field that says whether an article is live.
    pub live: Option<String>,
    /// What it says when it is.
    pub live_when: bool,
    /// The field that ranks an article; −1 in it, with related entries, marks a follower.
    pub heat: Option<String>,
    /// The list of related entries.
    pub related: Option<String>,
    /// The list of pictures.
    pub images: Option<String>,
    /// Fields that are opaque whatever their value looks like.
    pub opaque: Vec<String>,
    /// Fields that are not opaque whatever their value looks like.
    pub readable: Vec<String>,
    /// The fields to keep; nothing means all.
    pub wanted: Option<Vec<String>>,
}

impl Outline {
    /// The outline of a collection, by its folder.
    #[must_use]
    pub fn of(schema: &Schema, folder: &str, wanted: &Wanted) -> Self {
        let name = |field: &Option<FieldPath>| field.as_ref().map(ToString::to_string);
        let of_kind = |is_opaque: bool| {
            let fields = schema
                .fields
                .iter()
                .filter(move |field| (field.kind == Kind::Opaque) == is_opaque && (is_opaque || field.seen > 0));
            fields.map(|field| field.path.to_string()).collect()
        };
        let title = if schema.title.head().is_empty() { "title".to_owned() } else { schema.title.to_string() };
        Self {
            collection: folder.into(),
            title,
            lead_image: name(&schema.lead_image),
            date: name(&schema.date),
            live: name(&schema.live),
            live_when: schema.live_when,
            heat: name(&schema.heat),
            related: name(&schema.related),
            images: name(&schema.lead_image),
            opaque: of_kind(true),
            readable: of_kind(false),
            wanted: wanted.names(),
        }
    }

    /// The outline of a collection of which nothing is known but the names that fields usually have.
    #[must_use]
    pub fn usual(collection: &str, wanted: &Wanted) -> Self {
        let field = |name: &str| Some(name.to_owned());
        Self {
            collection: collection.into(),
            title: "title".to_owned(),
            lead_image: field("images"),
            date: field("publishedDateTime"),
            live: field("published"),
            live_when: true,
            heat: field("heat"),
            related: field("related"),
            images: field("images"),
            opaque: Vec::new(),
            readable: Vec::new(),
            wanted: wanted.names(),
        }
    }
}

/// One fact of an article: what a cell of the table shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact<'a> {
    /// Null: written so, or nothing behind the colon.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A date, as it is written, with the second it names.
    Date {
        /// Seconds since 1970.
        seconds: i64,
        /// As it is written.
        text: &'a str,
    },
    /// A text.
    Text(&'a str),
    /// The values of a list, as they are written; of a field inside a list of maps, the values of all those maps.
    /// A null among them is nothing.
    List(Vec<Option<&'a str>>),
    /// So many entries: of a map, or maps in a list. Their values are facts of their own.
    Entries(u32),
    /// An opaque value of so many characters.
    Opaque(u32),
}

/// A scalar as a reader found it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// Null.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number and its spelling.
    Number(f64, &'a str),
    /// Text, and dates, which are text.
    Text(&'a str),
}

/// What takes in an article's data as a reader finds it, in the order of the file.
pub trait Sink {
    /// The next values belong to this key of the map we are in.
    fn enter(&mut self, key: &str);
    /// The key entered last is done.
    fn leave(&mut self);
    /// The value of the key entered last is a map: its keys follow.
    fn begin_map(&mut self);
    /// The map, of so many keys, ends.
    fn end_map(&mut self, keys: usize);
    /// A list begins.
    fn begin_list(&mut self);
    /// An item of the list we are in is a map: its keys follow.
    fn map_item(&mut self);
    /// The map ends that is an item.
    fn end_map_item(&mut self);
    /// The list ends.
    fn end_list(&mut self);
    /// How the scalar is written that comes next. Most do not care.
    fn written(&mut self, _: ScalarStyle) {}
    /// A scalar: the value of the key entered last, or an item of the list we are in.
    fn scalar(&mut self, scalar: Scalar<'_>);
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Slice {
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kept {
    Null,
    Bool(bool),
    Number(f64),
    Date(i64, Slice),
    Text(Slice),
    /// First and last of its items, their number, and whether one of them is a map.
    Gathered {
        first: u32,
        last: u32,
        count: u32,
        maps: bool,
    },
    Entries(u32),
    Opaque(u32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Item {
    text: Option<Slice>,
    next: u32,
}

const NOTHING: u32 = u32::MAX;

/// The facts of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Where the article lies.
    pub path: SitePath,
    /// The stamp of the file when it was read.
    pub stamp: Stamp,
    /// The collection's folder.
    pub collection: Arc<str>,
    /// Codes of what is wrong with it, as far as reading it tells.
    pub problems: Vec<&'static str>,
    /// Whether it is live; nothing where it does not say.
    pub live: Option<bool>,
    /// Whether it is folded under another story.
    pub follower: bool,
    /// When it was published, in seconds since 1970.
    pub date: Option<i64>,
    /// How many related entries it has.
    pub related: u32,
    /// How many pictures it has.
    pub images: u32,
    title: Option<Slice>,
    lead_image: Option<Slice>,
    text: String,
    kept: Vec<(Slice, Kept)>,
    items: Vec<Item>,
}

impl Record {
    /// The record of a document, with all its fields.
    #[must_use]
    pub fn of(path: &SitePath, stamp: Stamp, document: &Document, schema: &Schema) -> Self {
        Self::read(path, stamp, document, &Outline::of(schema, collection_of(path), &Wanted::All))
    }

    /// The record of an article, with all its fields and the problems that it has in its site.
    #[must_use]
    pub fn in_site(article: &Article<'_>, stamp: Stamp, site: &Site) -> Self {
        let outline = Outline::of(article.schema, collection_of(article.path), &Wanted::All);
        let mut record = Self::of_data(article.path.clone(), stamp, article.document.data(), &outline);
        record.problems = codes_in(site, article);
        record
    }

    /// The record of a document of which the outline is known.
    #[must_use]
    pub fn read(path: &SitePath, stamp: Stamp, document: &Document, outline: &Outline) -> Self {
        let mut record = Self::of_data(path.clone(), stamp, document.data(), outline);
        record.problems =
            document.error().into_iter().chain(document.warnings()).map(|notice| notice.code.name()).collect();
        record.problems.sort_unstable();
        record.problems.dedup();
        record
    }

    /// The record of an article's data.
    #[must_use]
    pub fn of_data(path: SitePath, stamp: Stamp, data: &Value, outline: &Outline) -> Self {
        let mut builder = RecordBuilder::new(outline, 1024);
        if let Value::Map(map) = data {
            builder.map_entries(map);
        }
        builder.finish(path, stamp)
    }

    /// The title, or the file's name without its ending.
    #[must_use]
    pub fn title(&self) -> &str {
        self.own_title().unwrap_or_else(|| self.path.stem())
    }

    /// The title that the article itself has.
    #[must_use]
    pub fn own_title(&self) -> Option<&str> {
        self.title.map(|slice| self.slice(slice)).filter(|title| !title.trim().is_empty())
    }

    /// The address of the first picture.
    #[must_use]
    pub fn lead_image(&self) -> Option<&str> {
        self.lead_image.map(|slice| self.slice(slice)).filter(|url| !url.is_empty())
    }

    /// All facts, in the order of the file, each with its field as `FieldPath` writes it.
    pub fn facts(&self) -> impl Iterator<Item = (&str, Fact<'_>)> {
        self.kept.iter().map(|(name, kept)| (self.slice(*name), self.fact(kept)))
    }

    fn fact(&self, kept: &Kept) -> Fact<'_> {
        match *kept {
            Kept::Null => Fact::Null,
            Kept::Bool(yes) => Fact::Bool(yes),
            Kept::Number(number) => Fact::Number(number),
            Kept::Date(seconds, text) => Fact::Date { seconds, text: self.slice(text) },
            Kept::Text(text) => Fact::Text(self.slice(text)),
            Kept::Gathered { count, maps: true, .. } | Kept::Entries(count) => Fact::Entries(count),
            Kept::Gathered { first, .. } => {
                let mut values = Vec::new();
                let mut at = first;
                while let Some(item) = self.items.get(at as usize) {
                    values.push(item.text.map(|text| self.slice(text)));
                    at = item.next;
                }
                Fact::List(values)
            }
            Kept::Opaque(length) => Fact::Opaque(length),
        }
    }

    fn slice(&self, slice: Slice) -> &str {
        self.text.get(slice.start as usize..slice.end as usize).unwrap_or_default()
    }
}

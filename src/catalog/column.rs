//! One field of all articles: what a cell is, and how cells are kept.
//!
//! Invariant: a column is chunks of `CHUNK` rows, shared between snapshots; a chunk is copied when a cell of it changes while a
//! snapshot holds it. A row beyond a column's chunks is missing in it.

use std::sync::{Arc, OnceLock};

use super::folded::Folded;
use super::pool::{Interner, TextId, TextPool};
use crate::article::Fact;
use crate::document::FieldPath;

/// So many rows are kept, copied and searched together.
pub(crate) const CHUNK: usize = 2048;

/// What a column shows: a field of the front matter, or something worked out. Kept in settings under its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ColumnKey {
    /// A field, nested ones too: `provider.domain`, `related.title`.
    Field(FieldPath),
    /// Something that no field says.
    Computed(Computed),
}

/// The columns that no field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Computed {
    /// Whether there is a problem, as far as the catalog knows; the desk adds what is changed or in conflict.
    State,
    /// The file's path in the site.
    Path,
    /// The title, or the file's name.
    Title,
    /// The address of the first picture.
    Image,
    /// The folder of the collection.
    Collection,
    /// The date of publishing, whatever field says it.
    Date,
    /// How many related entries there are.
    RelatedCount,
    /// How many pictures there are.
    ImageCount,
    /// How many problems there are.
    Problems,
    /// The file's size in bytes.
    Size,
    /// When the file was changed.
    Modified,
    /// Whether the same story is told by others, and how alike they are.
    Twin,
}

impl Computed {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::State,
        Self::Path,
        Self::Title,
        Self::Image,
        Self::Collection,
        Self::Date,
        Self::RelatedCount,
        Self::ImageCount,
        Self::Problems,
        Self::Size,
        Self::Modified,
        Self::Twin,
    ];

    /// The name that filters and the command line use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Path => "path",
            Self::Title => "title",
            Self::Image => "image",
            Self::Collection => "collection",
            Self::Date => "date",
            Self::RelatedCount => "related.count",
            Self::ImageCount => "images.count",
            Self::Problems => "problems",
            Self::Size => "file.size",
            Self::Modified => "file.modified",
            Self::Twin => "duplicate",
        }
    }
}

impl ColumnKey {
    /// The column of this name where nothing is known of the site: `path`, `related.count` and the like are worked out,
    /// every other name is a field's. `Catalog::column` knows which names the site's fields take.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match Computed::ALL.into_iter().find(|computed| computed.name() == name) {
            Some(Computed::Title | Computed::Date) | None => Self::Field(FieldPath::parse(name)),
            Some(computed) => Self::Computed(computed),
        }
    }

    /// A field's column.
    #[must_use]
    pub fn field(path: &str) -> Self {
        Self::Field(FieldPath::parse(path))
    }
}

impl From<String> for ColumnKey {
    fn from(name: String) -> Self {
        let computed = name.strip_prefix(COMPUTED);
        let computed = computed.and_then(|name| Computed::ALL.into_iter().find(|computed| computed.name() == name));
        computed.map_or_else(|| Self::Field(FieldPath::parse(&name)), Self::Computed)
    }
}

impl From<ColumnKey> for String {
    fn from(key: ColumnKey) -> Self {
        match key {
            ColumnKey::Field(path) => path.to_string(),
            ColumnKey::Computed(computed) => format!("{COMPUTED}{}", computed.name()),
        }
    }
}

/// Stands before the names of what is worked out where columns are kept, so that a field of the same name is another.
const COMPUTED: &str = "=";

impl std::fmt::Display for ColumnKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(path) => path.fmt(f),
            Self::Computed(computed) => f.write_str(computed.name()),
        }
    }
}

/// One cell of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// The article has no such field.
    Missing,
    /// The field is there and null.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A date or date-time.
    Date {
        /// Seconds since 1970.
        seconds: i64,
        /// As it is written.
        text: &'a str,
    },
    /// Text.
    Text(&'a str),
    /// The values of a list, or of a field in a list of maps; a null is an empty text here.
    List(Vec<&'a str>),
    /// A map or a list of maps, with so many entries.
    Entries(u32),
    /// An opaque value of so many characters.
    Opaque(u32),
}

impl std::fmt::Display for Cell<'_> {
    /// As a table shows it: a list with `, ` between its values, nothing for null.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing | Self::Null => Ok(()),
            Self::Bool(yes) => yes.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Date { text: "", seconds } => match chrono::DateTime::from_timestamp(*seconds, 0) {
                Some(date) => f.write_str(&date.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
                None => Ok(()),
            },
            Self::Date { text, .. } | Self::Text(text) => f.write_str(text),
            Self::List(items) => f.write_str(&items.join(", ")),
            Self::Entries(count) => count.fmt(f),
            Self::Opaque(length) => write!(f, "opaque, {length} characters"),
        }
    }
}

impl Cell<'_> {
    /// Whether there is something: not missing, null, the empty text or an empty list.
    #[must_use]
    pub fn is_something(&self) -> bool {
        match self {
            Self::Missing | Self::Null => false,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Entries(count) => *count > 0,
            Self::Bool(_) | Self::Number(_) | Self::Date { .. } | Self::Opaque(_) => true,
        }
    }
}

/// How a cell is kept: one byte of these, and four bytes that it explains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Tag {
    #[default]
    Missing,
    Null,
    False,
    True,
    /// A whole number that fits.
    Integer,
    /// Any other number, by its place in `wide`.
    Wide,
    Text,
    /// By its place in `dates`.
    Date,
    /// By its place in `items`: the count, then the texts.
    List,
    Entries,
    Opaque,
}

impl Tag {
    pub(crate) const ALL: [Self; 11] = [
        Self::Missing,
        Self::Null,
        Self::False,
        Self::True,
        Self::Integer,
        Self::Wide,
        Self::Text,
        Self::Date,
        Self::List,
        Self::Entries,
        Self::Opaque,
    ];
}

/// In `items`: a null among the values.
pub(crate) const NULL_ITEM: u32 = u32::MAX;

/// `CHUNK` rows of one column.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) tags: Vec<Tag>,
    pub(crate) words: Vec<u32>,
    pub(crate) wide: Vec<f64>,
    pub(crate) dates: Vec<(i64, TextId)>,
    pub(crate) items: Vec<u32>,
    /// Entries of `wide`, `dates` and `items` that no cell uses any more.
    waste: usize,
    folded: OnceLock<Folded>,
}

impl Clone for Chunk {
    /// A copy is made to be changed, so what was worked out is left behind.
    fn clone(&self) -> Self {
        Self {
            tags: self.tags.clone(),
            words: self.words.clone(),
            wide: self.wide.clone(),
            dates: self.dates.clone(),
            items: self.items.clone(),
            waste: self.waste,
            folded: OnceLock::new(),
        }
    }
}

impl Chunk {
    pub(crate) fn tag(&self, row: usize) -> Tag {
        self.tags.get(row).copied().unwrap_or_default()
    }

    pub(crate) fn word(&self, row: usize) -> u32 {
        self.words.get(row).copied().unwrap_or_default()
    }

    /// The number in this row, if it is one.
    pub(crate) fn number(&self, row: usize) -> Option<f64> {
        match self.tag(row) {
            Tag::Integer => Some(f64::from(self.word(row).cast_signed())),
            Tag::Wide => self.wide.get(self.word(row) as usize).copied(),
            Tag::Entries => Some(f64::from(self.word(row))),
            _ => None,
        }
    }

    /// The date in this row, if it is one.
    pub(crate) fn date(&self, row: usize) -> Option<(i64, TextId)> {
        match self.tag(row) {
            Tag::Date => self.dates.get(self.word(row) as usize).copied(),
            _ => None,
        }
    }

    /// The values of the list in this row.
    pub(crate) fn list(&self, row: usize) -> &[u32] {
        if self.tag(row) != Tag::List {
            return &[];
        }
        let at = self.word(row) as usize;
        let count = self.items.get(at).map_or(0, |count| *count as usize);
        self.items.get(at + 1..at + 1 + count).unwrap_or_default()
    }

    pub(crate) fn cell<'a>(&self, row: usize, pool: &'a TextPool) -> Cell<'a> {
        let word = self.word(row);
        match self.tag(row) {
            Tag::Missing => Cell::Missing,
            Tag::Null => Cell::Null,
            Tag::False => Cell::Bool(false),
            Tag::True => Cell::Bool(true),
            Tag::Integer | Tag::Wide => self.number(row).map_or(Cell::Missing, Cell::Number),
            Tag::Text => Cell::Text(pool.get(TextId(word))),
            Tag::Date => {
                self.date(row).map_or(Cell::Missing, |(seconds, id)| Cell::Date { seconds, text: pool.get(id) })
            }
            Tag::List => Cell::List(self.list(row).iter().map(|id| item_text(*id, pool).unwrap_or_default()).collect()),
            Tag::Entries => Cell::Entries(word),
            Tag::Opaque => Cell::Opaque(word),
        }
    }

    /// The texts of these rows with case and accents folded, worked out when first asked for.
    pub(crate) fn folded(&self, pool: &TextPool) -> &Folded {
        self.folded.get_or_init(|| Folded::of(self, pool))
    }

    fn set(&mut self, row: usize, fact: Option<&Fact<'_>>, texts: &mut Texts<'_>) {
        if self.tags.len() <= row {
            self.tags.resize(row + 1, Tag::Missing);
            self.words.resize(row + 1, 0);
        }
        self.waste += match self.tag(row) {
            Tag::List => self.list(row).len() + 1,
            Tag::Wide | Tag::Date => 1,
            _ => 0,
        };
        let (tag, word) = self.encode(fact, texts);
        if let (Some(tag_of_row), Some(word_of_row)) = (self.tags.get_mut(row), self.words.get_mut(row)) {
            (*tag_of_row, *word_of_row) = (tag, word);
        }
        self.folded = OnceLock::new();
        if self.waste > CHUNK + self.items.len() / 2 {
            self.tidy();
        }
    }

    fn encode(&mut self, fact: Option<&Fact<'_>>, texts: &mut Texts<'_>) -> (Tag, u32) {
        match fact {
            None => (Tag::Missing, 0),
            Some(Fact::Null) => (Tag::Null, 0),
            Some(Fact::Bool(yes)) => (if *yes { Tag::True } else { Tag::False }, 0),
            Some(Fact::Number(number)) => {
                let whole = *number as i32;
                if f64::from(whole).to_bits() == number.to_bits() {
                    return (Tag::Integer, whole.cast_unsigned());
                }
                self.wide.push(*number);
                (Tag::Wide, self.wide.len() as u32 - 1)
            }
            Some(Fact::Date { seconds, text }) => {
                self.dates.push((*seconds, texts.add(text)));
                (Tag::Date, self.dates.len() as u32 - 1)
            }
            Some(Fact::Text(text)) => (Tag::Text, texts.add(text).0),
            Some(Fact::List(values)) => {
                let at = self.items.len() as u32;
                self.items.push(values.len() as u32);
                self.items.extend(values.iter().map(|value| value.map_or(NULL_ITEM, |text| texts.add(text).0)));
                (Tag::List, at)
            }
            Some(Fact::Entries(count)) => (Tag::Entries, *count),
            Some(Fact::Opaque(length)) => (Tag::Opaque, *length),
        }
    }

    /// Drops what no cell uses any more.
    fn tidy(&mut self) {
        let old = self.clone();
        (self.wide, self.dates, self.items, self.waste) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for row in 0..old.tags.len() {
            let word = match old.tag(row) {
                Tag::Wide => {
                    self.wide.extend(old.number(row));
                    self.wide.len() - 1
                }
                Tag::Date => {
                    self.dates.extend(old.date(row));
                    self.dates.len() - 1
                }
                Tag::List => {
                    self.items.push(old.list(row).len() as u32);
                    self.items.extend(old.list(row));
                    self.items.len() - 1 - old.list(row).len()
                }
                _ => continue,
            };
            if let Some(slot) = self.words.get_mut(row) {
                *slot = word as u32;
            }
        }
    }

    fn says(&self, row: usize, fact: Option<&Fact<'_>>, pool: &TextPool) -> bool {
        let word = self.word(row);
        match (self.tag(row), fact) {
            (Tag::Missing, None) | (Tag::Null, Some(Fact::Null)) => true,
            (Tag::False, Some(Fact::Bool(yes))) => !yes,
            (Tag::True, Some(Fact::Bool(yes))) => *yes,
            (Tag::Integer | Tag::Wide, Some(Fact::Number(number))) => {
                self.number(row).is_some_and(|own| own.to_bits() == number.to_bits())
            }
            (Tag::Text, Some(Fact::Text(text))) => pool.get(TextId(word)) == *text,
            (Tag::Date, Some(Fact::Date { seconds, text })) => {
                self.date(row).is_some_and(|(own, id)| own == *seconds && pool.get(id) == *text)
            }
            (Tag::List, Some(Fact::List(values))) => {
                let own = self.list(row);
                own.len() == values.len() && own.iter().zip(values).all(|(id, value)| item_text(*id, pool) == *value)
            }
            (Tag::Entries, Some(Fact::Entries(number))) | (Tag::Opaque, Some(Fact::Opaque(number))) => word == *number,
            _ => false,
        }
    }
}

/// The text of an item of a list; nothing where it is null.
pub(crate) fn item_text(id: u32, pool: &TextPool) -> Option<&str> {
    (id != NULL_ITEM).then(|| pool.get(TextId(id)))
}

/// The pool, open for writing.
pub(crate) struct Texts<'a> {
    pub(crate) pool: &'a mut TextPool,
    pub(crate) interner: &'a mut Interner,
}

impl Texts<'_> {
    pub(crate) fn add(&mut self, text: &str) -> TextId {
        self.interner.intern(self.pool, text)
    }
}

/// One field of all articles.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// The field as `FieldPath` writes it.
    pub(crate) name: Arc<str>,
    pub(crate) chunks: Vec<Arc<Chunk>>,
}

impl Column {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.into(), chunks: Vec::new() }
    }

    pub(crate) fn chunk(&self, at: usize) -> Option<&Chunk> {
        self.chunks.get(at).map(AsRef::as_ref)
    }

    pub(crate) fn cell<'a>(&self, row: usize, pool: &'a TextPool) -> Cell<'a> {
        self.chunk(row / CHUNK).map_or(Cell::Missing, |chunk| chunk.cell(row % CHUNK, pool))
    }

    /// Puts a fact into a row. Says whether that changed anything.
    pub(crate) fn set(&mut self, row: usize, fact: Option<&Fact<'_>>, texts: &mut Texts<'_>) -> bool {
        let (at, row) = (row / CHUNK, row % CHUNK);
        match self.chunk(at) {
            None if fact.is_none() => return false,
            Some(chunk) if chunk.says(row, fact, texts.pool) => return false,
            _ => {}
        }
        while self.chunks.len() <= at {
            self.chunks.push(Arc::default());
        }
        if let Some(chunk) = self.chunks.get_mut(at) {
            Arc::make_mut(chunk).set(row, fact, texts);
        }
        true
    }
}

//! All articles of the site, in columns: filter, sort, facets and duplicates come from here.
//!
//! Invariant: a catalog feeds what is shown and never a write; its columns are shared, so a clone is a snapshot. A snapshot
//! that a job holds costs the next change a copy of the chunks it touches, not of the catalog.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::article::Record;
use crate::document::FieldPath;
use crate::file::{SitePath, Stamp, stem_of};

mod column;
pub mod duplicates;
mod facets;
mod fold;
mod folded;
mod histogram;
pub mod pack;
mod pick;
mod picture_home;
pub mod pictures;
mod pool;
mod query;
mod rows;
mod sections;
mod sort;
mod words;

pub use crate::article::ArticleId;
pub use column::{Cell, ColumnKey, Computed};
pub use duplicates::{Group, Reason, Twin, duplicates};
pub use facets::Facets;
pub use histogram::Histogram;
pub use pack::{PackError, Packed, pack, unpack};
pub use picture_home::{PictureHome, picture_form, picture_home};
pub use pictures::{PictureReport, SharedPicture};
pub use query::{Facts, Query, QueryError, Token, TokenKind, filter};
pub use sections::{GroupBy, Section, SectionValue, sections};
pub use sort::{SortKey, sort};
pub(crate) use words::is_searched;

use column::{CHUNK, Column, Texts};
use folded::Folded;
use pool::{Interner, TextPool};
use rows::{NO_DATE, Row, Rows};

/// The most fields that are columns: a site that has more uses keys as data. Those that came first are the ones that count.
pub const MOST_COLUMNS: usize = 4_000;

/// All articles of a site, in columns. A clone is a snapshot and cheap.
#[derive(Debug, Default)]
pub struct Catalog {
    shared: Arc<Shared>,
    interner: Interner,
}

impl Clone for Catalog {
    /// A snapshot. It can be written to, but finds none of its own texts again and grows a little faster than the original.
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), interner: Interner::default() }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    pub(crate) rows: Rows,
    pub(crate) columns: Vec<Column>,
    by_name: Arc<HashMap<Arc<str>, usize>>,
    by_path: Arc<HashMap<FieldPath, usize>>,
    pub(crate) pool: TextPool,
    /// The words of each chunk of rows, worked out when first asked for.
    words: Vec<Arc<OnceLock<Folded>>>,
    version: u64,
}

impl Catalog {
    /// An empty catalog.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an article's facts in, in the place of those it had.
    #[expect(clippy::needless_pass_by_value, reason = "a record is made to be put in, and gone then")]
    pub fn upsert(&mut self, record: Record) -> ArticleId {
        let shared = Arc::make_mut(&mut self.shared);
        let mut texts = Texts { pool: &mut shared.pool, interner: &mut self.interner };
        let id = shared.rows.find_or_add(record.path.as_str(), texts.pool);
        let row = row_of(&record, &mut texts);
        let mut changed = shared.rows.set(id.row(), row);
        let mut words_changed = changed;
        let mut kept = vec![false; shared.columns.len()];
        let mut guess = 0;
        for (name, fact) in record.facts() {
            let at = match shared.columns.get(guess) {
                Some(column) if *column.name == *name => guess,
                _ => *shared.by_name.get(name).unwrap_or(&usize::MAX),
            };
            let at = match at {
                usize::MAX if shared.columns.len() >= MOST_COLUMNS => continue,
                usize::MAX => add_column(shared, name),
                known => known,
            };
            guess = at + 1;
            let mut texts = Texts { pool: &mut shared.pool, interner: &mut self.interner };
            if let Some(column) = shared.columns.get_mut(at) {
                let new = column.set(id.row(), Some(&fact), &mut texts);
                changed |= new;
                words_changed |= new && words::is_searched(name);
            }
            if let Some(kept) = kept.get_mut(at) {
                *kept = true;
            }
        }
        let mut texts = Texts { pool: &mut shared.pool, interner: &mut self.interner };
        for (column, _) in shared.columns.iter_mut().zip(&kept).filter(|(_, kept)| !**kept) {
            let gone = column.set(id.row(), None, &mut texts);
            changed |= gone;
            words_changed |= gone && words::is_searched(&column.name);
        }
        shared.note(id.row(), changed, words_changed);
        id
    }

    /// All articles are in: lets go of what finds equal texts among many. Texts of later ones are shared among those alone.
    pub fn settle(&mut self) {
        self.interner = Interner::default();
    }

    /// Takes an article out.
    pub fn remove(&mut self, id: ArticleId) {
        let shared = Arc::make_mut(&mut self.shared);
        if !shared.rows.remove(id.row()) {
            return;
        }
        let mut texts = Texts { pool: &mut shared.pool, interner: &mut self.interner };
        for column in &mut shared.columns {
            column.set(id.row(), None, &mut texts);
        }
        shared.note(id.row(), true, true);
    }

    /// Notes what is wrong with an article, in the place of what was noted before.
    pub fn set_problems(&mut self, id: ArticleId, codes: &[&str]) {
        let Some(mut row) = self.shared.rows.get(id.row()).copied() else { return };
        let codes = codes.join(",");
        if self.shared.pool.get(row.problems) == codes {
            return; // most have none and had none: nothing is copied for them
        }
        let shared = Arc::make_mut(&mut self.shared);
        row.problems = self.interner.intern(&mut shared.pool, &codes);
        let changed = shared.rows.set(id.row(), row);
        shared.note(id.row(), changed, false);
    }

    /// How many articles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.rows.present()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Works out what the first search for a path would, which takes some milliseconds with very many articles.
    pub fn prepare(&self) {
        self.shared.rows.prepare(&self.shared.pool);
    }

    /// Grows with every change, so that an answer can be known to be stale.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.shared.version
    }

    /// All articles, in the order in which they came.
    pub fn ids(&self) -> impl Iterator<Item = ArticleId> + '_ {
        (0..self.shared.rows.count() as u32).map(ArticleId).filter(|id| self.contains(*id))
    }

    /// Whether the article is still there.
    #[must_use]
    pub fn contains(&self, id: ArticleId) -> bool {
        self.shared.rows.get(id.row()).is_some()
    }

    /// The article at this path.
    #[must_use]
    pub fn id_of(&self, path: &SitePath) -> Option<ArticleId> {
        self.shared.rows.find(path.as_str(), &self.shared.pool)
    }

    /// Where an article lies, or lay before it was removed.
    #[must_use]
    pub fn path(&self, id: ArticleId) -> SitePath {
        SitePath::new(self.path_text(id)).unwrap_or_else(|_none| SitePath::unknown())
    }

    /// The same, as text.
    #[must_use]
    pub fn path_text(&self, id: ArticleId) -> &str {
        self.shared.rows.path(id.row(), &self.shared.pool)
    }

    /// The stamp of the file when it was read.
    #[must_use]
    pub fn stamp(&self, id: ArticleId) -> Stamp {
        self.shared.rows.get(id.row()).map(|row| row.stamp).unwrap_or_default()
    }

    /// The folder of the collection that it belongs to.
    #[must_use]
    pub fn collection(&self, id: ArticleId) -> &str {
        self.shared.rows.get(id.row()).map_or("", |row| self.shared.pool.get(row.collection))
    }

    /// The title, or the file's name.
    #[must_use]
    pub fn title(&self, id: ArticleId) -> &str {
        self.shared.title(id.row())
    }

    /// When it was published, in seconds since 1970.
    #[must_use]
    pub fn date(&self, id: ArticleId) -> Option<i64> {
        self.shared.rows.get(id.row()).map(|row| row.date).filter(|date| *date != NO_DATE)
    }

    /// Whether it is live; nothing where it does not say.
    #[must_use]
    pub fn live(&self, id: ArticleId) -> Option<bool> {
        let row = self.shared.rows.get(id.row())?;
        if row.has(Row::LIVE) { Some(true) } else { row.has(Row::NOT_LIVE).then_some(false) }
    }

    /// Whether it is folded under another story.
    #[must_use]
    pub fn is_follower(&self, id: ArticleId) -> bool {
        self.shared.rows.get(id.row()).is_some_and(|row| row.has(Row::FOLLOWER))
    }

    /// Codes of what is wrong with it.
    #[must_use]
    pub fn problem_codes(&self, id: ArticleId) -> Vec<&str> {
        let codes = self.shared.rows.get(id.row()).map_or("", |row| self.shared.pool.get(row.problems));
        codes.split(',').filter(|code| !code.is_empty()).collect()
    }

    /// The address of the first picture.
    #[must_use]
    pub fn lead_image(&self, id: ArticleId) -> Option<&str> {
        let row = self.shared.rows.get(id.row())?;
        Some(self.shared.pool.get(row.lead_image)).filter(|url| !url.is_empty())
    }

    /// One cell.
    #[must_use]
    pub fn cell(&self, id: ArticleId, column: &ColumnKey) -> Cell<'_> {
        match column {
            ColumnKey::Field(path) => {
                self.shared.field(path).map_or(Cell::Missing, |column| column.cell(id.row(), &self.shared.pool))
            }
            ColumnKey::Computed(computed) => self.computed(id, *computed).unwrap_or(Cell::Missing),
        }
    }

    /// All fields that some article has or had, in the order in which they came.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldPath> {
        self.shared.columns.iter().map(|column| FieldPath::parse(&column.name)).collect()
    }

    /// The column of this name: a field's, if some article has it, else one that is worked out, else a field's nobody has.
    #[must_use]
    pub fn column(&self, name: &str) -> ColumnKey {
        let path = FieldPath::parse(name);
        let computed = Computed::ALL.into_iter().find(|computed| computed.name() == name);
        match computed {
            Some(computed) if computed == Computed::Path || self.shared.field(&path).is_none() => {
                ColumnKey::Computed(computed)
            }
            _ => ColumnKey::Field(path),
        }
    }

    /// About how many bytes of text it holds.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        self.shared.pool.bytes()
    }

    /// Whether texts were left out because all of them together would not fit (4 GiB).
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.shared.pool.is_full()
    }

    fn computed(&self, id: ArticleId, computed: Computed) -> Option<Cell<'_>> {
        let row = self.shared.rows.get(id.row())?;
        let number = |count: usize| Cell::Number(count as f64);
        let date = |seconds| Cell::Date { seconds, text: "" };
        Some(match computed {
            Computed::State if row.problems.0 != 0 => Cell::Text("problem"),
            // Which stories are told twice comes with the facts.
            Computed::State | Computed::Twin => Cell::Missing,
            Computed::Path => Cell::Text(self.path_text(id)),
            Computed::Title => Cell::Text(self.title(id)),
            Computed::Image => self.lead_image(id).map_or(Cell::Missing, Cell::Text),
            Computed::Collection => Cell::Text(self.collection(id)),
            Computed::Date => self.date(id).map_or(Cell::Missing, date),
            Computed::RelatedCount => number(row.related as usize),
            Computed::ImageCount => number(row.images as usize),
            Computed::Problems => number(self.problem_codes(id).len()),
            Computed::Size => Cell::Number(row.stamp.size as f64),
            Computed::Modified => date(row.stamp.modified.div_euclid(1_000_000_000)),
        })
    }
}

impl Shared {
    pub(crate) fn field(&self, path: &FieldPath) -> Option<&Column> {
        self.columns.get(*self.by_path.get(path)?)
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Column> {
        self.columns.get(*self.by_name.get(name)?)
    }

    pub(crate) fn title(&self, row: usize) -> &str {
        let Some(facts) = self.rows.get(row) else { return "" };
        match self.pool.get(facts.title) {
            "" => stem_of(self.rows.path(row, &self.pool)),
            title => title,
        }
    }

    /// The folded words of a chunk of rows.
    pub(crate) fn words(&self, chunk: usize) -> Option<&Folded> {
        Some(self.words.get(chunk)?.get_or_init(|| words::of(self, chunk)))
    }

    fn note(&mut self, row: usize, changed: bool, words_changed: bool) {
        self.version += u64::from(changed);
        let at = row / CHUNK;
        while self.words.len() <= at {
            self.words.push(Arc::default());
        }
        if words_changed && let Some(words) = self.words.get_mut(at) {
            // A question on an older state may be about to fill the one that is shared with it, so that being empty says nothing.
            match Arc::get_mut(words) {
                Some(words) => drop(words.take()),
                None => *words = Arc::default(),
            }
        }
    }
}

fn add_column(shared: &mut Shared, name: &str) -> usize {
    let (at, column) = (shared.columns.len(), Column::new(name));
    Arc::make_mut(&mut shared.by_name).insert(Arc::clone(&column.name), at);
    Arc::make_mut(&mut shared.by_path).insert(FieldPath::parse(name), at);
    shared.columns.push(column);
    at
}

fn row_of(record: &Record, texts: &mut Texts<'_>) -> Row {
    let live = match record.live {
        Some(true) => Row::LIVE,
        Some(false) => Row::NOT_LIVE,
        None => 0,
    };
    Row {
        stamp: record.stamp,
        // The row's own stays.
        path: pool::TextId(0),
        date: record.date.unwrap_or(NO_DATE),
        title: texts.add(record.own_title().unwrap_or_default()),
        lead_image: texts.add(record.lead_image().unwrap_or_default()),
        collection: texts.add(&record.collection),
        problems: texts.add(&record.problems.join(",")),
        related: record.related,
        images: record.images,
        states: Row::PRESENT | live | if record.follower { Row::FOLLOWER } else { 0 },
    }
}

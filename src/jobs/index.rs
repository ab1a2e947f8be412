//! What is remembered of a site's articles, so that the next opening reads only what changed since.
//!
//! Invariant: it feeds what is shown and never a write. Damaged, foreign, old or made with other settings: as if it were not
//! there. A file that may have changed within the clock's resolution is read again.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::survey::Survey;
use crate::article::{Outline, Wanted};
use crate::catalog::{Catalog, Packed, pack, unpack};
use crate::file::Stamp;
use crate::site::Site;
use crate::storage::scan::Found;
use crate::storage::state::{SiteKey, StateFolder};
use crate::storage::{SiteFolder, StorageError, cache};

/// What the desk remembers: all fields, and what is wrong.
pub(super) const DESK: &str = "rows";

/// What `list` remembers: the columns it was asked for last.
pub(super) const LIST: &str = "list";

/// Changes with the layout, and with what records and rules say of the same file.
const VERSION: u32 = 6;

/// Changes this close before the reading began are not trusted: clocks of file systems are coarse.
const DOUBTFUL: i64 = 2_000_000_000;

/// The numbers of a mark, eight bytes each.
const NUMBERS: usize = 4 * 8;

/// The pieces of a file: rows and columns first, since reading them takes longest; what was learned, and the mark; pages of texts.
const COLUMNS: usize = 0;
const MARK: usize = 1;

/// A piece as it was read.
enum Piece {
    Bytes(Vec<u8>),
    Page(Arc<String>),
}

/// When and under which circumstances rows were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Nanoseconds since 1970 when the reading began.
    pub began: i64,
    /// Stands for settings, parts that fields play, and which fields were kept.
    pub settings: u64,
    /// Stands for the site's other files, by which problems were found.
    pub files: u64,
    /// Stands for all files and all settings, so that nothing has to be learned to see that nothing changed. 0 where that is not
    /// known, or where a file may have changed within the clock's resolution.
    pub everything: u64,
}

impl Mark {
    /// The mark of what is read from now on.
    pub(super) fn now(site: &Site, wanted: &Wanted, with_problems: bool) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        let mut settings = format!("{version} {:?} {wanted:?} {with_problems}", site.config);
        let mut outlines: Vec<_> =
            site.collections.iter().map(|it| format!("{:?}", Outline::of(&it.schema, &it.folder, wanted))).collect();
        outlines.sort_unstable();
        outlines.iter().for_each(|outline| settings.push_str(outline));
        let mut files = xxhash_rust::xxh3::Xxh3::new();
        for path in site.files.iter() {
            files.update(path.as_str().as_bytes());
            files.update(b"\n");
        }
        Self {
            began: i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
            settings: xxhash_rust::xxh3::xxh3_64(settings.as_bytes()),
            files: files.digest(),
            everything: 0,
        }
    }

    /// What stands for all that these rows depend on, with these stamps of the articles, by their numbers; nothing where one is not
    /// known.
    pub(super) fn everything(
        survey: &Survey,
        stamp: &(dyn Fn(usize) -> Option<Stamp> + Sync),
        wanted: &Wanted,
        with_problems: bool,
    ) -> Option<u64> {
        let settings = format!("{} {:?} {wanted:?} {with_problems}", env!("CARGO_PKG_VERSION"), survey.config);
        let files = survey.fingerprint(stamp)?;
        Some(files.wrapping_add(xxhash_rust::xxh3::xxh3_64(settings.as_bytes())).max(1))
    }
}

/// Whether a file had been left alone for long enough when the reading began, for its stamp to tell of every later change.
pub(super) fn was_at_rest(stamp: Stamp, began: i64) -> bool {
    stamp.modified.max(stamp.changed) < began.saturating_sub(DOUBTFUL)
}

/// Rows that were remembered.
pub(super) struct Index {
    /// The rows.
    pub catalog: Catalog,
    /// What was learned of the site with them, see [`Site::shape`]; empty where only rows were kept.
    pub shape: Vec<u8>,
    /// When and how they were read.
    pub mark: Mark,
}

impl Index {
    /// What was remembered under this name.
    pub(super) fn load(state: &StateFolder, folder: &SiteFolder, name: &str) -> Option<Self> {
        let pieces = cache::load_pieces(state, &SiteKey::of(folder), name, VERSION, &|at, bytes| match at {
            COLUMNS | MARK => Some(Piece::Bytes(bytes)),
            _ => String::from_utf8(bytes).ok().map(|page| Piece::Page(Arc::new(page))),
        })?;
        let mut pieces = pieces.into_iter();
        let (Some(Piece::Bytes(columns)), Some(Piece::Bytes(mut shape))) = (pieces.next(), pieces.next()) else {
            return None;
        };
        let numbers = shape.split_off(shape.len().checked_sub(NUMBERS)?);
        let mut numbers = numbers.as_chunks::<8>().0.iter().map(|eight| u64::from_le_bytes(*eight));
        let mark = Mark {
            began: numbers.next()?.cast_signed(),
            settings: numbers.next()?,
            files: numbers.next()?,
            everything: numbers.next()?,
        };
        let page = |piece| if let Piece::Page(page) = piece { Some(page) } else { None };
        let texts = pieces.filter_map(page).collect();
        match unpack(Packed { columns, texts }, mark.settings) {
            Ok(catalog) => Some(Self { catalog, shape, mark }),
            Err(error) => {
                log::info!("{}: {error}; it is made anew", folder.root().display());
                None
            }
        }
    }

    /// Whether the row of a file is still what reading it would give.
    pub(super) fn trusts(&self, found: &Found) -> bool {
        was_at_rest(found.stamp, self.mark.began)
            && self.catalog.id_of(&found.path).is_some_and(|id| self.catalog.stamp(id) == found.stamp)
    }
}

/// Whether anything is remembered under this name.
pub(super) fn is_there(state: &StateFolder, folder: &SiteFolder, name: &str) -> bool {
    cache::is_there(state, &SiteKey::of(folder), name)
}

/// Remembers rows for the next time.
///
/// # Errors
/// What the disk says.
pub(super) fn store(
    state: &StateFolder,
    folder: &SiteFolder,
    name: &str,
    catalog: &Catalog,
    shape: &[u8],
    mark: Mark,
) -> Result<(), StorageError> {
    let Packed { columns, texts } = pack(catalog, mark.settings);
    let numbers = [mark.began.cast_unsigned(), mark.settings, mark.files, mark.everything];
    let shape = [shape, numbers.map(u64::to_le_bytes).as_flattened()].concat();
    let pages = texts.iter().map(|page| page.as_bytes());
    let pieces: Vec<&[u8]> = [columns.as_slice(), shape.as_slice()].into_iter().chain(pages).collect();
    cache::store_pieces(state, &SiteKey::of(folder), name, VERSION, &pieces)
}

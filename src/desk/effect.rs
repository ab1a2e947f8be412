//! What the desk asks of the world, and what the world answers.
//!
//! Invariant: an answer carries the generation or serial of its question, so that a stale one can be dropped.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::edit::{Prepared, Work};
use super::notice::Overwritten;
use super::recover::Recovered;
use super::save::{SaveOutcome, SavePlan};
use super::settings::{Settings, SiteState, Wishes};
use super::versions::SavedVersion;
use crate::article::Record;
use crate::catalog::{
    ArticleId, Catalog, Facets, Facts, Group, GroupBy, Histogram, PictureReport, Query, Section, SortKey,
};
use crate::document::merge::Conflict;
use crate::document::{FieldPath, Pointer};
use crate::file::{ContentHash, SitePath, Snapshot, Stamp};
use crate::site::{Schema, Site};

/// Something the world shall do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Walk and read the site in this folder. Answers: `Walked`…, `SiteRead`, `Scanned`…, `ScanDone` or `ScanFailed`.
    Scan {
        /// Which opening it is for.
        generation: u64,
        /// The folder; nothing: a copy of the sample site, made first.
        root: Option<PathBuf>,
    },
    /// Read these files. Answer: `Loaded`.
    Load {
        /// Which opening it is for.
        generation: u64,
        /// Which files.
        articles: Vec<(ArticleId, SitePath)>,
    },
    /// Filter, sort and count. Answer: `Viewed`.
    Look(Box<Look>),
    /// Read articles and carry out an edit on them. Answer: `Prepared`.
    Prepare(PrepareOrder),
    /// Write files. Answers: `Saved`, one or more.
    Save {
        /// Which opening it is for.
        generation: u64,
        /// What to write.
        plans: Vec<SavePlan>,
    },
    /// Look for problems in these files as they are on disk. Answers: `Checked`…
    Check {
        /// Which opening it is for.
        generation: u64,
        /// The site that they belong to.
        site: Arc<Site>,
        /// Which files.
        articles: Vec<SitePath>,
    },
    /// Put these entries into the journal.
    Journal(Vec<JournalEntry>),
    /// Read what was saved of a file. Answer: `Versions`.
    Versions {
        /// Which opening it is for.
        generation: u64,
        /// Which file.
        path: SitePath,
    },
    /// The displaced version of this number is merged, and the merge was given to the journal: it may go.
    Accept(u64),
    /// Let these versions of other programs count as seen, though they lack edits that were saved.
    Acknowledge(Vec<(SitePath, ContentHash)>),
    /// Remember the preferences.
    StoreSettings(Settings),
    /// Remember how the site was left.
    StoreSite(SiteState),
    /// Keep a filter under a name in the site's `.copydesk.yaml`. Answer on failure: `Trouble`.
    StoreView {
        /// What it is called.
        name: String,
        /// The filter.
        filter: String,
    },
    /// Keep presets of a score in the site's `.copydesk.yaml`. Answer on failure: `Trouble`.
    StorePresets {
        /// The score.
        field: FieldPath,
        /// Its presets, in the order of the keys.
        presets: Vec<i64>,
    },
    /// Let the editor choose a folder. Answer: `FolderPicked`.
    PickFolder,
    /// Let the editor choose picture files. Answer: `PicturesPicked`.
    PickPictures(PictureSeat),
    /// Copy picture files into the site, to where its own lie. Answer: `PicturesBrought`.
    BringPictures {
        /// Where they shall be shown.
        seat: PictureSeat,
        /// The files, from anywhere.
        files: Vec<PathBuf>,
        /// The addresses of the pictures that the article has.
        own: Vec<String>,
        /// The site.
        site: Arc<Site>,
        /// Its articles, which say where pictures lie.
        catalog: Catalog,
    },
    /// Open a page in the browser.
    OpenPage(String),
    /// Put text on the clipboard.
    Copy(String),
    /// Move files to the system's trash. Answer: `Trashed`.
    Trash {
        /// Which opening it is for.
        generation: u64,
        /// Which files.
        files: Vec<(ArticleId, SitePath)>,
    },
    /// Work out what follows from all articles together. Answer: `Settled`.
    Settle(Box<Settle>),
    /// Look for pictures that nothing names. Answer: `UnusedPictures`.
    FindUnused {
        /// Which opening it is for.
        generation: u64,
        /// The site.
        site: Arc<Site>,
        /// Its articles.
        articles: Vec<SitePath>,
        /// Texts that are not saved yet.
        texts: Vec<Arc<str>>,
    },
    /// Stop what goes on for the site: scan, view, preparations.
    Cancel,
    /// Close the site: watcher and journal let go of it.
    Close,
    /// Close the window.
    Quit,
}

/// Where new pictures shall stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureSeat {
    /// Which opening it is for.
    pub generation: u64,
    /// In which article.
    pub article: ArticleId,
    /// Where its pictures are.
    pub at: Pointer,
}

/// A picture file that is in the site now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Where it lies.
    pub path: SitePath,
    /// Whether it was copied; else it lay there already.
    pub copied: bool,
    /// Its address, as the articles write theirs.
    pub address: String,
    /// Its width and height; none for a drawing.
    pub size: Option<(u32, u32)>,
    /// Its bytes.
    pub content: ContentHash,
}

/// A question to the catalog.
#[derive(Clone, Debug)]
pub struct Look {
    /// Which question it is: only the answer to the last one counts.
    pub generation: u64,
    /// The articles as they are now.
    pub catalog: Catalog,
    /// Only this collection.
    pub collection: Option<String>,
    /// The filter.
    pub query: Query,
    /// What only the desk knows of the articles.
    pub facts: Facts,
    /// The order.
    pub sort: Vec<SortKey>,
    /// What the rows are put together by.
    pub group: Option<GroupBy>,
    /// Fields whose values are counted.
    pub facets: Vec<FieldPath>,
    /// Fields whose numbers are drawn.
    pub histograms: Vec<FieldPath>,
    /// Saved filters whose articles are counted; nothing for one that cannot be read.
    pub views: Vec<Option<Query>>,
}

/// What is worked out of all articles together, in the background and once changes come to rest.
#[derive(Clone, Debug)]
pub struct Settle {
    /// Which opening it is for.
    pub generation: u64,
    /// The articles as they are now.
    pub catalog: Catalog,
    /// Their site.
    pub site: Arc<Site>,
    /// Articles with unsaved edits: what the catalog says of them is not what is on disk.
    pub drafts: Vec<ArticleId>,
    /// Whether scores shall be learned from all values, in the place of a sample's.
    pub learn: bool,
    /// Whether the articles shall be remembered for the next opening.
    pub store: bool,
    /// The least width of an article's own picture, below which it is small.
    pub smallest_picture: Option<u32>,
    /// Whether all pictures of the site shall be looked at, however many there are.
    pub all_pictures: bool,
}

/// The answer to a [`Look`].
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// The rows, in order.
    pub rows: Vec<ArticleId>,
    /// How they are put together; none when nobody asked.
    pub sections: Vec<Section>,
    /// Values and how often, by field.
    pub facets: Vec<Facets>,
    /// Numbers and how often, by field.
    pub histograms: Vec<(FieldPath, Histogram)>,
    /// How many articles of the collection fit each saved filter.
    pub views: Vec<Option<usize>>,
}

/// An edit that needs articles which are not in memory, or many of them.
#[derive(Clone, Debug)]
pub struct PrepareOrder {
    /// Which edit it is for.
    pub serial: u64,
    /// What is done.
    pub work: Arc<Work>,
    /// The site, by which problems are found.
    pub site: Arc<Site>,
    /// To which articles.
    pub articles: Vec<PrepareItem>,
}

/// One article of a [`PrepareOrder`].
#[derive(Clone, Debug)]
pub struct PrepareItem {
    /// Its number.
    pub article: ArticleId,
    /// Its file.
    pub path: SitePath,
    /// The shape of its collection.
    pub schema: Arc<Schema>,
    /// Its text where it has unsaved edits; else the file is read.
    pub draft: Option<(Option<super::Version>, Arc<str>)>,
}

/// A line of the journal: what is pending in one article.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct JournalEntry {
    /// Which file.
    pub path: SitePath,
    /// What it was made from; only in the first entry of a draft and after a merge. `Some(None)`: a new article.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "double_option")]
    pub base: Option<Option<String>>,
    /// What we made of it; nothing when nothing is pending any more.
    pub ours: Option<String>,
    /// What is disputed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// What was decided for ours and is to be shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Conflict>,
    /// Which step of the editor it is; nothing where another program or a save was the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepNote>,
}

/// A step of the editor, as the journal tells of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StepNote {
    /// The step's number; entries of several articles with the same one are one step.
    pub number: u64,
    /// Grows with each thing that was done.
    pub order: u64,
    /// What was done with the step.
    pub deed: Deed,
    /// What the step is called.
    pub label: String,
}

/// What is done with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Deed {
    /// It is made.
    Do,
    /// It is taken back.
    Undo,
    /// It is made again.
    Redo,
}

impl JournalEntry {
    /// An entry without conflicts.
    #[must_use]
    pub fn new(path: SitePath, base: Option<Option<String>>, ours: Option<String>) -> Self {
        Self { path, base, ours, conflicts: Vec::new(), kept: Vec::new(), step: None }
    }

    /// Whether it says that nothing is pending: what it was made from is what was made of it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.base.as_ref().is_some_and(|base| *base == self.ours) && self.conflicts.is_empty()
    }
}

/// What another program wrote into a version that a save had put aside.
#[derive(Clone, Debug)]
pub struct Aside {
    /// Its number.
    pub number: u64,
    /// Which file.
    pub path: SitePath,
    /// What it was written over, as far as it is known.
    pub base: Option<Arc<str>>,
    /// What it wrote.
    pub bytes: Arc<[u8]>,
}

/// How a file is found when its pending edits are taken up again.
#[derive(Clone, Debug)]
pub enum OnDisk {
    /// It is there.
    File(Snapshot),
    /// It is not there.
    Gone,
    /// It is not there, and this file has what it was.
    Moved(Snapshot),
    /// It cannot be read, for this reason.
    Unreadable(String),
}

/// What the world answers.
#[derive(Debug)]
pub enum Event {
    /// The folder is being walked; so many files were found so far.
    Walked {
        /// Which opening.
        generation: u64,
        /// How many files.
        files: usize,
    },
    /// The folder is there; this is what the site says of itself. Its articles follow.
    SiteRead {
        /// Which opening.
        generation: u64,
        /// The folder.
        root: PathBuf,
        /// Collections, schemas, vocabularies.
        site: Box<Site>,
        /// How it was left.
        state: Box<SiteState>,
        /// How many files the walk found.
        files: usize,
        /// The branch, if the folder is in a git repository.
        branch: Option<String>,
        /// The day, for ages in filters.
        today: chrono::NaiveDate,
        /// Whether the whole site was walked for this; else it is what its first files say, and comes again.
        whole: bool,
    },
    /// Articles that were read.
    Scanned {
        /// Which opening.
        generation: u64,
        /// Their facts.
        records: Vec<Record>,
    },
    /// Articles that are known, and that nobody can look at just now: they stay as they are, but they may be many.
    OutOfSight {
        /// Which opening.
        generation: u64,
        /// Which.
        articles: Vec<SitePath>,
    },
    /// All articles were read.
    ScanDone {
        /// Which opening.
        generation: u64,
        /// Articles that were shown and are no more on disk.
        gone: Vec<SitePath>,
        /// What could not be read or opened, to be told.
        troubles: Vec<String>,
    },
    /// What earlier sittings left unsaved. Comes once in each scan, after `SiteRead`: until then no edit is made.
    Recovered {
        /// Which opening.
        generation: u64,
        /// The edits of each article, with its file as it is now.
        recovered: Vec<Recovered>,
        /// What was wrong with the journal, if anything.
        journal: Option<String>,
    },
    /// What was remembered of the articles since the last time, or the first ones that were found, so that there is something to
    /// look at. What they are now follows.
    Indexed {
        /// Which opening.
        generation: u64,
        /// The articles as they were.
        catalog: Box<Catalog>,
    },
    /// What is wrong with articles, as far as the whole site tells.
    Checked {
        /// Which opening.
        generation: u64,
        /// Each file, as it was read, with the codes of its problems.
        problems: Vec<(SitePath, Stamp, Vec<&'static str>)>,
        /// Whether these were the last ones.
        done: bool,
    },
    /// What follows from all articles together.
    Settled {
        /// Which opening.
        generation: u64,
        /// Collections of which more is known now, by their folders.
        schemas: Vec<(String, Arc<Schema>)>,
        /// The same stories told twice; nothing while they are still looked for.
        duplicates: Option<Vec<Group>>,
    },
    /// What is wrong with the articles' pictures, as far as it is known.
    PicturesJudged {
        /// Which opening.
        generation: u64,
        /// What is known.
        report: Box<PictureReport>,
    },
    /// More is known of pictures: some came from the web, or these files of the site changed.
    PicturesSeen {
        /// Which opening.
        generation: u64,
        /// Files that are others now, or gone.
        changed: Vec<SitePath>,
        /// All files of the site that are no articles, where some came or went.
        files: Option<Arc<BTreeSet<SitePath>>>,
    },
    /// The pictures of the site that nothing names.
    UnusedPictures {
        /// Which opening.
        generation: u64,
        /// They.
        files: Vec<SitePath>,
    },
    /// Another folder took the place of the site's.
    Replaced {
        /// Which opening.
        generation: u64,
    },
    /// The site cannot be opened.
    ScanFailed {
        /// Which opening.
        generation: u64,
        /// What happened and what to do.
        message: String,
    },
    /// Files that were asked for.
    Loaded {
        /// Which opening.
        generation: u64,
        /// Each with its bytes, or why not.
        files: Vec<(ArticleId, Result<Snapshot, String>)>,
    },
    /// The answer to a question.
    Looked {
        /// To which question.
        generation: u64,
        /// What came out.
        looked: Box<Looked>,
    },
    /// How far an edit of many articles is.
    Preparing {
        /// Which edit.
        serial: u64,
        /// In how many of its articles it was carried out.
        done: usize,
    },
    /// Edits that were carried out on the way.
    Prepared {
        /// Which edit.
        serial: u64,
        /// Each article with what came of it, or why it was refused.
        articles: Vec<(ArticleId, Result<Prepared, String>)>,
    },
    /// Files that were to be written.
    Saved {
        /// Which opening.
        generation: u64,
        /// What became of each.
        outcomes: Vec<(ArticleId, SaveOutcome)>,
    },
    /// Files that changed on disk.
    Changed {
        /// Which opening.
        generation: u64,
        /// The new versions, with their facts; without them where the file is no article any more.
        files: Vec<(Snapshot, Option<Record>)>,
        /// Files that are there no more.
        gone: Vec<SitePath>,
        /// Files that are there and cannot be read, with the reason.
        unreadable: Vec<(SitePath, String)>,
    },
    /// What was saved of a file.
    Versions {
        /// Which opening.
        generation: u64,
        /// Which file.
        path: SitePath,
        /// Its versions, newest first.
        versions: Vec<SavedVersion>,
    },
    /// Saved edits that another program overwrote without having seen them.
    Overwritten {
        /// Which opening.
        generation: u64,
        /// Where, and what is lost.
        files: Vec<Overwritten>,
    },
    /// Another program wrote into the version that a save had put aside: its bytes are not on disk any more. Answer: `Accept`.
    Displaced(Aside),
    /// What the system wishes of every window.
    Wishes(Wishes),
    /// The branch is another one.
    Branch(Option<String>),
    /// What the editor chose.
    FolderPicked(Option<PathBuf>),
    /// The picture files that the editor chose; none when it was cancelled.
    PicturesPicked {
        /// Where they shall stand.
        seat: PictureSeat,
        /// They.
        files: Vec<PathBuf>,
    },
    /// Picture files that were to be copied.
    PicturesBrought {
        /// Where they shall stand.
        seat: PictureSeat,
        /// Each, or why it is not there.
        files: Vec<Result<Brought, String>>,
    },
    /// Files that went to the trash, or why not.
    Trashed {
        /// Which opening.
        generation: u64,
        /// What became of each.
        files: Vec<(ArticleId, Result<(), String>)>,
    },
    /// Something went wrong that the editor should know.
    Trouble(String),
}

/// Keeps “not said” and “said: nothing” apart, which serde's `Option<Option<_>>` does not.
mod double_option {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, clippy::option_option, reason = "the signature that serde asks for")]
    pub fn serialize<S: Serializer>(value: &Option<Option<String>>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(serializer)
    }

    #[expect(clippy::option_option, reason = "the two meanings are told apart on purpose")]
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
        Option::<String>::deserialize(deserializer).map(Some)
    }
}

//! What follows from all articles together: scores, stories told twice, and what is remembered for the next opening.
//!
//! Invariant: it works when changes have come to rest, and gives the search for duplicates up when newer ones come.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::index::{self, DESK};
use super::pictures::PictureFacts;
use super::pictures::judge::{BY_ITSELF, report};
use super::pool::start_thread;
use super::runner::Shared;
use super::site::KnownSite;
use crate::catalog::{ArticleId, Catalog, Cell, ColumnKey, Computed, duplicates};
use crate::desk::{Event, Settle};
use crate::document::FieldPath;
use crate::site::rule::HeatRule;
use crate::site::score::Sample;
use crate::site::{Collection, Schema, Site};
use crate::storage::SiteFolder;

/// How long nothing must have changed.
const REST: Duration = Duration::from_millis(400);

/// A question of the desk, with the site that it is about.
pub(super) struct Order {
    pub wanted: Settle,
    pub folder: SiteFolder,
    pub known: Option<KnownSite>,
    pub facts: Arc<PictureFacts>,
}

/// The thread that works when changes have come to rest.
pub(super) struct Settler(Sender<Order>);

impl Settler {
    /// Starts the thread; it ends when this is dropped.
    pub(super) fn start(shared: &Shared) -> (Self, Option<JoinHandle<()>>) {
        let ((orders, inbox), shared) = (unbounded(), shared.clone());
        (Self(orders), start_thread("settle", move || serve(&shared, &inbox)))
    }

    /// Works on this as soon as nothing newer comes.
    pub(super) fn settle(&self, order: Order) {
        if self.0.send(order).is_err() {
            log::error!("the thread that settles is gone");
        }
    }
}

fn serve(shared: &Shared, inbox: &Receiver<Order>) {
    let mut compared = None;
    while let Ok(mut order) = inbox.recv() {
        loop {
            match inbox.recv_timeout(REST) {
                Ok(newer) => order = newer.after(&order),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        work(shared, order, &mut compared, &|| !inbox.is_empty());
    }
}

impl Order {
    /// This order, with what an older one for the same site asked for.
    fn after(mut self, older: &Self) -> Self {
        if self.wanted.generation == older.wanted.generation {
            self.wanted.learn |= older.wanted.learn;
            self.wanted.store |= older.wanted.store;
            self.wanted.all_pictures |= older.wanted.all_pictures;
        }
        self
    }
}

/// `compared` is the opening, and the catalog's version, of which the stories told twice were told last.
fn work(shared: &Shared, order: Order, compared: &mut Option<(u64, u64)>, is_stale: &(dyn Fn() -> bool + Sync)) {
    let Order { wanted, folder, known, facts } = order;
    let Settle { generation, mut catalog, site, drafts, learn, store, smallest_picture, all_pictures } = wanted;
    if learn {
        let schemas: Vec<_> =
            site.collections.iter().filter_map(|it| Some((it.folder.clone(), learned(&catalog, &site, it)?))).collect();
        shared.answer(Event::Settled { generation, schemas, duplicates: None });
    }
    let state_of_it = Some((generation, catalog.version()));
    if *compared != state_of_it
        && let Some(groups) = duplicates(&catalog, is_stale)
    {
        *compared = state_of_it;
        shared.answer(Event::Settled { generation, schemas: Vec::new(), duplicates: Some(groups) });
    }
    facts.recall(&shared.state);
    let most = if all_pictures { usize::MAX } else { BY_ITSELF };
    if let Some(report) = report(&folder, &site, &catalog, &facts, (smallest_picture, most), is_stale) {
        if facts.take_news() {
            facts.store(&shared.state);
        }
        shared.answer(Event::PicturesJudged { generation, report: Box::new(report) });
    }
    if let Some(known) = known.filter(|_| store) {
        // What is pending is not on disk, and comes from the journal.
        drafts.into_iter().for_each(|article| catalog.remove(article));
        if let Err(error) = index::store(&shared.state, &folder, DESK, &catalog, &site.shape(), known.mark) {
            log::info!("what was read is not remembered: {error}");
        }
    }
}

/// The shape of a collection with its scores learned from all values; nothing where it has none.
fn learned(catalog: &Catalog, site: &Site, collection: &Collection) -> Option<Arc<Schema>> {
    let fields: Vec<FieldPath> = collection.schema.scores.iter().map(|score| score.path.clone()).collect();
    if fields.is_empty() {
        return None;
    }
    let articles: Vec<ArticleId> = catalog.ids().filter(|id| catalog.collection(*id) == collection.folder).collect();
    let samples = |field: &FieldPath| -> Vec<Sample> {
        let column = ColumnKey::Field(field.clone());
        let value = |id: &ArticleId| match catalog.cell(*id, &column) {
            Cell::Number(value) => Some((value, catalog.live(*id))),
            _ => None,
        };
        articles.iter().filter_map(value).collect()
    };
    let mut schema = Schema::clone(&collection.schema);
    let of_all: Vec<_> = fields
        .into_iter()
        .map(|field| {
            let samples = samples(&field);
            (field, samples)
        })
        .collect();
    schema.learn_scores(of_all);
    schema.heat_rule = heat_rule(catalog, &schema, &articles);
    schema.override_with(&site.config.desk.for_collection(&collection.folder));
    Some(Arc::new(schema))
}

/// How the rank follows from quality and entries, learned from all articles.
fn heat_rule(catalog: &Catalog, schema: &Schema, articles: &[ArticleId]) -> Option<HeatRule> {
    let (heat, quality) = (schema.heat.clone()?, schema.quality.clone()?);
    let (heat, quality) = (ColumnKey::Field(heat), ColumnKey::Field(quality));
    let entries = ColumnKey::Computed(Computed::RelatedCount);
    let ranked = |id: &ArticleId| match (catalog.cell(*id, &heat), catalog.cell(*id, &quality)) {
        (Cell::Number(heat), Cell::Number(quality)) => match catalog.cell(*id, &entries) {
            Cell::Number(entries) => Some((heat, quality, entries as usize)),
            _ => None,
        },
        _ => None,
    };
    HeatRule::learn(&articles.iter().filter_map(ranked).collect::<Vec<_>>())
}

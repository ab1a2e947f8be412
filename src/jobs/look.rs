//! Rows, facets and histograms for a question, on a snapshot of the catalog.
//!
//! Invariant: a question that was overtaken by a newer one gets no answer.

use std::sync::LazyLock;

use crossbeam_channel::Sender;

use super::pool::Cancel;
use super::runner::Shared;
use crate::catalog::{self, ArticleId, Catalog, Facets, Facts, Histogram, Query};
use crate::desk::{Event, Look, Looked};
use crate::document::FieldPath;

/// The threads that answer questions; nothing where the system gives no more.
static THREADS: LazyLock<Option<rayon::ThreadPool>> = LazyLock::new(|| {
    let threads = rayon::ThreadPoolBuilder::new().thread_name(|number| format!("look {number}"));
    threads.build().inspect_err(|error| log::warn!("questions are answered beside all else: {error}")).ok()
});

/// Bars of a histogram.
const BARS: usize = 18;

/// Answers a question.
pub(super) fn look(shared: &Shared, question: Look, cancel: &Cancel, rows: Option<&Sender<()>>) {
    let (generation, catalog) = (question.generation, question.catalog.clone());
    // Threads of their own: what is looked for on all cores at the time, stamps or stories told twice, is not waited for.
    let looked = match &*THREADS {
        Some(threads) => threads.install(|| answer(question, cancel)),
        None => answer(question, cancel),
    };
    if let Some(looked) = looked {
        shared.answer(Event::Looked { generation, looked: Box::new(looked) });
        if rows.is_some_and(|rows| !catalog.is_empty() && rows.try_send(()).is_err()) {
            log::trace!("the first rows were told before");
        }
    }
    // Here, and not in a frame.
    catalog.prepare();
}

/// The answer to a question; nothing when it was cancelled on the way.
#[must_use]
pub fn answer(question: Look, cancel: &Cancel) -> Option<Looked> {
    let Look { catalog, collection, query, facts, sort, group, facets, histograms, views, .. } = question;
    let mut rows = catalog::filter(&catalog, &query, &facts, &|| cancel.is_cancelled())?;
    if let Some(folder) = &collection {
        rows.retain(|id| catalog.collection(*id) == folder);
    }
    if cancel.is_cancelled() {
        return None;
    }
    let facets = Facets::count(&catalog, &rows, &facets);
    let histograms = histograms
        .into_iter()
        .map(|field| {
            // A range is chosen among all: the bars outside of it stay in view.
            let all = beyond_range(&catalog, &query, &field, &facts, collection.as_deref(), cancel);
            let histogram =
                Histogram::of(&catalog, all.as_deref().unwrap_or(&rows), &field, BARS, collection.as_deref());
            (field, histogram)
        })
        .collect();
    if cancel.is_cancelled() {
        return None;
    }
    catalog::sort(&catalog, &mut rows, &sort);
    let sections = group.map(|by| catalog::sections(&catalog, &mut rows, &by, &facts.duplicate)).unwrap_or_default();
    let mut counts = Vec::with_capacity(views.len());
    for view in &views {
        counts.push(match view {
            Some(view) => Some(count(&catalog, view, &facts, collection.as_deref(), cancel)?),
            None => None,
        });
    }
    Some(Looked { rows, sections, facets, histograms, views: counts })
}

/// The rows of a query but for its range of this field; nothing where it asks for none.
fn beyond_range(
    catalog: &Catalog,
    query: &Query,
    field: &FieldPath,
    facts: &Facts,
    collection: Option<&str>,
    cancel: &Cancel,
) -> Option<Vec<ArticleId>> {
    query.range_of(field)?;
    let wider = Query::parse(&query.with_range(field, None, None)).ok()?;
    let mut rows = catalog::filter(catalog, &wider, facts, &|| cancel.is_cancelled())?;
    rows.retain(|id| collection.is_none_or(|folder| catalog.collection(*id) == folder));
    Some(rows)
}

/// How many articles of a collection, or of all, fit a query.
fn count(catalog: &Catalog, query: &Query, facts: &Facts, collection: Option<&str>, cancel: &Cancel) -> Option<usize> {
    let fitting = catalog::filter(catalog, query, facts, &|| cancel.is_cancelled())?;
    Some(match collection {
        Some(folder) => fitting.iter().filter(|id| catalog.collection(**id) == folder).count(),
        None => fitting.len(),
    })
}

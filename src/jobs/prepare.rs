//! Edits of articles that are not in memory: read, change, prove, each on its own; the desk commits them together.
//!
//! Invariant: nothing is written here, and an article that refuses does not keep the others.

use rayon::prelude::*;

use super::pool::Cancel;
use super::runner::Shared;
use super::scan::read_file;
use crate::desk::edit::{Prepared, Subject, carry_out};
use crate::desk::effect::{PrepareItem, PrepareOrder};
use crate::desk::{Event, Version};
use crate::document::Document;
use crate::storage::SiteFolder;

/// So many articles are done between two messages of how far it is.
const STEP: usize = 256;

/// Carries an edit out on all its articles and answers once, after telling how far it is. Stopped, it answers nothing: an edit is
/// done in all of its articles or in none.
pub(super) fn prepare(shared: &Shared, folder: &SiteFolder, order: &PrepareOrder, cancel: &Cancel) {
    let mut articles = Vec::with_capacity(order.articles.len());
    for items in order.articles.chunks(STEP) {
        if cancel.is_cancelled() {
            return;
        }
        articles.par_extend(items.par_iter().map(|item| (item.article, prepare_one(folder, item, order))));
        if articles.len() < order.articles.len() {
            shared.answer(Event::Preparing { serial: order.serial, done: articles.len() });
        }
    }
    shared.answer(Event::Prepared { serial: order.serial, articles });
}

fn prepare_one(folder: &SiteFolder, item: &PrepareItem, order: &PrepareOrder) -> Result<Prepared, String> {
    let (version, document) = if let Some((version, ours)) = &item.draft {
        (version.clone(), Document::parse(ours.as_bytes()))
    } else {
        let snapshot = read_file(folder, &item.path)?;
        let version = Version::of(&snapshot).ok_or_else(|| format!("{}: the file is not UTF-8", item.path))?;
        let document = Document::parse(&snapshot.bytes);
        (Some(version), document)
    };
    let subject = Subject {
        article: item.article,
        path: &item.path,
        schema: &item.schema,
        site: &order.site,
        stamp: version.as_ref().map(|version| version.stamp).unwrap_or_default(),
        base: version.as_ref().map_or("", |version| &version.text),
    };
    let prepared = carry_out(&order.work, subject, &document)?;
    Ok(Prepared { read: version, ..prepared })
}

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

/// Carries an edit out on all its articles and answers once.
pub(super) fn prepare(shared: &Shared, folder: &SiteFolder, order: &PrepareOrder, cancel: &Cancel) {
    let articles = order
        .articles
        .par_iter()
        .map(|item| {
            let result = if cancel.is_cancelled() {
                Err("stopped before it was done".to_owned())
            } else {
                prepare_one(folder, item, order)
            };
            (item.article, result)
        })
        .collect();
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

//! Edits of articles that are not in memory: read, change, prove, each on its own; the desk commits them together.
//!
//! Invariant: nothing is written here, and an article that refuses does not keep the others; nor one at which we fail in ourselves.

use std::panic::{AssertUnwindSafe, catch_unwind};

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
    prepare_all(order, cancel, &|item| prepare_one(folder, item, order), &|event| shared.answer(event));
}

/// What comes of an edit in one article.
type Made = Result<Prepared, String>;

fn prepare_all(
    order: &PrepareOrder,
    cancel: &Cancel,
    make: &(dyn Fn(&PrepareItem) -> Made + Sync),
    answer: &dyn Fn(Event),
) {
    // Without an answer the edit would wait for ever, and later ones behind it.
    let make = |item: &PrepareItem| {
        let made = catch_unwind(AssertUnwindSafe(|| make(item)));
        made.unwrap_or_else(|_panic| Err(format!("{}: copydesk failed in itself; it stays as it was", item.path)))
    };
    let mut articles = Vec::with_capacity(order.articles.len());
    for items in order.articles.chunks(STEP) {
        if cancel.is_cancelled() {
            return;
        }
        articles.par_extend(items.par_iter().map(|item| (item.article, make(item))));
        if articles.len() < order.articles.len() {
            answer(Event::Preparing { serial: order.serial, done: articles.len() });
        }
    }
    answer(Event::Prepared { serial: order.serial, articles });
}

fn prepare_one(folder: &SiteFolder, item: &PrepareItem, order: &PrepareOrder) -> Made {
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::sync::Arc;

    use super::*;
    use crate::catalog::ArticleId;
    use crate::desk::Work;
    use crate::file::SitePath;

    #[test]
    fn an_edit_is_answered_for_each_article_also_where_we_fail_in_ourselves() {
        let item = |number: u32| PrepareItem {
            article: ArticleId(number),
            path: SitePath::new(&format!("n{number}.md")).unwrap(),
            schema: Arc::default(),
            draft: None,
        };
        let work = Arc::new(Work::Intents(Vec::new()));
        let order = PrepareOrder { serial: 7, work, site: Arc::default(), articles: (0..600).map(item).collect() };
        let make = |item: &PrepareItem| {
            assert!(item.article != ArticleId(300), "on purpose");
            Err("refused".to_owned())
        };
        let told = RefCell::new(Vec::new());
        prepare_all(&order, &Cancel::default(), &make, &|event| told.borrow_mut().push(event));
        let Some(Event::Prepared { serial: 7, articles }) = told.into_inner().pop() else { panic!("no answer") };
        assert_eq!(articles.len(), 600);
        for (article, made) in articles {
            let failed = "n300.md: copydesk failed in itself; it stays as it was";
            assert_eq!(made.unwrap_err(), if article == ArticleId(300) { failed } else { "refused" });
        }
    }
}

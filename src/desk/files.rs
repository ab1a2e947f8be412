//! Articles that come and go: split off from another, moved to the trash; views kept in the site's own settings.
//!
//! Invariant: a file is made or removed only by a command of the editor, and never written over another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::edit::{Role, Work};
use super::effect::Effect;
use super::toast::articles;
use super::view::Renewal;
use super::{Command, Desk, Edit, Judge, Tone};
use crate::article::intent::stays_behind;
use crate::article::{Article, Intent, Record};
use crate::catalog::ArticleId;
use crate::document::{Document, FieldPath, Pointer};
use crate::file::Stamp;

impl Desk {
    /// Offers to make a related entry the lead of its file, after saying what does not change sides.
    pub(super) fn promote(&mut self, article: ArticleId, entry: usize) {
        let Some(sitting) = &self.sitting else { return };
        let Some(opened) = sitting.texts.get(article) else { return };
        let (schema, path) = (sitting.schema_of(article), sitting.catalog.path(article));
        let stays = stays_behind(&Article::new(&opened.document, &schema, &path), entry).join(", ");
        let command = Command::Edit(Edit::of(article, "promoted", vec![Intent::PromoteWithin(entry)]));
        // Asked for again while the warning stands: it was read.
        if let Some(warning) = self.toasts.offering(&command) {
            return self.take_offer(warning);
        }
        self.toasts.push(
            format!("The entry becomes the lead of this file (L again). These stay as they are: {stays}"),
            Tone::Note,
            Some(("Promote".to_owned(), command)),
        );
    }

    /// Splits a related entry off: a new article with its data, pending like any edit, and the entry gone from its list.
    pub(super) fn split_off(&mut self, article: ArticleId, entry: &Pointer) {
        let Some(sitting) = &mut self.sitting else { return };
        let Some(opened) = sitting.texts.get(article) else { return };
        let (schema, path) = (sitting.schema_of(article), sitting.catalog.path(article));
        let made = Article::new(&opened.document, &schema, &path).split_off(entry);
        let (new_path, text) = match made {
            Ok(made) => made,
            Err(refusal) => return self.toasts.error(refusal.to_string()),
        };
        if sitting.catalog.id_of(&new_path).is_some() {
            return self
                .toasts
                .error(format!("{new_path}: there is already a file of this name; rename the entry first"));
        }
        let document = Document::parse(text.as_bytes());
        let made = Article::new(&document, &schema, &new_path);
        // A number for the article to be; it is there once the step is done.
        let new = sitting.catalog.upsert(Record::in_site(&made, Stamp::default(), &sitting.site));
        sitting.catalog.remove(new);
        let label = format!("split off as {}", new_path.name());
        let work = Work::Each(BTreeMap::from([
            (new, Work::Texts(BTreeMap::from([(new, text.into())]))),
            (article, Work::Intents(vec![Intent::RemoveAt(entry.clone())])),
        ]));
        self.start(label, None, work, vec![new, article], Role::Do, Judge::No);
    }

    /// Gives up articles that were never saved: nothing is on disk that they could go back to.
    pub(super) fn give_up_new(&mut self, targets: &[ArticleId]) {
        let Some(sitting) = &mut self.sitting else { return };
        let is_new = |id: &&ArticleId| sitting.drafts.get(id).is_some_and(|draft| draft.base.is_none());
        let new: Vec<ArticleId> = targets.iter().filter(is_new).copied().collect();
        if new.is_empty() {
            return;
        }
        let mut journal = Vec::new();
        for article in &new {
            sitting.drafts.remove(article);
            sitting.fields.remove(article);
            journal.push(sitting.journal_entry(*article, false));
            let path = sitting.catalog.path(*article);
            sitting.forget(&path);
        }
        self.effects.push(Effect::Journal(journal));
        self.toasts.done(format!("{} given up before it was a file", articles(new.len())));
        self.look(Renewal::Beside);
    }

    pub(super) fn trash(&mut self) {
        let targets = self.targets();
        let Some(sitting) = &mut self.sitting else { return };
        let files: Vec<_> = targets.iter().map(|id| (*id, sitting.catalog.path(*id))).collect();
        if !files.is_empty() {
            self.effects.push(Effect::Trash { generation: sitting.generation, files });
        }
    }

    pub(super) fn trashed(&mut self, generation: u64, files: Vec<(ArticleId, Result<(), String>)>) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let (mut gone, mut failures, mut journal) = (0, Vec::new(), Vec::new());
        for (article, result) in files {
            match result {
                Ok(()) => {
                    gone += 1;
                    let path = sitting.catalog.path(article);
                    if sitting.drafts.remove(&article).is_some() {
                        sitting.fields.remove(&article);
                        journal.push(sitting.journal_entry(article, false));
                    }
                    sitting.losses.forget(&path);
                    sitting.forget(&path);
                }
                Err(reason) => failures.push(reason),
            }
        }
        if !journal.is_empty() {
            self.effects.push(Effect::Journal(journal));
        }
        if gone > 0 {
            self.toasts.done(format!("{} moved to the trash", articles(gone)));
            self.look(Renewal::Beside);
            self.settle();
        }
        if let Some(first) = failures.into_iter().next() {
            self.toasts.error(first);
        }
    }

    /// Gives a score other presets, in every collection that has it.
    pub(super) fn set_presets(&mut self, field: FieldPath, presets: Vec<i64>) {
        let Some(sitting) = &mut self.sitting else { return };
        let site = Arc::make_mut(&mut sitting.site);
        site.config.desk.keep_presets(&field, &presets);
        for collection in &mut site.collections {
            if collection.schema.score(&field).is_some() {
                let schema = Arc::make_mut(&mut collection.schema);
                schema.scores.iter_mut().filter(|score| score.path == field).for_each(|score| {
                    score.presets.iter_mut().zip(&presets).for_each(|(slot, preset)| *slot = *preset);
                });
            }
        }
        self.toasts.done(format!("Presets of {field} kept"));
        self.effects.push(Effect::StorePresets { field, presets });
    }

    pub(super) fn save_view(&mut self, name: String) {
        let Some(sitting) = &mut self.sitting else { return };
        let filter = sitting.view.text.clone();
        if name.is_empty() || filter.is_empty() {
            return;
        }
        Arc::make_mut(&mut sitting.site).config.desk.keep_view(&name, &filter);
        self.overlay = None;
        self.toasts.done(format!("View “{name}” kept"));
        self.effects.push(Effect::StoreView { name, filter });
    }
}

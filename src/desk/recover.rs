//! Unsaved edits of earlier sittings: taken up again as ordinary pending edits, merged into the files as they are today.
//!
//! Invariant: whatever became of a file meanwhile, the edits that the journal holds are there, or a conflict says why not.

use super::draft::{Draft, Version};
use super::effect::{JournalEntry, OnDisk};
use super::sitting::Sitting;
use super::toast::articles;
use super::{Command, Desk, Tone};
use crate::article::{Article, Record};
use crate::catalog::ArticleId;
use crate::document::Document;
use crate::file::{ContentHash, Stamp};

impl Desk {
    /// Takes up the unsaved edits of an earlier sitting, as ordinary pending edits.
    pub(super) fn recover(&mut self, entries: Vec<(JournalEntry, OnDisk)>) {
        let Some(sitting) = &mut self.sitting else { return };
        let (mut taken_up, mut journal) = (0, Vec::new());
        for (entry, today) in entries {
            let Some(article) = sitting.take_up(entry) else { continue };
            sitting.meet_today(article, today);
            journal.push(sitting.journal_entry(article, true));
            taken_up += usize::from(sitting.drafts.contains_key(&article));
        }
        if !journal.is_empty() {
            self.effects.push(super::Effect::Journal(journal));
        }
        self.tell_decided();
        if taken_up > 0 {
            self.toasts.push(
                format!("{} with unsaved edits of the last time", articles(taken_up)),
                Tone::Note,
                Some(("Show".to_owned(), Command::Filter("is:changed".to_owned()))),
            );
        }
    }
}

impl Sitting {
    /// What is pending is merged into today's file, as if the file had changed just now.
    fn meet_today(&mut self, article: ArticleId, today: OnDisk) {
        match today {
            OnDisk::File(snapshot) => {
                if !self.is_our_own_write(article, &snapshot) {
                    self.meet(article, &snapshot);
                }
            }
            OnDisk::Gone => {
                self.lose(article);
            }
            OnDisk::Moved(snapshot) => {
                self.lose(article);
                self.find_again(&[snapshot]);
            }
            OnDisk::Unreadable(why) => {
                self.clash(article, why, None);
            }
        }
    }

    /// Makes a draft of what the journal says was pending.
    fn take_up(&mut self, entry: JournalEntry) -> Option<ArticleId> {
        let ours = entry.ours?;
        let base = entry.base.flatten();
        let article = self.catalog.id_of(&entry.path).unwrap_or_else(|| {
            // A new article that was never saved, or a file that is gone since.
            let schema = self.site.schema(crate::site::paths::collection_of(&entry.path));
            let document = Document::parse(ours.as_bytes());
            let article = Article::new(&document, &schema, &entry.path);
            self.catalog.upsert(Record::in_site(&article, Stamp::default(), &self.site))
        });
        let version = base.map(|text| Version {
            hash: ContentHash::of(text.as_bytes()),
            text: text.into(),
            stamp: self.catalog.stamp(article),
        });
        let (conflicts, kept) = (entry.conflicts, entry.kept);
        self.drafts.insert(article, Draft { conflicts, kept, ..Draft::new(version, ours.into()) });
        self.refresh(article);
        Some(article)
    }
}

//! What the desk knows of pictures: which articles have broken, small or wrongly declared ones, and what is unused.
//!
//! Invariant: what was looked at is worked out by jobs; after an edit the same rules speak of the edited article at once, with what
//! is known by then.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::command::{Magnify, Motion, Targets};
use super::effect::Effect;
use super::sitting::Sitting;
use super::view::Renewal;
use super::{Chord, Command, Desk, Edit, Overlay, Tone};
use crate::article::{Article, Intent, PictureIndex};
use crate::catalog::{ArticleId, PictureReport};
use crate::file::SitePath;

impl Desk {
    /// What is known of the articles' pictures.
    #[must_use]
    pub fn pictures(&self) -> Option<&PictureReport> {
        self.sitting.as_ref().map(|sitting| &sitting.pictures)
    }

    /// What is known of each picture, to correct declared sizes by.
    #[must_use]
    pub fn picture_index(&self) -> Option<Arc<PictureIndex>> {
        self.sitting.as_ref().map(|sitting| Arc::clone(&sitting.pictures.index))
    }

    /// The pictures of the site that nothing names, once they were looked for.
    #[must_use]
    pub fn unused_pictures(&self) -> Option<&[SitePath]> {
        self.sitting.as_ref()?.unused_pictures.as_deref()
    }

    /// The least width of an article's own picture, below which it is small.
    #[must_use]
    pub fn smallest_picture(&self) -> Option<u32> {
        Some(self.settings().smallest_picture).filter(|width| *width > 0)
    }

    pub(super) fn set_smallest_picture(&mut self, width: u32) {
        self.change_settings(|settings| settings.smallest_picture = width);
        self.settle_with(false, false);
    }

    /// The editor allows pictures from the web for this site, or does not; either way it is not asked again.
    pub(super) fn allow_pictures(&mut self, yes: bool) {
        self.change_state(|state| {
            state.remote_pictures = yes;
            state.remote_asked = true;
        });
        if yes {
            let offer = ("Take back".to_owned(), Command::RemotePictures(false));
            self.toasts.push("Pictures from the web are loaded for this site", Tone::Done, Some(offer));
        }
    }

    /// More is known of pictures; where files came or went, `files` are all there are now.
    pub(super) fn pictures_seen(&mut self, generation: u64, files: Option<Arc<BTreeSet<SitePath>>>) {
        let Some(sitting) = self.sitting_at(generation) else { return };
        let looks_for_unused = files.is_some() && sitting.unused_pictures.is_some();
        if let Some(files) = files {
            Arc::make_mut(&mut sitting.site).set_files(files);
        }
        if sitting.scan.done {
            self.settle_with(false, false);
        }
        if looks_for_unused {
            self.find_unused();
        }
    }

    /// Asks again which pictures nothing names; until the answer comes the last one stands.
    fn find_unused(&mut self) {
        let Some(sitting) = &self.sitting else { return };
        self.effects.push(Effect::FindUnused {
            generation: sitting.generation,
            site: Arc::clone(&sitting.site),
            articles: sitting.catalog.ids().map(|id| sitting.catalog.path(id)).collect(),
            texts: sitting.drafts.values().filter_map(|draft| draft.ours.clone()).collect(),
        });
    }

    pub(super) fn pictures_judged(&mut self, generation: u64, report: PictureReport) {
        let smallest = self.smallest_picture();
        let Some(sitting) = self.sitting_at(generation) else { return };
        let before = std::mem::replace(&mut sitting.pictures, report);
        // What is pending may be newer than the articles that were asked.
        let pending: Vec<ArticleId> = sitting.drafts.keys().copied().collect();
        pending.into_iter().for_each(|article| sitting.judge_pictures(article, smallest));
        // What the catalog says of a picture that was not there holds no longer once it came.
        let healed = before.broken.difference(&sitting.pictures.broken).filter(|id| !sitting.drafts.contains_key(id));
        let articles: Vec<SitePath> = healed.map(|id| sitting.catalog.path(*id)).collect();
        let site = Arc::clone(&sitting.site);
        let now = &sitting.pictures;
        let is_other =
            (&before.broken, &before.small, &before.wrong_size) != (&now.broken, &now.small, &now.wrong_size);
        let asks = ["-image", "-size", ":problem"].iter().any(|state| sitting.view.text.contains(state));
        if !articles.is_empty() {
            self.effects.push(Effect::Check { generation, site, articles });
        }
        if is_other {
            // Nobody asked for other rows, unless by a filter that could not be answered until now.
            self.look_soon(if asks { Renewal::Beside } else { Renewal::Counts });
        }
    }

    /// Shows what is known of pictures, and asks for what takes longer to find out.
    pub(super) fn show_pictures(&mut self) {
        self.overlay = Some(Overlay::Pictures);
        let Some(sitting) = &mut self.sitting else { return };
        sitting.unused_pictures = None;
        sitting.all_pictures = true;
        let has_unseen = sitting.pictures.unseen > 0;
        self.find_unused();
        if has_unseen {
            self.settle_with(false, false);
        }
    }
}

impl Sitting {
    /// Whether a picture of this article is broken, or declared with another size than it has.
    pub(super) fn has_picture_problem(&self, article: ArticleId) -> bool {
        self.pictures.broken.contains(&article) || self.pictures.wrong_size.contains(&article)
    }

    /// Judges the pictures of an article by its text in memory.
    pub(super) fn judge_pictures(&mut self, article: ArticleId, smallest: Option<u32>) {
        let Some(opened) = self.texts.get(article) else { return };
        let (schema, path) = (self.schema_of(article), self.catalog.path(article));
        let faults = self.pictures.index.faults_of(&Article::new(&opened.document, &schema, &path), smallest);
        self.pictures.note(article, faults);
    }
}

/// What the keys of quick look do with its picture; nothing elsewhere.
pub(super) fn magnify(desk: &Desk, magnify: Magnify) -> Option<Command> {
    (desk.overlay() == Some(&Overlay::QuickLook)).then_some(Command::Magnify(magnify))
}

/// What an arrow does beside what it does in the table: in quick look it moves a picture that is magnified, and goes to another
/// article otherwise; in a contact sheet of so many pictures beside each other it goes to the one that lies there.
#[must_use]
pub fn arrow(desk: &Desk, chord: Chord<'_>, beside: usize) -> Option<Command> {
    if chord.command || chord.alt {
        return None;
    }
    let (right, down) = match chord.key {
        "Left" => (-1, 0),
        "Right" => (1, 0),
        "Up" => (0, -1),
        "Down" => (0, 1),
        _ => return None,
    };
    let quick_look = desk.overlay() == Some(&Overlay::QuickLook);
    if quick_look && !chord.shift && !desk.magnified().fits() {
        return Some(Command::Magnify(Magnify::Pan(right, down)));
    }
    if quick_look {
        return go(desk, (right + down) as isize, false);
    }
    let is_sheet = desk.overlay().is_none() && desk.site_state().is_some_and(|state| state.sheet);
    if is_sheet { go(desk, right as isize + down as isize * beside.max(1) as isize, chord.shift) } else { None }
}

/// Only of those articles that need it: the others would be counted as changed.
pub(super) fn correct_sizes(desk: &Desk) -> Option<Command> {
    let (known, index) = (desk.pictures()?, desk.picture_index()?);
    let wrong: Vec<_> = desk.targets().into_iter().filter(|id| known.wrong_size.contains(id)).collect();
    let edit = Edit::of_selection("picture sizes corrected", vec![Intent::RealSizes(index)]);
    if wrong.is_empty() { None } else { Some(Command::Edit(Edit { targets: Targets::These(wrong), ..edit })) }
}

fn go(desk: &Desk, by: isize, extend: bool) -> Option<Command> {
    (!desk.rows().is_empty()).then_some(Command::Move { motion: Motion::By(by), extend })
}

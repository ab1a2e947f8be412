//! Picture files from outside the site: chosen by the editor, copied into the site, then entries of an article.
//!
//! Invariant: the file is there before the entry is; undo takes the entry away and leaves the file. Nothing is copied for an
//! article that the editor did not name.

use std::path::PathBuf;
use std::sync::Arc;

use super::effect::{Brought, Effect, PictureSeat};
use super::{Command, Desk, Edit};
use crate::article::intent::NewPicture;
use crate::article::{Article, Intent, PictureFact};
use crate::catalog::{ArticleId, picture_form};
use crate::document::{Pointer, Value};
use crate::file::SitePath;
use crate::site::kind::images::{PictureForm, items};

impl Desk {
    pub(super) fn pick_pictures(&mut self, article: ArticleId, at: Pointer) {
        if let Some(sitting) = &self.sitting {
            let seat = PictureSeat { generation: sitting.generation, article, at };
            self.effects.push(Effect::PickPictures(seat));
        }
    }

    /// Has files copied into the site, to become pictures of an article.
    pub(super) fn bring_pictures(&mut self, article: ArticleId, at: Pointer, files: Vec<PathBuf>) {
        if let Some(sitting) = &self.sitting {
            self.bring(PictureSeat { generation: sitting.generation, article, at }, files);
        }
    }

    pub(super) fn bring(&mut self, seat: PictureSeat, mut files: Vec<PathBuf>) {
        let Some(sitting) = self.sitting_at(seat.generation) else { return };
        if files.is_empty() || !sitting.catalog.contains(seat.article) {
            return;
        }
        let has_room_for_one = !sitting.is_picture_list(seat.article, &seat.at);
        let is_too_many = has_room_for_one && files.len() > 1;
        files.truncate(if has_room_for_one { 1 } else { files.len() });
        let own = sitting.own_pictures(seat.article);
        let (site, catalog) = (Arc::clone(&sitting.site), sitting.catalog.clone());
        self.effects.push(Effect::BringPictures { seat, files, own, site, catalog });
        if is_too_many {
            self.toasts.note("There is room for one picture here: the first of the files was taken");
        }
    }

    /// The files that came become entries, as one step; the others say why they did not.
    pub(super) fn brought(&mut self, seat: PictureSeat, files: Vec<Result<Brought, String>>) {
        let Some(sitting) = self.sitting_at(seat.generation) else { return };
        let (mut pictures, mut names, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for file in files {
            match file {
                Ok(file) => {
                    sitting.note_picture(&file);
                    pictures.push(NewPicture { address: file.address, size: file.size });
                    names.push((file.path, file.copied));
                }
                Err(reason) => refused.push(reason),
            }
        }
        if !pictures.is_empty() {
            let label = label(&names);
            let usual = sitting.usual_form(seat.article);
            let intent = Intent::AddPictures { at: seat.at, pictures, usual };
            self.edit(Edit::of(seat.article, label, vec![intent]));
        }
        refused.into_iter().for_each(|reason| self.toasts.error(reason));
    }
}

impl super::sitting::Sitting {
    /// The addresses of an article's own pictures.
    fn own_pictures(&self, article: ArticleId) -> Vec<String> {
        let lead = || self.catalog.lead_image(article).map(str::to_owned).into_iter().collect();
        let Some(opened) = self.texts.get(article) else { return lead() };
        let (schema, path) = (self.schema_of(article), self.catalog.path(article));
        let named = Article::new(&opened.document, &schema, &path).pictures();
        named.iter().filter(|picture| picture.own).map(|picture| picture.address.to_owned()).collect()
    }

    /// How the articles of its collection write their pictures.
    fn usual_form(&self, article: ArticleId) -> PictureForm {
        picture_form(&self.catalog, &self.schema_of(article), self.catalog.collection(article))
    }

    /// Whether several pictures can stand there.
    fn is_picture_list(&self, article: ArticleId, at: &Pointer) -> bool {
        let value = self.texts.get(article).and_then(|opened| opened.document.get(at));
        match value {
            Some(Value::List(_)) => true,
            Some(alone) if !items(alone).is_empty() => false,
            _ => self.usual_form(article).list,
        }
    }

    /// A file of the site that was not there when it was read.
    fn note_picture(&mut self, file: &Brought) {
        Arc::make_mut(&mut self.site).add_file(file.path.clone());
        let fact = file.size.map_or(PictureFact::Scalable, |(width, height)| PictureFact::Size(width, height));
        let known = Arc::make_mut(&mut self.pictures.index);
        known.files.insert(file.path.clone(), Some(fact));
        known.contents.insert(file.path.clone(), file.content);
    }
}

fn label(files: &[(SitePath, bool)]) -> String {
    match files {
        [(path, true)] => format!("picture added, copied to {path}"),
        [(path, false)] => format!("picture {path} added"),
        many => format!("{} pictures added", many.len()),
    }
}

/// Asks for files for the lead pictures of the one article that is selected.
pub(super) fn pick_for_cursor(desk: &Desk) -> Option<Command> {
    let (article, at) = receiver(desk)?;
    Some(Command::PickPictures { article, at })
}

/// Which article a picture is for that is dropped on the window, and where it will stand there: the one that is selected alone.
#[must_use]
pub fn receiver(desk: &Desk) -> Option<(ArticleId, Pointer)> {
    let article = desk.cursor().filter(|_| desk.target_count() == 1)?;
    desk.document(article).filter(|document| document.error().is_none())?;
    let lead = desk.schema_of(article).lead_image.clone()?;
    Some((article, lead.pointer()))
}

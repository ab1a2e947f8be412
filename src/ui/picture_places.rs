//! From the address of a picture in an article to a picture on screen.
//!
//! Invariant: only here an address becomes a source; every pane asks in the same way, so a picture is loaded once.

use std::sync::Arc;

use egui::{Context, Vec2};

use crate::file::SitePath;
use crate::picture::{DataUrl, PictureKey, Shape, Source};
use crate::site::{Target, links};
use crate::ui::frame::Frame;
use crate::ui::pictures::PictureState;
use crate::ui::theme::size;
use crate::ui::widgets::thumbnail::Thumbnail;

impl Frame<'_> {
    /// Where the bytes of an article's picture come from; nothing where the address leads nowhere.
    #[must_use]
    pub fn picture_source(&self, address: &str, article: &SitePath) -> Option<Source> {
        let site = self.desk.site()?;
        match links::resolve(&site.config, article, address) {
            Target::Site(paths) => Some(Source::site(paths.into_iter().map(|path| path.as_str().to_owned()))),
            Target::Remote(url) => Some(Source::Remote(Arc::from(url.as_str()))),
            Target::Data(text) => Some(Source::Data(DataUrl::new(&text))),
            Target::Broken(_) => None,
        }
    }

    /// What a place of this size shows for a picture that fills it.
    pub fn thumbnail(&mut self, ctx: &Context, address: &str, article: &SitePath, place: Vec2) -> Thumbnail {
        if address.is_empty() {
            return Thumbnail::Missing;
        }
        let shape = Shape::cover(place.x, place.y, ctx.pixels_per_point());
        self.picture(address, article, shape).map_or(Thumbnail::Failed, |state| as_thumbnail(&state))
    }

    /// Asks for a small picture that may come into view next, after all that are in view.
    pub fn thumbnail_soon(&mut self, ctx: &Context, address: &str, article: &SitePath, place: Vec2) {
        self.picture_soon(address, article, Shape::cover(place.x, place.y, ctx.pixels_per_point()));
    }

    /// Asks for a picture of this shape that may come into view next, after all that are in view.
    pub fn picture_soon(&mut self, address: &str, article: &SitePath, shape: Shape) {
        if let Some(source) = self.picture_source(address, article) {
            self.pictures.want_soon(&PictureKey { source, shape });
        }
    }

    /// What can be shown for a picture now.
    pub fn picture(&mut self, address: &str, article: &SitePath, shape: Shape) -> Option<PictureState> {
        let source = self.picture_source(address, article)?;
        Some(self.pictures.want(&PictureKey { source, shape }))
    }

    /// Forgets that a picture failed, so that it is tried again.
    pub fn retry_picture(&mut self, address: &str, article: &SitePath) {
        if let Some(source) = self.picture_source(address, article) {
            self.pictures.retry(&source);
        }
    }

    /// The logo of a provider, if the site has one that can be shown.
    pub fn logo(&mut self, ctx: &Context, name: &str, domain: &str) -> Option<egui::TextureId> {
        let key = self.logo_key(ctx, name, domain)?;
        match self.pictures.want(&key) {
            PictureState::Ready(picture) => Some(picture.texture),
            _ => None,
        }
    }

    /// Asks for a logo that may come into view next, after all that is in view.
    pub fn logo_soon(&mut self, ctx: &Context, name: &str, domain: &str) {
        if let Some(key) = self.logo_key(ctx, name, domain) {
            self.pictures.want_soon(&key);
        }
    }

    fn logo_key(&self, ctx: &Context, name: &str, domain: &str) -> Option<PictureKey> {
        let vocabulary = &self.desk.site()?.vocabulary;
        let of = |text: &str| vocabulary.organization(text).filter(|_| !text.is_empty());
        let (address, _) = of(domain).or_else(|| of(name))?.logos.first()?;
        let source = self.picture_source(address, &SitePath::unknown())?;
        Some(PictureKey { source, shape: Shape::cover(size::LOGO, size::LOGO, ctx.pixels_per_point()) })
    }
}

/// What stands for a picture in this state.
pub fn as_thumbnail(state: &PictureState) -> Thumbnail {
    match state {
        PictureState::Ready(picture) => Thumbnail::Ready(picture.texture, picture.size),
        PictureState::Loading => Thumbnail::Waiting,
        PictureState::Failed(_) => Thumbnail::Failed,
        PictureState::NeedsConsent => Thumbnail::NotAllowed,
    }
}

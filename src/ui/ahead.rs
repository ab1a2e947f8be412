//! The pictures that panes will show of the article that comes next, asked for before it is shown.
//!
//! Invariant: they come after all that is on screen, and there is a bound to them; nothing is drawn.

use egui::Context;

use crate::article::Article;
use crate::catalog::ArticleId;
use crate::document::{FieldPath, Map, Value};
use crate::file::SitePath;
use crate::picture::Shape;
use crate::site::Kind;
use crate::site::kind::images::{address, items};
use crate::ui::frame::Frame;
use crate::ui::inspector::preview::without_frames;
use crate::ui::markdown::pictures;
use crate::ui::theme::size;

/// So many cards of a list are asked for: more of them are below the edge of any form.
const CARDS: usize = 12;

/// So many pictures of a text are asked for: the first screen of it.
const OF_TEXT: usize = 4;

/// How the next article will be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The shape of its large picture.
    pub lead: Shape,
    /// The shape of the pictures in its text.
    pub page: Shape,
    /// Whether it is a form, which has the pictures of its fields and the cards of its related entries, too.
    pub is_form: bool,
}

impl Frame<'_> {
    /// Asks for the pictures that will be shown of the articles that come next.
    pub fn ask_ahead(&mut self, ctx: &Context, seen: Seen) {
        for article in self.desk.upcoming() {
            let Some(path) = self.desk.catalog().map(|catalog| catalog.path(article)) else { return };
            self.lead_soon(article, &path, seen.lead);
            if seen.is_form {
                self.form_soon(ctx, article, &path);
            }
            self.text_soon(ctx, article, &path, seen.page);
        }
    }

    fn text_soon(&mut self, ctx: &Context, article: ArticleId, path: &SitePath, shape: Shape) {
        let Some(document) = self.desk.document(article) else { return };
        for picture in pictures(ctx, document.body(), without_frames, OF_TEXT) {
            self.picture_soon(&picture.address, path, shape);
        }
    }

    fn lead_soon(&mut self, article: ArticleId, path: &SitePath, shape: Shape) {
        let address = self.desk.catalog().and_then(|catalog| catalog.lead_image(article));
        if let Some(address) = address.filter(|address| !address.is_empty()) {
            self.picture_soon(address, path, shape);
        }
    }

    fn form_soon(&mut self, ctx: &Context, article: ArticleId, path: &SitePath) {
        let (desk, schema) = (self.desk, self.desk.schema_of(article));
        let Some(document) = desk.document(article) else { return };
        let seen = Article::new(document, &schema, path);
        self.logo_soon(ctx, seen.provider_name().unwrap_or_default(), seen.provider_domain().unwrap_or_default());
        for entry in (0..seen.related().len().min(CARDS)).filter_map(|at| seen.related_card(at)) {
            self.logo_soon(ctx, entry.provider.unwrap_or_default(), entry.domain.unwrap_or_default());
            self.card_soon(ctx, entry.image, path);
        }
        let fields = document.data().as_map().into_iter().flat_map(Map::iter);
        for (key, value) in fields {
            let field = FieldPath::of([key]);
            if schema.kind_of(&field, Some(value)) == Kind::Images {
                items(value).iter().take(CARDS).for_each(|item: &Value| self.card_soon(ctx, address(item), path));
            }
        }
    }

    fn card_soon(&mut self, ctx: &Context, address: Option<&str>, path: &SitePath) {
        if let Some(address) = address {
            self.thumbnail_soon(ctx, address, path, size::THUMBNAIL_CARD);
        }
    }
}

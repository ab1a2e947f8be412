//! The article as a reader sees it.
//!
//! Invariant: nothing is run and nothing is fetched but pictures the editor allowed; frames become a line of text.

use egui::{CornerRadius, Rect, Sense, Ui, Vec2, vec2};

use super::lead_picture::declared;
use super::page_picture::{WIDE, page_shape};
use super::reading::read_ui;
use crate::article::Article;
use crate::catalog::ArticleId;
use crate::document::Value;
use crate::file::SitePath;
use crate::ui::ahead::Seen;
use crate::ui::frame::Frame;
use crate::ui::pictures::PictureState;
use crate::ui::show::{embed, host};
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::empty::empty_ui;
use crate::ui::widgets::logo::paint_logo;
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};
use crate::ui::widgets::words::reading_ui;

/// Draws the preview.
pub fn preview_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    let shape = page_shape(ui, ui.available_width());
    frame.ask_ahead(ui, Seen { lead: shape, page: shape, is_form: false });
    let Some(document) = frame.desk.document(article) else {
        empty_ui(ui, icons::PENDING, "Reading the file", "It is shown as soon as it is here.", None);
        return;
    };
    let schema = frame.desk.schema_of(article);
    let colors = palette(ui);
    let path = frame.desk.catalog().map_or_else(SitePath::unknown, |catalog| catalog.path(article));
    let seen = Article::new(document, &schema, &path);
    ui.spacing_mut().item_spacing.y = 8.0;
    if let Some(picture) =
        schema.lead_image.as_ref().and_then(|path| declared(document.get(&path.pointer())).into_iter().next())
    {
        picture_ui(ui, frame, article, &picture.address);
    }
    let title = seen.title();
    reading_ui(ui, title, Type::HEADLINE, colors.text);
    byline_ui(ui, frame, article);
    if let Some(excerpt) = schema.excerpt.as_ref().and_then(|path| document.get(&path.pointer())?.as_str()) {
        reading_ui(ui, excerpt, Type::READING, colors.text);
    }
    rest_ui(ui, frame, article);
}

/// Draws the body, and who else tells the story: what stands below the excerpt.
pub fn rest_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    let Some(document) = frame.desk.document(article) else { return };
    let (schema, colors) = (frame.desk.schema_of(article), palette(ui));
    if !document.body().trim().is_empty() {
        ui.add_space(4.0);
        read_ui(ui, frame, article, document.body());
    }
    let related = schema.related.as_ref().and_then(|path| document.get(&path.pointer())?.as_list()).unwrap_or_default();
    if !related.is_empty() {
        ui.add_space(8.0);
        ui.label(Type::SUBHEAD.rich("Also told by").color(colors.text));
        for entry in related {
            let text = |key: &str| entry.as_map().and_then(|map| map.get(key)?.as_str()).unwrap_or_default();
            let who =
                entry.as_map().and_then(|map| map.get("provider")?.as_map()?.get("name")?.as_str()).unwrap_or_default();
            let line = if who.is_empty() { text("title").to_owned() } else { format!("{who}: {}", text("title")) };
            reading_ui(ui, &line, Type::BODY, colors.muted);
        }
    }
}

fn picture_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, address: &str) {
    let Some(path) = frame.desk.catalog().map(|catalog| catalog.path(article)) else { return };
    let width = ui.available_width();
    let picture = match frame.picture(address, &path, page_shape(ui, width)) {
        Some(PictureState::Ready(picture)) => picture,
        Some(PictureState::Loading) => {
            // Room for it, so that the text does not jump when it is there.
            let (rect, _) = ui.allocate_exact_size(vec2(width, (width / WIDE).round()), Sense::hover());
            return paint_thumbnail(ui.painter(), palette(ui), rect, Thumbnail::Waiting);
        }
        _ => return,
    };
    let scale = (width / picture.size.x).min(1.5);
    let (rect, _) = ui.allocate_exact_size(vec2(width, picture.size.y * scale), Sense::hover());
    let place = Rect::from_min_size(rect.min, picture.size * scale);
    let fill = egui::epaint::RectShape::filled(place, CornerRadius::same(size::ROUND), palette(ui).white);
    ui.painter()
        .add(fill.with_texture(picture.texture, Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0))));
}

/// Draws who tells it, and when.
pub fn byline_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    let Some(document) = frame.desk.document(article) else { return };
    let schema = frame.desk.schema_of(article);
    let provider = schema.provider.as_ref().and_then(|path| document.get(&path.pointer())?.as_map());
    let text = |key: &str| provider.and_then(|map| map.get(key)?.as_str()).unwrap_or_default();
    let date = schema.date.as_ref().and_then(|path| document.get(&path.pointer())).and_then(Value::as_str);
    let date = date
        .and_then(crate::site::kind::date::seconds)
        .and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
    let colors = palette(ui);
    let (name, domain) = (text("name"), text("domain"));
    if name.is_empty() && domain.is_empty() && date.is_none() {
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 16.0;
        if !name.is_empty() {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::LOGO), Sense::hover());
            let texture = frame.logo(ui, name, domain);
            paint_logo(ui.painter(), colors, rect, texture, name);
        }
        let mut parts: Vec<String> =
            [name, host(domain)].iter().filter(|part| !part.is_empty()).map(|part| (*part).to_owned()).collect();
        parts.extend(date.map(|date| date.format("%d %B %Y, %H:%M").to_string()));
        ui.add(egui::Label::new(Type::SMALL.rich(parts.join("  ·  ")).color(colors.muted)).wrap());
    });
}

/// The body with each frame of another page as a line that names it.
pub fn without_frames(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    // Once for all frames: a body can have thousands.
    let small = body.to_ascii_lowercase();
    let mut done = 0;
    while let Some(start) = small[done..].find("<iframe").map(|at| done + at) {
        out.push_str(&body[done..start]);
        let end = small[start..].find("</iframe>").map_or(body.len(), |at| start + at + "</iframe>".len());
        out.push_str(&format!("*{}*", embed(&body[start..end])));
        done = end;
    }
    out.push_str(&body[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::without_frames;

    #[test]
    fn frames_become_a_line() {
        let body = "a <iframe src=\"https://www.youtube.com/embed/x\"></iframe> b";
        assert_eq!(without_frames(body), "a *embed: youtube.com* b");
        assert_eq!(without_frames("no frame"), "no frame");
    }
}

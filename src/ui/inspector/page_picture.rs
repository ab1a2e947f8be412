//! A picture in the text of an article, as a reader sees it.
//!
//! Invariant: it is loaded as every other picture is, when it is in view; where it is not shown, its place says what it would show
//! and why it does not. Nothing moves when a picture comes whose size is known.

use egui::accesskit::Role;
use egui::{CornerRadius, Id, Rect, Response, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::lead_picture::told;
use crate::file::SitePath;
use crate::picture::Shape;
use crate::ui::frame::Frame;
use crate::ui::pictures::PictureState;
use crate::ui::theme::{Type, galley, icons, line, palette, size};

/// How wide a picture is for its height, as long as nothing is known of it.
pub const WIDE: f32 = 1.6;

/// How high the place is of a picture that is not shown.
const STAND_IN: f32 = 52.0;

/// The shape of a picture on a page of this width.
#[must_use]
pub fn page_shape(ui: &Ui, width: f32) -> Shape {
    Shape::within(width, width, ui.pixels_per_point())
}

/// Draws the picture behind an address; `words` say what it shows.
pub fn page_picture_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: &SitePath, address: &str, words: &str) {
    let id = ui.make_persistent_id(("picture", article.as_str(), address));
    let width = ui.available_width();
    let known: Option<Vec2> = ui.data(|data| data.get_temp(id));
    let declared = frame.desk.picture_index().and_then(|index| index.size(article, address));
    let real = known.or(declared.map(|(width, height)| vec2(width as f32, height as f32)));
    let room = match real {
        Some(size) if size.x > 0.0 => fitting(size, width),
        // What was not shown once is no larger the next time.
        Some(_) => vec2(width, STAND_IN),
        None => vec2(width, (width / WIDE).round()),
    };
    let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
    let name = if words.is_empty() { last_part(address) } else { words };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Picture: {name}")));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let round = CornerRadius::same(size::ROUND);
    let (why, since) = match frame.picture(address, article, page_shape(ui, width)) {
        Some(PictureState::Ready(picture)) => {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let fill = egui::epaint::RectShape::filled(rect, round, palette(ui).white);
            ui.painter().add(fill.with_texture(picture.texture, whole));
            let info = picture.info;
            remember(ui, id, real, vec2(info.width as f32, info.height as f32));
            response.on_hover_text(if words.is_empty() { address } else { words });
            return;
        }
        Some(PictureState::Loading) => {
            ui.painter().rect_filled(rect, round, palette(ui).raised);
            return;
        }
        Some(PictureState::Failed(failure)) => (failure.reason.to_string(), Some(told(&failure))),
        Some(PictureState::NeedsConsent) => ("It lies on the web, and is not loaded".to_owned(), None),
        None => ("Its address leads nowhere".to_owned(), None),
    };
    remember(ui, id, real, Vec2::ZERO);
    stand_in(ui, rect, &response, (name, &why));
    response.on_hover_text(since.map_or_else(|| address.to_owned(), |since| format!("{address}\n{since}")));
}

/// Never larger than it is, and never wider than the page.
fn fitting(size: Vec2, width: f32) -> Vec2 {
    (size * (width / size.x).min(1.0)).round().max(Vec2::splat(1.0))
}

fn remember(ui: &Ui, id: Id, before: Option<Vec2>, now: Vec2) {
    if before != Some(now) {
        ui.data_mut(|data| data.insert_temp(id, now));
        ui.ctx().request_repaint();
    }
}

/// What it would show, and why it does not.
fn stand_in(ui: &Ui, rect: Rect, response: &Response, (name, why): (&str, &str)) {
    let colors = palette(ui);
    let rect = Rect::from_min_size(rect.min, vec2(rect.width(), rect.height().min(STAND_IN)));
    ui.painter().rect_filled(rect, CornerRadius::same(size::ROUND), colors.raised);
    let sign = line(ui.painter(), icons::IMAGE_OFF.encode_utf8(&mut [0; 4]), Type::ICON, colors.muted_raised);
    let left = rect.left() + 12.0;
    ui.painter().galley(pos2(left, rect.center().y - sign.size().y / 2.0), sign.clone(), colors.muted_raised);
    let left = left + sign.size().x + 10.0;
    for (text, kind, ink, middle) in
        [(name, Type::BODY, colors.text, -9.0), (why, Type::SMALL, colors.muted_raised, 9.0)]
    {
        let text = galley(ui.painter(), text, kind, ink, rect.right() - left - 12.0);
        ui.painter().galley(pos2(left, rect.center().y + middle - text.size().y / 2.0), text, ink);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Picture: {name}. {why}")));
}

fn last_part(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or(address).trim_end_matches('/');
    if address.starts_with("data:") { "inline picture" } else { path.rsplit('/').next().unwrap_or(path) }
}

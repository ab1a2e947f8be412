//! The picture of an article, large, with what is known of it on its lower edge.
//!
//! Invariant: it takes the same room in every state, so that the form below does not move when the picture comes.

use egui::accesskit::Role;
use egui::{Align2, CornerRadius, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::catalog::ArticleId;
use crate::desk::{Command, Desk};
use crate::document::Value;
use crate::file::SitePath;
use crate::picture::{Failure, Shape};
use crate::site::kind::images::{address, declared_size as size_of, items};
use crate::ui::frame::Frame;
use crate::ui::pictures::PictureState;
use crate::ui::show::host;
use crate::ui::theme::{Palette, Type, galley, icons, line, palette, size};
use crate::ui::widgets::button::{Weight, button_ui};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::thumbnail::{cover, paint_dashes};

/// One picture of an article, as its file declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredPicture {
    /// Its address.
    pub address: String,
    /// The width and height that the file says.
    pub size: Option<(u32, u32)>,
}

/// The pictures that a list in a file declares: texts, or maps with an address.
#[must_use]
pub fn declared(value: Option<&Value>) -> Vec<DeclaredPicture> {
    let one = |item: &Value| {
        let address = address(item)?.to_owned();
        Some(DeclaredPicture { address, size: size_of(item) })
    };
    value.map(items).unwrap_or_default().iter().filter_map(one).collect()
}

/// Draws the picture at a place of the list; a click shows the next.
pub fn lead_picture_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    article: ArticleId,
    pictures: &[DeclaredPicture],
    shown: &mut usize,
    height: f32,
) {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let at = *shown % pictures.len().max(1);
    let Some(picture) = pictures.get(at) else {
        paint_dashes(ui.painter(), rect, Stroke::new(1.0, colors.line));
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, "no picture", Type::BODY.font(), colors.muted);
        return;
    };
    let known = content_ui(ui, frame, article, picture, rect);
    let line = match known {
        Some(known) => format!("{} · {known}", host_of(frame.desk, picture)),
        None => host_of(frame.desk, picture),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Picture: {line}")));
    caption(ui, colors, rect, &line, &format!("{} / {}", at + 1, pictures.len()));
    focus_ring(ui, &response, size::ROUND);
    if response.clicked() && pictures.len() > 1 {
        *shown = (at + 1) % pictures.len();
    }
    response.on_hover_text(&picture.address);
}

/// The shape of the large picture in the room that there is.
#[must_use]
pub fn lead_shape(ui: &Ui, height: f32) -> Shape {
    shape_of(ui, vec2(ui.available_width(), height))
}

fn shape_of(ui: &Ui, place: Vec2) -> Shape {
    Shape::within(place.x * 1.5, place.y * 1.5, ui.pixels_per_point())
}

fn host_of(desk: &Desk, picture: &DeclaredPicture) -> String {
    if picture.address.contains("//") {
        host(&picture.address).to_owned()
    } else {
        desk.site().map_or_else(String::new, |site| site.name.clone())
    }
}

fn content_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    article: ArticleId,
    picture: &DeclaredPicture,
    rect: Rect,
) -> Option<String> {
    let colors = palette(ui);
    let round = CornerRadius::same(size::ROUND);
    let path = frame.desk.catalog()?.path(article);
    let shape = shape_of(ui, rect.size());
    ui.painter().rect_filled(rect, round, colors.raised);
    let state = frame.picture(&picture.address, &path, shape);
    let is_waiting = matches!(state, Some(PictureState::NeedsConsent));
    let message: Vec<String> = match state {
        Some(PictureState::Ready(ready)) => {
            let fill = egui::epaint::RectShape::filled(rect, round, colors.white);
            ui.painter().add(fill.with_texture(ready.texture, cover(ready.size, rect.size())));
            return Some(facts(&ready.info, picture));
        }
        Some(PictureState::Loading) => return None,
        Some(PictureState::Failed(failure)) => {
            retry_ui(ui, frame, (&picture.address, &path), rect.translate(vec2(0.0, 30.0)));
            [Some(failure.reason.to_string()), when(&failure)].into_iter().flatten().collect()
        }
        Some(PictureState::NeedsConsent) if frame.desk.site_state().is_some_and(|state| state.remote_asked) => {
            consent_ui(ui, frame, rect.translate(vec2(0.0, -12.0)));
            return declared_size(picture);
        }
        // The bar above asks.
        Some(PictureState::NeedsConsent) => vec!["It lies on the web".to_owned()],
        None => vec!["Its address leads nowhere".to_owned()],
    };
    let sign = if is_waiting { icons::IMAGE_OFF } else { icons::BROKEN_IMAGE };
    let ink = colors.muted_raised;
    let icon = line(ui.painter(), sign.encode_utf8(&mut [0; 4]), Type::ICON, ink);
    ui.painter().galley(rect.center() - vec2(icon.size().x / 2.0, 46.0), icon, ink);
    let mut top = rect.center().y - 20.0;
    for text in &message {
        let text = galley(ui.painter(), text, Type::SMALL, ink, rect.width() - 24.0);
        let at = pos2(rect.center().x - text.size().x / 2.0, top);
        top += text.size().y;
        ui.painter().galley(at, text, ink);
    }
    declared_size(picture)
}

/// Why there is no picture, and since when that is known.
#[must_use]
pub fn told(failure: &Failure) -> String {
    when(failure).map_or_else(|| failure.reason.to_string(), |when| format!("{} · {when}", failure.reason))
}

fn when(failure: &Failure) -> Option<String> {
    let when = chrono::DateTime::from_timestamp(failure.seconds, 0).filter(|_| failure.seconds > 0)?;
    Some(when.with_timezone(&chrono::Local).format("%d %b %H:%M").to_string())
}

/// Draws the button that asks again for a picture, in the middle of this place.
pub fn retry_ui(ui: &mut Ui, frame: &mut Frame<'_>, (address, article): (&str, &SitePath), place: Rect) {
    if middle_button(ui, "Try again", Rect::from_center_size(place.center(), vec2(96.0, size::CONTROL))).clicked() {
        frame.retry_picture(address, article);
    }
}

fn declared_size(picture: &DeclaredPicture) -> Option<String> {
    picture.size.map(|(width, height)| format!("{width} × {height} declared"))
}

/// What the picture is; what its file says, where that differs.
fn facts(info: &crate::picture::Info, picture: &DeclaredPicture) -> String {
    let real = format!("{} × {} · {}", info.width, info.height, info.format);
    match picture.size {
        Some((width, height)) if (width, height) != (info.width, info.height) => {
            format!("{real} · file says {width} × {height}")
        }
        _ => real,
    }
}

/// Draws the button that allows pictures from the web, in the middle of this place.
pub fn consent_ui(ui: &mut Ui, frame: &mut Frame<'_>, place: Rect) {
    let place = Rect::from_center_size(place.center(), vec2(240.0, size::CONTROL));
    let button = middle_button(ui, "Load pictures from the web", place);
    if button.on_hover_text("For this site, until you take it back in the settings").clicked() {
        frame.send(Command::RemotePictures(true));
    }
}

fn middle_button(ui: &mut Ui, text: &str, place: Rect) -> egui::Response {
    let centered = egui::UiBuilder::new().max_rect(place).layout(egui::Layout::top_down(egui::Align::Center));
    button_ui(&mut ui.new_child(centered), text, Weight::Plain)
}

fn caption(ui: &Ui, colors: &Palette, rect: Rect, left: &str, right: &str) {
    let painter = ui.painter();
    let band = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 30.0), rect.max);
    let round = CornerRadius { sw: size::ROUND, se: size::ROUND, ..CornerRadius::ZERO };
    painter.rect_filled(band, round, colors.shade);
    let right = line(painter, right, Type::SMALL, colors.white);
    let right_at = pos2(band.right() - 10.0 - right.size().x, band.center().y - right.size().y / 2.0);
    let left = galley(painter, left, Type::SMALL, colors.white, right_at.x - band.left() - 20.0);
    painter.galley(pos2(band.left() + 10.0, band.center().y - left.size().y / 2.0), left, colors.white);
    painter.galley(right_at, right, colors.white);
}

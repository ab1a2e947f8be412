//! Quick look: picture and text of the article under the cursor, large; the judging keys work on.
//!
//! Invariant: it takes no keyboard, so that J, K and the digits do what they do in the table; nor does anything below have it.

use egui::{Align2, Area, CornerRadius, Id, Margin, Order, Rect, ScrollArea, Sense, Ui, Vec2, vec2};

use crate::catalog::{ArticleId, Cell, ColumnKey};
use crate::desk::Command;
use crate::document::Value;
use crate::file::SitePath;
use crate::picture::{LONGEST_SIDE, Shape};
use crate::ui::ahead::Seen;
use crate::ui::frame::Frame;
use crate::ui::inspector::lead_picture::{consent_ui, declared, retry_ui, told};
use crate::ui::inspector::page_picture::page_shape;
use crate::ui::inspector::preview::{byline_ui, rest_ui};
use crate::ui::magnifier;
use crate::ui::picture_places::as_thumbnail;
use crate::ui::pictures::PictureState;
use crate::ui::show;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::score_bar::{Look, paint_score_bar};
use crate::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};
use crate::ui::widgets::words::reading_ui;
use crate::ui::widgets::{SCROLL_BAR, at_ui};

/// How high the place of the picture is where there is none.
const NO_PICTURE: f32 = 110.0;

/// What the text leaves free on both sides, together.
const TEXT_MARGINS: f32 = 56.0 + SCROLL_BAR as f32;

/// Draws quick look over the desk.
pub fn quick_look_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let Some(article) = frame.desk.cursor() else { return frame.send(Command::CloseOverlay) };
    let colors = palette(ui);
    let screen = ui.ctx().content_rect();
    let space = Rect::from_min_max(screen.min, screen.max - vec2(0.0, size::STATUS_BAR));
    // An area of its own, so that nothing below is hovered.
    Area::new(Id::unique("look backdrop")).order(Order::Middle).fixed_pos(space.min).fade_in(false).show(ui, |ui| {
        let (rect, _) = ui.allocate_exact_size(space.size(), Sense::hover());
        ui.painter().rect_filled(rect, 0.0, colors.backdrop);
        // Nor does Tab go there: what is typed would go into a field that is covered.
        ui.memory_mut(|memory| memory.set_modal_layer(ui.layer_id()));
    });
    let area = vec2((space.width() - 80.0).min(980.0), (space.height() - 60.0).min(820.0));
    let shown = Area::new(Id::unique("quick look"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, -size::STATUS_BAR / 2.0))
        .fade_in(false)
        .show(ui, |ui| {
            egui::Frame::window(ui.style()).inner_margin(Margin::ZERO).show(ui, |ui| {
                ui.set_width(area.x);
                ui.set_height(area.y);
                article_ui(ui, frame, article, area);
            });
        });
    let pressed = ui.input(|input| input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten());
    if pressed.is_some_and(|at| !shown.response.rect.contains(at) && space.contains(at)) {
        frame.send(Command::CloseOverlay);
    }
}

fn article_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, area: Vec2) {
    picture_ui(ui, frame, article, area);
    egui::Frame::new().inner_margin(Margin { left: 28, right: 28, top: 12, bottom: 16 }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        scores_ui(ui, frame, article);
        ScrollArea::vertical().id_salt(article.0).auto_shrink(false).show(ui, |ui| {
            let room = Margin { right: SCROLL_BAR, ..Margin::ZERO };
            egui::Frame::new().inner_margin(room).show(ui, |ui| text_ui(ui, frame, article));
        });
    });
}

fn picture_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, area: Vec2) {
    let colors = palette(ui);
    let catalog = frame.desk.catalog();
    let address = catalog.and_then(|catalog| catalog.lead_image(article)).unwrap_or_default().to_owned();
    let path = catalog.map(|catalog| catalog.path(article));
    let large = vec2(area.x, (area.y * 0.55).round());
    let path = path.filter(|_| !address.is_empty());
    let fitting = Shape::playing(large.x, large.y, ui.pixels_per_point());
    let page = page_shape(ui, area.x - TEXT_MARGINS);
    frame.ask_ahead(ui, Seen { lead: fitting, page, is_form: false });
    let state = path.as_ref().and_then(|path| wanted(frame, &address, path, fitting));
    let is_shown =
        matches!(&state, Some(state) if !matches!(state, PictureState::NeedsConsent | PictureState::Failed(_)));
    let room = if is_shown { large } else { vec2(area.x, NO_PICTURE) };
    let (rect, response) = ui.allocate_exact_size(room, Sense::click_and_drag());
    let round = CornerRadius { nw: 10, ne: 10, ..CornerRadius::ZERO };
    ui.painter().rect_filled(rect, round, colors.background);
    match state {
        Some(PictureState::Ready(picture)) => magnifier::magnifier_ui(ui, frame, &response, rect, &picture),
        other => nothing_ui(ui, frame, rect, other.as_ref(), (&address, path.as_ref())),
    }
    let close = Rect::from_center_size(rect.right_top() + vec2(-22.0, 22.0), Vec2::splat(24.0));
    at_ui(ui, close, |ui| {
        if icon_button_ui(ui, icons::CLOSE, "Close quick look", Some(frame.desk.key_of("Quick look"))).clicked() {
            frame.send(Command::CloseOverlay);
        }
    });
}

/// The picture as large as it is looked at; a smaller one while that is on its way.
fn wanted(frame: &mut Frame<'_>, address: &str, path: &SitePath, fitting: Shape) -> Option<PictureState> {
    let fitting = frame.picture(address, path, fitting);
    let is_still = matches!(&fitting, Some(PictureState::Ready(picture)) if !picture.info.animated);
    if is_still && !frame.desk.magnified().fits() {
        let whole = Shape::within(LONGEST_SIDE as f32, LONGEST_SIDE as f32, 1.0);
        return match frame.picture(address, path, whole) {
            Some(ready @ PictureState::Ready(_)) => Some(ready),
            _ => fitting,
        };
    }
    fitting
}

/// What stands where there is no picture, why, and what can be done about it.
fn nothing_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    rect: Rect,
    state: Option<&PictureState>,
    (address, article): (&str, Option<&SitePath>),
) {
    let colors = palette(ui);
    let what = match state {
        Some(state) => as_thumbnail(state),
        None if address.is_empty() => Thumbnail::Missing,
        None => Thumbnail::Failed,
    };
    let has_more = matches!(state, Some(PictureState::Failed(_) | PictureState::NeedsConsent));
    let sign = Rect::from_center_size(rect.center() - vec2(0.0, if has_more { 18.0 } else { 0.0 }), vec2(96.0, 60.0));
    paint_thumbnail(ui.painter(), colors, sign, what);
    match state {
        Some(PictureState::Failed(failure)) => {
            let foot = Rect::from_min_max(rect.left_bottom() - vec2(0.0, 40.0), rect.max).shrink2(vec2(16.0, 4.0));
            let (why, again) = foot.split_left_right_at_x(foot.right() - 110.0);
            let reason = told(failure);
            let text = egui::Label::new(Type::SMALL.rich(&reason).color(colors.muted)).truncate();
            ui.put(why, text).on_hover_text(reason);
            if let Some(article) = article {
                retry_ui(ui, frame, (address, article), again);
            }
        }
        Some(PictureState::NeedsConsent) => consent_ui(ui, frame, rect.translate(vec2(0.0, 36.0))),
        _ => {}
    }
}

fn scores_ui(ui: &mut Ui, frame: &Frame<'_>, article: ArticleId) {
    let colors = palette(ui);
    let schema = frame.desk.schema_of(article);
    let Some(catalog) = frame.desk.catalog() else { return };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        for (score, look) in [(schema.second_score(), Look::Quality), (schema.heat_score(), Look::Heat)] {
            let Some(score) = score else { continue };
            let value = match catalog.cell(article, &ColumnKey::Field(score.path.clone())) {
                Cell::Number(value) => Some(value),
                _ => None,
            };
            let label = schema.field(&score.path).map_or_else(|| score.path.to_string(), |field| field.label.clone());
            ui.label(Type::SMALL.rich(label).color(colors.muted));
            ui.label(Type::SUBHEAD.rich(value.map_or_else(|| "–".to_owned(), show::number)).color(colors.text));
            let (bar, _) = ui.allocate_exact_size(vec2(90.0, size::BAR), Sense::hover());
            let filled = value.map_or(0.0, |value| score.share(value) as f32);
            paint_score_bar(
                ui.painter(),
                colors,
                bar,
                filled,
                look,
                colors.line,
                score.threshold.map(|at| score.share(at) as f32),
            );
            ui.add_space(12.0);
        }
        if let Some(live) = catalog.live(article) {
            let (text, ink) = if live { ("live", colors.quality_text) } else { ("not live", colors.muted) };
            ui.label(Type::STRONG.rich(text).color(ink));
        }
        let row = frame.desk.cursor_row().map_or(0, |row| row + 1);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(Type::SMALL.rich(format!("{row} of {}", frame.desk.rows().len())).color(colors.muted));
        });
    });
}

fn text_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    ui.spacing_mut().item_spacing.y = 6.0;
    let colors = palette(ui);
    let schema = frame.desk.schema_of(article);
    let title = frame.desk.catalog().map(|catalog| catalog.title(article).to_owned()).unwrap_or_default();
    reading_ui(ui, &title, Type::HEADLINE, colors.text);
    let Some(document) = frame.desk.document(article) else { return };
    byline_ui(ui, frame, article);
    ui.add_space(4.0);
    if let Some(excerpt) = schema.excerpt.as_ref().and_then(|path| document.get(&path.pointer())?.as_str()) {
        reading_ui(ui, excerpt, Type::READING, colors.text);
    }
    let topics = schema.topics.as_ref().and_then(|path| document.get(&path.pointer())?.as_list()).unwrap_or_default();
    let topics: Vec<&str> = topics.iter().filter_map(Value::as_str).collect();
    let pictures = schema.lead_image.as_ref().map_or(0, |path| declared(document.get(&path.pointer())).len());
    let mut facts = vec![topics.join(", ")];
    facts.extend((pictures > 1).then(|| format!("{pictures} pictures")));
    facts.retain(|fact| !fact.is_empty());
    if !facts.is_empty() {
        reading_ui(ui, &facts.join("  ·  "), Type::SMALL, colors.muted);
    }
    rest_ui(ui, frame, article);
}

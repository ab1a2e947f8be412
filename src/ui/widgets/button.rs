//! Buttons: the main one, plain ones, ones that are only an icon.
//!
//! Invariant: a button without words has a name for screen readers, and a tooltip that says it.

use egui::accesskit::Role;
use egui::{CornerRadius, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{Type, icons, line, palette, size};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::key::with_key;

/// How loud a button is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The one thing to do.
    Main,
    /// With a frame.
    Plain,
    /// With a frame, and with quiet text.
    Quiet,
    /// Only its words.
    Bare,
}

const PADDING: f32 = 10.0;
const BARE_PADDING: f32 = 4.0;
const GAP: f32 = 5.0;
/// The side of a button that is only an icon.
pub const ICON_SIDE: f32 = 24.0;

/// Draws a button with words.
pub fn button_ui(ui: &mut Ui, text: &str, weight: Weight) -> Response {
    button_with_icon_ui(ui, None, text, None, weight)
}

/// How wide a button with these words between so many icons is.
#[must_use]
pub fn width_of(ui: &Ui, text: &str, icons: usize, weight: Weight) -> f32 {
    let (painter, ink) = (ui.painter(), palette(ui).text);
    let kind = if weight == Weight::Main { Type::NUMBER } else { Type::BODY };
    let words = line(painter, text, kind, ink).size().x;
    let sign = line(painter, icons::CLOSE.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, ink);
    let padding = if weight == Weight::Bare { BARE_PADDING } else { PADDING };
    (words + (sign.size().x + GAP) * icons as f32 + 2.0 * padding).ceil()
}

/// Draws a button with words between two icons.
pub fn button_with_icon_ui(
    ui: &mut Ui,
    before: Option<char>,
    text: &str,
    after: Option<char>,
    weight: Weight,
) -> Response {
    let colors = palette(ui);
    let enabled = ui.is_enabled();
    let ink = match weight {
        Weight::Main if enabled => colors.on_accent,
        Weight::Plain if enabled => colors.text,
        _ => colors.muted,
    };
    let painter = ui.painter();
    let icon = |sign: char| line(painter, sign.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, ink);
    let kind = if weight == Weight::Main { Type::NUMBER } else { Type::BODY };
    let parts = [before.map(icon), Some(line(painter, text, kind, ink)), after.map(icon)];
    let content: f32 = parts.iter().flatten().map(|part| part.size().x + GAP).sum::<f32>() - GAP;
    let padding = if weight == Weight::Bare { BARE_PADDING } else { PADDING };
    let area = vec2((content + 2.0 * padding).ceil(), size::CONTROL);
    let (rect, response) = ui.allocate_exact_size(area, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    if ui.is_rect_visible(rect) {
        paint_ground(ui, &response, weight);
        let mut x = rect.left() + padding;
        for part in parts.into_iter().flatten() {
            let wide = part.size();
            ui.painter().galley(pos2(x.round(), rect.center().y - wide.y / 2.0), part, ink);
            x += wide.x + GAP;
        }
        focus_ring(ui, &response, size::ROUND);
    }
    if enabled { response.on_hover_cursor(egui::CursorIcon::PointingHand) } else { response }
}

fn paint_ground(ui: &Ui, response: &Response, weight: Weight) {
    let colors = palette(ui);
    let round = CornerRadius::same(size::ROUND);
    let touched = response.hovered() || response.is_pointer_button_down_on();
    let fill = match weight {
        Weight::Main if !ui.is_enabled() => colors.raised,
        Weight::Main if touched => colors.accent_text,
        Weight::Main => colors.accent,
        Weight::Bare | Weight::Plain | Weight::Quiet if touched => colors.chip,
        Weight::Bare => colors.none,
        Weight::Plain | Weight::Quiet => colors.raised,
    };
    let framed = matches!(weight, Weight::Plain | Weight::Quiet) || !ui.is_enabled() && weight == Weight::Main;
    let stroke = if framed { Stroke::new(1.0, colors.line) } else { Stroke::NONE };
    ui.painter().rect(response.rect, round, fill, stroke, StrokeKind::Inside);
}

/// Draws a button that is only an icon.
pub fn icon_button_ui(ui: &mut Ui, icon: char, name: &str, keys: Option<&str>) -> Response {
    let colors = palette(ui);
    let enabled = ui.is_enabled();
    let (rect, response) = ui.allocate_exact_size(vec2(ICON_SIDE, ICON_SIDE), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    if ui.is_rect_visible(rect) {
        if response.hovered() && enabled {
            ui.painter().rect_filled(rect, CornerRadius::same(size::ROUND), colors.chip);
        }
        let ink = if response.hovered() && enabled { colors.text } else { colors.muted };
        let sign = line(ui.painter(), icon.encode_utf8(&mut [0; 4]), Type::ICON, ink);
        ui.painter().galley(rect.center() - sign.size() / 2.0, sign, ink);
        focus_ring(ui, &response, size::ROUND);
    }
    let tip = || with_key(name, keys.unwrap_or_default());
    if response.hovered() { response.on_hover_text(tip()) } else { response }
}

//! Text of articles: on one line that is cut, or over several lines.
//!
//! Invariant: it stands as it is read, from the right where its letters do, with marks for what cannot be seen; what was cut is
//! whole in the tooltip.

use egui::accesskit::Role;
use egui::{Align, Color32, Label, Layout, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::text::bidi::reads_from_right;
use crate::text::marks;
use crate::ui::show::beginning;
use crate::ui::theme::{Type, galley, page, size};
use crate::ui::widgets::field::LONGEST;
use crate::ui::widgets::focus_ring;

/// So many bytes of a text stand in a tooltip.
const LONGEST_TIP: usize = 4 * 1024;

/// Draws text on one line, in the room that there is.
pub fn words_ui(ui: &mut Ui, text: &str, kind: Type, color: Color32, sense: Sense) -> Response {
    let words = galley(ui.painter(), text, kind, color, ui.available_width());
    let width = if reads_from_right(text) { ui.available_width() } else { words.size().x };
    let (rect, response) = ui.allocate_exact_size(vec2(width, words.size().y), sense);
    let role = if sense.interactive() { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, text));
    let left = if reads_from_right(text) { rect.right() - words.size().x } else { rect.left() };
    let cut = words.elided;
    ui.painter().galley(pos2(left, rect.top()), words, color);
    focus_ring(ui, &response, size::ROUND_SMALL);
    if cut { response.on_hover_text(marks(beginning(text, LONGEST_TIP))) } else { response }
}

/// Draws text over as many lines as it takes; it can be selected.
pub fn reading_ui(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    let marked = beginning(text, LONGEST).lines().map(marks).collect::<Vec<_>>().join("\n");
    let words = page(ui, &marked, &kind.format(color), ui.available_width());
    let align = if reads_from_right(text) { Align::Max } else { Align::Min };
    let response = ui.with_layout(Layout::top_down(align), |ui| ui.add(Label::new(words).selectable(true))).inner;
    // Read aloud it is in its own order.
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    response
}

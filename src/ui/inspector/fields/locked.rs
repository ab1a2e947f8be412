//! What is shown by name only: frames of other pages, and values that nobody can read.
//!
//! Invariant: nothing of them is rendered, copied or edited.

use egui::{CornerRadius, Frame, Margin, Stroke, Ui};

use super::FieldRef;
use crate::site::Kind;
use crate::ui::show::embed;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::line_ui;

/// Draws what the value is, locked.
pub fn locked_ui(ui: &mut Ui, field: &FieldRef<'_>) {
    let colors = palette(ui);
    let text = field.text();
    let said =
        if field.kind == Kind::Embed { embed(&text) } else { format!("opaque, {} characters", text.chars().count()) };
    let frame = Frame::new()
        .stroke(Stroke::new(1.0, colors.line))
        .corner_radius(CornerRadius::same(size::ROUND))
        .inner_margin(Margin::symmetric(9, 5));
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        line_ui(ui, 16.0, |ui| {
            ui.label(Type::ICON_SMALL.rich(icons::LOCK).color(colors.muted));
            ui.label(Type::BODY.rich(said).color(colors.muted));
        });
    });
    shown.response.on_hover_text(if field.kind == Kind::Embed {
        "A frame of another page. It is never rendered here; it can be edited in the source"
    } else {
        "Long and unreadable: shown by its length, never edited or copied"
    });
}

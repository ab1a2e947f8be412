//! The heading of a group of rows: what they have in common, and how many they are.
//!
//! Invariant: a heading is a button: Enter and a click open and close its group.

use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Sense, Stroke, Ui, WidgetInfo, pos2};

use crate::catalog::{ColumnKey, SectionValue};
use crate::desk::toast::{articles, grouped};
use crate::desk::{Command, Desk, RowGroup};
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::table::columns::column_label;
use crate::ui::theme::{Type, galley, icons, line, palette};
use crate::ui::widgets::focus_ring;

/// Draws the heading of a group over the whole line.
pub fn heading_ui(ui: &mut Ui, frame: &mut Frame<'_>, at: usize) {
    let Some(group) = frame.desk.groups().get(at) else { return };
    let name = name(frame.desk, group);
    let colors = palette(ui);
    let rect = ui.max_rect();
    let response = ui.interact(rect, ui.make_persistent_id(("heading", at)), Sense::click());
    let state = if group.closed { "closed" } else { "open" };
    let spoken = format!("{name}, {}, {state}", articles(group.count));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(!group.closed));
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::ZERO, if response.hovered() { colors.hover } else { colors.panel });
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colors.line));
    let icon = if group.closed { icons::CHEVRON_RIGHT } else { icons::EXPAND_MORE };
    let icon = line(painter, icon.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, colors.muted);
    // What is seen of the line may begin elsewhere than the line, where the table is scrolled sideways.
    let seen = rect.intersect(ui.clip_rect());
    let left = seen.left() + 8.0;
    painter.galley(pos2(left, rect.center().y - icon.size().y / 2.0), icon, colors.muted);
    let count = line(painter, &grouped(group.count), Type::SMALL, colors.muted);
    let room = seen.width() - 60.0 - count.size().x;
    let text = galley(painter, &name, Type::STRONG, colors.text, room);
    let text_rect = Rect::from_min_size(pos2(left + 22.0, rect.center().y - text.size().y / 2.0), text.size());
    painter.galley(text_rect.min, text, colors.text);
    let at_count = pos2(text_rect.right() + 8.0, rect.center().y - count.size().y / 2.0);
    painter.galley(at_count, count, colors.muted);
    focus_ring(ui, &response, 0);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        frame.send(Command::ToggleGroup(at));
    }
}

/// What the rows of a group have in common, in words.
fn name(desk: &Desk, group: &RowGroup) -> String {
    let schema = desk.shown_schema().unwrap_or_default();
    let Some(column) = desk.grouped_by() else { return String::new() };
    let label = column_label(&schema, column);
    match &group.value {
        None => format!("{label}: none"),
        Some(SectionValue::Day(day)) => day.format("%A, %-d %B %Y").to_string(),
        Some(SectionValue::Number(number)) => format!("{label}: {}", show::number(*number)),
        Some(SectionValue::Truth(yes)) => format!("{label}: {}", if *yes { "yes" } else { "no" }),
        Some(SectionValue::Story(_, title)) => title.clone(),
        Some(SectionValue::Text(text)) => match (column, desk.site()) {
            (ColumnKey::Field(path), Some(site)) => site.vocabulary.short(path, text).to_owned(),
            _ => text.clone(),
        },
    }
}

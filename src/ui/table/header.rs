//! The header of the table: names, the order of the rows, and what columns there are.
//!
//! Invariant: a header is a button: Enter sorts as a click does, Shift adds a further key. A drag moves the column; what a drag
//! does, the column chooser does by keys.

use egui::accesskit::Role;
use egui::{CornerRadius, Id, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::columns::ShownColumn;
use crate::catalog::{ColumnKey, Computed, SortKey};
use crate::desk::{ColumnSetting, Command, Overlay};
use crate::ui::frame::Frame;
use crate::ui::menu::item_ui;
use crate::ui::theme::{Type, galley, icons, line, palette, size};

/// Paints the ground of all headers, also where no column is.
pub fn ground_ui(ui: &Ui, table: Rect) {
    let colors = palette(ui);
    let ground = Rect::from_min_size(table.min, vec2(table.width(), size::HEADER));
    ui.painter().rect_filled(ground, CornerRadius::ZERO, colors.panel);
    ui.painter().hline(ground.x_range(), ground.bottom() - 0.5, Stroke::new(1.0, colors.line));
}

/// Draws the header of a column.
pub fn header_cell_ui(ui: &mut Ui, frame: &mut Frame<'_>, column: &ShownColumn) {
    let colors = palette(ui);
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, CornerRadius::ZERO, colors.panel);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colors.line));
    if column.label.is_empty() {
        return;
    }
    let response = ui.interact(rect.shrink2(vec2(4.0, 0.0)), ui.scope_id().with("sort"), Sense::click_and_drag());
    let keys = frame.desk.sort();
    let place = keys.iter().position(|key| key.column == column.key);
    response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, spoken(&column.label, place, &keys)));
    let ink = if place.is_some() || response.hovered() { colors.text } else { colors.muted };
    paint(ui, column, place, &keys, ink);
    crate::ui::widgets::focus_ring(ui, &response, 2);
    if response.clicked() {
        let add = ui.input(|input| input.modifiers.shift);
        frame.send(Command::Sort { column: column.key.clone(), add });
    }
    if response.drag_started() {
        ui.data_mut(|data| data.insert_temp(dragged_id(), column.key.clone()));
    }
    drop_ui(ui, frame, column);
    response.context_menu(|ui| menu_ui(ui, frame, column));
    response.on_hover_cursor(egui::CursorIcon::PointingHand);
}

/// Forgets what is being dragged, once it was let go and all headers were drawn.
pub fn end_drag(ui: &Ui) {
    if ui.input(|input| input.pointer.any_released()) {
        ui.data_mut(|data| data.remove::<ColumnKey>(dragged_id()));
    }
}

fn dragged_id() -> Id {
    Id::unique("dragged column")
}

/// Shows where a dragged column would go, and moves it there when it is let go.
fn drop_ui(ui: &Ui, frame: &mut Frame<'_>, column: &ShownColumn) {
    let Some(dragged) = ui.data(|data| data.get_temp::<ColumnKey>(dragged_id())) else { return };
    let rect = ui.max_rect();
    let pointer = ui.input(|input| input.pointer.latest_pos());
    let Some(pointer) = pointer.filter(|at| rect.x_range().contains(at.x) && dragged != column.key) else { return };
    let after = pointer.x > rect.center().x;
    let edge = if after { rect.right() - 1.0 } else { rect.left() + 1.0 };
    ui.painter().vline(edge, rect.y_range(), Stroke::new(2.0, palette(ui).accent));
    ui.set_cursor_icon(egui::CursorIcon::Grabbing);
    if ui.input(|input| input.pointer.any_released())
        && let Some(settings) = moved(frame.desk.columns(), &dragged, &column.key, after)
    {
        frame.send(Command::Columns(settings));
    }
}

/// The columns with one of them put before or after another.
fn moved(
    mut settings: Vec<ColumnSetting>,
    dragged: &ColumnKey,
    target: &ColumnKey,
    after: bool,
) -> Option<Vec<ColumnSetting>> {
    let from = settings.iter().position(|setting| setting.key == *dragged)?;
    let setting = settings.remove(from);
    let to = settings.iter().position(|setting| setting.key == *target)? + usize::from(after);
    settings.insert(to, setting);
    Some(settings)
}

fn spoken(label: &str, place: Option<usize>, keys: &[SortKey]) -> String {
    match place.map(|at| keys[at].descending) {
        Some(true) => format!("{label}, sorted, highest first"),
        Some(false) => format!("{label}, sorted, lowest first"),
        None => label.to_owned(),
    }
}

fn paint(ui: &Ui, column: &ShownColumn, place: Option<usize>, keys: &[SortKey], ink: egui::Color32) {
    let painter = ui.painter();
    let rect = ui.max_rect().shrink2(vec2(4.0, 0.0));
    let mark = place.map(|at| {
        let arrow = if keys[at].descending { icons::ARROW_DOWN } else { icons::ARROW_UP };
        let number = if keys.len() > 1 { (at + 1).to_string() } else { String::new() };
        line(painter, &format!("{arrow}{number}"), Type::ICON_TINY, ink)
    });
    let mark_width = mark.as_ref().map_or(0.0, |mark| mark.size().x + 3.0);
    let text = galley(painter, &column.label, Type::HEAD, ink, rect.width() - mark_width);
    let left = if column.right { rect.right() - text.size().x - mark_width } else { rect.left() };
    let right = left + text.size().x + 3.0;
    painter.galley(pos2(left, rect.center().y - text.size().y / 2.0), text, ink);
    if let Some(mark) = mark {
        painter.galley(pos2(right, rect.center().y - mark.size().y / 2.0), mark, ink);
    }
}

fn menu_ui(ui: &mut Ui, frame: &mut Frame<'_>, column: &ShownColumn) {
    ui.set_min_width(200.0);
    let mut sort = |ui: &mut Ui, name: &str, add: bool| {
        if item_ui(ui, name, "", true).clicked() {
            frame.send(Command::Sort { column: column.key.clone(), add });
            ui.close();
        }
    };
    sort(ui, "Sort by this", false);
    sort(ui, "Sort by this as well", true);
    ui.separator();
    let is_grouped = frame.desk.grouped_by() == Some(&column.key);
    let can_group = !matches!(column.key, ColumnKey::Computed(Computed::State | Computed::Image));
    let name = if is_grouped { "No groups" } else { "Group by this" };
    if item_ui(ui, name, "", can_group).clicked() {
        frame.send(Command::GroupBy(Some(column.key.clone()).filter(|_| !is_grouped)));
        ui.close();
    }
    ui.separator();
    if item_ui(ui, "Hide this column", "", true).clicked() {
        let mut settings = frame.desk.columns();
        for setting in settings.iter_mut().filter(|setting| setting.key == column.key) {
            setting.shown = false;
        }
        frame.send(Command::Columns(settings));
        ui.close();
    }
    if item_ui(ui, "Choose columns…", "", true).clicked() {
        frame.send(Command::Show(Overlay::Columns));
        ui.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_put_beside_another() {
        let setting = |key: &str| ColumnSetting { key: ColumnKey::parse(key), width: None, shown: true };
        let all = || ["a", "b", "c"].map(setting).to_vec();
        for (dragged, target, after, want) in
            [("a", "c", true, ["b", "c", "a"]), ("a", "c", false, ["b", "a", "c"]), ("c", "a", false, ["c", "a", "b"])]
        {
            let settings = moved(all(), &ColumnKey::parse(dragged), &ColumnKey::parse(target), after);
            assert_eq!(settings, Some(want.map(setting).to_vec()), "{dragged} to {target}");
        }
        assert_eq!(moved(all(), &ColumnKey::parse("x"), &ColumnKey::parse("a"), true), None);
    }
}

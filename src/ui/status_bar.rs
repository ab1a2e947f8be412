//! The bar at the bottom: how many there are, what is going on, and the keys that work now.
//!
//! Invariant: the keys named here are those that the commands have at this site; the counts say what a key would change.

use egui::{Align, Layout, Margin, Panel, Ui};

use crate::catalog::{ColumnKey, Computed, SortKey};
use crate::desk::toast::grouped;
use crate::desk::{Command, Desk, Overlay};
use crate::ui::frame::Frame;
use crate::ui::table::column_label;
use crate::ui::theme::{Type, palette, size};
use crate::ui::widgets::key::{key_ui, with_key};
use crate::ui::widgets::link::link_ui;
use crate::ui::widgets::progress::progress_ui;

/// Commands and what they do, while the table has the keyboard.
const TABLE: &[(&[&str], &str)] = &[
    (&["Down", "Up"], "move"),
    (&["Heat…"], "heat"),
    (&["Quality…"], "quality"),
    (&["Live"], "publish"),
    (&["Quick look"], "look"),
    (&["Filter"], "filter"),
    (&["Commands"], "commands"),
];
/// The same while there are unsaved edits.
const UNSAVED: &[(&[&str], &str)] = &[
    (&["Down", "Up"], "move"),
    (&["Heat…"], "heat"),
    (&["Live"], "publish"),
    (&["Save all"], "save"),
    (&["Undo"], "undo"),
    (&["Filter"], "filter"),
    (&["Commands"], "commands"),
];
/// While text is typed in the form; a name in brackets is a key that no command has.
const FORM: &[(&[&str], &str)] =
    &[(&["(Tab)"], "next field"), (&["(Esc)"], "back to the table"), (&["Save all"], "save")];
/// On a related entry.
const RELATED: &[(&[&str], &str)] = &[
    (&["(L)"], "lead"),
    (&["(Delete)"], "remove"),
    (&["(Alt+Up)", "(Alt+Down)"], "move it"),
    (&["(Enter)"], "open"),
    (&["(Esc)"], "back to the table"),
];
/// While text is typed in the filter.
const FILTER: &[(&[&str], &str)] = &[(&["(Enter)"], "to the table"), (&["(Esc)"], "back"), (&["Keys"], "all keys")];
/// In quick look.
const LOOK: &[(&[&str], &str)] = &[
    (&["Down", "Up"], "move"),
    (&["Heat to preset 1", "Heat to preset 0"], "heat"),
    (&["Live"], "live"),
    (&["Not live"], "not live"),
    (&["Quick look"], "close"),
];

/// In the comparison.
const COMPARE: &[(&[&str], &str)] = &[
    (&["Heat to preset 1", "Heat to preset 0"], "heat of all"),
    (&["Live"], "live"),
    (&["Not live"], "not live"),
    (&["Undo"], "undo"),
    (&["Compare"], "close"),
];

/// While a command is looked for.
const PALETTE: &[(&[&str], &str)] = &[(&["(Up)", "(Down)"], "choose"), (&["(Enter)"], "do it"), (&["(Esc)"], "close")];
/// In a list or a menu that is open.
const LIST: &[(&[&str], &str)] = &[(&["(Enter)"], "choose"), (&["(Esc)"], "close")];
/// In all else that lies over the desk.
const DIALOG: &[(&[&str], &str)] = &[(&["(Tab)"], "next"), (&["(Esc)"], "close")];

/// The place of the bar.
pub fn panel(ui: &Ui) -> Panel {
    let ground = egui::Frame::new().fill(palette(ui).panel).inner_margin(Margin::symmetric(size::SIDE as i8, 0));
    Panel::bottom("status bar").exact_size(size::STATUS_BAR).resizable(false).frame(ground)
}

/// Draws what stands in the bar, under a table with these headers.
pub fn status_bar_ui(ui: &mut Ui, frame: &mut Frame<'_>, headers: &[ColumnKey]) {
    progress_line_ui(ui, frame);
    let area = egui::vec2(ui.available_width(), ui.available_height());
    ui.allocate_ui_with_layout(area, Layout::left_to_right(Align::Center), |ui| {
        counts_ui(ui, frame, headers);
        work_ui(ui, frame);
        news_ui(ui, frame);
        conflicts_ui(ui, frame);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| hints_ui(ui, frame));
    });
}

/// What takes long: what it is called, and how much of how much is done.
fn work(desk: &Desk) -> Option<(String, usize, usize)> {
    if let Some((done, of)) = desk.saving() {
        return Some(("saving".to_owned(), done, of));
    }
    if let Some((label, done, of)) = desk.preparing() {
        return Some((label.to_owned(), done, of));
    }
    let scan = desk.scan().filter(|scan| !scan.done && scan.files > 0)?;
    Some(("reading".to_owned(), scan.read, scan.files))
}

/// A line on the upper edge while something takes long.
fn progress_line_ui(ui: &mut Ui, frame: &Frame<'_>) {
    let Some((name, done, of)) = work(frame.desk) else { return };
    let edge = ui.max_rect().expand2(egui::vec2(size::SIDE, 0.0));
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(edge));
    {
        let ui = &mut child;
        progress_ui(ui, done as f32 / of.max(1) as f32, &name);
    }
}

/// What is going on, how far it is, and a way to stop it.
fn work_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let Some((name, done, of)) = work(frame.desk) else { return };
    let text = format!("{name}: {} of {}", grouped(done), grouped(of));
    ui.label(Type::SMALL.rich(text).color(palette(ui).muted));
    let link = link_ui(ui, Type::SMALL.rich("Stop").color(palette(ui).accent_text));
    if link.on_hover_text(with_key("Stop it", frame.desk.key_of("Stop"))).clicked() {
        frame.send(Command::CancelWork);
    }
}

fn counts_ui(ui: &mut Ui, frame: &Frame<'_>, headers: &[ColumnKey]) {
    let desk = frame.desk;
    let Some(catalog) = desk.catalog() else { return };
    let mut parts =
        vec![format!("{} articles", grouped(catalog.len())), format!("{} shown", grouped(desk.rows().len()))];
    match desk.target_count() {
        0 => {}
        count => parts.push(format!("{} selected", grouped(count))),
    }
    match desk.changed_count() {
        0 => {}
        count => parts.push(format!("{} unsaved", grouped(count))),
    }
    if desk.waiting_count() > 0 {
        parts.push(format!("{} waiting", grouped(desk.waiting_count())));
    }
    parts.extend(unseen_order(desk, headers));
    ui.label(Type::SMALL.rich(parts.join(" · ")).color(palette(ui).muted));
}

/// The order of the rows, where none of these headers says it: its column is hidden, has no room, or pictures lie in the place of
/// rows.
fn unseen_order(desk: &Desk, headers: &[ColumnKey]) -> Option<String> {
    let keys = desk.sort();
    // By path is how they lie in the folder: nobody asked for that.
    let is_seen = |key: &SortKey| key.column == ColumnKey::Computed(Computed::Path) || headers.contains(&key.column);
    if desk.rows().is_empty() || keys.iter().all(is_seen) {
        return None;
    }
    let schema = desk.shown_schema()?;
    let named = |key: &SortKey| {
        format!("{} {}", column_label(&schema, &key.column).to_lowercase(), if key.descending { '↓' } else { '↑' })
    };
    Some(format!("by {}", keys.iter().map(named).collect::<Vec<_>>().join(", ")))
}

fn news_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let (new, changed) = frame.desk.news();
    if new + changed == 0 {
        return;
    }
    let text = match (new, changed) {
        (new, 0) => format!("{} new", grouped(new)),
        (0, changed) => format!("{} changed on disk", grouped(changed)),
        (new, changed) => format!("{} new, {} changed on disk", grouped(new), grouped(changed)),
    };
    let link = link_ui(ui, Type::SMALL.rich(text).color(palette(ui).accent_text));
    if link.on_hover_text("Show only these").clicked() {
        frame.send(Command::ShowNews);
    }
}

fn conflicts_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let count = frame.desk.disputed_count();
    if count == 0 {
        return;
    }
    let text = format!("{} in conflict", grouped(count));
    let link = link_ui(ui, Type::SMALL.rich(text).color(palette(ui).danger_text));
    let tip = with_key("Side by side", frame.desk.key_of("Conflicts…"));
    if link.on_hover_text(tip).clicked() {
        frame.send(Command::Show(Overlay::Conflicts));
    }
}

fn hints_ui(ui: &mut Ui, frame: &Frame<'_>) {
    let over = match frame.desk.overlay() {
        None => None,
        Some(Overlay::QuickLook) => Some(LOOK),
        Some(Overlay::Compare) => Some(COMPARE),
        Some(Overlay::Palette) => Some(PALETTE),
        Some(_) => Some(DIALOG),
    };
    let hints = if let Some(over) = over {
        over
    } else if egui::Popup::is_any_open(ui) {
        LIST
    } else if ui.memory(|memory| memory.has_focus(crate::ui::filter_box::filter_id())) {
        FILTER
    } else if ui.ctx().text_edit_focused() {
        FORM
    } else if crate::ui::inspector::is_related_focused(ui.ctx()) {
        RELATED
    } else if frame.desk.changed_count() > 0 {
        UNSAVED
    } else {
        TABLE
    };
    let colors = palette(ui);
    ui.spacing_mut().item_spacing.x = 4.0;
    for (keys, what) in hints.iter().rev() {
        if ui.available_width() < 110.0 {
            break;
        }
        ui.label(Type::SMALL.rich(*what).color(colors.muted));
        for name in keys.iter().rev() {
            let fixed = name.strip_prefix('(').and_then(|name| name.strip_suffix(')'));
            match fixed.unwrap_or_else(|| frame.desk.key_of(name)) {
                "" => {}
                key => {
                    key_ui(ui, &key.replace('+', " "));
                }
            }
        }
        ui.add_space(6.0);
    }
}

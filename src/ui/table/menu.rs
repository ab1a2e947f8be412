//! The menu of a row: what can be done with the selected articles, and a filter by the cell it was opened over.
//!
//! Invariant: it has everything that the keyboard has for a row, made from the same actions.

use egui::Ui;
use egui::containers::menu::SubMenuButton;

use super::view::CellFilter;
use crate::desk::action::Menu;
use crate::desk::{Command, Entry};
use crate::ui::frame::Frame;
use crate::ui::menu::{WIDTH, entry_ui, item_ui, of_menu};

/// How much of a cell's text stands in the menu.
const LONGEST: usize = 28;

/// Draws the menu of a row.
pub fn row_menu_ui(ui: &mut Ui, frame: &mut Frame<'_>, filter: Option<&CellFilter>) {
    ui.set_min_width(WIDTH);
    if let Some(filter) = filter {
        filter_ui(ui, frame, filter);
        ui.separator();
    }
    for menu in [Menu::Article, Menu::Judge, Menu::Own, Menu::Edit] {
        let entries = of_menu(frame.desk, menu);
        let is_last = menu == Menu::Edit || entries.is_empty();
        for entry in entries.into_iter().filter(|entry| !is_preset(entry)) {
            entry_ui(ui, frame, entry);
        }
        if menu == Menu::Judge {
            for score in ["Heat", "Quality"] {
                SubMenuButton::new(format!("{score} to")).ui(ui, |ui| {
                    ui.set_min_width(WIDTH);
                    let presets = of_menu(frame.desk, menu).into_iter().filter(is_preset);
                    for entry in presets.filter(|entry| entry.name().starts_with(score)) {
                        entry_ui(ui, frame, entry);
                    }
                });
            }
        }
        if !is_last {
            ui.separator();
        }
    }
    for name in ["Save this", "Save all"] {
        if let Some(entry) = frame.desk.entries().find(|entry| entry.name() == name) {
            entry_ui(ui, frame, entry);
        }
    }
}

fn filter_ui(ui: &mut Ui, frame: &mut Frame<'_>, filter: &CellFilter) {
    let what = short(&filter.what);
    for (name, keys, text) in [
        (format!("Filter by “{what}”"), "Alt+click", &filter.including),
        (format!("Leave out “{what}”"), "Alt+Shift+click", &filter.excluding),
    ] {
        if item_ui(ui, &name, keys, true).clicked() {
            frame.send(Command::Filter(text.clone()));
            ui.close();
        }
    }
}

fn is_preset(entry: &Entry<'_>) -> bool {
    entry.name().contains("to preset")
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

//! The menu of a row: what can be done with the selected articles, and a filter by the cell it was opened over.
//!
//! Invariant: it has everything that the keyboard has for a row, made from the same actions.

use egui::Ui;
use egui::containers::menu::SubMenuButton;

use super::view::CellFilter;
use crate::desk::action::Menu;
use crate::desk::{ACTIONS, Action, Command};
use crate::ui::frame::Frame;
use crate::ui::menu::{WIDTH, action_ui, is_listed, item_ui};

/// How much of a cell's text stands in the menu.
const LONGEST: usize = 28;

/// Draws the menu of a row.
pub fn row_menu_ui(ui: &mut Ui, frame: &mut Frame<'_>, filter: Option<&CellFilter>) {
    ui.set_min_width(WIDTH);
    if let Some(filter) = filter {
        filter_ui(ui, frame, filter);
        ui.separator();
    }
    for menu in [Menu::Article, Menu::Judge, Menu::Edit] {
        for action in of_menu(menu).filter(|action| !is_preset(action)) {
            action_ui(ui, frame, action);
        }
        if menu == Menu::Judge {
            for score in ["Heat", "Quality"] {
                SubMenuButton::new(format!("{score} to")).ui(ui, |ui| {
                    ui.set_min_width(WIDTH);
                    for action in of_menu(menu).filter(|action| is_preset(action) && action.name.starts_with(score)) {
                        action_ui(ui, frame, action);
                    }
                });
            }
        }
        if menu != Menu::Edit {
            ui.separator();
        }
    }
    for name in ["Save this", "Save all"] {
        if let Some(action) = ACTIONS.iter().find(|action| action.name == name) {
            action_ui(ui, frame, action);
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

fn of_menu(menu: Menu) -> impl Iterator<Item = &'static Action> {
    ACTIONS.iter().filter(move |action| action.menu == menu && is_listed(action))
}

fn is_preset(action: &Action) -> bool {
    action.name.contains("to preset")
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

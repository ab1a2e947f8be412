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
const LONGEST: usize = 24;

/// What is wanted most, in sight at once; all else is a step further, so that the menu fits on small screens.
const OFTEN: [&[&str]; 2] = [
    &["Quick look", "Compare", "Edit in the form", "Edit in the table", "Related entries", "Open web page"],
    &["Live", "Not live", "Switch live", "Fold or drop", "Mark for later"],
];
const SCORES: [&str; 2] = ["Heat", "Quality"];

/// Draws the menu of a row.
pub fn row_menu_ui(ui: &mut Ui, frame: &mut Frame<'_>, filter: Option<&CellFilter>) {
    ui.set_min_width(WIDTH);
    if let Some(filter) = filter {
        filter_ui(ui, frame, filter);
        ui.separator();
    }
    for names in OFTEN {
        named_ui(ui, frame, names);
        if names == OFTEN[1] {
            for score in SCORES {
                sub_menu_ui(ui, frame, score, &[Menu::Judge], |entry| is_of_score(entry, score));
            }
        }
        ui.separator();
    }
    let is_further = |entry: &Entry<'_>| {
        let is_score = SCORES.iter().any(|score| is_of_score(entry, score));
        !is_score && !OFTEN.iter().any(|names| names.contains(&entry.name()))
    };
    sub_menu_ui(ui, frame, "More", &[Menu::Article, Menu::Judge], is_further);
    sub_menu_ui(ui, frame, "Edit", &[Menu::Edit], |_| true);
    for entry in of_menu(frame.desk, Menu::Own) {
        entry_ui(ui, frame, entry);
    }
    ui.separator();
    named_ui(ui, frame, &["Save this", "Save all"]);
}

fn named_ui(ui: &mut Ui, frame: &mut Frame<'_>, names: &[&str]) {
    for name in names {
        if let Some(entry) = frame.desk.entries().find(|entry| entry.name() == *name) {
            entry_ui(ui, frame, entry);
        }
    }
}

fn sub_menu_ui(ui: &mut Ui, frame: &mut Frame<'_>, name: &str, menus: &[Menu], is_in: impl Fn(&Entry<'_>) -> bool) {
    SubMenuButton::new(name).ui(ui, |ui| {
        ui.set_min_width(WIDTH);
        for menu in menus {
            for entry in of_menu(frame.desk, *menu).into_iter().filter(|entry| is_in(entry)) {
                entry_ui(ui, frame, entry);
            }
        }
    });
}

/// Whether it sets or moves this score: its name begins with the score's.
fn is_of_score(entry: &Entry<'_>, score: &str) -> bool {
    entry.menu() == Menu::Judge && entry.name().starts_with(score)
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

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

//! Menus: everything an editor can ask for, as lists under names.
//!
//! Invariant: made from the desk's entries, so that nothing is in a menu that is not in the palette, and the other way round.

use egui::containers::menu::SubMenuButton;
use egui::{Align, Layout, Ui};

use crate::desk::action::Menu;
use crate::desk::{Command, Desk, Entry};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::icon_button_ui;

/// How wide a menu of actions is.
pub const WIDTH: f32 = 260.0;
const MENUS: [(Menu, &str); 8] = [
    (Menu::File, "File"),
    (Menu::Edit, "Edit"),
    (Menu::Judge, "Judge"),
    (Menu::Article, "Article"),
    (Menu::Go, "Go"),
    (Menu::View, "View"),
    (Menu::Own, "This site"),
    (Menu::Help, "Help"),
];

/// Draws the button of the main menu.
pub fn main_menu_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let button = icon_button_ui(ui, icons::MENU, "Menu", None);
    egui::Popup::menu(&button).gap(4.0).show(|ui| {
        ui.set_min_width(160.0);
        let has_some = |menu: Menu| frame.desk.entries().any(|entry| entry.menu() == menu);
        for (menu, name) in MENUS.into_iter().filter(|(menu, _)| has_some(*menu)).collect::<Vec<_>>() {
            SubMenuButton::new(name).ui(ui, |ui| {
                ui.set_min_width(WIDTH);
                let height = 560.0_f32.min(ui.ctx().content_rect().height() - 40.0);
                egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                    for entry in of_menu(frame.desk, menu) {
                        entry_ui(ui, frame, entry);
                    }
                });
            });
        }
    });
}

/// Draws the menu of the site: recent sites, and what can be done with this one.
pub fn site_menu_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    ui.set_min_width(WIDTH);
    for entry in of_menu(frame.desk, Menu::File) {
        entry_ui(ui, frame, entry);
    }
    let here = frame.desk.root();
    let others: Vec<_> =
        frame.desk.settings().recent.iter().filter(|root| Some(root.as_path()) != here).take(6).collect();
    if !others.is_empty() {
        ui.separator();
    }
    for root in others {
        let name =
            root.file_name().map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned());
        if item_ui(ui, &name, "", true).on_hover_text(root.display().to_string()).clicked() {
            frame.send(Command::Open(root.clone()));
            ui.close();
        }
    }
}

/// What stands in a menu; what only repeats another action with other keys does not.
#[must_use]
pub fn of_menu(desk: &Desk, menu: Menu) -> Vec<Entry<'_>> {
    desk.entries().filter(|entry| entry.menu() == menu && !entry.name().ends_with("other way")).collect()
}

/// Draws an entry as an item of a menu.
pub fn entry_ui(ui: &mut Ui, frame: &mut Frame<'_>, entry: Entry<'_>) {
    let command = entry.command(frame.desk);
    let keys = entry.keys(frame.desk).first().copied().unwrap_or_default();
    if item_ui(ui, entry.name(), keys, command.is_some()).on_hover_text(entry.help()).clicked()
        && let Some(command) = command
    {
        frame.send(command);
        ui.close();
    }
}

/// Draws an item of a menu: its name, and its key at the right.
pub fn item_ui(ui: &mut Ui, name: &str, keys: &str, enabled: bool) -> egui::Response {
    let color = palette(ui).muted_raised;
    ui.add_enabled_ui(enabled, |ui| {
        ui.with_layout(Layout::top_down_justified(Align::Min), |ui| {
            let item = egui::Button::new(Type::BODY.rich(name)).frame_when_inactive(false).truncate();
            let response =
                ui.add(if keys.is_empty() { item } else { item.right_text(Type::SMALL.rich(keys).color(color)) });
            if !keys.is_empty() {
                // The key is no part of the name.
                response.ctx.accesskit_node_builder(response.id, |node| {
                    node.set_label(name);
                    node.set_keyboard_shortcut(keys);
                });
            }
            response
        })
        .inner
    })
    .inner
}

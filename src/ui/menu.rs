//! Menus: everything an editor can ask for, as lists under names.
//!
//! Invariant: made from `ACTIONS`, so that nothing is in a menu that is not in the palette, and the other way round.

use egui::containers::menu::SubMenuButton;
use egui::{Align, Layout, Ui};

use crate::desk::action::Menu;
use crate::desk::{ACTIONS, Action, Command};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::icon_button_ui;

/// How wide a menu of actions is.
pub const WIDTH: f32 = 240.0;
const MENUS: [(Menu, &str); 7] = [
    (Menu::File, "File"),
    (Menu::Edit, "Edit"),
    (Menu::Judge, "Judge"),
    (Menu::Article, "Article"),
    (Menu::Go, "Go"),
    (Menu::View, "View"),
    (Menu::Help, "Help"),
];

/// Draws the button of the main menu.
pub fn main_menu_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let button = icon_button_ui(ui, icons::MENU, "Menu", None);
    egui::Popup::menu(&button).gap(4.0).show(|ui| {
        ui.set_min_width(160.0);
        for (menu, name) in MENUS {
            SubMenuButton::new(name).ui(ui, |ui| {
                ui.set_min_width(WIDTH);
                egui::ScrollArea::vertical().max_height(560.0).show(ui, |ui| {
                    for action in ACTIONS.iter().filter(|action| action.menu == menu && is_listed(action)) {
                        action_ui(ui, frame, action);
                    }
                });
            });
        }
    });
}

/// Draws the menu of the site: recent sites, and what can be done with this one.
pub fn site_menu_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    ui.set_min_width(WIDTH);
    for action in ACTIONS.iter().filter(|action| action.menu == Menu::File && is_listed(action)) {
        action_ui(ui, frame, action);
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

/// Whether an action stands in menus: what only repeats another one with other keys does not.
pub fn is_listed(action: &Action) -> bool {
    !action.name.ends_with("other way")
}

/// Draws an action as an item of a menu.
pub fn action_ui(ui: &mut Ui, frame: &mut Frame<'_>, action: &Action) {
    let command = (action.command)(frame.desk);
    let keys = action.keys.first().copied().unwrap_or_default();
    if item_ui(ui, action.name, keys, command.is_some()).on_hover_text(action.help).clicked()
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
            let item = egui::Button::new(Type::BODY.rich(name)).frame_when_inactive(false);
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

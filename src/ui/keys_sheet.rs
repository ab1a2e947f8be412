//! All keys at a glance.
//!
//! Invariant: made from `ACTIONS`, so that it cannot be out of date.

use std::collections::BTreeMap;

use egui::{Id, Modal, ScrollArea, Ui};

use crate::desk::action::Menu;
use crate::desk::{ACTIONS, Action, Command};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::dialog_frame;
use crate::ui::widgets::key::key_ui;

const NAMES: [(Menu, &str); 7] = [
    (Menu::Judge, "Judge"),
    (Menu::Go, "Move"),
    (Menu::Article, "Article"),
    (Menu::Edit, "Edit"),
    (Menu::File, "Site"),
    (Menu::View, "View"),
    (Menu::Help, "Help"),
];

/// Draws the sheet over the desk.
pub fn keys_sheet_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let colors = palette(ui);
    let screen = ui.ctx().content_rect().size();
    let modal = Modal::new(Id::unique("keys")).frame(dialog_frame(ui)).backdrop_color(colors.backdrop).show(ui, |ui| {
        ui.set_width((screen.x - 80.0).min(1080.0));
        ui.horizontal(|ui| {
            ui.label(Type::HEADLINE.rich("Keys").color(colors.text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if icon_button_ui(ui, icons::CLOSE, "Close", Some("Esc")).clicked() {
                    frame.send(Command::CloseOverlay);
                }
            });
        });
        ui.add_space(8.0);
        ScrollArea::vertical().max_height(screen.y - 160.0).min_scrolled_height(screen.y - 160.0).show(ui, columns_ui);
    });
    if modal.should_close() {
        frame.send(Command::CloseOverlay);
    }
}

fn columns_ui(ui: &mut Ui) {
    let groups = groups();
    let columns = if ui.available_width() > 900.0 { 3 } else { 2 };
    let total: usize = groups.iter().map(|(_, actions)| actions.len() + 3).sum();
    ui.columns(columns, |columns| {
        let most = total.div_ceil(columns.len());
        let (mut at, mut used) = (0, 0);
        for (name, actions) in &groups {
            if used > 0 && used + actions.len() / 2 > most && at + 1 < columns.len() {
                at += 1;
                used = 0;
            }
            group_ui(&mut columns[at], name, actions);
            used += actions.len() + 3;
        }
    });
}

fn groups() -> Vec<(&'static str, Vec<&'static Action>)> {
    let mut by_menu: BTreeMap<Menu, Vec<&Action>> = BTreeMap::new();
    for action in ACTIONS.iter().filter(|action| !action.keys.is_empty() && !action.name.ends_with("other way")) {
        by_menu.entry(action.menu).or_default().push(action);
    }
    NAMES.into_iter().filter_map(|(menu, name)| Some((name, by_menu.remove(&menu)?))).collect()
}

fn group_ui(ui: &mut Ui, name: &str, actions: &[&Action]) {
    let colors = palette(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(Type::SUBHEAD.rich(name).color(colors.text));
    ui.add_space(2.0);
    for action in actions {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.spacing_mut().item_spacing.x = 4.0;
            let start = ui.cursor().left();
            for key in action.keys {
                key_ui(ui, key);
            }
            ui.add_space((start + 118.0 - ui.cursor().left()).max(4.0));
            ui.add(egui::Label::new(Type::BODY.rich(action.name).color(colors.muted)).truncate())
                .on_hover_text(action.help);
        });
    }
    ui.add_space(12.0);
}

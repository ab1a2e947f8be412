//! All keys at a glance.
//!
//! Invariant: made from the desk's entries, so that it cannot be out of date.

use std::collections::BTreeMap;

use egui::{Id, Modal, ScrollArea, Ui};

use crate::desk::action::Menu;
use crate::desk::{Command, Desk, Entry};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::dialog_frame;
use crate::ui::widgets::key::key_ui;

const NAMES: [(Menu, &str); 8] = [
    (Menu::Judge, "Judge"),
    (Menu::Go, "Move"),
    (Menu::Own, "This site"),
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
        ScrollArea::vertical()
            .max_height(screen.y - 160.0)
            .min_scrolled_height(screen.y - 160.0)
            .show(ui, |ui| columns_ui(ui, frame.desk));
    });
    if modal.should_close() {
        frame.send(Command::CloseOverlay);
    }
}

fn columns_ui(ui: &mut Ui, desk: &Desk) {
    let groups = groups(desk);
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
            group_ui(&mut columns[at], desk, name, actions);
            used += actions.len() + 3;
        }
    });
}

fn groups(desk: &Desk) -> Vec<(&'static str, Vec<Entry<'_>>)> {
    let mut by_menu: BTreeMap<Menu, Vec<Entry<'_>>> = BTreeMap::new();
    for entry in desk.entries().filter(|entry| !entry.keys(desk).is_empty() && !entry.name().ends_with("other way")) {
        by_menu.entry(entry.menu()).or_default().push(entry);
    }
    NAMES.into_iter().filter_map(|(menu, name)| Some((name, by_menu.remove(&menu)?))).collect()
}

fn group_ui(ui: &mut Ui, desk: &Desk, name: &str, entries: &[Entry<'_>]) {
    let colors = palette(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(Type::SUBHEAD.rich(name).color(colors.text));
    ui.add_space(2.0);
    for entry in entries {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.spacing_mut().item_spacing.x = 4.0;
            let start = ui.cursor().left();
            for key in entry.keys(desk) {
                key_ui(ui, key);
            }
            ui.add_space((start + 118.0 - ui.cursor().left()).max(4.0));
            ui.add(egui::Label::new(Type::BODY.rich(entry.name()).color(colors.muted)).truncate())
                .on_hover_text(entry.help());
        });
    }
    ui.add_space(12.0);
}

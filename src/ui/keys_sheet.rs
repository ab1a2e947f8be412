//! All keys at a glance.
//!
//! Invariant: made from the desk's entries, so that it cannot be out of date.

use std::borrow::Cow;
use std::collections::BTreeMap;

use egui::{Id, Modal, ScrollArea, Ui};

use crate::desk::action::Menu;
use crate::desk::{Command, Desk, Entry};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::key::key_ui;
use crate::ui::widgets::{SCROLL_BAR, dialog_frame};

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
        ScrollArea::vertical().max_height(screen.y - 160.0).min_scrolled_height(screen.y - 160.0).show(ui, |ui| {
            let room = egui::Margin { right: SCROLL_BAR, ..egui::Margin::ZERO };
            egui::Frame::new().inner_margin(room).show(ui, |ui| columns_ui(ui, frame.desk));
        });
    });
    if modal.should_close() {
        frame.send(Command::CloseOverlay);
    }
}

fn columns_ui(ui: &mut Ui, desk: &Desk) {
    let groups = groups(desk);
    let columns = if ui.available_width() > 900.0 { 3 } else { 2 };
    let total: usize = groups.iter().map(|(_, actions)| actions.len() + 3).sum();
    ui.spacing_mut().item_spacing.x = 24.0;
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

/// A line of the sheet: the keys, and what they do.
struct Line<'a> {
    keys: Vec<&'a str>,
    name: String,
    help: Cow<'a, str>,
}

fn groups(desk: &Desk) -> Vec<(&'static str, Vec<Line<'_>>)> {
    let mut by_menu: BTreeMap<Menu, Vec<Entry<'_>>> = BTreeMap::new();
    for entry in desk.entries().filter(|entry| !entry.keys(desk).is_empty() && !entry.name().ends_with("other way")) {
        by_menu.entry(entry.menu()).or_default().push(entry);
    }
    NAMES.into_iter().filter_map(|(menu, name)| Some((name, lines(desk, &by_menu.remove(&menu)?)))).collect()
}

/// A line for each command; those that are told apart by a number alone, presets and views, share one.
fn lines<'a>(desk: &'a Desk, entries: &[Entry<'a>]) -> Vec<Line<'a>> {
    let kind = |entry: &Entry<'a>| entry.name().trim_end_matches(|c: char| c.is_ascii_digit());
    let alike = |one: &Entry<'a>, other: &Entry<'a>| kind(one) == kind(other) && kind(one) != one.name();
    let mut lines = Vec::new();
    for run in entries.chunk_by(alike) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let (keys, last_keys) = (first.keys(desk), last.keys(desk));
        lines.push(if run.len() > 1 && keys.len() == 1 && last_keys.len() == 1 {
            let name = format!("{} – {}", first.name(), &last.name()[kind(last).len()..]);
            Line { keys: vec![keys[0], "…", last_keys[0]], name, help: first.help() }
        } else {
            Line { keys, name: first.name().to_owned(), help: first.help() }
        });
        lines.extend(run.iter().skip(1).filter(|_| lines_apart(run, desk)).map(|entry| Line {
            keys: entry.keys(desk),
            name: entry.name().to_owned(),
            help: entry.help(),
        }));
    }
    lines
}

/// Whether the commands of a run cannot share a line, for their keys were changed.
fn lines_apart(run: &[Entry<'_>], desk: &Desk) -> bool {
    run.iter().any(|entry| entry.keys(desk).len() != 1)
}

fn group_ui(ui: &mut Ui, name: &str, lines: &[Line<'_>]) {
    let colors = palette(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(Type::SUBHEAD.rich(name).color(colors.text));
    ui.add_space(2.0);
    for line in lines {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.spacing_mut().item_spacing.x = 4.0;
            let start = ui.cursor().left();
            for key in &line.keys {
                key_ui(ui, key);
            }
            ui.add_space((start + 118.0 - ui.cursor().left()).max(4.0));
            ui.add(egui::Label::new(Type::BODY.rich(&line.name).color(colors.muted)).truncate())
                .on_hover_text(&*line.help);
        });
    }
    if name == "Judge" {
        let text = "Shift with a judging key goes on where auto-advance would stay, and the other way round.";
        ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
            ui.add(egui::Label::new(Type::SMALL.rich(text).color(colors.muted)).wrap().halign(egui::Align::Min));
        });
    }
    ui.add_space(12.0);
}

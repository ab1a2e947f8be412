//! The bar at the top: site, branch, filter, undo and redo, changes, save.
//!
//! Invariant: the filter takes what room the others leave, and never less than it takes to type in.

use egui::{Align, Layout, Margin, Panel, Sense, Ui, WidgetInfo, vec2};

use crate::desk::{Command, Pane, Tab};
use crate::ui::filter_box::{FilterAnswer, FilterBox, filter_box_ui};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, line, palette, size};
use crate::ui::widgets::button::{Weight, button_ui, button_with_icon_ui, icon_button_ui};
use crate::ui::widgets::text_buffer::TextBuffer;
use crate::ui::{filter_text, menu};

/// What the bar remembers between frames.
#[derive(Debug, Default)]
pub struct TopBarState {
    filter: TextBuffer,
    focus_asked: u64,
}

/// Draws the bar.
pub fn top_bar_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut TopBarState) {
    let colors = palette(ui);
    let ground = egui::Frame::new().fill(colors.panel).inner_margin(Margin::symmetric(size::SIDE as i8, 0));
    Panel::top("top bar").exact_size(size::TOP_BAR).resizable(false).frame(ground).show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            menu::main_menu_ui(ui, frame);
            brand_ui(ui);
            site_ui(ui, frame);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                work_ui(ui, frame);
                filter_ui(ui, frame, state);
            });
        });
    });
}

/// Draws the name of the program.
pub fn brand_ui(ui: &mut Ui) {
    let colors = palette(ui);
    let first = line(ui.painter(), "copy", Type::BRAND, colors.text);
    let second = line(ui.painter(), "desk", Type::BRAND, colors.hot);
    let area = vec2(first.size().x + second.size().x, first.size().y);
    let (rect, response) = ui.allocate_exact_size(area, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Label, true, "copydesk"));
    let at = rect.min + vec2(first.size().x, 0.0);
    ui.painter().galley(rect.min, first, colors.text);
    ui.painter().galley(at, second, colors.hot);
}

fn site_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let Some(site) = frame.desk.site() else { return };
    let button = button_with_icon_ui(ui, None, &site.name, Some(icons::EXPAND_MORE), Weight::Plain);
    egui::Popup::menu(&button).gap(4.0).show(|ui| menu::site_menu_ui(ui, frame));
    if let Some(branch) = frame.desk.branch()
        && ui.available_width() > 640.0
    {
        let text = match frame.desk.changed_count() {
            0 => branch.to_owned(),
            count => format!("{branch} · {count} changed"),
        };
        let chip = button_with_icon_ui(ui, Some(icons::BRANCH), &text, None, Weight::Quiet);
        if chip.on_hover_text("The git branch of the site, and how many articles have unsaved changes").clicked() {
            frame.send(Command::Filter("is:changed".to_owned()));
        }
    }
}

fn work_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let desk = frame.desk;
    let changed = desk.changed_count();
    let saving = desk.saving();
    let text = match saving {
        Some((done, of)) => format!("Saving {done}/{of}"),
        None => "Save".to_owned(),
    };
    let save = ui.add_enabled_ui(changed > 0 && saving.is_none(), |ui| button_ui(ui, &text, Weight::Main)).inner;
    if save.on_hover_text("Write everything that is pending  (Ctrl+S)").clicked() {
        frame.send(Command::SaveAll);
    }
    let changes = if changed == 0 { "Changes".to_owned() } else { format!("Changes {changed}") };
    if button_ui(ui, &changes, Weight::Plain).on_hover_text("What is pending, field by field").clicked() {
        frame.send(Command::Tab(Tab::Changes));
    }
    ui.spacing_mut().item_spacing.x = 0.0;
    history_ui(ui, frame, icons::REDO, "Redo", "Ctrl+Shift+Z", desk.redo_label(), Command::Redo);
    history_ui(ui, frame, icons::UNDO, "Undo", "Ctrl+Z", desk.undo_label(), Command::Undo);
    ui.spacing_mut().item_spacing.x = 10.0;
}

fn history_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    icon: char,
    name: &str,
    keys: &str,
    what: Option<&str>,
    command: Command,
) {
    let enabled = what.is_some() || (command == Command::Undo && frame.desk.waiting_count() > 0);
    let response = ui.add_enabled_ui(enabled, |ui| icon_button_ui(ui, icon, name, Some(keys))).inner;
    if response.clicked() {
        frame.send(command);
    }
    if let Some(what) = what.filter(|_| response.hovered()) {
        response.on_hover_text(what);
    }
}

fn filter_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut TopBarState) {
    let desk = frame.desk;
    if desk.site().is_none() || ui.available_width() < 80.0 {
        return;
    }
    state.filter.follow(desk.filter(), false);
    let request = desk.focus_request();
    let focus = request.pane == Pane::Filter && request.serial != state.focus_asked;
    state.focus_asked = request.serial;
    let chips = filter_text::chips(&state.filter.text);
    let error = desk.filter_error().map(|error| (error.message.as_str(), error.span));
    let answer = filter_box_ui(ui, &mut state.filter.text, FilterBox { chips: &chips, error, focus });
    match answer {
        FilterAnswer::Nothing => {}
        FilterAnswer::Changed => {
            if let Some(text) = state.filter.send() {
                frame.send(Command::Filter(text));
            }
        }
        FilterAnswer::Left => frame.send(Command::Focus(Pane::Table)),
    }
}

//! The bar at the top: site, branch, filter, undo and redo, changes, save.
//!
//! Invariant: the filter takes what room the others leave, and never less than it takes to type in.

use egui::{Align, Layout, Margin, Panel, Sense, Ui, WidgetInfo, vec2};

use crate::desk::{Command, Desk, Pane, Tab};
use crate::ui::filter_box::{FilterAnswer, FilterBox, filter_box_ui, filter_id};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, line, palette, size};
use crate::ui::widgets::button::{ICON_SIDE, Weight, button_ui, button_with_icon_ui, icon_button_ui, width_of};
use crate::ui::widgets::field::is_composing;
use crate::ui::widgets::key::with_key;
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
            let words = Words::of(frame.desk);
            let rest = words.width(ui);
            let room = ui.available_width() - rest - ui.spacing().item_spacing.x;
            ui.allocate_ui_with_layout(vec2(room.max(0.0), size::FIELD), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(room.max(0.0));
                filter_ui(ui, frame, state);
            });
            work_ui(ui, frame, &words);
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

/// The words on the buttons at the right, known before they are drawn: the filter takes the room that they leave.
struct Words {
    changes: String,
    save: String,
}

impl Words {
    fn of(desk: &Desk) -> Self {
        Self {
            changes: match desk.changed_count() {
                0 => "Changes".to_owned(),
                changed => format!("Changes {changed}"),
            },
            save: match desk.saving() {
                Some((done, of)) => format!("Saving {done}/{of}"),
                None => "Save".to_owned(),
            },
        }
    }

    /// The width of the buttons and of the room between them.
    fn width(&self, ui: &Ui) -> f32 {
        let of = |text: &str, weight| width_of(ui, text, 0, weight);
        let gaps = 2.0 * ui.spacing().item_spacing.x;
        2.0 * ICON_SIDE + of(&self.changes, Weight::Plain) + of(&self.save, Weight::Main) + gaps
    }
}

fn work_ui(ui: &mut Ui, frame: &mut Frame<'_>, words: &Words) {
    let desk = frame.desk;
    let gap = std::mem::take(&mut ui.spacing_mut().item_spacing.x);
    history_ui(ui, frame, icons::UNDO, "Undo", desk.undo_label(), Command::Undo);
    history_ui(ui, frame, icons::REDO, "Redo", desk.redo_label(), Command::Redo);
    ui.add_space(gap);
    ui.spacing_mut().item_spacing.x = gap;
    let tip = with_key("What is pending, field by field", desk.key_of("Changes tab"));
    if button_ui(ui, &words.changes, Weight::Plain).on_hover_text(tip).clicked() {
        frame.send(Command::Tab(Tab::Changes));
    }
    let can_save = desk.changed_count() > 0 && desk.saving().is_none();
    let save = ui.add_enabled_ui(can_save, |ui| button_ui(ui, &words.save, Weight::Main)).inner;
    if save.on_hover_text(with_key("Write everything that is pending", desk.key_of("Save all"))).clicked() {
        frame.send(Command::SaveAll);
    }
}

fn history_ui(ui: &mut Ui, frame: &mut Frame<'_>, icon: char, name: &str, what: Option<&str>, command: Command) {
    let enabled = what.is_some() || (command == Command::Undo && frame.desk.waiting_count() > 0);
    let response = ui.add_enabled_ui(enabled, |ui| icon_button_ui(ui, icon, name, Some(frame.desk.key_of(name)))).inner;
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
    let key = desk.key_of("Filter");
    let answer = filter_box_ui(ui, &mut state.filter.text, FilterBox { chips: &chips, error, focus, key });
    // What an input method still composes is no filter yet.
    let composing = is_composing(ui, filter_id(), ui.memory(|memory| memory.has_focus(filter_id())));
    match answer {
        FilterAnswer::Nothing => {}
        FilterAnswer::Changed if composing => {}
        FilterAnswer::Changed => {
            if let Some(text) = state.filter.send() {
                frame.send(Command::Filter(text));
            }
        }
        FilterAnswer::Left => frame.send(Command::Focus(Pane::Table)),
    }
}

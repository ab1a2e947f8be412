//! The screen before a site is open: the last sites, the sample, a field for a path.
//!
//! Invariant: there is always something that can be done, also where the system has no dialog for folders.

use std::path::PathBuf;

use egui::{Align, Id, Layout, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::desk::toast::grouped;
use crate::desk::{Command, Phase};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, galley, icons, line, palette, size};
use crate::ui::widgets::at_ui;
use crate::ui::widgets::button::{Weight, button_ui, button_with_icon_ui, icon_button_ui, width_of};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::key::with_key;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct WelcomeState {
    path: String,
}

const WIDTH: f32 = 460.0;

/// Draws the screen, or what is being opened, or why it could not be.
pub fn welcome_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut WelcomeState) {
    let colors = palette(ui);
    ui.painter().rect_filled(ui.max_rect(), 0.0, colors.background);
    let height = ui.available_height();
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.add_space((height * 0.16).max(24.0));
        ui.allocate_ui_with_layout(vec2(WIDTH, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(WIDTH);
            brand_ui(ui);
            ui.add_space(18.0);
            match frame.desk.phase() {
                Phase::Opening { name, found } => opening_ui(ui, frame, name, *found),
                Phase::Failed(message) => {
                    failed_ui(ui, message);
                    choices_ui(ui, frame, state);
                }
                Phase::Welcome | Phase::Open => choices_ui(ui, frame, state),
            }
        });
    });
}

fn brand_ui(ui: &mut Ui) {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Heading, true, "copydesk"));
    let first = line(ui.painter(), "copy", Type::DISPLAY, colors.text);
    let second = line(ui.painter(), "desk", Type::DISPLAY, colors.hot);
    let at = rect.min + vec2(first.size().x, 0.0);
    ui.painter().galley(rect.min, first, colors.text);
    ui.painter().galley(at, second, colors.hot);
    ui.label(Type::BODY.rich("A desk for articles that live as files.").color(colors.muted));
}

fn opening_ui(ui: &mut Ui, frame: &mut Frame<'_>, name: &str, found: usize) {
    let colors = palette(ui);
    ui.label(Type::SUBHEAD.rich(format!("Opening {name}")).color(colors.text));
    let text = match found {
        0 => "Looking at what is there…".to_owned(),
        found => format!("Looking at what is there: {} files so far…", grouped(found)),
    };
    ui.label(Type::BODY.rich(text).color(colors.muted));
    ui.add_space(12.0);
    let cancel = button_ui(ui, "Cancel", Weight::Plain);
    if cancel.on_hover_text(with_key("Go back without opening it", frame.desk.key_of("Stop"))).clicked() {
        frame.send(Command::CloseSite);
    }
}

fn failed_ui(ui: &mut Ui, message: &str) {
    let colors = palette(ui);
    let card = egui::Frame::new().fill(colors.removed).corner_radius(size::ROUND).inner_margin(12);
    card.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.label(Type::ICON.rich(icons::WARNING).color(colors.danger_text));
            ui.add(egui::Label::new(Type::BODY.rich(message).color(colors.danger_text)).wrap().selectable(true));
        });
    });
    ui.add_space(16.0);
}

fn choices_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut WelcomeState) {
    ui.horizontal(|ui| {
        if button_with_icon_ui(ui, Some(icons::FOLDER_OPEN), "Open a folder…", None, Weight::Main).clicked() {
            frame.send(Command::PickFolder);
        }
        if button_with_icon_ui(ui, Some(icons::ARTICLE), "Try the sample site", None, Weight::Plain).clicked() {
            frame.send(Command::OpenSample);
        }
    });
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        let width = ui.available_width() - width_of(ui, "Open", 0, Weight::Plain) - ui.spacing().item_spacing.x;
        let field =
            Field { placeholder: "or type the path of a folder, or drop one here", ..Field::line("Path of a folder") };
        let response = ui
            .allocate_ui(vec2(width, size::CONTROL), |ui| {
                edit_ui(ui, Id::unique("path of a folder"), &mut state.path, field)
            })
            .inner
            .response
            .response;
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let ready = !state.path.trim().is_empty();
        let pressed = ui.add_enabled_ui(ready, |ui| button_ui(ui, "Open", Weight::Plain)).inner.clicked();
        if ready && (entered || pressed) {
            frame.send(Command::Open(PathBuf::from(state.path.trim())));
        }
    });
    recent_ui(ui, frame);
}

fn recent_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let recent = &frame.desk.settings().recent;
    if recent.is_empty() {
        return;
    }
    let colors = palette(ui);
    ui.add_space(22.0);
    ui.label(Type::SECTION.rich("RECENT").color(colors.muted));
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    let mut commands = Vec::new();
    let room = (ui.ctx().content_rect().bottom() - ui.cursor().top() - 24.0).max(96.0);
    let list = ScrollArea::vertical().max_height(room).min_scrolled_height(room).auto_shrink([false, true]);
    list.show(ui, |ui| {
        for (at, root) in recent.iter().enumerate() {
            ui.push_id(at, |ui| commands.extend(site_ui(ui, root)));
        }
    });
    frame.commands.extend(commands);
}

fn site_ui(ui: &mut Ui, root: &std::path::Path) -> Option<Command> {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
    let name = root.file_name().map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned());
    let path = root.display().to_string();
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Button, true, format!("Open {name}, {path}")));
    let fill = if response.hovered() { colors.raised } else { colors.panel };
    ui.painter().rect_filled(rect, egui::CornerRadius::same(size::ROUND), fill);
    let title = galley(ui.painter(), &name, Type::STRONG, colors.text, rect.width() - 60.0);
    ui.painter().galley(rect.min + vec2(12.0, 6.0), title, colors.text);
    let second = galley(ui.painter(), &path, Type::SMALL, colors.muted, rect.width() - 60.0);
    ui.painter().galley(rect.min + vec2(12.0, 24.0), second, colors.muted);
    focus_ring(ui, &response, size::ROUND);
    let corner = egui::Rect::from_center_size(rect.right_center() - vec2(20.0, 0.0), vec2(24.0, 24.0));
    let forget = at_ui(ui, corner, |ui| icon_button_ui(ui, icons::CLOSE, &format!("Forget {name}"), None));
    if forget.clicked() {
        Some(Command::ForgetSite(root.to_path_buf()))
    } else if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        Some(Command::Open(root.to_path_buf()))
    } else {
        None
    }
}

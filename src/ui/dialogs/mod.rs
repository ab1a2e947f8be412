//! What lies over the desk and asks something: an exact score, a name for a view, columns, settings, find and replace, the end.
//!
//! Invariant: Escape leaves everything as it was; nothing here is part of judging.

mod columns;
mod fields;
mod pictures;
mod replace;
mod settings;
mod versions;

use egui::{Id, Key, Modal, ScrollArea, Ui};

use crate::article::Intent;
use crate::desk::toast::articles;
use crate::desk::{Command, Edit, Judge, Overlay};
use crate::document::FieldPath;
use crate::ui::frame::Frame;
use crate::ui::show::number;
use crate::ui::theme::{Type, palette, size};
use crate::ui::widgets::button::{Weight, button_ui};
use crate::ui::widgets::dialog_frame;
use crate::ui::widgets::field::{Field, edit_ui};

/// What the dialogs remember while one is open.
#[derive(Debug, Default)]
pub struct DialogState {
    of: Option<Overlay>,
    text: String,
    replace: replace::ReplaceState,
    field: fields::FieldState,
}

impl DialogState {
    /// No dialog is open, however it was closed: the next one begins anew, with the keyboard in its first field.
    pub fn close(&mut self) {
        if self.of.is_some() {
            *self = Self::default();
        }
    }
}

/// Between a dialog's content and the edges of the window.
const MARGIN: f32 = 32.0;

/// Draws the dialog that is open.
pub fn dialog_ui(ui: &mut Ui, frame: &mut Frame<'_>, overlay: &Overlay, state: &mut DialogState) {
    let first = state.of.as_ref() != Some(overlay);
    if first {
        *state = DialogState { of: Some(overlay.clone()), ..DialogState::default() };
    }
    let width: f32 = match overlay {
        Overlay::Columns => 460.0,
        Overlay::Settings | Overlay::Replace => 560.0,
        Overlay::Pictures | Overlay::Versions => 620.0,
        _ => 340.0,
    };
    let modal =
        // Each kind has its own id: a dialog keeps the size it had, and no other one's.
        Modal::new(Id::unique(("dialog", std::mem::discriminant(overlay)))).frame(dialog_frame(ui)).backdrop_color(palette(ui).backdrop).show(ui, |ui| {
            ui.set_width(width.min(ui.ctx().content_rect().width() - 2.0 * MARGIN));
            // Where the window is lower than the dialog, it is scrolled.
            let height = ui.ctx().content_rect().height() - 2.0 * MARGIN;
            let scrolled = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
            scrolled.show(ui, |ui| match overlay {
                Overlay::Score(path) => score_ui(ui, frame, path, state, first),
                Overlay::SaveView => view_ui(ui, frame, state, first),
                Overlay::ConfirmQuit => quit_ui(ui, frame),
                Overlay::Columns => columns::columns_ui(ui, frame, &mut state.text, first),
                Overlay::Pictures => pictures::pictures_ui(ui, frame),
                Overlay::Versions => versions::versions_ui(ui, frame),
                Overlay::Settings => settings::settings_ui(ui, frame),
                Overlay::Field(task) => fields::field_ui(ui, frame, *task, &mut state.field, first),
                Overlay::Replace => replace::replace_ui(ui, frame, &mut state.replace, first),
                Overlay::Palette | Overlay::Keys | Overlay::QuickLook | Overlay::Compare | Overlay::Conflicts => {}
            });
        });
    if modal.should_close() {
        frame.send(Command::CloseOverlay);
    }
}

/// A title, as all dialogs have it.
fn title_ui(ui: &mut Ui, text: &str) {
    ui.label(Type::SUBHEAD.rich(text).color(palette(ui).text));
    ui.add_space(6.0);
}

/// A field of one line that has the keyboard; true when Enter was pressed.
fn line_ui(ui: &mut Ui, text: &mut String, name: &str, placeholder: &str, first: bool) -> bool {
    let output = edit_ui(ui, Id::unique("dialog field"), text, Field { placeholder, ..Field::line(name) });
    let response = output.response.response;
    if first {
        response.request_focus();
    }
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// Draws buttons at the foot of a dialog, the main one first, which stands last.
fn buttons_ui<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    ui.add_space(12.0);
    let area = egui::vec2(ui.available_width(), size::CONTROL);
    ui.allocate_ui_with_layout(area, egui::Layout::right_to_left(egui::Align::Center), content).inner
}

/// Cancel, and the button that does it; true when that was pressed.
fn answer_ui(ui: &mut Ui, frame: &mut Frame<'_>, text: &str, enabled: bool) -> bool {
    buttons_ui(ui, |ui| {
        let done = ui.add_enabled_ui(enabled, |ui| button_ui(ui, text, Weight::Main)).inner.clicked();
        if button_ui(ui, "Cancel", Weight::Plain).clicked() {
            frame.send(Command::CloseOverlay);
        }
        done
    })
}

fn score_ui(ui: &mut Ui, frame: &mut Frame<'_>, path: &FieldPath, state: &mut DialogState, first: bool) {
    let desk = frame.desk;
    let Some(schema) = desk.cursor().map(|article| desk.schema_of(article)) else { return };
    let label = schema.field(path).map_or_else(|| path.to_string(), |field| field.label.clone());
    let count = desk.target_count();
    title_ui(ui, &if count > 1 { format!("{label} of {}", articles(count)) } else { label.clone() });
    let entered = line_ui(ui, &mut state.text, &label, "a number", first);
    if let Some(score) = schema.score(path) {
        let threshold = score.threshold.map(|at| format!(" · live from {}", number(at))).unwrap_or_default();
        let text = format!("{} to {} here{threshold}", number(score.min), number(score.max));
        ui.label(Type::SMALL.rich(text).color(palette(ui).muted));
    }
    let value: Option<i64> = state.text.trim().replace('−', "-").parse().ok();
    let pressed = answer_ui(ui, frame, "Set", value.is_some());
    if let Some(value) = value.filter(|_| entered || pressed) {
        let edit = Edit::of_selection(
            format!("{} {value}", label.to_lowercase()),
            vec![Intent::Set(path.clone(), value.into())],
        );
        frame.send(Command::CloseOverlay);
        frame.send(Command::Edit(edit.judging(Judge::Yes)));
    }
}

fn view_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut DialogState, first: bool) {
    title_ui(ui, "Save the filter as a view");
    let entered = line_ui(ui, &mut state.text, "Name of the view", "name", first);
    ui.label(Type::SMALL.rich(frame.desk.filter()).color(palette(ui).muted));
    let name = state.text.trim().to_owned();
    let pressed = answer_ui(ui, frame, "Save view", !name.is_empty());
    if !name.is_empty() && (entered || pressed) {
        frame.send(Command::CloseOverlay);
        frame.send(Command::SaveView(name));
    }
}

fn quit_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let count = frame.desk.changed_count();
    let is_carried_out = count == 0;
    title_ui(
        ui,
        &if is_carried_out {
            "An edit is being carried out".to_owned()
        } else {
            format!("{} not saved", articles(count))
        },
    );
    let text = "The edits are kept and are here again at the next start. Save them now, or close the window as it is.";
    ui.add(egui::Label::new(Type::BODY.rich(text).color(palette(ui).muted)).wrap());
    buttons_ui(ui, |ui| {
        if button_ui(ui, "Save all", Weight::Main).clicked() {
            // The desk closes the window when all is on disk, and leaves this open when something is not.
            frame.send(Command::SaveAll);
        }
        if button_ui(ui, "Close and keep the edits", Weight::Plain).clicked() {
            frame.send(Command::Quit);
        }
        if button_ui(ui, "Cancel", Weight::Bare).clicked() {
            frame.send(Command::CloseOverlay);
        }
    });
}

//! Fields for text: one line or several, with a placeholder and a cross that clears.
//!
//! Invariant: a field has a visible label or an accessible name; Escape gives back what was there.

use std::borrow::Cow;
use std::sync::Arc;

use egui::text::LayoutJob;
use egui::text_edit::TextEditOutput;
use egui::{Align, Align2, CornerRadius, Frame, Galley, Margin, Response, Stroke, StrokeKind, TextEdit, Ui};

use crate::text::bidi::{has_right_to_left, reads_from_right};
use crate::text::signs;
use crate::ui::show;
use crate::ui::theme::{Type, icons, palette, paragraph, size};
use crate::ui::widgets::at_ui;
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::text_buffer::TextBuffer;

/// The longest text that is laid out at once, in bytes. Each letter takes a hundred times its own memory on the screen, and what
/// nobody would scroll through must not end the program.
pub const LONGEST: usize = 256 * 1024;

/// Stands in the place of a field for a text that is too long to be typed in; nothing where it is not.
pub fn too_long_ui(ui: &mut Ui, name: &str, text: &str) -> Option<Response> {
    if text.len() <= LONGEST {
        return None;
    }
    let said = format!(
        "{name}: {} are too much to be typed in here. The Source tab shows all of it; it can be changed in another program",
        show::bytes(text.len() as u64)
    );
    Some(ui.add(egui::Label::new(Type::BODY.rich(said).color(palette(ui).muted)).wrap()))
}

/// What was done to a field.
#[derive(Debug)]
pub struct FieldResponse {
    /// The field itself.
    pub response: Response,
    /// What the desk is to be told.
    pub sent: Option<String>,
    /// Escape was pressed: what was there before shall be there again.
    pub given_up: bool,
}

/// How a field looks.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// What a screen reader calls it.
    pub name: &'a str,
    /// Shown while it is empty.
    pub placeholder: &'a str,
    /// The least number of lines.
    pub rows: usize,
    /// Whether it grows with its text.
    pub grows: bool,
    /// Whether Enter breaks the line, where it grows; else it ends the typing.
    pub breaks: bool,
    /// Kind of the text in it.
    pub kind: Type,
    /// Whether what is in it cannot be accepted.
    pub wrong: bool,
    /// Room at its end for a button that stands in it.
    pub room: i8,
}

impl<'a> Field<'a> {
    /// A field of one line.
    #[must_use]
    pub fn line(name: &'a str) -> Self {
        Field { name, placeholder: "", rows: 1, grows: false, breaks: true, kind: Type::BODY, wrong: false, room: 0 }
    }

    /// A field that grows with its text.
    #[must_use]
    pub fn lines(name: &'a str, rows: usize) -> Self {
        Field { rows, grows: true, kind: Type::FIELD, ..Field::line(name) }
    }
}

/// Draws a field whose text is what the desk says, until the editor types. What is typed is sent as it is typed, but for what an
/// input method still composes. While `waiting`, what the desk says is not news.
pub fn field_ui(ui: &mut Ui, salt: impl egui::AsIdSalt, said: &str, waiting: bool, field: Field<'_>) -> FieldResponse {
    let id = ui.make_persistent_id(salt);
    let mut buffer = TextBuffer::take(ui, id, said, waiting);
    let output = edit_ui(ui, id, &mut buffer.text, field);
    let response = output.response.response;
    let mut given_up = false;
    if response.has_focus() || response.lost_focus() {
        let before = id.with("before");
        // A field that was given the keyboard never says that it gained it, so the first frame is known by what is not there yet.
        let old = ui.data_mut(|data| data.get_temp_mut_or_insert_with(before, || said.to_owned()).clone());
        if response.lost_focus() {
            ui.data_mut(|data| data.remove::<String>(before));
            if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
                given_up = buffer.text != old || buffer.is_ahead() || said != old;
                buffer.text = old;
            }
        }
    }
    let composing = is_composing(ui, id, response.has_focus());
    let sent = if composing { None } else { buffer.send() };
    if !response.has_focus() && !waiting && sent.is_none() {
        buffer.rest(said);
    }
    buffer.keep(ui, id);
    FieldResponse { response, sent, given_up }
}

/// The desk will say this of what the field has just sent.
pub fn expect(ui: &Ui, salt: impl egui::AsIdSalt, said: &str) {
    let id = ui.make_persistent_id(salt);
    let buffer: Option<TextBuffer> = ui.data_mut(|data| data.remove_temp(id));
    if let Some(mut buffer) = buffer {
        buffer.expect(said);
        buffer.keep(ui, id);
    }
}

/// Whether an input method is at work in the field: its text is not the editor's yet.
#[must_use]
pub fn is_composing(ui: &Ui, id: egui::Id, focused: bool) -> bool {
    let id = id.with("composing");
    let news = ui.input(|input| {
        input.events.iter().rev().find_map(|event| match event {
            egui::Event::Ime(egui::ImeEvent::Preedit { text, .. }) => Some(!text.is_empty()),
            egui::Event::Ime(_) => Some(false),
            _ => None,
        })
    });
    let composing = focused && news.unwrap_or_else(|| ui.data(|data| data.get_temp(id)).unwrap_or(false));
    if news.is_some() || focused {
        ui.data_mut(|data| data.insert_temp(id, composing));
    }
    composing
}

/// Draws a field over a text.
pub fn edit_ui(ui: &mut Ui, id: egui::Id, text: &mut String, field: Field<'_>) -> TextEditOutput {
    let colors = palette(ui);
    let frame = Frame::new()
        .fill(colors.background)
        .corner_radius(CornerRadius::same(size::ROUND))
        .stroke(Stroke::new(1.0, if field.wrong { colors.danger_text } else { colors.line }))
        .inner_margin(Margin { right: 9 + field.room, ..Margin::symmetric(9, if field.grows { 6 } else { 5 }) });
    // The editor's hands need the letters in the order in which they are typed; eyes need them as they are read.
    let turned = has_right_to_left(text) && !ui.memory(|memory| memory.has_focus(id.with("edit")));
    let align = if turned && reads_from_right(text) { Align::Max } else { Align::Min };
    let has_unseen = matches!(signs(text), Cow::Owned(_));
    let edit =
        if field.grows { TextEdit::multiline(text).desired_rows(field.rows) } else { TextEdit::singleline(text) };
    let edit = if field.breaks || !field.grows { edit } else { edit.return_key(None) };
    let ends = field.grows && !field.breaks && ui.memory(|memory| memory.has_focus(id.with("edit")));
    let entered = ends && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Enter));
    let mut as_read = |ui: &Ui, text: &dyn egui::TextBuffer, width: f32| {
        let (text, format) = (signs(text.as_str()), field.kind.format(colors.text));
        let width = if field.grows { width } else { f32::INFINITY };
        if turned { paragraph(ui, &text, &format, width) } else { as_typed(ui, &text, &format, width) }
    };
    let edit = if turned || has_unseen { edit.layouter(&mut as_read) } else { edit };
    let edit = if turned { edit.align(Align2([align, Align::Min])) } else { edit };
    let output = edit
        .id(id.with("edit"))
        .frame(frame)
        .font(field.kind.font())
        .text_color(colors.text)
        .hint_text(Type::BODY.rich(field.placeholder).color(colors.muted))
        .desired_width(f32::INFINITY)
        .show(ui);
    let response = &output.response.response;
    name(response, field.name);
    if entered {
        response.surrender_focus();
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.5, if field.wrong { colors.danger_text } else { colors.accent });
        ui.painter().rect_stroke(response.rect, CornerRadius::same(size::ROUND), stroke, StrokeKind::Inside);
    }
    output
}

/// A text in the order in which it is typed.
fn as_typed(ui: &Ui, text: &str, format: &egui::TextFormat, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::single_section(text.to_owned(), format.clone());
    job.wrap.max_width = width;
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

fn name(response: &Response, name: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name));
}

/// Draws a field of one line with a cross that empties it, as Escape does while it is typed in; `first` gives it the keyboard.
/// True when the text has changed.
pub fn search_ui(ui: &mut Ui, text: &mut String, first: bool, field: Field<'_>) -> bool {
    let id = ui.make_persistent_id(field.name);
    let edit = id.with("edit");
    let mut changed = false;
    if !text.is_empty() && ui.memory(|memory| memory.has_focus(edit)) && ui.input_mut(takes_escape) {
        text.clear();
        changed = true;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let room = ui.available_width();
        let output = ui.allocate_ui(egui::vec2(room, size::CONTROL), |ui| edit_ui(ui, id, text, field)).inner;
        changed |= output.response.response.changed();
        if first {
            output.response.response.request_focus();
        }
        // While there is something to empty, Escape does that and takes nobody the keyboard.
        if !text.is_empty() {
            let filter = egui::EventFilter { escape: true, horizontal_arrows: true, vertical_arrows: true, tab: false };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(edit, filter));
        }
        if !text.is_empty() {
            let rect = output.response.response.rect;
            let at = egui::Rect::from_center_size(rect.right_center() - egui::vec2(15.0, 0.0), egui::Vec2::splat(24.0));
            at_ui(ui, at, |ui| {
                if icon_button_ui(ui, icons::CLOSE, "Clear", Some("Esc")).clicked() {
                    text.clear();
                    changed = true;
                }
            });
        }
    });
    changed
}

fn takes_escape(input: &mut egui::InputState) -> bool {
    input.consume_key(egui::Modifiers::NONE, egui::Key::Escape)
}

/// Draws the label above a field.
pub fn field_label_ui(ui: &mut Ui, text: &str) -> Response {
    let color = palette(ui).muted;
    ui.label(Type::SMALL.rich(text).color(color))
}

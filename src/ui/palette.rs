//! The command palette: every command by name, its key, and whether it can be done now.
//!
//! Invariant: it does what the key would do; Enter takes the first one that is shown.

use egui::{Align2, Id, Key, Margin, Modal, Modifiers, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::desk::{Command, Desk, Entry};
use crate::text::{fit, fold};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, galley, line, palette, size};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::key::paint_key;

/// What the palette remembers while it is open.
#[derive(Debug, Default)]
pub struct PaletteState {
    open: bool,
    typed: String,
    at: usize,
}

impl PaletteState {
    /// The palette is not shown: the next time it begins anew.
    pub fn close(&mut self) {
        *self = Self::default();
    }
}

const WIDTH: f32 = 560.0;
const ROW: f32 = 30.0;

/// Draws the palette over the desk.
pub fn palette_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut PaletteState) {
    let id = Id::unique("palette");
    let shown = Modal::new(id)
        .area(Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, 84.0)).fade_in(false))
        .frame(egui::Frame::window(ui.style()).inner_margin(Margin::same(8)))
        .backdrop_color(palette(ui).backdrop)
        .show(ui, |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 40.0));
            content_ui(ui, frame, state);
        });
    if shown.backdrop_response.clicked() {
        frame.send(Command::CloseOverlay);
    }
    state.open = true;
}

fn content_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut PaletteState) {
    let moved = ui.input_mut(|input| {
        input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as isize
            - input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as isize
    });
    let id = Id::unique("palette field");
    let output = edit_ui(ui, id, &mut state.typed, Field { placeholder: "type a command…", ..Field::line("Command") });
    let response = output.response.response;
    if !state.open {
        response.request_focus();
    }
    if response.changed() {
        state.at = 0;
    }
    let found = found(frame.desk, &state.typed);
    state.at = state.at.saturating_add_signed(moved).min(found.len().saturating_sub(1));
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
        frame.send(Command::CloseOverlay);
    }
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut chosen = None;
    // Without a least height the list would stay as short as the last search left it.
    let height = (ui.ctx().content_rect().height() - 180.0).clamp(3.0 * ROW, 12.0 * ROW);
    let rows = ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]);
    rows.show(ui, |ui| {
        for (at, entry) in found.iter().enumerate() {
            let response = ui.push_id(entry.name(), |ui| row_ui(ui, frame, *entry, at == state.at)).inner;
            if at == state.at && (moved != 0 || !state.open) {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                chosen = Some(*entry);
            }
        }
    });
    if found.is_empty() {
        ui.label(Type::BODY.rich("No command of that name").color(palette(ui).muted));
    }
    if let Some(entry) = chosen.or_else(|| found.get(state.at).copied().filter(|_| entered)) {
        let command = entry.command(frame.desk);
        frame.send(Command::CloseOverlay);
        frame.send(command.unwrap_or_else(|| Command::Tell(entry.why_not(frame.desk).to_owned())));
    }
}

/// A word that only the help of a command says fits worse than one of its name, and better than letters in order.
const IN_HELP: u32 = 4;

/// The commands that a typed text may mean, those that it fits best first: each word is in the name or in the help, or the
/// letters of all of them occur in the name in this order.
fn found<'a>(desk: &'a Desk, typed: &str) -> Vec<Entry<'a>> {
    let words: Vec<String> = typed.split_whitespace().map(fold).collect();
    let fits = |entry: &Entry<'_>| {
        let help = fold(&entry.help());
        let of_word = |word: &String| {
            let in_name = fit(word, entry.name());
            let in_help = help.contains(word.as_str()).then_some(IN_HELP);
            in_name.into_iter().chain(in_help).min()
        };
        let by_words: Option<u32> = words.iter().map(of_word).sum();
        by_words.into_iter().chain(fit(typed, entry.name())).min()
    };
    let entries = desk.entries().filter(|entry| !entry.name().ends_with("other way"));
    let mut found: Vec<(u32, Entry<'_>)> = entries.filter_map(|entry| Some((fits(&entry)?, entry))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, entry)| entry).collect()
}

fn row_ui(ui: &mut Ui, frame: &Frame<'_>, entry: Entry<'_>, chosen: bool) -> egui::Response {
    let colors = palette(ui);
    let enabled = entry.command(frame.desk).is_some();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(egui::accesskit::Role::ListBoxOption, enabled, chosen, entry.name()));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter();
    if chosen || response.hovered() {
        painter.rect_filled(
            rect,
            egui::CornerRadius::same(size::ROUND),
            if chosen { colors.selection } else { colors.hover },
        );
    }
    let mut right = rect.right() - 8.0;
    for key in entry.keys(frame.desk).iter().rev() {
        right = paint_key(painter, colors, egui::pos2(right, rect.center().y), key).left() - 4.0;
    }
    let ink = if enabled { colors.text } else { colors.muted_on(chosen) };
    let name = line(painter, entry.name(), Type::BODY, ink);
    let left = rect.left() + 10.0;
    let after = left + name.size().x + 12.0;
    painter.galley(egui::pos2(left, rect.center().y - name.size().y / 2.0), name, ink);
    let help = if enabled { entry.help().into_owned() } else { format!("Not now: {}", entry.why_not(frame.desk)) };
    let help = galley(painter, &help, Type::SMALL, colors.muted_on(chosen), right - after - 8.0);
    painter.galley(egui::pos2(after, rect.center().y - help.size().y / 2.0), help, ink);
    response
}

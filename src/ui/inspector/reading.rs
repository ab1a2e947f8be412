//! Markdown to type, and beside it as a reader sees it; below it where there is no room beside.
//!
//! Invariant: what is read is drawn from what is typed, in the same frame; nothing of it is run or fetched.

use std::sync::{Arc, Mutex};

use egui::{Align, Id, Layout, Ui};
use egui_commonmark::{CommonMarkCache, CommonMarkViewer};

use super::fields::label_ui;
use super::preview::without_frames;
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::switch::switch_ui;

/// Where there is so much room, text and reading stand side by side; else below each other.
const SIDE_BY_SIDE: f32 = 560.0;

/// Between the text and how it is read.
const GAP: f32 = 20.0;

/// Whether Markdown is shown as it is read, too; the same for all texts.
fn is_hidden(ui: &Ui) -> bool {
    ui.data(|data| data.get_temp(Id::unique("preview of markdown is hidden"))).unwrap_or(false)
}

/// Draws the switch of the preview at the right of a line, where there is something to be read.
pub fn switch_of_preview_ui(ui: &mut Ui, text: &str, name: &str) {
    if text.trim().is_empty() {
        return;
    }
    let hidden = is_hidden(ui);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if switch_ui(ui, !hidden, &format!("Preview of {name}")).clicked() {
            ui.data_mut(|data| data.insert_temp(Id::unique("preview of markdown is hidden"), !hidden));
        }
        ui.label(Type::SMALL.rich("Preview").color(palette(ui).muted));
    });
}

/// Draws what is typed and how it is read.
pub fn beside_ui<R>(ui: &mut Ui, text: &str, edit: impl FnOnce(&mut Ui) -> R) -> R {
    if text.trim().is_empty() || is_hidden(ui) {
        return edit(ui);
    }
    if ui.available_width() >= SIDE_BY_SIDE {
        ui.spacing_mut().item_spacing.x = GAP;
        return ui.columns_const(|[left, right]| {
            let result = edit(left);
            // As far down as the first line of what is typed.
            right.add_space(6.0);
            read_ui(right, text);
            result
        });
    }
    let result = edit(ui);
    ui.add_space(6.0);
    label_ui(ui, "As it is read");
    read_ui(ui, text);
    result
}

fn read_ui(ui: &mut Ui, text: &str) {
    let id = ui.make_persistent_id("as it is read");
    let cache = ui.data_mut(|data| Arc::clone(data.get_temp_mut_or_default::<Arc<Mutex<CommonMarkCache>>>(id)));
    let Ok(mut cache) = cache.lock() else { return };
    CommonMarkViewer::new().show(ui, &mut cache, &without_frames(text));
}

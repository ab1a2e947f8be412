//! The toasts of the desk, and how long they stay.
//!
//! Invariant: what went wrong stays until it is taken away; the rest goes by itself and costs no frame meanwhile.

use std::time::Duration;

use egui::Ui;

use crate::desk::{Command, Tone};
use crate::ui::frame::Frame;
use crate::ui::table;
use crate::ui::theme::icons;
use crate::ui::widgets::toast::{Toast, ToastAnswer, toasts_ui as draw_ui};

/// How long a toast stays, in seconds.
const STAYS: f64 = 6.0;

/// When each toast was first shown.
#[derive(Debug, Default)]
pub struct ToastState {
    since: Vec<(u64, f64)>,
}

/// Draws the toasts.
pub fn toasts_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut ToastState) {
    let toasts = frame.desk.toasts();
    let now = ui.input(|input| input.time);
    state.since.retain(|(id, _)| toasts.iter().any(|toast| toast.id == *id));
    for toast in toasts {
        let since = if let Some((_, since)) = state.since.iter().find(|(id, _)| *id == toast.id) {
            *since
        } else {
            state.since.push((toast.id, now));
            now
        };
        if toast.tone == Tone::Error {
            continue;
        }
        let left = since + STAYS - now;
        if left <= 0.0 {
            frame.commands.push(Command::Dismiss(toast.id));
        } else {
            ui.request_repaint_after(Duration::from_secs_f64(left));
        }
    }
    // Where something else has the keyboard, Tab goes on from there.
    let is_table = ui.memory(|memory| memory.has_focus(table::focus_id()));
    let drawn: Vec<Toast<'_>> = toasts
        .iter()
        .map(|toast| Toast {
            icon: match toast.tone {
                Tone::Done => None,
                Tone::Note => Some(icons::INFO),
                Tone::Error => Some(icons::WARNING),
            },
            text: &toast.text,
            action: toast.offer.as_ref().map(|(words, _)| words.as_str()),
            key: (toast.by_rule && is_table).then_some("Tab"),
        })
        .collect();
    if let Some((at, answer)) = draw_ui(ui, &drawn) {
        let id = toasts[at].id;
        frame.commands.push(match answer {
            ToastAnswer::Act => Command::TakeOffer(id),
            ToastAnswer::Close => Command::Dismiss(id),
        });
    }
}

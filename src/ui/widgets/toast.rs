//! A toast: what was done, to how many, and the way back.
//!
//! Invariant: a toast never takes the keyboard, and stands above the status bar where it covers no row that is being judged.

use egui::accesskit::Role;
use egui::{Align2, Area, Context, CornerRadius, Frame, Id, Margin, Order, Stroke, WidgetInfo, vec2};

use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::key::key_ui;
use crate::ui::widgets::link::link_ui;

/// Room between two toasts.
const GAP: f32 = 8.0;

/// What a toast says.
#[derive(Clone, Copy, Debug)]
pub struct Toast<'a> {
    /// An icon before the words, for trouble.
    pub icon: Option<char>,
    /// What was done.
    pub text: &'a str,
    /// The button: "Undo".
    pub action: Option<&'a str>,
    /// The key that does the same.
    pub key: Option<&'a str>,
}

/// What was done to a toast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastAnswer {
    /// Its button was pressed.
    Act,
    /// It was closed.
    Close,
}

/// Draws the toasts one above the other, each in the middle and over no more than its own place; gives the place of the one that
/// was answered.
pub fn toasts_ui(ctx: &Context, toasts: &[Toast<'_>]) -> Option<(usize, ToastAnswer)> {
    let id_of = |at: usize| Id::unique("toasts").with(at);
    let height_of =
        |at: usize| ctx.memory(|memory| memory.area_rect(id_of(at))).map_or(0.0, |rect| rect.height() + GAP);
    let mut answer = None;
    for (at, toast) in toasts.iter().enumerate() {
        let below: f32 = (at + 1..toasts.len()).map(height_of).sum();
        Area::new(id_of(at))
            .order(Order::Foreground)
            .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -size::STATUS_BAR - 12.0 - below))
            .fade_in(false)
            .show(ctx, |ui| {
                if let Some(given) = toast_ui(ui, toast) {
                    answer = Some((at, given));
                }
            });
    }
    answer
}

fn toast_ui(ui: &mut egui::Ui, toast: &Toast<'_>) -> Option<ToastAnswer> {
    let colors = palette(ui);
    let mut answer = None;
    let frame = Frame::new()
        .fill(colors.raised)
        .stroke(Stroke::new(1.0, colors.line))
        .corner_radius(CornerRadius::same(8))
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin { left: 14, right: 6, top: 4, bottom: 4 });
    let shown = frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            if let Some(icon) = toast.icon {
                ui.label(Type::ICON.rich(icon).color(colors.warning_text));
            }
            let font = Type::BODY.font();
            let galley = ui.painter().layout(toast.text.to_owned(), font, colors.text, size::TOAST_TEXT);
            ui.add(egui::Label::new(galley));
            if let Some(action) = toast.action
                && link_ui(ui, Type::STRONG.rich(action).color(colors.accent_text)).clicked()
            {
                answer = Some(ToastAnswer::Act);
            }
            if let Some(key) = toast.key {
                key_ui(ui, key);
            }
            if icon_button_ui(ui, icons::CLOSE, "Close this message", None).clicked() {
                answer = Some(ToastAnswer::Close);
            }
        });
    });
    shown.response.widget_info(|| WidgetInfo::labeled(Role::Status, true, toast.text));
    answer
}

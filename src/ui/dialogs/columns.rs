//! The column chooser: what is shown, and in which order.
//!
//! Invariant: every field that a collection has is in the list, and so is what is worked out; opaque ones are not.

use egui::{ScrollArea, Ui};

use super::title_ui;
use crate::catalog::ColumnKey;
use crate::desk::columns::all;
use crate::desk::{ColumnSetting, Command};
use crate::site::Schema;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette};
use crate::ui::widgets::button::{Weight, button_ui, icon_button_ui};
use crate::ui::widgets::switch::switch_ui;

/// Draws the chooser.
pub fn columns_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let Some(schema) = frame.desk.shown_schema() else { return };
    title_ui(ui, "Columns");
    let known = all(&schema);
    let mut settings = frame.desk.site_state().and_then(|state| state.columns.clone()).unwrap_or_else(|| known.clone());
    settings.extend(
        known
            .into_iter()
            .filter(|one| !settings.iter().any(|other| other.key == one.key))
            .map(|one| ColumnSetting { shown: false, ..one })
            .collect::<Vec<_>>(),
    );
    let mut changed = false;
    let height = ui.ctx().content_rect().height() - 220.0;
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(ui, |ui| {
        let mut swap = None;
        let count = settings.len();
        for (at, setting) in settings.iter_mut().enumerate() {
            ui.push_id(at, |ui| {
                changed |= row_ui(ui, &schema, setting, (at, count), &mut swap);
            });
        }
        if let Some((one, other)) = swap {
            settings.swap(one, other);
            changed = true;
        }
    });
    ui.add_space(12.0);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if button_ui(ui, "Done", Weight::Main).clicked() {
            frame.send(Command::CloseOverlay);
        }
        if button_ui(ui, "The usual ones", Weight::Plain).clicked() {
            settings = all(&schema);
            changed = true;
        }
    });
    if changed {
        frame.send(Command::Columns(settings));
    }
}

fn row_ui(
    ui: &mut Ui,
    schema: &Schema,
    setting: &mut ColumnSetting,
    place: (usize, usize),
    swap: &mut Option<(usize, usize)>,
) -> bool {
    let (at, count) = place;
    let name = match &setting.key {
        ColumnKey::Field(path) => schema.field(path).map_or_else(|| path.to_string(), |field| field.label.clone()),
        ColumnKey::Computed(computed) => computed.name().to_owned(),
    };
    let mut changed = false;
    ui.horizontal(|ui| {
        if switch_ui(ui, setting.shown, &format!("Show {name}")).clicked() {
            setting.shown ^= true;
            changed = true;
        }
        ui.label(Type::BODY.rich(&name).color(palette(ui).text));
        if let ColumnKey::Field(path) = &setting.key {
            ui.label(Type::SMALL.rich(path.to_string()).color(palette(ui).muted));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_space(8.0);
            ui.add_enabled_ui(at + 1 < count, |ui| {
                if icon_button_ui(ui, icons::ARROW_DOWN, &format!("{name} to the right"), None).clicked() {
                    *swap = Some((at, at + 1));
                }
            });
            ui.add_enabled_ui(at > 0, |ui| {
                if icon_button_ui(ui, icons::ARROW_UP, &format!("{name} to the left"), None).clicked() {
                    *swap = Some((at, at - 1));
                }
            });
        });
    });
    changed
}

//! What was saved of an article: when, and what each save changed; to take one back, or to have a version again.
//!
//! Invariant: what is taken here is pending like any edit, and the dialog closes so that it is seen.

use chrono::{DateTime, Local};
use egui::{Label, ScrollArea, Ui};

use super::buttons_ui;
use crate::desk::command::TakeBack;
use crate::desk::{Command, SavedVersion};
use crate::site::Schema;
use crate::ui::frame::Frame;
use crate::ui::show;
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::button::{Weight, button_ui};
use crate::ui::widgets::card;

/// So many changes of a save are listed, and so much of a value is shown.
const LISTED: usize = 6;
const SHOWN: usize = 60;

pub(super) fn versions_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let colors = palette(ui);
    let Some((article, found)) = frame.desk.versions() else { return frame.send(Command::CloseOverlay) };
    super::title_ui(ui, "Saved versions");
    let schema = frame.desk.schema_of(article);
    let title = frame.desk.catalog().map(|catalog| catalog.title(article).to_owned()).unwrap_or_default();
    ui.add(Label::new(Type::BODY.rich(title).color(colors.muted)).truncate());
    ui.add_space(8.0);
    let height = ui.ctx().content_rect().height() - 260.0;
    match found {
        None => {
            ui.label(Type::BODY.rich("Reading what was saved").color(colors.muted));
        }
        Some([]) => {
            ui.label(Type::BODY.rich("Nothing was saved of this article in the last days.").color(colors.muted));
        }
        Some(versions) => {
            ScrollArea::vertical().max_height(height).min_scrolled_height(height.min(420.0)).show(ui, |ui| {
                ui.set_width(ui.available_width());
                for version in versions {
                    ui.push_id(version.at, |ui| version_ui(ui, frame, &schema, version));
                    ui.add_space(6.0);
                }
            });
        }
    }
    ui.add_space(8.0);
    let text =
        "Versions are kept for 7 days, or as far as 200 MB reach. What you take here is pending until you save it.";
    ui.add(Label::new(Type::SMALL.rich(text).color(colors.muted)).wrap());
    buttons_ui(ui, |ui| {
        if button_ui(ui, "Close", Weight::Plain).clicked() {
            frame.send(Command::CloseOverlay);
        }
    });
}

fn version_ui(ui: &mut Ui, frame: &mut Frame<'_>, schema: &Schema, version: &SavedVersion) {
    let colors = palette(ui);
    card(ui, 10).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        let when = DateTime::from_timestamp_nanos(version.at).with_timezone(&Local).format("%a %-d %b, %H:%M:%S");
        let what = match (&version.before, version.is_theirs()) {
            (_, true) => "Another program's version",
            (None, _) => "Made",
            (Some(_), _) => "Saved",
        };
        ui.horizontal(|ui| {
            ui.label(Type::STRONG.rich(what).color(colors.text));
            ui.label(Type::SMALL.rich(when.to_string()).color(colors.muted_raised));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if button_ui(ui, "This version", Weight::Plain).clicked() {
                    frame.send(Command::TakeBack { at: version.at, what: TakeBack::Version });
                }
                let can_go_back = version.before.is_some() && !version.is_theirs();
                if can_go_back && button_ui(ui, "Undo this save", Weight::Plain).clicked() {
                    frame.send(Command::TakeBack { at: version.at, what: TakeBack::Save });
                }
            });
        });
        for change in version.changes.iter().take(LISTED) {
            let name = show::name_of(schema, change.pointer.as_ref());
            let (old, new) = (show::value(change.old.as_ref(), SHOWN), show::value(change.new.as_ref(), SHOWN));
            let text = Type::SMALL.rich(format!("{name}: {old} → {new}")).color(colors.muted_raised);
            ui.add(Label::new(text).wrap());
        }
        if version.changes.len() > LISTED {
            let more = format!("and {} more", version.changes.len() - LISTED);
            ui.label(Type::SMALL.rich(more).color(colors.muted_raised));
        }
    });
}

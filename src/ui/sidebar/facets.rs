//! Facets and histograms: what the rows hold, and clicks that filter by it.
//!
//! Invariant: counts follow the filter; Alt+click takes a value out instead of choosing it.

use egui::Ui;

use crate::catalog::{Facets, Query};
use crate::desk::Command;
use crate::desk::toast::grouped;
use crate::document::FieldPath;
use crate::site::Schema;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, palette, size};
use crate::ui::widgets::count_row::count_row_ui;
use crate::ui::widgets::heading::heading_ui;
use crate::ui::widgets::histogram::{Histogram, histogram_ui};
use crate::ui::widgets::link::named_link_ui;

/// How many values a facet shows before “more”.
const SHOWN: usize = 7;

/// Draws a histogram for each score, heat first.
pub fn histograms_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let desk = frame.desk;
    let Some(schema) = desk.shown_schema() else { return };
    let query = asked(desk.filter());
    let mut shown: Vec<_> = desk.histograms().iter().filter(|(_, histogram)| histogram.peak() > 0).collect();
    shown.sort_by_key(|(path, _)| schema.heat.as_ref() != Some(path));
    for (path, histogram) in shown.into_iter().take(2) {
        let Some(field) = schema.field(path) else { continue };
        ui.add_space(12.0);
        heading_ui(ui, &field.label);
        ui.add_space(4.0);
        let drawn = Histogram {
            name: &field.label,
            counts: &histogram.counts,
            least: histogram.low,
            most: histogram.high,
            threshold: schema.score(path).and_then(|score| score.threshold),
            range: query.range_of(path),
            warm: schema.heat.as_ref() == Some(path),
        };
        if let Some(chosen) = histogram_ui(ui, drawn).chosen {
            let (low, high) = chosen.unzip();
            frame.send(Command::Filter(query.with_range(path, low, high)));
        }
    }
}

/// Draws the facets.
pub fn facets_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let desk = frame.desk;
    let Some(schema) = desk.shown_schema() else { return };
    let is_known = |facets: &&Facets| {
        facets.values.len() > 1 || asked(desk.filter()).values_of(&facets.field) != (Vec::new(), Vec::new())
    };
    let mut shown: Vec<&Facets> =
        desk.facets().iter().filter(is_known).filter(|facets| is_shown(&schema, &facets.field)).collect();
    shown.sort_by_key(|facets| schema.topics.as_ref() != Some(&facets.field));
    for facets in shown {
        // “Provider” says more than the name of its name.
        let named = facets
            .field
            .pointer()
            .split_last()
            .map(|(parent, _)| parent.field())
            .filter(|_| facets.field.parts().len() > 1);
        let label = schema
            .field(named.as_ref().unwrap_or(&facets.field))
            .map_or_else(|| facets.field.to_string(), |field| field.label.clone());
        ui.add_space(12.0);
        heading_ui(ui, &label);
        ui.push_id(&facets.field, |ui| facet_ui(ui, frame, facets));
    }
}

/// Fields of the article itself, and the name of its provider.
fn is_shown(schema: &Schema, field: &FieldPath) -> bool {
    field.parts().len() == 1 || schema.provider.as_ref().is_some_and(|provider| provider.child("name") == *field)
}

/// The filter as a query; a text that is no query yet asks for nothing.
fn asked(filter: &str) -> Query {
    Query::parse(filter).unwrap_or_default()
}

fn facet_ui(ui: &mut Ui, frame: &mut Frame<'_>, facets: &Facets) {
    let open_id = ui.scope_id().with("open");
    let open: bool = ui.data(|data| data.get_temp(open_id)).unwrap_or(false);
    let query = asked(frame.desk.filter());
    let (included, excluded) = query.values_of(&facets.field);
    for (value, count) in facets.values.iter().take(if open { usize::MAX } else { SHOWN }) {
        let (is_in, is_out) = (included.contains(&value.as_str()), excluded.contains(&value.as_str()));
        let row = ui.push_id(value, |ui| count_row_ui(ui, value, &grouped(*count), is_in, is_out)).inner;
        if row.clicked() {
            let text = if is_in || is_out {
                query.without_value(&facets.field, value)
            } else if ui.input(|input| input.modifiers.alt) {
                query.excluding(&facets.field, value)
            } else {
                query.including(&facets.field, value)
            };
            frame.send(Command::Filter(text));
        }
        row.context_menu(|ui| {
            let choices = [
                ("Only these", query.including(&facets.field, value)),
                ("Not these", query.excluding(&facets.field, value)),
            ];
            for (label, text) in choices {
                if crate::ui::menu::item_ui(ui, label, "", true).clicked() {
                    frame.send(Command::Filter(text));
                    ui.close();
                }
            }
        });
    }
    let hidden = facets.values.len().saturating_sub(SHOWN);
    if hidden > 0 {
        let text = if open { "fewer".to_owned() } else { format!("{hidden} more") };
        ui.horizontal(|ui| {
            ui.add_space(size::SIDE);
            let name = format!("{text} of {}", facets.field);
            if named_link_ui(ui, Type::SMALL.rich(text).color(palette(ui).muted), &name).clicked() {
                ui.data_mut(|data| data.insert_temp(open_id, !open));
            }
        });
    }
}

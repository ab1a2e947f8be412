//! The sidebar: collections, views, histograms and facets.
//!
//! Invariant: a click writes the filter, so that people learn it; what is chosen is read from the filter, never kept beside it.

mod facets;

use std::cmp::Reverse;
use std::collections::HashMap;

use egui::{ScrollArea, Ui};

use crate::catalog::Catalog;
use crate::desk::Command;
use crate::desk::toast::grouped;
use crate::ui::frame::Frame;
use crate::ui::theme::size;
use crate::ui::widgets::count_row::count_row_ui;
use crate::ui::widgets::heading::heading_ui;
use crate::ui::widgets::keep_focus_in_view;
use crate::ui::widgets::key::with_key;

/// What the sidebar remembers between frames.
#[derive(Debug, Default)]
pub struct SidebarState {
    version: Option<u64>,
    counts: HashMap<String, usize>,
}

impl SidebarState {
    /// Counts the articles of each collection, when the catalog has changed.
    fn count(&mut self, catalog: Option<&Catalog>) {
        let Some(catalog) = catalog.filter(|catalog| self.version != Some(catalog.version())) else { return };
        self.version = Some(catalog.version());
        self.counts.clear();
        for article in catalog.ids() {
            let folder = catalog.collection(article);
            match self.counts.get_mut(folder) {
                Some(count) => *count += 1,
                None => drop(self.counts.insert(folder.to_owned(), 1)),
            }
        }
    }
}

/// Draws the sidebar.
pub fn sidebar_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut SidebarState) {
    state.count(frame.desk.catalog());
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(8.0);
        collections_ui(ui, frame, state);
        views_ui(ui, frame);
        facets::histograms_ui(ui, frame);
        facets::facets_ui(ui, frame);
        ui.add_space(size::PANE);
        keep_focus_in_view(ui);
    });
}

fn collections_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &SidebarState) {
    let desk = frame.desk;
    let Some(site) = desk.site().filter(|site| !site.collections.is_empty()) else { return };
    heading_ui(ui, "Collections");
    let chosen = desk.collection();
    let mut collections: Vec<_> = site.collections.iter().collect();
    collections.sort_by_key(|collection| Reverse(collection.schema.articles));
    for collection in collections {
        let count = grouped(state.counts.get(&collection.folder).copied().unwrap_or(0));
        let is_chosen = chosen == Some(collection.folder.as_str());
        if count_row_ui(ui, &collection.full_name(), &count, is_chosen, false).clicked() {
            frame.send(Command::Collection(Some(collection.folder.clone())));
        }
    }
    if site.collections.len() > 1 {
        let count = grouped(desk.catalog().map_or(0, Catalog::len));
        if count_row_ui(ui, "All articles", &count, chosen.is_none(), false).clicked() {
            frame.send(Command::Collection(None));
        }
    }
}

fn views_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let views = frame.desk.views();
    if views.is_empty() {
        return;
    }
    ui.add_space(12.0);
    heading_ui(ui, "Views");
    for (at, view) in views.iter().enumerate() {
        let chosen = frame.desk.filter().trim() == view.filter;
        let count = frame.desk.view_count(&view.filter).map(grouped).unwrap_or_default();
        let row = ui.push_id(at, |ui| count_row_ui(ui, &view.name, &count, chosen, false)).inner;
        let tip = with_key(&view.filter, frame.desk.key_of(&format!("View {}", at + 1)));
        if row.on_hover_text(tip).clicked() {
            frame.send(if chosen { Command::Filter(String::new()) } else { Command::View(at) });
        }
    }
}

//! Find and replace in one field of the selected articles, with the changes before they are made.
//!
//! Invariant: what is listed is what will be done; nothing is replaced in a field that is opaque.

use egui::{Label, ScrollArea, Ui};

use super::{answer_ui, title_ui};
use crate::article::{Find, Intent};
use crate::catalog::{ArticleId, Cell, ColumnKey};
use crate::desk::toast::articles;
use crate::desk::{Command, Edit, Targets};
use crate::document::FieldPath;
use crate::site::Kind;
use crate::text::bidi::shown;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::switch::switch_ui;

/// What the dialog remembers while it is open.
#[derive(Debug, Default)]
pub struct ReplaceState {
    field: Option<FieldPath>,
    find: Find,
    with: String,
}

/// A change that would be made.
struct Found {
    article: ArticleId,
    old: String,
    new: String,
}

/// What stands above and below the list.
const AROUND: f32 = 330.0;

/// So many changes are listed.
const LISTED: usize = 100;

/// Draws the dialog.
pub fn replace_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut ReplaceState, first: bool) {
    let Some(schema) = frame.desk.shown_schema() else { return };
    let count = frame.desk.target_count();
    title_ui(ui, &format!("Find and replace in {}", articles(count)));
    let fields: Vec<_> = schema
        .top_fields()
        .filter(|field| matches!(field.kind, Kind::Text | Kind::LongText | Kind::Url | Kind::Choice))
        .collect();
    let chosen = state.field.get_or_insert_with(|| schema.title.clone());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        for field in &fields {
            if ui.add(egui::Button::new(Type::SMALL.rich(&field.label)).selected(field.path == *chosen)).clicked() {
                *chosen = field.path.clone();
            }
        }
    });
    let path = chosen.clone();
    ui.add_space(6.0);
    let find = edit_ui(
        ui,
        egui::Id::unique("find"),
        &mut state.find.pattern,
        Field { placeholder: "find", ..Field::line("Find") },
    );
    if first {
        find.response.response.request_focus();
    }
    ui.add_space(6.0);
    edit_ui(
        ui,
        egui::Id::unique("replace with"),
        &mut state.with,
        Field { placeholder: "replace with", ..Field::line("Replace with") },
    );
    ways_ui(ui, &mut state.find);
    match found(frame, state, &path) {
        Err(message) => {
            ui.label(Type::SMALL.rich(message).color(palette(ui).danger_text));
            answer_ui(ui, frame, "Replace", false);
        }
        Ok(found) => {
            ui.add_space(6.0);
            if found.is_empty() && !state.find.pattern.is_empty() {
                ui.label(Type::SMALL.rich("Nothing is found in this field").color(palette(ui).muted));
            }
            list_ui(ui, &found);
            if answer_ui(ui, frame, &format!("Replace in {}", articles(found.len())), !found.is_empty()) {
                frame.send(Command::CloseOverlay);
                send(frame, state, path, &found);
            }
        }
    }
}

/// Draws the ways in which is looked for it.
fn ways_ui(ui: &mut Ui, find: &mut Find) {
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        for (on, name) in
            [(&mut find.regex, "Regular expression"), (&mut find.case, "Case counts"), (&mut find.words, "Whole words")]
        {
            if switch_ui(ui, *on, name).clicked() {
                *on ^= true;
            }
            ui.label(Type::SMALL.rich(name).color(palette(ui).text));
        }
    });
}

fn found(frame: &Frame<'_>, state: &ReplaceState, path: &FieldPath) -> Result<Vec<Found>, String> {
    if state.find.pattern.is_empty() {
        return Ok(Vec::new());
    }
    let pattern = state.find.compile().map_err(|error| error.to_string())?;
    let Some(catalog) = frame.desk.catalog() else { return Ok(Vec::new()) };
    let key = ColumnKey::Field(path.clone());
    let mut found = Vec::new();
    for article in frame.desk.targets() {
        let Cell::Text(old) = catalog.cell(article, &key) else { continue };
        let new = if state.find.regex {
            pattern.replace_all(old, state.with.as_str())
        } else {
            pattern.replace_all(old, regex::NoExpand(&state.with))
        };
        if new != old {
            found.push(Found { article, old: old.to_owned(), new: new.into_owned() });
        }
    }
    Ok(found)
}

fn list_ui(ui: &mut Ui, found: &[Found]) {
    let colors = palette(ui);
    let height = (ui.ctx().content_rect().height() - AROUND).clamp(48.0, 320.0);
    let list = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
    list.auto_shrink([false, true]).show(ui, |ui| {
        for change in found.iter().take(LISTED) {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add(Label::new(Type::SMALL.rich(shown(&change.old)).color(colors.muted).strikethrough()).wrap());
            ui.add(Label::new(Type::SMALL.rich(shown(&change.new)).color(colors.text)).wrap());
            ui.add_space(6.0);
        }
        if found.len() > LISTED {
            ui.label(Type::SMALL.rich(format!("and {} more", found.len() - LISTED)).color(colors.muted));
        }
    });
}

fn send(frame: &mut Frame<'_>, state: &ReplaceState, path: FieldPath, found: &[Found]) {
    let label = format!("replaced in {path}");
    let intent =
        Intent::Replace { fields: vec![path], body: false, find: state.find.clone(), with: state.with.clone() };
    let targets = Targets::These(found.iter().map(|change| change.article).collect());
    frame.send(Command::Edit(Edit { targets, ..Edit::of_selection(label, vec![intent]) }));
}

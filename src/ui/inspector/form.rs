//! The form of one article: its picture, its scores, and every field by its kind, in the file's own order.
//!
//! Invariant: every field of the file is shown; what cannot be edited says so.

use egui::{Ui, vec2};

use super::fields::{FieldRef, field_ui, label_ui};
use super::lead_picture::{declared, lead_picture_ui};
use super::{related, scores};
use crate::article::Intent;
use crate::catalog::ArticleId;
use crate::desk::{Command, Edit, Pane, Targets};
use crate::document::{Document, FieldPath, Map, Value};
use crate::site::{Field, Kind, Schema};
use crate::ui::frame::Frame;
use crate::ui::menu::item_ui;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::empty::empty_ui;

/// Draws the form. `asked` is the part that shall have the keyboard now.
pub fn form_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, picture: &mut usize, asked: Option<Pane>) {
    let schema = frame.desk.schema_of(article);
    let Some(document) = frame.desk.document(article) else {
        empty_ui(ui, icons::PENDING, "Reading the file", "It is shown as soon as it is here.", None);
        return;
    };
    ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
    if let Some(error) = document.error() {
        return broken_ui(ui, &error.message, document);
    }
    let pictures = schema.lead_image.as_ref().and_then(|path| declared(document.get(&path.pointer())).into());
    if let Some(pictures) = pictures.filter(|_| schema.lead_image.is_some()) {
        lead_picture_ui(ui, frame, article, &pictures, picture, 150.0);
        ui.add_space(6.0);
    }
    let targets = Targets::These(vec![article]);
    scores::scores_ui(ui, frame, &schema, article, &targets);
    ui.add_space(4.0);
    let form = Form { article, document, schema: &schema };
    main_ui(ui, frame, &form, asked);
    if let Some(path) = &schema.related {
        related::related_ui(ui, frame, article, document, path, asked == Some(Pane::Related));
    }
    others_ui(ui, frame, &form);
}

struct Form<'a> {
    article: ArticleId,
    document: &'a Document,
    schema: &'a Schema,
}

impl<'a> Form<'a> {
    fn field(&self, frame: &Frame<'_>, path: &FieldPath) -> FieldRef<'a> {
        let pointer = path.pointer();
        let value = self.document.get(&pointer);
        let changed = frame
            .desk
            .changes_of(self.article)
            .iter()
            .any(|change| change.pointer.as_ref().is_some_and(|at| at.starts_with(&pointer)));
        let label = self.schema.field(path).map_or_else(|| path.to_string(), |field| field.label.clone());
        FieldRef {
            article: self.article,
            pointer,
            path: path.clone(),
            kind: self.schema.kind_of(path, value),
            label,
            value,
            changed,
        }
    }

    /// The fields that stand above the related entries.
    fn main(&self) -> [Option<&'a FieldPath>; 5] {
        let schema = self.schema;
        [
            Some(&schema.title),
            schema.excerpt.as_ref(),
            schema.provider.as_ref(),
            schema.date.as_ref(),
            schema.topics.as_ref(),
        ]
    }

    fn is_elsewhere(&self, path: &FieldPath) -> bool {
        let schema = self.schema;
        self.main().into_iter().flatten().any(|main| main == path)
            || schema.live.as_ref() == Some(path)
            || schema.related.as_ref() == Some(path)
            || [schema.heat.as_ref(), schema.quality.as_ref()].contains(&Some(path))
    }
}

fn main_ui(ui: &mut Ui, frame: &mut Frame<'_>, form: &Form<'_>, asked: Option<Pane>) {
    let [title, excerpt, provider, date, topics] = form.main();
    for (at, path) in [title, excerpt].into_iter().flatten().enumerate() {
        let field = form.field(frame, path);
        let response = field_ui(ui, frame, &field, 1 + at);
        if let Some(response) = response.filter(|_| at == 0 && asked == Some(Pane::Form)) {
            response.request_focus();
        }
        ui.add_space(4.0);
    }
    let both: Vec<&FieldPath> = [provider, date].into_iter().flatten().collect();
    if both.len() == 2 && ui.available_width() >= size::PAIR {
        ui.columns(2, |columns| {
            for (column, path) in columns.iter_mut().zip(&both) {
                let field = form.field(frame, path);
                field_ui(column, frame, &field, 1);
            }
        });
    } else {
        for path in both {
            let field = form.field(frame, path);
            field_ui(ui, frame, &field, 1);
        }
    }
    ui.add_space(4.0);
    if let Some(path) = topics {
        let field = form.field(frame, path);
        field_ui(ui, frame, &field, 1);
        ui.add_space(6.0);
    }
}

fn others_ui(ui: &mut Ui, frame: &mut Frame<'_>, form: &Form<'_>) {
    let keys: Vec<FieldPath> = form
        .document
        .data()
        .as_map()
        .into_iter()
        .flat_map(crate::document::value::Map::keys)
        .map(|key| FieldPath::of([key]))
        .collect();
    let others: Vec<&FieldPath> = keys.iter().filter(|path| !form.is_elsewhere(path)).collect();
    if !others.is_empty() {
        ui.add_space(10.0);
        ui.label(Type::SUBHEAD.rich("More fields").color(palette(ui).text));
        ui.add_space(4.0);
    }
    for path in others {
        let field = form.field(frame, path);
        field_ui(ui, frame, &field, 1);
        ui.add_space(4.0);
    }
    add_field_ui(ui, frame, form);
    if !form.document.body().trim().is_empty() {
        ui.add_space(6.0);
        super::fields::body_ui(ui, frame, form.article, form.document);
    }
    ui.add_space(size::PANE);
}

/// A button that adds a field: one of those that the collection's other articles have, written empty in its usual place.
fn add_field_ui(ui: &mut Ui, frame: &mut Frame<'_>, form: &Form<'_>) {
    let absent: Vec<&Field> = form
        .schema
        .top_fields()
        .filter(|field| !matches!(field.kind, Kind::Opaque | Kind::Embed))
        .filter(|field| form.document.get(&field.path.pointer()).is_none() && !form.is_elsewhere(&field.path))
        .collect();
    if absent.is_empty() {
        return;
    }
    let button = button_with_icon_ui(ui, Some(icons::ADD), "Add a field", None, Weight::Bare);
    egui::Popup::menu(&button).gap(4.0).width(260.0).show(|ui| {
        egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for field in absent {
                if item_ui(ui, &field.label, &field.path.to_string(), true).clicked() {
                    let value = match field.kind {
                        Kind::Tags | Kind::Images | Kind::Entries => Value::List(Vec::new()),
                        Kind::YesNo => false.into(),
                        Kind::Entry => Value::Map(Map::new()),
                        Kind::Number | Kind::Score => 0_i64.into(),
                        _ => Value::text(""),
                    };
                    let label = format!("{} added", field.label.to_lowercase());
                    let intent = Intent::Set(field.path.clone(), value);
                    frame.send(Command::Edit(Edit::of(form.article, label, vec![intent])));
                    ui.close();
                }
            }
        });
    });
}

fn broken_ui(ui: &mut Ui, message: &str, document: &Document) {
    let colors = palette(ui);
    ui.horizontal(|ui| {
        ui.label(Type::ICON.rich(icons::WARNING).color(colors.warning_text));
        ui.label(Type::SUBHEAD.rich("This file cannot be read as an article").color(colors.text));
    });
    let place = document.error().map(|error| error.place);
    let text = place
        .map_or_else(|| message.to_owned(), |place| format!("{message}\nLine {}, column {}", place.line, place.column));
    ui.add(egui::Label::new(Type::BODY.rich(text).color(colors.danger_text)).wrap());
    ui.add_space(8.0);
    label_ui(
        ui,
        "It is never written until it can be read. Correct it in the Source tab, or in another program; it is read again as soon as it changes.",
    );
}

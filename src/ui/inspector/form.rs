//! The form of one article: its picture, its scores, and every field by its kind, in the file's own order.
//!
//! Invariant: every field of the file is shown; what cannot be edited says so.

use std::sync::{Arc, Weak};

use egui::{Ui, vec2};

use super::add_field::{Place, add_field_ui, kind_of};
use super::body::{BodyState, body_ui};
use super::fields::{FieldRef, field_ui, label_ui, listen, problem_ui};
use super::lead_picture::{declared, lead_picture_ui, lead_shape};
use super::page_picture::page_shape;
use super::reading::reading_width;
use super::related::{self, Story};
use super::scores;
use crate::article::{Article, PictureIndex, Problem, problems_seen};
use crate::catalog::ArticleId;
use crate::desk::{Command, Overlay, Pane, Targets};
use crate::document::{Document, FieldPath, Pointer};
use crate::file::SitePath;
use crate::site::Schema;
use crate::ui::ahead::Seen;
use crate::ui::conflicts::short_disputes_ui;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_ui};
use crate::ui::widgets::empty::empty_ui;
use crate::ui::widgets::own_ui;

/// How high the large picture is.
const LEAD_HEIGHT: f32 = 150.0;

/// What the form remembers between frames.
#[derive(Default)]
pub struct FormState {
    /// Which picture of the article is shown large.
    pub picture: usize,
    found: Found,
    related: related::RelatedState,
    body: BodyState,
}

/// What is wrong with the article, as it was when it was looked at last.
#[derive(Default)]
struct Found {
    of: Option<(ArticleId, u64)>,
    pictures: Weak<PictureIndex>,
    problems: Vec<Problem>,
}

impl Found {
    /// Looks again where the text is another one.
    fn follow(&mut self, frame: &Frame<'_>, article: ArticleId, schema: &Schema) {
        let Some((opened, site)) = frame.desk.opened(article).zip(frame.desk.site()) else { return };
        let Some(known) = frame.desk.picture_index() else { return };
        let same_pictures = self.pictures.upgrade().is_some_and(|before| Arc::ptr_eq(&before, &known));
        if self.of != Some((article, opened.revision)) || !same_pictures {
            self.of = Some((article, opened.revision));
            self.pictures = Arc::downgrade(&known);
            let path = frame.desk.catalog().map_or_else(SitePath::unknown, |catalog| catalog.path(article));
            self.problems = problems_seen(
                site,
                &known,
                frame.desk.smallest_picture(),
                &Article::new(&opened.document, schema, &path),
            );
        }
    }
}

/// Draws the form. `asked` is the part that shall have the keyboard now.
pub fn form_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, state: &mut FormState, asked: Option<Pane>) {
    listen(ui);
    let (lead, page) = (lead_shape(ui, LEAD_HEIGHT), page_shape(ui, reading_width(ui)));
    frame.ask_ahead(ui, Seen { lead, page, is_form: true });
    let schema = frame.desk.schema_of(article);
    let Some(document) = frame.desk.document(article) else {
        empty_ui(ui, icons::PENDING, "Reading the file", "It is shown as soon as it is here.", None);
        return;
    };
    ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
    if let Some(error) = document.error() {
        if frame.desk.conflicts_of(article).is_empty() {
            return broken_ui(ui, &error.message, document);
        }
        return short_disputes_ui(ui, frame, article);
    }
    disputed_ui(ui, frame, article);
    let pictures = schema.lead_image.as_ref().and_then(|path| declared(document.get(&path.pointer())).into());
    if let Some(pictures) = pictures.filter(|_| schema.lead_image.is_some()) {
        lead_picture_ui(ui, frame, article, &pictures, &mut state.picture, LEAD_HEIGHT);
        ui.add_space(6.0);
    }
    let targets = Targets::These(vec![article]);
    state.found.follow(frame, article, &schema);
    let problems = &state.found.problems;
    scores::scores_ui(ui, frame, scores::Scored { article, schema: &schema, targets: &targets, problems, in_all: &[] });
    ui.add_space(4.0);
    for problem in problems.iter().filter(|problem| problem.at.as_ref().is_none_or(|at| at.parts().is_empty())) {
        problem_ui(ui, frame, article, problem);
        ui.add_space(4.0);
    }
    let form = Form { article, document, schema: &schema, problems };
    main_ui(ui, frame, &form, asked);
    if schema.related.is_some() {
        let path = frame.desk.catalog().map_or_else(SitePath::unknown, |catalog| catalog.path(article));
        let story = Story { id: article, article: Article::new(document, &schema, &path), problems };
        let focus = asked == Some(Pane::Related);
        own_ui(ui, "related", |ui| related::related_ui(ui, frame, story, &mut state.related, focus));
    }
    others_ui(ui, frame, &form, &mut state.body);
}

struct Form<'a> {
    article: ArticleId,
    document: &'a Document,
    schema: &'a Schema,
    problems: &'a [Problem],
}

impl<'a> Form<'a> {
    fn field(&self, ui: &Ui, frame: &Frame<'_>, path: &FieldPath) -> FieldRef<'a> {
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
            kind: kind_of(ui, self.schema, self.article, &pointer, value),
            pointer,
            path: path.clone(),
            label,
            value,
            changed,
            problems: self.problems,
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
        let field = form.field(ui, frame, path);
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
                let field = form.field(column, frame, path);
                field_ui(column, frame, &field, 1);
            }
        });
    } else {
        for path in both {
            let field = form.field(ui, frame, path);
            field_ui(ui, frame, &field, 1);
        }
    }
    ui.add_space(4.0);
    if let Some(path) = topics {
        let field = form.field(ui, frame, path);
        field_ui(ui, frame, &field, 1);
        ui.add_space(6.0);
    }
}

fn others_ui(ui: &mut Ui, frame: &mut Frame<'_>, form: &Form<'_>, body: &mut BodyState) {
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
        let field = form.field(ui, frame, path);
        field_ui(ui, frame, &field, 1);
        ui.add_space(4.0);
    }
    let (root, path) = (Pointer::root(), FieldPath::default());
    let map = form.document.data().as_map();
    let place = Place { article: form.article, at: &root, path: &path, map, name: "Add a field" };
    own_ui(ui, "add a field", |ui| add_field_ui(ui, frame, form.schema, place));
    ui.add_space(6.0);
    own_ui(ui, "body", |ui| body_ui(ui, frame, form.article, form.document, body));
    ui.add_space(size::PANE);
}

/// Says that something waits for an answer, and where it is given.
fn disputed_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    let Some(draft) = frame.desk.draft(article).filter(|draft| draft.is_disputed()) else { return };
    let colors = palette(ui);
    let text = match draft.conflicts.len() {
        0 => "The file went, moved or broke".to_owned(),
        1 => "1 value changed on disk too".to_owned(),
        count => format!("{count} values changed on disk too"),
    };
    ui.horizontal(|ui| {
        ui.label(Type::ICON.rich(icons::WARNING).color(colors.danger_text));
        ui.label(Type::BODY.rich(text).color(colors.danger_text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if button_ui(ui, "Side by side…", Weight::Plain).clicked() {
                frame.send(Command::Show(Overlay::Conflicts));
            }
        });
    });
    ui.add_space(6.0);
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

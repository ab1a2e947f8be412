//! The editor in a cell: what is typed, chosen or switched there, and the way from cell to cell.
//!
//! Invariant: what is typed becomes an edit only when the field's kind accepts it; until then it stays in the cell. Keys that
//! end the editing are taken before the text field sees them, so that they act once.

use std::ops::Range;

use egui::{Area, CornerRadius, EventFilter, Id, Key, Modifiers, Order, Rect, Sense, Stroke, StrokeKind, pos2, vec2};

use super::cell::switch_rect;
use super::columns::ShownColumn;
use super::focus_id;
use crate::article::Intent;
use crate::catalog::{ArticleId, ColumnKey, Computed};
use crate::desk::{Command, Desk, Edit, Motion, Pane};
use crate::document::{FieldPath, Value};
use crate::site::{Kind, Schema};
use crate::text::fold;
use crate::ui::frame::Frame;
use crate::ui::held::hold;
use crate::ui::menu::item_ui;
use crate::ui::theme::{Type, palette, size};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::switch::{name_switch, paint_switch};

/// So many values a choice offers at once.
const OFFERS: usize = 12;
/// What a field of text needs beside its text: its margins, and room for the cursor and a letter to come.
const AROUND: f32 = 28.0;

/// The cell that is being edited, if any, and the field that was edited last.
#[derive(Debug, Default)]
pub struct Editing {
    open: Option<Editor>,
    last: Option<FieldPath>,
}

#[derive(Debug)]
struct Editor {
    article: ArticleId,
    field: FieldPath,
    kind: Kind,
    /// What is typed; nothing until the file is in memory.
    text: Option<String>,
    /// Which of the offered values is chosen, and whether all are offered, for nothing was typed yet.
    offer: Option<usize>,
    untouched: bool,
    wrong: Option<String>,
    /// Whether it is still to get the keyboard.
    fresh: bool,
    /// Where its cell was seen last, and whether that was in this frame.
    cell: Option<Rect>,
    seen: bool,
}

/// How an editor is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaving {
    GivenUp,
    Done,
    Next,
    Previous,
}

/// The field that is edited in the cells of a column, where one can be: a scalar that is not in a list.
#[must_use]
pub fn editable(schema: &Schema, column: &ColumnKey) -> Option<FieldPath> {
    let field = match column {
        ColumnKey::Field(field) => field,
        ColumnKey::Computed(Computed::Title) => &schema.title,
        ColumnKey::Computed(_) => return None,
    };
    let is_scalar = matches!(
        schema.kind_of(field, None),
        Kind::Text
            | Kind::LongText
            | Kind::Markdown
            | Kind::Number
            | Kind::Score
            | Kind::Date
            | Kind::Url
            | Kind::Choice
            | Kind::YesNo
    );
    let parts = field.parts();
    let in_list = (1..parts.len()).any(|end| {
        let parent = FieldPath::of(parts[..end].iter().map(String::as_str));
        matches!(schema.kind_of(&parent, None), Kind::Entries | Kind::Images | Kind::Tags)
            && schema.field(&parent).is_some()
    });
    (is_scalar && !in_list).then(|| field.clone())
}

impl Editing {
    /// Whether this cell is being edited and its text is there.
    #[must_use]
    pub fn is_in(&self, article: ArticleId, schema: &Schema, column: &ColumnKey) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.article == article && open.text.is_some() && editable(schema, column).as_ref() == Some(&open.field)
        })
    }

    /// The column to bring into view: the one of an editor that was just opened.
    #[must_use]
    pub fn wanted_column(&self, schema: &Schema, columns: &[ShownColumn]) -> Option<usize> {
        let open = self.open.as_ref().filter(|open| open.fresh)?;
        columns.iter().position(|column| editable(schema, &column.key).as_ref() == Some(&open.field))
    }

    /// Opens the editor in the cell of the cursor's row where editing was last, else in the first one that can be edited.
    pub fn open_at_cursor(&mut self, frame: &mut Frame<'_>, columns: &[ShownColumn]) {
        let Some(article) = frame.desk.cursor() else { return };
        let schema = frame.desk.schema_of(article);
        let fields: Vec<FieldPath> = columns.iter().filter_map(|column| editable(&schema, &column.key)).collect();
        let field = self.last.as_ref().filter(|last| fields.contains(last)).or(fields.first());
        match field.cloned() {
            Some(field) => self.open(frame, article, field),
            None => frame.send(Command::Tell("No column shown here is edited in place; E opens the form".to_owned())),
        }
    }

    /// Opens the editor in a cell. What stands in another one is kept if it can be.
    pub fn open(&mut self, frame: &mut Frame<'_>, article: ArticleId, field: FieldPath) {
        if self.open.as_ref().is_some_and(|open| open.article == article && open.field == field) {
            return;
        }
        if let Some(mut before) = self.open.take() {
            before.commit(frame);
        }
        self.last = Some(field.clone());
        let kind = frame.desk.schema_of(article).kind_of(&field, None);
        let (text, wrong) = (None, None);
        let (cell, seen) = (None, false);
        self.open =
            Some(Editor { article, field, kind, text, offer: None, untouched: true, wrong, fresh: true, cell, seen });
    }

    /// Fills a new editor as soon as the file is in memory; what cannot be edited in a line goes to the form.
    pub fn fill(&mut self, ctx: &egui::Context, frame: &mut Frame<'_>) {
        let Some(open) = self.open.as_mut().filter(|open| open.text.is_none()) else { return };
        let Some(document) = frame.desk.document(open.article) else { return };
        let value = document.get(&open.field.pointer());
        let schema = frame.desk.schema_of(open.article);
        let text = match value {
            _ if document.error().is_some() || schema.is_opaque(&open.field, value) => None,
            None | Some(Value::Null) => Some(String::new()),
            Some(Value::Number(number)) => Some(number.spelling().to_owned()),
            Some(Value::Bool(yes)) => Some(yes.to_string()),
            Some(value) => value.as_str().filter(|text| !text.contains('\n')).map(str::to_owned),
        };
        if text.is_none() {
            self.open = None;
            frame.send(Command::Focus(Pane::Form));
        } else {
            open.text = text;
        }
        ctx.request_repaint();
    }

    /// Draws the editor over its cell, and over its neighbours where the text is longer, but not beyond where rows are.
    pub fn editor_ui(
        &mut self,
        ui: &mut egui::Ui,
        frame: &mut Frame<'_>,
        columns: &[ShownColumn],
        (column, rows): (&ShownColumn, Rect),
    ) {
        let Some(open) = &mut self.open else { return };
        (open.cell, open.seen) = (Some(ui.max_rect()), true);
        let Some(leaving) = open.field_ui(ui, frame, &column.label, rows) else { return };
        match leaving {
            Leaving::GivenUp => {}
            _ if !open.commit(frame) => return,
            Leaving::Next => return self.go_on(ui, frame, columns, 1),
            Leaving::Previous => return self.go_on(ui, frame, columns, -1),
            Leaving::Done => {}
        }
        self.close(ui);
    }

    /// Draws the editor at the edge of the rows while its cell is out of sight: what is typed goes on there, and not to the table,
    /// where each letter would judge. `shown` are the rows in sight.
    pub fn stay_ui(
        &mut self,
        ui: &mut egui::Ui,
        frame: &mut Frame<'_>,
        columns: &[ShownColumn],
        (shown, place): (&Range<usize>, Rect),
    ) {
        let Some(open) = self.open.as_mut().filter(|open| open.text.is_some()) else { return };
        let Some(cell) = open.cell.filter(|_| !std::mem::take(&mut open.seen)) else { return };
        let schema = frame.desk.schema_of(open.article);
        let Some(column) = columns.iter().find(|column| editable(&schema, &column.key).as_ref() == Some(&open.field))
        else {
            return self.leave(ui, frame);
        };
        let row = frame.desk.rows().iter().position(|row| *row == open.article);
        let top = match row {
            Some(row) if row < shown.start => place.top(),
            Some(row) if row >= shown.end => place.bottom(),
            _ => cell.top(),
        };
        let top = top.clamp(place.top(), (place.bottom() - cell.height()).max(place.top()));
        let rect = Rect::from_min_size(pos2(cell.left(), top), cell.size());
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect));
        self.editor_ui(&mut child, frame, columns, (column, place));
        if let Some(open) = &mut self.open {
            open.seen = false;
        }
    }

    /// There is no cell any more in which the editor could stand: what is typed is kept if it can be, and else that is said.
    pub fn leave(&mut self, ctx: &egui::Context, frame: &mut Frame<'_>) {
        let Some(mut open) = self.open.take() else { return };
        if !open.commit(frame) {
            let reason = open.wrong.unwrap_or_default();
            frame.send(Command::Tell(format!("“{}” was not taken: {reason}", open.text.unwrap_or_default())));
        }
        self.close(ctx);
    }

    /// Whether something is typed that could not be told.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.wrong.is_some())
    }

    /// Other articles come: what is open here is of none of them.
    pub fn forget(&mut self) {
        self.open = None;
    }

    fn go_on(&mut self, ctx: &egui::Context, frame: &mut Frame<'_>, columns: &[ShownColumn], by: isize) {
        let Some(open) = self.open.take() else { return };
        let schema = frame.desk.schema_of(open.article);
        let fields: Vec<FieldPath> = columns.iter().filter_map(|column| editable(&schema, &column.key)).collect();
        let next = fields
            .iter()
            .position(|field| *field == open.field)
            .and_then(|at| at.checked_add_signed(by))
            .and_then(|at| fields.get(at));
        let beyond = if by > 0 { fields.first() } else { fields.last() };
        match (next, beyond.zip(neighbour(frame.desk, open.article, by))) {
            (Some(field), _) => self.open(frame, open.article, field.clone()),
            (None, Some((field, article))) => {
                frame.send(Command::Move { motion: Motion::By(by), extend: false });
                self.open(frame, article, field.clone());
            }
            (None, None) => self.close(ctx),
        }
        ctx.request_repaint();
    }

    fn close(&mut self, ctx: &egui::Context) {
        self.open = None;
        let focused = ctx.memory(egui::Memory::focused);
        // A click elsewhere has taken the keyboard already.
        if focused.is_none() || focused == Some(edit_id()) {
            ctx.memory_mut(|memory| memory.request_focus(focus_id()));
        }
    }
}

/// The article in the row before or after this one's, if this is the cursor's.
fn neighbour(desk: &Desk, article: ArticleId, by: isize) -> Option<ArticleId> {
    let row = desk.cursor_row().filter(|_| desk.cursor() == Some(article))?;
    desk.rows().get(row.checked_add_signed(by)?).copied()
}

fn base_id() -> Id {
    Id::unique("cell editor")
}

fn edit_id() -> Id {
    base_id().with("edit")
}

impl Editor {
    fn field_ui(&mut self, ui: &mut egui::Ui, frame: &Frame<'_>, label: &str, rows: Rect) -> Option<Leaving> {
        let title = frame.desk.catalog().map_or("", |catalog| catalog.title(self.article));
        let name = format!("{label} of {title}");
        let asked = leaving(ui);
        let left = if self.kind == Kind::YesNo { self.switch_ui(ui, &name) } else { self.text_ui(ui, &name, rows) };
        let offers = if self.kind == Kind::Choice && asked.is_none() { self.offers(frame.desk) } else { Vec::new() };
        hold(ui, edit_id());
        let keys = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(edit_id(), keys));
        if !offers.is_empty() && self.offers_ui(ui, &offers) {
            return Some(Leaving::Done);
        }
        asked.or(left.then_some(Leaving::Done))
    }

    /// Draws yes or no. Says whether the keyboard went elsewhere.
    fn switch_ui(&mut self, ui: &mut egui::Ui, name: &str) -> bool {
        let Some(text) = &mut self.text else { return false };
        let rect = switch_rect(ui.max_rect());
        let response = ui.interact(rect.expand(4.0), edit_id(), Sense::click());
        if std::mem::take(&mut self.fresh) {
            response.request_focus();
        }
        let mut on = text == "true";
        if response.clicked() {
            on = !on;
            *text = on.to_string();
        }
        paint_switch(ui.painter(), palette(ui), rect, on);
        focus_ring(ui, &response, size::ROUND);
        name_switch(&response, on, name);
        response.lost_focus()
    }

    /// Draws a field of text. Says whether the keyboard went elsewhere.
    fn text_ui(&mut self, ui: &egui::Ui, name: &str, rows: Rect) -> bool {
        let Some(text) = &mut self.text else { return false };
        if self.kind == Kind::Choice && ui.memory(|memory| memory.has_focus(edit_id())) {
            let by = ui.input_mut(|input| {
                input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as isize
                    - input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as isize
            });
            if by != 0 {
                self.offer = Some(self.offer.map_or(0, |at| at.saturating_add_signed(by)));
            }
        }
        let rect = place(ui, ui.max_rect(), text, rows);
        let look = Field { kind: Type::BODY, wrong: self.wrong.is_some(), ..Field::line(name) };
        let area =
            Area::new(base_id()).order(Order::Middle).fixed_pos(rect.min).default_size(rect.size()).fade_in(false);
        let shown = area.constrain(false).show(ui, |ui| {
            ui.set_clip_rect(rows);
            ui.set_max_size(rect.size());
            edit_ui(ui, base_id(), text, look)
        });
        let mut output = shown.inner;
        let response = output.response.response.clone();
        if self.fresh {
            self.fresh = false;
            response.request_focus();
            let all = egui::text::CCursorRange::two(output.galley.begin(), output.galley.end());
            output.state.cursor.set_char_range(Some(all));
            output.state.store(ui, edit_id());
            ui.request_repaint();
        }
        if response.changed() {
            (self.wrong, self.offer, self.untouched) = (None, None, false);
        }
        let left = response.lost_focus();
        if let Some(message) = &self.wrong {
            response.show_tooltip_text(message);
        }
        left
    }

    /// The values that a choice has elsewhere and that hold what was typed.
    fn offers(&self, desk: &Desk) -> Vec<String> {
        let schema = desk.schema_of(self.article);
        let typed = fold(self.text.as_deref().unwrap_or_default());
        let known = schema.field(&self.field).map(|field| field.values.as_slice()).unwrap_or_default();
        let values = known.iter().map(|(value, _)| value);
        values.filter(|value| self.untouched || fold(value).contains(&typed)).take(OFFERS).cloned().collect()
    }

    /// Draws the offered values below the cell; true when one was taken.
    fn offers_ui(&mut self, ui: &egui::Ui, offers: &[String]) -> bool {
        self.offer = self.offer.map(|at| at.min(offers.len() - 1));
        let chosen = self.offer;
        if let Some(value) = chosen.and_then(|at| offers.get(at)) {
            self.text = Some(value.clone());
        }
        let cell = ui.max_rect();
        let mut taken = None;
        let area = Area::new(Id::unique("cell offers")).order(Order::Foreground).fade_in(false);
        area.fixed_pos(cell.left_center() + vec2(0.0, size::CONTROL / 2.0 + size::GRID)).show(ui.ctx(), |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(cell.width().max(140.0));
                for (at, value) in offers.iter().enumerate() {
                    let row = item_ui(ui, value, "", true);
                    if chosen == Some(at) {
                        let edge = Stroke::new(1.5, palette(ui).accent);
                        ui.painter().rect_stroke(
                            row.rect,
                            CornerRadius::same(size::ROUND_SMALL),
                            edge,
                            StrokeKind::Inside,
                        );
                    }
                    // The press takes it: a moment later the field has lost the keyboard, and the list is gone.
                    let pressed = row.contains_pointer() && ui.input(|input| input.pointer.any_pressed());
                    if pressed || row.clicked() {
                        taken = Some(value.clone());
                    }
                }
            });
        });
        let is_taken = taken.is_some();
        self.text = taken.or(self.text.take());
        is_taken
    }

    /// Sends what was typed. False when it is no value of the field: then it stays, with the reason.
    fn commit(&mut self, frame: &mut Frame<'_>) -> bool {
        let Some(text) = &self.text else { return true };
        // Where the text is not in memory any more the edit waits for it.
        let old = frame.desk.document(self.article).and_then(|document| document.get(&self.field.pointer()));
        let schema = frame.desk.schema_of(self.article);
        if text.is_empty() && old.is_none_or(|old| matches!(old, Value::Null)) {
            return true;
        }
        let parsed = match schema.field(&self.field) {
            Some(field) => field.parse(text, old),
            None => schema.kind_of(&self.field, old).parse(text, old),
        };
        match parsed {
            Ok(value) if old == Some(&value) => true,
            Ok(value) => {
                let intent = if let (Value::Bool(yes), true) = (&value, schema.live.as_ref() == Some(&self.field)) {
                    Intent::Live(*yes)
                } else if self.field.parts().len() == 1 {
                    Intent::Set(self.field.clone(), value)
                } else {
                    Intent::SetAt(self.field.pointer(), value)
                };
                let label = schema
                    .field(&self.field)
                    .map_or_else(|| self.field.to_string(), |field| field.label.to_lowercase());
                frame.send(Command::Edit(Edit::of(self.article, label, vec![intent])));
                true
            }
            Err(error) => {
                self.wrong = Some(error.to_string());
                false
            }
        }
    }
}

/// Where the field of a cell lies: all of its text is in view, as far as there is room in the rows.
fn place(ui: &egui::Ui, cell: Rect, text: &str, rows: Rect) -> Rect {
    let text = ui.painter().layout_no_wrap(text.to_owned(), Type::BODY.font(), palette(ui).text).size().x;
    let width = (text + AROUND).min(rows.width()).max(cell.width());
    let left = cell.left().min(rows.right() - width).max(rows.left().min(cell.left()));
    let height = size::CONTROL.min(cell.height());
    Rect::from_min_size(pos2(left, cell.center().y - height / 2.0), vec2(width, height))
}

/// The key that ends the editing, taken out of the input.
fn leaving(ui: &egui::Ui) -> Option<Leaving> {
    if !ui.memory(|memory| memory.has_focus(edit_id())) {
        return None;
    }
    ui.input_mut(|input| {
        [
            (Modifiers::SHIFT, Key::Tab, Leaving::Previous),
            (Modifiers::NONE, Key::Tab, Leaving::Next),
            (Modifiers::NONE, Key::Enter, Leaving::Done),
            (Modifiers::NONE, Key::Escape, Leaving::GivenUp),
        ]
        .into_iter()
        .find_map(|(modifiers, key, leaving)| input.consume_key(modifiers, key).then_some(leaving))
    })
}

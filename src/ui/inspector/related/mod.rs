//! The related entries of a story, as cards: closed, they say who tells it; opened, they are edited in place.
//!
//! Invariant: a card that is neither on screen nor has the keyboard costs nothing, however many there are.

mod add;
mod card;

pub use card::is_focused;

use std::collections::{BTreeMap, BTreeSet};

use egui::{Align, Id, Layout, Rect, Stroke, Ui, UiBuilder, vec2};

use super::fields::{ask_focus, label_ui, wants_focus};
use crate::article::{Article, Intent, Problem};
use crate::catalog::ArticleId;
use crate::desk::{Command, Edit};
use crate::document::{FieldPath, Value};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::key::key_ui;
use card::{Card, card_ui};

/// Between two cards.
const GAP: f32 = 5.0;
/// Cards so far beyond the edge of what is seen are drawn, so that the keyboard finds them.
const MARGIN: f32 = 240.0;

/// What the cards of an article remember between frames.
#[derive(Default)]
pub struct RelatedState {
    of: Option<ArticleId>,
    /// The cards that are open.
    open: BTreeSet<usize>,
    /// The card that was just opened: its fields shall be in view.
    opened: Option<usize>,
    /// How high open cards were when they were drawn last.
    heights: BTreeMap<usize, f32>,
    /// The card that shall have the keyboard.
    focus: Option<usize>,
    /// The card with the keyboard, or with a field that has it.
    active: Option<usize>,
    /// The card that is being dragged.
    dragged: Option<usize>,
    add: add::AddState,
}

impl RelatedState {
    /// The cards stand in another order: the one at `from` is at `to` now, and has the keyboard.
    fn moved(&mut self, from: usize, to: usize) {
        let shift = |at: usize| match at {
            at if at == from => to,
            at if from < at && at <= to => at - 1,
            at if to <= at && at < from => at + 1,
            at => at,
        };
        self.open = self.open.iter().map(|at| shift(*at)).collect();
        self.heights = self.heights.iter().map(|(at, height)| (shift(*at), *height)).collect();
        self.focus = Some(to);
    }

    /// A card is gone; the one that stands there now, or the last one, has the keyboard.
    fn removed(&mut self, gone: usize, count: usize) {
        let shift = |at: usize| if at > gone { at - 1 } else { at };
        self.open = self.open.iter().filter(|at| **at != gone).map(|at| shift(*at)).collect();
        self.heights.clear();
        self.focus = (count > 1).then(|| gone.min(count - 2));
    }
}

/// What the cards are drawn of.
#[derive(Clone, Copy)]
pub struct Story<'a> {
    /// Its number.
    pub id: ArticleId,
    /// The story.
    pub article: Article<'a>,
    /// What is wrong with it.
    pub problems: &'a [Problem],
}

/// Draws the related entries. `focus`: the first card takes the keyboard.
pub fn related_ui(ui: &mut Ui, frame: &mut Frame<'_>, story: Story<'_>, state: &mut RelatedState, focus: bool) {
    if state.of != Some(story.id) {
        *state = RelatedState { of: Some(story.id), ..RelatedState::default() };
    }
    let list = story.article.related_field();
    let items = story.article.related();
    head_ui(ui, frame, story, items.len(), state, focus && items.is_empty());
    if focus && !items.is_empty() {
        state.focus = Some(0);
    }
    ui.spacing_mut().item_spacing.y = GAP;
    cards_ui(ui, frame, story, (&list, items), state);
    if items.is_empty() {
        label_ui(ui, "No related entries.");
    }
    ui.spacing_mut().item_spacing.y = 4.0;
}

fn head_ui(ui: &mut Ui, frame: &mut Frame<'_>, story: Story<'_>, count: usize, state: &mut RelatedState, focus: bool) {
    let colors = palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.label(Type::SUBHEAD.rich("Related").color(colors.text));
        ui.label(Type::BODY.rich(count.to_string()).color(colors.muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let key = frame.desk.key_of("Related entries");
            if !key.is_empty() {
                key_ui(ui, key);
            }
            match add::add_ui(ui, frame, story, &mut state.add, focus) {
                Some(add::Added::Article(other)) => {
                    frame.send(Command::AddRelated { article: story.id, other });
                }
                Some(add::Added::Blank(title)) => {
                    add_blank(ui, frame, story, count, &title);
                    state.open.insert(count);
                }
                None => {}
            }
        });
    });
}

/// Adds an entry that has but a title, opens it and goes there.
fn add_blank(ui: &Ui, frame: &mut Frame<'_>, story: Story<'_>, count: usize, title: &str) {
    let key = story.article.schema.title.last();
    let entry = Value::Map([(key.to_owned(), Value::text(title))].into_iter().collect());
    let edit = Edit::of(story.id, "related entry added", vec![Intent::AddRelated(entry)]);
    frame.send(Command::Edit(edit));
    ask_focus(ui, story.id, story.article.related_field().pointer().child(count).child(key));
}

fn cards_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    story: Story<'_>,
    (list, items): (&FieldPath, &[Value]),
    state: &mut RelatedState,
) {
    let seen = ui.clip_rect().expand2(vec2(0.0, MARGIN));
    let mut skipped = 0.0;
    let mut places: Vec<(usize, Rect)> = Vec::new();
    let is_wanted = wants_focus(ui, story.id);
    for (at, item) in items.iter().enumerate() {
        let is_open = state.open.contains(&at);
        let height = if is_open { state.heights.get(&at).copied() } else { Some(card::HEIGHT) };
        let top = ui.next_widget_position().y + skipped;
        let is_needed = [state.focus, state.active, state.dragged].contains(&Some(at)) || is_open && is_wanted;
        if let Some(height) = height.filter(|height| !is_needed && (top + height < seen.top() || top > seen.bottom())) {
            skipped += height + GAP;
            continue;
        }
        if skipped > 0.0 {
            ui.add_space(std::mem::take(&mut skipped));
        }
        let card = Card {
            story,
            list,
            pointer: list.pointer().child(at),
            at,
            count: items.len(),
            item,
            shown: story.article.related_card(at),
        };
        let before = ui.next_widget_position().y;
        // A name of its own: how many cards were drawn before it must not matter to it.
        let own = UiBuilder::new().scope_id(Id::unique(("related", story.id.0, at)));
        let rect = ui.scope_builder(own, |ui| card_ui(ui, frame, &card, state)).inner;
        state.heights.insert(at, ui.next_widget_position().y - before - GAP);
        places.push((at, rect));
    }
    ui.add_space(skipped);
    drag_ui(ui, frame, story, &places, state, items.len());
}

/// Shows where a dragged card would go, and moves it there when it is let go.
fn drag_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    story: Story<'_>,
    places: &[(usize, Rect)],
    state: &mut RelatedState,
    count: usize,
) {
    let Some(from) = state.dragged else { return };
    let Some(pointer) = ui.ctx().pointer_latest_pos() else { return };
    let before = places.iter().find(|(_, rect)| pointer.y < rect.center().y);
    let slot = before.map_or(places.last().map_or(count, |(at, _)| at + 1), |(at, _)| *at);
    let to = if slot > from { slot - 1 } else { slot };
    if ui.input(|input| input.pointer.any_released()) {
        state.dragged = None;
        return card::move_to(frame, story, from, to, state);
    }
    let edge = match before {
        Some((_, rect)) => rect.top() - GAP / 2.0,
        None => places.last().map_or(pointer.y, |(_, rect)| rect.bottom() + GAP / 2.0),
    };
    if to != from {
        let stroke = Stroke::new(2.0, palette(ui).accent);
        ui.painter().hline(ui.max_rect().x_range(), edge, stroke);
    }
    let clip = ui.clip_rect();
    let beyond = (pointer.y - clip.bottom() + 24.0).max(0.0) - (clip.top() + 24.0 - pointer.y).max(0.0);
    if beyond != 0.0 {
        ui.scroll_with_delta(vec2(0.0, -beyond * 0.3));
        ui.ctx().request_repaint();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_goes_along_when_cards_move_or_go() {
        let mut state = RelatedState { open: [0, 2].into(), ..RelatedState::default() };
        state.moved(0, 1);
        assert_eq!((state.open.iter().copied().collect::<Vec<_>>(), state.focus), (vec![1, 2], Some(1)));
        state.moved(2, 0);
        assert_eq!(state.open.iter().copied().collect::<Vec<_>>(), [0, 2]);
        state.removed(0, 3);
        assert_eq!((state.open.iter().copied().collect::<Vec<_>>(), state.focus), (vec![1], Some(0)));
        state.removed(0, 1);
        assert_eq!(state.focus, None);
    }
}

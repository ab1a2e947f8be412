//! The card of a score: its number, the value it had, a bar that is a slider.
//!
//! Invariant: what is dragged is given with every step, and the end of the drag says so, so that it becomes one undo. What is typed
//! and not taken stays in its field.

use egui::accesskit::Role;
use egui::{
    CornerRadius, EventFilter, Id, Key, Modifiers, Rect, Response, Sense, Stroke, TextEdit, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use crate::catalog::ArticleId;
use crate::ui::held::hold;
use crate::ui::theme::{Type, galley, line, palette, size};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::key::paint_key;
use crate::ui::widgets::score_bar::{Look, paint_score_bar, share};
use crate::ui::{show, untaken};

/// What a card shows.
#[derive(Clone, Copy, Debug)]
pub struct ScoreCard<'a> {
    /// Whose it is, the first one's of several: what is typed stays with that one.
    pub of: ArticleId,
    /// The name of the score.
    pub label: &'a str,
    /// The key that asks for an exact number; empty where there is none.
    pub key: &'a str,
    /// The number as it is written; nothing where there is none.
    pub value: Option<f64>,
    /// What is there where no number is: absent, null, from what to what several go.
    pub state: &'a str,
    /// From what to what several go that are not the same; the slider then has no place.
    pub mixed: Option<(f64, f64)>,
    /// Whether its name is being typed, so that it is not painted.
    pub renaming: bool,
    /// What it was, if it has changed.
    pub old: Option<f64>,
    /// What a house rule makes of it.
    pub computed: Option<f64>,
    /// The lower end of the slider.
    pub least: f64,
    /// The upper end of the slider.
    pub most: f64,
    /// From where on a story is live.
    pub threshold: Option<f64>,
    /// The colours of the bar.
    pub look: Look,
}

/// What was done to a card.
#[derive(Debug)]
pub struct ScoreResponse {
    /// The slider.
    pub response: Response,
    /// The number to set.
    pub set: Option<f64>,
    /// What was typed as a number.
    pub typed: Option<String>,
    /// Where it is typed.
    pub number: Id,
    /// All shall go up or down by this: what the keys mean where the numbers are not the same.
    pub moved: Option<f64>,
    /// The drag goes on: the next number belongs to the same step.
    pub dragging: bool,
    /// The number that it was shall be there again.
    pub undone: bool,
    /// The whole card.
    pub rect: Rect,
    /// The line of its name, up to the key: room for what else is to be said of it.
    pub head: Rect,
}

/// The height of a card.
pub const HEIGHT: f32 = 62.0;
const MARGIN: f32 = 10.0;

/// Draws a card as wide as `width`. With `enter`, the number becomes a field with the keyboard.
pub fn score_card_ui(ui: &mut Ui, card: ScoreCard<'_>, width: f32, enter: bool) -> ScoreResponse {
    let colors = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(size::ROUND), colors.raised);
    let middle = rect.top() + 14.0;
    let right = match card.key {
        "" => rect.right() - MARGIN,
        key => paint_key(painter, colors, pos2(rect.right() - MARGIN, middle), key).left() - 4.0,
    };
    let head = Rect::from_min_max(pos2(rect.left() + MARGIN, middle - 8.0), pos2(right, middle + 8.0));
    if !card.renaming {
        let label = galley(painter, card.label, Type::SMALL, colors.muted_raised, head.width());
        painter.galley(pos2(head.left(), middle - label.size().y / 2.0), label, colors.text);
    }
    let bar =
        Rect::from_min_size(pos2(rect.left() + MARGIN, rect.bottom() - 11.0), vec2(width - 2.0 * MARGIN, size::BAR));
    let slider = slider_ui(ui, &card, bar);
    let number = Rect::from_min_max(pos2(bar.left(), rect.top() + 23.0), pos2(bar.right(), bar.top() - 4.0));
    let field = ui.make_persistent_id(("score number", card.label, card.of.0));
    let Numbered { typed, set: by_rule, undone } = number_ui(ui, &card, (number, field), enter);
    let dragging = slider.response.dragged();
    let Slid { response, set, moved } = slider;
    ScoreResponse { set: by_rule.or(set), typed, number: field, moved, dragging, undone, response, rect, head }
}

struct Slid {
    response: Response,
    set: Option<f64>,
    moved: Option<f64>,
}

fn slider_ui(ui: &mut Ui, card: &ScoreCard<'_>, bar: Rect) -> Slid {
    let colors = palette(ui);
    let id = ui.make_persistent_id(("score", card.label));
    let mut response = ui.interact(bar.expand2(vec2(2.0, 6.0)), id, Sense::click_and_drag());
    let now = card.value.unwrap_or(card.least);
    let (mut set, mut moved) = (None, None);
    if let Some(pointer) = response.interact_pointer_pos()
        && (response.dragged() || response.clicked())
    {
        let at = f64::from(((pointer.x - bar.left()) / bar.width()).clamp(0.0, 1.0));
        set = Some((card.least + at * (card.most - card.least)).round());
    }
    if response.has_focus() {
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
        let step = step(ui);
        match step {
            0.0 => {}
            step if card.mixed.is_some() => moved = Some(step),
            step => set = Some(now + step),
        }
    }
    let set = set.filter(|value| Some(*value) != card.value);
    if set.is_some() || moved.is_some() {
        response.mark_changed();
    }
    response.widget_info(|| match card.mixed {
        None => WidgetInfo::slider(true, now, card.label),
        Some(_) => WidgetInfo::labeled(Role::Slider, true, format!("{}, {}", card.label, card.state)),
    });
    let tick = card.threshold.map(|threshold| share(threshold, card.least, card.most));
    let filled = share(now, card.least, card.most);
    paint_score_bar(ui.painter(), colors, bar, filled, card.look, colors.line, tick);
    if let Some((least, most)) = card.mixed.filter(|(least, most)| least < most) {
        let at = |value| bar.left() + bar.width() * share(value, card.least, card.most);
        let span = Rect::from_x_y_ranges(at(least)..=at(most).max(at(least) + 2.0), bar.y_range());
        ui.painter().rect_filled(span, CornerRadius::same((bar.height() / 2.0) as u8), colors.muted_raised);
    } else if card.mixed.is_none() && (response.hovered() || response.dragged() || response.has_focus()) {
        let knob = pos2(bar.left() + bar.width() * filled, bar.center().y);
        ui.painter().circle(knob, 5.0, colors.white, Stroke::new(1.0, colors.muted));
    }
    focus_ring(ui, &response, size::ROUND_SMALL);
    Slid { response, set, moved }
}

/// How far the keys move a slider: arrows, plus and minus by one, with Shift by ten. They go beyond its ends.
fn step(ui: &Ui) -> f64 {
    const STEPS: [(Key, f64); 7] = [
        (Key::ArrowRight, 1.0),
        (Key::ArrowUp, 1.0),
        (Key::Plus, 1.0),
        (Key::Equals, 1.0),
        (Key::ArrowLeft, -1.0),
        (Key::ArrowDown, -1.0),
        (Key::Minus, -1.0),
    ];
    ui.input_mut(|input| {
        let mut pressed = |modifiers, key| input.count_and_consume_key(modifiers, key) as f64;
        // With Shift first, for those without it take both.
        STEPS
            .iter()
            .map(|(key, by)| by * (10.0 * pressed(Modifiers::SHIFT, *key) + pressed(Modifiers::NONE, *key)))
            .sum()
    })
}

/// What was done to the number.
#[derive(Default)]
struct Numbered {
    typed: Option<String>,
    set: Option<f64>,
    undone: bool,
}

fn number_ui(ui: &mut Ui, card: &ScoreCard<'_>, (rect, id): (Rect, Id), enter: bool) -> Numbered {
    let untaken = untaken::text(ui, id);
    let typing = ui.data(|data| data.get_temp::<String>(id)).or_else(|| untaken.clone());
    if typing.is_none() && !enter {
        return shown_number_ui(ui, card, (rect, id));
    }
    let mut text = typing.unwrap_or_else(|| card.value.map(|value| value.to_string()).unwrap_or_default());
    let field = id.with("field");
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect));
    let mut output = TextEdit::singleline(&mut text)
        .id(field)
        .font(Type::SCORE.font())
        .frame(egui::Frame::NONE)
        .text_color(if untaken.is_some() { palette(ui).danger_text } else { palette(ui).text })
        .desired_width(rect.width())
        .show(&mut child);
    let response = &output.response.response;
    hold(ui, field);
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(format!("{} as a number", card.label)));
    if enter {
        response.request_focus();
        let all = egui::text::CCursorRange::two(output.galley.begin(), output.galley.end());
        output.state.cursor.set_char_range(Some(all));
        output.state.store(ui, field);
    }
    if response.lost_focus() {
        ui.data_mut(|data| data.remove::<String>(id));
        untaken::forget(ui, id);
        let given_up = text.trim().is_empty() || ui.input(|input| input.key_pressed(Key::Escape));
        return Numbered { typed: (!given_up).then_some(text), ..Numbered::default() };
    }
    if enter || response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
    } else {
        // The keyboard went while the card was not drawn, to another site for example.
        ui.data_mut(|data| data.remove::<String>(id));
    }
    Numbered::default()
}

fn shown_number_ui(ui: &Ui, card: &ScoreCard<'_>, (rect, id): (Rect, Id)) -> Numbered {
    let mut undone = false;
    let colors = palette(ui);
    let painter = ui.painter();
    let text = card.value.map_or_else(|| if card.state.is_empty() { "–" } else { card.state }.to_owned(), show::number);
    let (kind, ink) = if card.value.is_some() || card.state.is_empty() {
        (Type::SCORE, colors.text)
    } else if card.mixed.is_some() {
        (Type::SUBHEAD, colors.text)
    } else {
        (Type::SMALL, colors.muted_raised)
    };
    let number = line(painter, &text, kind, ink);
    let at = pos2(rect.left() + 1.0, rect.center().y - number.size().y / 2.0);
    let mut x = at.x + number.size().x + 8.0;
    let response = ui.interact(Rect::from_min_size(at, number.size()), id.with("shown"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Type {}", card.label)));
    painter.galley(at, number, colors.text);
    let base = rect.center().y + 3.0;
    if let Some(old) = card.old {
        let old = line(painter, &show::number(old), Type::SMALL, colors.muted_raised);
        let place = Rect::from_min_size(pos2(x, base - old.size().y / 2.0), old.size());
        x += old.size().x + 8.0;
        let back = ui.interact(place.expand(2.0), id.with("old"), Sense::click());
        back.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Undo {}", card.label)));
        let ink = if back.hovered() { colors.text } else { colors.muted_raised };
        painter.hline(place.x_range(), base + 0.5, Stroke::new(1.0, ink));
        painter.galley(place.min, old, ink);
        focus_ring(ui, &back, size::ROUND_SMALL);
        let back = back.on_hover_text("Give it the number back that it has on disk");
        undone = back.on_hover_cursor(egui::CursorIcon::PointingHand).clicked();
    }
    if let Some(by_rule) = card.computed.filter(|computed| Some(*computed) != card.value) {
        let computed = line(painter, &format!("= {}", show::number(by_rule)), Type::SMALL, colors.muted_raised);
        let place = Rect::from_min_size(pos2(x, base - computed.size().y / 2.0), computed.size());
        let take = ui.interact(place.expand(2.0), id.with("computed"), Sense::click());
        take.widget_info(|| {
            WidgetInfo::labeled(Role::Button, true, format!("Set {} to {}", card.label, show::number(by_rule)))
        });
        let ink = if take.hovered() { colors.text } else { colors.muted_raised };
        painter.galley(place.min, computed, ink);
        focus_ring(ui, &take, size::ROUND_SMALL);
        if take.on_hover_text("What the house rule makes of it: quality, and more for each related entry").clicked() {
            return Numbered { set: Some(by_rule), ..Numbered::default() };
        }
    }
    focus_ring(ui, &response, size::ROUND_SMALL);
    if response.clicked() {
        let text = card.value.map(|value| value.to_string()).unwrap_or_default();
        ui.data_mut(|data| data.insert_temp(id, text));
        ui.memory_mut(|memory| memory.request_focus(id.with("field")));
    }
    response.on_hover_cursor(egui::CursorIcon::Text);
    Numbered { undone, ..Numbered::default() }
}

//! The histogram of a score: how many there are of each, and a range to filter by.
//!
//! Invariant: what is dragged is shown at once; the range is given when the pointer is let go.

use egui::accesskit::Role;
use egui::{CornerRadius, EventFilter, Key, Modifiers, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::ui::show::number;
use crate::ui::theme::{Type, line, palette, size};

/// What a histogram shows.
#[derive(Clone, Copy, Debug)]
pub struct Histogram<'a> {
    /// What a screen reader calls it.
    pub name: &'a str,
    /// How many in each bin.
    pub counts: &'a [usize],
    /// The lower end of the first bin.
    pub least: f64,
    /// The upper end of the last bin.
    pub most: f64,
    /// From where on stories are live.
    pub threshold: Option<f64>,
    /// The range that the filter has now; an end that it leaves open is nothing.
    pub range: Option<(Option<f64>, Option<f64>)>,
    /// Whether it has the colour of heat; else that of quality.
    pub warm: bool,
}

impl Histogram<'_> {
    /// The range from end to end.
    fn ends(&self) -> Option<(f64, f64)> {
        self.range.map(|(least, most)| (least.unwrap_or(self.least), most.unwrap_or(self.most)))
    }

    /// The range in words. An open end is where the data ends, but not for a range that lies beyond it.
    fn words(&self, (least, most): (Option<f64>, Option<f64>)) -> String {
        match (least, most) {
            (Some(least), None) if least > self.most => format!("≥ {}", number(least)),
            (None, Some(most)) if most < self.least => format!("≤ {}", number(most)),
            (least, most) => {
                let (least, most) = (least.unwrap_or(self.least), most.unwrap_or(self.most));
                format!("{} – {}", number(least), number(most))
            }
        }
    }
}

/// What was done to a histogram.
#[derive(Debug)]
pub struct HistogramResponse {
    /// The bars.
    pub response: Response,
    /// A range was dragged: filter by it. `Some(None)` clears it.
    pub chosen: Option<Option<(f64, f64)>>,
}

const HEIGHT: f32 = 52.0;
const LABELS: f32 = 26.0;

/// Draws the bars. A drag chooses a range, a click on one bar chooses it, a double click or Delete clears. Arrows move the lower
/// end of the range by a bar, with Shift the upper end.
pub fn histogram_ui(ui: &mut Ui, histogram: Histogram<'_>) -> HistogramResponse {
    let area = vec2(ui.available_width(), HEIGHT + LABELS);
    let (rect, response) = ui.allocate_exact_size(area, Sense::click_and_drag());
    let bars = Rect::from_min_max(
        pos2(rect.left() + size::SIDE, rect.top()),
        pos2(rect.right() - size::SIDE, rect.top() + HEIGHT),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, describe(&histogram)));
    let dragged = dragged_range(ui, &response, bars, &histogram);
    paint(ui, bars, &histogram, dragged.map(|(least, most)| (Some(least), Some(most))).or(histogram.range));
    let cleared = response.double_clicked()
        || response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Delete));
    let keyed = if response.has_focus() { keyed_range(ui, &response, &histogram) } else { None };
    let chosen = if cleared {
        Some(None)
    } else if keyed.is_some() {
        Some(keyed)
    } else if response.drag_stopped() || response.clicked() && response.interact_pointer_pos().is_some() {
        dragged.map(Some)
    } else {
        None
    };
    crate::ui::widgets::focus_ring(ui, &response, size::ROUND_SMALL);
    let response = response
        .on_hover_text("Drag over the bars to filter, double-click to clear; with the keyboard arrows and Delete");
    HistogramResponse { response, chosen }
}

fn describe(histogram: &Histogram<'_>) -> String {
    let range = histogram.range.unwrap_or((Some(histogram.least), Some(histogram.most)));
    format!("{}, {}", histogram.name, histogram.words(range).replace('–', "to"))
}

fn keyed_range(ui: &Ui, response: &Response, histogram: &Histogram<'_>) -> Option<(f64, f64)> {
    let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let (lower, upper) = ui.input_mut(|input| {
        let mut steps = |modifiers| {
            input.count_and_consume_key(modifiers, Key::ArrowRight) as f64
                - input.count_and_consume_key(modifiers, Key::ArrowLeft) as f64
        };
        // Shift first: a chord without it would take these too.
        let upper = steps(Modifiers::SHIFT);
        (steps(Modifiers::NONE), upper)
    });
    if lower == 0.0 && upper == 0.0 {
        return None;
    }
    let step = ((histogram.most - histogram.least) / histogram.counts.len().max(1) as f64).max(1.0);
    let (least, most) = histogram.ends().unwrap_or((histogram.least, histogram.most));
    let within = |value: f64| value.clamp(histogram.least, histogram.most).round();
    let (least, most) = (within(least + lower * step), within(most + upper * step));
    Some((least.min(most), most.max(least)))
}

fn dragged_range(ui: &Ui, response: &Response, bars: Rect, histogram: &Histogram<'_>) -> Option<(f64, f64)> {
    let now = response.interact_pointer_pos()?;
    // In the frame of the release it is no longer known where the button went down.
    let begun = response.id.with("dragged from");
    let start = if let Some(at) = ui.input(|input| input.pointer.press_origin()) {
        ui.data_mut(|data| data.insert_temp(begun, at));
        at
    } else {
        ui.data_mut(|data| data.remove_temp(begun)).unwrap_or(now)
    };
    let bins = histogram.counts.len();
    if bins == 0 {
        return None;
    }
    let bin_at = |x: f32| {
        let share = ((x - bars.left()) / bars.width()).clamp(0.0, 0.999_9);
        (share * bins as f32) as usize
    };
    let (first, last) = (bin_at(start.x.min(now.x)), bin_at(start.x.max(now.x)));
    let step = (histogram.most - histogram.least) / bins as f64;
    let edge = |bin: usize| (histogram.least + step * bin as f64).round();
    Some((edge(first), edge(last + 1)))
}

fn paint(ui: &Ui, bars: Rect, histogram: &Histogram<'_>, range: Option<(Option<f64>, Option<f64>)>) {
    let histogram = &Histogram { range, ..*histogram };
    let colors = palette(ui);
    let painter = ui.painter();
    let highest = histogram.counts.iter().copied().max().unwrap_or(0).max(1);
    let bins = histogram.counts.len().max(1);
    let step = (histogram.most - histogram.least) / bins as f64;
    let pitch = bars.width() / bins as f32;
    for (bin, count) in histogram.counts.iter().enumerate() {
        // The root keeps small bins in view beside a big one.
        let share = (*count as f32 / highest as f32).sqrt();
        let height = if *count == 0 { 0.0 } else { (share * bars.height()).max(2.0).round() };
        let left = (bars.left() + pitch * bin as f32).round();
        let right = (bars.left() + pitch * (bin + 1) as f32).round() - 2.0;
        let bar = Rect::from_min_max(pos2(left, bars.bottom() - height), pos2(right.max(left + 1.0), bars.bottom()));
        let from = histogram.least + step * bin as f64;
        let inside = histogram.ends().is_none_or(|(least, most)| from + step > least && from < most);
        painter.rect_filled(
            bar,
            CornerRadius { nw: 1, ne: 1, ..CornerRadius::ZERO },
            match (inside, histogram.warm) {
                (false, _) => colors.dormant,
                (true, true) => colors.heat,
                (true, false) => colors.quality,
            },
        );
    }
    painter.hline(bars.x_range(), bars.bottom() + 0.5, Stroke::new(1.0, colors.line));
    if let Some(threshold) = histogram.threshold {
        let x = bars.left() + bars.width() * super::score_bar::share(threshold, histogram.least, histogram.most);
        painter.vline(x.round(), bars.y_range(), Stroke::new(1.0, colors.muted));
    }
    let left = line(painter, &number(histogram.least), Type::BODY, colors.muted);
    let y = bars.bottom() + LABELS / 2.0 - left.size().y / 2.0 + 1.0;
    painter.galley(pos2(bars.left(), y), left, colors.muted);
    let text = range.map_or_else(|| number(histogram.most), |range| histogram.words(range));
    let right = line(painter, &text, Type::BODY, colors.muted);
    painter.galley(pos2(bars.right() - right.size().x, y), right, colors.muted);
}

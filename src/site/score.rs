//! Scores: their bounds, the threshold from which an article is live, and the values of the digit keys.
//!
//! Invariant: all of it is learned from numbers (a sample or all of them, in any order) and gives the same for the same numbers.

use crate::document::FieldPath;

/// A share of the articles that must follow a rule for it to be a rule.
pub const RULE_HOLDS: f64 = 0.98;

/// Fewer articles than these prove no rule.
const FEWEST_FOR_A_RULE: usize = 12;

/// One score of a collection.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Score {
    /// Its field.
    pub path: FieldPath,
    /// The lowest value: configured, else the lowest one there is.
    pub min: f64,
    /// The highest value: configured, else the highest one there is.
    pub max: f64,
    /// Whether `min` and `max` were configured; then steps stop there and values beyond are a problem.
    pub bounded: bool,
    /// The lowest value of live articles, where being live follows from the score.
    pub threshold: Option<f64>,
    /// The values of the keys 1 to 9 and 0, ascending.
    pub presets: [i64; 10],
    /// The nine values that part the live articles into tenths; all articles, where none is known to be live.
    pub deciles: [f64; 9],
}

/// One article's part in learning: its score, and whether it is live if that is known.
pub type Sample = (f64, Option<bool>);

impl Score {
    /// Learns a score from the articles' values.
    #[must_use]
    pub fn infer(path: FieldPath, samples: &[Sample]) -> Self {
        let finite: Vec<Sample> = samples.iter().copied().filter(|(value, _)| value.is_finite()).collect();
        let threshold = threshold(&finite);
        let mut score = Self {
            path,
            min: finite.iter().map(|(value, _)| *value).fold(f64::INFINITY, f64::min),
            max: finite.iter().map(|(value, _)| *value).fold(f64::NEG_INFINITY, f64::max),
            bounded: false,
            threshold,
            presets: [0; 10],
            deciles: [0.0; 9],
        };
        if finite.is_empty() {
            (score.min, score.max) = (0.0, 100.0);
        }
        let live = counted(&finite, threshold);
        score.deciles = deciles(&live).unwrap_or_else(|| {
            let step = (score.max - score.min) / 10.0;
            std::array::from_fn(|at| score.min + step * (at + 1) as f64)
        });
        score.presets = presets(threshold.or(live.first().copied()).unwrap_or(score.min), &score.deciles);
        score
    }

    /// The value within the bounds, where bounds are configured.
    #[must_use]
    pub fn clamp(&self, value: f64) -> f64 {
        if self.bounded { value.max(self.min).min(self.max) } else { value }
    }

    /// Whether a value lies beyond the configured bounds.
    #[must_use]
    pub fn is_beyond(&self, value: f64) -> bool {
        self.bounded && (value < self.min || value > self.max)
    }

    /// How far along the bar a value stands, from 0 to 1. Bars begin at zero where values do not.
    #[must_use]
    pub fn share(&self, value: f64) -> f64 {
        let start = if self.bounded || self.max <= 0.0 { self.min } else { 0.0 };
        let width = self.max - start;
        if width <= 0.0 { 0.0 } else { ((value - start) / width).clamp(0.0, 1.0) }
    }

    /// Whether being live and this value contradict each other; nothing where the site has no such rule.
    #[must_use]
    pub fn breaks_rule(&self, value: f64, live: bool) -> Option<bool> {
        self.threshold.map(|threshold| (value >= threshold) != live)
    }
}

/// The value from which articles are live, where that holds for 98 % of those whose state is known, and both states occur.
/// Of all values that part them equally well the roundest is taken.
#[must_use]
pub fn threshold(samples: &[Sample]) -> Option<f64> {
    let mut known: Vec<(f64, bool)> = samples.iter().filter_map(|(value, live)| Some((*value, (*live)?))).collect();
    let live = known.iter().filter(|(_, live)| *live).count();
    if known.len() < FEWEST_FOR_A_RULE || live < 3 || known.len() - live < 3 {
        return None;
    }
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    // `right` counts those that a cut before `at` puts on the right side.
    let mut right = live;
    let mut best: Option<(usize, usize)> = None;
    for at in 1..known.len() {
        if known[at - 1].1 {
            right -= 1;
        } else {
            right += 1;
        }
        let is_cut = known[at].0 > known[at - 1].0;
        if is_cut && best.is_none_or(|(most, _)| right > most) {
            best = Some((right, at));
        }
    }
    let (right, at) = best?;
    (right as f64 >= RULE_HOLDS * known.len() as f64).then(|| roundest(known[at - 1].0, known[at].0))
}

/// The roundest number above `below` and not above `up_to`.
fn roundest(below: f64, up_to: f64) -> f64 {
    [1000.0, 500.0, 100.0, 50.0, 10.0, 5.0, 1.0]
        .into_iter()
        .map(|step| (up_to / step).floor() * step)
        .find(|round| *round > below)
        .unwrap_or(up_to)
}

/// The values that count for the presets, ascending: those of live articles. Where the threshold decides, those from it on;
/// where nothing is known, all that are not below zero, which is where followers stand.
fn counted(samples: &[Sample], threshold: Option<f64>) -> Vec<f64> {
    let known = samples.iter().any(|(_, live)| *live == Some(true));
    let mut values: Vec<f64> = samples
        .iter()
        .filter(|(value, live)| match (live, threshold) {
            (Some(live), _) if known => *live,
            (_, Some(threshold)) => *value >= threshold,
            (_, None) => !known && *value >= 0.0,
        })
        .map(|(value, _)| *value)
        .collect();
    values.sort_by(f64::total_cmp);
    values
}

fn deciles(values: &[f64]) -> Option<[f64; 9]> {
    let last = values.len().checked_sub(1)?;
    Some(std::array::from_fn(|at| values[(last as f64 * (at + 1) as f64 / 10.0).round() as usize]))
}

/// The values of the keys: 1 is the threshold (without one the lowest live value), 2 to 9 and 0 are the deciles. They are rounded
/// to 5 where they are five apart on the whole, else to 1, and each is at least one step above the one before.
fn presets(first: f64, deciles: &[f64; 9]) -> [i64; 10] {
    let spread = deciles[8] - first;
    let step: i64 = if spread >= 45.0 { 5 } else { 1 };
    let round = |value: f64| ((value / step as f64).round() as i64).saturating_mul(step);
    let mut presets = [first.ceil() as i64; 10];
    for (at, decile) in deciles.iter().enumerate() {
        presets[at + 1] = round(*decile).max(presets[at].saturating_add(step));
    }
    presets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn infer(samples: &[Sample]) -> Score {
        Score::infer(FieldPath::parse("heat"), samples)
    }

    #[test]
    fn the_threshold_is_the_roundest_that_parts_live_from_not_live() {
        let samples =
            |cut: f64| -> Vec<Sample> { (0..200).map(|n| (f64::from(n), Some(f64::from(n) >= cut))).collect() };
        assert_eq!(infer(&samples(100.0)).threshold, Some(100.0));
        assert_eq!(infer(&samples(71.0)).threshold, Some(71.0));
        let gap: Vec<Sample> = samples(90.0).into_iter().filter(|(v, _)| !(83.0..118.0).contains(v)).collect();
        assert_eq!(infer(&gap).threshold, Some(100.0));
    }

    #[test]
    fn a_rule_holds_for_98_of_100() {
        let mut samples: Vec<Sample> = (0..200).map(|n| (f64::from(n), Some(n >= 100))).collect();
        for at in [3, 20, 150, 170] {
            samples[at].1 = samples[at].1.map(|live| !live);
        }
        assert_eq!(infer(&samples).threshold, Some(100.0));
        samples[30].1 = Some(true);
        assert_eq!(infer(&samples).threshold, None);
        assert_eq!(threshold(&samples[..5]), None);
    }

    #[test]
    fn presets_ascend_from_the_threshold() {
        let samples: Vec<Sample> = (0..200).map(|n| (f64::from(n), Some(n >= 100))).collect();
        assert_eq!(infer(&samples).presets, [100, 110, 120, 130, 140, 150, 160, 170, 180, 190]);
        let few: Vec<Sample> = (0..30).map(|n| (f64::from(n % 6), None)).collect();
        assert_eq!(infer(&few).presets, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let same = vec![(50.0, None); 30];
        assert_eq!(infer(&same).presets, [50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
        assert_eq!(infer(&[]).presets[0], 0);
    }
}

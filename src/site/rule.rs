//! The house rule that makes the rank of a story: its quality, and so much more for each related entry.
//!
//! Invariant: learned from articles and never applied by itself; it holds for nearly all of them, or it is none.

use super::score::RULE_HOLDS;

/// Fewer articles prove no rule.
const FEWEST: usize = 12;
/// So many of them must have entries, for the others say nothing of what an entry is worth.
const FEWEST_WITH_ENTRIES: usize = 5;

/// Rank = quality + step × entries.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct HeatRule {
    /// What an entry is worth.
    pub step: f64,
}

/// What the rule is learned from: rank, quality, number of entries.
pub type Ranked = (f64, f64, usize);

impl HeatRule {
    /// Learns the rule; nothing where no step holds for 98 % of the articles. Followers, ranked below zero, do not count.
    #[must_use]
    pub fn learn(articles: &[Ranked]) -> Option<Self> {
        let ranked: Vec<&Ranked> = articles.iter().filter(|(heat, _, _)| *heat >= 0.0).collect();
        let mut steps: Vec<f64> = ranked
            .iter()
            .filter(|(_, _, entries)| *entries > 0)
            .map(|(heat, quality, entries)| (heat - quality) / *entries as f64)
            .collect();
        if ranked.len() < FEWEST || steps.len() < FEWEST_WITH_ENTRIES {
            return None;
        }
        steps.sort_by(f64::total_cmp);
        // A rule holds for most, so its step is the one in the middle.
        let rule = Self { step: *steps.get(steps.len() / 2)? };
        let follows = |it: &&&Ranked| (rule.heat(it.1, it.2) - it.0).abs() < 0.5;
        let follow = ranked.iter().filter(follows).count();
        (rule.step > 0.0 && follow as f64 >= RULE_HOLDS * ranked.len() as f64).then_some(rule)
    }

    /// The rank by the rule.
    #[must_use]
    pub fn heat(&self, quality: f64, entries: usize) -> f64 {
        quality + self.step * entries as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn articles(count: usize, wrong: usize) -> Vec<Ranked> {
        let article = |at: usize| {
            let (quality, entries) = (40.0 + at as f64, at % 3);
            (quality + 10.0 * entries as f64 + if at < wrong { 3.0 } else { 0.0 }, quality, entries)
        };
        (0..count).map(article).chain([(-1.0, 80.0, 2), (-1.0, 70.0, 1)]).collect()
    }

    #[test]
    fn a_rule_is_learned_where_nearly_all_follow_it() {
        assert_eq!(HeatRule::learn(&articles(100, 2)), Some(HeatRule { step: 10.0 }));
        assert_eq!(HeatRule::learn(&articles(100, 3)), None);
        assert_eq!(HeatRule::learn(&articles(11, 0)), None, "too few");
        let alone: Vec<Ranked> = (0..50).map(|at| (f64::from(at), f64::from(at), 0)).collect();
        assert_eq!(HeatRule::learn(&alone), None, "nobody has entries");
        assert!((HeatRule { step: 10.0 }.heat(112.0, 3) - 142.0).abs() < f64::EPSILON);
    }
}

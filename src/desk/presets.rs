//! The values on the digit keys, which stay from sitting to sitting: fingers know them.
//!
//! Invariant: what was once learned of a collection's scores from all its articles is kept until the editor asks for it anew;
//! what the site's own settings say wins.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Desk;
use super::sitting::Sitting;
use crate::document::FieldPath;
use crate::site::{Schema, Site};

/// Presets that were learned from fewer values are not kept: the next articles say more.
const FEWEST: usize = 12;

/// What is kept of the scores of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct KeptScores {
    /// The score that ranks.
    pub heat: Option<FieldPath>,
    /// The score that says how good an article is.
    pub quality: Option<FieldPath>,
    /// The values of the keys 1 to 9 and 0, by score.
    pub presets: Vec<(FieldPath, [i64; 10])>,
}

impl KeptScores {
    /// Keeps what is known of scores that nothing is kept of. Says whether there were any.
    fn keep(&mut self, schema: &Schema) -> bool {
        let is_known = |path: &FieldPath| self.presets.iter().any(|(kept, _)| kept == path);
        let is_proved = |path: &FieldPath| schema.field(path).is_some_and(|field| field.seen >= FEWEST);
        let scores = schema.scores.iter().filter(|score| !is_known(&score.path) && is_proved(&score.path));
        let new: Vec<_> = scores.map(|score| (score.path.clone(), score.presets)).collect();
        if new.is_empty() {
            return false;
        }
        self.presets.extend(new);
        self.heat = self.heat.take().or_else(|| schema.heat.clone());
        self.quality = self.quality.take().or_else(|| schema.quality.clone());
        true
    }

    fn recall(&self, schema: &mut Schema) {
        for score in &mut schema.scores {
            if let Some((_, presets)) = self.presets.iter().find(|(path, _)| *path == score.path) {
                score.presets = *presets;
            }
        }
        let known = |path: &Option<FieldPath>| path.clone().filter(|path| schema.score(path).is_some());
        let (heat, quality) = (known(&self.heat), known(&self.quality));
        schema.heat = heat.or_else(|| schema.heat.take());
        schema.quality = quality.or_else(|| schema.quality.take());
    }
}

/// Puts what is kept of scores over what was learned of them now, and what is configured over both.
pub(super) fn recall(site: &mut Site, kept: &BTreeMap<String, KeptScores>) {
    let Site { collections, config, .. } = site;
    for collection in collections {
        if let Some(kept) = kept.get(&collection.folder) {
            let schema = Arc::make_mut(&mut collection.schema);
            kept.recall(schema);
            schema.configure_presets(&config.desk.for_collection(&collection.folder));
        }
    }
}

impl Sitting {
    /// Keeps what was learned from all articles, where nothing is kept yet. Says whether there was anything.
    pub(super) fn keep_presets(&mut self) -> bool {
        let mut is_new = false;
        for collection in &self.site.collections {
            let mut kept = self.state.scores_of.get(&collection.folder).cloned().unwrap_or_default();
            if kept.keep(&collection.schema) {
                self.state.scores_of.insert(collection.folder.clone(), kept);
                is_new = true;
            }
        }
        is_new
    }
}

impl Desk {
    /// Forgets the presets that are kept, and learns them from the articles as they are now.
    pub(super) fn presets_anew(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        sitting.wants_presets = true;
        self.settle_with(true, false);
    }

    /// Takes in what all articles say of the scores.
    pub(super) fn scores_learned(&mut self, schemas: Vec<(String, Arc<Schema>)>) {
        let Some(sitting) = &mut self.sitting else { return };
        let before = sitting.shown_schema();
        let is_wanted = std::mem::take(&mut sitting.wants_presets);
        if is_wanted {
            sitting.state.scores_of.clear();
        }
        let site = Arc::make_mut(&mut sitting.site);
        schemas.into_iter().for_each(|(folder, schema)| site.set_schema(&folder, schema));
        recall(site, &sitting.state.scores_of);
        let after = sitting.shown_schema();
        if sitting.keep_presets() || is_wanted {
            self.change_state(|_| ());
        }
        if is_wanted {
            self.toasts.done(told(before.as_deref(), after.as_deref()));
        }
    }
}

/// What became of the presets of the score that ranks.
fn told(before: Option<&Schema>, after: Option<&Schema>) -> String {
    let row = |schema: Option<&Schema>| schema.and_then(Schema::heat_score).map(|score| score.presets);
    match row(after) {
        Some(new) if row(before) != Some(new) => {
            let row: Vec<String> = new.iter().map(ToString::to_string).collect();
            format!("Presets from the site anew: {}", row.join(" "))
        }
        _ => "The presets are what the site says now, too".to_owned(),
    }
}

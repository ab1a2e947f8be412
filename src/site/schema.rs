//! The shape of a collection's articles: its fields, what they hold, and which of them play a part on the desk.
//!
//! Invariant: a schema describes and never forbids; an article may have any other field, and any field may be missing.

use std::collections::BTreeMap;

use super::config::Overrides;
use super::infer::roles;
use super::kind::Kind;
use super::rule::HeatRule;
use super::score::{Sample, Score};
use crate::document::merge::Policy;
use crate::document::{Customs, FieldPath, Value};

/// The shape of a collection's articles, inferred and then overridden.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Schema {
    /// All fields in the usual order of the files; a map's fields stand behind it.
    pub fields: Vec<Field>,
    /// The field that names an article.
    pub title: FieldPath,
    /// The field that sums it up.
    pub excerpt: Option<FieldPath>,
    /// The field whose first picture leads: a list of maps, a list of addresses, or one address.
    pub lead_image: Option<FieldPath>,
    /// The field of its date.
    pub date: Option<FieldPath>,
    /// Fields with the article's page on the web, the usual one first.
    pub addresses: Vec<FieldPath>,
    /// The map that says where it comes from, with name and domain.
    pub provider: Option<FieldPath>,
    /// The list of its topics.
    pub topics: Option<FieldPath>,
    /// The list of related entries.
    pub related: Option<FieldPath>,
    /// The collection's scores.
    pub scores: Vec<Score>,
    /// The score that ranks.
    pub heat: Option<FieldPath>,
    /// The score that says how good an article is.
    pub quality: Option<FieldPath>,
    /// How the rank follows from quality and entries, where nearly all articles keep to it.
    pub heat_rule: Option<HeatRule>,
    /// The field that says whether it is live.
    pub live: Option<FieldPath>,
    /// The value of `live` that means live: `published: true`, `draft: false`.
    pub live_when: bool,
    /// The table's columns, if they are configured.
    pub columns: Option<Vec<String>>,
    /// How many articles it was learned from.
    pub articles: usize,
    /// How the neighbours write logos; nothing where they have none.
    pub logo: Option<LogoForm>,
    pub(super) customs: Customs,
    pub(super) policies: BTreeMap<FieldPath, Policy>,
}

/// One field of a collection's articles.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Field {
    /// Its path; lists on the way are walked through.
    pub path: FieldPath,
    /// What it is called on the screen.
    pub label: String,
    /// What it holds.
    pub kind: Kind,
    /// In how many articles it is.
    pub seen: usize,
    /// How many of its values were of its kind, from 0 to 1. Below 0.95 no value is called wrong.
    pub uniform: f64,
    /// A value as the files write it, for its form.
    pub example: Option<String>,
    /// The most used texts and how often they stand there, most used first.
    pub values: Vec<(String, usize)>,
    /// The texts it should have, if they are configured.
    pub vocabulary: Option<Vec<String>>,
    /// Whether an article must have it.
    pub required: bool,
}

/// How the neighbours write a provider's logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogoForm {
    /// With the site's address before it; else from the site's root.
    pub absolute: bool,
    /// The usual size.
    pub size: Option<(u32, u32)>,
}

impl Field {
    /// The value that this typed text means, in the form of the value it replaces or of the siblings' values.
    ///
    /// # Errors
    /// When the text is no value of the field's kind.
    pub fn parse(&self, typed: &str, old: Option<&Value>) -> Result<Value, super::kind::KindError> {
        let example = self.example.as_deref().map(Value::from);
        let form = old.filter(|value| !matches!(value, Value::Null) && *value != &Value::text("")).or(example.as_ref());
        self.kind.parse(typed, form)
    }

    /// Whether it lies within a map or a list of maps.
    #[must_use]
    pub fn is_nested(&self) -> bool {
        self.path.parts().len() > 1
    }
}

impl Schema {
    /// The field of this path.
    #[must_use]
    pub fn field(&self, path: &FieldPath) -> Option<&Field> {
        self.fields.iter().find(|field| &field.path == path)
    }

    /// The kind of this path; of an unknown one, what the value itself looks like.
    #[must_use]
    pub fn kind_of(&self, path: &FieldPath, value: Option<&Value>) -> Kind {
        match (self.field(path), value) {
            (Some(field), _) => field.kind,
            (None, Some(value)) => super::infer::kind_of_value(path, value),
            (None, None) => Kind::Text,
        }
    }

    /// Whether nothing may touch this value: its field is opaque, or the value itself looks so.
    #[must_use]
    pub fn is_opaque(&self, path: &FieldPath, value: Option<&Value>) -> bool {
        let by_field = self.field(path).is_some_and(|field| field.kind == Kind::Opaque);
        let configured_otherwise = self.field(path).is_some_and(|field| field.kind != Kind::Opaque && field.seen > 0);
        let looks = value.and_then(Value::as_str).is_some_and(super::kind::opaque::looks);
        by_field || (looks && !configured_otherwise)
    }

    /// Fields at the top, in the usual order of the files.
    pub fn top_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.is_nested())
    }

    /// Fields one step below this one, in their usual order.
    pub fn children<'a>(&'a self, path: &'a FieldPath) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(move |field| {
            field.path.parts().len() == path.parts().len() + 1 && field.path.parts().starts_with(path.parts())
        })
    }

    /// The score of this field.
    #[must_use]
    pub fn score(&self, path: &FieldPath) -> Option<&Score> {
        self.scores.iter().find(|score| &score.path == path)
    }

    /// The score that ranks.
    #[must_use]
    pub fn heat_score(&self) -> Option<&Score> {
        self.score(self.heat.as_ref()?)
    }

    /// The score that says how good an article is.
    #[must_use]
    pub fn quality_score(&self) -> Option<&Score> {
        self.score(self.quality.as_ref()?)
    }

    /// That score, where it is another one than the one that ranks: a site with one score has one card of it.
    #[must_use]
    pub fn second_score(&self) -> Option<&Score> {
        self.quality_score().filter(|_| self.quality != self.heat)
    }

    /// The value from which an article is live, and the score it is a value of.
    #[must_use]
    pub fn threshold(&self) -> Option<(&FieldPath, f64)> {
        self.scores.iter().find_map(|score| Some((&score.path, score.threshold?)))
    }

    /// How siblings order their keys and quote their texts.
    #[must_use]
    pub const fn customs(&self) -> &Customs {
        &self.customs
    }

    /// Who wins where an editor and another program changed this field. A score that the editor set stays, and is listed: in
    /// real sites every fourth rewrite changes one, and nobody answers that often.
    #[must_use]
    pub fn editor_policy(&self, path: &FieldPath) -> Policy {
        match self.configured_policy(path) {
            None if self.score(path).is_some() => Policy::MineAndList,
            _ => self.policy(path),
        }
    }

    /// Who wins where this field changed on both sides. What is opaque is not the desk's to decide.
    #[must_use]
    pub fn policy(&self, path: &FieldPath) -> Policy {
        let usual = || match self.field(path) {
            Some(field) if field.kind == Kind::Opaque => Policy::Theirs,
            _ => Policy::Ask,
        };
        self.configured_policy(path).unwrap_or_else(usual)
    }

    /// What the site's settings say of a field, or of what it lies in.
    fn configured_policy(&self, path: &FieldPath) -> Option<Policy> {
        let mut parts = path.parts();
        while !parts.is_empty() {
            if let Some(policy) = self.policies.get(&FieldPath::of(parts.iter().cloned())) {
                return Some(*policy);
            }
            parts = &parts[..parts.len() - 1];
        }
        None
    }

    /// The keys of a map in their usual order, `FieldPath::default()` for the article itself.
    #[must_use]
    pub fn key_order(&self, map: &FieldPath) -> &[String] {
        self.customs.key_order.get(map).map_or(&[], Vec::as_slice)
    }

    /// Learns the scores anew from these values: a sample's, or those of all articles once they are known. Configured bounds
    /// have to be put over them again.
    ///
    /// Being live follows from one score; where several part the articles as well, from the one that ranks.
    pub fn learn_scores(&mut self, samples: Vec<(FieldPath, Vec<Sample>)>) {
        let agreement = |score: &Score, samples: &[Sample]| {
            let threshold = score.threshold?;
            Some(samples.iter().filter(|(value, live)| live.is_some_and(|live| (*value >= threshold) == live)).count())
        };
        let mut scores = Vec::new();
        let mut deciding: Option<(usize, usize, FieldPath)> = None;
        for (path, samples) in samples {
            let score = Score::infer(path.clone(), &samples);
            let found = agreement(&score, &samples).map(|count| (count, roles::ranks(path.head()), path));
            deciding = deciding.max(found);
            scores.push(score);
        }
        let deciding = deciding.map(|(_, _, path)| path);
        for score in scores.iter_mut().filter(|score| Some(&score.path) != deciding.as_ref()) {
            score.threshold = None;
        }
        let paths: Vec<FieldPath> = scores.iter().map(|score| score.path.clone()).collect();
        self.heat = roles::heat(&paths, deciding.as_ref());
        self.quality = roles::quality(&paths, self.heat.as_ref());
        self.scores = scores;
    }

    /// Takes over what was learned of the same scores from more articles.
    pub fn keep_scores(&mut self, other: &Self) {
        let paths = |schema: &Self| schema.scores.iter().map(|score| score.path.clone()).collect::<Vec<_>>();
        if paths(self) == paths(other) {
            self.scores.clone_from(&other.scores);
            self.heat.clone_from(&other.heat);
            self.quality.clone_from(&other.quality);
            self.heat_rule = other.heat_rule;
        }
    }

    /// Puts what is configured over what was inferred.
    pub fn override_with(&mut self, overrides: &Overrides) {
        self.columns.clone_from(&overrides.columns);
        self.policies.clone_from(&overrides.merge);
        for (path, kind) in &overrides.kinds {
            self.configured(path).kind = *kind;
        }
        for (path, label) in &overrides.labels {
            self.configured(path).label.clone_from(label);
        }
        for (path, words) in &overrides.vocabularies {
            self.configured(path).vocabulary = Some(words.clone());
        }
        for path in &overrides.required {
            self.configured(path).required = true;
        }
        for (path, configured) in &overrides.scores {
            self.configured(path).kind = Kind::Score;
            if self.score(path).is_none() {
                self.scores.push(Score::infer(path.clone(), &[]));
            }
            let Some(score) = self.scores.iter_mut().find(|score| &score.path == path) else { continue };
            score.bounded = configured.min.is_some() && configured.max.is_some();
            score.min = configured.min.unwrap_or(score.min);
            score.max = configured.max.unwrap_or(score.max);
            score.threshold = configured.threshold.or(score.threshold);
        }
        self.configure_presets(overrides);
        self.heat = self.heat.take().or_else(|| self.scores.first().map(|score| score.path.clone()));
    }

    /// Puts the presets that are configured over those that are not.
    pub fn configure_presets(&mut self, overrides: &Overrides) {
        for score in &mut self.scores {
            let configured = overrides.scores.get(&score.path).map_or(&[] as &[i64], |known| &known.presets);
            score.presets.iter_mut().zip(configured).for_each(|(slot, preset)| *slot = *preset);
        }
    }

    fn configured(&mut self, path: &FieldPath) -> &mut Field {
        let at = self.fields.iter().position(|field| &field.path == path).unwrap_or_else(|| {
            let label = super::label::words(path.last());
            self.fields.push(Field { path: path.clone(), label, ..Field::default() });
            self.fields.len() - 1
        });
        &mut self.fields[at]
    }
}

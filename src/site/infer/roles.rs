//! Which field plays which part on the desk: title, date, lead image, live, provider, topics, related, scores.
//!
//! Invariant: names only choose among fields that hold the right thing; what a field holds is measured.

use std::collections::BTreeMap;

use crate::document::{FieldPath, Value};
use crate::site::kind::{Kind, entry, images};
use crate::site::schema::{Field, LogoForm, Schema};

const EXCERPTS: [&str; 6] = ["excerpt", "summary", "description", "subtitle", "bio", "abstract"];
const ADDRESSES: [&str; 8] =
    ["webUrl", "url", "link", "canonical", "canonicalUrl", "originalUrl", "website", "external_url"];
const TOPICS: [&str; 4] = ["topics", "categories", "tags", "keywords"];
const LIVE: [&str; 4] = ["published", "live", "public", "visible"];
const NOT_LIVE: [&str; 4] = ["draft", "hidden", "unpublished", "removed"];
const HEATS: [&str; 5] = ["heat", "rank", "score", "priority", "popularity"];
const QUALITIES: [&str; 3] = ["quality", "rating", "grade"];

pub(in crate::site) fn is_score_name(key: &str) -> bool {
    let key = key.to_lowercase();
    HEATS.contains(&key.as_str()) || QUALITIES.contains(&key.as_str())
}

/// How well a name says that its score ranks.
pub(in crate::site) fn ranks(key: &str) -> usize {
    HEATS.iter().rev().position(|name| name.eq_ignore_ascii_case(key)).map_or(0, |at| at + 1)
}

pub(in crate::site) fn heat(scores: &[FieldPath], deciding: Option<&FieldPath>) -> Option<FieldPath> {
    let by_name = scores.iter().filter(|path| ranks(path.head()) > 0).max_by_key(|path| ranks(path.head()));
    let other = || scores.iter().find(|path| !QUALITIES.contains(&path.head().to_lowercase().as_str()));
    by_name.or(deciding).or_else(other).cloned()
}

pub(in crate::site) fn quality(scores: &[FieldPath], heat: Option<&FieldPath>) -> Option<FieldPath> {
    let mut rest = scores.iter().filter(|path| Some(*path) != heat);
    let by_name = rest.clone().find(|path| QUALITIES.contains(&path.head().to_lowercase().as_str()));
    by_name.or_else(|| rest.next()).cloned()
}

/// Fills in the parts, all but the scores.
pub(in crate::site) fn assign(schema: &mut Schema) {
    let fields = std::mem::take(&mut schema.fields);
    let parts = Parts { fields: &fields };
    schema.title = parts
        .by_name(&entry::NAMING_KEYS, |kind| matches!(kind, Kind::Text | Kind::LongText | Kind::Choice))
        .unwrap_or_else(|| FieldPath::parse("title"));
    schema.excerpt =
        parts.by_name(&EXCERPTS, |kind| matches!(kind, Kind::Text | Kind::LongText | Kind::Markdown | Kind::Choice));
    schema.lead_image = parts.lead_image();
    schema.date = parts.date();
    schema.addresses = parts.addresses();
    schema.provider = parts.provider();
    schema.topics = parts.by_name(&TOPICS, |kind| kind == Kind::Tags);
    schema.related = parts.related();
    schema.live_when = true;
    schema.live = parts.by_name(&LIVE, |kind| kind == Kind::YesNo);
    if schema.live.is_none() {
        schema.live = parts.by_name(&NOT_LIVE, |kind| kind == Kind::YesNo);
        schema.live_when = schema.live.is_none();
    }
    schema.fields = fields;
}

struct Parts<'a> {
    fields: &'a [Field],
}

impl Parts<'_> {
    fn top(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.is_nested())
    }

    fn by_name(&self, names: &[&str], fits: impl Fn(Kind) -> bool) -> Option<FieldPath> {
        // One file that spells it otherwise does not speak for the others.
        let fitting = |name: &&str| {
            let all = self.top().filter(|field| field.path.head().eq_ignore_ascii_case(name) && fits(field.kind));
            all.max_by_key(|field| field.seen)
        };
        names.iter().find_map(fitting).map(|field| field.path.clone())
    }

    fn lead_image(&self) -> Option<FieldPath> {
        let named = self.by_name(&["images", "image"], |kind| matches!(kind, Kind::Images | Kind::Url));
        named.or_else(|| self.top().find(|field| field.kind == Kind::Images).map(|field| field.path.clone()))
    }

    fn date(&self) -> Option<FieldPath> {
        let begins = |field: &Field, start: &str| field.path.head().to_lowercase().starts_with(start);
        // When an article runs out says nothing of how new it is.
        let dates = || self.top().filter(|field| field.kind == Kind::Date && !begins(field, "expir"));
        let publishing = dates().find(|field| begins(field, "pub"));
        let plain = dates().find(|field| field.path.head().eq_ignore_ascii_case("date"));
        publishing.or(plain).or_else(|| dates().max_by_key(|field| field.seen)).map(|field| field.path.clone())
    }

    fn addresses(&self) -> Vec<FieldPath> {
        let place = |field: &&Field| {
            ADDRESSES.iter().position(|name| field.path.head().eq_ignore_ascii_case(name)).unwrap_or(ADDRESSES.len())
        };
        let is_page = |field: &&Field| place(field) < ADDRESSES.len();
        let mut found: Vec<&Field> = self.top().filter(|field| field.kind == Kind::Url).filter(is_page).collect();
        found.sort_by_key(place);
        found.into_iter().map(|field| field.path.clone()).collect()
    }

    fn provider(&self) -> Option<FieldPath> {
        let has = |field: &Field, key: &str| {
            let child = field.path.child(key);
            self.fields.iter().any(|other| other.path == child)
        };
        let fits = |field: &&Field| field.kind == Kind::Entry && has(field, "name") && has(field, "domain");
        let named = self.top().filter(fits).find(|field| field.path.head() == "provider");
        named.or_else(|| self.top().find(fits)).map(|field| field.path.clone())
    }

    fn related(&self) -> Option<FieldPath> {
        let has_title = |field: &&Field| {
            entry::NAMING_KEYS.iter().any(|key| {
                let child = field.path.child(key);
                self.fields.iter().any(|other| other.path == child)
            })
        };
        let mut entries = self.top().filter(|field| field.kind == Kind::Entries).filter(has_title);
        entries.find(|field| field.path.head().to_lowercase().contains("related")).map(|field| field.path.clone())
    }
}

/// Logos of providers, counted by how they are written.
#[derive(Clone, Debug, Default)]
pub(in crate::site) struct Logos {
    /// By the map they stand in.
    fields: BTreeMap<String, LogoCounts>,
}

#[derive(Clone, Debug, Default)]
struct LogoCounts {
    absolute: usize,
    rooted: usize,
    sizes: BTreeMap<(u32, u32), usize>,
}

impl Logos {
    pub(in crate::site) fn observe(&mut self, data: &Value) {
        let Value::Map(map) = data else { return };
        for (key, value) in map.iter() {
            let Some(logo) = value.as_map().filter(|m| m.get("domain").is_some()).and_then(|m| m.get("images")) else {
                continue;
            };
            for image in images::items(logo) {
                let counts = self.fields.entry(key.to_owned()).or_default();
                match images::address(image) {
                    Some(address) if address.starts_with('/') && !address.starts_with("//") => counts.rooted += 1,
                    Some(_) => counts.absolute += 1,
                    None => {}
                }
                if let Some(size) = images::declared_size(image) {
                    *counts.sizes.entry(size).or_default() += 1;
                }
            }
        }
    }

    pub(in crate::site) fn form(&self, provider: Option<&FieldPath>) -> Option<LogoForm> {
        let counts = self.fields.get(provider?.head())?;
        let size = counts.sizes.iter().max_by_key(|(_, count)| **count).map(|(size, _)| *size);
        Some(LogoForm { absolute: counts.absolute >= counts.rooted, size })
    }
}

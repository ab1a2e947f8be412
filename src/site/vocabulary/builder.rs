//! Gathering a vocabulary from data files, pictures, configuration and the articles themselves.
//!
//! Invariant: terms of data files keep the order of their files' names; what only articles use comes after, most used first.

use std::collections::BTreeMap;

use super::{Logo, Organization, Term, Terms, Vocabulary};
use crate::document::{Document, FieldPath, Map, Value};
use crate::file::SitePath;
use crate::site::kind::images;
use crate::site::{Config, Schema};

/// A list of a field is closed when this share of the values in use is in it.
const CLOSED_FROM: f64 = 0.9;

/// Gathers a vocabulary.
#[derive(Clone, Debug, Default)]
pub struct VocabularyBuilder {
    /// What data files say, by the file's path: that is their order.
    files: BTreeMap<SitePath, Vec<Map>>,
    /// Logos that lie in the site, by domain.
    logos: BTreeMap<String, Vec<Logo>>,
    uses: BTreeMap<FieldPath, BTreeMap<String, usize>>,
    providers: BTreeMap<(String, String), usize>,
    provider_logos: BTreeMap<String, Logo>,
}

impl VocabularyBuilder {
    /// Whether a file of this path is worth giving to `data_file`.
    #[must_use]
    pub fn is_data_file(path: &SitePath) -> bool {
        let at_home = path.as_str().starts_with("_data/") || path.as_str().starts_with("data/");
        let ending = path.name().rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        at_home && ending.is_some_and(|e| ["yml", "yaml", "md", "json", "toml"].contains(&e.as_str()))
    }

    /// Whether a file of this path may be an organisation's logo.
    #[must_use]
    pub fn is_logo(path: &SitePath) -> bool {
        logo_of(path).is_some()
    }

    /// Takes a data file: one thing, a list of things, or a map of things by their names.
    pub fn data_file(&mut self, path: &SitePath, bytes: &[u8]) {
        let is_page = has_ending(path, "md");
        let fence: &[u8] = if has_ending(path, "toml") { b"+++\n" } else { b"---\n" };
        let document = if is_page || bytes.starts_with(b"---") {
            let closed = [bytes, b"\n---\n"].concat();
            let plain = Document::parse(bytes);
            if plain.error().is_some() { Document::parse(&closed) } else { plain }
        } else {
            Document::parse(&list_wrapped(bytes, fence))
        };
        let things = things(document.data());
        if !things.is_empty() {
            self.files.insert(path.clone(), things);
        }
    }

    /// Takes a picture of the site that may be an organisation's logo: `…/organizations/ibm.com-50x50.jpg`.
    pub fn asset(&mut self, path: &SitePath) {
        if let Some((domain, size)) = logo_of(path) {
            self.logos.entry(domain).or_default().push((format!("/{path}"), size));
        }
    }

    /// Counts what an article uses.
    pub fn article(&mut self, data: &Value, schema: &Schema) {
        for field in schema.top_fields() {
            if matches!(field.kind, super::super::Kind::Tags | super::super::Kind::Choice) {
                for text in field.path.values(data).into_iter().filter_map(Value::as_str) {
                    *self.uses.entry(field.path.clone()).or_default().entry(text.to_owned()).or_default() += 1;
                }
            }
        }
        let Some(provider) = schema.provider.as_ref().and_then(|path| data.at(&path.pointer())) else { return };
        let text = |key: &str| provider.as_map().and_then(|map| map.get(key)).and_then(Value::as_str);
        let (Some(name), Some(domain)) = (text("name"), text("domain")) else { return };
        *self.providers.entry((domain.to_owned(), name.to_owned())).or_default() += 1;
        let logo = provider.as_map().and_then(|map| map.get("images")).and_then(|value| images::items(value).first());
        if let Some(logo) = logo
            && let Some(address) = images::address(logo)
        {
            let found = (address.to_owned(), images::declared_size(logo));
            self.provider_logos.entry(domain.to_owned()).or_insert(found);
        }
    }

    /// The vocabulary of all that was taken.
    #[must_use]
    pub fn finish(&self, config: &Config) -> Vocabulary {
        let mut vocabulary = Vocabulary { root_address: config.root_address(), ..Vocabulary::default() };
        let mut terms: BTreeMap<FieldPath, Vec<Term>> = BTreeMap::new();
        for (path, things) in &self.files {
            let Some(list) = list_name(path) else { continue };
            for thing in things {
                if let Some(organization) = organization(thing) {
                    vocabulary.organizations.push(organization);
                } else if let Some(term) = term(thing) {
                    terms.entry(FieldPath::of([list.clone()])).or_default().push(term);
                }
            }
        }
        let configured = std::iter::once(&config.desk.base).chain(config.desk.collections.values());
        for (path, words) in configured.flat_map(|overrides| &overrides.vocabularies) {
            let own = words.iter().map(|word| Term { name: word.clone(), known: true, ..Term::default() });
            terms.insert(path.clone(), own.collect());
        }
        for path in self.uses.keys() {
            terms.entry(path.clone()).or_default();
        }
        for (path, known) in terms {
            let is_configured = config.desk.base.vocabularies.contains_key(&path);
            vocabulary.terms.insert(path.clone(), self.with_uses(&path, known, is_configured));
        }
        self.add_organizations(&mut vocabulary.organizations);
        vocabulary
    }

    fn with_uses(&self, path: &FieldPath, known: Vec<Term>, is_configured: bool) -> Terms {
        let mut terms = Terms { terms: known, closed: is_configured };
        let Some(uses) = self.uses.get(path) else { return terms };
        let total: usize = uses.values().sum();
        let mut inside = 0;
        let mut others: Vec<Term> = Vec::new();
        for (name, count) in uses {
            match terms.terms.iter_mut().find(|term| &term.name == name) {
                Some(term) => {
                    term.uses = *count;
                    inside += count;
                }
                None => others.push(Term { name: name.clone(), uses: *count, ..Term::default() }),
            }
        }
        terms.closed |= !terms.terms.is_empty() && total > 0 && inside as f64 >= CLOSED_FROM * total as f64;
        others.sort_by(|a, b| b.uses.cmp(&a.uses).then_with(|| a.name.cmp(&b.name)));
        terms.terms.extend(others);
        terms
    }

    fn add_organizations(&self, organizations: &mut Vec<Organization>) {
        let mut used: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
        for ((domain, name), count) in &self.providers {
            used.entry(domain).or_default().push((name, *count));
        }
        let mut others: Vec<Organization> = Vec::new();
        for (domain, mut names) in used {
            let total = names.iter().map(|(_, count)| count).sum();
            names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let mut known = organizations.iter_mut().filter(|o| o.domain == domain).peekable();
            if known.peek().is_some() {
                known.for_each(|organization| organization.uses = total);
                continue;
            }
            let name = names.first().map_or(domain, |(name, _)| *name).to_owned();
            others.push(Organization { name, domain: domain.to_owned(), uses: total, ..Organization::default() });
        }
        others.sort_by(|a, b| b.uses.cmp(&a.uses).then_with(|| a.domain.cmp(&b.domain)));
        organizations.append(&mut others);
        for organization in organizations {
            if organization.logos.is_empty()
                && let Some(logos) = self.logos.get(&organization.domain)
            {
                organization.logos.clone_from(logos);
            }
            if organization.logos.is_empty()
                && let Some(logo) = self.provider_logos.get(&organization.domain)
            {
                organization.logos.push(logo.clone());
            }
        }
    }
}

fn has_ending(path: &SitePath, ending: &str) -> bool {
    path.name().rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(ending))
}

/// A data file may be a list at its top, which no front matter is: it is put under a key.
fn list_wrapped(bytes: &[u8], fence: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let first = text.lines().map(str::trim_end).find(|line| !line.is_empty() && !line.starts_with('#'));
    let is_list = first.is_some_and(|line| line.starts_with("- ") || line.starts_with('['));
    let start: &[u8] = if is_list { b"items:\n" } else { b"" };
    [fence, start, bytes, b"\n", fence].concat()
}

/// The things of a data file, each as a map with at least a name.
fn things(data: &Value) -> Vec<Map> {
    let Value::Map(map) = data else { return Vec::new() };
    let named = |name: &str| {
        let mut map = Map::new();
        map.push("name", Value::text(name));
        map
    };
    if let (1, Some(Value::List(items))) = (map.len(), map.get("items")) {
        return items
            .iter()
            .filter_map(|item| match item {
                Value::Map(map) => Some(map.clone()),
                Value::Text(name) => Some(named(name)),
                _ => None,
            })
            .collect();
    }
    if map.get("name").is_some() || map.get("title").is_some() {
        return vec![map.clone()];
    }
    // By name: `covid: {name: …}`, or a list under each name.
    map.iter()
        .filter_map(|(key, value)| {
            let mut thing = value.as_map()?.clone();
            if thing.get("name").is_none() && thing.get("title").is_none() {
                thing.insert(0, "name", Value::text(key));
            }
            Some(thing)
        })
        .collect()
}

/// The folder below `_data`, or the file itself where it stands there alone.
fn list_name(path: &SitePath) -> Option<String> {
    let mut parts = path.as_str().split('/').skip(1);
    let first = parts.next()?;
    Some(if parts.next().is_some() { first.to_owned() } else { path.stem().to_owned() })
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::List(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::Text(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

fn text(map: &Map, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| map.get(key)?.as_str()).map(str::to_owned).filter(|text| !text.is_empty())
}

fn term(map: &Map) -> Option<Term> {
    let name = text(map, &["name", "title"])?;
    let short = text(map, &["shortname", "short", "short_name", "abbreviation"]).filter(|short| short != &name);
    let keywords = texts(map.get("keywords"));
    Some(Term { short, parent: text(map, &["parent"]), keywords, uses: 0, known: true, name })
}

fn organization(map: &Map) -> Option<Organization> {
    let logos = map.get("images").or_else(|| map.get("logo")).map(images::items).unwrap_or_default();
    let logo = |image: &Value| Some((images::address(image)?.to_owned(), images::declared_size(image)));
    Some(Organization {
        name: text(map, &["name", "title"])?,
        domain: text(map, &["domain"])?,
        logos: logos.iter().filter_map(logo).collect(),
        uses: 0,
        known: true,
    })
}

/// Domain and size of a logo by its file's name: `assets/images/organizations/ibm.com-50x50.jpg`.
fn logo_of(path: &SitePath) -> Option<(String, Option<(u32, u32)>)> {
    let folder = path.folder().rsplit('/').next()?;
    if !["organizations", "organisations", "providers", "logos"].contains(&folder) {
        return None;
    }
    let stem = path.stem();
    let sized = stem.rsplit_once('-').and_then(|(domain, size)| {
        let (width, height) = size.split_once('x')?;
        Some((domain, (width.parse().ok()?, height.parse().ok()?)))
    });
    let (domain, size) = sized.map_or((stem, None), |(domain, size)| (domain, Some(size)));
    (domain.contains('.') && !domain.contains(' ')).then(|| (domain.to_lowercase(), size))
}

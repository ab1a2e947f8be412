//! What a site's fields are filled from: topics with their parents, organisations with their logos, tags by use.
//!
//! Invariant: a vocabulary offers and never forbids. It is closed (a value outside is worth a word) only where it was
//! configured, or where nine of ten values in use are in it.

mod builder;

use std::collections::BTreeMap;

pub use builder::VocabularyBuilder;

use super::schema::LogoForm;
use crate::document::{FieldPath, Map, Value};
use crate::text::fit;

/// More parents than these are a circle.
const DEEPEST: usize = 16;

/// All that fields can be filled from.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Vocabulary {
    pub(super) terms: BTreeMap<FieldPath, Terms>,
    pub(super) organizations: Vec<Organization>,
    /// The site's address, for logos that the neighbours write with it.
    pub(super) root_address: Option<String>,
}

/// The words of one field.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Terms {
    /// In the order of the data files, then by use.
    pub terms: Vec<Term>,
    /// Whether a value outside is worth a word.
    pub closed: bool,
}

/// One word of a vocabulary.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Term {
    /// As it stands in articles.
    pub name: String,
    /// A shorter form for chips.
    pub short: Option<String>,
    /// The term above it.
    pub parent: Option<String>,
    /// What else it is found by.
    pub keywords: Vec<String>,
    /// In how many articles of those looked at.
    pub uses: usize,
    /// Whether a data file names it.
    pub known: bool,
}

/// A logo: its address and its size.
pub type Logo = (String, Option<(u32, u32)>);

/// A provider: where articles come from.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// Its logos, from the site's root (`/assets/…`) or elsewhere, with their sizes.
    pub logos: Vec<Logo>,
    /// In how many articles of those looked at.
    pub uses: usize,
    /// Whether a data file names it.
    pub known: bool,
}

impl Vocabulary {
    /// The words of a field; none where nothing is known.
    #[must_use]
    pub fn terms(&self, field: &FieldPath) -> &[Term] {
        self.terms.get(field).map_or(&[], |terms| terms.terms.as_slice())
    }

    /// The term of this name.
    #[must_use]
    pub fn term(&self, field: &FieldPath, name: &str) -> Option<&Term> {
        self.terms(field).iter().find(|term| term.name == name)
    }

    /// What a chip shows for a value.
    #[must_use]
    pub fn short<'a>(&'a self, field: &FieldPath, name: &'a str) -> &'a str {
        self.term(field, name).and_then(|term| term.short.as_deref()).unwrap_or(name)
    }

    /// Whether this value is outside a vocabulary that is closed.
    #[must_use]
    pub fn is_outside(&self, field: &FieldPath, value: &str) -> bool {
        self.terms
            .get(field)
            .is_some_and(|terms| terms.closed && !terms.terms.iter().any(|term| term.known && term.name == value))
    }

    /// A term and all above it, the child first, the root last.
    #[must_use]
    pub fn with_ancestors(&self, field: &FieldPath, name: &str) -> Vec<String> {
        let mut chain = vec![name.to_owned()];
        while let Some(parent) = chain.last().and_then(|last| self.term(field, last)).and_then(|t| t.parent.clone()) {
            if chain.contains(&parent) || chain.len() >= DEEPEST {
                break;
            }
            chain.push(parent);
        }
        chain
    }

    /// Terms that typed letters may mean: the beginning of their name or short form first, then of any word in them, then of a
    /// keyword, then a part of the name, then its letters in order.
    #[must_use]
    pub fn complete(&self, field: &FieldPath, typed: &str, most: usize) -> Vec<&Term> {
        let mut found: Vec<(u32, usize, &Term)> = self
            .terms(field)
            .iter()
            .enumerate()
            .filter_map(|(place, term)| {
                let names = std::iter::once(term.name.as_str()).chain(term.short.as_deref());
                match_rank(typed, names, &term.keywords).map(|rank| (rank, place, term))
            })
            .collect();
        found.sort_by_key(|(rank, place, _)| (*rank, *place));
        found.into_iter().take(most).map(|(_, _, term)| term).collect()
    }

    /// All organisations, those of data files first, then by use.
    #[must_use]
    pub fn organizations(&self) -> &[Organization] {
        &self.organizations
    }

    /// The organisation of this name or domain.
    #[must_use]
    pub fn organization(&self, name_or_domain: &str) -> Option<&Organization> {
        let wanted = name_or_domain.trim();
        let by = |same: fn(&Organization, &str) -> bool| self.organizations.iter().find(|o| same(o, wanted));
        by(|o, wanted| o.domain.eq_ignore_ascii_case(wanted))
            .or_else(|| by(|o, wanted| o.name.eq_ignore_ascii_case(wanted)))
    }

    /// Organisations that a typed beginning of a name or a domain may mean.
    #[must_use]
    pub fn complete_organization(&self, typed: &str, most: usize) -> Vec<&Organization> {
        let mut found: Vec<(u32, usize, &Organization)> = self
            .organizations
            .iter()
            .enumerate()
            .filter_map(|(place, organization)| {
                let names = [organization.name.as_str(), organization.domain.as_str()].into_iter();
                match_rank(typed, names, &[]).map(|rank| (rank, place, organization))
            })
            .collect();
        found.sort_by_key(|(rank, place, organization)| (*rank, std::cmp::Reverse(organization.uses), *place));
        found.into_iter().take(most).map(|(_, _, organization)| organization).collect()
    }

    /// The provider map of an organisation, in the form that the neighbours use: name, domain, and a logo where they have one.
    #[must_use]
    pub fn provider(&self, organization: &Organization, form: Option<LogoForm>) -> Value {
        let mut map = Map::new();
        map.push("name", Value::text(&organization.name));
        map.push("domain", Value::text(&organization.domain));
        let fits = |form: &LogoForm| {
            let of_size = organization.logos.iter().find(|(_, size)| *size == form.size);
            of_size.or_else(|| organization.logos.first())
        };
        if let Some(form) = form
            && let Some((address, size)) = fits(&form)
        {
            let mut logo = Map::new();
            logo.push("url", Value::Text(self.logo_address(address, form)));
            if let Some((width, height)) = size {
                logo.push("width", Value::from(i64::from(*width)));
                logo.push("height", Value::from(i64::from(*height)));
            }
            map.push("images", Value::List(vec![Value::Map(logo)]));
        }
        Value::Map(map)
    }

    fn logo_address(&self, address: &str, form: LogoForm) -> String {
        let rooted = address.starts_with('/') && !address.starts_with("//");
        match (&self.root_address, form.absolute) {
            (Some(root), true) if rooted => format!("{root}{address}"),
            (Some(root), false) => address.strip_prefix(root.as_str()).unwrap_or(address).to_owned(),
            _ => address.to_owned(),
        }
    }
}

/// How well something typed fits names and keywords: as [`fit`] says of names, and 2 for the beginning of a keyword.
fn match_rank<'a>(typed: &str, names: impl Iterator<Item = &'a str>, keywords: &[String]) -> Option<u32> {
    let of_names = names.filter_map(|name| fit(typed, name)).min();
    let of_keywords = keywords.iter().any(|keyword| fit(typed, keyword) == Some(0)).then_some(2);
    of_names.into_iter().chain(of_keywords).min()
}

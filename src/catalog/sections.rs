//! Rows under headings: those with the same day, topic or provider stand together.
//!
//! Invariant: every row stands under exactly one heading, in the order that it had among its own; what has no value comes last.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate};

use super::duplicates::Twins;
use super::fold::fold;
use super::{ArticleId, Catalog, Cell, ColumnKey, Computed};

/// What rows are put together by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupBy {
    /// The column whose values become headings.
    pub column: ColumnKey,
    /// From the largest value to the smallest.
    pub descending: bool,
    /// Values that stand under others: of a list, the first one counts that none other in it stands under.
    pub parents: BTreeMap<String, String>,
}

/// The rows under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The value that they have in common; nothing for those without one.
    pub value: Option<SectionValue>,
    /// How many they are.
    pub count: usize,
}

/// What the rows under a heading have in common.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum SectionValue {
    /// A number.
    Number(f64),
    /// A day, of whatever hour.
    Day(NaiveDate),
    /// Yes or no.
    Truth(bool),
    /// A text, or the first value of a list.
    Text(String),
    /// A story that is told twice: which one, its first title, and how alike they are.
    Story(u32, String),
}

/// Puts rows under headings: they come out in the order of the headings.
#[must_use]
pub fn sections(catalog: &Catalog, rows: &mut Vec<ArticleId>, by: &GroupBy, twins: &Twins) -> Vec<Section> {
    let is_by_twins = by.column == ColumnKey::Computed(Computed::Twin);
    let mut places: HashMap<Key<'_>, usize> = HashMap::new();
    let mut keys = Vec::new();
    let of_rows: Vec<usize> = rows
        .iter()
        .map(|id| {
            let key = if is_by_twins {
                twins.get(id).map_or(Key::Nothing, |twin| Key::Story(twin.group))
            } else {
                Key::of(catalog.cell(*id, &by.column), &by.parents)
            };
            *places.entry(key).or_insert_with(|| {
                keys.push(key);
                keys.len() - 1
            })
        })
        .collect();
    let folded: Vec<String> =
        keys.iter().map(|key| if let Key::Text(text) = key { fold(text) } else { String::new() }).collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|one, other| compare((keys[*one], &folded[*one]), (keys[*other], &folded[*other]), by.descending));
    let mut members = vec![Vec::new(); keys.len()];
    for (id, place) in rows.iter().zip(of_rows) {
        members[place].push(*id);
    }
    rows.clear();
    let mut sections = Vec::with_capacity(keys.len());
    for place in order {
        let value = match (keys[place], members[place].first()) {
            (Key::Story(group), Some(first)) => {
                let likeness = twins.get(first).map(|twin| format!(" · {twin}")).unwrap_or_default();
                Some(SectionValue::Story(group, format!("{}{likeness}", catalog.title(*first))))
            }
            (key, _) => key.value(),
        };
        sections.push(Section { value, count: members[place].len() });
        rows.append(&mut members[place]);
    }
    sections
}

/// A value as it is told apart: numbers by their bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'c> {
    Number(u64),
    Day(NaiveDate),
    Truth(bool),
    Text(&'c str),
    Story(u32),
    Nothing,
}

impl<'c> Key<'c> {
    fn of(cell: Cell<'c>, parents: &BTreeMap<String, String>) -> Self {
        match cell {
            Cell::Bool(yes) => Self::Truth(yes),
            Cell::Number(number) => Self::Number((number + 0.0).to_bits()),
            Cell::Date { seconds, .. } => {
                DateTime::from_timestamp(seconds, 0).map_or(Self::Nothing, |date| Self::Day(date.date_naive()))
            }
            Cell::Text(text) if !text.is_empty() => Self::Text(text),
            Cell::List(items) => {
                let stands_under = |upper: &str, item: &str| is_under(item, upper, parents);
                let special = items.iter().find(|item| !items.iter().any(|other| stands_under(item, other)));
                special.filter(|item| !item.is_empty()).map_or(Self::Nothing, |item| Self::Text(item))
            }
            Cell::Entries(count) => Self::Number(f64::from(count).to_bits()),
            Cell::Text(_) | Cell::Missing | Cell::Null | Cell::Opaque(_) => Self::Nothing,
        }
    }

    fn value(self) -> Option<SectionValue> {
        match self {
            Self::Number(bits) => Some(SectionValue::Number(f64::from_bits(bits))),
            Self::Day(day) => Some(SectionValue::Day(day)),
            Self::Truth(yes) => Some(SectionValue::Truth(yes)),
            Self::Text(text) => Some(SectionValue::Text(text.to_owned())),
            Self::Story(group) => Some(SectionValue::Story(group, String::new())),
            Self::Nothing => None,
        }
    }
}

/// Whether a value stands under another one, however far.
fn is_under(item: &str, upper: &str, parents: &BTreeMap<String, String>) -> bool {
    /// A circle of values that stand under each other ends here.
    const DEEPEST: usize = 16;
    std::iter::successors(parents.get(item), |parent| parents.get(*parent)).take(DEEPEST).any(|parent| parent == upper)
}

/// Values in their order; nothing stays last either way.
fn compare((one, one_folded): (Key<'_>, &str), (other, other_folded): (Key<'_>, &str), descending: bool) -> Ordering {
    let order = match (one, other) {
        (Key::Nothing, Key::Nothing) => return Ordering::Equal,
        (Key::Nothing, _) => return Ordering::Greater,
        (_, Key::Nothing) => return Ordering::Less,
        (Key::Text(one), Key::Text(other)) => one_folded.cmp(other_folded).then_with(|| one.cmp(other)),
        (one, other) => one.value().partial_cmp(&other.value()).unwrap_or(Ordering::Equal),
    };
    if descending { order.reverse() } else { order }
}

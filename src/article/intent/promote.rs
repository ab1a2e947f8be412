//! A related entry becomes the lead of its file, and the lead an entry.
//!
//! Invariant: only fields that entries of this collection have change sides; `secured`, topics, scores of rank, the body and
//! the file's name stay with the file.

use super::{Article, IntentRefusal};
use crate::article::entry::as_entry;
use crate::document::{FieldPath, Map, Operation, Patch, Pointer, Value};

/// What stays with the file when an entry is promoted within it, in words for a warning: fields and the file's name.
#[must_use]
pub fn stays_behind(article: &Article<'_>, index: usize) -> Vec<String> {
    let swapped = swapped_keys(article, article.related().get(index).and_then(Value::as_map));
    let Value::Map(lead) = article.document.data() else { return Vec::new() };
    let related = article.related_field();
    let mut stays: Vec<String> = lead
        .keys()
        .filter(|key| !swapped.iter().any(|other| other == key) && *key != related.head())
        .map(|key| {
            let field = article.schema.field(&FieldPath::of([key]));
            field.map_or_else(|| key.to_owned(), |field| field.label.clone())
        })
        .collect();
    if !article.document.body().trim().is_empty() {
        stays.push("the text".to_owned());
    }
    stays.push("the file’s name".to_owned());
    stays
}

pub(super) fn within(article: &Article<'_>, index: usize) -> Result<Patch, IntentRefusal> {
    let list = article.related_field().pointer();
    let at = list.child(index);
    let missing = || IntentRefusal::Missing(at.to_string());
    let entry = article.related().get(index).and_then(Value::as_map).ok_or_else(missing)?;
    let Value::Map(lead) = article.document.data() else { return Err(missing()) };
    let mut patch = Patch::default();
    let mut demoted = entry.clone();
    for key in swapped_keys(article, Some(entry)) {
        let (old, new) = (lead.get(&key), entry.get(&key));
        let new = new.map(|value| as_lead(article, &key, value, lead, entry));
        put(&mut patch, &Pointer::of([key.as_str()]), old, new.as_ref());
        let old = old.map(|value| as_entry(article, &key, value));
        put(&mut patch, &at.child(&key), entry.get(&key), old.as_ref());
        demoted.remove(&key);
        if let Some(old) = old {
            demoted.push(key, old);
        }
    }
    patch.0.extend(resort(article, &list, index, &demoted));
    Ok(patch)
}

/// The keys that change sides: those that entries have, in this list or in the collection, and that nothing locks.
fn swapped_keys(article: &Article<'_>, entry: Option<&Map>) -> Vec<String> {
    let related = article.related_field();
    let mut keys: Vec<String> = article.schema.children(&related).map(|field| field.path.last().to_owned()).collect();
    for key in entry.into_iter().flat_map(Map::keys) {
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    let data = article.document.data();
    let own =
        [article.schema.topics.as_ref(), article.schema.live.as_ref(), article.schema.heat.as_ref(), Some(&related)];
    keys.retain(|key| {
        let field = FieldPath::of([key.as_str()]);
        let is_own = own.iter().flatten().any(|path| path.head() == key);
        !is_own && !article.schema.is_opaque(&field, data.at(&field.pointer()))
    });
    keys
}

fn put(patch: &mut Patch, at: &Pointer, old: Option<&Value>, new: Option<&Value>) {
    match (old, new) {
        (Some(old), Some(new)) if old == new => {}
        (Some(_), Some(new)) => patch.0.push(Operation::Replace { path: at.clone(), value: new.clone() }),
        (Some(_), None) => patch.0.push(Operation::Remove { path: at.clone() }),
        (None, Some(new)) => patch.0.push(Operation::Add { path: at.clone(), value: new.clone(), place: None }),
        (None, None) => {}
    }
}

/// A value of an entry as leads have it: where the lead's pictures bear its title, so do the new ones.
fn as_lead(article: &Article<'_>, key: &str, value: &Value, lead: &Map, entry: &Map) -> Value {
    let title_key = article.schema.title.last();
    let is_pictures = article.schema.lead_image.as_ref().is_some_and(|path| path.head() == key);
    let title_of = |map: &Map| map.get(title_key).and_then(Value::as_str).map(str::to_owned);
    let lead_title = title_of(lead);
    let bears_title =
        lead.get(key).map(crate::site::kind::images::items).unwrap_or_default().first().is_some_and(|image| {
            let title = image.as_map().and_then(|map| map.get("title")).and_then(Value::as_str);
            title.is_some() && title == lead_title.as_deref()
        });
    let Value::List(items) = value else { return value.clone() };
    match title_of(entry).filter(|_| is_pictures && bears_title) {
        None => value.clone(),
        Some(title) => Value::List(
            items
                .iter()
                .map(|item| match item {
                    Value::Map(map) if map.get("title").is_none() => {
                        let mut map = map.clone();
                        map.push("title", Value::text(&title));
                        Value::Map(map)
                    }
                    other => other.clone(),
                })
                .collect(),
        ),
    }
}

/// The move that keeps a list sorted by quality, if it was.
fn resort(article: &Article<'_>, list: &Pointer, index: usize, demoted: &Map) -> Option<Operation> {
    let key = article.schema.quality.as_ref().map_or("quality", FieldPath::last);
    let quality = |map: Option<&Map>| map.and_then(|map| map.get(key)).and_then(Value::as_f64);
    let before: Vec<Option<f64>> = article.related().iter().map(|entry| quality(entry.as_map())).collect();
    if before.contains(&None) || before.windows(2).any(|pair| pair[0] < pair[1]) {
        return None;
    }
    let own = quality(Some(demoted))?;
    let others = before.iter().enumerate().filter(|(at, _)| *at != index);
    let to = others.filter(|(_, other)| other.is_some_and(|other| other >= own)).count();
    (to != index).then(|| Operation::Move { from: list.child(index), path: list.child(to) })
}

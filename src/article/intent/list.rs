//! Lists: items added, removed, moved; keys renamed; related entries at their place.
//!
//! Invariant: a list that is not there is made, a text that stands alone becomes a list only when an item is added to it.

use super::{Article, IntentRefusal, guard, set};
use crate::document::{FieldPath, Operation, Patch, Pointer, Value};

pub(super) fn add(article: &Article<'_>, field: &FieldPath, value: &Value) -> Result<Patch, IntentRefusal> {
    let (at, items) = list(article, field)?;
    match items {
        Some(items) if items.iter().any(|item| item.same_data(value)) => Ok(Patch::default()),
        Some(_) => Ok(Patch::add(at.child("-"), value.clone())),
        None => with_first(article, &at, vec![value.clone()]),
    }
}

pub(super) fn add_chain(article: &Article<'_>, field: &FieldPath, values: &[String]) -> Result<Patch, IntentRefusal> {
    let (at, items) = list(article, field)?;
    let Some(items) = items else {
        return with_first(article, &at, values.iter().map(Value::text).collect());
    };
    let mut now: Vec<&str> = items.iter().map(|item| item.as_str().unwrap_or_default()).collect();
    let mut patch = Patch::default();
    // From the end, so that the next one is there when the one before it looks for its place.
    for (index, value) in values.iter().enumerate().rev() {
        if now.contains(&value.as_str()) {
            continue;
        }
        let next = values[index + 1..].iter().find_map(|next| now.iter().position(|item| item == next));
        let place = next.unwrap_or(now.len());
        let at_place = if place == now.len() { at.child("-") } else { at.child(place) };
        patch.0.push(Operation::Add { path: at_place, value: Value::text(value), place: None });
        now.insert(place, value);
    }
    Ok(patch)
}

pub(super) fn remove(article: &Article<'_>, field: &FieldPath, value: &Value) -> Result<Patch, IntentRefusal> {
    let at = set::pointer_of(article, field)?;
    guard(article, &at)?;
    let items = match article.document.get(&at) {
        None | Some(Value::Null) => return Ok(Patch::default()),
        Some(Value::List(items)) => items,
        Some(alone) if alone.same_data(value) => return Ok(Patch::remove(at)),
        Some(Value::Text(_)) => return Ok(Patch::default()),
        Some(_) => return Err(IntentRefusal::NotAList(field.to_string())),
    };
    let places = items.iter().enumerate().rev().filter(|(_, item)| item.same_data(value)).map(|(place, _)| place);
    Ok(Patch(places.map(|place| Operation::Remove { path: at.child(place) }).collect()))
}

pub(super) fn insert(article: &Article<'_>, at: &Pointer, value: &Value) -> Result<Patch, IntentRefusal> {
    guard(article, at)?;
    let Some((parent, key)) = at.split_last() else { return Err(IntentRefusal::Missing(at.to_string())) };
    match article.document.get(&parent) {
        Some(Value::List(items)) => {
            let place = if key == "-" { items.len() } else { key.parse().unwrap_or(usize::MAX) };
            if place > items.len() {
                return Err(IntentRefusal::Missing(at.to_string()));
            }
            Ok(Patch::add(at.clone(), value.clone()))
        }
        Some(Value::Map(map)) if map.get(key).is_some() => Err(IntentRefusal::Taken(key.to_owned())),
        None | Some(Value::Null) if key == "-" || key == "0" => with_first(article, &parent, vec![value.clone()]),
        _ => set::at(article, at, value),
    }
}

pub(super) fn remove_at(article: &Article<'_>, at: &Pointer) -> Result<Patch, IntentRefusal> {
    guard(article, at)?;
    match article.document.get(at) {
        Some(_) if !at.parts().is_empty() => Ok(Patch::remove(at.clone())),
        _ => Err(IntentRefusal::Missing(at.to_string())),
    }
}

pub(super) fn move_item(article: &Article<'_>, from: &Pointer, to: usize) -> Result<Patch, IntentRefusal> {
    guard(article, from)?;
    let missing = || IntentRefusal::Missing(from.to_string());
    let (parent, key) = from.split_last().ok_or_else(missing)?;
    let Some(Value::List(items)) = article.document.get(&parent) else {
        return Err(IntentRefusal::NotAList(parent.field().to_string()));
    };
    let place: usize = key.parse().ok().ok_or_else(missing)?;
    if place >= items.len() {
        return Err(missing());
    }
    let to = to.min(items.len() - 1);
    Ok(if place == to {
        Patch::default()
    } else {
        Patch(vec![Operation::Move { from: from.clone(), path: parent.child(to) }])
    })
}

pub(super) fn rename(article: &Article<'_>, at: &Pointer, key: &str) -> Result<Patch, IntentRefusal> {
    guard(article, at)?;
    let missing = || IntentRefusal::Missing(at.to_string());
    let (parent, old) = at.split_last().ok_or_else(missing)?;
    let Some(Value::Map(map)) = article.document.get(&parent) else {
        return Err(IntentRefusal::NotAMap(parent.field().to_string()));
    };
    map.get(old).ok_or_else(missing)?;
    if old == key {
        return Ok(Patch::default());
    }
    if map.get(key).is_some() {
        return Err(IntentRefusal::Taken(key.to_owned()));
    }
    Ok(Patch(vec![Operation::Rename { path: at.clone(), key: key.to_owned() }]))
}

pub(super) fn add_related(article: &Article<'_>, value: &Value) -> Result<Patch, IntentRefusal> {
    let list = article.related_field().pointer();
    let key = article.schema.quality.as_ref().map_or("quality", FieldPath::last);
    let quality = value.as_map().and_then(|map| map.get(key)).and_then(Value::as_f64);
    insert(article, &list.child(article.place_by_quality(quality)), value)
}

/// The list of a field: nothing where there is none yet.
fn list<'a>(article: &Article<'a>, field: &FieldPath) -> Result<(Pointer, Option<&'a [Value]>), IntentRefusal> {
    let at = set::pointer_of(article, field)?;
    guard(article, &at)?;
    match article.document.get(&at) {
        None | Some(Value::Null | Value::Text(_)) => Ok((at, None)),
        Some(Value::List(items)) => Ok((at, Some(items))),
        Some(_) => Err(IntentRefusal::NotAList(field.to_string())),
    }
}

/// A list where there was none; a text that stood there alone is its first item.
fn with_first(article: &Article<'_>, at: &Pointer, values: Vec<Value>) -> Result<Patch, IntentRefusal> {
    let mut items: Vec<Value> = match article.document.get(at) {
        Some(alone @ Value::Text(text)) if !text.is_empty() => vec![alone.clone()],
        _ => Vec::new(),
    };
    let alone = items.len();
    for value in values {
        if !items.contains(&value) {
            items.push(value);
        }
    }
    if alone == items.len() && alone > 0 {
        return Ok(Patch::default());
    }
    set::at(article, at, &Value::List(items))
}

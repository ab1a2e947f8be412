//! Setting and clearing values, steps of scores, live and not live.
//!
//! Invariant: a value that is set where it is already gives no operation; maps on the way are made as they are needed.

use super::{Article, IntentRefusal, guard};
use crate::article::{FOLLOWER, PictureIndex};
use crate::document::pointer::is_index;
use crate::document::{FieldPath, Map, Number, Operation, Patch, Pointer, Value};
use crate::site::Score;

pub(super) fn field(article: &Article<'_>, field: &FieldPath, value: &Value) -> Result<Patch, IntentRefusal> {
    let at = pointer_of(article, field)?;
    self::at(article, &at, &bounded(article.schema.score(field), value))
}

pub(super) fn at(article: &Article<'_>, at: &Pointer, value: &Value) -> Result<Patch, IntentRefusal> {
    guard(article, at)?;
    operation(article.document.data(), at, value).map(|operation| Patch(operation.into_iter().collect()))
}

pub(super) fn clear(article: &Article<'_>, field: &FieldPath) -> Result<Patch, IntentRefusal> {
    let at = pointer_of(article, field)?;
    guard(article, &at)?;
    Ok(if article.document.get(&at).is_some() { Patch::remove(at) } else { Patch::default() })
}

pub(super) fn add(article: &Article<'_>, field: &FieldPath, by: i64) -> Result<Patch, IntentRefusal> {
    let at = pointer_of(article, field)?;
    let old = match article.document.get(&at) {
        None | Some(Value::Null) => Number::from(0),
        Some(Value::Number(number)) => number.clone(),
        Some(_) => return Err(IntentRefusal::NotANumber(field.to_string())),
    };
    let wrong = || IntentRefusal::NotANumber(field.to_string());
    let sum = match old.as_i128() {
        Some(whole) => i64::try_from(whole).ok().and_then(|whole| whole.checked_add(by)).map(Number::from),
        None => old.as_f64().filter(|n| n.is_finite()).and_then(|n| Number::parse(&(n + by as f64).to_string())),
    };
    self::field(article, field, &Value::Number(sum.ok_or_else(wrong)?))
}

pub(super) fn live(article: &Article<'_>, yes: bool) -> Result<Patch, IntentRefusal> {
    let field = article.schema.live.as_ref().ok_or(IntentRefusal::NoField("field that says whether they are live"))?;
    self::field(article, field, &Value::Bool(yes == article.schema.live_when))
}

/// No rank, and not live, where the collection has these fields. An article that says nothing of being live stays silent.
pub(super) fn fold(article: &Article<'_>) -> Result<Patch, IntentRefusal> {
    let heat = article.schema.heat.as_ref().ok_or(IntentRefusal::NoField("score to fold by"))?;
    // The mark of a follower lies outside of any bounds.
    let mut patch = at(article, &pointer_of(article, heat)?, &Value::from(FOLLOWER))?;
    if article.live() == Some(true) {
        patch.0.extend(live(article, false)?.0);
    }
    Ok(patch)
}

pub(super) fn size(article: &Article<'_>, at: &Pointer, width: u32, height: u32) -> Result<Patch, IntentRefusal> {
    guard(article, at)?;
    match article.document.get(at) {
        Some(Value::Map(_)) => {
            let mut patch = Patch::default();
            for (key, side) in [("width", width), ("height", height)] {
                patch.0.extend(self::at(article, &at.child(key), &Value::from(i64::from(side)))?.0);
            }
            Ok(patch)
        }
        Some(_) => Err(IntentRefusal::NotAMap(at.to_string())),
        None => Err(IntentRefusal::Missing(at.to_string())),
    }
}

/// What is declared of a picture of which nothing is known stays; nothing is declared that was not.
pub(super) fn real_sizes(article: &Article<'_>, known: &PictureIndex) -> Result<Patch, IntentRefusal> {
    let mut patch = Patch::default();
    for named in article.pictures() {
        if let (Some(declared), Some(real)) = (named.declared, known.size(article.path, named.address))
            && declared != real
        {
            patch.0.extend(size(article, &named.at, real.0, real.1)?.0);
        }
    }
    Ok(patch)
}

/// The place of a field in this article.
pub(super) fn pointer_of(article: &Article<'_>, field: &FieldPath) -> Result<Pointer, IntentRefusal> {
    let mut value = Some(article.document.data());
    for key in field.parts() {
        match value {
            Some(Value::List(_)) => return Err(IntentRefusal::InAList(field.to_string())),
            Some(Value::Map(map)) => value = map.get(key),
            _ => break,
        }
    }
    Ok(field.pointer())
}

/// The operation that puts `value` at `at`; none where it is there already.
pub(super) fn operation(data: &Value, at: &Pointer, value: &Value) -> Result<Option<Operation>, IntentRefusal> {
    if let Some(old) = data.at(at) {
        let same = old.same_data(value);
        return Ok((!same).then(|| Operation::Replace { path: at.clone(), value: value.clone() }));
    }
    let Some((parent, key)) = at.split_last() else { return Err(IntentRefusal::Missing(at.to_string())) };
    match data.at(&parent) {
        Some(Value::Map(_)) => Ok(Some(Operation::Add { path: at.clone(), value: value.clone(), place: None })),
        Some(Value::List(items)) if key == "-" || key == items.len().to_string() => {
            Ok(Some(Operation::Add { path: at.clone(), value: value.clone(), place: None }))
        }
        Some(Value::List(_)) => Err(IntentRefusal::Missing(at.to_string())),
        Some(Value::Null) | None if key == "0" || key == "-" => {
            operation(data, &parent, &Value::List(vec![value.clone()]))
        }
        Some(Value::Null) | None if is_index(key) => Err(IntentRefusal::Missing(at.to_string())),
        Some(Value::Null) | None => {
            let mut map = Map::new();
            map.push(key, value.clone());
            operation(data, &parent, &Value::Map(map))
        }
        Some(_) => Err(IntentRefusal::NotAMap(parent.field().to_string())),
    }
}

fn bounded(score: Option<&Score>, value: &Value) -> Value {
    match (score, value) {
        (Some(score), Value::Number(number)) => match number.as_f64() {
            Some(n) if score.is_beyond(n) => {
                Number::parse(&score.clamp(n).to_string()).map_or_else(|| value.clone(), Value::Number)
            }
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

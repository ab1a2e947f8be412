//! Pictures of an article: added as their neighbours are written, and declared with the size that they have.
//!
//! Invariant: what is there says how a new picture is written; what the collection usually does counts only where nothing is there.

use super::{Article, IntentRefusal, guard, set};
use crate::document::{Map, Operation, Patch, Pointer, Value};
use crate::site::kind::images::{ADDRESS_KEYS, PictureForm, address_key, declared_size, items};

/// A picture that an article shall have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPicture {
    /// Its address, as it shall be written.
    pub address: String,
    /// Its width and height, where they are known.
    pub size: Option<(u32, u32)>,
}

/// Adds pictures at the end of a list; where one stands alone, the first new one takes its place.
pub(super) fn add(
    article: &Article<'_>,
    at: &Pointer,
    pictures: &[NewPicture],
    usual: PictureForm,
) -> Result<Patch, IntentRefusal> {
    guard(article, at)?;
    let Some(first) = pictures.first() else { return Ok(Patch::default()) };
    let there = article.document.get(at);
    match there {
        Some(Value::List(list)) => {
            let form = list.first().map_or(usual, |neighbour| form_of(neighbour, true));
            let add = |new: &NewPicture| Operation::Add { path: at.child("-"), value: value(new, form), place: None };
            Ok(Patch(pictures.iter().map(add).collect()))
        }
        Some(alone) if !items(alone).is_empty() => replace(article, at, alone, first),
        None | Some(Value::Null | Value::Text(_)) if usual.list => {
            let list = pictures.iter().map(|new| value(new, usual)).collect();
            set::at(article, at, &Value::List(list))
        }
        None | Some(Value::Null | Value::Text(_)) => set::at(article, at, &value(first, usual)),
        Some(_) => Err(IntentRefusal::NotAList(at.to_string())),
    }
}

/// Another picture where one stands alone: its address, and its size where one is declared.
fn replace(article: &Article<'_>, at: &Pointer, alone: &Value, new: &NewPicture) -> Result<Patch, IntentRefusal> {
    let Some(key) = alone.as_map().and_then(address_key) else {
        return set::at(article, at, &Value::text(&new.address));
    };
    let mut patch = set::at(article, &at.child(key), &Value::text(&new.address))?;
    if let (Some(_), Some((width, height))) = (declared_size(alone), new.size) {
        patch.0.extend(set::size(article, at, width, height)?.0);
    }
    Ok(patch)
}

/// How a picture is written that is there.
pub(super) fn form_of(picture: &Value, list: bool) -> PictureForm {
    let key = picture.as_map().map(|map| address_key(map).unwrap_or(ADDRESS_KEYS[0]));
    PictureForm { list, key, sized: declared_size(picture).is_some() }
}

fn value(new: &NewPicture, form: PictureForm) -> Value {
    let Some(key) = form.key else { return Value::text(&new.address) };
    let mut map = Map::new();
    map.push(key, Value::text(&new.address));
    if let Some((width, height)) = new.size.filter(|_| form.sized) {
        map.push("width", Value::from(i64::from(width)));
        map.push("height", Value::from(i64::from(height)));
    }
    Value::Map(map)
}

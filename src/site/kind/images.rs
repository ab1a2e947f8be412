//! A list of pictures: maps with an address, or the addresses alone. A single address is a list of one.
//!
//! Invariant: the address of a picture is found in every form that sites write it in; the form itself is never changed.

use std::cmp::Ordering;

use super::noun;
use crate::document::{Map, Number, Value};

/// The keys under which a picture's address may stand, the usual one first.
pub const ADDRESS_KEYS: [&str; 5] = ["url", "src", "path", "image", "file"];

/// Endings of picture files.
pub const ENDINGS: [&str; 9] = ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "ico"];

/// Whether a file of this name is a picture.
#[must_use]
pub fn is_picture(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| ENDINGS.iter().any(|own| own.eq_ignore_ascii_case(end)))
}

/// How the articles of a collection write their pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PictureForm {
    /// As a list; else one alone.
    pub list: bool,
    /// As maps, with the address under this key; else as the addresses alone.
    pub key: Option<&'static str>,
    /// With width and height.
    pub sized: bool,
}

impl Default for PictureForm {
    /// A list of maps, without sizes.
    fn default() -> Self {
        Self { list: true, key: Some(ADDRESS_KEYS[0]), sized: false }
    }
}

/// The address of one picture, as a map or as text.
#[must_use]
pub fn address(image: &Value) -> Option<&str> {
    match image {
        Value::Text(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        Value::Map(map) => address_key(map).and_then(|key| map.get(key)?.as_str()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// The key that holds the address in this map.
#[must_use]
pub fn address_key(map: &Map) -> Option<&'static str> {
    ADDRESS_KEYS.into_iter().find(|key| matches!(map.get(key), Some(Value::Text(_))))
}

/// Width and height that the file declares.
#[must_use]
pub fn declared_size(image: &Value) -> Option<(u32, u32)> {
    let side = |key: &str| -> Option<u32> {
        let number = match image.as_map()?.get(key)? {
            Value::Number(number) => number.as_i128()?,
            Value::Text(text) => Number::parse(text.trim_end_matches("px"))?.as_i128()?,
            _ => return None,
        };
        u32::try_from(number).ok()
    };
    Some((side("width")?, side("height")?))
}

/// The pictures of a field: the items of a list, or the one that stands there alone.
#[must_use]
pub fn items(value: &Value) -> &[Value] {
    match value {
        Value::List(items) => items,
        Value::Text(text) if !text.is_empty() => std::slice::from_ref(value),
        Value::Map(map) if address_key(map).is_some() => std::slice::from_ref(value),
        _ => &[],
    }
}

pub(super) fn parse(typed: &str, old: Option<&Value>) -> Value {
    if matches!(old, Some(Value::Text(_))) {
        return Value::text(typed.trim());
    }
    Value::List(typed.split_whitespace().map(Value::from).collect())
}

pub(super) fn show(value: &Value) -> String {
    match items(value) {
        [] => String::new(),
        [one] => address(one).map(super::url::show).unwrap_or_default(),
        many => format!("{} images", many.len()),
    }
}

pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    items(a).len().cmp(&items(b).len())
}

pub(super) fn check(value: &Value) -> Option<String> {
    if !matches!(value, Value::List(_)) && items(value).is_empty() {
        return (value != &Value::text(""))
            .then(|| format!("This is {}, where other articles have images", noun(value)));
    }
    items(value).iter().position(|image| address(image).is_none()).map(|at| format!("Image {} has no address", at + 1))
}

//! Addresses: of the web, of the site itself, of a file beside the article.
//!
//! Invariant: an address is kept as typed; what is made of it for display never goes back into the file.

use super::{KindError, noun};
use crate::document::Value;

/// Whether the text is an address of the web, or one that starts at the site's root.
#[must_use]
pub fn looks(text: &str) -> bool {
    let text = text.trim();
    let after_scheme = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let rest = after_scheme.or_else(|| text.strip_prefix("//"));
    rest.is_some_and(|rest| rest.contains('.') && !rest.contains(char::is_whitespace))
}

/// The host of an address of the web, without `www.`.
#[must_use]
pub fn host(address: &str) -> Option<&str> {
    let after = address.split_once("//")?.1;
    let authority = after.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

pub(super) fn parse(typed: &str) -> Result<Value, KindError> {
    let address = typed.trim();
    if address.contains(char::is_whitespace) {
        return Err(KindError::new("An address has no blanks; write %20"));
    }
    Ok(Value::text(address))
}

pub(super) fn show(address: &str) -> String {
    if address.starts_with("data:") {
        return "a picture in the text".to_owned();
    }
    address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .map_or(address, |rest| rest.strip_prefix("www.").unwrap_or(rest))
        .to_owned()
}

pub(super) fn check(value: &Value) -> Option<String> {
    let Value::Text(address) = value else {
        return Some(format!("This is {}, where other articles have an address", noun(value)));
    };
    if address.is_empty() {
        return None;
    }
    if address.trim() != address || address.contains(char::is_whitespace) {
        return Some("The address holds blanks".to_owned());
    }
    if address.contains("://") && url::Url::parse(address).is_err() {
        return Some("The address cannot be read".to_owned());
    }
    super::text::check(value)
}

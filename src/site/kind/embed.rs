//! A frame of another page, written as HTML in a string: named by its host, never rendered.
//!
//! Invariant: nothing of the string is carried out or fetched.

/// Whether the text is HTML that frames another page.
#[must_use]
pub fn looks(text: &str) -> bool {
    let start = text.trim_start();
    ["<iframe", "<embed", "<object", "<video", "<blockquote class=\"twitter"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag)))
}

/// The address that is framed.
#[must_use]
pub fn source(text: &str) -> Option<&str> {
    for attribute in ["src=", "data=", "href="] {
        let Some(at) = text.find(attribute) else { continue };
        let rest = &text[at + attribute.len()..];
        let found = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest[1..].split(quote).next(),
            _ => rest.split([' ', '>']).next(),
        };
        if let Some(address) = found.filter(|address| !address.is_empty()) {
            return Some(address);
        }
    }
    None
}

pub(super) fn show(text: &str) -> String {
    let host = source(text).and_then(super::url::host);
    match host {
        Some(host) => format!("embed: {host}"),
        None if looks(text) => "embed".to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embed_is_named_by_its_host() {
        let video = "<iframe width=\"800\" src=\"https://www.youtube.com/embed/WJk\" allowfullscreen></iframe>";
        assert!(looks(video) && !looks("a < b"));
        assert_eq!(show(video), "embed: youtube.com");
        assert_eq!(show("<iframe src='//player.vimeo.com/1'>"), "embed: player.vimeo.com");
        assert_eq!(show("<iframe>"), "embed");
    }
}

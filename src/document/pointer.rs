//! Addresses in the data of a document: JSON Pointer for one value, a field path for the same field in any article.
//!
//! Invariant: text and parsed form convert into each other without loss (RFC 6901 escapes `~` and `/`).

use std::fmt;

use super::Value;

/// A JSON Pointer (RFC 6901): `/related/0/title`. The empty pointer is the whole data.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(Vec<String>);

/// A text is not a JSON Pointer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a JSON Pointer: it is empty or starts with “/”, and “~” stands only in “~0” and “~1”")]
pub struct PointerError(pub String);

impl Pointer {
    /// The whole data.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// Reads RFC 6901's text form.
    ///
    /// # Errors
    /// When the text does not start with `/` or has a `~` that is no escape.
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        if text.is_empty() {
            return Ok(Self::root());
        }
        let wrong = || PointerError(text.to_owned());
        let parts = text.strip_prefix('/').ok_or_else(wrong)?.split('/');
        parts.map(|part| unescape(part).ok_or_else(wrong)).collect::<Result<_, _>>().map(Self)
    }

    /// A pointer from its parts, unescaped.
    pub fn of<S: Into<String>>(parts: impl IntoIterator<Item = S>) -> Self {
        Self(parts.into_iter().map(Into::into).collect())
    }

    /// Its parts, unescaped.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// One step further down.
    #[must_use]
    pub fn child(&self, part: impl fmt::Display) -> Self {
        let mut parts = self.0.clone();
        parts.push(part.to_string());
        Self(parts)
    }

    /// The value's container and its last part; nothing for the root.
    #[must_use]
    pub fn split_last(&self) -> Option<(Self, &str)> {
        let (last, parents) = self.0.split_last()?;
        Some((Self(parents.to_vec()), last))
    }

    /// Whether this is `other` or lies below it.
    #[must_use]
    pub fn starts_with(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The field this value belongs to: list positions dropped.
    #[must_use]
    pub fn field(&self) -> FieldPath {
        FieldPath(self.0.iter().filter(|part| !is_index(part) && *part != "-").cloned().collect())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            write!(f, "/{}", part.replace('~', "~0").replace('/', "~1"))?;
        }
        Ok(())
    }
}

/// A field of every article: `provider.domain`, `related.title`. Lists on the way are walked through, so it may name
/// several values of one article.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub struct FieldPath(Vec<String>);

impl FieldPath {
    /// Reads `provider.domain`. A dot that belongs to a key is written `\.`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match (c, parts.last_mut()) {
                ('\\', Some(last)) => last.push(chars.next().unwrap_or('\\')),
                ('.', _) => parts.push(String::new()),
                (c, Some(last)) => last.push(c),
                (_, None) => {}
            }
        }
        Self(parts)
    }

    /// A path of these keys.
    pub fn of<S: Into<String>>(parts: impl IntoIterator<Item = S>) -> Self {
        Self(parts.into_iter().map(Into::into).collect())
    }

    /// Its keys.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// The first key, which is a top-level field of the front matter.
    #[must_use]
    pub fn head(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// The last key.
    #[must_use]
    pub fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// One step further down.
    #[must_use]
    pub fn child(&self, key: &str) -> Self {
        let mut parts = self.0.clone();
        parts.push(key.to_owned());
        Self(parts)
    }

    /// All values that this path names in `data`, in order.
    #[must_use]
    pub fn values<'a>(&self, data: &'a Value) -> Vec<&'a Value> {
        fn walk<'a>(parts: &[String], value: &'a Value, found: &mut Vec<&'a Value>) {
            match (parts, value) {
                ([], Value::List(items)) => found.extend(items),
                ([], value) => found.push(value),
                (_, Value::List(items)) => items.iter().for_each(|item| walk(parts, item, found)),
                ([key, rest @ ..], Value::Map(map)) => {
                    if let Some(value) = map.get(key) {
                        walk(rest, value, found);
                    }
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        walk(&self.0, data, &mut found);
        found
    }

    /// The pointer of this field in an article, if no list lies on the way.
    #[must_use]
    pub fn pointer(&self) -> Pointer {
        Pointer(self.0.clone())
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            let dot = if i == 0 { "" } else { "." };
            write!(f, "{dot}{}", part.replace('\\', "\\\\").replace('.', "\\."))?;
        }
        Ok(())
    }
}

impl From<String> for FieldPath {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<FieldPath> for String {
    fn from(path: FieldPath) -> Self {
        path.to_string()
    }
}

/// Whether a part is a list position: digits without a leading zero (RFC 6901, section 4).
#[must_use]
pub fn is_index(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
}

fn unescape(part: &str) -> Option<String> {
    let mut text = String::with_capacity(part.len());
    let mut chars = part.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '~' => match chars.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            c => c,
        });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_parts_convert_without_loss() {
        for text in ["", "/", "/a", "/a~1b/m~0n", "/related/0/title", "/ ", "/名前//x"] {
            assert_eq!(Pointer::parse(text).unwrap().to_string(), text);
        }
        for text in ["a", "/~", "/~2", "related/0"] {
            assert!(Pointer::parse(text).is_err(), "{text}");
        }
        for text in ["a", "a.b", r"a\.b.c", ""] {
            assert_eq!(FieldPath::parse(text).to_string(), text);
        }
    }

    #[test]
    fn a_field_path_walks_through_lists() {
        let data: Value =
            serde_json::json!({"related": [{"title": "a"}, {"x": 1}, {"title": "b"}], "tags": ["t"]}).into();
        let texts = |path: &str| -> Vec<String> {
            FieldPath::parse(path).values(&data).iter().filter_map(|v| v.as_str()).map(str::to_owned).collect()
        };
        assert_eq!(texts("related.title"), ["a", "b"]);
        assert_eq!(texts("tags"), ["t"]);
        assert!(texts("missing.x").is_empty());
    }
}

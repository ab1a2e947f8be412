//! Names and versions of files: a path proved to lie inside the site, a stamp that hints at change, bytes with both.
//!
//! Invariant: a `SitePath` has no `..`, no root, no drive, no backslash and no control character, so that joining it to the
//! site's folder cannot leave the site (symbolic links are `storage`'s to check). Stamps only hint; content decides.

use std::fmt;
use std::sync::Arc;

/// A file's path in the site: relative, `/` between its parts, at least one part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SitePath(Arc<str>);

/// Why a text is not a path inside the site.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Empty, or it has an empty part.
    #[error("“{0}” is not a file's path")]
    Empty(String),
    /// It is absolute, names a drive, or climbs out with `..`.
    #[error("“{0}” leads out of the site")]
    Outside(String),
    /// It holds a character that no article's name may have.
    #[error("“{0}” holds a control character or a backslash")]
    Character(String),
}

impl SitePath {
    /// Checks a relative path with `/` between its parts. A leading `./` is dropped.
    ///
    /// # Errors
    /// When the path is empty, absolute, climbs out of the site, or holds control characters or backslashes.
    pub fn new(path: &str) -> Result<Self, PathError> {
        let shown = || path.escape_debug().to_string();
        let clean = path.strip_prefix("./").unwrap_or(path);
        if clean.starts_with('/') || clean.get(1..2) == Some(":") {
            return Err(PathError::Outside(shown()));
        }
        if clean.bytes().any(|byte| byte.is_ascii_control() || byte == b'\\')
            || !clean.is_ascii() && clean.chars().any(char::is_control)
        {
            return Err(PathError::Character(shown()));
        }
        for part in clean.split('/') {
            match part {
                "" | "." => return Err(PathError::Empty(shown())),
                ".." => return Err(PathError::Outside(shown())),
                _ => {}
            }
        }
        Ok(Self(clean.into()))
    }

    /// What stands for the path of a file that nobody knows.
    #[must_use]
    pub fn unknown() -> Self {
        Self("unknown".into())
    }

    /// The path as text, `/` between its parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part, with its ending.
    #[must_use]
    pub fn name(&self) -> &str {
        name_of(&self.0)
    }

    /// The last part without its last ending.
    #[must_use]
    pub fn stem(&self) -> &str {
        stem_of(&self.0)
    }

    /// The folder, `""` at the top of the site.
    #[must_use]
    pub fn folder(&self) -> &str {
        memchr::memrchr(b'/', self.0.as_bytes()).map_or("", |at| &self.0[..at])
    }

    /// A file beside this one.
    ///
    /// # Errors
    /// When `name` is not a plain file name.
    pub fn sibling(&self, name: &str) -> Result<Self, PathError> {
        if name.contains('/') {
            return Err(PathError::Empty(name.escape_debug().to_string()));
        }
        match self.folder() {
            "" => Self::new(name),
            folder => Self::new(&format!("{folder}/{name}")),
        }
    }
}

/// The last part of a path, with its ending.
fn name_of(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or(path, |at| &path[at + 1..])
}

/// The last part of a path without its last ending.
pub(crate) fn stem_of(path: &str) -> &str {
    let name = name_of(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SitePath {
    type Error = PathError;

    fn try_from(path: String) -> Result<Self, PathError> {
        Self::new(&path)
    }
}

impl From<SitePath> for String {
    fn from(path: SitePath) -> Self {
        path.0.as_ref().to_owned()
    }
}

/// What the file system says of a file without reading it. Equal stamps hint at equal bytes; they do not prove it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// Time of the last change of content, nanoseconds since 1970.
    pub modified: i64,
    /// Time of the last change of the entry (Unix), nanoseconds since 1970; 0 elsewhere.
    pub changed: i64,
    /// File number (Unix); 0 elsewhere.
    pub inode: u64,
}

/// The hash that stands for a file's bytes where they are compared: xxh3, 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct ContentHash(pub u128);

impl ContentHash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxhash_rust::xxh3::xxh3_128(bytes))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// One version of a file: its bytes and the stamp it had when they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Where it lies in the site.
    pub path: SitePath,
    /// All its bytes.
    pub bytes: Arc<[u8]>,
    /// The stamp when it was read.
    pub stamp: Stamp,
}

impl Snapshot {
    /// The hash of the bytes.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_site_are_refused() {
        for path in
            ["", "/etc/passwd", "../x", "a/../../x", "a//b", "C:/x", "C:x", "a\\b", "a/\u{1}b", ".", "a/./b", "./"]
        {
            assert!(SitePath::new(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn parts_of_a_path() {
        let path = SitePath::new("_news/2020/a.b.md").unwrap();
        assert_eq!((path.name(), path.stem(), path.folder()), ("a.b.md", "a.b", "_news/2020"));
        assert_eq!(path.sibling("c.md").unwrap().as_str(), "_news/2020/c.md");
        assert!(path.sibling("../c.md").is_err());
        assert_eq!(SitePath::new(".keep").unwrap().stem(), ".keep");
    }
}

//! One file with front matter, lossless: bytes to data and back. Knows no article and opens nothing.
//!
//! Invariant: an unchanged document is byte for byte what was read; a change touches the bytes of what was changed and no other.
//!
//! ```
//! use copydesk::document::{Customs, Document, Patch, Pointer};
//!
//! let document = Document::parse(b"---\ntitle: \"One\" # keep\nheat: 40\n---\nBody\n");
//! let heat = Pointer::parse("/heat")?;
//! assert_eq!(document.get(&heat).and_then(|value| value.as_f64()), Some(40.0));
//! let applied = document.apply(&Patch::replace(heat, 120), &Customs::default())?;
//! assert_eq!(applied.document.text(), "---\ntitle: \"One\" # keep\nheat: 120\n---\nBody\n");
//! let back = applied.document.apply(&applied.inverse, &Customs::default())?;
//! assert_eq!(back.document.text(), document.text());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apply;
pub mod changes;
pub mod diff;
mod fence;
mod json;
pub mod merge;
pub mod notice;
mod pair;
pub mod patch;
pub mod pointer;
mod stepwise;
pub mod style;
mod toml;
mod tree;
pub mod value;
mod yaml;

use std::sync::{Arc, OnceLock};

pub use changes::{FieldChange, changes};
pub use diff::{diff_patch, document_patch};
pub use notice::{Check, Notice, NoticeCode, Refusal, RefusalReason};
pub use patch::{Operation, Patch, PatchError, Source};
pub use pointer::{FieldPath, Pointer, PointerError};
pub use style::{Customs, ScalarStyle};
pub use value::{Map, Number, Value};

use crate::text::{LineIndex, Place, Span, TextEdit};
use fence::Fence;
use notice::Fault;
use tree::{NodeKind, Tree};

/// How the front matter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Between `---` lines.
    Yaml,
    /// Between `+++` lines.
    Toml,
    /// An object at the start of the file, or between `;;;` lines.
    Json,
    /// The file has no front matter. It can be given one, which is YAML.
    None,
}

/// A file: its text, and the data of its front matter with the place of every value. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Document(Arc<Inner>);

/// What came of a patch.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The document afterwards. The same as before where nothing changed.
    pub document: Document,
    /// What changed in the text; empty where nothing changed.
    pub edit: TextEdit,
    /// The patch that takes this one back, to the byte where the document is still the same.
    pub inverse: Patch,
}

#[derive(Debug)]
struct Inner {
    text: String,
    fence: Fence,
    data: Value,
    tree: Tree,
    error: Option<Notice>,
    warnings: Vec<Notice>,
    lines: OnceLock<LineIndex>,
    second: OnceLock<Option<Value>>,
}

/// What a format's reader makes of a front matter.
#[derive(Debug)]
pub(crate) struct Reading {
    /// A map; empty where it cannot be read.
    pub(crate) data: Value,
    /// Without a root where there is nothing, or nothing that can be read.
    pub(crate) tree: Tree,
    pub(crate) error: Option<Fault>,
    pub(crate) warnings: Vec<Fault>,
}

impl Reading {
    pub(crate) fn failed(fault: Fault) -> Self {
        Self { error: Some(fault), ..Self::empty() }
    }

    pub(crate) fn empty() -> Self {
        Self { data: Value::Map(Map::new()), tree: Tree::default(), error: None, warnings: Vec::new() }
    }
}

impl Document {
    /// Reads a file. Never fails: what is wrong with it is part of the document.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::of_text(text.to_owned(), None),
            Err(error) => {
                let (text, fault) = decode_anyway(bytes, error.valid_up_to());
                Self::of_text(text, Some(fault))
            }
        }
    }

    /// Reads a file that is text already.
    #[must_use]
    pub fn parse_text(text: impl Into<String>) -> Self {
        Self::of_text(text.into(), None)
    }

    fn of_text(text: String, encoding: Option<Fault>) -> Self {
        let fence = fence::split(&text);
        let mut reading = match fence.format {
            Format::Yaml => yaml::reader::read(&text, fence.front),
            Format::Toml => toml::reader::read(&text, fence.front),
            Format::Json => json::reader::read(&text, fence.front),
            Format::None => Reading { warnings: fence::late(&text).into_iter().collect(), ..Reading::empty() },
        };
        if !fence.closed {
            let message = "The front matter is not closed: a line with the same fence is missing below it";
            reading = Reading::failed(Fault::new(NoticeCode::Unclosed, message, 0));
        }
        if encoding.is_some() {
            reading.error = encoding;
        }
        let lines = OnceLock::new();
        let notice = |fault: Fault| {
            let place = lines.get_or_init(|| LineIndex::new(&text)).place(&text, fault.at);
            Notice { code: fault.code, message: fault.message, place }
        };
        let error = reading.error.map(notice);
        let warnings = reading.warnings.into_iter().map(notice).collect();
        let (data, tree) = (reading.data, reading.tree);
        let second = OnceLock::new();
        Self(Arc::new(Inner { text, fence, data, tree, error, warnings, lines, second }))
    }

    /// The whole file. Where it is not UTF-8, a reading of it that marks what is lost; then `error` says so.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// How the front matter is written.
    #[must_use]
    pub fn format(&self) -> Format {
        self.0.fence.format
    }

    /// The data of the front matter: a map, empty where there is none or it cannot be read.
    #[must_use]
    pub fn data(&self) -> &Value {
        &self.0.data
    }

    /// The value at a pointer.
    #[must_use]
    pub fn get(&self, at: &Pointer) -> Option<&Value> {
        self.0.data.at(at)
    }

    /// The bytes of a value in the file, quotes included; of a value that is not written (`title:`) the empty span where it
    /// would stand. Nothing for what is reached through an alias.
    #[must_use]
    pub fn span(&self, at: &Pointer) -> Option<Span> {
        let found = self.0.tree.find(&self.0.data, at)?;
        Some(self.0.tree.node(found.node).span)
    }

    /// Line and column of a value.
    #[must_use]
    pub fn place(&self, at: &Pointer) -> Option<Place> {
        self.span(at).map(|span| self.place_at(span.start))
    }

    /// Line and column of a byte of the file. Many calls cost no more than one walk over the text.
    #[must_use]
    pub fn place_at(&self, offset: usize) -> Place {
        self.0.lines.get_or_init(|| LineIndex::new(&self.0.text)).place(&self.0.text, offset)
    }

    /// How a scalar is written; nothing for lists, maps and aliases.
    #[must_use]
    pub fn style(&self, at: &Pointer) -> Option<ScalarStyle> {
        let found = self.0.tree.find(&self.0.data, at)?;
        match self.0.tree.node(found.node).kind {
            NodeKind::Scalar(style) => Some(style),
            _ => None,
        }
    }

    /// How each text of the data is written, in the order of the data; nothing for what an alias brings.
    #[must_use]
    pub fn styles(&self) -> Vec<Option<ScalarStyle>> {
        let mut styles = Vec::new();
        self.0.tree.styles(self.0.tree.root, &self.0.data, &mut styles);
        styles
    }

    /// What stands between the fences. JSON: the object. Empty where there is no front matter.
    #[must_use]
    pub fn front_matter(&self) -> Span {
        self.0.fence.front
    }

    /// What the second reader makes of the front matter; nothing where it refuses it. Read once: what an edit proved is what the
    /// next one starts from.
    fn second(&self) -> Option<&Value> {
        let read = || yaml::second::read(&self.0.text[self.0.fence.front.range()]);
        self.0.second.get_or_init(read).as_ref()
    }

    /// What stands below the front matter.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.0.text[self.0.fence.body..]
    }

    /// Why the document cannot be read. Such a file is shown, marked, and never written.
    #[must_use]
    pub fn error(&self) -> Option<&Notice> {
        self.0.error.as_ref()
    }

    /// What other readers will stumble over, though this one does not.
    #[must_use]
    pub fn warnings(&self) -> &[Notice] {
        &self.0.warnings
    }

    /// Carries out a patch on the text. Only the bytes of what is changed change; the new text is read again and proved to
    /// say the old data with the patch applied.
    ///
    /// # Errors
    /// When an operation does not fit the data, a `test` fails, the change cannot be made safely, or the proof fails.
    pub fn apply(&self, patch: &Patch, customs: &Customs) -> Result<Applied, Refusal> {
        apply::apply(self, patch, customs)
    }
}

/// Text of bytes that are not UTF-8, to be looked at, and what is wrong with them.
fn decode_anyway(bytes: &[u8], valid_up_to: usize) -> (String, Fault) {
    let utf16 = |units: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| units([pair[0], pair[1]])).collect();
        let message = "The file is UTF-16; sites are read as UTF-8, so it has to be converted";
        (String::from_utf16_lossy(&units), Fault::new(NoticeCode::Encoding, message, 0))
    };
    match bytes {
        [0xFF, 0xFE, ..] => utf16(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => utf16(u16::from_be_bytes),
        _ => {
            let byte = bytes.get(valid_up_to).copied().unwrap_or_default();
            let message = format!("The file is not UTF-8: byte {byte:02X} cannot stand here");
            (String::from_utf8_lossy(bytes).into_owned(), Fault::new(NoticeCode::Encoding, message, valid_up_to))
        }
    }
}

//! What an editor wants of an article, and the patch that does it.
//!
//! Invariant: an intent names fields, never rows; it is carried out on the data that is there then. What is there already
//! gives an empty patch, and nothing touches an opaque value.

mod list;
mod pictures;
mod promote;
mod replace;
mod set;

pub use pictures::NewPicture;
pub use promote::stays_behind;
pub use replace::Find;

use std::sync::Arc;

use super::{Article, PictureIndex};
use crate::document::{Document, FieldPath, Operation, Patch, Pointer, Value};
use crate::site::kind::images::PictureForm;
use crate::text::Place;

/// Something an editor wants of an article.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// A field has this value. Scores stay within their configured bounds.
    Set(FieldPath, Value),
    /// The value at this place is this one.
    SetAt(Pointer, Value),
    /// A field is not there.
    Clear(FieldPath),
    /// A number is so much higher; a missing one counts from zero.
    Add(FieldPath, i64),
    /// A list has this item, at its end if it was not there.
    AddItem {
        /// The list.
        field: FieldPath,
        /// The item.
        value: Value,
    },
    /// A list has these items in this order: each missing one is put before the next one that is there. So a topic comes with
    /// those above it, the child first.
    AddChain {
        /// The list.
        field: FieldPath,
        /// The items.
        values: Vec<String>,
    },
    /// A list does not have this item.
    RemoveItem {
        /// The list.
        field: FieldPath,
        /// The item.
        value: Value,
    },
    /// Another value stands at this place of a list, or under this key.
    Insert {
        /// Where.
        at: Pointer,
        /// What.
        value: Value,
    },
    /// What stands here is taken out.
    RemoveAt(Pointer),
    /// An item stands elsewhere in its list.
    MoveItem {
        /// Where it stands.
        from: Pointer,
        /// Where it stands afterwards.
        to: usize,
    },
    /// A key has another name.
    Rename {
        /// The entry.
        at: Pointer,
        /// Its new key.
        key: String,
    },
    /// Live, or not.
    Live(bool),
    /// Folded under its lead: no rank, not live.
    Fold,
    /// Dropped: no rank, not live.
    Drop,
    /// Another entry of `related`, at its place by quality.
    AddRelated(Value),
    /// This related entry leads, and the lead is an entry.
    PromoteWithin(usize),
    /// More pictures at the end of a list, written as those that are there; one that stands alone is replaced by the first.
    AddPictures {
        /// The list.
        at: Pointer,
        /// They.
        pictures: Vec<NewPicture>,
        /// How they are written where there are none yet.
        usual: PictureForm,
    },
    /// A picture's declared size.
    ImageSize {
        /// The picture.
        at: Pointer,
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// Every declared size of a picture is the picture's own, where that is known.
    RealSizes(Arc<PictureIndex>),
    /// Texts of these fields with something replaced.
    Replace {
        /// In which fields; lists and maps with all texts in them.
        fields: Vec<FieldPath>,
        /// Whether in the text below the front matter, too.
        body: bool,
        /// What is looked for.
        find: Find,
        /// What stands there instead.
        with: String,
    },
    /// The text below the front matter.
    SetBody(String),
}

/// Why an article cannot be changed so. Nothing is changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntentRefusal {
    /// The file does not parse.
    #[error("The file cannot be read ({0}); correct it in its source first")]
    Unreadable(String),
    /// The value is opaque.
    #[error("“{0}” is opaque and is never changed")]
    Opaque(String),
    /// The value is no number.
    #[error("“{0}” is not a number here")]
    NotANumber(String),
    /// The value is no list.
    #[error("“{0}” is not a list here")]
    NotAList(String),
    /// A list lies on the way to the field.
    #[error("“{0}” stands in a list; say in which entry")]
    InAList(String),
    /// A text or number stands where a map would have to be.
    #[error("“{0}” is no map here, so nothing can stand in it")]
    NotAMap(String),
    /// Nothing is there.
    #[error("Nothing is at “{0}”")]
    Missing(String),
    /// The new key is taken.
    #[error("There is already a “{0}”")]
    Taken(String),
    /// The collection's articles have no such field.
    #[error("The articles of this collection have no {0}")]
    NoField(&'static str),
    /// The pattern cannot be read.
    #[error("The pattern cannot be read: {0}")]
    Pattern(String),
    /// The new file would have no name, or the text cannot be written.
    #[error("The entry cannot become a file of its own: {0}")]
    NoFile(String),
}

impl Intent {
    /// A topic, with all above it.
    #[must_use]
    pub fn add_term(field: FieldPath, name: &str, vocabulary: &crate::site::Vocabulary) -> Self {
        let values = vocabulary.with_ancestors(&field, name);
        Self::AddChain { field, values }
    }

    /// The patch that does it; empty where it is done already.
    ///
    /// # Errors
    /// When it cannot or must not be done in this article.
    pub fn patch(&self, article: &Article<'_>) -> Result<Patch, IntentRefusal> {
        if let Some(error) = article.document.error() {
            return Err(IntentRefusal::Unreadable(error.message.clone()));
        }
        match self {
            Self::Set(field, value) => set::field(article, field, value),
            Self::SetAt(at, value) => set::at(article, at, value),
            Self::Clear(field) => set::clear(article, field),
            Self::Add(field, by) => set::add(article, field, *by),
            Self::Live(yes) => set::live(article, *yes),
            Self::Fold | Self::Drop => set::fold(article),
            Self::AddPictures { at, pictures, usual } => pictures::add(article, at, pictures, *usual),
            Self::ImageSize { at, width, height } => set::size(article, at, *width, *height),
            Self::RealSizes(known) => set::real_sizes(article, known),
            Self::AddItem { field, value } => list::add(article, field, value),
            Self::AddChain { field, values } => list::add_chain(article, field, values),
            Self::RemoveItem { field, value } => list::remove(article, field, value),
            Self::Insert { at, value } => list::insert(article, at, value),
            Self::RemoveAt(at) => list::remove_at(article, at),
            Self::MoveItem { from, to } => list::move_item(article, from, *to),
            Self::Rename { at, key } => list::rename(article, at, key),
            Self::AddRelated(value) => list::add_related(article, value),
            Self::PromoteWithin(index) => promote::within(article, *index),
            Self::Replace { fields, body, find, with } => replace::patch(article, fields, *body, find, with),
            Self::SetBody(text) if text == article.document.body() => Ok(Patch::default()),
            Self::SetBody(text) => Ok(Patch(vec![Operation::Body { text: text.clone() }])),
        }
    }

    /// Where in the file the value stands that it is about; of one that is not there, what it would stand in.
    #[must_use]
    pub fn place(&self, document: &Document) -> Option<Place> {
        if let Some(error) = document.error() {
            return Some(error.place);
        }
        let mut at = match self {
            Self::Set(field, _) | Self::Clear(field) | Self::Add(field, _) => field.pointer(),
            Self::AddItem { field, .. } | Self::AddChain { field, .. } | Self::RemoveItem { field, .. } => {
                field.pointer()
            }
            Self::SetAt(at, _)
            | Self::RemoveAt(at)
            | Self::Insert { at, .. }
            | Self::Rename { at, .. }
            | Self::AddPictures { at, .. }
            | Self::ImageSize { at, .. } => at.clone(),
            Self::MoveItem { from, .. } => from.clone(),
            Self::Live(_)
            | Self::Fold
            | Self::Drop
            | Self::AddRelated(_)
            | Self::PromoteWithin(_)
            | Self::RealSizes(_)
            | Self::Replace { .. }
            | Self::SetBody(_) => return None,
        };
        loop {
            if let Some(place) = document.place(&at) {
                return Some(place);
            }
            at = at.split_last()?.0;
        }
    }

    /// What a toast calls it: "heat 120".
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Set(field, value) => format!("{field} {}", brief(value)),
            Self::SetAt(at, value) => format!("{} {}", at.field(), brief(value)),
            Self::Clear(field) => format!("{field} cleared"),
            Self::Add(field, by) if *by < 0 => format!("{field} −{}", by.unsigned_abs()),
            Self::Add(field, by) => format!("{field} +{by}"),
            Self::AddItem { field, value } => format!("{field} +{}", brief(value)),
            Self::AddChain { field, values } => format!("{field} +{}", values.join(", ")),
            Self::RemoveItem { field, value } => format!("{field} −{}", brief(value)),
            Self::Insert { at, .. } => format!("{} added", at.field()),
            Self::RemoveAt(at) => format!("{} removed", at.field()),
            Self::MoveItem { from, .. } => format!("{} moved", from.field()),
            Self::Rename { at, key } => format!("{} renamed {key}", at.field()),
            Self::Live(true) => "live".to_owned(),
            Self::Live(false) => "not live".to_owned(),
            Self::Fold => "folded".to_owned(),
            Self::Drop => "dropped".to_owned(),
            Self::AddRelated(_) => "related story added".to_owned(),
            Self::PromoteWithin(_) => "promoted".to_owned(),
            Self::AddPictures { pictures, .. } if pictures.len() == 1 => "picture added".to_owned(),
            Self::AddPictures { pictures, .. } => format!("{} pictures added", pictures.len()),
            Self::ImageSize { width, height, .. } => format!("picture {width} × {height}"),
            Self::RealSizes(_) => "picture sizes corrected".to_owned(),
            Self::Replace { find, with, .. } => format!("“{}” → “{with}”", find.pattern),
            Self::SetBody(_) => "text".to_owned(),
        }
    }
}

/// What X does to this article: it is folded under its lead, or dropped when it has none.
#[must_use]
pub fn fold_or_drop(article: &Article<'_>) -> Intent {
    if article.related().is_empty() { Intent::Drop } else { Intent::Fold }
}

fn brief(value: &Value) -> String {
    let shown = match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("“{text}”"),
        Value::List(items) => format!("({})", items.len()),
        Value::Map(map) => crate::site::kind::entry::name(map).unwrap_or("set").to_owned(),
    };
    if shown.chars().count() > 40 { shown.chars().take(39).chain(['…']).collect() } else { shown }
}

/// Refuses what would touch an opaque value: this one, or one it lies in.
fn guard(article: &Article<'_>, at: &Pointer) -> Result<(), IntentRefusal> {
    let field = at.field();
    for depth in 1..=field.parts().len() {
        let above = FieldPath::of(field.parts()[..depth].iter().cloned());
        let value = if depth == field.parts().len() { article.document.get(at) } else { None };
        if article.schema.is_opaque(&above, value) {
            return Err(IntentRefusal::Opaque(above.to_string()));
        }
    }
    Ok(())
}

//! What several selected articles have in common in a field.
//!
//! Invariant: a value is told only where all of them have it; where they differ, no value of one stands for all.

use std::collections::HashMap;

use crate::catalog::{ArticleId, Catalog, Cell, ColumnKey};
use crate::document::FieldPath;
use crate::ui::frame::Frame;
use crate::ui::show;

/// Where more articles than these have the same value, the rest is not looked through for one that has another.
const COMPARED: usize = 20_000;

/// What stands in a field of several articles.
#[derive(Clone, Debug, PartialEq)]
pub enum Common {
    /// The same in all: as a number, as yes or no, and in words.
    Same {
        /// As a number.
        number: Option<f64>,
        /// As yes or no.
        yes: Option<bool>,
        /// In words; where there is no value, that it is absent or null.
        text: String,
    },
    /// They differ. Where all that have it have a number: the least and the greatest.
    Mixed(Option<(f64, f64)>),
    /// Too many to tell.
    Unknown,
}

impl Common {
    /// The number that all have.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        if let Self::Same { number, .. } = self { *number } else { None }
    }

    /// Yes or no, where all say the same.
    #[must_use]
    pub fn yes(&self) -> Option<bool> {
        if let Self::Same { yes, .. } = self { *yes } else { None }
    }

    /// In words: the value, from what to what they go, or that they differ.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Same { text, .. } => text.clone(),
            Self::Mixed(Some((least, most))) if least < most => {
                format!("{} – {}", show::number(*least), show::number(*most))
            }
            Self::Mixed(_) => "mixed".to_owned(),
            Self::Unknown => "not compared".to_owned(),
        }
    }
}

/// What was found, for as long as rows and selection are the same.
#[derive(Default)]
pub struct CommonState {
    version: u64,
    articles: Vec<ArticleId>,
    known: HashMap<FieldPath, Common>,
}

impl CommonState {
    /// Forgets what was found where the selection or an article is another one now.
    pub fn follow(&mut self, frame: &Frame<'_>) {
        let (Some(catalog), Some(selection)) = (frame.desk.catalog(), frame.desk.selection()) else { return };
        let same = self.version == catalog.version() && selection.iter().eq(self.articles.iter().copied());
        if !same {
            *self =
                Self { version: catalog.version(), articles: selection.iter().collect(), known: HashMap::default() };
        }
    }

    /// What the selected articles have in this field.
    pub fn of(&mut self, catalog: &Catalog, field: &FieldPath) -> Common {
        if let Some(known) = self.known.get(field) {
            return known.clone();
        }
        let found = common(catalog, &self.articles, field);
        self.known.insert(field.clone(), found.clone());
        found
    }
}

fn common(catalog: &Catalog, articles: &[ArticleId], field: &FieldPath) -> Common {
    let key = ColumnKey::Field(field.clone());
    let mut cells = articles.iter().map(|article| catalog.cell(*article, &key));
    let Some(first) = cells.next() else { return Common::Unknown };
    for (at, cell) in cells.enumerate() {
        if cell != first {
            return Common::Mixed(range(catalog, articles, &key));
        }
        if at > COMPARED {
            return Common::Unknown;
        }
    }
    let number = if let Cell::Number(number) = first { Some(number) } else { None };
    let yes = if let Cell::Bool(yes) = first { Some(yes) } else { None };
    Common::Same { number, yes, text: text(&first) }
}

/// From what to what the numbers go; nothing where something else than a number is among them.
fn range(catalog: &Catalog, articles: &[ArticleId], key: &ColumnKey) -> Option<(f64, f64)> {
    let mut range: Option<(f64, f64)> = None;
    for article in articles {
        match catalog.cell(*article, key) {
            Cell::Number(number) => {
                let (least, most) = range.unwrap_or((number, number));
                range = Some((least.min(number), most.max(number)));
            }
            Cell::Missing | Cell::Null => {}
            _ => return None,
        }
    }
    range
}

fn text(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Missing => "absent in all".to_owned(),
        Cell::Null => "null in all".to_owned(),
        Cell::Text(text) => text.chars().take(60).collect(),
        cell => show::cell(cell),
    }
}

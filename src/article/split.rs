//! A related entry becomes a file of its own.
//!
//! Invariant: the new article has what the entry has, and what every article of the collection says alike; nothing opaque, no
//! topics and no rank of the story it came from go along. The file is named as its neighbours are.

use super::{Article, IntentRefusal};
use crate::document::{Document, FieldPath, Map, Operation, Patch, Pointer, Value};
use crate::file::SitePath;
use crate::site::kind::date::When;
use crate::site::{Field, Kind};

/// The longest name made of a title, in characters.
const LONGEST_NAME: usize = 120;

impl Article<'_> {
    /// The file that an entry of `related` becomes: its path and its text. The entry itself stays until it is removed.
    ///
    /// # Errors
    /// When there is no such entry, or it has no title to name a file by.
    pub fn split_off(&self, entry: &Pointer) -> Result<(SitePath, String), IntentRefusal> {
        let path = self.split_path(entry)?;
        let data = self.split_data(entry)?;
        let operations = data.iter().map(|(key, value)| Operation::Add {
            path: Pointer::of([key]),
            value: value.clone(),
            place: None,
        });
        let empty = if self.document.text().contains("\r\n") { "---\r\n---\r\n" } else { "---\n---\n" };
        let made = Document::parse(empty.as_bytes())
            .apply(&Patch(operations.collect()), self.schema.customs())
            .map_err(|refusal| IntentRefusal::NoFile(refusal.message))?;
        Ok((path, made.document.text().to_owned()))
    }

    /// The path of the file that an entry of `related` becomes.
    ///
    /// # Errors
    /// When there is no such entry, or it has no title to name a file by.
    pub fn split_path(&self, entry: &Pointer) -> Result<SitePath, IntentRefusal> {
        self.name_for(self.entry(entry)?)
    }

    /// The data of the article that an entry of `related` becomes, keys in the collection's order.
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn split_data(&self, entry: &Pointer) -> Result<Map, IntentRefusal> {
        let entry = self.entry(entry)?;
        let mut values: Vec<(String, Value)> =
            entry.iter().map(|(key, value)| (key.to_owned(), value.clone())).collect();
        let has = |values: &[(String, Value)], key: &str| values.iter().any(|(known, _)| known == key);
        // What all articles of the collection say alike (`category: news`) the new one says too.
        for field in self.schema.top_fields().filter(|field| says_alike(field)) {
            let always = field.seen * 100 >= self.schema.articles * 95;
            if let Some(value) = self.get(&field.path).filter(|_| always && !has(&values, field.path.head())) {
                values.push((field.path.head().to_owned(), value.clone()));
            }
        }
        if let (Some(heat), Some(quality)) = (&self.schema.heat, &self.schema.quality)
            && let Some(value) = entry.get(quality.last()).filter(|_| !has(&values, heat.head()))
        {
            values.push((heat.head().to_owned(), value.clone()));
        }
        if let Some(live) = self.schema.live.as_ref().filter(|live| !has(&values, live.head())) {
            values.push((live.head().to_owned(), Value::Bool(!self.schema.live_when)));
        }
        let order = self.schema.key_order(&FieldPath::default());
        values.sort_by_key(|(key, _)| order.iter().position(|known| known == key).unwrap_or(order.len()));
        Ok(values.into_iter().collect())
    }

    fn entry(&self, at: &Pointer) -> Result<&Map, IntentRefusal> {
        let map = self.document.get(at).and_then(Value::as_map);
        map.ok_or_else(|| IntentRefusal::Missing(at.to_string()))
    }

    /// The path of the new file: in the same folder, with a date before the title where this file has one.
    fn name_for(&self, entry: &Map) -> Result<SitePath, IntentRefusal> {
        let title = entry.get(self.schema.title.last()).and_then(Value::as_str).unwrap_or_default();
        let slug = slug(title);
        if slug.is_empty() {
            return Err(IntentRefusal::NoFile("it has no title to name it by; give it one".to_owned()));
        }
        let is_bundle = self.path.stem() == "index" && !self.path.folder().is_empty();
        let own = if is_bundle { self.path.folder().rsplit('/').next().unwrap_or_default() } else { self.path.name() };
        let date_key = self.schema.date.as_ref().map_or("date", FieldPath::last);
        let day = entry.get(date_key).and_then(Value::as_str).and_then(|text| When::parse(text).ok());
        let name = match (date_prefix(own), day) {
            (Some(_), Some(when)) => format!("{}-{slug}", when.day_in_utc()),
            (Some(prefix), None) => format!("{prefix}-{slug}"),
            (None, _) => slug,
        };
        let (_, ending) = self.path.name().rsplit_once('.').unwrap_or(("", "md"));
        let made = if is_bundle {
            let above = self.path.folder().rsplit_once('/').map_or("", |(above, _)| above);
            let folder = if above.is_empty() { name } else { format!("{above}/{name}") };
            SitePath::new(&format!("{folder}/index.{ending}"))
        } else {
            self.path.sibling(&format!("{name}.{ending}"))
        };
        made.map_err(|error| IntentRefusal::NoFile(error.to_string()))
    }
}

fn says_alike(field: &Field) -> bool {
    matches!(field.kind, Kind::Choice | Kind::Text) && field.values.len() == 1 && field.values[0].1 > 1
}

/// The date that a file's name begins with.
#[must_use]
pub fn date_prefix(name: &str) -> Option<&str> {
    let prefix = name.get(..10).filter(|_| name.as_bytes().get(10) == Some(&b'-'))?;
    let shape =
        prefix.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
    shape.then_some(prefix)
}

/// A title as a file's name: lower case, letters and digits of any script, hyphens between words.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().filter(|c| !matches!(c, '\'' | '’' | '‘')) {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let mut short: String = slug.trim_end_matches('-').chars().take(LONGEST_NAME).collect();
    if short.len() < slug.trim_end_matches('-').len()
        && let Some(end) = short.rfind('-').filter(|end| *end > LONGEST_NAME / 2)
    {
        short.truncate(end);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_titles() {
        assert_eq!(slug("Trump's “deal” — 5 facts!"), "trumps-deal-5-facts");
        assert_eq!(slug("新しい 記事"), "新しい-記事");
        assert_eq!(slug("¡!"), "");
        assert_eq!(date_prefix("2020-05-09-a.md"), Some("2020-05-09"));
        assert_eq!(date_prefix("2020-05-9-ab.md"), None);
    }
}

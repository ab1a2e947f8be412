//! Articles by their titles, for picking one: by typing some of it, or those like another.
//!
//! Invariant: what contains all that is typed comes before what is only like it; of equals the nearest in time comes first.

use super::{ArticleId, Catalog};
use crate::text::fold;

/// Shorter words say nothing of what a title is about.
const TELLING: usize = 4;
/// The share of a word's threes of letters that a title must have, to be like it.
const ALIKE: f64 = 0.5;

impl Catalog {
    /// At most `most` articles whose titles fit what is typed, the best first; mistyped words are forgiven where too few fit.
    #[must_use]
    pub fn titled(
        &self,
        typed: &str,
        near: ArticleId,
        most: usize,
        wanted: &dyn Fn(ArticleId) -> bool,
    ) -> Vec<ArticleId> {
        let typed = fold(typed);
        let words: Vec<&str> = typed.split_whitespace().collect();
        if words.is_empty() {
            return Vec::new();
        }
        let phrase = words.join(" ");
        let titles: Vec<(ArticleId, String)> =
            self.ids().filter(|id| *id != near && wanted(*id)).map(|id| (id, fold(self.title(id)))).collect();
        let exact = |title: &str| exact(title, &phrase, &words);
        let found = self.best(&titles, near, most, exact);
        if found.len() >= most {
            found
        } else {
            self.best(&titles, near, most, |title| exact(title).or_else(|| like(title, &words)))
        }
    }

    /// At most `most` articles whose titles share telling words with this one's, the most alike first.
    #[must_use]
    pub fn titled_like(&self, article: ArticleId, most: usize, wanted: &dyn Fn(ArticleId) -> bool) -> Vec<ArticleId> {
        let own = fold(self.title(article));
        let words: Vec<&str> = telling(&own).collect();
        let titles: Vec<(ArticleId, String)> =
            self.ids().filter(|id| *id != article && wanted(*id)).map(|id| (id, fold(self.title(id)))).collect();
        self.best(&titles, article, most, |title| {
            let shared = telling(title).filter(|word| words.contains(word)).count();
            (shared >= 2).then_some(shared as u32 * 10)
        })
    }

    fn best(
        &self,
        titles: &[(ArticleId, String)],
        near: ArticleId,
        most: usize,
        score: impl Fn(&str) -> Option<u32>,
    ) -> Vec<ArticleId> {
        let here = self.date(near);
        let far = |id: ArticleId| here.zip(self.date(id)).map_or(u64::MAX, |(here, there)| here.abs_diff(there));
        let mut found: Vec<(u32, u64, ArticleId)> =
            titles.iter().filter_map(|(id, title)| Some((score(title)?, far(*id), *id))).collect();
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        found.truncate(most);
        found.into_iter().map(|(_, _, id)| id).collect()
    }
}

fn telling(title: &str) -> impl Iterator<Item = &str> {
    title.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= TELLING)
}

/// How well a title contains all words; the words in their order count most, beginnings of words more than their middles.
fn exact(title: &str, phrase: &str, words: &[&str]) -> Option<u32> {
    if let Some(at) = title.find(phrase) {
        return Some(1_000 - at.min(500) as u32);
    }
    words.iter().map(|word| contains(title, word)).sum()
}

fn contains(title: &str, word: &str) -> Option<u32> {
    let at = title.find(word)?;
    let begins = title[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    Some(if begins { 20 } else { 10 })
}

/// How much of each word a title contains, in threes of letters: so `lighthosue` is like `lighthouse`.
fn like(title: &str, words: &[&str]) -> Option<u32> {
    let share = |word: &&str| -> Option<u32> {
        if let Some(points) = contains(title, word) {
            return Some(points);
        }
        let letters: Vec<char> = word.chars().collect();
        let threes = letters.windows(3);
        let count = threes.len();
        let found = threes.filter(|three| title.contains(three.iter().collect::<String>().as_str())).count();
        let share = found as f64 / count.max(1) as f64;
        (share >= ALIKE).then_some((share * 8.0) as u32)
    };
    // What is wholly there goes before what is like it.
    words.iter().map(share).sum::<Option<u32>>().map(|points| points.min(9))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Record;
    use crate::document::Document;
    use crate::file::{SitePath, Stamp};
    use crate::site::SchemaBuilder;

    fn catalog(titles: &[&str]) -> Catalog {
        let mut builder = SchemaBuilder::default();
        let documents: Vec<Document> = titles
            .iter()
            .enumerate()
            .map(|(day, title)| {
                Document::parse(format!("---\ntitle: {title}\ndate: 2020-05-{:02}\n---\n", day + 1).as_bytes())
            })
            .collect();
        documents.iter().for_each(|document| builder.observe(document));
        let schema = builder.finish();
        let mut catalog = Catalog::new();
        for (at, document) in documents.iter().enumerate() {
            let path = SitePath::new(&format!("_news/{at}.md")).unwrap();
            catalog.upsert(Record::of(&path, Stamp::default(), document, &schema));
        }
        catalog
    }

    #[test]
    fn a_title_is_found_by_some_of_its_words_even_mistyped() {
        let catalog = catalog(&[
            "The lighthouse shines",
            "A house of light, and more light",
            "Ferries late again",
            "House lights out",
            "Lighthouse keeper retires",
        ]);
        let near = ArticleId(0);
        let find = |typed: &str| -> Vec<u32> {
            catalog.titled(typed, near, 3, &|_| true).into_iter().map(|id| id.0).collect()
        };
        assert_eq!(find("lighthouse"), [4, 1, 3], "first what has the word, then what is like it");
        assert_eq!(find("LIGHT house"), [1, 3, 4], "the nearest in time first, but words at their beginnings before");
        assert_eq!(find("lighthosue"), [4]);
        assert_eq!(find("ferr"), [2]);
        assert_eq!(find("submarine"), [0_u32; 0]);
        assert_eq!(find(" "), [0_u32; 0]);
        assert_eq!(catalog.titled("light", near, 9, &|id| id.0 != 4).len(), 2);
    }

    #[test]
    fn titles_that_share_telling_words_are_alike() {
        let catalog =
            catalog(&["Great lens of Emberholm shines", "Emberholm polishes its great lens", "A great day", "Nothing"]);
        assert_eq!(catalog.titled_like(ArticleId(0), 5, &|_| true), [ArticleId(1)]);
    }
}

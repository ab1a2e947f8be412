//! Which files are articles, and which collection an article belongs to, by their paths alone.
//!
//! Invariant: a path has one collection, whatever other files there are; so a file that appears never moves another.

use crate::file::SitePath;

/// Whether a file of this name is an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArticleName {
    /// It is.
    Yes,
    /// It is if it has front matter: pages of HTML, plain text, notes at the top of the site.
    IfFrontMatter,
    /// It is none.
    No,
}

/// Endings of articles.
const ARTICLE_ENDINGS: [&str; 8] = ["md", "markdown", "mkd", "mkdn", "mdown", "mdwn", "mdx", "text"];

/// Endings of files that are articles only with front matter.
const MAYBE_ENDINGS: [&str; 3] = ["html", "htm", "txt"];

/// Folders that hold no articles, wherever they stand.
const NEVER: [&str; 9] =
    ["_data", "_layouts", "_includes", "_sass", "_plugins", "_site", "node_modules", "bower_components", "__pycache__"];

/// Folders of generators, themes and build output, at the top of a site only: below it their names are common words.
const NEVER_AT_TOP: [&str; 12] = [
    "public",
    "dist",
    "build",
    "target",
    "resources",
    "layouts",
    "archetypes",
    "themes",
    "scaffolds",
    "vendor",
    "data",
    "i18n",
];

/// Folders that hold collections instead of being one.
const CONTAINERS: [&[&str]; 8] = [
    &["src", "content"],
    &["src", "pages"],
    &["docs", "content"],
    &["site", "content"],
    &["content"],
    &["source"],
    &["src"],
    &["collections"],
];

/// Whether a file of this path is an article. The site's `exclude` is another matter: it says which files are looked at.
#[must_use]
pub fn is_article_name(path: &SitePath) -> ArticleName {
    let folder = path.folder();
    if holds_articles(folder) { by_name(folder, path.name()) } else { ArticleName::No }
}

/// Asks [`is_article_name`] and [`collection_of`] of file after file. Most lie beside each other, so what follows from the folder
/// alone is kept.
#[derive(Debug, Default)]
pub struct Beside {
    folder: String,
    /// Of the folder: whether it holds articles, and how much of it is the collection. Nothing before the first file.
    known: Option<(bool, usize)>,
}

impl Beside {
    /// As [`is_article_name`].
    pub fn is_article_name(&mut self, path: &SitePath) -> ArticleName {
        let (holds, _) = self.known(path);
        if holds { by_name(path.folder(), path.name()) } else { ArticleName::No }
    }

    /// As [`collection_of`].
    pub fn collection_of<'p>(&mut self, path: &'p SitePath) -> &'p str {
        if path.name().starts_with("index") {
            return collection_of(path);
        }
        let (_, length) = self.known(path);
        path.as_str().get(..length).unwrap_or_default()
    }

    fn known(&mut self, path: &SitePath) -> (bool, usize) {
        let folder = path.folder();
        match self.known {
            Some(known) if folder == self.folder => known,
            _ => {
                folder.clone_into(&mut self.folder);
                *self.known.insert((holds_articles(folder), collection_in(folder, false).len()))
            }
        }
    }
}

/// Whether a folder is one that may hold articles.
fn holds_articles(folder: &str) -> bool {
    let never = folder.split('/').any(|part| part.starts_with('.') || NEVER.contains(&part));
    let at_top = folder.split('/').next().is_some_and(|part| NEVER_AT_TOP.contains(&part));
    !never && !at_top
}

/// Whether a file of this name is an article in a folder that holds some.
fn by_name(folder: &str, name: &str) -> ArticleName {
    let Some((_, ending)) = name.rsplit_once('.') else { return ArticleName::No };
    let is_one_of = |endings: &[&str]| endings.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let (article, maybe) = (is_one_of(&ARTICLE_ENDINGS), is_one_of(&MAYBE_ENDINGS));
    if !article && !maybe || name.starts_with('.') {
        return ArticleName::No;
    }
    if maybe {
        ArticleName::IfFrontMatter
    } else if folder.is_empty() {
        // README.md, LICENSE.md: about the repository, unless they say otherwise.
        ArticleName::IfFrontMatter
    } else {
        ArticleName::Yes
    }
}

/// The folder of the collection that an article belongs to: `_news`, `_learning/videos`, `content/posts`; `""` for pages
/// at the top.
#[must_use]
pub fn collection_of(path: &SitePath) -> &str {
    collection_in(path.folder(), path.stem() == "index")
}

/// The collection of the articles in a folder, or of one that is its folder's index.
fn collection_in(folder: &str, is_index: bool) -> &str {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if let Some(year) = parts.iter().position(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        parts.truncate(year);
    }
    let is_bundle = is_index && parts.len() > 1;
    let depth = collection_depth(&parts);
    // `posts/my-story/index.md` is a page bundle: its folder is the article, not a collection.
    let depth = if is_bundle { depth.min(parts.len() - 1) } else { depth };
    let length: usize = parts.iter().take(depth).map(|part| part.len() + 1).sum();
    folder.get(..length.saturating_sub(1)).unwrap_or(folder)
}

fn collection_depth(parts: &[&str]) -> usize {
    if let Some(at) = parts.iter().position(|part| part.starts_with('_')) {
        return at + 2;
    }
    let container = CONTAINERS.iter().find(|container| parts.starts_with(container));
    container.map_or(1, |container| container.len() + 1)
}

/// What a collection is called, the parents first: `_news` is "News", `_learning/videos` is "Learning", "Videos".
#[must_use]
pub fn collection_names(folder: &str) -> Vec<String> {
    let parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let container = CONTAINERS.iter().find(|container| parts.starts_with(container)).map_or(0, |found| found.len());
    let named = if parts.len() > container { &parts[container..] } else { &parts[..] };
    if named.is_empty() {
        return vec!["Pages".to_owned()];
    }
    named.iter().map(|part| super::label::words(part.trim_start_matches('_'))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::new(text).unwrap()
    }

    #[test]
    fn articles_are_known_by_their_names() {
        use ArticleName::{IfFrontMatter, No, Yes};
        let mut beside = Beside::default();
        for (text, want) in [
            ("_news/2020-05-09-a.md", Yes),
            ("_posts/a.MARKDOWN", Yes),
            ("content/posts/a.mdx", Yes),
            ("_drafts/a.text", Yes),
            ("_newsletters/a.html", IfFrontMatter),
            ("README.md", IfFrontMatter),
            ("_data/organizations/ibm.com.md", No),
            ("_layouts/post.html", No),
            ("_site/a.md", No),
            ("node_modules/x/README.md", No),
            ("public/a.md", No),
            ("content/public/a.md", Yes),
            ("_learning/.keep", No),
            (".github/a.md", No),
            ("assets/a.png", No),
            ("_news/noending", No),
        ] {
            assert_eq!(is_article_name(&path(text)), want, "{text}");
            assert_eq!(beside.is_article_name(&path(text)), want, "{text}");
        }
    }

    #[test]
    fn collections_are_folders() {
        let mut beside = Beside::default();
        for (text, folder, names) in [
            ("_news/a.md", "_news", "News"),
            ("_news/2020/05/a.md", "_news", "News"),
            ("_learning/videos/a.md", "_learning/videos", "Learning / Videos"),
            ("_learning/a.md", "_learning", "Learning"),
            ("content/posts/a.md", "content/posts", "Posts"),
            ("content/posts/my-story/index.md", "content/posts", "Posts"),
            ("content/posts/deep/er/a.md", "content/posts", "Posts"),
            ("content/a.md", "content", "Content"),
            ("src/content/docs/de/a.mdx", "src/content/docs", "Docs"),
            ("source/_posts/a.md", "source/_posts", "Posts"),
            ("about.md", "", "Pages"),
            ("blog/2020/a.md", "blog", "Blog"),
        ] {
            assert_eq!(collection_of(&path(text)), folder, "{text}");
            assert_eq!(beside.collection_of(&path(text)), folder, "{text}");
            assert_eq!(collection_names(folder).join(" / "), names, "{folder}");
        }
    }
}

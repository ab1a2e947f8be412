//! Intents: `tests/cases/intents.md`, and splitting off as text.

use std::collections::BTreeMap;

use copydesk::article::intent::{NewPicture, stays_behind};
use copydesk::article::{Article, Find, Intent};
use copydesk::document::{Document, FieldPath, Pointer, Value};
use copydesk::file::SitePath;
use copydesk::site::config::{Overrides, ScoreOverride};
use copydesk::site::kind::images::PictureForm;
use copydesk::site::{Schema, SchemaBuilder};

use crate::common::{blocks, cases, corpora};
use crate::site_folder::SiteFolder;

struct World {
    schema: Schema,
    articles: BTreeMap<String, Document>,
    path: SitePath,
}

fn world() -> World {
    let mut builder = SchemaBuilder::default();
    let mut articles = BTreeMap::new();
    for (head, body) in blocks("intents.md") {
        if let Some(name) = head.strip_prefix("yaml ") {
            let document = Document::parse(format!("---\n{body}---\n").as_bytes());
            assert!(document.error().is_none(), "{name}: {:?}", document.error());
            builder.observe(&document);
            articles.insert(name.to_owned(), document);
        }
    }
    let bounds = ScoreOverride { min: Some(0.0), max: Some(500.0), ..ScoreOverride::default() };
    let scores = BTreeMap::from([(FieldPath::parse("heat"), bounds)]);
    let schema = builder.finish_with(&Overrides { scores, ..Overrides::default() });
    World { schema, articles, path: SitePath::new("_news/2020-05-06-lead.md").unwrap() }
}

fn json(text: &str) -> Value {
    serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|error| panic!("{text}: {error}")).into()
}

fn read(words: &str) -> Option<Intent> {
    let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
    let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
    let field = || FieldPath::parse(first);
    let at = || Pointer::parse(first).unwrap();
    let find = |regex| {
        let (pattern, with) = second.split_once(' ').unwrap();
        let find = Find { pattern: pattern.to_owned(), regex, ..Find::default() };
        let fields = first.split(',').map(FieldPath::parse).collect();
        Intent::Replace { fields, body: false, find, with: with.to_owned() }
    };
    Some(match verb {
        "set" => Intent::Set(field(), json(second)),
        "set-at" => Intent::SetAt(at(), json(second)),
        "clear" => Intent::Clear(field()),
        "add" => Intent::Add(field(), second.parse().unwrap()),
        "live" => Intent::Live(first == "yes"),
        "fold" => Intent::Fold,
        "item" => Intent::AddItem { field: field(), value: json(second) },
        "chain" => Intent::AddChain { field: field(), values: second.split(", ").map(str::to_owned).collect() },
        "no-item" => Intent::RemoveItem { field: field(), value: json(second) },
        "insert" => Intent::Insert { at: at(), value: json(second) },
        "remove" => Intent::RemoveAt(at()),
        "move" => Intent::MoveItem { from: at(), to: second.parse().unwrap() },
        "rename" => Intent::Rename { at: at(), key: second.to_owned() },
        "size" => {
            let (width, height) = second.split_once(' ').unwrap();
            Intent::ImageSize { at: at(), width: width.parse().unwrap(), height: height.parse().unwrap() }
        }
        "pictures" => {
            let new = |words: &str| {
                let (address, size) = words.split_once('=').unwrap_or((words, ""));
                let size = size.split_once('x').map(|(w, h)| (w.parse().unwrap(), h.parse().unwrap()));
                NewPicture { address: address.to_owned(), size }
            };
            let pictures = second.split(' ').map(new).collect();
            Intent::AddPictures { at: at(), pictures, usual: PictureForm::default() }
        }
        "related" => Intent::AddRelated(json(rest)),
        "promote" => Intent::PromoteWithin(first.parse().unwrap()),
        "replace" => find(false),
        "regex" => find(true),
        _ => return None,
    })
}

/// Whether wanting it again means more.
fn is_step(intent: &Intent) -> bool {
    matches!(
        intent,
        Intent::Add(..)
            | Intent::MoveItem { .. }
            | Intent::Insert { .. }
            | Intent::AddPictures { .. }
            | Intent::RemoveAt(_)
            | Intent::Rename { .. }
            | Intent::AddRelated(_)
            | Intent::PromoteWithin(_)
    )
}

#[test]
fn intents_become_patches() {
    let world = world();
    cases("intents.md", |_, line| {
        let (name, words) = line.split_once(": ").unwrap();
        let article = Article::new(&world.articles[name], &world.schema, &world.path);
        let Some(intent) = read(words) else {
            let (verb, index) = words.split_once(' ').unwrap();
            let at = Pointer::parse(&format!("/related/{index}")).unwrap();
            return match verb {
                "stays" => stays_behind(&article, index.parse().unwrap()).join(", "),
                _ => article.split_path(&at).unwrap().to_string(),
            };
        };
        match intent.patch(&article) {
            Err(refusal) => {
                format!("refused {refusal}").lines().next().unwrap().trim_end_matches(": regex parse error:").to_owned()
            }
            Ok(patch) if patch.is_empty() => "nothing".to_owned(),
            Ok(patch) => {
                let after = patch.apply_to(article.document.data()).unwrap_or_else(|error| panic!("{line}: {error}"));
                let text = format!("---\n{}\n---\n", after.to_json());
                let again = Document::parse(text.as_bytes());
                let again = intent.patch(&Article::new(&again, &world.schema, &world.path));
                assert!(
                    is_step(&intent) || again.as_ref().is_ok_and(copydesk::document::Patch::is_empty),
                    "{line}: again {again:?}"
                );
                patch.to_json().to_string()
            }
        }
    });
}

#[test]
fn an_entry_becomes_a_file_of_its_own() {
    let world = world();
    let article = Article::new(&world.articles["lead"], &world.schema, &world.path);
    let at = Pointer::parse("/related/0").unwrap();
    assert_eq!(article.split_path(&at).unwrap().as_str(), "_news/2020-05-06-better.md");
    let data = article.split_data(&at).unwrap();
    let keys: Vec<&str> = data.keys().collect();
    let want = [
        "category",
        "title",
        "excerpt",
        "publishedDateTime",
        "webUrl",
        "type",
        "quality",
        "heat",
        "published",
        "provider",
        "images",
    ];
    assert_eq!(keys, want);
    assert_eq!(data.get("heat"), Some(&Value::from(80)));
    assert_eq!(data.get("published"), Some(&Value::from(false)));
    assert_eq!(data.get("category"), Some(&Value::from("news")));
}

/// Promoting an entry and then the old lead again leads back to where it began, logos and the titles of pictures aside.
#[test]
fn real_stories_can_be_promoted_and_promoted_back() {
    let Some(corpora) = corpora() else { return };
    let folder = SiteFolder::read(&corpora.join("coronavirus"));
    let schema = folder.site.schema("_news");
    let mut promoted = 0;
    for (path, document) in folder.articles.iter().filter(|(path, _)| path.as_str().starts_with("_news/")) {
        let article = Article::new(document, &schema, path);
        let Some(first) = article.related_cards().into_iter().next() else { continue };
        let after = Intent::PromoteWithin(0).patch(&article).unwrap().apply_to(document.data()).unwrap();
        let text = format!("---\n{}\n---\n", after.to_json());
        let swapped = Document::parse(text.as_bytes());
        let swapped = Article::new(&swapped, &schema, path);
        assert_eq!(swapped.title(), first.title, "{path}");
        assert_eq!(swapped.related().len(), article.related().len());
        for kept in ["/heat", "/published", "/topics", "/tags", "/secured", "/category"] {
            let at = Pointer::parse(kept).unwrap();
            assert_eq!(swapped.document.get(&at), document.get(&at), "{path} {kept}");
        }
        let back = swapped
            .related_cards()
            .iter()
            .position(|card| card.title == article.title() && Some(card.address.unwrap_or_default()) == article.page());
        let back = back.unwrap_or_else(|| panic!("{path}: the old lead is gone"));
        let again = Intent::PromoteWithin(back).patch(&swapped).unwrap().apply_to(&after).unwrap();
        // Entries bear no logos, so the lead's is lost on the way: the name and the domain are not.
        for field in "title excerpt webUrl publishedDateTime quality provider.name provider.domain type".split(' ') {
            let (key, at) = (field, FieldPath::parse(field).pointer());
            assert_eq!(again.at(&at), document.get(&at), "{path} {key}");
        }
        promoted += 1;
    }
    assert!(promoted > 300, "{promoted}");
}

//! Problems: `tests/cases/problems.md`, and no false alarms on real sites.

use std::collections::{BTreeMap, BTreeSet};

use copydesk::article::{Article, Problem, Surroundings, problems};
use copydesk::document::Document;
use copydesk::file::SitePath;
use copydesk::site::paths::collection_of;

use crate::common::{blocks, cases, corpora};
use crate::site_folder::SiteFolder;

const TWENTY: usize = 20;

/// The case file as a site; its first article twenty times.
fn world() -> SiteFolder {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (head, body) in blocks("problems.md") {
        if head == "copydesk" {
            files.insert(".copydesk.yaml".to_owned(), body);
        } else if head == "files" {
            files.extend(body.lines().map(|path| (path.to_owned(), String::new())));
        } else if let Some(name) = head.strip_prefix("yaml ") {
            let text = format!("---\n{body}---\n");
            if name == "2020-05-06-good.md" {
                files.extend((0..30 * TWENTY).map(|n| (format!("_news/2020-05-06-{n}.md"), text.clone())));
            }
            files.insert(format!("_news/{name}"), text);
        }
    }
    let paths: BTreeSet<SitePath> = files.keys().map(|path| SitePath::new(path).unwrap()).collect();
    SiteFolder::of(&paths, &|path| files.get(path).map(|text| text.clone().into_bytes()))
}

fn all(folder: &SiteFolder, path: &SitePath, document: &Document) -> Vec<Problem> {
    let schema = folder.site.schema(collection_of(path));
    let is_file = |path: &SitePath| folder.files.contains(path);
    let (config, vocabulary) = (Some(&folder.site.config), Some(&folder.site.vocabulary));
    let surroundings = Surroundings { config, vocabulary, is_file: Some(&is_file), ..Surroundings::default() };
    problems(&Article::new(document, &schema, path), &surroundings)
}

#[test]
fn problems_have_places_and_words() {
    let world = world();
    assert!(world.site.config.problems.is_empty(), "{:?}", world.site.config.problems);
    cases("problems.md", |_, name| {
        let (path, document) = world.articles.iter().find(|(path, _)| path.name() == name).unwrap();
        let told = all(&world, path, document).into_iter().map(|problem| {
            assert!(!problem.help.is_empty() && !problem.message.ends_with('.'), "{problem:?}");
            format!("{} {} {}", problem.place.unwrap(), problem.code, problem.message)
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() { "none".to_owned() } else { told.join("; ") }
    });
}

#[test]
fn real_sites_have_few_problems_and_real_ones() {
    let Some(corpora) = corpora() else { return };
    for (site, most) in [
        ("power-apps", BTreeMap::from([("no-image", 6)])),
        (
            "coronavirus",
            BTreeMap::from([("doubled-related", 21), ("invisible-character", 7), ("control-character", 1)]),
        ),
    ] {
        let folder = SiteFolder::read(&corpora.join(site));
        let mut counts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (path, document) in &folder.articles {
            for problem in all(&folder, path, document) {
                counts.entry(problem.code).or_default().push(format!("{path}: {}", problem.message));
            }
        }
        for (code, found) in &counts {
            assert!(found.len() <= most.get(code).copied().unwrap_or(0), "{site} {code}:\n{}", found.join("\n"));
        }
    }
}

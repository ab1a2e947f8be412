//! Who may know whom: the table of `src/ARCHITECTURE.md`, section 3, held by a test.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may use. `app` and `main` are not rooms and may use what they need.
const MAY_USE: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("file", &[]),
    ("net", &[]),
    ("picture", &[]),
    ("storage", &["file"]),
    ("document", &["text"]),
    ("site", &["text", "file", "document"]),
    ("article", &["text", "file", "document", "site"]),
    ("catalog", &["text", "file", "document", "site", "article"]),
    ("desk", &["text", "file", "document", "site", "article", "catalog"]),
    ("jobs", &["text", "file", "net", "picture", "storage", "document", "site", "article", "catalog", "desk"]),
    ("ui", &["text", "file", "document", "site", "article", "catalog", "desk", "picture"]),
    ("cli", &["text", "file", "net", "picture", "storage", "document", "site", "article", "catalog", "desk", "jobs"]),
];

/// Words that belong to some rooms only.
const WORDS: &[(&str, &[&str])] = &[
    ("std::fs", &["storage"]),
    ("File::open", &["storage"]),
    (".exists()", &["storage"]),
    ("std::thread", &["jobs"]),
    ("::now()", &["storage", "jobs", "app"]),
    ("egui::", &["ui", "app"]),
    ("Color32::", &["ui/theme"]),
    ("FontId::", &["ui/theme"]),
];

#[test]
fn rooms_use_only_the_rooms_they_may() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(room, _)| *room == room_of(&path)) else { continue };
        for (line, code) in code_lines(&text) {
            for used in code.match_indices("crate::").map(|(at, _)| first_word(&code[at + "crate::".len()..])) {
                let is_room = MAY_USE.iter().any(|(room, _)| *room == used);
                if is_room && used != room_of(&path) && !allowed.contains(&used) {
                    wrong.push(format!("{path}:{line}: {} may not use {used}", room_of(&path)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn words_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (line, code) in code_lines(&text) {
            for (word, rooms) in WORDS {
                if code.contains(word) && !rooms.iter().any(|room| path.starts_with(room)) {
                    wrong.push(format!("{path}:{line}: {word} belongs to {}", rooms.join(", ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in sources() {
        assert!(text.starts_with("//!") || path == "lib.rs", "{path} has no head");
    }
}

#[test]
fn every_test_file_is_a_module() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        assert!(
            module == "main" || main.contains(&format!("mod {module};")),
            "tests/it/main.rs has no `mod {module};`"
        );
    }
}

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        (name, fs::read_to_string(path).unwrap())
    };
    found.into_iter().map(read).collect()
}

/// The lines of a file that are code for production: no comments, nothing behind the tests.
fn code_lines(text: &str) -> Vec<(usize, &str)> {
    let production = text.split("#[cfg(test)]").next().unwrap_or(text);
    let numbered = production.lines().enumerate();
    numbered.map(|(i, line)| (i + 1, line.split("//").next().unwrap_or(line))).collect()
}

fn room_of(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").unwrap_or(first)
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

//! The checks of the fuzzer on changed seeds: real files, and what is known to be hard, cut, joined and damaged by chance.

use std::time::{Duration, Instant};

use copydesk::storage::vfs::simulated::Dice;

use crate::common::{Column, corpora, reached};

#[path = "../../fuzz/checks.rs"]
mod checks;

/// What grammars are made of.
const WORDS: &[&str] = &[
    "---\n",
    "+++\n",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "\n",
    "\r\n",
    "\t",
    "\"",
    "'",
    "|",
    ">",
    "&a ",
    "*a",
    "<<: *a\n",
    "#",
    "!!str ",
    "? ",
    "~",
    "null",
    "0x1F",
    "1e999",
    "2020-02-30",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\0",
    "é",
    "\u{1F600}",
    "..",
    "../",
    "//",
    "http://",
    "data:",
    "%2e%2e/",
    "\\",
    "heat:>=",
    "OR ",
    "-is:live",
    "(",
    ")",
    "..90",
    "<7d",
    "<<<<<<< ours\n",
    "=======\n",
    ">>>>>>> theirs\n",
    "\u{F1}CDr",
    "copydesk journal 1\n",
    "[{\"op\":\"add\",\"path\":\"/a\",\"value\":1}]\0---\n",
];

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = WORDS.iter().map(|word| word.as_bytes().to_vec()).collect();
    seeds
        .push(b"---\ntitle: a\nheat: 1 # x\ntags: [a, b]\nrelated:\n  - title: A\n    webUrl: a\n---\nBody\n".to_vec());
    seeds.push(
        b"[{\"op\":\"replace\",\"path\":\"/heat\",\"value\":5}]\0---\ntitle: a\nheat: 1 # x\n---\nBody\n".to_vec(),
    );
    seeds.push(b"---\na: 1\nb: 2\n---\nx\n\0---\na: 5\nb: 2\n---\nx\n\0---\na: 1\nb: 7\n---\ny\n".to_vec());
    seeds.push(b"heat:>=95 -is:follower (topics:Food OR title:\"a b\") date:<7d".to_vec());
    seeds.push(b"../../etc/passwd".to_vec());
    seeds.extend(recorded());
    let Some(corpora) = corpora() else { return seeds };
    let mut files: Vec<_> =
        std::fs::read_dir(corpora.join("edge")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let small = files.iter().filter_map(|path| std::fs::read(path).ok()).filter(|bytes| bytes.len() < 3000);
    seeds.extend(small);
    seeds
}

/// A journal and a segment of saved versions, as the program writes them.
fn recorded() -> Vec<Vec<u8>> {
    use copydesk::storage::state::SiteKey;
    use copydesk::storage::vfs::Root;
    use copydesk::storage::vfs::simulated::SimFs;
    use copydesk::storage::{Journal, Saver};
    let disk = SimFs::new(&[Root::Site, Root::State]);
    let key = SiteKey::of_root(std::path::Path::new("/site"));
    let mut writer = Journal::through(std::sync::Arc::new(disk.clone()), &key).begin().unwrap();
    writer.append(1, br#"{"path":"a.md","base":"x","ours":"y"}"#).unwrap();
    writer.flush().unwrap();
    let saver = Saver::through(std::sync::Arc::new(disk.clone()), Some(&key));
    drop(saver.save(&crate::saving::plan("a.md", None, "new"), &|| false));
    drop(saver.save(&crate::saving::plan("a.md", Some("new"), "newer"), &|| false));
    let files =
        disk.files().into_iter().filter(|spot| spot.path.ends_with(".journal") || spot.path.ends_with(".saved"));
    let bytes: Vec<Vec<u8>> = files.map(|spot| disk.bytes(&spot).unwrap()).collect();
    assert!(bytes.len() >= 2);
    bytes
}

/// A seed with some damage.
fn changed(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.roll(seeds.len())].clone();
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        let end = (at + dice.roll(40)).min(bytes.len());
        match dice.roll(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, WORDS[dice.roll(WORDS.len())].bytes())),
            3 => {
                let other = &seeds[dice.roll(seeds.len())];
                let from = dice.roll(other.len() + 1);
                bytes.splice(at..end, other[from..].iter().copied().take(400));
            }
            4 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
            _ => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
    bytes.truncate(8192);
    bytes
}

/// Panics where something that must hold does not.
type Check = fn(&[u8]);

/// A patch by chance, a NUL byte, and a file for it.
fn patched(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    const PATHS: [&str; 12] = [
        "/title",
        "/heat",
        "/tags",
        "/tags/0",
        "/tags/-",
        "/tags/1",
        "/related",
        "/related/0",
        "/related/0/title",
        "/new",
        "/a",
        "/b",
    ];
    const VALUES: [&str; 12] = [
        "1",
        "-0.5",
        "true",
        "null",
        "\"\"",
        "\"a: # b\"",
        "\"two\\nlines \"",
        "\"2020-02-30\"",
        "[]",
        "{}",
        "[\"x\",[1,{}]]",
        "{\"k\":{\"l\":\"~\"}}",
    ];
    let operations: Vec<String> = (0..=dice.roll(3))
        .map(|_| {
            let (path, value) = (PATHS[dice.roll(PATHS.len())], VALUES[dice.roll(VALUES.len())]);
            match dice.roll(5) {
                0 => format!(r#"{{"op":"add","path":"{path}","value":{value}}}"#),
                1 => format!(r#"{{"op":"remove","path":"{path}"}}"#),
                2 => format!(r#"{{"op":"move","from":"{}","path":"{path}"}}"#, PATHS[dice.roll(PATHS.len())]),
                _ => format!(r#"{{"op":"replace","path":"{path}","value":{value}}}"#),
            }
        })
        .collect();
    let file = changed(seeds, dice);
    [format!("[{}]\0", operations.join(",")).as_bytes(), &file].concat()
}

/// Three versions of one file, with NUL bytes between.
fn versions(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let base = seeds[dice.roll(seeds.len())].clone();
    let versions = [changed(std::slice::from_ref(&base), dice), changed(std::slice::from_ref(&base), dice)];
    [base.as_slice(), &versions[0], &versions[1]].join(&0)
}

/// An address as articles have them: whole, of the site, climbing out, or spelled to look like something else.
fn address(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    const STARTS: [&str; 12] = [
        "",
        "/",
        "./",
        "../",
        "//",
        "/b/",
        "https://x.example",
        "https://x.example/b/",
        "http://127.1:80/",
        "file:///",
        "C:\\",
        "data:image/png;base64,",
    ];
    const PARTS: [&str; 16] = [
        "a.md",
        "_news",
        "..",
        ".",
        "",
        "%2e%2e",
        "%2F",
        "%00",
        "a b",
        "\u{202e}gnp",
        "é.jpg",
        "?q=/../a",
        "#x/../y",
        "CON",
        "index.html",
        "\\..\\",
    ];
    let mut text = STARTS[dice.roll(STARTS.len())].to_owned();
    for number in 0..dice.roll(7) {
        text += if number > 0 && dice.roll(5) > 0 { "/" } else { "" };
        text += PARTS[dice.roll(PARTS.len())];
    }
    if dice.roll(3) == 0 {
        changed(&[text.into_bytes(), seeds[dice.roll(seeds.len())].clone()], dice)
    } else {
        text.into()
    }
}

/// The settings of a site, damaged.
fn settings(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    const SITE: &[u8] = include_bytes!("../../../assets/sample-site/_config.yml");
    const HUGO: &[u8] =
        b"baseURL = 'https://x.example/b/'\ncontentDir = \"content\"\n[permalinks]\nposts = \"/:year/:slug/\"\n";
    const DESK: &[u8] = b"columns: [title, heat]\nrequired: [title]\nkinds: { code: number }\nlabels: { heat: Hot }\n\
        scores: { heat: { min: 0, max: 255, threshold: 98, presets: [1, 2] } }\nvocabularies: { topics: _data/topics }\n\
        merge: { heat: mine-and-list }\nkeys: { publish: P }\nviews:\n  - { name: Hot, filter: \"heat:>=95\", sort: heat }\n\
        actions:\n  - { name: Breaking, key: B, set: { heat: 120 }, clear: [note] }\ncollections:\n  _news:\n    merge: { a: ask }\n";
    let known = [SITE, HUGO, DESK].map(<[u8]>::to_vec);
    let mut bytes = changed(&known, dice);
    if dice.roll(4) == 0 {
        bytes.extend(changed(seeds, dice));
    }
    bytes
}

/// Makes the bytes of a seed.
type Make = fn(&[Vec<u8>], &mut Dice) -> Vec<u8>;

/// How long each target is tried in the checks.
const LASTING: Duration = Duration::from_secs(15);

/// Checks changed seeds, one after the other.
fn smoke(name: &str, check: Check, make: Make) {
    let (seeds, start, mut slowest) = (seeds(), Instant::now(), Duration::ZERO);
    let column = Column::lasting(300, LASTING, 1_000_000).run(|seed| {
        let mut dice = Dice(seed);
        let bytes = if dice.roll(4) == 0 { changed(&seeds, &mut dice) } else { make(&seeds, &mut dice) };
        let begun = Instant::now();
        let done = std::panic::catch_unwind(|| check(&bytes));
        assert!(done.is_ok(), "{name}, seed {seed}: {:?}", String::from_utf8_lossy(&bytes));
        slowest = slowest.max(begun.elapsed());
    });
    let result = format!("{} s, the slowest {} ms", start.elapsed().as_secs(), slowest.as_millis());
    reached(&format!("fuzz smoke, {name}"), column, &result);
}

// A target a test, so that they run beside each other.

#[test]
fn whatever_the_bytes_parsing_holds() {
    smoke("parse", checks::parse, changed);
}

#[test]
fn whatever_the_patch_applying_holds() {
    smoke("apply", checks::apply, patched);
}

#[test]
fn whatever_the_versions_merging_holds() {
    smoke("merge", checks::merged, versions);
}

#[test]
fn whatever_the_bytes_a_journal_holds() {
    smoke("journal", checks::journal, changed);
}

#[test]
fn whatever_the_bytes_a_ledger_holds() {
    smoke("ledger", checks::ledger, changed);
}

#[test]
fn whatever_the_bytes_queries_hold() {
    smoke("query", checks::query, changed);
}

#[test]
fn whatever_the_bytes_configurations_hold() {
    smoke("config", checks::config, settings);
}

#[test]
fn whatever_the_bytes_links_and_paths_hold() {
    smoke("links and paths", checks::links, address);
}

//! What must hold for any bytes. The fuzzer calls these, and the tests call them with seeds of their own.

use copydesk::catalog::Query;
use copydesk::document::merge::{Policy, merge, merge_lines, open_marked, read_markers};
use copydesk::document::{Customs, Document, Map, Patch, Pointer, Value};
use copydesk::file::SitePath;
use copydesk::site::Config;
use copydesk::site::links::{Target, resolve};
use copydesk::storage::Ledger;
use copydesk::storage::journal::read_journal;
use copydesk::storage::state::SiteKey;
use copydesk::storage::vfs::simulated::SimFs;
use copydesk::storage::vfs::{Root, Spot};

/// Reading never fails, never hangs, and changes nothing.
pub fn parse(bytes: &[u8]) {
    let document = Document::parse(bytes);
    if std::str::from_utf8(bytes).is_ok() {
        assert_eq!(document.text().as_bytes(), bytes);
    }
    let span = document.front_matter();
    assert!(span.end <= document.text().len() && document.text().ends_with(document.body()));
    for key in document.data().as_map().into_iter().flat_map(copydesk::document::Map::keys) {
        let at = Pointer::of([key]);
        if let Some(span) = document.span(&at) {
            assert!(document.text().get(span.range()).is_some(), "{at} lies on {span:?}");
        }
    }
}

/// A patch, a NUL byte and a file: it is refused, or the text says what the patch says and goes back.
pub fn apply(bytes: &[u8]) {
    let Some(at) = bytes.iter().position(|byte| *byte == 0) else { return };
    let Ok(json) = serde_json::from_slice(&bytes[..at]) else { return };
    let Ok(patch) = Patch::from_json(&json) else { return };
    let document = Document::parse(&bytes[at + 1..]);
    let Ok(applied) = document.apply(&patch, &Customs::default()) else { return };
    let wanted = patch.apply_to(document.data()).expect("what was applied fits the data");
    let wanted = if wanted == Value::Null { Value::Map(Map::new()) } else { wanted };
    assert!(applied.document.data().same_data(&wanted));
    assert_eq!(applied.edit.apply(document.text()), applied.document.text());
    assert_eq!(applied.edit.invert(document.text()).apply(applied.document.text()), document.text());
    if let Ok(back) = applied.document.apply(&applied.inverse, &Customs::default()) {
        assert!(back.document.data().same_data(document.data()));
    }
}

/// Three files with NUL bytes between: what one side alone changed is taken, and the result reads as what it says.
pub fn merged(bytes: &[u8]) {
    let mut versions = bytes.splitn(3, |byte| *byte == 0).map(Document::parse);
    let (Some(base), Some(ours), Some(theirs)) = (versions.next(), versions.next(), versions.next()) else { return };
    let ask = |_: &_| Policy::Ask;
    if let Ok(merged) = merge(&base, &ours, &theirs, &ask) {
        let again = Document::parse(merged.document.text().as_bytes());
        assert!(again.data().same_data(merged.document.data()));
        if let Ok(text) = merged.marked_text("ours", "theirs") {
            let has_markers = read_markers(&text).is_some() || merged.conflicts.is_empty();
            assert!(has_markers || text.contains("<<<<<<<"), "{text}");
            drop(open_marked(&text));
        }
    }
    for (ours, theirs) in [(&base, &theirs), (&theirs, &base), (&theirs, &theirs)] {
        let alone = merge(&base, ours, theirs, &ask).expect("one side alone is taken");
        assert!(alone.conflicts.is_empty());
        assert_eq!(alone.document.text(), theirs_of(&base, ours, theirs).text());
    }
    let (lines, conflict) = merge_lines(base.text(), base.text(), theirs.text(), "ours", "theirs");
    assert!(!conflict && lines == theirs.text());
    drop(merge_lines(base.text(), ours.text(), theirs.text(), "ours", "theirs"));
}

fn theirs_of<'a>(base: &'a Document, ours: &'a Document, theirs: &'a Document) -> &'a Document {
    if theirs.text() == base.text() { ours } else { theirs }
}

/// A journal: records are whole or reported, and as many as are said.
pub fn journal(bytes: &[u8]) {
    let Some((records, report)) = read_journal(bytes) else { return };
    assert_eq!(records.len(), report.records);
    assert!(report.torn <= bytes.len() && report.damaged.iter().all(|damaged| damaged.end <= bytes.len()));
}

/// A segment of saved versions: it is read or refused.
pub fn ledger(bytes: &[u8]) {
    let disk = SimFs::new(&[Root::State]);
    let key = SiteKey::of_root(std::path::Path::new("/site"));
    let name = format!("sites/{}/saved/{:020}-1.saved", key.as_str(), 1);
    disk.put(&Spot::new(Root::State, name), bytes);
    let ledger = Ledger::through(std::sync::Arc::new(disk), &key);
    for saved in ledger.latest().unwrap_or_default() {
        let versions = ledger.versions(&saved.path).unwrap_or_default();
        assert!(versions.iter().all(|version| version.path == saved.path));
    }
}

/// A filter: it is read the same each time, or refused with a place in it.
pub fn query(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(query) = Query::parse(text) else { return };
    assert_eq!(query.text(), text);
    let again = Query::parse(query.text()).expect("what was read is read again");
    assert_eq!(again.fields(), query.fields());
}

/// The site's own settings: whatever they are, there are settings.
pub fn config(bytes: &[u8]) {
    for file in ["_config.yml", "hugo.toml", ".copydesk.yaml"] {
        let config = Config::read(&|name| (name == file).then(|| bytes.to_vec()));
        assert!(config.root_address().is_none_or(|address| !address.ends_with('/')), "{:?}", config.root_address());
    }
}

/// A text as a path: refused, or each step of it goes further into the site.
fn path(text: &str) {
    let Ok(path) = SitePath::new(text) else { return };
    let mut steps = std::path::Path::new(path.as_str()).components();
    assert!(steps.all(|step| matches!(step, std::path::Component::Normal(_))), "{path}");
    assert!(!path.as_str().contains(['\\', '\0']) && path.as_str().get(1..2) != Some(":"), "{path}");
    assert_eq!(SitePath::new(path.as_str()).as_ref(), Ok(&path));
    let beside = path.sibling(path.name()).expect("a name is a name beside itself");
    assert_eq!(beside, path);
}

/// An address in an article: it leads to files inside the site, to the web, or nowhere.
pub fn links(bytes: &[u8]) {
    let Ok(address) = std::str::from_utf8(bytes) else { return };
    path(address);
    let article = SitePath::new("_news/2020/a.md").expect("a path");
    let config =
        Config::read(&|name| (name == "_config.yml").then(|| b"url: https://x.example\nbaseurl: /b\n".to_vec()));
    for config in [&Config::default(), &config] {
        match resolve(config, &article, address) {
            Target::Site(paths) => {
                for path in paths {
                    assert_eq!(SitePath::new(path.as_str()).as_ref(), Ok(&path), "{address}");
                    assert!(
                        path.as_str().split('/').all(|part| part != ".." && part != "." && !part.is_empty()),
                        "{path}"
                    );
                }
            }
            Target::Remote(url) => assert!(["http", "https"].contains(&url.scheme()), "{url}"),
            Target::Data(_) | Target::Broken(_) => {}
        }
    }
}

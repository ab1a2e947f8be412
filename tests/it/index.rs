//! What is remembered of a site gives the same rows as reading it, whatever happened to the site or to the memory meanwhile.

use std::fs;
use std::path::{Path, PathBuf};

use copydesk::article::Wanted;
use copydesk::document::FieldPath;
use copydesk::jobs::{Cancel, Memory, list, survey};
use copydesk::storage::SiteFolder;
use copydesk::storage::state::StateFolder;

fn rows(site: &Path, state: &Path, wanted: &Wanted) -> Vec<String> {
    let folder = SiteFolder::open(site).unwrap();
    let memory = Memory::of(&folder, StateFolder::at(state).unwrap());
    let survey = survey(&folder, memory.stamps(), &Cancel::default()).unwrap();
    let catalog = list(&folder, &survey, Some(&memory), wanted, false, &mut |_, _| {});
    let fields = catalog.fields();
    let cells = |id| -> Vec<String> {
        let cell =
            |field: &FieldPath| catalog.cell(id, &copydesk::catalog::ColumnKey::Field(field.clone())).to_string();
        fields.iter().map(|field| format!("{field}={}", cell(field))).filter(|cell| !cell.ends_with('=')).collect()
    };
    let row = |id| {
        let mut cells = cells(id);
        cells.sort();
        format!("{} {} {}", catalog.path_text(id), catalog.title(id), cells.join(" "))
    };
    let mut rows: Vec<String> = catalog.ids().map(row).collect();
    rows.sort();
    rows
}

/// Writes an article.
fn put(site: &Path, name: &str, title: &str) {
    let path = site.join("_news").join(name);
    fs::write(&path, format!("---\ntitle: {title}\nheat: 7\ncode: words\n---\ntext\n")).unwrap();
}

fn memory(state: &Path) -> PathBuf {
    let sites = fs::read_dir(state.join("cache/sites")).unwrap().next().unwrap().unwrap().path();
    sites.join("list")
}

#[test]
fn remembered_rows_are_the_rows_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let (site, state) = (folder.path().join("site"), folder.path().join("state"));
    fs::create_dir_all(site.join("_news")).unwrap();
    fs::create_dir_all(&state).unwrap();
    for i in 0..200 {
        put(&site, &format!("{i}.md"), &format!("story {i}"));
    }
    // Times of change cannot be set back, so the clock has to move on for rows to be trusted.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let fresh = |wanted: &Wanted| rows(&site, &tempfile::tempdir().unwrap().keep(), wanted);
    let all = Wanted::All;
    assert_eq!(rows(&site, &state, &all), fresh(&all));
    let before = fs::metadata(memory(&state)).unwrap().modified().unwrap();
    assert_eq!(rows(&site, &state, &all), fresh(&all));
    assert_eq!(
        fs::metadata(memory(&state)).unwrap().modified().unwrap(),
        before,
        "nothing changed, nothing is written"
    );

    // Settings count too, also where no file is added or removed by them.
    let setting = |kind: &str| fs::write(site.join(".copydesk.yaml"), format!("kinds: {{ code: {kind} }}\n")).unwrap();
    setting("text");
    let shown = rows(&site, &state, &all);
    setting("opaque");
    let hidden = rows(&site, &state, &all);
    assert_eq!(hidden, fresh(&all));
    assert!(shown[0].contains("code=words") && !hidden[0].contains("words"), "{} {}", shown[0], hidden[0]);

    put(&site, "3.md", "another");
    put(&site, "new.md", "new");
    fs::remove_file(site.join("_news/5.md")).unwrap();
    fs::rename(site.join("_news/7.md"), site.join("_news/8.md")).unwrap();
    assert_eq!(rows(&site, &state, &all), fresh(&all));
    assert_eq!(fresh(&all).len(), 199);

    let good = fs::read(memory(&state)).unwrap();
    for at in [0, 9, 40, good.len() / 2, good.len() - 20, good.len() - 1] {
        let mut damaged = good.clone();
        damaged[at] ^= 0x55;
        fs::write(memory(&state), &damaged).unwrap();
        assert_eq!(rows(&site, &state, &all), fresh(&all), "damaged at {at}");
        fs::write(memory(&state), &good[..at]).unwrap();
        assert_eq!(rows(&site, &state, &all), fresh(&all), "cut at {at}");
    }
    let titles = Wanted::Only(vec![FieldPath::parse("title")]);
    assert_eq!(rows(&site, &state, &titles), fresh(&titles));
}

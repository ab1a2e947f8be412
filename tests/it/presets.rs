//! The values on the digit keys stay what they are from sitting to sitting, until the editor asks for them anew.

use std::path::Path;

use copydesk::desk::{Command, Desk};
use copydesk::document::FieldPath;
use tempfile::TempDir;

use crate::sittings::Sitting;

/// Forty articles of a collection; from 100 on they are live.
fn write(site: &Path, collection: &str, field: &str) {
    std::fs::create_dir_all(site.join(collection)).unwrap();
    for at in 0..40 {
        write_one(site, collection, field, (at, 60 + 2 * at), at >= 20);
    }
}

fn write_one(site: &Path, collection: &str, field: &str, (at, score): (i64, i64), live: bool) {
    let text = format!("---\ntitle: Story {at}\n{field}: {score}\npublished: {live}\n---\n");
    std::fs::write(site.join(format!("{collection}/{at}.md")), text).unwrap();
}

/// Other articles are live, whatever their score.
fn break_the_rule(site: &Path) {
    for at in 0..10 {
        write_one(site, "_news", "heat", (at, 60 + 2 * at), true);
    }
}

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        write(&home.site(), "_news", "heat");
        home
    }

    fn site(&self) -> std::path::PathBuf {
        self.0.path().join("site")
    }

    /// A new sitting, when all is learned; the presets of a collection, and whether its rule holds, are asked of it.
    fn open(&self, rows: usize) -> Sitting {
        let mut sitting = Sitting::new(&self.0.path().join("state"));
        sitting.obey(Command::Open(self.site()));
        sitting.until("reading", |desk| desk.scan().is_some_and(|scan| scan.learned) && desk.rows().len() == rows);
        sitting
    }
}

fn row(desk: &Desk, collection: &str) -> [i64; 10] {
    desk.site().unwrap().schema(collection).scores[0].presets
}

fn threshold(desk: &Desk) -> Option<f64> {
    desk.site().unwrap().schema("_news").scores[0].threshold
}

#[test]
fn judgements_that_break_the_rule_of_the_site_leave_the_keys_alone() {
    let home = Home::new();
    let sitting = home.open(40);
    let first = row(&sitting.desk, "_news");
    assert_eq!((first[0], threshold(&sitting.desk)), (100, Some(100.0)));
    drop(sitting);
    break_the_rule(&home.site());

    let mut sitting = home.open(40);
    assert_eq!(threshold(&sitting.desk), None, "there is no such rule any more");
    assert_eq!(row(&sitting.desk, "_news"), first);
    sitting.obey(Command::Rescan);
    sitting.until("it is read again", |desk| desk.scan().is_some_and(|scan| scan.done));
    assert_eq!(row(&sitting.desk, "_news"), first);

    sitting.obey(Command::PresetsAnew);
    sitting.until("they are learned", |desk| row(desk, "_news") != first);
    let anew = row(&sitting.desk, "_news");
    assert_eq!(anew[0], 60, "the lowest that is live");
    let told = sitting.desk.toasts().last().unwrap().text.clone();
    assert!(told.starts_with("Presets from the site anew: 60 "), "{told}");
    sitting.obey(Command::PresetsAnew);
    sitting.until("it is told", |desk| {
        desk.toasts().last().is_some_and(|toast| toast.text == "The presets are what the site says now, too")
    });
    drop(sitting);
    assert_eq!(row(&home.open(40).desk, "_news"), anew, "and these are kept");
}

#[test]
fn what_the_sites_own_settings_say_wins_over_what_is_kept() {
    let home = Home::new();
    let first = row(&home.open(40).desk, "_news");
    std::fs::write(home.site().join(".copydesk.yaml"), "scores:\n  heat:\n    presets: [7, 8]\n").unwrap();
    let mut sitting = home.open(40);
    assert_eq!(row(&sitting.desk, "_news"), [&[7, 8], &first[2..]].concat()[..]);
    // Said in the settings of the program: kept in the same file, and at once.
    sitting.obey(Command::Presets(FieldPath::parse("heat"), vec![1, 2, 3]));
    let set = [&[1, 2, 3], &first[3..]].concat();
    assert_eq!(row(&sitting.desk, "_news"), set[..]);
    sitting.obey(Command::PresetsAnew);
    sitting.until("it is learned", |desk| desk.toasts().iter().any(|toast| toast.text.contains("The presets are")));
    assert_eq!(row(&sitting.desk, "_news"), set[..], "learning does not take them away");
    drop(sitting);
    assert_eq!(row(&home.open(40).desk, "_news"), set[..]);
}

#[test]
fn another_collection_and_a_new_score_get_presets_of_their_own_and_few_articles_keep_none() {
    let home = Home::new();
    write_one(&home.site(), "_news", "heat", (40, 200), true);
    std::fs::create_dir_all(home.site().join("_few")).unwrap();
    for at in 0..5 {
        write_one(&home.site(), "_few", "heat", (at, at), true);
    }
    let sitting = home.open(41);
    let (news, few) = (row(&sitting.desk, "_news"), row(&sitting.desk, "_few"));
    drop(sitting);
    write(&home.site(), "_few", "heat");
    write(&home.site(), "_more", "quality");
    break_the_rule(&home.site());

    let sitting = home.open(41);
    assert_eq!(row(&sitting.desk, "_news"), news);
    assert_ne!(row(&sitting.desk, "_few"), few, "five articles proved nothing");
    assert_eq!(row(&sitting.desk, "_more")[0], 100);
    let kept = &sitting.desk.site_state().unwrap().scores_of;
    assert_eq!(kept.keys().collect::<Vec<_>>(), ["_few", "_more", "_news"]);
    drop(sitting);
    std::fs::remove_dir_all(home.site().join("_news")).unwrap();
    std::fs::create_dir_all(home.site().join("_plain")).unwrap();
    std::fs::write(home.site().join("_plain/a.md"), "---\ntitle: A\n---\n").unwrap();
    let sitting = home.open(40);
    assert!(sitting.desk.site().unwrap().schema("_plain").scores.is_empty(), "a collection without scores stays one");
}

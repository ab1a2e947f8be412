//! What must not go unread: many files gone at once, and saved edits that another program overwrote. And saves that are taken back.

use std::time::{Duration, Instant};

use copydesk::desk::notice::lost_fields;
use copydesk::desk::{Command, Effect, Event, Notice};
use copydesk::document::Document;
use copydesk::file::{SitePath, Snapshot, Stamp};
use egui::accesskit::Role;

use crate::app::{LEAD, Place, Window};
use crate::world::{World, path_of, record_of};

fn site(count: usize) -> World {
    World::open((0..count).map(|n| {
        let text = format!("---\ntitle: \"Story {n}\"\nquality: {}\nheat: {}\n---\n\nText\n", n % 100, n % 150);
        (format!("_news/{n:03}.md"), text)
    }))
}

fn name(n: usize) -> String {
    format!("_news/{n:03}.md")
}

/// Another program removes these files, all at once.
fn remove(world: &mut World, which: std::ops::Range<usize>) {
    let gone: Vec<SitePath> = which.map(|n| path_of(&name(n))).collect();
    gone.iter().for_each(|path| drop(world.files.remove(path)));
    world.tell(Event::Changed { generation: 1, files: Vec::new(), gone, unreadable: Vec::new() });
}

#[test]
fn when_a_fifth_of_the_site_is_gone_saving_waits_for_an_answer_and_no_edit_is_lost() {
    let mut world = site(100);
    world.press("Home ] J ]");
    let edited: Vec<String> =
        world.desk.changed().map(|id| world.desk.catalog().unwrap().path(id).to_string()).collect();
    remove(&mut world, 0..20);
    assert_eq!(world.desk.notice(), None, "twenty are not many");
    remove(&mut world, 20..21);
    assert_eq!(world.desk.notice(), Some(Notice::Lost(21, 100)));
    let before = world.files.clone();
    world.press("Ctrl+S");
    assert_eq!(world.files, before, "nothing is written meanwhile");
    assert!(world.says().contains("21 of 100 articles are gone"), "{}", world.says());
    assert_eq!(world.desk.changed_count(), 2);

    world
        .obey(Command::AcceptLosses)
        .obey(Command::AnswerFate { article: None, answer: copydesk::desk::FateAnswer::Keep });
    world.press("Ctrl+S");
    assert_eq!((world.desk.notice(), world.desk.changed_count()), (None, 0));
    assert!(edited.iter().all(|path| world.files.contains_key(&path_of(path))), "what was edited is a file again");
    assert_eq!(world.files.len(), 79 + edited.iter().filter(|path| **path < name(21)).count());
}

#[test]
fn when_the_files_come_back_saving_goes_on_by_itself() {
    let mut world = site(60);
    world.press("Home ]");
    remove(&mut world, 0..40);
    assert_eq!(world.desk.notice(), Some(Notice::Lost(40, 60)));
    world.files = world.at_first.clone();
    world.press("Ctrl+R");
    assert_eq!((world.desk.notice(), world.desk.catalog().unwrap().len()), (None, 60));
    world.press("Ctrl+S");
    assert_eq!(world.desk.changed_count(), 0, "{}", world.says());
    assert_ne!(world.files, world.at_first);
}

#[test]
fn files_that_break_all_at_once_count_as_gone() {
    let mut world = site(50);
    for n in 0..30 {
        world.disk(&name(n), "---\ntitle: [\n---\n");
    }
    assert_eq!(world.desk.notice(), Some(Notice::Lost(30, 50)));
    for n in 0..30 {
        let text = String::from_utf8(world.at_first[&path_of(&name(n))].clone()).unwrap();
        world.disk(&name(n), &text);
    }
    assert_eq!(world.desk.notice(), None);
}

#[test]
fn what_goes_between_two_sittings_is_asked_at_the_start() {
    let mut world = site(60);
    let whole = world.files.clone();
    world.press("Home ]");
    world.files.retain(|path, _| path.as_str() < "_news/030.md");
    // The desk has the rows of the last time, and the scan says what is gone.
    world.press("Ctrl+R");
    assert_eq!(world.desk.notice(), Some(Notice::Lost(30, 60)));
    world.files = whole;
    world.press("Ctrl+R");
    assert_eq!(world.desk.notice(), None);
}

#[test]
fn an_edit_is_lost_where_the_other_program_says_again_what_was_before() {
    let document = |title: &str, heat: i64, extra: &str| {
        Document::parse(format!("---\ntitle: \"{title}\"\nheat: {heat}\n{extra}---\nBody\n").as_bytes())
    };
    let (before, saved) = (document("A", 140, ""), document("A", 150, ""));
    for (now, raced, want) in [
        (document("A", 150, ""), false, vec![]),
        (document("B", 150, "new: 1\n"), false, vec![]),
        (document("B", 140, "new: 1\n"), false, vec!["heat"]),
        (document("A", 140, ""), false, vec!["heat"]),
        // A third value was made from ours, unless it came too soon for that.
        (document("A", 160, ""), false, vec![]),
        (document("A", 160, ""), true, vec!["heat"]),
    ] {
        assert_eq!(lost_fields(&before, &saved, &now, raced), want, "{}", now.text());
    }
}

/// Draws until the desk asks something.
fn asked(window: &mut Window) -> Notice {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        window.settle();
        if let Some(notice) = window.desk().notice() {
            return notice;
        }
        assert!(Instant::now() < end, "nothing is asked");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_saved_edit_that_is_overwritten_unseen_is_reported_and_made_again() {
    let place = Place::new();
    let file = place.site().join("_news").join(LEAD);
    let old = std::fs::read_to_string(&file).unwrap();
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("Shift+9 Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    let saved = std::fs::read_to_string(&file).unwrap();
    // The crawler had read the file before, and writes its own change over ours.
    std::fs::write(&file, old.replace("type: article\nquality: 112", "type: video\nquality: 112")).unwrap();
    assert_eq!(asked(&mut window), Notice::Overwritten(1, vec!["heat".to_owned()]));
    if let Some(folder) = std::env::var_os("COPYDESK_LOOK") {
        window.harness.render().unwrap().save(std::path::Path::new(&folder).join("banner.png")).unwrap();
    }
    window.click(Role::Button, "Re-apply all");
    assert_eq!((window.desk().notice(), window.desk().changed_count()), (None, 1));
    window.press("Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    let now = std::fs::read_to_string(&file).unwrap();
    assert_eq!(now, saved.replace("type: article\nquality: 112", "type: video\nquality: 112"));
}

/// A site in which the heat of the lead was saved, and the window closed; the file, and what was in it before.
fn saved_and_closed() -> (Place, std::path::PathBuf, String) {
    let place = Place::new();
    let file = place.site().join("_news").join(LEAD);
    let old = std::fs::read_to_string(&file).unwrap();
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("Shift+9 Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    (place, file, old)
}

#[test]
fn what_was_overwritten_between_two_sittings_is_reported_at_the_start_and_not_twice() {
    let (place, file, old) = saved_and_closed();
    std::fs::write(&file, &old).unwrap();
    let mut window = place.open();
    assert_eq!(asked(&mut window), Notice::Overwritten(1, vec!["heat".to_owned()]));
    window.click(Role::Button, "Leave it so");
    assert_eq!(window.desk().changed_count(), 0);
    drop(window);

    // The version counts as seen; one that is overwritten once more is asked about, and that one only.
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("] Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    std::fs::write(&file, &old).unwrap();
    assert_eq!(asked(&mut window), Notice::Overwritten(1, vec!["heat".to_owned()]));
}

#[test]
fn a_save_is_taken_back_after_a_restart_from_the_list_of_saved_versions() {
    let (place, file, old) = saved_and_closed();
    assert_ne!(std::fs::read_to_string(&file).unwrap(), old);

    let mut window = place.open();
    window.go_to(LEAD);
    window.press("Alt+H");
    window.until("the versions are read", |desk| desk.versions().is_some_and(|(_, found)| found.is_some()));
    assert_eq!(window.desk().versions().unwrap().1.unwrap().len(), 1);
    if let Some(folder) = std::env::var_os("COPYDESK_LOOK") {
        window.harness.run_steps(8);
        window.harness.render().unwrap().save(std::path::Path::new(&folder).join("versions.png")).unwrap();
    }
    window.click(Role::Button, "Undo this save");
    assert_eq!((window.desk().overlay(), window.desk().changed_count()), (None, 1));
    window.press("Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), old);
}

/// What a reading of the site found of these files, before it tells.
fn found(world: &World, which: std::ops::Range<usize>) -> Vec<copydesk::article::Record> {
    let snapshot = |n| {
        let path = path_of(&name(n));
        let (bytes, modified) = (world.files[&path].clone(), world.stamps[&path]);
        let stamp = Stamp { size: bytes.len() as u64, modified, ..Stamp::default() };
        Snapshot { path, bytes: bytes.as_slice().into(), stamp }
    };
    which.map(|n| record_of(&world.desk, &snapshot(n)).unwrap()).collect()
}

/// Reads the site again; what that finds is told by the test.
fn read_again(world: &mut World) {
    world.holds = |effect| matches!(effect, Effect::Scan { .. });
    world.obey(Command::Rescan);
    world.tell(Event::Recovered { generation: 1, recovered: Vec::new(), journal: None });
}

#[test]
fn what_a_reading_found_before_a_file_changed_does_not_hide_the_change() {
    let mut world = site(3);
    read_again(&mut world);
    let earlier = found(&world, 0..3);
    world.replace_on_disk(&name(1), "Story 1", "Rewritten");
    world.tell(Event::Scanned { generation: 1, records: earlier });
    let title = |world: &World, n| world.desk.catalog().unwrap().title(world.id(&name(n))).to_owned();
    assert_eq!([0, 1, 2].map(|n| title(&world, n)), ["Story 0", "Rewritten", "Story 2"]);
    // What it finds later than the watcher told counts.
    world.write_unseen(&name(1), "---\ntitle: Once more\n---\n");
    let later = found(&world, 1..2);
    world.tell(Event::Scanned { generation: 1, records: later });
    assert_eq!(title(&world, 1), "Once more");
}

#[test]
fn a_saved_text_is_not_taken_back_by_what_a_reading_found_before() {
    let mut world = site(2);
    read_again(&mut world);
    let earlier = found(&world, 0..2);
    let edited = world.desk.cursor().unwrap();
    world.press("5 Ctrl+S");
    world.tell(Event::Scanned { generation: 1, records: earlier });
    world.tell(Event::ScanDone { generation: 1, gone: Vec::new(), troubles: Vec::new() });
    let quality = copydesk::catalog::ColumnKey::Field(copydesk::document::FieldPath::parse("quality"));
    let catalog = world.desk.catalog().unwrap();
    let (path, shown) = (catalog.path_text(edited), catalog.cell(edited, &quality).to_string());
    let saved = world.text(path);
    assert!(saved.contains(&format!("quality: {shown}\n")), "{shown} is shown of {saved}");
    assert_ne!(world.at_first[&path_of(path)], saved.into_bytes(), "it was saved");
}

#[test]
fn a_file_that_came_back_while_the_site_was_read_is_not_lost_and_one_that_went_does_not_come_back() {
    let mut world = site(4);
    while world.desk.catalog().unwrap().path_text(world.desk.cursor().unwrap()) != name(0) {
        world.press("J");
    }
    world.press("5");
    assert_eq!(world.desk.changed_count(), 1);
    read_again(&mut world);
    let earlier = found(&world, 3..4);
    // A checkout: two files are away while the folder is walked, and back before the reading ends.
    let texts = [0, 1].map(|n| (name(n), world.files[&path_of(&name(n))].clone()));
    for (path, text) in &texts {
        world.disk(path, std::str::from_utf8(text).unwrap());
    }
    world.remove(&name(3));
    world.tell(Event::Scanned { generation: 1, records: earlier });
    let gone = [0, 1].map(|n| path_of(&name(n))).to_vec();
    world.tell(Event::ScanDone { generation: 1, gone, troubles: Vec::new() });
    let catalog = world.desk.catalog().unwrap();
    let shown: Vec<&str> = catalog.ids().map(|id| catalog.path_text(id)).collect();
    assert_eq!(shown, [name(0), name(1), name(2)]);
    world.press("Ctrl+S");
    assert_eq!(world.desk.changed_count(), 0, "the edit of a file that is there is saved");
    // The next reading counts again.
    world.holds = |_| false;
    read_again(&mut world);
    world.files.remove(&path_of(&name(1)));
    world.tell(Event::ScanDone { generation: 1, gone: vec![path_of(&name(1))], troubles: Vec::new() });
    assert_eq!(world.desk.catalog().unwrap().len(), 2);
}

//! What must not go unread: many files gone at once, and saved edits that another program overwrote. And saves that are taken back.

use std::time::{Duration, Instant};

use copydesk::desk::notice::lost_fields;
use copydesk::desk::{Command, Event, Notice};
use copydesk::document::Document;
use copydesk::file::SitePath;
use egui::accesskit::Role;

use crate::app::{LEAD, Place, Window};
use crate::world::{World, path_of};

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

#[test]
fn what_was_overwritten_between_two_sittings_is_reported_at_the_start_and_not_twice() {
    let place = Place::new();
    let file = place.site().join("_news").join(LEAD);
    let old = std::fs::read_to_string(&file).unwrap();
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("Shift+9 Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    drop(window);
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
    let place = Place::new();
    let file = place.site().join("_news").join(LEAD);
    let old = std::fs::read_to_string(&file).unwrap();
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("Shift+9 Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    drop(window);
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

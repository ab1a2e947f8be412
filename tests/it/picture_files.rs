//! Picture files from outside, as an editor brings them in: by the system's dialog, or dropped on the window.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use copydesk::app::Opening;
use copydesk::desk::Desk;
use copydesk::file::SitePath;
use copydesk::jobs::Outside;
use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::app::{Dropped, LEAD, Place, Window, nobody};
use crate::picture_views::{has_label, text, with_pictures};

/// What the dialog answers in the test that opens it.
static CHOSEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn open(place: &Place) -> Window {
    let outside = Outside { pictures: |_| CHOSEN.lock().unwrap().clone(), ..nobody() };
    let mut window = place.window_with([1440.0, 2600.0], Theme::Dark, Opening::Site(place.site()), outside);
    window.until("the site is read", |desk| desk.scan().is_some_and(|scan| scan.done) && desk.cursor().is_some());
    window
}

#[test]
fn a_file_that_the_dialog_answers_is_copied_and_becomes_an_entry() {
    let (place, elsewhere) = (Place::new(), tempfile::tempdir().unwrap());
    let (picture, page) = (elsewhere.path().join("My Holiday.png"), elsewhere.path().join("page.png"));
    std::fs::write(&picture, png(40, 30)).unwrap();
    std::fs::write(&page, "<!doctype html><html></html>").unwrap();
    let mut window = open(&place);
    window.go_to(LEAD);
    let before = text(&window);
    window.click(Role::Button, "From a file…");
    assert_eq!(window.desk().changed_count(), 0, "nothing was chosen");

    *CHOSEN.lock().unwrap() = vec![picture, page];
    window.click(Role::Button, "From a file…");
    window.until("it is added", |desk| desk.changed_count() == 1);
    let written = "  - url: \"/assets/images/news/my-holiday.png\"\n    width: 40\n    height: 30\n";
    assert!(text(&window).contains(written), "{}", text(&window));
    let said = |window: &Window, part: &str| window.desk().toasts().iter().any(|toast| toast.text.contains(part));
    assert!(
        said(&window, "picture added, copied to assets/images/news/my-holiday.png"),
        "{:?}",
        window.desk().toasts()
    );
    assert!(said(&window, "page.png is not added: Not a picture: it is a web page"));
    let file = place.site().join("assets/images/news/my-holiday.png");
    assert_eq!(std::fs::read(&file).unwrap(), png(40, 30));
    with_pictures(&mut window);
    assert!(has_label(&window, "40 × 30 · PNG"), "and it is shown");

    window.press("Esc Ctrl+Z");
    assert_eq!((text(&window), window.desk().changed_count()), (before, 0), "undo takes the entry away");
    assert!(file.is_file(), "and leaves the file");
    window.press("Ctrl+Shift+Z Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    assert!(std::fs::read_to_string(place.site().join("_news").join(LEAD)).unwrap().contains(written));
}

#[test]
fn a_picture_is_dropped_on_the_window() {
    let (place, elsewhere) = (Place::new(), tempfile::tempdir().unwrap());
    let picture = elsewhere.path().join("dropped.png");
    std::fs::write(&picture, png(41, 30)).unwrap();
    let mut window = open(&place);
    window.go_to(LEAD);
    let title = window.desk().catalog().unwrap().title(window.desk().cursor().unwrap()).to_owned();
    let held = egui::HoveredFile { path: Some(picture.clone()), ..Default::default() };
    window.harness.input_mut().hovered_files.push(held);
    window.harness.run_steps(2);
    assert!(window.harness.query_by_label(&format!("Drop to add to “{title}”")).is_some(), "it says what would happen");
    window.harness.input_mut().hovered_files.clear();
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped(picture.clone())));
    window.until("it is added", |desk| desk.changed_count() == 1);
    assert!(text(&window).contains("/assets/images/news/dropped.png"));

    window.press("Esc Ctrl+Z Home Shift+Down");
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped(picture)));
    window.settle();
    assert_eq!(window.desk().toasts().last().unwrap().text, "Select one article to add pictures to it");
    assert_eq!(window.desk().changed_count(), 0);
}

#[test]
fn pictures_that_other_programs_add_or_remove_are_noticed() {
    let place = Place::new();
    let picture = place.site().join("assets/images/news/lighthouse.jpg");
    let aside = place.site().join("../aside");
    std::fs::rename(&picture, &aside).unwrap();
    let mut window = open(&place);
    window.go_to(LEAD);
    let article = window.desk().cursor().unwrap();
    let has_code = |desk: &Desk| !desk.catalog().unwrap().problem_codes(article).is_empty();
    let is_broken = |desk: &Desk| desk.pictures().is_some_and(|it| it.broken.contains(&article));
    window.until("its picture is missed", |desk| has_code(desk) && is_broken(desk));
    std::fs::rename(&aside, &picture).unwrap();
    window.until("its picture has come", |desk| !has_code(desk) && !is_broken(desk));
    std::fs::rename(&picture, &aside).unwrap();
    window.until("its picture has gone", is_broken);

    let lost = SitePath::new("assets/images/news/lost.svg").unwrap();
    let is_listed = |desk: &Desk| desk.unused_pictures().is_some_and(|files| files.contains(&lost));
    window.press("Alt+I");
    window.until("unused files are found", |desk| desk.unused_pictures().is_some());
    assert!(!is_listed(window.desk()));
    std::fs::write(place.site().join(lost.as_str()), "<svg/>").unwrap();
    window.until("it is listed", is_listed);
    std::fs::remove_file(place.site().join(lost.as_str())).unwrap();
    window.until("it is listed no more", |desk| !is_listed(desk));
}

#[test]
fn a_picture_that_stands_alone_as_a_map_is_shown_and_corrected() {
    let article = |number: usize| {
        let text = format!("---\ntitle: Story {number}\nimage:\n  path: /a.png\n  width: 9\n  height: 9\n---\n");
        (format!("_news/{number}.md"), text)
    };
    let place = Place::of((0..3).map(article));
    std::fs::write(place.site().join("a.png"), png(40, 30)).unwrap();
    let mut window = open(&place);
    window.until("its size is known", |desk| desk.pictures().is_some_and(|it| it.wrong_size.len() == 3));
    with_pictures(&mut window);
    assert!(has_label(&window, "40 × 30 · PNG"), "it is shown");
    window.press("Ctrl+A Alt+P Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0 && desk.saving().is_none());
    for number in 0..3 {
        let (path, before) = article(number);
        let after = std::fs::read_to_string(place.site().join(path)).unwrap();
        assert_eq!(after, before.replace("width: 9", "width: 40").replace("height: 9", "height: 30"));
    }
}

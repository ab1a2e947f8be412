//! Pictures where an editor looks for them: the contact sheet, quick look close up, the gallery of the form, the dialog.

use std::time::{Duration, Instant};

use copydesk::app::Opening;
use copydesk::desk::{Desk, Overlay, Pane};
use egui::accesskit::Role;
use egui::{Event, Theme, vec2};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{By, Queryable as _};

use crate::app::{LEAD, Place, Window};
use crate::common::can_draw;

fn row(window: &Window) -> usize {
    window.desk().cursor_row().unwrap()
}

/// Draws until all pictures on screen are there.
fn with_pictures(window: &mut Window) {
    let end = Instant::now() + Duration::from_secs(60);
    window.harness.run_steps(3);
    while !window.harness.state().has_all_pictures() {
        window.harness.step();
        std::thread::sleep(Duration::from_millis(2));
        assert!(Instant::now() < end, "the pictures do not come");
    }
    window.harness.run_steps(4);
}

fn judged(desk: &Desk) -> bool {
    desk.pictures().is_some_and(|known| !known.index.files.is_empty())
}

fn text(window: &Window) -> String {
    let desk = window.desk();
    desk.opened(desk.cursor().unwrap()).unwrap().document.text().to_owned()
}

fn has_label(window: &Window, part: &str) -> bool {
    window
        .harness
        .query_all(By::new().predicate(|node| node.label().or(node.value()).is_some_and(|label| label.contains(part))))
        .count()
        > 0
}

#[test]
fn the_contact_sheet_has_the_keys_of_the_table() {
    let place = Place::new();
    let mut window = place.open_with([1440.0, 900.0], Theme::Dark, Opening::Site(place.site()));
    window.until("pictures judged", judged);
    window.press("Alt+G Home Right");
    assert!(window.desk().site_state().unwrap().sheet, "remembered with the site");
    assert_eq!(row(&window), 1);
    window.press("Down");
    let beside = row(&window) - 1;
    assert!(beside > 1, "down goes to the card below");
    window.press("Up Left J");
    assert_eq!(row(&window), 1, "J goes to the next one");
    window.press("Shift+Down");
    assert_eq!(window.desk().target_count(), beside + 1, "the selection grows as in the table");
    window.press("Home J J 9");
    assert_eq!((window.desk().changed_count(), row(&window)), (1, 3), "a judgement, and on to the next");
    window.press("Space");
    assert_eq!(window.desk().overlay(), Some(&Overlay::QuickLook));
    window.press("Esc F2");
    assert_eq!(window.desk().focus_request().pane, Pane::Form, "there are no cells, so the form is what one edits in");
    window.press("Esc");
    let name = window.desk().catalog().unwrap().title(window.desk().rows()[4]).to_owned();
    window.harness.get_by_role_and_label(Role::Row, &name).click();
    window.settle();
    assert_eq!(row(&window), 4);
    window.press("End");
    let last = window.desk().rows().len() - 1;
    let name = window.desk().catalog().unwrap().title(window.desk().rows()[last]).to_owned();
    assert!(window.harness.query_by_role_and_label(Role::Row, &name).is_some(), "the cursor's card is in view");
    window.press("Alt+G");
    assert!(!window.desk().site_state().unwrap().sheet);
}

#[test]
fn quick_look_comes_near_and_its_arrows_go_where_one_looks() {
    let place = Place::new();
    let mut window = place.open();
    window.go_to(LEAD);
    let start = row(&window);
    window.press("Space");
    with_pictures(&mut window);
    assert!(window.desk().magnified().fits());
    window.press("Z");
    with_pictures(&mut window);
    assert!(has_label(&window, "Picture, 1024 × 640 pixels, 100 %"), "a pixel is a pixel");
    window.press("Right Right Down");
    let moved = window.desk().magnified().center;
    assert!(moved.0 > 0.8 && moved.1 > 0.6, "{moved:?}");
    assert_eq!(row(&window), start, "arrows move the picture while it is near");
    window.press("F Right");
    assert_eq!(row(&window), start + 1, "and go to the next article when it is seen whole");
    window.press("Left + +");
    assert!((window.desk().magnified().times - 1.5625).abs() < 0.001);
    window.press("J");
    assert!(window.desk().magnified().fits(), "the next one is seen whole");
    window.press("K");
    with_pictures(&mut window);
    let center =
        window.harness.get_by(|node| node.label().is_some_and(|label| label.starts_with("Picture, "))).rect().center();
    window.harness.input_mut().events.push(Event::PointerMoved(center));
    window.harness.step();
    let modifiers = egui::Modifiers::NONE;
    let wheel = Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 240.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers,
    };
    window.harness.input_mut().events.push(wheel);
    window.harness.run_steps(20);
    assert!(window.desk().magnified().times > 1.3, "the wheel brings it nearer: {:?}", window.desk().magnified());
    window.click(Role::Button, "Whole picture  (F)");
    assert!(window.desk().magnified().fits());
    window.press("Esc +");
    assert!(window.desk().toasts().last().unwrap().text.contains("Space opens it"), "outside it the key says so");
}

/// The lead story, with a second picture and a size that is not the first one's.
fn wrongly_declared() -> Place {
    let place = Place::new();
    let path = place.site().join("_news").join(LEAD);
    let text = std::fs::read_to_string(&path).unwrap();
    let first = "images:\n  - url: \"/assets/images/news/lighthouse.jpg\"\n    width: 1024\n    height: 640\n";
    assert!(text.contains(first));
    let second = first.replace("width: 1024\n    height: 640", "width: 640\n    height: 480")
        + "  - url: \"/assets/images/news/gears.webp\"\n    width: 1024\n    height: 640\n";
    // What stood below the first one belongs to the second then.
    std::fs::write(&path, text.replacen(first, &second, 1)).unwrap();
    place
}

#[test]
fn the_gallery_corrects_orders_and_adds() {
    let place = wrongly_declared();
    let mut window = place.open_with([1440.0, 2600.0], Theme::Dark, Opening::Site(place.site()));
    window.until("pictures judged", judged);
    window.go_to(LEAD);
    window.press("E");
    with_pictures(&mut window);
    assert!(has_label(&window, "1024 × 640 · JPEG · "), "format and bytes are told");
    assert!(window.desk().row_state(window.desk().cursor().unwrap()).problem, "the row is marked");
    window.click(Role::Button, "Correct the size of picture 1 to 1024 × 640");
    assert!(!text(&window).contains("width: 640"));
    assert!(!window.desk().row_state(window.desk().cursor().unwrap()).problem, "and not any more");
    let order = |window: &Window| {
        let text = text(window);
        let list = &text[text.find("\nimages:").unwrap()..text.find("\nrelated:").unwrap()];
        list.split('"')
            .filter_map(|part| part.strip_prefix("/assets/images/news/"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    window.click(Role::Button, "Let picture 2 lead");
    assert_eq!(order(&window), ["gears.webp", "lighthouse.jpg"]);
    window.harness.get_by_role_and_label(Role::Button, "Move picture 1, Alt+Up and Alt+Down").focus();
    window.harness.run_steps(2);
    window.press("Alt+Down");
    assert_eq!(order(&window), ["lighthouse.jpg", "gears.webp"]);
    window.click(Role::Button, "Add a picture");
    window.type_text("gulls");
    window.harness.run_steps(2);
    window.click(Role::Button, "Add assets/images/news/gulls.jpg");
    assert_eq!(order(&window), ["lighthouse.jpg", "gears.webp", "gulls.jpg"]);
    assert!(text(&window).contains("gulls.jpg\"\n    width: 1024\n    height: 640\n"), "written as its neighbours are");
    window.click(Role::Button, "Copy the address of picture 3");
    assert_eq!(window.desk().toasts().last().unwrap().text, "Address copied");
    window.click(Role::Button, "Remove picture 3");
    assert_eq!(order(&window), ["lighthouse.jpg", "gears.webp"]);
}

#[test]
fn the_dialog_leads_to_the_articles_and_corrects_all() {
    let place = wrongly_declared();
    std::fs::write(place.site().join("assets/images/news/lost.svg"), "<svg/>").unwrap();
    let mut window = place.open();
    window.until("pictures judged", judged);
    window.press("Alt+I");
    window.until("unused files are found", |desk| desk.unused_pictures().is_some());
    assert!(has_label(&window, "assets/images/news/lost.svg"));
    window.click(Role::Button, "Correct the sizes of 1 article");
    window.until("corrected", |desk| desk.pictures().unwrap().wrong_size.is_empty());
    assert_eq!(window.desk().changed_count(), 1);
    window.click(Role::Button, "Show is:broken-image");
    window.settle();
    assert_eq!(window.desk().filter(), "is:broken-image");
    assert_eq!(window.desk().overlay(), None);
    assert_eq!(window.desk().rows().len(), 1);
}

#[test]
fn a_picture_that_failed_says_why_and_can_be_tried_again() {
    let place = Place::new();
    let mut window = place.open_with([1440.0, 2600.0], Theme::Dark, Opening::Site(place.site()));
    window.until("pictures judged", judged);
    // Not by the filter that finds it: it leaves the rows as soon as it is whole.
    window.go_to("2026-06-14-paper-lantern-festival-moves-to-the-second-full-moon.md");
    with_pictures(&mut window);
    assert!(has_label(&window, "is not in the site"), "why");
    let article = window.desk().cursor().unwrap();
    let address = window.desk().catalog().unwrap().lead_image(article).unwrap().to_owned();
    let file = place.site().join(address.trim_start_matches('/'));
    std::fs::copy(place.site().join("assets/images/news/gears.webp"), file).unwrap();
    window.harness.get_by_role_and_label(Role::Button, "Try again").click();
    with_pictures(&mut window);
    assert!(has_label(&window, "1024 × 640 · WebP"), "and it is there");
    window.until("it is no problem any more", |desk| desk.pictures().unwrap().broken.is_empty());
}

#[test]
fn they_look_right() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let place = wrongly_declared();
    let mut window = place.open_with([1440.0, 900.0], Theme::Dark, Opening::Site(place.site()));
    window.until("pictures judged", judged);
    window.until("scores learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    window.go_to(LEAD);
    window.press("Alt+G Shift+Right");
    with_pictures(&mut window);
    window.harness.snapshot("contact_sheet");
    window.press("Alt+I");
    window.until("unused files are found", |desk| desk.unused_pictures().is_some());
    window.harness.snapshot("pictures");
    results.extend_harness(&mut window.harness);
    let mut window = place.open_with([1000.0, 1500.0], Theme::Light, Opening::Site(place.site()));
    window.until("pictures judged", judged);
    window.go_to(LEAD);
    window.press("Space Z");
    with_pictures(&mut window);
    window.harness.snapshot("quick_look_near");
    results.extend_harness(&mut window.harness);
}

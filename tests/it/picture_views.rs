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
pub fn with_pictures(window: &mut Window) {
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

pub fn text(window: &Window) -> String {
    let desk = window.desk();
    desk.opened(desk.cursor().unwrap()).unwrap().document.text().to_owned()
}

pub fn has_label(window: &Window, part: &str) -> bool {
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
    window.click(Role::Button, "Whole picture");
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
fn a_picture_is_dragged_to_another_place() {
    let place = wrongly_declared();
    let mut window = place.open_with([1440.0, 2600.0], Theme::Dark, Opening::Site(place.site()));
    window.go_to(LEAD);
    with_pictures(&mut window);
    let order = |window: &Window| {
        let text = text(window);
        text.find("gears.webp").unwrap() < text.find("lighthouse.jpg").unwrap()
    };
    assert!(!order(&window));
    let handle = |window: &Window, number: usize| {
        let name = format!("Move picture {number}, Alt+Up and Alt+Down");
        window.harness.get_by_role_and_label(Role::Button, &name).rect().center()
    };
    let (from, to) = (handle(&window, 1), handle(&window, 2));
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    let path = [Event::PointerMoved(from), button(from, true), Event::PointerMoved(from.lerp(to, 0.5))];
    for event in path.into_iter().chain([Event::PointerMoved(to), button(to, false)]) {
        window.harness.input_mut().events.push(event);
        window.harness.step();
    }
    window.settle();
    assert!(order(&window), "{}", text(&window));
    assert!(text(&window).contains("gears.webp\"\n    width: 1024"), "with what it declares");
    window.press("Esc Ctrl+Z");
    assert_eq!((window.desk().changed_count(), order(&window)), (0, false), "one step");
}

/// The textures that are painted now, but for the one of letters.
fn painted(window: &Window) -> Vec<egui::TextureId> {
    let of = |shape: &egui::Shape| match shape {
        egui::Shape::Rect(rect) => rect.brush.as_ref().map(|brush| brush.fill_texture_id),
        egui::Shape::Mesh(mesh) => Some(mesh.texture_id),
        _ => None,
    };
    let shapes = window.harness.output().shapes.iter();
    shapes.filter_map(|clipped| of(&clipped.shape)).filter(|id| *id != egui::TextureId::default()).collect()
}

#[test]
fn an_animation_moves_in_quick_look_and_stands_still_where_less_motion_is_wanted() {
    let place = Place::new();
    let mut gif = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
    encoder.set_repeat(image::codecs::gif::Repeat::Infinite).unwrap();
    for red in [0, 120, 240] {
        let picture = image::RgbaImage::from_pixel(64, 40, image::Rgba([red, 40, 40, 255]));
        let delay = image::Delay::from_numer_denom_ms(100, 1);
        encoder.encode_frame(image::Frame::from_parts(picture, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    // Pictures are told by their bytes, not by their names.
    std::fs::write(place.site().join("assets/images/news/lighthouse.jpg"), gif).unwrap();
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("Space");
    with_pictures(&mut window);
    assert!(has_label(&window, "Picture, 64 × 40 pixels"));
    let seen = |window: &mut Window| {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..12 {
            window.harness.step();
            seen.insert(painted(window));
        }
        seen.len()
    };
    assert_eq!(seen(&mut window), 3, "each frame is painted in its turn");
    window.press("Ctrl+,");
    window.click(Role::Button, "Less");
    window.press("Esc Space");
    with_pictures(&mut window);
    assert_eq!(seen(&mut window), 1);
}

#[test]
fn a_bar_asks_once_before_anything_is_loaded_from_the_web() {
    let article = "---\ntitle: A\nimages:\n- {url: \"http://127.0.0.1:9/a.jpg\", width: 3, height: 2}\n---\n";
    let place = Place::of([("_news/a.md", article)]);
    let state = |window: &Window| {
        let state = window.desk().site_state().unwrap();
        (state.remote_asked, state.remote_pictures)
    };
    let mut window = place.open();
    window.harness.run_steps(3);
    assert!(has_label(&window, "at 127.0.0.1:9 for one"), "the bar says whom it would ask");
    assert_eq!(state(&window), (false, false));
    window.click(Role::Button, "Not now");
    assert!(!has_label(&window, "at 127.0.0.1:9 for one"));
    assert_eq!(state(&window), (true, false));
    drop(window);

    // The answer is the user's: it is there at the next start, and not in the site.
    let names: Vec<_> = std::fs::read_dir(place.site()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["_news"]);
    let mut window = place.open();
    window.harness.run_steps(3);
    assert!(!has_label(&window, "for one"), "it is not asked again");
    window.click(Role::Button, "Load pictures from the web");
    assert_eq!(state(&window), (true, true));
    with_pictures(&mut window);
    assert!(has_label(&window, "is at the private address 127.0.0.1"), "asked, and refused for another reason");
    window.press("Ctrl+,");
    window.click(Role::Switch, "Load pictures from this machine and its network, too");
    window.press("Esc");
    with_pictures(&mut window);
    assert!(has_label(&window, "The connection to 127.0.0.1 failed"), "allowed, and nobody is there");
    window.press("Ctrl+,");
    window.click(Role::Switch, "Load pictures from the web for this site");
    window.press("Esc");
    assert_eq!(state(&window), (true, false), "the answer is taken back");
    assert!(!has_label(&window, "The connection to"));
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

//! The next article is ready before it is asked for: in the very frame of the key its text and all its pictures are there.

use copydesk::app::Opening;
use egui::{Event, Key, Modifiers, Theme};

use crate::app::{Place, Window};
use crate::picture_views::{has_label, with_pictures};

/// Goes to the next row in one frame, in which nothing may be missing.
fn step(window: &mut Window, key: Key) -> bool {
    let before = window.desk().cursor();
    let event = Event::Key { key, physical_key: Some(key), pressed: true, repeat: false, modifiers: Modifiers::NONE };
    window.harness.input_mut().events.push(event);
    window.harness.step();
    let cursor = window.desk().cursor();
    if cursor == before {
        return false;
    }
    let name = window.desk().catalog().unwrap().path(cursor.unwrap());
    assert!(window.desk().opened(cursor.unwrap()).is_some(), "the text of {name}");
    assert!(!has_label(window, "Reading the file"), "the text of {name}");
    assert!(window.harness.state().shows_all_pictures(), "a picture of {name}");
    with_pictures(window);
    true
}

/// Goes down so many rows from the top.
fn go_down(window: &mut Window, rows: usize) {
    window.press("Home");
    with_pictures(window);
    for _ in 0..rows {
        assert!(step(window, Key::J), "there is a next row");
    }
}

#[test]
fn in_the_frame_of_the_key_the_text_and_every_picture_of_the_next_article_are_there() {
    let place = Place::new();
    let mut window = place.open_with([1440.0, 1400.0], Theme::Dark, Opening::Site(place.site()));
    window.until("learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    let all = window.desk().rows().len() - 1;
    for (look, rows) in [("Alt+E", all), ("Alt+V", 5), ("Space", 5), ("Esc Alt+E Alt+G", 5), ("Alt+G Alt+D", 5)] {
        window.press(look);
        go_down(&mut window, rows);
    }
}

#[test]
fn the_pictures_of_the_text_are_there_too() {
    let place = crate::reading::place();
    let mut window = place.open();
    for look in ["Alt+V", "Alt+E", "Space"] {
        window.press(look);
        go_down(&mut window, 1);
    }
}

#[test]
fn after_a_judgement_too_where_rows_between_are_held() {
    let place = Place::new();
    let mut window = place.open_with([1440.0, 1400.0], Theme::Dark, Opening::Site(place.site()));
    window.press("/");
    window.type_text("is:live");
    window.press("Enter Home U U U U U U Home");
    with_pictures(&mut window);
    let before = window.desk().cursor_row();
    assert_eq!(before, Some(0));
    assert!(step(&mut window, Key::P), "on to the next that is not held");
    assert!(window.desk().cursor_row() > Some(5), "{:?}", window.desk().cursor_row());
}

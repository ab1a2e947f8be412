//! What happens to the window from outside, and what lies over the desk: a crash, cleared folders, another start; nobody types into
//! what is covered.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use copydesk::desk::Overlay;

use crate::app::{LEAD, Place, Window, collect};

/// What egui remembers holds moments of the clock of its process. A window that was closed while a row was being scrolled to handed
/// them to the next one, which then waited for that moment: no row came into view by key, and frames never stopped.
#[test]
fn what_egui_knows_ends_with_its_window() {
    let place = Place::new();
    let window = place.open();
    assert!(!eframe::App::persist_egui_memory(window.harness.state()));
}

/// Somebody clears the folders that we keep our own things in, while we are at work.
#[cfg(unix)]
#[test]
fn a_user_s_folder_that_was_cleared_is_told_and_nothing_is_lost() {
    let place = Place::new();
    let mut window = place.open();
    std::fs::remove_dir_all(place.folder().join("user")).unwrap();
    window.press("P");
    window.until("it is said", |desk| {
        desk.toasts().iter().any(|toast| toast.text.starts_with("Unsaved edits cannot be journalled, so save soon: "))
    });
    assert_eq!(window.desk().changed_count(), 1);
    let before = place.texts();
    window.press("Ctrl+S");
    assert_eq!(window.desk().changed_count(), 0);
    let after = place.texts();
    assert_eq!(
        before.iter().filter(|(path, text)| after.get(*path) != Some(text)).count(),
        1,
        "it is saved all the same"
    );
}

/// The machine went down in the middle of the work: the next sitting goes on at the story where it stopped.
#[test]
fn after_a_crash_the_cursor_stands_where_it_stood() {
    let place = Place::new();
    let mut window = place.open();
    window.press("J J J 4");
    let here = |window: &Window| window.desk().catalog().unwrap().path(window.desk().cursor().unwrap());
    let cursor = here(&window);
    let state = place.folder().join("user/state");
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        window.settle();
        let mut texts = BTreeMap::new();
        collect(&state, &mut texts);
        // The journal names the story that was judged, and not the one after it.
        if texts.values().any(|text| text.contains(cursor.name())) {
            break;
        }
        assert!(Instant::now() < end, "it is remembered");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(window);
    let window = place.open();
    assert_eq!(here(&window), cursor);
}

/// Nobody types into what is covered: a key that goes into the form, a cell or the filter closes what lies over the desk, and what
/// had the keyboard before something came over it has it no more.
#[test]
fn what_lies_over_the_desk_keeps_the_keyboard_from_what_is_below() {
    let place = Place::new();
    let mut window = place.open();
    for (key, pane) in [("E", "the form"), ("F2", "the cell"), ("R", "related entries"), ("/", "the filter")] {
        window.go_to(LEAD);
        window.press("Space");
        assert_eq!(window.desk().overlay(), Some(&Overlay::QuickLook));
        window.press(key);
        assert_eq!(window.desk().overlay(), None, "{key} goes into {pane}, and that is in view");
        window.press("Esc Esc");
    }
    for name in ["Quick look", "Settings", "Keys"] {
        window.go_to(LEAD);
        let article = window.desk().cursor().unwrap();
        let before = window.now(article);
        window.press("E Ctrl+K");
        window.type_text(&name.to_lowercase());
        window.press("Enter");
        window.type_text("wyz");
        assert_eq!(window.now(article), before, "{name}");
        window.press("Esc Esc Esc");
    }
}

#[test]
fn tab_stays_in_what_lies_over_the_desk() {
    let place = Place::new();
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("Space");
    for _ in 0..60 {
        window.press("Tab");
        assert!(!window.harness.ctx.text_edit_focused(), "there is no field in quick look");
    }
    window.press("Esc Home Shift+Down C");
    assert_eq!(window.desk().overlay(), Some(&Overlay::Compare));
    for _ in 0..60 {
        window.press("Tab");
        assert!(!window.harness.ctx.text_edit_focused(), "nor in the comparison");
    }
}

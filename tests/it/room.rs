//! Nothing stands outside of the window, however long words are: what is cut off cannot be read or clicked.

use copydesk::app::Opening;
use egui::Theme;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::app::{Place, Window};
use crate::screens::SMALL;

/// Everything with a name or a role that can be pressed, whose sides lie outside of the window.
fn outside(window: &Window, from: f32) -> Vec<String> {
    let right = window.harness.ctx.content_rect().right();
    let nodes = window.harness.query_all(egui_kittest::kittest::By::new().predicate(|node| node.label().is_some()));
    nodes
        .filter(|node| node.rect().left() >= from && node.rect().is_positive() && node.rect().right() > right + 0.5)
        .map(|node| format!("{:?} {:?}", node.accesskit_node().label(), node.rect()))
        .collect()
}

/// A story whose words are longer than there is room for.
fn long_words() -> Place {
    let topics = ["Coronavirus in the United Kingdom", "Coronavirus in Asia and the Pacific", "New Cases", "A"]
        .map(|name| format!("  - {name}\n"));
    let related = "  - title: A related story with a headline that takes much more room than a card has, and then some more\n    \
                   webUrl: https://a.example/b\n    quality: 50\n    provider:\n      name: A Provider Whose Name Is Long Beyond All Measure\n      \
                   domain: a-provider-whose-name-is-long-beyond-all-measure.example\n";
    let text = |n: usize| {
        format!(
            "---\ntitle: Story {n}, with a headline that takes much more room than any column of the table has for it\n\
             excerpt: Words\npublishedDateTime: 2026-06-{n:02}T10:00:00Z\nquality: 50\nheat: {}\npublished: true\n\
             topics:\n{}provider:\n  name: A Provider Whose Name Is Long Beyond All Measure\n  \
             domain: a-provider-whose-name-is-long-beyond-all-measure.example\nrelated:\n{related}---\n\nBody text of some length, \
             which is broken where the pane ends.\n",
            80 + n,
            topics.concat()
        )
    };
    Place::of((1..8).map(|n| (format!("_news/{n}.md"), text(n))))
}

#[test]
fn form_preview_bulk_form_and_changes_stay_within_a_small_window() {
    let place = long_words();
    let mut window = place.open_with(SMALL, Theme::Dark, Opening::Site(place.site()));
    window.until("learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    let pane = SMALL[0] / 2.0;
    assert_eq!(outside(&window, pane), [""; 0], "the form");
    window.press("Alt+V");
    assert_eq!(outside(&window, pane), [""; 0], "the preview");
    window.press("Alt+E Shift+9 Alt+C");
    assert_eq!(outside(&window, pane), [""; 0], "the changes");
    window.press("Alt+E Home Shift+J");
    assert_eq!(outside(&window, pane), [""; 0], "the form of several");
    window.press("C");
    assert_eq!(outside(&window, 0.0), [""; 0], "the comparison");
    window.press("Esc Esc Space");
    assert_eq!(outside(&window, 0.0), [""; 0], "quick look");
}

#[test]
fn the_menu_of_a_row_fits_on_a_small_window_and_has_all_that_the_keyboard_has() {
    let place = Place::new();
    let mut window = place.open_with(SMALL, Theme::Dark, Opening::Site(place.site()));
    let row = window.harness.query_all_by_role(egui::accesskit::Role::Row).nth(4).unwrap().rect();
    let at = row.left_center() + egui::vec2(120.0, 8.0);
    let button = |pressed| egui::Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Secondary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    for event in [egui::Event::PointerMoved(at), button(true), button(false)] {
        window.harness.input_mut().events.push(event);
        window.harness.step();
    }
    window.settle();
    let item = |window: &Window, name: &str| {
        window.harness.query_by_role_and_label(egui::accesskit::Role::Button, name).map(|node| node.rect())
    };
    let height = window.harness.ctx.content_rect().height();
    for name in ["Quick look", "Edit in the form", "Live", "Fold or drop", "Mark for later", "Save this"] {
        let rect = item(&window, name).unwrap_or_else(|| panic!("{name} is in the menu"));
        assert!(rect.top() >= 0.0 && rect.bottom() <= height, "{name}: {rect:?}");
    }
    for (menu, within) in [("Heat", "Heat to preset 1"), ("More", "Saved versions…"), ("Edit", "Find and replace…")]
    {
        // Other things of the window have short names too; that of the menu is drawn last.
        let by = egui_kittest::kittest::By::new().role(egui::accesskit::Role::Button).label(menu);
        window.harness.query_all(by).last().unwrap().click();
        window.settle();
        assert!(item(&window, within).is_some(), "{within} is under {menu}");
    }
}

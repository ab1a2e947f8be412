//! What the desk looks like is kept for each site: the widths of its panes, the keys of its scores.

use std::path::Path;
use std::sync::Arc;

use copydesk::app::Opening;
use egui::accesskit::Role;
use egui::{Event, Modifiers, PointerButton, Pos2, Rect, Theme, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::app::{Dropped, Place, Window};

/// The edges of the panes: the one right of the sidebar, the one left of the inspector.
fn edges(window: &Window) -> Vec<Rect> {
    window.harness.query_all_by_role_and_label(Role::Splitter, "Resize panel").map(|edge| edge.rect()).collect()
}

fn widths(window: &Window) -> (f32, f32) {
    let (edges, screen) = (edges(window), window.harness.ctx.content_rect());
    (edges[0].center().x.round(), (screen.right() - edges[1].center().x).round())
}

fn drag(window: &mut Window, from: Pos2, by: f32) {
    let to = from + vec2(by, 0.0);
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let half = Event::PointerMoved(from.lerp(to, 0.5));
    let way = [Event::PointerMoved(from), button(from, true), half, Event::PointerMoved(to), button(to, false)];
    for event in way {
        window.harness.input_mut().events.push(event);
        window.harness.step();
    }
    window.settle();
}

#[test]
fn every_site_has_its_own_widths_of_panes_and_has_them_again() {
    let place = Place::new();
    let (site, other) = (place.site(), place.site().with_file_name("other"));
    std::fs::create_dir_all(other.join("_news")).unwrap();
    std::fs::write(other.join("_news/a.md"), "---\ntitle: A\nheat: 3\n---\n").unwrap();
    let open = |site: &Path, size: [f32; 2]| {
        let mut window = place.window(size, Theme::Dark, Opening::Site(site.to_owned()));
        window.until_read();
        window
    };
    let large = [1440.0, 900.0];
    let mut window = open(&site, large);
    let usual = widths(&window);
    let (left, right) = (edges(&window)[0].center(), edges(&window)[1].center());
    drag(&mut window, left, 60.0);
    drag(&mut window, right, -100.0);
    let dragged = (usual.0 + 60.0, usual.1 + 100.0);
    assert_eq!(widths(&window), dragged);

    // Another site in the same window, and in the next.
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped(other.clone())));
    window.until("the other site is open", |desk| desk.rows().len() == 1);
    assert_eq!(widths(&window), usual, "the other site is as usual");
    let left = edges(&window)[0].center();
    drag(&mut window, left, -40.0);
    assert_eq!(widths(&window), (usual.0 - 40.0, usual.1));
    drop(window);
    assert_eq!(widths(&open(&site, large)), dragged);
    assert_eq!(widths(&open(&other, large)), (usual.0 - 40.0, usual.1));

    // In a small window the table keeps its room, and what was remembered is not forgotten.
    let mut window = open(&site, [900.0, 700.0]);
    let (sidebar, inspector) = widths(&window);
    assert!(900.0 - sidebar - inspector >= 250.0, "{sidebar} {inspector}");
    window.harness.set_size(large.into());
    window.settle();
    assert_eq!(widths(&window), dragged);
}

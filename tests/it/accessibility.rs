//! Every control can be found by its name, and pressed without a mouse.

use copydesk::desk::{Command, Desk, Settings};
use copydesk::ui::theme::Palette;
use copydesk::ui::{Panes, panes_ui, theme};
use egui::accesskit::Role;
use egui::{Pos2, Rect, Shape, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};

struct Window {
    desk: Desk,
    panes: Panes,
    wanted: Vec<Command>,
}

fn welcome() -> Harness<'static, Window> {
    let settings = Settings { recent: vec!["/sites/harbour-news".into()], ..Settings::default() };
    let window = Window { desk: Desk::new(settings), panes: Panes::default(), wanted: Vec::new() };
    Harness::builder()
        .with_size([1000.0, 700.0])
        .with_theme(Theme::Dark)
        .with_os(egui::os::OperatingSystem::Nix)
        .with_context_setup(theme::install)
        .build_ui_state(
            |ui, window: &mut Window| {
                let commands = panes_ui(ui, &window.desk, &mut window.panes);
                window.wanted.extend(commands);
            },
            window,
        )
}

#[test]
fn the_welcome_screen_is_worked_by_name() {
    let mut harness = welcome();
    harness.run();
    harness.get_by_label("Try the sample site").click();
    harness.run();
    harness.get_by_label("Forget harbour-news").click();
    harness.run();
    harness.get_by_label("Path of a folder").click();
    harness.run();
    harness.get_by_label("Path of a folder").type_text("/sites/other");
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    let wanted =
        [Command::OpenSample, Command::ForgetSite("/sites/harbour-news".into()), Command::Open("/sites/other".into())];
    assert_eq!(harness.state().wanted, wanted);
}

#[test]
fn the_welcome_screen_is_worked_by_keys() {
    let mut harness = welcome();
    harness.run();
    harness.key_press(egui::Key::Tab);
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(harness.state().wanted, [Command::PickFolder]);
}

/// What has the keyboard: its role, its name, its place.
fn focused(window: &crate::app::Window) -> Option<(Role, String, Rect)> {
    let by = By::new().predicate(|node| node.is_focused() && !node.is_hidden());
    let node = window.harness.query_all(by).next()?;
    let at = node.accesskit_node();
    Some((at.role(), at.label().unwrap_or_default(), node.rect()))
}

/// The pane that a place is in, counted in the order of reading.
fn pane_of(rect: Rect, window: Vec2) -> usize {
    match rect.center() {
        at if at.y < 45.0 => 0,
        at if at.y > window.y - 27.0 => 4,
        at if at.x < 207.0 => 1,
        at if at.x < window.x - 423.0 => 2,
        _ => 3,
    }
}

/// Whether something in the colour of the accent is painted at the edge of this place, where it can be seen.
fn has_ring(window: &crate::app::Window, place: Rect) -> bool {
    fn is_ring(shape: &Shape, place: Rect, accent: egui::Color32) -> bool {
        match shape {
            Shape::Vec(shapes) => shapes.iter().any(|shape| is_ring(shape, place, accent)),
            Shape::Rect(rect) => {
                let is_accent = rect.stroke.color == accent || rect.fill == accent;
                is_accent
                    && rect.rect.intersects(place)
                    && place.expand(8.0).contains_rect(rect.rect.intersect(place.expand(8.0)))
            }
            Shape::LineSegment { points, stroke } => {
                stroke.color == accent && place.expand(2.0).contains(points[0].lerp(points[1], 0.5))
            }
            _ => false,
        }
    }
    let accent = Palette::of(Theme::Dark).accent;
    let shapes = &window.harness.output().shapes;
    shapes.iter().any(|clipped| clipped.clip_rect.intersects(place) && is_ring(&clipped.shape, place, accent))
}

#[test]
fn tab_goes_through_everything_in_the_order_of_reading_and_it_is_always_seen_where() {
    let place = crate::app::Place::new();
    let mut window = place.open();
    window.until("scores learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    window.go_to(crate::app::LEAD);
    window.focus(Role::Button, "Menu");
    let size = vec2(1440.0, 900.0);
    let mut stops: Vec<(Role, String, Rect)> = Vec::new();
    let mut unseen = Vec::new();
    loop {
        let stop = focused(&window).expect("something always has the keyboard");
        if !Rect::from_min_size(Pos2::ZERO, size).intersects(stop.2) || !has_ring(&window, stop.2) {
            unseen.push(stop.clone());
        }
        if stops.len() > 1 && (&stop.0, &stop.1) == (&stops[0].0, &stops[0].1) {
            break;
        }
        stops.push(stop);
        assert!(stops.len() < 400, "Tab does not come round");
        window.press("Tab");
    }
    assert!(unseen.is_empty(), "it is not seen that these have the keyboard: {unseen:#?}");
    // An edge is of the panes on both sides of it.
    let within: Vec<_> = stops.iter().filter(|stop| stop.0 != Role::Splitter).collect();
    let order = |two: &&[&(Role, String, Rect)]| pane_of(two[0].2, size) > pane_of(two[1].2, size);
    let around: Vec<_> = within.windows(2).filter(order).collect();
    assert!(around.is_empty(), "{around:?}");
    let top: Vec<_> = stops.iter().filter(|stop| pane_of(stop.2, size) == 0).collect();
    assert!(top.windows(2).all(|two| two[0].2.left() < two[1].2.left()), "{top:?}");

    // Nothing that can have the keyboard is left out.
    let names: std::collections::BTreeSet<String> =
        stops.iter().map(|stop| format!("{:?} {}", stop.0, stop.1)).collect();
    let takes =
        By::new().predicate(|node| node.data().supports_action(egui::accesskit::Action::Focus) && !node.is_disabled());
    let missed: Vec<String> = window
        .harness
        .query_all(takes)
        .map(|node| format!("{:?} {}", node.accesskit_node().role(), node.accesskit_node().label().unwrap_or_default()))
        .filter(|name| !names.contains(name))
        .collect();
    assert!(missed.is_empty(), "Tab does not reach {missed:#?}");
}

#[test]
fn at_rest_no_frame_is_asked_for() {
    let place = crate::app::Place::new();
    let mut window = place.open();
    window.until("everything is learned", |desk| {
        desk.scan().is_some_and(|scan| scan.learned)
            && desk.pictures().is_some_and(|known| !known.index.files.is_empty())
    });
    let at_rest = |window: &mut crate::app::Window| {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        // Pictures and jobs may still come; once they are here, nothing moves.
        loop {
            window.harness.step();
            let delay = window.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
            if delay == std::time::Duration::MAX {
                break;
            }
            assert!(
                std::time::Instant::now() < end,
                "a frame is asked for in {delay:?}: {:?}",
                window.harness.ctx.repaint_causes()
            );
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    };
    at_rest(&mut window);
    window.press("J J K");
    at_rest(&mut window);
    for open in ["Space", "Ctrl+K", "?", "Ctrl+,"] {
        window.press(open);
        if open != "Ctrl+K" {
            at_rest(&mut window);
        }
        window.press("Esc Esc");
    }
    window.press("Alt+V");
    at_rest(&mut window);
    window.press("Alt+C");
    at_rest(&mut window);
}

#[test]
fn edges_of_panes_and_columns_are_moved_by_keys_and_by_the_mouse() {
    let place = crate::app::Place::new();
    let mut window = place.open();
    window.until("scores learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    let edges = |window: &crate::app::Window| -> Vec<f32> {
        let edges = window.harness.query_all_by_role_and_label(Role::Splitter, "Resize panel");
        edges.map(|edge| edge.rect().center().x).collect()
    };
    let before = edges(&window);
    window.harness.query_all_by_role_and_label(Role::Splitter, "Resize panel").next().unwrap().focus();
    window.settle();
    window.press("Right Right Left");
    let after = edges(&window);
    assert!((after[0] - before[0] - 16.0).abs() < 1.0 && after[1..] == before[1..], "{before:?} {after:?}");
    let width = |window: &crate::app::Window| {
        let columns = window.desk().columns();
        columns.into_iter().find(|column| column.key == copydesk::catalog::ColumnKey::field("heat")).unwrap().width
    };
    assert_eq!(width(&window), None, "the usual one");
    window.harness.get_by_role_and_label(Role::Splitter, "Width of Heat").focus();
    window.settle();
    window.press("Right");
    assert_eq!(width(&window), Some(72.0));
    // By the mouse, which lets go where it is.
    let from = window.harness.get_by_role_and_label(Role::Splitter, "Width of Heat").rect().center();
    let to = from + egui::vec2(30.0, 0.0);
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    for event in [
        egui::Event::PointerMoved(from),
        button(from, true),
        egui::Event::PointerMoved(from.lerp(to, 0.5)),
        egui::Event::PointerMoved(to),
        button(to, false),
    ] {
        window.harness.input_mut().events.push(event);
        window.harness.step();
    }
    window.settle();
    assert_eq!(width(&window), Some(102.0));
    assert_eq!(window.desk().changed_count(), 0);
}

#[test]
fn the_systems_wishes_are_followed_until_something_else_is_set() {
    use copydesk::desk::{Animation, Event, Wishes};
    let mut desk = Desk::new(Settings::default());
    assert_eq!((desk.is_dark(), desk.is_still()), (None, false));
    desk.receive(Event::Wishes(Wishes { dark: Some(false), still: Some(true) }));
    assert_eq!((desk.is_dark(), desk.is_still()), (Some(false), true));
    desk.apply(Command::Animation(Animation::Usual));
    desk.apply(Command::Theme(copydesk::desk::Theme::Dark));
    assert_eq!((desk.is_dark(), desk.is_still()), (Some(true), false));

    // In the window: nothing fades or slides then.
    let mut harness = welcome();
    harness.run();
    assert!(!theme::is_still(&harness.ctx));
    harness.state_mut().desk.receive(Event::Wishes(Wishes { dark: Some(false), still: Some(true) }));
    harness.run();
    assert!(theme::is_still(&harness.ctx));
    assert_eq!(harness.ctx.theme(), Theme::Light);
}

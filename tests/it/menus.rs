//! Menus, Markdown and what lies over the desk: what they look like, and that the pointer does not reach below them.

use copydesk::app::Opening;
use copydesk::desk::Overlay;
use egui::accesskit::Role;
use egui::{Event, Modifiers, PointerButton, Pos2, Theme, vec2};
use egui_kittest::kittest::{By, Queryable as _};

use crate::app::{LEAD, Place, Window};
use crate::screens::{LARGE, SMALL, Stage};

fn move_to(window: &mut Window, at: Pos2) {
    window.harness.input_mut().events.push(Event::PointerMoved(at));
    window.settle();
}

fn click(window: &mut Window, at: Pos2, button: PointerButton) {
    move_to(window, at);
    for pressed in [true, false] {
        let event = Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE };
        window.harness.input_mut().events.push(event);
        window.harness.step();
    }
    window.settle();
}

/// The middle of a row.
fn row(window: &Window, nth: usize) -> Pos2 {
    window.harness.query_all_by_role(Role::Row).nth(nth).unwrap().rect().left_center() + vec2(160.0, -8.0)
}

#[test]
fn menus_look_right() {
    let mut stage = Stage::sample(SMALL, Theme::Dark);
    stage.window.go_to(LEAD);
    stage.window.click(Role::Button, "Menu");
    let judge = By::new().role(Role::Button).label("Judge");
    stage.window.harness.query_all(judge).last().unwrap().click();
    stage.window.settle();
    stage.look("menu");
    stage.press("Esc Esc Alt+L");
    let at = row(&stage.window, 4);
    click(&mut stage.window, at, PointerButton::Secondary);
    stage.look("menu_of_a_row");
}

#[test]
fn a_drag_over_a_histogram_takes_all_bars_from_where_it_began() {
    let place = Place::new();
    let mut window = place.open();
    window.until("scores learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    let bars = By::new().role(Role::Slider).label_contains("Heat, ");
    let bars = window.harness.query_all(bars).next().unwrap().rect();
    let (from, to) =
        (bars.left_center() + vec2(bars.width() * 0.5, -10.0), bars.left_center() + vec2(bars.width(), -10.0));
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let events = [
        Event::PointerMoved(from),
        button(from, true),
        Event::PointerMoved(from.lerp(to, 0.5)),
        Event::PointerMoved(to),
    ];
    for event in events.into_iter().chain([button(to, false)]) {
        window.harness.input_mut().events.push(event);
        window.harness.step();
    }
    window.settle();
    let filter = window.desk().filter().to_owned();
    let (least, most) = filter.strip_prefix("heat:").and_then(|range| range.split_once("..")).expect(&filter);
    let (least, most): (f64, f64) = (least.parse().unwrap(), most.parse().unwrap());
    assert!(most - least > 50.0, "half of all bars: {filter}");
}

const MARKDOWN: &str = "# Lanterns at noon\n\nThe guild lit **every lantern** of the *upper* town, ~~three~~ four streets, and \
wrote `lantern --all` in its book. See [the plan of the guild](https://guild.example/plan) for what comes next.\n\n\
## Who was there\n\n1. The warden\n2. Two apprentices\n   - one with a **ladder**\n   - one without\n\n- [x] oil\n- [ ] wicks\n\n\
> We light them so that they are seen,\n> not so that we see.\n\n| Street | Lanterns | Note |\n|---|---|---|\n\
| Harbour Street | 12 | two of them **broken** since the storm, and not mended before the end of the month |\n| Mill Lane | 7 | |\n\n\
```\nfor street in town:\n    light(street)\n```\n\n---\n\n### After that\n\nNothing more.\n";

fn of_markdown() -> Place {
    let text = |n: usize| format!("---\ntitle: Story {n}\nquality: {n}\n---\n\n{MARKDOWN}");
    Place::of((1..4).map(|n| (format!("_news/{n}.md"), text(n))))
}

#[test]
fn markdown_looks_right_beside_its_text_and_as_a_reader_sees_it() {
    let mut stage = Stage::of(of_markdown(), LARGE, Theme::Dark);
    stage.press("Home");
    let edge = By::new().role(Role::Splitter).label("Resize panel");
    stage.window.harness.query_all(edge).last().unwrap().focus();
    stage.window.settle();
    stage.press(&["Left"; 30].join(" "));
    stage.look("markdown").press("Esc Alt+V Alt+L").look("preview");
}

#[test]
fn a_link_in_a_text_is_a_widget_of_its_own_and_says_where_it_leads() {
    let place = of_markdown();
    let mut window = place.open_with(LARGE, Theme::Dark, Opening::Site(place.site()));
    window.press("Home Alt+V");
    let link = window.harness.get_by_role_and_label(Role::Link, "the plan of the guild").rect();
    assert!(link.is_positive());
    move_to(&mut window, link.center());
    window.harness.run_steps(4);
    assert!(window.harness.query_by_label("https://guild.example/plan").is_some(), "the address is its tooltip");
}

#[test]
fn a_tooltip_goes_when_something_is_opened_over_it_by_key() {
    let words = "with a headline that is longer than any column of the table is wide";
    let text = |n: usize| format!("---\ntitle: Story {n} {words} {words} {words}\nquality: {n}\n---\n");
    let place = Place::of((1..6).map(|n| (format!("_news/{n}.md"), text(n))));
    let mut window = place.open_with(SMALL, Theme::Dark, Opening::Site(place.site()));
    let whole = |window: &Window| {
        let tips = By::new().role(Role::Label).label_contains("is wide with a headline");
        window.harness.query_all(tips).filter(|node| node.rect().width() > 10.0).count()
    };
    let before = whole(&window);
    let at = row(&window, 2);
    move_to(&mut window, at);
    window.harness.run_steps(6);
    assert_eq!(whole(&window), before + 1, "the tooltip of the title");
    for (keys, overlay) in [("Ctrl+K", Overlay::Palette), ("?", Overlay::Keys)] {
        window.press(keys);
        assert_eq!(window.desk().overlay(), Some(&overlay));
        assert_eq!(whole(&window), before, "{keys}: no tooltip stands over it");
        window.press("Esc");
    }
}

#[test]
fn a_click_beside_the_palette_closes_it_and_does_nothing_else() {
    let place = Place::new();
    let mut window = place.open();
    window.go_to(LEAD);
    let cursor = window.desk().cursor();
    window.press("Ctrl+K");
    let at = row(&window, 9) - vec2(120.0, 0.0);
    click(&mut window, at, PointerButton::Primary);
    assert_eq!((window.desk().overlay(), window.desk().cursor()), (None, cursor));
}

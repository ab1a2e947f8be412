//! What lies over the desk and asks something, worked by name; and what the site's settings remember of it.

use copydesk::desk::{Density, Desk, Overlay, Theme};
use egui::Event;
use egui::accesskit::Role;
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};

use crate::app::{Place, Window};

/// Gives a field the keyboard and another text.
fn fill(window: &mut Window, field: &str, text: &str) {
    window.harness.get_by_role_and_label(Role::TextInput, field).focus();
    window.settle();
    window.press("Ctrl+A");
    window.harness.input_mut().events.push(Event::Text(text.to_owned()));
    window.settle();
}

fn heat(desk: &Desk) -> f64 {
    let article = desk.cursor().unwrap();
    let path = desk.schema_of(article).heat_score().unwrap().path.clone();
    desk.document(article).unwrap().get(&path.pointer()).unwrap().as_f64().unwrap()
}

/// What a job of the runner writes is there in the end.
fn settings_of(window: &mut Window, place: &Place, want: &str) -> String {
    let file = place.site().join(".copydesk.yaml");
    window.until(want, |_| std::fs::read_to_string(&file).is_ok_and(|text| text.contains(want)));
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn settings_take_effect_at_once_and_presets_go_to_the_sites_own_file() {
    let place = Place::new();
    let mut window = place.open();
    window.press("Ctrl+,");
    window.click(Role::Button, "Light");
    window.click(Role::Button, "One line");
    window.click(Role::Button, "+");
    window.click(Role::Switch, "Go on to the next row after a judgement");
    let settings = window.desk().settings();
    assert_eq!((settings.theme, settings.density, settings.zoom), (Theme::Light, Density::Compact, 1));
    assert!(!settings.auto_advance);
    fill(&mut window, "Presets of Heat", "7 17");
    window.press("Enter");
    let text = settings_of(&mut window, &place, "presets");
    assert_eq!(text, "scores:\n  heat:\n    presets:\n      - 7\n      - 17\n");
    window.press("Esc");
    window.go_to(crate::app::LEAD);
    window.press("2");
    assert_eq!(heat(window.desk()), 17.0);
    drop(window);
    let mut window = place.open();
    assert_eq!((window.desk().settings().zoom, window.desk().settings().theme), (1, Theme::Light));
    window.go_to(crate::app::LEAD);
    window.press("1");
    assert_eq!(heat(window.desk()), 7.0);
}

#[test]
fn a_filter_is_kept_as_a_view_and_comes_back_by_its_key() {
    let place = Place::new();
    let mut window = place.open();
    window.press("/");
    window.type_text("light");
    window.press("Enter Ctrl+D");
    assert_eq!(window.desk().overlay(), Some(&Overlay::SaveView));
    window.type_text("Lights");
    window.press("Enter");
    let text = settings_of(&mut window, &place, "Lights");
    assert_eq!(text, "views:\n  - name: \"Lights\"\n    filter: \"light\"\n");
    let rows = window.desk().rows().to_vec();
    window.press("Esc Esc");
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("", 27));
    window.press("Ctrl+1");
    assert_eq!((window.desk().filter(), window.desk().rows()), ("light", rows.as_slice()));
    let name = format!("Lights, {}", rows.len());
    let row = window.harness.get_by_role_and_label(Role::Button, &name);
    assert_eq!(
        row.accesskit_node().toggled(),
        Some(egui::accesskit::Toggled::True),
        "the sidebar shows it with its count"
    );
    drop(window);
    let mut window = place.open();
    assert_eq!(window.desk().filter(), "light", "the filter is remembered");
    window.press("Esc Ctrl+1");
    assert_eq!(window.desk().rows(), rows);
}

#[test]
fn replacing_lists_the_changes_before_they_are_made() {
    let place = Place::new();
    let mut window = place.open();
    window.press("Ctrl+A Ctrl+H");
    window.type_text("lighthouse");
    fill(&mut window, "Replace with", "beacon");
    for shown in [
        "Emberholm’s lighthouse shines again after forty dark years",
        "Emberholm’s beacon shines again after forty dark years",
    ] {
        assert!(window.harness.query_all_by_label(shown).next().is_some(), "{shown}");
    }
    assert_eq!(window.desk().changed_count(), 0, "nothing is done yet");
    window.click(Role::Switch, "Case counts");
    window.click(Role::Button, "Replace in 1 article");
    assert_eq!(window.desk().changed_count(), 1);
    window.press("Ctrl+Z Ctrl+H");
    window.click(Role::Switch, "Regular expression");
    fill(&mut window, "Find", "(");
    assert!(window.harness.query_by_label_contains("regex").is_some(), "what is wrong with it is said");
    window.press("Esc");
    assert_eq!(window.desk().changed_count(), 0);
}

#[test]
fn facets_and_histograms_write_the_filter() {
    let place = Place::new();
    let mut window = place.open();
    window.until("learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    let ferries = window.harness.query_all_by_role(Role::Button).find_map(|node| {
        let label = node.accesskit_node().label()?;
        label.strip_prefix("Ferries, ").map(|count| count.parse::<usize>().unwrap())
    });
    let ferries = ferries.expect("the topic is in the sidebar");
    window.click(Role::Button, &format!("Ferries, {ferries}"));
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("topics:Ferries", ferries));
    // Counts follow the filter, and a second click takes it back.
    window.click(Role::Button, &format!("Ferries, {ferries}"));
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("", 27));
    let bars = histogram(&window).rect();
    let (from, to) =
        (bars.left_center() + egui::vec2(bars.width() * 0.6, 0.0), bars.right_center() - egui::vec2(1.0, 0.0));
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    for event in [
        Event::PointerMoved(from),
        button(from, true),
        Event::PointerMoved(from.lerp(to, 0.5)),
        Event::PointerMoved(to),
        button(to, false),
    ] {
        window.harness.input_mut().events.push(event);
        window.harness.step();
    }
    window.settle();
    let desk = window.desk();
    assert!(desk.filter().starts_with("heat:") && desk.rows().len() < 27, "{}", desk.filter());
    let catalog = desk.catalog().unwrap();
    let heats = desk.rows().iter().map(|id| catalog.cell(*id, &copydesk::catalog::ColumnKey::field("heat")));
    assert!(heats.map(|cell| cell.to_string().parse::<f64>().unwrap()).all(|heat| heat > 60.0));
    let bars_before = desk.histograms().to_vec();
    // Only the range is another one; the bars stay, so that it can be made wider. By keys too.
    histogram(&window).focus();
    window.settle();
    let before = window.desk().rows().len();
    window.press("Left Left");
    assert!(window.desk().rows().len() >= before && window.desk().filter() != "");
    assert_eq!(window.desk().histograms()[1].1.counts.len(), bars_before[1].1.counts.len());
    window.press("Delete");
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("", 27));
}

fn histogram(window: &Window) -> egui_kittest::Node<'_> {
    let heat =
        By::new().role(Role::Slider).predicate(|node| node.label().is_some_and(|label| label.starts_with("Heat,")));
    window.harness.get(heat)
}

#[test]
fn a_site_is_opened_as_it_was_left() {
    let place = Place::new();
    let size = [1440.0, 500.0];
    let open = |place: &Place| place.open_with(size, egui::Theme::Dark, copydesk::app::Opening::Site(place.site()));
    let mut window = open(&place);
    window.press("Ctrl+I Alt+S Ctrl+I /");
    window.type_text("the");
    window.press("Enter End K K Shift+J");
    window.click(Role::ColumnHeader, "Quality");
    window.press("Shift+K");
    let state = |window: &Window| {
        let desk = window.desk();
        let catalog = desk.catalog().unwrap();
        let paths = |ids: Vec<_>| -> Vec<String> { ids.into_iter().map(|id| catalog.path(id).to_string()).collect() };
        let sort: Vec<_> = desk.sort().iter().map(|key| (key.column.to_string(), key.descending)).collect();
        let collection = desk.collection().map(str::to_owned);
        let tab = desk.site_state().map(|state| (state.tab, state.sidebar, state.inspector));
        (
            desk.filter().to_owned(),
            (collection, sort),
            paths(desk.targets()),
            paths(desk.cursor().into_iter().collect()),
            tab,
        )
    };
    let top = |window: &Window| window.desk().catalog().unwrap().path(window.desk().top().unwrap());
    let (left, left_top) = (state(&window), top(&window));
    assert!(left.0 == "the" && left.2.len() > 1, "{left:?}");
    assert_ne!(Some(&window.desk().top().unwrap()), window.desk().rows().first(), "it is scrolled");
    window.press("Ctrl+W");
    window.settle();
    drop(window);
    let mut window = open(&place);
    window.settle();
    assert_eq!(state(&window), left);
    assert_eq!(top(&window), left_top, "the same row is the first in view");
}

#[test]
fn a_dialog_that_was_given_up_begins_anew_with_the_keyboard_in_it() {
    let place = Place::new();
    let mut window = place.open();
    window.until("learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    window.go_to("2026-06-14-comet-to-pass-close-enough-to-read-by.md");
    window.press("H");
    window.type_text("777");
    window.press("Esc");
    assert_eq!((window.desk().overlay(), window.desk().changed_count()), (None, 0));
    window.press("H");
    window.type_text("123");
    window.press("Enter");
    let desk = window.desk();
    let changed = desk.changed().next().expect("it is set");
    assert_eq!(desk.catalog().unwrap().cell(changed, &copydesk::catalog::ColumnKey::field("heat")).to_string(), "123");
}

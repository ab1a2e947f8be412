//! Cells: edited in place, filtered by, and the menu of a row.

use copydesk::desk::Overlay;
use egui::accesskit::Role;
use egui::{Event, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};

use crate::app::{Place, Window};

const CONFIG: &str = "\
columns: [title, excerpt, count, heat, publishedDateTime, webUrl, type, topics, published]
kinds: {count: number, type: choice, excerpt: text}
";

fn article(name: &str, day: u32, kind: &str, topics: &str) -> (String, String) {
    let text = format!(
        "---\ntitle: {name}\nexcerpt: About {name}\ncount: 3\nquality: 50\nheat: 80\npublishedDateTime: 2026-06-{day:02}T10:00:00Z\n\
         webUrl: https://{name}.example/1\ntype: {kind}\ntopics:\n{topics}published: false\n---\n"
    );
    (format!("_news/{name}.md"), text)
}

fn place() -> Place {
    let files = [
        article("alpha", 4, "article", "  - Sea\n  - Land\n"),
        article("beta", 3, "video", "  - Land\n"),
        article("gamma", 2, "article", "  - Sea\n"),
        article("delta", 1, "video", "  - Air\n"),
    ];
    let config = (".copydesk.yaml".to_owned(), CONFIG.to_owned());
    Place::of(files.into_iter().chain([config]))
}

fn open(place: &Place) -> Window {
    place.open_with([1800.0, 900.0], egui::Theme::Dark, copydesk::app::Opening::Site(place.site()))
}

/// The pending text of the article that begins so.
fn pending(window: &Window, title: &str) -> String {
    let desk = window.desk();
    let article = desk.rows().iter().find(|id| desk.catalog().unwrap().path(**id).stem() == title).unwrap();
    desk.draft(*article).and_then(|draft| draft.text().cloned()).map(|text| text.to_string()).unwrap_or_default()
}

/// The middle of a cell, by its row's title and its column's header.
pub fn cell(window: &Window, title: &str, column: &str) -> Pos2 {
    let row = window.harness.get_by_role_and_label(Role::Row, title).rect();
    let named = By::new()
        .role(Role::ColumnHeader)
        .predicate(|node| node.label().is_some_and(|label| label.split(',').next() == Some(column)));
    let header = window.harness.get(named);
    pos2(header.rect().center().x, row.center().y)
}

pub fn click(window: &mut Window, at: Pos2, button: PointerButton, modifiers: Modifiers, times: usize) {
    for _ in 0..times {
        let press = |pressed| Event::PointerButton { pos: at, button, pressed, modifiers };
        let events = [Event::ModifiersChanged(modifiers), Event::PointerMoved(at), press(true), press(false)];
        window.harness.input_mut().events.extend(events);
        window.harness.step();
    }
    window.harness.input_mut().events.push(Event::ModifiersChanged(Modifiers::NONE));
    window.settle();
}

pub fn write(window: &mut Window, text: &str) {
    window.harness.input_mut().events.push(Event::Text(text.to_owned()));
    window.settle();
}

#[test]
fn a_row_is_one_row_to_a_screen_reader() {
    let place = place();
    let window = open(&place);
    assert_eq!(window.harness.query_all_by_role(Role::Row).count(), 4);
}

#[test]
fn every_scalar_kind_is_edited_in_its_cell_and_tab_goes_on() {
    let place = place();
    let mut window = open(&place);
    window.press("F2");
    for (typed, label) in [
        ("First", "Title of alpha"),
        ("What it says", "Excerpt of First"),
        ("7", "Count of First"),
        ("95", "Heat of First"),
        ("2026-06-05", "Published of First"),
        ("https://first.example/2", "Web URL of First"),
    ] {
        assert!(window.harness.query_by_label(label).is_some(), "{label}");
        write(&mut window, typed);
        window.press("Tab");
    }
    write(&mut window, "vid");
    window.press("Down Tab Space Enter");
    let text = pending(&window, "alpha");
    for line in [
        "title: First\n",
        "excerpt: What it says\n",
        "count: 7\n",
        "heat: 95\n",
        "publishedDateTime: 2026-06-05T10:00:00Z\n",
        "webUrl: https://first.example/2\n",
        "type: video\n",
        "published: true\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert_eq!(window.desk().changed_count(), 1);
    window.press("J");
    assert_eq!(window.desk().cursor_row(), Some(1), "the table has the keyboard again");
}

#[test]
fn a_field_in_a_cell_is_as_wide_as_its_text_but_stays_among_the_rows() {
    let place = place();
    let mut window = place.open_with([1000.0, 700.0], egui::Theme::Dark, copydesk::app::Opening::Site(place.site()));
    let header = |window: &Window, name: &str| {
        let named =
            By::new().role(Role::ColumnHeader).predicate(|node| node.label().is_some_and(|it| it.starts_with(name)));
        window.harness.get(named).rect()
    };
    window.press("F2 Tab Tab Tab");
    let field = window.harness.get_by_label("Heat of alpha").rect();
    assert!(field.width() <= header(&window, "Heat").width() + 8.0, "two digits need no more: {field}");
    window.press("Tab");
    let field = window.harness.get_by_label("Published of alpha").rect();
    let published = header(&window, "Published");
    assert!(field.width() > published.width() + 20.0, "the whole date is in view: {field} of {published}");
    let table = window.harness.get_by_role_and_label(Role::Grid, "Articles, 4 rows").rect();
    assert!(table.contains_rect(field), "{field} in {table}");
    write(&mut window, "2026-06-05");
    window.press("Enter");
    assert!(pending(&window, "alpha").contains("publishedDateTime: 2026-06-05T10:00:00Z\n"));
}

#[test]
fn an_order_that_no_header_shows_is_named_below() {
    let place = place();
    let mut window = open(&place);
    let named = |window: &Window| {
        let mut labels = window.harness.query_all_by_role(Role::Label).filter_map(|it| it.accesskit_node().value());
        labels.find(|text| text.contains(" · by "))
    };
    window.click(Role::ColumnHeader, "Heat");
    assert_eq!(named(&window), None, "the header says it");
    window.press("Alt+G");
    assert!(named(&window).unwrap().ends_with(" · by heat ↓"), "pictures have no headers");
    window.press("Alt+G");
    window.press("Ctrl+K");
    window.type_text("columns");
    window.press("Enter");
    window.click(Role::Switch, "Show Heat");
    window.press("Esc");
    assert!(named(&window).unwrap().ends_with(" · by heat ↓"));
}

#[test]
fn an_order_whose_column_has_no_room_is_named_below() {
    let place = Place::new();
    let mut window = place.open();
    let is_named = |window: &Window| {
        let mut labels = window.harness.query_all_by_role(Role::Label).filter_map(|it| it.accesskit_node().value());
        labels.any(|text| text.ends_with(" · by published ↓"))
    };
    assert!(!is_named(&window), "the header says it");
    window.harness.set_size(egui::vec2(1000.0, 700.0));
    window.settle();
    assert!(
        window.harness.query_by_role_and_label(Role::ColumnHeader, "Published").is_none(),
        "it gave way to the title"
    );
    assert!(is_named(&window));
}

#[test]
fn tab_goes_on_to_the_next_row_and_shift_tab_comes_back() {
    let place = place();
    let mut window = open(&place);
    window.press("F2 Shift+Tab");
    assert_eq!(window.desk().cursor_row(), Some(0), "there is no row before the first");
    window.press("F2 Tab Tab Tab Tab Tab Tab Tab");
    assert!(window.harness.query_by_label("Live of alpha").is_some());
    window.press("Tab");
    assert_eq!(window.desk().cursor_row(), Some(1));
    assert!(window.harness.query_by_label("Title of beta").is_some());
    window.press("Shift+Tab");
    assert!(window.harness.query_by_label("Live of alpha").is_some());
    window.press("Esc");
    assert_eq!((window.desk().cursor_row(), window.desk().changed_count()), (Some(0), 0));
}

#[test]
fn what_is_no_value_stays_in_the_cell_with_its_reason_and_escape_gives_up() {
    let place = place();
    let mut window = open(&place);
    for (column, label, typed) in [
        ("Published", "Published of alpha", "soon"),
        ("Heat", "Heat of alpha", "hot"),
        ("Web URL", "Web URL of alpha", "not an address"),
    ] {
        let at = cell(&window, "alpha", column);
        click(&mut window, at, PointerButton::Primary, Modifiers::NONE, 2);
        write(&mut window, typed);
        window.press("Enter");
        assert_eq!(window.harness.get_by_label(label).value().as_deref(), Some(typed), "it stays");
        assert_eq!(window.desk().changed_count(), 0);
        window.press("Esc");
        assert!(window.harness.query_by_label(label).is_none());
    }
    assert_eq!(window.desk().changed_count(), 0);
}

#[test]
fn a_choice_is_picked_from_its_list_by_pointer() {
    let place = place();
    let mut window = open(&place);
    let at = cell(&window, "gamma", "Type");
    click(&mut window, at, PointerButton::Primary, Modifiers::NONE, 2);
    let offer = window.harness.get_by_role_and_label(Role::Button, "video").rect().center();
    click(&mut window, offer, PointerButton::Primary, Modifiers::NONE, 1);
    assert!(pending(&window, "gamma").contains("type: video\n"));
}

#[test]
fn alt_click_filters_by_the_chip_or_cell_and_with_shift_leaves_it_out() {
    let place = place();
    let mut window = open(&place);
    let alt = Modifiers::ALT;
    let topics = cell(&window, "alpha", "Topics");
    let left = window.harness.get_by_role_and_label(Role::Row, "alpha").rect().left();
    // The first chip begins where the column does, the second one behind it.
    let header = window.harness.get_by_role_and_label(Role::ColumnHeader, "Topics").rect();
    assert!(left < header.left());
    click(&mut window, pos2(header.left() + 12.0, topics.y), PointerButton::Primary, alt, 1);
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("topics:Sea", 2));
    window.press("Esc");
    click(&mut window, pos2(header.left() + 52.0, topics.y), PointerButton::Primary, alt, 1);
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("topics:Land", 2));
    let kind = cell(&window, "beta", "Type");
    click(&mut window, kind, PointerButton::Primary, alt | Modifiers::SHIFT, 1);
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("topics:Land -type:video", 1));
}

#[test]
fn the_menu_of_a_row_filters_by_its_cell_and_judges() {
    let place = place();
    let mut window = open(&place);
    let at = cell(&window, "gamma", "Type");
    click(&mut window, at, PointerButton::Secondary, Modifiers::NONE, 1);
    assert_eq!(window.desk().cursor_row(), Some(2), "the row is chosen");
    window.click(Role::Button, "Leave out “article”");
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("-type:article", 2));
    window.press("Esc");
    let at = cell(&window, "delta", "Title");
    click(&mut window, at, PointerButton::Secondary, Modifiers::NONE, 1);
    window.click(Role::Button, "Live");
    assert!(pending(&window, "delta").contains("published: true\n"));
    let at = cell(&window, "delta", "Title");
    click(&mut window, at, PointerButton::Secondary, Modifiers::NONE, 1);
    window.click(Role::Button, "Quick look");
    assert_eq!(window.desk().overlay(), Some(&Overlay::QuickLook));
}

#[test]
fn columns_are_chosen_ordered_and_hidden_and_kept_for_each_collection() {
    let place = place();
    let mut window = open(&place);
    let headers = |window: &Window| -> Vec<String> {
        let mut found: Vec<_> = window
            .harness
            .query_all_by_role(Role::ColumnHeader)
            .map(|node| (node.rect().left(), node.accesskit_node().label().unwrap_or_default()))
            .collect();
        found.sort_by(|one, other| one.0.total_cmp(&other.0));
        found.into_iter().map(|(_, label)| label.split(',').next().unwrap().to_owned()).collect()
    };
    assert_eq!(
        headers(&window),
        ["Title", "Excerpt", "Count", "Heat", "Published", "Web URL", "Type", "Topics", "Live"],
        "as configured"
    );
    window.press("Ctrl+K");
    window.type_text("columns");
    window.press("Enter");
    let unknown = |window: &Window| window.harness.query_by_label("Show the path second").is_some();
    window.type_text("second");
    assert!(unknown(&window), "the search has the keyboard");
    window.press("Esc");
    assert!(!unknown(&window));
    assert_eq!(window.desk().overlay(), Some(&Overlay::Columns), "it empties the search first");
    window.click(Role::Switch, "Show Excerpt");
    window.click(Role::Button, "Heat to the left");
    window.harness.get_by_role_and_label(Role::Switch, "Show Web URL").focus();
    window.settle();
    window.press("Alt+Up");
    window.harness.get_by_label("Search columns").focus();
    window.settle();
    write(&mut window, "topics.name");
    window.click(Role::Button, "Show the path topics.name");
    window.press("Esc");
    let chosen = ["Title", "Heat", "Count", "Web URL", "Published", "Type", "Topics", "Live", "topics.name"];
    assert_eq!(headers(&window), chosen);
    drop(window);
    let mut window = open(&place);
    assert_eq!(headers(&window), chosen, "they are remembered");
    window.press("Ctrl+K");
    window.type_text("columns");
    window.press("Enter");
    window.click(Role::Button, "The usual ones");
    window.press("Esc");
    assert_eq!(headers(&window)[1], "Excerpt");
}

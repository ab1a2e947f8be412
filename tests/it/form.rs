//! The form of the inspector, worked by names and keys: fields added, renamed and removed, the four ways of saying nothing,
//! messages under fields, and what is typed.

use copydesk::catalog::ArticleId;
use copydesk::desk::Tab;
use egui::accesskit::Role;
use egui::{Event, ImeEvent};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::app::{LEAD, Place, Window};

/// A window on the lead story, and the story.
pub fn lead(place: &Place) -> (Window, ArticleId) {
    let mut window = place.open();
    // What is learned of all articles changes what a field is edited with.
    window.until("everything is learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    window.go_to(LEAD);
    let article = window.desk().cursor().unwrap();
    (window, article)
}

impl Window {
    /// The article's text now, saved or not.
    pub fn now(&self, article: ArticleId) -> String {
        self.desk().document(article).unwrap().text().to_owned()
    }

    /// The lines that differ from the file on disk.
    pub fn differs(&self, article: ArticleId) -> String {
        let Some(draft) = self.desk().draft(article) else { return String::new() };
        let diff = copydesk::text::unified("x", draft.base_text(), &self.now(article));
        let is_changed =
            |line: &&str| line.starts_with(['-', '+']) && !line.starts_with("---") && !line.starts_with("+++");
        diff.lines().filter(is_changed).collect::<Vec<_>>().join("\n")
    }

    /// Brings a widget into view and gives it the keyboard.
    pub fn focus(&mut self, role: Role, name: &str) {
        let node = self.harness.get_by_role_and_label(role, name);
        node.scroll_to_me();
        node.focus();
        self.settle();
    }

    /// Chooses from the menu of a field.
    pub fn choose(&mut self, field: &str, item: &str) {
        self.harness.get_by_role_and_label(Role::Button, &format!("Menu of {field}")).scroll_to_me();
        self.settle();
        self.click(Role::Button, &format!("Menu of {field}"));
        self.click(Role::Button, item);
    }

    pub fn shows(&self, text: &str) -> bool {
        self.harness.query_all_by_label(text).next().is_some()
    }
}

#[test]
fn absent_null_empty_text_and_empty_list_are_four_things_and_each_can_be_set() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    for (item, line, word) in [
        ("Set to null", "+type: null", "null"),
        ("Set to empty text", "+type: \"\"", "empty text"),
        ("Set to empty list", "+type: []", "empty list"),
        ("Remove the field", "", "absent"),
    ] {
        window.choose("Type", item);
        let differs = window.differs(article);
        let written = differs.lines().find(|line| line.starts_with('+')).unwrap_or_default();
        assert_eq!(written.trim_end(), line, "{item}: {differs}");
        if word != "absent" {
            assert!(window.shows(word), "{word} is not to be seen");
        }
        window.press("Ctrl+S");
        window.until("it is saved", |desk| desk.changed_count() == 0);
        assert_eq!(window.now(article), std::fs::read_to_string(place.site().join("_news").join(LEAD)).unwrap());
    }
}

#[test]
fn a_field_is_renamed_in_its_place_with_its_bytes_as_one_step() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    let before = window.now(article);
    window.choose("Type", "Rename…");
    window.press("Ctrl+A");
    window.type_text("sort");
    window.press("Enter");
    assert_eq!(window.differs(article), "-type: article\n+sort: article");
    window.press("Ctrl+Z");
    assert_eq!(window.now(article), before);

    window.choose("Type", "Rename…");
    window.type_text("other");
    window.press("Esc");
    assert_eq!(window.now(article), before, "Escape leaves it as it was");
}

#[test]
fn the_menu_of_a_field_is_worked_by_keys() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.focus(Role::TextInput, "Type");
    window.press("Alt+Enter");
    assert!(window.shows("Set to null"), "the menu is open");
    window.press("Enter");
    assert_eq!(window.differs(article), "-type: article\n+type: null");
}

#[test]
fn a_field_is_added_where_the_siblings_have_it_or_under_a_new_name() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.choose("Type", "Remove the field");
    let add = |window: &mut Window, typed: &str| {
        window.harness.get_by_role_and_label(Role::Button, "Add a field").scroll_to_me();
        window.settle();
        window.click(Role::Button, "Add a field");
        window.type_text(typed);
    };
    add(&mut window, "ty");
    window.press("Enter");
    window.type_text("news");
    assert_eq!(window.differs(article), "-type: article\n+type: news", "in its usual place, and it has the keyboard");
    window.press("Esc");

    add(&mut window, "mood");
    window.click(Role::Button, "List of texts");
    assert!(window.differs(article).contains("+mood: []"), "{}", window.differs(article));

    add(&mut window, "mood");
    assert!(window.shows("There is already a “mood”"));
    window.press("Enter Esc");
    assert_eq!(window.differs(article).matches("mood").count(), 1);
}

#[test]
fn escape_gives_an_absent_value_back_and_not_an_empty_text() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.choose("Excerpt", "Set to null");
    let before = window.now(article);
    window.focus(Role::MultilineTextInput, "Excerpt");
    window.type_text("abc");
    assert!(window.differs(article).contains("abc"));
    window.press("Esc");
    assert_eq!(window.now(article), before);
}

#[test]
fn what_escape_took_back_can_be_had_again() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.focus(Role::MultilineTextInput, "Excerpt");
    window.press("Ctrl+A");
    window.type_text("Written for an hour");
    window.press("Esc");
    assert_eq!(window.differs(article), "", "the text that was there");
    assert!(window.shows("1 article · excerpt as before"), "and it is said");
    window.press("Ctrl+Z");
    assert!(window.differs(article).contains("Written for an hour"));
    window.press("Ctrl+Z");
    assert_eq!(window.differs(article), "");
}

#[test]
fn a_date_is_typed_in_peace_and_written_in_the_form_it_had() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.focus(Role::TextInput, "Published date");
    window.press("Ctrl+A");
    window.type_text("2026-06-2");
    let value = |window: &Window| {
        window.harness.get_by_role_and_label(Role::TextInput, "Published date").accesskit_node().value().unwrap()
    };
    assert_eq!(value(&window), "2026-06-2", "it is not rewritten under the hands");
    window.type_text("1");
    window.press("Tab");
    assert_eq!(value(&window), "2026-06-21T05:40:00Z");
    assert!(window.differs(article).ends_with("+publishedDateTime: 2026-06-21T05:40:00Z"));
}

#[test]
fn what_is_no_value_stays_in_the_field_with_a_message_and_is_not_written() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.focus(Role::TextInput, "Published date");
    window.press("End Backspace");
    window.type_text("x");
    assert!(window.harness.query_all_by_label_contains("is not a date").next().is_some());
    assert!(!window.differs(article).contains('x'));
    window.press("Esc");
    assert_eq!(window.differs(article), "");
}

#[test]
fn an_input_method_writes_into_a_field_when_its_text_is_chosen() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.press("E");
    window.press("Ctrl+A");
    let compose = |window: &mut Window, event: ImeEvent| {
        window.harness.input_mut().events.push(Event::Ime(event));
        window.settle();
    };
    compose(&mut window, ImeEvent::Preedit { text: "とうd".to_owned(), active_range_chars: None });
    assert_eq!(window.differs(article), "", "what is composed is not the editor's yet");
    compose(&mut window, ImeEvent::Commit("灯台".to_owned()));
    assert!(window.differs(article).ends_with("+title: \"灯台\""), "{}", window.differs(article));
}

#[test]
fn what_an_input_method_composes_is_no_filter_until_it_is_chosen() {
    let place = Place::new();
    let mut window = place.open();
    window.press("/");
    let compose = |window: &mut Window, event: ImeEvent| {
        window.harness.input_mut().events.push(Event::Ime(event));
        window.settle();
    };
    compose(&mut window, ImeEvent::Preedit { text: "とうd".to_owned(), active_range_chars: None });
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("", 27));
    compose(&mut window, ImeEvent::Commit("灯台".to_owned()));
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("灯台", 1));
}

#[test]
fn a_problem_stands_under_its_field_and_leads_to_its_line() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.focus(Role::TextInput, "Add to Topics");
    window.type_text("Submarines,");
    let message = window.harness.query_all_by_label_contains("“Submarines” is not in the vocabulary").next();
    message.expect("a message under the field").click();
    window.settle();
    assert_eq!(window.desk().site_state().unwrap().tab, Tab::Source);
    let (of, at) = window.desk().source_request().place.unwrap();
    let text = window.now(article);
    assert_eq!((of, text.lines().nth(at.line as usize - 1)), (article, Some("  - Submarines")));
}

#[test]
fn a_refusal_names_its_line_and_shows_it_in_the_source() {
    let place = Place::new();
    let file = place.site().join("_news").join(LEAD);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("type: article\nquality", "type: !kind article\nquality")).unwrap();
    let (mut window, article) = lead(&place);
    window.focus(Role::TextInput, "Type");
    window.press("End");
    window.type_text("s");
    let toast = window.desk().toasts().last().unwrap().text.clone();
    assert!(toast.contains(&format!("_news/{LEAD}:9:")), "{toast}");
    window.click(Role::Button, "Show in Source");
    let (of, at) = window.desk().source_request().place.unwrap();
    assert_eq!((of, at.line, window.desk().site_state().unwrap().tab), (article, 9, Tab::Source));
}

#[test]
fn a_score_is_set_by_keys_and_by_the_rule_of_the_house() {
    let place = Place::new();
    for n in 0..60 {
        let related = ["", "related:\n  - title: One\n", "related:\n  - title: One\n  - title: Two\n"][n % 3];
        let (quality, heat) = (40 + n, 40 + n + 10 * (n % 3));
        let text = format!(
            "---\ntitle: Story {n}\nquality: {quality}\nheat: {heat}\npublished: {}\n{related}---\n",
            heat >= 100
        );
        std::fs::write(place.site().join(format!("_news/2020-01-01-story-{n}.md")), text).unwrap();
    }
    let (mut window, article) = lead(&place);
    window.until("scores learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    let changed = |window: &Window| window.differs(article).lines().last().unwrap_or_default().to_owned();
    window.focus(Role::Slider, "Heat");
    window.press("Right Up Left");
    assert_eq!(changed(&window), "+heat: 143");
    window.press("Shift+Down");
    assert_eq!(changed(&window), "+heat: 133");
    window.click(Role::Button, "Set Heat to 142");
    assert_eq!(changed(&window), "", "112 and 10 for each of three entries");
    window.click(Role::Button, "Type Quality");
    window.press("Ctrl+A");
    window.type_text("99");
    window.press("Enter");
    assert_eq!(changed(&window), "+quality: 99");
}

#[test]
fn a_body_is_written_beside_its_preview() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.focus(Role::MultilineTextInput, "Body");
    window.press("Ctrl+A");
    window.type_text("lantern");
    assert!(window.now(article).trim_end().ends_with("\nlantern"), "{}", window.differs(article));
    window.focus(Role::Switch, "Preview of the body");
    assert!(window.shows("lantern"), "as a reader sees it");
    window.press("Space");
    assert!(!window.shows("lantern"));
}

#[test]
fn tags_are_completed_by_arrows_and_by_click() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.focus(Role::TextInput, "Add to Topics");
    window.type_text("clock");
    window.press("Down Enter");
    assert!(window.now(article).contains("  - Clockwork\n"), "{}", window.differs(article));
    window.type_text("ferr");
    window.click(Role::Button, "Ferries");
    assert!(window.now(article).contains("  - Ferries\n"), "{}", window.differs(article));
}

#[test]
fn the_time_of_a_date_is_typed_and_its_zone_shown() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.click(Role::Button, "Calendar of Published date");
    let zone = window.harness.query_all_by_role(Role::Label).any(|label| label.value().as_deref() == Some("UTC"));
    assert!(zone, "the zone is shown");
    window.harness.get_by_role_and_label(Role::TextInput, "Time of Published date").focus();
    window.settle();
    window.press("Ctrl+A");
    window.type_text("18:30");
    assert!(
        window.differs(article).ends_with("+publishedDateTime: 2026-06-12T18:30:00Z"),
        "{}",
        window.differs(article)
    );
}

#[test]
fn text_from_right_to_left_is_read_turned_round_and_typed_as_it_is() {
    let place = Place::new();
    let file = place.site().join("_news").join(LEAD);
    let text = std::fs::read_to_string(&file).unwrap();
    let title = text.lines().find(|line| line.starts_with("title: ")).unwrap().to_owned();
    std::fs::write(&file, text.replacen(&title, "title: \"שלום עולם\"", 1)).unwrap();
    let (mut window, article) = lead(&place);
    window.press("E End");
    window.type_text("!");
    window.press("Esc E End");
    window.type_text("x");
    assert!(window.differs(article).ends_with("+title: \"שלום עולםx\""), "{}", window.differs(article));
}

#[test]
fn a_score_card_and_the_live_switch_have_the_menu_of_a_field() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    for (item, line, word) in
        [("Set to null", "+heat: null", "null"), ("Set to empty text", "+heat: \"\"", "empty text")]
    {
        window.choose("Heat", item);
        assert!(window.differs(article).ends_with(line), "{item}: {}", window.differs(article));
        window.click(Role::Button, "Undo Heat");
        assert_eq!(window.differs(article), "", "{word} is taken back");
    }
    window.choose("Quality", "Remove the field");
    assert_eq!(window.differs(article), "-quality: 112");
    window.press("Ctrl+Z");
    window.choose("Quality", "Rename…");
    window.press("Ctrl+A");
    window.type_text("worth");
    window.press("Enter");
    assert_eq!(window.differs(article), "-quality: 112\n+worth: 112");
    window.press("Ctrl+Z");
    window.choose("Published", "Set to null");
    assert_eq!(window.differs(article), "-published: true\n+published: null");
    window.press("Ctrl+Z");
    // By keys, from the card itself.
    window.focus(Role::Slider, "Heat");
    window.press("Alt+Enter Enter");
    assert_eq!(window.differs(article), "-heat: 142\n+heat: null");
    window.press("Ctrl+Z");
    window.focus(Role::Switch, "Live");
    window.press("Alt+Enter Enter");
    assert_eq!(window.differs(article), "-published: true\n+published: null");
}

#[test]
fn a_field_is_added_renamed_and_removed_by_commands_of_the_palette() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    let palette = |window: &mut Window, command: &str| {
        window.press("Ctrl+K");
        window.type_text(command);
        window.press("Enter");
    };
    palette(&mut window, "remove a field");
    window.type_text("typ");
    window.press("Enter");
    assert_eq!(window.differs(article), "-type: article");
    window.press("Alt+A");
    window.type_text("type");
    window.press("Enter");
    window.type_text("news");
    assert_eq!(window.differs(article), "-type: article\n+type: news", "the new field has the keyboard");
    window.press("Esc");
    palette(&mut window, "undo all edits");
    assert_eq!(window.differs(article), "");
    palette(&mut window, "rename a field");
    window.type_text("type");
    window.press("Enter Ctrl+A");
    window.type_text("sort");
    window.press("Enter");
    assert_eq!((window.desk().overlay(), window.differs(article).as_str()), (None, "-type: article\n+sort: article"));
    palette(&mut window, "rename a field");
    window.press("Down Down Up Esc");
    assert_eq!(window.desk().overlay(), None, "Escape leaves everything as it was");
    assert_eq!(window.differs(article), "-type: article\n+sort: article");
}

#[test]
fn several_articles_get_and_lose_a_field_in_one_step() {
    let article = |name: &str, kind: &str| (format!("_news/{name}.md"), format!("---\ntitle: {name}\n{kind}---\n"));
    let place = Place::of([article("a", "type: x\n"), article("b", "type: y\n"), article("c", "")]);
    let mut window = place.open();
    window.press("Ctrl+A Ctrl+K");
    window.type_text("rename a field");
    window.press("Enter");
    window.type_text("type");
    window.press("Enter");
    window.type_text("s");
    window.click(Role::Button, "Rename in 2");
    let texts: Vec<String> = window
        .desk()
        .rows()
        .to_vec()
        .into_iter()
        .map(|id| window.differs(id))
        .filter(|text| !text.is_empty())
        .collect();
    assert_eq!(texts, ["-type: x\n+types: x", "-type: y\n+types: y"], "the one without it is left alone");
    window.press("Ctrl+Z");
    assert_eq!(window.desk().changed_count(), 0);
}

#[test]
fn a_day_is_chosen_in_the_calendar_by_keys() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    let written = |window: &Window| window.differs(article).lines().last().unwrap_or_default().to_owned();
    window.focus(Role::Button, "Calendar of Published date");
    window.press("Enter");
    assert!(window.shows("Day, Friday 12 June 2026"), "it stands on the day that the field has");
    window.press("Right Down Left Up Right");
    assert!(window.shows("Day, Saturday 13 June 2026"));
    window.press("Esc");
    assert_eq!((written(&window).as_str(), window.shows("Day, Saturday 13 June 2026")), ("", false));
    window.press("Enter PageDown End Enter");
    assert_eq!(written(&window), "+publishedDateTime: 2026-07-12T05:40:00Z", "in the form it had, with its time");
    assert!(!window.shows("Month after"), "it is closed");
    window.press("Enter");
    window.press("Shift+PageUp Enter");
    assert_eq!(written(&window), "+publishedDateTime: 2025-07-12T05:40:00Z");
}

#[test]
fn a_provider_is_found_by_typing_and_taken_by_arrows_and_enter() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    let provider = "Provider: The Harbour Lantern, harbour-lantern.example";
    window.focus(Role::Button, provider);
    window.press("Enter");
    window.type_text("tid");
    window.press("Esc");
    assert_eq!(window.differs(article), "");
    window.press("Enter");
    window.type_text("e");
    assert!(window.shows("Tide Table"), "what is typed finds names and domains");
    window.press("Down Up Down Esc Enter");
    window.type_text("tide-t");
    window.press("Enter");
    let differs = window.differs(article);
    assert!(differs.contains("name: Tide Table") && differs.contains("domain: tide-table.example"), "{differs}");
    assert!(!window.shows("Find a provider"), "it is closed");
    window.press("Enter");
    window.type_text("nobody here");
    window.press("Enter");
    assert!(window.harness.query_all_by_label_contains("No provider of that name").next().is_some());
}

#[test]
fn a_value_is_found_by_typing_and_taken_by_enter() {
    let place = Place::new();
    let (mut window, article) = lead(&place);
    window.focus(Role::Button, "Values of Type");
    window.press("Enter");
    window.type_text("vid");
    window.press("Enter");
    assert_eq!(window.differs(article), "-type: article\n+type: video");
}

#[test]
fn markdown_in_the_front_matter_is_read_beside_where_it_is_typed() {
    let notes = "notes: |\n  Some *words* here.\n\n  - one\n  - two\n";
    let place = Place::of([
        (".copydesk.yaml", "fields:\n  notes: {kind: markdown}\n".to_owned()),
        ("_news/a.md", format!("---\ntitle: A\n{notes}---\n")),
    ]);
    let mut window = place.open();
    let article = window.desk().cursor().unwrap();
    window.focus(Role::MultilineTextInput, "Notes");
    assert!(window.shows("Some words here."), "without its stars");
    window.press("Ctrl+End");
    window.type_text("three");
    assert!(window.now(article).contains("three"));
    window.focus(Role::Switch, "Preview of Notes");
    window.press("Space");
    assert!(!window.shows("Some words here."));
}

/// Scores that differ are told as a range, a switch of both is mixed; what is set then holds for all.
#[test]
fn cards_of_several_articles_show_what_all_have_and_else_that_they_differ() {
    let place = Place::new();
    let mut window = place.open();
    window.until("scores learned", |desk| desk.scan().is_some_and(|scan| scan.learned));
    window.go_to("2026-06-14-comet-to-pass-close-enough-to-read-by.md");
    window.press("Shift+J Shift+J");
    let numbers = |window: &Window, field: &str| -> Vec<f64> {
        let (desk, key) = (window.desk(), copydesk::catalog::ColumnKey::parse(field));
        let cells = desk.targets().into_iter().map(|id| desk.catalog().unwrap().cell(id, &key).to_string());
        cells.map(|text| text.parse().unwrap()).collect()
    };
    let before = numbers(&window, "heat");
    let (least, most) =
        before.iter().fold((f64::MAX, f64::MIN), |(least, most), heat| (least.min(*heat), most.max(*heat)));
    assert!(least < most, "they differ: {before:?}");
    let slider = |window: &Window, name: &str| window.harness.query_by_role_and_label(Role::Slider, name).is_some();
    assert!(slider(&window, &format!("Heat, {least} – {most}")), "{before:?}");
    // Keys on the slider move each from where it is.
    window.harness.get_by_role_and_label(Role::Slider, &format!("Heat, {least} – {most}")).focus();
    window.press("Right");
    assert_eq!(numbers(&window, "heat"), before.iter().map(|heat| heat + 1.0).collect::<Vec<_>>());
    window.press("Ctrl+Z");
    // A number that is set is the same in all; from there it is a slider like any other.
    window.click(Role::Button, "Heat 100, key 1");
    assert_eq!(numbers(&window, "heat"), [100.0; 3]);
    assert!(slider(&window, "Heat") && !slider(&window, &format!("Heat, {least} – {most}")));
    window.press("Ctrl+Z");
    assert_eq!(numbers(&window, "heat"), before);
}

#[test]
fn several_articles_get_a_provider_and_a_topic_that_the_site_knows() {
    let place = Place::new();
    let mut window = place.open();
    window.press("Home Shift+Down Shift+Down");
    let rows = window.desk().targets();
    assert_eq!(rows.len(), 3);

    window.focus(Role::Button, "Values of Provider");
    window.press("Enter");
    window.type_text("tide-t");
    window.press("Enter");
    assert_eq!(window.desk().changed_count(), 0, "it is typed, and no more");
    window.until("the texts are here", |desk| rows.iter().all(|row| desk.document(*row).is_some()));
    window.focus(Role::Button, "Provider: Set in 3");
    window.press("Space");
    for row in &rows {
        let now = window.now(*row);
        assert!(now.contains("name: Tide Table") && now.contains("domain: tide-table.example"), "{now}");
    }
    window.press("Ctrl+Z");
    assert_eq!(window.desk().changed_count(), 0, "one step");

    window.focus(Role::Button, "Values of Topics");
    window.press("Enter");
    window.type_text("clock");
    window.press("Enter");
    window.focus(Role::Button, "Topics: Add in 3");
    window.press("Space");
    for row in &rows {
        assert!(window.now(*row).contains("- Clockwork\n"), "{}", window.differs(*row));
    }
}

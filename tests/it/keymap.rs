//! Keys and actions of a site's own: what `.copydesk.yaml` says of them takes effect, and is told where it cannot.

use copydesk::desk::{Chord, Keymap};
use copydesk::site::config::Config;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::app::{Place, Window};

const CONFIG: &str = "\
keys:
  Live: [Y]
  Down: [N, Down]
  Heat to preset 1: [F9]
  Quick look: []
actions:
  - name: Breaking
    key: B
    set: { heat: 150, type: breaking }
    add: { topics: Urgent }
  - name: Calm down
    key: Ctrl+Shift+B
    add: { heat: -20 }
    clear: [type]
";

fn place(config: &str) -> Place {
    let article = |name: &str, day: u32| {
        let text = format!(
            "---\ntitle: {name}\npublishedDateTime: 2026-06-{day:02}T10:00:00Z\nquality: 50\nheat: 80\ntype: news\ntopics:\n  - Sea\npublished: false\n---\n"
        );
        (format!("_news/{name}.md"), text)
    };
    Place::of([article("alpha", 3), article("beta", 2), (".copydesk.yaml".to_owned(), config.to_owned())])
}

fn pending(window: &Window, row: usize) -> String {
    let desk = window.desk();
    desk.draft(desk.rows()[row])
        .and_then(|draft| draft.text().cloned())
        .map(|text| text.to_string())
        .unwrap_or_default()
}

#[test]
fn configured_keys_and_actions_work_and_are_shown() {
    let place = place(CONFIG);
    let mut window = place.open();
    assert!(window.desk().toasts().is_empty(), "{:?}", window.desk().toasts());
    // What is shown of keys are those of this site.
    let presets = window.harness.query_all_by_role(egui::accesskit::Role::Button);
    let presets: Vec<String> = presets.filter_map(|node| node.accesskit_node().label()).collect();
    let is_on =
        |key: &str| presets.iter().any(|name| name.starts_with("Heat ") && name.ends_with(&format!(", key {key}")));
    assert!(is_on("F9") && is_on("2") && !is_on("1"), "{presets:?}");
    window.press("A P");
    assert_eq!(pending(&window, 0), "", "P publishes no more");
    window.press("Y");
    assert!(pending(&window, 0).contains("published: true\n"));
    window.press("Ctrl+Z B");
    let text = pending(&window, 0);
    assert!(text.contains("heat: 150\ntype: breaking\ntopics:\n  - Sea\n  - Urgent\n"), "{text}");
    assert!(window.desk().toasts().iter().any(|toast| toast.text == "1 article · Breaking"));
    window.press("Ctrl+Z N");
    assert_eq!((window.desk().cursor_row(), window.desk().changed_count()), (Some(1), 0));
    window.press("J Space");
    assert_eq!((window.desk().cursor_row(), window.desk().overlay()), (Some(1), None), "their keys were taken away");
    window.press("Ctrl+Shift+B");
    let text = pending(&window, 1);
    assert!(text.contains("heat: 60\n") && !text.contains("type:"), "{text}");

    // The palette finds them and says their keys; the sheet has a part of its own for them.
    window.press("Ctrl+K");
    window.type_text("breaking");
    window.press("Enter");
    assert!(pending(&window, 1).contains("heat: 150\n"));
    window.press("?");
    for shown in ["This site", "Breaking", "Calm down"] {
        assert!(window.harness.query_by_label(shown).is_some(), "{shown}");
    }
    let keys = |name: &str| {
        let entry = window.desk().entries().find(|entry| entry.name() == name).unwrap();
        entry.keys(window.desk()).join(" ")
    };
    assert_eq!([keys("Live"), keys("Down"), keys("Quick look"), keys("Breaking")], ["Y", "N Down", "", "B"]);
}

#[test]
fn keys_that_cannot_be_had_are_told_with_their_place_and_change_nothing() {
    let config = "\
keys:
  Live: J
  Publish: Y
  Not live: [Tab, W]
actions:
  - name: Breaking
    key: [H, B]
    set: { heat: 150 }
  - name: Other
    keys: b
    set: { heat: 1 }
";
    let read = Config::read(&|name| (name == ".copydesk.yaml").then(|| config.as_bytes().to_vec()));
    let (keymap, problems) = Keymap::of(&read.desk);
    let told: Vec<String> = problems.iter().map(|problem| format!("{problem} ({})", problem.help)).collect();
    assert_eq!(
        told,
        [
            ".copydesk.yaml:3:12: No command is called “Publish” (The command palette (Ctrl+K) has their names)",
            ".copydesk.yaml:2:9: “J” is the key of “Down” already (Choose a free key, or give “Down” another one under “keys”)",
            ".copydesk.yaml:4:14: “Tab” is no key (Write it like J, Ctrl+Shift+S, F6 or PageUp; Escape and Tab cannot be given away)",
            ".copydesk.yaml:7:11: “H” is the key of “Heat…” already (Choose a free key, or give “Heat…” another one under “keys”)",
            ".copydesk.yaml:10:11: “B” is the key of “Breaking” already (Choose a free key, or give “Breaking” another one under “keys”)",
        ]
    );
    assert_ne!(keymap, Keymap::default());

    let place = place(config);
    let mut window = place.open();
    assert!(window.desk().toasts().iter().any(|toast| toast.text.starts_with(".copydesk.yaml:2:9: “J” is the key")));
    let names = ["J", "P", "W", "U", "H", "B"].map(|key| window.desk().entry_of(Chord::parse(key)).map(|it| it.name()));
    assert_eq!(names, [Some("Down"), Some("Live"), Some("Not live"), None, Some("Heat…"), Some("Breaking")]);
    window.press("J");
    assert_eq!(window.desk().cursor_row(), Some(1));
}

//! Conflicts in the window: shown side by side, answered by name. The world is in memory, the panes are the real ones.

use std::path::Path;

use copydesk::article::Intent;
use copydesk::desk::{Command, Edit, Overlay, Tab};
use copydesk::document::FieldPath;
use copydesk::ui::{Panes, panes_ui, theme};
use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, SnapshotResults};

use crate::common::can_draw;
use crate::world::World;

const LEAD: &str = "_news/2026-06-12-emberholms-lighthouse-shines-again-after-forty-dark-years.md";
const FERRY: &str = "_news/2026-06-08-ferry-fares-to-rise-by-one-button.md";
const STARS: &str = "_news/2026-06-03-observatory-counts-9-114-stars-and-loses-two.md";

/// A window over a world in memory.
pub struct Window(pub Harness<'static, (World, Panes)>);

impl Window {
    pub fn over(world: World, size: [f32; 2], theme: Theme) -> Self {
        let mut harness = Harness::builder()
            .with_size(size)
            .with_theme(theme)
            .with_os(egui::os::OperatingSystem::Nix)
            .allow_missing_glyphs() // there are no system fonts here
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, (world, panes): &mut (World, Panes)| {
                    for command in panes_ui(ui, &world.desk, panes) {
                        world.obey(command);
                    }
                },
                (world, Panes::default()),
            );
        harness.run_steps(4);
        Self(harness)
    }

    fn of(world: World) -> Self {
        Self::over(world, [1440.0, 900.0], Theme::Dark)
    }

    pub fn world(&mut self) -> &mut World {
        &mut self.0.state_mut().0
    }

    fn click(&mut self, name: &str) {
        self.0.get_by_role_and_label(Role::Button, name).click();
        self.0.run_steps(4);
    }

    pub fn has(&self, text: &str) -> bool {
        self.0.query_all_by_label_contains(text).next().is_some()
    }
}

pub fn sample() -> World {
    World::of_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample-site"))
}

/// The editor sets a field, and the crawler then changes a text in the same file.
fn both(world: &mut World, path: &str, field: &str, mine: &str, disk: (&str, &str)) {
    set(world, path, field, mine);
    world.replace_on_disk(path, disk.0, disk.1);
}

fn set(world: &mut World, path: &str, field: &str, value: &str) {
    let article = world.id(path);
    world.obey(Command::GoTo(article));
    let intent = Intent::Set(FieldPath::parse(field), value.into());
    world.obey(Command::Edit(Edit::of(article, field, vec![intent])));
}

/// Three articles in conflict: values of two, and one whose file is gone.
fn disputed() -> World {
    let mut world = sample();
    let mine = "Keepers, clockmakers and half the town lit the lamp again on Friday night.";
    both(&mut world, LEAD, "excerpt", mine, ("excerpt: \"At eleven", "excerpt: \"Updated: at eleven"));
    let title = "The light is back: forty dark years end at Emberholm";
    both(&mut world, LEAD, "title", title, ("shines again after", "is lit again after"));
    both(&mut world, FERRY, "title", "Ferries: one button more", ("title: \"", "title: \"UPDATE: "));
    set(&mut world, STARS, "title", "9,112 stars, and two that are looked for");
    world.remove(STARS);
    world
}

#[test]
fn each_value_is_shown_as_it_was_on_disk_and_ours_and_answered_alone() {
    let mut window = Window::of(disputed());
    window.click("Changes 3");
    window.click("Side by side…");
    assert_eq!(window.world().desk.overlay(), Some(&Overlay::Conflicts));
    window.world().obey(Command::Tab(Tab::Edit));
    window.0.run_steps(4);
    for text in ["Was", "On disk", "Yours", "Updated: at eleven", "Keepers, clockmakers", "is gone from disk"] {
        assert!(window.has(text), "{text} is not shown");
    }
    window.click("Take theirs: Excerpt");
    let text = window.world().now(LEAD);
    assert!(text.contains("excerpt: \"Updated: at eleven") && text.contains("is lit again"), "{text}");
    window.click("Make it a file again");
    window.click("Keep yours: all");
    assert_eq!((window.world().desk.disputed_count(), window.world().desk.overlay()), (0, None));
    window.world().press("Ctrl+S");
    let (lead, ferry) = (window.world().text(LEAD), window.world().text(FERRY));
    assert!(lead.contains("Updated: at eleven") && lead.contains("title: \"The light is back"), "{lead}");
    assert!(ferry.contains("title: \"Ferries: one button more\""), "{ferry}");
    assert!(window.world().text(STARS).contains("9,112 stars"));

    // Each answer was a step.
    window.world().press("Ctrl+Z");
    assert_eq!(window.world().desk.disputed_count(), 2);
}

#[test]
fn a_field_is_answered_in_all_articles_at_once() {
    let mut window = Window::of(disputed());
    window.world().press("F8");
    window.0.run_steps(4);
    // Once for the field in all articles, and once for each article that has it.
    let answers = window.0.get_all_by_role_and_label(Role::Button, "Take theirs: Title").count();
    assert_eq!(answers, 3);
    window.0.get_all_by_role_and_label(Role::Button, "Take theirs: Title").next().unwrap().click();
    window.0.run_steps(4);
    let (lead, ferry) = (window.world().now(LEAD), window.world().now(FERRY));
    assert!(lead.contains("is lit again") && ferry.contains("UPDATE: "), "{lead}{ferry}");
    let article = window.world().id(LEAD);
    assert_eq!(window.world().desk.conflicts_of(article).len(), 1, "the excerpt is still open");
}

#[test]
fn what_became_of_a_file_can_be_answered() {
    let mut world = sample();
    set(&mut world, LEAD, "title", "Mine");
    world.rename(LEAD, "_news/renamed.md", true);
    let mut window = Window::of(world);
    window.world().press("F8");
    window.0.run_steps(4);
    assert!(window.has("The file has another name now: _news/renamed.md"));
    window.click("Move your edits there");
    window.world().press("Ctrl+S");
    assert!(window.world().text("_news/renamed.md").contains("title: \"Mine\""));

    both(window.world(), FERRY, "title", "Mine too", ("title: \"", "title: [\""));
    window.world().press("F8");
    window.0.run_steps(4);
    assert!(window.has("cannot be merged"));
    window.click("Take what is on disk");
    assert!(window.world().now(FERRY).contains("title: [\""));
    window.world().press("Ctrl+Z");
    assert!(window.world().now(FERRY).contains("title: \"Mine too\""));
}

#[test]
fn a_file_with_gits_markers_opens_with_both_sides() {
    let mut world = sample();
    let marked = "<<<<<<< HEAD\nheat: 150\n=======\nheat: 90\n>>>>>>> origin/crawler";
    let line = world.text(LEAD).lines().find(|line| line.starts_with("heat: ")).unwrap().to_owned();
    world.replace_on_disk(LEAD, &line, marked);
    let article = world.id(LEAD);
    world.obey(Command::GoTo(article)).obey(Command::Tab(Tab::Edit));
    let mut window = Window::of(world);
    for text in ["Git left its conflict markers", "HEAD", "origin/crawler", "not known", "150", "90"] {
        assert!(window.has(text), "{text} is not shown");
    }
    assert_eq!(window.world().desk.changed_count(), 0, "looking changes nothing");
    window.click("Keep yours: Heat");
    window.world().press("Ctrl+S");
    let text = window.world().text(LEAD);
    assert!(text.contains("\nheat: 150\n") && !text.contains("<<<<<<<"), "{text}");
}

#[test]
fn a_score_that_was_kept_is_listed_and_can_be_given_up() {
    let mut world = sample();
    let article = world.id(LEAD);
    world.obey(Command::GoTo(article));
    let intent = Intent::Set(FieldPath::parse("heat"), 150.into());
    world.obey(Command::Edit(Edit::of(article, "heat 150", vec![intent])));
    world.replace_on_disk(LEAD, "\nheat: 142\n", "\nheat: 140\n");
    assert_eq!(world.desk.disputed_count(), 0);
    world.obey(Command::Tab(Tab::Changes));
    let mut window = Window::of(world);
    assert!(window.has("kept yours 150, theirs 140"));
    window.click("Undo this field");
    assert!(window.world().now(LEAD).contains("\nheat: 140\n"));
    assert_eq!(window.world().desk.changed_count(), 0);
}

#[test]
fn conflicts_look_right() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let marked = |world: &mut World| {
        let marked = "<<<<<<< HEAD\nheat: 150\n=======\nheat: 90\n>>>>>>> origin/crawler\n";
        let path = "_news/2026-06-13-the-nine-lights-shine-together.md";
        let line = world.text(path).lines().find(|line| line.starts_with("heat: ")).unwrap().to_owned() + "\n";
        world.replace_on_disk(path, &line, marked);
        let article = world.id(path);
        world.obey(Command::GoTo(article));
    };
    for (name, size, theme) in
        [("conflicts_dark", [1440.0, 900.0], Theme::Dark), ("conflicts_light", [1000.0, 700.0], Theme::Light)]
    {
        let mut world = disputed();
        marked(&mut world);
        let desk_theme = if theme == Theme::Light { copydesk::desk::Theme::Light } else { copydesk::desk::Theme::Dark };
        world.obey(Command::Theme(desk_theme));
        let mut window = Window::over(world, size, theme);
        while let Some(toast) = window.world().desk.toasts().first().map(|toast| toast.id) {
            window.world().obey(Command::Dismiss(toast));
        }
        window.world().press("F8");
        window.0.run_steps(8);
        window.0.snapshot(name);
        if let Some(folder) = std::env::var_os("COPYDESK_LOOK") {
            let folder = Path::new(&folder);
            let shoot = |window: &mut Window, what: &str| {
                window.0.run_steps(8);
                window.0.render().unwrap().save(folder.join(format!("{name}_{what}.png"))).unwrap();
            };
            window.world().press("Esc").obey(Command::Tab(Tab::Edit));
            shoot(&mut window, "marked");
            let lead = window.world().id(LEAD);
            window.world().obey(Command::GoTo(lead)).obey(Command::Tab(Tab::Changes));
            shoot(&mut window, "changes");
            window.world().obey(Command::Tab(Tab::Edit));
            shoot(&mut window, "form");
        }
        results.extend_harness(&mut window.0);
    }
}

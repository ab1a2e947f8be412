//! What the building blocks and the panes look like, in both themes.

use copydesk::ui::theme::{self, icons};
use copydesk::ui::widgets::button::{Weight, button_ui, button_with_icon_ui, icon_button_ui};
use copydesk::ui::widgets::chip::chip_ui;
use copydesk::ui::widgets::count_row::count_row_ui;
use copydesk::ui::widgets::empty::empty_ui;
use copydesk::ui::widgets::field::{Field, field_label_ui, field_ui, search_ui};
use copydesk::ui::widgets::heading::heading_ui;
use copydesk::ui::widgets::histogram::{Histogram, histogram_ui};
use copydesk::ui::widgets::key::key_ui;
use copydesk::ui::widgets::logo::paint_logo;
use copydesk::ui::widgets::mark::{Mark, paint_mark};
use copydesk::ui::widgets::progress::progress_ui;
use copydesk::ui::widgets::score_bar::Look;
use copydesk::ui::widgets::score_card::{ScoreCard, score_card_ui};
use copydesk::ui::widgets::switch::switch_ui;
use copydesk::ui::widgets::tags::tags_ui;
use copydesk::ui::widgets::thumbnail::{Thumbnail, paint_thumbnail};
use copydesk::ui::widgets::toast::{Toast, toasts_ui};
use egui::{Rect, Sense, Theme, Ui, UiBuilder, pos2, vec2};
use egui_kittest::{Harness, SnapshotResults};

use crate::common::can_draw;

#[test]
fn the_building_blocks_look_right() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in [(Theme::Dark, "gallery_dark"), (Theme::Light, "gallery_light")] {
        let mut harness = Harness::builder()
            .with_size([900.0, 640.0])
            .with_theme(theme)
            .with_os(egui::os::OperatingSystem::Nix)
            .with_context_setup(theme::install)
            .build_ui(gallery_ui);
        harness.run();
        harness.snapshot(name);
        results.extend_harness(&mut harness);
    }
}

fn gallery_ui(ui: &mut Ui) {
    let colors = theme::palette(ui);
    ui.painter().rect_filled(ui.content_rect(), 0.0, colors.panel);
    column_ui(ui, 0.0, 200.0, sidebar_ui);
    column_ui(ui, 220.0, 330.0, form_ui);
    column_ui(ui, 570.0, 310.0, parts_ui);
    let toasts = [
        Toast { icon: None, text: "37 articles · heat 120", action: Some("Undo"), key: None },
        Toast { icon: Some(icons::WARNING), text: "2 files could not be saved", action: None, key: None },
    ];
    assert_eq!(toasts_ui(ui, &toasts), None, "nobody answers here");
}

fn column_ui(ui: &mut Ui, left: f32, width: f32, content: fn(&mut Ui)) {
    let rect = Rect::from_min_size(pos2(left, 12.0), vec2(width, 610.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(left as i32), content);
}

fn sidebar_ui(ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = 0.0;
    heading_ui(ui, "Collections");
    count_row_ui(ui, "News", "6,241", true, false);
    count_row_ui(ui, "Stats", "73", false, false);
    count_row_ui(ui, "A collection with a long name", "12,345", false, false);
    count_row_ui(ui, "Not these", "67", false, true);
    heading_ui(ui, "Heat");
    let counts = [20, 40, 600, 900, 870, 400, 300, 90, 70, 20, 10, 4, 3, 2, 1, 1, 1];
    let histogram = Histogram {
        name: "Heat",
        counts: &counts,
        least: -1.0,
        most: 255.0,
        threshold: Some(100.0),
        range: Some((Some(95.0), None)),
        warm: true,
    };
    histogram_ui(ui, histogram);
    progress_ui(ui, 0.4, "Reading files");
}

fn form_ui(ui: &mut Ui) {
    ui.horizontal(|ui| {
        let card = ScoreCard {
            of: copydesk::catalog::ArticleId(0),
            label: "Quality",
            key: "Q",
            value: Some(112.0),
            state: "",
            mixed: None,
            renaming: false,
            old: None,
            computed: None,
            least: 0.0,
            most: 200.0,
            threshold: None,
            look: Look::Quality,
        };
        score_card_ui(ui, card, 143.0, false);
        let heat = ScoreCard {
            label: "Heat",
            key: "H",
            value: Some(152.0),
            old: Some(128.0),
            computed: Some(142.0),
            threshold: Some(100.0),
            look: Look::Heat,
            ..card
        };
        score_card_ui(ui, heat, 150.0, false);
    });
    field_label_ui(ui, "Title");
    field_ui(
        ui,
        "title",
        "Microsoft says it teamed up with OpenAI to build a massive AI supercomputer in Azure",
        false,
        Field::lines("Title", 2),
    );
    field_label_ui(ui, "Address");
    field_ui(ui, "url", "not an address", false, Field { wrong: true, ..Field::line("Address") });
    field_ui(ui, "empty", "", false, Field { placeholder: "nothing yet", ..Field::line("Empty") });
    field_label_ui(ui, "Topics");
    tags_ui(ui, "Topics", &["Microsoft AI", "AI", "Azure", "Supercomputers"], &|_| Vec::new());
    let mut search = "searched".to_owned();
    search_ui(ui, &mut search, false, Field::line("Search"));
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        button_ui(ui, "Save", Weight::Main);
        button_ui(ui, "Changes 3", Weight::Plain);
        button_with_icon_ui(ui, Some(icons::BRANCH), "master", Some(icons::EXPAND_MORE), Weight::Quiet);
        button_ui(ui, "Bare", Weight::Bare);
        ui.add_enabled_ui(false, |ui| button_ui(ui, "Save", Weight::Main));
        icon_button_ui(ui, icons::UNDO, "Undo", Some("Ctrl+Z"));
        icon_button_ui(ui, icons::REDO, "Redo", None);
    });
    ui.horizontal(|ui| {
        chip_ui(ui, "published:false", 10, 19.0);
        chip_ui(ui, "heat:>=95", 5, 19.0);
        chip_ui(ui, "words", 0, 19.0);
    });
}

fn parts_ui(ui: &mut Ui) {
    let colors = theme::palette(ui);
    ui.horizontal(|ui| {
        switch_ui(ui, true, "Live");
        switch_ui(ui, false, "Live too");
        for key in ["J", "K", "Space", "Ctrl K", "/"] {
            key_ui(ui, key);
        }
    });
    ui.horizontal(|ui| {
        for mark in [Mark::New, Mark::Changed, Mark::Problem, Mark::ChangedProblem, Mark::Conflict] {
            let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
            paint_mark(ui.painter(), colors, rect.center(), mark);
        }
        for name in ["Patch", "the Guardian", "…"] {
            let (rect, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
            paint_logo(ui.painter(), colors, rect, None, name);
        }
    });
    ui.horizontal(|ui| {
        for thumbnail in [Thumbnail::Missing, Thumbnail::Waiting, Thumbnail::NotAllowed, Thumbnail::Failed] {
            let (rect, _) = ui.allocate_exact_size(theme::size::THUMBNAIL, Sense::hover());
            paint_thumbnail(ui.painter(), colors, rect, thumbnail);
        }
    });
    let all: String = icons::ALL.iter().map(|(_, icon)| *icon).collect();
    ui.label(theme::Type::ICON.rich(all).color(colors.text));
    empty_ui(
        ui,
        icons::SEARCH,
        "No article matches",
        "The filter leaves nothing of 6,241 articles.",
        Some("Clear filter"),
    );
}

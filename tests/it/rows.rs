//! What moves the rows and what does not, and how they are put together.

use std::collections::{BTreeMap, VecDeque};

use copydesk::catalog::{Catalog, ColumnKey, SectionValue};
use copydesk::desk::{Command, Desk, Effect, Event, Settings, SiteState};
use copydesk::document::FieldPath;
use copydesk::file::{Snapshot, Stamp};
use copydesk::jobs::{Cancel, answer};

use crate::desk::{many, set_heat};
use crate::world::{World, path_of, site_read};

/// The rows by their files' names, held ones with `~`, the cursor's with `>`.
fn rows(desk: &Desk) -> String {
    let name = |id| {
        let mark = if desk.cursor() == Some(id) { ">" } else { "" };
        let held = if desk.row_state(id).held { "~" } else { "" };
        let path = desk.catalog().unwrap().path(id);
        let name = path.stem().parse::<u32>().map_or_else(|_| path.stem().to_owned(), |number| number.to_string());
        format!("{mark}{held}{name}")
    };
    desk.rows().iter().map(|id| name(*id)).collect::<Vec<_>>().join(" ")
}

/// Everything that answers come from without the editor having asked for other rows.
fn refresh(world: &mut World) {
    let article = "---\ntitle: \"Story from elsewhere\"\npublishedDateTime: 2026-01-01T00:00:00Z\nheat: 3\n---\n";
    world.disk("_news/90000.md", article);
    world.replace_on_disk("_news/00002.md", "heat: 2", "heat: 90");
    world.tell(Event::Checked { generation: 1, problems: Vec::new(), done: true });
    world.tell(Event::Settled { generation: 1, schemas: Vec::new(), duplicates: Some(Vec::new()) });
    world.tell(Event::Branch(Some("main".to_owned())));
}

/// Something an editor does.
type Way = fn(&mut World) -> &mut World;

#[test]
fn held_rows_and_those_around_them_stay_until_the_editor_asks_for_others() {
    let ways: [(&str, Way); 4] = [
        ("F5", |world| world.press("F5")),
        ("Esc", |world| world.press("Esc")),
        ("a filter", |world| world.obey(Command::Filter("heat:<50 Story".to_owned()))),
        ("a sort", |world| world.obey(Command::Sort { column: ColumnKey::parse("title"), add: false })),
    ];
    for (name, way) in ways {
        let mut world = many(6);
        world.obey(Command::Filter("heat:<50".to_owned())).press("J").obey(set_heat(99)).press("J");
        assert_eq!(rows(&world.desk), "0 ~1 >2 3 4 5", "{name}: the judged row is held");
        refresh(&mut world);
        world.press("J");
        assert_eq!(rows(&world.desk), "0 ~1 2 >3 4 5", "{name}: nothing moved");
        assert_eq!(world.desk.news(), (1, 1), "{name}: it is announced");
        way(&mut world);
        assert!(!rows(&world.desk).contains('~') && world.desk.news() == (0, 0), "{name}: {}", rows(&world.desk));
    }
}

#[test]
fn counts_follow_what_rows_do_not() {
    let mut world = many(6);
    world.obey(Command::Filter("Story".to_owned()));
    let counted = |world: &World| world.desk.histograms()[0].1.counts.iter().sum::<usize>();
    assert_eq!((counted(&world), world.desk.rows().len()), (6, 6));
    refresh(&mut world);
    let (_, heat) = world.desk.histograms().iter().find(|(path, _)| *path == FieldPath::parse("heat")).unwrap();
    assert_eq!((heat.counts.iter().sum::<usize>(), world.desk.rows().len()), (7, 6), "one more fits");
}

#[test]
fn news_are_shown_by_a_click_and_only_those_not_seen_yet() {
    let mut world = many(6);
    refresh(&mut world);
    world.obey(Command::ShowNews);
    assert_eq!(
        (world.desk.filter(), rows(&world.desk).as_str()),
        ("is:new OR is:updated", ">90000 2"),
        "90000 and 00002"
    );
    world.press("Esc");
    assert_eq!(world.desk.rows().len(), 7);
    world.replace_on_disk("_news/00004.md", "heat: 4", "heat: 5");
    assert_eq!(world.desk.news(), (0, 1));
    world.obey(Command::ShowNews);
    assert_eq!(rows(&world.desk), ">4");
}

#[test]
fn a_held_row_keeps_its_place_while_the_site_is_read_again() {
    let mut world = many(5);
    world.obey(Command::Filter("heat:<50".to_owned())).press("J").obey(set_heat(99)).press("J");
    world.disk("_news/90000.md", "---\ntitle: New\npublishedDateTime: 2019-01-01T00:00:00Z\nheat: 1\n---\n");
    world.press("Ctrl+R");
    assert_eq!(rows(&world.desk), "0 ~1 >2 3 4 90000");
}

#[test]
fn an_edit_made_while_rows_are_on_their_way_is_held_in_them() {
    let mut world = many(5);
    world.holds = |effect| matches!(effect, Effect::Look(_));
    world.obey(Command::Filter("heat:<50".to_owned())).obey(set_heat(99));
    world.let_go();
    assert!(rows(&world.desk).starts_with(">~0"), "{}", rows(&world.desk));
}

#[test]
fn a_file_that_is_gone_leaves_its_row_until_rows_are_asked_for() {
    let mut world = many(4);
    let article = world.id("_news/00002.md");
    let gone = vec![crate::world::path_of("_news/00002.md")];
    world.files.remove(&gone[0]);
    world.tell(Event::Changed { generation: 1, files: Vec::new(), gone, unreadable: Vec::new() });
    assert_eq!(world.desk.rows().len(), 4);
    assert!(world.desk.row_state(article).gone);
    world.press("F5");
    assert_eq!(world.desk.rows().len(), 3);
}

/// A site of articles with a topic list, a day and a provider each.
fn grouped_site() -> World {
    let article = |day: u32, hour: u32, topic: &str, provider: &str| {
        format!(
            "---\ntitle: T{day}{hour}\npublishedDateTime: 2026-06-{day:02}T{hour:02}:00:00Z\nheat: {hour}\ntopics:\n{topic}provider:\n  name: {provider}\n  domain: {provider}.example\n---\n"
        )
    };
    let topics = |names: &[&str]| names.iter().map(|name| format!("  - {name}\n")).collect::<String>();
    World::open([
        ("_news/a.md", article(3, 9, &topics(&["Sea", "Land"]), "Zeta")),
        ("_news/b.md", article(3, 7, &topics(&["Land"]), "alpha")),
        ("_news/c.md", article(2, 8, &topics(&["Sea"]), "Zeta")),
        ("_news/d.md", article(1, 8, "  []\n", "Beta").replace("topics:\n  []\n", "")),
        ("_news/e.md", article(1, 6, &topics(&["Land"]), "alpha")),
    ])
}

fn group(world: &mut World, column: &str) {
    world.obey(Command::GroupBy(Some(ColumnKey::parse(column))));
}

fn headings(world: &World) -> Vec<String> {
    let value = |value: &Option<SectionValue>| match value {
        None => "none".to_owned(),
        Some(SectionValue::Day(day)) => day.to_string(),
        Some(SectionValue::Text(text) | SectionValue::Story(_, text)) => text.clone(),
        Some(SectionValue::Number(number)) => number.to_string(),
        Some(SectionValue::Truth(yes)) => yes.to_string(),
    };
    let line = |group: &copydesk::desk::RowGroup| {
        format!("{} {}{}", value(&group.value), group.count, if group.closed { " closed" } else { "" })
    };
    world.desk.groups().iter().map(line).collect()
}

#[test]
fn rows_are_put_together_by_day_topic_or_provider() {
    let mut world = grouped_site();
    group(&mut world, "publishedDateTime");
    assert_eq!(headings(&world), ["2026-06-03 2", "2026-06-02 1", "2026-06-01 2"]);
    assert_eq!(rows(&world.desk), ">a b c d e");
    world.press("J K");
    group(&mut world, "topics");
    assert_eq!(headings(&world), ["Land 2", "Sea 2", "none 1"], "by the first topic; those without one last");
    assert_eq!(rows(&world.desk), "b e >a c d");
    group(&mut world, "provider.name");
    assert_eq!(headings(&world), ["alpha 2", "Beta 1", "Zeta 2"]);
    // The order within a group is the table's; the group's own column turns the groups round.
    world.obey(Command::Sort { column: ColumnKey::parse("heat"), add: false });
    assert_eq!(rows(&world.desk), "b e d >a c");
    world.obey(Command::Sort { column: ColumnKey::parse("provider.name"), add: true });
    world.obey(Command::Sort { column: ColumnKey::parse("provider.name"), add: true });
    assert_eq!(headings(&world), ["Zeta 2", "Beta 1", "alpha 2"]);
    world.obey(Command::GroupBy(None));
    assert_eq!((headings(&world).len(), world.desk.rows().len()), (0, 5));
}

#[test]
fn groups_are_closed_and_opened_by_keys() {
    let mut world = grouped_site();
    group(&mut world, "publishedDateTime");
    world.press("J J Left");
    assert_eq!(headings(&world), ["2026-06-03 2", "2026-06-02 1 closed", "2026-06-01 2"]);
    assert_eq!(rows(&world.desk), "a b >d e", "the cursor goes on to the row that follows");
    world.press("Right");
    assert_eq!(rows(&world.desk), "a b >c d e", "and comes back");
    world.press("End Left");
    assert_eq!(rows(&world.desk), "a b >c");
    world.press("Right");
    assert_eq!(rows(&world.desk), "a b c >d e");
    world.press("Shift+Left");
    assert_eq!((rows(&world.desk).as_str(), world.desk.cursor()), ("", None));
    world.press("J 5 P");
    assert_eq!(world.desk.changed_count(), 0, "what is not seen is not judged");
    world.press("Right");
    assert_eq!(rows(&world.desk), ">a b");
    world.press("Shift+Right Ctrl+A");
    assert_eq!(world.desk.target_count(), 5);
}

#[test]
fn a_row_that_leaves_its_group_is_held_in_it() {
    let mut world = grouped_site();
    group(&mut world, "topics");
    let edit = copydesk::desk::Edit::of(
        world.id("_news/b.md"),
        "topics",
        vec![copydesk::article::Intent::RemoveAt(copydesk::document::Pointer::parse("/topics").unwrap())],
    );
    world.obey(Command::Edit(edit));
    assert_eq!(rows(&world.desk), ">~b e a c d");
    world.press("F5");
    assert_eq!(headings(&world), ["Land 1", "Sea 2", "none 2"]);
}

#[test]
fn groups_are_remembered() {
    let mut world = grouped_site();
    group(&mut world, "topics");
    world.obey(Command::CloseSite).obey(Command::Open("site".into()));
    assert_eq!(headings(&world), ["Land 2", "Sea 2", "none 1"]);
}

#[test]
fn a_view_brings_its_filter_its_collection_its_order_and_its_columns() {
    let config = "views:\n  - name: Hot people\n    collection: _people\n    filter: heat:>1\n    sort: [heat:desc]\n    columns: [title, heat]\n  - name: All\n    filter: T\n";
    let person =
        |name: &str, heat: u32| (format!("_people/{name}.md"), format!("---\ntitle: T{name}\nheat: {heat}\n---\n"));
    let mut files = vec![(".copydesk.yaml".to_owned(), config.to_owned())];
    files.extend([person("a", 1), person("b", 2), person("c", 3)]);
    files.extend((0..5).map(|n| (format!("_news/{n}.md"), format!("---\ntitle: T{n}\nheat: {n}\n---\n"))));
    let mut world = World::open(files);
    assert_eq!(world.desk.collection(), Some("_news"));
    world.press("Ctrl+1");
    assert_eq!((world.desk.collection(), world.desk.filter()), (Some("_people"), "heat:>1"));
    assert_eq!(rows(&world.desk), ">c b");
    let shown: Vec<_> = world.desk.columns().into_iter().filter(|it| it.shown).map(|it| it.key.to_string()).collect();
    assert_eq!(shown, ["state", "title", "heat"]);
    world.press("Ctrl+2");
    assert_eq!((world.desk.filter(), world.desk.rows().len()), ("T", 3));
}

/// Takes in what a scan tells, and answers the questions for rows that follow.
fn take_in(desk: &mut Desk, events: impl IntoIterator<Item = Event>) {
    let mut events: VecDeque<Event> = events.into_iter().collect();
    while let Some(event) = events.pop_front() {
        for effect in desk.receive(event) {
            if let Effect::Look(look) = effect {
                let generation = look.generation;
                let looked = answer(*look, &Cancel::default()).unwrap();
                events.push_back(Event::Looked { generation, looked: Box::new(looked) });
            }
        }
    }
}

/// What a scan tells when these are the first files that are found, or all that there are.
fn found(files: &[&str], is_whole: bool) -> Vec<Event> {
    let snapshot = |path: &&str| {
        let bytes = format!("---\ntitle: {path}\ndate: 2026-01-01\n---\n").into_bytes();
        (path_of(path), Snapshot { path: path_of(path), bytes: bytes.into(), stamp: Stamp::default() })
    };
    let files: BTreeMap<_, _> = files.iter().map(snapshot).collect();
    let events = site_read(1, &files, &SiteState::default()).into_iter().map(|event| match event {
        Event::SiteRead { generation, root, site, state, files, branch, today, .. } => {
            Event::SiteRead { generation, root, site, state, files, branch, today, whole: is_whole }
        }
        Event::Scanned { generation, records } if !is_whole => {
            let mut catalog = Catalog::new();
            for record in records {
                catalog.upsert(record);
            }
            Event::Indexed { generation, catalog: Box::new(catalog) }
        }
        event => event,
    });
    events.collect()
}

#[test]
fn the_first_articles_are_shown_before_the_walk_is_over_and_the_table_then_follows_the_site() {
    let first = ["_people/1.md", "_people/2.md"];
    let all = ["_news/3.md", "_news/4.md", "_news/5.md", "_people/1.md", "_people/2.md"];
    let opened = || {
        let mut desk = Desk::new(Settings::default());
        desk.apply(Command::Open("site".into()));
        take_in(&mut desk, found(&first, false));
        assert_eq!((desk.collection(), rows(&desk).as_str()), (Some("_people"), ">1 2"));
        desk
    };
    let mut desk = opened();
    take_in(&mut desk, found(&all, true));
    assert_eq!((desk.collection(), rows(&desk).as_str()), (Some("_news"), ">3 4 5"), "most articles are there");
    assert_eq!((desk.scan().unwrap().read, desk.scan().unwrap().files), (5, 5), "none is counted twice");
    let mut desk = opened();
    desk.apply(Command::Collection(Some("_people".to_owned())));
    take_in(&mut desk, found(&all, true));
    assert_eq!(desk.collection(), Some("_people"), "the editor has chosen");
}

//! Edits of many articles: told how far they are, stopped at any moment, one step for undo.

use copydesk::catalog::MOST_COLUMNS;
use copydesk::desk::{Command, Effect, Event};

use crate::desk::{many, set_heat};
use crate::sittings::Sitting;
use crate::world::World;

fn heat_of_all(world: &mut World) {
    world.press("Ctrl+A");
    world.obey(set_heat(777));
}

#[test]
fn an_edit_of_many_that_is_stopped_is_done_nowhere() {
    let mut world = many(60);
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    heat_of_all(&mut world);
    let serial = world.held().find_map(|effect| match effect {
        Effect::Prepare(order) => Some(order.serial),
        _ => None,
    });
    world.tell(Event::Preparing { serial: serial.unwrap(), done: 42 });
    assert_eq!(world.desk.preparing(), Some(("heat", 42, 60)));
    world.press("Ctrl+.");
    assert_eq!(world.desk.waiting_count(), 0);
    // The workers had it ready by then; nobody waits for it any more.
    world.let_go();
    assert_eq!((world.desk.changed_count(), world.desk.undo_label()), (0, None));
    assert!(world.says().contains("heat · stopped, and done nowhere"), "{}", world.says());
}

#[test]
fn a_file_that_goes_while_an_edit_of_it_is_prepared_stays_gone_and_the_others_are_edited() {
    let mut world = many(60);
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    heat_of_all(&mut world);
    // The workers read it before it went.
    let text = world.text("_news/00007.md");
    world.remove("_news/00007.md").write_unseen("_news/00007.md", &text);
    world.let_go();
    let told: Vec<&str> = world.desk.toasts().iter().map(|toast| toast.text.as_str()).collect();
    assert!(told.iter().any(|text| text.contains("_news/00007.md: the file was removed meanwhile")), "{told:?}");
    assert_eq!((world.desk.changed_count(), world.desk.catalog().unwrap().len()), (59, 59));
}

#[test]
fn an_edit_of_many_is_one_step_and_a_stopped_undo_can_be_asked_for_again() {
    let mut world = many(60);
    heat_of_all(&mut world);
    assert_eq!(world.desk.changed_count(), 60);
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    world.press("Ctrl+Z Ctrl+.").let_go();
    assert_eq!((world.desk.changed_count(), world.desk.undo_label()), (60, Some("heat")));
    world.press("Ctrl+Z");
    assert_eq!((world.desk.changed_count(), world.desk.undo_label()), (0, None));
    world.press("Ctrl+Y");
    assert_eq!(world.desk.changed_count(), 60);
}

/// What the last edits had to say was told into a window that closed in the same moment.
#[test]
fn a_window_that_waits_for_an_edit_stays_open_when_that_is_refused() {
    let mut world = many(60);
    world.write_unseen("_news/00007.md", "---\ntitle: [\n---\n");
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    heat_of_all(&mut world);
    world.obey(Command::Quit).let_go();
    assert!(!world.has_quit && world.desk.changed_count() == 59);
    let told: Vec<&str> = world.desk.toasts().iter().map(|toast| toast.text.as_str()).collect();
    assert!(told.iter().any(|text| text.contains("not done: _news/00007.md")), "{told:?}");
    assert!(told.contains(&"The window stays open, for not all could be done"), "{told:?}");
    world.obey(Command::Quit);
    assert!(world.has_quit, "asked again it closes");

    // So it does where nothing is refused, and not where the edit is given up.
    for is_stopped in [false, true] {
        let mut world = many(60);
        world.holds = |effect| matches!(effect, Effect::Prepare(_));
        heat_of_all(&mut world);
        world.obey(Command::Quit);
        if is_stopped {
            world.obey(Command::CancelWork);
        }
        world.let_go();
        assert_eq!(world.has_quit, !is_stopped);
    }
}

/// The window closed with the edit in the journal alone, though all was to be saved; where nothing else was pending, "Everything is
/// saved" was said.
#[test]
fn a_save_of_all_before_the_window_closes_waits_for_the_edit_that_is_on_its_way() {
    for is_more_pending in [false, true] {
        let mut world = many(60);
        if is_more_pending {
            world.press("5");
        }
        world.holds = |effect| matches!(effect, Effect::Prepare(_));
        heat_of_all(&mut world);
        world.press("Ctrl+Q").obey(Command::SaveAll);
        assert!(!world.has_quit && !world.says().contains("Everything is saved"), "{}", world.says());
        assert!(world.says().contains("Saved as soon as the edit on its way is carried out"), "{}", world.says());
        world.let_go();
        assert!(world.has_quit && world.desk.changed_count() == 0, "{}", world.desk.changed_count());
        let of_all = (0..60).all(|n| world.text(&format!("_news/{n:05}.md")).contains("777"));
        assert!(of_all, "each file has the edit");
    }
}

#[test]
fn a_save_of_all_before_the_window_closes_is_given_up_with_the_dialog_and_tells_what_was_refused() {
    let mut world = many(60);
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    heat_of_all(&mut world);
    world.press("Ctrl+Q").obey(Command::SaveAll).obey(Command::CloseOverlay).let_go();
    assert!(!world.has_quit && world.desk.changed_count() == 60);

    let mut world = many(60);
    world.write_unseen("_news/00007.md", "---\ntitle: [\n---\n");
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    heat_of_all(&mut world);
    world.press("Ctrl+Q").obey(Command::SaveAll).let_go();
    assert!(!world.has_quit && world.desk.overlay().is_none(), "nobody would see what was refused");
    let told: Vec<&str> = world.desk.toasts().iter().map(|toast| toast.text.as_str()).collect();
    assert!(told.iter().any(|text| text.contains("not done: _news/00007.md")), "{told:?}");
}

#[test]
fn a_save_that_is_stopped_says_how_far_it_came_and_goes_on_later() {
    let mut world = many(60);
    heat_of_all(&mut world);
    world.stops_after = 25;
    world.press("Ctrl+S");
    assert_eq!((world.desk.changed_count(), world.desk.saving()), (35, None));
    assert!(world.says().contains("Stopped: 25 articles saved, 35 not"), "{}", world.says());
    world.stops_after = usize::MAX;
    world.press("Ctrl+S");
    assert_eq!(world.desk.changed_count(), 0);
    assert!(world.says().contains("35 articles saved"), "{}", world.says());
    let is_new = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains("heat: 777");
    assert!(world.files.values().all(is_new), "every file is the new one");
}

/// On the real disk, with the real threads: wherever the stop comes, a file is the old one or the new one, and the desk knows which.
#[test]
fn wherever_a_save_is_stopped_each_file_is_old_or_new() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("_news")).unwrap();
    let file = |n: usize| site.join(format!("_news/{n:04}.md"));
    let text = |n: usize| format!("---\ntitle: \"Story {n}\"\nheat: 5\n---\n\nText\n");
    (0..300).for_each(|n| std::fs::write(file(n), text(n)).unwrap());
    let mut sitting = Sitting::new(&folder.path().join("state"));
    sitting.open(&site, 300);
    sitting.obey(Command::SelectAll);
    sitting.set_heat(777);
    sitting.until("editing", |desk| desk.changed_count() == 300);
    sitting.obey(Command::SaveAll);
    sitting.until("the first save", |desk| desk.saving().is_none_or(|(done, _)| done > 0));
    sitting.obey(Command::CancelWork);
    sitting.until("the stop", |desk| desk.saving().is_none());
    let changed = |n: usize| text(n).replace("heat: 5", "heat: 777");
    let now: Vec<String> = (0..300).map(|n| std::fs::read_to_string(file(n)).unwrap()).collect();
    let old = (0..300).filter(|n| now[*n] == text(*n)).count();
    let new = (0..300).filter(|n| now[*n] == changed(*n)).count();
    assert_eq!((old + new, sitting.desk.changed_count()), (300, old));
}

#[test]
fn an_article_with_a_hundred_thousand_keys_is_a_row_and_leaves_the_others_their_columns() {
    let keys: String = (0..100_000).map(|key| format!("key{key}: {key}\n")).collect();
    let files =
        [("_news/a.md", "---\ntitle: First\nheat: 5\n---\n".to_owned()), ("_news/b.md", format!("---\n{keys}---\n"))];
    let world = World::open(files.into_iter().chain([("_news/c.md", "---\ntitle: Last\nheat: 7\n---\n".to_owned())]));
    let catalog = world.desk.catalog().unwrap();
    assert_eq!(catalog.len(), 3);
    assert!(catalog.fields().len() < MOST_COLUMNS, "{} columns", catalog.fields().len());
    let heat = catalog.column("heat");
    let heats: Vec<String> = catalog.ids().map(|id| catalog.cell(id, &heat).to_string()).collect();
    assert_eq!(heats, ["5", "", "7"]);
}

//! Two things at the same time: what others write, and what is on its way to the disk or from the workers, in every order.

use copydesk::article::Intent;
use copydesk::desk::{Command, Edit, Effect, SaveOutcome, Which};
use copydesk::document::merge::Side;
use copydesk::document::{FieldPath, Pointer};

use crate::desk::{many, set_heat};
use crate::world::World;

const FIRST: &str = "_news/00000.md";

fn is_prepared(effect: &Effect) -> bool {
    matches!(effect, Effect::Prepare(_))
}

fn set_title(world: &mut World, title: &str) {
    world
        .press("Ctrl+A")
        .obey(Command::Edit(Edit::of_selection("title", vec![Intent::Set(FieldPath::parse("title"), title.into())])));
}

/// The old text of the whole file was put over what others had written meanwhile, as an edit that nobody had asked for.
#[test]
fn all_edits_taken_back_go_to_what_is_on_disk_by_then() {
    let mut world = many(60);
    world.press("Ctrl+A").obey(set_heat(5));
    let changed: Vec<_> = world.desk.changed().collect();
    world.holds = is_prepared;
    world.obey(Command::RevertArticles(changed));
    world.replace_on_disk(FIRST, "Story 0", "Their story");
    world.let_go();
    assert_eq!(world.desk.changed_count(), 0, "{}", world.now(FIRST));
    assert!(world.now(FIRST).contains("Their story"));
    world.press("Ctrl+Z");
    let now = world.now(FIRST);
    assert!(now.contains("heat: 5\n") && now.contains("Their story"), "{now}");
}

/// The same of one field whose article is not at hand.
#[test]
fn a_field_taken_back_goes_to_what_is_on_disk_by_then() {
    let mut world = many(60);
    set_title(&mut world, "Mine");
    world.holds = is_prepared;
    world.obey(set_heat(5));
    // It waits behind the edit of all.
    let pointer = Some(Pointer::of(["title"]));
    let article = world.id(FIRST);
    world.obey(Command::RevertField { article, pointer });
    world.replace_on_disk(FIRST, "published: false", "published: true");
    world.replace_on_disk(FIRST, "\"Story 0\"", "\"Their story\"");
    world.let_go();
    let now = world.now(FIRST);
    assert!(now.contains("Their story") && now.contains("heat: 5\n") && now.contains("published: true"), "{now}");
}

/// What came to be disputed while an answer was on its way was given up without a word: theirs stood there, and nobody was asked.
#[test]
fn an_answer_is_about_what_was_disputed_when_it_was_given() {
    for side in [Side::Ours, Side::Theirs] {
        let mut world = many(60);
        set_title(&mut world, "Mine");
        world.press("Ctrl+A");
        let day = vec![Intent::Set(FieldPath::parse("publishedDateTime"), "2030-01-01T00:00:00Z".into())];
        world.obey(Command::Edit(Edit::of_selection("day", day)));
        for n in 0..60 {
            world.replace_on_disk(&format!("_news/{n:05}.md"), &format!("\"Story {n}\""), "\"Theirs\"");
        }
        assert_eq!(world.desk.disputed_count(), 60);
        world.holds = is_prepared;
        world.obey(Command::Resolve { article: None, which: Which::All, side });
        let theirs = world.text(FIRST).lines().find(|line| line.starts_with("publishedDateTime")).unwrap().to_owned();
        world.replace_on_disk(FIRST, &theirs, "publishedDateTime: 1999-01-01T00:00:00Z");
        world.let_go();
        let article = world.id(FIRST);
        let open: Vec<_> = world.desk.conflicts_of(article).iter().map(|it| it.field().to_string()).collect();
        assert_eq!(open, ["publishedDateTime"], "{side:?}: {}", world.now(FIRST));
        assert_eq!(world.desk.disputed_count(), 1);
        let title = if side == Side::Ours { "Mine" } else { "Theirs" };
        world.obey(Command::Resolve { article: None, which: Which::All, side: Side::Ours });
        let now = world.now(FIRST);
        assert!(now.contains("2030-01-01") && now.contains(title), "{side:?}: {now}");
        // Taken back, all of it is as it was: two questions.
        world.holds = |_| false;
        world.press("Ctrl+Z Ctrl+Z");
        assert_eq!(world.desk.conflicts_of(article).len(), 2, "{side:?}");
    }
}

/// What is answered changed once more meanwhile: nobody has seen that.
#[test]
fn an_answer_is_not_given_for_a_value_that_nobody_has_seen() {
    for side in [Side::Ours, Side::Theirs] {
        let mut world = many(60);
        set_title(&mut world, "Mine");
        for n in 0..60 {
            world.replace_on_disk(&format!("_news/{n:05}.md"), &format!("\"Story {n}\""), "\"Theirs\"");
        }
        world.holds = is_prepared;
        world.obey(Command::Resolve { article: None, which: Which::All, side });
        world.replace_on_disk(FIRST, "\"Theirs\"", "\"Theirs, once more\"");
        world.let_go();
        assert_eq!(world.desk.disputed_count(), 1, "{side:?}");
        let article = world.id(FIRST);
        world.obey(Command::Resolve { article: Some(article), which: Which::All, side });
        let title = if side == Side::Ours { "\"Mine\"" } else { "\"Theirs, once more\"" };
        assert!(world.now(FIRST).contains(title), "{side:?}: {}", world.now(FIRST));
    }
}

/// Undone while it was saved, and the save failed: nothing is pending, and that is what it says.
#[test]
fn an_edit_that_is_undone_while_its_save_fails_is_no_edit() {
    for outcome in [SaveOutcome::Failed("no".to_owned()), SaveOutcome::Stopped, SaveOutcome::Gone] {
        let is_gone = matches!(outcome, SaveOutcome::Gone);
        let mut world = many(3);
        world.press("Home 5");
        let article = world.desk.changed().next().unwrap();
        world.holds = |effect| matches!(effect, Effect::Save { .. });
        world.press("Ctrl+S Ctrl+Z");
        assert_eq!(world.desk.changed_count(), 1, "the disk may be about to say something else");
        world.forget_held();
        if is_gone {
            let path = world.desk.catalog().unwrap().path(article);
            world.files.remove(&path);
        }
        world.tell(copydesk::desk::Event::Saved { generation: 1, outcomes: vec![(article, outcome.clone())] });
        assert_eq!(world.desk.changed_count(), 0, "{outcome:?}");
        assert!(world.journal.is_empty(), "{outcome:?}: {:?}", world.journal);
    }
}

/// The same of an article that was to be made: there is none.
#[test]
fn an_article_whose_making_is_undone_while_its_save_fails_is_none() {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample-site");
    let mut world = World::of_folder(&sample);
    let lead = world.id("_news/2026-06-12-emberholms-lighthouse-shines-again-after-forty-dark-years.md");
    world.obey(Command::GoTo(lead));
    let rows = world.desk.catalog().unwrap().len();
    world.obey(Command::SplitOff { article: lead, entry: Pointer::parse("/related/2").unwrap() });
    let saved: Vec<_> = world.desk.changed().collect();
    assert_eq!((saved.len(), world.desk.catalog().unwrap().len()), (2, rows + 1));
    world.holds = |effect| matches!(effect, Effect::Save { .. });
    world.press("Ctrl+S Ctrl+Z");
    world.forget_held();
    let outcomes = saved.into_iter().map(|article| (article, SaveOutcome::Stopped)).collect();
    world.tell(copydesk::desk::Event::Saved { generation: 1, outcomes });
    assert_eq!((world.desk.changed_count(), world.desk.catalog().unwrap().len()), (0, rows));
    assert!(world.journal.is_empty(), "{:?}", world.journal);
    assert_eq!(world.files, world.at_first);
}

#[test]
fn an_edit_that_is_undone_while_it_is_saved_is_undone_on_disk_too() {
    for is_changed in [false, true] {
        let mut world = many(3);
        world.press("Home 5");
        world.holds = |effect| matches!(effect, Effect::Save { .. });
        world.press("Ctrl+S Ctrl+Z");
        if is_changed {
            world.write_unseen(FIRST, &world.text(FIRST).replace("Story 0", "Their story"));
        }
        world.let_go();
        let told: Vec<&str> = world.desk.toasts().iter().map(|toast| toast.text.as_str()).collect();
        assert!(!told.iter().any(|text| text.contains("where you changed it too")), "{told:?}");
        world.press("Ctrl+S");
        assert_eq!((world.desk.changed_count(), world.desk.disputed_count()), (0, 0));
        let first = String::from_utf8(world.at_first[&crate::world::path_of(FIRST)].clone()).unwrap();
        let want = if is_changed { first.replace("Story 0", "Their story") } else { first };
        assert_eq!(world.text(FIRST), want);
    }
}

/// What is moved to the trash is not pending any more, at the next start either.
#[test]
fn what_is_moved_to_the_trash_takes_its_edits_along() {
    let mut world = many(60);
    world.press("Ctrl+A").obey(set_heat(777));
    assert_eq!(world.journal.len(), 60);
    world.press("Home").obey(Command::SelectNone);
    world.obey(Command::Trash);
    assert_eq!((world.desk.changed_count(), world.journal.len()), (59, 59));
    let world = world.restart();
    assert_eq!((world.desk.changed_count(), world.desk.disputed_count()), (59, 0));
}

/// It said that everything is saved, and what had been typed since was not.
#[test]
fn what_is_typed_while_a_save_is_under_way_is_saved_when_that_is_asked_for() {
    for theirs in [false, true] {
        let mut world = many(3);
        world.press("Home").obey(set_heat(555));
        world.holds = |effect| matches!(effect, Effect::Save { .. });
        world.press("Ctrl+S");
        world.obey(set_heat(556)).press("Ctrl+S");
        assert!(!world.says().contains("Everything is saved"), "{}", world.says());
        if theirs {
            world.write_unseen(FIRST, &world.text(FIRST).replace("Story 0", "Their story"));
        }
        world.let_go();
        assert_eq!((world.desk.changed_count(), world.desk.saving()), (0, None), "{theirs}: {}", world.says());
        let text = world.text(FIRST);
        assert!(text.contains("heat: 556\n") && text.contains("Their story") == theirs, "{text}");
    }
    // Nothing new: the one that is under way is enough, and is told when it is done.
    let mut world = many(3);
    world.press("Home").obey(set_heat(555));
    world.holds = |effect| matches!(effect, Effect::Save { .. });
    world.press("Ctrl+S Ctrl+S");
    assert!(!world.says().contains("Everything is saved"), "{}", world.says());
    world.let_go();
    assert!(world.says().contains("1 article saved"), "{}", world.says());
    assert_eq!(world.saves.len(), 1);
    world.obey(Command::SaveAll);
    assert!(world.says().contains("Everything is saved"), "{}", world.says());
}

/// A reading of the site finds that a file is gone under an edit, before the watcher told it or at the next start.
#[test]
fn a_file_that_is_found_gone_or_changed_under_an_edit_is_told() {
    let gone = "the file is gone, and you have unsaved edits in it";
    let told = |world: &World, words: &str| world.desk.toasts().iter().any(|toast| toast.text.contains(words));
    for is_restarted in [false, true] {
        let mut world = many(3);
        world.press("Home").obey(set_heat(555));
        let journal = world.journal.clone();
        world.files.remove(&crate::world::path_of(FIRST));
        if is_restarted {
            world = world.restart();
        } else {
            // Nothing is left behind by anybody else.
            world.journal.clear();
            world.press("Ctrl+R");
            world.journal = journal;
        }
        assert!(told(&world, gone), "{is_restarted}: {:?}", world.desk.toasts());
    }
    let mut world = many(3);
    set_title(&mut world, "Mine");
    world.write_unseen(FIRST, &world.text(FIRST).replace("Story 0", "Their story"));
    let world = world.restart();
    assert!(told(&world, "1 article changed on disk where you changed it too"), "{:?}", world.desk.toasts());
}

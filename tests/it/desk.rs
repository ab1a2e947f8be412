//! The desk without a window: `tests/cases/keys.md` says what keys do, the tests below what needs many articles or a slow world.

use std::fmt::Write as _;
use std::path::Path;

use copydesk::article::Intent;
use copydesk::desk::effect::Aside;
use copydesk::desk::{Command, Edit, Effect, Event, FateAnswer, JournalEntry, TakeBack, Targets, Which};
use copydesk::document::merge::Side;
use copydesk::document::{FieldPath, Pointer};
use similar::{ChangeTag, TextDiff};

use crate::world::{World, path_of};

/// A block of a case: what stands behind its fence, and its text.
struct Block {
    head: String,
    text: String,
}

/// Runs the cases of `keys.md`: the files before the first case are every case's site. A `keys` block is done line by line; a
/// `diff` block is then what differs on disk, a `desk` block what the desk shows.
#[test]
fn keys_do_what_they_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/keys.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut sections = text.split("\n## ");
    let shared = blocks(sections.next().unwrap());
    let (mut wrong, mut answered, mut count) = (Vec::new(), text.clone(), 0);
    for section in sections {
        let name = section.lines().next().unwrap();
        let own = blocks(section);
        let files = shared.iter().chain(&own).filter_map(|block| {
            let path = block.head.strip_prefix("yaml ")?;
            let is_article = path.ends_with(".md") && !block.text.starts_with("---\n");
            Some((path, if is_article { format!("---\n{}---\n", block.text) } else { block.text.clone() }))
        });
        let mut world = World::open(files);
        for block in own {
            let got = match block.head.as_str() {
                "keys" => {
                    world = block.text.lines().fold(world, step);
                    continue;
                }
                "diff" => differences(&world),
                "desk" => shown(&world),
                _ => continue,
            };
            count += 1;
            if got != block.text {
                wrong.push(format!("## {name}\n{got}instead of\n{}", block.text));
                let (old, new) =
                    (format!("```{}\n{}```", block.head, block.text), format!("```{}\n{got}```", block.head));
                let start = answered.find(&format!("## {name}\n")).unwrap();
                let at = start + answered[start..].find(&old).unwrap();
                answered.replace_range(at..at + old.len(), &new);
            }
        }
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&path, answered).unwrap();
    } else {
        assert!(wrong.is_empty() && count > 25, "{} of {count} wrong\n{}", wrong.len(), wrong.join("\n"));
    }
}

fn blocks(section: &str) -> Vec<Block> {
    let block = |text: &str| {
        let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
        Some(Block { head: head.to_owned(), text: if rest.is_empty() { String::new() } else { format!("{rest}\n") } })
    };
    section.split("\n```").skip(1).step_by(2).filter_map(block).collect()
}

/// Does one line: `verb: what`, or keys.
fn step(mut world: World, line: &str) -> World {
    let Some((verb, what)) = line.split_once(": ") else {
        match line {
            "restart" => return world.restart(),
            "let go" => world.let_go(),
            "versions" => {
                let article = world.desk.cursor().unwrap();
                world.obey(Command::ShowVersions(article))
            }
            "filter:" => world.obey(Command::Filter(String::new())),
            keys => world.press(keys),
        };
        return world;
    };
    let cursor = world.desk.cursor();
    match verb {
        "filter" => world.obey(Command::Filter(what.to_owned())),
        "sort" => {
            let column = world.desk.catalog().unwrap().column(what);
            world.obey(Command::Sort { column, add: false })
        }
        "hold" => {
            world.holds = match what {
                "saves" => |effect| matches!(effect, Effect::Save { .. }),
                "preparing" => |effect| matches!(effect, Effect::Prepare(_)),
                _ => panic!("{line}"),
            };
            &mut world
        }
        "disk" => {
            let (path, change) = what.split_once(' ').unwrap();
            let (old, new) = change.split_once(" -> ").unwrap();
            world.replace_on_disk(path, old, &new.replace("\\n", "\n"))
        }
        "unseen" => {
            let (path, change) = what.split_once(' ').unwrap();
            let (old, new) = change.split_once(" -> ").unwrap();
            let text = world.text(path);
            assert!(text.contains(old), "{line}");
            world.write_unseen(path, &text.replacen(old, new, 1));
            &mut world
        }
        "gone" => world.remove(what),
        // The newest version is number one.
        "take back" | "version" => {
            let (_, found) = world.desk.versions().unwrap();
            let at = found.unwrap()[what.parse::<usize>().unwrap() - 1].at;
            let what = if verb == "version" { TakeBack::Version } else { TakeBack::Save };
            world.obey(Command::TakeBack { at, what })
        }
        "unseen gone" => {
            world.files.remove(&path_of(what));
            &mut world
        }
        "moved" | "unseen moved" => {
            let (from, to) = what.split_once(' ').unwrap();
            world.rename(from, to, verb == "moved")
        }
        "back" => {
            let (path, change) = what.split_once(' ').unwrap();
            let (old, new) = change.split_once(" -> ").unwrap();
            let text = String::from_utf8(world.at_first[&path_of(path)].clone()).unwrap();
            world.disk(path, &text.replacen(old, new, 1))
        }
        "file" => {
            let answer = match what {
                "keep" => FateAnswer::Keep,
                "drop" => FateAnswer::Drop,
                "follow" => FateAnswer::Follow,
                _ => panic!("{line}"),
            };
            world.obey(Command::AnswerFate { article: None, answer })
        }
        "type" => {
            let (field, texts) = what.split_once(' ').unwrap();
            let path = FieldPath::parse(field);
            for text in texts.split('|') {
                let edit = Edit::of(cursor.unwrap(), field, vec![Intent::Set(path.clone(), text.into())]);
                world.obey(Command::Edit(edit.grouped(format!("{cursor:?} {field}"))));
            }
            &mut world
        }
        "revert" => {
            let pointer = Some(FieldPath::parse(what).pointer());
            world.obey(Command::RevertField { article: cursor.unwrap(), pointer })
        }
        "remove" => {
            let edit = Edit::of(cursor.unwrap(), "removed", vec![Intent::RemoveAt(Pointer::parse(what).unwrap())]);
            world.obey(Command::Edit(edit))
        }
        "split off" => world.obey(Command::SplitOff { article: cursor.unwrap(), entry: Pointer::parse(what).unwrap() }),
        "keep" => {
            let side = if what == "mine" { Side::Ours } else { Side::Theirs };
            world.obey(Command::Resolve { article: None, which: Which::All, side })
        }
        _ => panic!("{line}"),
    };
    world
}

/// What differs on disk from how it began, file by file, only the lines that do.
fn differences(world: &World) -> String {
    let mut text = String::new();
    for (path, bytes) in &world.files {
        let before = world.at_first.get(path).map(Vec::as_slice).unwrap_or_default();
        if before == bytes.as_slice() {
            continue;
        }
        writeln!(text, "{path}").unwrap();
        let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(bytes));
        for change in TextDiff::from_lines(before.as_ref(), after.as_ref()).iter_all_changes() {
            match change.tag() {
                ChangeTag::Equal => {}
                ChangeTag::Delete => write!(text, "-{}", change.value()).unwrap(),
                ChangeTag::Insert => write!(text, "+{}", change.value()).unwrap(),
            }
        }
    }
    text
}

/// The rows, each with its marks (`>` cursor, `+` selected, `*` changed, `!` conflict, `~` held, `…` waiting), and the last
/// message.
fn shown(world: &World) -> String {
    let desk = &world.desk;
    let selected = desk.selection().filter(|selection| selection.len() > 1);
    let rows: Vec<String> = desk
        .rows()
        .iter()
        .map(|id| {
            let state = desk.row_state(*id);
            let marks = [
                (desk.cursor() == Some(*id), '>'),
                (selected.is_some_and(|selection| selection.contains(*id)), '+'),
                (state.changed, '*'),
                (state.conflict, '!'),
                (state.held, '~'),
                (state.waiting, '…'),
            ];
            let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
            format!("{marks}{}", desk.catalog().unwrap().path(*id).stem())
        })
        .collect();
    format!("{}\n{}\n", rows.join("  "), world.says())
}

/// A site of so many articles, newest first by their numbers.
pub fn many(count: usize) -> World {
    World::open((0..count).map(|n| {
        let day = 1_600_000_000 - 60 * n as i64;
        let date = chrono::DateTime::from_timestamp(day, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ");
        let text = format!(
            "---\ntitle: \"Story {n}\" # kept\npublishedDateTime: {date}\nquality: {}\nheat: {}\npublished: {}\n---\n\nText\n",
            n % 100,
            n % 150,
            n % 150 >= 100
        );
        (format!("_news/{n:05}.md"), text)
    }))
}

pub fn set_heat(value: i64) -> Command {
    Command::Edit(Edit::of_selection("heat", vec![Intent::Set(FieldPath::parse("heat"), value.into())]))
}

#[test]
fn two_hundred_articles_are_one_step() {
    let mut world = many(200);
    world.press("Ctrl+A").obey(set_heat(77));
    assert_eq!(world.desk.changed_count(), 199, "story 77 had this heat already");
    world.press("Ctrl+S");
    assert_eq!(world.desk.changed_count(), 0);
    assert_eq!(world.says(), "199 articles saved");
    for (path, bytes) in &world.files {
        let before = String::from_utf8(world.at_first[path].clone()).unwrap();
        let want: String = before
            .split_inclusive('\n')
            .map(|line| if line.starts_with("heat: ") { "heat: 77\n" } else { line })
            .collect();
        assert_eq!(std::str::from_utf8(bytes).unwrap(), want, "{path}");
    }
    world.press("Ctrl+Z");
    assert_eq!(world.desk.changed_count(), 199, "undone after a save is a new change");
    world.press("Ctrl+S");
    assert_eq!(world.files, world.at_first);
    world.press("Ctrl+Shift+Z Ctrl+Z");
    assert_eq!(world.desk.changed_count(), 0);
}

#[test]
fn a_bulk_edit_that_is_still_prepared_does_not_overwrite_what_was_merged_meanwhile() {
    let mut world = many(60);
    // A draft of the first article, then an edit of all that is on its way…
    world.press("P Home Ctrl+A");
    let drafts = world.desk.changed_count();
    assert_eq!(drafts, 1);
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    world.obey(set_heat(5));
    // … while another program changes that article's title, which is merged into the draft.
    world.replace_on_disk("_news/00000.md", "Story 0", "Their story");
    assert!(world.now("_news/00000.md").contains("Their story"));
    world.let_go();
    let now = world.now("_news/00000.md");
    assert!(now.contains("heat: 5\n") && now.contains("Their story") && now.contains("published: true"), "{now}");
    world.press("Ctrl+S");
    assert!(world.text("_news/00000.md").contains("Their story"));
}

#[test]
fn a_bulk_edit_that_is_taken_back_while_its_files_change_goes_back_to_what_others_wrote() {
    let first = "_news/00000.md";
    for presses in ["Ctrl+Z", "Ctrl+Z Ctrl+Z"] {
        let mut world = many(60);
        world.press("Ctrl+A").obey(set_heat(5));
        if presses.len() > "Ctrl+Z".len() {
            world.obey(set_heat(6));
        }
        let ours = world.now(first);
        world.holds = |effect| matches!(effect, Effect::Prepare(_));
        world.press(presses);
        // The score that the editor set is kept over theirs, so the text is what the undo was prepared on.
        let at_first = world.text(first).lines().find(|line| line.starts_with("heat:")).unwrap().to_owned();
        world.replace_on_disk(first, &at_first, "heat: 77");
        assert_eq!(world.now(first), ours);
        world.let_go();
        assert!(world.now(first).contains("heat: 77\n"), "{presses}: {}", world.now(first));
        assert_eq!(world.desk.changed_count(), 0, "{presses}: nobody asked for an edit");
        world.press("Ctrl+S");
        assert!(world.text(first).contains("heat: 77\n"));
        world.holds = |_| false;
        world.press("Ctrl+Y");
        assert!(world.now(first).contains("heat: 5\n"), "{presses}: {}", world.now(first));
    }
}

#[test]
fn undo_pressed_twice_while_the_first_is_prepared_takes_both_back() {
    let mut world = many(60);
    world.press("Ctrl+A").obey(set_heat(5)).obey(set_heat(6));
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    world.press("Ctrl+Z Ctrl+Z").let_go();
    assert_eq!(world.desk.changed_count(), 0);
    world.press("Ctrl+Y Ctrl+Y");
    assert!(world.now("_news/00007.md").contains("heat: 6\n"), "both can be done again");
}

#[test]
fn undo_takes_an_edit_back_before_it_is_done() {
    let mut world = many(60);
    world.press("Ctrl+A");
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    world.obey(set_heat(5));
    assert_eq!(
        (world.desk.waiting_count(), world.desk.changed_count()),
        (1, 0),
        "nothing is shown that may be refused"
    );
    world.press("Ctrl+Z").let_go();
    assert_eq!((world.desk.waiting_count(), world.desk.changed_count()), (0, 0));
    assert_eq!(world.files, world.at_first);
}

#[test]
fn edits_of_one_article_keep_their_order_while_the_first_waits() {
    let mut world = many(60);
    world.press("Ctrl+A");
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    world.obey(set_heat(5));
    let article = world.id("_news/00003.md");
    let plus = Edit::of(article, "heat +10", vec![Intent::Add(FieldPath::parse("heat"), 10)]);
    world.obey(Command::Edit(plus)).obey(set_heat(8));
    assert_eq!(world.let_one_go(), 1, "the third waits for the second, the second for nothing more");
    assert!(world.now("_news/00003.md").contains("heat: 15\n"));
    assert_eq!(world.let_one_go(), 0);
    assert!(world.now("_news/00003.md").contains("heat: 8\n"));
}

#[test]
fn a_bulk_edit_waits_until_the_one_before_it_is_done() {
    let mut world = many(60);
    world.press("Ctrl+A");
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    world.obey(set_heat(5)).obey(set_heat(6)).obey(set_heat(7));
    assert_eq!(world.let_one_go(), 1, "only one of the two that wait goes on");
    world.let_go();
    assert!(world.now("_news/00009.md").contains("heat: 7\n"));
    world.press("Ctrl+Z");
    assert!(world.now("_news/00009.md").contains("heat: 6\n"));
}

#[test]
fn what_is_gone_from_disk_goes_when_the_site_is_read_again() {
    let mut world = many(5);
    world.press("J 5");
    world.files.remove(&path_of("_news/00001.md"));
    world.files.remove(&path_of("_news/00003.md"));
    world.press("Ctrl+R");
    let catalog = world.desk.catalog().unwrap();
    assert!(catalog.id_of(&path_of("_news/00003.md")).is_none());
    assert!(catalog.id_of(&path_of("_news/00001.md")).is_some(), "unsaved edits still hold it");
    assert_eq!(world.desk.rows().len(), 4);
}

#[test]
fn a_new_article_that_was_never_saved_can_be_given_up() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample-site");
    let mut world = World::of_folder(&sample);
    let lead = world.id("_news/2026-06-12-emberholms-lighthouse-shines-again-after-forty-dark-years.md");
    world.obey(Command::GoTo(lead));
    let entry = Pointer::parse("/related/2").unwrap();
    world.obey(Command::SplitOff { article: lead, entry });
    let new: Vec<_> = world.desk.changed().filter(|id| *id != lead).collect();
    assert_eq!((new.len(), world.desk.changed_count()), (1, 2));
    world.press("Ctrl+Z").obey(Command::RevertArticles(new));
    assert_eq!(world.desk.changed_count(), 0);
    assert!(world.journal.is_empty());
    world.press("Ctrl+S");
    assert_eq!(world.files, world.at_first);
}

#[test]
fn the_window_closes_after_a_save_only_when_all_is_saved() {
    let mut world = many(5);
    let title = vec![Intent::Set(FieldPath::parse("title"), "Mine".into())];
    let first = world.id("_news/00000.md");
    world.press("5 6").obey(Command::Edit(Edit::of(first, "title", title)));
    world.press("Ctrl+Q").replace_on_disk("_news/00000.md", "Story 0", "Theirs");
    world.obey(Command::SaveAll);
    assert!(!world.has_quit, "a conflict is left");
    world.obey(Command::Resolve { article: None, which: Which::All, side: Side::Ours }).obey(Command::SaveAll);
    assert!(world.has_quit);
    assert!(world.text("_news/00001.md").contains("heat: ") && world.text("_news/00000.md").contains("\"Mine\""));
}

#[test]
fn stale_answers_are_dropped() {
    let mut world = many(5);
    world.press("5");
    let before = world.desk.changed_count();
    world.obey(Command::CloseSite);
    world.obey(Command::Open("other".into()));
    assert_eq!((before, world.desk.changed_count()), (1, 1), "the journal brings it back");
    let rows = world.desk.rows().to_vec();
    world.tell(Event::ScanFailed { generation: 1, message: "old news".to_owned() });
    world.tell(Event::Scanned { generation: 1, records: Vec::new() });
    world.tell(Event::Saved { generation: 1, outcomes: Vec::new() });
    assert_eq!(world.desk.rows(), rows);
    assert!(world.desk.toasts().iter().all(|toast| toast.text != "old news"));
}

#[test]
fn stopping_work_leaves_a_desk_that_goes_on() {
    let mut world = many(60);
    world.holds = |effect| matches!(effect, Effect::Look(_));
    world.obey(Command::Filter("heat:<10".to_owned()));
    // What was asked is cancelled with everything else, so no answer comes.
    world.holds = |_| false;
    world.obey(Command::CancelWork);
    assert_eq!(world.desk.rows().len(), 10);
    assert!(!world.desk.is_looking());
}

#[test]
fn the_sample_site_can_be_judged_from_end_to_end() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample-site");
    let mut world = World::of_folder(&sample);
    assert!(world.desk.rows().len() >= 24);
    for _ in 0..world.desk.rows().len() {
        world.press("5 K P K ] Alt+3");
    }
    assert!(world.desk.changed_count() > 20);
    world.press("Ctrl+S");
    assert_eq!(world.desk.changed_count(), 0, "{}", world.says());
    while world.desk.undo_label().is_some() {
        world.press("Ctrl+Z");
    }
    world.press("Ctrl+S");
    assert_eq!(world.files, world.at_first, "undone to the byte, after a save");
    assert!(world.journal.is_empty());
}

#[test]
fn an_edit_of_articles_by_name_leaves_the_selection_alone() {
    let mut world = many(10);
    world.press("Shift+J Shift+J");
    let ids = vec![world.id("_news/00008.md"), world.id("_news/00009.md")];
    let edit = Edit::of_selection("title", vec![Intent::Set(FieldPath::parse("title"), "Same".into())]);
    world.obey(Command::Edit(Edit { targets: Targets::These(ids), ..edit }));
    assert_eq!((world.desk.target_count(), world.desk.changed_count()), (3, 2));
    world.press("Ctrl+S");
    let changed: Vec<_> = world.files.iter().filter(|(path, bytes)| world.at_first[*path] != **bytes).collect();
    assert_eq!(
        changed.iter().map(|(path, _)| *path).collect::<Vec<_>>(),
        [&path_of("_news/00008.md"), &path_of("_news/00009.md")]
    );
}

#[test]
fn what_a_save_displaced_is_merged_also_where_the_text_is_not_here_and_goes_only_when_it_is_journalled() {
    let mut world = many(200);
    let far = "_news/00150.md";
    let base = world.text(far);
    assert!(world.desk.opened(world.id(far)).is_none());
    let bytes = base.replace("Story 150", "Their story").into_bytes();
    let aside = |number, bytes: Vec<u8>| {
        Event::Displaced(Aside { number, path: path_of(far), base: Some(base.as_str().into()), bytes: bytes.into() })
    };
    world.holds = |effect| matches!(effect, Effect::Prepare(_));
    world.tell(aside(7, bytes));
    assert_eq!((world.accepted.as_slice(), world.journal.len()), ([].as_slice(), 0), "not merged yet");
    world.let_go();
    assert!(world.now(far).contains("Their story"));
    assert_eq!((world.accepted.as_slice(), world.journal.len()), ([7].as_slice(), 1));
    world.tell(aside(8, vec![0xff, 0xfe, 0x00]));
    assert_eq!(world.accepted, [7], "what is no text stays aside: {}", world.says());

    // One that comes before the site is read waits for it.
    let mut early = many(3);
    early.obey(Command::CloseSite);
    early.holds = |effect| matches!(effect, Effect::Scan { .. });
    early.obey(Command::Open("other".into()));
    let bytes = early.text("_news/00001.md").replace("Story 1", "Their story").into_bytes();
    let base = Some(early.text("_news/00001.md").as_str().into());
    early.tell(Event::Displaced(Aside { number: 1, path: path_of("_news/00001.md"), base, bytes: bytes.into() }));
    early.let_go();
    assert_eq!(early.accepted, [1]);
}

#[test]
fn a_journal_of_the_first_form_is_read_and_its_edits_are_taken_back_as_one_step() {
    let text = |heat: i64| format!("---\ntitle: A\nheat: {heat}\n---\n");
    let line = serde_json::json!({"path": "_news/a.md", "base": text(80), "ours": text(120)});
    let entry: JournalEntry = serde_json::from_value(line).unwrap();
    let files = [(path_of("_news/a.md"), text(80).into_bytes())].into();
    let mut world = World::with_journal(files, [(path_of("_news/a.md"), vec![entry])].into());
    assert_eq!((world.desk.changed_count(), world.now("_news/a.md")), (1, text(120)));
    world.press("Ctrl+Z");
    assert_eq!((world.desk.changed_count(), world.journal.len()), (0, 0));
    world.press("Ctrl+Shift+Z");
    assert_eq!(world.now("_news/a.md"), text(120));
}

#[test]
fn what_was_typed_is_one_step_of_the_journal_and_many_steps_stay_within_bounds() {
    let mut world = many(3);
    let first = world.id("_news/00000.md");
    for n in 0..50 {
        let title = vec![Intent::Set(FieldPath::parse("title"), format!("Typed {n}").as_str().into())];
        world.obey(Command::Edit(Edit::of(first, "title", title).grouped("title")));
    }
    assert_eq!(world.journal[&path_of("_news/00000.md")].len(), 1);
    for n in 0..300 {
        world.obey(Command::GoTo(first)).obey(set_heat(n));
    }
    let kept = &world.journal[&path_of("_news/00000.md")];
    assert!(kept.len() <= 200 && kept[0].base.is_some(), "{}", kept.len());
    let mut world = world.restart();
    assert!(world.now("_news/00000.md").contains("heat: 299"));
    while world.desk.undo_label().is_some() {
        world.press("Ctrl+Z");
    }
    assert_eq!(world.desk.changed_count(), 0, "the oldest step that is known holds all before it");
}

//! What is remembered of a user is that user's alone, and nothing that is logged says what articles say.

use std::sync::Mutex;

use copydesk::app::Opening;

use crate::app::{Place, Window};

/// Stands in every text of the site, and in no path.
const SECRET: &str = "Zanzibarquark";

/// What was logged and has the secret in it.
static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Hears all that this process logs, at every level.
struct Ear;

impl log::Log for Ear {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{}: {}", record.target(), record.args());
        if line.contains(SECRET) {
            HEARD.lock().unwrap().push(line);
        }
    }

    fn flush(&self) {}
}

fn article(number: usize) -> String {
    format!(
        "---\ntitle: \"{SECRET} {number}\"\nquality: 50\nheat: {number}\ntopics: [{SECRET}]\n---\n{SECRET}, a story\n"
    )
}

/// A sitting with all that is worth a line in a log: broken files, edits, conflicts, saves, a damaged journal.
fn sit(place: &Place) {
    let file = |name: &str| place.site().join("_news").join(name);
    let mut window = place.open();
    window.go_to("a1.md");
    window.press("H");
    window.type_text("77");
    window.press("Enter Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    window.go_to("a1.md");
    window.press("H");
    window.type_text("78");
    window.press("Enter");
    std::fs::write(file("a1.md"), article(90)).unwrap();
    window.until("the change is seen", |desk| {
        desk.changed().any(|id| desk.draft(id).unwrap().base_text().contains("heat: 90"))
    });
    std::fs::write(file("a2.md"), format!("---\ntitle: [{SECRET}\n: {SECRET}\n---\n{SECRET}\n")).unwrap();
    window.until("the broken file is seen", |desk| {
        desk.catalog().unwrap().ids().any(|id| !desk.catalog().unwrap().problem_codes(id).is_empty())
    });
    std::fs::remove_file(file("a1.md")).unwrap();
    window.until("the lost file is seen", |desk| desk.changed().any(|id| desk.draft(id).unwrap().fate.is_some()));
}

#[test]
fn state_is_private_and_logs_say_nothing_of_what_articles_say() {
    use std::os::unix::fs::PermissionsExt as _;

    log::set_logger(&Ear).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    log::warn!("{SECRET} is heard");
    let files = (0..6).map(|number| (format!("_news/a{number}.md"), article(number)));
    let odd = [
        ("_news/bytes.md".to_owned(), format!("---\ntitle: {SECRET}\n\t: x\n---\n")),
        ("_news/deep.md".to_owned(), format!("---\ntitle: {SECRET}\na: {}\n---\n", "[".repeat(100))),
        ("_config.yml".to_owned(), format!("title: [{SECRET}\n")),
        (".copydesk.yaml".to_owned(), format!("scores: {SECRET}\nkeys: [{SECRET}]\n")),
    ];
    let place = Place::of(files.chain(odd));
    sit(&place);
    let user = place.site().parent().unwrap().join("user");
    let seen = all_below(&user);
    let has = |ending: &str| seen.iter().any(|path| path.to_string_lossy().ends_with(ending));
    assert!(has(".journal") && has(".saved"), "{seen:?}");
    for path in &seen {
        let mode = std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }

    // A journal that is hit, and saved versions too, are told of without their words.
    for path in seen.iter().filter(|path| path.extension().is_some_and(|it| it == "journal" || it == "saved")) {
        let mut bytes = std::fs::read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xFF;
        std::fs::write(path, bytes).unwrap();
    }
    let mut window: Window = place.window([1000.0, 700.0], egui::Theme::Dark, Opening::Site(place.site()));
    window.until_read();
    drop(window);
    assert_eq!(*HEARD.lock().unwrap(), [format!("it::private: {SECRET} is heard")]);
}

/// Everything below a folder, and the folder.
fn all_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = entries.flat_map(|path| if path.is_dir() { all_below(&path) } else { vec![path] });
    std::iter::once(folder.to_owned()).chain(below).collect()
}

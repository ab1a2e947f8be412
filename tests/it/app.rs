//! The real app, driven by keys and by accessible names, over a copy of the sample site on the real disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use copydesk::app::{App, Opening};
use copydesk::desk::{ACTIONS, Chord, Desk, Overlay, Phase, Tone};
use copydesk::jobs::Outside;
use copydesk::storage::StateFolder;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, ViewportEvent, ViewportId};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tempfile::TempDir;

/// The lead story of the sample site.
pub const LEAD: &str = "2026-06-12-emberholms-lighthouse-shines-again-after-forty-dark-years.md";

/// A copy of the sample site, and a user's folders, that go when the test is over.
pub struct Place {
    folder: TempDir,
}

/// A window over a place.
pub struct Window {
    pub harness: Harness<'static, App>,
}

/// Dialogs that nobody answers, no browser, and the real program as the helper for pictures.
pub fn nobody() -> Outside {
    let program = Some(env!("CARGO_BIN_EXE_copydesk").into());
    Outside { folder: || None, pictures: |_| Vec::new(), page: |_| Ok(()), program }
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample-site");
        copy(&sample, &folder.path().join("site"));
        Self { folder }
    }

    /// A site of these files.
    pub fn of<P: AsRef<str>, T: AsRef<str>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let file = folder.path().join("site").join(path.as_ref());
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text.as_ref()).unwrap();
        }
        Self { folder }
    }

    /// The folder of the site and of the user's folders.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// A window on the site, when all articles are read.
    pub fn open(&self) -> Window {
        self.open_with([1440.0, 900.0], egui::Theme::Dark, Opening::Site(self.site()))
    }

    /// A window of this size, when all articles are read.
    pub fn open_with(&self, size: [f32; 2], theme: egui::Theme, opening: Opening) -> Window {
        let has_site = opening != Opening::Welcome;
        let mut window = self.window(size, theme, opening);
        if has_site {
            window.until_read();
        }
        window
    }

    /// A window of this size, as it is at first.
    pub fn window(&self, size: [f32; 2], theme: egui::Theme, opening: Opening) -> Window {
        self.window_with(size, theme, opening, nobody())
    }

    /// The same with dialogs that somebody answers.
    pub fn window_with(&self, size: [f32; 2], theme: egui::Theme, opening: Opening, outside: Outside) -> Window {
        Window::in_folder(self.folder.path(), size, theme, opening, outside)
    }

    pub fn texts(&self) -> BTreeMap<PathBuf, String> {
        let mut texts = BTreeMap::new();
        collect(&self.site(), &mut texts);
        texts
    }
}

impl Window {
    /// A window whose user keeps settings and journal in this folder, as it is at first.
    pub fn in_folder(folder: &Path, size: [f32; 2], theme: egui::Theme, opening: Opening, outside: Outside) -> Self {
        let state = StateFolder::at(&folder.join("user")).unwrap();
        let harness = Harness::builder()
            .with_size(size)
            .with_theme(theme)
            .with_os(egui::os::OperatingSystem::Nix)
            .allow_missing_glyphs() // there are no system fonts here, but for those below
            .build_eframe(|cc| {
                let app = App::with_outside(&cc.egui_ctx, opening, state, outside);
                stand_in_for_system_fonts(&cc.egui_ctx);
                app
            });
        Self { harness }
    }

    /// Draws until all articles are read.
    pub fn until_read(&mut self) {
        self.until("the site is read", |desk| {
            desk.scan().is_some_and(|scan| scan.done) && desk.cursor().is_some_and(|id| desk.opened(id).is_some())
        });
    }

    pub fn desk(&self) -> &Desk {
        self.harness.state().desk()
    }

    /// Draws until this holds: what other threads do takes as long as it takes.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Desk) -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            self.harness.step();
            let desk = self.desk();
            if !desk.is_looking() && desk.waiting_count() == 0 && desk.saving().is_none() && holds(desk) {
                break;
            }
            assert!(Instant::now() < end, "in vain: {what}; {:?}", desk.toasts());
            std::thread::sleep(Duration::from_millis(2));
        }
        self.harness.run_steps(2);
    }

    /// Draws until nothing is on its way.
    pub fn settle(&mut self) {
        self.until("everything is done", |_| true);
    }

    /// Presses keys as a window sends them: the key, and the letter it types.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            let events = key_events(key);
            self.harness.input_mut().events.extend(events);
            self.settle();
        }
        self
    }

    /// Presses keys and draws no more than that takes: what stands for some seconds is still there.
    pub fn press_quickly(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.harness.input_mut().events.extend(key_events(key));
            self.harness.step();
        }
        self
    }

    /// Presses keys that all come in one slow frame.
    pub fn press_at_once(&mut self, keys: &str) {
        let events: Vec<Event> = keys.split_whitespace().flat_map(key_events).collect();
        self.harness.input_mut().events.extend(events);
        self.settle();
    }

    /// Types a text, letter by letter, as keys.
    pub fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            let name = letter.to_uppercase().to_string();
            let key = Key::from_name(&name).unwrap_or(Key::Space);
            let events =
                [pressed(key, Modifiers::NONE, true), Event::Text(letter.into()), pressed(key, Modifiers::NONE, false)];
            self.harness.input_mut().events.extend(events);
            self.settle();
        }
    }

    pub fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.settle();
    }

    /// Puts the cursor on an article.
    pub fn go_to(&mut self, name: &str) {
        self.press("Home");
        for _ in 0..self.desk().rows().len() {
            let here = self.desk().catalog().unwrap().path(self.desk().cursor().unwrap());
            if here.name() == name {
                return self.until("its text is here", |desk| desk.opened(desk.cursor().unwrap()).is_some());
            }
            self.press("J");
        }
        panic!("there is no {name}");
    }

    pub fn close_window(&mut self) -> bool {
        let viewports = &mut self.harness.input_mut().viewports;
        viewports.get_mut(&ViewportId::ROOT).unwrap().events.push(ViewportEvent::Close);
        self.harness.step();
        let commands = &self.harness.output().viewport_output[&ViewportId::ROOT].commands;
        !commands.contains(&egui::ViewportCommand::CancelClose)
    }
}

/// Fonts that have what the program's own do not, as a system's would: Chinese, Japanese and Korean, Hebrew, Arabic, emoji.
pub fn stand_in_for_system_fonts(ctx: &egui::Context) {
    use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
    const FONTS: [(&str, &[u8]); 4] = [
        ("CJK", include_bytes!("../data/fonts/NotoSansCJK-test.otf")),
        ("Hebrew", include_bytes!("../data/fonts/NotoSansHebrew-test.ttf")),
        ("Arabic", include_bytes!("../data/fonts/NotoSansArabic-test.ttf")),
        ("emoji", include_bytes!("../data/fonts/NotoColorEmoji-test.ttf")),
    ];
    for (name, bytes) in FONTS {
        let last = |family| InsertFontFamily { family, priority: FontPriority::Lowest };
        let families = [egui::FontFamily::Proportional, egui::FontFamily::Monospace].map(last).to_vec();
        ctx.add_font(FontInsert::new(name, egui::FontData::from_static(bytes), families));
    }
}

fn pressed(key: Key, modifiers: Modifiers, pressed: bool) -> Event {
    Event::Key { key, physical_key: Some(key), pressed, repeat: false, modifiers }
}

fn key_events(keys: &str) -> Vec<Event> {
    if keys == "Ctrl+C" {
        return vec![Event::Copy];
    }
    let chord = Chord::parse(keys);
    let key = Key::from_name(chord.key).unwrap_or_else(|| panic!("no key is called {}", chord.key));
    let modifiers =
        Modifiers { alt: chord.alt, ctrl: chord.command, shift: chord.shift, mac_cmd: false, command: chord.command };
    let mut events = vec![pressed(key, modifiers, true)];
    if chord.is_text() {
        let text = if chord.shift { chord.key.to_owned() } else { chord.key.to_lowercase() };
        events.push(Event::Text(text));
    }
    events.push(pressed(key, modifiers, false));
    events
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub fn collect(folder: &Path, texts: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, texts);
        } else {
            texts.insert(path.clone(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned());
        }
    }
}

#[test]
fn judge_edit_and_save_changes_exactly_the_lines_meant() {
    let place = Place::new();
    let before = place.texts();
    let mut window = place.open();
    let all = window.desk().rows().len();
    assert_eq!(all, 27);

    window.press("/");
    window.type_text("shines again");
    window.press("Enter");
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("shines again", 1));
    let article = window.desk().cursor().unwrap();
    let heat = window.desk().schema_of(article).heat_score().unwrap().presets[8];
    window.press("9");
    assert_eq!(window.desk().changed_count(), 1);

    window.press("R Enter");
    let title = window
        .harness
        .get_all_by_label("Title")
        .find(|node| node.value().is_some_and(|value| value.starts_with("How three retired")));
    let title = title.expect("the field of the entry's title");
    title.scroll_to_me();
    title.focus();
    window.settle();
    window.press("End");
    window.type_text("!");
    assert_eq!(window.desk().changed_count(), 1);
    window.press("Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);

    drop(window); // what a save puts aside goes with the window
    let mut want = before.clone();
    let lead = want.get_mut(&place.site().join("_news").join(LEAD)).unwrap();
    let old_title = "  - title: \"How three retired clockmakers rebuilt the great lens of Emberholm\"\n";
    assert_eq!(lead.matches("\nheat: 142\n").count() + lead.matches(old_title).count(), 2);
    *lead = lead.replace("\nheat: 142\n", &format!("\nheat: {heat}\n"));
    *lead = lead.replace(old_title, &old_title.replace("Emberholm\"", "Emberholm!\""));
    assert_eq!(place.texts(), want);
    assert_ne!(before, want);
}

#[test]
fn letters_act_only_when_nobody_types() {
    let place = Place::new();
    let mut window = place.open();
    let cursor = window.desk().cursor();

    // In the filter, also when everything comes in one frame.
    window.press("/");
    window.type_text("px5");
    assert_eq!((window.desk().filter(), window.desk().changed_count()), ("px5", 0));
    window.press("Esc");
    assert_eq!(window.desk().filter(), "px5", "Escape in a field only leaves it");
    window.press("Esc");
    assert_eq!((window.desk().filter(), window.desk().rows().len()), ("", 27));
    window.press_at_once("/ J P");
    assert_eq!((window.desk().filter(), window.desk().changed_count()), ("jp", 0));
    window.press("Esc Esc");

    // In the form.
    window.press("Home E");
    window.type_text("jp5");
    let changes: Vec<String> = {
        let desk = window.desk();
        desk.changed().flat_map(|id| desk.changes_of(id)).map(|change| format!("{change:?}")).collect()
    };
    assert_eq!((changes.len(), window.desk().cursor()), (1, cursor), "{changes:?}");
    window.press("Esc");
    assert_eq!(window.desk().changed_count(), 0, "Escape gives back what was there");

    // And then again.
    window.press("J");
    assert_ne!(window.desk().cursor(), cursor);
}

#[test]
fn palette_keys_sheet_and_quick_look_open_and_close() {
    let place = Place::new();
    let mut window = place.open();
    window.go_to(LEAD);
    let lead = window.desk().cursor();
    let heat = |window: &Window| {
        let (desk, id) = (window.desk(), lead.unwrap());
        let path = desk.schema_of(id).heat_score().unwrap().path.clone();
        desk.document(id).unwrap().get(&path.pointer()).unwrap().as_f64().unwrap()
    };
    let before = heat(&window);
    window.press("Ctrl+K");
    assert_eq!(window.desk().overlay(), Some(&Overlay::Palette));
    window.type_text("heat +10");
    window.press("Enter");
    assert_eq!((window.desk().overlay(), heat(&window)), (None, before + 10.0));

    window.press("?");
    assert_eq!(window.desk().overlay(), Some(&Overlay::Keys));
    window.press("5 P");
    assert_eq!(heat(&window), before + 10.0, "keys do not reach through the sheet");
    window.press("Esc");
    assert_eq!(window.desk().overlay(), None);

    window.press("Space");
    assert_eq!(window.desk().overlay(), Some(&Overlay::QuickLook));
    window.press("J");
    assert_eq!(window.desk().overlay(), Some(&Overlay::QuickLook));
    assert_ne!(window.desk().cursor(), lead);
    window.press("K ]");
    assert_eq!((window.desk().cursor(), heat(&window)), (lead, before + 20.0), "it is judged in quick look");
    window.press("Space");
    assert_eq!(window.desk().overlay(), None);

    window.press("H");
    window.type_text("77");
    window.press("Enter");
    assert!((heat(&window) - 77.0).abs() < f64::EPSILON);
}

#[test]
fn closing_with_unsaved_edits_asks() {
    let place = Place::new();
    let before = place.texts();
    let mut window = place.open();
    window.press("P U J U");
    assert!(window.desk().changed_count() > 0);
    assert!(!window.close_window(), "it stays open");
    assert_eq!(window.desk().overlay(), Some(&Overlay::ConfirmQuit));
    window.settle();
    window.press("Esc");
    assert_eq!(window.desk().overlay(), None);
    assert!(!window.close_window());
    window.settle();
    window.click(Role::Button, "Save all");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    assert_ne!(place.texts(), before);
    assert!(window.close_window(), "nothing is pending");
}

#[test]
fn unsaved_edits_are_here_again_after_a_restart() {
    let place = Place::new();
    let before = place.texts();
    let mut window = place.open();
    window.go_to(LEAD);
    let article = window.desk().cursor().unwrap();
    window.press("Shift+9 ]");
    let text = window.desk().draft(article).unwrap().text().unwrap().to_string();
    drop(window);
    assert_eq!(place.texts(), before, "nothing was written");

    let mut window = place.open();
    assert_eq!(window.desk().changed_count(), 1);
    let article = window.desk().changed().next().unwrap();
    assert_eq!(window.desk().draft(article).unwrap().text().unwrap().as_ref(), text);
    window.press("Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    drop(window);
    assert_eq!(place.texts()[&place.site().join("_news").join(LEAD)], text);
    assert_eq!(place.open().desk().changed_count(), 0, "and not once more");
}

#[test]
fn what_another_program_writes_is_merged() {
    let place = Place::new();
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("Shift+9");
    let file = place.site().join("_news").join(LEAD);
    let before = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, before.replace("type: article\nquality: 112", "type: video\nquality: 112")).unwrap();
    window.press("Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(after.contains("type: video\nquality: 112\n") && !after.contains("heat: 142"), "{after}");
}

#[test]
fn a_file_that_may_not_be_written_stays_pending_and_its_message_goes_with_the_next_save() {
    let place = Place::new();
    let file = place.site().join("_news").join(LEAD);
    let before = std::fs::read_to_string(&file).unwrap();
    let usual = std::fs::metadata(&file).unwrap().permissions();
    let mut read_only = usual.clone();
    read_only.set_readonly(true);
    std::fs::set_permissions(&file, read_only).unwrap();
    let mut window = place.open();
    window.go_to(LEAD);
    window.press("Shift+9 Ctrl+S");
    let errors = |window: &Window| -> Vec<String> {
        let toasts = window.desk().toasts().iter().filter(|toast| toast.tone == Tone::Error);
        toasts.map(|toast| toast.text.clone()).collect()
    };
    window.until("the save is refused", |desk| desk.toasts().iter().any(|toast| toast.tone == Tone::Error));
    assert!(errors(&window)[0].contains(LEAD) && errors(&window)[0].contains("read-only"), "{:?}", errors(&window));
    assert_eq!((window.desk().changed_count(), std::fs::read_to_string(&file).unwrap()), (1, before.clone()));

    std::fs::set_permissions(&file, usual).unwrap();
    window.press("Ctrl+S");
    window.until("it is saved", |desk| desk.changed_count() == 0);
    assert_eq!(errors(&window), [""; 0]);
    assert_ne!(std::fs::read_to_string(&file).unwrap(), before);
}

/// What the system hands over when a folder is dropped on the window.
#[derive(Debug)]
pub struct Dropped(pub PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("a folder has no bytes".to_owned())
    }
}

#[test]
fn a_site_is_opened_by_dropping_its_folder() {
    let place = Place::new();
    let mut window = place.window([1440.0, 900.0], egui::Theme::Dark, Opening::Welcome);
    let file = place.site().join("_news").join(LEAD);
    window.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(file)));
    window.until("it is said that this is no folder", |desk| matches!(desk.phase(), Phase::Failed(_)));
    assert!(window.harness.query_by_label_contains("is not a folder").is_some());

    let held = egui::HoveredFile { path: Some(place.site()), ..Default::default() };
    let hint = "Drop a folder to open it as a site";
    assert!(window.harness.query_by_label(hint).is_none());
    window.harness.input_mut().hovered_files.push(held);
    window.harness.run_steps(2);
    assert!(window.harness.query_by_label(hint).is_some());
    window.harness.input_mut().hovered_files.clear();
    window.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(place.site())));
    window.until("the site is read", |desk| desk.scan().is_some_and(|scan| scan.done));
    assert_eq!((window.desk().root(), window.desk().rows().len()), (Some(place.site().as_path()), 27));
}

/// The folder that the dialog answers in the test below.
static PICKED: std::sync::Mutex<Option<PathBuf>> = std::sync::Mutex::new(None);

#[test]
fn a_site_is_opened_by_the_dialog_for_folders() {
    let place = Place::new();
    let state = StateFolder::at(&place.folder.path().join("user")).unwrap();
    let folder = || PICKED.lock().unwrap().clone();
    let outside = Outside { folder, ..nobody() };
    let harness = Harness::builder()
        .with_size([1440.0, 900.0])
        .allow_missing_glyphs()
        .build_eframe(move |cc| App::with_outside(&cc.egui_ctx, Opening::Welcome, state, outside));
    let mut window = Window { harness };
    window.settle();

    window.press("Ctrl+O");
    assert_eq!(window.desk().root(), None, "no folder was chosen");
    *PICKED.lock().unwrap() = Some(place.site());
    window.click(Role::Button, "Open a folder…");
    window.until("the site is read", |desk| desk.scan().is_some_and(|scan| scan.done));
    assert_eq!((window.desk().root(), window.desk().rows().len()), (Some(place.site().as_path()), 27));
}

/// Everything of the desk that an editor can see.
fn seen(desk: &Desk) -> String {
    let drafts: Vec<_> = desk.changed().map(|id| desk.draft(id).and_then(|draft| draft.text().cloned())).collect();
    let toasts: Vec<_> = desk.toasts().iter().map(|toast| toast.id).collect();
    let marked: Vec<_> = desk.rows().iter().filter(|id| desk.row_state(**id).marked).collect();
    format!(
        "{drafts:?} {toasts:?} {marked:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        desk.cursor(),
        desk.selection(),
        desk.overlay(),
        desk.focus_request(),
        desk.settings(),
        desk.site_state(),
        desk.phase(),
        desk.rows()
    )
}

/// A key that does nothing and says nothing is a fault.
#[test]
fn every_key_acts_or_says_why_not() {
    // These ask the system for something: its dialog for folders, its browser.
    const OUTSIDE: [&str; 2] = ["Ctrl+O", "O"];
    // These leave nothing to see where everything is as it should be.
    const QUIET: [&str; 4] = ["Ctrl+R", "F5", "Ctrl+0", "Ctrl+Q"];
    let place = Place::new();
    let mut window = place.open();
    let mut silent = Vec::new();
    for action in ACTIONS {
        for key in action.keys.iter().filter(|key| !OUTSIDE.contains(key) && !QUIET.contains(key)) {
            // The middle of the table, nothing selected, nothing over it.
            while window.desk().overlay().is_some() {
                window.press("Esc");
            }
            window.press("Home J J");
            if *key == "Alt+E" {
                window.press("Alt+V");
            }
            let before = seen(window.desk());
            window.press(key);
            if seen(window.desk()) == before {
                silent.push(format!("{key} ({})", action.name));
            }
            if *key == "Ctrl+W" {
                window = place.open();
            } else if ["Ctrl+F", "/", "E", "Enter", "F2", "R"].contains(key) {
                window.press("Esc");
                let table = window.harness.get_by_role(Role::Grid);
                table.focus();
                window.settle();
            }
        }
    }
    assert!(silent.is_empty(), "these do nothing: {silent:#?}");
}

/// What a key could change beside the text of the field that it is typed in.
fn beside_text(desk: &Desk) -> String {
    let fields: Vec<_> =
        desk.changed().flat_map(|id| desk.changes_of(id)).map(|change| change.pointer.clone()).collect();
    let pane =
        (desk.site_state().unwrap().tab, desk.site_state().unwrap().sidebar, desk.site_state().unwrap().inspector);
    // What is typed in the filter moves the cursor by itself.
    let cursor = desk.filter().is_empty().then(|| (desk.cursor(), desk.selection()));
    format!("{cursor:?} {:?} {:?} {fields:?} {pane:?}", desk.overlay(), desk.settings())
}

#[test]
fn no_key_of_a_command_fires_while_somebody_types() {
    let place = Place::new();
    let mut window = place.open();
    window.go_to(LEAD);
    for field in ["Filter", "Title"] {
        let is_field = |node: &egui_kittest::Node<'_>| {
            matches!(node.accesskit_node().role(), Role::TextInput | Role::MultilineTextInput)
        };
        window.harness.get_all_by_label(field).find(is_field).unwrap().focus();
        window.settle();
        // The first letter makes the change that the others may add to.
        window.press("W");
        let before = beside_text(window.desk());
        for action in ACTIONS {
            for key in action.keys {
                let chord = Chord::parse(key);
                // With Ctrl, and function keys, commands are meant; Enter and Tab leave a field.
                if chord.command || *key == "Enter" || chord.key.len() > 1 && chord.key.starts_with('F') {
                    continue;
                }
                window.press(key);
                assert_eq!(beside_text(window.desk()), before, "{key} ({}) in {field}", action.name);
            }
        }
        if field == "Filter" {
            assert!(window.desk().filter().len() > 20, "the letters are in the filter: {}", window.desk().filter());
            window.press("Esc Esc");
            window.go_to(LEAD);
        }
    }
}

#[test]
fn each_key_of_the_table_is_read_once_even_in_one_slow_frame() {
    let place = Place::new();
    let mut window = place.open();
    let rows = window.desk().rows().to_vec();
    window.until("the texts around are here", |desk| desk.opened(rows[2]).is_some());
    window.press_at_once("J U J U");
    let desk = window.desk();
    assert!(desk.cursor() == Some(rows[4]) || desk.cursor() == Some(rows[3]), "{:?}", desk.cursor());
    assert!(desk.draft(rows[0]).is_none(), "J came first");
}

#[test]
fn arrows_right_behind_escape_move_the_cursor_and_nothing_else() {
    let place = Place::new();
    let mut window = place.open();
    let rows = window.desk().rows().to_vec();
    // Out of the filter, out of the form, out of a dialog: in one slow frame, and one right after the other.
    for opening in ["/", "E", "Alt+I"] {
        window.press("Home");
        window.press(opening);
        window.press_at_once("Esc Down Down Down");
        assert_eq!(window.desk().cursor(), Some(rows[3]), "after {opening}");
        let table = copydesk::ui::table::focus_id();
        assert_eq!(window.harness.ctx.memory(egui::Memory::focused), Some(table), "after {opening}");
        window.press("Home");
        window.press(opening);
        for key in ["Esc", "Down", "Down", "Down"] {
            window.harness.input_mut().events.extend(key_events(key));
            window.harness.step();
        }
        window.settle();
        assert_eq!(window.desk().cursor(), Some(rows[3]), "after {opening}, frame by frame");
        window.press("Space");
        assert_eq!(window.desk().overlay(), Some(&Overlay::QuickLook), "after {opening}");
        window.press("Space");
        assert_eq!(window.desk().filter(), "");
    }
}

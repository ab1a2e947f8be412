//! How much CPU time of ours it takes from a key to its frame, on all threads: moving, scoring, sorting and typing, with the panes
//! of the real window but without painting it. Prints a line for each: the median and the slowest of twenty, and of that the
//! slowest time that the thread of the window was busy, with what it waited for a processor.
//!
//! `cargo bench --bench frames`: 6,000 articles, those in `COPYDESK_CORPORA` again and again, else made up ones. `-- 100000`
//! chooses another number. `-- scroll` prints the median of a frame while 10 columns scroll by, for 1,000, 100,000 and 1,000,000
//! articles, or for the numbers that follow: the time of the window's own thread, which shall not depend on how many rows there are.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that measures and prints")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use copydesk::catalog::ColumnKey;
use copydesk::desk::{ColumnSetting, Command, Desk, Pane, Settings};
use copydesk::jobs::{Outside, Runner, Services};
use copydesk::storage::StateFolder;
use copydesk::ui::{Panes, keys, panes_ui, table, theme};
use egui::{Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, RawInput, Rect, TouchPhase, pos2, vec2};

#[path = "made.rs"]
mod made;

type Failure = Box<dyn std::error::Error>;

/// So often each is measured.
const TIMES: usize = 20;

/// So many frames are scrolled through.
const FRAMES: usize = 400;

/// The columns that scroll by.
const COLUMNS: [&str; 10] = [
    "path",
    "title",
    "publishedDateTime",
    "provider.name",
    "topics",
    "tags",
    "quality",
    "heat",
    "published",
    "images.count",
];

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "scroll") {
        let mut sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
        if sizes.is_empty() {
            sizes = vec![1_000, 100_000, 1_000_000];
        }
        return sizes.into_iter().try_for_each(scroll);
    }
    let count = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(6_000);
    let folder = tempfile::tempdir()?;
    make_site(&folder.path().join("site"), count)?;
    let mut window = Window::open(folder.path())?;
    println!("{} articles, {} rows", count, window.desk.rows().len());
    window.measure("a frame in which nothing happens", |_, _| Vec::new());
    window.measure("J: the next row", |_, _| vec![key(Key::J, Modifiers::NONE)]);
    window.measure("PageDown: a page on", |_, _| vec![key(Key::PageDown, Modifiers::NONE)]);
    window.measure("5: a score, and on to the next row", |_, _| vec![key(Key::Num5, Modifiers::NONE)]);
    window.measure("Ctrl+Z: taken back", |_, _| vec![key(Key::Z, Modifiers::COMMAND)]);
    for (name, column) in [("heat", "heat"), ("title", "title"), ("date", "publishedDateTime")] {
        window.measure(&format!("sorted by {name}, rows and all"), |window, _| {
            window.wish(Command::Sort { column: ColumnKey::parse(column), add: false });
            Vec::new()
        });
    }
    window.measure("a letter in the filter, rows and all", |window, time| {
        if time == 0 {
            window.wish(Command::Focus(Pane::Filter));
            window.frame(Vec::new());
        }
        vec![Event::Text(if time.is_multiple_of(2) { "a" } else { "\u{62}" }.to_owned())]
    });
    window.wish(Command::Filter(String::new()));
    window.wish(Command::Focus(Pane::Form));
    window.settle();
    window.measure("a letter in the form", |_, _| vec![Event::Text("a".to_owned())]);
    window.wish(Command::GroupBy(Some(ColumnKey::parse("publishedDateTime"))));
    window.wish(Command::Focus(Pane::Table));
    window.settle();
    window.measure("J in rows grouped by day", |_, _| vec![key(Key::J, Modifiers::NONE)]);
    Ok(())
}

/// Prints how long a frame takes while so many made up articles scroll by.
fn scroll(count: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("_news"))?;
    for number in 0..count {
        std::fs::write(site.join(made::path(number).as_str()), made::article(number))?;
    }
    let mut window = Window::open(folder.path())?;
    let setting = |key| ColumnSetting { key, width: Some(110.0), shown: true };
    let mut columns: Vec<ColumnSetting> = COLUMNS.iter().map(|name| setting(ColumnKey::parse(name))).collect();
    let others = window.desk.columns().into_iter().filter(|one| !COLUMNS.contains(&one.key.to_string().as_str()));
    columns.extend(others.map(|other| ColumnSetting { shown: false, ..other }));
    window.wish(Command::Columns(columns));
    window.settle();
    let (unit, phase, source) = (MouseWheelUnit::Point, TouchPhase::Move, MouseWheelSource::Wheel);
    let mut times: Vec<Duration> = (0..FRAMES)
        .map(|frame| {
            // Down and up again, so that a short table has rows left.
            let delta = vec2(0.0, if frame / 100 % 2 == 0 { -170.0 } else { 170.0 });
            let wheel = Event::MouseWheel { unit, delta, phase, source, modifiers: Modifiers::NONE };
            window.drawn = Duration::ZERO;
            window.frame(vec![Event::PointerMoved(pos2(600.0, 450.0)), wheel]);
            window.drawn
        })
        .collect();
    times.sort_unstable();
    let ms = |share: usize| times.get(FRAMES * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    let (rows, shown) = (window.desk.rows().len(), COLUMNS.len());
    println!("scrolling {rows} rows of {shown} columns: {:.2} ms, {:.2} ms for 95 of 100", ms(50), ms(95));
    Ok(())
}

/// The time that the threads of this process have run so far; where the system does not tell, the time that has passed.
fn spent() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let of_thread = |path: PathBuf| {
        let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    };
    let total: u64 = threads.filter_map(|thread| of_thread(thread.path())).sum();
    if total > 0 { Duration::from_nanos(total) } else { START.get_or_init(Instant::now).elapsed() }
}

fn key(key: Key, modifiers: Modifiers) -> Event {
    Event::Key { key, physical_key: Some(key), pressed: true, repeat: false, modifiers }
}

/// Copies real articles until there are enough of them, or makes some up.
fn make_site(site: &Path, count: usize) -> Result<(), Failure> {
    let news = site.join("_news");
    std::fs::create_dir_all(&news)?;
    let mut originals: Vec<PathBuf> = Vec::new();
    if let Some(corpora) = std::env::var_os("COPYDESK_CORPORA") {
        let real = Path::new(&corpora).join("coronavirus/_news");
        for file in std::fs::read_dir(real)? {
            originals.push(file?.path());
        }
        originals.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
        originals.sort();
    }
    for number in 0..count {
        match originals.get(number % originals.len().max(1)) {
            Some(original) => {
                let name = original.file_stem().unwrap_or_default().to_string_lossy();
                std::fs::copy(original, news.join(format!("{name}-{}.md", number / originals.len())))?;
            }
            None => std::fs::write(site.join(made::path(number).as_str()), made::article(number))?,
        }
    }
    Ok(())
}

/// The desk, its panes and those who work for it, without a window around.
struct Window {
    ctx: Context,
    desk: Desk,
    panes: Panes,
    runner: Runner,
    time: f64,
    /// How long frames, commands and answers have taken on this thread.
    drawn: Duration,
}

impl Window {
    fn open(folder: &Path) -> Result<Self, Failure> {
        let ctx = Context::default();
        theme::install(&ctx);
        let outside = Outside { folder: || None, pictures: |_| Vec::new(), page: |_| Ok(()), program: None };
        let services = Services { wake: Arc::new(|| {}), outside };
        let runner = Runner::new(StateFolder::at(&folder.join("state"))?, services);
        let mut window = Self {
            ctx,
            desk: Desk::new(Settings::default()),
            panes: Panes::default(),
            runner,
            time: 0.0,
            drawn: Duration::ZERO,
        };
        window.wish(Command::Open(folder.join("site")));
        while !window.desk.scan().is_some_and(|scan| scan.learned) {
            window.take_in();
            std::thread::sleep(Duration::from_millis(1));
        }
        window.settle();
        Ok(window)
    }

    /// Does something in a frame, twenty times, and prints how long it took until the frame that shows it.
    fn measure(&mut self, what: &str, events: impl Fn(&mut Self, usize) -> Vec<Event>) {
        let mut drawn: Vec<Duration> = Vec::new();
        let mut times: Vec<Duration> = (0..TIMES)
            .map(|time| {
                self.settle();
                let start = spent();
                self.drawn = Duration::ZERO;
                let events = events(self, time);
                self.frame(events);
                if self.desk.is_looking() {
                    while self.desk.is_looking() {
                        self.take_in();
                        std::thread::sleep(Duration::from_micros(100));
                    }
                    self.frame(Vec::new());
                }
                drawn.push(self.drawn);
                spent().saturating_sub(start)
            })
            .collect();
        times.sort_unstable();
        let ms = |at: usize| times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
        let window = drawn.iter().max().map_or(0.0, |time| time.as_secs_f64() * 1000.0);
        println!("{what}: {:.1} ms, at most {:.1} ms; the window {window:.1} ms", ms(TIMES / 2), ms(TIMES - 1));
    }

    /// Draws until nothing is on its way.
    fn settle(&mut self) {
        for _ in 0..3 {
            while self.desk.is_looking() || self.desk.waiting_count() > 0 {
                self.take_in();
                std::thread::sleep(Duration::from_micros(200));
            }
            self.take_in();
            self.frame(Vec::new());
        }
    }

    fn wish(&mut self, command: Command) {
        let start = Instant::now();
        let effects = self.desk.apply(command);
        self.runner.run(effects);
        self.drawn += start.elapsed();
    }

    fn take_in(&mut self) {
        let start = Instant::now();
        while let Some(event) = self.runner.next_event() {
            let effects = self.desk.receive(event);
            self.runner.run(effects);
        }
        self.drawn += start.elapsed();
    }

    /// One frame as the window makes it, up to the triangles.
    fn frame(&mut self, events: Vec<Event>) {
        self.time += 0.1;
        let screen_rect = Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1440.0, 900.0)));
        let input = RawInput { screen_rect, time: Some(self.time), events, ..RawInput::default() };
        let ctx = self.ctx.clone();
        let (start, before) = (Instant::now(), self.drawn);
        let mut output = ctx.run_ui(input, |ui| {
            while let Some(command) = keys::next_command(&ctx, &self.desk, table::focus_id(), 0) {
                self.wish(command);
            }
            for command in panes_ui(ui, &self.desk, &mut self.panes) {
                self.wish(command);
            }
            keys::settle(&ctx, &self.desk, table::focus_id());
        });
        self.ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        self.drawn = before + start.elapsed(); // wishes within are in it already
        output.textures_delta.clear();
    }
}

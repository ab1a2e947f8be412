//! What pictures cost: the processor's time of a frame while rows with pictures scroll by, how long the picture of an article takes
//! after it was selected, and how much memory pictures take that were made to harm.
//!
//! It prints a table, for these are not times of a function: `cargo bench --bench pictures`; `-- 5000` takes so many articles.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that measures and prints")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use copydesk::app::{App, Opening};
use copydesk::picture::helper;
use copydesk::storage::StateFolder;
use copydesk::ui::pictures::BUDGET;
use egui::{Event, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{By, Queryable as _};

mod made;

const SIZE: [f32; 2] = [1440.0, 900.0];
const ARTICLES: usize = 20_000;
const PHOTOGRAPHS: usize = 1000;
const FRAMES: usize = 600;

type Window = Harness<'static, App>;

fn main() -> ExitCode {
    // The program that runs is its own helper for costly pictures, as the app is.
    if std::env::args().any(|argument| argument == helper::FLAG) {
        return helper::run();
    }
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    photographs(&site);
    let count = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ARTICLES);
    articles(&site, count, |i| format!("/assets/{}.jpg", i % PHOTOGRAPHS));
    let mut window = open(&site, &folder.path().join("user"));
    println!("{count} articles, {PHOTOGRAPHS} photographs of 1600 × 1000");
    scroll("table", &mut window);
    press(&mut window, Key::G, Modifiers::ALT);
    scroll("contact sheet", &mut window);
    press(&mut window, Key::G, Modifiers::ALT);
    selection(&mut window);
    drop(window);
    bombs(folder.path());
    ExitCode::SUCCESS
}

/// Photographs as cameras make them: no two the same, and not easy to pack.
fn photographs(site: &Path) {
    std::fs::create_dir_all(site.join("assets")).unwrap();
    for number in 0..PHOTOGRAPHS {
        let image = image::RgbImage::from_fn(1600, 1000, |x, y| {
            let wave = ((x as f32 / (9.0 + number as f32)).sin() + (y as f32 / 31.0).cos()) * 50.0 + 120.0;
            image::Rgb([wave as u8, (x % 251) as u8, (y as usize * number % 241) as u8])
        });
        image.save(site.join(format!("assets/{number}.jpg"))).unwrap();
    }
}

fn articles(site: &Path, count: usize, picture: impl Fn(usize) -> String) {
    std::fs::create_dir_all(site.join("_news")).unwrap();
    for i in 0..count {
        let text = made::article(i);
        let (before, rest) = text.split_once("\nimages:\n  - url: \"").unwrap();
        let after = rest.split_once('"').unwrap().1;
        let text = format!("{before}\nimages:\n  - url: \"{}\"{after}", picture(i));
        std::fs::write(site.join(made::path(i).as_str()), text).unwrap();
    }
}

fn open(site: &Path, user: &Path) -> Window {
    let (state, opening) = (StateFolder::at(user).unwrap(), Opening::Site(site.to_owned()));
    let mut window = Harness::builder()
        .with_size(SIZE)
        .allow_missing_glyphs()
        .build_eframe(|cc| App::with_state(&cc.egui_ctx, opening, state));
    let is_read = |window: &Window| {
        let desk = window.state().desk();
        desk.scan().is_some_and(|scan| scan.done && scan.learned) && !desk.is_looking()
    };
    while !is_read(&window) {
        window.step();
    }
    rest(&mut window);
    window
}

/// Draws until all pictures on screen are there.
fn rest(window: &mut Window) {
    window.run_steps(3);
    while !window.state().has_all_pictures() {
        window.step();
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn press(window: &mut Window, key: Key, modifiers: Modifiers) {
    for pressed in [true, false] {
        let event = Event::Key { key, physical_key: Some(key), pressed, repeat: false, modifiers };
        window.input_mut().events.push(event);
    }
    window.step();
}

/// A frame's time of this thread: reading events, drawing all panes, making textures, shapes and the accessibility tree. Painting
/// them is the graphics card's.
fn scroll(what: &str, window: &mut Window) {
    rest(window);
    let center = egui::pos2(SIZE[0] * 0.4, SIZE[1] * 0.5);
    window.input_mut().events.push(Event::PointerMoved(center));
    window.step();
    let (mut times, mut most) = (Vec::with_capacity(FRAMES), 0);
    for _ in 0..FRAMES {
        window.input_mut().events.push(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, -170.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        let start = processor_time();
        window.step();
        times.push(processor_time().saturating_sub(start));
        most = most.max(window.state().picture_bytes());
        std::thread::sleep(Duration::from_millis(8)); // what is left of a frame is the decoders'
    }
    let (most, budget, resident) = (most >> 20, BUDGET >> 20, memory("VmRSS"));
    println!("scrolling, {what}: {} of processor time a frame", spread(times));
    println!("  pictures held: {most} MB at most of {budget}; the whole program, which measures itself: {resident} MB");
}

/// From the key that selects an article to the frame that shows its picture, large.
fn selection(window: &mut Window) {
    press(window, Key::Home, Modifiers::NONE);
    rest(window);
    let mut times = Vec::new();
    for _ in 0..60 {
        let start = Instant::now();
        press(window, Key::PageDown, Modifiers::NONE);
        while window
            .query_all(By::new().predicate(|node| node.label().is_some_and(|label| is_lead(&label))))
            .next()
            .is_none()
        {
            window.step();
        }
        times.push(start.elapsed());
        rest(window);
    }
    println!("the picture of a selected article: {} after the key", spread(times));
}

/// Whether this names a large picture that is shown: its size is known then.
fn is_lead(label: &str) -> bool {
    label.starts_with("Picture: ") && label.contains("1600 × 1000 · JPEG")
}

/// Opens two sites of as many articles, one with bombs among its pictures, and looks at all rows of both.
fn bombs(folder: &Path) {
    for (name, harm) in [("photographs only", false), ("with bombs", true)] {
        let site = folder.join(name);
        std::fs::create_dir_all(site.join("assets")).unwrap();
        for number in 0..10 {
            std::fs::copy(folder.join(format!("site/assets/{number}.jpg")), site.join(format!("assets/{number}.jpg")))
                .unwrap();
        }
        let names = if harm { make_bombs(&site.join("assets")) } else { Vec::new() };
        articles(&site, 200, |i| match names.get(i % 10).filter(|_| i % 2 == 0) {
            Some(name) => format!("/assets/{name}"),
            None => format!("/assets/{}.jpg", i % 10),
        });
        std::fs::write("/proc/self/clear_refs", "5").unwrap_or_default();
        let before = memory("VmRSS");
        let mut window = open(&site, &folder.join(format!("user {name}")));
        for _ in 0..20 {
            press(&mut window, Key::PageDown, Modifiers::NONE);
            rest(&mut window);
        }
        println!("200 articles, {name}: {} MB at most, {before} MB before", memory("VmHWM"));
    }
}

/// Small files that would become large pictures, and drawings that would take for ever.
fn make_bombs(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut put = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.join(name), bytes).unwrap();
        names.push(name.to_owned());
    };
    put("wide.png", &png(30_000, 30_000, 30_000_usize * 90_001 / 1000));
    put("large.png", &png(7_000, 7_000, 7_000 * 21_001));
    put("short.png", &png(11_999, 1_333, 1));
    let mut gif = b"GIF89a\x00\x10\x00\x10\xF0\x00\x00\x00\x00\x00\xFF\xFF\xFF".to_vec();
    (0..20_000).for_each(|_| gif.extend_from_slice(b"\x2C\x00\x00\x00\x00\x00\x10\x00\x10\x00\x02\x02\x4C\x01\x00"));
    gif.push(0x3B);
    put("endless.gif", &gif);
    let mut svg = "<svg xmlns='http://www.w3.org/2000/svg' width='900' height='900'><defs><g id='a0'><rect width='9' height='9'/></g>"
        .to_owned();
    for depth in 1..12 {
        let inner = format!("<use href='#a{}'/>", depth - 1).repeat(10);
        write!(svg, "<g id='a{depth}'>{inner}</g>").unwrap();
    }
    put("laughs.svg", format!("{svg}</defs><use href='#a11'/></svg>").as_bytes());
    names
}

fn png(width: u32, height: u32, zeros: usize) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for start in (0..zeros).step_by(1 << 20) {
        packed.write_all(&vec![0; (zeros - start).min(1 << 20)]).unwrap();
    }
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    for (name, content) in [(b"IHDR", header), (b"IDAT", packed.finish().unwrap()), (b"IEND", Vec::new())] {
        bytes.extend_from_slice(&(content.len() as u32).to_be_bytes());
        let start = bytes.len();
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(&content);
        let sum = crc32fast::hash(&bytes[start..]);
        bytes.extend_from_slice(&sum.to_be_bytes());
    }
    bytes
}

/// How long this thread has run, where the system tells; elsewhere the time that went by.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()) {
        Some(nanoseconds) => Duration::from_nanos(nanoseconds),
        None => START.elapsed(),
    }
}

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

/// A line of `/proc/self/status`, in megabytes; 0 where there is none.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    format!("{:.1} ms in the middle, {:.1} ms for 95 of 100, {:.1} ms at most", at(50), at(95), at(100))
}

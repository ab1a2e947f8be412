//! Pictures: what is decoded and how, what is refused and at what cost, and how panes get textures.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use copydesk::file::SitePath;
use copydesk::jobs::pictures::{PictureRunner, PictureSettings};
use copydesk::net::Policy;
use copydesk::picture::{
    Delivered, Failure, FailureKind, Format, Limits, PictureError, PictureKey, PictureOrders, Shape, Source, decode,
    header, inspect, render,
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::common::corpora;

const THUMBNAIL: Shape = Shape::Cover { width: 60, height: 37 };

/// A picture with a different colour in each corner and noise between, as a photograph would have.
fn photograph(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let noise = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 27;
        Rgb([(x * 200 / width) as u8 + noise as u8, (y * 200 / height) as u8, 40 + noise as u8])
    })
}

fn encoded(image: RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn every_format_is_told_by_its_bytes_and_decoded() {
    for (written, expected) in [
        (ImageFormat::Jpeg, Format::Jpeg),
        (ImageFormat::Png, Format::Png),
        (ImageFormat::Gif, Format::Gif),
        (ImageFormat::WebP, Format::WebP),
        (ImageFormat::Bmp, Format::Bmp),
        (ImageFormat::Ico, Format::Ico),
    ] {
        let bytes = encoded(photograph(200, 120), written);
        let header = header::Header::read(&bytes).unwrap();
        assert_eq!((header.format, header.size), (expected, Some((200, 120))), "{expected}");
        let rendered = render(&bytes, Shape::Within { width: 100, height: 100 }, &Limits::HERE).unwrap();
        assert_eq!((rendered.info.width, rendered.info.height), (200, 120), "{expected}");
        let frame = &rendered.frames[0];
        assert_eq!((frame.width, frame.height, frame.rgba.len()), (100, 60, 24_000), "{expected}");
        // The right edge is redder than the left, the lower greener than the upper.
        let pixel = |x: usize, y: usize| &frame.rgba[4 * (y * 100 + x)..][..4];
        assert!(pixel(95, 30)[0] > pixel(5, 30)[0] + 100, "{expected}");
        assert!(pixel(50, 55)[1] > pixel(50, 5)[1] + 100, "{expected}");
    }
}

#[test]
fn a_picture_whose_end_is_missing_is_broken() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Gif] {
        let bytes = encoded(photograph(200, 120), format);
        for kept in [bytes.len() / 2, bytes.len() * 9 / 10, 30, 3] {
            let result = decode(&bytes[..kept], &Limits::HERE);
            assert!(result.is_err(), "{format:?} cut to {kept} of {}", bytes.len());
            assert!(inspect(&bytes[..kept]).is_err(), "{format:?} cut to {kept} of {}, not decoded", bytes.len());
        }
        assert!(decode(&bytes, &Limits::HERE).is_ok(), "{format:?}");
        assert_eq!(inspect(&bytes), Ok(Some((200, 120))), "{format:?}");
    }
}

#[test]
fn what_is_no_picture_says_what_it_is() {
    for (bytes, expected) in [
        (&b""[..], "The file is empty"),
        (b"<!DOCTYPE html><html><svg></svg></html>", "Not a picture: it is a web page"),
        (b"Not found\n", "Not a picture: it is text"),
        (b"%PDF-1.7 \xE2", "Not a picture: it is a PDF document"),
        (
            b"version https://git-lfs.github.com/spec/v1\n",
            "Not a picture: the file was never fetched from Git's large file storage",
        ),
        (b"\x00\x00\x00\x1cftypavif\x00\x00", "AVIF pictures are not shown here: no safe decoder for them is built in"),
        (b"\xFF\xD8\xFF\xE0", "The picture is cut off: its end is missing"),
        (b"\x89PNG\x0D\x0A\x1A\x0A", "The picture is cut off: its end is missing"),
    ] {
        let error = decode(bytes, &Limits::HERE).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn every_picture_of_the_corpora_is_shown() {
    let Some(corpora) = corpora() else { return };
    let mut shown = 0;
    for folder in ["power-apps/assets", "coronavirus/assets"] {
        for path in files_below(&corpora.join(folder)) {
            let bytes = std::fs::read(&path).unwrap();
            let Ok(format) = header::format(&bytes) else { continue };
            if format == Format::Svg {
                continue;
            }
            let rendered = render(&bytes, THUMBNAIL, &Limits::HERE);
            assert!(rendered.is_ok(), "{}: {rendered:?}", path.display());
            assert!(inspect(&bytes).is_ok(), "{} is called broken", path.display());
            shown += 1;
        }
    }
    assert!(shown > 50, "only {shown} pictures");
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A site in memory that counts what is read.
#[derive(Default)]
struct Files {
    files: HashMap<String, Vec<u8>>,
    reads: AtomicUsize,
}

fn runner(files: &Arc<Files>) -> (PictureRunner, Arc<AtomicUsize>) {
    let woken = Arc::new(AtomicUsize::new(0));
    let (wakes, site) = (Arc::clone(&woken), Arc::clone(files));
    let read = move |path: &SitePath| {
        site.reads.fetch_add(1, Ordering::SeqCst);
        site.files
            .get(path.as_str())
            .cloned()
            .ok_or_else(|| Failure::new(FailureKind::Missing, &format!("{path} is not in the site"), 0))
    };
    let settings = PictureSettings {
        read: Arc::new(read),
        thumbnails: None,
        remote: None,
        policy: Policy::default(),
        facts: None,
        helper: None,
    };
    let runner = PictureRunner::start(
        settings,
        Arc::new(move || wakes.store(wakes.load(Ordering::SeqCst) + 1, Ordering::SeqCst)),
    );
    (runner, woken)
}

fn answers(runner: &mut PictureRunner, count: usize) -> Vec<Delivered> {
    let end = Instant::now() + Duration::from_secs(20);
    let mut answers = Vec::new();
    while answers.len() < count {
        assert!(Instant::now() < end, "only {} of {count} answers came", answers.len());
        match runner.next_answer() {
            Some(answer) => answers.push(answer),
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
    answers
}

#[test]
fn workers_answer_in_the_order_of_the_list_and_drop_what_left_it() {
    let names: Vec<String> = (0..40).map(|number| format!("assets/{number}.jpg")).collect();
    let picture = encoded(photograph(300, 200), ImageFormat::Jpeg);
    let files = Arc::new(Files {
        files: names.iter().map(|name| (name.clone(), picture.clone())).collect(),
        ..Files::default()
    });
    let (mut runner, woken) = runner(&files);
    let key = |name: &String| PictureKey { source: Source::site([name.clone()]), shape: THUMBNAIL };
    runner.obey(PictureOrders { wanted: names.iter().map(key).collect(), retry: Vec::new() });
    answers(&mut runner, 4);
    runner.obey(PictureOrders { wanted: vec![key(&names[39])], retry: Vec::new() });
    let end = Instant::now() + Duration::from_secs(20);
    let mut later = Vec::new();
    while later.last() != Some(&key(&names[39])) {
        assert!(Instant::now() < end);
        later.extend(runner.next_answer().map(|answer| answer.key));
    }
    assert!(later.len() <= 12, "what left the list was carried out all the same: {}", later.len());
    assert!(files.reads.load(Ordering::SeqCst) < 20);
    assert!(woken.load(Ordering::SeqCst) >= 5);
    assert!(runner.next_answer().is_none());
}

#[test]
fn the_first_candidate_that_is_there_counts() {
    let picture = encoded(photograph(30, 20), ImageFormat::Png);
    let files = Arc::new(Files {
        files: HashMap::from([("assets/b.png".to_owned(), picture), ("assets/bad.png".to_owned(), b"text".to_vec())]),
        ..Files::default()
    });
    let (mut runner, _) = runner(&files);
    let key = |paths: &[&str]| PictureKey { source: Source::site(paths.iter().copied()), shape: THUMBNAIL };
    let wanted = vec![
        key(&["_news/b.png", "assets/b.png"]),
        key(&["assets/bad.png", "assets/b.png"]),
        key(&["x.png"]),
        key(&["../x"]),
    ];
    runner.obey(PictureOrders { wanted: wanted.clone(), retry: Vec::new() });
    let mut answers = answers(&mut runner, 4);
    answers.sort_by_key(|answer| wanted.iter().position(|key| *key == answer.key));
    assert!(answers[0].result.is_ok());
    let reason = |at: usize| answers[at].result.as_ref().unwrap_err().reason.to_string();
    assert_eq!(reason(1), "Not a picture: it is text");
    assert_eq!(reason(2), "x.png is not in the site");
    assert_eq!(reason(3), "“../x” leads out of the site");
}

#[test]
fn too_many_pixels_are_refused_before_anything_is_decoded() {
    let mut bytes = encoded(photograph(8, 8), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    let error = decode(&bytes, &Limits::HERE).unwrap_err();
    assert_eq!(error, PictureError::TooManyPixels { width: 30_000, height: 30_000 });
}

#[cfg(feature = "window")]
mod textures {
    use copydesk::picture::{Frame, Info, Rendered};
    use copydesk::ui::pictures::{PictureState, Pictures};

    use super::*;

    fn key(number: usize) -> PictureKey {
        PictureKey { source: Source::site([format!("assets/{number}.jpg")]), shape: THUMBNAIL }
    }

    fn pixels(width: u32, height: u32) -> Rendered {
        let info = Info { format: Format::Jpeg, width: 900, height: 600, bytes: 1, animated: false };
        let rgba = vec![200; width as usize * height as usize * 4];
        Rendered { info, frames: vec![Frame { width, height, rgba, milliseconds: 0 }] }
    }

    /// One frame: `draw` is what the panes do. What the workers shall do then, and whether another frame is asked for.
    fn frame(
        context: &egui::Context,
        pictures: &mut Pictures,
        mut draw: impl FnMut(&mut Pictures),
    ) -> (Option<PictureOrders>, bool) {
        pictures.begin_frame(context);
        let mut output = context.run_ui(egui::RawInput::default(), |_| draw(pictures));
        output.textures_delta.clear();
        let again = output.viewport_output.values().any(|viewport| viewport.repaint_delay < Duration::from_secs(1));
        (pictures.orders(), again)
    }

    fn ready(state: &PictureState) -> bool {
        matches!(state, PictureState::Ready(_))
    }

    #[test]
    fn what_is_shown_is_asked_for_once_the_newest_first() {
        let (context, mut pictures) = (egui::Context::default(), Pictures::default());
        let show = |numbers: std::ops::Range<usize>| {
            move |pictures: &mut Pictures| numbers.clone().for_each(|number| drop(pictures.want(&key(number))))
        };
        let (orders, _) = frame(&context, &mut pictures, show(0..3));
        assert_eq!(orders.unwrap().wanted, [key(0), key(1), key(2)]);
        assert_eq!(frame(&context, &mut pictures, show(0..3)).0, None, "they know");
        let (orders, _) = frame(&context, &mut pictures, |pictures| {
            pictures.want_soon(&key(9));
            show(1..5)(pictures);
        });
        assert_eq!(orders.unwrap().wanted, [key(3), key(4), key(1), key(2), key(9)]);
        let (orders, _) = frame(&context, &mut pictures, |_| {});
        assert_eq!(orders.unwrap().wanted, [], "given up");
    }

    #[test]
    fn four_textures_a_frame_and_then_nothing_moves() {
        let (context, mut pictures) = (egui::Context::default(), Pictures::default());
        let draw = |pictures: &mut Pictures| (0..10).filter(|number| ready(&pictures.want(&key(*number)))).count();
        let mut shown = 0;
        frame(&context, &mut pictures, |pictures| shown = draw(pictures));
        for number in 0..10 {
            pictures.deliver(Delivered { key: key(number), result: Ok(pixels(60, 37)) });
        }
        let mut steps = Vec::new();
        for _ in 0..3 {
            let (orders, _) = frame(&context, &mut pictures, |pictures| shown = draw(pictures));
            assert!(orders.is_none_or(|orders| orders.wanted.is_empty()), "what has arrived is not asked for again");
            steps.push(shown);
        }
        assert_eq!(steps, [4, 8, 10]);
        frame(&context, &mut pictures, |pictures| shown = draw(pictures));
        let (_, again) = frame(&context, &mut pictures, |pictures| shown = draw(pictures));
        assert!(!again, "idle draws nothing");
    }

    #[test]
    fn textures_stay_within_their_budget_and_what_is_shown_stays() {
        let (context, mut pictures) = (egui::Context::default(), Pictures::with_budget(1 << 20));
        let each = 256 * 256 * 4;
        for number in 0..30 {
            let kept = frame(&context, &mut pictures, |pictures| {
                drop(pictures.want(&key(0)));
                drop(pictures.want(&key(number)));
            });
            drop(kept);
            pictures.deliver(Delivered { key: key(number), result: Ok(pixels(256, 256)) });
            assert!(pictures.bytes() <= (1 << 20) + 4 * each, "{} bytes", pictures.bytes());
        }
        frame(&context, &mut pictures, |_| {});
        let mut state = PictureState::Loading;
        frame(&context, &mut pictures, |pictures| state = pictures.want(&key(0)));
        assert!(ready(&state), "shown in every frame");
        frame(&context, &mut pictures, |pictures| state = pictures.want(&key(3)));
        assert_eq!(state, PictureState::Loading, "left long ago");
    }

    #[test]
    fn the_web_is_not_asked_before_the_editor_allowed_it() {
        let (context, mut pictures) = (egui::Context::default(), Pictures::default());
        let remote = PictureKey { source: Source::Remote("https://example.com/a.jpg".into()), shape: THUMBNAIL };
        let mut state = PictureState::Loading;
        let (orders, _) = frame(&context, &mut pictures, |pictures| state = pictures.want(&remote));
        assert_eq!((state.clone(), orders), (PictureState::NeedsConsent, None));
        pictures.allow_remote(true);
        let (orders, _) = frame(&context, &mut pictures, |pictures| state = pictures.want(&remote));
        assert_eq!((state.clone(), orders.unwrap().wanted), (PictureState::Loading, vec![remote.clone()]));
        pictures.deliver(Delivered { key: remote.clone(), result: Ok(pixels(60, 37)) });
        frame(&context, &mut pictures, |pictures| state = pictures.want(&remote));
        assert!(ready(&state));
        pictures.allow_remote(false);
        frame(&context, &mut pictures, |pictures| state = pictures.want(&remote));
        assert_eq!(state, PictureState::NeedsConsent);
        assert_eq!(pictures.bytes(), 0);
    }

    #[test]
    fn a_failure_says_why_and_can_be_tried_again() {
        let (context, mut pictures) = (egui::Context::default(), Pictures::default());
        let mut state = PictureState::Loading;
        frame(&context, &mut pictures, |pictures| state = pictures.want(&key(1)));
        let failure = Failure::new(FailureKind::Missing, "assets/1.jpg is not in the site", 1_700_000_000);
        pictures.deliver(Delivered { key: key(1), result: Err(failure.clone()) });
        let (orders, _) = frame(&context, &mut pictures, |pictures| state = pictures.want(&key(1)));
        assert_eq!(state, PictureState::Failed(failure));
        assert!(orders.is_none_or(|orders| orders.wanted.is_empty()));
        pictures.retry(&key(1).source);
        let (orders, _) = frame(&context, &mut pictures, |pictures| state = pictures.want(&key(1)));
        let orders = orders.unwrap();
        assert_eq!(
            (state.clone(), orders.wanted, orders.retry),
            (PictureState::Loading, vec![key(1)], vec![key(1).source])
        );

        pictures.deliver(Delivered { key: key(1), result: Ok(pixels(60, 37)) });
        frame(&context, &mut pictures, |pictures| state = pictures.want(&key(1)));
        assert!(ready(&state));
        pictures.files_changed(&["assets/1.jpg".to_owned()].into());
        frame(&context, &mut pictures, |pictures| state = pictures.want(&key(1)));
        assert_eq!(state, PictureState::Loading, "the file changed on disk");
    }

    #[test]
    fn an_animation_plays_and_asks_for_its_next_frame() {
        let (context, mut pictures) = (egui::Context::default(), Pictures::default());
        let moving = PictureKey { shape: Shape::Playing { width: 60, height: 37 }, ..key(1) };
        let mut rendered = pixels(60, 37);
        rendered.frames[0].milliseconds = 100;
        rendered.frames.push(rendered.frames[0].clone());
        pictures.deliver(Delivered { key: moving.clone(), result: Ok(rendered) });
        let mut seen = Vec::new();
        for time in [0.0, 0.05, 0.15, 0.25] {
            pictures.begin_frame(&context);
            let input = egui::RawInput { time: Some(time), ..egui::RawInput::default() };
            let mut state = PictureState::Loading;
            let mut output = context.run_ui(input, |_| state = pictures.want(&moving));
            output.textures_delta.clear();
            let delay = output.viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap();
            assert!(delay <= Duration::from_millis(100), "{delay:?}");
            let PictureState::Ready(picture) = state else { panic!("{state:?}") };
            seen.push(picture.texture);
        }
        assert!(seen[0] == seen[1] && seen[1] != seen[2] && seen[3] == seen[0], "{seen:?}");
    }
}

#[test]
fn pictures_that_are_damaged_small_or_wrongly_declared_are_problems() {
    use copydesk::article::{Article, Surroundings, problems};
    use copydesk::document::Document;
    use copydesk::jobs::pictures::PictureFacts;
    use copydesk::site::{Config, SchemaBuilder};
    use copydesk::storage::SiteFolder;

    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("assets")).unwrap();
    let good = encoded(photograph(300, 200), ImageFormat::Jpeg);
    std::fs::write(folder.path().join("assets/good.jpg"), &good).unwrap();
    std::fs::write(folder.path().join("assets/cut.jpg"), &good[..good.len() / 2]).unwrap();
    std::fs::write(folder.path().join("assets/page.png"), "<!doctype html><html></html>").unwrap();
    let text = "---\ntitle: A\nimages:\n- {url: /assets/good.jpg, width: 300, height: 200}\n\
        - {url: /assets/good.jpg, width: 400, height: 400}\n- {url: /assets/cut.jpg}\n- {url: /assets/page.png}\n\
        - {url: /assets/none.png}\n---\n";
    let document = Document::parse(text.as_bytes());
    let mut schema = SchemaBuilder::default();
    schema.observe(&document);
    let schema = schema.finish();
    let facts = PictureFacts::new(SiteFolder::open(folder.path()).unwrap());
    let config = Config::default();
    let path = SitePath::new("_news/a.md").unwrap();
    let article = Article::new(&document, &schema, &path);
    let surroundings = Surroundings {
        config: Some(&config),
        is_file: Some(&|path| facts.fact(path).is_some()),
        picture: Some(&|path| facts.fact(path)),
        smallest: Some(301),
        ..Surroundings::default()
    };
    let found: Vec<(&str, String)> =
        problems(&article, &surroundings).into_iter().map(|problem| (problem.code, problem.message)).collect();
    let expected = [
        ("small-image", "assets/good.jpg has 300 × 200 pixels, which is small"),
        ("wrong-size", "Declared as 400 × 400, but assets/good.jpg has 300 × 200 pixels"),
        ("small-image", "assets/good.jpg has 300 × 200 pixels, which is small"),
        ("broken-image", "assets/cut.jpg: The picture is cut off: its end is missing"),
        ("broken-image", "assets/page.png: Not a picture: it is a web page"),
        ("broken-image", "There is no picture assets/none.png"),
    ];
    assert_eq!(found, expected.map(|(code, message)| (code, message.to_owned())));
    // A file that changed is looked at again.
    std::fs::write(folder.path().join("assets/cut.jpg"), &good).unwrap();
    assert!(problems(&article, &surroundings).iter().all(|problem| !problem.message.contains("cut off")));
}

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
    header, render,
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
        }
        assert!(decode(&bytes, &Limits::HERE).is_ok(), "{format:?}");
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
        (b"\x00\x00\x00\x1cftypavif\x00\x00", "AVIF pictures cannot be shown"),
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

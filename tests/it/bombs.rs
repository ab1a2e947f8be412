//! Pictures made to harm: each is refused or drawn, in bounded time and memory. They are made here, none lies in the repository.

use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use copydesk::jobs::pictures::Helper;
use copydesk::picture::animation::render_frames;
use copydesk::picture::{Header, Limits, PictureError, Rendered, Route, Shape, decode, render, route};
use image::{DynamicImage, Frame, ImageFormat, RgbaImage};

const WITHIN: Shape = Shape::Within { width: 512, height: 512 };
const PLAYING: Shape = Shape::Playing { width: 512, height: 512 };

/// The helper with more time than the app gives it, since tests share their processors.
fn helper() -> Helper {
    Helper::with_time(PathBuf::from(env!("CARGO_BIN_EXE_copydesk")), Duration::from_secs(30))
}

fn png(width: u32, height: u32, chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    for (name, content) in [(b"IHDR", header.as_slice())].iter().chain(chunks).chain([&(b"IEND", &[][..])]) {
        bytes.extend_from_slice(&(content.len() as u32).to_be_bytes());
        let start = bytes.len();
        bytes.extend_from_slice(*name);
        bytes.extend_from_slice(content);
        let sum = crc32fast::hash(&bytes[start..]);
        bytes.extend_from_slice(&sum.to_be_bytes());
    }
    bytes
}

fn deflated(zeros: usize) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![0; 1 << 20];
    let mut left = zeros;
    while left > 0 {
        let part = left.min(block.len());
        packed.write_all(&block[..part]).unwrap();
        left -= part;
    }
    packed.finish().unwrap()
}

/// Small pixels whose colour profile, text or whatever else unpacks to `size` bytes.
fn with_profile(size: usize) -> Vec<u8> {
    let mut profile = b"bomb\0\0".to_vec();
    profile.extend_from_slice(&deflated(size));
    let mut text = b"Comment\0\0".to_vec();
    text.extend_from_slice(&deflated(size));
    let pixels = deflated(16 * (16 * 4 + 1));
    png(16, 16, &[(b"iCCP", &profile), (b"zTXt", &text), (b"IDAT", &pixels)])
}

fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend_from_slice(&width.to_le_bytes());
    bytes.extend_from_slice(&height.to_le_bytes());
    bytes.extend_from_slice(&[0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    for _ in 0..frames {
        bytes.extend_from_slice(&[0x21, 0xF9, 4, 0, 1, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
    }
    bytes.push(0x3B);
    bytes
}

fn animation(width: u32, height: u32, frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new_with_speed(&mut bytes, 30);
    for number in 0..frames {
        let colour = [(number * 40) as u8, 90, 200, 255];
        encoder.encode_frame(Frame::new(RgbaImage::from_pixel(width, height, image::Rgba(colour)))).unwrap();
    }
    drop(encoder);
    bytes
}

#[test]
fn sizes_that_do_not_fit_are_refused_by_the_header_alone() {
    let pixels = deflated(1000);
    let ico_with_huge_png = {
        let inner = png(30_000, 30_000, &[(b"IDAT", &pixels)]);
        let mut icon = vec![0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0];
        icon.extend_from_slice(&(inner.len() as u32).to_le_bytes());
        icon.extend_from_slice(&22_u32.to_le_bytes());
        icon.extend_from_slice(&inner);
        icon
    };
    let bombs = [
        ("png 30,000 x 30,000", png(30_000, 30_000, &[(b"IDAT", &pixels)])),
        ("png 4 billion x 1", png(u32::MAX, 1, &[(b"IDAT", &pixels)])),
        ("png 20,000 x 10", png(20_000, 10, &[(b"IDAT", &pixels)])),
        ("gif 65,535 x 65,535", gif(65_535, 65_535, 1)),
        ("gif 65,535 x 65,535, 1,000 frames", gif(65_535, 65_535, 1000)),
        ("icon with a huge png", ico_with_huge_png),
        (
            "bmp",
            [&b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"[..], &[0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 32, 0], &[0; 24]].concat(),
        ),
        ("webp", [&b"RIFF\x40\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0"[..], &[255; 6], &[0; 40]].concat()),
        (
            "jpeg",
            [&b"\xFF\xD8\xFF\xC0\x00\x11\x08\xFF\xFF\xFF\xFF\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"[..], &[0; 40]]
                .concat(),
        ),
    ];
    for (name, bytes) in bombs {
        let start = Instant::now();
        for limits in [Limits::HERE, Limits::HELPER] {
            let error = decode(&bytes, &limits).unwrap_err();
            assert!(matches!(error, PictureError::TooManyPixels { .. }), "{name}: {error}");
        }
        let header = Header::read(&bytes).unwrap();
        assert!(route(&header, bytes.len() as u64, WITHIN).is_err(), "{name}");
        assert!(start.elapsed() < Duration::from_millis(100), "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn more_bytes_than_are_read_are_refused() {
    let mut bytes = png(16, 16, &[(b"IDAT", &deflated(16 * 65))]);
    bytes.resize(21 << 20, 0);
    assert!(matches!(decode(&bytes, &Limits::HERE), Err(PictureError::TooManyBytes { .. })));
}

#[test]
fn profiles_and_texts_that_burst_are_left_packed() {
    let bytes = with_profile(600 << 20);
    assert!(bytes.len() < 2 << 20);
    let start = Instant::now();
    let pixels = decode(&bytes, &Limits::HERE).unwrap();
    assert_eq!((pixels.width, pixels.height, pixels.profile), (16, 16, None));
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(Header::read(&bytes).unwrap().upright(), Some((16, 16)));
}

#[test]
fn pixels_that_never_end_are_damage() {
    // A small picture whose data unpacks to a hundred times what it needs, and one whose data is far too little.
    for size in [100 << 20, 10] {
        let bytes = png(64, 64, &[(b"IDAT", &deflated(size))]);
        let start = Instant::now();
        drop(render(&bytes, WITHIN, &Limits::HERE));
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
}

#[test]
fn every_byte_of_a_picture_may_be_wrong() {
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let picture =
        DynamicImage::ImageRgb8(image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, 99])));
    for format in
        [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Ico]
    {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        let bytes = bytes.into_inner();
        for round in 0..300 {
            let mut damaged = bytes.clone();
            for _ in 0..=round % 4 {
                let at = random() as usize % damaged.len();
                damaged[at] = random() as u8;
            }
            if round % 5 == 0 {
                damaged.truncate(random() as usize % damaged.len());
            }
            // Whatever comes out, it comes out: no panic leaves the decoder, and a picture has the size it says.
            if let Ok(rendered) = render(&damaged, WITHIN, &Limits::HERE) {
                let frame = &rendered.frames[0];
                assert_eq!(frame.rgba.len(), frame.width as usize * frame.height as usize * 4);
            }
        }
    }
}

#[test]
fn the_helper_draws_what_a_thread_may_not() {
    let helper = helper();
    let big = {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(6000, 4000).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
        bytes.into_inner()
    };
    let header = Header::read(&big).unwrap();
    assert_eq!(route(&header, big.len() as u64, WITHIN), Ok(Route::Helper));
    let rendered = helper.render(&big, WITHIN).unwrap();
    assert_eq!((rendered.info.width, rendered.info.height), (6000, 4000));
    assert_eq!((rendered.frames[0].width, rendered.frames[0].height), (512, 341));

    let moving = animation(300, 200, 12);
    let header = Header::read(&moving).unwrap();
    assert!(header.animated);
    assert_eq!(route(&header, moving.len() as u64, WITHIN), Ok(Route::Here), "a thumbnail is its first frame");
    assert_eq!(route(&header, moving.len() as u64, PLAYING), Ok(Route::Helper));
    let Rendered { frames, info } = helper.render(&moving, PLAYING).unwrap();
    assert_eq!((frames.len(), info.animated), (12, true));
    assert!(
        frames[0].rgba[0] < 20 && frames[6].rgba[0] > 200 && frames[6].milliseconds == 100,
        "{:?}",
        &frames[6].rgba[..4]
    );
}

#[test]
fn drawings_read_no_file_and_hold_no_picture() {
    let helper = helper();
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret.png");
    RgbaImage::from_pixel(64, 64, image::Rgba([255, 0, 0, 255])).save(&secret).unwrap();
    let mut inline = Cursor::new(Vec::new());
    RgbaImage::from_pixel(64, 64, image::Rgba([255, 0, 0, 255])).write_to(&mut inline, ImageFormat::Png).unwrap();
    let inline = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, inline.into_inner());
    let path = secret.display();
    for href in [format!("{path}"), format!("file://{path}"), format!("data:image/png;base64,{inline}")] {
        let svg = format!(
            "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' \
             width='64' height='32'><rect width='64' height='64' fill='#00ff00'/>\
             <image xlink:href='{href}' width='64' height='64'/></svg>"
        );
        let rendered = helper.render(svg.as_bytes(), WITHIN).unwrap();
        assert_eq!((rendered.info.width, rendered.info.height), (64, 32));
        let frame = &rendered.frames[0];
        assert_eq!((frame.width, frame.height), (512, 256), "a drawing fills its shape");
        assert!(frame.rgba.chunks_exact(4).all(|pixel| pixel == [0, 255, 0, 255]), "{href}");
    }
}

#[test]
fn a_drawing_that_takes_all_time_or_memory_takes_only_the_helper() {
    let mut nested = String::from(
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><g id='a0'><rect width='9' height='9'/></g>",
    );
    for level in 1..30 {
        let before = level - 1;
        let uses = format!("<use href='#a{before}'/>").repeat(10);
        nested += &format!("<g id='a{level}'>{uses}</g>");
    }
    nested.push_str("<use href='#a29'/></svg>");
    let deep = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{}{}</svg>",
        "<g opacity='.5'>".repeat(100_000),
        "</g>".repeat(100_000)
    );
    let blur = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='2000' height='2000'><filter id='f'>{}</filter>\
         <rect width='2000' height='2000' filter='url(#f)'/></svg>",
        "<feMorphology operator='dilate' radius='500'/><feGaussianBlur stdDeviation='300'/>".repeat(60)
    );
    let entities = {
        let mut dtd = String::from("<!DOCTYPE svg [<!ENTITY e0 'xxxxxxxxxx'>");
        for level in 1..12 {
            let uses = format!("&e{};", level - 1).repeat(10);
            dtd += &format!("<!ENTITY e{level} '{uses}'>");
        }
        format!("{dtd}]><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>&e11;</text></svg>")
    };
    let program = PathBuf::from(env!("CARGO_BIN_EXE_copydesk"));
    let helper = Helper::with_time(program, Duration::from_secs(4));
    for (name, svg) in [("nested use", nested), ("deep groups", deep), ("filters", blur), ("entities", entities)] {
        let start = Instant::now();
        let result = helper.render(svg.as_bytes(), PLAYING);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
        assert!(result.is_err(), "{name} was drawn");
    }
}

#[test]
fn animations_without_end_are_refused() {
    let helper = helper();
    let endless = gif(100, 100, 100_000);
    assert_eq!(helper.render(&endless, PLAYING), Err(PictureError::TooManyFrames(500)));
    // What would take too much memory comes smaller.
    let tight = Limits { kept: 1 << 20, ..Limits::HELPER };
    let rendered = render_frames(&gif(240, 240, 20), PLAYING, &tight).unwrap();
    let kept: usize = rendered.frames.iter().map(|frame| frame.rgba.len()).sum();
    assert!(kept <= 1 << 20 && kept > 900_000 && rendered.frames.len() == 20, "{kept} bytes");
    assert_eq!((rendered.info.width, rendered.info.height), (240, 240));
}

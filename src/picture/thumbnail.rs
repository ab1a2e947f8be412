//! Pixels to the size they are shown in.
//!
//! Invariant: the result is upright, in the screen's colours, four bytes a pixel with alpha multiplied in, and never larger than
//! the shape.

use fast_image_resize as fast;

use super::decode::Pixels;
use super::request::Shape;
use super::{PictureError, colour};

/// Pixels for the screen: red, green, blue, alpha, with alpha multiplied in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width` × `height` × 4 bytes.
    pub rgba: Vec<u8>,
}

/// Scales, crops and turns pixels to a shape. Scaling averages over all pixels that fall together, so nothing flickers.
///
/// # Errors
/// When the pixels are not as many as their size says.
pub fn thumbnail(pixels: &Pixels, shape: Shape) -> Result<Scaled, PictureError> {
    let turned = pixels.orientation >= 5;
    let (width, height) = target(pixels, shape, turned);
    let mut scaled = if (width, height) == (pixels.width, pixels.height) {
        Scaled { width, height, rgba: widened(&pixels.bytes, pixels.channels) }
    } else {
        resized(pixels, width, height, matches!(shape, Shape::Cover { .. }))?
    };
    if let Some(profile) = &pixels.profile {
        colour::to_screen(&mut scaled.rgba, profile);
    }
    if matches!(pixels.channels, 2 | 4) {
        multiply_alpha(&mut scaled.rgba);
    }
    Ok(upright(scaled, pixels.orientation))
}

/// The size to scale to, before turning.
fn target(pixels: &Pixels, shape: Shape, turned: bool) -> (u32, u32) {
    let (box_width, box_height) = shape.size();
    let (box_width, box_height) = if turned { (box_height, box_width) } else { (box_width, box_height) };
    if matches!(shape, Shape::Cover { .. }) {
        return (box_width, box_height);
    }
    fitted(pixels.width, pixels.height, box_width, box_height)
}

/// The largest size of the same shape that lies inside a box, never larger than the picture itself.
#[must_use]
pub fn fitted(width: u32, height: u32, box_width: u32, box_height: u32) -> (u32, u32) {
    if width <= box_width && height <= box_height {
        return (width, height);
    }
    let scale = (f64::from(box_width) / f64::from(width)).min(f64::from(box_height) / f64::from(height));
    let side = |length: u32, most: u32| ((f64::from(length) * scale).round() as u32).clamp(1, most);
    (side(width, box_width), side(height, box_height))
}

fn resized(pixels: &Pixels, width: u32, height: u32, cover: bool) -> Result<Scaled, PictureError> {
    let kind = match pixels.channels {
        1 => fast::PixelType::U8,
        2 => fast::PixelType::U8x2,
        3 => fast::PixelType::U8x3,
        _ => fast::PixelType::U8x4,
    };
    let wrong = |error: &dyn std::fmt::Display| PictureError::Damaged(error.to_string());
    let from = fast::images::ImageRef::new(pixels.width, pixels.height, &pixels.bytes, kind).map_err(|e| wrong(&e))?;
    let mut to = fast::images::Image::new(width, height, kind);
    // A wide kernel is for small steps; at large ones the narrow one is as good and several times faster.
    let steep = u64::from(pixels.width) * u64::from(pixels.height) > 9 * u64::from(width) * u64::from(height);
    let filter = if steep { fast::FilterType::Hamming } else { fast::FilterType::Lanczos3 };
    let mut options = fast::ResizeOptions::new().resize_alg(fast::ResizeAlg::Convolution(filter));
    if cover {
        options = options.fit_into_destination(Some((0.5, 0.5)));
    }
    fast::Resizer::new().resize(&from, &mut to, &options).map_err(|e| wrong(&e))?;
    Ok(Scaled { width, height, rgba: widened(to.buffer(), pixels.channels) })
}

/// Any number of channels to four.
fn widened(bytes: &[u8], channels: u8) -> Vec<u8> {
    match channels {
        1 => bytes.iter().flat_map(|&grey| [grey, grey, grey, 255]).collect(),
        2 => bytes.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect(),
        3 => bytes.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
        _ => bytes.to_vec(),
    }
}

fn multiply_alpha(rgba: &mut [u8]) {
    for pixel in rgba.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        for channel in &mut pixel[..3] {
            *channel = ((u32::from(*channel) * alpha + 127) / 255) as u8;
        }
    }
}

/// Turns and mirrors as EXIF's eight numbers say.
fn upright(scaled: Scaled, orientation: u8) -> Scaled {
    if !(2..=8).contains(&orientation) {
        return scaled;
    }
    let (width, height) = (scaled.width as usize, scaled.height as usize);
    let (out_width, out_height) = if orientation >= 5 { (height, width) } else { (width, height) };
    let mut rgba = Vec::with_capacity(scaled.rgba.len());
    for y in 0..out_height {
        for x in 0..out_width {
            let (from_x, from_y) = match orientation {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                _ => (width - 1 - y, x),
            };
            let at = 4 * (from_y * width + from_x);
            rgba.extend_from_slice(&scaled.rgba[at..at + 4]);
        }
    }
    Scaled { width: out_width as u32, height: out_height as u32, rgba }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter F, three wide and five high, as light pixels on dark.
    const LETTER: [&str; 5] = ["###", "#..", "##.", "#..", "#.."];

    fn letter(orientation: u8) -> Pixels {
        let bytes: Vec<u8> = LETTER.concat().bytes().map(|b| if b == b'#' { 255 } else { 0 }).collect();
        Pixels { width: 3, height: 5, channels: 1, bytes, orientation, profile: None }
    }

    fn drawn(scaled: &Scaled) -> Vec<String> {
        let light = |row: &[u8]| row.chunks_exact(4).map(|p| if p[0] > 127 { '#' } else { '.' }).collect();
        scaled.rgba.chunks_exact(4 * scaled.width as usize).map(light).collect()
    }

    #[test]
    fn pictures_are_turned_upright_as_exif_says() {
        let cases: [(u8, &[&str]); 8] = [
            (1, &["###", "#..", "##.", "#..", "#.."]),
            (2, &["###", "..#", ".##", "..#", "..#"]),
            (3, &["..#", "..#", ".##", "..#", "###"]),
            (4, &["#..", "#..", "##.", "#..", "###"]),
            (5, &["#####", "#.#..", "#...."]),
            (6, &["#####", "..#.#", "....#"]),
            (7, &["....#", "..#.#", "#####"]),
            (8, &["#....", "#.#..", "#####"]),
        ];
        for (orientation, expected) in cases {
            let scaled = thumbnail(&letter(orientation), Shape::Within { width: 9, height: 9 }).unwrap();
            assert_eq!(drawn(&scaled), expected, "orientation {orientation}");
            // `image` is the second opinion.
            let mut other = image::DynamicImage::ImageLuma8(image::GrayImage::from_raw(3, 5, letter(1).bytes).unwrap());
            other.apply_orientation(image::metadata::Orientation::from_exif(orientation).unwrap());
            assert_eq!(other.into_rgba8().into_raw(), scaled.rgba, "orientation {orientation}");
        }
    }

    #[test]
    fn a_cover_fills_its_box_and_a_fit_lies_inside() {
        let wide =
            Pixels { width: 400, height: 100, channels: 3, bytes: vec![9; 120_000], orientation: 1, profile: None };
        let cover = thumbnail(&wide, Shape::Cover { width: 60, height: 37 }).unwrap();
        assert_eq!((cover.width, cover.height), (60, 37));
        let within = thumbnail(&wide, Shape::Within { width: 60, height: 37 }).unwrap();
        assert_eq!((within.width, within.height), (60, 15));
        let small = thumbnail(&wide, Shape::Within { width: 900, height: 900 }).unwrap();
        assert_eq!((small.width, small.height), (400, 100), "never made larger");
    }

    #[test]
    fn fine_lines_become_grey_instead_of_flickering() {
        let bytes = (0..640 * 640).map(|at| if at % 2 == 0 { 0 } else { 255 }).collect();
        let lines = Pixels { width: 640, height: 640, channels: 1, bytes, orientation: 1, profile: None };
        let scaled = thumbnail(&lines, Shape::Cover { width: 60, height: 37 }).unwrap();
        assert!(scaled.rgba.chunks_exact(4).all(|p| (118..=138).contains(&p[0])), "{:?}", &scaled.rgba[..32]);
    }

    #[test]
    fn transparent_pixels_bring_no_colour_along() {
        let bytes = [255, 0, 0, 255, 0, 255, 0, 0].repeat(32);
        let pixels = Pixels { width: 8, height: 8, channels: 4, bytes, orientation: 1, profile: None };
        let scaled = thumbnail(&pixels, Shape::Cover { width: 4, height: 4 }).unwrap();
        assert!(scaled.rgba.chunks_exact(4).all(|p| p[1] <= 1 && p[0] <= p[3]), "{:?}", &scaled.rgba[..16]);
    }
}

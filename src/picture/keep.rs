//! A thumbnail as bytes to keep, and back.
//!
//! Invariant: what is read back has the size that was kept; anything else counts as not kept.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

use super::render::{Frame, Info, Rendered};
use super::request::Shape;
use super::{Limits, decode};

/// Part of the name of everything that is kept: a change of how thumbnails are made changes it.
const VERSION: u64 = 1;

/// Quality of those that are kept as JPEG: no difference can be seen at their size.
const QUALITY: u8 = 90;

/// The name under which a picture of this content is kept in this shape.
#[must_use]
pub fn name(bytes: &[u8], shape: Shape) -> u128 {
    let (width, height) = shape.size();
    let kind = u64::from(matches!(shape, Shape::Cover { .. }));
    let shape = VERSION << 48 | kind << 32 | u64::from(width) << 16 | u64::from(height);
    xxhash_rust::xxh3::xxh3_128_with_seed(bytes, shape)
}

/// Whether keeping it saves more time than it costs: the picture is much larger than its thumbnail.
#[must_use]
pub fn is_worth(rendered: &Rendered) -> bool {
    let pixels = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let [frame] = rendered.frames.as_slice() else { return false };
    pixels(rendered.info.width, rendered.info.height) > 6 * pixels(frame.width, frame.height)
}

/// A still as bytes.
#[must_use]
pub fn pack(rendered: &Rendered) -> Option<Vec<u8>> {
    let [frame] = rendered.frames.as_slice() else { return None };
    let facts = serde_json::to_vec(&rendered.info).ok()?;
    let mut packed = u32::try_from(facts.len()).ok()?.to_le_bytes().to_vec();
    packed.extend_from_slice(&facts);
    let opaque = frame.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255);
    let written = if opaque {
        let colours: Vec<u8> = frame.rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let encoder = JpegEncoder::new_with_quality(&mut packed, QUALITY);
        encoder.write_image(&colours, frame.width, frame.height, ExtendedColorType::Rgb8)
    } else {
        let encoder = PngEncoder::new(&mut packed);
        encoder.write_image(&frame.rgba, frame.width, frame.height, ExtendedColorType::Rgba8)
    };
    written.ok().map(|()| packed)
}

/// A still from the bytes that were kept.
#[must_use]
pub fn unpack(packed: &[u8]) -> Option<Rendered> {
    let (length, rest) = packed.split_first_chunk::<4>()?;
    let (facts, picture) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let info: Info = serde_json::from_slice(facts).ok()?;
    let pixels = decode(picture, &Limits::HERE).ok()?;
    let rgba = match pixels.channels {
        3 => pixels.bytes.chunks_exact(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect(),
        4 => pixels.bytes,
        _ => return None,
    };
    let frame = Frame { width: pixels.width, height: pixels.height, rgba, milliseconds: 0 };
    Some(Rendered { info, frames: vec![frame] })
}

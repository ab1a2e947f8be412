//! The frames of an animation, each brought to the size it is shown in as soon as it is decoded.
//!
//! Invariant: one full-size frame is held at a time; the scaled ones stay within the limits, at a smaller size where they must.

use std::io::Cursor;

use image::codecs::{gif, png as png_codec, webp};
use image::{AnimationDecoder as _, ImageDecoder as _, ImageError, RgbaImage};

use super::decode::{Pixels, allowed, understood};
use super::header::{self, Format, Header};
use super::limits::Limits;
use super::render::{Frame, Info, Rendered};
use super::request::Shape;
use super::{PictureError, png, thumbnail};

/// The shortest time of a frame, as browsers have it: many files say 0 and mean "as usual".
const SHORTEST: u32 = 20;
const USUAL: u32 = 100;

/// Decodes all frames in this shape.
///
/// # Errors
/// When the picture is damaged, has too many frames, or costs more than the limits allow.
pub fn render_frames(bytes: &[u8], shape: Shape, limits: &Limits) -> Result<Rendered, PictureError> {
    let header = Header::read(bytes)?;
    limits.check(&header, bytes.len() as u64)?;
    let (width, height) = header.size.ok_or(PictureError::Unsupported(header.format))?;
    let info = Info { format: header.format, width, height, bytes: bytes.len() as u64, animated: true };
    let count = header::frames(header.format, bytes, limits.frames + 1);
    if count > limits.frames {
        return Err(PictureError::TooManyFrames(limits.frames));
    }
    let frames = frames(bytes, header.format, affordable(shape, count, limits.kept), limits)?;
    Ok(Rendered { info, frames })
}

/// A shape so small that so many frames of it may be kept.
fn affordable(shape: Shape, count: usize, kept: u64) -> Shape {
    let (width, height) = shape.size();
    let needed = f64::from(width) * f64::from(height) * 4.0 * count as f64;
    let scale = (kept as f64 / needed).sqrt().min(1.0);
    let side = |length: u32| (f64::from(length) * scale).floor().max(1.0) as u16;
    Shape::Within { width: side(width), height: side(height) }
}

/// All frames. There may be more than were counted, when a file says so and holds others.
fn frames(bytes: &[u8], format: Format, shape: Shape, limits: &Limits) -> Result<Vec<Frame>, PictureError> {
    let wrong = |error: ImageError| understood(&error);
    let decoded = match format {
        Format::Gif => {
            let mut decoder = gif::GifDecoder::new(Cursor::new(bytes)).map_err(wrong)?;
            decoder.set_limits(allowed(limits)).map_err(wrong)?;
            decoder.into_frames()
        }
        Format::WebP => webp::WebPDecoder::new(Cursor::new(bytes)).map_err(wrong)?.into_frames(),
        Format::Png => {
            let clean = png::cleaned(bytes, true);
            let decoder = png_codec::PngDecoder::with_limits(Cursor::new(clean), allowed(limits)).map_err(wrong)?;
            decoder.apng().map_err(wrong)?.into_frames()
        }
        _ => return Err(PictureError::Unsupported(format)),
    };
    let mut kept: Vec<Frame> = Vec::new();
    let mut size = 0;
    for frame in decoded {
        let frame = frame.map_err(wrong)?;
        if kept.len() == limits.frames {
            return Err(PictureError::TooManyFrames(limits.frames));
        }
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        let milliseconds = numerator / denominator.max(1);
        let milliseconds = if milliseconds < SHORTEST { USUAL } else { milliseconds };
        let scaled = scaled(frame.into_buffer(), shape, milliseconds)?;
        size += scaled.rgba.len() as u64;
        if size > limits.kept {
            return Err(PictureError::TooMuchMemory { needed: size, limit: limits.kept });
        }
        kept.push(scaled);
    }
    if kept.is_empty() { Err(PictureError::Damaged("it has no frames".to_owned())) } else { Ok(kept) }
}

fn scaled(frame: RgbaImage, shape: Shape, milliseconds: u32) -> Result<Frame, PictureError> {
    let (width, height) = frame.dimensions();
    let pixels = Pixels { width, height, channels: 4, bytes: frame.into_raw(), orientation: 1, profile: None };
    let scaled = thumbnail(&pixels, shape)?;
    Ok(Frame { width: scaled.width, height: scaled.height, rgba: scaled.rgba, milliseconds })
}

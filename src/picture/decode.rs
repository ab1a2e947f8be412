//! A still picture's bytes to pixels, as they lie in the file.
//!
//! Invariant: the decoder is started only after the header was checked against the limits, and it gets no chunk that could burst.

use std::io::Cursor;

use image::codecs::{bmp, gif, ico, jpeg as jpeg_codec, png as png_codec, webp};
use image::{DynamicImage, ImageDecoder, ImageError};

use super::header::{self, Format, Header, IcoEntry};
use super::limits::Limits;
use super::{PictureError, colour, jpeg, png};

/// Decoded pixels, eight bits a channel, rows from top to bottom as they lie in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes a pixel: 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha. Alpha is not multiplied in.
    pub channels: u8,
    /// `width` × `height` × `channels` bytes.
    pub bytes: Vec<u8>,
    /// How they must be turned to be upright, as EXIF numbers it.
    pub orientation: u8,
    /// The colour profile they are in, if the picture names one.
    pub profile: Option<Vec<u8>>,
}

/// Decodes a still, or the first frame of an animation.
///
/// # Errors
/// When the bytes are no picture, a damaged one, one that ends too early, or one that costs more than the limits allow. SVG is
/// drawn elsewhere and refused here.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Pixels, PictureError> {
    let header = Header::read(bytes)?;
    limits.check(&header, bytes.len() as u64)?;
    let image = match header.format {
        Format::Jpeg if !jpeg::has_end(bytes) => return Err(PictureError::CutOff),
        Format::Jpeg => finish(jpeg_codec::JpegDecoder::new(Cursor::new(bytes)), limits),
        Format::Png => {
            let clean = png::cleaned(bytes, false);
            finish(png_codec::PngDecoder::with_limits(Cursor::new(clean), allowed(limits)), limits)
        }
        Format::Gif => finish(gif::GifDecoder::new(Cursor::new(bytes)), limits),
        Format::WebP => finish(webp::WebPDecoder::new(Cursor::new(bytes)), limits),
        Format::Bmp => finish(bmp::BmpDecoder::new(Cursor::new(bytes)), limits),
        Format::Ico => match header::ico_entry(bytes).ok_or(PictureError::CutOff)? {
            IcoEntry::Png(png) => return decode(png, limits),
            IcoEntry::Bitmap(icon) => finish(ico::IcoDecoder::new(Cursor::new(icon)), limits),
        },
        Format::Svg | Format::Avif => return Err(PictureError::Unsupported(header.format)),
    };
    let image = image.map_err(|error| understood(&error))?;
    Ok(pixels(image, header.orientation, colour::profile(header.format, bytes)))
}

/// The same limits as `image` wants them.
pub(super) fn allowed(limits: &Limits) -> image::Limits {
    let mut allowed = image::Limits::default();
    allowed.max_image_width = Some(limits.side);
    allowed.max_image_height = Some(limits.side);
    allowed.max_alloc = Some(limits.memory);
    allowed
}

fn finish(decoder: Result<impl ImageDecoder, ImageError>, limits: &Limits) -> Result<DynamicImage, ImageError> {
    let mut decoder = decoder?;
    decoder.set_limits(allowed(limits))?;
    DynamicImage::from_decoder(decoder)
}

fn pixels(image: DynamicImage, orientation: u8, profile: Option<Vec<u8>>) -> Pixels {
    let (width, height) = (image.width(), image.height());
    let (channels, bytes) = match image {
        DynamicImage::ImageLuma8(grey) => (1, grey.into_raw()),
        DynamicImage::ImageLumaA8(grey) => (2, grey.into_raw()),
        DynamicImage::ImageRgb8(colours) => (3, colours.into_raw()),
        DynamicImage::ImageRgba8(colours) => (4, colours.into_raw()),
        deep if deep.color().has_alpha() => (4, deep.into_rgba8().into_raw()),
        deep => (3, deep.into_rgb8().into_raw()),
    };
    Pixels { width, height, channels, bytes, orientation, profile }
}

/// What a decoder's error means for the reader.
pub(super) fn understood(error: &ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::Damaged("it needs more memory than its size tells".to_owned()),
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => PictureError::CutOff,
        error => PictureError::Damaged(error.to_string()),
    }
}

//! The whole way of a picture in a worker thread: bytes in, pixels for the screen out.
//!
//! Invariant: whatever the bytes are, the answer is pixels or an error; a decoder that panics is an error too.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use super::header::{Format, Header};
use super::limits::Limits;
use super::request::Shape;
use super::{PictureError, decode, thumbnail};

/// What a picture is, apart from its pixels: shown beside it, and compared with what an article declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The format that its bytes tell.
    pub format: Format,
    /// Pixels from left to right, as it is shown.
    pub width: u32,
    /// Pixels from top to bottom, as it is shown.
    pub height: u32,
    /// Bytes of its file.
    pub bytes: u64,
    /// Whether it has more than one frame.
    pub animated: bool,
}

/// A frame for the screen: red, green, blue, alpha, with alpha multiplied in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width` × `height` × 4 bytes.
    pub rgba: Vec<u8>,
    /// How long it is shown, in milliseconds; 0 for a still.
    pub milliseconds: u32,
}

/// A picture ready for the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// What it is.
    pub info: Info,
    /// One frame for a still, at least one for an animation.
    pub frames: Vec<Frame>,
}

/// Decodes a still and brings it into shape.
///
/// # Errors
/// When the bytes are no picture, a damaged one, or one that costs more than the limits allow.
pub fn render(bytes: &[u8], shape: Shape, limits: &Limits) -> Result<Rendered, PictureError> {
    guarded(|| {
        let header = Header::read(bytes)?;
        let pixels = decode(bytes, limits)?;
        let (mut width, mut height) = (pixels.width, pixels.height);
        if pixels.orientation >= 5 {
            (width, height) = (height, width);
        }
        let scaled = thumbnail(&pixels, shape)?;
        let info = Info { format: header.format, width, height, bytes: bytes.len() as u64, animated: header.animated };
        let frame = Frame { width: scaled.width, height: scaled.height, rgba: scaled.rgba, milliseconds: 0 };
        Ok(Rendered { info, frames: vec![frame] })
    })
}

/// Runs a decoder; its panic becomes an error.
pub(super) fn guarded<T>(decode: impl FnOnce() -> Result<T, PictureError>) -> Result<T, PictureError> {
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(PictureError::Damaged("its decoder gave up".to_owned())))
}

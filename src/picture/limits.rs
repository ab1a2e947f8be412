//! What a picture may cost, and where it is therefore decoded.
//!
//! Invariant: a picture that a worker thread decodes raises the app's memory by no more than [`Limits::HERE`] allows, the bytes
//! of the file counted in.

use super::{Format, Header, PictureError, Shape};

/// The most that one picture may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Pixels of a still, or of one frame.
    pub pixels: u64,
    /// Pixels of a side.
    pub side: u32,
    /// Bytes of memory while decoding, the file's own included.
    pub memory: u64,
    /// Frames of an animation.
    pub frames: usize,
    /// Bytes of all frames that are kept.
    pub kept: u64,
}

impl Limits {
    /// In a worker thread of the app.
    pub const HERE: Self =
        Self { bytes: 20 << 20, pixels: 16_000_000, side: 12_000, memory: 64 << 20, frames: 1, kept: 16 << 20 };
    /// In the helper process, which has 256 MiB in all.
    pub const HELPER: Self =
        Self { bytes: 20 << 20, pixels: 50_000_000, side: 12_000, memory: 192 << 20, frames: 500, kept: 64 << 20 };

    /// Says why a picture with this header may not be decoded, if so.
    ///
    /// # Errors
    /// When the picture is of an unsupported kind or costs more than these limits.
    pub fn check(&self, header: &Header, bytes: u64) -> Result<(), PictureError> {
        if bytes > self.bytes {
            return Err(PictureError::TooManyBytes { bytes, limit: self.bytes });
        }
        if header.format == Format::Avif {
            return Err(PictureError::Unsupported(header.format));
        }
        let Some((width, height)) = header.size else {
            return Ok(()); // only SVG has no size of its own, and it is drawn at the size asked for
        };
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.pixels || width.max(height) > self.side {
            return Err(PictureError::TooManyPixels { width, height });
        }
        let needed = header.memory.saturating_add(bytes);
        if needed > self.memory {
            return Err(PictureError::TooMuchMemory { needed, limit: self.memory });
        }
        Ok(())
    }
}

/// Where a picture is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// In the worker thread.
    Here,
    /// In the helper process.
    Helper,
}

/// Where a picture with this header is decoded for this shape.
///
/// # Errors
/// When it is too much even for the helper process.
pub fn route(header: &Header, bytes: u64, shape: Shape) -> Result<Route, PictureError> {
    let plays = header.animated && shape.plays();
    if header.format == Format::Svg || plays || Limits::HERE.check(header, bytes).is_err() {
        Limits::HELPER.check(header, bytes)?;
        return Ok(Route::Helper);
    }
    Ok(Route::Here)
}

//! What can be said of a picture without decoding it.
//!
//! Invariant: one walk over the bytes, no pixels: fit for all pictures of a site, one after the other.

use super::PictureError;
use super::header::{Format, Header, is_whole};
use super::limits::Limits;

/// Width and height of a picture as it is shown; none for SVG, which has any, and for an AVIF that does not tell. That AVIF is not
/// shown here says nothing against the picture.
///
/// # Errors
/// When it would not be shown: it is no picture, it is cut off, or it is beyond all limits.
pub fn inspect(bytes: &[u8]) -> Result<Option<(u32, u32)>, PictureError> {
    let header = Header::read(bytes)?;
    if header.format == Format::Avif {
        return Ok(header.upright());
    }
    Limits::HELPER.check(&header, bytes.len() as u64)?;
    if !is_whole(header.format, bytes) {
        return Err(PictureError::CutOff);
    }
    Ok(header.upright())
}

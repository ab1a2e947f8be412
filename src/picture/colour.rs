//! Colour profiles: pixels of a photograph in a wide colour space are brought to the screen's.
//!
//! Invariant: a profile that is damaged, huge or of another kind changes nothing.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::header::Format;
use super::png::PROFILE_LIMIT;
use super::{jpeg, png};

/// The colour profile inside a picture, if it has one of a sane size.
#[must_use]
pub fn profile(format: Format, bytes: &[u8]) -> Option<Vec<u8>> {
    let profile = match format {
        Format::Jpeg => jpeg::profile(bytes),
        Format::Png => png::profile(bytes),
        Format::WebP => super::header::webp_chunk(bytes, *b"ICCP").map(<[u8]>::to_vec),
        Format::Gif | Format::Bmp | Format::Ico | Format::Svg | Format::Avif => None,
    };
    profile.filter(|profile| profile.len() as u64 <= PROFILE_LIMIT)
}

/// Brings pixels (four bytes each, alpha last) from a profile's colours to sRGB.
pub fn to_screen(rgba: &mut [u8], profile: &[u8]) {
    let converted = converted(rgba, profile);
    if let Some(converted) = converted {
        rgba.copy_from_slice(&converted);
    }
}

fn converted(rgba: &[u8], profile: &[u8]) -> Option<Vec<u8>> {
    let from = ColorProfile::new_from_slice(profile).ok()?;
    if from.color_space != DataColorSpace::Rgb {
        return None;
    }
    let to = ColorProfile::new_srgb();
    let transform = from.create_transform_8bit(Layout::Rgba, &to, Layout::Rgba, TransformOptions::default()).ok()?;
    let mut out = vec![0; rgba.len()];
    transform.transform(rgba, &mut out).ok()?;
    // A transform may leave alpha alone or set it; the picture's own counts.
    for (out, own) in out.chunks_exact_mut(4).zip(rgba.chunks_exact(4)) {
        out[3] = own[3];
    }
    Some(out)
}

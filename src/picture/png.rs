//! The chunks of a PNG: what is needed of them, and a copy without those that could burst.
//!
//! Invariant: a compressed profile is inflated only up to [`PROFILE_LIMIT`]; compressed texts never are.

use std::io::Read as _;

use super::PictureError;
use super::header::{Format, Header, cost, orientation};

/// The largest colour profile that is used. Real ones have 0.5 KB to 2 MB; a burst one can have gigabytes.
pub(super) const PROFILE_LIMIT: u64 = 4 << 20;

const SIGNATURE: usize = 8;

/// A chunk: its name, what is in it, and all its bytes with length and check sum.
struct Chunk<'a> {
    name: [u8; 4],
    content: &'a [u8],
    whole: &'a [u8],
}

/// Walks the chunks and stops where the bytes do.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = bytes.get(SIGNATURE..).unwrap_or(&[]);
    std::iter::from_fn(move || {
        let (&length, _) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(length) as usize;
        let name = *rest.get(4..)?.first_chunk::<4>()?;
        let end = length.checked_add(12)?;
        let whole = rest.get(..end.min(rest.len()))?;
        let content = whole.get(8..end - 4).unwrap_or(whole.get(8..)?);
        rest = rest.get(end..).unwrap_or(&[]);
        Some(Chunk { name, content, whole })
    })
}

/// Reads format, size, orientation and cost. Chunks behind the first picture data are not looked at.
pub(super) fn header(bytes: &[u8]) -> Result<Header, PictureError> {
    let ihdr = bytes.get(SIGNATURE + 8..SIGNATURE + 21).ok_or(PictureError::CutOff)?;
    if bytes.get(SIGNATURE + 4..SIGNATURE + 8) != Some(b"IHDR") {
        return Err(PictureError::Damaged("its header is missing".to_owned()));
    }
    let side = |at: usize| u32::from_be_bytes([ihdr[at], ihdr[at + 1], ihdr[at + 2], ihdr[at + 3]]);
    let (width, height, depth, colour) = (side(0), side(4), ihdr[8], ihdr[9]);
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged("it has no pixels".to_owned()));
    }
    // A transparent value makes one channel more of grey, of colours and of a palette.
    let channels = if matches!(colour, 0 | 4) { 2 } else { 4 };
    // Sixteen bits a channel are decoded as they are and then copied into eight.
    let per_pixel = if depth == 16 { channels * 3 } else { channels };
    let before = || chunks(bytes).take_while(|chunk| &chunk.name != b"IDAT");
    let animated = before().any(|chunk| &chunk.name == b"acTL");
    let turned =
        before().find(|chunk| &chunk.name == b"eXIf").and_then(|chunk| orientation(chunk.content)).unwrap_or(1);
    // The cleaned copy of the file is counted as memory too.
    let memory = cost(width, height, per_pixel).saturating_add(bytes.len() as u64);
    Ok(Header { format: Format::Png, size: Some((width, height)), orientation: turned, animated, memory })
}

/// Whether the last chunk is there.
pub(super) fn has_end(bytes: &[u8]) -> bool {
    chunks(bytes).any(|chunk| &chunk.name == b"IEND")
}

/// How many frames an animated PNG says it has.
pub(super) fn frames(bytes: &[u8]) -> usize {
    let control = chunks(bytes).take_while(|chunk| &chunk.name != b"IDAT").find(|chunk| &chunk.name == b"acTL");
    let count = control.and_then(|chunk| chunk.content.first_chunk::<4>().copied());
    count.map_or(1, |count| u32::from_be_bytes(count) as usize)
}

/// A copy with the chunks alone that say what the pixels are. An animation becomes its still picture, unless `plays`.
pub(super) fn cleaned(bytes: &[u8], plays: bool) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    clean.extend_from_slice(bytes.get(..SIGNATURE).unwrap_or(bytes));
    for chunk in chunks(bytes) {
        let kept = match &chunk.name {
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" => true,
            b"acTL" | b"fcTL" | b"fdAT" => plays,
            _ => false,
        };
        if kept {
            clean.extend_from_slice(chunk.whole);
        }
    }
    clean
}

/// The embedded colour profile, if there is one of a sane size.
pub(super) fn profile(bytes: &[u8]) -> Option<Vec<u8>> {
    let chunk = chunks(bytes).take_while(|chunk| &chunk.name != b"IDAT").find(|chunk| &chunk.name == b"iCCP")?;
    let name_end = memchr::memchr(0, chunk.content)?;
    let packed = chunk.content.get(name_end + 2..)?;
    let mut profile = Vec::new();
    let mut unpacked = flate2::read::ZlibDecoder::new(packed).take(PROFILE_LIMIT + 1);
    unpacked.read_to_end(&mut profile).ok()?;
    (profile.len() as u64 <= PROFILE_LIMIT).then_some(profile)
}

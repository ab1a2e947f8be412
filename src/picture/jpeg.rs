//! The segments of a JPEG: its frame header, its orientation, where its picture data begins, whether its end is there.
//!
//! Invariant: a walk over the segments only; picture data is not looked at.

use super::PictureError;
use super::header::{Format, Header, cost, orientation};
use super::png::PROFILE_LIMIT;

/// A segment: its marker, what is in it, and where the next one starts.
struct Segment<'a> {
    marker: u8,
    content: &'a [u8],
    next: usize,
}

/// The segment at or after `at`; fill bytes before it are skipped.
fn segment(bytes: &[u8], mut at: usize) -> Option<Segment<'_>> {
    while *bytes.get(at)? != 0xFF {
        at += 1;
    }
    while *bytes.get(at)? == 0xFF {
        at += 1;
    }
    let marker = *bytes.get(at)?;
    if matches!(marker, 0x00 | 0x01 | 0xD0..=0xD9) {
        return Some(Segment { marker, content: &[], next: at + 1 });
    }
    let length = usize::from(u16::from_be_bytes([*bytes.get(at + 1)?, *bytes.get(at + 2)?])).max(2);
    let end = at + 1 + length;
    Some(Segment { marker, content: bytes.get(at + 3..end)?, next: end })
}

/// Reads format, size, orientation and cost.
pub(super) fn header(bytes: &[u8]) -> Result<Header, PictureError> {
    let mut turned = 1;
    let mut at = 2;
    while let Some(found) = segment(bytes, at) {
        match found.marker {
            0xE1 => turned = orientation_of(found.content).unwrap_or(turned),
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let header = frame(found.marker, found.content)?;
                // EXIF comes before the frame in all but odd files; there the picture is shown as it lies.
                return Ok(Header { orientation: turned, ..header });
            }
            0xD9 | 0xDA => break,
            _ => {}
        }
        at = found.next;
    }
    Err(PictureError::CutOff)
}

fn orientation_of(content: &[u8]) -> Option<u8> {
    content.strip_prefix(b"Exif\0\0").and_then(orientation)
}

/// Size and cost of the frame. A progressive picture keeps all its coefficients until the end, two bytes each.
fn frame(marker: u8, content: &[u8]) -> Result<Header, PictureError> {
    let [precision, h1, h2, w1, w2, components, rest @ ..] = content else {
        return Err(PictureError::CutOff);
    };
    let (width, height) = (u32::from(u16::from_be_bytes([*w1, *w2])), u32::from(u16::from_be_bytes([*h1, *h2])));
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged("it has no pixels".to_owned()));
    }
    if *precision != 8 {
        return Err(PictureError::Damaged(format!("{precision} bits a colour are not supported")));
    }
    let samplings: Vec<u64> =
        rest.chunks_exact(3).take(4).map(|c| u64::from(c[1] >> 4) * u64::from(c[1] & 15)).collect();
    let largest = samplings.iter().copied().max().unwrap_or(1).max(1);
    let out = if *components == 1 { 1 } else { 3 };
    let mut memory = cost(width, height, out);
    if matches!(marker, 0xC2 | 0xC6 | 0xCA | 0xCE) {
        let padded = cost(width.next_multiple_of(32), height.next_multiple_of(32), 2);
        memory = memory.saturating_add(padded.saturating_mul(samplings.iter().sum::<u64>().max(1)) / largest);
    }
    let size = Some((width, height));
    Ok(Header { format: Format::Jpeg, size, orientation: 1, animated: false, memory })
}

/// Whether the end marker stands after the beginning of the picture data. A decoder fills a missing rest with grey and says
/// nothing. The small picture inside EXIF has an end marker of its own, so the search starts behind the segments.
pub(super) fn has_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(found) = segment(bytes, at) {
        if found.marker == 0xDA {
            return memchr::memmem::rfind(&bytes[found.next..], &[0xFF, 0xD9]).is_some();
        }
        at = found.next;
    }
    false
}

/// The embedded colour profile, put together from the segments it lies in.
pub(super) fn profile(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<(u8, &[u8])> = Vec::new();
    let mut at = 2;
    while let Some(found) = segment(bytes, at).filter(|found| !matches!(found.marker, 0xD9 | 0xDA)) {
        if found.marker == 0xE2
            && let Some([number, _, part @ ..]) = found.content.strip_prefix(b"ICC_PROFILE\0")
        {
            parts.push((*number, part));
        }
        at = found.next;
    }
    let size: usize = parts.iter().map(|(_, part)| part.len()).sum();
    if size == 0 || size as u64 > PROFILE_LIMIT {
        return None;
    }
    parts.sort_by_key(|(number, _)| *number);
    Some(parts.into_iter().flat_map(|(_, part)| part.iter().copied()).collect())
}

//! What the first bytes of a picture say: its format, its size, and the memory that decoding it takes.
//!
//! Invariant: nothing is allocated here; whatever the bytes are, the answer comes after one walk over them at most.

use std::fmt;

use super::{PictureError, jpeg, png};

/// The formats that are told apart by their first bytes. Names and types that a server or a file's ending claim do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Format {
    /// Joint Photographic Experts Group.
    Jpeg,
    /// Portable Network Graphics, animated ones too.
    Png,
    /// Graphics Interchange Format.
    Gif,
    /// WebP.
    WebP,
    /// Windows bitmap.
    Bmp,
    /// Windows icon.
    Ico,
    /// Scalable Vector Graphics.
    Svg,
    /// AV1 Image File Format; recognised, not decoded.
    Avif,
}

impl Format {
    /// The endings of files of this format, the usual one first.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Gif => &["gif"],
            Self::WebP => &["webp"],
            Self::Bmp => &["bmp"],
            Self::Ico => &["ico"],
            Self::Svg => &["svg"],
            Self::Avif => &["avif"],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
            Self::Ico => "ICO",
            Self::Svg => "SVG",
            Self::Avif => "AVIF",
        })
    }
}

/// What a picture says of itself before it is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The format, as its first bytes tell.
    pub format: Format,
    /// Width and height in pixels as they lie in the file; none for SVG, which scales.
    pub size: Option<(u32, u32)>,
    /// How the pixels must be turned to be upright, as EXIF numbers it: 1 is upright, from 5 on width and height change places.
    pub orientation: u8,
    /// Whether there is more than one frame.
    pub animated: bool,
    /// Bytes of memory that decoding takes, the file's own not counted.
    pub memory: u64,
}

impl Header {
    /// Reads the header. A few bytes of a picture's beginning are enough for most formats; where a file was cut, its size may
    /// be missing, which is an error.
    ///
    /// # Errors
    /// When the bytes are no picture, or stop before they say how large it is.
    pub fn read(bytes: &[u8]) -> Result<Self, PictureError> {
        match format(bytes)? {
            Format::Jpeg => jpeg::header(bytes),
            Format::Png => png::header(bytes),
            Format::Gif => gif(bytes),
            Format::WebP => webp(bytes),
            Format::Bmp => bmp(bytes),
            Format::Ico => ico(bytes),
            Format::Avif => Ok(avif(bytes)),
            Format::Svg => Ok(Self { format: Format::Svg, size: None, orientation: 1, animated: false, memory: 0 }),
        }
    }

    /// Width and height as they are shown, after turning.
    #[must_use]
    pub fn upright(&self) -> Option<(u32, u32)> {
        self.size.map(|(width, height)| if self.orientation >= 5 { (height, width) } else { (width, height) })
    }
}

/// Width and height of a picture as it is shown, from its header alone. None for SVG.
///
/// # Errors
/// When the bytes are no picture, or stop before they say how large it is.
pub fn dimensions(bytes: &[u8]) -> Result<Option<(u32, u32)>, PictureError> {
    Header::read(bytes).map(|header| header.upright())
}

/// The format that the first bytes tell.
///
/// # Errors
/// When they tell of no picture; the error says what it seems to be.
pub fn format(bytes: &[u8]) -> Result<Format, PictureError> {
    let format = match bytes {
        [] => return Err(PictureError::Empty),
        [0xFF, 0xD8, 0xFF, ..] => Format::Jpeg,
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Format::Png,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Format::Gif,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Format::WebP,
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Format::Bmp,
        [0, 0, 1, 0, count, 0, ..] if *count > 0 => Format::Ico,
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => Format::Avif,
        _ => return text_format(bytes),
    };
    Ok(format)
}

/// How far into a text the `<svg` of a picture is looked for.
const SVG_WITHIN: usize = 4096;

fn text_format(bytes: &[u8]) -> Result<Format, PictureError> {
    let start = bytes.get(..SVG_WITHIN).unwrap_or(bytes);
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    let holds = |word: &[u8]| start.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    if start.first() == Some(&b'<') {
        // A page may hold a drawing; a drawing never holds a page.
        if holds(b"<html") || holds(b"<!doctype html") || holds(b"<body") {
            return Err(PictureError::NotAPicture("it is a web page".into()));
        }
        if holds(b"<svg") {
            return Ok(Format::Svg);
        }
    }
    let what = match bytes {
        [0x1F, 0x8B, ..] => "it is a compressed file",
        [b'%', b'P', b'D', b'F', ..] => "it is a PDF document",
        [b'v', b'e', b'r', b's', b'i', b'o', b'n', b' ', b'h', b't', ..] => {
            "the file was never fetched from Git's large file storage"
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "it is a video or a picture of a kind that is not known",
        _ if start.is_ascii() => "it is text",
        _ => "its format is not known",
    };
    Err(PictureError::NotAPicture(what.into()))
}

/// Bytes of memory for this many bytes a pixel.
pub(super) fn cost(width: u32, height: u32, bytes_per_pixel: u64) -> u64 {
    (u64::from(width) * u64::from(height)).saturating_mul(bytes_per_pixel)
}

fn number_u16(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 2).map(|pair| u32::from(u16::from_le_bytes([pair[0], pair[1]])))
}

fn number_u24(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 3).map(|b| u32::from(b[0]) | u32::from(b[1]) << 8 | u32::from(b[2]) << 16)
}

fn number_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn with_size(
    format: Format,
    size: Option<(u32, u32)>,
    animated: bool,
    bytes_per_pixel: u64,
) -> Result<Header, PictureError> {
    let (width, height) = size.ok_or(PictureError::CutOff)?;
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged("it has no pixels".to_owned()));
    }
    let memory = cost(width, height, bytes_per_pixel);
    Ok(Header { format, size: Some((width, height)), orientation: 1, animated, memory })
}

/// A GIF's first frame may be smaller than its canvas; then both are held at once.
fn gif(bytes: &[u8]) -> Result<Header, PictureError> {
    let size = number_u16(bytes, 6).zip(number_u16(bytes, 8));
    with_size(Format::Gif, size, gif_frames(bytes, 2) > 1, 9)
}

/// How many frames an animation has, counted up to `most` without decoding any.
pub(super) fn frames(format: Format, bytes: &[u8], most: usize) -> usize {
    match format {
        Format::Gif => gif_frames(bytes, most),
        Format::WebP => webp_chunks(bytes).filter(|(name, _)| *name == b"ANMF").take(most).count(),
        Format::Png => png::frames(bytes).min(most),
        Format::Jpeg | Format::Bmp | Format::Ico | Format::Svg | Format::Avif => 1,
    }
}

/// Counts frames up to `most` by walking the blocks.
fn gif_frames(bytes: &[u8], most: usize) -> usize {
    gif_walk(bytes, most).0
}

/// How many frames there are up to `most`, and whether the last block that begins also ends.
fn gif_walk(bytes: &[u8], most: usize) -> (usize, bool) {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + bytes.get(10).map_or(0, |flags| table(*flags));
    let (mut frames, mut whole) = (0, true);
    while frames < most && whole {
        match bytes.get(at) {
            Some(0x2C) => {
                frames += 1;
                at += 11 + bytes.get(at + 9).map_or(0, |flags| table(*flags));
            }
            Some(0x21) => at += 2,
            _ => break,
        }
        while let Some(length @ 1..) = bytes.get(at) {
            at += 1 + usize::from(*length);
        }
        whole = at < bytes.len();
        at += 1;
    }
    (frames, whole)
}

/// Whether all bytes are there that a picture of this format says it has. A decoder would often fill what is missing with grey,
/// and say nothing.
pub(super) fn is_whole(format: Format, bytes: &[u8]) -> bool {
    match format {
        Format::Jpeg => jpeg::has_end(bytes),
        Format::Png => png::has_end(bytes),
        Format::Gif => matches!(gif_walk(bytes, usize::MAX), (1.., true)),
        // Some writers count the byte that makes the length even, some do not.
        Format::WebP => number_u32(bytes, 4).is_some_and(|length| bytes.len() as u64 + 1 >= u64::from(length) + 8),
        Format::Bmp => bytes.len() as u64 >= bmp_length(bytes),
        Format::Ico => ico_entry(bytes).is_some(),
        Format::Svg | Format::Avif => true,
    }
}

/// How long a bitmap is at least: with all its rows, where they are not packed.
fn bmp_length(bytes: &[u8]) -> u64 {
    const HEADERS: u64 = 54;
    let length = || {
        let (width, height) = bmp(bytes).ok()?.size?;
        let (start, bits) = (number_u32(bytes, 10)?, number_u16(bytes, 28)?);
        let is_plain = matches!(number_u32(bytes, 30)?, 0 | 3);
        let row = (u64::from(width) * u64::from(bits)).div_ceil(32) * 4;
        is_plain.then(|| u64::from(start) + row * u64::from(height))
    };
    if number_u32(bytes, 14).is_some_and(|header| header >= 40) { length().unwrap_or(HEADERS) } else { 0 }
}

fn webp(bytes: &[u8]) -> Result<Header, PictureError> {
    let flags = bytes.get(20).copied().unwrap_or(0);
    let (size, animated) = match bytes.get(12..16) {
        Some(b"VP8 ") => {
            (number_u16(bytes, 26).zip(number_u16(bytes, 28)).map(|(w, h)| (w & 0x3FFF, h & 0x3FFF)), false)
        }
        Some(b"VP8L") => (number_u32(bytes, 21).map(|b| ((b & 0x3FFF) + 1, (b >> 14 & 0x3FFF) + 1)), false),
        Some(b"VP8X") => {
            (number_u24(bytes, 24).zip(number_u24(bytes, 27)).map(|(w, h)| (w + 1, h + 1)), flags & 2 != 0)
        }
        _ => return Err(PictureError::CutOff),
    };
    let orientation = webp_chunk(bytes, *b"EXIF").and_then(orientation).unwrap_or(1);
    Ok(Header { orientation, ..with_size(Format::WebP, size, animated, 9)? })
}

/// What is in the first chunk of this name.
pub(super) fn webp_chunk(bytes: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    webp_chunks(bytes).find(|(name, _)| **name == wanted).map(|(_, content)| content)
}

fn webp_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut at = 12;
    std::iter::from_fn(move || {
        let name = bytes.get(at..)?.first_chunk::<4>()?;
        let start = at + 8;
        let end = start.checked_add(number_u32(bytes, at + 4)? as usize)?;
        let content = bytes.get(start..end)?;
        at = end.checked_add((end - start) & 1)?;
        Some((name, content))
    })
}

/// The orientation that an EXIF block (from its byte order mark on) names.
pub(super) fn orientation(exif: &[u8]) -> Option<u8> {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    image::metadata::Orientation::from_exif_chunk(exif).map(image::metadata::Orientation::to_exif)
}

fn bmp(bytes: &[u8]) -> Result<Header, PictureError> {
    let old = number_u32(bytes, 14) == Some(12);
    let size = if old {
        number_u16(bytes, 18).zip(number_u16(bytes, 20))
    } else {
        // Both are signed: a height below zero means "from top to bottom".
        let side = |at| number_u32(bytes, at).map(|side| side.cast_signed().unsigned_abs());
        side(18).zip(side(22))
    };
    with_size(Format::Bmp, size, false, 8)
}

/// The largest picture of an icon.
pub(super) enum IcoEntry<'a> {
    /// It is a whole PNG.
    Png(&'a [u8]),
    /// It is a bitmap without its file header; the bytes are an icon of that one picture.
    Bitmap(Vec<u8>),
}

/// Where the largest entry of an icon stands in its directory.
fn ico_largest(bytes: &[u8]) -> Option<(&[u8], (u32, u32))> {
    let count = number_u16(bytes, 4)? as usize;
    let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
    (0..count)
        .filter_map(|entry| bytes.get(6 + 16 * entry..22 + 16 * entry))
        .map(|entry| (entry, (side(entry[0]), side(entry[1]))))
        .max_by_key(|(entry, (width, height))| (width * height, number_u16(entry, 6)))
}

/// The largest picture of an icon, taken out of it: the others are never decoded.
pub(super) fn ico_entry(bytes: &[u8]) -> Option<IcoEntry<'_>> {
    let (entry, _) = ico_largest(bytes)?;
    let (length, start) = (number_u32(entry, 8)? as usize, number_u32(entry, 12)? as usize);
    let picture = bytes.get(start..start.checked_add(length)?)?;
    if format(picture) == Ok(Format::Png) {
        return Some(IcoEntry::Png(picture));
    }
    let mut icon = vec![0, 0, 1, 0, 1, 0];
    icon.extend_from_slice(&entry[..12]);
    icon.extend_from_slice(&22_u32.to_le_bytes());
    icon.extend_from_slice(picture);
    Some(IcoEntry::Bitmap(icon))
}

fn ico(bytes: &[u8]) -> Result<Header, PictureError> {
    if let Some(IcoEntry::Png(picture)) = ico_entry(bytes) {
        return Ok(Header { format: Format::Ico, ..png::header(picture)? });
    }
    with_size(Format::Ico, ico_largest(bytes).map(|(_, size)| size), false, 16)
}

/// The size of an AVIF picture stands in its `ispe` box, somewhere in the first boxes.
fn avif(bytes: &[u8]) -> Header {
    let start = bytes.get(..SVG_WITHIN).unwrap_or(bytes);
    let big = |at: usize| bytes.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    let size = memchr::memmem::find(start, b"ispe").and_then(|at| big(at + 8).zip(big(at + 12)));
    Header { format: Format::Avif, size, orientation: 1, animated: bytes.get(11) == Some(&b's'), memory: 0 }
}

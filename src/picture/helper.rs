//! The helper process: our own program started again with [`FLAG`], for pictures that are too big, too slow or too odd for the
//! app itself. One picture's bytes come in, its pixels go out, and the process ends.
//!
//! Invariant: before the first byte is read, the process has taken from itself all memory over 256 MiB, all time over two seconds
//! of its processor, and the right to open files. Whatever a picture does to it, the app only sees that no answer came.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use super::animation::render_frames;
use super::header::{Format, Header};
use super::limits::Limits;
use super::render::{Frame, Info, Rendered, guarded, render};
use super::request::Shape;
use super::{PictureError, svg};

/// The hidden argument that makes our program the helper.
pub const FLAG: &str = "--decode-picture";

/// Seconds that a picture may take.
pub const SECONDS: u64 = 2;

/// The most memory that the process takes.
#[cfg(unix)]
const MEMORY: u64 = 256 << 20;

const MAGIC: [u8; 4] = *b"CDP1";

/// The most that an answer's facts take.
const MOST_FACTS: u32 = 1 << 20;

#[derive(Serialize, Deserialize)]
struct Facts {
    info: Info,
    /// Width, height and milliseconds of each frame, whose pixels follow.
    frames: Vec<(u32, u32, u32)>,
}

/// Writes what the helper shall do.
///
/// # Errors
/// When the helper is gone.
pub fn write_request(to: &mut impl Write, bytes: &[u8], shape: Shape) -> io::Result<()> {
    let kind = match shape {
        Shape::Cover { .. } => 0,
        Shape::Within { .. } => 1,
        Shape::Playing { .. } => 2,
    };
    let (width, height) = shape.size();
    let mut head = MAGIC.to_vec();
    head.push(kind);
    head.extend_from_slice(&(width as u16).to_le_bytes());
    head.extend_from_slice(&(height as u16).to_le_bytes());
    to.write_all(&head)?;
    to.write_all(bytes)
}

/// Reads what the helper answers. `None` when it ended without a whole answer.
#[must_use]
pub fn read_answer(from: &mut impl Read) -> Option<Result<Rendered, PictureError>> {
    let length = u32::from_le_bytes(read_array(from)?);
    if length > MOST_FACTS {
        return None;
    }
    let facts = read_bytes(from, u64::from(length))?;
    let facts: Result<Facts, PictureError> = serde_json::from_slice(&facts).ok()?;
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return Some(Err(error)),
    };
    let size = |width: u32, height: u32| u64::from(width) * u64::from(height) * 4;
    let total: u64 = facts.frames.iter().map(|(width, height, _)| size(*width, *height)).sum();
    if total > Limits::HELPER.kept || facts.frames.len() > Limits::HELPER.frames {
        return None;
    }
    let mut frames = Vec::with_capacity(facts.frames.len());
    for (width, height, milliseconds) in facts.frames {
        let rgba = read_bytes(from, size(width, height))?;
        frames.push(Frame { width, height, rgba, milliseconds });
    }
    Some(Ok(Rendered { info: facts.info, frames }))
}

/// The whole life of the process that was started with [`FLAG`].
#[must_use]
pub fn run() -> ExitCode {
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error!("The picture helper ended: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What the process does: one picture in, its pixels out.
///
/// # Errors
/// When its limits cannot be set, or nobody reads its answer.
pub fn serve(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    confine()?;
    let head: [u8; 9] = read_array(input).ok_or(io::ErrorKind::UnexpectedEof)?;
    let [width, height] = [[head[5], head[6]], [head[7], head[8]]].map(u16::from_le_bytes);
    let shape = match head[4] {
        _ if head[..4] != MAGIC => return Err(io::ErrorKind::InvalidData.into()),
        0 => Shape::Cover { width, height },
        1 => Shape::Within { width, height },
        _ => Shape::Playing { width, height },
    };
    let mut bytes = Vec::new();
    input.take(Limits::HELPER.bytes + 1).read_to_end(&mut bytes)?;
    answer(output, guarded(|| drawn(&bytes, shape)))
}

fn drawn(bytes: &[u8], shape: Shape) -> Result<Rendered, PictureError> {
    let header = Header::read(bytes)?;
    Limits::HELPER.check(&header, bytes.len() as u64)?;
    match header.format {
        Format::Svg => svg::render_svg(bytes, shape),
        _ if header.animated && shape.plays() => render_frames(bytes, shape, &Limits::HELPER),
        _ => render(bytes, shape, &Limits::HELPER),
    }
}

fn answer(to: &mut impl Write, result: Result<Rendered, PictureError>) -> io::Result<()> {
    let (facts, frames) = match result {
        Ok(Rendered { info, frames }) => {
            let sizes = frames.iter().map(|frame| (frame.width, frame.height, frame.milliseconds)).collect();
            (Ok(Facts { info, frames: sizes }), frames)
        }
        Err(error) => (Err(error), Vec::new()),
    };
    let facts = serde_json::to_vec(&facts)?;
    to.write_all(&(facts.len() as u32).to_le_bytes())?;
    to.write_all(&facts)?;
    for frame in frames {
        to.write_all(&frame.rgba)?;
    }
    to.flush()
}

/// Takes rights from this process, for good.
#[cfg(unix)]
fn confine() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (resource, most) in [
        (Resource::As, MEMORY),
        (Resource::Cpu, SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 3),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Elsewhere only the time is limited, by the app, and what a picture may cost is worked out beforehand.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the shape of a Unix' own, which can be refused")]
fn confine() -> io::Result<()> {
    Ok(())
}

fn read_array<const N: usize>(from: &mut impl Read) -> Option<[u8; N]> {
    let mut array = [0; N];
    from.read_exact(&mut array).ok()?;
    Some(array)
}

/// Reads exactly so many bytes; memory grows only with what really comes.
fn read_bytes(from: &mut impl Read, length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == length).then_some(bytes)
}

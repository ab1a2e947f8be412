//! Bytes to pixels within limits.
//!
//! Invariant: no disk, no network; nothing is allocated before its size was checked. What a decoder would need is worked out
//! from the first bytes of a picture ([`Header`]); the decoder is only started when that fits the [`Limits`].

use std::borrow::Cow;

pub mod animation;
pub mod colour;
pub mod data_url;
pub mod decode;
pub mod header;
pub mod helper;
pub mod inspect;
pub mod keep;
pub mod limits;
pub mod render;
pub mod request;
pub mod svg;
pub mod thumbnail;

mod jpeg;
mod png;

pub use decode::{Pixels, decode};
pub use header::{Format, Header};
pub use inspect::inspect;
pub use limits::{Limits, Route, route};
pub use render::{Frame, Info, Rendered, render};
pub use request::{DataUrl, Delivered, Failure, FailureKind, LONGEST_SIDE, PictureKey, PictureOrders, Shape, Source};
pub use thumbnail::thumbnail;

/// Why bytes are not shown as a picture. The messages are read by editors, in the picture's place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
pub enum PictureError {
    /// There is nothing.
    #[error("The file is empty")]
    Empty,
    /// The bytes are something else.
    #[error("Not a picture: {0}")]
    NotAPicture(Cow<'static, str>),
    /// A picture, but of a kind that is not decoded here.
    #[error("{0} pictures are not shown here: no safe decoder for them is built in")]
    Unsupported(Format),
    /// More bytes than are read.
    #[error("The file has {}, more than the {} that are read", megabytes(*.bytes), megabytes(*.limit))]
    TooManyBytes {
        /// How many there are.
        bytes: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// More pixels than are decoded, or a side that is too long.
    #[error("{width} × {height} pixels are too many to show")]
    TooManyPixels {
        /// Pixels from left to right.
        width: u32,
        /// Pixels from top to bottom.
        height: u32,
    },
    /// Decoding would need more memory than it may have.
    #[error("Decoding it needs {}, more than the {} that it may take", megabytes(*.needed), megabytes(*.limit))]
    TooMuchMemory {
        /// What it would need.
        needed: u64,
        /// What it may have.
        limit: u64,
    },
    /// More frames than are played.
    #[error("The animation has more than {0} frames")]
    TooManyFrames(usize),
    /// The end is missing.
    #[error("The picture is cut off: its end is missing")]
    CutOff,
    /// The decoder gave up.
    #[error("The picture is damaged: {0}")]
    Damaged(String),
    /// It took longer than allowed.
    #[error("Decoding it took longer than {0} seconds")]
    TooSlow(u64),
    /// The process that decodes big pictures is not there, or failed before it answered.
    #[error("The picture could not be decoded: {0}")]
    Helper(String),
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1_048_576.0)
}

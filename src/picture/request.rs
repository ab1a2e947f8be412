//! What is asked for: where a picture comes from, and the shape it is shown in. Spoken by panes and workers alike.
//!
//! Invariant: two keys are equal exactly when the same pixels are meant.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{PictureError, Rendered};

/// Where the bytes of a picture come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Files of the site, as paths in it: the first one that is there counts.
    Site(Arc<[String]>),
    /// A web address, http or https.
    Remote(Arc<str>),
    /// The address holds the picture itself.
    Data(DataUrl),
}

impl Source {
    /// A file of the site, or the first of several that is there.
    pub fn site<P: Into<String>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self::Site(paths.into_iter().map(Into::into).collect())
    }

    /// Whether a request would be needed to have it.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        matches!(self, Self::Remote(_))
    }
}

/// A `data:` address. Compared by its hash, since it can be long and is compared in every frame.
#[derive(Clone, Debug)]
pub struct DataUrl {
    hash: u128,
    text: Arc<str>,
}

impl DataUrl {
    /// Takes the whole address, `data:` included.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { hash: xxhash_rust::xxh3::xxh3_128(text.as_bytes()), text: text.into() }
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for DataUrl {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for DataUrl {}

impl PartialOrd for DataUrl {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DataUrl {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.hash.cmp(&other.hash)
    }
}

impl Hash for DataUrl {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

/// The longest side of pixels that are made for the screen.
pub const LONGEST_SIDE: u32 = 2048;

/// The shape that a picture is shown in, in pixels of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// Fills this size, what juts out is cropped: a row's thumbnail, a card.
    Cover {
        /// Pixels from left to right.
        width: u16,
        /// Pixels from top to bottom.
        height: u16,
    },
    /// Lies whole inside this size, never made larger: a logo, the inspector's picture.
    Within {
        /// Pixels from left to right.
        width: u16,
        /// Pixels from top to bottom.
        height: u16,
    },
    /// As `Within`, and an animation plays: quick look.
    Playing {
        /// Pixels from left to right.
        width: u16,
        /// Pixels from top to bottom.
        height: u16,
    },
}

impl Shape {
    /// A box of this many points that a picture fills, at so many pixels per point.
    #[must_use]
    pub fn cover(width: f32, height: f32, pixels_per_point: f32) -> Self {
        Self::Cover { width: pixels(width, pixels_per_point), height: pixels(height, pixels_per_point) }
    }

    /// A box of this many points that a picture lies in. Rounded up to steps of 256 pixels from there on, so that dragging a pane
    /// wider does not decode its picture again at every step.
    #[must_use]
    pub fn within(width: f32, height: f32, pixels_per_point: f32) -> Self {
        Self::Within { width: step(width, pixels_per_point), height: step(height, pixels_per_point) }
    }

    /// As [`Shape::within`], with animations playing.
    #[must_use]
    pub fn playing(width: f32, height: f32, pixels_per_point: f32) -> Self {
        Self::Playing { width: step(width, pixels_per_point), height: step(height, pixels_per_point) }
    }

    /// Width and height of the box, at least one pixel and at most [`LONGEST_SIDE`].
    #[must_use]
    pub fn size(self) -> (u32, u32) {
        let (Self::Cover { width, height } | Self::Within { width, height } | Self::Playing { width, height }) = self;
        (u32::from(width).clamp(1, LONGEST_SIDE), u32::from(height).clamp(1, LONGEST_SIDE))
    }

    /// Whether animations play in it.
    #[must_use]
    pub fn plays(self) -> bool {
        matches!(self, Self::Playing { .. })
    }

    /// Whether it is small enough that its pixels are kept on disk.
    #[must_use]
    pub fn is_thumbnail(self) -> bool {
        let (width, height) = self.size();
        !self.plays() && width.max(height) <= 256
    }
}

fn pixels(points: f32, pixels_per_point: f32) -> u16 {
    (points * pixels_per_point).round().clamp(1.0, LONGEST_SIDE as f32) as u16
}

fn step(points: f32, pixels_per_point: f32) -> u16 {
    let exact = pixels(points, pixels_per_point);
    if exact <= 256 { exact } else { exact.div_ceil(256) * 256 }
}

/// What panes ask for and workers answer: a picture in a shape.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PictureKey {
    /// Where the bytes come from.
    pub source: Source,
    /// The shape that the pixels shall have.
    pub shape: Shape,
}

/// What kind of thing went wrong, for what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// There is no such file, or the server says so.
    Missing,
    /// The bytes are there and are no good picture.
    Broken,
    /// The bytes may be a good picture, of a kind that is not shown here.
    Unsupported,
    /// More than the limits allow.
    TooLarge,
    /// No answer now; it may be better later.
    Unreachable,
    /// The policy forbids the request.
    Refused,
}

/// Why there is no picture, in words for the picture's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of thing went wrong.
    pub kind: FailureKind,
    /// What happened, a sentence.
    pub reason: Arc<str>,
    /// When, in seconds since 1970.
    pub seconds: i64,
}

impl Failure {
    /// A failure of this kind that was seen at this time.
    #[must_use]
    pub fn new(kind: FailureKind, reason: &str, seconds: i64) -> Self {
        Self { kind, reason: reason.into(), seconds }
    }

    /// What bytes that are no good picture become.
    #[must_use]
    pub fn of(error: &PictureError, seconds: i64) -> Self {
        let kind = match error {
            PictureError::Empty
            | PictureError::NotAPicture(_)
            | PictureError::CutOff
            | PictureError::Damaged(_)
            | PictureError::Helper(_) => FailureKind::Broken,
            PictureError::Unsupported(_) => FailureKind::Unsupported,
            PictureError::TooManyBytes { .. }
            | PictureError::TooManyPixels { .. }
            | PictureError::TooMuchMemory { .. }
            | PictureError::TooManyFrames(_)
            | PictureError::TooSlow(_) => FailureKind::TooLarge,
        };
        Self::new(kind, &error.to_string(), seconds)
    }
}

/// What the workers answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// What was asked for.
    pub key: PictureKey,
    /// The pixels, or why there are none.
    pub result: Result<Rendered, Failure>,
}

/// What the workers shall do now. A list takes the place of the one before it: what is on it no more is given up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureOrders {
    /// What is wanted, most urgent first.
    pub wanted: Vec<PictureKey>,
    /// Sources whose failure shall be forgotten.
    pub retry: Vec<Source>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_never_empty_nor_larger_than_a_texture_may_be() {
        assert_eq!(Shape::cover(60.0, 37.0, 2.0).size(), (120, 74));
        assert_eq!(Shape::cover(0.0, -5.0, 1.0).size(), (1, 1));
        assert_eq!(Shape::within(9000.0, f32::NAN, 3.0).size().0, LONGEST_SIDE);
    }

    #[test]
    fn a_pane_that_grows_a_little_asks_for_the_same_pixels() {
        assert_eq!(Shape::within(401.0, 300.0, 1.0), Shape::within(440.0, 310.0, 1.0));
        assert_ne!(Shape::within(60.0, 60.0, 1.0), Shape::within(61.0, 60.0, 1.0));
    }
}

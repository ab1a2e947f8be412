//! One picture: its bytes from the site or out of its address, its pixels from the thumbnails kept or a decoder.
//!
//! Invariant: no more bytes are read than a picture may have.

use super::helper::Helper;
use super::{ReadFile, failed, seconds_now};
use crate::file::SitePath;
use crate::picture::{
    Failure, FailureKind, Format, Header, Limits, PictureKey, Rendered, Route, Shape, Source, data_url, header, keep,
    render, route,
};
use crate::storage::blobs::Blobs;

/// Loads pictures.
pub(super) struct Loader {
    read: ReadFile,
    thumbnails: Option<Blobs>,
    helper: Option<Helper>,
}

impl Loader {
    pub(super) fn new(read: ReadFile, thumbnails: Option<Blobs>, helper: Option<Helper>) -> Self {
        Self { read, thumbnails, helper }
    }

    /// The picture in its shape, or why there is none; `None` when it was cancelled on the way. `fetched` is what the web gave.
    pub(super) fn load(
        &self,
        key: &PictureKey,
        fetched: Option<Vec<u8>>,
        cancelled: &dyn Fn() -> bool,
    ) -> Option<Result<Rendered, Failure>> {
        if cancelled() {
            return None;
        }
        if let Some(failure) = fetched.as_deref().and_then(drawing_from_the_web) {
            return Some(Err(failure));
        }
        let bytes = match fetched.map_or_else(|| self.bytes(&key.source), Ok) {
            Ok(bytes) => bytes,
            Err(failure) => return Some(Err(failure)),
        };
        if cancelled() {
            return None;
        }
        Some(self.picture(&bytes, key.shape))
    }

    fn bytes(&self, source: &Source) -> Result<Vec<u8>, Failure> {
        match source {
            Source::Site(paths) => self.file(paths),
            Source::Data(address) => {
                data_url::bytes(address.as_str()).map_err(|error| Failure::of(&error, seconds_now()))
            }
            Source::Remote(_) => Err(failed(FailureKind::Refused, "Pictures from the web come by another way")),
        }
    }

    /// The first of the files that is there. What is there and cannot be read is not passed over.
    fn file(&self, paths: &[String]) -> Result<Vec<u8>, Failure> {
        let mut missing = None;
        for path in paths {
            let site_path = SitePath::new(path).map_err(|error| failed(FailureKind::Refused, &error.to_string()))?;
            match (self.read)(&site_path) {
                Err(failure) if failure.kind == FailureKind::Missing => missing = missing.or(Some(failure)),
                result => return result,
            }
        }
        Err(missing.unwrap_or_else(|| failed(FailureKind::Missing, "There is no such file in the site")))
    }

    fn picture(&self, bytes: &[u8], shape: Shape) -> Result<Rendered, Failure> {
        let store = self.thumbnails.as_ref().filter(|_| shape.is_thumbnail());
        let Some(store) = store else {
            return self.decoded(bytes, shape);
        };
        let name = keep::name(bytes, shape);
        if let Some(rendered) = store.get(name).and_then(|packed| keep::unpack(&packed)) {
            return Ok(rendered);
        }
        let rendered = self.decoded(bytes, shape)?;
        if keep::is_worth(&rendered)
            && let Some(packed) = keep::pack(&rendered)
            && let Err(error) = store.put(name, &packed)
        {
            log::warn!("A thumbnail could not be kept: {error}");
        }
        Ok(rendered)
    }

    fn decoded(&self, bytes: &[u8], shape: Shape) -> Result<Rendered, Failure> {
        let rendered = Header::read(bytes).and_then(|header| {
            let route = route(&header, bytes.len() as u64, shape)?;
            match (route, &self.helper) {
                (Route::Here, _) => render(bytes, shape, &Limits::HERE),
                (Route::Helper, Some(helper)) => helper.render(bytes, shape).or_else(|error| {
                    // What is too much to play is still worth a look: its first frame.
                    if header.animated { render(bytes, shape, &Limits::HERE).or(Err(error)) } else { Err(error) }
                }),
                (Route::Helper, None) => {
                    // Without the helper a thread does what it may: an animation's first frame, nothing of a drawing.
                    render(bytes, shape, &Limits::HERE)
                }
            }
        });
        rendered.map_err(|error| Failure::of(&error, seconds_now()))
    }
}

/// A drawing is a program, and the web's may change with every request: only the site's own are drawn.
fn drawing_from_the_web(bytes: &[u8]) -> Option<Failure> {
    let is_drawing = matches!(header::format(bytes), Ok(Format::Svg));
    is_drawing.then(|| failed(FailureKind::Unsupported, "SVG from the web is not shown. Keep the picture in the site"))
}

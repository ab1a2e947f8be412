//! Drawings: SVG to pixels. Only ever called in the helper process, since a few lines of SVG can take any time and memory.
//!
//! Invariant: a drawing reads no file, follows no address and holds no other picture; its text is set in the font that is built
//! in.

use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};

use super::PictureError;
use super::header::Format;
use super::render::{Frame, Info, Rendered};
use super::request::Shape;

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../../assets/fonts/Inter-tab.ttf").to_vec());
    Arc::new(fonts)
});

/// Draws an SVG into a shape. It has no pixels of its own, so it fills the shape.
///
/// # Errors
/// When it is no well-formed SVG, or has no size.
pub fn render_svg(bytes: &[u8], shape: Shape) -> Result<Rendered, PictureError> {
    let options = usvg::Options {
        resources_dir: None,
        font_family: "Inter".to_owned(),
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        fontdb: Arc::clone(&FONTS),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_data(bytes, &options).map_err(|error| PictureError::Damaged(error.to_string()))?;
    let (own_width, own_height) = (tree.size().width(), tree.size().height());
    let (box_width, box_height) = shape.size();
    let (across, down) = (box_width as f32 / own_width, box_height as f32 / own_height);
    let cover = matches!(shape, Shape::Cover { .. });
    let scale = if cover { across.max(down) } else { across.min(down) };
    let side = |own: f32, most: u32| if cover { most } else { ((own * scale).round() as u32).clamp(1, most) };
    let (width, height) = (side(own_width, box_width), side(own_height, box_height));
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or(PictureError::Damaged("it has no size".to_owned()))?;
    let (left, top) = ((width as f32 - own_width * scale) / 2.0, (height as f32 - own_height * scale) / 2.0);
    let place = tiny_skia::Transform::from_row(scale, 0.0, 0.0, scale, left, top);
    resvg::render(&tree, place, &mut pixels.as_mut());
    let info = Info {
        format: Format::Svg,
        width: own_width.round() as u32,
        height: own_height.round() as u32,
        bytes: bytes.len() as u64,
        animated: false,
    };
    Ok(Rendered { info, frames: vec![Frame { width, height, rgba: pixels.take(), milliseconds: 0 }] })
}

//! Every colour, size and font of the desk.
//!
//! Invariant: no other file of the program names a colour or a font size.

mod fonts;
pub mod icons;
mod palette;
pub mod size;
mod style;
mod typeface;

pub use palette::{Palette, contrast, palette};
pub use style::{is_still, set_motion};
pub use typeface::{Type, broken, galley, line, page, paragraph, wrapped};

/// Gives a window our fonts and the styles of both themes. Call it once, before the first frame.
pub fn install(ctx: &egui::Context) {
    fonts::install(ctx);
    style::install(ctx);
}

/// The icon of the window.
#[must_use]
pub fn app_icon() -> egui::IconData {
    let bytes = include_bytes!("../../../assets/icon-256.png");
    let image =
        image::load_from_memory_with_format(bytes, image::ImageFormat::Png).map(image::DynamicImage::into_rgba8);
    image.map_or_else(
        |_| egui::IconData::default(),
        |image| egui::IconData { width: image.width(), height: image.height(), rgba: image.into_raw() },
    )
}

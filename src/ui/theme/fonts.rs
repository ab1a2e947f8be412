//! The fonts that come with the program.
//!
//! Invariant: they come before those of egui; what they do not have, the system's fonts show.

use egui::epaint::text::{FontInsert, FontPriority, FontTweak, InsertFontFamily};
use egui::{FontData, FontFamily};

static INTER: &[u8] = include_bytes!("../../../assets/fonts/Inter-tab.ttf");
static CODE: &[u8] = include_bytes!("../../../assets/fonts/JetBrainsMono.ttf");
static ICONS: &[u8] = include_bytes!("../../../assets/fonts/icons.ttf");

/// Icons fill their box, letters sit on a line: this puts the middle of the one at the middle of the other.
const ICON_DROP: f32 = 0.03;

pub fn install(ctx: &egui::Context) {
    // The last one comes first. Icons come before the fonts of egui, which have other signs at their places.
    let icons = FontData::from_static(ICONS).tweak(FontTweak { y_offset_factor: ICON_DROP, ..FontTweak::default() });
    add(ctx, "icons", icons, &[FontFamily::Proportional, FontFamily::Monospace]);
    add(ctx, "Inter", FontData::from_static(INTER), &[FontFamily::Proportional]);
    add(ctx, "JetBrains Mono", FontData::from_static(CODE), &[FontFamily::Monospace]);
    // It has the signs that stand for what cannot be seen.
    let last = InsertFontFamily { family: FontFamily::Proportional, priority: FontPriority::Lowest };
    ctx.add_font(FontInsert::new("JetBrains Mono as a last resort", FontData::from_static(CODE), vec![last]));
}

fn add(ctx: &egui::Context, name: &str, data: FontData, families: &[FontFamily]) {
    let families = families
        .iter()
        .map(|family| InsertFontFamily { family: family.clone(), priority: FontPriority::Highest })
        .collect();
    ctx.add_font(FontInsert::new(name, data, families));
}

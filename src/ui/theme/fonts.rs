//! The fonts that come with the program.
//!
//! Invariant: they come before those of egui; what they do not have, the system's fonts show.

use egui::epaint::text::{FontInsert, FontPriority, FontTweak, InsertFontFamily};
use egui::{FontData, FontFamily};

static INTER: &[u8] = include_bytes!("../../../assets/fonts/Inter-tab.ttf");
static CODE: &[u8] = include_bytes!("../../../assets/fonts/JetBrainsMono.ttf");
static ICONS: &[u8] = include_bytes!("../../../assets/fonts/icons.ttf");

/// Icons fill their box, letters sit on a line: this puts the middle of the one at the middle of the other.
const ICON_DROP: f32 = 0.12;

pub fn install(ctx: &egui::Context) {
    add(ctx, "Inter", FontData::from_static(INTER), &[FontFamily::Proportional], FontPriority::Highest);
    add(ctx, "JetBrains Mono", FontData::from_static(CODE), &[FontFamily::Monospace], FontPriority::Highest);
    let icons = FontData::from_static(ICONS).tweak(FontTweak { y_offset_factor: ICON_DROP, ..FontTweak::default() });
    add(ctx, "icons", icons, &[FontFamily::Proportional, FontFamily::Monospace], FontPriority::Lowest);
}

fn add(ctx: &egui::Context, name: &str, data: FontData, families: &[FontFamily], priority: FontPriority) {
    let families = families.iter().map(|family| InsertFontFamily { family: family.clone(), priority }).collect();
    ctx.add_font(FontInsert::new(name, data, families));
}

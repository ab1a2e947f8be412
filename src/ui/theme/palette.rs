//! The colours, dark and light, and how well they can be read.
//!
//! Invariant: every pair of text and ground that the desk draws has a contrast of at least 4.5:1; the test names them all.

use egui::{Color32, Theme};

/// The colours of one theme. Names say the use, not the hue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// Behind the table and in fields.
    pub background: Color32,
    /// Bars, sidebar, inspector.
    pub panel: Color32,
    /// Cards, buttons, menus.
    pub raised: Color32,
    /// What the pointer is on, on a panel or in the table.
    pub hover: Color32,
    /// Chips and keys.
    pub chip: Color32,
    /// Lines between things, and the empty part of a bar.
    pub line: Color32,
    /// The selected row.
    pub selection: Color32,
    /// Text.
    pub text: Color32,
    /// Text that explains.
    pub muted: Color32,
    /// Text that explains, on a card, a chip or a selected row.
    pub muted_raised: Color32,
    /// What is active: the switch, the main button, the marks of change.
    pub accent: Color32,
    /// The accent as text.
    pub accent_text: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// The bar of quality.
    pub quality: Color32,
    /// Quality, and good news, as text.
    pub quality_text: Color32,
    /// The cool end of heat.
    pub heat: Color32,
    /// The hot end of heat; conflicts; the second half of the name.
    pub hot: Color32,
    /// Trouble as text.
    pub danger_text: Color32,
    /// A warning as text.
    pub warning_text: Color32,
    /// Bars of a histogram outside of its range.
    pub dormant: Color32,
    /// The knob of a switch that is off.
    pub knob_off: Color32,
    /// The knob of a switch that is on, and text over pictures.
    pub white: Color32,
    /// Laid over the lower edge of a picture so that text can be read on it.
    pub shade: Color32,
    /// Laid over the desk while something stands above it.
    pub backdrop: Color32,
    /// Added lines of a diff.
    pub added: Color32,
    /// Removed lines of a diff.
    pub removed: Color32,
    /// Nothing.
    pub none: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

static DARK: Palette = Palette {
    background: rgb(0x14_16_1a),
    panel: rgb(0x1a_1d_23),
    raised: rgb(0x21_25_2d),
    hover: rgb(0x1e_22_29),
    chip: rgb(0x2a_2f_39),
    line: rgb(0x2b_30_39),
    selection: rgb(0x24_34_4f),
    text: rgb(0xe6_e9_ee),
    muted: rgb(0x8d_96_a5),
    muted_raised: rgb(0x9a_a3_b2),
    accent: rgb(0x5b_9d_ff),
    accent_text: rgb(0x6e_a8_ff),
    on_accent: rgb(0x0b_15_26),
    quality: rgb(0x3f_b8_a6),
    quality_text: rgb(0x4c_c4_b2),
    heat: rgb(0xf5_a5_24),
    hot: rgb(0xf0_56_2d),
    danger_text: rgb(0xff_7a_59),
    warning_text: rgb(0xf5_a5_24),
    dormant: rgb(0x2b_30_39),
    knob_off: rgb(0x8d_96_a5),
    white: rgb(0xff_ff_ff),
    shade: Color32::from_black_alpha(190),
    backdrop: Color32::from_black_alpha(120),
    added: rgb(0x1b_33_2c),
    removed: rgb(0x3a_21_20),
    none: Color32::TRANSPARENT,
};

static LIGHT: Palette = Palette {
    background: rgb(0xf6_f7_f9),
    panel: rgb(0xff_ff_ff),
    raised: rgb(0xf0_f2_f5),
    hover: rgb(0xed_f0_f4),
    chip: rgb(0xe8_eb_f0),
    line: rgb(0xdf_e3_e8),
    selection: rgb(0xdb_e8_ff),
    text: rgb(0x1b_20_28),
    muted: rgb(0x62_6b_79),
    muted_raised: rgb(0x5b_64_71),
    accent: rgb(0x25_63_eb),
    accent_text: rgb(0x1d_54_d0),
    on_accent: rgb(0xff_ff_ff),
    quality: rgb(0x12_89_7a),
    quality_text: rgb(0x0d_6b_5f),
    heat: rgb(0xf0_a0_20),
    hot: rgb(0xdc_4a_20),
    danger_text: rgb(0xb5_38_14),
    warning_text: rgb(0x8f_50_00),
    dormant: rgb(0xdf_e3_e8),
    knob_off: rgb(0x68_71_7f),
    white: rgb(0xff_ff_ff),
    shade: Color32::from_black_alpha(190),
    backdrop: Color32::from_black_alpha(60),
    added: rgb(0xdd_f3_ec),
    removed: rgb(0xfb_e4_dd),
    none: Color32::TRANSPARENT,
};

/// The colours of a context's theme.
#[must_use]
pub fn palette(ctx: &egui::Context) -> &'static Palette {
    Palette::of(ctx.theme())
}

impl Palette {
    /// The colours of a theme.
    #[must_use]
    pub fn of(theme: Theme) -> &'static Palette {
        match theme {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }

    /// The explaining colour for a row, by whether it is selected.
    #[must_use]
    pub fn muted_on(&self, selected: bool) -> Color32 {
        if selected { self.muted_raised } else { self.muted }
    }

    /// A point of the heat gradient; 0 is cool, 1 is hot.
    #[must_use]
    pub fn heat_at(&self, share: f32) -> Color32 {
        self.heat.lerp_to_gamma(self.hot, share.clamp(0.0, 1.0))
    }
}

/// The contrast of two opaque colours as WCAG 2 defines it, 1 to 21.
#[must_use]
pub fn contrast(one: Color32, other: Color32) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(color: Color32) -> f32 {
    let linear = |part: u8| {
        let part = f32::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_text_can_be_read() {
        for (name, colors) in [("dark", &DARK), ("light", &LIGHT)] {
            let grounds = [
                ("background", colors.background),
                ("panel", colors.panel),
                ("raised", colors.raised),
                ("hover", colors.hover),
                ("chip", colors.chip),
                ("selection", colors.selection),
                ("added", colors.added),
                ("removed", colors.removed),
            ];
            let inks = [
                ("text", colors.text),
                ("muted_raised", colors.muted_raised),
                ("accent_text", colors.accent_text),
                ("quality_text", colors.quality_text),
                ("danger_text", colors.danger_text),
                ("warning_text", colors.warning_text),
            ];
            for (ground_name, ground) in grounds {
                for (ink_name, ink) in inks {
                    let ratio = contrast(ink, ground);
                    assert!(ratio >= 4.5, "{name}: {ink_name} on {ground_name} is {ratio:.2}:1");
                }
            }
            for (ground_name, ground) in &grounds[..4] {
                let ratio = contrast(colors.muted, *ground);
                assert!(ratio >= 4.5, "{name}: muted on {ground_name} is {ratio:.2}:1");
            }
            let button = contrast(colors.on_accent, colors.accent);
            assert!(button >= 4.5, "{name}: the main button is {button:.2}:1");
        }
    }

    #[test]
    fn marks_and_controls_stand_out() {
        for (name, colors) in [("dark", &DARK), ("light", &LIGHT)] {
            for (mark, color) in [("accent", colors.accent), ("hot", colors.hot), ("knob", colors.knob_off)] {
                for ground in [colors.background, colors.panel, colors.raised, colors.selection] {
                    let ratio = contrast(color, ground);
                    assert!(ratio >= 3.0, "{name}: {mark} is {ratio:.2}:1");
                }
            }
        }
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
        assert!((contrast(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 0.01);
    }
}
